"""Which column is meant: figures of another period, of the plan, of the year so far are never taken for the form's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lagi_pipeline_tests.intake.reading import Cell, read_one, refusal, table, wards
from lagi_samples import Sheet

BUDGET = ["STT", "Nội dung", "Dự toán năm"]
NINE_MONTHS = "THỰC HIỆN DỰ TOÁN THU 9 THÁNG NĂM 2024"
MILLIONS = "Đơn vị tính: triệu đồng"


def budget(labels: Sequence[str], figures: Sequence[Cell], title: str = NINE_MONTHS) -> Sheet:
    """A revenue form whose only row is its total."""
    return table([*BUDGET, *labels], ["A", "Tổng thu NSNN trên địa bàn", 191000, *figures], title=title, unit=MILLIONS)


def grouped(groups: Sequence[tuple[str, Sequence[str]]], *rows: Sequence[Cell], title: str, unit: str | None) -> Sheet:
    """A table with groups of columns above them, merged as offices do; the first columns have no group."""
    upper, lower, merges = [], [], []
    for group, labels in groups:
        if len(labels) > 1:
            merges.append((2, len(upper), 2, len(upper) + len(labels) - 1))
        upper += [group, *[None] * (len(labels) - 1)]
        lower += list(labels)
    sheet = table(upper, lower, *rows, title=title, unit=unit)
    sheet.merges += merges
    return sheet


@pytest.mark.parametrize("later", ["Ước thực hiện cả năm", "Ước thực hiện năm 2024", "Ước thực hiện năm", "Ước cả năm"])
@pytest.mark.parametrize("first", [True, False])
def test_the_estimate_of_the_whole_year_is_not_what_nine_months_brought(later: str, first: bool) -> None:  # noqa: FBT001
    labels, figures = ["Thực hiện 9 tháng", later], [139900, 200000]
    if first:
        labels, figures = labels[::-1], figures[::-1]
    assert read_one("budget_revenue", "2024-Q3", budget(labels, figures)).value("revenue_ytd") == 139.9


def test_in_the_fourth_quarter_the_year_is_the_period() -> None:
    sheet = budget(["Thực hiện năm 2024"], [203400], "THỰC HIỆN DỰ TOÁN THU NĂM 2024")
    assert read_one("budget_revenue", "2024-Q4", sheet).value("revenue_ytd") == 203.4


def test_a_quarter_beside_a_running_total_is_asked_about() -> None:
    title = "THỰC HIỆN DỰ TOÁN THU QUÝ III VÀ 9 THÁNG NĂM 2024"
    error = refusal(
        "budget_revenue", "2024-Q3", budget(["Thực hiện quý III", "Lũy kế thực hiện 9 tháng"], [40000, 139900], title)
    )
    assert error.rule == "ambiguous_column"


@pytest.mark.parametrize("first", [2023, 2024])
def test_last_year_s_group_of_columns_is_passed_over(first: int) -> None:
    years = {
        2023: (("Năm 2023", ["Thực hiện quý III", "Lũy kế từ đầu năm"]), [400, 1200]),
        2024: (("Năm 2024", ["Ước thực hiện quý III", "Ước lũy kế"]), [450, 1327]),
    }
    order = [years[first], years[2023 if first == 2024 else 2024]]
    sheet = grouped(
        [("TT", [""]), ("Ngành công nghiệp", [""]), *(group for group, _ in order)],
        [None, "Tổng số", *(figure for _, figures in order for figure in figures)],
        title="GIÁ TRỊ SẢN XUẤT CÔNG NGHIỆP QUÝ III NĂM 2024",
        unit="Đơn vị tính: tỷ đồng",
    )
    assert read_one("industry", "2024-Q3", sheet).value("industrial_output_ytd") == 1327


@pytest.mark.parametrize("group", ["Lũy kế từ đầu năm", "Kế hoạch năm", "9 tháng đầu năm", "Cùng kỳ năm trước"])
def test_the_same_label_under_another_group_is_another_column(group: str) -> None:
    sheet = grouped(
        [("STT", [""]), ("Phường, xã", [""]), (group, ["Tổng số", "Trong đó nữ"])],
        *wards(150, 70),
        title="QUÝ III NĂM 2024",
        unit=None,
    )
    assert refusal("employment", "2024-Q3", sheet).rule in {"missing_column", "no_form"}


def test_a_header_that_goes_on_below_is_not_cut_off() -> None:
    """Without merged cells nobody can say which of the sub-columns is meant."""
    head = ["STT", "Phường, xã", "Phát sinh", None, "Thu gom", None, "Xử lý", None]
    for below in (["Kế hoạch", "Thực hiện"], [2023, 2024], ["Năm 2023", "Năm 2024"]):
        sheet = table(head, [None, None, *below * 3], *wards(300, 310, 280, 290, 270, 280))
        error = refusal("waste", "2024-Q3", sheet)
        assert error.rule in {"header_cut", "ambiguous_column"}
        assert error.cell


@pytest.mark.parametrize("title", ["SẢN XUẤT CÔNG NGHIỆP THÁNG 8 NĂM 2024", "THÁNG 8/2024", "TÍNH ĐẾN NGÀY 15/9/2024"])
def test_a_month_is_no_quarter(title: str) -> None:
    head = ["TT", "Ngành công nghiệp", "Thực hiện", "Lũy kế"]
    error = refusal(
        "industry", "2024-Q3", table(head, [None, "Tổng số", 150, 1180], title=title, unit="Đơn vị tính: tỷ đồng")
    )
    assert error.rule == "period"


def test_a_list_may_be_of_a_day_of_the_quarter() -> None:
    head = ["Số đăng ký", "Phường/xã", "Chiều dài lớn nhất (m)", "Số giấy phép", "Giấy phép hết hạn", "Hạn đăng kiểm"]
    row = ["BTh-99860-TS", "Phước Hội", 15.5, "MẪU-1", None, None, None, "hoạt động"]
    columns = [*head, "Ngày lắp TBGSHT", "Trạng thái"]
    day = "DANH SÁCH TÀU CÁ (TÍNH ĐẾN NGÀY 25/9/2024)"
    assert len(read_one("fisheries_vessels", "2024-Q3", table(columns, row, title=day)).rows) == 1
    assert refusal("fisheries_vessels", "2024-Q4", table(columns, row, title=day)).rule == "period"


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("group", ["Lũy kế từ đầu năm", "Kế hoạch năm"])
def test_a_group_above_a_header_whose_names_stand_in_its_last_row(group: str, suffix: str) -> None:
    """The last row alone would hold every column of the form: what stands above it still counts."""
    sheet = table([None, None, group, None], ["STT", "Phường, xã", "Tổng số", "Trong đó nữ"], *wards(150, 70))
    if suffix == ".xlsx":
        sheet.merges.append((2, 2, 2, 3))
    error = refusal("employment", "2024-Q3", sheet, suffix=suffix)
    assert "«Tổng số»" in error.reason


def test_a_title_over_the_figures_is_no_group() -> None:
    sheet = table(
        [None, None, None, "QUÝ III VÀ 9 THÁNG NĂM 2024"],
        ["TT", "Ngành công nghiệp", "Thực hiện quý", "Lũy kế"],
        [None, "Tổng số", 450, 1327],
        title="GIÁ TRỊ SẢN XUẤT CÔNG NGHIỆP",
        unit="Đơn vị tính: tỷ đồng",
    )
    assert read_one("industry", "2024-Q3", sheet).value("industrial_output_ytd") == 1327


@pytest.mark.parametrize("total", ["Lũy kế 9 tháng", "Lũy kế từ đầu năm", "Lũy kế đến 30/9/2024", "Cộng dồn 9 tháng"])
def test_a_quarter_beside_a_bare_running_total_is_never_the_running_total(total: str) -> None:
    title = "THỰC HIỆN DỰ TOÁN THU QUÝ III VÀ 9 THÁNG NĂM 2024"
    sheet = budget(["Thực hiện quý III", total], [47300, 139900], title)
    assert refusal("budget_revenue", "2024-Q3", sheet).rule == "ambiguous_column"
    alone = budget([total], [139900], title)
    assert read_one("budget_revenue", "2024-Q3", alone).value("revenue_ytd") == 139.9


@pytest.mark.parametrize("plan", ["Dự toán quý III", "Dự toán 9 tháng", "Dự toán 9 tháng đầu năm 2024"])
def test_a_plan_of_a_part_of_the_year_is_no_plan_of_the_year(plan: str) -> None:
    sheet = table(
        ["STT", "Nội dung", plan, "Thực hiện 9 tháng"],
        ["A", "Tổng thu NSNN trên địa bàn", 50000, 139900],
        title=NINE_MONTHS,
        unit=MILLIONS,
    )
    read = read_one("budget_revenue", "2024-Q3", sheet)
    assert read.value("revenue_ytd") == 139.9
    assert "revenue_plan" not in {reported.measure for reported in read.measures}


def test_a_percentage_without_its_sign_is_no_estimate_of_the_year() -> None:
    read = read_one("budget_revenue", "2024-Q3", budget(["Thực hiện 9 tháng", "Ước đạt cả năm"], [139900, 102]))
    assert "revenue_year_estimate" not in {reported.measure for reported in read.measures}
