"""Tables whose cells span rows and columns, as Word and HTML write them: each cell put at its place in a grid."""

from __future__ import annotations

from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.area import Extent, Place, rectangle, too_many_cells, too_much_text
from lagi_pipeline.intake.grid import Sheet, Unreadable, Value


class Document:
    """The rows of a document, from its first line on: text outside of tables is a row of one cell."""

    def __init__(self) -> None:
        self.rows: list[list[Value]] = []
        self._spans: dict[Place, Place] = {}
        self.hidden_rows: set[int] = set()
        self.tables = 0
        self._width = 0
        self._characters = 0

    @property
    def row(self) -> int:
        """The place of the last row."""
        return len(self.rows) - 1

    def add_line(self, text: str | Unreadable) -> None:
        """Text outside of tables; a blank is none."""
        if str(text).strip():
            self.add_row()
            self.put(0, text)

    def add_row(self) -> None:
        """Begin a row."""
        self.rows.append([])
        self._require_room()

    def put(self, column: int, text: str | Unreadable) -> None:
        """Write a cell of the last row.

        Raises:
            RefusedFileError: the document holds more than is read.
        """
        self._characters += len(str(text))
        if self._characters > limits.TEXT_CHARACTERS:
            raise too_much_text()
        row = self.rows[-1]
        self._width = max(self._width, column + 1)
        if self._width > limits.COLUMNS:
            raise too_many_cells()
        self._require_room()
        row += [""] * (column + 1 - len(row))
        row[column] = text

    def drop_row(self) -> None:
        """Take the last row away, and what of merged cells lies in it."""
        self.rows.pop()
        spans = self._spans.items()
        self._spans = {first: (min(row, self.row), column) for first, (row, column) in spans if first[0] <= self.row}

    def merge(self, first: Place, last: Place) -> None:
        """Say that the cell at ``first`` reaches to ``last``; said again, the later one holds."""
        if first == last and first not in self._spans:
            return
        self._spans[first] = last
        if len(self._spans) > limits.NOTED_CELLS:
            raise too_many_cells()

    def sheet(self, name: str) -> Sheet:
        """All of it as one sheet."""
        extent = Extent(0, 0, self.row, self._width - 1)
        rows = rectangle({at: (0, row) for at, row in enumerate(self.rows)}, extent) if self._width else []
        ends = {first: (min(last[0], self.row), last[1]) for first, last in self._spans.items()}
        merges = [(first, last) for first, last in ends.items() if first != last]
        return Sheet(name, rows, merges=merges, hidden_rows=frozenset(self.hidden_rows))

    def _require_room(self) -> None:
        if len(self.rows) * self._width > limits.CELLS:
            raise too_many_cells()
