"""How many of the main lines stand where: "9/10 chỉ tiêu". Sub-lines are reported beside the count, never in it."""

from __future__ import annotations

from collections.abc import Iterable

from lagi_pipeline.catalogue.indicators import PlanSource
from lagi_pipeline.indicators.model import Attainment
from lagi_pipeline.indicators.verdict import RESULT_STATUSES


def count_main_lines(rows: Iterable[Attainment], leading_plan: PlanSource) -> dict[str, int]:
    """How many main lines (ordinals without a letter) have each result status, by the plan that leads.

    Args:
        rows: The rows of one quarter.
        leading_plan: The plan whose attainment counts.

    Returns:
        A count for each of ``RESULT_STATUSES``, 0 included; they add up to the number of main lines.

    Raises:
        ValueError: the rows are of several quarters.
    """
    counted = [row for row in rows if row.plan_source is leading_plan and (row.ordinal or "").isdigit()]
    if len({row.quarter for row in counted}) > 1:
        raise ValueError(f"expected rows of one quarter, found {sorted({row.quarter for row in counted})}")
    return {status: sum(row.result_status == status for row in counted) for status in RESULT_STATUSES}
