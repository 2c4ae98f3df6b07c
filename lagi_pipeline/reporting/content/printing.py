"""How values of the published file are printed: Vietnamese numbers, ``80,9%`` without a space, days as dd/mm/yyyy."""

from __future__ import annotations

from datetime import date, datetime

from lagi_pipeline.reporting.content.model import Cell
from lagi_pipeline.vietnamese.numbers import format_number

ILLUSTRATIVE = "(*)"
NO_FIGURE = "…"
"""What is printed where there is no figure: never 0, never blank."""


def text_cell(text: str | None) -> Cell:
    """A text as it stands; a missing one is blank."""
    return Cell(text or "", text)


def number_cell(value: float | None, decimals: int, unit: str = "", *, illustrative: bool = False) -> Cell:
    """A number, with ``%`` at it where that is its unit; no figure is ``…``."""
    if value is None:
        return Cell(NO_FIGURE)
    mark = ILLUSTRATIVE if illustrative else ""
    return Cell(f"{format_number(value, decimals)}{unit}{mark}", value, decimals, illustrative)


def day_cell(day: date | None) -> Cell:
    """A day as dd/mm/yyyy."""
    return Cell(f"{day:%d/%m/%Y}", day) if day else Cell(NO_FIGURE)


def moment_cell(moment: datetime | None) -> Cell:
    """A moment as dd/mm/yyyy HH:MM."""
    return Cell(f"{moment:%d/%m/%Y %H:%M}", moment) if moment else Cell(NO_FIGURE)


def percent(value: float, decimals: int = 1) -> str:
    """``80,9%``."""
    return f"{format_number(value, decimals)}%"


def signed(value: float, decimals: int) -> str:
    """``+1,20`` and ``-0,03``."""
    number = format_number(value, decimals)
    return number if number.startswith("-") else f"+{number}"
