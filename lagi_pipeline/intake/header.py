"""Where a form's table stands in a sheet: the header of one to three rows, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.form import Column, Form
from lagi_pipeline.intake.grid import Sheet
from lagi_pipeline.vietnamese.text import label_key
from lagi_pipeline.vietnamese.units import strip_column_unit

_DEEPEST_HEADER = 3
_LAST_HEADER_ROW = 400
# What a header says of the period ("Thực hiện quý III", "Ước thực hiện 6 tháng", "Lũy kế từ đầu năm đến hết quý III")
# is the title's business; a label is the same without it.
_PERIOD_WORDS = re.compile(
    r"\btừ đầu năm\b|\bđến hết\b|\bđến\b|\bquý(?:\s+(?:[ivx]+|\d))?\b|\b\d{1,2}\s+tháng\b|\bcả năm\b|\bđầu năm\b"
    r"|\bnăm(?:\s+\d{4})?\b"
)
_Path = tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """A form's header in a sheet.

    ``top`` and ``bottom`` are its first and last row; ``at`` gives the column of each form column that was found,
    ``units`` the unit that a header states for itself, ``ambiguous`` the columns to which several answer.
    """

    top: int
    bottom: int
    at: dict[str, int]
    units: dict[str, str]
    labels: dict[int, str]
    ambiguous: dict[str, list[int]]


def header_key(label: str) -> str:
    """A header's label for matching: without its unit, its footnotes and what it says of the period."""
    key = label_key(strip_column_unit(label)[0])
    return " ".join(_PERIOD_WORDS.sub(" ", key).split()) or key


def find_header(sheet: Sheet, form: Form) -> tuple[Header | None, list[Column]]:
    """The header that holds the form's required columns, and the required columns missing from the best one.

    Returns:
        The header, with no column missing; or None with what the nearest candidate lacks (all, where none is near).

    Raises:
        RefusedFileError: two columns of the sheet answer to the same column of the form.
    """
    required = [column for column in form.columns if column.required]
    best: Header | None = None
    best_score = (0, 0)
    for candidate in _candidates(sheet, form):
        found = sum(column.name in candidate.at for column in required)
        score = (found, len(candidate.at))
        if score > best_score:
            best, best_score = candidate, score
    if best is None:
        return None, required
    for name, places in best.ambiguous.items():
        addresses = ", ".join(sheet.address(best.bottom, place) for place in places)
        raise RefusedFileError(
            f"trang «{sheet.name}»: nhiều cột cùng là «{form.column(name).title_vi}» ({addresses}), không rõ đọc cột nào",
            rule="ambiguous_column",
            sheet=sheet.name,
            cell=sheet.address(best.bottom, places[0]),
        )
    missing = [column for column in required if column.name not in best.at]
    return (best, []) if not missing else (None, missing)


def _candidates(sheet: Sheet, form: Form) -> Iterator[Header]:
    """A header for every block of rows in which a label of the form stands."""
    known = {path[-1] for column in form.columns for path in _wanted(column)}
    rows_with_labels = [
        row
        for row, cells in enumerate(sheet.rows[:_LAST_HEADER_ROW])
        if any(isinstance(cell, str) and cell and header_key(cell) in known for cell in cells)
    ]
    seen: set[tuple[int, int]] = set()
    for row in rows_with_labels:
        for depth in range(_DEEPEST_HEADER):
            top = row - depth
            for bottom in range(row, min(top + _DEEPEST_HEADER, len(sheet.rows))):
                if top >= 0 and (top, bottom) not in seen:
                    seen.add((top, bottom))
                    yield _match(sheet, form, top, bottom)


def _wanted(column: Column) -> list[_Path]:
    """The header paths by which a column is found, normalised."""
    return [tuple(header_key(part) for part in label.split(" / ")) for label in column.labels]


def _match(sheet: Sheet, form: Form, top: int, bottom: int) -> Header:
    """Give each column of the form its place: the longest paths choose first, and a place is given once."""
    raw = _raw_paths(sheet, top, bottom)
    keys = [tuple(header_key(part) for part in path) for path in raw]
    wishes = [(path, column) for column in form.columns for path in _wanted(column)]
    at: dict[str, int] = {}
    ambiguous: dict[str, list[int]] = {}
    for path, column in sorted(wishes, key=lambda wish: -len(wish[0])):
        if column.name in at or column.name in ambiguous:
            continue
        places = [place for place, key in enumerate(keys) if place not in at.values() and _answers(key, path)]
        if len(places) == 1:
            at[column.name] = places[0]
        elif places:
            ambiguous[column.name] = places
    units = {name: unit for name, place in at.items() for part in raw[place][::-1] if (unit := strip_column_unit(part)[1])}
    return Header(top, bottom, at, units, {place: " / ".join(path) for place, path in enumerate(raw) if path}, ambiguous)


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
    """Without merge information: a blank beside a label, above a label of its own, belongs to that label."""
    for depth, row in enumerate(block[:-1]):
        for place in range(1, len(row)):
            if not row[place] and row[place - 1] and any(lower[place] for lower in block[depth + 1 :]):
                row[place] = row[place - 1]


def _without_repeats(labels: Sequence[str]) -> _Path:
    kept: list[str] = []
    for label in labels:
        if label and (not kept or kept[-1] != label):
            kept.append(label)
    return tuple(kept)
