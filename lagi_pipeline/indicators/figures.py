"""A measure's figure for the town or a ward, at a quarter's end or from 1 January; or the gaps that stand in its way.

Gaps are not zeros and not smaller towns: a town figure needs every unit valid on its date, a sum every quarter from Q1
(architecture.md). No formulas: those are in ``observation``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import chain
from pathlib import PurePath

from lagi_pipeline.catalogue.indicators import Accumulation, Cadence, Catalogue, FeedEntry, Indicator, Kind, Measure
from lagi_pipeline.catalogue.place import Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import Evidence, MeasureValue, Part, Refusal, Vintage
from lagi_pipeline.indicators.unit_lineage import origin, was_urban
from lagi_pipeline.indicators.vintages import Selection, SentBack, VintageKey, answering, key_of
from lagi_pipeline.indicators.wording import number_vi

TOWN = None
"""The scope of a town figure; the scope of a ward's figure is its unit."""
Scope = Unit | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Why there is no figure. ``ward`` alone: it has no row or no number; with ``text``: its row went back for that."""

    quarter: Quarter
    text: str
    ward: str | None = None
    returned: bool = False
    due: bool = True
    """False where nobody owed the form for that quarter."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a figure that is there."""

    quarter: Quarter
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with the vintages it came from; or None with the gaps."""

    value: Decimal | None
    inputs: tuple[Vintage, ...] = ()
    bases: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()
    gaps: tuple[Gap, ...] = ()
    parts: tuple[Part, ...] = ()
    """What the number is the sum of, each times its factor."""

    def times(self, factor: Decimal | int) -> Figure:
        """The figure multiplied."""
        if self.value is None or factor == 1:
            return self
        parts = tuple(part._replace(factor=part.factor * factor) for part in self.parts)
        return replace(self, value=self.value * factor, parts=parts)

    def noting(self, remark: Remark) -> Figure:
        """The figure with one more remark."""
        return replace(self, remarks=(*self.remarks, remark))


@dataclass(frozen=True, slots=True)
class Line:
    """A measure as an indicator reads it: of which units, and whether it may be absent."""

    measure: Measure
    urban_only: bool = False
    optional: bool = False
    sign: int = 1


def total(figures: Iterable[Figure]) -> Figure:
    """The sum; no figure as soon as one of them is missing."""
    parts = list(figures)
    values = [part.value for part in parts if part.value is not None]
    return Figure(
        value=sum(values, Decimal(0)) if len(values) == len(parts) else None,
        inputs=tuple(dict.fromkeys(vintage for part in parts for vintage in part.inputs)),
        bases=frozenset[str]().union(*(part.bases for part in parts)),
        remarks=tuple(dict.fromkeys(remark for part in parts for remark in part.remarks)),
        gaps=tuple(dict.fromkeys(gap for part in parts for gap in part.gaps)),
        parts=tuple(chain.from_iterable([part.parts for part in parts])),
    )


def gaps_vi(gaps: Iterable[Gap], quarter: Quarter) -> list[str]:
    """The gaps as sentences about a figure of ``quarter``; the wards that are merely missing stand together."""
    sentences: list[str] = []
    missing: dict[Quarter, list[str]] = defaultdict(list)
    for gap in dict.fromkeys(gaps):
        if gap.ward is None:
            other = f"thiếu {_short_vi(gap.quarter, quarter)}: " if gap.quarter != quarter else ""
            sentences.append(other + gap.text)
        elif gap.text:
            sentences.append(f"dòng bị trả lại: {gap.ward}, {gap.quarter.label_vi} ({gap.text})")
        else:
            missing[gap.quarter].append(gap.ward)
    sentences += [f"thiếu số liệu {', '.join(wards)} ({when.label_vi})" for when, wards in missing.items()]
    return sentences


def remarks_vi(remarks: Iterable[Remark], quarter: Quarter) -> list[str]:
    """The remarks about a figure of ``quarter``, naming the quarter where it is another one."""
    return [
        remark.text if remark.quarter == quarter else f"{_short_vi(remark.quarter, quarter)}: {remark.text}"
        for remark in dict.fromkeys(remarks)
    ]


def _short_vi(quarter: Quarter, beside: Quarter) -> str:
    return f"quý {quarter.roman}" if quarter.year == beside.year else quarter.label_vi


def quarterly_forms(catalogue: Catalogue) -> frozenset[str]:
    """The forms that are owed every quarter: those that a quarterly line or a sum over the year is made of."""
    return frozenset(
        measure.form
        for indicator in catalogue.indicators
        if indicator.cadence is Cadence.QUARTER or indicator.kind is Kind.RATE_OVER_YEAR
        for measure in (catalogue.measures[term.measure] for term in indicator.formula.terms)
        if catalogue.feeds[measure.feed].cadence is Cadence.QUARTER
    )


def all_by_unit(catalogue: Catalogue, indicator: Indicator) -> bool:
    """Whether every measure of an indicator is reported per ward, so that each ward has a figure of its own."""
    return all(catalogue.measures[term.measure].by_unit for term in indicator.formula.terms)


@dataclass(frozen=True, slots=True)
class Reports:
    """What every form says for every quarter, as known at a time."""

    catalogue: Catalogue
    place: Place
    selection: Selection
    values: Mapping[VintageKey, Mapping[tuple[str, str], MeasureValue]]
    rejected: Mapping[VintageKey, Mapping[str, str]]
    refusals: tuple[Refusal, ...]
    owed_quarterly: frozenset[str] = field(default=frozenset())

    @classmethod
    def known(cls, catalogue: Catalogue, place: Place, evidence: Evidence, known_at: datetime) -> Reports:
        """Everything that was received by ``known_at``."""
        values: dict[VintageKey, dict[tuple[str, str], MeasureValue]] = defaultdict(dict)
        for value in evidence.values:
            values[value.form, value.quarter, value.sha256][value.measure, value.unit_code] = value
        rejected: dict[VintageKey, dict[str, str]] = defaultdict(dict)
        for row in sorted(evidence.rejected_units, key=lambda row: row.reason):
            rejected[row.form, row.quarter, row.sha256].setdefault(row.unit_code, row.reason)
        refusals = (refusal for refusal in evidence.refusals if refusal.received_at <= known_at)
        return cls(
            catalogue=catalogue,
            place=place,
            selection=answering(evidence, known_at),
            values=values,
            rejected=rejected,
            refusals=tuple(sorted(refusals, key=lambda r: (r.received_at, r.file), reverse=True)),
            owed_quarterly=quarterly_forms(catalogue),
        )

    def at(self, line: Line, scope: Scope, quarter: Quarter) -> Figure:
        """What ``quarter``'s own form says: a stock, a printed running total or the flow of the quarter alone."""
        measure = line.measure
        vintage = self.selection.answer(measure.form, quarter).vintage
        if vintage is None:
            return Figure(None, gaps=(self._unanswered(measure, quarter),))
        if line.optional and self._lacks(measure, vintage):
            return _left_out(line, vintage, self.place.file.code)
        if not measure.by_unit:
            return self._reported(measure, vintage, self.place.file.code)
        if scope is TOWN and self._is_town_only(vintage):
            return self._of_whole_town(measure, vintage)
        units = self.units(scope, quarter, urban_only=line.urban_only)
        if not units:
            return Figure(None, gaps=(Gap(quarter, self._no_units_vi(scope, quarter)),))
        return total(self._reported(measure, vintage, unit.code, unit.label_vi) for unit in units)

    def to_date(self, line: Line, scope: Scope, quarter: Quarter) -> Figure:
        """The figure from 1 January to the end of ``quarter``.

        A running total is taken as printed. A flow is the running total that its form prints beside it, decided per
        ward, else the sum of Q1 to ``quarter``, each needed (domain.md, trap 13). An urban line counts what was urban
        at each quarter's end.
        """
        measure = line.measure
        if measure.accumulation is not Accumulation.FLOW:
            return self.at(line, scope, quarter)
        vintage = self.selection.answer(measure.form, quarter).vintage
        if vintage is None:  # no running total either: the sum names what is missing
            return self._summed(line, scope, quarter)
        if not measure.by_unit or (scope is TOWN and self._is_town_only(vintage)):
            return self._of_place_to_date(line, vintage)
        units = self.units(scope, quarter, urban_only=False)
        counted = [unit for unit in units if not line.urban_only or was_urban(self.place, unit, quarter)]
        if not counted:
            return self.at(line, scope, quarter)
        figure = total(self._of_unit_to_date(line, vintage, unit) for unit in counted)
        if figure.value is None and scope is TOWN and self._is_known_by_quarters_only(measure.form, quarter):
            return self._summed(line, TOWN, quarter)
        return figure

    def units(self, scope: Scope, quarter: Quarter, *, urban_only: bool) -> list[Unit]:
        """The units whose rows make up a scope's figure of ``quarter``: those valid on the quarter's last day.

        For a ward that came into being later they are the ones it was formed of, if these are all known.
        """
        if scope is TOWN:
            units = self.place.units_on(quarter.end)
        else:
            was = origin(self.place, scope, quarter.end)
            units = list(was.parts) if was.is_whole else []
        return [unit for unit in units if unit.urban or not urban_only]

    def _no_units_vi(self, scope: Scope, quarter: Quarter) -> str:
        """Why no unit's row makes up a scope's figure."""
        unknown = "" if scope is TOWN else origin(self.place, scope, quarter.end).unknown_vi(scope)
        label = self.place.file.name_vi if scope is TOWN else scope.label_vi
        return unknown or f"không có phường, xã nào thuộc phạm vi tính của {label}"

    def _summed(self, line: Line, scope: Scope, quarter: Quarter) -> Figure:
        """The quarters' sum; one at whose end the scope had nothing urban is none of an urban line's."""
        counted = [q for q in quarter.year_to_date if not self._is_outside(line, scope, q)] or [quarter]
        figure = total(self.at(line, scope, q) for q in counted)
        for left_out in quarter.year_to_date:
            if left_out not in counted:
                figure = figure.noting(Remark(left_out, "không có phường thuộc phạm vi tính"))
        return figure

    def _is_outside(self, line: Line, scope: Scope, quarter: Quarter) -> bool:
        """Whether units are known, none of them urban, and an urban line so has nothing to count."""
        if not line.urban_only:
            return False
        vintage = self.selection.answer(line.measure.form, quarter).vintage
        if scope is TOWN and vintage is not None and self._is_town_only(vintage):
            return False
        units = self.units(scope, quarter, urban_only=False)
        return bool(units) and not any(unit.urban for unit in units)

    def _of_unit_to_date(self, line: Line, vintage: Vintage, unit: Unit) -> Figure:
        """A unit's figure from 1 January: the running total it prints, else the quarters' sum.

        One formed within the year may print a total since then: the sum counts where it is complete, and a printed
        total that is no more than the quarter's own figure is none of the year.
        """
        quarter = vintage.quarter
        counts = unit.urban or not line.urban_only
        printed = self._printed(line.measure, vintage, unit.code) if counts else None
        if printed is None or printed.value is None:
            return self._summed(line, unit, quarter)
        if unit.valid_from <= Quarter(quarter.year, 1).end:
            return printed
        summed, own = self._summed(line, unit, quarter), self._reported(line.measure, vintage, unit.code, unit.label_vi)
        if summed.value is None:
            return summed if own.value is not None and printed.value <= own.value else printed
        if summed.value == printed.value:
            return summed
        said, counted = number_vi(printed.value, 2), number_vi(summed.value, 2)
        text = f"{unit.label_vi} lập trong năm: cộng các quý được {counted}, biểu ghi lũy kế {said}"
        return summed.noting(Remark(quarter, text))

    def _printed(self, measure: Measure, vintage: Vintage, code: str) -> Figure | None:
        if measure.printed_ytd is None:
            return None
        figure = self._reported(self.catalogue.measures[measure.printed_ytd], vintage, code)
        return None if figure.value is None else figure

    def _reported(self, measure: Measure, vintage: Vintage, code: str, ward: str | None = None) -> Figure:
        """What the answering version says in one cell."""
        key, quarter = key_of(vintage), vintage.quarter
        value = self.values.get(key, {}).get((measure.code, code))
        if value is not None:
            basis = frozenset[str]() if value.basis is None else frozenset({value.basis})
            remarks = self._newer_sent_back(measure, vintage)
            return Figure(value.value, (vintage,), basis, remarks, parts=(Part(value, vintage),))
        rejected = self.rejected.get(key, {}).get(code)
        if rejected is not None:
            label = ward or self.place.file.name_vi
            return Figure(None, gaps=(Gap(quarter, rejected, label, returned=True),))
        feed = self._feed(measure).name_vi
        if ward is not None and self._is_town_only(vintage):
            text = f"báo cáo “{feed}” {quarter.label_vi} không chia phường, xã"
            return Figure(None, gaps=(Gap(quarter, text),))
        if ward is None or self._lacks(measure, vintage):
            text = f"báo cáo “{feed}” {quarter.label_vi} không có số liệu “{measure.name_vi}”"
            return Figure(None, gaps=(Gap(quarter, text),))
        return Figure(None, gaps=(Gap(quarter, "", ward),))

    def _lacks(self, measure: Measure, vintage: Vintage) -> bool:
        """Whether a version has neither the column nor a rejected row that may have held it."""
        if self.rejected.get(key_of(vintage)):
            return False
        return not any(code == measure.code for code, _ in self.values.get(key_of(vintage), {}))

    def _is_town_only(self, vintage: Vintage) -> bool:
        """Whether a version gives the town's total and not one ward's row, good or rejected."""
        if self.place.is_its_own_unit:
            return False
        reporting = {code for _, code in self.values.get(key_of(vintage), {})}
        reporting |= set(self.rejected.get(key_of(vintage), {}))
        return reporting == {self.place.file.code}

    def _is_known_by_quarters_only(self, form: str, quarter: Quarter) -> bool:
        """Whether a quarter of the year so far has the town's total alone, or units whose parts are not today's."""
        answers = (self.selection.answer(form, q).vintage for q in quarter.year_to_date)
        return any(vintage is not None and self._is_town_only(vintage) for vintage in answers) or not all(
            origin(self.place, unit, earlier.end).is_whole
            for earlier in quarter.year_to_date
            for unit in self.place.units_on(quarter.end)
        )

    def _of_whole_town(self, measure: Measure, vintage: Vintage) -> Figure:
        figure = self._reported(measure, vintage, self.place.file.code)
        return figure if figure.value is None else figure.noting(self._town_only_remark(vintage))

    def _of_place_to_date(self, line: Line, vintage: Vintage) -> Figure:
        printed = self._printed(line.measure, vintage, self.place.file.code)
        if printed is None:
            return self._summed(line, TOWN, vintage.quarter)
        return printed.noting(self._town_only_remark(vintage)) if line.measure.by_unit else printed

    def _town_only_remark(self, vintage: Vintage) -> Remark:
        text = f"tính theo số toàn {self.place.file.name_vi}, báo cáo không chia phường, xã"
        return Remark(vintage.quarter, text)

    def _feed(self, measure: Measure) -> FeedEntry:
        return self.catalogue.feeds[measure.feed]

    def _folder(self, measure: Measure) -> str:
        """The folder that a form lies in: an extra one named in the form (``forestry_crops``) if an office owes it."""
        feed = self._feed(measure)
        for folder in feed.extra_folders:
            if measure.form == f"{feed.code}_{folder}" and self.place.offices_owing(folder):
                return folder
        return feed.code

    def _refused(self, measure: Measure, quarter: Quarter, after: datetime | None) -> list[SentBack]:
        """The unreadable files of the measure's form, newest first; only those received after a time, if given."""
        return [
            SentBack((refusal.file,), refusal.reason, refusal.received_at)
            for refusal in self.refusals
            if refusal.quarter == quarter
            and (after is None or refusal.received_at > after)
            and _concerns(refusal, self._feed(measure), self._folder(measure))
        ]

    def _newer_sent_back(self, measure: Measure, vintage: Vintage) -> tuple[Remark, ...]:
        quarter = vintage.quarter
        sent_back = self.selection.answer(measure.form, quarter).sent_back
        refused = self._refused(measure, quarter, vintage.received_at)
        return tuple(
            Remark(quarter, f"bản mới hơn ({version.files_vi}) đã trả lại: {version.reason}")
            for version in (*sent_back, *refused)
        )

    def _unanswered(self, measure: Measure, quarter: Quarter) -> Gap:
        """Why no version of the measure's form answers: sent back, withdrawn, not owed, or not reported."""
        answer = self.selection.answer(measure.form, quarter)
        feed = self._feed(measure)
        offices = ", ".join(office.name_vi for office in self.place.offices_owing(self._folder(measure)))
        what = f"“{feed.name_vi}” {quarter.label_vi}"
        after = answer.withdrawn.received_at if answer.withdrawn else None
        sent_back = [*answer.sent_back, *self._refused(measure, quarter, after)]
        if sent_back:
            last = max(sent_back, key=lambda version: (version.received_at, version.files))
            sender = f"{offices}, " if offices else ""
            text = f"đã trả lại, chờ chỉnh sửa: {sender}{what}, tệp {last.files_vi}: {last.reason}"
            return Gap(quarter, text, returned=True)
        if answer.withdrawn:
            return Gap(quarter, f"đã rút lại: {what}, tệp {answer.withdrawn.file}")
        if not self._is_owed(measure, quarter):
            return Gap(quarter, f"“{feed.name_vi}” báo cáo mỗi năm một lần, vào quý IV", due=False)
        return Gap(quarter, f"{offices} chưa báo cáo {what}" if offices else f"chưa báo cáo {what}")

    def _is_owed(self, measure: Measure, quarter: Quarter) -> bool:
        return measure.form in self.owed_quarterly or quarter.number == 4  # noqa: PLR2004 - the last quarter


def _left_out(line: Line, vintage: Vintage, place_code: str) -> Figure:
    """An optional line that the form does not have counts as 0, and that is said."""
    name = line.measure.name_vi[:1].lower() + line.measure.name_vi[1:]
    text = f"không có dòng {'trừ' if line.sign < 0 else 'cộng'}: {name}"
    zero = MeasureValue(vintage.form, vintage.quarter, vintage.sha256, line.measure.code, place_code, Decimal(0))
    part = Part(zero, vintage, left_out=True)
    return Figure(Decimal(0), (vintage,), remarks=(Remark(vintage.quarter, text),), parts=(part,))


def _concerns(refusal: Refusal, feed: FeedEntry, folder: str) -> bool:
    """Whether a refused file may have been the form of ``folder``; its path tells, else any form of the feed."""
    if refusal.feed not in feed.folders:
        return False
    named = next((name for name in feed.folders if name in PurePath(refusal.file).parts), None)
    if named is None and refusal.feed != feed.code:
        named = refusal.feed
    return named is None or named == folder
