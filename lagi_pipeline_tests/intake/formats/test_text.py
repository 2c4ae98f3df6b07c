"""Text files and old fonts: what they say in Unicode, or a refusal; never something in between."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.formats.delimited import find_delimiter
from lagi_pipeline.intake.grid import Workbook
from lagi_pipeline.vietnamese.legacy import LegacyFont
from lagi_pipeline.vietnamese.text import nfc
from lagi_pipeline_tests.intake.formats.writing import in_old_font, in_windows_1258, write_as
from lagi_samples import Sheet

LINES = "Phường, xã;Số hộ\nTân Thiện;1.234,5\nPhước Lộc;9\n"
ROWS = [["Phường, xã", "Số hộ"], ["Tân Thiện", "1.234,5"], ["Phước Lộc", "9"]]


def _read(tmp_path: Path, content: bytes, name: str = "a.csv") -> Workbook:
    (tmp_path / name).write_bytes(content)
    return read_workbook(tmp_path / name)


def _refused(tmp_path: Path, content: bytes) -> RefusedFileError:
    with pytest.raises(RefusedFileError) as caught:
        _read(tmp_path, content)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        LINES.encode(),
        LINES.encode("utf-8-sig"),
        unicodedata.normalize("NFD", LINES).encode(),
        LINES.encode("utf-16"),
        b"\xfe\xff" + LINES.encode("utf-16-be"),
        in_windows_1258(LINES),
        LINES.replace("\n", "\r\n").encode(),
        LINES.replace("\n", "\r").encode(),
        ("sep=;\n" + LINES).encode(),
        (LINES + ";\n;;\n\n").encode(),
    ],
)
def test_every_encoding_says_the_same(tmp_path: Path, content: bytes) -> None:
    workbook = _read(tmp_path, content)
    assert workbook.sheets[0].rows == ROWS
    assert workbook.remarks == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(tmp_path: Path, encoding: str) -> None:
    text = "Ward;Households;Area\n" + LINES
    assert _read(tmp_path, text.encode(encoding)).sheets[0].rows[1][:2] == ROWS[0]


@pytest.mark.parametrize(
    ("content", "font"),
    [
        (in_old_font(LINES, LegacyFont.TCVN3).encode("latin-1"), "TCVN3 (ABC)"),
        (in_old_font(LINES, LegacyFont.TCVN3).encode(), "TCVN3 (ABC)"),
        ("Phöôøng, xaõ;Soá hoä\nTaân Thieän;1.234,5\nPhöôùc Loäc;9\n".encode("latin-1"), "VNI"),
    ],
)
def test_old_fonts_become_unicode_with_a_remark(tmp_path: Path, content: bytes, font: str) -> None:
    workbook = _read(tmp_path, content)
    assert workbook.sheets[0].rows == ROWS
    [remark] = workbook.remarks
    assert remark.rule == "legacy_font"
    assert font in remark.reason


def test_old_fonts_in_workbooks_their_sheet_names_too(tmp_path: Path) -> None:
    rows: list[list[str | int | float | None]] = [["C«ng nghiÖp", 5], ["Sè hé"]]
    path = write_as(tmp_path / "a", [Sheet("Sè hé", rows)], "xlsx")  # type: ignore[arg-type]  # invariant list
    [found] = read_workbook(path).sheets
    assert (found.name, found.rows) == ("Số hộ", [["Công nghiệp", 5.0], ["Số hộ", ""]])


def test_half_converted_text_is_refused_at_its_cells(tmp_path: Path) -> None:
    sheets = [
        Sheet("T", [["Ngành", None], ["Công nghiệp", "C«ng nghiÖp"], ["Thủy sản", "ViÖc lµm"], ["Dịch vụ", "Việc làm"]])
    ]
    with pytest.raises(RefusedFileError) as caught:
        read_workbook(write_as(tmp_path / "a", sheets, "xlsx"))
    assert {(refusal.rule, refusal.sheet, refusal.cell) for refusal in caught.value.refusals} == {
        ("legacy_text", "T", "B2"),
        ("legacy_text", "T", "B3"),
    }
    assert "TCVN3" in caught.value.reason


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"\xff\x81\x8d\x90", "encoding"),
        ("Ситуация;5\nСитуация;6\n".encode("cp1251"), "encoding"),
        (b"a;b\n1\x00;2\n", "encoding"),
        (b"\xff\xfea", "encoding"),
        (b'a;b\n"1;2\n3;4\n', "unreadable"),
        (b'a;b\n"1"x;2\n', "unreadable"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, rule: str) -> None:
    assert _refused(tmp_path, content).rule == rule


def test_signs_of_one_byte_are_read_in_plain_text(tmp_path: Path) -> None:
    assert _read(tmp_path, "dien tich;100 m²\n".encode("cp1258")).sheets[0].rows == [["dien tich", "100 m²"]]


def test_tab_separated_text_called_xls_is_read_with_a_remark(tmp_path: Path) -> None:
    workbook = _read(tmp_path, "Tân An\t5\nTân Hải\t6\n".encode(), "a.xls")
    assert workbook.sheets[0].rows == [["Tân An", "5"], ["Tân Hải", "6"]]
    assert [remark.rule for remark in workbook.remarks] == ["extension_lies"]


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["a;1,5;2,5", "b;3,5;4,5", "c;5,5;6,5"], ";"),
        (["1,5;2,5;3,5", "4,5;5,5;6,5"], ";"),
        (["Báo cáo, quý III; năm 2024", "a,b,c", "1,2,3", "4,5,6"], ","),
        (['"a;b","c"', '"d;e","f"', "x,y", "z,t", "u,v"], ","),
        (["a\t1,5", "b\t2,5"], "\t"),
        (['"1.234,5";"x\ty"', '"1.234,5";"x"'], ";"),
        (["một dòng"], ";"),
    ],
)
def test_what_separates_the_cells(lines: list[str], delimiter: str) -> None:
    assert find_delimiter(lines) == delimiter


def test_a_tsv_is_divided_by_tabs_first() -> None:
    assert find_delimiter(["a;b\tc;d", "e;f\tg;h"], tabs_first=True) == "\t"


def test_quoted_line_breaks_and_short_rows(tmp_path: Path) -> None:
    rows = _read(tmp_path, b'a;"b\nc";d\n1\n2;3;4\n').sheets[0].rows
    assert rows == [["a", "b\nc", "d"], ["1", "", ""], ["2", "3", "4"]]


def test_repeated_texts_are_one_object(tmp_path: Path) -> None:
    rows = _read(tmp_path, ("".join(f"phường Tân An;{n % 3};x{n}\n" for n in range(9000))).encode()).sheets[0].rows
    assert len(rows) == 9000
    assert len({id(row[0]) for row in rows}) == 1
    assert len({id(row[1]) for row in rows}) == 3
    assert rows[8999] == ["phường Tân An", "2", "x8999"]


_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=8)


@given(st.lists(st.lists(_TEXT, min_size=3, max_size=3), min_size=1, max_size=6))
def test_any_table_of_texts_reads_back_in_nfc(tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]) -> None:
    """Old fonts aside: what could be one is refused or converted."""
    head = ["Tân Thiện", "Phước Hội", "Tên đơn vị"]
    path = tmp_path_factory.mktemp("a") / "a.x"
    try:
        [found] = read_workbook(write_as(path, [Sheet("T", [head, *cells])], "csv-utf-8-sig")).sheets  # type: ignore[list-item]  # texts are values
    except RefusedFileError as error:
        assert error.rule == "legacy_text"  # noqa: PT017
        return
    expected = [[nfc(text) for text in row] for row in [head, *cells]]
    while not any(expected[-1]):
        expected.pop()
    assert found.rows == expected
