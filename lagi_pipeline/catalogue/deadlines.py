"""By when offices owe their reports and corrections: cut-off days of the catalogue, days to send of the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pydantic import Field

from lagi_pipeline.catalogue.indicators import CATALOGUE_DIR
from lagi_pipeline.catalogue.loading import Strict, build, read_yaml
from lagi_pipeline.catalogue.place import Office, Place
from lagi_pipeline.catalogue.quarter import Quarter

_FILE = CATALOGUE_DIR / "deadlines.yaml"


class DeadlineRules(Strict):
    """``deadlines.yaml``."""

    estimate_cutoff_day: int = Field(ge=1, le=28)
    days_to_correct: int = Field(ge=0, le=92)


@cache
def deadline_rules() -> DeadlineRules:
    """The package's own rules, read once."""
    return build(DeadlineRules, read_yaml(_FILE), _FILE, "file")


@dataclass(frozen=True, slots=True)
class DueDays:
    """The last days on which an office's report of a quarter is on time."""

    estimate: date
    """For estimates: the cut-off in the quarter's last month, plus the office's days to send."""
    final: date
    """For preliminary and final figures: the quarter's last day, plus the office's days to send."""


def due_days(office: Office, quarter: Quarter, rules: DeadlineRules | None = None) -> DueDays:
    """When an office's report of a quarter is due."""
    rules = rules or deadline_rules()
    days = timedelta(days=office.days_to_send)
    return DueDays(
        estimate=quarter.end.replace(day=rules.estimate_cutoff_day) + days,
        final=quarter.end + days,
    )


def correction_due(place: Place, feed: str, quarter: Quarter, received_on: date) -> date:
    """By when a file that was sent back must be corrected: some days after its receipt, not before it was due."""
    days = timedelta(days=deadline_rules().days_to_correct)
    return max(place.due_day(feed, quarter), received_on + days)
