"""What stood in the cells of a table's figures, and how it was read: enough to work each figure out again.

A figure is its text (or the number in its cell) times its scale. What the figures mean is none of this.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.grid import Sheet

_PERCENT_FORMAT = Decimal(100)
"""A cell that shows 64 % holds 0.64."""


@dataclass(frozen=True, slots=True)
class ReadBy:
    """The unit in which a figure is printed (its usual spelling), and what one of it is in the table's unit."""

    unit: str
    scale: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Stood:
    """A figure as it stood: its text (a number as it is stored), and how it was read."""

    text: str
    by: ReadBy


@dataclass(frozen=True)
class StoodFigures:
    """The figures of a table as they stood, by column and by the position of the row among the table's rows.

    ``places`` and ``data`` are the columns' and the rows' positions in the sheet; ``lines`` are the figures that stand
    in lines of their own, by the index that their row has been given.
    """

    sheet: Sheet
    places: Mapping[str, int]
    data: Sequence[int]
    read_by: Mapping[str, ReadBy]
    lines: dict[int, dict[str, Stood]] = field(default_factory=dict)

    def as_json(self, indices: Iterable[int], columns: Collection[str]) -> dict[int, str]:
        """For each row a JSON object from column to [text, unit, scale]; a blank cell has no entry."""
        written: dict[int, str] = {}
        for index in indices:
            there = {name: self._of(index, name) for name in columns}
            said = {name: [s.text, s.by.unit, f"{s.by.scale:f}"] for name, s in there.items() if s is not None}
            written[index] = json.dumps(said, ensure_ascii=False)
        return written

    def _of(self, index: int, column: str) -> Stood | None:
        if index in self.lines:
            return self.lines[index].get(column)
        place = self.places.get(column)
        if place is None:
            return None
        sheet, row = self.sheet, self.data[index]
        cell = sheet.rows[row][place]
        if cell == "":
            return None
        by = self.read_by[column]
        if (sheet.first_row + row, sheet.first_column + place) in sheet.percents:
            by = ReadBy(by.unit, by.scale * _PERCENT_FORMAT)
        return Stood(show(cell), by)
