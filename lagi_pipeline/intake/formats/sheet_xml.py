"""What the XML of a worksheet says beside the values, cell by cell, however it is written.

Sheets of the usual writing are looked through faster by ``plain_sheet``; what both tell is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.archive import Archive
from lagi_pipeline.intake.formats.area import Extent, Place, too_many_cells, too_much_text
from lagi_pipeline.intake.formats.marked import Mark, RichText
from lagi_pipeline.intake.formats.xml import XmlReader, attributes, unreadable
from lagi_pipeline.intake.grid import Unreadable

TRUE = frozenset({"1", "true", "on"})
_EDITIONS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_NAMES = ("row", "c", "v", "f", "is", "r", "t", "vertAlign", "strike", "rPh", "mergeCell", "col")
_ELEMENTS = {f"{edition} {name}": name for edition in _EDITIONS for name in _NAMES}
_OF_TEXT = frozenset({"r", "t", "vertAlign", "strike", "rPh"})
_HEARD = {name: element for name, element in _ELEMENTS.items() if element in {"f", "v", "t", "is", "rPh"}}
_LONGEST_INDEX = 7  # digits
_NUMBERS = frozenset({"", "n"})
_OWN_TEXT = frozenset({"inlineStr", "str"})
_DIGITS = "0123456789"
_ALIGNED = {"superscript": Mark.RAISED, "subscript": Mark.LOWERED}


@dataclass
class Seen:
    """What a worksheet says beside its values, at absolute places.

    ``cells`` counts the elements, ``texts`` those that point to a shared text, ``own_texts`` those that hold one;
    ``characters`` are those of the shared texts pointed to, where they were counted; ``marked`` what the texts say that
    the sheet itself holds and of which parts are marked.
    """

    extent: Extent = field(default_factory=Extent)
    cells: int = 0
    texts: int = 0
    own_texts: int = 0
    characters: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    percents: set[Place] = field(default_factory=set)
    unreadable: dict[Place, Unreadable] = field(default_factory=dict)
    marked: dict[Place, str | Unreadable] = field(default_factory=dict)
    merges: int = 0

    @property
    def noted(self) -> int:
        """Of how many cells something is kept."""
        return len(self.percents) + len(self.unreadable) + len(self.marked) + self.merges


class _Columns(dict[str, int]):
    """Columns (zero-based) by their letters."""

    def __missing__(self, letters: str) -> int:
        column = 0
        for letter in letters.upper():
            if not "A" <= letter <= "Z":
                raise ValueError(letters)
            column = column * 26 + ord(letter) - ord("A") + 1
        if not 0 < column <= limits.COLUMNS:
            raise ValueError(letters)
        self[letters] = column - 1
        return column - 1


_COLUMNS = _Columns()


def mark_of(element: str, flat: list[str]) -> Mark | None:
    """The mark that an element of a run's properties, ``vertAlign`` or ``strike``, gives to it."""
    value = attributes(flat).get("val")
    if element == "strike":
        return Mark.STRUCK if value is None or value in TRUE else None
    return _ALIGNED.get(value or "")


def scan(
    archive: Archive,
    part: str,
    percents: frozenset[str],
    shared: Sequence[int] | None = None,
    *,
    scaled: frozenset[str] = frozenset(),
) -> Seen:
    """Read a worksheet's XML.

    ``percents`` are the cell formats that show a percentage, ``scaled`` those that show thousands. With ``shared``, the
    lengths of the shared texts, the characters of the sheet are counted.

    Raises:
        RefusedFileError: it is no sheet, or holds more cells than are read.
    """
    return _Scan(part, percents, scaled, shared).run(archive)


class _Scan:
    """The cell that is being read, and what was found so far."""

    def __init__(
        self, part: str, percents: frozenset[str], scaled: frozenset[str], shared: Sequence[int] | None
    ) -> None:
        self._part = part
        self._percents = percents
        self._scaled = scaled
        self._shared = shared
        self._reader = XmlReader(part, self._start, self._end)
        self._seen = Seen()
        self._filled_cells = 0
        self._row = self._column = -1
        self._row_number = ""
        self._kind = self._style = ""
        self._filled = self._computed = False
        self._formula: str | None = None
        self._value = ""
        self._listening = False
        self._texts: list[str] = []
        self._own_text: RichText | None = None
        self._mark: Mark | None = None
        self._in_phonetic = False
        self._masters: dict[str, str] = {}
        self._group = ""

    def run(self, archive: Archive) -> Seen:
        """Read all of it."""
        self._reader.read(archive)
        self._finish()
        return self._seen

    def _start(self, name: str, flat: list[str]) -> None:  # noqa: C901 - one call for each kind of element
        element = _ELEMENTS.get(name)
        if element is None:
            return
        if element == "c":
            if self._filled:
                self._finish()
            self._begin_cell(flat)
        elif element == "v":
            self._filled = self._computed = True
            if self._is_value_heard():
                self._listen()
        elif element == "is":
            self._filled = self._computed = True
            self._own_text = RichText()
        elif element in _OF_TEXT:
            self._begin_of_text(element, flat)
        elif element == "f":
            self._begin_formula(flat)
        elif element == "row":
            self._finish()
            self._begin_row(flat)
        elif element == "mergeCell":
            self._seen.merges += 1
        elif element == "col":
            self._note_columns(attributes(flat))

    def _is_value_heard(self) -> bool:
        """Whether the characters of a value matter: mostly they do not, and listening takes time."""
        kind = self._kind
        return (
            self._formula is not None
            or kind == "e"
            or (kind == "s" and self._shared is not None)
            or (self._style in self._scaled and kind in _NUMBERS)
        )

    def _begin_of_text(self, element: str, flat: list[str]) -> None:
        """An element within a text of the sheet's own."""
        if self._own_text is None:
            return
        if element == "r":
            self._mark = None
        elif element == "rPh":
            self._in_phonetic = True
        elif element == "t":
            if not self._in_phonetic:
                self._listen()
        else:
            self._mark = mark_of(element, flat) or self._mark

    def _end_of_text(self, element: str) -> None:
        if self._own_text is None:
            return
        if element == "t" and self._listening:
            self._own_text.add(self._heard(), self._mark)
        elif element == "rPh":
            self._in_phonetic = False
        elif element == "is":
            if self._own_text.is_marked:
                self._seen.marked[self._row, self._column] = self._own_text.value()
                self._allow()
            self._own_text = None

    def _note_columns(self, found: dict[str, str]) -> None:
        """Columns of which some attributes are told: are they hidden?"""
        if found.get("hidden") in TRUE:
            first, last = (_column_number(found.get(name, ""), self._part) for name in ("min", "max"))
            self._seen.hidden_columns.update(range(first - 1, last))

    def _end(self, name: str) -> None:
        element = _HEARD.get(name)
        if element is None:
            return
        if element not in {"v", "f"}:
            self._end_of_text(element)
            return
        if not self._listening:
            return
        heard = self._heard().strip()
        if element == "v":
            self._value = heard
        else:
            self._formula = heard or self._masters.get(self._group, "")
            if self._group:
                self._masters.setdefault(self._group, self._formula)

    def _begin_row(self, flat: list[str]) -> None:
        found = attributes(flat)
        number = found.get("r")
        self._row = self._row + 1 if number is None else self._index(number)
        self._row_number = str(self._row + 1)
        self._column = -1
        if found.get("hidden") in TRUE:
            self._seen.hidden_rows.add(self._row)

    def _begin_cell(self, flat: list[str]) -> None:
        self._seen.cells += 1
        if self._seen.cells > limits.CELL_ELEMENTS:
            raise too_many_cells()
        self._kind = self._style = ""
        address = None
        values = iter(flat)
        for name in values:
            value = next(values)
            if name == "r":
                address = value
            elif name == "t":
                self._kind = value
            elif name == "s":
                self._style = value
        if address is None:
            self._column += 1
            return
        letters = address.rstrip(_DIGITS)
        try:
            self._column = _COLUMNS[letters]
        except ValueError:
            raise unreadable(self._part, f"địa chỉ ô «{address[:20]}»") from None
        number = address[len(letters) :]
        if number != self._row_number:
            self._row = self._index(number)
            self._row_number = number

    def _index(self, number: str) -> int:
        if not (number.isascii() and number.isdigit() and len(number) <= len(str(limits.ROWS))):
            raise unreadable(self._part, f"số dòng «{number[:20]}»")
        index = int(number) - 1
        if not 0 <= index < limits.ROWS:
            raise unreadable(self._part, f"số dòng «{number}»")
        return index

    def _begin_formula(self, flat: list[str]) -> None:
        self._filled = True
        found = attributes(flat)
        self._group = found.get("si", "") if found.get("t") == "shared" else ""
        self._listen()

    def _listen(self) -> None:
        self._listening = True
        self._texts = []
        self._reader.listen(self._texts.append)

    def _heard(self) -> str:
        self._listening = False
        self._reader.listen(None)
        return "".join(self._texts)

    def _finish(self) -> None:
        """The cell before is complete."""
        if not self._filled:
            return
        self._filled_cells += 1
        if self._filled_cells > limits.CELLS:
            raise too_many_cells()
        self._seen.extent.add(self._row, self._column)
        if self._kind == "s":
            self._settle_text()
        elif self._kind in _OWN_TEXT:
            self._seen.own_texts += 1
        if self._formula is not None or self._kind == "e":
            self._settle()
        elif self._kind in _NUMBERS:
            self._note_format()
        self._filled = self._computed = False
        self._formula = None
        self._value = ""

    def _settle_text(self) -> None:
        self._seen.texts += 1
        if self._shared is not None:
            index = int(self._value) if self._value.isdecimal() and len(self._value) <= _LONGEST_INDEX else -1
            self._seen.characters += self._shared[index] if 0 <= index < len(self._shared) else 0
            if self._seen.characters > limits.TEXT_CHARACTERS:
                raise too_much_text()

    def _settle(self) -> None:
        """An error, or a formula: has it a value?"""
        place = (self._row, self._column)
        if self._kind == "e":
            self._seen.unreadable[place] = Unreadable("error_cell", self._value or "#N/A")
        elif not self._value and not (self._kind == "str" and self._computed):
            # An empty text that a formula gave is written with its type; libraries that compute nothing write none.
            self._seen.unreadable[place] = Unreadable("uncached_formula", f"={self._formula}")
        elif self._kind in _NUMBERS:
            self._note_format()
        self._allow()

    def _note_format(self) -> None:
        """Note a number that its format shows as another one."""
        place = (self._row, self._column)
        if self._style in self._percents:
            self._seen.percents.add(place)
            self._allow()
        elif self._style in self._scaled and self._computed:
            self._seen.unreadable[place] = Unreadable("scaled_format", self._value)
            self._allow()

    def _allow(self) -> None:
        if self._seen.noted > limits.NOTED_CELLS:
            raise too_many_cells()


def _column_number(text: str, part: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(limits.COLUMNS))):
        raise unreadable(part, f"số cột «{text[:20]}»")
    return min(int(text), limits.COLUMNS)
