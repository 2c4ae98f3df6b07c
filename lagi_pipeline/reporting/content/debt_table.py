"""Who has not reported, and what that leaves without a figure: ``mart.overdue``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content.model import Cell, Column, Table
from lagi_pipeline.reporting.content.printing import day_cell, number_cell, text_cell
from lagi_pipeline.warehouse.database import rows_of

Row = Mapping[str, Any]
_COLUMNS = (
    Column("Cơ quan", width=26),
    Column("Báo cáo", width=24),
    Column("Quý", width=12),
    Column("Còn nợ", width=24),
    Column("Quá hạn từ ngày", "date"),
    Column("Số ngày", "number"),
    Column("Chỉ tiêu chưa có số", width=34),
)


def debts(connection: duckdb.DuckDBPyConnection, quarter: Quarter | None = None) -> list[dict[str, Any]]:
    """What is owed of the quarter and of earlier ones, of every quarter where none is given; the longest overdue first.

    As known when evaluated. Later quarters are not a report's: what they owe stands in theirs.
    """
    return rows_of(
        connection,
        "SELECT * FROM mart.overdue WHERE ? IS NULL OR quarter <= ? ORDER BY since, office, feed, quarter",
        [str(quarter) if quarter else None] * 2,
    )


def overdue_table(rows: Sequence[Row]) -> Table:
    """The urging list."""
    return Table(
        "overdue",
        "Cơ quan chưa báo cáo",
        _COLUMNS,
        tuple(map(_cells, rows)),
        empty_vi="Không có cơ quan nào còn nợ báo cáo.",
    )


def _cells(row: Row) -> tuple[Cell, ...]:
    return (
        text_cell(row["office_name_vi"]),
        text_cell(row["feed_name_vi"]),
        text_cell(Quarter.parse(row["quarter"]).label_vi),
        text_cell(row["what_vi"]),
        day_cell(row["since"]),
        number_cell(row["days_overdue"], 0),
        text_cell(row["blinds_vi"]),
    )
