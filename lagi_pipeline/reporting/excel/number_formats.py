"""The number format with which a spreadsheet shows a cell's value as the report prints it.

A format code is written with ``,`` for thousands and ``.`` for decimals, whatever the language; the program shows them
as its reader's system does, so that a Vietnamese one shows ``1.234,5``. What stands around the number in the print
(``≤``, ``+``, ``%``, ``điểm``, ``(*)``) is literal text of the format: a share is stored as 73.2 and shown as 73,2%,
as the published file and the print have it, never as 0.732.
"""

from __future__ import annotations

from lagi_pipeline.reporting.content import Cell
from lagi_pipeline.vietnamese.numbers import format_number

DAY_FORMAT = "dd/mm/yyyy"
MOMENT_FORMAT = "dd/mm/yyyy hh:mm"
_LONGEST = 255
"""Of a format code, by the file format."""


def number_format(cell: Cell, value: float) -> str:
    """The code for a number.

    Args:
        cell: The cell; its ``text`` is what is to be seen.
        value: The cell's value.
    """
    decimals = cell.decimals or 0
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    printed = format_number(value, decimals)
    before, found, after = cell.text.partition(printed)
    if not found:  # a word stands for the number: "có"
        code = _literal(cell.text)
        return code if cell.text and len(code) <= _LONGEST else digits
    # The sign of a negative number is literal too: without a section of its own, it would come before "≤".
    sign, code = ("-", digits) if printed.startswith("-") else ("", digits)
    section = f"{_literal(before + sign)}{code}{_literal(after)}"
    code = f"{section};{section}"
    return code if len(code) <= _LONGEST else digits


def _literal(text: str) -> str:
    """Text as a format code shows it as it is."""
    return '"' + text.replace('"', '"\\""') + '"' if text else ""
