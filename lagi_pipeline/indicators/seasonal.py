"""How much of a year's total a flow has reached by a quarter's end: a place's own years, the reference, or both.

All in natural logarithms of the share, as floats: statistics, not money. ``docs/method.md`` has the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lagi_pipeline.catalogue.profiles import QUARTERS_FORECAST, History, Profile

_LEAST_SPREAD = 0.01
"""Three alike years are no proof that the next one is the same to less than 1 %."""

_T_OVER_NORMAL = {2: 1.471, 3: 1.278, 4: 1.196, 5: 1.152, 6: 1.123, 7: 1.104, 8: 1.090, 9: 1.079}
"""The 90 % quantile of Student's t by degrees of freedom, over the normal's 1.2816."""


class SeasonSource(StrEnum):
    """What a season rests on."""

    REFERENCE = "reference"
    SHRUNK = "shrunk"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Season:
    """log(share of the year reached) ~ N(``log_share``, ``spread``²).

    ``wide_spread`` takes the tails in as well: it is what is uncertain where nothing but the season is known.
    """

    log_share: float
    spread: float
    wide_spread: float
    own_years: int
    source: SeasonSource

    @property
    def share(self) -> float:
        """The share expected, 0 to 1."""
        return min(math.exp(self.log_share), 1.0)


def log_shares(to_date: Sequence[float | None], history: History) -> tuple[float | None, ...]:
    """The logarithms of the shares of the year reached by Q1, Q2 and Q3; None where a quarter tells nothing.

    Args:
        to_date: Running totals of Q1 to Q4; None where there is no figure.
        history: How much of a year its first quarter may hold.

    A running total that equals the one before it is a quarter for which nothing was published: its share is unknown,
    and after such a Q4 so is the year's total. A year with nearly all of it in Q1 has a plan booked there, not a flow.
    """
    first, _, third, total = to_date
    nothing = (None,) * QUARTERS_FORECAST
    if total is None or total <= 0 or (third is not None and third == total):
        return nothing
    if first is not None and first > total * history.first_quarter_at_most_pct / 100:
        return nothing
    before = (None, *to_date)
    return tuple(
        math.log(figure / total) if figure is not None and figure > 0 and figure != previous else None
        for figure, previous in zip(to_date[:QUARTERS_FORECAST], before, strict=False)
    )


def season(profile: Profile | None, number: int, own: Sequence[float], enough: int) -> Season | None:
    """What is known of the share reached by quarter ``number`` (1 to 3).

    Args:
        profile: The reference for this kind of flow, if there is one.
        number: The quarter of the year.
        own: The logarithms of the place's own shares by that quarter in earlier years.
        enough: From how many years on a place's own history stands alone.

    Returns:
        None without a reference and with too few years of its own.
    """
    if profile is None:
        return _own_alone(own) if len(own) >= enough else None
    reference, between, years = profile.quarters[number - 1], profile.between_share, len(own)
    log_share = math.log(reference.share_pct / 100)
    if not own:
        return Season(log_share, reference.spread, reference.wide_spread, 0, SeasonSource.REFERENCE)
    mean = sum(own) / years
    if years >= enough:
        narrower = math.sqrt((1 - between) * (1 + 1 / years))
        source = SeasonSource.OWN
    else:
        weight = own_weight(between, years)
        mean = log_share + weight * (mean - log_share)
        narrower = math.sqrt((1 - between) * (1 + weight / years))
        source = SeasonSource.SHRUNK
    return Season(mean, reference.spread * narrower, reference.wide_spread * narrower, years, source)


def own_weight(between: float, years: int) -> float:
    """n·ρ / (1 + (n - 1)·ρ): what a place's own mean of ``years`` years weighs against the reference."""
    return years * between / (1 + (years - 1) * between)


def _own_alone(own: Sequence[float]) -> Season:
    years = len(own)
    mean = sum(own) / years
    deviation = math.sqrt(sum((share - mean) ** 2 for share in own) / (years - 1))
    wider = math.sqrt(1 + 1 / years) * _T_OVER_NORMAL[min(years - 1, max(_T_OVER_NORMAL))]
    spread = max(deviation * wider, _LEAST_SPREAD)
    return Season(mean, spread, spread, years, SeasonSource.OWN)
