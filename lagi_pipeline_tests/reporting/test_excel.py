"""The report as a workbook, read again by programs that did not write it, and compared with SQL."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lagi_pipeline.reporting.agreement import FIGURES, disagreements
from lagi_pipeline.reporting.content import Cell, Column, QuarterReport, Table, quarters_reported, read_report
from lagi_pipeline.reporting.content.printing import number_cell
from lagi_pipeline.reporting.excel import excel_workbook
from lagi_pipeline.reporting.excel.number_formats import number_format
from lagi_pipeline.reporting.excel.sheets import SUMMARY, TARGETS, sheet_name, sheets_of
from lagi_pipeline.reporting.excel.workbook import HEADER_ROW, MARK
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import CATALOGUE, published, query

NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SOFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


@pytest.fixture(scope="module")
def reports(town: Town) -> dict[str, QuarterReport]:
    with published(town.data_dir) as connection:
        return {str(quarter): read_report(connection, quarter, CATALOGUE) for quarter in quarters_reported(connection)}


@pytest.fixture(scope="module")
def books(reports: Mapping[str, QuarterReport], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    for quarter, report in reports.items():
        (folder / f"{quarter}.xlsx").write_bytes(excel_workbook(report))
    return {quarter: folder / f"{quarter}.xlsx" for quarter in reports}


@pytest.fixture(scope="module")
def pages(books: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The text of each page that LibreOffice prints of a quarter's workbook."""
    folder = tmp_path_factory.mktemp("printed")
    printed = pypdfium2.PdfDocument(converted(books["2024-Q3"], "pdf", folder))
    return [page.get_textpage().get_text_bounded() for page in printed]


def converted(book: Path, form: str, folder: Path) -> Path:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", form, "--outdir", str(folder), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{book.stem}.{form.partition(':')[0]}"


def rows(book: Path, sheet: str) -> list[dict[str, Any]]:
    grid = CalamineWorkbook.from_path(book).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [dict(zip(map(str, grid[HEADER_ROW]), row, strict=True)) for row in grid[HEADER_ROW + 1 :]]


def made(tmp_path: Path, report: QuarterReport) -> Path:
    path = tmp_path / "made.xlsx"
    path.write_bytes(excel_workbook(report))
    return path


def with_texts(report: QuarterReport, *texts: str) -> QuarterReport:
    """The report with these texts in a table of their own in place of the tasks."""
    table = Table("tasks", "Nhiệm vụ", (Column("Nhiệm vụ"),), tuple((Cell(text, text),) for text in texts))
    return replace(report, tasks=table)


def test_every_number_of_every_quarter_is_that_of_the_published_table(
    town: Town, reports: Mapping[str, QuarterReport], books: Mapping[str, Path]
) -> None:
    compared = 0
    with published(town.data_dir) as connection:
        for quarter, book in books.items():
            assert disagreements(book, connection, reports[quarter]) == []
            by_name = {row["Chỉ tiêu"]: row for row in rows(book, TARGETS) if row["Chỉ tiêu"]}
            lines = query(connection, "SELECT * FROM mart.attainment WHERE quarter = ? AND is_leading", quarter)
            assert by_name.keys() == {line["name_vi"] for line in lines}
            for line in lines:
                written = by_name[line["name_vi"]]["Lũy kế"]
                assert written == ("…" if line["actual"] is None else pytest.approx(line["actual"], rel=1e-12))
                compared += 1
    assert len(books) == 8
    assert compared == 96


def test_a_changed_figure_is_found(town: Town, reports: Mapping[str, QuarterReport], tmp_path: Path) -> None:
    targets = reports["2024-Q3"].targets
    at = [column.title_vi for column in targets.columns].index("Lũy kế")
    first = (*targets.rows[0][:at], Cell("140,90", 140.9, 2), *targets.rows[0][at + 1 :])
    tampered = replace(reports["2024-Q3"], targets=replace(targets, rows=(first, *targets.rows[1:])))
    with published(town.data_dir) as connection:
        [difference] = disagreements(made(tmp_path, tampered), connection, reports["2024-Q3"])
    assert "Tổng thu ngân sách nhà nước, Lũy kế: 140.9 where actual is 139.9" in difference


def test_figures_agree_where_another_plan_leads_and_heads_the_columns(
    town: Town, reports: Mapping[str, QuarterReport], tmp_path: Path
) -> None:
    report = reports["2024-Q3"]
    columns = tuple(replace(c, title_vi=c.title_vi.replace("NQ", "tỉnh giao")) for c in report.targets.columns)
    led = replace(report, targets=replace(report.targets, columns=columns))
    book = made(tmp_path, led)
    assert "tỉnh giao 2024" in next(iter(rows(book, TARGETS)))
    with published(town.data_dir) as connection:
        assert disagreements(book, connection, led) == []


def test_every_cell_of_every_table_keeps_its_kind(
    reports: Mapping[str, QuarterReport], books: Mapping[str, Path]
) -> None:
    for quarter, report in reports.items():
        for sheet in sheets_of(report):
            for cells, row in zip(sheet.table.rows, rows(books[quarter], sheet.name), strict=False):
                for cell, written in zip(cells, row.values(), strict=True):
                    if isinstance(cell.value, int | float):
                        assert written == pytest.approx(cell.value, rel=1e-12)
                    else:
                        marked = isinstance(cell.value, str) and cell.illustrative
                        value = cell.text if cell.value is None or marked else cell.value
                        assert written in {value, _midnight(value)}


def _midnight(value: object) -> object:
    """A day as some readers give it."""
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value  # noqa: DTZ001 - of no zone


def test_no_cell_is_a_formula_nor_an_error(reports: Mapping[str, QuarterReport], books: Mapping[str, Path]) -> None:
    for quarter, book in books.items():
        with zipfile.ZipFile(book) as archive:
            sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
        assert len(sheets) == 1 + len(sheets_of(reports[quarter]))
        assert not any("<f>" in sheet or "<f " in sheet or 't="e"' in sheet for sheet in sheets)


@pytest.mark.parametrize("text", ["=1+1", "+84", "-5", "@SUM(A1)", "http://a.b", "<script>alert('&')</script>", "007"])
def test_a_text_stays_the_text_it_is(reports: Mapping[str, QuarterReport], tmp_path: Path, text: str) -> None:
    book = made(tmp_path, with_texts(reports["2024-Q3"], text))
    assert rows(book, "Nhiệm vụ") == [{"Nhiệm vụ": text}]
    cell = openpyxl.load_workbook(book)["Nhiệm vụ"].cell(HEADER_ROW + 2, 1)
    assert (cell.data_type, cell.hyperlink) == ("s", None)


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(reports: Mapping[str, QuarterReport], tmp_path: Path) -> None:
    [row] = rows(made(tmp_path, with_texts(reports["2024-Q3"], "ô" * 40_000)), "Nhiệm vụ")
    assert len(row["Nhiệm vụ"]) == 32767
    assert row["Nhiệm vụ"].endswith("(còn nữa; đủ trong lagi.duckdb)")


def test_the_same_report_gives_the_same_bytes(reports: Mapping[str, QuarterReport], books: Mapping[str, Path]) -> None:
    assert excel_workbook(reports["2024-Q3"]) == books["2024-Q3"].read_bytes()


def test_headers_are_frozen_filtered_and_repeated_on_a4_landscape(books: Mapping[str, Path]) -> None:
    for page in openpyxl.load_workbook(books["2024-Q3"]).worksheets:
        assert page.page_setup.paperSize == 9
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToHeight == 0  # as many as needed, one page wide
        assert "&P/&N" in page.oddFooter.right.text
        if page.title == SUMMARY:
            continue
        assert page.page_setup.orientation == "landscape"
        assert page.print_title_rows == f"${HEADER_ROW + 1}:${HEADER_ROW + 1}"
        assert re.fullmatch(rf"[A-Z]{HEADER_ROW + 2}", page.freeze_panes)
        header = [cell.value for cell in page[HEADER_ROW + 1]]
        assert all(header), page.title
        if page.cell(HEADER_ROW + 2, 2).value is not None:
            last = page.cell(HEADER_ROW + 1, len(header)).column_letter
            assert re.fullmatch(rf"A{HEADER_ROW + 1}:{last}\d+", page.auto_filter.ref)


def test_sample_data_is_marked_on_every_sheet_and_real_data_on_none(
    reports: Mapping[str, QuarterReport], books: Mapping[str, Path], tmp_path: Path
) -> None:
    for page in openpyxl.load_workbook(books["2024-Q3"]).worksheets:
        assert page.cell(3, 1).value == MARK, page.title
        assert MARK in page.oddHeader.center.text
    real = made(tmp_path, replace(reports["2024-Q3"], is_illustrative=False))
    for page in openpyxl.load_workbook(real).worksheets:
        assert page.cell(3, 1).value is None
        assert not page.oddHeader.center.text


def test_an_illustrative_number_is_slanted_and_carries_its_mark(books: Mapping[str, Path]) -> None:
    page = openpyxl.load_workbook(books["2024-Q3"])[TARGETS]
    at = [cell.value for cell in page[HEADER_ROW + 1]].index("Lũy kế") + 1
    cell = page.cell(HEADER_ROW + 2, at)
    assert cell.font.i
    assert cell.number_format == '#,##0.00"(*)";#,##0.00"(*)"'


def test_the_first_sheet_says_the_sentences_and_leads_to_the_others(
    reports: Mapping[str, QuarterReport], tmp_path: Path
) -> None:
    told = replace(
        reports["2024-Q3"],
        summary=("Trong 10 chỉ tiêu: 3 đã đạt.",),
        at_risk=("=Chi đầu tư: còn thiếu 33 tỷ đồng.",),
        late=("Phòng Tài nguyên và Môi trường.",),
        changes=(),
    )
    page = openpyxl.load_workbook(made(tmp_path, told))[SUMMARY]
    texts = [row[0].value for row in page.iter_rows(max_col=1) if row[0].value]
    for sentence in (*told.summary, *told.at_risk, *told.late):
        assert sentence in texts
    assert "Thay đổi so với báo cáo đã phát hành" not in texts
    links = [cell.hyperlink.location for row in page.iter_rows(max_col=1) for cell in row if cell.hyperlink]
    assert links == [f"'{sheet.name}'!A1" for sheet in sheets_of(told)]


@given(st.lists(st.text(max_size=50), max_size=5))
def test_a_sheet_has_a_name_that_a_spreadsheet_takes(names: list[str]) -> None:
    taken: list[str] = [SUMMARY]
    for name in names:
        taken.append(sheet_name(name, taken))
    assert len({name.casefold() for name in taken}) == len(taken)
    for name in taken:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (number_cell(73.2, 1, "%"), '#,##0.0"%";#,##0.0"%"'),
        (number_cell(1950, 0, illustrative=True), '#,##0"(*)";#,##0"(*)"'),
        (number_cell(-3.25, 2), '"-"#,##0.00;"-"#,##0.00'),
        (number_cell(-0.001, 2), "#,##0.00;#,##0.00"),
        (Cell("+1,20 điểm", 1.2, 2), '"+"#,##0.00" điểm";"+"#,##0.00" điểm"'),
        (Cell("≤ 0,70(*)", 0.7, 2), '"≤ "#,##0.00"(*)";"≤ "#,##0.00"(*)"'),
        (Cell("có", 1.0, 0), '"có"'),
        (Cell('"a"', 1.0, 0), '""\\""a"\\"""'),
        (Cell("x" * 300, 1.0, 0), "#,##0"),
    ],
)
def test_a_number_format_prints_what_the_report_prints(cell: Cell, code: str) -> None:
    assert isinstance(cell.value, int | float)
    assert number_format(cell, cell.value) == code


@needs_office
def test_another_program_prints_the_mark_and_the_number_on_every_page(pages: list[str]) -> None:
    assert len(pages) >= 9
    for number, text in enumerate(pages, start=1):
        assert plain(MARK) in plain(text), number
        assert plain(f"trang {number}/{len(pages)}") in plain(text)


@needs_office
def test_another_program_shows_every_number_as_the_report_prints_it(
    reports: Mapping[str, QuarterReport], pages: list[str]
) -> None:
    """Its separators are those of the reader's language; here they are English."""
    text = plain(" ".join(pages))
    shown = [
        plain(_english(number.text))
        for sheet in sheets_of(reports["2024-Q3"])
        if sheet.name in {TARGETS, "Đội tàu và IUU"}
        for row in sheet.table.rows
        for number, column in zip(row, sheet.table.columns, strict=True)
        if column.kind == "number" and number.value is not None
    ]
    assert {"73.2%", "139.90(*)", "-0.03im"} <= set(shown)
    assert [number for number in shown if number not in text] == []


def _english(text: str) -> str:
    return text.translate(str.maketrans(",.", ".,"))


def plain(text: str) -> str:
    """The signs of a text that every font has: others are printed apart where the font of the document is not there."""
    return "".join(sign for sign in text if "!" <= sign <= "~")


@needs_office
def test_another_program_computes_with_the_numbers(
    town: Town, reports: Mapping[str, QuarterReport], books: Mapping[str, Path], tmp_path: Path
) -> None:
    """LibreOffice writes its own file of ours, with the values as it took them."""
    again = converted(books["2024-Q4"], "ods", tmp_path)
    with published(town.data_dir) as connection:
        assert disagreements(again, connection, reports["2024-Q4"]) == []
    assert len(FIGURES) == 9


def _columns(report: QuarterReport) -> Iterator[tuple[str, ...]]:
    for sheet in sheets_of(report):
        yield tuple(column.title_vi for column in sheet.table.columns)


def test_tables_of_one_shape_stand_under_one_header(reports: Mapping[str, QuarterReport]) -> None:
    report = reports["2024-Q3"]
    alike = [table for table in report.wards if table.columns == report.wards[0].columns]
    report = replace(report, wards=tuple(alike))
    wards = next(sheet.table for sheet in sheets_of(report) if sheet.name == "Phường, xã")
    assert len(wards.rows) == sum(len(table.rows) for table in report.wards)
    assert {row[0].text for row in wards.rows} == {table.title_vi for table in report.wards}
    other = replace(report.wards[0], columns=(*report.wards[0].columns[:-1], Column("Khác")))
    apart = replace(report, wards=(*report.wards, other))
    named = [sheet.name for sheet in sheets_of(apart) if sheet.name.startswith("Phường")]
    assert named[:2] == ["Phường, xã 5", "Phường, xã 5a"]
    assert len(list(_columns(apart))) == len(list(_columns(report))) + len(report.wards)


def test_a_table_without_rows_says_so(reports: Mapping[str, QuarterReport]) -> None:
    empty = replace(
        reports["2024-Q3"], overdue=replace(reports["2024-Q3"].overdue, rows=(), empty_vi="Không cơ quan nào.")
    )
    grid = (
        CalamineWorkbook.from_filelike(io.BytesIO(excel_workbook(empty))).get_sheet_by_name("Chưa báo cáo").to_python()
    )
    assert grid[-1][0] == "Không cơ quan nào."
