"""The parts of a quarter's report, whatever it is written to: sentences, and tables of cells with value and print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from lagi_pipeline.catalogue.quarter import Quarter

Value = str | float | int | date | datetime | None
Kind = Literal["text", "number", "date", "moment"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: what stands in the published file, and how it is printed.

    ``value`` is unrounded, as in the file; None is no figure. ``text`` is its print in Vietnamese form with its mark
    ``(*)``, where it is illustrative. ``decimals`` are those of the print, None where it is no number.
    """

    text: str
    value: Value = None
    decimals: int | None = None
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, what stands in it, and its width in characters."""

    title_vi: str
    kind: Kind = "text"
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report: its code, its title, its columns, its rows and the notes below it.

    ``empty_vi`` is said in place of a table without rows.
    """

    code: str
    title_vi: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    empty_vi: str = "Không có."

    def column(self, title_vi: str) -> Iterator[Cell]:
        """The cells of a column."""
        at = [column.title_vi for column in self.columns].index(title_vi)
        return (row[at] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the resolution in the quarter, against the plan that leads it: a row of ``mart.attainment``.

    Figures are as published, in ``unit``; None is no figure.
    """

    code: str
    ordinal: str
    name_vi: str
    unit: str
    decimals: int
    direction: str
    target: float
    target_upper: float | None
    actual: float | None
    attainment_pct: float | None
    gap: float | None
    expected: float | None
    result_status: str
    status_vi: str
    pace_status: str | None
    pace_vi: str | None
    forecast: float | None
    forecast_low: float | None
    forecast_high: float | None
    probability_pct: float | None
    forecast_status: str | None
    year_estimate: float | None
    estimate_status: str | None
    yoy_index_pct: float | None
    yoy_change_pct: float | None
    obs_status: str | None
    as_of: date | None
    reason: str | None
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class QuarterReport:
    """Everything that a quarter's report says.

    Attributes:
        quarter: The quarter.
        resolution_vi: The document whose targets it reports on.
        evaluated_at: As of when everything was known and judged, local time.
        status_vi: Of what kind its figures are: "số ước", "số sơ bộ", "số chính thức".
        is_illustrative: Whether any figure is illustrative, so that every page has to say it.
        lines: The lines of the resolution, in its order.
        summary: Page one's sentences.
        at_risk: The lines at risk, each with the amount still needed, a sentence each.
        late: The offices that are late, a sentence each.
        changes: What changed since the last report, a sentence each.
        targets: The table of targets.
        fleet: Fleet and IUU, by length class.
        tasks: The tasks of the resolution.
        overdue: Who has not reported, and what that leaves without a figure.
        revisions: What changed since the last report issued.
        wards: The annex by phường, xã, a table for each group of lines.
        sources: Where each figure is from, and as of when.
        registers: Aims followed, weaknesses to be put right, implementation plans.
    """

    quarter: Quarter
    resolution_vi: str
    evaluated_at: datetime
    status_vi: str
    is_illustrative: bool
    lines: tuple[Line, ...]
    targets: Table
    fleet: Table
    tasks: Table
    overdue: Table
    revisions: Table
    sources: Table
    wards: tuple[Table, ...] = ()
    registers: tuple[Table, ...] = ()
    summary: tuple[str, ...] = ()
    at_risk: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """All its tables, in the order in which they are read."""
        return (
            self.targets,
            self.fleet,
            self.tasks,
            *self.registers,
            self.revisions,
            self.overdue,
            *self.wards,
            self.sources,
        )
