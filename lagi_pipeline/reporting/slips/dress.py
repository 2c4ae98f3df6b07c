"""The look of an xlsx workbook's cells, as far as a slip takes it over."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles.colors import Color
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from lagi_pipeline.intake.grid import Sheet
from lagi_pipeline.reporting.slips.marking import Look

log = logging.getLogger(__name__)

_WIDTH_PADDING = 5 / 7
"""What a file's width of a column has beyond the characters that the column shows."""
_MOST_XML_BYTES = 16 * 2**20
"""Unpacked, of a workbook whose look is taken over: openpyxl needs some ten times as much memory."""


@dataclass
class Dress:
    """The look of a sheet; positions are counted from 0, widths in characters, heights in points."""

    looks: dict[tuple[int, int], Look] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)


def read_dresses(path: Path, sheets: Sequence[Sheet]) -> dict[str, Dress]:
    """The look of each sheet by its name; none where the file is no xlsx, or too large for that."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_XML_BYTES:
                return {}
        with path.open("rb") as stream:
            book = load_workbook(stream, data_only=True, keep_vba=False, keep_links=False)
        by_name = {sheet.name: sheet for sheet in sheets}
        return {page.title: _dress(page, by_name[page.title]) for page in book.worksheets if page.title in by_name}
    except zipfile.BadZipFile:
        return {}
    except Exception as defect:  # noqa: BLE001 - the look is a courtesy; an xlsx or an ods that openpyxl cannot load has none
        log.debug("%s: the copy is plain (%s)", path.name, type(defect).__name__)
        return {}


def _dress(page: Worksheet, sheet: Sheet) -> Dress:
    width = len(sheet.rows[0]) if sheet.rows else 0
    last_row, last_column = sheet.first_row + len(sheet.rows), sheet.first_column + width
    dress = Dress()
    if width:
        area = page.iter_rows(sheet.first_row + 1, last_row, sheet.first_column + 1, last_column)
        dress.looks = _looks(cell for row in area for cell in row if isinstance(cell, Cell))
    for letters, column in page.column_dimensions.items():
        first = column_index_from_string(letters) - 1
        places = range(first, min(max(column.max or 0, first + 1), last_column))
        if column.customWidth:
            dress.widths |= dict.fromkeys(places, max(column.width - _WIDTH_PADDING, 0))
        if column.hidden:
            dress.hidden_columns.update(places)
    dress.heights = {
        number - 1: line.height
        for number, line in page.row_dimensions.items()
        if line.height is not None and number <= last_row
    }
    return dress


def _looks(cells: Iterable[Cell]) -> dict[tuple[int, int], Look]:
    """The look of each cell by its position; each style is worked out once."""
    known: dict[int, Look] = {}
    looks: dict[tuple[int, int], Look] = {}
    for cell in cells:
        if cell.style_id not in known:
            known[cell.style_id] = look_of(cell)
        looks[cell.row - 1, cell.column - 1] = known[cell.style_id]
    return looks


_BORDERS = {
    style: number
    for number, style in enumerate(
        (
            "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed", "dashDot",
            "mediumDashDot", "dashDotDot", "mediumDashDotDot", "slantDashDot",
        ),
        start=1,
    )
}  # fmt: skip
_ACROSS = {
    "left": "left",
    "center": "center",
    "right": "right",
    "justify": "justify",
    "centerContinuous": "center_across",
}
_DOWN = {"top": "top", "center": "vcenter", "bottom": "bottom", "justify": "vjustify"}
_OLD_FONT = re.compile(r"\.vn|vni", re.IGNORECASE)
"""Fonts of the encodings before Unicode: the text has been converted and would be garbled in them."""
_READABLE_FONT = "Times New Roman"
_PLAIN_FORMAT = "General"
_STRAIGHT_UP, _STACKED = 90, 255


def look_of(cell: Cell) -> Look:
    """The format of a cell as far as it is taken over.

    A colour of a theme is left out, and with a fill of a theme the font's colour too: white text would vanish.
    """
    font, fill, align = cell.font, cell.fill, cell.alignment
    background = _rgb(fill.fgColor) if fill.fill_type == "solid" else None
    is_themed = fill.fill_type is not None and background is None
    name = font.name or _READABLE_FONT
    turned = align.textRotation or 0
    found: Look = {
        "font_name": _READABLE_FONT if _OLD_FONT.match(name) else name,
        "font_size": font.sz or 11,
        "bold": bool(font.b),
        "italic": bool(font.i),
        "underline": 1 if font.u else 0,
        "font_color": None if is_themed else _rgb(font.color),
        "bg_color": background,
        "align": _ACROSS.get(align.horizontal or ""),
        "valign": _DOWN.get(align.vertical or ""),
        "text_wrap": bool(align.wrapText),
        "indent": int(align.indent or 0),
        "rotation": 270 if turned == _STACKED else turned if turned <= _STRAIGHT_UP else _STRAIGHT_UP - turned,
        "num_format": None if cell.number_format == _PLAIN_FORMAT else cell.number_format,
    }
    for side in ("left", "right", "top", "bottom"):
        line = getattr(cell.border, side)
        found[side] = _BORDERS.get(line.style, 0) if line is not None else 0
    return {name: value for name, value in found.items() if value}


def _rgb(color: Color | None) -> str | None:
    """``#RRGGBB``, None for a colour of a theme or of the system."""
    if color is None or color.type != "rgb" or not isinstance(color.rgb, str):
        return None
    return f"#{color.rgb[-6:]}" if re.fullmatch(r"[0-9A-Fa-f]{8}", color.rgb) else None
