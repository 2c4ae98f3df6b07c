"""Reference profiles: how much of a year real places had reached by a quarter, and how their totals stood to the plan.

Numbers with their source and how many years stand behind them; the method that uses them is ``indicators/forecast.py``,
explained in ``docs/method.md``. ``python -m tools.backtest.fit`` computes them from the reference figures.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from lagi_pipeline.catalogue.loading import CatalogueError, Strict, build, read_yaml

QUARTERS_FORECAST = 3
"""Q1 to Q3: in Q4 the year is known."""

_Reason = Annotated[str, Field(min_length=20)]
_Spread = Annotated[float, Field(gt=0, lt=2)]
_Count = Annotated[int, Field(ge=2)]


class ReferenceShare(Strict):
    """The share of the year reached by one quarter's end, over the reference years."""

    share_pct: float = Field(gt=0, lt=100)
    """The median, in per cent of the year's total."""
    spread: _Spread
    """1.4826 x the median distance from the median, of logarithms: what most years keep to."""
    wide_spread: _Spread
    """The standard deviation about the median, of logarithms, tails included; never below ``spread``."""
    years: _Count
    places: _Count

    @model_validator(mode="after")
    def _wide_is_wide(self) -> Self:
        if self.wide_spread < self.spread:
            raise ValueError("wide_spread is below spread")
        return self


class PlanRecord(Strict):
    """How the year's total stood to the plan, over the reference years."""

    median_pct: float = Field(gt=0)
    """The median of total / plan, in per cent."""
    spread_below: _Spread
    """Of logarithms, among the years below the median."""
    spread_above: _Spread
    years: _Count
    places: _Count
    plan_sources: tuple[str, ...] = Field(min_length=1)
    """The plan that tells most about the total: the first of these that the line has."""
    source: str


class Profile(Strict):
    """The reference for one kind of flow."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_en: str
    source: str
    limits: str
    quarters: tuple[ReferenceShare, ...] = Field(min_length=QUARTERS_FORECAST, max_length=QUARTERS_FORECAST)
    between_share: float = Field(gt=0, lt=1)
    """The part of the variance that lies between places; the rest is between the years of one place."""
    plan: PlanRecord | None = None

    @model_validator(mode="after")
    def _shares_rise(self) -> Self:
        shares = [quarter.share_pct for quarter in self.quarters]
        if shares != sorted(set(shares)):
            raise ValueError("the shares do not rise from quarter to quarter")
        return self


class History(Strict):
    """Which of a place's own earlier years count, and when they are enough."""

    enough_years: int = Field(ge=2)
    first_quarter_at_most_pct: float = Field(gt=25, le=100)
    reason: _Reason


class PaceThresholds(Strict):
    """From which probability of meeting the target on a line is ahead, and below which it is behind; per cent."""

    ahead_from_pct: float = Field(gt=50, lt=100)
    behind_below_pct: float = Field(gt=0, le=50)
    reason: _Reason


class Profiles(Strict):
    """``profiles.yaml``."""

    pace: PaceThresholds
    history: History
    profiles: tuple[Profile, ...]

    def of(self, code: str | None) -> Profile | None:
        """The profile of that code; None for None.

        Raises:
            KeyError: there is none of that code.
        """
        if code is None:
            return None
        return {profile.code: profile for profile in self.profiles}[code]


def load_profiles(file: Path) -> Profiles:
    """Read the reference profiles of a file.

    Raises:
        CatalogueError: it says what cannot be meant, or a profile stands twice.
    """
    found = build(Profiles, read_yaml(file), file, "file")
    for code, times in Counter(profile.code for profile in found.profiles).items():
        if times > 1:
            raise CatalogueError(file, code, "the code stands twice")
    return found
