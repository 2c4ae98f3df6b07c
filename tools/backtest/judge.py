"""Years that are over, forecast as they would have been at the end of Q1, Q2 and Q3, beside simpler ways to guess.

Fitted figures never come from the judged province; its own strictly earlier years count as they do in production.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lagi_pipeline.catalogue.profiles import QUARTERS_FORECAST, Profiles
from lagi_pipeline.indicators.forecast import Forecast, from_plan_and_season, from_season
from lagi_pipeline.indicators.seasonal import log_shares, season
from tools.backtest.fit import fit
from tools.backtest.reading import PLANNED_SERIES, Figures, Plan, Year

_LAST = 4

_ALIKE = 20
"""A total more than so many times its plan, or the other way round, is in another unit: those are 1000 apart."""


class Way(StrEnum):
    """A way to say at a quarter's end what the year's total will be."""

    WITH_PLAN = "with_plan"
    WITHOUT_PLAN = "without_plan"
    SEASONAL_SHARE = "seasonal_share"
    STRAIGHT_LINE = "straight_line"
    PLAN_MET = "plan_exactly_met"


OURS = (Way.WITH_PLAN, Way.WITHOUT_PLAN)
"""The two that have an interval and a probability."""


@dataclass(frozen=True, slots=True)
class Case:
    """One year at the end of one quarter, with every way's guess of the total; those with a plan have all five."""

    year: Year
    quarter: int
    total: float | None
    plan: Plan | None
    guesses: dict[Way, float]
    forecasts: dict[Way, Forecast]


ProfilesFor = Callable[[str], Profiles]
"""The profiles by which a province is judged."""


def leaving_out(figures: Figures, shipped: Profiles) -> ProfilesFor:
    """Profiles fitted on all provinces but the judged one."""
    fitted: dict[str, Profiles] = {}

    def without(province: str) -> Profiles:
        if province not in fitted:
            fitted[province] = fit(others(figures, {province}), shipped)
        return fitted[province]

    return without


def others(figures: Figures, provinces: Iterable[str]) -> Figures:
    """The figures without some provinces."""
    left_out = set(provinces)
    return Figures(
        tuple(year for year in figures.years if year.province not in left_out),
        {key: plan for key, plan in figures.plans.items() if key[0] not in left_out},
    )


def cases(figures: Figures, profiles_for: ProfilesFor) -> Iterator[Case]:
    """Every year and quarter with a running total, but for years that are left out (``defects``)."""
    for year in figures.years:
        profiles = profiles_for(year.province)
        if is_plan_in_first_quarter(year, profiles):
            continue
        plan = figures.plan(year)
        if plan is not None and unlike(year, plan) is not None:
            continue
        if year.total is None and (plan is None or plan.settled is None):
            continue  # nobody can say what the year came to
        for quarter in range(1, QUARTERS_FORECAST + 1):
            to_date = year.to_date[quarter - 1]
            if to_date is not None:
                yield _case(figures, profiles, year, quarter, to_date)


def is_plan_in_first_quarter(year: Year, profiles: Profiles) -> bool:
    """Whether more of the year is in Q1 than a flow has there: a plan that was booked, not money that moved."""
    first, total = year.to_date[0], year.total
    return bool(first and total and first > total * profiles.history.first_quarter_at_most_pct / 100)


def unlike(year: Year, plan: Plan) -> float | None:
    """What came over the plan, if that is so far from 1 that the two cannot be in the same unit."""
    ratios = [came / plan.plan for came in (year.total, plan.settled) if came is not None]
    return next((ratio for ratio in ratios if not 1 / _ALIKE <= ratio <= _ALIKE), None)


def _case(figures: Figures, profiles: Profiles, year: Year, quarter: int, to_date: float) -> Case:
    profile, plan = profiles.of(year.series), figures.plan(year)
    if profile is None:
        raise KeyError(year.series)
    own = _own_shares(figures, profiles, year, quarter)
    known = season(profile, quarter, own, profiles.history.enough_years)
    reference = season(profile, quarter, [], profiles.history.enough_years)
    if known is None or reference is None:
        raise KeyError(year.series)
    forecasts = {Way.WITHOUT_PLAN: from_season(to_date, known)}
    guesses = {
        Way.WITHOUT_PLAN: forecasts[Way.WITHOUT_PLAN].middle,
        Way.SEASONAL_SHARE: to_date / reference.share,
        Way.STRAIGHT_LINE: to_date * _LAST / quarter,
    }
    if plan is not None and profile.plan is not None:
        forecasts[Way.WITH_PLAN] = from_plan_and_season(to_date, known, plan.plan, profile.plan)
        guesses[Way.WITH_PLAN] = forecasts[Way.WITH_PLAN].middle
        guesses[Way.PLAN_MET] = plan.plan
    return Case(year, quarter, year.total, plan, guesses, forecasts)


def _own_shares(figures: Figures, profiles: Profiles, judged: Year, quarter: int) -> list[float]:
    earlier = (
        year for year in figures.of(judged.series) if year.province == judged.province and year.year < judged.year
    )
    shares = (log_shares(year.to_date, profiles.history)[quarter - 1] for year in sorted(earlier, key=lambda y: y.year))
    return [share for share in shares if share is not None]


def says_met(case: Case, way: Way, plan: float) -> bool:
    """Whether a way says that the plan will be met: ours by the probability, the others by their guess."""
    if way in case.forecasts:
        return case.forecasts[way].at_least(plan) >= 0.5  # noqa: PLR2004 - more likely than not
    return case.guesses[way] >= plan


def error(guess: float, total: float) -> float:
    """The absolute error in per cent of what came."""
    return 100 * abs(guess - total) / total


def relative_width(forecast: Forecast) -> float:
    """The width of the 80 % interval in per cent of the forecast."""
    return 100 * (forecast.high - forecast.low) / forecast.middle


def is_planned(case: Case) -> bool:
    """Whether the case has a plan, so that all five ways can be compared on it."""
    return Way.WITH_PLAN in case.guesses


def defects(figures: Figures, profiles: Profiles) -> list[str]:
    """The gaps, the corrections and what is left out, in words."""
    found = []
    for year in figures.years:
        name = f"{year.series}, {year.province} {year.year}"
        found += [f"{name}: {words}" for words in _corrections(year)]
        if (words := _left_out(figures, profiles, year)) is not None:
            found.append(f"{name}: {words}")
    planned = {(year.province, year.year) for year in figures.of(PLANNED_SERIES)}
    return found + [
        f"plan, {province} {year}: no quarters of {PLANNED_SERIES} of that year: not judged"
        for province, year in figures.plans
        if (province, year) not in planned
    ]


def _corrections(year: Year) -> Iterator[str]:
    for number, flow in enumerate(year.flows, start=1):
        if flow < 0:
            yield f"Q{number} {flow:g}, a correction downwards: used as it is"


def _left_out(figures: Figures, profiles: Profiles, year: Year) -> str | None:
    plan = figures.plan(year)
    if is_plan_in_first_quarter(year, profiles):
        share = 100 * (year.to_date[0] or math.nan) / (year.total or math.nan)
        return f"{share:.0f} % of the year in Q1, a plan and no flow: not judged, no history"
    if plan is not None and (ratio := unlike(year, plan)) is not None:
        return f"what came is {ratio:.3g} times the plan, as if in another unit: not judged"
    if year.total is None:
        against = "judged against the settlement alone" if plan and plan.settled else "not judged"
        return f"Q4 {_why_unknown(year, _LAST)}, the year's total unknown: {against}, no history"
    gaps = [f"Q{n} {_why_unknown(year, n)}" for n, figure in enumerate(year.to_date, start=1) if figure is None]
    return f"{', '.join(gaps)}: no case there; later quarters and the year stand" if gaps else None


def _why_unknown(year: Year, number: int) -> str:
    taken_back = bool(year.flows) and year.flows[number - 1] != 0
    return "not above 0 since 1 January" if taken_back else "not published"
