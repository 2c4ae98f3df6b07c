"""The same figure beside each plan, in one row: ``mart.attainment_by_plan``. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from lagi_pipeline.catalogue.indicators import Catalogue, ObsStatus, PlanSource
from lagi_pipeline.indicators.model import Attainment

_OF_EACH_PLAN = ("target", "target_upper", "attainment_pct", "gap", "result_status", "status_vi")


@dataclass(frozen=True, slots=True)
class AttainmentByPlan:
    """A row of ``mart.attainment_by_plan``; what a plan has no target for is None."""

    quarter: str
    year: int
    indicator_code: str
    ordinal: str | None
    name_vi: str
    name_en: str
    unit: str
    actual: Decimal | None
    obs_status: ObsStatus | None
    as_of: date | None
    leading_plan: PlanSource
    leading_plan_vi: str
    party_resolution_target: Decimal | None
    party_resolution_target_upper: Decimal | None
    party_resolution_attainment_pct: Decimal | None
    party_resolution_gap: Decimal | None
    party_resolution_result_status: str | None
    party_resolution_status_vi: str | None
    council_target: Decimal | None
    council_target_upper: Decimal | None
    council_attainment_pct: Decimal | None
    council_gap: Decimal | None
    council_result_status: str | None
    council_status_vi: str | None
    province_target: Decimal | None
    province_target_upper: Decimal | None
    province_attainment_pct: Decimal | None
    province_gap: Decimal | None
    province_result_status: str | None
    province_status_vi: str | None
    evaluated_at: datetime
    is_illustrative: bool


def side_by_side(catalogue: Catalogue, rows: Iterable[Attainment]) -> list[AttainmentByPlan]:
    """A row for each quarter and indicator, in the order of ``rows``, which stand together by line as ``attain`` does.

    Args:
        catalogue: For the words.
        rows: Attainment of one moment; each line has one plan that leads.
    """
    lines = groupby(rows, key=lambda row: (row.quarter, row.indicator_code))
    return [_of_line(catalogue, list(of_line)) for _, of_line in lines]


def _of_line(catalogue: Catalogue, rows: list[Attainment]) -> AttainmentByPlan:
    leading = next(row for row in rows if row.is_leading)
    by_source = {row.plan_source: row for row in rows}
    plans = {
        f"{source}_{name}": getattr(by_source[source], name) if source in by_source else None
        for source in PlanSource
        for name in _OF_EACH_PLAN
    }
    return AttainmentByPlan(
        quarter=leading.quarter,
        year=leading.year,
        indicator_code=leading.indicator_code,
        ordinal=leading.ordinal,
        name_vi=leading.name_vi,
        name_en=leading.name_en,
        unit=leading.unit,
        actual=leading.actual,
        obs_status=leading.obs_status,
        as_of=leading.as_of,
        leading_plan=leading.plan_source,
        leading_plan_vi=catalogue.words["plan_source"][leading.plan_source],
        **plans,
        evaluated_at=leading.evaluated_at,
        is_illustrative=leading.actual_is_illustrative or any(row.target_is_illustrative for row in rows),
    )
