"""The report laid out as a workbook: a summary, then a sheet a table, each with a frozen header and ready for A4.

Every text is written as a text: what begins with ``=`` is no formula. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lagi_pipeline.reporting.content import Cell, Column, QuarterReport, Table
from lagi_pipeline.reporting.excel.number_formats import DAY_FORMAT, MOMENT_FORMAT, number_format
from lagi_pipeline.reporting.excel.sheets import SUMMARY, Sheet, is_no_figure, sheets_of

MARK = "SỐ LIỆU MINH HỌA – không phải số liệu chính thức"
"""Stands at the top of every sheet and on every printed page where a figure is illustrative."""
HEADER_ROW = 4
"""Of a table's sheet, counted from 0: above it stand the title, of when it is, and the mark."""
_FONT, _SIZE = "Times New Roman", 11
_INK, _RULE, _SHADE, _WARNING = "#1F3864", "#8EA9C8", "#DCE6F1", "#9C0006"
_A4 = 9
_LONGEST_TEXT = 32767
_CUT = " … (còn nữa; đủ trong lagi.duckdb)"
_WIDEST = 60
_FILTER_ROOM = 2
_TEXT_WIDTH = 78
_LINE_HEIGHT, _HIGHEST = 15.0, 409.0
"""In points; the second is the most that a row may have. Rows are given their height, for not every program finds it
itself when it opens a file."""
_LETTERS_PER_WIDTH = 1.2
"""A column's width counts digits; Vietnamese text in this font takes a little less."""
_Look = Mapping[str, Any]
_CELL: _Look = {"border": 1, "border_color": _RULE, "text_wrap": True, "valign": "vcenter"}
_TEXT: _Look = {"num_format": "@", "indent": 1}
_HEAD: _Look = {"bold": True, "bg_color": _SHADE, "align": "center", "valign": "vcenter", "text_wrap": True}
_TITLE: _Look = {"bold": True, "font_size": 14, "font_color": _INK}
_SECTION: _Look = {"bold": True, "font_size": 12, "font_color": _INK, "bottom": 1, "bottom_color": _RULE}
_ASIDE: _Look = {"italic": True, "font_color": "#404040"}
_MARKED: _Look = {"bold": True, "font_color": _WARNING}
_SENTENCE: _Look = {"text_wrap": True, "valign": "top"}
_LINK: _Look = {"font_color": "#0563C1", "underline": 1}
_NO_FIGURE: _Look = {"align": "right", "font_color": "#595959"}
_ILLUSTRATIVE: _Look = {"italic": True}
_SECTIONS = {
    "summary": "Kết quả chung",
    "at_risk": "Chỉ tiêu có nguy cơ không đạt",
    "late": "Cơ quan chậm báo cáo",
    "changes": "Thay đổi so với báo cáo đã phát hành",
}


def excel_workbook(report: QuarterReport) -> bytes:
    """The report of a quarter as the bytes of an .xlsx.

    Numbers are stored unrounded, in the unit of their line, and shown as the report prints them; the separators are
    those of the reader's system. Days are days. No figure is the text ``…``. What is illustrative is in italics with
    ``(*)``.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": _title(report), "created": report.evaluated_at.replace(microsecond=0)})
        formats = _Formats(book)
        sheets = sheets_of(report)
        _write_summary(book.add_worksheet(SUMMARY), report, sheets, formats)
        for sheet in sheets:
            _write_table(book.add_worksheet(sheet.name), report, sheet.table, formats)
    return buffer.getvalue()


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, *looks: _Look) -> Format:
        """The format of some looks, later ones over earlier ones."""
        options: dict[str, Any] = {"font_name": _FONT, "font_size": _SIZE}
        for look in looks:
            options |= look
        key = tuple(sorted(options.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(options)
        return self._made[key]


def _title(report: QuarterReport) -> str:
    return f"Kết quả thực hiện các chỉ tiêu, nhiệm vụ {report.quarter.label_vi}"


def _as_of(report: QuarterReport) -> str:
    return f"{report.quarter.label_vi}; {report.status_vi}; đánh giá lúc {report.evaluated_at:%d/%m/%Y %H:%M}"


def _write_head(page: Worksheet, title: str, report: QuarterReport, formats: _Formats) -> None:
    """The first rows of every sheet: what it is, of when, and the mark."""
    _write_text(page, 0, 0, title, formats.of(_TITLE))
    _write_text(page, 1, 0, _as_of(report), formats.of(_ASIDE))
    if report.is_illustrative:
        _write_text(page, 2, 0, MARK, formats.of(_MARKED))


def _write_summary(page: Worksheet, report: QuarterReport, sheets: Sequence[Sheet], formats: _Formats) -> None:
    """Page one's sentences, then the way to the other sheets."""
    page.set_column(0, 0, _TEXT_WIDTH)
    _write_head(page, _title(report), report, formats)
    _write_sentence(page, 3, report.resolution_vi, formats.of(_SENTENCE, _ASIDE))
    row = 5
    for part, heading in _SECTIONS.items():
        sentences: tuple[str, ...] = getattr(report, part)
        if not sentences:
            continue
        _write_text(page, row, 0, heading, formats.of(_SECTION))
        for at, sentence in enumerate(sentences, start=row + 1):
            _write_sentence(page, at, sentence, formats.of(_SENTENCE))
        row += len(sentences) + 2
    _write_text(page, row, 0, "Các bảng trong tệp này", formats.of(_SECTION))
    for at, sheet in enumerate(sheets, start=row + 1):
        said = f"{sheet.name}: {sheet.table.title_vi}" if sheet.name != sheet.table.title_vi else sheet.name
        quoted = sheet.name.replace("'", "''")
        page.write_url(at, 0, f"internal:'{quoted}'!A1", formats.of(_LINK), said)
    _prepare_print(page, report, row + len(sheets), 0)
    page.set_portrait()


def _write_table(page: Worksheet, report: QuarterReport, table: Table, formats: _Formats) -> None:
    """A table under its frozen header; where it has no row, the words that say so."""
    _write_head(page, table.title_vi, report, formats)
    last_column = len(table.columns) - 1
    widths = [_width(table, at) for at in range(len(table.columns))]
    for at, column in enumerate(table.columns):
        page.set_column(at, at, widths[at])
        _write_text(page, HEADER_ROW, at, column.title_vi, formats.of(_CELL, _HEAD))
    titles = [column.title_vi for column in table.columns]
    page.set_row(HEADER_ROW, _height(titles, [width - _FILTER_ROOM for width in widths]) + _LINE_HEIGHT / 2)
    for row, cells in enumerate(table.rows, start=HEADER_ROW + 1):
        page.set_row(row, _height([cell.text for cell in cells], widths))
        for at, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
            _write_cell(page, (row, at), cell, column, formats)
    last_row = HEADER_ROW + len(table.rows)
    if table.rows:
        page.autofilter(HEADER_ROW, 0, last_row, last_column)
        page.ignore_errors({"number_stored_as_text": f"A{HEADER_ROW + 2}:A{last_row + 1}"})
    below = list(table.notes) if table.rows else [table.empty_vi, *table.notes]
    for at, note in enumerate(below, start=last_row + 1):
        _write_text(page, at, 0, note, formats.of(_ASIDE))
    page.freeze_panes(HEADER_ROW + 1, _frozen_columns(table))
    page.repeat_rows(HEADER_ROW)
    _prepare_print(page, report, last_row + len(below), last_column)


def _write_cell(page: Worksheet, place: tuple[int, int], cell: Cell, column: Column, formats: _Formats) -> None:
    look = _ILLUSTRATIVE if cell.illustrative else {}
    value = cell.value
    match value:
        case datetime():
            shown = formats.of(_CELL, look, {"num_format": MOMENT_FORMAT, "align": "center"})
            page.write_datetime(*place, value.replace(tzinfo=None), shown)
        case date():
            shown = formats.of(_CELL, look, {"num_format": DAY_FORMAT, "align": "center"})
            page.write_datetime(*place, datetime.combine(value, time()), shown)
        case int() | float():
            shown = formats.of(_CELL, look, {"num_format": number_format(cell, value), "align": "right"})
            page.write_number(*place, value, shown)
        case _ if is_no_figure(cell, column):
            _write_text(page, *place, cell.text, formats.of(_CELL, _NO_FIGURE))
        case _:
            _write_text(page, *place, cell.text, formats.of(_CELL, look, _TEXT))


def _write_sentence(page: Worksheet, row: int, sentence: str, shown: Format) -> None:
    """A sentence of the first sheet, in as many lines as it needs."""
    page.set_row(row, _height([sentence], [_TEXT_WIDTH]))
    _write_text(page, row, 0, sentence, shown)


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """Of a row in points, so that every text is seen whole in its column."""
    lines = [
        sum(len(textwrap.wrap(line, max(int(width * _LETTERS_PER_WIDTH) - 2, 1))) or 1 for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    ]
    return min(max(lines) * _LINE_HEIGHT + 4, _HIGHEST)


def _write_text(page: Worksheet, row: int, at: int, text: str, shown: Format) -> None:
    """A text as it is, never as a formula, a link or a number; cut, and said to be, where a cell cannot hold it."""
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - len(_CUT)] + _CUT
    if text:
        page.write_string(row, at, text, shown)
    else:
        page.write_blank(row, at, None, shown)


def _width(table: Table, at: int) -> int:
    """Of a column in characters: as it says, and wide enough for its longest number and the longest word above it."""
    column = table.columns[at]
    words = max(map(len, column.title_vi.split()), default=0) + _FILTER_ROOM
    numbers = 0
    if column.kind != "text":
        numbers = max((len(row[at].text) for row in table.rows), default=0) + _FILTER_ROOM
    return min(max(column.width, words, numbers), _WIDEST)


def _frozen_columns(table: Table) -> int:
    """The columns that stay in sight: up to the first that is as wide as a name."""
    named = (at for at, column in enumerate(table.columns) if column.width >= 18)  # noqa: PLR2004 - a name's width
    return next(named, 0) + 1


def _prepare_print(page: Worksheet, report: QuarterReport, last_row: int, last_column: int) -> None:
    """A4 landscape, as wide as the paper, with the mark and the page's number on every page."""
    page.set_paper(_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    page.print_area(0, 0, max(last_row, 1), max(last_column, 0))
    if report.is_illustrative:
        page.set_header(f'&C&"{_FONT},Bold"&10{_escaped(MARK)}')
    page.set_footer(f'&L&"{_FONT},Italic"&9{_escaped(_as_of(report))}&R&"{_FONT},Regular"&9&A – trang &P/&N')


def _escaped(text: str) -> str:
    """Text for a header or a footer, in which ``&`` begins a command."""
    return text.replace("&", "&&")
