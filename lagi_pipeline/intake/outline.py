"""Outline rows: which row stands under which, decided by the markers A, I, 1, 1.1, a, - and their neighbours."""

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
_DASHES = frozenset("-–—−+*")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


class Mark(Enum):
    """The kinds of markers, each a level of its own."""

    LETTER = "A"
    ROMAN = "I"
    ARABIC = "1"
    DOTTED = "1.1"
    SMALL = "a"
    DASH = "-"


@dataclass(frozen=True, slots=True)
class Position:
    """A row's place: its path (``A.I.8.-2``) and the index of the row it stands under, None at the top."""

    path: str
    parent: int | None


def _roman_value(marker: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in marker]
    following = [*values[1:], 0]
    return sum(-value if value < later else value for value, later in zip(values, following, strict=True))


def _plain(marker: str) -> str:
    return marker.strip().strip("().,:/").strip() or marker.strip()[:1]


def place_rows(markers: Sequence[str], labels: Sequence[str]) -> list[Position | None]:
    """The position of each row by its marker (STT) and, where that is blank, a dash that its label begins with.

    A bare letter that is also a Roman numeral ("I", "V", "C") is a letter only where it is the next after the letter
    before it at its level; else it is Roman. A row without any marker has no position.
    """
    stack: list[tuple[Mark, str, int]] = []
    dashes: dict[int | None, int] = {}
    positions: list[Position | None] = []
    for index, (marker, label) in enumerate(zip(markers, labels, strict=True)):
        kind, name = _kind(_plain(marker), label, stack)
        if kind is None:
            positions.append(None)
            continue
        levels = [mark for mark, _, _ in stack]
        if kind is Mark.DOTTED:
            depth = name.count(".")
            while stack and stack[-1][0] in {Mark.DASH, Mark.SMALL}:
                stack.pop()
            while stack and stack[-1][0] is Mark.DOTTED and stack[-1][1].count(".") >= depth:
                stack.pop()
        elif kind in levels:
            del stack[levels.index(kind) :]
        parent = stack[-1][2] if stack else None
        if kind is Mark.DASH:
            dashes[parent] = dashes.get(parent, 0) + 1
            name = f"-{dashes[parent]}"
        above = positions[parent] if parent is not None else None
        step = name.rpartition(".")[2]
        path = f"{above.path}.{step}" if above else name
        stack.append((kind, name, index))
        positions.append(Position(path, parent))
    return positions


def _kind(marker: str, label: str, stack: list[tuple[Mark, str, int]]) -> tuple[Mark | None, str]:
    if not marker:
        return (Mark.DASH, "-") if label.strip()[:1] in _DASHES else (None, "")
    if marker in _DASHES:
        return Mark.DASH, "-"
    for pattern, kind in ((_DOTTED, Mark.DOTTED), (_ARABIC, Mark.ARABIC), (_SMALL, Mark.SMALL)):
        if pattern.fullmatch(marker):
            return kind, marker
    if _LETTER.fullmatch(marker) and _is_letter(marker, stack):
        return Mark.LETTER, marker
    if _ROMAN.fullmatch(marker):
        return Mark.ROMAN, marker
    return None, ""


def _is_letter(marker: str, stack: list[tuple[Mark, str, int]]) -> bool:
    """Whether a capital is a letter rather than a Roman numeral: its neighbours decide."""
    letters = [name for mark, name, _ in stack if mark is Mark.LETTER]
    romans = [name for mark, name, _ in stack if mark is Mark.ROMAN]
    if not _ROMAN.fullmatch(marker):
        return True
    if romans and _roman_value(marker) == _roman_value(romans[-1]) + 1:
        return False
    return bool(letters) and ord(marker) == ord(letters[-1]) + 1
