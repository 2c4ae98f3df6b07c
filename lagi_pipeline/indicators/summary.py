"""How many of the main lines stand where: "9/10 chỉ tiêu". Sub-lines are reported beside the count, never in it.

The one place that counts, for a quarter as for a year, and for verdicts as for what is expected of a year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator
from lagi_pipeline.indicators.verdict import DECIDED, RESULT_STATUSES

Statuses = Mapping[str, str]
"""The status of each line against one plan, by indicator."""

_REACHED = ("exceeded", "met")


def count_main_lines(lines: Iterable[tuple[str | None, str]]) -> dict[str, int]:
    """How many main lines (ordinals without a letter) have each result status.

    Args:
        lines: (ordinal, result status) of the lines of one quarter against one plan.

    Returns:
        A count for each of ``RESULT_STATUSES``, 0 included; they add up to the number of main lines.
    """
    statuses = [status for ordinal, status in lines if (ordinal or "").isdigit()]
    return {status: statuses.count(status) for status in RESULT_STATUSES}


def gated(catalogue: Catalogue, statuses: Statuses, *, part_gates_whole: bool) -> dict[str, str]:
    """The statuses, with those of wholes as their parts (``part_of``) leave them where the place has parts gate wholes.

    A missed part makes its whole missed. A whole that is reached waits for a part that is not decided, with the part's
    status. What is merely ``listed_under`` a line never touches it.
    """
    if not part_gates_whole:
        return dict(statuses)
    parts: dict[str, list[str]] = {}
    for indicator in catalogue.indicators:
        if indicator.code in statuses and indicator.parent and indicator.parent.relation == "part_of":
            parts.setdefault(indicator.parent.code, []).append(indicator.code)

    def status_of(code: str) -> str:
        own, of_parts = statuses[code], [status_of(part) for part in parts.get(code, ())]
        if "not_met" in of_parts:
            return "not_met"
        waiting = [status for status in of_parts if status not in DECIDED]
        return waiting[0] if waiting and own in _REACHED else own

    return {code: status_of(code) for code in statuses}


def headline_vi(catalogue: Catalogue, statuses: Statuses) -> str:
    """How the main lines stand, in a sentence, with the sub-lines that miss beside it.

    ``10/10 chỉ tiêu đạt, vượt; chỉ tiêu thành phần nước sạch không đạt`` once all are decided, else how many stand
    where.
    """
    lines = [(catalogue.indicator(code), status) for code, status in statuses.items()]
    counts = count_main_lines((indicator.ordinal, status) for indicator, status in lines)
    others = [
        f"{count} {catalogue.word('result_status', status)}"
        for status, count in counts.items()
        if count and status not in _REACHED
    ]
    reached = sum(counts[status] for status in _REACHED)
    said = f"{reached}/{sum(counts.values())} chỉ tiêu đạt, vượt" + (f" ({', '.join(others)})" if others else "")
    missed = [indicator for indicator, status in lines if status == "not_met" and not indicator.is_main]
    return (
        said
        + _missed_vi("thành phần", (i for i in missed if i.parent))
        + _missed_vi("theo dõi", (i for i in missed if not i.parent))
    )


def _missed_vi(kind: str, missed: Iterable[Indicator]) -> str:
    """Lines beside the ten: parts and companions of a line, or aims that are followed and not counted."""
    names = ", ".join(indicator.said_vi for indicator in missed)
    return f"; chỉ tiêu {kind} {names} không đạt" if names else ""
