"""The report of a quarter, read from the published file alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content.model import Line, QuarterReport
from lagi_pipeline.reporting.content.tables import (
    fleet_table,
    overdue_table,
    register_tables,
    revision_table,
    source_table,
    target_table,
    task_table,
    ward_tables,
)
from lagi_pipeline.reporting.published import leading_lines, rows_of

Row = Mapping[str, Any]
_STRENGTH = ("estimate", "preliminary", "final")


class NoReportError(LookupError):
    """The published file has no line for the quarter."""


def quarters_reported(connection: duckdb.DuckDBPyConnection) -> list[Quarter]:
    """The quarters that have lines, earliest first."""
    found = connection.execute("SELECT DISTINCT quarter FROM mart.attainment ORDER BY quarter").fetchall()
    return [Quarter.parse(code) for (code,) in found]


def read_report(connection: duckdb.DuckDBPyConnection, quarter: Quarter, catalogue: Catalogue) -> QuarterReport:
    """Everything that the report of a quarter says.

    Args:
        connection: The published file, read-only.
        quarter: The quarter.
        catalogue: The indicators and the words.

    Raises:
        NoReportError: no target has a line in the quarter; the message names those that have.
    """
    rows = leading_lines(connection, str(quarter))
    if not rows:
        there = ", ".join(map(str, quarters_reported(connection))) or "none"
        raise NoReportError(f"no target has a line in {quarter}; published are {there}")
    lines = tuple(_line(row, catalogue) for row in rows)
    return QuarterReport(
        quarter=quarter,
        resolution_vi=_resolution(connection, quarter.year),
        evaluated_at=max(row["evaluated_at"] for row in rows),
        status_vi=_status(rows, catalogue),
        is_illustrative=any(row["target_is_illustrative"] or row["actual_is_illustrative"] for row in rows),
        lines=lines,
        targets=target_table(rows, lines),
        fleet=fleet_table(connection, quarter),
        tasks=task_table(connection, quarter),
        overdue=overdue_table(connection),
        revisions=revision_table(connection, quarter, catalogue),
        sources=source_table(connection, rows, catalogue),
        wards=ward_tables(connection, quarter, catalogue),
        registers=register_tables(connection, quarter.year),
    )


def _line(row: Row, catalogue: Catalogue) -> Line:
    taken = {name: row[name] for name in Line.__dataclass_fields__ if name in row}
    return Line(
        code=row["indicator_code"],
        decimals=catalogue.indicator(row["indicator_code"]).decimals,
        is_illustrative=row["target_is_illustrative"] or row["actual_is_illustrative"],
        **(taken | {"ordinal": row["ordinal"] or ""}),
    )


def _resolution(connection: duckdb.DuckDBPyConnection, year: int) -> str:
    """The document whose targets lead in a year."""
    found = rows_of(
        connection,
        "SELECT document, count(*) AS lines FROM core.target WHERE year = ? AND stands AND plan_source IN"
        " (SELECT plan_source FROM mart.attainment WHERE year = ? AND is_leading)"
        " GROUP BY document ORDER BY lines DESC",
        [year, year],
    )
    return found[0]["document"] if found else ""


def _status(rows: Sequence[Row], catalogue: Catalogue) -> str:
    """The weakest kind among the quarter's figures: "số ước"."""
    kinds = {row["obs_status"] for row in rows} - {None}
    weakest = next((kind for kind in _STRENGTH if kind in kinds), None)
    return f"số {catalogue.word('obs_status', weakest)}" if weakest else "chưa có số liệu"
