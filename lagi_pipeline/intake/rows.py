"""The rows of a form's table told apart: titles, header, data, lines of their own, notes and signatures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.form import CellKind, Form, Listing
from lagi_pipeline.intake.grid import Sheet, Unreadable, Value
from lagi_pipeline.intake.header import Header
from lagi_pipeline.vietnamese.text import label_key

_NUMBERING = re.compile(r"\(?(?:[A-ZĐ]|\d{1,2})\)?|\(?\d{1,2}\)?\s*=.*")
_FEWEST_NUMBERED = 3
_FOOTERS = (
    "người lập", "lập biểu", "ghi chú", "nơi nhận", "tm.", "tm ", "t/m", "kt.", "tl.", "tuq.", "thủ trưởng", "chủ tịch",
    "trưởng phòng", "giám đốc", "kế toán", "nguồn:", "nguồn số liệu", "la gi, ngày", "ủy ban nhân dân",
)  # fmt: skip
_DATED_PLACE = re.compile(r"^[^\d]{0,40}, ngày .* tháng .* năm ")
# Not "không có số liệu", which says that there may be something, nor "không có giấy phép", which is a violation.
_NONE = re.compile(
    r"(?:ghi chú\s*[:.-]?\s*)?(?:(?:trong )?(?:kỳ|quý)\b[^:]{0,40}[:,]?\s*)?(?:tổng (?:số|cộng)\s*:?\s*)?"
    r"(?:không(?: có| phát sinh| xảy ra| phát hiện){1,2}"
    r"(?: (?:vụ|vụ việc|trường hợp|tàu|tàu cá|hành vi|vi phạm)\b.*)?|(?:0|không) (?:vụ|trường hợp)\b.*)[.!]?"
)
_MOST_FOOTER_CELLS = 4
_HALVES_OF_A_PAGE = 2
_FEWEST_FIGURES = 2
_FIGURE = re.compile(r"[(+\-−–]*\s*\d[\d\s.,]*[)%‰]*")
_TOTAL = re.compile(r"(?:tổng|cộng)\b")
_DAY = re.compile(r"\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\s*")
_MARKER = re.compile(r"[0-9A-Za-zĐđ().,/+*–-]*")


@dataclass(frozen=True)
class OwnLine:
    """A figure in a line of its own: the code of the form's line, its label, the figure as it stood, its address."""

    code: str
    label: str
    value: Value
    address: str
    number: int


@dataclass
class TableRows:
    """The non-blank rows of a table's part of the sheet, told apart.

    ``data`` are positions in the sheet, ``labels`` what names each of them; ``aside`` those (by their place in
    ``data``) that hold nothing but a text left of the label column: a heading, if anything. ``early`` are rows with a
    name and figures above the header, ``late`` rows with figures below the signatures. ``nondata`` counts the others by
    kind. ``says_none`` tells that one of them says in words that there was nothing to list.
    """

    data: list[int] = field(default_factory=list)
    labels: list[Value] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    lines: list[OwnLine] = field(default_factory=list)
    early: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    nondata: Counter[str] = field(default_factory=Counter)
    says_none: bool = False

    @property
    def read(self) -> int:
        """How many rows there are."""
        return self.nondata.total() + len(self.data) + len(self.early) + len(self.late) + len(self.lines)


def first_figure(row: Sequence[Value], places: Sequence[int]) -> int | None:
    """The first of some places of a row at which a figure stands."""
    return next((place for place in sorted(places) if _is_figure(row[place])), None)


def is_title(row: Sequence[Value]) -> bool:
    """Whether a row may be of the titles above a header: at most two texts, and no number."""
    filled = [cell for cell in row if cell != ""]
    return len(filled) <= _HALVES_OF_A_PAGE and all(isinstance(cell, str) for cell in filled)


def tell_apart(form: Form, sheet: Sheet, header: Header, part: tuple[int, int]) -> TableRows:
    """Tell apart the rows of a part of the sheet (first row, row after the last) that holds one header."""
    rows = TableRows()
    start, end = part
    for position in range(start, header.top):
        if found := _lines_in(form, sheet, position):
            rows.lines.extend(found)
        elif _is_early(form, header, sheet.rows[position]):
            rows.early.append(position)
        else:
            rows.nondata["title"] += not _is_blank(sheet.rows[position])
    rows.nondata["header"] = sum(not _is_blank(row) for row in sheet.rows[header.top : header.bottom + 1])
    _Body(form, sheet, header, rows).read(end)
    return rows


def _is_early(form: Form, header: Header, row: Sequence[Value]) -> bool:
    """Whether a row above the header has a name, and figures where the table's figures stand."""
    if _is_nothing(row[header.places[form.label]]):
        return False
    places = [header.places[column.name] for column in form.columns if column.unit and column.name in header.places]
    return sum(_is_figure(row[place]) for place in places) >= min(_FEWEST_FIGURES, len(places))


class _Body:
    """The rows below a header, one after the other."""

    def __init__(self, form: Form, sheet: Sheet, header: Header, rows: TableRows) -> None:
        self._form, self._sheet, self._header, self._rows = form, sheet, header, rows
        places = header.places
        self._figures = [places[column.name] for column in form.columns if column.unit and column.name in places]
        self._label = header.places[form.label]
        self._taken = frozenset(place for name, place in places.items() if name != form.ordinal)
        self._people = frozenset(
            places[column.name] for column in form.columns if column.personal and column.name in places
        )
        self._required = [places[column.name] for column in form.columns if column.required and column.name in places]
        self._days = [
            places[column.name] for column in form.columns if column.kind is CellKind.DAY and column.name in places
        ]
        self._width = len(sheet.rows[header.bottom])
        self._heads = sheet.rows[header.top : header.bottom + 1]
        self._head_labels = {str(row[self._label]) for row in self._heads}
        self._may_be_empty = isinstance(form.rows, Listing) and form.rows.may_be_empty
        self._below = False

    def read(self, end: int) -> None:
        rows, sheet = self._rows, self._sheet
        for position in range(self._header.bottom + 1, end):
            row = sheet.rows[position]
            label = row[self._label]
            if self._is_plain(row, label):
                rows.data.append(position)
                rows.labels.append(label)
            else:
                self._settle(position, row, label)

    def _is_plain(self, row: Sequence[Value], label: Value) -> bool:
        """The common case: a named row of many cells amid the table."""
        return (
            not self._below
            and bool(self._rows.data)
            and isinstance(label, str)
            and bool(label.strip())
            and label not in self._head_labels
            and not self._form.lines
            and self._width - row.count("") > _MOST_FOOTER_CELLS
        )

    def _settle(self, position: int, row: list[Value], label: Value) -> None:
        rows = self._rows
        filled = [cell for cell in row if not _is_nothing(cell)]
        if not filled:
            return
        if row in self._heads:
            rows.nondata[
                "header" if row in self._heads[: self._header.bottom - self._header.top + 1] else "numbering"
            ] += 1
        elif not rows.data and _is_numbering(filled):
            rows.nondata["numbering"] += 1
            # A table of several pages repeats its header and this row.
            self._heads.append(row)
            self._head_labels.add(str(label))
        elif found := _lines_in(self._form, self._sheet, position):
            rows.lines.extend(found)
        elif self._may_be_empty and _says_none(filled):
            rows.nondata["none"] += 1
            rows.says_none = True
        elif self._below or (len(filled) <= _MOST_FOOTER_CELLS and _is_footer(filled)):
            self._below = True
            if self._is_late(row, label):
                rows.late.append(position)
            else:
                rows.nondata["footer"] += 1
        else:
            self._add(position, row, label, filled)

    def _add(self, position: int, row: Sequence[Value], label: Value, filled: Sequence[Value]) -> None:
        rows = self._rows
        named = label if not _is_nothing(label) else self._name_left(row, filled)
        alone = len(filled) == 1 and _is_nothing(label) and not _is_figure(filled[0])
        if alone and named == "":
            rows.nondata["remark"] += 1
            return
        if alone:
            rows.aside.add(len(rows.data))
        rows.data.append(position)
        rows.labels.append(named)

    def _is_late(self, row: Sequence[Value], label: Value) -> bool:
        """Whether a row below the signatures is one that should have stood in the table.

        It has a name and a figure, or a name, a day and half of what the form asks of a row; or figures alone.
        """
        figures = sum(_is_figure(row[place]) for place in self._figures)
        if _is_nothing(label):
            return figures > 1
        given = sum(not _is_nothing(row[place]) for place in self._required)
        return figures > 0 or (2 * given >= len(self._required) and any(_is_day(row[place]) for place in self._days))

    def _name_left(self, row: Sequence[Value], filled: Sequence[Value]) -> Value:
        """The name that a cell merged over STT and label holds ("Tổng cộng"); "" where there is only a marker.

        What stands in another column of the form is that column's, unless it says that the row is a total, or is all
        there is; who a person is names no row.
        """
        for place, cell in enumerate(row[: self._label]):
            if not isinstance(cell, str) or _MARKER.fullmatch(cell.strip()) or place in self._people:
                continue
            if place not in self._taken or len(filled) == 1 or _TOTAL.match(label_key(cell)):
                return cell
        return ""


def _is_nothing(cell: Value) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _is_blank(row: Sequence[Value]) -> bool:
    return all(map(_is_nothing, row))


def _is_day(cell: Value) -> bool:
    return isinstance(cell, date) or (isinstance(cell, str) and _DAY.fullmatch(cell) is not None)


def _is_figure(cell: Value) -> bool:
    if isinstance(cell, str):
        return _FIGURE.fullmatch(cell.strip()) is not None
    return isinstance(cell, int | float | Unreadable) and not isinstance(cell, bool)


def _is_numbering(filled: Sequence[Value]) -> bool:
    """A row of column numbers: A, B, 1, 2, 3=2/1."""
    return len(filled) >= _FEWEST_NUMBERED and all(_NUMBERING.fullmatch(show(cell).strip()) for cell in filled)


def looks_numbered(row: Sequence[Value]) -> bool:
    """Whether a whole row is one of column numbers."""
    return _is_numbering([cell for cell in row if not _is_nothing(cell)])


def _is_footer(filled: Sequence[Value]) -> bool:
    first = filled[0]
    if not isinstance(first, str):
        return False
    key = label_key(first)
    return key.startswith(_FOOTERS) or _DATED_PLACE.match(key) is not None


def _says_none(filled: Sequence[Value]) -> bool:
    """Whether a row says in words, and says nothing else, that there was nothing to list."""
    return len(filled) <= _MOST_FOOTER_CELLS and _NONE.fullmatch(label_key(" ".join(map(show, filled)))) is not None


def _lines_in(form: Form, sheet: Sheet, position: int) -> list[OwnLine]:
    """The form's lines that stand in a row, each with the figure after its colon or in the next filled cell."""
    found: list[OwnLine] = []
    row = sheet.rows[position]
    for line in form.lines:
        wanted = {label_key(label) for label in line.labels}
        for place, cell in enumerate(row):
            if not isinstance(cell, str):
                continue
            key, _, rest = cell.partition(":")
            if label_key(key) not in wanted:
                continue
            beside = [(at, value) for at, value in enumerate(row) if at > place and value != ""]
            at, value = (place, rest.strip()) if rest.strip() else next(iter(beside), (place, ""))
            found.append(
                OwnLine(line.code, key.strip(), value, sheet.address(position, at), sheet.row_number(position))
            )
    return found
