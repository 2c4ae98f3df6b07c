"""Where in a document the list of targets stands, and its items: lines joined that were wrapped, each with its clause.

The list is found by its heading ("Một số chỉ tiêu chủ yếu"), else as the one run of lines that give targets. What
stands below a heading that tells what was reached, or before and behind the list, is no target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from lagi_pipeline.catalogue.target_lines import TargetLines
from lagi_pipeline.resolution.amounts import figures_of, named_years
from lagi_pipeline.resolution.document import DocumentError, Line
from lagi_pipeline.resolution.labels import Labels
from lagi_pipeline.resolution.markers import Marker, Style, is_ordinal, split_marker
from lagi_pipeline.resolution.statements import PART
from lagi_pipeline.resolution.tables import Header, find_header, row_text
from lagi_pipeline.vietnamese.text import label_key

_FEWEST_TARGETS = 3
"""So many lines that give targets are a list where no heading says so."""
_MOST_BETWEEN = 3
"""So many unread lines may stand between two targets of such a list."""
_PARAGRAPH = 60  # words
_TITLE_LINES = 20


@dataclass(frozen=True)
class Entry:
    """A line with its marker split off and the headings above it, the outermost first."""

    line: Line
    cells: tuple[str, ...]
    marker: Marker | None
    above: tuple[Entry, ...]

    @property
    def number(self) -> int:
        """The line's number."""
        return self.line.number

    @property
    def text(self) -> str:
        """The text behind the marker."""
        return " ".join(cell for cell in self.cells if cell)

    @property
    def key(self) -> str:
        """The text as it is compared."""
        return label_key(self.text)


@dataclass(frozen=True)
class Item:
    """One item of the list. ``is_part`` says that it stands below ``parent``; ``text`` is without its marker."""

    number: int
    text: str
    printed: str
    clause: str
    is_part: bool = False
    parent: Item | None = None


@dataclass(frozen=True)
class TargetList:
    """The list of a document: its heading, and its entries."""

    heading: Entry | None
    entries: tuple[Entry, ...]


def entries_of(lines: Sequence[Line]) -> list[Entry]:
    """The document's lines with their markers and headings."""
    entries: list[Entry] = []
    open_headings: dict[Style, Entry] = {}
    letter: str | None = None
    for line in lines:
        marker, cells = _marked(line, letter)
        entry = Entry(line, cells, marker, tuple(open_headings[style] for style in sorted(open_headings)))
        if marker is not None and marker.style <= Style.UPPER:
            open_headings = {style: above for style, above in open_headings.items() if style < marker.style}
            entry = replace(entry, above=tuple(open_headings.values()))
            open_headings[marker.style] = entry
            letter = marker.text if marker.style is Style.UPPER else None
        entries.append(entry)
    return entries


def _marked(line: Line, letter: str | None) -> tuple[Marker | None, tuple[str, ...]]:
    """The marker before a line's text or in a cell of its own, and the cells without it, each in its column."""
    at = next(at for at, cell in enumerate(line.cells) if cell)
    first, behind = line.cells[at], line.cells[at + 1 :]
    if any(behind) and is_ordinal(first):
        marker, _ = split_marker(f"{first} x" if first.endswith(tuple(".)/:-–—+*•")) else f"{first}. x", letter)
        return marker, (*line.cells[:at], "", *behind)
    marker, rest = split_marker(first, letter)
    return marker, (*line.cells[:at], rest, *behind)


class Outline:
    """Finds the list of a document.

    Args:
        lines: The catalogue's wording.
        labels: The same, ready to compare with.
        gives_target: Whether a text is read as a target, whatever its figure.
    """

    def __init__(self, lines: TargetLines, labels: Labels, gives_target: Callable[[str, int | None], bool]) -> None:
        self._lines = lines
        self._labels = labels
        self._gives_target = gives_target

    def year(self, entries: Sequence[Entry], asked: int | None) -> int:
        """The year of the targets: ``asked``, else what the list's heading, one above it, or the title says.

        Raises:
            DocumentError: it is not asked for and not told, or another one is told.
        """
        headings = [entry for entry in entries if self._is_heading(entry, None) and not self._is_past(entry)]
        above = [entry for heading in headings for entry in heading.above]
        told = [set(self._years(places)) for places in (headings, above, entries[:_TITLE_LINES])]
        said = next((years.pop() for years in told if len(years) == 1), None)
        if said is None:
            if asked is None:
                raise DocumentError("không rõ chỉ tiêu của năm nào: hãy cho biết năm (YEAR=2024)")
            return asked
        if asked not in {None, said}:
            raise DocumentError(f"chỉ tiêu trong văn bản là của năm {said}, không phải của năm {asked}")
        return said

    def _years(self, entries: Sequence[Entry]) -> Iterator[int]:
        """The years that are named close behind "nhiệm vụ", "chỉ tiêu" and the like."""
        words = "|".join(re.escape(label_key(word)) for word in self._lines.year_of)
        named = re.compile(rf"\b(?:{words})\b[^.;,\d]{{0,60}}?\bnăm (?P<year>(?:19|20)\d\d)\b")
        for entry in entries:
            if not _tells(entry, self._lines.past):
                yield from (int(found["year"]) for found in named.finditer(entry.key))

    def find(self, entries: Sequence[Entry], year: int) -> TargetList:
        """The list of the targets of ``year``.

        Raises:
            DocumentError: there is none, or there are several.
        """
        past = self._told_as_past(entries, year)
        headed = [found for found in self._by_heading(entries, year) if found.entries[:1] and not _begins(found, past)]
        lists = [found for found in headed if self._count(found, year)]
        lists = lists or [found for found in self._by_lines(entries, year) if not _begins(found, past)]
        # A heading above lines with figures, of which none is read: all of them are a person's to decide.
        lists = lists or [found for found in headed if self._has_figures(found, year)]
        if len(lists) > 1:
            places = ", ".join(str((found.heading or found.entries[0]).number) for found in lists)
            raise DocumentError(
                f"có {len(lists)} danh sách chỉ tiêu (dòng {places}), không rõ danh sách nào là của năm {year}"
            )
        if not lists:
            raise DocumentError(f"không tìm thấy danh sách chỉ tiêu của năm {year} trong văn bản")
        return lists[0]

    def _told_as_past(self, entries: Sequence[Entry], year: int) -> set[int]:
        """The lines behind one that begins to tell of what was done, marked or not, until one looks ahead.

        A line that names the targets' own year does not only look back; Roman numbers and letters begin something new.
        """
        lines: set[int] = set()
        is_past = False
        for entry in entries:
            begins_anew = entry.marker is not None and entry.marker.style <= Style.UPPER
            if not figures_of(entry.text, year).amounts and len(entry.text.split()) <= _PARAGRAPH:
                if _tells(entry, self._lines.past) and str(year) not in entry.key:
                    is_past = True
                elif begins_anew or str(year) in entry.key or _tells(entry, self._lines.year_of):
                    is_past = False
            if is_past:
                lines.add(entry.number)
        return lines

    def _count(self, found: TargetList, year: int) -> int:
        return sum(self._gives_target(item.text, year) for item in self.items(found, year))

    def _has_figures(self, found: TargetList, year: int) -> bool:
        figures = [figures_of(item.text, year) for item in self.items(found, year)]
        return any(figure.amounts or figure.problem for figure in figures)

    def _is_heading(self, entry: Entry, year: int | None) -> bool:
        filled = [cell for cell in entry.line.cells if cell]
        return len(filled) == 1 and self._labels.is_heading(named_years(entry.key, year))

    def _is_past(self, entry: Entry) -> bool:
        return any(_tells(above, self._lines.past) for above in entry.above)

    def _by_heading(self, entries: Sequence[Entry], year: int) -> Iterator[TargetList]:
        at = 0
        while at < len(entries):
            heading = entries[at]
            at += 1
            if not self._is_heading(heading, year) or self._is_past(heading):
                continue
            begin = at
            while at < len(entries) and not self._ends(heading, entries[at], year):
                at += 1
            yield TargetList(heading, tuple(entries[begin:at]))

    def _ends(self, heading: Entry, entry: Entry, year: int) -> bool:
        """Whether a line stands behind the list of that heading."""
        if self._is_heading(entry, year):
            return False  # of a group within it
        outer = Style.UPPER if heading.marker is None else heading.marker.style
        if entry.marker is not None and entry.marker.style <= min(outer, Style.UPPER):
            return not self._is_group(entry)
        if figures_of(entry.text, year).amounts and len(entry.text.split()) <= _PARAGRAPH:
            return False
        if entry.line.titled:
            return not self._is_group(entry)
        if _tells(entry, self._lines.ends) or _tells(entry, self._lines.past):
            return True
        return len(entry.text.split()) > _PARAGRAPH and not self._gives_target(entry.text, year)

    def _by_lines(self, entries: Sequence[Entry], year: int) -> Iterator[TargetList]:
        """The runs of lines that give targets, where no heading shows the list."""
        items = self.items(TargetList(None, tuple(entries)), year)
        places = {entry.number: at for at, entry in enumerate(entries)}
        past = {entry.number for entry in entries if self._is_past(entry)} | self._of_other_years(entries, year)
        sure = [at for at, item in enumerate(items) if item.number not in past and self._gives_target(item.text, year)]
        runs: list[list[int]] = [sure[:1]] if sure else []
        for before, after in pairwise(sure):
            if after - before <= _MOST_BETWEEN + 1:
                runs[-1].append(after)
            else:
                runs.append([after])
        for run in runs:
            if len(run) < _FEWEST_TARGETS:
                continue
            first = places[items[run[0]].number]
            stop = places[items[run[-1] + 1].number] if run[-1] + 1 < len(items) else len(entries)
            yield TargetList(None, tuple(entries[first:stop]))

    def _of_other_years(self, entries: Sequence[Entry], year: int) -> set[int]:
        """The lines of lists whose heading names another year."""
        lines: set[int] = set()
        heading: Entry | None = None
        for entry in entries:
            if self._is_heading(entry, None):
                heading = None if self._is_heading(entry, year) else entry
            elif heading is not None and self._ends(heading, entry, year):
                heading = None
            if heading is not None:
                lines.add(entry.number)
        return lines

    def _is_group(self, entry: Entry) -> bool:
        return entry.key in {label_key(group) for group in self._lines.groups}

    # ---- items

    def items(self, found: TargetList, year: int) -> list[Item]:
        """The items of a list; headings and the lines that introduce it are none."""
        header: Header | None = None
        texts: list[tuple[Entry, str]] = []
        for entry in found.entries:
            if (new := find_header(entry.line.cells, self._lines.columns, year)) is not None:
                header = new
                continue
            texts.append((entry, row_text(entry.cells, header)))
        return _Items(self, found, year).of(list(self._unwrapped(texts, year)))

    def opens(self, entry: Entry, text: str, year: int) -> bool:
        """Whether a line only introduces others: a group's heading, or a sentence that says what follows."""
        if figures_of(text, year).amounts:
            return False
        key = named_years(label_key(text), year)
        return self._labels.is_heading(key) or self._is_group(entry) or (text.endswith(":") and "chỉ tiêu" in key)

    def _unwrapped(self, texts: Sequence[tuple[Entry, str]], year: int) -> list[tuple[Entry, str, str]]:
        """(entry, text, as printed), a line that goes on from the one above joined to it."""
        joined: list[tuple[Entry, str, str]] = []
        for entry, text in texts:
            if joined and not self.opens(*joined[-1][:2], year) and _goes_on(joined[-1][1], entry, text, year):
                first, above, printed = joined[-1]
                joined[-1] = (first, f"{above} {text}", f"{printed} {entry.line.printed}")
            else:
                joined.append((entry, text, entry.line.printed))
        return joined


def _tells(entry: Entry, phrases: Sequence[str]) -> bool:
    """Whether a line begins with one of the phrases."""
    return any(re.match(rf"{re.escape(label_key(phrase))}\b", entry.key) for phrase in phrases)


def _begins(found: TargetList, lines: Container[int]) -> bool:
    """Whether a list begins on one of the lines."""
    return found.entries[0].number in lines


def _goes_on(above: str, entry: Entry, text: str, year: int) -> bool:
    """Whether a line continues the one above: it begins as no line does, and the one above lacks something."""
    if entry.marker is not None or entry.line.apart or entry.line.is_row:
        return False
    if label_key(text).startswith(PART) or text[:1].isupper() or label_key(above) == PART:
        return False
    before = figures_of(above, year)
    if not before.complete:
        return True
    tail = before.key.rpartition("#")[2].strip(" .;,:()")
    return bool(tail) or not figures_of(text, year).amounts


class _Items:
    """Builds the items of a list, one after the other."""

    def __init__(self, outline: Outline, found: TargetList, year: int) -> None:
        self._outline = outline
        self._base = _base_clause(found)
        self._year = year
        self._group = ""
        self._style: Style | None = None
        self._main: Item | None = None
        self._count = 0
        self._parts: tuple[Style | None, ...] | None = None
        """Below "Trong đó:" on a line of its own: the marker of what stands below it, once one does."""

    def of(self, texts: Sequence[tuple[Entry, str, str]]) -> list[Item]:
        """The items of lines that are whole."""
        items: list[Item] = []
        for entry, text, printed in texts:
            if label_key(text) == PART:
                self._parts = ()
            elif self._outline.opens(entry, text, self._year):
                self._open_group(entry)
            else:
                items.append(self._item(entry, text, printed))
        return items

    def _open_group(self, entry: Entry) -> None:
        self._group = entry.marker.text if entry.marker else ""
        self._style, self._main, self._parts, self._count = None, None, None, 0

    def _item(self, entry: Entry, text: str, printed: str) -> Item:
        style = entry.marker.style if entry.marker else None
        inner = self._style is not None and style is not None and style > self._style
        if self._parts is not None:
            self._parts = self._parts or (style,)
            self._parts = self._parts if self._parts == (style,) else None
        is_part = self._main is not None and (label_key(text).startswith(PART) or inner or self._parts is not None)
        text = re.sub(rf"^{PART}[\s:,]*", "", text, flags=re.IGNORECASE)
        if is_part and self._main is not None:
            own = entry.marker.text if entry.marker else ""
            clause = self._main.clause
            if style is Style.DOTTED:
                clause = self._clause(own)
            elif own:
                clause = f"{clause}.{own}"
            return Item(entry.number, text, printed, clause, is_part=True, parent=self._main)
        self._count += 1
        self._style = style if self._style is None else self._style
        clause = self._clause(entry.marker.text if entry.marker and entry.marker.text else f"mục thứ {self._count}")
        self._main = Item(entry.number, text, printed, clause)
        return self._main

    def _clause(self, own: str) -> str:
        """The clause of an item: "II.B.1", or in words where something above it has no number."""
        above = [piece for piece in (self._base, self._group) if piece]
        spoken = " " in own or " " in self._base
        return (", " if spoken else ".").join([*above, own])


def _base_clause(found: TargetList) -> str:
    """The place of the list: "II.B", "II, Một số chỉ tiêu chủ yếu" where its heading has no number, "" without one."""
    heading = found.heading
    if heading is None:
        above = found.entries[0].above if found.entries else ()
        return ".".join(entry.marker.text for entry in above if entry.marker)
    numbers = ".".join(entry.marker.text for entry in heading.above if entry.marker)
    if heading.marker is not None and heading.marker.text:
        return f"{numbers}.{heading.marker.text}" if numbers else heading.marker.text
    return ", ".join(piece for piece in (numbers, heading.text.strip(" :.")) if piece)
