"""Outline rows: which row stands under which, decided by the markers A, I, 1, 1.1, a, -, + and their neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_LETTER = re.compile(r"[A-Z]")
_ARABIC = re.compile(r"\d+")
_DOTTED = re.compile(r"\d+(?:\.\d+)+")
_SMALL = re.compile(r"[a-zđ]")
_DASHES = frozenset("-–—−*")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


class Mark(Enum):
    """The kinds of markers, each a level of its own."""

    LETTER = "A"
    ROMAN = "I"
    ARABIC = "1"
    DOTTED = "1.1"
    SMALL = "a"
    DASH = "-"
    PLUS = "+"


_BELOW_DOTTED = frozenset({Mark.SMALL, Mark.DASH, Mark.PLUS})


@dataclass(frozen=True, slots=True)
class Position:
    """A row's place: its path (``A.I.8.-2``) and the index of the row it stands under, None at the top."""

    path: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class _Open:
    """A row that later rows may stand under."""

    mark: Mark
    name: str
    index: int


def place_rows(markers: Sequence[str], labels: Sequence[str]) -> list[Position | None]:
    """The position of each row by its marker (STT) and, where that is blank, a dash that its label begins with.

    A bare letter that is also a Roman numeral ("I", "V") is a letter only where it is the next after the letter before
    it at its level and no "II" follows; else it is Roman. A row without any marker has no position.
    """
    plain = [_plain(marker) for marker in markers]
    next_capitals = _next_capitals(plain)
    stack: list[_Open] = []
    unnumbered: dict[tuple[Mark, int | None], int] = {}
    positions: list[Position | None] = []
    for index, (marker, label) in enumerate(zip(plain, labels, strict=True)):
        mark = _mark(marker or _leading_dash(label), stack, next_capitals[index])
        if mark is None:
            positions.append(None)
            continue
        _close(stack, mark, marker)
        name = marker
        parent = stack[-1].index if stack else None
        if mark in {Mark.DASH, Mark.PLUS}:
            count = unnumbered[mark, parent] = unnumbered.get((mark, parent), 0) + 1
            name = f"{mark.value}{count}"
        above = positions[parent] if parent is not None else None
        path = f"{above.path}.{name.rpartition('.')[2]}" if above else name
        stack.append(_Open(mark, name, index))
        positions.append(Position(path, parent))
    return positions


def _next_capitals(markers: Sequence[str]) -> list[str]:
    """For each marker the first letter or Roman numeral below it; "" where there is none."""
    found: list[str] = []
    following = ""
    for marker in reversed(markers):
        found.append(following)
        if _LETTER.fullmatch(marker) or _ROMAN.fullmatch(marker):
            following = marker
    return found[::-1]


def _plain(marker: str) -> str:
    bare = marker.strip()
    return bare.strip("().,:/").strip().rstrip("-–").strip() or bare[:1].strip("().,:/")


def _leading_dash(label: str) -> str:
    first = label.strip()[:1]
    return first if first in _DASHES or first == Mark.PLUS.value else ""


def _close(stack: list[_Open], mark: Mark, name: str) -> None:
    """Take off the stack what a row of this mark cannot stand under: its own level, and all below it."""
    if mark is Mark.DOTTED:
        depth = name.count(".")
        while stack and (
            stack[-1].mark in _BELOW_DOTTED or (stack[-1].mark is Mark.DOTTED and stack[-1].name.count(".") >= depth)
        ):
            stack.pop()
        return
    levels = [row.mark for row in stack]
    if mark in levels:
        del stack[levels.index(mark) :]


def _mark(marker: str, stack: Sequence[_Open], next_capital: str) -> Mark | None:
    if marker in _DASHES:
        return Mark.DASH
    if marker == Mark.PLUS.value:
        return Mark.PLUS
    for pattern, mark in ((_DOTTED, Mark.DOTTED), (_ARABIC, Mark.ARABIC), (_SMALL, Mark.SMALL)):
        if pattern.fullmatch(marker):
            return mark
    if _LETTER.fullmatch(marker) and _is_letter(marker, stack, next_capital):
        return Mark.LETTER
    return Mark.ROMAN if _ROMAN.fullmatch(marker) else None


def _is_letter(marker: str, stack: Sequence[_Open], next_capital: str) -> bool:
    """Whether a capital is a letter rather than a Roman numeral: its neighbours decide."""
    if not _ROMAN.fullmatch(marker):
        return True
    letters = [row.name for row in stack if row.mark is Mark.LETTER]
    romans = [row.name for row in stack if row.mark is Mark.ROMAN]
    if romans and _roman_value(marker) == _roman_value(romans[-1]) + 1:
        return False
    begins_numerals = marker == "I" and next_capital == "II"
    return bool(letters) and ord(marker) == ord(letters[-1]) + 1 and not begins_numerals


def _roman_value(marker: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in marker]
    following = [*values[1:], 0]
    return sum(-value if value < later else value for value, later in zip(values, following, strict=True))
