"""The used area of a sheet: cells at their places made a rectangle, once it is known to be small enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.grid import Value, column_letters

Place = tuple[int, int]


@dataclass
class Extent:
    """First and last row and column (zero-based) of what was seen so far."""

    top: int = limits.ROWS
    left: int = limits.COLUMNS
    bottom: int = -1
    right: int = -1

    def add(self, row: int, column: int) -> None:
        """Take a cell in."""
        # Four calls of min and max would take half of the time of a scan.
        if row < self.top:  # noqa: PLR1730
            self.top = row
        if row > self.bottom:  # noqa: PLR1730
            self.bottom = row
        if column < self.left:  # noqa: PLR1730
            self.left = column
        if column > self.right:  # noqa: PLR1730
            self.right = column

    @property
    def cells(self) -> int:
        """How many cells lie in it."""
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)

    def require(self, room: int, sheet: str) -> None:
        """Refuse an area of more than ``room`` cells, naming its far corner.

        Raises:
            RefusedFileError: it is larger.
        """
        if self.cells > room:
            corner = f"{column_letters(self.right)}{self.bottom + 1}"
            reason = f"vùng có dữ liệu kéo đến ô {corner}, quá nhiều ô; hãy xóa các ô thừa ở xa bảng rồi gửi lại"
            raise RefusedFileError(reason, rule="too_many_cells", sheet=sheet, cell=corner)


def too_many_cells(sheet: str | None = None) -> RefusedFileError:
    """The refusal of a workbook with more cells than are read."""
    reason = f"bảng tính có nhiều ô hơn mức đọc được ({limits.CELLS:,} ô)".replace(",", ".")
    return RefusedFileError(reason, rule="too_many_cells", sheet=sheet)


def too_much_text(sheet: str | None = None) -> RefusedFileError:
    """The refusal of a workbook with more text than is read."""
    return RefusedFileError("chữ trong các ô của tệp quá nhiều, không đọc được", rule="too_large", sheet=sheet)


def rectangle(rows: Mapping[int, tuple[int, Sequence[Value]]], extent: Extent) -> list[list[Value]]:
    """The cells of an extent, from its rows: each begins at a column and has its values from there on."""
    filled: list[list[Value]] = []
    for number in range(extent.top, extent.bottom + 1):
        start, values = rows.get(number, (extent.left, ()))
        before, after = start - extent.left, extent.right + 1 - start - len(values)
        filled.append([*([""] * before), *values, *([""] * after)])
    return filled


def cover(rows: list[list[Value]], start: Place, known: Mapping[Place, Value]) -> Place:
    """Put what is known otherwise at its places into ``rows``, which begin at ``start``, growing them where needed.

    Returns where they begin then.
    """
    if not known:
        return start
    extent = Extent()
    if rows and rows[0]:
        extent.add(*start)
        extent.add(start[0] + len(rows) - 1, start[1] + len(rows[0]) - 1)
    before = (extent.top, extent.bottom, extent.left, extent.right)
    for place in known:
        extent.add(*place)
    if (extent.top, extent.bottom, extent.left, extent.right) != before:
        rows[:] = rectangle({start[0] + at: (start[1], row) for at, row in enumerate(rows)}, extent)
    for (row, column), value in known.items():
        rows[row - extent.top][column - extent.left] = value
    return extent.top, extent.left
