"""Series by unit across mergers: by the units of the time and by today's, both from the same reported rows.

Which rows make up a unit's figure is ``lineage`` and ``figures``; how a figure is computed is ``observation``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from lagi_pipeline.catalogue.indicators import Cadence, Catalogue, Indicator, ObsStatus
from lagi_pipeline.catalogue.place import Place, Resolution, Unit
from lagi_pipeline.catalogue.quarter import Quarter, quarters_between
from lagi_pipeline.indicators.figures import all_by_unit
from lagi_pipeline.indicators.model import Evidence, Observation, Observations
from lagi_pipeline.indicators.observation import observe_units
from lagi_pipeline.indicators.unit_lineage import Origin, counted_units, origin
from lagi_pipeline.indicators.wording import join_remarks

_LAST = 4


class UnitsAsOf(StrEnum):
    """Whose units a series shows: those of each quarter's last day, or today's throughout."""

    THEN = "then"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class UnitSeriesRow:
    """A row of ``mart.unit_series``; the meaning of each column stands in the warehouse's model of that table."""

    quarter: str
    year: int
    indicator_code: str
    name_vi: str
    unit: str
    units_as_of: UnitsAsOf
    unit_code: str
    unit_valid_from: date
    unit_name_vi: str
    kind: str
    urban: bool
    actual: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    formed_of: str | None
    status: str
    status_vi: str
    obs_status: ObsStatus | None
    as_of: date | None
    evaluated_at: datetime
    reason: str | None
    is_illustrative: bool


def unit_series(  # noqa: PLR0913, PLR0917 - everything that a figure depends on, and nothing else
    catalogue: Catalogue,
    place: Place,
    evidence: Evidence,
    observations: Observations,
    resolutions: Sequence[Resolution],
    evaluated_at: datetime,
) -> list[UnitSeriesRow]:
    """Every indicator that is reported by unit, by quarter, twice: by the units of the time and by today's.

    Today's units are those of the evaluation day, or of the last quarter's end where that is later. In earlier
    quarters their figures are made from the rows of the units they were formed of: flows are summed, a rate is the sum
    of the numerators over that of the denominators, and one former unit missing leaves no figure. What a divided unit
    reported belongs to none of its successors.

    Args:
        catalogue: What is measured.
        place: Its reporting units, through time.
        evidence: Everything ever received.
        observations: Those already known, which are taken over; the others are computed.
        resolutions: The years whose lines are owed.
        evaluated_at: Local time; what was received later is not known.

    Returns:
        Rows by quarter, then in the catalogue's order, units of the time before today's, each in that of the place.
        A line that nobody owes in a quarter has rows only where a unit has a figure or was sent a row back.
    """
    lines = [indicator for indicator in catalogue.indicators if all_by_unit(catalogue, indicator)]
    quarters = _quarters(catalogue, evidence, observations, evaluated_at)
    if not quarters:
        return []
    today = place.units_on(max(evaluated_at.date(), quarters[-1].end))
    shown = [
        _Shown(indicator, quarter, as_of, unit)
        for quarter in quarters
        for indicator in lines
        for as_of, units in (
            (UnitsAsOf.THEN, counted_units(place, indicator, quarter)),
            (UnitsAsOf.TODAY, [unit for unit in today if _counts(place, indicator, unit, quarter)]),
        )
        for unit in units
    ]
    found = _observations(catalogue, place, evidence, observations, resolutions, evaluated_at, shown)
    owed = {resolution.year for resolution in resolutions}
    told = {
        (one.indicator.code, one.quarter) for one in shown if found[one].value is not None or found[one].returned
    } | {(one.indicator.code, one.quarter) for one in shown if one.quarter.year in owed and _is_due(one)}
    words = catalogue.words["unit_series_status"]
    return [
        _row(place, one, found[one], words, evaluated_at) for one in shown if (one.indicator.code, one.quarter) in told
    ]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a row is of."""

    indicator: Indicator
    quarter: Quarter
    as_of: UnitsAsOf
    unit: Unit

    def __hash__(self) -> int:
        return hash((self.indicator.code, self.quarter, self.unit.code, self.unit.valid_from))


def _is_due(one: _Shown) -> bool:
    return one.indicator.cadence is Cadence.QUARTER or one.quarter.number == _LAST


def _quarters(
    catalogue: Catalogue, evidence: Evidence, observations: Observations, evaluated_at: datetime
) -> list[Quarter]:
    """The quarters observed, and those for which a unit reported, with no gap between them."""
    forms = {measure.form for measure in catalogue.measures.values() if measure.by_unit}
    reported = {
        vintage.quarter
        for vintage in evidence.vintages
        if vintage.form in forms
        and vintage.received_at <= evaluated_at
        and vintage.quarter.start <= evaluated_at.date()
    }
    wanted = reported | {quarter for _, _, quarter in observations}
    return list(quarters_between(min(wanted), max(wanted))) if wanted else []


def _counts(place: Place, indicator: Indicator, unit: Unit, quarter: Quarter) -> bool:
    """Whether a unit of today has a row: an urban line's where any unit it was formed of counts, or it is unknown."""
    if indicator.units == "all":
        return True
    was = origin(place, unit, quarter.end)
    if not was.is_whole:
        return unit.urban
    counted = counted_units(place, indicator, quarter)
    return any(part in counted for part in was.parts)


def _observations(  # noqa: PLR0913, PLR0917 - as above
    catalogue: Catalogue,
    place: Place,
    evidence: Evidence,
    observations: Observations,
    resolutions: Sequence[Resolution],
    evaluated_at: datetime,
    shown: Sequence[_Shown],
) -> dict[_Shown, Observation]:
    """The observation of each row; a unit that was there in the quarter has the one that is already known."""
    found: dict[_Shown, Observation] = {}
    lacking: dict[tuple[str, str, date, Quarter], list[_Shown]] = {}
    for one in shown:
        was_there = one.unit.is_valid_on(one.quarter.end)
        known = observations.get((one.indicator.code, one.unit.code, one.quarter)) if was_there else None
        if known is not None:
            found[one] = known
        else:
            key = (one.indicator.code, one.unit.code, one.unit.valid_from, one.quarter)
            lacking.setdefault(key, []).append(one)
    wanted = [(alike[0].indicator, alike[0].unit, alike[0].quarter) for alike in lacking.values()]
    computed = observe_units(catalogue, place, evidence, evaluated_at, wanted, resolutions)
    for alike, observation in zip(lacking.values(), computed, strict=True):
        found.update(dict.fromkeys(alike, observation))
    return found


def _row(
    place: Place, one: _Shown, seen: Observation, words: Mapping[str, str], evaluated_at: datetime
) -> UnitSeriesRow:
    former = list(_former(place, one, seen))
    status = _status(seen, former)
    return UnitSeriesRow(
        quarter=str(one.quarter),
        year=one.quarter.year,
        indicator_code=one.indicator.code,
        name_vi=one.indicator.name_vi,
        unit=one.indicator.unit,
        units_as_of=one.as_of,
        unit_code=one.unit.code,
        unit_valid_from=one.unit.valid_from,
        unit_name_vi=one.unit.label_vi,
        kind=one.unit.kind,
        urban=one.unit.urban,
        actual=seen.value,
        numerator=seen.numerator,
        denominator=seen.denominator,
        formed_of="; ".join(f"{part.code} {part.label_vi}" for part in former if _is_of(one, part)) or None,
        status=status,
        status_vi=words[status],
        obs_status=seen.obs_status,
        as_of=seen.as_of,
        evaluated_at=evaluated_at,
        reason=join_remarks([seen.reason, _left_out_vi(one, former)]),
        is_illustrative=seen.is_illustrative,
    )


def _former(place: Place, one: _Shown, seen: Observation) -> Iterator[Unit]:
    """The units of the time that a unit was in the quarters that its figure rests on, without itself, each once."""
    quarters = sorted({vintage.quarter for vintage in seen.inputs}) or [one.quarter]
    known: list[Unit] = []
    for quarter in quarters:
        was: Origin = origin(place, one.unit, quarter.end)
        known += [part for part in was.parts if part not in known and part != one.unit]
    yield from known


def _is_of(one: _Shown, part: Unit) -> bool:
    return part.urban or one.indicator.units == "all"


def _left_out_vi(one: _Shown, former: Sequence[Unit]) -> str | None:
    """The former units that an urban line leaves out, where it counts others."""
    left_out = [part.label_vi for part in former if not _is_of(one, part)]
    return f"chỉ tính các phường, thị trấn: không tính {', '.join(left_out)}" if left_out else None


def _status(seen: Observation, former: Sequence[Unit]) -> str:
    if seen.value is None:
        return "returned" if seen.returned else "no_data"
    if seen.carried:
        return "carried"
    return "combined" if former else "reported"
