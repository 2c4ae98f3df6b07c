"""The office's own estimate of the year ("ước cả năm") is a figure of its own kind, kept apart from all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.feeds.estimates import YEAR_ESTIMATE
from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline_tests.intake.reading import SUFFIXES, TOWN, Cell, Read, read_one, refusal, table, wards
from lagi_samples import Sheet

TITLES = {
    "2024-Q1": "THỰC HIỆN DỰ TOÁN THU QUÝ I NĂM 2024",
    "2024-Q2": "THỰC HIỆN DỰ TOÁN THU 6 THÁNG ĐẦU NĂM 2024",
    "2024-Q3": "THỰC HIỆN DỰ TOÁN THU 9 THÁNG NĂM 2024",
    "2024-Q4": "THỰC HIỆN DỰ TOÁN THU NĂM 2024",
}
DONE = {
    "2024-Q1": "Thực hiện quý I",
    "2024-Q2": "Thực hiện 6 tháng",
    "2024-Q3": "Ước thực hiện 9 tháng",
    "2024-Q4": "Thực hiện năm",
}
PLAN, ACTUAL, ESTIMATE = 191_000, 139_900, 195_000


def budget(code: str, columns: Sequence[tuple[str, Cell]], *more: Sequence[Cell]) -> Sheet:
    """A revenue form whose only row is its total: the plan, and columns with their headings."""
    labels, figures = [label for label, _ in columns], [figure for _, figure in columns]
    row = ["A", "Tổng thu NSNN trên địa bàn", PLAN, *figures]
    header = ["STT", "Nội dung", "Dự toán năm", *labels]
    return table(header, row, *more, title=TITLES[code], unit="Đơn vị tính: triệu đồng")


def measured(read: Read) -> dict[str, float]:
    return {found.measure: float(found.value) for found in read.measures if found.unit_code == TOWN}


HEADINGS = [
    "Ước thực hiện cả năm",
    "Ước thực hiện cả năm 2024",
    "Ước thực hiện năm 2024",
    "Ước thực hiện năm",
    "ƯỚC THỰC HIỆN CẢ NĂM",
    "Ước TH năm 2024",
    "Ước TH cả năm",
    "Ước cả năm",
    "Ước cả năm 2024",
    "Ước năm 2024",
    "Ước tính cả năm",
    "Ước tính thực hiện cả năm 2024",
    "Dự ước cả năm",
    "Dự ước thực hiện năm 2024",
    "Khả năng thực hiện cả năm",
    "Khả năng thực hiện năm 2024",
    "Ước khả năng thực hiện cả năm",
    "Ước kết quả thực hiện năm 2024",
    "Khả năng thực hiện cả năm",
    "Dự kiến thực hiện cả năm 2024",
    "Cả năm ước thực hiện",
    "Ước thực hiện\ncả năm (3)",
    "Ước  thực hiện đến hết năm 2024",
    "Ước thực hiện cả năm (triệu đồng)",
]


@pytest.mark.parametrize("code", ["2024-Q1", "2024-Q2", "2024-Q3"])
@pytest.mark.parametrize("heading", HEADINGS)
def test_the_column_is_read_as_its_own_figure_wherever_it_stands(heading: str, code: str) -> None:
    for columns in ([(DONE[code], ACTUAL), (heading, ESTIMATE)], [(heading, ESTIMATE), (DONE[code], ACTUAL)]):
        read = read_one("budget_revenue", code, budget(code, columns))
        assert measured(read) == {"revenue_ytd": 139.9, "revenue_plan": 191.0, "revenue_year_estimate": 195.0}
        assert not read.errors


@pytest.mark.parametrize(
    "heading",
    [
        "Ước thực hiện năm 2023",
        "Thực hiện cả năm 2023",
        "Ước thực hiện cả năm trước",
        "Ước thực hiện năm 2025",
        "Ước cả năm so với KH (%)",
        "Ước cả năm so với dự toán",
        "Ước thực hiện cả năm (%)",
        "Ước cả năm/KH (%)",
        "Tỷ lệ ước cả năm (%)",
        "Kế hoạch cả năm 2025",
        "Dự kiến kế hoạch năm 2025",
        "Thực hiện cả năm",
        "Thực hiện năm 2024",
        "Cả năm",
        "Năm 2024",
        "Ước thực hiện quý IV",
        "Ước thực hiện quý IV và cả năm",
        "Ước thực hiện 6 tháng cuối năm",
        "Ước thực hiện 9 tháng/cả năm",
        "Ước thực hiện 3 tháng/cả năm",
        "Ước thực hiện cuối năm",
        "Ước thực hiện 11 tháng",
        "Ước thực hiện các tháng còn lại",
        "Cùng kỳ năm trước",
    ],
)
@pytest.mark.parametrize("code", ["2024-Q1", "2024-Q2", "2024-Q3"])
def test_what_is_no_estimate_of_this_year_is_not_read_as_one(heading: str, code: str) -> None:
    read = read_one("budget_revenue", code, budget(code, [(DONE[code], ACTUAL), (heading, ESTIMATE)]))
    assert measured(read) == {"revenue_ytd": 139.9, "revenue_plan": 191.0}


@pytest.mark.parametrize("code", ["2024-Q1", "2024-Q2", "2024-Q3"])
@pytest.mark.parametrize("heading", HEADINGS)
def test_alone_it_never_stands_for_the_period(heading: str, code: str) -> None:
    error = refusal("budget_revenue", code, budget(code, [(heading, ESTIMATE)]))
    assert error.rule in {"missing_column", "no_form"}
    assert "«Thực hiện»" in error.reason


@pytest.mark.parametrize("heading", ["Ước thực hiện năm", "Ước thực hiện năm 2024", "Ước thực hiện cả năm"])
def test_in_the_fourth_quarter_it_is_the_period_s_figure(heading: str) -> None:
    read = read_one("budget_revenue", "2024-Q4", budget("2024-Q4", [(heading, ESTIMATE)]))
    assert measured(read) == {"revenue_ytd": 195.0, "revenue_plan": 191.0}


@pytest.mark.parametrize("heading", ["Ước thực hiện năm 2024", "Ước thực hiện cả năm"])
def test_in_the_fourth_quarter_two_figures_of_the_year_are_asked_about(heading: str) -> None:
    sheet = budget("2024-Q4", [("Thực hiện năm 2024", ACTUAL), (heading, ESTIMATE)])
    assert refusal("budget_revenue", "2024-Q4", sheet).rule == "ambiguous_column"


def test_two_estimates_of_the_year_are_asked_about() -> None:
    columns = [(DONE["2024-Q3"], ACTUAL), ("Ước thực hiện cả năm", ESTIMATE), ("Khả năng thực hiện cả năm", ESTIMATE)]
    error = refusal("budget_revenue", "2024-Q3", budget("2024-Q3", columns))
    assert (error.rule, error.cell) == ("ambiguous_column", "E3")
    assert "«Ước cả năm»" in error.reason


Group = tuple[str | int, Sequence[tuple[str, Cell]]]


def grouped(*groups: Group, code: str = "2024-Q3") -> Sheet:
    """A revenue form with groups above its columns of figures, merged as offices do."""
    upper: list[Cell] = ["STT", "Nội dung"]
    lower: list[Cell] = [None, None]
    row: list[Cell] = ["A", "Tổng thu NSNN trên địa bàn"]
    merges = [(2, 0, 3, 0), (2, 1, 3, 1)]
    for group, columns in groups:
        merges.append((2, len(upper), 2, len(upper) + len(columns) - 1))
        upper += [group, *[None] * (len(columns) - 1)]
        lower += [label for label, _ in columns]
        row += [figure for _, figure in columns]
    sheet = table(upper, lower, row, title=TITLES[code], unit="Đơn vị tính: triệu đồng")
    sheet.merges += [merge for merge in merges if merge[:2] != merge[2:]]
    return sheet


THIS_YEAR = ("Năm 2024", [("Dự toán năm", PLAN), ("Thực hiện 9 tháng", ACTUAL)])
TWO = {"revenue_ytd": 139.9, "revenue_plan": 191.0}
THREE = TWO | {"revenue_year_estimate": 195.0}
LATER = ("Ước thực hiện cả năm", ESTIMATE)
GROUPED: list[tuple[tuple[Group, ...], dict[str, float]]] = [
    ((("Năm 2024", [*THIS_YEAR[1], LATER]),), THREE),
    ((THIS_YEAR, ("Cả năm", [("Ước thực hiện", ESTIMATE)])), THREE),
    ((THIS_YEAR, ("Cả năm 2024", [("Khả năng thực hiện", ESTIMATE)])), THREE),
    ((THIS_YEAR, ("Ước cả năm 2024", [("Số tiền", ESTIMATE), ("So với dự toán (%)", 102.1)])), THREE),
    ((THIS_YEAR, ("Năm 2023", [LATER])), TWO),
    ((THIS_YEAR, (2023, [LATER])), TWO),
    ((THIS_YEAR, ("Năm trước", [LATER])), TWO),
    ((THIS_YEAR, ("Năm 2025", [LATER])), TWO),
    ((THIS_YEAR, ("Cùng kỳ năm trước", [LATER])), TWO),
    ((THIS_YEAR, ("Cùng kỳ", [LATER])), TWO),
    ((THIS_YEAR, ("So sánh (%)", [LATER])), TWO),
    ((THIS_YEAR, ("Tỷ lệ (%)", [LATER])), TWO),
    ((THIS_YEAR, ("Kế hoạch năm 2025", [LATER])), TWO),
    ((THIS_YEAR, ("Lũy kế từ đầu năm", [LATER])), TWO),
    ((THIS_YEAR, ("Quý IV", [LATER])), TWO),
    ((("Cả năm", [("Dự toán", PLAN), LATER]), ("9 tháng", [("Thực hiện", ACTUAL)])), THREE),
    ((("Cả năm", [("Dự toán năm", PLAN), ("Thực hiện 9 tháng", ACTUAL)]),), TWO),
]


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
@pytest.mark.parametrize(("groups", "expected"), GROUPED)
def test_under_a_group_the_whole_path_says_whose_year_it_is(
    groups: tuple[Group, ...], expected: dict[str, float], suffix: str
) -> None:
    assert measured(read_one("budget_revenue", "2024-Q3", grouped(*groups), suffix=suffix)) == expected


def test_a_bare_estimate_under_the_year_is_asked_about_as_before() -> None:
    """Beside "Thực hiện 9 tháng" it may be of either."""
    sheet = grouped(("Năm 2024", [*THIS_YEAR[1], ("Ước thực hiện", ESTIMATE)]))
    assert refusal("budget_revenue", "2024-Q3", sheet).rule == "ambiguous_column"


@pytest.mark.parametrize("groups", [("2024", "2023"), ("Năm nay", "Năm trước"), ("Kỳ này", "Cùng kỳ")])
def test_the_year_of_a_group_that_is_above_the_header_s_names_counts_too(groups: tuple[str, str]) -> None:
    """Where the names stand in the last row, that row alone would hold every column of the form."""
    upper = [None, None, groups[0], None, groups[1]]
    lower = ["STT", "Nội dung", "Dự toán năm", "Thực hiện 9 tháng", "Ước thực hiện cả năm"]
    row = ["A", "Tổng thu NSNN trên địa bàn", PLAN, ACTUAL, ESTIMATE]
    sheet = table(upper, lower, row, title=TITLES["2024-Q3"], unit="Đơn vị tính: triệu đồng")
    for suffix in (".xlsx", ".csv"):
        assert measured(read_one("budget_revenue", "2024-Q3", sheet, suffix=suffix)) == TWO


def test_only_the_money_of_a_group_of_estimates_is_read_and_what_has_no_known_name_is_passed_over() -> None:
    parts: list[tuple[str, Cell]] = [("Phần thị xã", ESTIMATE), ("Phần tỉnh", 1)]
    for suffix in SUFFIXES:
        sheet = grouped(THIS_YEAR, ("Ước cả năm", parts))
        assert measured(read_one("budget_revenue", "2024-Q3", sheet, suffix=suffix)) == TWO


# ---- the other forms

INDUSTRY = "GIÁ TRỊ SẢN XUẤT CÔNG NGHIỆP QUÝ III VÀ 9 THÁNG NĂM 2024"


def industry(labels: Sequence[str], figures: Sequence[Cell], code: str = "2024-Q3", title: str = INDUSTRY) -> Read:
    header = ["TT", "Ngành công nghiệp", "Kế hoạch năm", "Thực hiện quý", *labels]
    sheet = table(header, [None, "Tổng số", 1800, 480, *figures], title=title, unit="Đơn vị tính: tỷ đồng")
    return read_one("industry", code, sheet)


def test_industry_has_it_beside_the_quarter_and_the_running_total() -> None:
    read = industry(["Lũy kế từ đầu năm", "Ước cả năm 2024"], [1327, 1840])
    assert measured(read) == {"industrial_output_ytd": 1327, "industrial_output_year_estimate": 1840}


def test_in_the_fourth_quarter_industry_s_running_total_is_the_year_and_an_estimate_is_not_read() -> None:
    title = "GIÁ TRỊ SẢN XUẤT CÔNG NGHIỆP QUÝ IV VÀ NĂM 2024"
    read = industry(["Lũy kế từ đầu năm", "Ước cả năm 2024"], [1862, 1840], "2024-Q4", title)
    assert measured(read) == {"industrial_output_ytd": 1862}


def export_sheet(group: str, *below: tuple[str, Cell]) -> Sheet:
    upper = ["STT", "Mặt hàng", "Thực hiện quý", None, "Lũy kế", None, group, *[None] * (len(below) - 1)]
    lower = [None, None, "Lượng", "Trị giá", "Lượng", "Trị giá", *(label for label, _ in below)]
    row = [None, "Tổng trị giá", None, 49.3, None, 134.2, *(figure for _, figure in below)]
    sheet = table(upper, lower, row, title="XUẤT KHẨU QUÝ III NĂM 2024", unit="Đơn vị tính: triệu USD")
    groups = [(2, 2, 2, 3), (2, 4, 2, 5), *([(2, 6, 2, 5 + len(below))] if len(below) > 1 else [])]
    sheet.merges += [(2, 0, 3, 0), (2, 1, 3, 1), *groups]
    return sheet


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("group", ["Ước thực hiện cả năm", "Ước cả năm 2024", "Khả năng thực hiện năm 2024"])
def test_exports_have_it_by_value(group: str, suffix: str) -> None:
    for below in ([("Lượng", 9), ("Trị giá", 185.0)], [("Trị giá", 185.0)]):
        read = read_one("exports", "2024-Q3", export_sheet(group, *below), suffix=suffix)
        assert measured(read) == {"export_value_ytd": 134.2, "export_year_estimate": 185.0}


@pytest.mark.parametrize("group", ["Ước cả năm 2023", "Thực hiện cả năm 2023", "Kế hoạch năm 2025", "Cùng kỳ năm 2023"])
def test_exports_of_another_year_are_none(group: str) -> None:
    sheet = export_sheet(group, ("Lượng", 9), ("Trị giá", 185.0))
    assert measured(read_one("exports", "2024-Q3", sheet)) == {"export_value_ytd": 134.2}


def test_an_unsplit_estimate_of_exports_may_be_a_quantity_and_is_not_read() -> None:
    sheet = table(
        ["STT", "Mặt hàng", "Thực hiện quý", "Lũy kế", "Ước cả năm"],
        [None, None, "Trị giá", "Trị giá", None],
        [None, "Tổng trị giá", 49.3, 134.2, 185.0],
        title="XUẤT KHẨU QUÝ III NĂM 2024",
        unit="Đơn vị tính: triệu USD",
    )
    sheet.merges += [(2, 0, 3, 0), (2, 1, 3, 1), (2, 4, 3, 4)]
    assert measured(read_one("exports", "2024-Q3", sheet)) == {"export_value_ytd": 134.2}


JOBS = ["STT", "Phường, xã", "Số lao động được giải quyết việc làm"]


def jobs(*rows: Sequence[Cell], heading: str = "Ước thực hiện cả năm") -> Sheet:
    return table([*JOBS, heading], *rows, title="KẾT QUẢ GIẢI QUYẾT VIỆC LÀM QUÝ III NĂM 2024")


def estimated(read: Read) -> dict[str, int]:
    return {found.unit_code: int(found.value) for found in read.measures if found.measure == "jobs_year_estimate"}


def test_jobs_have_it_by_ward() -> None:
    read = read_one("employment", "2024-Q3", jobs(*wards(80, 290), [None, "Tổng cộng", 720, 2610]))
    assert len(estimated(read)) == 9
    assert set(estimated(read).values()) == {290}
    assert not read.errors


def test_jobs_estimated_for_the_town_alone_are_the_town_s() -> None:
    read = read_one("employment", "2024-Q3", jobs(*wards(80, None), [None, "Tổng cộng", 720, 2610]))
    assert estimated(read) == {TOWN: 2610}
    assert sum(found.measure == "jobs_placed" for found in read.measures) == 9
    assert TOWN not in {found.unit_code for found in read.measures if found.measure != "jobs_year_estimate"}
    [row] = [row for _, row in read.rows.iterrows() if row["unit_code"] == TOWN]
    assert pd.isna(row["placed"])
    assert not read.errors


def test_a_total_of_the_first_row_and_of_the_last_give_one_town_s_row() -> None:
    total = [None, "Tổng cộng", 720, 2610]
    read = read_one("employment", "2024-Q3", jobs(total, *wards(80, None), total))
    assert estimated(read) == {TOWN: 2610}


def test_jobs_of_some_wards_that_do_not_make_up_the_printed_total_are_sent_back() -> None:
    rows = [*wards(80, None)[:5], *wards(80, 290)[5:], [None, "Tổng cộng", 720, 2610]]
    read = read_one("employment", "2024-Q3", jobs(*rows))
    assert ("D13", "total_sum") in read.errors
    assert read.reading.problems


@pytest.mark.parametrize("group", ["Ước cả năm", "Cả năm"])
def test_the_year_s_jobs_under_a_group_are_not_the_quarter_s(group: str) -> None:
    upper = ["STT", "Phường, xã", "Số lao động được giải quyết việc làm", None, group, None]
    lower = [None, None, "Tổng số", "Trong đó nữ", "Tổng số", "Trong đó nữ"]
    sheet = table(upper, lower, *wards(80, 30, 290, 120), title="QUÝ III NĂM 2024")
    sheet.merges += [(2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 2, 5)]
    read = read_one("employment", "2024-Q3", sheet)
    assert {int(found.value) for found in read.measures if found.measure == "jobs_placed"} == {80}
    assert set(estimated(read).values()) == ({290} if group == "Ước cả năm" else set())


# ---- its checks


def test_an_estimate_below_what_is_done_is_asked_about_and_stands() -> None:
    read = read_one("budget_revenue", "2024-Q3", budget("2024-Q3", [(DONE["2024-Q3"], ACTUAL), LATER_LOW]))
    found = read.found("estimate_at_least_actual")
    assert (found.cell, read.errors) == ("E4", [])
    assert "139,9" in found.reason
    assert measured(read)["revenue_year_estimate"] == 130.0


LATER_LOW = ("Ước thực hiện cả năm", 130_000)


@pytest.mark.parametrize(
    ("feed", "sheet", "rule"),
    [
        (
            "industry",
            table(
                ["TT", "Ngành công nghiệp", "Thực hiện quý", "Lũy kế", "Ước cả năm"],
                [None, "Tổng số", 480, 1327, 1300],
                title=INDUSTRY,
                unit="Đơn vị tính: tỷ đồng",
            ),
            "industry_estimate_at_least_ytd",
        ),
        ("exports", export_sheet("Ước cả năm", ("Trị giá", 120.0)), "export_estimate_at_least_ytd"),
        ("employment", jobs(*wards(80, 70)), "placed_estimate_at_least_ytd"),
    ],
)
def test_so_it_is_in_every_form(feed: str, sheet: Sheet, rule: str) -> None:
    read = read_one(feed, "2024-Q3", sheet)
    assert read.rules == {rule}
    assert not read.errors


def test_estimates_add_up_like_the_figures_beside_them() -> None:
    rows = [["I", "Thu nội địa", PLAN, ACTUAL, 190_000], ["II", "Thu viện trợ", None, None, 4_000]]
    columns = [(DONE["2024-Q3"], ACTUAL), ("Ước thực hiện cả năm", ESTIMATE)]
    read = read_one("budget_revenue", "2024-Q3", budget("2024-Q3", columns, *rows))
    assert read.errors == [("E4", "parent_sum")]
    alone = [row[:4] for row in rows]
    assert measured(read_one("budget_revenue", "2024-Q3", budget("2024-Q3", columns, *alone))) == THREE


# ---- whatever stands beside it

_OTHERS = st.sampled_from(
    [
        "Ước thực hiện năm 2023",
        "Thực hiện năm 2023",
        "Ước cả năm so với dự toán (%)",
        "So với cùng kỳ (%)",
        "Ước thực hiện quý IV",
        "Kế hoạch năm 2025",
        "Ghi chú",
        "Cả năm",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    heading=st.sampled_from([heading for heading in YEAR_ESTIMATE if " / " not in heading]),
    others=st.lists(_OTHERS, max_size=4, unique=True),
    code=st.sampled_from(["2024-Q1", "2024-Q2", "2024-Q3"]),
    data=st.data(),
)
def test_columns_in_any_order_keep_their_figures(heading: str, others: list[str], code: str, data: Any) -> None:  # noqa: ANN401
    columns = [(DONE[code], ACTUAL), (heading, ESTIMATE), *((other, 77 + at) for at, other in enumerate(others))]
    sheet = budget(code, data.draw(st.permutations(columns)))
    assert measured(read_one("budget_revenue", code, sheet)) == THREE


@settings(max_examples=60, deadline=None)
@given(
    label=st.text(alphabet=st.sampled_from("ước thực hiện cả năm 2023 2024 quý tháng 9 /%()"), min_size=1, max_size=40),
    code=st.sampled_from(["2024-Q1", "2024-Q2", "2024-Q3"]),
)
def test_no_heading_makes_an_estimate_the_period_s_figure_unless_it_says_the_period(label: str, code: str) -> None:
    try:
        found = measured(read_one("budget_revenue", code, budget(code, [(label, ESTIMATE)])))
    except RefusedFileError:
        return
    assert "cả năm" not in " ".join(label.split())
    assert "revenue_year_estimate" not in found
