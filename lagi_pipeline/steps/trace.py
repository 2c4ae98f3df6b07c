"""The trace of every figure, written beside the marts: what it rests on is read, followed, and stored."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pandas as pd

from lagi_pipeline.indicators.plans import printed_plans
from lagi_pipeline.indicators.trace import PlanDocument, Sources, Traced, trace
from lagi_pipeline.intake.files import digest
from lagi_pipeline.steps.cells import read_cells
from lagi_pipeline.steps.compute import Figures, Situation, as_frame, read_evidence, record
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import replace_all
from lagi_pipeline.warehouse.lineage import column_lineage


def compute_trace(
    connection: duckdb.DuckDBPyConnection, situation: Situation, figures: Figures, evaluated_at: datetime
) -> Traced:
    """Follow figures that were computed as of a moment down to their cells; nothing is written."""
    catalogue, place = situation.catalogue, situation.place
    sources = Sources(
        cells=read_cells(connection),
        documents=plan_documents(situation),
        printed_plans=printed_plans(catalogue, place, read_evidence(connection), evaluated_at),
    )
    standing = [resolution.standing_on(evaluated_at.date()) for resolution in figures.resolutions]
    return trace(catalogue, place, standing, figures.observations, figures.attainment, sources)


def plan_documents(situation: Situation) -> dict[int, PlanDocument]:
    """The targets file of each year, below ``data/raw``."""
    return {
        int(path.parent.name): PlanDocument(path.relative_to(situation.raw_dir).as_posix(), digest(path))
        for path in (situation.raw_dir / "resolution").glob("[0-9]*/targets.yaml")
    }


def trace_frames(traced: Traced) -> dict[tables.Table, pd.DataFrame]:
    """The rows of ``mart.trace`` and ``mart.trace_line``."""
    return {
        tables.TRACE: as_frame([record(row) for row in traced.rows], tables.TRACE),
        tables.TRACE_LINE: as_frame([record(line) for line in traced.lines], tables.TRACE_LINE),
    }


def write_trace(
    connection: duckdb.DuckDBPyConnection, situation: Situation, figures: Figures, evaluated_at: datetime
) -> int:
    """Write ``mart.trace``, ``mart.trace_line`` and ``core.column_lineage``.

    Returns:
        The number of rows of the trace.
    """
    traced = compute_trace(connection, situation, figures, evaluated_at)
    for table, frame in trace_frames(traced).items():
        replace_all(connection, table, frame)
    lineage = [record(column) for column in column_lineage()]
    replace_all(connection, tables.COLUMN_LINEAGE, as_frame(lineage, tables.COLUMN_LINEAGE))
    return len(traced.rows)
