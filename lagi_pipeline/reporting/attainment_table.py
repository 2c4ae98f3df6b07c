"""The table of a quarter's attainment, as text for a terminal and as Markdown for the UI."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lagi_pipeline.catalogue.indicators import Catalogue, Direction
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.indicators.summary import gated, headline_vi
from lagi_pipeline.indicators.wording import yes_no_vi
from lagi_pipeline.reporting.markdown import escaped, markdown_table
from lagi_pipeline.vietnamese.numbers import format_number

Row = Mapping[str, Any]
ILLUSTRATIVE = "(*)"
FOOTNOTE = "(*) số liệu minh họa, không phải số liệu chính thức"
HEADERS = ("TT", "Chỉ tiêu", "ĐVT", "Chỉ tiêu năm", "Thực hiện", "% chỉ tiêu", "% cùng kỳ", "Kết quả", "Tiến độ")
_NUMERIC = {3, 4, 5, 6}
BY_HAND = "(**)"
"""Stands at the name of a line whose figure or result an office set by hand; a note below says by which document."""
NO_FIGURE = "…"


def cells(row: Row, catalogue: Catalogue) -> tuple[str, ...]:
    """A row of ``mart.attainment`` as printed: no figure is ``…``, illustrative figures carry ``(*)``.

    A line that was set by hand carries ``(**)``.
    """
    decimals = catalogue.indicator(row["indicator_code"]).decimals
    return (
        row["ordinal"] or "",
        row["name_vi"] + (f" {BY_HAND}" if row["override_vi"] else ""),
        row["unit"],
        target_vi(row, decimals) + (ILLUSTRATIVE if row["target_is_illustrative"] else ""),
        _actual(row, decimals) + (ILLUSTRATIVE if row["actual_is_illustrative"] else ""),
        _number(row["attainment_pct"], 1),
        _on_last_year(row),
        row["status_vi"],
        row["pace_vi"] or "",
    )


def target_vi(row: Row, decimals: int) -> str:
    """What a target asks, in the fewest signs: ``191,00``; ``≤ 0,70``; ``0,40 – 0,50``; ``= 3``; ``có``."""
    lower = format_number(row["target"], decimals)
    match row["direction"]:
        case Direction.AT_MOST:
            return f"≤ {lower}"
        case Direction.RANGE:
            return f"{lower} – {format_number(row['target_upper'], decimals)}"
        case Direction.EXACT:
            return f"= {lower}"
        case Direction.YES_NO:
            return yes_no_vi(row["target"])
    return lower


def _actual(row: Row, decimals: int) -> str:
    if row["direction"] == Direction.YES_NO and row["actual"] is not None:
        return yes_no_vi(row["actual"])
    return _number(row["actual"], decimals)


def _number(value: float | None, decimals: int) -> str:
    return NO_FIGURE if value is None else format_number(value, decimals)


def _on_last_year(row: Row) -> str:
    """An index for flows ("102,4"), a change in points for rates ("+0,98 điểm")."""
    if row["yoy_index_pct"] is not None:
        return _number(row["yoy_index_pct"], 1)
    if row["yoy_change_pct"] is None:
        return NO_FIGURE
    change = format_number(row["yoy_change_pct"], 2)
    return f"{change if change.startswith('-') else '+' + change} điểm"


def headline(rows: Sequence[Row], catalogue: Catalogue, place: Place) -> str:
    """How a quarter's main lines stand, in a sentence, with the sub-lines that miss beside it.

    Args:
        rows: The lines of one quarter, each against one plan.
        catalogue: The lines and the words.
        place: Whether a missed part makes its whole missed.
    """
    statuses = {row["indicator_code"]: row["result_status"] for row in rows}
    return headline_vi(catalogue, gated(catalogue, statuses, part_gates_whole=place.file.part_gates_whole))


def as_text(rows: Sequence[Row], catalogue: Catalogue) -> str:
    """Rows as an aligned table, with their reasons below."""
    lines = aligned([HEADERS, *(cells(row, catalogue) for row in rows)], _NUMERIC)
    return "\n".join([*lines, *_notes(rows)])


def aligned(table: Sequence[Sequence[str]], numeric: Collection[int]) -> list[str]:
    """The lines of a table, its headers first, with a rule below them; columns of numbers stand to the right."""
    widths = [max(_width(line[column]) for line in table) for column in range(len(table[0]))]
    lines = [
        "  ".join(_padded(cell, widths[i], right=i in numeric) for i, cell in enumerate(line)).rstrip()
        for line in table
    ]
    lines.insert(1, "─" * max(map(_width, lines)))
    return lines


def as_markdown(rows: Sequence[Row], catalogue: Catalogue) -> str:
    """Rows as a Markdown table, with their reasons below."""
    lines = markdown_table(HEADERS, (cells(row, catalogue) for row in rows), _NUMERIC)
    return "\n".join([*lines, "", *(f"- {escaped(note)}" for note in _notes(rows))])


def _notes(rows: Sequence[Row]) -> list[str]:
    notes = [f"{row['ordinal'] or row['indicator_code']}: {row['reason']}" for row in rows if row["reason"]]
    notes += [
        f"{BY_HAND} {row['ordinal'] or row['indicator_code']}: {row['override_vi']}"
        for row in rows
        if row["override_vi"]
    ]
    if any(row["target_is_illustrative"] or row["actual_is_illustrative"] for row in rows):
        notes.append(FOOTNOTE)
    return notes


def _width(text: str) -> int:
    """The columns a text takes in a terminal."""
    return sum(0 if unicodedata.combining(letter) else 1 for letter in text)


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
