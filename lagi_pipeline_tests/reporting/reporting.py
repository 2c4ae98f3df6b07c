"""Reports for tests: read from the published town, and lines made up for the sentences."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content import QuarterReport, read_report
from lagi_pipeline.reporting.content.model import Line
from lagi_pipeline_tests.running import CATALOGUE, published


def report_of(data_dir: Path, quarter: str) -> QuarterReport:
    """The report of a quarter of a data folder."""
    with published(data_dir) as connection:
        return read_report(connection, Quarter.parse(quarter), CATALOGUE)


def tampered(data_dir: Path, *statements: tuple[str, list[Any]]) -> Path:
    """The same data folder with its published file changed by SQL."""
    with duckdb.connect(data_dir / "warehouse" / "lagi.duckdb") as connection:
        for sql, parameters in statements:
            connection.execute(sql, parameters)
    return data_dir


def made_line(code: str = "development_spending", **changes: Any) -> Line:  # noqa: ANN401 - any field
    """A line as the report holds it, with its name, unit, number and direction from the catalogue."""
    indicator = CATALOGUE.indicator(code)
    fields: dict[str, Any] = {
        "code": code,
        "ordinal": indicator.ordinal or "",
        "name_vi": indicator.name_vi,
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "direction": indicator.direction,
        "target": 80.0,
        "result_status": "in_progress",
        "status_vi": "đang thực hiện",
        "obs_status": "estimate",
        "as_of": date(2024, 9, 30),
        "is_illustrative": False,
    }
    empty = dict.fromkeys(name for name in Line.__dataclass_fields__ if name not in fields)
    return Line(**(empty | fields | changes))
