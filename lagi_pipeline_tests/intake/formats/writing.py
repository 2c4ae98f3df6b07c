"""A sheet written in every kind of file in which an office sends one."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import yaml
from docx.document import Document
from docx.table import Table

from lagi_pipeline.vietnamese import legacy
from lagi_samples import Sheet, write_workbook
from lagi_samples.sheet import Value, is_number, vietnamese

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def write_as(path: Path, sheets: Sequence[Sheet], kind: str) -> Path:
    """Write ``sheets`` beside ``path`` with the suffix of the kind (one of ``KINDS``) and say where.

    Text files hold the first sheet only; a Word document holds all of them one after the other, its lines outside of
    the table as paragraphs, or as a table without borders where several stand side by side.
    """
    suffix, writer = _WRITERS[kind]
    target = path.with_name(path.stem + suffix)
    target.write_bytes(writer(sheets))
    return target


def shown(value: Value) -> str:
    """What a cell shows: numbers and days as Vietnamese offices write them."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return vietnamese(value) if is_number(value) else str(value)


def in_windows_1258(text: str) -> bytes:
    """Text as Windows-1258 has it: vowels with their marks, tones after them."""
    return "".join(map(_with_tone_after, unicodedata.normalize("NFC", text))).encode("cp1258")


def in_old_font(text: str, font: legacy.LegacyFont) -> str:
    """Text as it is stored for an old font; TCVN3 has no capitals with a tone, a capital font shows small ones so."""
    stored = _stored(font.name)
    return "".join(stored.get(letter, stored.get(letter.lower(), letter)) for letter in text)


def _with_tone_after(letter: str) -> str:
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in marks if mark in _TONES), "")
        return unicodedata.normalize("NFC", marks.replace(tone, "")) + tone
    return letter


@cache
def _stored(font: str) -> dict[str, str]:
    path = Path(legacy.__file__).with_name("legacy_fonts.yaml")
    [line] = [line for line in yaml.safe_load(path.read_text(encoding="utf-8"))["fonts"] if line["font"] == font]
    return {read: kept for pair in line["letters"] for kept, read in zip(*pair, strict=True)}


def _by_suffix(suffix: str) -> Callable[[Sequence[Sheet]], bytes]:
    def write(sheets: Sequence[Sheet]) -> bytes:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"book{suffix}"
            write_workbook(path, sheets)
            return path.read_bytes()

    return write


def _xlsm(sheets: Sequence[Sheet]) -> bytes:
    """The workbook with a part of macros (no program: bytes that must not be opened) and its type."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_by_suffix(".xlsx")(sheets))) as plain, zipfile.ZipFile(buffer, "w") as archive:
        for entry in plain.infolist():
            archive.writestr(entry, plain.read(entry).replace(_PLAIN_TYPE, _MACRO_TYPE))
        archive.writestr("xl/vbaProject.bin", b"macros")
    return buffer.getvalue()


def _text(encode: Callable[[str], bytes], delimiter: str = ",") -> Callable[[Sequence[Sheet]], bytes]:
    def write(sheets: Sequence[Sheet]) -> bytes:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=delimiter).writerows([map(shown, cells) for cells in sheets[0].rows])
        return encode(buffer.getvalue())

    return write


def _html(sheets: Sequence[Sheet]) -> bytes:
    tables = "".join(map(_html_table, sheets))
    charset = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    head = f"{charset}<style>td {{mso-number-format:General}}</style>"
    return f"<html><head>{head}<title>Sổ tính</title></head><body>\n{tables}</body></html>".encode()


def _html_table(sheet: Sheet) -> str:
    spans = {(a, b): (c - a + 1, d - b + 1) for a, b, c, d in sheet.merges}
    covered = {(r, k) for a, b, c, d in sheet.merges for r in range(a, c + 1) for k in range(b, d + 1)} - set(spans)
    width = max(len(cells) for cells in sheet.rows)
    rows = []
    for row, cells in enumerate(sheet.rows):
        line = []
        for column, value in enumerate([*cells, *[None] * (width - len(cells))]):
            if (row, column) in covered:
                continue
            rows_spanned, columns_spanned = spans.get((row, column), (1, 1))
            text = escape(shown(value)).replace("\n", "<br>\n  ")
            line.append(f" <td rowspan={rows_spanned} colspan='{columns_spanned}'>{text}</td>\n")
        rows.append(f"<tr height=20>\n{''.join(line)}</tr>\n")
    return f"<table border=0>\n{''.join(rows)}</table>\n"


def _docx(sheets: Sequence[Sheet]) -> bytes:
    document = docx.Document()
    for sheet in sheets:
        _add_sheet(document, sheet)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_sheet(document: Document, sheet: Sheet) -> None:
    first, last = sheet.table or (0, len(sheet.rows) - 1)
    for row, cells in enumerate(sheet.rows):
        filled = [shown(value) for value in cells if value is not None]
        if row == first:
            _add_table(document, sheet, first, last)
        elif first < row <= last or not filled:
            continue
        elif len(filled) == 1:
            document.add_paragraph(filled[0])
        else:
            table = document.add_table(rows=1, cols=len(filled))
            for cell, text in zip(table.rows[0].cells, filled, strict=True):
                cell.text = text


def _add_table(document: Document, sheet: Sheet, first: int, last: int) -> None:
    rows = sheet.rows[first : last + 1]
    table = document.add_table(rows=len(rows), cols=max(map(len, rows)))
    grid = [list(row.cells) for row in table.rows]
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if value is not None:
                grid[row][column].text = shown(value)
    _merge(table, sheet, first, last)


def _merge(table: Table, sheet: Sheet, first: int, last: int) -> None:
    for top, left, bottom, right in sheet.merges:
        if first <= top <= last:
            table.cell(top - first, left).merge(table.cell(bottom - first, right))


_WRITERS: dict[str, tuple[str, Callable[[Sequence[Sheet]], bytes]]] = {
    "xlsx": (".xlsx", _by_suffix(".xlsx")),
    "xlsm": (".xlsm", _xlsm),
    "xls": (".xls", _by_suffix(".xls")),
    "ods": (".ods", _by_suffix(".ods")),
    "csv": (".csv", _text(str.encode)),
    "csv-utf-8-sig": (".csv", _text(lambda text: text.encode("utf-8-sig"), ";")),
    "csv-utf-16": (".csv", _text(lambda text: text.encode("utf-16"), "\t")),
    "csv-windows-1258": (".csv", _text(in_windows_1258, ";")),
    "csv-tcvn3": (".csv", _text(lambda text: in_old_font(text, legacy.LegacyFont.TCVN3).encode("cp1252"), ";")),
    "tsv": (".tsv", _text(str.encode, "\t")),
    "docx": (".docx", _docx),
    "xls-that-is-xlsx": (".xls", _by_suffix(".xlsx")),
    "xls-that-is-html": (".xls", _html),
    "xls-that-is-tsv": (".xls", _text(str.encode, "\t")),
}

KINDS = tuple(_WRITERS)
"""Every kind of file; those of text hold numbers and days as text."""
