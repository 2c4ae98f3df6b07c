"""Where a form's table stands in a sheet: the header of one to three rows, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.form import CellKind, Column, Covers, Form
from lagi_pipeline.intake.grid import Sheet
from lagi_pipeline.vietnamese.numbers import is_missing
from lagi_pipeline.vietnamese.text import label_key
from lagi_pipeline.vietnamese.units import strip_column_unit

_DEEPEST_HEADER = 3
_LAST_HEADER_ROW = 400
_LONGEST_LABEL = 120
_LAST_QUARTER = 4
_FEWEST_NAMED = 2
"""Columns before the figures: a number and a name."""
_FOUR_DIGITS = re.compile(r"\d{4}")
_SAYS_YEAR = re.compile(r"(?:19|20)\d{2}")
_BASE_YEAR = re.compile(r"(?:giá so sánh|giá cố định|gốc)(?: năm)? \d{4}")
_NEIGHBOURING_YEAR = re.compile(r"\bnăm\s+(?:trước|ngoái|sau|tới|kế\ tiếp)\b")
# What a header says of the reporting period ("Thực hiện quý III", "Ước thực hiện 6 tháng", "Lũy kế từ đầu năm đến hết
# quý III") is the title's business; a label is the same without it. What names another period ("Thực hiện năm 2023"
# in 2024, "Ước thực hiện cả năm" in a third quarter) stays, and is another label, whether or not it adds the form's own
# year; a plan is of the whole year anyway.
_PERIOD_WORDS = re.compile(
    r"""
    (?P<compared>\bcùng\ kỳ)\s+năm\s+(?P<compared_year>\d{4})\b
    | (?:\btính\s+)?\btừ\ đầu\ năm\b
    | (?P<until>(?:\btính\s+)?\b(?:đến\ hết|đến|hết)\s+)(?=quý|tháng|\d|năm|ngày)
    | (?:\bngày\s+)?\b(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<date_year>\d{4}))?\b
    | \bquý(?:\s+(?P<quarter>iv|i{1,3}|[1-4])\b)?(?:\s*(?:/|\bnăm\b)\s*(?P<quarter_year>\d{4})\b)?
    | \b(?P<months>\d{1,2})\s+tháng\b(?:\s+đầu\b)?(?:\s*(?:/|\bnăm\b)(?:\s*(?P<months_year>\d{4})\b)?)?
    | \bđầu\ năm\b
    | (?P<plan>\b(?:dự\ toán|kế\ hoạch|kh|chỉ\ tiêu|nhiệm\ vụ))(?:\ cả)?\ năm\b(?:\s+(?P<plan_year>\d{4})\b)?
    | (?P<whole>\b(?:cả\ )?năm\b(?!\ (?:trước|nay|ngoái|sau)))(?:\s+(?P<year>\d{4})\b)?
    """,
    re.VERBOSE,
)
_CUMULATIVE = re.compile(r"lũy kế|đầu năm|\b(?:6|9|12)\s+tháng\b")
_PLANNED = re.compile(r"\b(?:kế hoạch|dự toán|nhiệm vụ năm|chỉ tiêu năm)\b")
_COMPARED = re.compile(r"\b(?:so sánh|so với|cùng kỳ)\b|^tỷ lệ\b")
_WORDS = re.compile(r"[^\W\d_]{2}")
_EXPECTED = re.compile(r"\b(?:ước|khả năng|dự kiến)\b")
_MONTHS = 12
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_Path = tuple[str, ...]


class Sense(Enum):
    """What a header path says its figures are, beside what they count; a column takes only what its labels say too."""

    CUMULATIVE = auto()
    PLANNED = auto()
    COMPARED = auto()
    OTHER_PERIOD = auto()
    WHOLE_YEAR = auto()
    """Of the form's whole year, though its period is a part of it."""
    PART_OF_PLAN = auto()
    """A plan of a quarter or some months: no column takes it, for every plan is of the year."""


@dataclass(frozen=True)
class _Wish:
    """A path by which a column may be found, and the senses that figures under it may have and must have."""

    path: _Path
    column: Column
    senses: frozenset[Sense]
    needed: frozenset[Sense] = frozenset()

    def takes(self, senses: frozenset[Sense]) -> bool:
        """Whether figures of these senses can be what is wished for."""
        return self.needed <= senses <= self.senses


@dataclass(frozen=True)
class Header:
    """A form's header in a sheet.

    ``top`` and ``bottom`` are its first and last row; ``places`` gives the column of each form column that was found,
    ``units`` the unit that a header states for itself, ``ambiguous`` the columns to which several answer; ``depth`` is
    how many labels were matched in all, groups above columns included.
    """

    top: int
    bottom: int
    places: dict[str, int]
    units: dict[str, str]
    labels: dict[int, str]
    ambiguous: dict[str, list[int]]
    depth: int

    @property
    def score(self) -> tuple[int, int, int, int]:
        """How well it holds a form's columns: more of them, told by more labels, in fewer rows."""
        return len(self.places) + len(self.ambiguous), len(self.places), self.depth, self.top - self.bottom

    def found(self, columns: Sequence[Column]) -> int:
        """How many of ``columns`` it has, be it more than once."""
        return sum(column.name in self.places or column.name in self.ambiguous for column in columns)


@lru_cache(maxsize=65_536)
def header_key(label: str, quarter: Quarter | None) -> str:
    """A header's label for matching: without its unit, its footnotes and what it says of the reporting period.

    Without a quarter, whatever it says of any period is left out.
    """
    key = label_key(strip_column_unit(label)[0])
    return " ".join(_PERIOD_WORDS.sub(lambda found: _other_period(found, quarter), key).split()) or key


def _other_period(found: re.Match[str], quarter: Quarter | None) -> str:
    """What stays of a phrase of time: nothing where it is the reporting period's, all of it where it is another's."""
    if found["plan"]:
        of_year = quarter is None or not found["plan_year"] or int(found["plan_year"]) == quarter.year
        return found["plan"] if of_year else found[0]
    if quarter is None:
        return found["compared"] or " "
    if found["whole"] and quarter.number != _LAST_QUARTER:
        return found["whole"] if _is_own_year(found, quarter) else found[0]
    if found["compared"]:
        return found["compared"] if int(found["compared_year"]) == quarter.year - 1 else found[0]
    numbers: list[float] = [_ROMAN.get(found["quarter"]) or int(found["quarter"])] if found["quarter"] else []
    numbers += [int(found["months"]) / 3] if found["months"] else []
    years = [int(found[name]) for name in ("quarter_year", "months_year", "year", "date_year") if found[name]]
    last_day = not found["day"] or (int(found["day"]), int(found["month"])) == (quarter.end.day, quarter.end.month)
    same = last_day and all(n == quarter.number for n in numbers) and all(y == quarter.year for y in years)
    return " " if same else found[0]


def _is_own_year(found: re.Match[str], quarter: Quarter) -> bool:
    return not found["year"] or int(found["year"]) == quarter.year


@dataclass(frozen=True)
class Search:
    """What became of the search for a form's header in a sheet.

    ``header`` is there where no required column is ``missing``; else ``missing`` is what the nearest candidate lacks
    (all, where none is near), and ``figures`` how many of the form's columns of figures it has.
    """

    header: Header | None
    missing: list[Column]
    figures: int = 0


def find_header(sheet: Sheet, form: Form, quarter: Quarter | None) -> Search:
    """The header that holds the form's required columns, or what the nearest candidate lacks.

    Raises:
        RefusedFileError: two columns of the sheet answer to the same column of the form.
    """
    required = [column for column in form.columns if column.required]
    asked = [column for column in form.columns if column.is_asked_in(quarter)]
    wishes = [wish for column in asked for wish in _wanted(form, column, quarter)]
    wishes.sort(key=lambda wish: -len(wish.path))
    best = max(
        _candidates(sheet, wishes, quarter),
        key=lambda header: (header.found(required), sum(c.name in header.places for c in required), *header.score),
        default=None,
    )
    if best is None or not best.score[0]:
        return Search(None, required)
    if best.found(required) < len(required):
        missing = [column for column in required if column.name not in best.places]
        figures = [column for column in form.columns if column.unit and not column.year_estimate]
        return Search(None, missing, best.found(figures))
    for name, several in best.ambiguous.items():
        addresses = ", ".join(sheet.address(best.bottom, place) for place in several)
        raise RefusedFileError(
            f"trang «{sheet.name}»: nhiều cột cùng là «{form.column(name).title_vi}» ({addresses}), đọc cột nào?",
            rule="ambiguous_column",
            sheet=sheet.name,
            cell=sheet.address(best.bottom, several[0]),
        )
    return Search(best, [])


def _candidates(sheet: Sheet, wishes: Sequence[_Wish], quarter: Quarter | None) -> Iterator[Header]:
    """A header for every block of rows in which a label of the form stands."""
    known = {wish.path[-1] for wish in wishes}
    seen: set[tuple[int, int]] = set()
    for row, cells in enumerate(sheet.rows[:_LAST_HEADER_ROW]):
        if not any(
            isinstance(cell, str) and 0 < len(cell) <= _LONGEST_LABEL and header_key(cell, quarter) in known
            for cell in cells
        ):
            continue
        for depth in range(_DEEPEST_HEADER):
            top = row - depth
            for bottom in range(row, min(top + _DEEPEST_HEADER, len(sheet.rows))):
                if top >= 0 and (top, bottom) not in seen:
                    seen.add((top, bottom))
                    yield _match(sheet, wishes, (top, bottom), quarter)


def _wanted(form: Form, column: Column, quarter: Quarter | None) -> list[_Wish]:
    """The header paths by which a column is found, normalised."""
    wishes = []
    for label in column.labels:
        parts = tuple(label.split(" / "))
        if column.year_estimate:
            of_year = frozenset({Sense.WHOLE_YEAR})
            wishes.append(_Wish(tuple(header_key(part, quarter) for part in parts), column, of_year, of_year))
            continue
        senses = _senses(parts, None)
        if senses & {Sense.PLANNED, Sense.COMPARED}:
            senses |= {Sense.WHOLE_YEAR}  # a plan is of the whole year, and what is compared says with what
        if form.covers is Covers.YTD or (quarter is not None and quarter.number == 1):
            senses |= {Sense.CUMULATIVE}  # a first quarter is both
        wishes.append(_Wish(tuple(header_key(part, quarter) for part in parts), column, senses))
    return wishes


def heads_year_estimate(label: str, form: Form, quarter: Quarter) -> bool:
    """Whether a header path is how the form's estimate of the year is headed: then it is no other period's column."""
    path = tuple(header_key(part, quarter) for part in label.split(" / "))
    estimates = (column for column in form.columns if column.year_estimate and column.is_asked_in(quarter))
    return any(path == wish.path for column in estimates for wish in _wanted(form, column, quarter))


@lru_cache(maxsize=4_096)
def _senses(labels: _Path, quarter: Quarter | None) -> frozenset[Sense]:
    """What a header path says its figures are."""
    senses = set()
    for key in map(label_key, labels):
        senses |= {sense for sense, pattern in _SENSES.items() if pattern.search(key)}
        if quarter is not None and any(_is_of_another(found, quarter) for found in _PERIOD_WORDS.finditer(key)):
            senses.add(Sense.OTHER_PERIOD)
    if Sense.PLANNED in senses and Sense.COMPARED not in senses and _names_part_of_year(labels):
        senses.add(Sense.PART_OF_PLAN)
    if quarter is not None and _is_of_whole_year(labels, quarter):
        senses.add(Sense.WHOLE_YEAR)
    return frozenset(senses)


def _names_part_of_year(labels: _Path) -> bool:
    """Whether labels name a quarter or fewer than twelve months."""
    found = (words for key in map(label_key, labels) for words in _PERIOD_WORDS.finditer(key))
    return any(words["quarter"] or (words["months"] and int(words["months"]) < _MONTHS) for words in found)


def _is_of_whole_year(labels: _Path, quarter: Quarter) -> bool:
    """Whether the innermost label that tells a time tells the whole year of a form that is not yet so far.

    "Năm 2024" over a group only names the year of what stands below; "cả năm" and "ước thực hiện năm 2024" do not.
    """
    if quarter.number == _LAST_QUARTER:
        return False
    for key in map(label_key, reversed(labels)):
        times = [found for found in _PERIOD_WORDS.finditer(key) if not (found["plan"] or found["until"])]
        whole = [found for found in times if found["whole"] and _is_own_year(found, quarter)]
        if whole:
            is_said = any(found["whole"].startswith("cả") for found in whole) or _EXPECTED.search(key) is not None
            return is_said and len(whole) == len(times)
        if times:
            return False
    return False


_SENSES = {Sense.CUMULATIVE: _CUMULATIVE, Sense.PLANNED: _PLANNED, Sense.COMPARED: _COMPARED}


def _is_of_another(found: re.Match[str], quarter: Quarter) -> bool:
    """Whether a phrase of time in a group's label is of another period; a group may well be of the whole year."""
    if found["whole"]:
        return bool(found["year"]) and int(found["year"]) != quarter.year
    return _other_period(found, quarter).strip() == found[0].strip() and not (found["compared"] or found["plan"])


def _match(sheet: Sheet, wishes: Sequence[_Wish], rows: tuple[int, int], quarter: Quarter | None) -> Header:
    """Give each column of the form its place: the longest paths choose first, and a place is given once.

    A column of figures to which another column answers too, by whichever of its labels, is ambiguous.
    """
    raw = _raw_paths(sheet, *rows)
    keys = [tuple(header_key(part, quarter) for part in path) for path in raw]
    senses = [_senses((*above, *path), quarter) for above, path in zip(_groups_above(sheet, rows[0]), raw, strict=True)]
    dated = _groups_above(sheet, rows[0], with_years=True)
    continued = _continued_below(sheet, rows[1])
    at: dict[str, int] = {}
    ambiguous: dict[str, list[int]] = {}
    depth = 0

    def free(wish: _Wish) -> list[int]:
        taken = set(at.values())
        return [
            place
            for place, key in enumerate(keys)
            if place not in taken and _answers(key, wish.path) and wish.takes(senses[place])
            if not wish.column.year_estimate
            or (place not in continued and _says_this_year(dated[place], raw[place], quarter))
        ]

    for wish in wishes:
        if wish.column.name in at or wish.column.name in ambiguous:
            continue
        places = free(wish)
        if len(places) == 1:
            at[wish.column.name] = places[0]
            depth += len(wish.path)
        elif places:
            ambiguous[wish.column.name] = places
    for wish in wishes:
        if wish.column.kind is not CellKind.TEXT and wish.column.name in at and (others := free(wish)):
            ambiguous[wish.column.name] = [at.pop(wish.column.name), *others]
    units = {name: unit for name, place in at.items() if (unit := _unit_of(raw[place]))}
    labels = {place: " / ".join(path) for place, path in enumerate(raw) if path}
    return Header(*rows, at, units, labels, ambiguous, depth)


def _says_this_year(above: _Path, path: _Path, quarter: Quarter | None) -> bool:
    """Whether nothing in a header makes an estimate of the year that of another year, or a percentage.

    Args:
        above: The groups above the header, those included that name a year.
        path: The header's own labels.
        quarter: The form's; without it nothing is known of its year.
    """
    keys = [_BASE_YEAR.sub("", label_key(label)) for label in (*above, *path)]
    return quarter is not None and not (
        any("%" in label for label in path)
        or any(_NEIGHBOURING_YEAR.search(key) for key in keys)
        or any(int(year) != quarter.year for key in keys for year in _SAYS_YEAR.findall(key))
    )


def _continued_below(sheet: Sheet, bottom: int) -> frozenset[int]:
    """The columns whose header goes on in the row below: its first cells are blank, and others hold words."""
    below = sheet.rows[bottom + 1] if bottom + 1 < len(sheet.rows) else []
    if any(cell != "" for cell in below[:_FEWEST_NAMED]):
        return frozenset()
    return frozenset(
        place
        for place, cell in enumerate(below)
        if isinstance(cell, str) and not is_missing(cell) and _WORDS.search(cell)
    )


def _groups_above(sheet: Sheet, top: int, *, with_years: bool = False) -> list[_Path]:
    """For each column the labels of groups right above a header's first row, which it may have left out.

    A title stands over the first columns too, or names its year; a group stands over some of the others. What names a
    year is among them ``with_years`` only.
    """
    above: list[list[str]] = [[] for _ in sheet.rows[top]]
    for row in range(max(top - _DEEPEST_HEADER + 1, 0), top):
        for place, cell in enumerate(sheet.rows[row]):
            label = _number_text(cell) if with_years and isinstance(cell, int | float) else cell
            if not (isinstance(label, str) and label) or place < _FEWEST_NAMED:
                continue
            if with_years or not _FOUR_DIGITS.search(label):
                for covered in range(place, _end_of_group(sheet, row, place) + 1):
                    above[covered].append(label)
    return [tuple(labels) for labels in above]


def _end_of_group(sheet: Sheet, row: int, place: int) -> int:
    """The last column that a group's label stands over: its merged cell's, or as far as blanks follow it."""
    for (first_row, first_column), (_, last_column) in sheet.merges:
        if (first_row - sheet.first_row, first_column - sheet.first_column) == (row, place):
            return min(last_column - sheet.first_column, len(sheet.rows[row]) - 1)
    if sheet.merges:
        return place
    cells = sheet.rows[row]
    following = (at for at in range(place + 1, len(cells)) if cells[at] != "")
    return next(following, len(cells)) - 1


def _unit_of(path: _Path) -> str | None:
    """The unit that a header path states: the innermost one, as in "Khối lượng (tấn) / Thu gom (kg)"."""
    return next((unit for part in reversed(path) if (unit := strip_column_unit(part)[1])), None)


def _answers(path: _Path, wanted: _Path) -> bool:
    """Whether a header path ends in the wanted label and has its ancestors, in their order."""
    if not path or path[-1] != wanted[-1]:
        return False
    above = iter(path[:-1])
    return all(any(label == ancestor for label in above) for ancestor in wanted[:-1])


def _raw_paths(sheet: Sheet, top: int, bottom: int) -> list[_Path]:
    """For each column its labels from the top row to the bottom one, merged cells spread out."""
    block: list[list[str]] = [
        [" ".join(cell.split()) if isinstance(cell, str) else _number_text(cell) for cell in row]
        for row in sheet.rows[top : bottom + 1]
    ]
    if sheet.merges:
        _spread_merges(sheet, block, top)
    else:
        _spread_rightwards(block)
    return [_without_repeats([row[place] for row in block]) for place in range(len(block[0]))]


def _number_text(cell: object) -> str:
    return f"{cell:g}" if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell)


def _spread_merges(sheet: Sheet, block: list[list[str]], top: int) -> None:
    for (first_row, first_column), (_, last_column) in sheet.merges:
        row = first_row - sheet.first_row - top
        start, end = first_column - sheet.first_column, last_column - sheet.first_column
        if 0 <= row < len(block) and 0 <= start <= end < len(block[0]):
            for place in range(start + 1, end + 1):
                block[row][place] = block[row][place] or block[row][start]


def _spread_rightwards(block: list[list[str]]) -> None:
    """Without merge information: a blank beside a group's label, above a label of its own, belongs to that group.

    A label with nothing below it is no group, and a group ends where the one above it ends.
    """
    for depth, row in enumerate(block[:-1]):
        below = block[depth + 1 :]
        for place in range(1, len(row)):
            if row[place] or not row[place - 1]:
                continue
            both_have_labels = all(any(lower[at] for lower in below) for at in (place - 1, place))
            if both_have_labels and all(upper[place - 1] == upper[place] for upper in block[:depth]):
                row[place] = row[place - 1]


def _without_repeats(labels: Sequence[str]) -> _Path:
    kept: list[str] = []
    for label in labels:
        if label and (not kept or kept[-1] != label):
            kept.append(label)
    return tuple(kept)
