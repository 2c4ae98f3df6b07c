"""Where figures come from: the rows of ``mart.trace``, the cells behind each figure, and of ``mart.trace_line``.

How a figure is computed is ``observation``; its derivation is followed here down to what stood in the files. How the
line reads in Vietnamese is ``derivation_vi``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, localcontext

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator, ObsStatus, PlanSource
from lagi_pipeline.catalogue.place import Place, Resolution, Target
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.derivation_vi import Derived, Source, derivation_vi, name_in_sentence
from lagi_pipeline.indicators.model import (
    Attainment,
    Derivation,
    MeasureCell,
    MeasureValue,
    Observation,
    Override,
    Part,
    Vintage,
)
from lagi_pipeline.indicators.overrides import choose, override_vi
from lagi_pipeline.indicators.plans import PrintedPlans
from lagi_pipeline.indicators.wording import ARITHMETIC

CellKey = tuple[str, Quarter, str, str, str]
"""Form, quarter, sha256, measure and unit code: what a reported figure is known by."""
Cells = Mapping[CellKey, Sequence[MeasureCell]]

SUM, NUMERATOR, DENOMINATOR = "sum", "numerator", "denominator"
LAST_YEAR_NUMERATOR, LAST_YEAR_DENOMINATOR = "last_year_numerator", "last_year_denominator"
BASELINE, TARGET, TARGET_UPPER = "baseline", "target", "target_upper"
OVERRIDE, RESULT = "override", "result"
ROLES_VI = {
    SUM: "số hạng",
    NUMERATOR: "tử số",
    DENOMINATOR: "mẫu số",
    LAST_YEAR_NUMERATOR: "tử số cuối năm trước",
    LAST_YEAR_DENOMINATOR: "mẫu số cuối năm trước",
    BASELINE: "mức cuối năm trước theo kế hoạch",
    TARGET: "chỉ tiêu năm",
    TARGET_UPPER: "chỉ tiêu năm, mức trên",
    OVERRIDE: "số đặt theo văn bản",
    RESULT: "kết quả đặt theo văn bản",
}
"""What a row of the trace is to its figure."""
_PERCENT = "%"
"""What a rate at last year's end is in, though the change is in points."""
_LEFT_OUT = "biểu không có dòng này: tính là 0"


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A file of entries, not of cells: of a year's targets, or of what an office set by hand."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class TraceRow:
    """A row of ``mart.trace``; the meaning of each column stands in the warehouse's model of that table."""

    indicator_code: str
    unit_code: str
    is_town: bool
    quarter: str
    position: int
    role: str
    role_vi: str
    plan_source: PlanSource | None
    measure: str | None
    name_vi: str
    source_unit_code: str
    source_unit_vi: str
    file: str
    sha256: str
    sheet: str | None
    cell: str | None
    entry: str | None
    text: str | None
    printed_value: Decimal | None
    printed_unit: str | None
    scale: Decimal | None
    value: Decimal | None
    unit: str | None
    factor: Decimal
    multiplier: Decimal
    form: str | None
    period: str
    as_of: date | None
    received_at: datetime | None
    obs_status: ObsStatus | None
    note_vi: str | None


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A row of ``mart.trace_line``."""

    indicator_code: str
    unit_code: str
    quarter: str
    name_vi: str
    value: Decimal | None
    unit: str
    derivation_vi: str


@dataclass(frozen=True, slots=True)
class Traced:
    """The cells behind every figure, and how each was made of them."""

    rows: list[TraceRow]
    lines: list[TraceLine]


@dataclass(frozen=True, slots=True)
class Sources:
    """What figures are followed to: the cells of reported figures, the files of the targets, the plans of the forms."""

    cells: Cells
    documents: Mapping[int, PlanDocument]
    printed_plans: PrintedPlans


def trace(  # noqa: PLR0913, PLR0917 - the figures, and everything that they are followed to
    catalogue: Catalogue,
    place: Place,
    resolutions: Sequence[Resolution],
    observations: Iterable[Observation],
    attainment: Iterable[Attainment],
    sources: Sources,
) -> Traced:
    """Follow every figure that is shown down to its cells.

    A town figure of a line with a target is traced where ``mart.attainment`` shows it, together with the targets it is
    held against; wards and companions where they have a figure.

    Args:
        catalogue: What is measured.
        place: Whose figures.
        resolutions: The targets, those that only the forms print included.
        observations: The figures with their derivations.
        attainment: The lines that are shown.
        sources: What they are followed to.

    Returns:
        Rows and lines by quarter, then in the catalogue's order, then by unit; targets after the figure's cells.

    Raises:
        KeyError: a figure rests on a reported value that has no cell.
    """
    shown = {(row.indicator_code, row.quarter): row for row in attainment}
    with localcontext(ARITHMETIC):
        tracer = _Tracer(catalogue, place, resolutions, sources)
        rows: list[TraceRow] = []
        lines: list[TraceLine] = []
        for seen in observations:
            is_town = seen.unit_code == place.file.code
            line = shown.get((seen.indicator_code, str(seen.quarter))) if is_town else None
            if line is not None:
                told = seen if _is_shown(line) else _without_figure(seen, line)
                rows.extend(tracer.rows(told, with_targets=True))
                lines.append(tracer.line(told))
            elif seen.derivation is not None and seen.value is not None:
                rows.extend(tracer.rows(seen, with_targets=False))
                lines.append(tracer.line(seen))
        return Traced(rows, lines)


def _is_shown(line: Attainment) -> bool:
    return line.actual is not None or line.numerator is not None


def _without_figure(seen: Observation, line: Attainment) -> Observation:
    """An observation whose line shows no figure: an earlier year's survey, or none at all."""
    return replace(seen, value=None, derivation=None, reason=line.reason)


@dataclass(frozen=True, slots=True)
class _Tracer:
    catalogue: Catalogue
    place: Place
    resolutions: Sequence[Resolution]
    sources: Sources

    def rows(self, seen: Observation, *, with_targets: bool) -> list[TraceRow]:
        """The rows of one figure, numbered; a kind of source that is new joins here."""
        found: list[_Source] = []
        if seen.derivation is not None:
            found.extend(self._of_derivation(seen.derivation, seen.quarter))
        found.extend(self._of_overrides(seen))
        if with_targets:
            found.extend(self._of_targets(seen))
        return [self._row(seen, position, source) for position, source in enumerate(found, start=1)]

    def line(self, seen: Observation) -> TraceLine:
        """How one figure was made, in a sentence."""
        indicator = self.catalogue.indicator(seen.indicator_code)
        return TraceLine(
            indicator_code=indicator.code,
            unit_code=seen.unit_code,
            quarter=str(seen.quarter),
            name_vi=indicator.name_vi,
            value=seen.value,
            unit=indicator.unit,
            derivation_vi=derivation_vi(indicator, seen, self._derived(seen.derivation) if seen.derivation else None),
        )

    def _derived(self, derivation: Derivation) -> Derived:
        last = derivation.last_year_end
        return Derived(
            numerator=[self._said(part) for part in derivation.numerator],
            denominator=[self._said(part) for part in derivation.denominator],
            quarters_passed=derivation.quarters_passed,
            last_year_end=self._derived(last) if last else None,
            baseline=derivation.baseline,
        )

    def _said(self, part: Part) -> Source:
        return Source(
            self.catalogue.measures[part.value.measure], part, () if part.left_out else self._cells(part.value)
        )

    def _cells(self, value: MeasureValue) -> Sequence[MeasureCell]:
        return self.sources.cells[value.form, value.quarter, value.sha256, value.measure, value.unit_code]

    def _of_derivation(self, derivation: Derivation, quarter: Quarter) -> Iterator[_Source]:
        roles = [
            (NUMERATOR if derivation.denominator else SUM, derivation.numerator, derivation.multiplier),
            (DENOMINATOR, derivation.denominator, Decimal(1)),
        ]
        if (last := derivation.last_year_end) is not None:
            roles.append((LAST_YEAR_NUMERATOR, last.numerator, last.multiplier))
            roles.append((LAST_YEAR_DENOMINATOR, last.denominator, Decimal(1)))
        for role, parts, multiplier in roles:
            for part in parts:
                yield from self._of_part(role, part, multiplier)
        if derivation.baseline is not None and derivation.baseline.baseline is not None:
            said = f"cuối năm {quarter.year - 1}"
            stated = (derivation.baseline.baseline, _PERCENT)
            yield self._of_document(BASELINE, derivation.baseline, stated, quarter.year, said)

    def _of_overrides(self, seen: Observation) -> Iterator[_Source]:
        """The document that set the figure by hand, and those that set its result against a plan."""
        if seen.override is not None and seen.value is not None:
            unit = self.catalogue.indicator(seen.indicator_code).unit
            cell = MeasureCell("", None, "", seen.value, unit, Decimal(1), seen.value)
            yield _of_override(OVERRIDE, seen.override, cell)
        for plan in (None, *PlanSource):
            ruling = choose(override for override in seen.verdicts if override.plan_source == plan).override
            if ruling is not None:
                yield _of_override(RESULT, ruling, None)

    def _of_part(self, role: str, part: Part, multiplier: Decimal) -> Iterator[_Source]:
        if part.left_out:
            unit = self.catalogue.measures[part.value.measure].unit
            zero = MeasureCell("", None, "", Decimal(0), unit, Decimal(1), Decimal(0))
            yield _Source(role, part.value, part.vintage, zero, part.factor, multiplier, note_vi=_LEFT_OUT)
            return
        for cell in self._cells(part.value):
            yield _Source(role, part.value, part.vintage, cell, part.factor, multiplier)

    def _of_targets(self, seen: Observation) -> Iterator[_Source]:
        """The targets that the figure is held against, by plan; one that a form prints with the form's cell."""
        for resolution in self.resolutions:
            if resolution.year != seen.quarter.year:
                continue
            for target in resolution.targets:
                if target.code == seen.indicator_code:
                    yield from self._of_target(target, resolution.year)

    def _of_target(self, target: Target, year: int) -> Iterator[_Source]:
        printed = [
            said
            for (quarter, code, plan), said in self.sources.printed_plans.items()
            if (quarter.year, code, plan) == (year, target.code, target.plan_source)
            and f"{said[1].file} ({said[1].quarter})" == target.clause
        ]
        if not printed:
            yield self._of_document(TARGET, target, (target.value, target.unit), year)
            if target.upper is not None:
                yield self._of_document(TARGET_UPPER, target, (target.upper, target.unit), year)
            return
        value, vintage = printed[-1]
        for cell in self._cells(value):
            yield _Source(TARGET, value, vintage, cell, plan=target)

    def _of_document(
        self, role: str, plan: Target, stated: tuple[Decimal, str], year: int, note_vi: str | None = None
    ) -> _Source:
        """An entry of a targets file, with its unit; it has been brought to that unit, whatever the file states."""
        value, unit = stated
        cell = MeasureCell("", None, "", value, unit, Decimal(1), value)
        return _Source(role, None, None, cell, plan=plan, document=self.sources.documents[year], note_vi=note_vi)

    def _row(self, seen: Observation, position: int, source: _Source) -> TraceRow:
        indicator = self.catalogue.indicator(seen.indicator_code)
        value, vintage, cell, plan = source.value, source.vintage, source.cell, source.plan
        override = source.override
        measure = self.catalogue.measures[value.measure] if value else None
        unit_code = value.unit_code if value else self.place.file.code
        period = vintage.quarter if vintage else seen.quarter
        return TraceRow(
            indicator_code=indicator.code,
            unit_code=seen.unit_code,
            is_town=seen.unit_code == self.place.file.code,
            quarter=str(seen.quarter),
            position=position,
            role=source.role,
            role_vi=ROLES_VI[source.role],
            plan_source=plan.plan_source if plan else override.plan_source if override else None,
            measure=measure.code if measure else None,
            name_vi=measure.name_vi if measure else _document_name_vi(source.role, indicator),
            source_unit_code=unit_code,
            source_unit_vi=self._unit_vi(unit_code, period),
            file=vintage.file if vintage else _document(source).file,
            sha256=vintage.sha256 if vintage else _document(source).sha256,
            sheet=(cell.sheet or None) if cell else None,
            cell=cell.cell if cell else None,
            entry=override.entry if override else plan.clause if plan and not measure else None,
            text=(cell.text or None) if cell else override.result if override else None,
            printed_value=cell.printed_value if cell else None,
            printed_unit=cell.printed_unit if cell else None,
            scale=cell.scale if cell else None,
            value=cell.value if cell else None,
            unit=measure.unit if measure else cell.printed_unit if cell else None,
            factor=source.factor,
            multiplier=source.multiplier,
            form=vintage.form if vintage else None,
            period=str(period),
            as_of=vintage.as_of if vintage else None,
            received_at=vintage.received_at if vintage else override.received_at if override else None,
            obs_status=vintage.obs_status if vintage else None,
            note_vi=source.note_vi,
        )

    def _unit_vi(self, code: str, quarter: Quarter) -> str:
        if code == self.place.file.code:
            return self.place.file.name_vi
        return next(unit.label_vi for unit in self.place.units_on(quarter.end) if unit.code == code)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a figure rests on, and what that is to the figure: a cell, or an entry of a ``document``.

    No ``cell`` is a result set by hand, which is a word.
    """

    role: str
    value: MeasureValue | None
    vintage: Vintage | None
    cell: MeasureCell | None
    factor: Decimal = Decimal(1)
    multiplier: Decimal = Decimal(1)
    plan: Target | None = None
    document: PlanDocument | None = None
    override: Override | None = None
    note_vi: str | None = None


def _of_override(role: str, override: Override, cell: MeasureCell | None) -> _Source:
    document = PlanDocument(override.file, override.sha256)
    return _Source(role, None, None, cell, document=document, override=override, note_vi=override_vi(override))


def _document(source: _Source) -> PlanDocument:
    if source.document is None:
        raise KeyError(f"a {source.role} without a file")
    return source.document


def _document_name_vi(role: str, indicator: Indicator) -> str:
    return f"{ROLES_VI[role]}: {name_in_sentence(indicator.name_vi)}"
