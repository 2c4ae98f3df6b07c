"""How a slip marks what it is about: its words and colours, and texts written so that they stay texts."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from pathlib import PurePosixPath
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.vietnamese.text import capitalised

AUTHOR = "Văn phòng"
SEVERITY_VI = {Severity.ERROR: "Lỗi", Severity.WARNING: "Cảnh báo"}
FILL = {Severity.ERROR: "#FFC7CE", Severity.WARNING: "#FFF2A8"}
TAB = {Severity.ERROR: "#C00000", Severity.WARNING: "#FFC000"}
A4 = 9
"""The paper, as Excel counts them."""

Look = dict[str, Any]
"""Properties of a format, as xlsxwriter names them."""

_LONGEST_TEXT = 32_000
"""Excel holds 32 767 characters in a cell."""
_NEUTRAL = ("=", "+", "-", "@", "\t", "\r")
"""What makes a text a formula as soon as somebody edits its cell."""
_NO_FILE_NAME = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE | re.DOTALL)
_LONGEST_STEM_BYTES = 160
LINE_HEIGHT = 15.0
"""Points, of a line in a font of ``LINE_FONT``."""
LINE_FONT = 11
HIGHEST_ROW = 409
"""Points; what Excel allows."""
_LETTERS_TO_WIDTH = 1.3
_LONGEST_MEASURED = 4_000


class Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, look: Look) -> Format:
        """The format of that look."""
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def quoted(text: str, look: Look) -> Look:
    """The look of a text, which says of one that begins like a formula that it is none."""
    return look | {"quote_prefix": True} if text.startswith(_NEUTRAL) else look


def safe_stem(file: str) -> str:
    """The name of a file below ``data/raw``, without its suffix, as every system and shell takes it for a name.

    The name is the sender's: it is taken to hold anything.
    """
    stem = unicodedata.normalize("NFC", PurePosixPath(file).stem)
    stem = "".join("_" if unicodedata.category(letter).startswith("C") else letter for letter in stem)
    stem = _NO_FILE_NAME.sub("_", stem).strip(" .")
    if stem.startswith(_NEUTRAL) or _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return stem.encode()[:_LONGEST_STEM_BYTES].decode(errors="ignore") or "tep"


def sentence(reason: str) -> str:
    """A reason as it stands by itself: with a capital."""
    return capitalised(reason)


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width (in digits of the font: letters are a little narrower)."""
    fitting = max(int(width * _LETTERS_TO_WIDTH), 1)
    return sum(max(len(textwrap.wrap(line, fitting)), 1) for line in text[:_LONGEST_MEASURED].split("\n"))


def short(text: str) -> str:
    """A text that a cell can hold: its length, and characters that can be written."""
    shown = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
    return shown.encode("utf-8", "replace").decode("utf-8")
