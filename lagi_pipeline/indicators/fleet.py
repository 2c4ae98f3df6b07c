"""The fleet by length class, and the fight against IUU fishing: every share with its numerator and denominator.

A share without its denominator hides who was left out of it (domain.md, trap 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from lagi_pipeline.catalogue.indicators import FleetRules, LengthClass
from lagi_pipeline.catalogue.quarter import Quarter

ALL = "all"
UNKNOWN = "unknown"
VESSELS, CASES, LANDINGS = "danh sách tàu cá", "vụ việc vi phạm", "sản lượng qua cảng"
_NAMES = {ALL: "toàn đội tàu", UNKNOWN: "không có trong danh sách"}


@dataclass(frozen=True, slots=True)
class Vessel:
    """A vessel of the list at the quarter's end."""

    register: str | None
    length_m: Decimal
    is_licensed: bool
    """Whether it has a licence number."""
    licence_until: date | None
    inspection_until: date | None
    vms_since: date | None
    is_laid_up: bool
    is_gone: bool
    """Sold or struck off: in no denominator."""


@dataclass(frozen=True, slots=True)
class Case:
    """A violation dealt with: whose, and the fine in đồng."""

    register: str | None
    fine_vnd: Decimal | None


@dataclass(frozen=True, slots=True)
class Landings:
    """Landings of the quarter, in tonnes."""

    landed_t: Decimal
    monitored_t: Decimal


@dataclass(frozen=True, slots=True)
class FleetReports:
    """What answers for a quarter; None where a list was not received or went back."""

    vessels: Sequence[Vessel] | None
    cases: Sequence[Case] | None
    landings: Landings | None
    as_of: date | None
    is_illustrative: bool
    rejected_rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows of a list were sent back, by its Vietnamese name: the counts are without them."""


@dataclass(frozen=True, slots=True)
class FleetLine:
    """A row of ``mart.iuu_compliance``."""

    quarter: str
    length_class: str
    length_class_vi: str
    vessels: int | None
    registered: int | None
    licensed: int | None
    inspected: int | None
    three_no: int | None
    vms_required: int | None
    vms_fitted: int | None
    vms_missing_laid_up: int | None
    vms_missing_laid_up_registers: str | None
    registered_pct: Decimal | None
    licensed_pct: Decimal | None
    inspected_pct: Decimal | None
    vms_pct: Decimal | None
    cases: int | None
    fines_vnd: Decimal | None
    landed_t: Decimal | None
    monitored_t: Decimal | None
    monitored_pct: Decimal | None
    as_of: date | None
    evaluated_at: datetime
    reason: str | None
    is_illustrative: bool


def length_class(length_m: Decimal, classes: Iterable[LengthClass]) -> LengthClass:
    """The class of a length: lower bound included, upper bound not.

    Raises:
        ValueError: no class holds it.
    """
    for one in classes:
        if length_m >= one.from_m and (one.below_m is None or length_m < one.below_m):
            return one
    raise ValueError(f"no length class for {length_m} m")


def fleet_lines(rules: FleetRules, quarter: Quarter, reports: FleetReports, evaluated_at: datetime) -> list[FleetLine]:
    """The lines of a quarter: one for each length class, one for the whole fleet, one for cases of unlisted vessels.

    Landings are known for the town only and stand on the line of the whole fleet.
    """
    class_of: dict[str, str] = {}
    afloat: dict[str, list[Vessel]] = {ALL: []}
    for vessel in reports.vessels or []:
        code = length_class(vessel.length_m, rules.length_classes).code
        if vessel.register is not None:
            class_of[vessel.register] = code
        if not vessel.is_gone:
            afloat[ALL].append(vessel)
            afloat.setdefault(code, []).append(vessel)
    line = _Line(rules, quarter, reports, evaluated_at)
    return [
        line.of(
            code,
            name,
            afloat.get(code, []),
            [case for case in reports.cases or [] if code in {ALL, class_of.get(case.register or "", UNKNOWN)}],
        )
        for code, name in _classes(rules, reports)
    ]


def _classes(rules: FleetRules, reports: FleetReports) -> list[tuple[str, str]]:
    known = [(one.code, one.label_vi) for one in rules.length_classes] if reports.vessels is not None else []
    listed = {vessel.register for vessel in reports.vessels or []}
    strangers = any(case.register not in listed for case in reports.cases or [])
    return [*known, *([(UNKNOWN, _NAMES[UNKNOWN])] if strangers else []), (ALL, _NAMES[ALL])]


@dataclass(frozen=True, slots=True)
class _Line:
    rules: FleetRules
    quarter: Quarter
    reports: FleetReports
    evaluated_at: datetime

    def of(self, code: str, name: str, vessels: list[Vessel], cases: list[Case]) -> FleetLine:
        """The line of a class."""
        has_fleet = self.reports.vessels is not None and code != UNKNOWN
        landings = self.reports.landings if code == ALL else None
        last_day = self.quarter.end
        vms_from = self.rules.vms_from_m(last_day)
        must_have = [v for v in vessels if vms_from is not None and v.length_m >= vms_from]
        fitted = [v for v in must_have if _fitted(v, last_day)]
        laid_up = [v for v in must_have if v.is_laid_up and not _fitted(v, last_day)]
        registered = sum(v.register is not None for v in vessels)
        licensed = sum(_licensed(v, last_day) for v in vessels)
        inspected = sum(_inspected(v, last_day) for v in vessels)
        return FleetLine(
            quarter=str(self.quarter),
            length_class=code,
            length_class_vi=name,
            vessels=len(vessels) if has_fleet else None,
            registered=registered if has_fleet else None,
            licensed=licensed if has_fleet else None,
            inspected=inspected if has_fleet else None,
            three_no=sum(_three_no(v) for v in vessels) if has_fleet else None,
            vms_required=len(must_have) if has_fleet else None,
            vms_fitted=len(fitted) if has_fleet else None,
            vms_missing_laid_up=len(laid_up) if has_fleet else None,
            vms_missing_laid_up_registers=", ".join(sorted(v.register or "(không số)" for v in laid_up)) or None,
            registered_pct=_share(registered, len(vessels)) if has_fleet else None,
            licensed_pct=_share(licensed, len(vessels)) if has_fleet else None,
            inspected_pct=_share(inspected, len(vessels)) if has_fleet else None,
            vms_pct=_share(len(fitted), len(must_have)) if has_fleet else None,
            cases=len(cases) if self.reports.cases is not None else None,
            fines_vnd=sum((c.fine_vnd or Decimal(0) for c in cases), Decimal(0))
            if self.reports.cases is not None
            else None,
            landed_t=landings.landed_t if landings else None,
            monitored_t=landings.monitored_t if landings else None,
            monitored_pct=_share(landings.monitored_t, landings.landed_t) if landings else None,
            as_of=self.reports.as_of,
            evaluated_at=self.evaluated_at,
            reason=self._reason(code),
            is_illustrative=self.reports.is_illustrative,
        )

    def _reason(self, code: str) -> str | None:
        missing = [
            name
            for name, report in (
                (VESSELS, self.reports.vessels),
                (CASES, self.reports.cases),
                (LANDINGS, self.reports.landings if code == ALL else ()),
            )
            if report is None
        ]
        remarks = [f"chưa có số liệu: {', '.join(missing)}"] if missing else []
        remarks += [
            f"{name}: {rows} dòng đã trả lại, chờ chỉnh sửa, chưa tính vào số liệu"
            for name, rows in self.reports.rejected_rows.items()
            if rows and (code == ALL or name != LANDINGS)
        ]
        return "; ".join(remarks) or None


def _fitted(vessel: Vessel, day: date) -> bool:
    return vessel.vms_since is not None and vessel.vms_since <= day


def _licensed(vessel: Vessel, day: date) -> bool:
    return vessel.is_licensed and vessel.licence_until is not None and vessel.licence_until >= day


def _inspected(vessel: Vessel, day: date) -> bool:
    return vessel.inspection_until is not None and vessel.inspection_until >= day


def _three_no(vessel: Vessel) -> bool:
    """Not registered, not inspected, not licensed ("tàu cá 3 không"): none of the three ever, not merely expired."""
    return vessel.register is None and not vessel.is_licensed and vessel.inspection_until is None


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) * 100 if whole else None
