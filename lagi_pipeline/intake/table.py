"""One form read out of a workbook: its table found, its rows told apart, its cells typed, its totals reconciled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.cells import TypedColumn, show, type_column
from lagi_pipeline.intake.findings import Finding, RefusedFileError, Severity
from lagi_pipeline.intake.form import CellKind, Column, Covers, Form, Listing, Outline, UnitNames
from lagi_pipeline.intake.grid import Sheet, Value
from lagi_pipeline.intake.header import Header, find_header
from lagi_pipeline.intake.keys import Keyed, key_by_outline, key_by_unit, match_unit
from lagi_pipeline.vietnamese.numbers import NumberError, decide_convention, parse_number
from lagi_pipeline.intake.period import Period, PeriodError, read_period
from lagi_pipeline.vietnamese.text import label_key
from lagi_pipeline.vietnamese.units import MeasureUnit, UnitError, UnitLine, convert, find_unit_line, lookup

_NUMBERING = re.compile(r"\(?(?:[A-ZĐ]|\d{1,2})\)?|\(?\d{1,2}\)?\s*=.*")
_FOOTERS = (
    "người lập", "lập biểu", "ghi chú", "nơi nhận", "tm.", "tm ", "t/m", "kt.", "tl.", "tuq.", "thủ trưởng", "chủ tịch",
    "trưởng phòng", "giám đốc", "kế toán", "nguồn:", "nguồn số liệu", "la gi, ngày", "ủy ban nhân dân",
)  # fmt: skip
_DATED_PLACE = re.compile(r"^[^\d]{0,40}, ngày .* tháng .* năm ")
_BASIS = re.compile(r"giá\s+(?P<basis>so sánh(?:\s+năm)?\s+(?P<year>\d{4})|hiện hành)")
_MOST_FOOTER_CELLS = 4
_PERSONAL_HEADER = re.compile(r"họ|tên|chủ|người|cccd|cmnd|cmt|định danh|căn cước|điện thoại|sđt|địa chỉ|sinh")
MASK = "***"


@dataclass
class Reading:
    """A form as one workbook gives it.

    ``frame`` has the form's own columns, typed and in the table's units, with ``row``, ``sheet`` and ``cells``; its
    index is the position among the table's rows. ``rows_read`` counts the non-blank rows of the table's part of the
    sheet: data rows accepted so far (``len(frame)``), those rejected (``rejected_rows``) and ``nondata`` by kind.
    ``problems`` are reasons for which the whole reading may give no figure; ``rejected_units`` are reasons by unit.
    """

    form: Form
    sheet: str
    frame: pd.DataFrame
    period: Period | None
    basis: str | None
    steps: dict[str, Decimal]
    letters: dict[str, str]
    raw: dict[int, dict[str, str]]
    findings: list[Finding] = field(default_factory=list)
    rejected_rows: set[int] = field(default_factory=set)
    nondata: Counter[str] = field(default_factory=Counter)
    rows_read: int = 0
    problems: list[str] = field(default_factory=list)
    rejected_units: dict[str, str] = field(default_factory=dict)

    def reject(self, index: int, column: str | None, rule: str, reason: str, severity: Severity = Severity.ERROR) -> None:
        """Put a finding at a row of the frame; an error takes the row out of it, a unit's row takes the unit's figure."""
        row = self.frame.loc[index]
        unit, key = row.get("unit_code"), bool(row.get("is_key", False))
        self.findings.append(self._finding(index, int(row["row"]), column, rule, reason, severity))
        if severity is Severity.WARNING:
            return
        self.rejected_rows.add(index)
        where = f"trang «{self.sheet}», dòng {row['row']}: {reason}"
        if isinstance(unit, str):
            self.rejected_units[unit] = where
        if key:
            self.problems.append(where)

    def _finding(self, index: int, number: int, column: str | None, rule: str, reason: str, severity: Severity) -> Finding:
        raw = self.raw.get(index, {})
        title = None if column is None else self.form.column(column).title_vi
        return Finding(
            sheet=self.sheet,
            row=number,
            cell=f"{self.letters[column]}{number}" if column in self.letters else None,
            column=title,
            value=raw.get(column or "", None),
            rule=rule,
            reason=reason,
            severity=severity,
            raw={self._title(key): value for key, value in raw.items()},
        )

    def _title(self, key: str) -> str:
        titles = {column.name: column.title_vi for column in self.form.columns}
        return titles.get(key, key)

    def accepted(self) -> pd.DataFrame:
        """The rows without an error."""
        return self.frame[~self.frame.index.isin(self.rejected_rows)]


def read_tables(sheets: Sequence[Sheet], forms: Sequence[Form], place: Place, quarter: Quarter) -> list[Reading]:
    """Read every form of a feed that a workbook holds.

    Raises:
        RefusedFileError: no form is there (naming the missing columns), one is there twice or only in part, or what its
            title and unit line say cannot be meant.
    """
    found: list[tuple[Form, Sheet, Header]] = []
    nearest: tuple[int, str] | None = None
    for form in forms:
        matches: list[tuple[Sheet, Header]] = []
        for sheet in sheets:
            header, missing = find_header(sheet, form)
            if header is not None:
                matches.append((sheet, header))
            required = sum(column.required for column in form.columns)
            have = required - len(missing)
            if header is None and have and (nearest is None or have > nearest[0]):
                nearest = (have, _lacks(form, sheet, missing))
            if header is None and have >= max(2, (required + 1) // 2):
                _refuse_partial(form, sheet, missing, others=len(matches))
        if len(matches) > 1:
            names = ", ".join(f"«{sheet.name}»" for sheet, _ in matches)
            raise RefusedFileError(f"các trang {names} đều là «{form.title_vi}»: đọc trang nào?", rule="two_sheets")
        found.extend((form, *match) for match in matches)
    if not found:
        names = ", ".join(f"«{sheet.name}»" for sheet in sheets) or "(không có trang nào)"
        hint = f"; gần nhất: {nearest[1]}" if nearest else ""
        raise RefusedFileError(f"không trang nào ({names}) có bảng «{forms[0].title_vi}»{hint}", rule="no_form")
    return [_read(form, sheet, header, _part(sheet, header, found), place, quarter) for form, sheet, header in found]


def _lacks(form: Form, sheet: Sheet, missing: Sequence[Column]) -> str:
    return f"trang «{sheet.name}» thiếu cột {', '.join(f'«{column.title_vi}»' for column in missing)} của «{form.title_vi}»"


def _refuse_partial(form: Form, sheet: Sheet, missing: Sequence[Column], *, others: int) -> None:
    if not others:
        raise RefusedFileError(_lacks(form, sheet, missing), rule="missing_column", sheet=sheet.name)


def _part(sheet: Sheet, header: Header, found: Sequence[tuple[Form, Sheet, Header]]) -> tuple[int, int]:
    """The rows of the sheet that belong to a header: from the end of the table before it to the next one's titles."""
    tops = sorted((other.top, other.bottom) for _, s, other in found if s is sheet)
    at = [top for top, _ in tops].index(header.top)
    start = 0 if at == 0 else _title_start(sheet, tops[at][0], tops[at - 1][1])
    end = len(sheet.rows) if at + 1 == len(tops) else _title_start(sheet, tops[at + 1][0], header.bottom)
    return start, end


def _title_start(sheet: Sheet, top: int, after: int) -> int:
    """The first of the title rows above a header: rows of at most two cells, none of them a number."""
    while top - 1 > after and _is_title(sheet.rows[top - 1]):
        top -= 1
    return top


def _is_title(row: Sequence[Value]) -> bool:
    filled = [cell for cell in row if cell != ""]
    return len(filled) <= 2 and all(isinstance(cell, str) for cell in filled)  # noqa: PLR2004 - two halves of a page


def _read(form: Form, sheet: Sheet, header: Header, part: tuple[int, int], place: Place, quarter: Quarter) -> Reading:
    start, end = part
    above = [cell for row in sheet.rows[: header.top] for cell in row if isinstance(cell, str) and cell.strip()]
    own = [cell for row in sheet.rows[start : header.top] for cell in row if isinstance(cell, str) and cell.strip()]
    period = _period(form, sheet, own if start == 0 else own + above, quarter)
    scales = _scales(form, sheet, header, own)
    nondata: Counter[str] = Counter(title=sum(any(c != "" for c in row) for row in sheet.rows[start : header.top]))
    nondata["header"] = sum(any(c != "" for c in row) for row in sheet.rows[header.top : header.bottom + 1])
    data, lines, late = _data_rows(form, sheet, header, end, nondata)
    for position in range(start, header.top):
        above_table = _lines_of(form, sheet, position)
        nondata["title"] -= bool(above_table)
        lines.extend(above_table)

    numbers = [sheet.row_number(position) for position in data]
    texts = [c for k in form.columns if k.unit and k.name in header.at for p in data if isinstance(c := sheet.rows[p][header.at[k.name]], str)]
    convention = decide_convention(texts)
    typed: dict[str, TypedColumn] = {}
    for column in form.columns:
        place_of = header.at.get(column.name)
        cells = [""] * len(data) if place_of is None else [sheet.rows[position][place_of] for position in data]
        typed[column.name] = type_column(column, cells, scales.get(column.name, Decimal(1)), convention, zero_dash=form.zero_dash)
    frame = pd.DataFrame({name: column.values for name, column in typed.items()})
    frame["sheet"] = pd.Series(sheet.name, index=frame.index, dtype="str")
    frame["row"] = pd.Series(numbers, index=frame.index, dtype="int64")
    letters = {name: sheet.letters(position) for name, position in header.at.items()}
    frame["cells"] = _cells(form, letters, numbers)
    reading = Reading(
        form=form,
        sheet=sheet.name,
        frame=frame,
        period=period,
        basis=_basis(own) if form.basis else None,
        steps={name: column.step for name, column in typed.items()},
        letters=letters,
        raw=_RawRows(form, sheet, header, data),
        nondata=nondata,
        rows_read=nondata.total() + len(data) + len(late) + len(lines),
    )
    _add_lines(reading, lines)
    _derive(reading, place, quarter)
    _key(reading, place, quarter)
    _report_cells(reading, typed)
    _report_late(reading, sheet, late)
    return reading


def _period(form: Form, sheet: Sheet, lines: Sequence[str], quarter: Quarter) -> Period | None:
    try:
        period = read_period(lines)
    except PeriodError as error:
        raise RefusedFileError(f"trang «{sheet.name}»: {error}", rule="period", sheet=sheet.name) from error
    if period is None:
        if form.covers is Covers.YTD:
            raise RefusedFileError(
                f"trang «{sheet.name}»: tiêu đề không ghi kỳ báo cáo; cần kỳ lũy kế của {quarter.label_vi}",
                rule="period",
                sheet=sheet.name,
            )
        return None
    said = f"trang «{sheet.name}»: tiêu đề ghi «{period.text}»"
    if period.quarter != quarter:
        raise RefusedFileError(
            f"{said} ({period.quarter.label_vi}), thư mục là {quarter.label_vi}", rule="period", sheet=sheet.name
        )
    if form.covers is Covers.YTD and not period.cumulative:
        raise RefusedFileError(
            f"{said}: không rõ số lũy kế từ đầu năm hay số riêng của quý; hãy ghi 6 tháng, 9 tháng, năm hoặc lũy kế",
            rule="cumulative",
            sheet=sheet.name,
        )
    names_quarter = re.search(r"\bquý\b", label_key(period.text)) is not None
    if form.covers is Covers.QUARTER and period.cumulative and not names_quarter and quarter.number > 1:
        raise RefusedFileError(
            f"{said}: biểu này lấy số của riêng quý {quarter.roman}, không lấy số từ đầu năm",
            rule="cumulative",
            sheet=sheet.name,
        )
    return period


def _scales(form: Form, sheet: Sheet, header: Header, lines: Sequence[str]) -> dict[str, Decimal]:
    """What one printed unit of each figure column is in the table's unit."""
    try:
        unit_line = find_unit_line(lines)
    except UnitError as error:
        raise RefusedFileError(f"trang «{sheet.name}»: {error}", rule="unit", sheet=sheet.name) from error
    scales: dict[str, Decimal] = {}
    for column in form.columns:
        own = None if column.unit is None else lookup(column.unit)
        if own is None or column.name not in header.at or column.unit == "%":
            continue
        stated = _stated_unit(form, sheet, header, column, own, unit_line)
        if stated is None:
            continue
        try:
            scales[column.name] = convert(Decimal(1), stated, own)
        except UnitError as error:
            at = sheet.address(header.bottom, header.at[column.name])
            raise RefusedFileError(
                f"trang «{sheet.name}», ô {at}: cột «{column.title_vi}» {error}", rule="unit", sheet=sheet.name, cell=at
            ) from error
    return scales


def _stated_unit(
    form: Form, sheet: Sheet, header: Header, column: Column, own: MeasureUnit, unit_line: UnitLine | None
) -> MeasureUnit | None:
    if column.name in header.units:
        return lookup(header.units[column.name])
    stated = unit_line.of(own.dimension) if unit_line else None
    if stated is None and own.dimension == form.unit_line:
        found = f"; dòng đơn vị ghi «{unit_line.text}»" if unit_line else ""
        raise RefusedFileError(
            f"trang «{sheet.name}»: không thấy «Đơn vị tính» cho cột «{column.title_vi}» (cần như {own.label}){found}",
            rule="unit",
            sheet=sheet.name,
        )
    return stated


def _data_rows(
    form: Form, sheet: Sheet, header: Header, end: int, nondata: Counter[str]
) -> tuple[list[int], list[tuple[str, str, Value, str]], list[int]]:
    """Tell the rows below a header apart: data, lines of their own, and rows with figures below the signatures."""
    figures = [header.at[column.name] for column in form.columns if column.unit and column.name in header.at]
    label = header.at[form.label]
    data: list[int] = []
    lines: list[tuple[str, str, Value, str]] = []
    late: list[int] = []
    below = False
    for position in range(header.bottom + 1, end):
        row = sheet.rows[position]
        filled = [cell for cell in row if cell != "" and not (isinstance(cell, str) and not cell.strip())]
        if not filled:
            continue
        if not data and _is_numbering(filled):
            nondata["numbering"] += 1
        elif form.lines and (found := _lines_of(form, sheet, position)):
            lines.extend(found)
        elif below or (len(filled) <= _MOST_FOOTER_CELLS and _is_footer(filled)):
            has_figures = any(isinstance(row[place], int | float) for place in figures) and row[label] != ""
            late += [position] if has_figures else []
            nondata["footer"] += not has_figures
            below = True
        elif len(filled) == 1 and isinstance(filled[0], str) and row[label] == "":
            nondata["remark"] += 1
        else:
            data.append(position)
    return data, lines, late


def _is_numbering(filled: Sequence[Value]) -> bool:
    """A row of column numbers: A, B, 1, 2, 3=2/1."""
    return len(filled) > 2 and all(_NUMBERING.fullmatch(show(cell).strip()) for cell in filled)  # noqa: PLR2004


def _is_footer(filled: Sequence[Value]) -> bool:
    first = filled[0]
    if not isinstance(first, str):
        return False
    key = label_key(first)
    return key.startswith(_FOOTERS) or _DATED_PLACE.match(key) is not None


def _lines_of(form: Form, sheet: Sheet, position: int) -> list[tuple[str, str, Value, str]]:
    """The form's lines that stand in a row: (item code, label, figure as it stood, address)."""
    found: list[tuple[str, str, Value, str]] = []
    row = sheet.rows[position]
    for line in form.lines:
        for place, cell in enumerate(row):
            if not isinstance(cell, str):
                continue
            key, _, rest = cell.partition(":")
            if label_key(key) not in {label_key(label) for label in line.labels}:
                continue
            beside = [(at, value) for at, value in enumerate(row) if at > place and value != ""]
            at, value = (place, rest.strip()) if rest.strip() else next(iter(beside), (place, ""))
            found.append((line.code, key.strip(), value, sheet.address(position, at)))
    return found


def _add_lines(reading: Reading, lines: Sequence[tuple[str, str, Value, str]]) -> None:
    """Add a row to the frame for each line of its own."""
    for code, label, value, address in lines:
        line = next(line for line in reading.form.lines if line.code == code)
        column = reading.form.column(line.column)
        index = len(reading.frame)
        number = int(re.sub(r"\D", "", address))
        amount, problem = _line_amount(column, value)
        row: dict[str, Any] = dict.fromkeys(reading.frame.columns)
        row |= {
            reading.form.label: label,
            line.into: code,
            line.column: amount,
            "sheet": reading.sheet,
            "row": number,
            "cells": f'{{"{line.column}": "{address}"}}',
        }
        reading.frame.loc[index] = row
        reading.frame = reading.frame.astype({"row": "int64"})
        if problem:
            finding = Finding(reading.sheet, number, address, label, show(value), "not_a_number", problem, Severity.ERROR)
            reading.findings.append(finding)
            reading.rejected_rows.add(index)
            reading.problems.append(f"trang «{reading.sheet}», ô {address}: {problem}")


def _line_amount(column: Column, value: Value) -> tuple[float | None, str | None]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), None
    found = re.fullmatch(r"(?P<number>\d[\d.,]*)\s*(?P<unit>[^\d.,\s].*)?", show(value).strip())
    own = lookup(column.unit or "")
    unit = lookup(found["unit"]) if found and found["unit"] else own
    try:
        parsed = parse_number(found["number"]) if found else None
    except NumberError as error:
        return None, str(error)
    if parsed is None or unit is None or own is None:
        return None, f"cần một số và đơn vị như {column.unit}, thấy «{show(value)}»"
    try:
        return float(parsed.value * convert(Decimal(1), unit, own)), None
    except UnitError as error:
        return None, str(error)


def _cells(form: Form, letters: dict[str, str], numbers: Sequence[int]) -> pd.Series[Any]:
    """The addresses of a row's figures as a JSON object, for each row."""
    figures = [(column.name, letters[column.name]) for column in form.columns if column.unit and column.name in letters]
    pieces = [f'"{name}": "{letter}' for name, letter in figures]
    return pd.Series(
        ["{" + ", ".join(f'{piece}{number}"' for piece in pieces) + "}" for number in numbers], dtype="str"
    )


def _basis(lines: Sequence[str]) -> str | None:
    for line in lines:
        if found := _BASIS.search(label_key(line)):
            return f"so sánh {found['year']}" if found["year"] else "hiện hành"
    return None


class _RawRows(dict[int, dict[str, str]]):
    """Rows as they stood, made when a finding asks for one; what names a person is masked."""

    def __init__(self, form: Form, sheet: Sheet, header: Header, data: Sequence[int]) -> None:
        super().__init__()
        self._form, self._sheet, self._header, self._data = form, sheet, header, data
        self._columns = {place: form.column(name) for name, place in header.at.items()}

    def get(self, index: int, default: Any = None) -> Any:  # noqa: ANN401 - dict's own signature
        if index >= len(self._data):
            return default
        raw: dict[str, str] = {}
        for place, cell in enumerate(self._sheet.rows[self._data[index]]):
            if cell == "":
                continue
            column = self._columns.get(place)
            name = column.name if column else self._header.labels.get(place, self._sheet.letters(place))
            raw[name] = self._masked(column, name, show(cell))
        return raw

    def _masked(self, column: Column | None, name: str, value: str) -> str:
        if column is None:
            hide = self._form.names_people or _PERSONAL_HEADER.search(label_key(name)) is not None
            return MASK if hide else value
        if column.personal:
            return MASK
        if self._form.names_people and column.kind is not CellKind.TEXT:
            return _without_words(value)
        return value


def _without_words(value: str) -> str:
    """A value that should have been a number or a day, without its words: a name may have slipped into it."""
    return re.sub(r"[^\W\d_]+", "…", value)


def _derive(reading: Reading, place: Place, quarter: Quarter) -> None:
    """Fill the columns that are computed from others."""
    if reading.form.basis:
        reading.frame["basis"] = pd.Series(reading.basis, index=reading.frame.index, dtype="str")
    for name, by in reading.form.derivations.items():
        if isinstance(by, UnitNames):
            units = place.units_on(quarter.end)
            labels = reading.frame[by.label]
            codes = {label: unit.code for label in labels.dropna().unique() if (unit := match_unit(label_key(label), units))}
            reading.frame[name] = labels.map(codes).astype("str").where(labels.isin(list(codes)))
        else:
            reading.frame[name] = by(reading.frame)


def _key(reading: Reading, place: Place, quarter: Quarter) -> None:
    """Give each row its key; totals, blocks and rows of other places leave the frame."""
    rows = reading.form.rows
    keyed: Keyed
    if isinstance(rows, Listing):
        labels = reading.frame[reading.form.label].fillna("")
        total = labels.str.match(r"(?i)\s*(tổng|cộng)\b")
        reading.nondata["total"] += int(total.sum())
        reading.frame = reading.frame[~total].copy()
        if rows.key_column:
            reading.frame["is_key"] = reading.frame[rows.key_column].isin(rows.keys)
        for key in rows.keys:
            if key not in set(reading.frame[rows.key_column]):
                reading.problems.append(f"trang «{reading.sheet}»: không thấy dòng «{key}» của «{reading.form.title_vi}»")
        return
    if isinstance(rows, Outline):
        keyed = key_by_outline(reading.frame, reading.form, rows, reading.steps)
    else:
        keyed = key_by_unit(reading.frame, reading.form, rows, place, quarter, reading.steps)
    reading.frame = keyed.frame
    reading.nondata.update(keyed.nondata)
    for index, column, rule, reason in keyed.rejected:
        reading.reject(index, column, rule, reason)
    for problem in keyed.problems:
        reading.problems.append(f"trang «{reading.sheet}»: {problem}")


def _report_cells(reading: Reading, typed: dict[str, TypedColumn]) -> None:
    """Findings for the cells that could not be read, and for those read with a remark."""
    for name, column in typed.items():
        hide = reading.form.names_people
        for index, (rule, reason) in column.refused.items():
            if index in reading.frame.index:
                title = reading.form.column(name).title_vi
                reading.reject(index, name, rule, f"cột «{title}»: {_without_quoted(reason) if hide else reason}")
        for index, reason in column.remarked.items():
            if index in reading.frame.index:
                reading.reject(index, name, "number_form", reason, Severity.WARNING)


def _without_quoted(reason: str) -> str:
    return re.sub(r"«[^»]*»", lambda found: _without_words(found[0]), reason)


def _report_late(reading: Reading, sheet: Sheet, late: Sequence[int]) -> None:
    for position in late:
        reading.findings.append(
            Finding(
                sheet=sheet.name,
                row=sheet.row_number(position),
                cell=None,
                column=None,
                value=None,
                rule="below_signature",
                reason="dòng có số liệu nằm dưới phần ghi chú, ký tên; hãy đưa lên trong bảng",
                severity=Severity.ERROR,
            )
        )
        reading.rejected_rows.add(-1 - position)
