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

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.excel.sheets import HIGH, LOW, TARGETS
from lagi_pipeline.reporting.published import rows_of

FIGURES: Mapping[str, str] = {
    "NQ": "target",
    "Thực hiện quý": "actual_quarter",
    "Lũy kế": "actual",
    "% NQ": "attainment_pct",
    "% cùng kỳ": "on_last_year",
    "Ước cả năm": "year_estimate",
    "Dự báo (": "forecast",
    LOW: "forecast_low",
    HIGH: "forecast_high",
}
"""How the heading of each column of figures begins, and what of ``mart.attainment`` stands in it."""
_NAME = "Chỉ tiêu"
_NO_FIGURE = "…"


def disagreements(path: Path, connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> list[str]:
    """Where the sheet of targets of a workbook differs from ``mart.attainment``; none where they agree.

    Args:
        path: The workbook.
        connection: The published file.
        quarter: Which quarter the workbook is of.
    """
    written = {row[_NAME]: row for row in _rows(path)}
    published = rows_of(
        connection,
        "SELECT *, coalesce(yoy_index_pct, yoy_change_pct) AS on_last_year FROM mart.attainment"
        " WHERE quarter = ? AND is_leading",
        [str(quarter)],
    )
    found = [f"{name}: a line that is not published" for name in written.keys() - {row["name_vi"] for row in published}]
    for row in published:
        if row["name_vi"] in written:
            found += _differences(row, written[row["name_vi"]])
        else:
            found.append(f"{row['name_vi']}: no line")
    return sorted(found)


def _differences(row: Mapping[str, Any], written: Mapping[str, Any]) -> Iterator[str]:
    for begins, column in FIGURES.items():
        headings = [heading for heading in written if heading.startswith(begins)]
        if len(headings) != 1:
            yield f"{len(headings)} columns «{begins}…»"
            continue
        said, figure = written[headings[0]], row[column]
        if not (said == _NO_FIGURE if figure is None else _same(said, figure)):
            yield f"{row['name_vi']}, {headings[0]}: {said} where {column} is {figure}"


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
