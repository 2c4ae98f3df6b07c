"""What a mutation is, and the list of them all: its name, the mess it stands for, where it applies, how it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import IntEnum
from random import Random
from typing import TypeAlias, TypeVar

from tools.corpus.clean import is_figure
from tools.corpus.document import Cell, Document, Line, Page, Role, Said, Table
from tools.corpus.writing import SUFFIXES

ANY = frozenset(SUFFIXES)


class NotApplicableError(Exception):
    """The mess cannot be made in this document."""


class Stage(IntEnum):
    """In what order the mutations of a pair are made: figures before their form, rows before pages, files last."""

    FIGURE = 1
    ROW = 2
    FORM = 3
    """How figures, days and percentages are written."""
    LABEL = 4
    HEADER = 5
    TITLE = 6
    SHEET = 7
    FILE = 8


Change: TypeAlias = Callable[[Document, Random], None]


@dataclass(frozen=True)
class Mutation:
    """A named mess. ``kinds`` are the kinds of file that can hold it; two of one ``group`` never meet."""

    name: str
    mess: str
    group: str
    stage: Stage
    kinds: frozenset[str]
    change: Change

    def apply(self, document: Document, rng: Random) -> Document:
        """The changed document; the given one stays as it is.

        Raises:
            NotApplicableError: it has nothing to be changed so.
        """
        changed = deepcopy(document)
        self.change(changed, rng)
        return changed


MUTATIONS: dict[str, Mutation] = {}


def mutation(
    mess: str, *, group: str, stage: Stage, kinds: frozenset[str] = ANY, name: str | None = None
) -> Callable[[Change], Change]:
    """Make a function a mutation; its name is the function's own unless ``name`` is given.

    Raises:
        ValueError: the name is taken.
    """

    def register(change: Change) -> Change:
        called = name or change.__name__
        if called in MUTATIONS:
            raise ValueError(f"two mutations are called {called}")
        MUTATIONS[called] = Mutation(called, mess, group, stage, kinds, change)
        return change

    return register


def need(*, that: bool) -> None:
    """Stop where the mess cannot be made.

    Raises:
        NotApplicableError: it cannot.
    """
    if not that:
        raise NotApplicableError


_T = TypeVar("_T")


def choose(rng: Random, items: Sequence[_T]) -> _T:
    """One of some things; none where there are none.

    Raises:
        NotApplicableError: there are none.
    """
    need(that=bool(items))
    return rng.choice(items)


def choose_some(rng: Random, items: Sequence[_T], count: int) -> list[_T]:
    """So many of some things.

    Raises:
        NotApplicableError: there are fewer.
    """
    need(that=len(items) >= count)
    return rng.sample(items, count)


def pick_table(document: Document, rng: Random, *forms: str) -> tuple[Page, Table]:
    """One of the document's tables, of these forms where some are named."""
    found = [(page, table) for page, table in document.forms() if not forms or table.form in forms]
    return choose(rng, found)


def rows(document: Document, table: Table) -> list[Line]:
    """The rows of data of a table that no mess has touched."""
    return [
        line
        for line in document.lines(table)
        if line.role is Role.ROW and line.truth is not None and not line.touched and line.key
    ]


def figures(line: Line) -> list[str]:
    """The columns of a row in which a number stands, but for a zero."""
    table = line.table
    need(that=table is not None)
    assert table is not None  # noqa: S101 - said above
    return [
        column
        for column, cell in zip(table.columns, line.cells, strict=True)
        if is_figure(table.form, column) and isinstance(cell, int | float) and not isinstance(cell, bool) and cell
    ]


def pick_figure(
    document: Document, rng: Random, among: Callable[[Line, str], bool] = lambda _line, _column: True
) -> tuple[Line, str]:
    """A figure (row and column) of the document."""
    _, table = pick_table(document, rng)
    found = [(line, column) for line in rows(document, table) for column in figures(line) if among(line, column)]
    return choose(rng, found)


def title_line(page: Page, table: Table, words: tuple[str, ...] = ("QUÝ", "Quý", "THÁNG", "NĂM", "Năm")) -> Line:
    """The line of a title that says the period."""
    for line in page.of(table, Role.TITLE):
        text = line.cells[0]
        if isinstance(text, str) and any(word in text for word in words) and not text.startswith("("):
            return line
    raise NotApplicableError


def parents(line: Line) -> list[Line]:
    """The lines that sum a line up, directly or not."""
    found: list[Line] = []
    above = line.parent
    while above is not None:
        found.append(above)
        above = above.parent
    return found


def set_row(line: Line, column: str, cell: Cell, said: Said) -> None:
    """Change a cell of a row and what it says."""
    line.put(column, cell)
    if line.truth is not None and column in line.truth:
        line.truth[column] = said
    line.touched = True
