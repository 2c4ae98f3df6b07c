"""The reference profiles from real figures: ``python -m tools.backtest.fit`` prints the numbers of profiles.yaml."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence

import yaml

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.profiles import QUARTERS_FORECAST, History, PlanRecord, Profile, Profiles, ReferenceShare
from lagi_pipeline.indicators.seasonal import log_shares
from tools.backtest.reading import Figures, Year, read_figures

_MAD_TO_SPREAD = 1.4826
"""For normal figures the spread is this many times the median distance from the median."""

_Placed = tuple[str, float]
"""A province and a logarithm."""


def fit(figures: Figures, shipped: Profiles) -> Profiles:
    """``shipped`` with every number computed from ``figures``; texts and thresholds stay.

    Raises:
        statistics.StatisticsError: too few years.
    """
    profiles = tuple(fit_profile(figures, profile, shipped.history) for profile in shipped.profiles)
    return shipped.model_copy(update={"profiles": profiles})


def fit_profile(figures: Figures, profile: Profile, history: History) -> Profile:
    """One profile from the years of the series of its name."""
    shares = _shares(figures.of(profile.code), history)
    ratios = _to_plan(figures, profile.code)
    plan = _plan_record(ratios, profile.plan) if profile.plan is not None else None
    return profile.model_copy(
        update={
            "quarters": tuple(_reference(placed) for placed in shares),
            "between_share": statistics.fmean(_between_share(placed) for placed in shares),
            "plan": plan,
        }
    )


def _shares(years: Iterable[Year], history: History) -> list[list[_Placed]]:
    """The logarithms of the shares by Q1, Q2 and Q3."""
    found: list[list[_Placed]] = [[] for _ in range(QUARTERS_FORECAST)]
    for year in years:
        for placed, share in zip(found, log_shares(year.to_date, history), strict=True):
            if share is not None:
                placed.append((year.province, share))
    return found


def _reference(placed: Sequence[_Placed]) -> ReferenceShare:
    logs = [share for _, share in placed]
    middle = statistics.median(logs)
    spread = _MAD_TO_SPREAD * statistics.median(abs(share - middle) for share in logs)
    wide = math.sqrt(sum((share - middle) ** 2 for share in logs) / (len(logs) - 1))
    return ReferenceShare(
        share_pct=100 * math.exp(middle),
        spread=spread,
        wide_spread=max(spread, wide),
        years=len(logs),
        places=len({province for province, _ in placed}),
    )


def _between_share(placed: Sequence[_Placed]) -> float:
    """1 - (variance within a province) / (variance of all), kept from 0.05 to 0.95; 0.5 where nothing tells."""
    by_province = defaultdict(list)
    for province, share in placed:
        by_province[province].append(share)
    freedom = sum(len(shares) - 1 for shares in by_province.values())
    if not freedom:
        return 0.5
    squares = (_squares(shares, statistics.fmean(shares)) for shares in by_province.values())
    within = sum(squares) / freedom
    logs = [share for _, share in placed]
    whole = _squares(logs, statistics.median(logs)) / (len(logs) - 1)
    return min(max(1 - within / whole, 0.05), 0.95)


def _squares(values: Iterable[float], about: float) -> float:
    return sum((value - about) ** 2 for value in values)


def _to_plan(figures: Figures, series: str) -> list[_Placed]:
    """log(sum of the four quarters / plan) where both are known."""
    found = []
    for year in figures.of(series):
        plan = figures.plan(year)
        if plan is not None and year.total:
            found.append((year.province, math.log(year.total / plan.plan)))
    return found


def _plan_record(placed: Sequence[_Placed], shipped: PlanRecord) -> PlanRecord:
    """Median, and a spread of its own to each side: one degree of freedom of a side is the median's."""
    logs = [ratio for _, ratio in placed]
    middle = statistics.median(logs)
    sides = [[r for r in logs if r < middle], [r for r in logs if r > middle]]
    below, above = (math.sqrt(_squares(side, middle) / (len(side) - 1)) for side in sides)
    return shipped.model_copy(
        update={
            "median_pct": 100 * math.exp(middle),
            "spread_below": below,
            "spread_above": above,
            "years": len(logs),
            "places": len({province for province, _ in placed}),
        }
    )


def rounded(profile: Profile) -> dict[str, object]:
    """The numbers of a profile as ``profiles.yaml`` has them: shares to 0.01 points, the rest to four decimals."""
    plan = profile.plan
    found: dict[str, object] = {
        "quarters": [
            {
                "share_pct": round(one.share_pct, 2),
                "spread": round(one.spread, 4),
                "wide_spread": round(one.wide_spread, 4),
                "years": one.years,
                "places": one.places,
            }
            for one in profile.quarters
        ],
        "between_share": round(profile.between_share, 2),
    }
    if plan is not None:
        found["plan"] = {
            "median_pct": round(plan.median_pct, 2),
            "spread_below": round(plan.spread_below, 4),
            "spread_above": round(plan.spread_above, 4),
            "years": plan.years,
            "places": plan.places,
        }
    return found


def main() -> None:
    """Print the numbers of every profile as YAML."""
    shipped = catalogue().profiles
    for profile in fit(read_figures(), shipped).profiles:
        print(yaml.safe_dump({profile.code: rounded(profile)}, sort_keys=False), end="")


if __name__ == "__main__":
    main()
