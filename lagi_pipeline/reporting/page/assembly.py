"""The page put together: every quarter laid out by the templates, style and script put in, the whole sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content import (
    NoReportError,
    QuarterReport,
    Table,
    newest_reported,
    quarters_reported,
    read_report,
)
from lagi_pipeline.reporting.content.debt_table import debts, overdue_table
from lagi_pipeline.reporting.content.fleet_table import by_length
from lagi_pipeline.reporting.content.printing import NO_FIGURE, day_cell, moment_cell, number_cell, printable
from lagi_pipeline.reporting.content.task_tables import served_codes
from lagi_pipeline.reporting.page.details import Detail, detail_of
from lagi_pipeline.reporting.page.fleet import Fleet, fleet_of
from lagi_pipeline.reporting.page.lines import LineView, every_line, line_views
from lagi_pipeline.reporting.page.marks import Count, Mark, counted, status_mark, task_mark
from lagi_pipeline.reporting.page.material import Material, Row, read_material
from lagi_pipeline.reporting.page.palette import variables
from lagi_pipeline.reporting.page.sealing import content_policy, embedded_json
from lagi_pipeline.vietnamese.text import capitalised, nfc


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the resolution, with its mark and the lines that it serves."""

    row: Row
    mark: Mark
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A group of tasks, as the resolution numbers it, and how many of them stand where."""

    title_vi: str
    tasks: tuple[Task, ...]
    counts: list[Count]


@dataclass(frozen=True, slots=True)
class QuarterView:
    """A quarter as the page shows it."""

    report: QuarterReport
    lines: list[LineView]
    details: tuple[Detail, ...]
    counts: list[Count]
    fleet: Fleet | None
    tasks: tuple[TaskGroup, ...]

    @property
    def quarter(self) -> Quarter:
        """The quarter."""
        return self.report.quarter

    @property
    def title_vi(self) -> str:
        """``Quý III năm 2024``."""
        return f"Quý {self.quarter.roman} năm {self.quarter.year}"

    @property
    def as_of_vi(self) -> str | None:
        """The newest day that a figure of the quarter is of."""
        days = [line.as_of for line in self.report.lines if line.as_of is not None]
        return day_cell(max(days)).text if days else None

    @property
    def evaluated_at_vi(self) -> str:
        """When it was judged."""
        return moment_cell(self.report.evaluated_at).text

    @property
    def parts(self) -> list[tuple[str, str]]:
        """What stands below the lines: its anchor and what it is called."""
        parts = (
            ("tom-tat", "Tóm tắt", self.report.summary),
            ("can-quan-tam", "Cần quan tâm", self.report.at_risk),
            ("doi-tau", "Đội tàu, IUU", self.fleet),
            ("nhiem-vu", "Nhiệm vụ", self.tasks),
        )
        return [(anchor, title) for anchor, title, what in parts if what]

    @property
    def registers(self) -> tuple[Table, ...]:
        """The registers in which anything stands."""
        return tuple(table for table in self.report.registers if table.rows)


def html_page(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, place: Place, opened: Quarter | None = None
) -> str:
    """The page of all published quarters, one self-contained HTML file.

    Args:
        connection: The published file, read-only.
        catalogue: The indicators and the words.
        place: The place, for its name and the committee's.
        opened: The quarter that it opens with, and the only one it shows where no script runs; the newest reported
            one where it is not given.

    Returns:
        The HTML, in NFC, to be written as UTF-8.

    Raises:
        NoReportError: no target has a line, or none in ``opened``.
    """
    quarters = quarters_reported(connection)
    if not quarters:
        raise NoReportError("no target has a line in any quarter: run the pipeline first, then make the page")
    chosen = opened or newest_reported(connection) or quarters[-1]
    if chosen not in quarters:
        raise NoReportError(f"no target has a line in {chosen}; published are {', '.join(map(str, quarters))}")
    material = read_material(connection, place.file.code)
    views = [_quarter_view(read_report(connection, quarter, catalogue), material, catalogue) for quarter in quarters]
    shown = next(view for view in views if view.quarter == chosen)
    style, unscripted, script = variables() + _text("page.css"), _text("unscripted.css"), _text("page.js")
    return (
        _templates()
        .get_template("page.html")
        .render(
            place=place.file,
            committee_vi=place.file.report.committee_vi if place.file.report else None,
            views=views,
            shown=shown,
            years=[(year, list(same)) for year, same in groupby(views, key=lambda view: view.quarter.year)],
            overdue=overdue_table(debts(connection)),
            any_illustrative=any(view.report.is_illustrative for view in views),
            no_figure=NO_FIGURE,
            policy=content_policy((style, unscripted), script),
            style=Markup(style),  # noqa: S704 - the package's own file
            unscripted=Markup(unscripted),  # noqa: S704 - the package's own file
            script=Markup(script),  # noqa: S704 - the package's own file
            index=Markup(embedded_json(_index(views, shown))),  # noqa: S704 - escaped for its element
        )
    )


def _quarter_view(report: QuarterReport, material: Material, catalogue: Catalogue) -> QuarterView:
    lines = line_views(report, catalogue)
    return QuarterView(
        report=report,
        lines=lines,
        details=tuple(detail_of(view, report, material, catalogue) for view in every_line(lines)),
        counts=counted(status_mark(*standing) for standing in report.counted),
        fleet=fleet_of(by_length(material.fleet.get(str(report.quarter), ()), catalogue)),
        tasks=_tasks(material.tasks.get(str(report.quarter), ()), lines),
    )


def _tasks(rows: Sequence[Row], lines: Sequence[LineView]) -> tuple[TaskGroup, ...]:
    """The tasks of a quarter by group."""
    views = {view.line.code: view for view in every_line(lines)}

    def task(row: Row) -> Task:
        served = tuple(views[code] for code in served_codes(row) if code in views)
        return Task(row, task_mark(row["status"], row["status_vi"]), served)

    groups = []
    for (number, name), same in groupby(rows, key=lambda row: (row["group_number"], row["group_vi"])):
        tasks = tuple(map(task, same))
        groups.append(TaskGroup(f"{number}. {name}", tasks, counted(task.mark for task in tasks)))
    return tuple(groups)


def _index(views: Sequence[QuarterView], shown: QuarterView) -> dict[str, object]:
    """What the script has to know: the quarters, how each is called and announced."""
    return {
        "opened": str(shown.quarter),
        "quarters": {
            str(view.quarter): {
                "title": view.title_vi,
                "said": nfc(
                    f"{view.title_vi}: {', '.join(f'{c.number} chỉ tiêu {c.mark.words}' for c in view.counts)}"
                ),
                "illustrative": view.report.is_illustrative,
            }
            for view in views
        },
    }


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_composed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["sentence"] = capitalised
    made.filters["columns_said"] = _columns_said
    made.filters["day"] = lambda day: day_cell(day).text
    made.filters["share"] = lambda value, illustrative: number_cell(value, 0, "%", illustrative=illustrative).text
    return made


def _composed(value: object) -> object:
    """A text made printable (NFC): each by itself, so that a mark at its head never joins a tag before it."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _columns_said(table: Table) -> list[int]:
    """The columns that say anything in any row: one that is blank throughout takes room from the others."""
    return [at for at in range(len(table.columns)) if any(row[at].text not in {"", NO_FIGURE} for row in table.rows)]


@cache
def _text(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")
