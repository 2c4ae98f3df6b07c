"""The shape of what a row says of the rest of its year, and the few rules that flows and rates share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from lagi_pipeline.catalogue.indicators import Direction, Indicator, ObsStatus
from lagi_pipeline.catalogue.place import Target
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import Observation

LAST_QUARTER = 4

SIGNS = {Direction.AT_LEAST: Decimal(1), Direction.AT_MOST: Decimal(-1)}
"""The directions that have an outlook: a figure's lead over another is their difference with this sign."""

History = Mapping[Quarter, Observation]
"""One indicator's observations of the town, by quarter."""


class Method(StrEnum):
    """How a year's figure was forecast, or why it was not."""

    REPORTED = "reported"
    REPORTED_ESTIMATE = "reported_estimate"
    PLAN_AND_SEASON = "plan_and_season"
    SEASON = "season"
    PLAN_ALONE = "plan_alone"
    NO_FIGURE = "no_figure"
    NOTHING_IN_YET = "nothing_in_yet"
    TOO_FEW_YEARS = "too_few_years"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The columns of ``mart.attainment`` from ``pace_status`` to ``history_years``; None wherever nothing is known."""

    pace_status: str | None = None
    expected_pct: Decimal | None = None
    expected: Decimal | None = None
    pace_basis: str | None = None
    forecast: Decimal | None = None
    forecast_low: Decimal | None = None
    forecast_high: Decimal | None = None
    probability_pct: Decimal | None = None
    forecast_method: str | None = None
    history_years: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What an outlook is about: a line, its target, the figure of the quarter, and those of the years before.

    ``reached`` is whether the figure satisfies the target as verdicts compare it; None without a figure.
    """

    indicator: Indicator
    target: Target
    seen: Observation
    history: History
    reached: bool | None

    def lead(self, value: Decimal, expected: Decimal) -> Decimal:
        """How far ``value`` is better than ``expected``, in the unit."""
        return (value - expected) * SIGNS[self.target.direction]


def reported(found: Outlook, seen: Observation) -> Outlook:
    """Q4's own figure is the year's; it has no interval, and a probability of it would be a game.

    An estimate may still be revised, and is called one.
    """
    method = Method.REPORTED_ESTIMATE if seen.obs_status is ObsStatus.ESTIMATE else Method.REPORTED
    return replace(
        found, forecast=seen.value, forecast_low=seen.value, forecast_high=seen.value, forecast_method=method
    )


def position(lead: Decimal, tolerance: Decimal) -> str:
    """Only strictly beyond the tolerance is ahead or behind."""
    return "ahead" if lead > tolerance else "behind" if lead < -tolerance else "on_pace"
