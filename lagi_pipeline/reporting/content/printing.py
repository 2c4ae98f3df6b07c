"""How values of the published file are printed: Vietnamese numbers, ``80,9%`` without a space, days as dd/mm/yyyy.

Text from the files is made printable here and nowhere else (``clean``): what a file format could not hold, or what
could not be seen, is gone before a writer gets it.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from lagi_pipeline.reporting.attainment_table import ILLUSTRATIVE, NO_FIGURE
from lagi_pipeline.reporting.content.model import Cell
from lagi_pipeline.vietnamese.numbers import format_number
from lagi_pipeline.vietnamese.text import capitalised, nfc

__all__ = ["ILLUSTRATIVE", "NO_FIGURE"]

PERCENT = "%"
# What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets), the second control set, and the marks that turn the
# direction of writing: a name with one of them would be shown other than it is.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SPACED_PERCENT = re.compile(r"(?<=\d) %")
_BARE_POINTS = {"%": "điểm %"}
_TWO_DIGIT_MONTHS = 2


def clean(text: str | None) -> str:
    """The text composed (NFC), in one line, without characters that a document cannot hold; of None nothing.

    ``99,62 %`` is ``99,62%``, as every figure of a report is printed.
    """
    line = " ".join(printable(text or "").split())
    return _SPACED_PERCENT.sub("%", line)


def printable(text: str) -> str:
    """The text composed (NFC), with a space for every character that a document cannot hold or that is not seen."""
    return _UNPRINTABLE.sub(" ", nfc(text))


def text_cell(text: str | None) -> Cell:
    """A text as it stands, made printable; a missing one is blank."""
    printable = clean(text)
    return Cell(printable, printable or None)


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
    return Cell(moment_vi(moment), moment) if moment else Cell(NO_FIGURE)


def moment_vi(moment: datetime) -> str:
    """``01/03/2025 08:00``."""
    return f"{moment:%d/%m/%Y %H:%M}"


def day_vi(day: date) -> str:
    """A day as sentences say it: ``30/9/2024``, ``08/02/2024`` (36-HD/VPTW: a 0 before days to 9 and months to 2)."""
    month = f"{day.month:02}" if day.month <= _TWO_DIGIT_MONTHS else str(day.month)
    return f"{day.day:02}/{month}/{day.year}"


def percent(value: float, decimals: int = 1) -> str:
    """``80,9%``."""
    return f"{format_number(value, decimals)}{PERCENT}"


def signed(value: float, decimals: int) -> str:
    """``+1,20`` and ``-0,03``; what rounds to nothing has no sign."""
    number = format_number(value, decimals)
    return f"+{number}" if value > 0 and not is_nothing(value, decimals) else number


def is_nothing(value: float, decimals: int) -> bool:
    """Whether a value prints as 0."""
    return format_number(abs(value), decimals) == format_number(0, decimals)


def difference_vi(value: float, decimals: int, unit: str) -> str:
    """How far two figures are apart, without its sign: ``33,00 tỷ đồng``; of rates ``1,60 điểm %``, never ``1,60 %``.

    What is there and rounds to nothing is ``chưa đến 0,01 tỷ đồng``: a gap is never printed as none.
    """
    named = _BARE_POINTS.get(unit, unit)
    if value and is_nothing(value, decimals):
        return f"chưa đến {format_number(10**-decimals, decimals)} {named}"
    return f"{format_number(abs(value), decimals)} {named}"


def figure_vi(value: float, decimals: int, unit: str) -> str:
    """A figure with its unit as a sentence says it: ``47,00 tỷ đồng``, ``94,60%``."""
    number = format_number(value, decimals)
    return f"{number}{PERCENT}" if unit == PERCENT else f"{number} {unit}"


def sentence(text: str) -> str:
    """The text with a capital at its start and a stop at its end."""
    said = capitalised(text)
    return said if said.endswith((".", "…")) else f"{said}."
