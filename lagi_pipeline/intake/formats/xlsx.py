"""Excel workbooks (.xlsx, .xlsm): calamine gives the values, a pass over the XML what calamine does not tell.

That is: whether the workbook may be loaded at all; errors and formulas that were never computed; hidden rows and
columns; cells shown as a percentage or in thousands; texts of which a part is raised or struck out; the calendar.
Macros and links to other files are parts that nobody opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import python_calamine as calamine

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.archive import Archive
from lagi_pipeline.intake.formats.area import cover, too_many_cells, too_much_text
from lagi_pipeline.intake.formats.loading import told
from lagi_pipeline.intake.formats.marked import Mark, RichText
from lagi_pipeline.intake.formats.number_format import PERCENT_FORMATS, is_percent, is_scaled
from lagi_pipeline.intake.formats.plain_sheet import PLAIN_CELLS, look
from lagi_pipeline.intake.formats.sheet_xml import TRUE, Seen, mark_of, scan
from lagi_pipeline.intake.formats.xml import XmlReader, attributes, local_name, unreadable
from lagi_pipeline.intake.grid import Sheet, Unreadable, Value, Workbook

WORKBOOK = "xl/workbook.xml"
_OTHER_KINDS = ("xl/workbook.bin", "content.xml")  # what calamine would try next, and nobody has looked through
_KNOWN_BY_NAME = frozenset({".xlsx", ".xlsm"})  # calamine opens others, .xls that are .xlsx too, by their content
_PACKAGE = "_rels/.rels"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_SHARED = "xl/sharedstrings.xml"
_WORKSHEET = "/worksheet"  # how the type of a relation to a worksheet ends, in both editions of the standard
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_BYTES_OF_A_CELL = 40  # of XML, its text aside: <c r="B10000" s="12" t="inlineStr"></c>


def read_xlsx(path: Path) -> Workbook:
    """Every worksheet of a workbook, in its order.

    Raises:
        RefusedFileError: damaged, protected, or larger than the limits.
    """
    with Archive(path) as archive:
        if any(part in archive for part in _OTHER_KINDS):
            raise unreadable(WORKBOOK, "tệp vừa là .xlsx vừa là loại khác")
        book = _book(archive)
        with told(), _opened(path) as workbook:
            metas = workbook.sheets_metadata
            if [meta.typ == calamine.SheetTypeEnum.WorkSheet for meta in metas] != [
                part is not None for part in book.parts
            ]:
                raise unreadable(WORKBOOK, "danh sách trang không rõ ràng")
            loader = _Loader(archive, workbook, book)
            sheets = [
                loader.load(index, meta, part)
                for index, (meta, part) in enumerate(zip(metas, book.parts, strict=True))
                if part is not None
            ]
    return Workbook(sheets)


@contextmanager
def _opened(path: Path) -> Iterator[calamine.CalamineWorkbook]:
    if path.suffix.lower() in _KNOWN_BY_NAME:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            yield workbook
    else:
        with path.open("rb") as stream, calamine.CalamineWorkbook.from_filelike(stream) as workbook:
            yield workbook


@dataclass
class _Book:
    """What the parts beside the sheets say.

    ``parts`` are the sheets' parts, None for a chart sheet; ``percents`` the numbers (as written) of the cell formats
    that show a percentage, ``scaled`` of those that show thousands; ``shared`` the lengths of the shared texts;
    ``marked`` what those of which parts are marked say, by the whole text in one line.
    """

    parts: list[str | None]
    date1904: bool
    percents: frozenset[str]
    scaled: frozenset[str]
    shared: list[int]
    marked: dict[str, str | Unreadable]


def _book(archive: Archive) -> _Book:
    package, relations, entries = _Relations(_PACKAGE), _Relations(_RELATIONS), _Entries(WORKBOOK)
    for part in (package, relations, entries):
        part.reader.read(archive)
    package.require("/officeDocument", WORKBOOK)
    relations.require("/styles", _STYLES)
    relations.require("/sharedStrings", _SHARED)
    if len(entries.sheets) > limits.SHEETS:
        raise RefusedFileError(f"tệp có {len(entries.sheets)} trang, quá nhiều", rule="too_many_cells")
    parts = [relations.part(identifier) for identifier in entries.sheets]
    sheets = [part for part in parts if part is not None]
    if len(set(sheets)) < len(sheets):
        raise unreadable(WORKBOOK, "hai trang cùng một nội dung")
    styles, shared = _Styles(_STYLES), _SharedTexts(_SHARED)
    for optional in (styles, shared):
        if optional.name in archive:
            optional.reader.read(archive)
    return _Book(
        parts,
        entries.date1904,
        styles.percents,
        styles.scaled,
        shared.lengths,
        shared.marked,
    )


class _Part:
    """A small part, its elements taken one by one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.reader = XmlReader(name, self.start, self.end)

    def start(self, name: str, flat: list[str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""


class _Relations(_Part):
    """Which parts belong to the workbook, by their identifiers."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, flat: list[str]) -> None:
        """Note a relation."""
        if local_name(name) != "Relationship":
            return
        found = attributes(flat)
        identifier = found.get("Id", "")
        if identifier in self._targets:
            raise unreadable(self.name, f"hai quan hệ cùng tên {identifier}")
        self._targets[identifier] = (found.get("Type", ""), found.get("Target", ""))

    def part(self, identifier: str) -> str | None:
        """The part of a worksheet; None for a sheet of another kind."""
        if identifier not in self._targets:
            raise unreadable(self.name, f"không có quan hệ {identifier}")
        kind, target = self._targets[identifier]
        return _resolved(target) if kind.endswith(_WORKSHEET) else None

    def require(self, kind: str, part: str) -> None:
        """Refuse a file that has a part of a kind elsewhere than where it always is: calamine might open the other.

        Raises:
            RefusedFileError: it has.
        """
        for found, target in self._targets.values():
            if found.endswith(kind) and _resolved(target).lower() != part:
                raise unreadable(self.name, f"phần «{target}» không ở chỗ thường lệ; hãy mở bằng Excel và lưu lại")


def _resolved(target: str) -> str:
    """The name of a part by the target of a relation, as calamine understands it."""
    if target.startswith("/xl/"):
        return target[1:]
    return target if target.startswith("xl/") else f"xl/{target}"


class _Entries(_Part):
    """The sheets of a workbook, and its calendar."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sheets: list[str] = []
        self.date1904 = False

    def start(self, name: str, flat: list[str]) -> None:
        """Note a sheet or the calendar."""
        local = local_name(name)
        if local == "sheet":
            identifiers = [value for name, value in zip(flat[::2], flat[1::2], strict=True) if local_name(name) == "id"]
            if len(identifiers) != 1:
                raise unreadable(self.name, "trang không có đúng một quan hệ")
            self.sheets += identifiers
        elif local == "workbookPr":
            self.date1904 = attributes(flat).get("date1904") in TRUE


class _Styles(_Part):
    """Which cell formats show a percentage, and which thousands."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._percents: set[int] = set(PERCENT_FORMATS)
        self._scaled: set[int] = set()
        self._formats: list[int] = []
        self._in_cell_formats = False

    @property
    def percents(self) -> frozenset[str]:
        """The positions of the formats that show a percentage, as a cell names them."""
        return self._positions(self._percents)

    @property
    def scaled(self) -> frozenset[str]:
        """The positions of the formats that show thousands."""
        return self._positions(self._scaled)

    def start(self, name: str, flat: list[str]) -> None:
        """Note a number format or a cell format."""
        local = local_name(name)
        if local == "cellXfs":
            self._in_cell_formats = True
        elif local == "numFmt":
            found = attributes(flat)
            for shows, codes in ((is_percent, self._percents), (is_scaled, self._scaled)):
                if shows(found.get("formatCode", "")):
                    codes.add(_number(found.get("numFmtId", ""), self.name))
        elif local == "xf" and self._in_cell_formats:
            self._formats.append(_number(attributes(flat).get("numFmtId", "0"), self.name))
            if len(self._formats) > limits.STYLES:
                raise RefusedFileError(f"tệp có hơn {limits.STYLES:,} kiểu ô, quá nhiều", rule="too_large")

    def end(self, name: str) -> None:
        """Leave the cell formats."""
        if local_name(name) == "cellXfs":
            self._in_cell_formats = False

    def _positions(self, codes: set[int]) -> frozenset[str]:
        return frozenset(str(position) for position, code in enumerate(self._formats) if code in codes)


class _SharedTexts(_Part):
    """How long the shared texts are, and which of them have marked parts."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.lengths: list[int] = []
        self.marked: dict[str, str | Unreadable] = {}
        self._rich: RichText | None = None
        self._mark: Mark | None = None
        self._in_phonetic = False
        self.reader.listen(self._text)

    def start(self, name: str, flat: list[str]) -> None:
        """Begin a text, or a part of it."""
        local = local_name(name)
        if local == "si":
            self.lengths.append(0)
            if len(self.lengths) > limits.TEXT_CELLS:
                raise too_many_cells()
        elif local == "r":
            self._rich = self._rich or RichText()
            self._mark = None
        elif local in {"vertAlign", "strike"}:
            self._mark = mark_of(local, flat) or self._mark
        elif local == "rPh":
            self._in_phonetic = True

    def end(self, name: str) -> None:
        """End a text, or a part of it."""
        local = local_name(name)
        if local == "r":
            self._mark = None
        elif local == "rPh":
            self._in_phonetic = False
        elif local == "si":
            if self._rich is not None and self._rich.is_marked:
                self._note(self._rich)
            self._rich = None

    def _note(self, rich: RichText) -> None:
        text = rich.plain()
        for given in (text, _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)):
            self.marked[_in_one_line(given)] = rich.value()
        if len(self.marked) > limits.NOTED_CELLS:
            raise too_many_cells()

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)
        if self._rich is not None and not self._in_phonetic:
            self._rich.add(text, self._mark)


def _in_one_line(text: str) -> str:
    """A text by which two readings of it are compared: what they make of white space may differ."""
    return " ".join(text.split())


def _number(text: str, part: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise unreadable(part, f"«{text[:20]}» không phải một số") from None


@dataclass
class _Loader:
    """Loads one sheet after the other while the workbook as a whole stays within the limits."""

    archive: Archive
    workbook: calamine.CalamineWorkbook
    book: _Book
    cells: int = 0
    characters: int = 0
    noted: int = 0
    texts: int = 0
    waiting: list[list[Value]] = field(default_factory=list)
    """The rows loaded last, whose characters matter only when another sheet comes."""

    def load(self, index: int, meta: calamine.SheetMetadata, part: str) -> Sheet:
        """One worksheet."""
        self.characters += sum(len(value) for row in self.waiting for value in row if type(value) is str)
        seen = self._examine(part, meta.name)
        with told():
            sheet = self.workbook.get_sheet_by_index(index)
            rows = cast("list[list[Value]]", sheet.to_python())
            start = sheet.start or (0, 0)
            merges = sheet.merged_cell_ranges or []
        self.waiting = rows
        self.noted += _put_marked(rows, self.book.marked)
        start = cover(rows, start, {**seen.marked, **seen.unreadable})
        self.cells += sum(map(len, rows))
        self.noted += seen.noted
        return Sheet(
            meta.name,
            rows,
            *start,
            merges,
            hidden=meta.visible != calamine.SheetVisibleEnum.Visible,
            hidden_rows=frozenset(seen.hidden_rows),
            hidden_columns=frozenset(seen.hidden_columns),
            percents=frozenset(seen.percents),
            date1904=self.book.date1904,
        )

    def _examine(self, part: str, name: str) -> Seen:
        """Look through a sheet before it is loaded: closely, unless it is plain and there is room for all it can be.

        Raises:
            RefusedFileError: loading it would take more than the limits.
        """
        room = limits.CELLS - self.cells
        longest = max(self.book.shared, default=0)
        letters = limits.TEXT_CHARACTERS - self.characters
        percents, scaled = self.book.percents, self.book.scaled
        seen = look(self.archive.pieces(part), percents, scaled=scaled) if room >= PLAIN_CELLS else None
        if seen is None or seen.texts * longest > letters:
            seen = scan(self.archive, part, percents, scaled=scaled)
            seen.extent.require(room, name)
        if seen.texts * longest > letters:
            seen = scan(self.archive, part, percents, self.book.shared, scaled=scaled)
        own = self.archive.size(part) - _BYTES_OF_A_CELL * seen.cells if seen.own_texts else 0
        if seen.characters + own > letters:
            raise too_much_text(name)
        self.texts += seen.texts + seen.own_texts
        if self.noted + seen.noted > limits.NOTED_CELLS or self.texts > limits.TEXT_CELLS:
            raise too_many_cells(name)
        return seen


def _put_marked(rows: list[list[Value]], marked: Mapping[str, str | Unreadable]) -> int:
    """Put what marked texts say in their place, and say in how many cells.

    A text is known by what it is: where a plain one is the same ("3001"), it is taken for the marked one.
    """
    put = 0
    if marked:
        for row in rows:
            for column, value in enumerate(row):
                if type(value) is str and (said := marked.get(_in_one_line(value))) is not None:
                    row[column] = said
                    put += 1
    return put
