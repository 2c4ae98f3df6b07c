"""Word documents (.docx) whose table is the form: the text as it stands once all tracked changes are accepted.

Only the document itself is read; pictures, headers, footers and linked files are parts that nobody opens. A Word table
has no addresses: rows are counted through the document, lines outside of tables included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.archive import Archive
from lagi_pipeline.intake.formats.area import Place
from lagi_pipeline.intake.formats.marked import Mark, RichText
from lagi_pipeline.intake.formats.spans import Document
from lagi_pipeline.intake.formats.xml import XmlReader, attributes, unreadable
from lagi_pipeline.intake.grid import Remark, Sheet, Workbook

DOCUMENT = "word/document.xml"
SHEET = "Văn bản"
_EDITIONS = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"  # a text box written a second time
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_DELETED = frozenset({"del", "moveFrom"})
_TRACKED = _DELETED | {"ins", "moveTo"}
_NOT_READ = _DELETED | {"rPrChange"}  # how a run looked before a tracked change
_MARKS = {"strike": Mark.STRUCK, "dstrike": Mark.STRUCK, "vanish": Mark.HIDDEN}
_ALIGNED = {"superscript": Mark.RAISED, "subscript": Mark.LOWERED}
_OFF = frozenset({"0", "false", "off"})


def read_word(path: Path) -> Workbook:
    """The document as one sheet.

    Raises:
        RefusedFileError: damaged, without a table, or larger than the limits.
    """
    reader = _read(path)
    if not reader.document.tables:
        raise RefusedFileError("văn bản Word không có bảng nào để đọc", rule="unreadable")
    remarks = (Remark("tracked_changes", _TRACKED_REASON),) if reader.tracked else ()
    return Workbook([reader.document.sheet(SHEET)], remarks)


def read_text(path: Path) -> Sheet:
    """The document as rows, whether or not it has a table: a paragraph outside of tables is a row of one cell.

    Raises:
        RefusedFileError: damaged, no Word document, or larger than the limits.
    """
    return _read(path).document.sheet(SHEET)


def _read(path: Path) -> _Reader:
    reader = _Reader()
    with Archive(path) as archive:
        reader.xml.read(archive)
    return reader


_TRACKED_REASON = (
    "văn bản còn dấu vết sửa đổi (Track Changes); đã đọc như khi chấp nhận mọi sửa đổi, xin gửi bản đã chấp nhận"
)


@dataclass
class _Cell:
    """A cell of an outer table that is being read. ``above`` says that it continues the one above it."""

    columns: int = 1
    starts: bool = False
    above: bool = False
    text: RichText = field(default_factory=RichText)


class _Reader:
    """``word/document.xml``."""

    def __init__(self) -> None:
        self.document = Document()
        self.tracked = False
        self.xml = XmlReader(DOCUMENT, self._start, self._end)
        self._skipping = 0
        self._tables = 0
        self._runs = 0
        self._line = RichText()
        self._mark: Mark | None = None
        self._cell: _Cell | None = None
        self._column = 0
        self._row_deleted = False
        self._in_row_properties = False
        self._open: dict[int, Place] = {}

    def _start(self, name: str, flat: list[str]) -> None:
        local = _word(name)
        self.tracked = self.tracked or local in _TRACKED
        if local == "del" and self._in_row_properties:
            self._row_deleted = True
        if self._skipping or local in _NOT_READ or name == _FALLBACK:
            self._skipping += 1
        elif local == "t":
            self.xml.listen(self._text)
        elif local == "r":
            self._runs += 1
            self._mark = None
        elif self._runs and (local in _MARKS or local == "vertAlign"):
            self._mark = _mark(local, flat) or self._mark
        elif local in _SIGNS and self._runs:
            self._text(_SIGNS[local])
        elif local == "tbl":
            self._begin_table()
        elif self._tables == 1:
            self._start_in_table(local, flat)

    def _end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        local = _word(name)
        if local == "t":
            self.xml.listen(None)
        elif local == "r":
            self._runs -= 1
            self._mark = None
        elif local == "p":
            self._end_line()
        elif local == "tbl":
            self._tables -= 1
        elif self._tables == 1:
            self._end_in_table(local)

    def _begin_table(self) -> None:
        if not self._tables:
            self._flush()
            self.document.tables += 1
            self._open = {}
        self._tables += 1

    def _start_in_table(self, local: str, flat: list[str]) -> None:
        if local == "tr":
            self.document.add_row()
            self._column = 0
            self._row_deleted = False
        elif local == "trPr":
            self._in_row_properties = True
        elif local == "gridBefore":
            self._column += _number(flat)
        elif local == "tc":
            self._cell = _Cell()
        elif self._cell is not None and local == "gridSpan":
            self._cell.columns = max(1, _number(flat))
        elif self._cell is not None and local == "vMerge":
            self._cell.starts = attributes(flat).get("val") == "restart"
            self._cell.above = not self._cell.starts

    def _end_in_table(self, local: str) -> None:
        if local == "trPr":
            self._in_row_properties = False
        elif local == "tc" and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif local == "tr" and self._row_deleted:
            self.document.drop_row()

    def _end_cell(self, cell: _Cell) -> None:
        """Put a cell where it stands; a continued one belongs to the cell in which it began."""
        place = (self.document.row, self._column)
        last = (place[0], place[1] + cell.columns - 1)
        began = self._open.get(place[1]) if cell.above else None
        if began is None:
            self._open.pop(place[1], None)
            said = cell.text.value()
            self.document.put(place[1], said.strip() if isinstance(said, str) else said)
        self.document.merge(began or place, last)
        if cell.starts:
            self._open[place[1]] = place
        self._column += cell.columns

    def _text(self, text: str) -> None:
        if not self._skipping:
            (self._line if self._cell is None else self._cell.text).add(text, self._mark)

    def _end_line(self) -> None:
        """A paragraph ends: a line of a cell, or of the document."""
        if self._cell is None:
            self._flush()
        else:
            self._cell.text.add("\n")

    def _flush(self) -> None:
        self.document.add_line(self._line.value())
        self._line = RichText()


def _word(name: str) -> str:
    """The local name of an element of Word; "" for others (drawings have paragraphs of their own)."""
    namespace, _, local = name.rpartition(" ")
    return local if namespace in _EDITIONS else ""


def _mark(local: str, flat: list[str]) -> Mark | None:
    """The mark that a property of a run gives to it."""
    value = attributes(flat).get("val", "")
    if local == "vertAlign":
        return _ALIGNED.get(value)
    return None if value in _OFF else _MARKS[local]


def _number(flat: list[str]) -> int:
    text = attributes(flat).get("val", "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(limits.COLUMNS))):
        raise unreadable(DOCUMENT, f"số cột «{text[:20]}»")
    return int(text)
