"""The sheets of a file as a slip shows them again: values at the sender's own addresses, and the look of a workbook.

Only what is on a list is taken over: values, fonts, fills, borders, alignment, number formats, widths, heights, merged
and hidden areas. Formulas, macros, links, connections, names, pictures and validations are not on it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.grid import Sheet, Value
from lagi_pipeline.intake.masking import position_of_sheet
from lagi_pipeline.reporting.slips.dress import Dress, read_dresses
from lagi_pipeline.reporting.slips.returned import Listed, ReturnedFile
from lagi_pipeline.vietnamese.numbers import exact
from lagi_pipeline.vietnamese.text import nfc

log = logging.getLogger(__name__)

MOST_CELLS = 200_000
"""Cells of a file that are all shown again (some seconds); of a larger one only its head and the rows in question."""
HEAD_ROWS = 60
_EXCERPT_COLUMNS = 200
_FIRST_CELLS = 3
"""Cells that stand for their row."""
FEWEST_IN_TABLE = 3
"""Filled cells by which a row looks like one of a table."""


@dataclass(frozen=True)
class Page:
    """A sheet as the slip shows it: its title in the slip, the grid, its look if it has one, the rows that are kept.

    ``kept`` (positions among the grid's rows) is None where all are.
    """

    title: str
    sheet: Sheet
    dress: Dress | None
    kept: tuple[int, ...] | None = None

    @property
    def width(self) -> int:
        """How many columns of the grid are shown."""
        width = len(self.sheet.rows[0]) if self.sheet.rows else 0
        return width if self.kept is None else min(width, _EXCERPT_COLUMNS)

    def shown_rows(self) -> Iterable[int]:
        """The positions of the grid's rows that are shown."""
        return range(len(self.sheet.rows)) if self.kept is None else self.kept

    def value(self, row: int, column: int) -> Value:
        """What stands at an absolute position; blank outside of the grid."""
        down, right = row - self.sheet.first_row, column - self.sheet.first_column
        rows = self.sheet.rows
        return rows[down][right] if 0 <= down < len(rows) and 0 <= right < len(rows[down]) else ""

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The cell that shows what stands at a position: the upper left one of a merged area."""
        for (top, left), (bottom, right) in self.sheet.merges:
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return row, column

    def places(self, finding: Listed) -> list[tuple[int, int]]:
        """Where a finding is marked, its comment first: at its cell, or at the first filled cells of its row."""
        if (at := finding.position) is not None:
            return [self.anchor(*at)]
        if finding.row is None:
            return []
        row = finding.row - 1
        first = self.sheet.first_column
        filled = [column for column in range(first, first + self.width) if self.value(row, column) != ""]
        return [self.anchor(row, column) for column in filled[:_FIRST_CELLS]] or [(row, first)]

    def said(self, finding: Listed) -> str:
        """What stands where a finding is, as its sender reads it; of a row its first filled cells."""
        if finding.position is not None:
            row, column = self.anchor(*finding.position)
            return spoken(self.value(row, column), percent=(row, column) in self.sheet.percents)
        values = [self.value(row, column) for row, column in self.places(finding)]
        return " | ".join(spoken(value) for value in values if value != "")


def spoken(value: Value, *, percent: bool = False) -> str:
    """A value as it shows in a Vietnamese sheet: a decimal comma, and no grouping of which the cell knows nothing."""
    if isinstance(value, float) and percent:
        return f"{(exact(value) * 100).normalize():f}%".replace(".", ",")
    text = show(value)
    return text.replace(".", ",") if isinstance(value, float) else text


def read_pages(vault: Path, returned: ReturnedFile, taken: str) -> list[Page]:
    """The sheets of a returned file from the vault; none where it cannot be read or is no longer kept.

    ``taken`` is the title that the slip's own sheet asks for.
    """
    path = _kept(vault, returned)
    if path is None:
        return []
    try:
        sheets = read_workbook(path).sheets
    except RefusedFileError:  # the slip tells why
        return []
    except Exception as defect:  # noqa: BLE001 - whatever one file brings out of a reader, its slip still lists the findings
        log.warning("%s: no copy in its slip (%s)", returned.file, type(defect).__name__)
        return []
    # A sheet that is named after its file bears the name of the vault's.
    stem = PurePosixPath(returned.file).stem
    sheets = [replace(sheet, name=stem) if sheet.name == path.stem else sheet for sheet in sheets]
    titles = unique_titles([sheet.name for sheet in sheets], taken)
    kept = list(_rows_kept(sheets, returned.listed))
    dresses = read_dresses(path, sheets) if all(rows is None for rows in kept) else {}
    return [
        Page(title, sheet, dresses.get(sheet.name), rows)
        for title, sheet, rows in zip(titles, sheets, kept, strict=True)
    ]


def _kept(vault: Path, returned: ReturnedFile) -> Path | None:
    path = vault / f"{returned.sha256}{PurePosixPath(returned.file).suffix.lower()}"
    return path if path.is_file() else None


def unique_titles(names: Sequence[str], taken: str) -> list[str]:
    """Names as titles of sheets in one workbook: what Excel allows, at most 31 characters, none twice."""
    titles: list[str] = []
    used = {taken.casefold()}
    for name in names:
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", nfc(name)).strip("' ")[:31].strip("' ") or "Trang"
        title, number = plain, 1
        while title.casefold() in used:
            number += 1
            title = f"{plain[: 31 - len(f' ({number})')]} ({number})"
        used.add(title.casefold())
        titles.append(title)
    return titles


def _rows_kept(sheets: Sequence[Sheet], listed: Sequence[Listed]) -> Iterator[tuple[int, ...] | None]:
    """For each sheet the rows that are shown, None for all, in the order of the sheets; the first ones come whole."""
    left = MOST_CELLS
    for at, sheet in enumerate(sheets):
        left -= sum(map(len, sheet.rows))
        if left >= 0:
            yield None
            continue
        wanted = set(range(min(HEAD_ROWS, len(sheet.rows))))
        for finding in listed:
            number = finding.row or (finding.position[0] + 1 if finding.position else None)
            if number is not None and _is_on(finding, sheet, at, len(sheets)):
                wanted.add(number - 1 - sheet.first_row)
        yield tuple(sorted(row for row in wanted if 0 <= row < len(sheet.rows)))


def _is_on(finding: Listed, sheet: Sheet, at: int, of: int) -> bool:
    """Whether a finding is on the sheet at a position, of so many."""
    told = None if finding.sheet is None else position_of_sheet(finding.sheet)
    return of == 1 or (finding.sheet == sheet.name if told is None else told == at)


def page_of(pages: Sequence[Page], finding: Listed) -> Page | None:
    """The page that a finding is on; the only one there is where its sheet goes by another name.

    A sheet whose name may be a person's goes by its position.
    """
    if finding.sheet is None:
        return None
    at = position_of_sheet(finding.sheet)
    if at is not None and at < len(pages):
        return pages[at]
    named = next((page for page in pages if page.sheet.name == finding.sheet), None)
    return pages[0] if named is None and len(pages) == 1 else named


def estimated_widths(page: Page) -> Callable[[int], float]:
    """A width for each column without one of its own, from the texts of the rows that look like a table's."""
    longest: dict[int, int] = {}
    for row in islice(page.shown_rows(), HEAD_ROWS * 10):
        cells = page.sheet.rows[row][: page.width]
        filled = [(place, value) for place, value in enumerate(cells) if value != ""]
        if len(filled) >= FEWEST_IN_TABLE:
            for place, value in filled:
                longest[place] = max(longest.get(place, 0), len(show(value)))
    return lambda column: float(min(max(longest.get(column - page.sheet.first_column, 0) + 2, 6), 32))
