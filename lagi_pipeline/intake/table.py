"""One form read out of a workbook: its table found, its cells typed, its rows keyed, its totals reconciled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.place import Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.cells import Reader, TypedColumn, show, type_column
from lagi_pipeline.intake.findings import Finding, RefusedFileError, Severity
from lagi_pipeline.intake.form import Column, Covers, Form, Listing, Outline, UnitNames, UnitRows
from lagi_pipeline.intake.grid import Sheet, Value
from lagi_pipeline.intake.header import Header, find_header, header_key
from lagi_pipeline.intake.keys import (
    Keyed,
    TypedTable,
    key_by_listing,
    key_by_outline,
    key_by_unit,
    match_unit,
)
from lagi_pipeline.intake.masking import MASK, RawRows, without_quoted
from lagi_pipeline.intake.period import Period, PeriodError, read_period
from lagi_pipeline.intake.rows import OwnLine, TableRows, is_title, tell_apart
from lagi_pipeline.vietnamese.numbers import Convention, NumberError, decide_convention, parse_number
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

__all__ = ["MASK", "Reading", "read_tables"]

_BASIS = re.compile(r"giá\s+(?P<basis>so sánh(?:\s+năm)?\s+(?P<year>\d{4})|hiện hành)")
_RUNNING = re.compile(r"\blũy kế\b|\b(?:đến|hết)\s+(?:hết\s+)?quý\b")
_FEWEST_PARTIAL = 2
_PERCENT = "%"


@dataclass
class Reading:
    """A form as one workbook gives it.

    ``frame`` has the form's own columns (but those that name people), typed and in the table's units, with ``row``,
    ``sheet`` and ``cells``; its index is the position among the table's rows. ``rows_read`` counts the non-blank rows
    of the table's part of the sheet: data rows accepted so far (``len(frame)``), those rejected (``rejected_rows``) and
    ``nondata`` by kind. ``problems`` are reasons for which the whole reading may give no figure; ``rejected_units`` are
    reasons by unit.
    """

    form: Form
    sheet: str
    frame: pd.DataFrame
    period: Period | None
    basis: str | None
    steps: dict[str, Decimal]
    letters: dict[str, str]
    raw: RawRows
    findings: list[Finding] = field(default_factory=list)
    rejected_rows: set[int] = field(default_factory=set)
    nondata: Counter[str] = field(default_factory=Counter)
    rows_read: int = 0
    problems: list[str] = field(default_factory=list)
    rejected_units: dict[str, str] = field(default_factory=dict)

    def reject(
        self, index: int, column: str | None, rule: str, reason: str, severity: Severity = Severity.ERROR
    ) -> None:
        """Put a finding at a row of the frame; an error takes the row out of it, a unit's row takes the unit's figure.

        A unit of several blocks loses all of its rows with one: what is left of it would look like a whole unit.
        """
        row = self.frame.loc[index]
        number = int(str(row["row"]))
        raw = self.raw.of(index)
        self.findings.append(
            Finding(
                sheet=self.sheet,
                row=number,
                cell=f"{self.letters[column]}{number}" if column in self.letters else None,
                column=None if column is None else self._title(column),
                value=raw.get(column or ""),
                rule=rule,
                reason=reason,
                severity=severity,
                raw={self._title(key): value for key, value in raw.items()},
            )
        )
        if severity is Severity.WARNING:
            return
        self.rejected_rows.add(index)
        where = f"trang «{self.sheet}», dòng {number}: {reason}"
        if bool(row.get("is_key", False)) and where not in self.problems:
            self.problems.append(where)
        unit = row.get("unit_code")
        if isinstance(unit, str):
            self.rejected_units.setdefault(unit, where)
            self._reject_other_blocks(unit, number)

    def _reject_other_blocks(self, unit: str, number: int) -> None:
        if not (isinstance(self.form.rows, UnitRows) and self.form.rows.blocks):
            return
        others = self.frame.index[self.frame["unit_code"] == unit].difference(list(self.rejected_rows))
        if len(others):
            reason = f"dòng {number} của cùng đơn vị bị trả lại, số liệu của đơn vị không đủ"
            self.reject(int(others[0]), self.form.label, "unit_incomplete", reason)

    def _title(self, key: str) -> str:
        return next((column.title_vi for column in self.form.columns if column.name == key), key)

    def accepted(self) -> pd.DataFrame:
        """The rows without an error."""
        if not self.rejected_rows:
            return self.frame
        return self.frame[~self.frame.index.isin(self.rejected_rows)]


@dataclass(frozen=True)
class _Place:
    """Where a reading happens: the place, its units on the quarter's last day, and the quarter."""

    place: Place
    quarter: Quarter

    @property
    def units(self) -> list[Unit]:
        return self.place.units_on(self.quarter.end)

    def unit_names(self) -> Callable[[str], Unit | None]:
        """What unit a text names, each text looked up once."""
        units = self.units
        return lru_cache(maxsize=None)(lambda text: match_unit(label_key(text), units))


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

    def number_texts(self) -> list[str]:
        """The texts that stand where numbers belong."""
        cells = (cell for column in self.form.columns if column.unit for cell in self.cells(column))
        return [cell for cell in cells if isinstance(cell, str) and cell]


def read_tables(sheets: Sequence[Sheet], forms: Sequence[Form], place: Place, quarter: Quarter) -> list[Reading]:
    """Read every form of a feed that a workbook holds.

    Raises:
        RefusedFileError: no form is there (naming the missing columns), one is there twice or only in part, or what its
            title and unit line say cannot be meant.
    """
    matches = [match for form in forms if (match := _match(sheets, form, quarter)) is not None]
    if not matches:
        raise RefusedFileError(_no_form(sheets, forms, quarter), rule="no_form")
    found = [_found(form, sheet, header, matches) for form, sheet, header in matches]
    convention = decide_convention([text for table in found for text in table.number_texts()])
    return [_read(table, convention, _Place(place, quarter)) for table in found]


_Match = tuple[Form, Sheet, Header]


def _match(sheets: Sequence[Sheet], form: Form, quarter: Quarter) -> _Match | None:
    """The one sheet that holds a form; None where none does.

    Raises:
        RefusedFileError: several do, or none does and one holds half of its columns.
    """
    matches: list[_Match] = []
    partial: tuple[int, str, str] | None = None
    required = sum(column.required for column in form.columns)
    for sheet in sheets:
        header, missing = find_header(sheet, form, quarter)
        have = required - len(missing)
        if header is not None:
            matches.append((form, sheet, header))
        elif have >= max(_FEWEST_PARTIAL, (required + 1) // 2) and (partial is None or have > partial[0]):
            partial = (have, sheet.name, _lacks(form, sheet, missing))
    if len(matches) > 1:
        names = ", ".join(f"«{sheet.name}»" for _, sheet, _ in matches)
        raise RefusedFileError(f"các trang {names} đều là «{form.title_vi}»: đọc trang nào?", rule="two_sheets")
    if not matches:
        _refuse_other_period(sheets, form, quarter)
    if partial and not matches:
        raise RefusedFileError(partial[2], rule="missing_column", sheet=partial[1])
    return matches[0] if matches else None


def _refuse_other_period(sheets: Sequence[Sheet], form: Form, quarter: Quarter) -> None:
    """Refuse a form of another period, whose headers say so.

    Raises:
        RefusedFileError: a sheet would be the form, did its title or its columns name the folder's quarter.
    """
    for sheet in sheets:
        try:
            header, _ = find_header(sheet, form, None)
        except RefusedFileError:  # columns of several periods, none of them the quarter's
            continue
        if header is None:
            continue
        _period(_found(form, sheet, header, [(form, sheet, header)]), quarter)
        for column, place in header.places.items():
            label = header.labels[place]
            if header_key(label, quarter) != header_key(label, None):
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
            missing = find_header(sheet, form, quarter)[1]
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
    period = _period(found, place.quarter)
    scales = _scales(found)
    typed = {
        column.name: type_column(
            column, found.cells(column), Reader(scales.get(column.name, Decimal(1)), convention, form.zero_dash)
        )
        for column in form.columns
        if not column.personal
    }
    letters = {name: sheet.letters(position) for name, position in found.header.places.items()}
    numbers = [sheet.row_number(position) for position in rows.data]
    frame = pd.DataFrame({name: column.series for name, column in typed.items()})
    frame["sheet"] = pd.Series(sheet.name, index=frame.index, dtype="str")
    frame["row"] = pd.Series(numbers, index=frame.index, dtype="int64")
    frame["cells"] = _addresses(form, letters, numbers)
    unit_of = place.unit_names()
    reading = Reading(
        form=form,
        sheet=sheet.name,
        frame=frame,
        period=period,
        basis=_basis(list(found.titles.values())) if form.basis else None,
        steps={name: column.step for name, column in typed.items()},
        letters=letters,
        raw=RawRows(form, sheet, found.header, rows.data, is_known=lambda text: unit_of(text) is not None),
        nondata=Counter(rows.nondata),
        rows_read=rows.read,
    )
    unread = _add_lines(reading, rows.lines, convention)
    _derive(reading, unit_of)
    _key(reading, typed, rows, place)
    _report_cells(reading, typed)
    _report_lines(reading, unread)
    _report_late(reading, sheet, rows.late)
    return reading


def _period(found: _Found, quarter: Quarter) -> Period | None:
    """The period that the table's titles state, or else those of the sheet's first table.

    Raises:
        RefusedFileError: it is not the folder's quarter, or not of the kind that the form's figures are.
    """
    name, covers = found.sheet.name, found.form.covers
    try:
        period = read_period([*found.titles.values()]) or read_period([*found.titles_above.values()])
    except PeriodError as error:
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


def _scales(found: _Found) -> dict[str, Decimal]:
    """What one printed unit of each figure column is in the table's unit.

    Raises:
        RefusedFileError: an unknown unit, one that measures something else, or none where the form must state it.
    """
    form, sheet, header = found.form, found.sheet, found.header
    titles = list(found.titles.values())
    try:
        unit_line = find_unit_line(titles)
    except UnitError as error:
        bad = max(start for start in range(len(titles)) if _is_bad_unit(titles[start:]))
        at = list(found.titles)[bad]
        reason = f"{_where(sheet.name, at)}: {error}; cần một trong: {_units_for(form)}"
        raise RefusedFileError(reason, rule="unit", sheet=sheet.name, cell=at) from None
    scales: dict[str, Decimal] = {}
    for column in form.columns:
        own = None if column.unit is None else lookup(column.unit)
        if own is None or column.name not in header.places:
            continue
        stated = _stated_unit(found, column, own, unit_line)
        if stated is None:
            continue
        try:
            scales[column.name] = convert(Decimal(1), stated, own)
        except UnitError as error:
            at = sheet.address(header.bottom, header.places[column.name])
            reason = f"trang «{sheet.name}», ô {at}: cột «{column.title_vi}» {error}"
            raise RefusedFileError(reason, rule="unit", sheet=sheet.name, cell=at) from None
    return scales


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


def _addresses(form: Form, letters: dict[str, str], numbers: Sequence[int]) -> pd.Series[Any]:
    """The addresses of a row's figures as a JSON object, for each row."""
    figures = [column.name for column in form.columns if column.unit and column.name in letters]
    template = "{" + ", ".join(f'"{name}": "{letters[name]}#"' for name in figures) + "}"
    return pd.Series([template.replace("#", str(number)) for number in numbers], dtype="str")


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
        amount, problem = _line_amount(column, line.value, convention)
        if problem:
            unread[index] = (line, problem)
        added.append(
            {
                reading.form.label: line.label,
                described.into: line.code,
                described.column: amount,
                "sheet": reading.sheet,
                "row": line.number,
                "cells": f'{{"{described.column}": "{line.address}"}}',
            }
        )
    if added:
        types = reading.frame.dtypes
        more = pd.DataFrame(
            {name: pd.Series([row.get(name) for row in added], dtype=types[name]) for name in types.index}
        )
        reading.frame = pd.concat([reading.frame, more], ignore_index=True)
    return unread


def _line_amount(column: Column, value: Value, convention: Convention) -> tuple[float | None, str | None]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), None
    found = re.fullmatch(r"(?P<number>\d[\d.,]*)\s*(?P<unit>[^\d.,\s].*)?", show(value).strip())
    own = lookup(column.unit or "")
    unit = lookup(found["unit"]) if found and found["unit"] else own
    try:
        parsed = parse_number(found["number"], convention) if found else None
        if parsed is None or unit is None or own is None:
            return None, f"cần một số và đơn vị như {column.unit}, thấy «{show(value)}»"
        return float(parsed.value * convert(Decimal(1), unit, own)), None
    except (NumberError, UnitError) as error:
        return None, f"cần một số và đơn vị như {column.unit}: {error}"


def _derive(reading: Reading, unit_of: Callable[[str], Unit | None]) -> None:
    """Fill the columns that are computed from others."""
    if reading.form.basis:
        reading.frame["basis"] = pd.Series(reading.basis, index=reading.frame.index, dtype="str")
    for name, by in reading.form.derivations.items():
        if isinstance(by, UnitNames):
            labels = reading.frame[by.label]
            codes = {label: unit.code for label in labels.dropna().unique() if (unit := unit_of(label))}
            reading.frame[name] = labels.map(codes).astype("str").where(labels.isin(list(codes)))
        else:
            reading.frame[name] = by(reading.frame)


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
    reading.nondata.update(keyed.nondata)
    for index, column, rule, reason in keyed.rejected:
        reading.reject(index, column, rule, reason)
    reading.problems.extend(f"trang «{reading.sheet}»: {problem}" for problem in keyed.problems)


def _report_cells(reading: Reading, typed: dict[str, TypedColumn]) -> None:
    """Findings for the cells that could not be read, and for those read with a remark."""
    hide = reading.form.names_people
    for name, column in typed.items():
        title = reading.form.column(name).title_vi
        for index, (rule, reason) in column.refused.items():
            if index in reading.frame.index:  # what was recognised as no data may hold anything
                reading.reject(index, name, rule, f"cột «{title}»: {without_quoted(reason) if hide else reason}")
        for index, reason in column.remarked.items():
            if index in reading.frame.index:
                reading.reject(index, name, "number_form", reason, Severity.WARNING)


def _report_lines(reading: Reading, unread: dict[int, tuple[OwnLine, str]]) -> None:
    for index, (line, problem) in unread.items():
        reading.findings.append(
            Finding(
                sheet=reading.sheet,
                row=line.number,
                cell=line.address,
                column=line.label,
                value=show(line.value),
                rule="not_a_number",
                reason=problem,
                severity=Severity.ERROR,
            )
        )
        reading.rejected_rows.add(index)
        reading.problems.append(f"trang «{reading.sheet}», ô {line.address}: {problem}")


def _report_late(reading: Reading, sheet: Sheet, late: Sequence[int]) -> None:
    reason = "dòng có số liệu nằm dưới phần ghi chú, ký tên; hãy đưa lên trong bảng"
    for position in late:
        reading.findings.append(
            Finding(
                sheet=sheet.name,
                row=sheet.row_number(position),
                cell=None,
                column=None,
                value=None,
                rule="below_signature",
                reason=reason,
                severity=Severity.ERROR,
            )
        )
        reading.rejected_rows.add(-1 - position)
