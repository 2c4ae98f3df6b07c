"""How many of the main lines stand where: "9/10 chỉ tiêu". Sub-lines are reported beside the count, never in it."""

from __future__ import annotations

from collections.abc import Iterable

from lagi_pipeline.indicators.verdict import RESULT_STATUSES


def count_main_lines(lines: Iterable[tuple[str | None, str]]) -> dict[str, int]:
    """How many main lines (ordinals without a letter) have each result status.

    Args:
        lines: (ordinal, result status) of the lines of one quarter against one plan.

    Returns:
        A count for each of ``RESULT_STATUSES``, 0 included; they add up to the number of main lines.
    """
    statuses = [status for ordinal, status in lines if (ordinal or "").isdigit()]
    return {status: statuses.count(status) for status in RESULT_STATUSES}
