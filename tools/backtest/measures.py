"""What is measured of the judged cases: errors, verdicts, intervals, probabilities, and how stable all of it is.

Everything comes as plain mappings, which are both the tables that are printed and the JSON file (keys: docs/method.md).
"""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lagi_pipeline.catalogue.profiles import QUARTERS_FORECAST, Profiles
from tools.backtest.fit import fit
from tools.backtest.judge import (
    OURS,
    Case,
    ProfilesFor,
    Way,
    cases,
    error,
    is_planned,
    others,
    relative_width,
    says_met,
)
from tools.backtest.reading import SERIES, Figures

Numbers = dict[str, Any]

LEVELS = (0.9, 1.0, 1.05, 1.1, 1.2, 1.3)
"""Multiples of the plan that the calibration asks the probability for: the plan alone was met nearly always."""

_BINS = (0, 10, 30, 50, 70, 90, 95, 100)
_DRAWS = 2000
_SPLITS = 100
_SEED = 20240930

TotalOf = Callable[[Case], float | None]
"""What a year came to: its four quarters, or what was settled."""


def four_quarters(case: Case) -> float | None:
    """The sum of the four quarters: what the line's own Q4 says, and what is forecast."""
    return case.total


def settled(case: Case) -> float | None:
    """What was settled, a year and more later."""
    return case.plan.settled if case.plan else None


def measure(figures: Figures, profiles_for: ProfilesFor) -> Numbers:
    """Everything but stability, by quarter."""
    judged = list(cases(figures, profiles_for))
    planned = [case for case in judged if is_planned(case)]
    return {
        "with_plan_known": by_quarter(planned, tuple(Way), four_quarters),
        "with_plan_known_settled": by_quarter(planned, tuple(Way), settled),
        "without_plan": {
            series: by_quarter(
                [case for case in judged if case.year.series == series],
                (Way.WITHOUT_PLAN, Way.SEASONAL_SHARE, Way.STRAIGHT_LINE),
                four_quarters,
            )
            for series in SERIES
        },
        "q4": _last_quarter(planned),
        "calibration": {way.value: calibration(planned, way) for way in OURS},
        "pooled": _pooled(planned),
    }


def by_quarter(judged: Sequence[Case], ways: Sequence[Way], total_of: TotalOf) -> Numbers:
    """Q1 to Q3: error, verdicts and intervals of each way on the same cases."""
    found = {}
    for quarter in range(1, QUARTERS_FORECAST + 1):
        known = [(case, total) for case in judged if case.quarter == quarter and (total := total_of(case)) is not None]
        found[f"Q{quarter}"] = {"n": len(known)} | {way.value: _of_way(known, way) for way in ways if known}
    return found


def _of_way(known: Sequence[tuple[Case, float]], way: Way) -> Numbers:
    found: Numbers = {"mape_pct": statistics.fmean(error(case.guesses[way], total) for case, total in known)}
    verdicts = [
        says_met(case, way, case.plan.plan) == (total >= case.plan.plan)
        for case, total in known
        if case.plan is not None
    ]
    if len(verdicts) == len(known):
        found["verdicts_right_pct"] = _percent(verdicts)
    if way in OURS:
        forecasts = [(case.forecasts[way], total) for case, total in known]
        found["coverage_pct"] = _percent([f.low <= total <= f.high for f, total in forecasts])
        found["width_pct"] = statistics.fmean(relative_width(forecast) for forecast, _ in forecasts)
    return found


def _percent(answers: Sequence[bool]) -> float:
    return 100 * sum(answers) / len(answers)


def _pooled(planned: Sequence[Case]) -> Numbers:
    """Over all three quarters, and the error as a part of the straight line's."""
    known = [(case, case.total) for case in planned if case.total is not None]
    if not known:
        return {"n": 0}
    return {"n": len(known), **{way.value: _of_way(known, way) for way in OURS}}


def _last_quarter(planned: Sequence[Case]) -> Numbers:
    """Q4: the year is known, so there is nothing to forecast; how far the settlement moved it afterwards."""
    years = {(c.year.province, c.year.year): c for c in planned if c.total is not None and settled(c) is not None}
    if not years:
        return {"n": 0}
    pairs = [(case.total or 0.0, settled(case) or 0.0, case.plan.plan if case.plan else 0.0) for case in years.values()]
    return {
        "n": len(pairs),
        "mape_of_settled_pct": statistics.fmean(error(total, final) for total, final, _ in pairs),
        "verdicts_same_as_settled_pct": _percent([(total >= plan) == (final >= plan) for total, final, plan in pairs]),
        "plan_met_pct": _percent([total >= plan for total, _, plan in pairs]),
        "plan_met_settled_pct": _percent([final >= plan for _, final, plan in pairs]),
    }


def calibration(planned: Iterable[Case], way: Way) -> list[Numbers]:
    """Of all probabilities in a bin that a multiple of the plan is reached: their mean, and how often it was."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for case in planned:
        if case.plan is None or case.total is None:
            continue
        for level in LEVELS:
            amount = level * case.plan.plan
            probability = 100 * case.forecasts[way].at_least(amount)
            number = max(n for n, low in enumerate(_BINS[:-1]) if probability >= low)
            bins[number].append((probability, case.total >= amount))
    return [
        {
            "from_pct": _BINS[number],
            "to_pct": _BINS[number + 1],
            "n": len(answers),
            "mean_probability_pct": statistics.fmean(probability for probability, _ in answers),
            "reached_pct": _percent([reached for _, reached in answers]),
        }
        for number, answers in sorted(bins.items())
    ]


def bootstrap(figures: Figures, profiles_for: ProfilesFor) -> Numbers:
    """Provinces drawn with replacement: from where to where our error as a part of the straight line's may lie."""
    by_province: dict[str, list[Case]] = defaultdict(list)
    for case in cases(figures, profiles_for):
        if is_planned(case) and case.total is not None:
            by_province[case.year.province].append(case)
    if not by_province:
        return {}
    drawing, names = random.Random(_SEED), sorted(by_province)  # noqa: S311 - no secret
    ratios: dict[int, list[float]] = defaultdict(list)
    for _ in range(_DRAWS):
        drawn = [case for name in drawing.choices(names, k=len(names)) for case in by_province[name]]
        for quarter in range(1, QUARTERS_FORECAST + 1):
            if (ratio := _ratio([case for case in drawn if case.quarter == quarter])) is not None:
                ratios[quarter].append(ratio)
    return {f"Q{quarter}": _spread(found) for quarter, found in ratios.items() if len(found) > 1}


def split_halves(figures: Figures, shipped: Profiles) -> Numbers:
    """Half of the provinces fitted, the other half judged, many times: what an unknown place may expect."""
    drawing = random.Random(_SEED)  # noqa: S311 - no secret
    names = sorted({year.province for year in figures.years})
    planned_names = sorted({province for province, _ in figures.plans})
    ratios: dict[int, list[float]] = defaultdict(list)
    covered: dict[int, list[bool]] = defaultdict(list)
    right: dict[int, list[bool]] = defaultdict(list)
    for _ in range(_SPLITS):
        # drawn apart, so that both halves have provinces with plans
        half = {*drawing.sample(planned_names, len(planned_names) // 2)}
        rest = [name for name in names if name not in planned_names]
        half |= {*drawing.sample(rest, len(rest) // 2)}
        profiles_for = _always(fit(others(figures, half), shipped))
        judged = [case for case in cases(others(figures, set(names) - half), profiles_for) if is_planned(case)]
        for quarter in range(1, QUARTERS_FORECAST + 1):
            known = [case for case in judged if case.quarter == quarter and case.total is not None]
            if (ratio := _ratio(known)) is not None:
                ratios[quarter].append(ratio)
            for case in known:
                forecast, total = case.forecasts[Way.WITH_PLAN], case.total or 0.0
                covered[quarter].append(forecast.low <= total <= forecast.high)
                plan = case.plan.plan if case.plan else 0.0
                right[quarter].append(says_met(case, Way.WITH_PLAN, plan) == (total >= plan))
    return {
        f"Q{quarter}": _spread(found)
        | {"coverage_pct": _percent(covered[quarter]), "verdicts_right_pct": _percent(right[quarter])}
        for quarter, found in ratios.items()
    }


def _always(profiles: Profiles) -> ProfilesFor:
    return lambda _: profiles


def _ratio(known: Sequence[Case]) -> float | None:
    """Our mean error over the straight line's; None without a case, or where the straight line had none."""
    if not known:
        return None
    ours, straight = (
        statistics.fmean(error(case.guesses[way], case.total or 0.0) for case in known)
        for way in (Way.WITH_PLAN, Way.STRAIGHT_LINE)
    )
    return ours / straight if straight else None


def _spread(ratios: Sequence[float]) -> Numbers:
    cuts = statistics.quantiles(ratios, n=20)
    return {
        "error_over_straight_line": statistics.median(ratios),
        "from_5_pct": cuts[0],
        "to_95_pct": cuts[-1],
        "at_most_half_pct": _percent([ratio <= 0.5 for ratio in ratios]),  # noqa: PLR2004 - the aim
    }
