"""What is made of the attainment for those who compare plans and count: plans side by side, and the year's verdict."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from lagi_pipeline.indicators.by_plan import side_by_side
from lagi_pipeline.indicators.model import Attainment
from lagi_pipeline.indicators.year_verdict import year_verdicts
from lagi_pipeline.steps.compute import Situation, as_frame, record
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import replace_all


def by_plan_frame(situation: Situation, rows: Sequence[Attainment]) -> pd.DataFrame:
    """The rows of ``mart.attainment_by_plan``."""
    compared = side_by_side(situation.catalogue, rows)
    return as_frame([record(row) for row in compared], tables.BY_PLAN)


def year_verdict_frame(situation: Situation, rows: Sequence[Attainment]) -> pd.DataFrame:
    """The rows of ``mart.year_verdict``."""
    verdicts = year_verdicts(situation.catalogue, situation.place, rows)
    return as_frame([record(row) for row in verdicts], tables.YEAR_VERDICT)


def write_plans(connection: duckdb.DuckDBPyConnection, situation: Situation, rows: Sequence[Attainment]) -> int:
    """Write ``mart.attainment_by_plan`` and ``mart.year_verdict``.

    Args:
        connection: Of the working database.
        situation: The catalogue and the place.
        rows: The attainment of one moment, as it was written.

    Returns:
        The number of years and plans that have a verdict.
    """
    replace_all(connection, tables.BY_PLAN, by_plan_frame(situation, rows))
    return replace_all(connection, tables.YEAR_VERDICT, year_verdict_frame(situation, rows))
