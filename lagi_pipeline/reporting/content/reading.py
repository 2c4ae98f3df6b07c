"""The report of a quarter, read from the published file alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.attainment_table import FOOTNOTE
from lagi_pipeline.reporting.content.debt_table import debts, overdue_table
from lagi_pipeline.reporting.content.fleet_table import fleet_table
from lagi_pipeline.reporting.content.groups import line_groups
from lagi_pipeline.reporting.content.model import Line, QuarterReport, Table
from lagi_pipeline.reporting.content.printing import clean
from lagi_pipeline.reporting.content.revision_table import change_sentences, last_reports, revision_table, revisions
from lagi_pipeline.reporting.content.sentences import Summary, at_risk, kinds_of_year, late_offices, status_vi, tasks_vi
from lagi_pipeline.reporting.content.source_table import source_table
from lagi_pipeline.reporting.content.target_table import target_table
from lagi_pipeline.reporting.content.task_tables import register_tables, task_rows, task_table
from lagi_pipeline.reporting.content.ward_tables import ward_tables
from lagi_pipeline.reporting.published import leading_lines, newest_quarter
from lagi_pipeline.warehouse.database import rows_of

Row = Mapping[str, Any]
_TEXTS = ("name_vi", "status_vi", "pace_vi", "reason", "override_vi", "unit")


class NoReportError(LookupError):
    """The published file has no line for the quarter."""


def quarters_reported(connection: duckdb.DuckDBPyConnection) -> list[Quarter]:
    """The quarters that have lines, earliest first."""
    found = connection.execute("SELECT DISTINCT quarter FROM mart.attainment ORDER BY quarter").fetchall()
    return [Quarter.parse(code) for (code,) in found]


def newest_reported(connection: duckdb.DuckDBPyConnection) -> Quarter | None:
    """The newest quarter that has a figure and lines; None where no figure was reported yet."""
    code = newest_quarter(connection)
    reported = [quarter for quarter in quarters_reported(connection) if code and str(quarter) <= code]
    return reported[-1] if reported else None


def read_report(connection: duckdb.DuckDBPyConnection, quarter: Quarter, catalogue: Catalogue) -> QuarterReport:
    """Everything that the report of a quarter says.

    Args:
        connection: The published file, read-only.
        quarter: The quarter.
        catalogue: The indicators and the words.

    Raises:
        NoReportError: no target has a line in the quarter; the message (Vietnamese) names the quarters that have.
    """
    rows = leading_lines(connection, str(quarter))
    if not rows:
        there = ", ".join(map(str, quarters_reported(connection))) or "chưa có quý nào"
        raise NoReportError(f"{quarter.label_vi} ({quarter}) không có chỉ tiêu nào để báo cáo; đã công bố: {there}")
    lines = tuple(_line(row, catalogue) for row in rows)
    tasks, owed = task_rows(connection, quarter), debts(connection, quarter)
    changed, last = revisions(connection, quarter), last_reports(connection, quarter)
    summary = Summary(quarter, lines, catalogue, *_verdict(connection, quarter))
    report = QuarterReport(
        quarter=quarter,
        resolution_vi=_resolution(connection, quarter.year),
        evaluated_at=max(row["evaluated_at"] for row in rows),
        status_vi=status_vi(kinds_of_year(quarter, lines), catalogue),
        is_illustrative=False,
        lines=lines,
        targets=_footnoted(target_table(rows, lines, catalogue, tuple(summary.kinds()))),
        fleet=_footnoted(fleet_table(connection, quarter, catalogue)),
        tasks=_footnoted(task_table(tasks, catalogue)),
        overdue=overdue_table(owed),
        revisions=revision_table(changed, last, catalogue),
        sources=source_table(connection, rows, lines, catalogue),
        wards=tuple(map(_footnoted, ward_tables(connection, quarter, lines, rows, catalogue))),
        registers=tuple(map(_footnoted, register_tables(connection, quarter.year))),
        summary=(*summary.sentences(), *tasks_vi(tasks)),
        at_risk=at_risk(quarter, lines, catalogue),
        late=late_offices(owed, catalogue),
        changes=change_sentences(changed, last, catalogue),
        groups=line_groups(lines, catalogue),
        counted=tuple(summary.counted()),
    )
    return replace(report, is_illustrative=_is_illustrative(report))


def _line(row: Row, catalogue: Catalogue) -> Line:
    taken = {name: row[name] for name in Line.__dataclass_fields__ if name in row}
    texts = {name: clean(row[name]) or None for name in _TEXTS}
    return Line(
        code=row["indicator_code"],
        decimals=catalogue.indicator(row["indicator_code"]).decimals,
        is_illustrative=row["target_is_illustrative"] or row["actual_is_illustrative"],
        **(taken | texts | {"ordinal": row["ordinal"] or ""}),
    )


def _verdict(connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> tuple[bool, str | None, int]:
    """Whether parts gate wholes, the verdict of the year by the leading plans, and how many lines it leaves open."""
    found = rows_of(
        connection,
        "SELECT part_gates_whole, headline_vi, undecided FROM mart.year_verdict"
        " WHERE year = ? AND plan_source = 'leading'",
        [quarter.year],
    )
    if not found:
        return False, None, 0
    return found[0]["part_gates_whole"], clean(found[0]["headline_vi"]), found[0]["undecided"]


def _resolution(connection: duckdb.DuckDBPyConnection, year: int) -> str:
    """The document whose targets lead in a year."""
    found = rows_of(
        connection,
        "SELECT document, count(*) AS lines FROM core.target WHERE year = ? AND stands AND plan_source IN"
        " (SELECT plan_source FROM mart.attainment WHERE year = ? AND is_leading)"
        " GROUP BY document ORDER BY lines DESC, document",
        [year, year],
    )
    return clean(found[0]["document"]) if found else "nghị quyết của cấp ủy"


def _footnoted(table: Table) -> Table:
    """The table with what ``(*)`` means below it, where any of its cells has it."""
    if not _marked((table,)):
        return table
    return replace(table, notes=(*table.notes, f"{FOOTNOTE}; tỷ lệ, dự báo tính từ số đó cũng là minh họa."))


def _marked(tables: Iterable[Table]) -> bool:
    return any(cell.illustrative for table in tables for row in table.rows for cell in row)


def _is_illustrative(report: QuarterReport) -> bool:
    return any(line.is_illustrative for line in report.lines) or _marked(report.tables)
