"""A quick look through a worksheet's XML that is written as Excel, LibreOffice and the usual libraries write it.

Reading every element of a large sheet takes longer than loading it. Where all cells are written in the usual way, and
in usual places, searching for the few things that matter is enough; anything unusual is left to ``sheet_xml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lagi_pipeline.intake.formats import limits
from lagi_pipeline.intake.formats.sheet_xml import Seen

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
_COMPUTED = re.compile(rb"<f(?: [^<>]*)?(?:/>|>[^<]*</f>)<v>[^<]")
_ANY_FORMULA = re.compile(rb"<f[ \t\r\n/>]")
# Comments, CDATA and document types; elements with a prefix.
_UNUSUAL = re.compile(rb"<!|<[^<>\s/:]+:(?:c|f|row|v)[ \t\r\n/>]")
_MERGE = b"<mergeCell "
_TAGS_OF_A_CELL = 10
_OTHER_TAGS = 500_000


def look(pieces: Iterable[bytes], percents: frozenset[str]) -> Seen | None:
    """What the sheet says beside its values; None where it is not plain. ``percents`` as for ``sheet_xml.scan``.

    The extent is not looked at: it lies within ``PLAIN_CELLS``.
    """
    seen = Seen()
    percent = _percent_cell(percents)
    tags = 0
    for buffer in _buffers(pieces):
        if buffer is None:
            return None
        usual = len(_USUAL_CELL.findall(buffer))
        if usual != len(_ANY_CELL.findall(buffer)) or _UNUSUAL.search(buffer) or not _note(buffer, percent, seen):
            return None
        seen.cells += usual
        tags += buffer.count(b"<")
        if tags > _TAGS_OF_A_CELL * seen.cells + _OTHER_TAGS or seen.noted > limits.NOTED_CELLS:
            return None
    return seen


def _note(buffer: bytes, percent: re.Pattern[bytes] | None, seen: Seen) -> bool:
    """Note what a piece says; False where that takes a closer look."""
    if b"<f" in buffer and len(_COMPUTED.findall(buffer)) != len(_ANY_FORMULA.findall(buffer)):
        return False
    if b"hidden" in buffer:
        hidden = _HIDDEN_ROW.findall(buffer)
        if len(hidden) != len(_ANY_HIDDEN_ROW.findall(buffer)):
            return False
        seen.hidden_rows.update(int(row) - 1 for row in hidden)
    if percent is not None:
        seen.percents.update((int(row) - 1, letter[0] - ord("A")) for letter, row in percent.findall(buffer))
    seen.texts += buffer.count(_SHARED_TEXT)
    seen.own_texts += buffer.count(_INLINE_TEXT) + buffer.count(_FORMULA_TEXT)
    seen.merges += buffer.count(_MERGE)
    return True


def _percent_cell(percents: frozenset[str]) -> re.Pattern[bytes] | None:
    if not percents:
        return None
    styles = "|".join(sorted(percents)).encode()
    return re.compile(rb'<c r="([A-Z])(\d+)" s="(?:' + styles + rb')"(?: t="n")?>(?:<f.*?)?<v>[^<]')


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
