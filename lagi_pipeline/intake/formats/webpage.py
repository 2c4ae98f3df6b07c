"""Pages of HTML that were saved with the name of a workbook: their tables and the lines between them as one sheet.

Nothing is fetched; scripts, styles and comments are no text. Numbers stay the text that they are.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from lxml import etree

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.encoding import of_single_bytes
from lagi_pipeline.intake.formats.marked import Mark, RichText
from lagi_pipeline.intake.formats.spans import Document
from lagi_pipeline.intake.grid import Unreadable, Workbook

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})""", re.IGNORECASE)
_SINGLE_BYTES = frozenset({"windows-1258", "cp1258", "windows-1252", "cp1252", "iso-8859-1", "latin-1", "us-ascii"})
_HEAD = 4096
_PIECE = 1 << 16
_NO_TEXT = frozenset({"head", "script", "style", "title", "noscript", "template"})
_LINES = frozenset(
    {"p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "center", "ul", "ol", "dt", "dd"}
)
_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534  # that one cell spans (HTML standard, 4.9.11)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MARKS = {"sup": Mark.RAISED, "sub": Mark.LOWERED, **dict.fromkeys(("s", "del", "strike"), Mark.STRUCK)}
_STYLES = (
    (_HIDDEN, Mark.HIDDEN),
    (re.compile(r"line-through", re.IGNORECASE), Mark.STRUCK),
    (re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE), Mark.RAISED),
    (re.compile(r"vertical-align\s*:\s*sub", re.IGNORECASE), Mark.LOWERED),
)
_WHOLE_CELLS = frozenset({"td", "th", "tr", "table"})  # how they are shown is no mark of a part


def read_webpage(path: Path) -> Workbook:
    """The page as one sheet, named after the file.

    Raises:
        RefusedFileError: without a table, in no known encoding, damaged, or larger than the limits.
    """
    page = _Page()
    parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True, huge_tree=False)
    content = _decoded(path.read_bytes())
    try:
        for start in range(0, len(content), _PIECE):
            parser.feed(content[start : start + _PIECE].encode())
        parser.close()
    except etree.LxmlError as error:
        raise RefusedFileError(f"không đọc được trang HTML: {error}", rule="unreadable") from error
    if fatal := parser.error_log.filter_from_fatals():
        raise RefusedFileError(f"không đọc được trang HTML: {fatal[0].message}", rule="unreadable")
    if not page.document.tables:
        raise RefusedFileError("trang HTML không có bảng nào để đọc", rule="unreadable")
    return Workbook([page.document.sheet(path.stem)])


def _decoded(content: bytes) -> str:
    """The text of a page by its mark, by what it says of itself, or as a text file.

    Raises:
        RefusedFileError: it is not text in any of these.
    """
    declared = _CHARSET.search(content[:_HEAD])
    name = declared[1].decode().lower() if declared else "utf-8"
    for mark, marked in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            name = marked
    if name in _SINGLE_BYTES:  # offices' old programs say so of any text
        return _decoded_by_evidence(content)
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return _decoded_by_evidence(content)


def _decoded_by_evidence(content: bytes) -> str:
    encoding = of_single_bytes(re.sub(rb"<[^<>]*>", b"\n", content))
    try:
        return content.decode("utf-8" if encoding is None else encoding)
    except UnicodeError:
        raise RefusedFileError("không đọc được chữ trong tệp; hãy lưu lại dạng .xlsx", rule="encoding") from None


class _Page:
    """What the parser of lxml calls: elements and text, in order."""

    def __init__(self) -> None:
        self.document = Document()
        self._skipping = 0
        self._tables = 0
        self._text = RichText()
        self._marks: list[Mark | None] = []
        self._length = 0
        self._cell: tuple[int, int] | None = None
        self._column = 0
        self._in_row = False
        self._below: dict[int, int] = {}

    def start(self, tag: str, found: dict[str, str]) -> None:
        """An element begins."""
        if self._skipping or tag in _NO_TEXT:
            self._skipping += 1
            return
        self._marks.append(_mark(tag, found) or self._mark)
        if tag == "table":
            self._begin_table()
        elif self._tables == 1 and tag == "tr":
            self._begin_row(hidden=bool(_HIDDEN.search(found.get("style", ""))))
        elif self._tables == 1 and tag in {"td", "th"}:
            self._begin_cell(_span(found.get("rowspan"), _MOST_ROWS), _span(found.get("colspan"), _MOST_COLUMNS))
        elif tag in _LINES or tag in {"td", "th", "tr"}:
            self._end_line()

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._skipping:
            self._skipping -= 1
            return
        if self._marks:
            self._marks.pop()
        if tag == "table":
            self._tables = max(0, self._tables - 1)
        elif self._tables == 1 and tag in {"td", "th"}:
            self._end_cell()
        elif tag in _LINES and tag != "br":
            self._end_line()

    def data(self, text: str) -> None:
        """Text, in pieces."""
        if not self._skipping:
            self._length += len(text)
            if self._length > limits.LINE_CHARACTERS:
                raise RefusedFileError("trang HTML có một đoạn chữ quá dài", rule="long_line")
            self._text.add(text.replace("\r", " ").replace("\n", " "), self._mark)

    def comment(self, text: str) -> None:
        """A comment is no text."""

    def close(self) -> None:
        """The page ends."""
        self._end_cell()
        self._flush()

    def _begin_table(self) -> None:
        if not self._tables:
            self._flush()
            self.document.tables += 1
            self._below = {}
            self._in_row = False
        self._tables += 1

    def _begin_row(self, *, hidden: bool) -> None:
        self._end_cell()
        self._flush()
        self.document.add_row()
        self._in_row = True
        self._column = 0
        if hidden:
            self.document.hidden_rows.add(self.document.row)

    def _begin_cell(self, rows: int, columns: int) -> None:
        self._end_cell()
        if not self._in_row:
            self._begin_row(hidden=False)
        while self._below.get(self._column, 0) > self.document.row:
            self._column += 1
        row = self.document.row
        self._cell = (row, self._column)
        if rows > 1:
            self._below.update(dict.fromkeys(range(self._column, self._column + columns), row + rows))
        self.document.merge(self._cell, (row + rows - 1, self._column + columns - 1))
        self._column += columns

    def _end_cell(self) -> None:
        if self._cell is not None:
            self.document.put(self._cell[1], self._taken())
            self._cell = None

    def _end_line(self) -> None:
        if self._cell is None and not self._tables:
            self._flush()
        else:
            self._text.add("\n")

    def _flush(self) -> None:
        self.document.add_line(self._taken())

    @property
    def _mark(self) -> Mark | None:
        return self._marks[-1] if self._marks else None

    def _taken(self) -> str | Unreadable:
        """The text so far, its white space as a browser shows it."""
        said = self._text.value()
        self._text = RichText()
        self._length = 0
        if isinstance(said, Unreadable):
            return said
        lines = said.split("\n")
        return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _mark(tag: str, found: dict[str, str]) -> Mark | None:
    """The mark that an element gives to its text."""
    style = found.get("style")
    if style is None or tag in _WHOLE_CELLS:
        return _MARKS.get(tag)
    return next((mark for shown, mark in _STYLES if shown.search(style)), None) or _MARKS.get(tag)


def _span(text: str | None, most: int) -> int:
    if text is None or not (text.strip().isascii() and text.strip().isdigit()):
        return 1
    return min(most, max(1, int(text.strip()[:9])))
