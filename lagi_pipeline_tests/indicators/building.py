"""Evidence in few words: what an office reported, when it was received, and what the lines then say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from lagi_pipeline.catalogue.indicators import Catalogue, Direction, Indicator, ObsStatus, PlanSource, catalogue
from lagi_pipeline.catalogue.place import Place, Resolution, Target, load_place, load_resolutions
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.attainment import attain, quarters_to_observe
from lagi_pipeline.indicators.model import (
    Attainment,
    Evidence,
    MeasureValue,
    Observation,
    Refusal,
    RejectedUnit,
    Vintage,
)
from lagi_pipeline.indicators.observation import observe

RAW = Path(__file__).parents[2] / "data" / "raw"
CATALOGUE = catalogue()
PLACE = load_place(RAW, CATALOGUE)
RESOLUTIONS = load_resolutions(RAW, CATALOGUE)
TOWN = PLACE.file.code
WARDS = [unit.code for unit in PLACE.units_on(date(2024, 12, 31))]
URBAN = [unit.code for unit in PLACE.units_on(date(2024, 12, 31)) if unit.urban]
LONG_AFTER = datetime.fromisoformat("2026-01-01")

Number = int | str
Said = Mapping[str, Number | Mapping[str, Number]]


def quarter(code: str) -> Quarter:
    return Quarter.parse(code)


def at(*parts: int) -> datetime:
    """A local time, as the pipeline keeps them: of the place and without a zone."""
    return datetime(*parts)  # noqa: DTZ001 - without a zone on purpose


def each(number: Number, units: Sequence[str] = tuple(WARDS)) -> dict[str, Number]:
    """The same number for each ward."""
    return dict.fromkeys(units, number)


@dataclass(frozen=True)
class Sent:
    """How a file came in; by default ten days after its quarter, with final figures of the quarter's end."""

    file: str = "bao_cao.xlsx"
    sha256: str | None = None
    as_of: date | None = None
    received_at: datetime | None = None
    obs_status: ObsStatus = ObsStatus.FINAL
    is_sample: bool = False
    withdrawn_at: datetime | None = None
    restored_at: datetime | None = None
    problem: str | None = None
    basis: str | None = None
    rejected: Mapping[str, str] | None = None


def report(form: str, when: str, said: Said, sent: Sent | None = None) -> Evidence:
    """One file: a measure's number is the town's, a mapping gives it by ward."""
    how, period = sent or Sent(), quarter(when)
    sha256 = how.sha256 or f"{form}-{when}-{how.file}"
    feed = next(measure.feed for measure in CATALOGUE.measures.values() if measure.form == form)
    values = [
        MeasureValue(form, period, sha256, measure, unit, Decimal(number), how.basis)
        for measure, numbers in said.items()
        for unit, number in (numbers if isinstance(numbers, Mapping) else {TOWN: numbers}).items()
    ]
    vintage = Vintage(
        feed=feed,
        form=form,
        quarter=period,
        file=how.file,
        sha256=sha256,
        as_of=how.as_of or period.end,
        received_at=how.received_at or datetime.combine(period.end + timedelta(days=10), time(9)),
        obs_status=how.obs_status,
        is_sample=how.is_sample,
        problem=how.problem,
        withdrawn_at=how.withdrawn_at,
        restored_at=how.restored_at,
    )
    rejected = tuple(RejectedUnit(form, period, sha256, *row) for row in (how.rejected or {}).items())
    return Evidence((vintage,), tuple(values), rejected)


def refused(feed: str, when: str, file: str, reason: str, received_at: datetime | None = None) -> Evidence:
    """A file that could not be read as its form."""
    period = quarter(when)
    at = received_at or datetime.combine(period.end + timedelta(days=9), time(9))
    return Evidence((), (), refusals=(Refusal(feed, period, file, at, reason),))


def together(*parts: Evidence) -> Evidence:
    return Evidence(
        tuple(vintage for part in parts for vintage in part.vintages),
        tuple(value for part in parts for value in part.values),
        tuple(row for part in parts for row in part.rejected_units),
        tuple(refusal for part in parts for refusal in part.refusals),
    )


def yearly_flow(form: str, measure: str, year: int, numbers: Sequence[Number]) -> Evidence:
    """Running totals of Q1, Q2, … of a year."""
    return together(*(report(form, f"{year}-Q{n}", {measure: number}) for n, number in enumerate(numbers, start=1)))


def asked(
    indicator: Indicator,
    value: Number | Decimal,
    *,
    upper: Number | Decimal | None = None,
    direction: Direction | None = None,
    plan: PlanSource = PlanSource.PARTY_RESOLUTION,
) -> Target:
    """A target of an indicator, in its own unit and by default in its own direction."""
    return Target(
        code=indicator.code,
        plan_source=plan,
        value=Decimal(value),
        upper=None if upper is None else Decimal(upper),
        unit=indicator.unit,
        direction=direction or indicator.direction,
        clause="thử",
    )


def observed(
    evidence: Evidence,
    *quarters: str,
    known_at: datetime = LONG_AFTER,
    place: Place = PLACE,
    resolutions: Sequence[Resolution] = tuple(RESOLUTIONS),
) -> dict[tuple[str, str, str], Observation]:
    """Observations by (indicator, unit, quarter's code)."""
    wanted = [quarter(code) for code in quarters]
    found = observe(CATALOGUE, place, evidence, known_at, wanted, resolutions)
    return {(code, unit, str(when)): observation for (code, unit, when), observation in found.items()}


def town(evidence: Evidence, indicator: str, when: str, known_at: datetime = LONG_AFTER) -> Observation:
    return observed(evidence, when, known_at=known_at)[indicator, TOWN, when]


def attained(
    evidence: Evidence,
    evaluated_at: datetime = LONG_AFTER,
    *,
    resolutions: Sequence[Resolution] = tuple(RESOLUTIONS),
    known: Catalogue = CATALOGUE,
) -> list[Attainment]:
    quarters = quarters_to_observe(PLACE, resolutions, evaluated_at)
    observations = observe(known, PLACE, evidence, evaluated_at, quarters, resolutions)
    return attain(known, PLACE, resolutions, observations, evaluated_at)


def line(
    evidence: Evidence,
    indicator: str,
    when: str,
    evaluated_at: datetime = LONG_AFTER,
    plan: PlanSource = PlanSource.PARTY_RESOLUTION,
) -> Attainment:
    """One row of the table, as known and evaluated at a time; no other indicator is computed."""
    alone = replace(CATALOGUE, indicators=(CATALOGUE.indicator(indicator),))
    [row] = [
        row
        for row in attained(evidence, evaluated_at, known=alone)
        if (row.indicator_code, row.quarter, row.plan_source) == (indicator, when, plan)
    ]
    return row
