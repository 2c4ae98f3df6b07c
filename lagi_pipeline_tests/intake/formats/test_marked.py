"""Texts of which a part is raised, struck out or hidden: figures are never glued to it, labels lose their footnotes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.formats.marked import Mark, settle
from lagi_pipeline.intake.grid import Unreadable, Value
from lagi_pipeline_tests.intake.formats.attacks import MAIN, docx_of, ods_parts, sheet, write_zip, xlsx_parts

Run = tuple[str, Mark | None]

FIGURE: list[Run] = [("300", None), ("1", Mark.RAISED)]
STRUCK: list[Run] = [("3000", None), ("2500", Mark.STRUCK)]
LABEL: list[Run] = [("Dân số", None), ("1", Mark.RAISED)]
AREA: list[Run] = [("Diện tích (km", None), ("2", Mark.RAISED), (")", None)]
SEEN = [
    Unreadable("marked_text", "300¹"),
    Unreadable("marked_text", "3000[gạch bỏ: 2500]"),
    "Dân số",
    "Diện tích (km2)",
]


def _xlsx(folder: Path, cells: list[list[Run]]) -> Path:
    book = xlsxwriter.Workbook(str(folder / "a.xlsx"))
    marks = {Mark.RAISED: book.add_format({"font_script": 1}), Mark.STRUCK: book.add_format({"font_strikeout": True})}
    page = book.add_worksheet()
    for column, runs in enumerate(cells):
        parts = [part for text, mark in runs for part in ((marks[mark], text) if mark else (text,))]
        page.write_rich_string(0, column, *parts)
    book.close()
    return folder / "a.xlsx"


def _inline(folder: Path, cells: list[list[Run]]) -> Path:
    marks = {None: "", Mark.RAISED: '<vertAlign val="superscript"/>', Mark.STRUCK: "<strike/>"}
    texts = ["".join(f"<r><rPr>{marks[mark]}</rPr><t>{text}</t></r>" for text, mark in runs) for runs in cells]
    row = "".join(f'<c r="{"ABCD"[at]}1" t="inlineStr"><is>{text}</is></c>' for at, text in enumerate(texts))
    write_zip(folder / "a.xlsx", xlsx_parts(sheet(f'<row r="1">{row}</row>')))
    return folder / "a.xlsx"


def _xls(folder: Path, cells: list[list[Run]]) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("T")
    plain, raised, struck = xlwt.Font(), xlwt.Font(), xlwt.Font()
    raised.escapement = xlwt.Font.ESCAPEMENT_SUPERSCRIPT
    struck.struck_out = True
    fonts = {None: plain, Mark.RAISED: raised, Mark.STRUCK: struck}
    for column, runs in enumerate(cells):
        page.write_rich_text(0, column, [(text, fonts[mark]) for text, mark in runs])
    book.save(str(folder / "a.xls"))
    return folder / "a.xls"


def _ods(folder: Path, cells: list[list[Run]]) -> Path:
    styles = (
        '<style:style style:name="R" style:family="text"><style:text-properties style:text-position="super 58%"/>'
        '</style:style><style:style style:name="S" style:family="text">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    names = {Mark.RAISED: "R", Mark.STRUCK: "S"}
    row = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{_spans(runs, names)}</text:p></table:table-cell>'
        for runs in cells
    )
    table = f'{styles}<table:table table:name="T"><table:table-row>{row}</table:table-row></table:table>'
    write_zip(folder / "a.ods", ods_parts(table))
    return folder / "a.ods"


def _spans(runs: list[Run], names: dict[Mark, str]) -> str:
    return "".join(
        f'<text:span text:style-name="{names[mark]}">{text}</text:span>' if mark else text for text, mark in runs
    )


def _docx(folder: Path, cells: list[list[Run]]) -> Path:
    marks = {None: "", Mark.RAISED: '<w:vertAlign w:val="superscript"/>', Mark.STRUCK: "<w:strike/>"}
    texts = [
        "".join(f"<w:r><w:rPr>{marks[mark]}</w:rPr><w:t>{text}</w:t></w:r>" for text, mark in runs) for runs in cells
    ]
    docx_of(folder / "a.docx", _word_row(*texts))
    return folder / "a.docx"


def _word_row(*texts: str) -> str:
    return f"<w:tbl><w:tr>{''.join(f'<w:tc><w:p>{text}</w:p></w:tc>' for text in texts)}</w:tr></w:tbl>"


def _html(folder: Path, cells: list[list[Run]]) -> Path:
    tags = {Mark.RAISED: "sup", Mark.STRUCK: "del"}
    row = "".join(f"<td>{''.join(_tagged(text, mark and tags[mark]) for text, mark in runs)}</td>" for runs in cells)
    (folder / "a.xls").write_text(f"<meta charset=utf-8><table><tr>{row}</tr></table>", encoding="utf-8")
    return folder / "a.xls"


def _tagged(text: str, tag: str | None) -> str:
    return f"<{tag}>{text}</{tag}>" if tag else text


@pytest.mark.parametrize("write", [_xlsx, _inline, _xls, _ods, _docx, _html])
def test_every_kind_of_file_tells_marked_parts(tmp_path: Path, write: Callable[[Path, list[list[Run]]], Path]) -> None:
    [found] = read_workbook(write(tmp_path, [FIGURE, STRUCK, LABEL, AREA])).sheets
    assert found.rows == [SEEN]


@pytest.mark.parametrize(
    ("run", "seen"),
    [
        ("<w:rPr><w:vanish/></w:rPr><w:t>1</w:t>", Unreadable("marked_text", "300[ẩn: 1]")),
        ("<w:rPr><w:dstrike/></w:rPr><w:t>1</w:t>", Unreadable("marked_text", "300[gạch bỏ: 1]")),
        ('<w:rPr><w:vertAlign w:val="subscript"/></w:rPr><w:t>1</w:t>', Unreadable("marked_text", "300₁")),
        ('<w:rPr><w:strike w:val="0"/></w:rPr><w:t>1</w:t>', "3001"),
        ('<w:rPr><w:vertAlign w:val="baseline"/></w:rPr><w:t>1</w:t>', "3001"),
        ("<w:rPr><w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange></w:rPr><w:t>1</w:t>", "3001"),
        ("<w:rPr><w:strike/></w:rPr><w:t> </w:t>", "300"),
    ],
)
def test_word_runs_by_their_properties(tmp_path: Path, run: str, seen: Value) -> None:
    docx_of(tmp_path / "a.docx", _word_row(f"<w:r><w:t>300</w:t></w:r><w:r>{run}</w:r>"))
    [found] = read_workbook(tmp_path / "a.docx").sheets
    assert found.rows == [[seen]]


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("300<sub>1</sub>", Unreadable("marked_text", "300₁")),
        ("<s>250</s> 300", Unreadable("marked_text", "[gạch bỏ: 250] 300")),
        ("300<span style='display:none'>1</span>", Unreadable("marked_text", "300[ẩn: 1]")),
        ("300<font style='text-decoration:line-through'>1</font>", Unreadable("marked_text", "300[gạch bỏ: 1]")),
        ("300<b>1</b>", "3001"),
        ("Tổng<sup>*</sup><br>số", "Tổng\nsố"),
    ],
)
def test_page_elements_by_their_name_and_style(tmp_path: Path, cell: str, seen: Value) -> None:
    path = tmp_path / "a.xls"
    path.write_text(f"<meta charset=utf-8><table><tr><td>{cell}</td><td>5</td></tr></table>", encoding="utf-8")
    [found] = read_workbook(path).sheets
    assert found.rows == [[seen, "5"]]


@pytest.mark.parametrize(
    ("runs", "seen"),
    [
        ([("300 m", None), ("2", Mark.RAISED)], "300 m2"),
        ([("300 tấn", None), ("1", Mark.RAISED)], Unreadable("marked_text", "300 tấn¹")),
        ([("1,2×10", None), ("3", Mark.RAISED)], Unreadable("marked_text", "1,2×10³")),
        ([("15/08/2024", None), ("*", Mark.RAISED)], Unreadable("marked_text", "15/08/2024^*")),
        ([("Đơn vị tính: 10", None), ("3", Mark.RAISED), (" tấn", None)], "Đơn vị tính: 103 tấn"),
        ([("Quý III năm 2024", None), ("(1)", Mark.RAISED)], "Quý III năm 2024"),
        ([("QUÝ II", None), ("I", Mark.STRUCK), (" 2024", None)], Unreadable("marked_text", "QUÝ II[gạch bỏ: I] 2024")),
        ([("Tân An", None), (" cũ", Mark.STRUCK)], "Tân An cũ"),
        ([("CO", None), ("2", Mark.LOWERED)], "CO2"),
        ([("5", Mark.RAISED)], "5"),
    ],
)
def test_what_marked_texts_say(runs: list[Run], seen: Value) -> None:
    assert settle(runs) == seen


@given(st.lists(st.tuples(st.text("0123456789., ", max_size=4), st.sampled_from([None, *Mark]))))
def test_no_figure_is_made_of_marked_and_plain_digits(runs: list[Run]) -> None:
    said = settle(runs)
    marks = {mark for text, mark in runs if text.strip()}
    if isinstance(said, str) and any(letter.isdigit() for letter in said):
        assert len(marks) == 1 or not any(c.isdigit() for text, mark in runs if mark is None for c in text)


def test_xlsx_reading_aids_are_no_part_of_a_text(tmp_path: Path) -> None:
    raised = '<r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>'
    text = f'<si><r><t>300</t></r>{raised}<rPh sb="0" eb="1"><t>x</t></rPh></si>'
    shared = f'<sst xmlns="{MAIN}">{text}</sst>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    write_zip(tmp_path / "a.xlsx", xlsx_parts(sheet(rows), sharedStrings=shared.encode()))
    [found] = read_workbook(tmp_path / "a.xlsx").sheets
    assert found.rows == [[Unreadable("marked_text", "300¹")]]


def test_marks_that_change_without_end_are_refused(tmp_path: Path) -> None:
    runs = "<w:r><w:t>1</w:t></w:r><w:r><w:rPr><w:strike/></w:rPr><w:t>2</w:t></w:r>" * 10_000
    docx_of(tmp_path / "a.docx", _word_row(runs))
    with pytest.raises(RefusedFileError) as refused:
        read_workbook(tmp_path / "a.docx")
    assert refused.value.rule == "long_line"


def test_numbers_shown_in_thousands_are_not_read(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = book.add_worksheet()
    old = xlwt.Workbook()
    old_page = old.add_sheet("T")
    for column, code in enumerate(("#,##0,", "#,##0.0,,", "#,##0", '#,##0,"nghìn"', "0.00", '"a,"0')):
        page.write_number(0, column, 191500000, book.add_format({"num_format": code}))
        old_page.write(0, column, 191500000, xlwt.easyxf(num_format_str=code))
    book.close()
    old.save(str(tmp_path / "a.xls"))
    for name in ("a.xlsx", "a.xls"):
        [found] = read_workbook(tmp_path / name).sheets
        rules = [cell.rule if isinstance(cell, Unreadable) else cell for cell in found.rows[0]]
        assert rules == ["scaled_format", "scaled_format", 191500000.0, "scaled_format", 191500000.0, 191500000.0]
