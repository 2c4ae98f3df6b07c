"""A resolution's file as lines of text: Word documents (.docx), Markdown and plain text.

What the lines mean is ``outline``.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats.encoding import find_encoding
from lagi_pipeline.intake.formats.word import read_text
from lagi_pipeline.vietnamese.legacy import LegacyTextError, convert, recognise
from lagi_pipeline.vietnamese.text import nfc

TEXT_SUFFIXES = (".txt", ".md", ".markdown")
_MOST_BYTES = 10_000_000
"""A resolution of a hundred pages has less than one megabyte of text."""
_ZIP = b"PK\x03\x04"
_OTHER_KINDS = (
    (b"%PDF", "tệp PDF"),
    (b"{\\rtf", "văn bản RTF"),
    (b"\xd0\xcf\x11\xe0", "văn bản Word cũ (.doc)"),
    (_ZIP, "tệp nén hoặc tệp Office khác tên"),
)
_LABEL_AND_VALUE = 2  # cells
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NOTE = re.compile(r"(?<![mM])<sup\b[^<>]*>.*?</sup\s*>|\[\^\w+\]", re.IGNORECASE | re.DOTALL)
"""The mark of a footnote; behind "m" it is a square or cube."""
_STRUCK = re.compile(r"<(del|s|strike)(?:\s[^<>]*)?>.*?</\1\s*>|~~[^~]+~~", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_RULE_ROW = re.compile(r"\|?[\s:|-]*-[\s:|-]*\|?")
_HASHES = re.compile(r"\s{0,3}#{1,6}\s+")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_EMPHASIS = re.compile(r"\*\*|__|(?<=\S)\*|\*(?=[^\s*])|`|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")


class DocumentError(ValueError):
    """A file that cannot be read as a resolution; the message (Vietnamese) names what is wrong with it."""


@dataclass(frozen=True)
class Line:
    """A line of a document.

    ``number`` counts from 1: the lines of a text file, the paragraphs and table rows of a Word document. ``cells`` are
    its texts, several in a row of a table or between tabs. ``apart`` says that a blank line is above it, ``titled``
    that it is marked as a heading.
    """

    number: int
    cells: tuple[str, ...]
    apart: bool = False
    titled: bool = False

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(cell for cell in self.cells if cell)

    @property
    def is_row(self) -> bool:
        """Whether it is the row of a table; a tab before the colon alone makes none."""
        return sum(bool(cell) for cell in self.cells) > _LABEL_AND_VALUE

    @property
    def printed(self) -> str:
        """All of it, the cells of a table's row told apart."""
        return (" | " if self.is_row else " ").join(cell for cell in self.cells if cell)


def read_document(path: Path) -> list[Line]:
    """The lines of a resolution's file, blank ones left out.

    Raises:
        DocumentError: there is no such file, it is empty, of another kind, damaged, or in no known encoding.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
        size = path.stat().st_size
    except OSError as error:
        raise DocumentError(f"không mở được tệp {path}: {error.strerror or error}") from error
    if not size:
        raise DocumentError(f"tệp {path.name} rỗng")
    suffix = path.suffix.lower()
    if suffix not in {".docx", *TEXT_SUFFIXES}:
        raise DocumentError(f"không đọc loại tệp {suffix or '(không có phần mở rộng)'}; cần .docx, .md hoặc .txt")
    try:
        lines = _of_word(path) if suffix == ".docx" and head.startswith(_ZIP) else _of_text(path, head, size)
    except RefusedFileError as error:
        raise DocumentError(f"{path.name}: {error.reason}") from error
    if not lines:
        raise DocumentError(f"tệp {path.name} không có chữ nào")
    return lines


def _of_word(path: Path) -> list[Line]:
    lines: list[Line] = []
    for number, row in enumerate(read_text(path).rows, start=1):
        cells = [nfc(str(cell)) for cell in row]
        if any(cell.strip() for cell in cells[1:]):
            lines += _lines(number, cells, apart=False, titled=False)
            continue
        for text in cells[0].split("\n"):
            lines += _lines(number, text.split("\t"), apart=False, titled=False)
    return lines


def _of_text(path: Path, head: bytes, size: int) -> list[Line]:
    for signature, called in _OTHER_KINDS:
        if head.startswith(signature):
            raise DocumentError(
                f"{path.name} là {called}, không phải {path.suffix}; hãy lưu lại dạng .docx, .md hoặc .txt"
            )
    if path.suffix.lower() == ".docx":
        raise DocumentError(f"{path.name} không phải văn bản Word (.docx); hãy lưu lại dạng .docx, .md hoặc .txt")
    if size > _MOST_BYTES:
        raise DocumentError(f"{path.name} có {size / 1_000_000:,.0f} MB, quá lớn đối với một nghị quyết")
    lines: list[Line] = []
    apart = False
    for number, raw in enumerate(_in_unicode(path), start=1):
        if _is_blank(raw):
            apart = True
            continue
        titled = _HASHES.match(raw) is not None
        for text in _BREAK.split(_HASHES.sub("", raw, count=1)):
            lines += _lines(number, _cells(text), apart=apart, titled=titled)
            apart = False
    return lines


def _in_unicode(path: Path) -> list[str]:
    """The lines of a text file, those of an old font (TCVN3, VNI) converted.

    Raises:
        DocumentError: it is partly in an old font.
        RefusedFileError: no encoding makes it Vietnamese text.
    """
    stored = path.read_bytes().decode(find_encoding(path))
    raw = re.split(r"\r\n|\r|\n", stored)
    try:
        font = recognise(raw)
        converted = raw if font is None else [convert(line, font) for line in raw]
    except LegacyTextError as error:
        raise DocumentError(f"{path.name}: {error}") from error
    return [nfc(line) for line in converted]


def _is_blank(raw: str) -> bool:
    bare = raw.strip().lstrip("> ")
    return not bare or set(bare) <= set("-=_*~ ") or (_RULE_ROW.fullmatch(bare) is not None and "|" in bare)


def _cells(text: str) -> list[str]:
    """The cells of a line of text: between the pipes of a table, else between tabs."""
    bare = text.strip()
    if bare.startswith("|") or bare.count("|") > 1:
        return [_unmarked(cell) for cell in bare.strip("|").split("|")]
    return [_unmarked(cell) for cell in bare.split("\t")]


def _unmarked(text: str) -> str:
    """The text without the signs of Markdown and HTML."""
    text = _NOTE.sub("", _STRUCK.sub(" ", text))
    text = html.unescape(_TAG.sub("", text)).strip()
    text = _ESCAPED.sub(r"\1", _EMPHASIS.sub("", text))
    return " ".join(nfc(re.sub(r"^>\s?(?!\d)", "", text)).split())


def _lines(number: int, cells: list[str], *, apart: bool, titled: bool) -> list[Line]:
    """A row as lines: cells that hold equally many lines each are that many rows, any others one."""
    parts = [[" ".join(line.split()) for line in cell.split("\n") if line.strip()] for cell in cells]
    filled = [part for part in parts if part]
    if not filled:
        return []
    heights = {len(part) for part in filled}
    if len(filled) == 1 or (len(heights) == 1 and heights != {1}):
        rows = [[part[at] if part else "" for part in parts] for at in range(len(filled[0]))]
    else:
        rows = [[" ".join(part) for part in parts]]
    return [
        Line(number, tuple(_unmarked(cell) for cell in row), apart=apart and at == 0, titled=titled)
        for at, row in enumerate(rows)
    ]
