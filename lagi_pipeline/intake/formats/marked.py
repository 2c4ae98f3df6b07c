"""Text of which a part is written small and high, small and low, struck out or hidden: what of it may be read.

Put one after the other, 300 and the mark of its footnote are 3001. Where a file says which part of a cell's text is
marked so belongs to the readers of each kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.grid import Unreadable
from lagi_pipeline.vietnamese.units import lookup


class Mark(Enum):
    """How a part of a text is set apart from the rest; the value shows it in a reason."""

    RAISED = "^{}"
    LOWERED = "_{}"
    STRUCK = "[gạch bỏ: {}]"
    HIDDEN = "[ẩn: {}]"


Run = tuple[str, Mark | None]


class RichText:
    """A text that is read piece by piece."""

    def __init__(self) -> None:
        self._runs: list[tuple[list[str], Mark | None]] = []
        self._length = 0

    def add(self, text: str, mark: Mark | None = None) -> None:
        """More text.

        Raises:
            RefusedFileError: it is longer than any cell, or its marks change without end.
        """
        self._length += len(text)
        if self._length > limits.LINE_CHARACTERS or len(self._runs) > limits.TEXT_RUNS:
            raise RefusedFileError("có ô chứa một đoạn chữ quá dài", rule="long_line")
        if self._runs and self._runs[-1][1] is mark:
            self._runs[-1][0].append(text)
        elif text:
            self._runs.append(([text], mark))

    @property
    def is_marked(self) -> bool:
        """Whether a part of it is marked."""
        return any(mark for _, mark in self._runs)

    def plain(self) -> str:
        """All of it, without its marks."""
        return "".join(piece for pieces, _ in self._runs for piece in pieces)

    def value(self) -> str | Unreadable:
        """What it says."""
        return settle(("".join(pieces), mark) for pieces, mark in self._runs) if self.is_marked else self.plain()


_GONE = frozenset({Mark.STRUCK, Mark.HIDDEN})
_DIGIT = re.compile("[0-9]")
_FOOTNOTE = re.compile(r"[\d*()\[\],;\s]+")
_LENGTH = re.compile(r"(?<![^\W\d_])[kdch]?m\s?$")
_POWERS = frozenset({"2", "3"})
_TEN = re.compile(r"(?<![\d.,])10$")
_QUANTITY = re.compile(r"\W*\d[\d\s.,]*(?P<unit>[^\d\s][^\d]*)")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LONGEST_SHOWN = 120


def settle(runs: Iterable[Run]) -> str | Unreadable:
    """What a cell's text says, given in runs.

    A figure with a marked part is unreadable, and so is any text with digits of which a part is struck out or hidden.
    Of other texts the marks of footnotes are dropped: digits and asterisks that are raised, but for the powers of m²
    and 10³. The rest stays as it is.
    """
    joined = _powers_settled(_joined(runs))
    marks = {mark for text, mark in joined if mark and text.strip()}
    whole = "".join(text for text, _ in joined)
    if not marks:
        return whole
    if marks & _GONE and _DIGIT.search(whole):
        return Unreadable("marked_text", _shown(joined))
    plain = "".join(text for text, mark in joined if mark is None)
    return Unreadable("marked_text", _shown(joined)) if _is_figure(plain) else _without_footnotes(joined)


def _joined(runs: Iterable[Run]) -> list[Run]:
    """The runs, neighbours with the same mark as one, blank ones without a mark."""
    joined: list[Run] = []
    for text, said in runs:
        mark = said if text.strip() else None
        if joined and joined[-1][1] is mark:
            joined[-1] = (joined[-1][0] + text, mark)
        elif text:
            joined.append((text, mark))
    return joined


def _powers_settled(runs: Sequence[Run]) -> list[Run]:
    """The runs with the powers of units as plain text: the 2 of km²."""
    settled: list[Run] = []
    before = ""
    for text, mark in runs:
        is_power = mark is Mark.RAISED and text.strip() in _POWERS and _LENGTH.search(before)
        settled.append((text, None if is_power else mark))
        before = text
    return settled


def _is_figure(text: str) -> bool:
    """Whether a text is a number, a date or the like: digits and signs, and a unit at most."""
    if not _DIGIT.search(text):
        return False
    if not any(letter.isalpha() for letter in text):
        return True
    quantity = _QUANTITY.fullmatch(text)
    return quantity is not None and lookup(quantity["unit"].strip(" ().:*")) is not None


def _without_footnotes(runs: Sequence[Run]) -> str:
    kept: list[str] = []
    for text, mark in runs:
        before = kept[-1] if kept else ""
        if mark is Mark.RAISED and before.strip() and _FOOTNOTE.fullmatch(text) and not _TEN.search(before):
            continue
        kept.append(text)
    return "".join(kept)


def _shown(runs: Sequence[Run]) -> str:
    """The text with its marks, as a reason quotes it: ``300¹``, ``3000[gạch bỏ: 2500]``."""
    shown = " ".join("".join(map(_shown_run, runs)).split())
    return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"


def _shown_run(run: Run) -> str:
    text, mark = run
    if mark is None:
        return text
    if mark in _GONE:
        return mark.value.format(text.strip())
    small = text.translate(_RAISED if mark is Mark.RAISED else _LOWERED)
    return small if text.strip().isdigit() else mark.value.format(text)
