"""A sheet as an office would lay it out, and its writing to .xlsx, .xls, .ods or .csv with the same bytes each time.

What a sheet says belongs to ``forms`` and ``scenario``; only cells, merged areas and files belong here.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple, TypeAlias
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
import xlwt
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Value: TypeAlias = str | int | float | date | None
Area: TypeAlias = tuple[int, int, int, int]

_FIXED = datetime.fromisoformat("2020-01-01")
_ADDRESS = re.compile(r"([A-Z]+)([1-9]\d*)")
_DEFAULT_WIDTH = 14


@dataclass
class Sheet:
    """One sheet of a workbook: rows of cells counted from A1, None for an empty cell.

    Attributes:
        name: the sheet's name.
        rows: the cells, row by row; rows may be of different lengths.
        merges: merged areas as (first row, first column, last row, last column), counted from 0, both ends included;
            the value stands in the upper left cell.
        widths: column widths in characters, from the first column on.
        bold: rows printed in bold (titles, header), counted from 0.
        table: first and last row with borders, counted from 0.
    """

    name: str
    rows: list[list[Value]]
    merges: list[Area] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    bold: set[int] = field(default_factory=set)
    table: tuple[int, int] | None = None

    def get(self, address: str) -> Value:
        """The value at an address such as ``D9``; None outside the written area."""
        row, column = position(address)
        cells = self.rows[row] if row < len(self.rows) else []
        return cells[column] if column < len(cells) else None

    def set(self, address: str, value: Value) -> None:
        """Put ``value`` at an address such as ``D9``, growing the sheet where needed."""
        row, column = position(address)
        while len(self.rows) <= row:
            self.rows.append([])
        cells = self.rows[row]
        cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = value

    def find(self, label: str) -> str:
        """The address of the first cell whose whole text is ``label``.

        Raises:
            KeyError: no cell says that.
        """
        for row, cells in enumerate(self.rows):
            for column, value in enumerate(cells):
                if value == label:
                    return address_of(row, column)
        raise KeyError(label)

    def beside(self, label: str, column: str) -> str:
        """The address in ``column`` (a letter) of the row in which a cell says exactly ``label``."""
        return f"{column}{position(self.find(label))[0] + 1}"

    def shifted(self, rows: int, columns: int) -> Sheet:
        """The same sheet with empty rows above it and empty columns left of it."""
        blank: list[Value] = [None] * columns
        return replace(
            self,
            rows=[[] for _ in range(rows)] + [[*blank, *cells] for cells in self.rows],
            merges=[(a + rows, b + columns, c + rows, d + columns) for a, b, c, d in self.merges],
            widths=[3] * columns + self.widths,
            bold={row + rows for row in self.bold},
            table=(self.table[0] + rows, self.table[1] + rows) if self.table else None,
        )

    def with_text_numbers(self) -> Sheet:
        """The same sheet with every number written as Vietnamese text, ``1.234,5``."""
        return replace(self, rows=[[vietnamese(v) if is_number(v) else v for v in cells] for cells in self.rows])


def is_number(value: Value) -> bool:
    """Whether a cell holds a number."""
    return isinstance(value, int | float)


def vietnamese(value: Value) -> str:
    """A number as Vietnamese offices type it: points group thousands, a comma stands before decimals."""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def position(address: str) -> tuple[int, int]:
    """Row and column of an address, counted from 0: ``B3`` is (2, 1).

    Raises:
        ValueError: the text is not an address.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(f"expected a cell address like D9, found {address!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def address_of(row: int, column: int) -> str:
    """The address of a cell counted from 0: (2, 1) is ``B3``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write ``sheets`` to ``path`` in the format its suffix names (.csv takes the first sheet only).

    Raises:
        ValueError: no writer for that suffix.
    """
    writer = _WRITERS.get(path.suffix)
    if writer is None:
        raise ValueError(f"expected one of {', '.join(_WRITERS)}, found {path.name!r}")
    path.write_bytes(writer(sheets))


class _Look(NamedTuple):
    bold: bool
    border: bool
    day: bool


def _xlsx(sheets: Sequence[Sheet]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": "Số liệu minh họa", "created": _FIXED})
    formats: dict[_Look, Format] = {}
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for column, width in enumerate(sheet.widths):
            page.set_column(column, column, width)
        covering = {(area[0], area[1]): area for area in sheet.merges}
        for row, cells in enumerate(sheet.rows):
            for column, value in enumerate(cells):
                key = _Look(row in sheet.bold, _bordered(sheet, row), isinstance(value, date))
                if key not in formats:
                    formats[key] = book.add_format(_xlsx_format(key))
                area = covering.get((row, column))
                if area is not None:
                    page.merge_range(*area, "", formats[key])
                _xlsx_cell(page, row, column, value, formats[key])
    book.close()
    return buffer.getvalue()


def _xlsx_cell(page: Worksheet, row: int, column: int, value: Value, cell_format: Format) -> None:
    if isinstance(value, str):
        page.write_string(row, column, value, cell_format)
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, time()), cell_format)
    elif value is not None:
        page.write_number(row, column, value, cell_format)


def _xlsx_format(look: _Look) -> dict[str, object]:
    options: dict[str, object] = {"bold": look.bold, "border": int(look.border)}
    if look.bold and look.border:
        options |= {"align": "center", "valign": "vcenter", "text_wrap": True}
    if look.day:
        options["num_format"] = "dd/mm/yyyy"
    return options


def _bordered(sheet: Sheet, row: int) -> bool:
    return sheet.table is not None and sheet.table[0] <= row <= sheet.table[1]


def _xls(sheets: Sequence[Sheet]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    plain, bold = xlwt.easyxf(), xlwt.easyxf("font: bold on")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        for column, width in enumerate(sheet.widths):
            page.col(column).width = width * 256
        for first_row, first_column, last_row, last_column in sheet.merges:
            page.merge(first_row, last_row, first_column, last_column)
        for row, cells in enumerate(sheet.rows):
            for column, value in enumerate(cells):
                if value is not None:
                    page.write(
                        row, column, value, day if isinstance(value, date) else bold if row in sheet.bold else plain
                    )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _ods(sheets: Sequence[Sheet]) -> bytes:
    """A minimal OpenDocument spreadsheet, put together by hand: writers of it keep the clock and a global state."""
    content = _ODS_CONTENT.format(tables="".join(_ods_table(sheet) for sheet in sheets))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text, packing in (
            ("mimetype", _ODS_TYPE, zipfile.ZIP_STORED),
            ("content.xml", content, zipfile.ZIP_DEFLATED),
            ("meta.xml", _ODS_META, zipfile.ZIP_DEFLATED),
            ("META-INF/manifest.xml", _ODS_MANIFEST, zipfile.ZIP_DEFLATED),
        ):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = packing
            archive.writestr(entry, text.encode())
    return buffer.getvalue()


def _ods_table(sheet: Sheet) -> str:
    spans = {(a, b): (c - a + 1, d - b + 1) for a, b, c, d in sheet.merges}
    covered = {(r, k) for a, b, c, d in sheet.merges for r in range(a, c + 1) for k in range(b, d + 1)} - set(spans)
    width = max(len(cells) for cells in sheet.rows)
    rows = []
    for row, cells in enumerate(sheet.rows):
        line = []
        for column, value in enumerate([*cells, *[None] * (width - len(cells))]):
            if (row, column) in covered:
                line.append("<table:covered-table-cell/>")
                continue
            look = ' table:style-name="dam"' if row in sheet.bold else ""
            line.append(f"<table:table-cell{look}{_ods_span(spans.get((row, column)))}{_ods_value(value)}")
        rows.append(f"<table:table-row>{''.join(line)}</table:table-row>")
    columns = f'<table:table-column table:number-columns-repeated="{width}"/>'
    return f"<table:table table:name={quoteattr(sheet.name)}>{columns}{''.join(rows)}</table:table>"


def _ods_span(span: tuple[int, int] | None) -> str:
    if span is None:
        return ""
    return f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'


def _ods_value(value: Value) -> str:
    """The rest of a cell: its typed value, and the text that a reader sees."""
    if value is None:
        return "/>"
    if isinstance(value, str):
        kind, shown = 'office:value-type="string"', value
    elif isinstance(value, date):
        kind, shown = f'office:value-type="date" office:date-value="{value.isoformat()}"', f"{value:%d/%m/%Y}"
    else:
        kind, shown = f'office:value-type="float" office:value="{value!r}"', vietnamese(value)
    return f" {kind}><text:p>{escape(shown)}</text:p></table:table-cell>"


_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ODS_CONTENT = (
    f'{_XML}<office:document-content office:version="1.2" xmlns:office="{_ODS_NAMES}:office:1.0" '
    f'xmlns:table="{_ODS_NAMES}:table:1.0" xmlns:text="{_ODS_NAMES}:text:1.0" xmlns:style="{_ODS_NAMES}:style:1.0" '
    f'xmlns:fo="{_ODS_NAMES}:xsl-fo-compatible:1.0"><office:automatic-styles>'
    '<style:style style:name="dam" style:family="table-cell"><style:text-properties fo:font-weight="bold"/>'
    "</style:style></office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
    "</office:body></office:document-content>"
)
_ODS_META = (
    f'{_XML}<office:document-meta office:version="1.2" xmlns:office="{_ODS_NAMES}:office:1.0" '
    f'xmlns:meta="{_ODS_NAMES}:meta:1.0"><office:meta><meta:creation-date>{_FIXED.isoformat()}</meta:creation-date>'
    "</office:meta></office:document-meta>"
)
_ODS_MANIFEST = (
    f'{_XML}<manifest:manifest manifest:version="1.2" xmlns:manifest="{_ODS_NAMES}:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _csv(sheets: Sequence[Sheet]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for cells in sheets[0].rows:
        writer.writerow([_csv_text(value) for value in cells])
    return buffer.getvalue().encode("utf-8-sig")


def _csv_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return vietnamese(value) if is_number(value) else str(value)


_WRITERS: dict[str, Callable[[Sequence[Sheet]], bytes]] = {".xlsx": _xlsx, ".xls": _xls, ".ods": _ods, ".csv": _csv}
