"""A form found and read whatever its workbook looks like; what cannot be meant is refused by name."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from xlwt.CompoundDoc import XlsDoc

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline_tests.intake.reading import (
    Cell,
    changed,
    form_sheet,
    read,
    read_file,
    read_one,
    refusal,
    sheets_of,
    table,
    wards,
)
from lagi_samples import Sheet, write_workbook

WASTE = ["STT", "Phường, xã", "Khối lượng phát sinh", "Thu gom", "Xử lý"]
REVENUE = ["STT", "Nội dung", "Dự toán năm", "Ước thực hiện 9 tháng"]
UNIT = "Đơn vị tính: triệu đồng"


def _revenue(*rows: list[Cell], title: str = "THU NSNN 9 THÁNG NĂM 2024", unit: str | None = UNIT) -> Sheet:
    return table(REVENUE, *(rows or (["A", "Tổng thu NSNN", 200000, 150000],)), title=title, unit=unit)


# ---- the period


@pytest.mark.parametrize(
    ("feed", "code", "title", "rule"),
    [
        ("budget_revenue", "2024-Q3", "THU NSNN 6 THÁNG ĐẦU NĂM 2024", "period"),
        ("budget_revenue", "2024-Q3", "THU NSNN 9 THÁNG NĂM 2023", "period"),
        ("budget_revenue", "2024-Q3", "THU NSNN QUÝ III NĂM 2024", "cumulative"),
        ("budget_revenue", "2024-Q3", "THU NSNN", "period"),
        ("waste", "2024-Q3", "QUÝ II NĂM 2024", "period"),
        ("waste", "2024-Q3", "9 THÁNG NĂM 2024", "cumulative"),
        ("waste", "2024-Q3", "LŨY KẾ ĐẾN QUÝ III NĂM 2024", "cumulative"),
        ("waste", "2024-Q3", "ĐẾN HẾT QUÝ III NĂM 2024", "cumulative"),
        ("waste", "2024-Q3", "KẾT QUẢ 9 THÁNG NĂM 2024, NHIỆM VỤ QUÝ IV NĂM 2024", "cumulative"),
        ("waste", "2024-Q3", "QUÝ III NĂM 2024 VÀ QUÝ II NĂM 2023", "period"),
    ],
)
def test_titles_that_cannot_be_meant(feed: str, code: str, title: str, rule: str) -> None:
    sheet = _revenue(title=title) if feed == "budget_revenue" else table(WASTE, *wards(10, 9, 8), title=title)
    error = refusal(feed, code, sheet)
    assert error.rule == rule
    assert error.sheet == "Biểu"
    assert error.cell == (None if title == "THU NSNN" else "A2")
    assert "trang «Biểu»" in error.reason


@pytest.mark.parametrize("title", ["QUÝ III NĂM 2024", "QUÝ III VÀ 9 THÁNG NĂM 2024", "quí 3/2024"])
def test_titles_of_a_quarter(title: str) -> None:
    assert len(read_one("waste", "2024-Q3", table(WASTE, *wards(10, 9, 8), title=title)).rows) == 9


def test_a_bare_quarter_is_asked_about() -> None:
    error = refusal("budget_revenue", "2024-Q2", changed(_revenue(title="THU NSNN QUÝ II NĂM 2024"), D3="Thực hiện"))
    assert "số lũy kế từ đầu năm hay số riêng của quý" in error.reason
    assert "QUÝ II NĂM 2024" in error.reason


# ---- units of measure


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("Đơn vị tính: triệu đồng", 150),
        ("ĐVT: Tr đồng", 150),
        ("(ĐVT: Triệu dồng)", 150),
        ("Đơn vị tính: 1.000 đồng", 0.15),
        ("Đơn vị tính: đồng", 0.00015),
        ("Đơn vị tính: tỷ đồng", 150_000),
        ("Đơn vị tính: nghìn tỷ đồng", 150_000_000),
        ("Đơn vị: triệu đồng", 150),
    ],
)
def test_money_is_brought_to_billions(unit: str, expected: float) -> None:
    assert read_one("budget_revenue", "2024-Q3", _revenue(unit=unit)).value("revenue_ytd") == pytest.approx(
        expected, rel=1e-12
    )


@pytest.mark.parametrize(
    ("unit", "named"),
    [
        (None, "Đơn vị tính"),
        ("Đơn vị: Phòng Tài chính - Kế hoạch", "Đơn vị tính"),
        ("Đơn vị tính: triệu dòng", "triệu dòng"),
        ("Đơn vị tính: tấn", "tấn"),
        ("Đơn vị tính: lạng", "lạng"),
    ],
)
def test_money_without_a_known_unit_is_refused(unit: str | None, named: str) -> None:
    error = refusal("budget_revenue", "2024-Q3", _revenue(unit=unit))
    assert error.rule == "unit"
    assert named in error.reason
    assert "triệu đồng" in error.reason
    assert error.cell == ("B1" if unit and unit.startswith("Đơn vị tính") else None)


def test_a_header_names_its_own_unit() -> None:
    head = ["STT", "Phường, xã", "Khối lượng phát sinh (kg)", "Thu gom (kg)", "Xử lý (tấn)"]
    found = read_one("waste", "2024-Q3", table(head, *wards(10_500, 9_000, 8)))
    assert found.value("waste_generated", "23231") == 10.5
    assert found.value("waste_treated", "23231") == 8


def test_the_innermost_unit_of_a_header_counts() -> None:
    rows: list[list[Cell]] = [
        ["STT", "Phường, xã", "Khối lượng (tấn)", None, None],
        [None, None, "Phát sinh", "Thu gom (kg)", "Xử lý"],
    ]
    sheet = table(*rows, *wards(10, 9_000, 8))
    sheet.merges = [(2, 2, 2, 4)]
    found = read_one("waste", "2024-Q3", sheet)
    assert found.value("waste_collected", "23231") == 9
    assert found.value("waste_generated", "23231") == 10


def test_a_unit_of_another_dimension_is_refused_at_its_header() -> None:
    head = ["STT", "Phường, xã", "Khối lượng phát sinh (ha)", "Thu gom", "Xử lý"]
    error = refusal("waste", "2024-Q3", table(head, *wards(10, 9, 8)))
    assert (error.rule, error.cell) == ("unit", "C3")


def test_exports_in_thousands_of_dollars() -> None:
    sheet = changed(form_sheet("exports", "2024-Q3"), I6="Đơn vị tính: 1.000 USD")
    assert read_one("exports", "2024-Q3", sheet).value("export_value_ytd") == pytest.approx(0.1342)


def test_per_mille_in_a_column_of_per_cent() -> None:
    head = [
        "STT",
        "Phường, xã",
        "Tổng số hộ",
        "Hộ nghèo đầu kỳ",
        "Giảm",
        "Tăng",
        "Hộ nghèo cuối kỳ",
        "Tỷ lệ hộ nghèo (‰)",
    ]
    found = read_one("poverty", "2024-Q4", table(head, *wards(1000, 7, 1, 1, 7, 7.0), title="NĂM 2024"))
    assert found.reading.findings == []
    assert set(found.rows["poor_percent"]) == {0.7}


def test_counts_in_thousands() -> None:
    head = ["STT", "Phường, xã", "Lực lượng lao động", "Lao động qua đào tạo"]
    sheet = table(head, *wards("11,372", "8,9325"), title="NĂM 2024", unit="Đơn vị tính: nghìn người")
    found = read("employment", "2024-Q4", sheet)[0]
    assert set(found.rows["labour_force"]) == set()
    assert {finding.rule for finding in found.reading.findings} == {"not_whole"}
    sheet = table(head, *wards(11.372, "8,93"), title="NĂM 2024", unit="Đơn vị tính: nghìn người")
    assert set(read("employment", "2024-Q4", sheet)[0].rows["labour_force"]) == {11372}
    sheet = table(head, *wards("11,372", "8,932"), title="NĂM 2024", unit="Đơn vị tính: nghìn người")
    assert {f.rule for f in read("employment", "2024-Q4", sheet)[0].reading.findings} == {"not_a_number"}


# ---- the header


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods", ".csv"])
@pytest.mark.parametrize("columns", [0, 1])
def test_a_sheet_that_begins_elsewhere(suffix: str, columns: int) -> None:
    sheet = form_sheet("water", "2023-Q4").shifted(4, columns)
    found = read_one("water", "2023-Q4", sheet, suffix=suffix)
    [cell] = [m.cell for m in found.measures if (m.measure, m.unit_code) == ("clean_water_households", "23231")]
    assert cell == ("E14" if columns == 0 else "F14")


def test_columns_in_another_order_and_columns_beside() -> None:
    head = ["Xử lý", "Ghi nhận", "Phường, xã", "Thu gom (1)", "Khối lượng\nphát sinh (2)", "Chênh lệch"]
    rows: list[list[Cell]] = [[8, "x", row[1], 9, 10, 1] for row in wards()]
    found = read_one("waste", "2024-Q3", table(head, *rows))
    assert found.reading.findings == []
    assert (found.value("waste_treated", "23231"), found.value("waste_generated", "23231")) == (8, 10)


def test_a_missing_column_is_named() -> None:
    error = refusal("population", "2024-Q4", changed(form_sheet("population", "2024-Q4"), D8="Số trẻ"))
    assert error.rule == "missing_column"
    assert "thiếu cột «Sinh trong kỳ»" in error.reason
    assert "trang «Dân số»" in error.reason


def test_a_wrong_sheet_names_what_is_near() -> None:
    error = refusal("industry", "2024-Q3", Sheet("Khác", [["Phường, xã", "Số hộ"], ["Tân An", 5]]))
    assert error.rule == "no_form"
    assert "«Khác»" in error.reason
    assert "Giá trị sản xuất công nghiệp" in error.reason


def test_two_sheets_that_match() -> None:
    one, two = form_sheet("water", "2023-Q4"), form_sheet("water", "2023-Q4")
    two.name = "Nước (2)"
    error = refusal("water", "2023-Q4", one, two)
    assert error.rule == "two_sheets"
    assert "«Nước», «Nước (2)»" in error.reason


def test_two_columns_that_answer() -> None:
    head = [*WASTE, "Thu gom"]
    error = refusal("waste", "2024-Q3", table(head, *wards(10, 9, 8, 9)))
    assert (error.rule, error.cell) == ("ambiguous_column", "D3")
    assert "D3, F3" in error.reason


def test_a_foreign_sheet_neither_refuses_nor_confuses() -> None:
    foreign = Sheet("Khác", [["Ngành công nghiệp", "Thực hiện quý", "Ghi chú", "Thực hiện quý"], ["a", 1, "b", 2]])
    found = read_one("industry", "2024-Q3", foreign, *sheets_of("industry", "2024-Q3"))
    assert found.value("industrial_output_ytd") == 1327


@pytest.mark.parametrize(
    "header",
    [
        "Thực hiện năm 2023",
        "Thực hiện 6 tháng",
        "Thực hiện quý II",
        "Thực hiện 9 tháng năm 2023",
        "Thực hiện đến 30/6/2024",
    ],
)
def test_a_column_of_another_period_is_not_the_figure(header: str) -> None:
    alone = changed(_revenue(), D3=header)
    error = refusal("budget_revenue", "2024-Q3", alone)
    assert (error.rule, error.cell) == ("period", "D3")
    assert header in error.reason
    assert "quý III/2024" in error.reason
    rows: list[list[Cell]] = [
        ["STT", "Nội dung", "Dự toán năm", header, "Lũy kế thực hiện"],
        ["A", "Tổng thu NSNN", 200000, 99, 150000],
    ]
    beside = table(*rows, title="9 THÁNG NĂM 2024", unit=UNIT)
    assert read_one("budget_revenue", "2024-Q3", beside).value("revenue_ytd") == 150


@pytest.mark.parametrize(
    "header",
    [
        "Thực hiện",
        "Ước thực hiện 9 tháng năm 2024",
        "Thực hiện quý III",
        "Lũy kế thực hiện đến hết quý III",
        "Thực hiện đến ngày 30/9/2024",
    ],
)
def test_a_header_may_say_the_reporting_period(header: str) -> None:
    assert read_one("budget_revenue", "2024-Q3", changed(_revenue(), D3=header)).value("revenue_ytd") == 150


def test_the_plan_of_this_year_beside_the_next() -> None:
    rows: list[list[Cell]] = [
        ["STT", "Nội dung", "Dự toán năm 2024", "Dự toán năm 2025", "Thực hiện"],
        ["A", "Tổng thu NSNN", 200000, 300000, 150000],
    ]
    assert (
        read_one("budget_revenue", "2024-Q3", table(*rows, title="9 THÁNG NĂM 2024", unit=UNIT)).value("revenue_plan")
        == 200
    )


def test_two_plans_by_what_their_header_names() -> None:
    found = read_one("budget_revenue", "2023-Q2", form_sheet("budget_revenue", "2023-Q2"))
    assert (found.value("revenue_plan_province"), found.value("revenue_plan_council")) == (140, 155)


@pytest.mark.parametrize("suffix", [".csv", ".ods", ".xls"])
def test_without_merges_a_tall_label_heads_no_group(suffix: str) -> None:
    rows: list[list[Cell]] = [
        ["STT", "Mặt hàng", "ĐVT", "Thực hiện quý", None, "Lũy kế", None],
        [None, None, None, "Lượng", "Trị giá (triệu USD)", "Lượng", "Trị giá (triệu USD)"],
        ["1", "Thủy sản", "Tấn", 100, 2, 300, 6],
        [None, "Tổng trị giá", None, None, 2, None, 6],
    ]
    found = read_one("exports", "2024-Q3", table(*rows, title="QUÝ III VÀ 9 THÁNG NĂM 2024"), suffix=suffix)
    assert found.value("export_value_ytd") == 6
    assert found.rows["quantity_ytd"].tolist()[0] == 300


# ---- rows


def test_repeated_headers_and_column_numbers_are_no_data() -> None:
    sheet = form_sheet("budget_revenue", "2024-Q3")
    sheet.rows[20:20] = [list(row) for row in sheet.rows[8:11]]
    found = read_one("budget_revenue", "2024-Q3", sheet)
    assert found.errors == []
    assert len(found.rows) == 21
    assert (found.reading.nondata["header"], found.reading.nondata["numbering"]) == (4, 2)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_figures_below_the_signature_are_rejected_not_dropped(suffix: str) -> None:
    sheet = table(WASTE, *wards(10, 9, 8)[:8], ["Người lập biểu"], *wards(10, 9, 8)[8:])
    found = read_one("waste", "2024-Q3", sheet, suffix=suffix)
    finding = found.found("below_signature")
    assert (finding.row, finding.cell) == (13, "C13")
    assert len(found.rows) == 8


def test_figures_above_the_header_are_told_at_the_first_of_them() -> None:
    sheet = table(WASTE, *wards(10, 9, 8)[1:])
    sheet.rows.insert(2, wards(None, 9, 8)[0])
    finding = read_one("waste", "2024-Q3", sheet).found("above_header")
    assert (finding.row, finding.cell) == (3, "D3")


def test_a_heading_merged_over_the_table_is_no_data() -> None:
    sheet = table(WASTE, ["Các phường trung tâm của thị xã"], *wards(10, 9, 8))
    found = read_one("waste", "2024-Q3", sheet)
    assert found.reading.findings == []
    assert found.reading.nondata["remark"] == 1


def test_a_heading_with_an_unreadable_figure_is_not_passed_over() -> None:
    found = read_one("industry", "2024-Q3", changed(form_sheet("industry", "2024-Q3"), A19=None, D19="ba mươi"))
    assert ("D19", "not_a_number") in found.errors


def test_a_row_without_a_name_is_rejected() -> None:
    found = read_one("budget_revenue", "2024-Q3", changed(form_sheet("budget_revenue", "2024-Q3"), B14=None))
    assert ("B14", "no_name") in found.errors


def test_an_empty_list_is_read_as_none() -> None:
    sheet = form_sheet("fisheries_cases", "2024-Q1")
    del sheet.rows[7:15]
    found = read_one("fisheries_cases", "2024-Q1", sheet)
    assert len(found.rows) == 0
    assert found.reading.findings == []


@pytest.mark.parametrize(
    ("feed", "code"),
    [("forestry", "2024-Q4"), ("water", "2023-Q4"), ("poverty", "2024-Q4"), ("budget_revenue", "2024-Q3")],
)
def test_a_form_without_rows_gives_no_figure(feed: str, code: str) -> None:
    sheet = form_sheet(feed, code)
    header = next(at for at, row in enumerate(sheet.rows) if row and row[0] in {"STT", "TT"})
    del sheet.rows[header + 2 :]
    sheet.merges = [area for area in sheet.merges if area[2] < header + 2]
    found = read(feed, code, sheet)[0]
    assert {measure.measure for measure in found.measures} <= {"natural_area"}


@pytest.mark.parametrize("place", ["label", "left", "day"])
def test_totals_of_a_list(place: str) -> None:
    sheet = form_sheet("fisheries_landings", "2024-Q1")
    total: list[Cell] = [None, None, None, 1693, 5234.3, 4315.4]
    total[{"label": 1, "left": 0, "day": 0}[place]] = "Tổng cộng"
    sheet.rows.insert(14, total)
    found = read_one("fisheries_landings", "2024-Q1", sheet)
    assert found.reading.findings == []
    assert found.reading.nondata["total"] == 1
    wrong = read_one("fisheries_landings", "2024-Q1", changed(sheet, E15=6234.3))
    assert wrong.errors == [("E15", "total_sum")]


# ---- cells


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("khoảng 10", "not_a_number"),
        (dt.date(2024, 7, 1), "not_a_number"),
        ("10 tấn", "not_a_number"),
        ("10‰", "unit"),
        ("1.23.4", "not_a_number"),
        ("#DIV/0!", "not_a_number"),
    ],
)
def test_what_is_no_number_is_rejected_with_what_stood_there(cell: Cell, rule: str) -> None:
    found = read_one("waste", "2024-Q3", changed(table(WASTE, *wards(10, 9, 8)), C6=cell))
    finding = found.found(rule)
    shown = cell if isinstance(cell, str) else "01/07/2024"
    assert (finding.cell, finding.value) == ("C6", shown)
    assert shown in finding.reason
    assert len(found.rows) == 8


@pytest.mark.parametrize("cell", [None, "", "-", "–", "…", "...", "x", "X", "  "])
def test_missing_is_missing_and_never_zero(cell: Cell) -> None:
    found = read_one("waste", "2024-Q3", changed(table(WASTE, *wards(10, 9, 8)), C6=cell))
    assert found.reading.findings == []
    assert found.rows["generated"].isna().sum() == 1
    assert sum(measure.measure == "waste_generated" for measure in found.measures) == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234,5", 1234.5),
        ("1.800", 1800),
        ("1 800", 1800),
        ("1\u00a0234,5", 1234.5),
        ("12,5", 12.5),
        ("0.7", 0.7),
        (" 15 ", 15),
    ],
)
def test_vietnamese_numbers_as_text(text: str, expected: float) -> None:
    found = read_one("waste", "2024-Q3", changed(table(WASTE, *wards(5000, 0.5, 0.1)), C6=text))
    assert found.rows.loc[found.rows["row"] == 6, "generated"].item() == expected


def test_a_file_that_contradicts_itself_is_not_guessed_at() -> None:
    sheet = changed(table(WASTE, *wards(5000, 9, 8)), C4="1,234.5", C5="1.234,5", C6="1.800")
    found = read_one("waste", "2024-Q3", sheet)
    assert [(f.cell, f.rule) for f in found.reading.findings if f.severity == "error"] == [("C6", "not_a_number")]
    assert "1.800" in found.all("not_a_number")[0].reason
    assert found.rows["generated"].tolist()[:2] == [1234.5, 1234.5]


def test_the_convention_is_the_whole_workbooks() -> None:
    placed, force = sheets_of("employment", "2024-Q4")
    changed(placed, C10="1,000,712")
    found = read("employment", "2024-Q4", placed, changed(force, C9="11.372"))[1]
    assert found.errors == [("C9", "not_a_number")]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [(12.5, "not_whole"), ("12,5", "not_whole"), (1e300, "not_whole"), (-3, "greater_than_or_equal_to")],
)
def test_counts_are_whole_and_not_negative(cell: Cell, rule: str) -> None:
    found = read_one("population", "2024-Q4", changed(form_sheet("population", "2024-Q4"), D9=cell))
    assert ("D9", rule) in found.errors


def test_a_figure_too_large_for_any_number() -> None:
    found = read_one("waste", "2024-Q3", changed(table(WASTE, *wards(10, 9, 8)), C6="1" * 400))
    assert found.errors == [("C6", "not_a_number")]


def test_a_very_long_label_is_only_a_label() -> None:
    found = read_one("waste", "2024-Q3", changed(table(WASTE, *wards(10, 9, 8)), B6="Phường " + "rất " * 5000))
    assert found.errors == [("B6", "unknown_unit")]


# ---- files


def _file(tmp_path: Path, name: str, content: bytes) -> RefusedFileError:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RefusedFileError) as caught:
        read_file("water", "2023-Q4", path)
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.xlsx", b"", "empty_file"),
        ("a.csv", b"", "empty_file"),
        ("a.xlsx", b"PK\x03\x04 no zip", "unreadable"),
        ("a.xls", b"\xd0\xcf\x11\xe0 no workbook", "unreadable"),
        ("a.ods", b"text", "unreadable"),
        ("a.csv", b"\xff\x81\x8d\x90", "encoding"),
        ("a.pdf", b"%PDF-1.7", "file_type"),
        ("noi-dung", b"x", "file_type"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, content: bytes, rule: str) -> None:
    error = _file(tmp_path, name, content)
    assert error.rule == rule
    assert error.reason


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    # An encrypted workbook is an OLE file whose stream is called EncryptedPackage.
    content = io.BytesIO()
    XlsDoc().save(content, b"0" * 8192)
    name, other = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    entry = content.getvalue().index(name)
    data = bytearray(content.getvalue())
    data[entry : entry + len(other)] = other
    data[entry + 64] = len(other) + 2
    error = _file(tmp_path, "a.xlsx", bytes(data))
    assert error.rule == "password"
    assert "mật khẩu" in error.reason


def test_chart_sheets_and_empty_sheets_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [Sheet("Trống", [[]]), form_sheet("water", "2023-Q4")])
    [found] = read_file("water", "2023-Q4", path)
    assert found.reading.sheet == "Nước"


def test_csv_with_semicolons_and_in_utf_16(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [WASTE, *wards("1.234,5", "9", "8")]
    text = "\r\n".join(";".join(str(cell) for cell in row) for row in [["QUÝ III NĂM 2024", "", "", "", ""], *rows])
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.replace("Phường, xã", "Phường/xã").encode(encoding))
        [found] = read_file("waste", "2024-Q3", path)
        assert found.value("waste_generated", "23231") == 1234.5


@pytest.mark.parametrize("feed", ["budget_revenue", "industry", "exports", "waste", "population", "fisheries_vessels"])
def test_a_workbook_in_the_folder_of_another_quarter(feed: str) -> None:
    error = refusal(feed, "2024-Q3", form_sheet(feed, "2024-Q1"))
    assert error.rule == "period"
    assert "quý I/2024" in error.reason
    assert "quý III/2024" in error.reason


def test_a_total_and_a_heading_in_the_column_of_days() -> None:
    sheet = form_sheet("fisheries_cases", "2024-Q1")
    fines = sum(row[6] for row in sheet.rows[7:15] if isinstance(row[6], int))
    sheet.rows.insert(7, [None, "Các vụ trong quý"])
    sheet.rows.insert(16, [None, "Tổng cộng", None, None, None, None, fines])
    found = read_one("fisheries_cases", "2024-Q1", sheet)
    assert found.reading.findings == []
    assert (found.reading.nondata["total"], found.reading.nondata["remark"]) == (1, 1)
