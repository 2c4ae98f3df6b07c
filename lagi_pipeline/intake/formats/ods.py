"""OpenDocument spreadsheets (.ods), read from their XML in one pass: values, and what stands beside them.

Blank cells and rows that a file says to repeat a million times are counted, never written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.archive import Archive
from lagi_pipeline.intake.formats.area import Extent, Place, rectangle, too_many_cells, too_much_text
from lagi_pipeline.intake.formats.marked import Mark, RichText
from lagi_pipeline.intake.formats.xml import XmlReader, attributes, local_name, unreadable
from lagi_pipeline.intake.grid import Sheet, Unreadable, Value, Workbook

CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_HIDDEN = frozenset({"collapse", "filter"})
_CELLS = frozenset({"table-cell", "covered-table-cell"})
# What stands in a cell or beside the tables and is no cell: comments, drawings, what was deleted, cached other files.
_NOT_READ = frozenset(
    {"annotation", "shapes", "tracked-changes", "frame", "dde-links", "forms", "custom-shape", "control"}
)
_ERROR = re.compile(r"#[A-Z][A-Z0-9/]*[!?]?|Err:\d{3}")
_DURATION = re.compile(r"PT(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,7})(?:[.,](\d{1,6})\d*)?S)?")
_SIGNS = {"tab": "\t", "line-break": "\n"}
_WHOLE = re.compile("[0-9]{1,8}")
_HEIGHT = re.compile(r"(?P<below>-?)0*[1-9]\d{0,2}(?:\.\d+)?%")
_DAY = timedelta(days=1)
_EPOCH_1904 = "1904-01-01"


def read_ods(path: Path) -> Workbook:
    """Every sheet of a spreadsheet, in its order.

    Raises:
        RefusedFileError: damaged, protected, or larger than the limits.
    """
    with Archive(path) as archive:
        if _MANIFEST in archive:
            manifest = _Manifest()
            XmlReader(_MANIFEST, manifest.start, manifest.end).read(archive)
        content = _Content()
        content.reader.read(archive)
    return Workbook([table.sheet(content.date1904) for table in content.tables])


class _Manifest:
    """Whether the parts are encrypted."""

    def start(self, name: str, flat: list[str]) -> None:  # noqa: ARG002
        """Refuse what is encrypted."""
        if local_name(name) == "encryption-data":
            raise RefusedFileError("tệp có mật khẩu, hãy gửi bản không khóa", rule="password")

    def end(self, name: str) -> None:
        """An element ends."""


@dataclass
class _Cell:
    """A cell as its attributes and text give it, and how often it stands side by side."""

    found: dict[str, str]
    error: bool
    covered: bool
    repeated: int
    paragraphs: int = 0
    text: RichText = field(default_factory=RichText)
    spans: list[Mark | None] = field(default_factory=list)

    def add(self, text: str) -> None:
        """More text."""
        self.text.add(text, self.spans[-1] if self.spans else None)

    def value(self) -> Value:
        """What it holds; a blank is ``""``."""
        if self.covered:
            return ""
        shown = self.text.plain()
        formula = self.found.get("formula")
        kind = self.found.get("value-type")
        if self.error or (formula is not None and _ERROR.fullmatch(shown.strip())):
            return Unreadable("error_cell", shown.strip() or "#N/A")
        if self.text.is_marked and formula is None and kind in {None, "string"}:
            return self.text.value()
        if kind is None:
            return shown if formula is None else Unreadable("uncached_formula", _formula(formula))
        return _typed(kind, self.found, shown)


@dataclass
class _Table:
    """A sheet that is being read. ``row`` is the next row's place; places of what is kept are absolute.

    ``rows`` are the rows that hold something: the column of their first value, and what stands from there on.
    """

    name: str
    hidden: bool
    row: int = 0
    rows: dict[int, tuple[int, list[Value]]] = field(default_factory=dict)
    extent: Extent = field(default_factory=Extent)
    merges: list[tuple[Place, Place]] = field(default_factory=list)
    hidden_rows: list[range] = field(default_factory=list)
    percents: set[Place] = field(default_factory=set)
    columns: int = 0
    hidden_columns: set[int] = field(default_factory=set)

    def sheet(self, date1904: bool) -> Sheet:  # noqa: FBT001
        """It as a grid, its used area made a rectangle."""
        filled = bool(self.rows)
        self.extent.require(limits.CELLS, self.name)
        end = self.extent.bottom + 1
        hidden = (row for rows in self.hidden_rows for row in range(rows.start, min(rows.stop, end)))
        return Sheet(
            self.name,
            rectangle(self.rows, self.extent) if filled else [],
            self.extent.top if filled else 0,
            self.extent.left if filled else 0,
            self.merges,
            self.hidden,
            frozenset(hidden),
            frozenset(self.percents),
            date1904,
            frozenset(self.hidden_columns),
        )


class _Content:
    """``content.xml``."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.date1904 = False
        self.reader = XmlReader(CONTENT, self._start, self._end)
        self._hidden_styles: set[str] = set()
        self._style = self._family = ""
        self._marks: dict[str, Mark] = {}
        self._table: _Table | None = None
        self._skipping = 0
        self._cell: _Cell | None = None
        self._row: list[_Cell] = []
        self._row_repeated = 1
        self._row_hidden = False
        self._kept = self._characters = self._noted = 0

    def _start(self, name: str, flat: list[str]) -> None:
        local = local_name(name)
        if self._skipping or local in _NOT_READ:
            self._skipping += 1
        elif local in _CELLS:
            self._begin_cell(local, flat)
        elif self._cell is not None:
            self._text_element(local, flat)
        elif local == "table-row":
            self._begin_row(attributes(flat))
        elif local == "table":
            self._begin_table(attributes(flat))
        elif local == "table-source":
            self._drop_table()
        elif local == "table-column":
            self._note_columns(attributes(flat))
        elif local in {"style", "table-properties", "text-properties", "null-date"}:
            self._note_style(local, attributes(flat))

    def _end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        local = local_name(name)
        if local in _CELLS:
            self._end_cell()
        elif local == "p" and self._cell is not None:
            self.reader.listen(None)
        elif local == "span" and self._cell is not None:
            self._cell.spans.pop()
        elif local == "table-row":
            self._end_row()
        elif local == "table":
            self._table = None

    def _note_style(self, local: str, found: dict[str, str]) -> None:
        if local == "style":
            self._style, self._family = found.get("name", ""), found.get("family", "")
        elif local == "text-properties":
            mark = _mark(found)
            if mark is not None and self._family == "text":
                self._marks[self._style] = mark
        elif local == "null-date":
            self.date1904 = found.get("date-value") == _EPOCH_1904
        elif found.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _begin_table(self, found: dict[str, str]) -> None:
        if len(self.tables) >= limits.SHEETS:
            raise too_many_cells()
        self._table = _Table(found.get("name", ""), found.get("style-name") in self._hidden_styles)
        self.tables.append(self._table)

    def _drop_table(self) -> None:
        """A sheet of another file, kept as a copy: no sheet of this one."""
        if self._table is not None and self.tables:
            self.tables.pop()
            self._table = None

    def _note_columns(self, found: dict[str, str]) -> None:
        repeated = _count(found.get("number-columns-repeated"), limits.COLUMNS)
        if self._table is None:
            return
        first, self._table.columns = self._table.columns, min(self._table.columns + repeated, limits.COLUMNS)
        if found.get("visibility") in _HIDDEN:
            self._table.hidden_columns.update(range(first, self._table.columns))

    def _begin_row(self, found: dict[str, str]) -> None:
        self._row = []
        self._row_repeated = _count(found.get("number-rows-repeated"), limits.ROWS)
        self._row_hidden = found.get("visibility") in _HIDDEN

    def _begin_cell(self, local: str, flat: list[str]) -> None:
        # LibreOffice's own type stands beside the standard's and differs from it for errors only.
        error = any(flat[at].endswith("value-type") and flat[at + 1] == "error" for at in range(0, len(flat), 2))
        found = attributes(
            [part for at in range(0, len(flat), 2) if "calcext" not in flat[at] for part in flat[at : at + 2]]
        )
        repeated = _count(found.get("number-columns-repeated"), limits.COLUMNS)
        self._cell = _Cell(found, error, local == "covered-table-cell", repeated)
        self._row.append(self._cell)
        if len(self._row) > limits.COLUMNS:
            raise too_many_cells(self._table.name if self._table else None)

    def _end_cell(self) -> None:
        self._cell = None

    def _text_element(self, local: str, flat: list[str]) -> None:
        """A paragraph begins, or a sign within one that is written as an element."""
        if self._cell is None:
            return
        if local == "p":
            if self._cell.paragraphs:
                self._cell.add("\n")
            self._cell.paragraphs += 1
            self.reader.listen(self._text)
        elif local == "span":
            outer = self._cell.spans[-1] if self._cell.spans else None
            self._cell.spans.append(self._marks.get(attributes(flat).get("style-name", ""), outer))
        elif local == "s":
            self._cell.add(" " * _count(attributes(flat).get("c"), limits.COLUMNS))
        elif local in _SIGNS:
            self._cell.add(_SIGNS[local])
        elif local == "table":
            raise unreadable(CONTENT, "có bảng lồng trong ô")

    def _text(self, text: str) -> None:
        if self._cell is not None and not self._skipping:
            self._cell.add(text)

    def _end_row(self) -> None:
        table = self._table
        if table is None:
            return
        first, table.row = table.row, table.row + self._row_repeated
        if table.row > limits.ROWS * 2:
            raise unreadable(CONTENT, "quá nhiều dòng")
        if self._row_hidden:
            table.hidden_rows.append(range(first, table.row))
        values, column, start = list[Value](), 0, 0
        for cell in self._row:
            value = cell.value()
            if value != "":
                start = start if values else column
                values += [""] * (column - start - len(values)) + [value] * cell.repeated
                self._note(table, cell, value, (first, column))
            self._merge(table, cell, (first, column))
            column += cell.repeated
        if values:
            self._keep(table, first, start, values)

    def _keep(self, table: _Table, first: int, start: int, values: list[Value]) -> None:
        """Put a row where it stands, as often as it does."""
        self._kept += len(values) * self._row_repeated
        if self._kept > limits.CELLS:
            raise too_many_cells(table.name)
        for row in range(first, first + self._row_repeated):
            table.rows[row] = (start, values)
        table.extent.add(first, start)
        table.extent.add(first + self._row_repeated - 1, start + len(values) - 1)

    def _note(self, table: _Table, cell: _Cell, value: Value, place: Place) -> None:
        """Keep what stands beside a value."""
        count = cell.repeated * self._row_repeated
        if isinstance(value, str):
            self._characters += count * len(value)
            if self._characters > limits.TEXT_CHARACTERS:
                raise too_much_text(table.name)
        elif isinstance(value, Unreadable):
            self._allow(count)
        elif cell.found.get("value-type") == "percentage":
            self._allow(count)
            rows = range(place[0], place[0] + self._row_repeated)
            columns = range(place[1], place[1] + cell.repeated)
            table.percents.update((row, column) for row in rows for column in columns)

    def _merge(self, table: _Table, cell: _Cell, place: Place) -> None:
        rows = _count(cell.found.get("number-rows-spanned"), limits.ROWS)
        columns = _count(cell.found.get("number-columns-spanned"), limits.COLUMNS)
        if rows > 1 or columns > 1:
            self._allow(1)
            table.merges.append((place, (place[0] + rows - 1, place[1] + columns - 1)))

    def _allow(self, count: int) -> None:
        self._noted += count
        if self._noted > limits.NOTED_CELLS:
            raise too_many_cells()


def _mark(found: dict[str, str]) -> Mark | None:
    """The mark that the properties of a text's style give to it."""
    if found.get("text-line-through-style", "none") != "none":
        return Mark.STRUCK
    if found.get("display") == "none":
        return Mark.HIDDEN
    position = found.get("text-position", "").split(" ")[0]
    if position in {"super", "sub"}:
        return Mark.RAISED if position == "super" else Mark.LOWERED
    height = _HEIGHT.fullmatch(position)
    return None if height is None else Mark.LOWERED if height["below"] else Mark.RAISED


def _count(text: str | None, most: int) -> int:
    """How often something is repeated, at least once."""
    if text is None:
        return 1
    if not (_WHOLE.fullmatch(text) and 1 <= int(text) <= most):
        raise unreadable(CONTENT, f"số lần lặp «{text[:20]}»")
    return int(text)


def _formula(text: str) -> str:
    """A formula without the name of its language: ``of:=SUM([.A1:.A3])`` is ``=SUM([.A1:.A3])``."""
    return text[text.index("=") :] if "=" in text else f"={text}"


def _typed(kind: str, found: dict[str, str], shown: str) -> Value:
    """The value of a cell by its type; a text where the value is none of that type."""
    reader = _READERS.get(kind)
    if reader is None:
        return shown
    attribute, read = reader
    given = found.get(attribute)
    if given is None:
        return shown
    try:
        return read(given)
    except ValueError:
        return shown or given


def _day(text: str) -> date | datetime:
    moment = datetime.fromisoformat(text)
    return moment if "T" in text and moment.time() != time() else moment.date()


def _duration(text: str) -> time | timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=int((match[4] or "").ljust(6, "0")))
    if length >= _DAY:
        return length
    return (datetime.min + length).time()  # noqa: DTZ901 - a time of day has no zone


_READERS: dict[str, tuple[str, Callable[[str], Value]]] = {
    "float": ("value", float),
    "percentage": ("value", float),
    "currency": ("value", float),
    "boolean": ("boolean-value", lambda text: text == "true"),
    "date": ("date-value", _day),
    "time": ("time-value", _duration),
}
