"""A quick look through a worksheet's XML that is written as Excel, LibreOffice and the usual libraries write it.

Reading every element of a large sheet takes longer than loading it. Where all cells are written in the usual way, and
in usual places, searching for the few things that matter is enough; anything unusual is left to ``sheet_xml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.area import Place
from lagi_pipeline.intake.formats.sheet_xml import Seen
from lagi_pipeline.intake.grid import Unreadable

PLAIN_CELLS = 26 * 149_999
"""The used area of a plain sheet is at most A1:Z149999."""

_HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version="1\.0" encoding="(?:UTF-8|utf-8)"[^?<>]*\?>)?\s*'
    rb'<worksheet xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"'
)
_ROW = rb"(?:\d{1,5}|1[0-4]\d{4})"
_USUAL_CELL = re.compile(rb'<c r="[A-Z]' + _ROW + rb'"(?: s="\d{1,6}")?(?: t="(?:s|str|n|b|inlineStr)")?/?>')
_ANY_CELL = re.compile(rb"<c[ \t\r\n/>]")
_SHARED_TEXT = b' t="s"'
_INLINE_TEXT = b' t="inlineStr"'
_FORMULA_TEXT = b' t="str"'
_HIDDEN_ROW = re.compile(rb'<row r="(' + _ROW + rb')"[^<>]*? hidden="(?:1|true)"')
_ANY_HIDDEN_ROW = re.compile(rb'<row[^<>]*hidden(?!="(?:0|false)")')
_COLUMN = re.compile(rb"<col [^<>]*>")
_HIDDEN_COLUMN = re.compile(rb' hidden="(?:1|true)"')
_COLUMN_RANGE = re.compile(rb' (min|max)="(\d{1,5})"')
_ANY_HIDDEN = re.compile(rb'hidden(?!="(?:0|false)")')
_MARKS = (b"vertAlign", b"<strike")
_COMPUTED = re.compile(rb"<f(?: [^<>]*)?(?:/>|>[^<]*</f>)<v>[^<]")
_ANY_FORMULA = re.compile(rb"<f[ \t\r\n/>]")
# Comments, CDATA and document types; elements with a prefix.
_UNUSUAL = re.compile(rb"<!|<[^<>\s/:]+:(?:c|f|row|v)[ \t\r\n/>]")
_MERGE = b"<mergeCell "
_TAGS_OF_A_CELL = 10
_OTHER_TAGS = 500_000


@dataclass(frozen=True, slots=True)
class _Formats:
    """How cells begin whose numbers are shown as others."""

    percent: re.Pattern[bytes] | None
    scaled: re.Pattern[bytes] | None


def look(pieces: Iterable[bytes], percents: frozenset[str], *, scaled: frozenset[str] = frozenset()) -> Seen | None:
    """What the sheet says beside its values; None where it is not plain.

    ``percents`` and ``scaled`` are as for ``sheet_xml.scan``. The extent is not looked at: it lies within
    ``PLAIN_CELLS``.
    """
    seen = Seen()
    formats = _Formats(_cell_of(percents), _cell_of(scaled - percents))
    tags = 0
    for buffer in _buffers(pieces):
        if buffer is None:
            return None
        usual = len(_USUAL_CELL.findall(buffer))
        if usual != len(_ANY_CELL.findall(buffer)) or _UNUSUAL.search(buffer) or not _note(buffer, formats, seen):
            return None
        seen.cells += usual
        tags += buffer.count(b"<")
        if tags > _TAGS_OF_A_CELL * seen.cells + _OTHER_TAGS or seen.noted > limits.NOTED_CELLS:
            return None
    return seen


def _note(buffer: bytes, formats: _Formats, seen: Seen) -> bool:
    """Note what a piece says; False where that takes a closer look."""
    if b"<f" in buffer and len(_COMPUTED.findall(buffer)) != len(_ANY_FORMULA.findall(buffer)):
        return False
    if any(mark in buffer for mark in _MARKS):
        return False
    if b"hidden" in buffer:
        if not _note_columns(buffer, seen):
            return False
        hidden = _HIDDEN_ROW.findall(buffer)
        if len(hidden) != len(_ANY_HIDDEN_ROW.findall(buffer)):
            return False
        seen.hidden_rows.update(int(row) - 1 for row in hidden)
    if formats.percent is not None:
        seen.percents.update(_place(letter, row) for letter, row, _ in formats.percent.findall(buffer))
    if formats.scaled is not None:
        for letter, row, value in formats.scaled.findall(buffer):
            seen.unreadable[_place(letter, row)] = Unreadable("scaled_format", value.decode())
    seen.texts += buffer.count(_SHARED_TEXT)
    seen.own_texts += buffer.count(_INLINE_TEXT) + buffer.count(_FORMULA_TEXT)
    seen.merges += buffer.count(_MERGE)
    return True


def _note_columns(buffer: bytes, seen: Seen) -> bool:
    """Note the hidden columns; False where one is written in an unusual way."""
    for column in _COLUMN.findall(buffer):
        if _ANY_HIDDEN.search(column):
            ends = dict(_COLUMN_RANGE.findall(column))
            if set(ends) != {b"min", b"max"} or not _HIDDEN_COLUMN.search(column):
                return False
            seen.hidden_columns.update(range(int(ends[b"min"]) - 1, min(int(ends[b"max"]), limits.COLUMNS)))
    return True


def _place(letter: bytes, row: bytes) -> Place:
    return int(row) - 1, letter[0] - ord("A")


def _cell_of(formats: frozenset[str]) -> re.Pattern[bytes] | None:
    """A cell with a number in one of some formats: its letter, its row and the number."""
    if not formats:
        return None
    styles = "|".join(sorted(formats)).encode()
    return re.compile(rb'<c r="([A-Z])(\d+)" s="(?:' + styles + rb')"(?: t="n")?>(?:<f.*?)?<v>([^<]+)')


def _buffers(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    """The part in pieces that end before a cell, or before a tag where there are no cells; None where it is unusual."""
    kept = b""
    first = True
    for piece in pieces:
        buffer = kept + piece
        if first:
            if not _HEAD.match(buffer):
                yield None
                return
            first = False
        cut = buffer.rfind(b"<c ")
        if cut < 0:
            cut = max(0, buffer.rfind(b"<"))
        if cut:
            yield buffer[:cut]
        kept = buffer[cut:]
        if len(kept) > limits.LINE_CHARACTERS:
            yield None
            return
    yield kept
