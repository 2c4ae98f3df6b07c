"""The outlook of stocks, ratios and changes: where they stand on a path to the target. No forecast before Q4."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from lagi_pipeline.catalogue.indicators import Cadence, Kind
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.outlook import LAST_QUARTER, Line, Outlook, position, reported

_HALF = 2
"""On pace is within half a quarter's step of the path."""


def of_rate(line: Line) -> Outlook:
    """Stocks, ratios and changes: a straight path from last year's end to the target. No forecast before Q4.

    A yearly line has nothing to place on its path before its own figure is in.
    """
    seen = line.seen
    if (seen.value is None and line.indicator.cadence is Cadence.YEAR) or seen.carried:
        return Outlook()
    if seen.quarter.number == LAST_QUARTER:
        return _at_year_end(line)
    path = _path(line)
    if path is None:
        return Outlook()
    expected = path.at(seen.quarter.number)
    found = Outlook(expected=expected, pace_basis=f"position; {path.basis}")
    if seen.value is None:
        return found
    if not path.step:
        return replace(found, pace_status="on_pace" if line.reached else "behind")
    return replace(found, pace_status=position(line.lead(seen.value, expected), abs(path.step) / _HALF))


def _at_year_end(line: Line) -> Outlook:
    found = Outlook(expected=line.target.value, pace_basis="year")
    if line.seen.value is None:
        return found
    return replace(reported(found, line.seen), pace_status="on_pace" if line.reached else "behind")


@dataclass(frozen=True, slots=True)
class _Path:
    """From a baseline to the target in four equal steps; a step of 0 is a target that stands already."""

    target: Decimal
    step: Decimal
    basis: str

    def at(self, number: int) -> Decimal:
        return self.target - self.step * (LAST_QUARTER - number)


def _path(line: Line) -> _Path | None:
    """None where last year's end is not known."""
    target = line.target.value
    if line.indicator.kind is Kind.RATE_OVER_YEAR:  # a rate of the whole year is compared with the whole year's at once
        return _Path(target, Decimal(0), "target")
    found = _baseline(line)
    if found is None:
        return None
    baseline, basis = found
    if line.lead(baseline, target) >= 0:
        return _Path(target, Decimal(0), f"{basis}, target standing already")
    return _Path(target, (target - baseline) / LAST_QUARTER, basis)


def _baseline(line: Line) -> tuple[Decimal, str] | None:
    """Where the path begins: a change at 0, else the target's own baseline, else last year's end by its own figure."""
    if line.indicator.kind is Kind.CHANGE_ON_LAST_YEAR_END:
        return Decimal(0), "path from 0"
    if line.target.baseline is not None:
        return line.target.baseline, f"path from the baseline {line.target.baseline}"
    before = line.history.get(Quarter(line.seen.quarter.year - 1, LAST_QUARTER))
    if before is None or before.value is None or before.carried:
        return None
    return before.value, f"path from {before.quarter}"
