"""Figures that a sheet gives to several rows, beside its table or in hidden columns, and days that could be months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.cells import Reader, type_column
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.grid import Value
from lagi_pipeline_tests.intake.formats.attacks import ods_parts, write_zip
from lagi_pipeline_tests.intake.formats.writing import write_as
from lagi_pipeline_tests.intake.reading import Cell, Read, read_file, read_one, table, wards

WASTE = ["STT", "Phường, xã", "Phát sinh", "Thu gom", "Xử lý"]
VESSELS = FEEDS["fisheries_vessels"].forms[0].form
LANDINGS = "SẢN LƯỢNG THỦY SẢN QUA CẢNG QUÝ III NĂM 2024,,,\nCảng,Tháng,Sản lượng,Sản lượng được giám sát\n"


def _read(path: Path, feed: str = "waste", code: str = "2024-Q3") -> Read:
    [only] = read_file(feed, code, path)
    return only


# ---- footnotes


def test_a_raised_footnote_keeps_no_label_from_matching_and_makes_no_figure(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in [["QUÝ III NĂM 2024"], WASTE, *wards(300, 290, 280)]:
        page.append(row)
    raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
    page["C2"] = CellRichText("Phát sinh", raised)
    page["B4"] = CellRichText("Phường Phước Lộc", raised)
    page["C3"] = CellRichText("300", raised)
    book.save(tmp_path / "a.xlsx")
    found = _read(tmp_path / "a.xlsx")
    assert found.errors == [("C3", "marked_text")]
    assert "«300¹»" in found.found("marked_text").reason
    assert len(found.rows) == 8


# ---- hidden columns


def _hidden_xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["B2"], page["D2"] = "a", 1
    page.column_dimensions["C"].hidden = page.column_dimensions["D"].hidden = True
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _hidden_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("T")
    page.write(1, 1, "a")
    page.write(1, 3, 1)
    page.col(2).hidden = page.col(3).hidden = True
    book.save(str(path.with_suffix(".xls")))
    return path.with_suffix(".xls")


def _hidden_ods(path: Path) -> Path:
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-column/>'
    )
    row = '<table:table-cell/><table:table-cell office:value-type="float" office:value="1"/>'
    body = f'<table:table table:name="T">{columns}<table:table-row>{row}</table:table-row></table:table>'
    write_zip(path.with_suffix(".ods"), ods_parts(body))
    return path.with_suffix(".ods")


@pytest.mark.parametrize("write", [_hidden_xlsx, _hidden_xls, _hidden_ods])
def test_every_kind_of_workbook_tells_its_hidden_columns(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    [found] = read_workbook(write(tmp_path / "a")).sheets
    assert found.hidden_columns == {2, 3}


@pytest.mark.parametrize(("hidden", "named"), [("D", "cột D "), ("F", None)])
def test_a_hidden_column_is_remarked_on_where_it_is_read(tmp_path: Path, hidden: str, named: str | None) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in [["QUÝ III NĂM 2024"], [*WASTE, "Ghi chú"], *wards(300, 290, 280, "x")]:
        page.append(row)
    page.column_dimensions[hidden].hidden = True
    book.save(tmp_path / "a.xlsx")
    found = _read(tmp_path / "a.xlsx")
    assert len(found.rows) == 9
    warned = found.all("hidden_columns")
    assert [(w.cell, w.severity) for w in warned] == ([("D2", Severity.WARNING)] if named else [])
    assert all(named and named in w.reason for w in warned)


# ---- beyond the header


def test_decimal_commas_without_quotes_reject_their_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(LANDINGS + "La Gi,7,1200,5,1100,2\nLa Gi,8,1300,1100\n", encoding="utf-8")
    found = _read(path, "fisheries_landings")
    assert [(f.row, f.rule) for f in found.reading.findings if f.severity is Severity.ERROR] == [(3, "beyond_header")]
    assert "dấu phẩy thập phân" in found.found("beyond_header").reason
    assert found.rows["landed_t"].tolist() == [1300.0]


def test_one_decimal_comma_too_many_is_seen_in_a_csv_of_crops(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("NĂM 2024\nSTT,Nhóm cây,Diện tích\nI,Điều,1.200,5\nII,Thanh long,3.100\n", encoding="utf-8")
    found = _read(path, "forestry", "2024-Q4")
    assert [f.row for f in found.all("beyond_header")] == [3]
    assert found.rows["area"].tolist() == [3100.0]


def test_figures_beside_the_table_of_a_workbook_are_remarked_on_once() -> None:
    rows = wards(300, 290, 280)
    rows[1].append(7)
    rows[2].append(8)
    rows[5].append("đã đối chiếu")
    found = read_one("waste", "2024-Q3", table(WASTE, *rows))
    warned = found.found("beyond_header")
    assert (warned.cell, warned.severity, len(found.rows)) == ("F5", Severity.WARNING, 9)
    assert "dòng 5–6 " in warned.reason


# ---- merged figures


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "docx", "xls-that-is-html"])
def test_a_figure_merged_over_two_units_is_of_neither(tmp_path: Path, kind: str) -> None:
    rows = wards(300, 290, 280)
    rows[1][3] = None
    sheet = table(WASTE, *rows)
    sheet.table = (2, 11)
    sheet.merges = [(3, 3, 4, 3)]
    found = _read(write_as(tmp_path / "a", [sheet], kind))
    merged = found.all("merged_figure")
    first = 3 if kind == "docx" else 4
    assert [finding.severity for finding in merged] == [Severity.ERROR] * 2
    assert merged[1].row == merged[0].row + 1
    assert "ô gộp D" in merged[0].reason
    assert merged[0].row - first in {0, 1}
    assert len(found.rows) == 7


def test_merges_of_texts_and_of_blanks_and_across_are_fine() -> None:
    rows = wards(300, 290, 280, "ghi chú")
    for at in (1, 2):
        rows[at][5] = None
    rows[3][4] = rows[4][4] = None
    sheet = table([*WASTE, "Ghi chú"], *rows, [None, "Tổng cộng", 2700, 2610, 1960])
    sheet.merges = [(3, 5, 5, 5), (6, 4, 7, 4), (12, 0, 12, 1)]
    found = read_one("waste", "2024-Q3", sheet)
    assert (found.errors, len(found.rows)) == ([], 9)


# ---- days


def _days(*cells: Value) -> tuple[list[str | None], dict[int, str], dict[int, str]]:
    typed = type_column(VESSELS.column("licence_until"), cells, Reader())
    days = [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in typed.series]
    return (
        days,
        {at: rule for at, (rule, _) in typed.refused.items()},
        {a: rule for a, (rule, _) in typed.remarked.items()},
    )


def test_days_beside_one_that_writes_the_month_first_are_refused() -> None:
    days, refused, _ = _days("08/15/2024", "07/08/2024", "05/05/2024", "25/12/2024", "2024-07-08", dt.date(2024, 8, 7))
    assert days == [None, None, "2024-05-05", "2024-12-25", "2024-07-08", None]
    assert refused == {0: "not_a_day", 1: "day_or_month", 5: "day_or_month"}


@pytest.mark.parametrize(
    ("cells", "warned"),
    [
        ((dt.date(2024, 7, 8), "09/08/2024", "10/08/2024"), {1: "mixed_days"}),
        ((dt.date(2024, 7, 8), "15/08/2024", "05/05/2024"), {}),
        (("09/08/2024", "15/08/2024"), {}),
        ((45481.0, "09-08-2024"), {1: "mixed_days"}),
        ((dt.date(2024, 7, 8), "2024-08-09"), {}),
    ],
)
def test_texts_beside_real_dates_are_remarked_on_where_they_could_be_swapped(
    cells: tuple[Value, ...], warned: dict[int, str]
) -> None:
    days, refused, remarked = _days(*cells)
    assert (None in days, refused, remarked) == (False, {}, warned)


@pytest.mark.parametrize("cell", ["05/08/2024 08:30", "5/8/2024  23:59:59", " 05-08-2024 0:00 ", "2024-08-05 08:30"])
def test_a_time_of_day_is_left_out(cell: str) -> None:
    assert _days(cell) == (["2024-08-05"], {}, {})


@pytest.mark.parametrize("cell", ["05/08/24", "05/08/24 08:30", "05/08/2024 24:00", "05/08/2024 8h", "08:30"])
def test_other_writings_stay_refused(cell: str) -> None:
    assert _days(cell) == ([None], {0: "not_a_day"}, {})


def test_a_warning_of_mixed_days_stands_at_the_cell() -> None:
    header: list[Cell] = ["Ngày", "Số đăng ký", "Hành vi vi phạm", "Vùng", "Số tiền phạt (đồng)"]
    rows: list[list[Cell]] = [
        [dt.date(2024, 7, 8), "BTh-99001-TS", "Khai thác sai vùng", "trong tỉnh", 5_000_000],
        ["09/08/2024", "BTh-99002-TS", "Khai thác sai vùng", "trong tỉnh", 5_000_000],
    ]
    found = read_one("fisheries_cases", "2024-Q3", table(header, *rows))
    assert (found.found("mixed_days").cell, found.errors, len(found.rows)) == ("A5", [], 2)
