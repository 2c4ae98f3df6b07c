"""Workbooks of Excel 97-2003 and older (.xls), read by xlrd. Macros and links to other files are not looked at."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlrd

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.area import Extent, Place, rectangle, too_many_cells, too_much_text
from lagi_pipeline.intake.formats.marked import Mark, Run, settle
from lagi_pipeline.intake.formats.number_format import is_percent, is_scaled
from lagi_pipeline.intake.grid import Sheet, Unreadable, Value, Workbook

_RECORD = struct.Struct("<HH")
_FORMULA_RECORD, _BEGIN_OF_SHEET, _END_OF_SHEET = 0x0006, 0x0809, 0x000A
_FORMULA = struct.Struct(
    "<HHH8sH4xH"
)  # row, column, format, value, flags, length of the expression (Excel 97 and later)
_NEVER_COMPUTED = 0x0002  # "calculate on load", which Excel itself does not write
_NO_NUMBER, _BLANK_TEXT = bytes(8), b"\x03"
# How an expression ends whose value is a number: + - * / ^, signs, %, and SUM, COUNT, AVERAGE, MIN, MAX, ROUND.
_ARITHMETIC = frozenset(bytes([sign]) for sign in (0x03, 0x04, 0x05, 0x06, 0x07, 0x12, 0x13, 0x14))
_SUMS = (b"\x19\x10\x00\x00", *(bytes([code, 0]) for code in (0, 4, 5, 6, 7, 27)))
_JOINED = b"\x08"  # the operator &
_ALIGNED = {1: Mark.RAISED, 2: Mark.LOWERED}
_EXCEL_97 = 80  # xlrd's number for it


def read_xls(path: Path) -> Workbook:
    """Every worksheet of a workbook, in its order; sheets of charts and macros are none.

    Raises:
        RefusedFileError: damaged, protected, or larger than the limits.
    """
    try:
        return _Book(path.read_bytes()).read()
    except RefusedFileError:
        raise
    except Exception as error:  # a damaged file brings any error out of xlrd
        if isinstance(error, xlrd.XLRDError) and "encrypted" in str(error):
            raise RefusedFileError("tệp có mật khẩu, hãy gửi bản không khóa", rule="password") from error
        raise RefusedFileError(f"không mở được tệp như một bảng tính .xls: {error}", rule="unreadable") from error


def _open(content: bytes) -> Any:  # noqa: ANN401 - xlrd has no types
    """The workbook, with its formats where xlrd understands them."""
    options = {"file_contents": content, "on_demand": True, "ragged_rows": True}
    try:
        return xlrd.open_workbook(**options, formatting_info=True, logfile=io.StringIO())
    except Exception:  # noqa: BLE001 - formats that xlrd cannot read; whatever else is wrong shows again
        return xlrd.open_workbook(**options, formatting_info=False, logfile=io.StringIO())


class _Book:
    """A workbook, its sheets loaded one after the other."""

    def __init__(self, content: bytes) -> None:
        self._book = _open(content)
        self._cells = self._characters = self._noted = 0
        self._percents = self._styles(is_percent)
        self._scaled = self._styles(is_scaled)

    def _styles(self, shows: Callable[[str], bool]) -> frozenset[int]:
        """The cell formats whose number format shows numbers in a certain way."""
        formats = self._book.format_map
        return frozenset(
            index
            for index, style in enumerate(self._book.xf_list)
            if style.format_key in formats and shows(formats[style.format_key].format_str)
        )

    def read(self) -> Workbook:
        """Every sheet."""
        places = self._book._sh_abs_posn  # noqa: SLF001 - xlrd tells nobody else where a sheet begins
        if len(set(places)) != len(places) or len(places) > limits.SHEETS:
            raise too_many_cells()
        sheets = []
        for index, place in enumerate(places):
            sheets.append(self._sheet(self._book.sheet_by_index(index), place))
            self._book.unload_sheet(index)
        return Workbook(sheets)

    def _sheet(self, sheet: Any, place: int) -> Sheet:  # noqa: ANN401
        uncomputed = _uncomputed(self._book.mem, place) if self._book.biff_version >= _EXCEL_97 else {}
        extent = Extent()
        rows: dict[int, tuple[int, list[Value]]] = {}
        percents: set[Place] = set()
        marked = self._marked(sheet)
        for row in range(sheet.nrows):
            values = self._row(sheet, row, percents)
            for column, what in {**uncomputed.get(row, {}), **marked.get(row, {})}.items():
                values += [""] * (column + 1 - len(values))
                values[column] = what
            filled = [column for column, value in enumerate(values) if value != ""]
            if filled:
                extent.add(row, filled[0])
                extent.add(row, filled[-1])
                rows[row] = (filled[0], values[filled[0] : filled[-1] + 1])
        self._allow(len(percents) + len(sheet.merged_cells))
        extent.require(limits.CELLS, sheet.name)
        return Sheet(
            sheet.name,
            rectangle(rows, extent) if rows else [],
            extent.top if rows else 0,
            extent.left if rows else 0,
            [((top, left), (bottom - 1, right - 1)) for top, bottom, left, right in sheet.merged_cells],
            hidden=sheet.visibility != 0,
            hidden_rows=frozenset(row for row, info in sheet.rowinfo_map.items() if info.hidden),
            hidden_columns=frozenset(column for column, info in sheet.colinfo_map.items() if info.hidden),
            percents=frozenset(percents),
            date1904=self._book.datemode == 1,
        )

    def _row(self, sheet: Any, row: int, percents: set[Place]) -> list[Value]:  # noqa: ANN401
        """The values of a row from column A on; its percentages are noted."""
        kinds, values = sheet.row_types(row), sheet.row_values(row)
        self._cells += len(kinds)
        if self._cells > limits.CELLS:
            raise too_many_cells(sheet.name)
        read = [self._value(kind, value) for kind, value in zip(kinds, values, strict=True)]
        self._characters += sum(len(value) for value in read if isinstance(value, str))
        if self._characters > limits.TEXT_CHARACTERS:
            raise too_much_text(sheet.name)
        if self._scaled:
            for column, kind in enumerate(kinds):
                if kind == xlrd.XL_CELL_NUMBER and sheet.cell_xf_index(row, column) in self._scaled:
                    self._allow(1)
                    read[column] = Unreadable("scaled_format", f"{values[column]:g}")
        if self._percents:
            percents.update(
                (row, column)
                for column, kind in enumerate(kinds)
                if kind == xlrd.XL_CELL_NUMBER and sheet.cell_xf_index(row, column) in self._percents
            )
        return read

    def _marked(self, sheet: Any) -> dict[int, dict[int, Value]]:  # noqa: ANN401
        """What the texts say, by row and column, of which parts are marked."""
        found: dict[int, dict[int, Value]] = {}
        for (row, column), changes in sheet.rich_text_runlist_map.items():
            runs = self._runs(str(sheet.cell_value(row, column)), changes)
            if any(mark for _, mark in runs):
                self._allow(1)
                found.setdefault(row, {})[column] = settle(runs)
        return found

    def _runs(self, text: str, changes: Sequence[tuple[int, int]]) -> list[Run]:
        """A text by its fonts, given where each begins; before the first stands the cell's own."""
        starts = [0, *(start for start, _ in changes)]
        marks = [None, *(self._mark(font) for _, font in changes)]
        return [(text[a:b], mark) for a, b, mark in zip(starts, [*starts[1:], len(text)], marks, strict=True)]

    def _mark(self, index: int) -> Mark | None:
        if not 0 <= index < len(self._book.font_list):
            return None
        font = self._book.font_list[index]
        return Mark.STRUCK if font.struck_out else _ALIGNED.get(font.escapement)

    def _value(self, kind: int, value: Any) -> Value:  # noqa: ANN401
        if kind == xlrd.XL_CELL_TEXT:
            return str(value)
        if kind == xlrd.XL_CELL_NUMBER:
            return float(value)
        if kind == xlrd.XL_CELL_DATE:
            return _moment(value, self._book.datemode)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if kind == xlrd.XL_CELL_ERROR:
            self._allow(1)
            return Unreadable("error_cell", xlrd.error_text_from_code.get(value, "#N/A"))
        return ""

    def _allow(self, count: int) -> None:
        self._noted += count
        if self._noted > limits.NOTED_CELLS:
            raise too_many_cells()


def _moment(number: float, datemode: int) -> date | datetime | time | float:
    """What a number in a cell with a date format is; a number that no date has stays one."""
    try:
        moment: datetime = xlrd.xldate.xldate_as_datetime(number, datemode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return number
    if 0 <= number < 1:
        return moment.time()
    return moment.date() if moment.time() == time() else moment


def _uncomputed(content: Any, place: int) -> dict[int, dict[int, Unreadable]]:  # noqa: ANN401 - bytes or a memory map
    """The formulas of a sheet, by row and column, that no program has computed.

    The format has no formula without a value. Programs that compute nothing say "to be computed on load" beside a
    zero, or give a blank text where the expression can only be a number, or a zero where it can only be a text.
    """
    found: dict[int, dict[int, Unreadable]] = {}
    for code, start, length in _records(content, place):
        if code == _FORMULA_RECORD and length >= _FORMULA.size:
            row, column, _, value, flags, size = _FORMULA.unpack_from(content, start)
            expression = content[start + _FORMULA.size : start + min(length, _FORMULA.size + size)]
            pending = value == _NO_NUMBER and (flags & _NEVER_COMPUTED or expression.endswith(_JOINED))
            if pending or (value[6:] == b"\xff\xff" and value[:1] == _BLANK_TEXT and _is_number(expression)):
                found.setdefault(row, {})[column] = Unreadable("uncached_formula", "=…")
    return found


def _records(content: Any, place: int) -> Iterator[tuple[int, int, int]]:  # noqa: ANN401
    """Code, start and length of each record of a sheet that begins at ``place``; sheets of charts within it too."""
    depth = 0
    while place + _RECORD.size <= len(content):
        code, length = _RECORD.unpack_from(content, place)
        depth += (code == _BEGIN_OF_SHEET) - (code == _END_OF_SHEET)
        if depth <= 0:
            return
        place += _RECORD.size
        if depth == 1:
            yield code, place, length
        place += length


def _is_number(expression: bytes) -> bool:
    """Whether an expression, written operands first, ends with an operation that gives a number."""
    return expression[-1:] in _ARITHMETIC or expression.endswith(_SUMS)
