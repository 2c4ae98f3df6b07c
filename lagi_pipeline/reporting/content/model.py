"""The parts of a quarter's report, whatever it is written to: sentences, and tables of cells with value and print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from lagi_pipeline.catalogue.indicators import PART_OF
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.vietnamese.text import capitalised

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
    """A column of a table: its heading, what stands in it, and its width in characters.

    ``code`` is by which others find it whatever its heading says: of a figure what it is in ``Line`` or the mart.
    """

    title_vi: str
    kind: Kind = "text"
    width: int = 12
    code: str = ""


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

    def place_of(self, code: str) -> int:
        """Where the column of that code stands.

        Raises:
            ValueError: there is none.
        """
        return [column.code for column in self.columns].index(code)


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
    forecast_method: str | None = None
    override_vi: str | None = None

    @property
    def is_main(self) -> bool:
        """Whether it is one of the lines that are counted; sub-lines (5a) are told beside them."""
        return self.ordinal.isdigit()

    @property
    def own_name_vi(self) -> str:
        """Its name as it stands by itself: of a sub-line without "Trong đó"."""
        return capitalised(self.name_vi.removeprefix(PART_OF))

    @property
    def called_vi(self) -> str:
        """How a sentence names it: ``chỉ tiêu 5a``; a line without a number by its name."""
        return f"chỉ tiêu {self.ordinal}" if self.ordinal else f"chỉ tiêu “{self.name_vi}”"


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines that are shown together in a chart: the group's name and their codes, in the order of the resolution."""

    title_vi: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuarterReport:
    """Everything that a quarter's report says.

    Attributes:
        quarter: The quarter.
        resolution_vi: The document whose targets it reports on.
        evaluated_at: As of when everything was known and judged, local time.
        status_vi: Of what kind the year's figures are, all kinds that there are: "số ước", "số sơ bộ và chính thức".
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
        groups: Which lines a chart shows together.
        counted: How each main line is counted: its status and its words, after what its parts leave of it.
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
    groups: tuple[LineGroup, ...] = ()
    counted: tuple[tuple[str, str], ...] = ()

    @property
    def subject_vi(self) -> str:
        """What the report is about, as its title says it (trích yếu)."""
        return (
            f"kết quả thực hiện các chỉ tiêu, nhiệm vụ theo {self.resolution_vi},"
            f" quý {self.quarter.roman} năm {self.quarter.year}"
        )

    def line(self, code: str) -> Line:
        """The line of an indicator.

        Raises:
            KeyError: the report has none.
        """
        for line in self.lines:
            if line.code == code:
                return line
        raise KeyError(code)

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
