"""Every kind of file gives the sheet that was written into it, at the addresses that its sender sees."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import SUFFIXES, read_workbook
from lagi_pipeline.intake.grid import Sheet as Grid
from lagi_pipeline.vietnamese.text import nfc
from lagi_pipeline_tests.intake.formats.attacks import sheet, write_zip, xlsx_parts
from lagi_pipeline_tests.intake.formats.writing import KINDS, shown, write_as
from lagi_samples import Book, Sheet, all_books
from lagi_samples.sheet import Value

TYPED = ("xlsx", "xlsm", "xls", "ods", "xls-that-is-xlsx")
"""Kinds that keep numbers and days as such."""
TEXTS = tuple(kind for kind in KINDS if kind not in {*TYPED, "docx", "xls-that-is-html"})
_EXCEL_2003 = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
)
LYING = {
    "xls-that-is-xlsx": "sổ tính Excel (.xlsx)",
    "xls-that-is-html": "trang web (HTML)",
    "xls-that-is-tsv": "văn bản CSV",
}


@cache
def _books() -> list[Book]:
    """The newest sample of each feed."""
    return list({book.feed: book for book in all_books()}.values())


def _table(book: Book) -> Sheet:
    """The sheet that is the form; a csv of one column of notes could be divided anywhere."""
    return max(book.sheets, key=lambda sheet: len(sheet.rows))


def _typed(value: Value) -> object:
    if value is None:
        return ""
    return float(value) if isinstance(value, int) else nfc(value) if isinstance(value, str) else value


def _placed(grid: Grid) -> dict[str, object]:
    """What stands in a grid, by address."""
    return {
        grid.address(row, column): value
        for row, cells in enumerate(grid.rows)
        for column, value in enumerate(cells)
        if value != ""
    }


def _written(sheet: Sheet, *, typed: bool) -> dict[str, object]:
    grid = Grid("", [[_typed(value) if typed else nfc(shown(value)) for value in cells] for cells in sheet.rows])  # type: ignore[misc]  # objects are values here
    return _placed(grid)


@pytest.mark.parametrize("kind", TYPED)
def test_workbooks_read_back_equal(tmp_path: Path, kind: str) -> None:
    for book in _books():
        workbook = read_workbook(write_as(tmp_path / "a", book.sheets, kind))
        assert [grid.name for grid in workbook.sheets] == [written.name for written in book.sheets]
        for grid, written in zip(workbook.sheets, book.sheets, strict=True):
            assert _placed(grid) == _written(written, typed=True)
            assert sorted(grid.merges) == sorted(((a, b), (c, d)) for a, b, c, d in written.merges)
            assert len({len(row) for row in grid.rows}) == 1


@pytest.mark.parametrize("kind", [*TEXTS, "xls-that-is-html"])
def test_text_kinds_read_back_as_text(tmp_path: Path, kind: str) -> None:
    for book in _books():
        workbook = read_workbook(write_as(tmp_path / "bảng", [_table(book)], kind))
        [grid] = workbook.sheets
        assert grid.name == "bảng"
        found, expected = _placed(grid), _written(_table(book), typed=False)
        if kind == "csv-tcvn3":  # the old font has no capitals with a tone
            found, expected = ({at: str(text).lower() for at, text in cells.items()} for cells in (found, expected))
        assert found == expected


def test_html_keeps_merged_areas(tmp_path: Path) -> None:
    for book in _books():
        [grid, *_] = read_workbook(write_as(tmp_path / "a", book.sheets[:1], "xls-that-is-html")).sheets
        assert sorted(grid.merges) == sorted(((a, b), (c, d)) for a, b, c, d in book.sheets[0].merges)


def test_a_word_document_is_one_sheet_with_its_lines_in_order(tmp_path: Path) -> None:
    for book in _books():
        [grid] = read_workbook(write_as(tmp_path / "a", book.sheets, "docx")).sheets
        assert grid.name == "Văn bản"
        written = [shown(value) for sheet in book.sheets for row in sheet.rows for value in row if value is not None]
        assert [value for row in grid.rows for value in row if value != ""] == list(map(nfc, written))
        assert len(grid.merges) == sum(
            sheet.table is None or sheet.table[0] <= area[0] <= sheet.table[1]
            for sheet in book.sheets
            for area in sheet.merges
        )


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_suffix_that_lies_is_remarked(tmp_path: Path, kind: str) -> None:
    remarks = read_workbook(write_as(tmp_path / "a", [_table(_books()[0])], kind)).remarks
    lies = [remark.reason for remark in remarks if remark.rule == "extension_lies"]
    assert len(lies) == (kind in LYING)
    assert all(LYING[kind] in reason and "«.xls»" in reason for reason in lies)
    assert [remark.rule for remark in remarks if remark.rule != "extension_lies"] == ["legacy_font"] * (
        kind == "csv-tcvn3"
    )


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.dat"])
def test_content_decides_whatever_the_name(tmp_path: Path, name: str) -> None:
    path = write_as(tmp_path / "b", [Sheet("T", [["Tân An", date(2024, 9, 30), 1.5]])], "xlsx").rename(tmp_path / name)
    workbook = read_workbook(path)
    assert workbook.sheets[0].rows == [["Tân An", date(2024, 9, 30), 1.5]]
    assert [remark.rule for remark in workbook.remarks] == ["extension_lies"]


@pytest.mark.parametrize(
    ("content", "named", "hint"),
    [
        (b"%PDF-1.7\n", "PDF", "bảng tính gốc"),
        (b"{\\rtf1 x}", "RTF", ".docx"),
        (b"\x89PNG\r\n\x1a\n", "PNG", "bảng tính gốc"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG", "bảng tính gốc"),
        (b"Rar!\x1a\x07\x00", "RAR", "giải nén"),
        (b"7z\xbc\xaf\x27\x1c", "7z", "giải nén"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "MHTML", ".xlsx"),
        (_EXCEL_2003, "XML của Excel 2003", ".xlsx"),
        (b'<?xml version="1.0"?><a/>', "tệp XML", ".xlsx"),
        (b"PAR1\x00\x00", "Parquet", "bảng tính gốc"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.xlsx"])
def test_kinds_that_are_not_read_are_named_with_a_hint(
    tmp_path: Path, name: str, content: bytes, named: str, hint: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RefusedFileError) as caught:
        read_workbook(tmp_path / name)
    assert caught.value.rule == "file_type"
    assert named in caught.value.reason
    assert hint in caught.value.reason


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({"xl/workbook.bin": b"x"}, ".xlsb"),
        ({"ppt/presentation.xml": b"x"}, "PowerPoint"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}, "OpenDocument"),
        ({"bao-cao.xlsx": b"PK"}, "tệp nén"),
    ],
)
def test_archives_that_are_not_read_are_named(tmp_path: Path, parts: dict[str, bytes | object], named: str) -> None:
    write_zip(tmp_path / "a.xlsx", parts)  # type: ignore[arg-type]  # bytes all of them
    with pytest.raises(RefusedFileError, match=named) as caught:
        read_workbook(tmp_path / "a.xlsx")
    assert caught.value.rule == "file_type"


def test_a_workbook_of_two_sheets_with_a_chart_between_them(tmp_path: Path) -> None:
    parts = xlsx_parts(*[sheet(f'<row r="1"><c r="A1"><v>{n}</v></c></row>') for n in range(3)])
    relations = parts["xl/_rels/workbook.xml.rels"]
    assert isinstance(relations, bytes)
    chart = relations.replace(b'/worksheet" Target="worksheets/sheet2', b'/chartsheet" Target="chartsheets/sheet2')
    parts |= {"xl/_rels/workbook.xml.rels": chart, "xl/chartsheets/sheet2.xml": b"<chartsheet/>"}
    write_zip(tmp_path / "a.xlsx", parts)
    sheets = read_workbook(tmp_path / "a.xlsx").sheets
    assert [(grid.name, grid.rows) for grid in sheets] == [("T1", [[0.0]]), ("T3", [[2.0]])]


def test_suffixes_are_those_of_every_kind() -> None:
    assert {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".docx"} <= SUFFIXES
