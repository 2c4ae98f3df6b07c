"""The year's total of a flow as a distribution: from what is in, the season, and the plan as prior information.

All in natural logarithms and floats; in and out come plain amounts. ``docs/method.md`` has the formulas and one example
worked by hand. A distribution is a few pieces of normal curves, so that each number can be checked with a table of Φ.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from lagi_pipeline.catalogue.profiles import PlanRecord
from lagi_pipeline.indicators.seasonal import Season

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
"""The quantiles of a forecast: its 80 % interval and the forecast itself."""

_STANDARD = NormalDist()
_HALVINGS = 40
_FAR = 10


@dataclass(frozen=True, slots=True)
class Piece:
    """The part from ``low`` to ``high`` of a normal curve, holding ``mass`` of all probability."""

    mass: float
    mean: float
    spread: float
    low: float = -math.inf
    high: float = math.inf

    def below(self, at: float) -> float:
        """The probability that it holds below ``at``."""
        if at <= self.low:
            return 0.0
        if at >= self.high:
            return self.mass
        whole = _between(self.mean, self.spread, self.low, self.high)
        return self.mass * _between(self.mean, self.spread, self.low, at) / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of the logarithm of a year's total."""

    pieces: tuple[Piece, ...]

    def below(self, at: float) -> float:
        """P(logarithm < ``at``)."""
        return min(1.0, sum(piece.below(at) for piece in self.pieces))

    def quantile(self, probability: float) -> float:
        """The logarithm below which ``probability`` lies."""
        piece = self.pieces[0]
        if len(self.pieces) == 1 and math.isinf(piece.low) and math.isinf(piece.high):
            return piece.mean + piece.spread * _STANDARD.inv_cdf(probability)
        low = min(max(piece.low, piece.mean - _FAR * piece.spread) for piece in self.pieces)
        high = max(min(piece.high, piece.mean + _FAR * piece.spread) for piece in self.pieces)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self.below(middle) < probability:
                low = middle
            else:
                high = middle
        return (low + high) / 2


@dataclass(frozen=True, slots=True)
class Forecast:
    """A year's total: the middle, the ends of its 80 % interval, and what is in already, below which it cannot be."""

    distribution: Distribution
    to_date: float
    middle: float
    low: float
    high: float

    def at_least(self, amount: float) -> float:
        """The probability, 0 to 1, that the total is ``amount`` or more."""
        if amount <= self.to_date or amount <= 0:
            return 1.0
        return 1.0 - self.distribution.below(math.log(amount))

    def at_most(self, amount: float) -> float:
        """The probability, 0 to 1, that the total is ``amount`` or less."""
        if amount < self.to_date or amount <= 0:
            return 0.0
        return self.distribution.below(math.log(amount))


def from_season(to_date: float, season: Season) -> Forecast:
    """From what is in and the season alone: log(total) ~ N(log(to_date) - m, wide spread²); ``to_date`` > 0."""
    center = math.log(to_date) - season.log_share
    return _forecast(Distribution((Piece(1.0, center, season.wide_spread),)), to_date)


def from_plan(plan: float, record: PlanRecord) -> Forecast:
    """From the plan alone (> 0), as nothing is in yet."""
    center = math.log(plan)
    pieces = tuple(Piece(p.mass, center + p.mean, p.spread, center + p.low, center + p.high) for p in _prior(record))
    return _forecast(Distribution(pieces), 0.0)


def from_plan_and_season(to_date: float, season: Season, plan: float, record: PlanRecord) -> Forecast:
    """The prior of the plan, weighed with what is in by Bayes' rule; ``to_date`` and ``plan`` > 0.

    Each piece of the prior N(μ, σ²) meets the evidence e = log(to_date / plan) - m, known to ± s: it becomes
    N(μ + k(e - μ), k·s²) with k = σ²/(σ² + s²), on its own side of μ, and weighs as much as it makes e likely.
    """
    evidence = math.log(to_date / plan) - season.log_share
    posterior = _posterior(record, round(evidence, 12), season.spread)
    center = math.log(plan)
    pieces = tuple(Piece(p.mass, center + p.mean, p.spread, center + p.low, center + p.high) for p in posterior.pieces)
    return _forecast(Distribution(pieces), to_date)


def strange_share(record: PlanRecord) -> float:
    """How likely a year falls short of its plan as none of the reference did: 1 in n + 2 (Laplace's rule)."""
    return 1 / (record.years + 2)


def _prior(record: PlanRecord) -> tuple[Piece, ...]:
    """log(total / plan): half of all years above the median; those below close to it, but for a strange one."""
    middle, strange = math.log(record.median_pct / 100), strange_share(record)
    return (
        Piece(0.5 - strange, middle, record.spread_below, high=middle),
        Piece(strange, middle, record.spread_above, high=middle),
        Piece(0.5, middle, record.spread_above, low=middle),
    )


@lru_cache(maxsize=4096)
def _posterior(record: PlanRecord, evidence: float, spread: float) -> Distribution:
    """The prior's pieces after the evidence, masses summing to 1. Cached: the same figure is judged many times."""
    pieces, weights = [], []
    for piece in _prior(record):
        pull = piece.spread**2 / (piece.spread**2 + spread**2)
        mean = piece.mean + pull * (evidence - piece.mean)
        narrowed = Piece(1.0, mean, math.sqrt(pull) * spread, piece.low, piece.high)
        together = math.hypot(piece.spread, spread)
        inside = _between(narrowed.mean, narrowed.spread, narrowed.low, narrowed.high)
        # twice: each piece of the prior is half a normal curve, holding all of its mass
        log_weight = math.log(2 * piece.mass / together) - ((evidence - piece.mean) / together) ** 2 / 2
        pieces.append(narrowed)
        weights.append((log_weight, inside))
    masses = _normalised(weights)
    return Distribution(
        tuple(Piece(mass, p.mean, p.spread, p.low, p.high) for mass, p in zip(masses, pieces, strict=True))
    )


def _normalised(weights: Iterable[tuple[float, float]]) -> list[float]:
    """exp(log weight) x what lies on the piece's side, summing to 1; the largest is taken out before exp underflows."""
    weights = list(weights)
    largest = max(log_weight for log_weight, inside in weights if inside > 0)
    masses = [math.exp(log_weight - largest) * inside if inside > 0 else 0.0 for log_weight, inside in weights]
    return [mass / sum(masses) for mass in masses]


def _between(mean: float, spread: float, low: float, high: float) -> float:
    """The share of N(mean, spread²) from ``low`` to ``high``; on the smaller tail, so that little is not lost as 0."""
    if low > mean:
        return _below(mean, spread, 2 * mean - low) - _below(mean, spread, 2 * mean - high)
    return _below(mean, spread, high) - _below(mean, spread, low)


def _below(mean: float, spread: float, at: float) -> float:
    return math.erfc((mean - at) / spread / math.sqrt(2)) / 2


@lru_cache(maxsize=4096)
def _quantiles(distribution: Distribution) -> tuple[float, float, float]:
    return distribution.quantile(LOW), distribution.quantile(MIDDLE), distribution.quantile(HIGH)


def _forecast(distribution: Distribution, to_date: float) -> Forecast:
    low, middle, high = (max(math.exp(at), to_date) for at in _quantiles(distribution))
    return Forecast(distribution, to_date, middle, low, high)
