"""The two reference files, and others of the same columns, read with errors that name file, line and column."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[2] / "lagi_pipeline_tests" / "reference"
QUARTERS_FILE = REFERENCE / "provincial_quarters.csv"
PLANS_FILE = REFERENCE / "provincial_revenue_plan_settled.csv"

SERIES = ("revenue", "spending")
PLANNED_SERIES = "revenue"
"""The series whose plans the second file holds."""

_FLOWS = ("q1", "q2", "q3", "q4")

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+", re.ASCII)
"""One office's 302437 and another's 302 and a bit: which one is meant cannot be told."""

_LEAST, _MOST = 1e-9, 1e15
"""Amounts of money lie between, whatever the unit; beyond is a slip of the keyboard."""

_DECIMALS = 9
"""Of a running total: a correction that takes all back leaves 0, and no trace of binary fractions."""

_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class FiguresError(ValueError):
    """A file of figures that cannot be meant; the message names file, line and column."""


@dataclass(frozen=True, slots=True)
class Year:
    """One series of one province in one year.

    ``to_date`` has no figure at a quarter for which none was published, or by whose end not more than 0 was in;
    ``flows`` are the quarters as the file has them, an empty cell as 0.
    """

    series: str
    province: str
    year: int
    to_date: tuple[float | None, ...]
    flows: tuple[float, ...] = ()

    @property
    def total(self) -> float | None:
        """The sum of the four quarters; unknown where Q4 was not published or all was taken back."""
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


def read_figures(quarters: Path = QUARTERS_FILE, plans: Path | None = PLANS_FILE) -> Figures:
    """The quarters, and the plans where there are any: a file of plans may be left out, or be a header alone.

    Raises:
        FiguresError: no such file, a column missing or there twice, no row of quarters, a cell that is no number or can
            be read as two, an amount beyond all money, a year that is none, a row twice, an unknown series, no plan.
    """
    years: dict[tuple[str, str, int], Year] = {}
    for row in _rows(quarters, ("series", "province", "year", *_FLOWS)):
        year = _year(row)
        key = year.series, year.province, year.year
        if key in years:
            raise row.error("province", f"{' '.join(map(str, key))} stands twice")
        years[key] = year
    if not years:
        raise FiguresError(f"{quarters.name}: no rows under the header")
    return Figures(tuple(years.values()), {} if plans is None else _plans(plans))


def _plans(file: Path) -> Plans:
    found: Plans = {}
    for row in _rows(file, ("province", "year", "plan", "settled")):
        key = row.text("province"), row.year("year")
        if key in found:
            raise row.error("province", f"{key[0]} {key[1]} stands twice")
        row.text("plan")
        plan = row.amount("plan")
        if not plan:
            raise row.error("plan", "a plan of 0 is no plan")
        found[key] = Plan(plan, row.amount("settled") or None)
    return found


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

    def year(self, column: str) -> int:
        text = self.text(column)
        if not re.fullmatch(r"\d{4}", text, re.ASCII) or not _FIRST_YEAR <= int(text) <= _LAST_YEAR:
            raise self.error(column, f"expected a year from {_FIRST_YEAR} to {_LAST_YEAR}, found {text!r}")
        return int(text)

    def amount(self, column: str) -> float:
        """An amount of 0 or more; an empty cell is 0."""
        amount = self.flow(column)
        if amount < 0:
            raise self.error(column, f"expected an amount of 0 or more, found {self.cells[column]!r}")
        return amount

    def flow(self, column: str) -> float:
        """An amount that a correction may take below 0; an empty cell is 0."""
        text = self.cells[column]
        if not text:
            return 0.0
        if _THOUSANDS.fullmatch(text):
            raise self.error(column, f"{text} may be {text.replace('.', '')} or a fraction: write it without dots")
        if not _NUMBER.fullmatch(text):
            raise self.error(column, f"expected an amount, found {text[:40]!r}")
        amount = float(text)
        if amount and not _LEAST <= abs(amount) <= _MOST:
            raise self.error(column, f"{text[:40]} is no amount of money: expected at most {_MOST:.0e}")
        return amount


def _rows(file: Path, columns: Sequence[str]) -> Iterator[_Row]:
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise FiguresError(f"{file.name}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FiguresError(f"{file.name}: not readable as UTF-8 text: {error}") from error
    lines = csv.reader(unicodedata.normalize("NFC", text).splitlines())
    try:
        header = [name.strip() for name in next(lines, [])]
        _check_header(file, header, columns)
        for cells in lines:
            if cells and len(cells) != len(header):
                raise FiguresError(f"{file.name}, line {lines.line_num}: expected {len(header)} cells")
            if cells:
                row = dict(zip(header, cells, strict=True))
                yield _Row(file, lines.line_num, {column: row[column].strip() for column in columns})
    except csv.Error as error:
        raise FiguresError(f"{file.name}, line {lines.line_num}: not readable as CSV: {error}") from error


def _check_header(file: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    for column in columns:
        if column not in header:
            raise FiguresError(f"{file.name}, line 1, column {column}: missing; found {', '.join(header) or 'nothing'}")
    for number, column in enumerate(header):
        if column and column in header[:number]:
            raise FiguresError(f"{file.name}, line 1, column {column}: stands twice")


def _year(row: _Row) -> Year:
    series = row.text("series")
    if series not in SERIES:
        raise row.error("series", f"expected {' or '.join(SERIES)}, found {series!r}")
    flows = tuple(row.flow(quarter) for quarter in _FLOWS)
    return Year(series, row.text("province"), row.year("year"), running_totals(flows), flows)


def running_totals(flows: Sequence[float]) -> tuple[float | None, ...]:
    """From 1 January to each quarter's end.

    A flow of 0 is a quarter not published: the next holds its money too. Of a total not above 0 no share can be taken.
    """
    totals = [round(sum(flows[: number + 1]), _DECIMALS) for number in range(len(flows))]
    return tuple(total if flow and total > 0 else None for flow, total in zip(flows, totals, strict=True))
