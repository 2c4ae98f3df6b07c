"""Numbers as Vietnamese offices write them in text cells, and back. What is no number is refused, never guessed.

Rules: feeds.md, "Common to all"; domain.md, traps 7 (a dash is missing, never 0) and 15 (comma or point).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum
from typing import Literal

from lagi_pipeline.vietnamese.text import nfc

_MISSING = frozenset({"", *"-‐‑‒–—―−", "…", "...", "x", "X"})
_DASH = "‐‑–−-"  # the hyphen last: these stand in a character class

# What may stand around the digits: a sign or brackets (accountants' minus), and a unit inside or outside of them.
_DRESSED = re.compile(
    rf"(?P<open>\()?(?P<sign>[+{_DASH}] ?)?(?P<body>[0-9][0-9., ]*?) ?(?P<inner>[%‰])?(?P<close>\))? ?(?P<outer>[%‰])?"
)
# Plain digits come first, so that one separator with three digits after it is always found as a mark, never as a group:
# whether it groups is the convention's question.
_BODY = re.compile(
    r"(?P<whole>0|[1-9][0-9]*|[1-9][0-9]{0,2}(?P<group>[., ])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?P<mark>[.,])(?P<fraction>[0-9]+))?"
)
_GROUP = 3  # digits
_NO_SEPARATORS = str.maketrans("", "", "., ")
_TO_VIETNAMESE = str.maketrans(",.", ".,")
# Wide enough that rounding for print never meets the default 28 digits.
_ROUNDING = Context(prec=200, rounding=ROUND_HALF_UP)

Unit = Literal["%", "‰"]


class NumberError(ValueError):
    """The text is not a number that can be read in one way only; the message (Vietnamese) names it."""


class Convention(Enum):
    """How the text numbers of one file are written."""

    VIETNAMESE = "vietnamese"
    """Dots group, a comma starts the decimals."""
    CONTRADICTORY = "contradictory"
    """Some cell can only be the English form: no cell is read that could be either."""
    UNDECIDED = "undecided"
    """No cell can only be one of the two: ``1.800`` is 1800, as offices write; ``140,000`` may be either: not read."""


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """A number read from text, with its decimals as printed; ``12,5 %`` is 12.5 with unit ``%``."""

    value: Decimal
    unit: Unit | None = None
    warning: str | None = None


def is_missing(text: str) -> bool:
    """Whether the text says that there is no figure: blank, a dash, dots, ``x``."""
    return nfc(text).strip() in _MISSING


def decide_convention(texts: Iterable[str]) -> Convention:
    """The convention of a file, from all its text cells (domain.md, trap 15).

    Contradictory where a cell can only be English (``1,234.5``, ``1,234,567``, or ``31.57`` beside a ``140,000``);
    Vietnamese where one can only be that (``12,5``, ``1.234.567``). Cells that are no numbers do not count.
    """
    bodies = [body for text in frozenset(texts) if (body := _body_of(text)) is not None]
    english = any(body["group"] == "," and body["mark"] != "," for body in bodies)
    points = any(body["mark"] == "." and not _could_group(body) for body in bodies)
    if english or (points and any(body["mark"] == "," and _could_group(body) for body in bodies)):
        return Convention.CONTRADICTORY
    if any(_is_vietnamese_only(body) for body in bodies):
        return Convention.VIETNAMESE
    return Convention.UNDECIDED


def parse_number(text: str, convention: Convention = Convention.VIETNAMESE) -> ParsedNumber | None:
    """Read a number; None where the text says that it is missing.

    Raises:
        NumberError: anything else, and in a contradictory file what could be read in two ways.
    """
    cell = nfc(text).strip()
    if cell in _MISSING:
        return None
    dressed = _DRESSED.fullmatch(cell)
    body = _BODY.fullmatch(dressed["body"]) if dressed else None
    if dressed is None or body is None:
        raise NumberError(f"không phải số: «{text}»")
    if bool(dressed["open"]) != bool(dressed["close"]) or (dressed["open"] and dressed["sign"]):
        raise NumberError(f"dấu ngoặc hoặc dấu âm không rõ: «{text}»")
    if dressed["inner"] and dressed["outer"]:
        raise NumberError(f"đơn vị ghi hai lần: «{text}»")

    digits, warning = _digits(body, convention, text)
    negative = dressed["open"] or (dressed["sign"] or "+")[0] != "+"
    unit: Unit | None = None
    if suffix := dressed["inner"] or dressed["outer"]:
        unit = "%" if suffix == "%" else "‰"
    return ParsedNumber(Decimal(f"-{digits}" if negative else digits), unit, warning)


def format_number(value: Decimal | float, decimals: int | None = None) -> str:
    """Write a number in Vietnamese form, ``1.234,5``; rounded half up to ``decimals`` places where they are given.

    Raises:
        NumberError: the value is infinite or not a number.
    """
    number = value if isinstance(value, Decimal) else exact(value)
    if not number.is_finite():
        raise NumberError(f"không phải số hữu hạn: «{value}»")
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING)
    if number.is_zero():
        number = number.copy_abs()  # nobody prints "-0"
    return f"{number:,f}".translate(_TO_VIETNAMESE)


def exact(value: float) -> Decimal:
    """The decimal a spreadsheet means by a double: 15 significant digits, so 190.99999999999997 is 191.

    Raises:
        NumberError: the value is infinite or not a number.
    """
    number = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
    if not number.is_finite():
        raise NumberError(f"không phải số hữu hạn: «{value}»")
    return number


def _body_of(text: str) -> re.Match[str] | None:
    dressed = _DRESSED.fullmatch(nfc(text).strip())
    return _BODY.fullmatch(dressed["body"]) if dressed else None


def _could_group(body: re.Match[str]) -> bool:
    """Whether the mark of a number may as well group: one mark, three digits after it, up to three before it."""
    whole, fraction = body["whole"], body["fraction"]
    return fraction is not None and body["group"] is None and len(fraction) == _GROUP and _may_lead(whole)


def _may_lead(whole: str) -> bool:
    return whole != "0" and len(whole) <= _GROUP


def _is_vietnamese_only(body: re.Match[str]) -> bool:
    if body["group"] == ".":
        return body["mark"] != "."
    return body["mark"] == "," and not _could_group(body)


def _digits(body: re.Match[str], convention: Convention, text: str) -> tuple[str, str | None]:
    """The digits as Python writes them, and a warning where the cell leaves the Vietnamese form."""
    group, mark, fraction = body["group"], body["mark"], body["fraction"]
    whole = body["whole"].translate(_NO_SEPARATORS)
    contradictory = convention is Convention.CONTRADICTORY
    if mark is not None and mark == group:
        raise NumberError(f"nhóm ba chữ số không đúng: «{text}»")
    if group == "," and not contradictory:
        raise NumberError(f"dấu phẩy dùng để nhóm chữ số, trái với cách viết số của tệp: «{text}»")
    if mark is None:
        return whole, _english_warning(text) if group == "," else None

    if len(fraction) == _GROUP and (group == " " or (group is None and _may_lead(whole))):
        if convention is Convention.UNDECIDED and mark == ",":
            raise NumberError(
                f"dấu phẩy có thể là nhóm nghìn hoặc thập phân, không số nào khác trong tệp cho biết: «{text}»"
            )
        if contradictory:
            raise NumberError(f"dấu «{mark}» có thể là nhóm nghìn hoặc thập phân, tệp không nhất quán: «{text}»")
        if mark == "." and group == " ":
            raise NumberError(f"vừa nhóm bằng khoảng trắng vừa có dấu chấm trước ba chữ số: «{text}»")
        if mark == ".":
            return whole + fraction, None
    return f"{whole}.{fraction}", _english_warning(text) if mark == "." else None


def _english_warning(text: str) -> str:
    return f"«{text}» chỉ có thể đọc theo cách viết tiếng Anh (dấu chấm là dấu thập phân)"
