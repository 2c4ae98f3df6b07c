"""What the page needs of the published file beside its quarters' reports: read once for all quarters, by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from lagi_pipeline.warehouse.database import rows_of

Row = Mapping[str, Any]
Key = tuple[str, str]
"""A quarter and an indicator, ``("2024-Q3", "solid_waste")``."""
ByLine = Mapping[Key, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Material:
    """Rows of the published file by quarter and line, each in the order in which it is shown."""

    lines: ByLine
    """``mart.attainment``, against every plan; the leading one first."""
    states: ByLine
    """``mart.attainment_history`` against the leading plan, newest first."""
    units: ByLine
    """``mart.attainment_by_unit``."""
    cells: ByLine
    """``mart.trace`` of the town's figure."""
    derivations: ByLine
    """``mart.trace_line`` of the town's figure."""
    figures: ByLine
    """``core.observation`` of the town: also of the year before the first target."""
    tasks: Mapping[str, Sequence[Row]]
    """``mart.task_progress`` by quarter."""
    fleet: Mapping[str, Sequence[Row]]
    """``mart.iuu_compliance`` by quarter."""


def read_material(connection: duckdb.DuckDBPyConnection, town: str) -> Material:
    """Read everything.

    Args:
        connection: The published file, read-only.
        town: The place's own code, under which the town's figures stand.
    """

    def by_line(sql: str, *parameters: Any) -> ByLine:  # noqa: ANN401 - as DuckDB takes them
        found: dict[Key, list[Row]] = defaultdict(list)
        for row in rows_of(connection, sql, list(parameters)):
            found[row["quarter"], row["indicator_code"]].append(row)
        return dict(found)

    def by_quarter(sql: str) -> Mapping[str, Sequence[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows_of(connection, sql, []):
            found[row["quarter"]].append(row)
        return dict(found)

    return Material(
        lines=by_line("SELECT * FROM mart.attainment ORDER BY is_leading DESC, plan_source"),
        states=by_line("SELECT * FROM mart.attainment_history WHERE is_leading ORDER BY known_from DESC"),
        units=by_line("SELECT * FROM mart.attainment_by_unit SEMI JOIN mart.attainment USING (indicator_code)"),
        cells=by_line(
            "SELECT * FROM mart.trace SEMI JOIN mart.attainment USING (indicator_code) WHERE is_town ORDER BY position"
        ),
        derivations=by_line("SELECT * FROM mart.trace_line WHERE unit_code = ?", town),
        figures=by_line("SELECT * FROM core.observation WHERE unit_code = ?", town),
        tasks=by_quarter("SELECT * FROM mart.task_progress ORDER BY group_number, position"),
        fleet=by_quarter("SELECT * FROM mart.iuu_compliance"),
    )
