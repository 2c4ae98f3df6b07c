"""The cells of reported figures, to and from ``core.measure_cell``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Measure
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import Reported
from lagi_pipeline.indicators.model import MeasureCell
from lagi_pipeline.indicators.trace import CellKey
from lagi_pipeline.vietnamese.numbers import exact


def cell_rows(about: Mapping[str, Any], measure: Measure, reported: Reported) -> Iterator[dict[str, Any]]:
    """The rows of ``core.measure_cell`` for one reported figure; ``about`` is what is known of its file."""
    for position, cell in enumerate(reported.cells, start=1):
        yield {
            "feed": measure.feed,
            "form": measure.form,
            "quarter": about["quarter"],
            "sha256": about["sha256"],
            "measure": measure.code,
            "unit_code": reported.unit_code,
            "position": position,
            "sheet": about["sheet"],
            "row": cell.row,
            "cell": cell.cell,
            "text": cell.text,
            "printed_value": float(cell.value / cell.scale),
            "printed_unit": cell.printed_unit,
            "scale": float(cell.scale),
            "value": float(cell.value),
            "unit": measure.unit,
        }


def read_cells(connection: duckdb.DuckDBPyConnection) -> dict[CellKey, list[MeasureCell]]:
    """Every cell of ``core.measure_cell`` by the figure it is of."""
    cells: dict[CellKey, list[MeasureCell]] = {}
    found = connection.execute(
        "SELECT form, quarter, sha256, measure, unit_code, sheet, cell, text, printed_value, printed_unit, scale, value"
        " FROM core.measure_cell ORDER BY form, quarter, sha256, measure, unit_code, position"
    )
    for (
        form,
        quarter,
        sha256,
        measure,
        unit_code,
        sheet,
        cell,
        text,
        printed,
        printed_unit,
        scale,
        value,
    ) in found.fetchall():
        stood = MeasureCell(sheet, cell, text, exact(printed), printed_unit, exact(scale), exact(value))
        cells.setdefault((form, Quarter.parse(quarter), sha256, measure, unit_code), []).append(stood)
    return cells
