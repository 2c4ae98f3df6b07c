"""How figures and days are said in Vietnamese, and the one way in which figures are rounded. No rules of judgement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

ARITHMETIC = Context(prec=34)
"""The context of every computation here, so that no caller's own context can change a figure."""

_SEPARATORS = str.maketrans(",.", ".,")


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """``value`` to ``decimals`` places, a half away from zero, as offices round."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=ARITHMETIC)


def number_vi(value: Decimal, decimals: int) -> str:
    """``1234.5`` to two decimals is ``1.234,50``."""
    rounded = round_half_up(value, decimals) + 0  # no "-0,00"
    return f"{rounded:,.{decimals}f}".translate(_SEPARATORS)


def yes_no_vi(value: Decimal | float) -> str:
    """The figure of a yes/no line: 1 is ``có``, 0 is ``không``."""
    return "có" if value == 1 else "không"


def exact_vi(value: Decimal) -> str:
    """``1234.50`` is ``1.234,5``: every digit that says something."""
    return f"{value.normalize(ARITHMETIC) + 0:,f}".translate(_SEPARATORS)


def date_vi(day: date) -> str:
    """``31/12/2023``."""
    return f"{day:%d/%m/%Y}"


def join_remarks(remarks: Iterable[str | None]) -> str | None:
    """The remarks that are there as one text, each once; None where there is nothing to say."""
    return "; ".join(dict.fromkeys(remark for remark in remarks if remark)) or None
