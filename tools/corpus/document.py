"""A workbook before it is written: lines that know what they are, and what must happen when it is read.

Lines and tables keep their identity while mutations move them about, so that an expectation ("refused at this cell")
holds wherever the cell ends up. How a document becomes a file belongs to ``writing``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from lagi_pipeline.catalogue.quarter import Quarter


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, with the result that was saved beside it; None where it was never computed."""

    text: str
    result: float | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A cell that shows an error instead of a value, such as ``#REF!``."""

    code: str


@dataclass(frozen=True, slots=True)
class Percentage:
    """A fraction in a cell whose format is a percentage: 0.64, shown as 64 %."""

    fraction: float


Cell: TypeAlias = str | int | float | date | Formula | Failed | Percentage | None
Said: TypeAlias = str | Decimal | date | None
"""What a cell means, in the unit of the pipeline's table."""


class Role(StrEnum):
    """What a line of a sheet is."""

    LETTERHEAD = "letterhead"
    TITLE = "title"
    PREFACE = "preface"
    UNIT = "unit line"
    HEADER = "header"
    NUMBERING = "column numbers"
    ROW = "row"
    TOTAL = "total"
    NOTE = "note"
    BLANK = "blank"


@dataclass(eq=False)
class Line:
    """A row of a sheet.

    ``truth`` is what an accepted row says, by column of the form; None where the line is no row of data. ``parent`` is
    the line that its figures are summed up in. ``touched`` lines already hold a mess; ``is_mended`` ones are in Unicode
    whatever the font of the rest.
    """

    cells: list[Cell]
    role: Role
    table: Table | None = None
    truth: dict[str, Said] | None = None
    parent: Line | None = None
    key: str = ""
    hidden: bool = False
    touched: bool = False
    is_mended: bool = False

    def get(self, column: str) -> Cell:
        """The cell in a column of its table."""
        at = self.at(column)
        return self.cells[at] if at < len(self.cells) else None

    def put(self, column: str, cell: Cell) -> None:
        """Change the cell in a column of its table."""
        self.cells[self.at(column)] = cell

    def at(self, column: str) -> int:
        """The place of a column of its table."""
        if self.table is None:
            raise ValueError(f"a {self.role} has no column {column}")
        return self.table.columns.index(column)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return all(cell is None for cell in self.cells)


@dataclass(eq=False)
class Table:
    """A form's table: its columns in their order, by the names of the form's columns (or names of their own).

    ``label`` is the column that names a row, ``scale`` what one printed unit of money is in the table's unit.
    """

    form: str
    columns: list[str]
    label: str
    scale: Decimal = Decimal(1)


@dataclass(eq=False)
class Merge:
    """A merged area: its lines from top to bottom, its first and last column by place."""

    top: Line
    bottom: Line
    first: int
    last: int


@dataclass(eq=False)
class Page:
    """A sheet; ``left`` empty columns stand before its cells."""

    name: str
    lines: list[Line]
    merges: list[Merge] = field(default_factory=list)
    left: int = 0
    hidden: bool = False
    filtered: bool = False

    def of(self, table: Table, *roles: Role) -> list[Line]:
        """A table's lines in some roles."""
        return [line for line in self.lines if line.table is table and line.role in roles]

    @property
    def tables(self) -> list[Table]:
        """Its tables, from top to bottom."""
        return list(dict.fromkeys(line.table for line in self.lines if line.table is not None))

    def insert(self, beside: Line, *lines: Line, after: bool = False) -> None:
        """Put lines above (or below) one."""
        at = self.lines.index(beside) + after
        self.lines[at:at] = lines

    def remove(self, line: Line) -> None:
        """Take a line out, and the merged areas that begin or end in it."""
        self.lines.remove(line)
        self.merges = [merge for merge in self.merges if line not in {merge.top, merge.bottom}]


@dataclass(frozen=True, eq=False)
class Rejected:
    """A finding that must be there: one of some rules, at a line's cell; anywhere in the line without a column."""

    rules: frozenset[str]
    line: Line
    column: str | None = None


@dataclass(frozen=True, eq=False)
class Refused:
    """The file as a whole must be refused by one of some rules, at this cell where there is one."""

    rules: frozenset[str]
    line: Line | None = None
    at: int | None = None


@dataclass(eq=False)
class Document:
    """A workbook to be written, and what must happen when it is read.

    ``free`` lines may be rejected with what is wrong beside them; with ``any_of`` at least one finding of these rules
    must be there, wherever; with ``either`` the file may be read right or refused, but never read wrong.
    """

    feed: str
    quarter: Quarter
    pages: list[Page]
    kind: str = "xlsx"
    font: str | None = None
    date1904: bool = False
    decomposed: bool = False
    refused: list[Refused] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    any_of: list[frozenset[str]] = field(default_factory=list)
    warned: list[frozenset[str]] = field(default_factory=list)
    free: list[Line] = field(default_factory=list)
    either: bool = False
    has_history: bool = False

    def forms(self) -> Iterator[tuple[Page, Table]]:
        """Every table with its page."""
        for page in self.pages:
            for table in page.tables:
                yield page, table

    def lines(self, table: Table) -> list[Line]:
        """The lines of a table."""
        return [line for page in self.pages for line in page.lines if line.table is table]

    def reject(self, rules: str, line: Line, column: str | None = None) -> None:
        """Expect a finding of one of ``rules`` (separated by spaces)."""
        line.touched = True
        self.rejected.append(Rejected(frozenset(rules.split()), line, column))

    def refuse(self, rules: str, line: Line | None = None, at: int | None = None) -> None:
        """Expect a refusal of the file by one of ``rules``."""
        self.refused.append(Refused(frozenset(rules.split()), line, at))

    def set_free(self, lines: Sequence[Line]) -> None:
        """Let lines be rejected beside what must be."""
        self.free += lines
