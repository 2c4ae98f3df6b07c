"""The printed table of a quarter: Vietnamese numbers, no figure, illustrative marks, and Markdown's own letters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lagi_pipeline.reporting.attainment_table import FOOTNOTE, HEADERS, as_markdown, as_text, cells, headline
from lagi_pipeline_tests.indicators.building import PLACE
from lagi_pipeline_tests.running import CATALOGUE

ROW: dict[str, Any] = {
    "indicator_code": "budget_revenue",
    "ordinal": "1",
    "name_vi": "Tổng thu ngân sách nhà nước",
    "unit": "tỷ đồng",
    "direction": "at_least",
    "target": 1910.0,
    "target_upper": None,
    "actual": 1234.5,
    "attainment_pct": 64.63,
    "yoy_index_pct": 80.94,
    "yoy_change_pct": -19.06,
    "status_vi": "đang thực hiện",
    "pace_vi": "đúng tiến độ",
    "reason": None,
    "target_is_illustrative": False,
    "override_vi": None,
    "actual_is_illustrative": False,
}
NO_FIGURE = ROW | {
    "actual": None,
    "attainment_pct": None,
    "yoy_index_pct": None,
    "yoy_change_pct": None,
    "pace_vi": None,
}
RATE = NO_FIGURE | {"indicator_code": "clean_water", "ordinal": "5a", "unit": "%", "target": 95.0, "actual": 94.6}


def _cell(row: dict[str, Any], header: str) -> str:
    return cells(row, CATALOGUE)[HEADERS.index(header)]


def test_numbers_are_vietnamese_with_the_published_decimals() -> None:
    assert _cell(ROW, "Chỉ tiêu năm") == "1.910,00"
    assert _cell(ROW, "Thực hiện") == "1.234,50"
    assert _cell(ROW, "% chỉ tiêu") == "64,6"


def test_no_figure_is_an_ellipsis_and_never_a_zero() -> None:
    assert [_cell(NO_FIGURE, header) for header in ("Thực hiện", "% chỉ tiêu", "% cùng kỳ", "Tiến độ")] == [
        "…",
        "…",
        "…",
        "",
    ]


def test_a_zero_is_a_figure() -> None:
    assert _cell(ROW | {"actual": 0.0, "attainment_pct": 0.0}, "Thực hiện") == "0,00"


@pytest.mark.parametrize(
    ("change", "shown"), [(1.2, "+1,20 điểm"), (-0.5, "-0,50 điểm"), (0.0, "+0,00 điểm"), (None, "…")]
)
def test_rates_change_in_points(change: float | None, shown: str) -> None:
    assert _cell(RATE | {"yoy_change_pct": change}, "% cùng kỳ") == shown


def test_flows_are_compared_by_their_index() -> None:
    assert _cell(ROW, "% cùng kỳ") == "80,9"


def test_illustrative_figures_are_marked_and_explained() -> None:
    row = ROW | {"actual_is_illustrative": True}
    assert _cell(row, "Thực hiện") == "1.234,50(*)"
    assert _cell(row, "Chỉ tiêu năm") == "1.910,00"
    assert _cell(ROW | {"target_is_illustrative": True}, "Chỉ tiêu năm") == "1.910,00(*)"
    assert as_text([row], CATALOGUE).endswith(FOOTNOTE)
    assert FOOTNOTE not in as_text([ROW], CATALOGUE)
    assert FOOTNOTE in as_markdown([row], CATALOGUE)


def test_a_missing_figure_is_not_marked_as_illustrative() -> None:
    assert _cell(NO_FIGURE | {"actual_is_illustrative": False}, "Thực hiện") == "…"


def test_columns_line_up_under_their_headers() -> None:
    lines = as_text([ROW, RATE], CATALOGUE).splitlines()
    start = lines[0].index("Kết quả")
    assert lines[1].strip("─") == ""
    assert [line[start:].startswith("đang thực hiện") for line in lines[2:4]] == [True, True]
    assert len(lines[2]) == len(lines[3]) + len("  đúng tiến độ")


def test_decomposed_letters_do_not_shift_the_columns() -> None:
    decomposed = ROW | {"name_vi": "Tổng thu ngân sách nhà nước"}
    first, second = as_text([ROW, decomposed], CATALOGUE).splitlines()[2:4]
    marks = len(decomposed["name_vi"]) - len(ROW["name_vi"])
    assert second.index("đang") == first.index("đang") + marks


def test_reasons_stand_below_the_table() -> None:
    text = as_text([ROW | {"reason": "thiếu quý II"}, ROW | {"ordinal": None, "reason": "ghi chú"}], CATALOGUE)
    assert text.splitlines()[-2:] == ["1: thiếu quý II", "budget_revenue: ghi chú"]


def test_markdown_is_a_table_with_numbers_to_the_right() -> None:
    lines = as_markdown([ROW], CATALOGUE).splitlines()
    assert lines[0] == "| " + " | ".join(HEADERS) + " |"
    assert lines[1] == "| --- | --- | --- | ---: | ---: | ---: | ---: | --- | --- |"
    assert lines[2].count("|") == len(HEADERS) + 1


def test_markdown_shows_bars_tags_and_new_lines_as_they_are() -> None:
    row = ROW | {"name_vi": "a|b <script>\nc\\", "reason": "tệp <b>|x.xlsx"}
    lines = as_markdown([row], CATALOGUE).splitlines()
    assert "a\\|b &lt;script> c\\\\" in lines[2]
    assert lines[-1] == "- 1: tệp &lt;b>\\|x.xlsx"


def test_no_rows_are_a_header_alone() -> None:
    assert as_text([], CATALOGUE).splitlines()[0].split() == " ".join(HEADERS).split()


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"direction": "at_most", "target": 0.7}, "≤ 0,70"),
        ({"direction": "at_most", "target": 0.0}, "≤ 0,00"),
        ({"direction": "range", "target": 0.4, "target_upper": 0.5}, "0,40 – 0,50"),
        ({"direction": "exact", "target": 12.0}, "= 12,00"),
        ({"direction": "yes_no", "target": 1.0}, "có"),
        ({"direction": "yes_no", "target": 0.0}, "không"),
    ],
)
def test_what_a_target_asks_is_shown_in_few_signs(asked: dict[str, Any], shown: str) -> None:
    assert _cell(ROW | asked, "Chỉ tiêu năm") == shown
    assert f"| {shown} |" in as_markdown([ROW | asked], CATALOGUE)


@pytest.mark.parametrize(("actual", "shown"), [(1.0, "có"), (0.0, "không"), (None, "…")])
def test_a_yes_no_line_is_answered_in_words(actual: float | None, shown: str) -> None:
    row = ROW | {"direction": "yes_no", "target": 1.0, "actual": actual}
    assert _cell(row, "Thực hiện") == shown


def _line(code: str, status: str) -> dict[str, Any]:
    return {"indicator_code": code, "result_status": status}


def test_the_headline_counts_main_lines_and_names_the_sub_lines_that_miss() -> None:
    rows = [_line("hygienic_water", "exceeded"), _line("clean_water", "not_met"), _line("jobs", "met")]
    assert headline(rows, CATALOGUE, PLACE) == "2/2 chỉ tiêu đạt, vượt; chỉ tiêu thành phần nước sạch không đạt"


def test_the_headline_follows_the_place_where_a_part_gates_its_whole() -> None:
    gating = replace(PLACE, file=PLACE.file.model_copy(update={"part_gates_whole": True}))
    rows = [_line("hygienic_water", "exceeded"), _line("clean_water", "not_met"), _line("jobs", "met")]
    said = "1/2 chỉ tiêu đạt, vượt (1 không đạt); chỉ tiêu thành phần nước sạch không đạt"
    assert headline(rows, CATALOGUE, gating) == said


def test_the_headline_tells_where_the_others_stand() -> None:
    statuses = {
        "budget_revenue": "exceeded",
        "development_spending": "in_progress",
        "industrial_output": "no_data",
        "export_turnover": "in_progress",
    }
    rows = [_line(code, status) for code, status in statuses.items()]
    assert headline(rows, CATALOGUE, PLACE) == "1/4 chỉ tiêu đạt, vượt (2 đang thực hiện, 1 chưa báo cáo)"
