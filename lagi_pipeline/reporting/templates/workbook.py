"""A blank workbook written as xlsx, the same bytes each time: locked labels, open cells, validation, print setup."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lagi_pipeline.intake.form import CellKind, Column, Form, Listing, Outline
from lagi_pipeline.reporting.templates.books import TemplateBook
from lagi_pipeline.reporting.templates.bounds import bounds_of, kind_spoken, names_unit, need_spoken, words_of
from lagi_pipeline.reporting.templates.guidance import SHEET, WIDTH, Guidance, Style, guidance_of
from lagi_pipeline.reporting.templates.layout import Area, BodyRow, Layout, Look, RowKind, TableColumn, Text
from lagi_pipeline.vietnamese.text import capitalised

_FIXED = datetime.fromisoformat("2020-01-01")
_FONT, _SIZE = "Times New Roman", 12
_OPEN, _LOCKED, _HEADER = "#FFFBE6", "#F2F2F2", "#DCE6F1"
_A4 = 9
_FROZEN_COLUMNS = 2
_LINE_HEIGHT, _ROW_HEIGHT = 16.5, 18
_LONGEST_MESSAGE, _LONGEST_CAPTION, _LONGEST_LIST, _LONGEST_SHEET = 255, 32, 255, 31
_WIDEST = 10**15
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
_GUIDANCE_WIDTHS = (6, 44, 34, 22, 34, 20)
_NUMBER_FORMATS = {
    CellKind.TEXT: "@",
    CellKind.FIGURE: "#,##0.00",
    CellKind.COUNT: "#,##0",
    CellKind.DAY: "dd/mm/yyyy",
}
_ZERO_DASH = '#,##0.00;-#,##0.00;"-"'
_Look = Mapping[str, Any]
_TEXT_LOOKS: dict[Look, _Look] = {
    Look.AGENCY: {"bold": True, "align": "center"},
    Look.MOTTO: {"bold": True, "align": "center"},
    Look.DATED: {"italic": True, "align": "center"},
    Look.TITLE: {"bold": True, "align": "center", "font_size": 14, "text_wrap": True},
    Look.PERIOD: {"bold": True, "align": "center"},
    Look.PREFACE: {"italic": True, "align": "center"},
    Look.NOTE: {"italic": True},
    Look.UNIT: {"italic": True, "align": "right"},
    Look.LINE: {"bold": True},
    Look.FIGURE: {"num_format": "#,##0.00", "border": 1},
    Look.SIGNATURE: {"bold": True, "align": "center"},
}
_STYLES: dict[Style, _Look] = {
    Style.TITLE: {"bold": True, "font_size": 14},
    Style.SECTION: {"bold": True, "bg_color": _HEADER},
    Style.HEAD: {"bold": True, "border": 1, "bg_color": _LOCKED, "align": "center"},
    Style.CELLS: {"border": 1},
    Style.TEXT: {},
}


def write_template(folder: Path, book: TemplateBook) -> Path:
    """Write a blank workbook into a folder, over one of the same name; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / book.file_name
    partial = path.with_suffix(".partial")
    partial.write_bytes(template_bytes(book))
    return partial.replace(path)


def template_bytes(book: TemplateBook) -> bytes:
    """A blank workbook: a sheet a form, and the instructions last, so that a csv of it is the form."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as out:
        out.set_properties({"title": book.name_vi, "created": _FIXED})
        formats = _Formats(out)
        guidance = guidance_of(book)
        for layout in book.layouts:
            _FormPage(out.add_worksheet(layout.sheet[:_LONGEST_SHEET]), layout, formats, guidance).write()
        _write_guidance(out.add_worksheet(SHEET), guidance, formats)
    return buffer.getvalue()


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, *looks: _Look, is_open: bool = False) -> Format:
        """The format of some looks, later ones over earlier ones; open cells are not locked and lightly coloured."""
        options: dict[str, Any] = {"font_name": _FONT, "font_size": _SIZE, "valign": "vcenter"}
        for look in looks:
            options |= look
        options |= {"locked": False, "bg_color": _OPEN} if is_open else {}
        key = tuple(sorted(options.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(options)
        return self._made[key]


@dataclass(frozen=True)
class _FormPage:
    """The worksheet of a form."""

    page: Worksheet
    layout: Layout
    formats: _Formats
    guidance: Guidance

    def write(self) -> None:
        for at, column in enumerate(self.layout.columns):
            self.page.set_column(at, at, column.width)
        for text in self.layout.texts:
            self._write_text(text)
        self._write_header()
        self._write_body()
        self._validate()
        self._finish()

    def _write_text(self, text: Text) -> None:
        shown = self.formats.of(_TEXT_LOOKS[text.look], is_open=text.is_open)
        _write_area(self.page, text.area, text.text, shown)
        if text.look is Look.TITLE:
            width = sum(column.width for column in self.layout.columns)
            self.page.set_row(text.area.row, _height(text.text, width / 1.5))
        options: dict[str, Any] = {"validate": "any"}
        if text.choices:
            options = {"validate": "list", "source": list(text.choices), "error_type": "information"}
        elif text.look is Look.FIGURE:
            options = {"validate": "decimal", "criteria": ">=", "value": 0, **_error("Cần một số, từ 0 trở lên.")}
        if text.hint:
            options |= _input("Cách ghi", text.hint)
            self.page.data_validation(text.area.row, text.area.column, text.area.row, text.area.column, options)

    def _write_header(self) -> None:
        look = {"bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": _HEADER}
        heights: dict[int, float] = {}
        for area, label in self.layout.header:
            _write_area(self.page, area, label, self.formats.of(look))
            width = sum(column.width for column in self.layout.columns[area.column : area.last_column + 1])
            share = _height(label, width) / (area.last_row - area.row + 1)
            for row in range(area.row, area.last_row + 1):
                heights[row] = max(heights.get(row, 0), share)
        for row, height in heights.items():
            self.page.set_row(row, height)
        small = {"italic": True, "border": 1, "align": "center", "font_size": 10}
        for at, number in enumerate(self.layout.numbering):
            self.page.write_string(self.layout.first_row - 1, at, number, self.formats.of(small))

    def _write_body(self) -> None:
        for row, body in enumerate(self.layout.body, start=self.layout.first_row):
            self.page.set_row(row, _ROW_HEIGHT)
            for at, column in enumerate(self.layout.columns):
                shown = self._cell_format(body, at, column)
                value = body.printed.get(at)
                if value is None:
                    self.page.write_blank(row, at, None, shown)
                elif isinstance(value, str):
                    self.page.write_string(row, at, value, shown)
                else:
                    self.page.write_number(row, at, value, shown)

    def _cell_format(self, body: BodyRow, at: int, column: TableColumn) -> Format:
        """What names a row is locked, and what stands printed but for proposals of an outline; the rest is open."""
        names_row = at <= self.layout.label and body.kind is not RowKind.BLANK
        may_change = isinstance(self.layout.form.rows, Outline) and at > self.layout.label
        is_open = not names_row and (may_change or at not in body.printed)
        look: dict[str, Any] = {"border": 1, "bg_color": _LOCKED}
        look |= {"bold": True} if self._is_sum(body) else {}
        if at == self.layout.label:
            look |= {"indent": body.level, "text_wrap": True}
        elif at == 0:
            look |= {"align": "center"}
        if column.column is not None:
            look |= {"num_format": _number_format(self.layout.form, column.column)}
        return self.formats.of(look, is_open=is_open)

    def _is_sum(self, body: BodyRow) -> bool:
        is_top = body.kind is RowKind.NAMED and body.level == 0 and any(row.level for row in self.layout.body)
        return is_top or body.kind in {RowKind.TOTAL, RowKind.BLOCK}

    def _validate(self) -> None:
        first, last = self.layout.first_row, self.layout.first_row + len(self.layout.body) - 1
        for at, column in enumerate(self.layout.columns):
            if column.column is not None:
                self.page.data_validation(first, at, last, at, self._validation(column.column))

    def _validation(self, column: Column) -> dict[str, Any]:
        form = self.layout.form
        options = {"ignore_blank": True} | self._allowed(column)
        hint = f"{capitalised(kind_spoken(form, column))} ({need_spoken(form, column)})."
        return (
            options | _input(column.title_vi, hint) | _error(f"«{column.title_vi}»: cần {kind_spoken(form, column)}.")
        )

    def _allowed(self, column: Column) -> dict[str, Any]:
        form = self.layout.form
        if self.guidance.units and names_unit(form, column):
            first, last = (row + 1 for row in self.guidance.units)
            return {"validate": "list", "source": f"='{SHEET}'!$A${first}:$A${last}"}
        if words := words_of(form, column, self.layout.quarter):
            return {"validate": "list", "source": list(words)}
        if column.kind is CellKind.TEXT:
            return {"validate": "any"}
        if column.kind is CellKind.DAY:
            return {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
        bounds = bounds_of(form, column)
        kind = "integer" if column.kind is CellKind.COUNT else "decimal"
        if bounds.above:
            return {"validate": kind, "criteria": ">", "value": bounds.lowest}
        lowest = -_WIDEST if bounds.lowest is None else bounds.lowest
        highest = _WIDEST if bounds.highest is None else bounds.highest
        return {"validate": kind, "criteria": "between", "minimum": lowest, "maximum": highest}

    def _finish(self) -> None:
        layout, page = self.layout, self.page
        is_list = isinstance(layout.form.rows, Listing)
        page.protect(
            "",
            {"format_columns": True, "format_rows": True, "insert_rows": is_list, "delete_rows": is_list, "sort": True},
        )
        page.freeze_panes(layout.first_row, min(layout.label + 1, _FROZEN_COLUMNS))
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
        page.repeat_rows(*layout.header_rows)
        page.print_area(0, 0, layout.below[-1].area.row, len(layout.columns) - 1)
        page.set_footer(f'&C&"{_FONT}"&10Trang &P/&N')
        page.hide_gridlines(2)


def _number_format(form: Form, column: Column) -> str:
    if column.kind is CellKind.FIGURE and form.zero_dash:
        return _ZERO_DASH
    return _NUMBER_FORMATS[column.kind]


def _write_area(page: Worksheet, area: Area, text: str, shown: Format) -> None:
    if area.is_merged:
        page.merge_range(area.row, area.column, area.last_row, area.last_column, "", shown)
    page.write_string(area.row, area.column, text, shown) if text else page.write_blank(
        area.row, area.column, None, shown
    )


def _height(text: str, width: float) -> float:
    """The height of a text that wraps in a column of so many characters."""
    return _LINE_HEIGHT * ceil(len(text) / width)


def _input(title: str, message: str) -> dict[str, Any]:
    return {"input_title": _cut(title, _LONGEST_CAPTION), "input_message": _cut(message, _LONGEST_MESSAGE)}


def _error(message: str) -> dict[str, Any]:
    return {"error_title": "Không ghi được giá trị này", "error_message": _cut(message, _LONGEST_MESSAGE)}


def _cut(text: str, length: int) -> str:
    """The text where it is short enough, else its whole words that are, and dots."""
    return text if len(text) <= length else f"{text[: length - 1].rpartition(' ')[0]}…"


def _write_guidance(page: Worksheet, guidance: Guidance, formats: _Formats) -> None:
    for at, width in enumerate(_GUIDANCE_WIDTHS):
        page.set_column(at, at, width)
    for row, line in enumerate(guidance.lines):
        shown = formats.of(_STYLES[line.style], {"text_wrap": True, "valign": "top"})
        if len(line.cells) == 1:
            area = Area(row, 0, row, WIDTH - 1)
            _write_area(page, area, line.cells[0], shown)
            page.set_row(row, _height(line.cells[0], sum(_GUIDANCE_WIDTHS)))
        else:
            for at, cell in enumerate(line.cells):
                page.write_string(row, at, cell, shown)
            page.set_row(
                row, max(_height(cell, width) for cell, width in zip(line.cells, _GUIDANCE_WIDTHS, strict=False))
            )
    page.protect("", {"format_columns": True, "format_rows": True})
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_footer(f'&C&"{_FONT}"&10Trang &P/&N')
    page.hide_gridlines(2)
