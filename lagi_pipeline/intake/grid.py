"""Office files as grids: sheets of cell values with their addresses, and what the file says beside the values.

How each kind of file becomes a grid belongs to ``formats``; what a grid means belongs to ``table``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands in a cell whose value cannot be told.

    ``rule`` is the finding's code: ``error_cell`` (an Excel error), ``uncached_formula`` (never computed),
    ``marked_text`` (digits, or what is beside them, are raised, struck out or hidden) or ``scaled_format`` (shown in
    thousands of what is stored); ``text`` what stands there (``#REF!``, ``=SUM(C5:C9)``, ``300¹``).
    """

    rule: str
    text: str

    def __str__(self) -> str:
        """What stands there."""
        return self.text


Value = str | int | float | bool | date | datetime | time | timedelta | Unreadable


def column_letters(column: int) -> str:
    """The letters of a zero-based column: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


@dataclass(frozen=True)
class Sheet:
    """The used area of a sheet.

    ``rows`` is rectangular; a blank cell is ``""``. ``first_row`` and ``first_column`` (zero-based) place it, so that
    addresses are those the sender sees. All positions below are absolute and zero-based: ``merges`` are
    ((row, column), (row, column)), both ends included; ``hidden_rows`` are rows hidden by hand or by a filter,
    ``hidden_columns`` columns; ``percents`` are cells whose format is a percentage (they hold 0.64 and show 64 %).
    ``hidden`` is the sheet itself; ``date1904`` says that day numbers count from 1904; ``delimited`` that signs between
    the cells told them apart (csv), so that a sign too many moves the rest of its row.
    """

    name: str
    rows: list[list[Value]]
    first_row: int = 0
    first_column: int = 0
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    percents: frozenset[tuple[int, int]] = frozenset()
    date1904: bool = False
    hidden_columns: frozenset[int] = frozenset()
    delimited: bool = False

    def row_number(self, row: int) -> int:
        """The 1-based number, as the sender sees it, of a row of ``rows``."""
        return self.first_row + row + 1

    def letters(self, column: int) -> str:
        """The letters of a column of ``rows``."""
        return column_letters(self.first_column + column)

    def address(self, row: int, column: int) -> str:
        """The address of a cell of ``rows``, like ``D9``."""
        return f"{self.letters(column)}{self.row_number(row)}"

    def with_rows(self, rows: list[list[Value]]) -> Sheet:
        """The same sheet with other values in the same places."""
        return replace(self, rows=rows)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a file that its sender should know although it was read: a warning without a row."""

    rule: str
    reason: str
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True)
class Workbook:
    """A file as grids: its worksheets in order (hidden ones too), and remarks on the file."""

    sheets: list[Sheet]
    remarks: tuple[Remark, ...] = ()
