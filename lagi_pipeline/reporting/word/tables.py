"""A table of the report in Word: its head repeated on each page and marked as a head, its rows never split.

Widths are fixed, in the proportion of the columns' own; long words break within their cell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby

from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.table import _Row as WordRow

from lagi_pipeline.reporting.content.model import Column, Table
from lagi_pipeline.reporting.content.printing import sentence
from lagi_pipeline.reporting.word.layout import A4_MM, BOTTOM_MM, TOP_MM, written

_HEAD_SHADE, _GROUP_SHADE = "D9D9D9", "F2F2F2"
_SIDE_MM = 0.7
_NOTE_PT, _BELOW_PT = 11, 4
_REMARKS = "Ghi chú"
_SHORT = 13
"""Rows up to which a table is held together, its head counted: the resolution's twelve lines."""
_PT_PER_MM = 72 / 25.4
_LETTER, _LEADING = 0.5, 1.3
"""How wide a letter is on the average, and how high a line with its share of the padding, by the letters' size."""
_ROOM_MM = A4_MM[0] - TOP_MM - BOTTOM_MM - 15.0
"""The height that a page turned leaves a table below its heading."""
_CENTRED = frozenset({"date", "moment"})


def add_table(
    document: DocumentObject, table: Table, width_mm: float, size: float, group_by: str | None = None
) -> None:
    """A table with the notes below it, or what is said where it has no rows.

    Args:
        document: Where it is added, at the end.
        table: The table.
        width_mm: How wide it is.
        size: The size of its letters, in points.
        group_by: A column whose equal cells become a row of their own above the rows that share them.
    """
    if not table.rows:
        document.add_paragraph(table.empty_vi)
    else:
        _add_rows(document, table, width_mm, size, group_by)
    if table.notes:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        written(paragraph, " ".join(map(sentence, table.notes)), size=_NOTE_PT).italic = True


def _add_rows(document: DocumentObject, table: Table, width_mm: float, size: float, group_by: str | None) -> None:
    at = None if group_by is None else [column.title_vi for column in table.columns].index(group_by)
    kept = [position for position in range(len(table.columns)) if position != at and not _is_blank(table, position)]
    columns = [table.columns[position] for position in kept]
    body = [[row[position].text for position in kept] for row in table.rows]
    titles = ["" if at is None else row[at].text for row in table.rows]
    groups = [
        (title, [text for _, text in members])
        for title, members in groupby(zip(titles, body, strict=True), key=lambda pair: pair[0])
    ]
    heads = 1 if at is None else 1 + len(groups)
    made = document.add_table(rows=len(body) + heads, cols=len(columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    _set_widths(made, columns, width_mm)
    rows = iter(made.rows)
    _fill_head(next(rows), columns, size)
    for title, members in groups:
        if at is not None:
            _fill_group(next(rows), title, size)
        for texts in members:
            _fill_row(next(rows), columns, texts, size)
    _hold_together(made, _height_mm(columns, body, width_mm, size))
    below = document.add_paragraph()
    below.paragraph_format.space_after = Pt(0)
    written(below, " ", size=_BELOW_PT)


def _is_blank(table: Table, position: int) -> bool:
    """Whether a column of remarks has none: it would take the room of the figures."""
    return table.columns[position].title_vi == _REMARKS and not any(row[position].text for row in table.rows)


def _height_mm(columns: Sequence[Column], body: Iterable[Sequence[str]], width_mm: float, size: float) -> float:
    """About how high the rows will be under the head: as many lines as the fullest cell of each needs."""
    letters = [(width - 2 * _SIDE_MM) * _PT_PER_MM / (size * _LETTER) for width in widths_of(columns, width_mm)]
    lines = sum(
        max(math.ceil(max(len(text), 1) / fit) for text, fit in zip(texts, letters, strict=True))
        for texts in ([column.title_vi for column in columns], *body)
    )
    return lines * size * _LEADING / _PT_PER_MM


def _hold_together(made: WordTable, height_mm: float) -> None:
    """A short table is not torn over two pages, if one can hold it; another may be, at any row but the first."""
    rows = list(made.rows)
    is_held = len(rows) <= _SHORT and height_mm <= _ROOM_MM
    for row in rows[:-1] if is_held else rows[:1]:
        for paragraph in row.cells[0].paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def widths_of(columns: Sequence[Column], width_mm: float) -> list[float]:
    """The width of each column in millimetres, in the proportion of their own; together ``width_mm``."""
    total = sum(column.width for column in columns)
    return [width_mm * column.width / total for column in columns]


def _set_widths(made: WordTable, columns: Sequence[Column], width_mm: float) -> None:
    """Of the grid and of every cell: programs differ in which of the two they go by."""
    widths = [Mm(width) for width in widths_of(columns, width_mm)]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for row in made.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _mark(row: WordRow, *marks: str) -> None:
    """Give a row properties that python-docx has no door to: it is not torn, it is repeated."""
    for mark in marks:
        row._tr.get_or_add_trPr().append(OxmlElement(mark))  # noqa: SLF001


def _fill_head(row: WordRow, columns: Sequence[Column], size: float) -> None:
    _mark(row, "w:cantSplit", "w:tblHeader")
    for cell, column in zip(row.cells, columns, strict=True):
        _write(cell, column.title_vi, size, WD_ALIGN_PARAGRAPH.CENTER, bold=True)
        _shade(cell, _HEAD_SHADE)


def _fill_group(row: WordRow, title: str, size: float) -> None:
    _mark(row, "w:cantSplit")
    cell = row.cells[0].merge(row.cells[-1])
    _write(cell, title, size, WD_ALIGN_PARAGRAPH.LEFT, bold=True)
    cell.paragraphs[0].paragraph_format.keep_with_next = True
    _shade(cell, _GROUP_SHADE)


def _fill_row(row: WordRow, columns: Iterable[Column], texts: Iterable[str], size: float) -> None:
    _mark(row, "w:cantSplit")
    for cell, (column, text) in zip(row.cells, zip(columns, texts, strict=True), strict=True):
        _write(cell, text, size, _alignment(column))


def _alignment(column: Column) -> WD_ALIGN_PARAGRAPH:
    if column.kind == "number":
        return WD_ALIGN_PARAGRAPH.RIGHT
    return WD_ALIGN_PARAGRAPH.CENTER if column.kind in _CENTRED else WD_ALIGN_PARAGRAPH.LEFT


def _write(cell: WordCell, text: str, size: float, alignment: WD_ALIGN_PARAGRAPH, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.space_before = Pt(1)
    paragraph.paragraph_format.line_spacing = 1.0
    written(paragraph, text, size=size, bold=bold)
    _pad(cell)


def _pad(cell: WordCell) -> None:
    margins = OxmlElement("w:tcMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(_SIDE_MM * 56.7)))  # twentieths of a point
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    cell._tc.get_or_add_tcPr().append(margins)  # noqa: SLF001 - python-docx has no door to margins


def _shade(cell: WordCell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - python-docx has no door to shading
    margins = properties.find(qn("w:tcMar"))  # the shade stands before the margins
    properties.append(shade) if margins is None else margins.addprevious(shade)
