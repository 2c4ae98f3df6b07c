"""What stands before a line of a list: "II.", "B.", "5.", "5.1", "a)", "-", "Chỉ tiêu 5:"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum


class Style(IntEnum):
    """Kinds of markers, the outer ones first."""

    ROMAN = 0
    UPPER = 1
    NUMBER = 2
    DOTTED = 3
    LOWER = 4
    DASH = 5
    PLUS = 6
    OTHER_BULLET = 7


@dataclass(frozen=True)
class Marker:
    """A marker; ``text`` is what it is called by ("5"), "" for a bullet."""

    style: Style
    text: str = ""


_ROMANS = "IVX"
_PATTERNS: tuple[tuple[Style, re.Pattern[str]], ...] = (
    (Style.NUMBER, re.compile(r"chỉ tiêu (?:số |thứ )?(\d{1,2})\s*(?:[:.)/]|[-–—](?=\s))\s*", re.IGNORECASE)),
    (Style.ROMAN, re.compile(rf"(?:phần |mục )?([{_ROMANS}]{{1,5}})\s*(?:[.)/:]|[-–—](?=\s))\s*")),
    (Style.UPPER, re.compile(r"(?:phần |mục )?([A-ZĐ])\s*(?:[.)/:]|[-–—](?=\s))\s*")),
    (Style.DOTTED, re.compile(r"\(?(\d{1,2}(?:\.\d{1,2})+)\s*(?:[.):/]\s*|[-–—]\s+|\s+)(?=[^\W\d_])")),
    (Style.NUMBER, re.compile(r"\(?(\d{1,2})\s*(?:[.)/:]|[-–—](?=\s))\s*(?=[^\d\s]|\d[\d.,]*\s?[%‰])")),
    (Style.NUMBER, re.compile(r"(\d{1,2})\s+(?=[A-ZĐÀ-ỸƠƯĂÂÊÔ])")),
    (Style.LOWER, re.compile(r"\(?([a-zđ])\s*(?:\)|\.(?=\s))\s*")),
    (Style.DASH, re.compile(r"()[-–—―−]\s*")),
    (Style.PLUS, re.compile(r"()\+\s*")),
    (Style.OTHER_BULLET, re.compile(r"()[*•●○▪◦·✓➢]\s*")),
)
_ORDINAL_CELL = re.compile(r"\(?(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Za-zĐđ])[.)/:]?|[-–—+*•]")


def split_marker(text: str, before: str | None = None) -> tuple[Marker | None, str]:
    """A line's marker and the rest of it.

    Args:
        text: The line.
        before: The letter of the last marker of the style "B.": a single "I", "V" or "X" is a letter only behind the
            one before it in the alphabet.
    """
    for style, pattern in _PATTERNS:
        found = pattern.match(text)
        if found is None or found.end() == len(text) > 1:
            continue
        if style is Style.ROMAN and before is not None and len(found[1]) == 1 and ord(found[1]) == ord(before) + 1:
            continue
        rest = text[found.end() :]
        if style >= Style.DASH:
            # "- 5. Tổng thu": the number says more than the dash.
            inner, inner_rest = split_marker(rest, before) if rest else (None, rest)
            if inner is not None and inner.style in {Style.NUMBER, Style.DOTTED}:
                return inner, inner_rest
        return Marker(style, found[1]), rest
    return None, text


def is_ordinal(cell: str) -> bool:
    """Whether a table's cell holds nothing but a marker."""
    return _ORDINAL_CELL.fullmatch(cell.strip()) is not None
