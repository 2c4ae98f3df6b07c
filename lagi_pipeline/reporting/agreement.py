"""Whether a workbook that was written says what is published: its file is read anew and compared with SQL.

Neither the reader of the file nor the question shares anything with what wrote it but the names of sheet and columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
from python_calamine import CalamineWorkbook

from lagi_pipeline.reporting.attainment_table import NO_FIGURE
from lagi_pipeline.reporting.content import QuarterReport
from lagi_pipeline.reporting.excel.sheets import TARGETS, with_bounds
from lagi_pipeline.warehouse.database import rows_of

FIGURES = (
    "target",
    "actual_quarter",
    "actual",
    "attainment_pct",
    "on_last_year",
    "year_estimate",
    "forecast",
    "forecast_low",
    "forecast_high",
)
"""What of ``mart.attainment`` stands on the sheet of targets, each in the column of that code."""
_NAME = "Chỉ tiêu"


def disagreements(path: Path, connection: duckdb.DuckDBPyConnection, report: QuarterReport) -> list[str]:
    """Where the sheet of targets of a workbook differs from ``mart.attainment``; none where they agree.

    Args:
        path: The workbook.
        connection: The published file.
        report: What the workbook is of: its quarter, and how the columns are headed.
    """
    headings = {column.code: column.title_vi for column in with_bounds(report.targets, report.lines).columns}
    written = {row[_NAME]: row for row in _rows(path)}
    published = rows_of(
        connection,
        "SELECT *, coalesce(yoy_index_pct, yoy_change_pct) AS on_last_year FROM mart.attainment"
        " WHERE quarter = ? AND is_leading",
        [str(report.quarter)],
    )
    found = [f"{name}: a line that is not published" for name in written.keys() - {row["name_vi"] for row in published}]
    for row in published:
        if row["name_vi"] in written:
            found += _differences(row, written[row["name_vi"]], headings)
        else:
            found.append(f"{row['name_vi']}: no line")
    return sorted(found)


def _differences(row: Mapping[str, Any], written: Mapping[str, Any], headings: Mapping[str, str]) -> Iterator[str]:
    for column in FIGURES:
        heading = headings[column]
        if heading not in written:
            yield f"no column «{heading}»"
            continue
        said, figure = written[heading], row[column]
        if not (said == NO_FIGURE if figure is None else _same(said, figure)):
            yield f"{row['name_vi']}, {heading}: {said} where {column} is {figure}"


def _same(said: object, figure: float) -> bool:
    return isinstance(said, int | float) and math.isclose(said, figure, rel_tol=1e-12, abs_tol=1e-12)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of the sheet of targets, each from heading to value."""
    grid = CalamineWorkbook.from_path(path).get_sheet_by_name(TARGETS).to_python()
    head = next(at for at, row in enumerate(grid) if _NAME in row)
    for row in grid[head + 1 :]:
        line = dict(zip(map(str, grid[head]), row, strict=True))
        if line[_NAME]:
            yield line
