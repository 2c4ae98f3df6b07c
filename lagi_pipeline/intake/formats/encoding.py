"""In what encoding a text file is written, by its bytes alone; nothing is guessed that is not Vietnamese then."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits
from lagi_pipeline.vietnamese.legacy import LegacyTextError, recognise
from lagi_pipeline.vietnamese.syllables import is_syllable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECE = 1 << 18
_HEAD = 4096
_SAMPLE = 4 * limits.MB
_MOSTLY = 0.4  # of the bytes in one half of the pairs are zero in UTF-16 without a mark
_WELL_FORMED = 0.8  # of the words with accents; abbreviations and foreign names are the rest
_LETTER = "[^\\W\\d_²³¼½¾]"
_WORD = re.compile(f"{_LETTER}+(?:[\u0300-\u036f]+{_LETTER}*)*")
_SIGNS = frozenset("²³°±×÷«»–—“”‘’…·•½¼¾€§\u00a0")
OLD_FONT = "latin-1"
"""How bytes of an old font become characters; ``cleaning`` makes them Unicode."""


def find_encoding(path: Path) -> str:
    """Python's name of the encoding; the whole file was decoded by it, and none of its lines is endless.

    Raises:
        RefusedFileError: no encoding makes it Vietnamese text, or a line is too long.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _unmarked_utf16(head)
    if marked is not None:
        if not _decodes(path, marked):
            raise _no_encoding()
        return marked
    if _decodes(path, "utf-8"):
        return "utf-8"
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    encoding = of_single_bytes(sample)
    if encoding is None or not _decodes(path, encoding):
        raise _no_encoding()
    return encoding


def of_single_bytes(sample: bytes) -> str | None:
    """The encoding of text with a byte for each character: Windows-1258, or an old font; None for neither."""
    share = _vietnamese_share(sample)
    if share >= _WELL_FORMED:
        return "cp1258"
    try:
        in_font = recognise(sample.decode(OLD_FONT).splitlines()) is not None
    except LegacyTextError:
        in_font = True  # and the cells that are not are named when the cells are known
    return OLD_FONT if in_font else None


def _vietnamese_share(sample: bytes) -> float:
    """The share of Vietnamese among the words with accents, were it Windows-1258; 0 where it cannot be that."""
    try:
        text = unicodedata.normalize("NFC", sample.decode("cp1258"))
    except UnicodeDecodeError:
        return 0
    words = {word for word in _WORD.findall(text) if not word.isascii()}
    if any(not character.isascii() and not character.isalpha() and character not in _SIGNS for character in set(text)):
        return 0
    return sum(map(is_syllable, words)) / len(words) if words else 1


def _unmarked_utf16(head: bytes) -> str | None:
    half = len(head) // 2
    if not half:
        return None
    if head[1::2].count(0) > _MOSTLY * half and head[::2].count(0) == 0:
        return "utf-16-le"
    if head[::2].count(0) > _MOSTLY * half and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in an encoding.

    Raises:
        RefusedFileError: a line is too long, or there is a zero among the characters.
    """
    behind = 0  # characters since the last line began
    try:
        for text in _decoded(path, encoding):
            if "\0" in text:
                raise RefusedFileError("tệp không phải văn bản (có ký tự NUL)", rule="encoding")
            ends = [at for at in (text.find("\n"), text.find("\r")) if at >= 0]
            if behind + (min(ends) if ends else len(text)) > limits.LINE_CHARACTERS:
                raise RefusedFileError("tệp có một dòng dài hơn 1 triệu ký tự", rule="long_line")
            behind = len(text) - max(text.rfind("\n"), text.rfind("\r")) - 1 if ends else behind + len(text)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _no_encoding() -> RefusedFileError:
    reason = "không đọc được chữ trong tệp; hãy lưu lại dạng CSV UTF-8"
    return RefusedFileError(reason, rule="encoding")
