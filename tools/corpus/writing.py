"""Documents as files of every kind that offices send, with the messes that a kind can hold.

Nothing here is the pipeline's: the letters of the old fonts, for one, are told a second time.
"""

from __future__ import annotations

import csv
import html
import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeGuard

import docx
import xlsxwriter
import xlwt
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lagi_samples.sheet import Sheet, address_of, vietnamese, write_workbook
from tools.corpus.document import Cell, Document, Failed, Formula, Line, Page, Percentage, Role

SUFFIXES = {
    "xlsx": ".xlsx", "xlsm": ".xlsm", "xls": ".xls", "ods": ".ods", "csv": ".csv", "csv with a mark": ".csv",
    "csv in utf-16": ".csv", "csv in windows-1258": ".csv", "csv with semicolons": ".csv",
    "csv of an old font": ".csv", "tsv": ".tsv",
    "docx": ".docx", "xls that is xlsx": ".xls", "xls that is html": ".xls",
}  # fmt: skip
TEXTS = frozenset(kind for kind, suffix in SUFFIXES.items() if suffix in {".csv", ".tsv"})
EXCEL = frozenset({"xlsx", "xlsm", "xls that is xlsx"})
WORKBOOKS = EXCEL | {"xls", "ods"}
HTML = "xls that is html"
WITH_ADDRESSES = frozenset(SUFFIXES) - {"docx"}
"""Kinds in which a cell has the address that the sender sees."""

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_PLAIN_TYPE = b"spreadsheetml.sheet.main+xml"
_MACRO_TYPE = b"ms-excel.sheet.macroEnabled.main+xml"


def write(document: Document, folder: Path) -> Path:
    """Write a document into a folder, and return its path."""
    path = folder / f"so-lieu{SUFFIXES[document.kind]}"
    _WRITERS[document.kind](document, path)
    return path


def can_hold(document: Document) -> bool:
    """Whether the kind of file has letters for all that stands in the document."""
    encode = {"csv in windows-1258": _windows_1258, "csv of an old font": _windows_1252}.get(document.kind)
    if encode is None:
        return True
    try:
        encode(
            "".join(cell for page in document.pages for row in _rows(document, page) for cell in row if _is_text(cell))
        )
    except UnicodeEncodeError:
        return False
    return True


def _is_text(cell: Cell) -> TypeGuard[str]:
    return isinstance(cell, str)


def row_number(page: Page, line: Line) -> int:
    """The number of a line's row, as the sender sees it."""
    return page.lines.index(line) + 1


def address(page: Page, line: Line, at: int) -> str:
    """The address of the cell at a place of a line."""
    return address_of(page.lines.index(line), at + page.left)


@dataclass(frozen=True)
class _Area:
    top: int
    left: int
    bottom: int
    right: int


def _areas(page: Page) -> list[_Area]:
    found = []
    for merge in page.merges:
        top, bottom = page.lines.index(merge.top), page.lines.index(merge.bottom)
        found.append(_Area(top, merge.first + page.left, bottom, merge.last + page.left))
    return [area for area in found if (area.top, area.left) != (area.bottom, area.right)]


def _text(document: Document, text: str) -> str:
    """A text in the letters that the document is typed in."""
    if document.font == "TCVN3":
        return "".join(_TCVN3.get(letter, letter) for letter in text)
    if document.font == "VNI":
        return "".join(_VNI.get(letter, letter) for letter in text)
    return unicodedata.normalize("NFD", text) if document.decomposed else text


def _rows(document: Document, page: Page) -> list[list[Cell]]:
    blank: list[Cell] = [None] * page.left
    return [
        blank + [_text(document, cell) if isinstance(cell, str) and not line.is_mended else cell for cell in line.cells]
        for line in page.lines
    ]


def _xlsx(document: Document, path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"date_1904": document.date1904, "in_memory": True})
    formats = {kind: book.add_format({"num_format": kind}) for kind in ("General", "dd/mm/yyyy", "0.00%")}
    shown: Worksheet | None = None
    for page in document.pages:
        sheet = book.add_worksheet(_text(document, page.name))
        covering = {(area.top, area.left): area for area in _areas(page)}
        for row, cells in enumerate(_rows(document, page)):
            for column, cell in enumerate(cells):
                area = covering.get((row, column))
                if area is not None:
                    sheet.merge_range(area.top, area.left, area.bottom, area.right, "", formats["General"])
                _xlsx_cell(sheet, row, column, cell, formats)
            if page.lines[row].hidden:
                sheet.set_row(row, None, None, {"hidden": True})
        if page.filtered:
            body = [at for at, line in enumerate(page.lines) if line.role is Role.ROW]
            sheet.autofilter(body[0] - 1, page.left, body[-1], page.left + len(page.lines[body[0]].cells) - 1)
        if page.hidden:
            sheet.hide()
        elif shown is None:
            shown = sheet
    if shown is not None:
        shown.activate()
        shown.set_first_sheet()
    book.close()


def _xlsx_cell(sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[str, Format]) -> None:
    general = formats["General"]
    if isinstance(cell, Formula):
        sheet.write_formula(row, column, cell.text, general, "" if cell.result is None else cell.result)
    elif isinstance(cell, Failed):
        sheet.write_formula(row, column, f"={cell.code}", general, cell.code)
    elif isinstance(cell, Percentage):
        sheet.write_number(row, column, cell.fraction, formats["0.00%"])
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, general)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell, general)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime.combine(cell, time()), formats["dd/mm/yyyy"])
    elif cell is not None:
        sheet.write_number(row, column, cell, general)


def _xlsm(document: Document, path: Path) -> None:
    """A workbook with macros: the type says so, and a part holds what would be their code."""
    plain = io.BytesIO()
    _xlsx(document, path)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"openxmlformats-officedocument." + _PLAIN_TYPE, _MACRO_TYPE)
                data = data.replace(
                    b"</Types>",
                    b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
                )
            target.writestr(name, data)
        target.writestr("xl/vbaProject.bin", b"no macro of anybody's")
    path.write_bytes(plain.getvalue())


def _xls(document: Document, path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = document.date1904
    formats = {kind: xlwt.easyxf(num_format_str=kind) for kind in ("General", "DD/MM/YYYY", "0.00%")}
    for page in document.pages:
        sheet = book.add_sheet(_text(document, page.name))
        for area in _areas(page):
            sheet.merge(area.top, area.bottom, area.left, area.right)
        for row, cells in enumerate(_rows(document, page)):
            for column, cell in enumerate(cells):
                if isinstance(cell, Failed):
                    sheet.row(row).set_cell_error(column, cell.code)
                elif isinstance(cell, Percentage):
                    sheet.write(row, column, cell.fraction, formats["0.00%"])
                elif isinstance(cell, Formula):
                    raise TypeError("no formulas are written into .xls")
                elif cell is not None:
                    sheet.write(row, column, cell, formats["DD/MM/YYYY" if isinstance(cell, date) else "General"])
            if page.lines[row].hidden:
                sheet.row(row).hidden = True
        sheet.visibility = int(page.hidden)
    book.save(str(path))


def _plain(cell: Cell) -> str | int | float | date | None:
    if isinstance(cell, Formula | Failed | Percentage):
        raise TypeError(f"no {type(cell).__name__} is written into this kind of file")
    return cell


def _ods(document: Document, path: Path) -> None:
    sheets = []
    for page in document.pages:
        rows = [[_plain(cell) for cell in row] for row in _rows(document, page)]
        merges = [(area.top, area.left, area.bottom, area.right) for area in _areas(page)]
        sheets.append(Sheet(_text(document, page.name), rows, merges))
    write_workbook(path, sheets)


def _shown(cell: Cell) -> str:
    """A cell as a person sees it."""
    plain = _plain(cell)
    if plain is None:
        return ""
    if isinstance(plain, date):
        return f"{plain:%d/%m/%Y}"
    return plain if isinstance(plain, str) else vietnamese(plain)


def _separated(delimiter: str, encode: Callable[[str], bytes]) -> Callable[[Document, Path], None]:
    def writer(document: Document, path: Path) -> None:
        buffer = io.StringIO(newline="")
        lines = csv.writer(buffer, delimiter=delimiter)
        [page] = document.pages
        for row in _rows(document, page):
            lines.writerow([_shown(cell) for cell in row])
        path.write_bytes(encode(buffer.getvalue()))

    return writer


def _windows_1258(text: str) -> bytes:
    """Bytes in which letters with a hat, breve or horn are one, and the tone follows."""
    letters = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(part for part in parts if part in _TONES)
        letters.append(unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES)) + tone)
    return "".join(letters).encode("cp1258")


def _windows_1252(text: str) -> bytes:
    return text.encode("cp1252")


def _docx(document: Document, path: Path) -> None:
    """Word: what stands above and below the tables as paragraphs, each table as a table."""
    word = docx.Document()
    for page in document.pages:
        rows = _rows(document, page)
        inside = [line.role in {Role.HEADER, Role.NUMBERING, Role.ROW, Role.TOTAL} for line in page.lines]
        at = 0
        while at < len(rows):
            end = at
            while end < len(rows) and inside[end] == inside[at]:
                end += 1
            if inside[at]:
                _docx_table(word, page, rows, at, end)
            else:
                for row in rows[at:end]:
                    word.add_paragraph("\t".join(_shown(cell) for cell in row if cell is not None))
            at = end
    word.save(str(path))


def _docx_table(word: docx.document.Document, page: Page, rows: list[list[Cell]], at: int, end: int) -> None:
    width = max(len(row) for row in rows[at:end]) - page.left
    table = word.add_table(end - at, width)
    for area in _areas(page):
        if at <= area.top and area.bottom < end:
            first = table.cell(area.top - at, area.left - page.left)
            first.merge(table.cell(area.bottom - at, area.right - page.left))
    for row, cells in zip(table.rows, rows[at:end], strict=True):
        written = row.cells
        for place, cell in enumerate(cells[page.left :]):
            if cell is not None:
                written[place].text = _shown(cell)


def _html(document: Document, path: Path) -> None:
    """A page that calls itself .xls, as web applications export it."""
    parts = ['<html><head><meta charset="utf-8"></head><body>']
    for page in document.pages:
        spans = {(area.top, area.left): area for area in _areas(page)}
        covered = {
            (row, column)
            for area in spans.values()
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
        } - set(spans)
        parts.append("<table>")
        for row, cells in enumerate(_rows(document, page)):
            parts.append("<tr>")
            for column, cell in enumerate(cells):
                if (row, column) in covered:
                    continue
                area = spans.get((row, column))
                span = f' rowspan="{area.bottom - area.top + 1}" colspan="{area.right - area.left + 1}"' if area else ""
                parts.append(f"<td{span}>{html.escape(_shown(cell))}</td>")
            parts.append("</tr>")
        parts.append("</table>")
    parts.append("</body></html>")
    path.write_text("".join(parts), "utf-8")


_WRITERS: dict[str, Callable[[Document, Path], None]] = {
    "xlsx": _xlsx,
    "xlsm": _xlsm,
    "xls": _xls,
    "ods": _ods,
    "csv": _separated(",", lambda text: text.encode()),
    "csv with a mark": _separated(",", lambda text: text.encode("utf-8-sig")),
    "csv in utf-16": _separated(",", lambda text: text.encode("utf-16")),
    "csv in windows-1258": _separated(",", _windows_1258),
    "csv of an old font": _separated(",", _windows_1252),
    "csv with semicolons": _separated(";", lambda text: text.encode("utf-8-sig")),
    "tsv": _separated("\t", lambda text: text.encode("utf-8-sig")),
    "docx": _docx,
    "xls that is xlsx": _xlsx,
    "xls that is html": _html,
}


def _pairs(unicode_letters: str, typed: str) -> dict[str, str]:
    return dict(zip(unicode_letters, typed.split(" ") if " " in typed else typed, strict=True))


# TCVN 5712:1993: the small letters with a tone; capitals with one are typed as the small ones in a font of capitals.
_TCVN3_SMALL = _pairs(
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ",
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ",
)
_TCVN3 = _TCVN3_SMALL | {small.upper(): typed for small, typed in _TCVN3_SMALL.items()} | _pairs("ĂÂĐÊÔƠƯ", "¡¢§£¤¥¦")
# VNI: the letter, then its mark; horned letters and đ have codes of their own.
_VNI_MARKS = {"": dict(zip("\u0301\u0300\u0309\u0303\u0323", "ùøûõï", strict=True))}
_VNI_MARKS["\u0302"] = {"": "â"} | dict(zip("\u0301\u0300\u0309\u0303\u0323", "áàåãä", strict=True))
_VNI_MARKS["\u0306"] = {"": "ê"} | dict(zip("\u0301\u0300\u0309\u0303\u0323", "éèúüë", strict=True))
_VNI_OWN = _pairs("đơưíìỉĩịỵ", "ñôöíìæóòî")


def _vni(letter: str) -> str:
    if letter in _VNI_OWN:
        return _VNI_OWN[letter]
    base, *marks = list(unicodedata.normalize("NFD", letter))
    tone = next((mark for mark in marks if mark in _TONES), "")
    shape = next((mark for mark in marks if mark not in _TONES), "")
    if shape == "\u031b":
        return _VNI_OWN[unicodedata.normalize("NFC", base + shape)] + _VNI_MARKS[""][tone]
    return base + _VNI_MARKS[shape][tone]


_VNI_SMALL = {letter: _vni(letter) for letter in _TCVN3_SMALL}
_VNI = _VNI_SMALL | {small.upper(): typed.upper() for small, typed in _VNI_SMALL.items()}
