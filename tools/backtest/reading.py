"""The two reference files, and others of the same columns, read with errors that name file, line and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[2] / "lagi_pipeline_tests" / "reference"
QUARTERS_FILE = REFERENCE / "provincial_quarters.csv"
PLANS_FILE = REFERENCE / "provincial_revenue_plan_settled.csv"

SERIES = ("revenue", "spending")
PLANNED_SERIES = "revenue"
"""The series whose plans the second file holds."""

_FLOWS = ("q1", "q2", "q3", "q4")


class FiguresError(ValueError):
    """A file of figures that cannot be meant; the message names file, line and column."""


@dataclass(frozen=True, slots=True)
class Year:
    """One series of one province in one year; ``to_date`` has no figure at a quarter for which none was published."""

    series: str
    province: str
    year: int
    to_date: tuple[float | None, ...]

    @property
    def total(self) -> float | None:
        """The sum of the four quarters; unknown where Q4 was not published."""
        return self.to_date[-1]


@dataclass(frozen=True, slots=True)
class Plan:
    """A year's plan (dự toán) of revenue, and what was settled (quyết toán); None where no settlement was published."""

    plan: float
    settled: float | None


Plans = dict[tuple[str, int], Plan]
"""Plans by (province, year)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is judged."""

    years: tuple[Year, ...]
    plans: Plans

    def of(self, series: str) -> list[Year]:
        """The years of a series."""
        return [year for year in self.years if year.series == series]

    def plan(self, year: Year) -> Plan | None:
        """The plan of a year, for the series that has plans."""
        return self.plans.get((year.province, year.year)) if year.series == PLANNED_SERIES else None


def read_figures(quarters: Path = QUARTERS_FILE, plans: Path = PLANS_FILE) -> Figures:
    """Both files.

    Raises:
        FiguresError: no such file, a column missing, no row, a cell that is no number or below 0, a row twice,
            an unknown series, a plan of 0, a plan of a province that has no quarters.
    """
    years = [_year(row) for row in _rows(quarters, ("series", "province", "year", *_FLOWS))]
    _refuse_twice(quarters, [(year.series, year.province, year.year) for year in years])
    provinces = {year.province for year in years if year.series == PLANNED_SERIES}
    found: Plans = {}
    for row in _rows(plans, ("province", "year", "plan", "settled")):
        province, year = row.text("province"), row.whole("year")
        if province not in provinces:
            raise row.error("province", f"{province!r} has no quarters of {PLANNED_SERIES} in {quarters.name}")
        if (province, year) in found:
            raise row.error("province", f"{province} {year} stands twice")
        plan = row.amount("plan")
        if not plan:
            raise row.error("plan", "a plan of 0 is no plan")
        found[province, year] = Plan(plan, row.amount("settled") or None)
    return Figures(tuple(years), found)


@dataclass(frozen=True, slots=True)
class _Row:
    file: Path
    line: int
    cells: dict[str, str]

    def error(self, column: str, message: str) -> FiguresError:
        return FiguresError(f"{self.file.name}, line {self.line}, column {column}: {message}")

    def text(self, column: str) -> str:
        if not self.cells[column]:
            raise self.error(column, "the cell is empty")
        return self.cells[column]

    def whole(self, column: str) -> int:
        return int(self._number(column, int, "a year"))

    def amount(self, column: str) -> float:
        amount = self._number(column, float, "an amount")
        if not math.isfinite(amount) or amount < 0:
            raise self.error(column, f"expected an amount of 0 or more, found {self.cells[column]!r}")
        return amount

    def _number(self, column: str, read: Callable[[str], float], what: str) -> float:
        text = self.text(column)
        try:
            return read(text)
        except ValueError:
            raise self.error(column, f"expected {what}, found {text!r}") from None


def _rows(file: Path, columns: Sequence[str]) -> Iterator[_Row]:
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise FiguresError(f"{file.name}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FiguresError(f"{file.name}: not readable as UTF-8 text: {error}") from error
    lines = csv.DictReader(text.splitlines())
    header = [name.strip() for name in lines.fieldnames or []]
    for column in columns:
        if column not in header:
            raise FiguresError(f"{file.name}, line 1, column {column}: missing; found {', '.join(header) or 'nothing'}")
    lines.fieldnames = header
    count = 0
    for row in lines:
        count += 1
        if None in row or None in row.values():
            raise FiguresError(f"{file.name}, line {lines.line_num}: expected {len(header)} cells")
        yield _Row(file, lines.line_num, {column: row[column].strip() for column in columns})
    if not count:
        raise FiguresError(f"{file.name}: no rows under the header")


def _year(row: _Row) -> Year:
    series = row.text("series")
    if series not in SERIES:
        raise row.error("series", f"expected {' or '.join(SERIES)}, found {series!r}")
    return Year(series, row.text("province"), row.whole("year"), running_totals([row.amount(q) for q in _FLOWS]))


def running_totals(flows: Sequence[float]) -> tuple[float | None, ...]:
    """From 1 January to each quarter's end; a flow of 0 is a quarter not published: the next holds its money too."""
    return tuple(sum(flows[: number + 1]) if flow else None for number, flow in enumerate(flows))


def _refuse_twice(file: Path, keys: Sequence[tuple[str, str, int]]) -> None:
    for line, key in enumerate(keys, start=2):
        if key in keys[: line - 2]:
            raise FiguresError(f"{file.name}, line {line}, column province: {' '.join(map(str, key))} stands twice")
