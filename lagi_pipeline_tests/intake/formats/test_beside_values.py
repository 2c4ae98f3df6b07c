"""What a workbook says beside its values: errors, formulas nobody computed, hidden rows, percentages, the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.formats.archive import Archive
from lagi_pipeline.intake.formats.number_format import is_percent
from lagi_pipeline.intake.formats.plain_sheet import look
from lagi_pipeline.intake.formats.sheet_xml import Extent, scan
from lagi_pipeline.intake.grid import Sheet, Unreadable
from lagi_pipeline_tests.intake.formats.attacks import MAIN, ods_parts, sheet, write_zip, xlsx_parts

DAY = date(2024, 9, 30)
PART = "xl/worksheets/sheet1.xml"


def _only(path: Path) -> Sheet:
    [found] = read_workbook(path).sheets
    return found


def _xml(tmp_path: Path, rows: str, **others: Any) -> Sheet:  # noqa: ANN401
    write_zip(tmp_path / "a.xlsx", xlsx_parts(sheet(rows), **others))
    return _only(tmp_path / "a.xlsx")


# ---- xlsx


def test_xlsx_formulas_are_values_only_when_they_were_computed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["C4"], page["C5"], page["D6"] = 1, "=SUM(C4:C4)", '="x"'
    book.save(path)
    found = _only(path)
    assert (found.first_row, found.first_column) == (3, 2)
    assert found.rows == [
        [1.0, ""],
        [Unreadable("uncached_formula", "=SUM(C4:C4)"), ""],
        ["", Unreadable("uncached_formula", '="x"')],
    ]
    assert found.address(2, 1) == "D6"


def test_xlsx_an_uncomputed_formula_outside_of_the_values_is_at_its_address(tmp_path: Path) -> None:
    rows = (
        '<row r="3"><c r="C3"><f>A1</f></c></row><row r="5"><c r="D5"><v>7</v></c></row>'
        '<row r="9"><c r="F9"><f>B1</f></c></row>'
    )
    found = _xml(tmp_path, rows)
    assert (found.address(0, 0), str(found.rows[0][0])) == ("C3", "=A1")
    assert (found.address(2, 1), found.rows[2][1]) == ("D5", 7.0)
    assert (found.address(6, 3), str(found.rows[6][3])) == ("F9", "=B1")
    assert {len(row) for row in found.rows} == {4}


def test_xlsx_computed_formulas_are_their_values(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1" t="b"><f>TRUE()</f><v>1</v></c></row>'
    )
    assert _xml(tmp_path, rows).rows == [[2.0, "a", "", True]]


def test_xlsx_a_shared_formula_shows_what_its_first_cell_says(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"/><v>6</v></c></row>'
    )
    found = _xml(tmp_path, rows)
    assert [str(row[0]) for row in found.rows] == ["=B1*2", "=B1*2", "6.0"]


def test_xlsx_errors_are_named(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2" t="e"><v>#REF!</v></c></row>'
    found = _xml(tmp_path, rows + '<row r="3"><c r="B3" t="n"><v>1</v></c></row>')
    assert found.rows == [[Unreadable("error_cell", "#DIV/0!"), Unreadable("error_cell", "#REF!")], [1.0, ""]]


def test_xlsx_hidden_rows_sheets_and_percentages(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        formats = [
            book.add_format({"num_format": code}) for code in ("0%", "0.00%", '0.0" %"', "[Red]#,##0.0 %", "0.0")
        ]
        page = book.add_worksheet("T")
        for column, cell_format in enumerate(formats):
            page.write_number(4, 2 + column, 0.64, cell_format)
        page.write_string(5, 2, "64 %", formats[0])
        page.set_row(5, None, None, {"hidden": True})
        page.write_string(6, 2, "lọc")
        page.autofilter(4, 2, 6, 2)
        page.filter_column(2, "x == 1")
        page.set_row(6, None, None, {"hidden": True})
        hidden, empty, deep = (book.add_worksheet(name) for name in ("Ẩn", "Trống", "Rất ẩn"))
        hidden.write_number(0, 0, 1)
        deep.write_number(0, 0, 1)
        hidden.hide()
        empty.hide()
        deep.very_hidden()
    workbook = read_workbook(path)
    assert workbook.sheets[0].percents == {(4, 2), (4, 3), (4, 5)}
    assert workbook.sheets[0].hidden_rows == {5, 6}
    assert workbook.sheets[0].rows[0] == [0.64] * 5
    assert [found.hidden for found in workbook.sheets] == [False, True, True, True]
    assert [(remark.rule, remark.sheet) for remark in workbook.remarks] == [
        ("hidden_sheet", "Ẩn"),
        ("hidden_sheet", "Rất ẩn"),
    ]


@pytest.mark.parametrize(
    ("code", "percent"),
    [
        ("0%", True),
        ("0.0 %", True),
        ("0;-0;0%", True),
        ('0.0"%"', False),
        ("0\\%", False),
        ("0.0_%", False),
        ("[$%-42A]0", False),
        ("General", False),
    ],
)
def test_a_format_shows_a_percentage_when_its_sign_is_not_quoted(code: str, percent: bool) -> None:  # noqa: FBT001
    assert is_percent(code) is percent


@pytest.mark.parametrize("epoch", ["1900", "1904"])
def test_xlsx_days_are_days_in_both_calendars(tmp_path: Path, epoch: str) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    if epoch == "1904":
        book.epoch = CALENDAR_MAC_1904
    page = book.active
    assert page is not None
    page.append([DAY, datetime(2024, 9, 30, 8, 30), 45000])  # noqa: DTZ001
    book.save(path)
    found = _only(path)
    assert found.rows == [[DAY, datetime(2024, 9, 30, 8, 30), 45000.0]]  # noqa: DTZ001
    assert found.date1904 is (epoch == "1904")


def test_xlsx_with_prefixes_other_orders_and_no_addresses(tmp_path: Path) -> None:
    rows = (
        '<x:row hidden="true"><x:c t="inlineStr"><x:is><x:r><x:t xml:space="preserve">Tân </x:t></x:r>'
        "<x:r><x:t>An</x:t></x:r></x:is></x:c>"
        "<x:c><x:f>A1</x:f></x:c></x:row><x:row><x:c/><x:c t='e'><x:v>#N/A</x:v></x:c></x:row>"
    )
    part = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'.encode()
    write_zip(tmp_path / "a.xlsx", xlsx_parts(part))
    found = _only(tmp_path / "a.xlsx")
    assert found.rows == [
        ["Tân An", Unreadable("uncached_formula", "=A1")],
        ["", Unreadable("error_cell", "#N/A")],
    ]
    assert found.hidden_rows == {0}


def test_xlsx_what_stands_outside_of_the_cells_is_no_cell(tmp_path: Path) -> None:
    after = (
        "<headerFooter><oddFooter>&amp;P</oddFooter></headerFooter>"
        '<extLst><ext xmlns:m="urn:m"><m:f>A1</m:f><m:c/></ext></extLst>'
    )
    part = sheet('<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>', after=after)
    write_zip(tmp_path / "a.xlsx", xlsx_parts(part))
    assert _only(tmp_path / "a.xlsx").rows == [[Unreadable("error_cell", "#N/A")]]


def test_xlsx_claims_and_borders_far_away_do_no_harm(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    part = sheet(rows, before='<dimension ref="A1:XFD1048576"/>')
    write_zip(tmp_path / "a.xlsx", xlsx_parts(part))
    assert _only(tmp_path / "a.xlsx").rows == [[1.0]]


_CELLS = st.sampled_from(
    [
        '<c r="{at}"><v>1</v></c>',
        '<c r="{at}" s="1"><v>0.5</v></c>',
        '<c r="{at}" s="1" t="n"><v>0.5</v></c>',
        '<c r="{at}" s="1"/>',
        '<c r="{at}" s="0" t="s"><v>0</v></c>',
        '<c r="{at}" s="1" t="inlineStr"><is><t>ô &lt;c r="A1"</t></is></c>',
        '<c r="{at}" s="1"><f>A1*2</f><v>3</v></c>',
        '<c r="{at}" s="4"><v>5000</v></c>',
        '<c r="{at}" s="4"><f>A1*2</f><v>3</v></c>',
        '<c r="{at}" s="4"/>',
        '<c r="{at}" t="str"><f t="shared" si="0"/><v>x</v></c>',
    ]
)
_ROWS = st.lists(
    st.tuples(st.sampled_from(["", ' hidden="1"', ' ht="15" hidden="0"']), st.lists(_CELLS, max_size=4)), max_size=5
)


_COLUMNS = st.sampled_from(
    [
        "",
        '<cols><col min="1" max="2" hidden="0"/><col min="3" max="3" width="0" hidden="1" customWidth="1"/></cols>',
        '<cols><col hidden="true" min="2" max="4"/></cols>',
    ]
)


@given(_ROWS, _COLUMNS, st.integers(1, 200))
def test_a_quick_look_says_what_reading_every_element_says(
    tmp_path_factory: Any,  # noqa: ANN401
    rows: Any,  # noqa: ANN401
    columns: str,
    size: int,
) -> None:
    xml = "".join(
        f'<row r="{n}"{hidden}>{"".join(cell.format(at="ABCD"[k] + str(n)) for k, cell in enumerate(cells))}</row>'
        for n, (hidden, cells) in enumerate(rows, 1)
    )
    part = sheet(xml, before=columns, after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
    percents, scaled = frozenset({"1", "3"}), frozenset({"4"})
    quick = look([part[at : at + 400 + size] for at in range(0, len(part), 400 + size)], percents, scaled=scaled)
    path = tmp_path_factory.mktemp("a") / "a.xlsx"
    write_zip(path, xlsx_parts(part))
    with Archive(path) as archive:
        exact = scan(archive, PART, percents, scaled=scaled)
    assert quick is not None
    assert replace(quick, extent=Extent()) == replace(
        exact, extent=Extent(), cells=quick.cells, texts=quick.texts, own_texts=quick.own_texts
    )
    assert (quick.texts, quick.own_texts) == (exact.texts, exact.own_texts)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><f>A1</f></c></row>',
        '<row r="1"><c r="A1"><f>A1</f><v></v></c></row>',
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>',
        '<row r="1"><c r="AA1"><v>1</v></c></row>',
        '<row r="1"><c r="A150000"><v>1</v></c></row>',
        '<row r="1"><c><v>1</v></c></row>',
        '<row r="1"><c t="n" r="A1"><v>1</v></c></row>',
        '<row r="1"><!-- <c/> --></row>',
        "<row r='1' hidden = '1'/>",
        '<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><strike/></rPr><t>1</t></r></is></c></row>',
    ],
)
def test_a_quick_look_leaves_the_unusual_to_others(rows: str) -> None:
    assert look([sheet(rows)], frozenset()) is None


# ---- xls


def test_xls_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    book = xlwt.Workbook()
    book.dates_1904 = True
    page = book.add_sheet("T")
    page.write(3, 2, 0.64, xlwt.easyxf(num_format_str="0.0%"))
    page.write(3, 3, 0.64, xlwt.easyxf(num_format_str='0.0"%"'))
    page.write(4, 2, DAY, xlwt.easyxf(num_format_str="DD/MM/YYYY"))
    page.row(5).set_cell_error(2, "#REF!")
    page.row(5).set_cell_boolean(3, True)  # noqa: FBT003
    page.write(6, 2, xlwt.Formula("SUM(A1:A3)"))
    page.write(6, 3, xlwt.Formula("A1+1"))
    page.write_merge(7, 8, 2, 3, "Tân An")
    page.row(4).hidden = True
    other = book.add_sheet("Ẩn")
    other.write(0, 0, 1)
    other.visibility = 2
    book.save(str(path))
    found, hidden = read_workbook(path).sheets
    assert (found.first_row, found.first_column) == (3, 2)
    assert found.rows == [
        [0.64, 0.64],
        [DAY, ""],
        [Unreadable("error_cell", "#REF!"), True],
        [Unreadable("uncached_formula", "=…"), Unreadable("uncached_formula", "=…")],
        ["Tân An", ""],
    ]
    assert (found.percents, found.hidden_rows, found.date1904) == ({(3, 2)}, {4}, True)
    assert found.merges == [((7, 2), (8, 3))]
    assert hidden.hidden


# ---- ods


def _ods(tmp_path: Path, table: str) -> Sheet:
    write_zip(tmp_path / "a.ods", ods_parts(table))
    return _only(tmp_path / "a.ods")


def _row(*cells: str, of: str = "") -> str:
    return f"<table:table-row{of}>{''.join(cells)}</table:table-row>"


def _cell(kind: str, text: str = "", of: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {of}><text:p>{text}</text:p></table:table-cell>'


def test_ods_says_the_same(tmp_path: Path) -> None:
    blank = '<table:table-cell table:number-columns-repeated="2"/>'
    error = _cell("string", "#REF!", 'table:formula="of:=A1"')
    formula = '<table:table-cell table:formula="of:=SUM([.A1:.A3])"/>'
    spanning = _cell("string", "Tân <text:span>An</text:span>", 'table:number-columns-spanned="2"')
    table = (
        '<table:table table:name="T">'
        + _row("<table:table-cell/>", of=' table:number-rows-repeated="3"')
        + _row(blank, _cell("percentage", "64%", 'office:value="0.64"'), _cell("float", "1.5", 'office:value="1.5"'))
        + _row(blank, _cell("date", "30/09/2024", 'office:date-value="2024-09-30"'), of=' table:visibility="filter"')
        + _row(blank, error, _cell("boolean", "TRUE", 'office:boolean-value="true"'))
        + _row(blank, formula, _cell("time", "", 'office:time-value="PT08H30M00S"'))
        + _row(blank, spanning, "<table:covered-table-cell/>", of=' table:visibility="collapse"')
        + _row(blank.replace("2", "16384"), of=' table:number-rows-repeated="1048000"')
        + "</table:table>"
    )  # fmt: skip
    found = _ods(tmp_path, table)
    assert (found.first_row, found.first_column) == (3, 2)
    assert found.rows == [
        [0.64, 1.5],
        [DAY, ""],
        [Unreadable("error_cell", "#REF!"), True],
        [Unreadable("uncached_formula", "=SUM([.A1:.A3])"), (datetime.min + timedelta(hours=8.5)).time()],  # noqa: DTZ901
        ["Tân An", ""],
    ]
    assert (found.percents, found.hidden_rows) == ({(3, 2)}, {4, 7})
    assert found.merges == [((7, 2), (7, 3))]


def test_ods_text_is_as_it_is_seen(tmp_path: Path) -> None:
    text = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>ghi chú</text:p></office:annotation>'
        '<text:p>Tân<text:s text:c="2"/>An</text:p>'
        "<text:p>dòng<text:tab/>hai<text:line-break/>ba</text:p></table:table-cell>"
    )
    assert _ods(tmp_path, f'<table:table table:name="T">{_row(text)}</table:table>').rows == [
        ["Tân  An\ndòng\thai\nba"]
    ]


def test_ods_repeated_rows_and_cells_are_as_many_as_they_say(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="2" table:number-columns-repeated="3"/>'
    row = _row(cell, of=' table:number-rows-repeated="2"')
    found = _ods(tmp_path, f'<table:table table:name="T">{row}</table:table>')
    assert found.rows == [[2.0] * 3] * 2


def test_ods_hidden_sheets_and_copies_of_other_files(tmp_path: Path) -> None:
    one = _row(_cell("float", "1", 'office:value="1"'))
    tables = (
        f'<table:table table:name="Ẩn" table:style-name="ta2">{one}</table:table>'
        f'<table:table table:name="khác"><table:table-source/>{one}</table:table>'
    )
    styles = (
        '<office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/>'
        "</style:style></office:automatic-styles>"
    )
    parts = ods_parts(tables)
    content = parts["content.xml"]
    assert isinstance(content, bytes)
    write_zip(
        tmp_path / "a.ods",
        parts | {"content.xml": content.replace(b"<office:body>", styles.encode() + b"<office:body>")},
    )
    found = _only(tmp_path / "a.ods")
    assert (found.name, found.hidden) == ("Ẩn", True)


def test_ods_with_a_password(tmp_path: Path) -> None:
    manifest = b'<m:manifest xmlns:m="urn:m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    write_zip(tmp_path / "a.ods", ods_parts("") | {"META-INF/manifest.xml": manifest})
    with pytest.raises(RefusedFileError) as caught:
        read_workbook(tmp_path / "a.ods")
    assert caught.value.rule == "password"
