"""One form read out of a workbook: its table found, its cells typed, its rows keyed, its totals reconciled."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from itertools import groupby
from typing import Any, TypeVar

import pandas as pd

from lagi_pipeline.catalogue.place import Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import TaskList
from lagi_pipeline.intake.cells import Reader, TypedColumn, show, type_column
from lagi_pipeline.intake.findings import Finding, Refusal, RefusedFileError, Severity
from lagi_pipeline.intake.form import CellKind, Column, Covers, Form, Listing, Outline, TaskNames, UnitNames, UnitRows
from lagi_pipeline.intake.grid import Sheet, Value, Workbook, column_letters
from lagi_pipeline.intake.header import Header, Search, find_header, header_key, heads_year_estimate
from lagi_pipeline.intake.keys import (
    Keyed,
    TypedTable,
    key_by_listing,
    key_by_outline,
    key_by_unit,
    match_unit,
)
from lagi_pipeline.intake.masking import (
    MASK,
    Discretion,
    RawRows,
    public_refusal,
    public_title,
    public_workbook,
    without_people,
)
from lagi_pipeline.intake.period import Period, PeriodError, read_period
from lagi_pipeline.intake.rows import OwnLine, TableRows, first_figure, is_title, looks_numbered, tell_apart
from lagi_pipeline.intake.stood import ReadBy, Stood, StoodFigures
from lagi_pipeline.vietnamese.numbers import Convention, NumberError, decide_convention, is_missing, parse_number
from lagi_pipeline.vietnamese.text import label_key, nfc
from lagi_pipeline.vietnamese.units import (
    MeasureUnit,
    UnitError,
    UnitLine,
    convert,
    find_unit_line,
    load_units,
    lookup,
)

__all__ = ["MASK", "Reading", "RefusedFormsError", "read_tables"]

_BASIS = re.compile(r"giá\s+(?P<basis>so sánh(?:\s+năm)?\s+(?P<year>\d{4})|hiện hành)")
_RUNNING = re.compile(r"\blũy kế\b|\b(?:đến|hết)\s+(?:hết\s+)?quý\b")
_FEWEST_PARTIAL = 2
_MOST_NAMES = 65_536
_FEWEST_SHARING = 2
_YEAR = re.compile(r"(?:19|20)\d{2}")
_PERCENT = "%"
_COUNTS_ROWS = "vessels"
_UNIT_HEADERS = frozenset({"đvt", "đơn vị tính", "đv tính", "đơn vị"})
_Read = TypeVar("_Read")


class UnknownRowError(Exception):
    """A finding about a row that is not in the frame: our own defect, not the sender's."""


@dataclass
class Reading:
    """A form as one workbook gives it.

    ``frame`` has the form's own columns (but those that name people), typed and in the table's units, with ``row`` and
    ``sheet``; its index is the position among the table's rows. ``own_lines`` are the addresses of the figures that
    stand in lines of their own, by index. ``rows_read`` counts the non-blank rows
    of the table's part of the sheet: data rows accepted so far (``len(frame)``), those rejected (``rejected_rows``) and
    ``nondata`` by kind. ``totals`` are the printed totals that left the frame because they add up. ``problems`` are
    reasons for which the whole reading may give no figure; ``rejected_units`` are reasons by unit; ``refusals`` are
    reasons for which the file is no reading at all: its cells are read all the same, so that its sender gets every
    finding at once. ``stood`` are the figures as they stood and ``printed`` those that are kept (``keep_printed``), by
    index. ``says_none`` tells that the table says in words that there was nothing to list.
    """

    form: Form
    sheet: str
    frame: pd.DataFrame
    period: Period | None
    basis: str | None
    steps: dict[str, Decimal]
    letters: dict[str, str]
    raw: RawRows | None
    discretion: Discretion
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: list[Finding] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    rejected_rows: set[int] = field(default_factory=set)
    nondata: Counter[str] = field(default_factory=Counter)
    rows_read: int = 0
    problems: list[str] = field(default_factory=list)
    rejected_units: dict[str, str] = field(default_factory=dict)
    own_lines: dict[int, str] = field(default_factory=dict)
    stood: StoodFigures | None = None
    printed: dict[int, str] = field(default_factory=dict)
    says_none: bool = False

    def addresses(self, rows: pd.DataFrame) -> pd.Series[Any]:
        """The addresses of the figures of some of its rows, each a JSON object from column to cell."""
        figures = [column.name for column in self.form.columns if column.unit and column.name in self.letters]
        template = "{" + ", ".join(f'"{name}": "{self.letters[name]}#"' for name in figures) + "}"
        cells = [template.replace("#", str(number)) for number in rows["row"].tolist()]
        if self.own_lines:
            cells = [self.own_lines.get(index, cell) for index, cell in zip(rows.index.tolist(), cells, strict=True)]
        return pd.Series(cells, index=rows.index, dtype="str")

    def keep_printed(self, rows: pd.DataFrame, columns: Collection[str]) -> None:
        """Keep what stood in the cells of some columns, for some of its rows; before ``let_go``."""
        if columns and self.stood is not None:
            self.printed = self.stood.as_json(rows.index.tolist(), columns)

    def with_cells(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Some of its rows with the columns ``cells`` and ``printed``; the latter null where nothing was kept."""
        printed = pd.Series([self.printed.get(index) for index in rows.index.tolist()], index=rows.index, dtype="str")
        return rows.assign(cells=self.addresses(rows), printed=printed)

    def reject(
        self, index: int, column: str | None, rule: str, reason: str, severity: Severity = Severity.ERROR
    ) -> None:
        """Put a finding at a row of the frame."""
        self.reject_all([index], column, rule, [reason], severity)

    def reject_all(
        self,
        indices: Sequence[int],
        column: str | None,
        rule: str,
        reasons: Sequence[str],
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Put a finding of one rule at each of some rows of the frame.

        An error takes the row out of it; a key row takes the whole reading's figures, a unit's row the unit's. A unit
        of several blocks loses all of its rows with one: what is left of it would look like a whole unit.

        Raises:
            UnknownRowError: a row is not in the frame (any more).
        """
        at = self.frame.index.get_indexer(pd.Index(indices))
        if (at < 0).any():
            gone = [index for index, position in zip(indices, at.tolist(), strict=True) if position < 0]
            raise UnknownRowError(f"{self.form.code}: {rule} at rows {gone[:5]}, which are not in the frame")
        numbers = self.frame["row"].to_numpy()[at].tolist()
        reasons = [
            self.discretion.reason(reason, marked=self.raw is not None and self.raw.has_quotation_marks(index))
            for index, reason in zip(indices, reasons, strict=True)
        ]
        letters = self.letters.get(column or "")
        title = None if column is None else self._title(column)
        for index, number, reason in zip(indices, numbers, reasons, strict=True):
            raw = self.raw.of(index) if self.raw else {}
            self.findings.append(
                Finding(
                    sheet=self.sheet,
                    row=number,
                    cell=f"{letters}{number}" if letters else None,
                    column=title,
                    value=raw.get(column or ""),
                    rule=rule,
                    reason=reason,
                    severity=severity,
                    raw={self._titles.get(key, key): value for key, value in raw.items()},
                )
            )
        if severity is Severity.ERROR:
            self.rejected_rows.update(indices)
            self._lose_figures(at.tolist(), numbers, reasons)

    def _lose_figures(self, at: Sequence[int], numbers: Sequence[int], reasons: Sequence[str]) -> None:
        """What the rejected rows (by position in the frame) take with them: the whole's figures, or a unit's."""
        by_unit = isinstance(self.form.rows, UnitRows) and "unit_code" in self.frame
        is_key = self.frame["is_key"].tolist() if "is_key" in self.frame else None
        units = self.frame["unit_code"].tolist() if by_unit else None
        lost: dict[str, int] = {}
        for position, number, reason in zip(at, numbers, reasons, strict=True):
            where = f"trang «{self.sheet}», dòng {number}: {reason}"
            if is_key and is_key[position] and where not in self.problems:
                self.problems.append(where)
            if units and isinstance(units[position], str):
                self.rejected_units.setdefault(units[position], where)
                lost.setdefault(units[position], number)
        for unit, number in lost.items():
            self._reject_other_blocks(unit, number)

    def _reject_other_blocks(self, unit: str, number: int) -> None:
        if not (isinstance(self.form.rows, UnitRows) and self.form.rows.blocks):
            return
        others = self.frame.index[self.frame["unit_code"] == unit].difference(list(self.rejected_rows))
        if len(others):
            reason = f"dòng {number} của cùng đơn vị bị trả lại, số liệu của đơn vị không đủ"
            self.reject(int(others[0]), self.form.label, "unit_incomplete", reason)

    def let_go(self) -> None:
        """Let go of the rows as they stood: nothing more is to be found in them, and they take the most memory."""
        self.raw = self.stood = None

    def warn(self, row: int, cell: str | None, rule: str, reason: str) -> None:
        """Put a warning at a place of the sheet that is no row of the frame."""
        said = self.discretion.reason(reason)
        self.findings.append(Finding(self.sheet, row, cell, None, None, rule, said, Severity.WARNING))

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {column.name: column.title_vi for column in self.form.columns}

    def _title(self, key: str) -> str:
        return self._titles.get(key, key)

    def accepted(self) -> pd.DataFrame:
        """The rows without an error."""
        if not self.rejected_rows:
            return self.frame
        return self.frame[~self.frame.index.isin(self.rejected_rows)]


@dataclass(frozen=True)
class _Place:
    """Where a reading happens: the place, its units on the quarter's last day, the quarter, and the year's tasks."""

    place: Place
    quarter: Quarter
    tasks: TaskList | None = None

    @property
    def units(self) -> list[Unit]:
        return self.place.units_on(self.quarter.end)

    def is_known(self, text: str) -> bool:
        """Whether a whole text names the place, one of its units or a neighbour, or is one of its tasks."""
        if self.tasks is not None and self.tasks.is_label(text):
            return True
        key = label_key(text)
        file = self.place.file
        names = map(label_key, (file.name_vi, file.province_vi, *file.neighbours))
        return match_unit(key, self.units) is not None or key in names

    def unit_names(self) -> Callable[[str], Unit | None]:
        """What unit a text names; texts that come again are looked up once."""
        units = self.units
        return lru_cache(maxsize=_MOST_NAMES)(lambda text: match_unit(label_key(text), units))


@dataclass(frozen=True)
class _Found:
    """A form found in a sheet: its header, the rows of its part of the sheet, and the titles above by their address."""

    form: Form
    sheet: Sheet
    header: Header
    titles: dict[str, str]
    titles_above: dict[str, str]
    rows: TableRows

    def cells(self, column: Column) -> list[Value]:
        """What stands in a column, in the order of the data rows."""
        if column.name == self.form.label:
            return self.rows.labels
        place = self.header.places.get(column.name)
        if place is None:
            return [""] * len(self.rows.data)
        rows = self.sheet.rows
        return [rows[position][place] for position in self.rows.data]

    def reader(self, column: Column, scale: Decimal, convention: Convention) -> Reader:
        """How the cells of a column are to be read."""
        percents: frozenset[int] = frozenset()
        place = self.header.places.get(column.name)
        if self.sheet.percents and column.unit and place is not None:
            first, absolute = self.sheet.first_row, self.sheet.first_column + place
            positions = enumerate(self.rows.data)
            percents = frozenset(at for at, row in positions if (first + row, absolute) in self.sheet.percents)
        return Reader(scale, convention, self.form.zero_dash, percents, self.sheet.date1904)

    def number_texts(self) -> list[str]:
        """The texts that stand where numbers belong."""
        cells = (cell for column in self.form.columns if column.unit for cell in self.cells(column))
        return [cell for cell in cells if isinstance(cell, str) and cell]


class RefusedFormsError(RefusedFileError):
    """A file that cannot be read as its forms, with what was found at its cells nevertheless."""

    readings: Sequence[Reading] = ()


def read_tables(
    workbook: Workbook, forms: Sequence[Form], place: Place, quarter: Quarter, tasks: TaskList | None = None
) -> list[Reading]:
    """Read every form of a feed that a workbook holds; ``tasks`` are those of the quarter's year.

    Raises:
        RefusedFormsError: no form is there (naming the missing columns), one is there twice or only in part, or what
            its title and unit line say cannot be meant; with every reason, and with the findings at the cells of those
            tables that were found.
    """
    workbook = public_workbook(workbook, forms, [unit.label_vi for unit in place.units_on(quarter.end)])
    sheets = workbook.sheets
    refusals: list[Refusal] = []
    candidates = (
        _unless_refused(refusals, form, partial(_match, sheets, form, quarter, alone=len(forms) == 1)) for form in forms
    )
    matches = [match for match in candidates if match is not None]
    if not matches and not refusals:
        raise RefusedFormsError(without_people(_no_form(sheets, forms, quarter)), rule="no_form")
    found = [_found(form, sheet, header, matches) for form, sheet, header in matches]
    convention = decide_convention({text for table in found for text in table.number_texts()})
    readings = [_read(table, convention, _Place(place, quarter, tasks)) for table in found]
    for remark in workbook.remarks[: len(workbook.remarks) if readings else 0]:
        about = next((reading for reading in readings if reading.sheet == remark.sheet), readings[0])
        about.warn(found[0].sheet.row_number(found[0].header.top), remark.cell, remark.rule, remark.reason)
    refusals += [refusal for reading in readings for refusal in reading.refusals]
    if refusals:
        refused = RefusedFormsError.of(list(dict.fromkeys(map(public_refusal, refusals))))
        refused.readings = readings
        raise refused
    return readings


def _unless_refused(refusals: list[Refusal], form: Form, read: Callable[[], _Read | None]) -> _Read | None:
    """What ``read`` gives; None where it refuses the file: its reasons are kept."""
    try:
        return read()
    except RefusedFileError as refused:
        refusals.extend(replace(refusal, form=form.code) for refusal in refused.refusals)
        return None


_Match = tuple[Form, Sheet, Header]


def _match(sheets: Sequence[Sheet], form: Form, quarter: Quarter, *, alone: bool) -> _Match | None:
    """The one sheet that holds a form; None where none does.

    Raises:
        RefusedFileError: several do, or none does and one holds half of its columns.
    """
    matches: list[_Match] = []
    nearest: tuple[int, str, str] | None = None
    required = sum(column.required for column in form.columns)
    for sheet in sheets:
        search = find_header(sheet, form, quarter)
        have = required - len(search.missing)
        if search.header is not None:
            matches.append((form, sheet, search.header))
        elif _is_the_form(form, search, have, alone=alone) and (nearest is None or have > nearest[0]):
            nearest = (have, sheet.name, _lacks(form, sheet, search.missing))
    if len(matches) > 1:
        names = ", ".join(f"«{sheet.name}»" for _, sheet, _ in matches)
        raise RefusedFileError(f"các trang {names} đều là «{form.title_vi}»: đọc trang nào?", rule="two_sheets")
    if not matches:
        _refuse_other_period(sheets, form, quarter)
    if nearest and not matches:
        raise RefusedFileError(nearest[2], rule="missing_column", sheet=nearest[1])
    return matches[0] if matches else None


def _is_the_form(form: Form, search: Search, have: int, *, alone: bool) -> bool:
    """Whether what a sheet has of a form is enough to say that it is the form, with columns missing.

    Where another form of the feed is in the workbook too, a form that is not ``alone`` would be missed without a word:
    there the column that names its rows is enough, unless every form has such a column.
    """
    named = form.label not in [column.name for column in search.missing] and not isinstance(form.rows, UnitRows)
    required = sum(column.required for column in form.columns)
    figures = sum(column.unit is not None for column in form.columns)
    in_part = have >= max(_FEWEST_PARTIAL, (required + 1) // 2)
    return in_part or (have > 0 and named and not alone) or search.figures >= max(_FEWEST_PARTIAL, (figures + 1) // 2)


def _refuse_other_period(sheets: Sequence[Sheet], form: Form, quarter: Quarter) -> None:
    """Refuse a form of another period, whose headers say so.

    Raises:
        RefusedFileError: a sheet would be the form, did its title or its columns name the folder's quarter.
    """
    for sheet in sheets:
        try:
            header = find_header(sheet, form, None).header
        except RefusedFileError:  # columns of several periods, none of them the quarter's
            continue
        if header is None:
            continue
        _period(_found(form, sheet, header, [(form, sheet, header)]), quarter)
        for column, place in header.places.items():
            label = header.labels[place]
            is_estimate = heads_year_estimate(label, form, quarter)
            if header_key(label, quarter) != header_key(label, None) and not is_estimate:
                at = sheet.address(header.bottom, place)
                title = form.column(column).title_vi
                reason = f"trang «{sheet.name}», ô {at}: cột «{title}» ghi «{label}», không phải kỳ {quarter.label_vi}"
                raise RefusedFileError(reason, rule="period", sheet=sheet.name, cell=at)


def _no_form(sheets: Sequence[Sheet], forms: Sequence[Form], quarter: Quarter) -> str:
    names = ", ".join(f"«{sheet.name}»" for sheet in sheets) or "(không có trang nào)"
    nearest: tuple[int, str] = (0, "")
    for form in forms:
        required = sum(column.required for column in form.columns)
        for sheet in sheets:
            missing = find_header(sheet, form, quarter).missing
            nearest = max(nearest, (required - len(missing), _lacks(form, sheet, missing)), key=lambda near: near[0])
    hint = f"; gần nhất: {nearest[1]}" if nearest[0] else ""
    return f"không trang nào ({names}) có bảng «{forms[0].title_vi}»{hint}"


def _lacks(form: Form, sheet: Sheet, missing: Sequence[Column]) -> str:
    columns = ", ".join(f"«{column.title_vi}»" for column in missing)
    return f"trang «{sheet.name}» thiếu cột {columns} của «{form.title_vi}»"


def _found(form: Form, sheet: Sheet, header: Header, matches: Sequence[_Match]) -> _Found:
    """The table below a header, and the titles above it (and above the first table of the sheet)."""
    headers = sorted((other for _, s, other in matches if s is sheet), key=lambda other: other.top)
    at = headers.index(header)
    start = 0 if at == 0 else _title_start(sheet, header.top, headers[at - 1].bottom)
    end = len(sheet.rows) if at + 1 == len(headers) else _title_start(sheet, headers[at + 1].top, header.bottom)
    above = {} if at == 0 else _texts(sheet, 0, headers[0].top)
    return _Found(
        form, sheet, header, _texts(sheet, start, header.top), above, tell_apart(form, sheet, header, (start, end))
    )


def _texts(sheet: Sheet, start: int, end: int) -> dict[str, str]:
    """The texts of some rows by their address."""
    return {
        sheet.address(row, place): cell
        for row in range(start, end)
        for place, cell in enumerate(sheet.rows[row])
        if isinstance(cell, str) and cell.strip()
    }


def _title_start(sheet: Sheet, top: int, after: int) -> int:
    """The first of the title rows above a header."""
    while top - 1 > after and is_title(sheet.rows[top - 1]):
        top -= 1
    return top


def _read(found: _Found, convention: Convention, place: _Place) -> Reading:
    form, sheet, rows = found.form, found.sheet, found.rows
    _forget_people(found)
    refusals: list[Refusal] = []
    period = _unless_refused(refusals, form, partial(_period, found, place.quarter))
    _unless_refused(refusals, form, partial(_refuse_cut_header, found))
    read_by = _read_by(found, refusals)
    scales = {name: by.scale for name, by in read_by.items()}
    typed = {
        column.name: type_column(
            column, found.cells(column), found.reader(column, scales.get(column.name, Decimal(1)), convention)
        )
        for column in form.columns
        if not column.personal
    }
    unit_of = place.unit_names()
    discretion = Discretion(
        form, place.is_known, place_names=[unit.label_vi for unit in place.units], shown=[sheet.name]
    )
    _mask_texts(form, typed, discretion)
    letters = {name: sheet.letters(position) for name, position in found.header.places.items()}
    numbers = [sheet.row_number(position) for position in rows.data]
    frame = pd.DataFrame({name: column.series for name, column in typed.items()}, copy=False)
    frame["sheet"] = pd.Series(sheet.name, index=frame.index, dtype="str")
    frame["row"] = pd.Series(numbers, index=frame.index, dtype="int64")
    reading = Reading(
        form=form,
        sheet=sheet.name,
        frame=frame,
        period=period and replace(period, text=public_title(period.text, names_people=form.names_people)),
        basis=_basis(list(found.titles.values())) if form.basis else None,
        steps={name: column.step for name, column in typed.items()},
        letters=letters,
        raw=RawRows(form, sheet, found.header, rows.data, discretion=discretion),
        stood=StoodFigures(sheet, found.header.places, rows.data, read_by),
        discretion=discretion,
        nondata=Counter(rows.nondata),
        rows_read=rows.read,
        refusals=refusals,
        says_none=rows.says_none,
    )
    unread = _add_lines(reading, rows.lines, convention)
    _derive(reading, unit_of, place.tasks)
    _key(reading, typed, rows, place)
    _report_cells(reading, typed)
    _report_lines(reading, unread)
    _report_header_units(reading, found)
    _report_row_units(reading, found, typed, scales)
    _report_outside(reading, found)
    _report_hidden(reading, found)
    _report_merged(reading, found)
    _report_beyond(reading, found)
    return reading


def _mask_texts(form: Form, typed: dict[str, TypedColumn], discretion: Discretion) -> None:
    """Mask what names a person in the texts that are kept, each distinct text once."""
    for column in form.columns:
        if column.kind is CellKind.TEXT and column.name in typed:
            series = typed[column.name].series
            shown = ((text, discretion.prose(column, text)) for text in series.dropna().unique())
            masked = {text: said for text, said in shown if said != text}
            if masked:
                typed[column.name].series = series.replace(masked)


def _forget_people(found: _Found) -> None:
    """Take the names out of the grid where they belong: nothing that is made of it needs them."""
    for column in found.form.columns:
        place = found.header.places.get(column.name)
        if column.personal and place is not None:
            for position in found.rows.data:
                if found.sheet.rows[position][place] != "":
                    found.sheet.rows[position][place] = MASK


def _period(found: _Found, quarter: Quarter) -> Period | None:
    """The period that the table's titles state, or else those of the sheet's first table.

    Raises:
        RefusedFileError: it is not the folder's quarter, or not of the kind that the form's figures are.
    """
    name, covers = found.sheet.name, found.form.covers
    try:
        period = read_period([*found.titles.values()]) or read_period([*found.titles_above.values()])
    except PeriodError as error:
        if covers is Covers.EITHER and isinstance(found.form.rows, Listing) and error.within == quarter:
            return None  # the state of a list on some day of the quarter
        at = _cell_quoted(found, str(error))
        raise RefusedFileError(f"{_where(name, at)}: {error}", rule="period", sheet=name, cell=at) from None
    if period is None:
        if covers is Covers.EITHER:
            return None
        reason = f"trang «{name}»: tiêu đề không ghi kỳ báo cáo; cần {quarter.label_vi}"
        if covers is Covers.YTD:
            reason += " (lũy kế từ đầu năm)"
        raise RefusedFileError(reason, rule="period", sheet=name)
    at = _cell_quoted(found, period.text)
    said = f"{_where(name, at)}: tiêu đề ghi «{period.text}»"
    if period.quarter != quarter:
        reason = f"{said} ({period.quarter.label_vi}), thư mục là {quarter.label_vi}"
        raise RefusedFileError(reason, rule="period", sheet=name, cell=at)
    if covers is Covers.YTD and not period.cumulative:
        reason = (
            f"{said}: không rõ số lũy kế từ đầu năm hay số riêng của quý; hãy ghi 6 tháng, 9 tháng, năm hoặc lũy kế"
        )
        raise RefusedFileError(reason, rule="cumulative", sheet=name, cell=at)
    if covers is Covers.QUARTER and quarter.number > 1 and period.cumulative and not _says_quarter(period):
        reason = f"{said}: biểu này lấy số của riêng quý {quarter.roman}, không lấy số từ đầu năm"
        raise RefusedFileError(reason, rule="cumulative", sheet=name, cell=at)
    return period


def _where(sheet: str, cell: str | None) -> str:
    return f"trang «{sheet}», ô {cell}" if cell else f"trang «{sheet}»"


def _cell_quoted(found: _Found, said: str) -> str | None:
    """The address of the first title that is quoted in a text."""
    titles = {**found.titles, **found.titles_above}
    return next((at for at, text in titles.items() if " ".join(nfc(text).split()) in said), None)


def _says_quarter(period: Period) -> bool:
    """Whether a cumulative title also says the quarter: "QUÝ II VÀ 6 THÁNG", not "LŨY KẾ ĐẾN QUÝ II"."""
    title = label_key(period.text)
    quarter = period.quarter
    names_it = re.search(rf"\bquý\s*(?:{quarter.roman.lower()}|{quarter.number})\b", title)
    return names_it is not None and (_RUNNING.search(title) is None or re.search(r"\bvà\b", title) is not None)


def _refuse_cut_header(found: _Found) -> None:
    """Refuse a table whose header goes on below what was understood of it: the figures would be of any sub-column.

    Raises:
        RefusedFileError: the row below the header has no name, and labels or years where figures should stand.
    """
    form, sheet, header = found.form, found.sheet, found.header
    under = range(header.bottom + 1, len(sheet.rows))
    position = next((at for at in under if any(cell != "" for cell in sheet.rows[at])), None)
    below = [] if position is None else sheet.rows[position]
    if position is None or below[header.places[form.label]] != "" or looks_numbered(below):
        return
    columns = [column for column in form.columns if column.unit and column.name in header.places]
    cells = [below[header.places[column.name]] for column in columns]
    given = [cell for cell in cells if cell != ""]
    labels = [cell for cell in given if isinstance(cell, str) and any(map(str.isalpha, cell)) and not is_missing(cell)]
    years = [cell for cell in given if _YEAR.fullmatch(show(cell).strip())]
    if len(labels) + len(years) == len(given) and given:
        place = next(header.places[c.name] for c in columns if below[header.places[c.name]] != "")
        at = sheet.address(position, place)
        reason = (
            f"trang «{sheet.name}», ô {at}: dòng {sheet.row_number(position)} có vẻ là phần tiếp theo của tiêu đề cột"
            " («{}») nhưng không rõ thuộc cột nào; hãy gộp ô hoặc ghi tiêu đề trên một dòng"
        ).format("», «".join(show(cell) for cell in given[:3]))
        raise RefusedFileError(reason, rule="header_cut", sheet=sheet.name, cell=at)


def _read_by(found: _Found, refusals: list[Refusal]) -> dict[str, ReadBy]:
    """The unit of each figure column, and what one of it is in the table's unit.

    An unknown unit, one that measures something else, or none where the form must state it, refuses the file.
    """
    form, sheet, header = found.form, found.sheet, found.header
    titles = list(found.titles.values())
    try:
        unit_line = find_unit_line(titles)
    except UnitError as error:
        bad = max(start for start in range(len(titles)) if _is_bad_unit(titles[start:]))
        at = list(found.titles)[bad]
        reason = f"{_where(sheet.name, at)}: {error}; cần một trong: {_units_for(form)}"
        refusals.append(Refusal("unit", reason, sheet.name, at, form.code))
        return {}
    if unit_line and _fits_nothing(found, unit_line):
        where = _cell_quoted(found, " ".join(unit_line.text.split()))
        reason = f"{_where(sheet.name, where)}: dòng đơn vị ghi «{unit_line.text}»; cần một trong: {_units_for(form)}"
        refusals.append(Refusal("unit", reason, sheet.name, where, form.code))
        return {}
    read_by = {column.name: ReadBy(column.unit) for column in form.columns if column.unit is not None}
    for column in form.columns:
        own = None if column.unit is None else lookup(column.unit)
        if own is None or column.name not in header.places:
            continue
        stated = _unless_refused(refusals, form, partial(_stated_unit, found, column, own, unit_line))
        if stated is None:
            continue
        try:
            read_by[column.name] = ReadBy(stated.label, convert(Decimal(1), stated, own))
        except UnitError as error:
            at = sheet.address(header.bottom, header.places[column.name])
            reason = f"trang «{sheet.name}», ô {at}: cột «{column.title_vi}» {error}"
            refusals.append(Refusal("unit", reason, sheet.name, at, form.code))
    return read_by


def _fits_nothing(found: _Found, unit_line: UnitLine) -> bool:
    """Whether a unit line measures nothing that the table has, while columns have no unit of their own.

    A list may say that its rows are counted in vessels.
    """
    there = [column for column in found.form.columns if column.unit and column.name in found.header.places]
    dimensions = {own.dimension for column in there if (own := lookup(column.unit or ""))} | {_COUNTS_ROWS}
    without_own = [column for column in there if column.name not in found.header.units and column.unit != _PERCENT]
    return bool(without_own) and dimensions.isdisjoint(unit.dimension for unit in unit_line.units)


def _is_bad_unit(texts: Sequence[str]) -> bool:
    """Whether some titles state an unknown unit, or two."""
    try:
        find_unit_line(texts)
    except UnitError:
        return True
    return False


def _units_for(form: Form) -> str:
    """The units that a form's figures may be stated in."""
    own = {unit.dimension for column in form.columns if column.unit and (unit := lookup(column.unit))}
    wanted = {form.unit_line} if form.unit_line else own
    return ", ".join(dict.fromkeys(unit.label for unit in load_units().values() if unit.dimension in wanted))


def _stated_unit(found: _Found, column: Column, own: MeasureUnit, unit_line: UnitLine | None) -> MeasureUnit | None:
    """The unit of a column: its own header's, or else the unit line's for what it measures."""
    if column.name in found.header.units:
        return lookup(found.header.units[column.name])
    if column.unit == _PERCENT:
        return None
    stated = unit_line.of(own.dimension) if unit_line else None
    if stated is None and own.dimension == found.form.unit_line:
        name = found.sheet.name
        said = f"; dòng đơn vị ghi «{unit_line.text}»" if unit_line else ""
        at = _cell_quoted(found, " ".join(unit_line.text.split())) if unit_line else None
        wanted = f"cần một trong: {_units_for(found.form)}"
        reason = f"{_where(name, at)}: không thấy «Đơn vị tính» cho cột «{column.title_vi}», {wanted}{said}"
        raise RefusedFileError(reason, rule="unit", sheet=name, cell=at)
    return stated


def _basis(lines: Sequence[str]) -> str | None:
    for line in lines:
        if found := _BASIS.search(label_key(line)):
            return f"so sánh {found['year']}" if found["year"] else "hiện hành"
    return None


def _add_lines(reading: Reading, lines: Sequence[OwnLine], convention: Convention) -> dict[int, tuple[OwnLine, str]]:
    """Add a row to the frame for each line of its own; those whose figure cannot be read come back with the reason."""
    unread: dict[int, tuple[OwnLine, str]] = {}
    added: list[dict[str, Any]] = []
    for index, line in enumerate(lines, start=len(reading.frame)):
        described = next(known for known in reading.form.lines if known.code == line.code)
        column = reading.form.column(described.column)
        amount, by, problem = _line_amount(column, line.value, convention)
        if problem:
            unread[index] = (line, problem)
        if reading.stood is not None:
            reading.stood.lines[index] = {described.column: Stood(show(line.value), by)}
        added.append(
            {
                reading.form.label: line.label,
                described.into: line.code,
                described.column: amount,
                "sheet": reading.sheet,
                "row": line.number,
            }
        )
        reading.own_lines[index] = f'{{"{described.column}": "{line.address}"}}'
    if added:
        types = reading.frame.dtypes
        more = pd.DataFrame(
            {name: pd.Series([row.get(name) for row in added], dtype=types[name]) for name in types.index}
        )
        reading.frame = pd.concat([reading.frame, more], ignore_index=True)
    return unread


def _line_amount(column: Column, value: Value, convention: Convention) -> tuple[float | None, ReadBy, str | None]:
    by = ReadBy(column.unit or "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), by, None
    found = re.fullmatch(r"(?P<number>\d[\d.,]*)\s*(?P<unit>[^\d.,\s].*)?", show(value).strip())
    own = lookup(column.unit or "")
    unit = lookup(found["unit"]) if found and found["unit"] else own
    try:
        parsed = parse_number(found["number"], convention) if found else None
        if parsed is None or unit is None or own is None:
            return None, by, f"cần một số và đơn vị như {column.unit}, thấy «{show(value)}»"
        by = ReadBy(unit.label, convert(Decimal(1), unit, own))
        return float(parsed.value * by.scale), by, None
    except (NumberError, UnitError) as error:
        return None, by, f"cần một số và đơn vị như {column.unit}: {error}"


def _derive(reading: Reading, unit_of: Callable[[str], Unit | None], tasks: TaskList | None) -> None:
    """Fill the columns that are computed from others."""
    if reading.form.basis:
        reading.frame["basis"] = pd.Series(reading.basis, index=reading.frame.index, dtype="str")
    for name, by in reading.form.derivations.items():
        if isinstance(by, UnitNames):
            labels = reading.frame[by.label]
            codes = {label: unit.code for label in labels.dropna().unique() if (unit := unit_of(label))}
            reading.frame[name] = labels.map(codes).astype("str").where(labels.isin(list(codes)))
        elif isinstance(by, TaskNames):
            reading.frame[name] = _task_codes(reading.frame[by.code], reading.frame[by.label], tasks)
        else:
            reading.frame[name] = by(reading.frame)


def _task_codes(codes: pd.Series[Any], labels: pd.Series[Any], tasks: TaskList | None) -> pd.Series[Any]:
    """The code of the task that each row names; null where it names none, or two."""
    given = [[None if pd.isna(text) else str(text) for text in column] for column in (codes, labels)]
    named = [tasks.named(code, label) if tasks else None for code, label in zip(*given, strict=True)]
    return pd.Series([task.code if task else None for task in named], index=codes.index, dtype="str")


def _key(reading: Reading, typed: dict[str, TypedColumn], rows: TableRows, place: _Place) -> None:
    """Give each row its key; totals, blocks and rows of other places leave the frame."""
    unread = frozenset((index, name) for name, column in typed.items() for index in column.refused)
    table = TypedTable(reading.form, reading.frame, reading.steps, unread, frozenset(rows.aside))
    keyed: Keyed
    if isinstance(reading.form.rows, Listing):
        keyed = key_by_listing(table, reading.form.rows)
    elif isinstance(reading.form.rows, Outline):
        keyed = key_by_outline(table, reading.form.rows)
    else:
        keyed = key_by_unit(table, reading.form.rows, place.place, place.quarter)
    reading.frame = keyed.frame
    reading.totals = keyed.totals
    reading.nondata.update(keyed.nondata)
    for (column, rule), alike in groupby(keyed.rejected, key=lambda rejection: rejection[1:3]):
        rejected = list(alike)
        reading.reject_all([index for index, *_ in rejected], column, rule, [reason for *_, reason in rejected])
    for index, column, rule, reason in keyed.remarked:
        row = int(str(table.frame.loc[index, "row"]))
        reading.warn(row, f"{reading.letters[column]}{row}" if column else None, rule, reason)
    told = map(reading.discretion.reason, keyed.problems)
    reading.problems.extend(f"trang «{reading.sheet}»: {problem}" for problem in told)


def _report_cells(reading: Reading, typed: dict[str, TypedColumn]) -> None:
    """Findings for the cells that could not be read, and for those read with a remark."""
    for name, column in typed.items():
        title = reading.form.column(name).title_vi
        for index, (rule, reason) in column.refused.items():
            if index in reading.frame.index:  # what was recognised as no data may hold anything
                reading.reject(index, name, rule, f"cột «{title}»: {reason}")
        for index, (rule, reason) in column.remarked.items():
            if index in reading.frame.index:
                reading.reject(index, name, rule, reason, Severity.WARNING)


def _report_header_units(reading: Reading, found: _Found) -> None:
    """Say which columns state another unit than the unit line: a column's own is the nearer one, and was read."""
    try:
        unit_line = find_unit_line(list(found.titles.values()))
    except UnitError:  # the file is refused for it
        return
    differing: dict[str, list[str]] = {}
    for name, said in found.header.units.items():
        unit = lookup(said)
        general = unit_line.of(unit.dimension) if unit_line and unit else None
        if general is not None and general != unit:
            differing.setdefault(said, []).append(name)
    for said, names in differing.items():
        number = found.sheet.row_number(found.header.bottom)
        titles = ", ".join(f"«{reading.form.column(name).title_vi}»" for name in names)
        line = unit_line.text if unit_line else ""
        reason = f"cột {titles} ghi đơn vị «{said}», dòng đơn vị ghi «{line}»: đã đọc theo đơn vị của cột"
        reading.warn(number, f"{reading.letters[names[0]]}{number}", "unit_differs", reason)


def _report_row_units(
    reading: Reading, found: _Found, typed: dict[str, TypedColumn], scales: Mapping[str, Decimal]
) -> None:
    """Reject the rows whose own unit ("ĐVT") is another than that by which their figures were read."""
    place = next((at for at, label in found.header.labels.items() if label_key(label) in _UNIT_HEADERS), None)
    if place is None:
        return
    label = found.header.labels[place]
    name = next((name for name, at in found.header.places.items() if at == place), label)
    reading.letters[name] = found.sheet.letters(place)
    for index, position in enumerate(found.rows.data):
        cell = found.sheet.rows[position][place]
        unit = lookup(cell) if isinstance(cell, str) and cell else None
        if unit is None:
            continue
        figures = (c for c in reading.form.columns if _is_read_by_another(c, unit, typed, scales, index))
        column = next(figures, None)
        if column is None:
            continue
        reason = f"cột «{label}» ghi «{cell}», nhưng cột «{column.title_vi}» được đọc theo đơn vị khác; hãy thống nhất"
        if index in reading.frame.index:
            reading.reject(index, name, "unit", reason)
        elif index in reading.totals.index:
            number = found.sheet.row_number(position)
            reading.warn(number, f"{reading.letters[name]}{number}", "unit", reason)


def _is_read_by_another(
    column: Column, unit: MeasureUnit, typed: dict[str, TypedColumn], scales: Mapping[str, Decimal], index: int
) -> bool:
    """Whether a figure of a row was read by another unit of the dimension than the row's own."""
    own = lookup(column.unit) if column.unit else None
    if own is None or own.dimension != unit.dimension or pd.isna(typed[column.name].series.iloc[index]):
        return False
    return convert(Decimal(1), unit, own) != scales.get(column.name, Decimal(1))


def _report_lines(reading: Reading, unread: dict[int, tuple[OwnLine, str]]) -> None:
    for index, (line, why) in unread.items():
        problem = reading.discretion.reason(why)
        reading.findings.append(
            Finding(
                sheet=reading.sheet,
                row=line.number,
                cell=line.address,
                column=line.label,
                value=without_people(show(line.value)),
                rule="not_a_number",
                reason=problem,
                severity=Severity.ERROR,
            )
        )
        reading.rejected_rows.add(index)
        reading.problems.append(f"trang «{reading.sheet}», ô {line.address}: {problem}")


def _report_outside(reading: Reading, found: _Found) -> None:
    """Rows with figures that stand above or below their table, each at its first figure."""
    sheet, rows, places = found.sheet, found.rows, found.header.places
    figures = [places[column.name] for column in reading.form.columns if column.unit and column.name in places]
    below = ("below_signature", "dòng có số liệu nằm dưới phần ghi chú, ký tên; hãy đưa lên trong bảng")
    above = ("above_header", "dòng có số liệu nằm trên đầu bảng; hãy đưa xuống trong bảng")
    outside = [(position, above) for position in rows.early] + [(position, below) for position in rows.late]
    for position, (rule, reason) in outside:
        at = first_figure(sheet.rows[position], figures)
        reading.findings.append(
            Finding(
                sheet=sheet.name,
                row=sheet.row_number(position),
                cell=None if at is None else sheet.address(position, at),
                column=None,
                value=None,
                rule=rule,
                reason=reason,
                severity=Severity.ERROR,
            )
        )
        reading.rejected_rows.add(-1 - position)


def _report_hidden(reading: Reading, found: _Found) -> None:
    """Say what the sender may not have seen: it was read like the rest."""
    sheet, rows = found.sheet, found.rows
    columns = sorted(at for at in found.header.places.values() if sheet.first_column + at in sheet.hidden_columns)
    if columns:
        letters = ", ".join(map(sheet.letters, columns))
        reason = f"cột {letters} bị ẩn trong tệp, vẫn được đọc; hãy bỏ ẩn và kiểm tra lại"
        cell = sheet.address(found.header.bottom, columns[0])
        reading.warn(sheet.row_number(found.header.bottom), cell, "hidden_columns", reason)
    hidden = [sheet.row_number(at) for at in rows.data if sheet.first_row + at in sheet.hidden_rows]
    if hidden:
        reason = f"dòng {_ranges(hidden)} bị ẩn hoặc bị lọc trong tệp, vẫn được đọc; hãy bỏ ẩn, bỏ lọc và kiểm tra lại"
        reading.warn(hidden[0], None, "hidden_rows", reason)


def _report_merged(reading: Reading, found: _Found) -> None:
    """Reject the rows that share a figure: which of them has how much of it is not said."""
    sheet = found.sheet
    columns = {
        sheet.first_column + at: name
        for name, at in found.header.places.items()
        if reading.form.column(name).kind in {CellKind.FIGURE, CellKind.COUNT}
    }
    numbers = [sheet.first_row + position for position in found.rows.data]
    shared: dict[int, dict[int, str]] = {column: {} for column in columns}
    looked = dict.fromkeys(columns, 0)
    for (top, left), (bottom, right) in sorted(sheet.merges) if columns else ():
        if top == bottom or left not in columns:
            continue
        first, after = bisect_left(numbers, top), bisect_right(numbers, bottom)
        if after - first < _FEWEST_SHARING or numbers[first] != top:
            continue
        if sheet.rows[top - sheet.first_row][left - sheet.first_column] == "":
            continue
        corner, end = (f"{column_letters(column)}{row + 1}" for row, column in ((top, left), (bottom, right)))
        reason = f"ô gộp {corner}:{end} ghi một số chung cho nhiều dòng; hãy bỏ gộp ô, ghi số riêng từng dòng"
        shared[left].update(dict.fromkeys(range(max(first, looked[left]), after), reason))
        looked[left] = max(looked[left], after)
    for column, reasons in shared.items():
        left_in = [index for index in reasons if index in reading.frame.index]
        reading.reject_all(left_in, columns[column], "merged_figure", [reasons[index] for index in left_in])


def _report_beyond(reading: Reading, found: _Found) -> None:
    """Rows that are wider than their header: in a csv a sign too many moved their cells, elsewhere they say more."""
    sheet, rows = found.sheet, found.rows
    width = max(found.header.labels) + 1
    if width >= len(sheet.rows[found.header.bottom]):
        return
    beyond = {
        index: [at for at, cell in enumerate(sheet.rows[position][width:], width) if cell != ""]
        for index, position in enumerate(rows.data)
        if index in reading.frame.index
    }
    if sheet.delimited:
        said = "dòng có nhiều ô hơn tiêu đề: dấu phẩy thập phân chưa đặt trong ngoặc kép?"
        wider = {index: sheet.address(rows.data[index], places[0]) for index, places in beyond.items() if places}
        reading.reject_all(list(wider), None, "beyond_header", [f"{said} (từ ô {at})" for at in wider.values()])
        return
    figures = [
        (rows.data[index], at)
        for index, places in beyond.items()
        if (at := first_figure(sheet.rows[rows.data[index]], places)) is not None
    ]
    if figures:
        numbers = _ranges([sheet.row_number(position) for position, _ in figures])
        reason = f"dòng {numbers} có số liệu bên phải cột cuối cùng của tiêu đề; số này không được đọc"
        reading.warn(sheet.row_number(figures[0][0]), sheet.address(*figures[0]), "beyond_header", reason)


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers as people write them: ``7, 9–12``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
