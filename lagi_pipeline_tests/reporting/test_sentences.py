"""Page one in sentences: what is counted, said as a rise or a fall, and still needed, over made-up lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.verdict import RESULT_STATUSES
from lagi_pipeline.reporting.content.model import Line
from lagi_pipeline.reporting.content.printing import clean, day_vi, difference_vi
from lagi_pipeline.reporting.content.sentences import Summary, at_risk, change_vi, kinds_of_year, status_vi
from lagi_pipeline_tests.reporting.reporting import made_line
from lagi_pipeline_tests.running import CATALOGUE

Q3 = Quarter(2024, 3)
MAIN = [indicator.code for indicator in CATALOGUE.indicators if indicator.is_main]
NO_FIGURE: dict[str, Any] = {"actual": None, "gap": None, "obs_status": None, "as_of": None}


def test_the_count_is_said_as_the_committee_reads_it() -> None:
    statuses = ["exceeded", "met", "exceeded", *["in_progress"] * 4, "not_due", "not_due", "no_data"]
    lines = [made_line(code, result_status=status) for code, status in zip(MAIN, statuses, strict=True)]
    lines[3] = replace(lines[3], pace_status="behind")
    lines.append(made_line("clean_water", result_status="not_met", pace_status="behind"))
    assert Summary(Q3, lines, CATALOGUE).count_vi() == (
        "Tính đến 30/9/2024 (số ước), trong 10 chỉ tiêu: 3 đã đạt, vượt; 4 đang thực hiện (1 chậm tiến độ);"
        " 2 chưa đến kỳ đánh giá; 1 chưa báo cáo."
    )


def test_a_line_without_a_number_is_named_once() -> None:
    line = made_line("jobs", ordinal="", result_status="not_met", status_vi="không đạt", actual=2000.0, gap=-600.0)
    [said] = at_risk(Q3, [line], CATALOGUE)
    assert said.startswith(f"Chỉ tiêu “{line.name_vi}”: không đạt; ")


@given(statuses=st.lists(st.sampled_from(RESULT_STATUSES), min_size=len(MAIN), max_size=len(MAIN)))
def test_every_main_line_is_counted_once(statuses: list[str]) -> None:
    lines = [made_line(code, result_status=status) for code, status in zip(MAIN, statuses, strict=True)]
    said = Summary(Q3, lines, CATALOGUE).count_vi().split("chỉ tiêu: ")[1]
    assert sum(int(part.split()[0]) for part in said.split("; ")) == len(MAIN)


def test_what_was_sent_back_is_told_apart_from_what_was_not_reported() -> None:
    silent = NO_FIGURE | {"result_status": "no_data"}
    lines = [
        made_line("jobs", **silent, status_vi="chưa báo cáo"),
        made_line("solid_waste", **silent, status_vi="đã trả lại, chờ chỉnh sửa"),
    ]
    said = Summary(Q3, lines, CATALOGUE).count_vi()
    assert "1 chưa báo cáo; 1 đã báo cáo nhưng bị trả lại, chờ chỉnh sửa." in said
    assert "(chưa có số liệu)" in said


@pytest.mark.parametrize(
    ("gates", "counted"), [(False, "1 đã đạt, vượt."), (True, "1 không đạt.")], ids=["beside", "gating"]
)
def test_a_missed_part_makes_its_whole_missed_only_where_the_place_says_so(gates: bool, counted: str) -> None:  # noqa: FBT001 - a case
    lines = [made_line("hygienic_water", result_status="met"), made_line("clean_water", result_status="not_met")]
    assert Summary(Q3, lines, CATALOGUE, part_gates_whole=gates).count_vi().endswith(counted)


def test_the_verdict_of_the_year_is_told_in_its_last_quarter_only() -> None:
    lines = [made_line("jobs", result_status="met")]
    for number in (1, 2, 3, 4):
        told = list(Summary(Quarter(2024, number), lines, CATALOGUE, verdict_vi="1/1 chỉ tiêu đạt, vượt").sentences())
        assert ("Kết luận năm 2024: 1/1 chỉ tiêu đạt, vượt." in told) is (number == 4)


def test_estimates_and_forecasts_are_told_apart_and_only_where_there_are_any() -> None:
    lines = [
        made_line("budget_revenue", estimate_status="exceeded"),
        made_line("development_spending", estimate_status="not_met", forecast_status="not_met"),
        made_line("trained_labour", estimate_status="not_met"),
    ]
    [told] = [text for text in Summary(Q3, lines, CATALOGUE).sentences() if text.startswith("Theo")]
    assert told == (
        "Theo số ước cả năm của các cơ quan: 1 ước vượt (chỉ tiêu 1); 1 ước không đạt (chỉ tiêu 2)."
        " Theo dự báo của hệ thống: 1 ước không đạt (chỉ tiêu 2)."
    )
    none = Summary(Q3, [made_line("jobs")], CATALOGUE).sentences()
    assert not any("dự báo" in text for text in none)


@pytest.mark.parametrize(
    ("index", "change", "said"),
    [
        (80.9, -19.1, "giảm 19,1%"),
        (102.7, 2.7, "tăng 2,7%"),
        (100.0, 0.0, "không đổi"),
        (100.04, 0.04, "không đổi"),
        (None, 0.98, "tăng 0,98 điểm %"),
        (None, -0.03, "giảm 0,03 điểm %"),
        (None, 0.001, "không đổi"),
        (None, None, None),
    ],
)
def test_an_index_is_said_as_a_rise_or_a_fall_and_rates_in_points(
    index: float | None, change: float | None, said: str | None
) -> None:
    assert change_vi(made_line(yoy_index_pct=index, yoy_change_pct=change)) == said


def risk(quarter: int, line: Line) -> str:
    [said] = at_risk(Quarter(2024, quarter), [line], CATALOGUE)
    return said


BEHIND: dict[str, Any] = {"pace_status": "behind", "pace_vi": "chậm tiến độ"}


def test_a_flow_behind_says_what_is_lacking_and_what_each_quarter_left_has_to_bring() -> None:
    line = made_line(actual=24.0, gap=-56.0, **BEHIND)
    assert risk(2, line) == (
        "Chỉ tiêu 2, Chi đầu tư phát triển: chậm tiến độ; thực hiện 24,00 tỷ đồng, chỉ tiêu 80,00 tỷ đồng;"
        " còn thiếu 56,00 tỷ đồng, bình quân mỗi quý còn lại (2 quý) 28,00 tỷ đồng."
    )
    assert risk(3, line).endswith("còn thiếu 56,00 tỷ đồng, phải thực hiện trong quý IV/2024.")
    assert risk(4, line).endswith("còn thiếu 56,00 tỷ đồng.")


def test_a_rate_lacks_points_and_is_not_shared_out_over_quarters() -> None:
    line = made_line("clean_water", target=95.0, actual=93.4, gap=-1.6, **BEHIND)
    assert risk(2, line).endswith("thực hiện 93,40%, chỉ tiêu 95,00%; còn thiếu 1,60 điểm %.")


def test_a_missed_line_no_longer_has_something_left_to_do() -> None:
    line = made_line(
        "clean_water", target=95.0, actual=94.6, gap=-0.4, result_status="not_met", status_vi="không đạt", **BEHIND
    )
    assert risk(4, line) == "Chỉ tiêu 5a, nước sạch: không đạt; thực hiện 94,60%, chỉ tiêu 95,00%; thiếu 0,40 điểm %."


def test_what_may_not_be_exceeded_is_said_the_other_way_round() -> None:
    above = made_line("natural_increase", target=0.7, actual=0.76, gap=-0.06, **BEHIND)
    assert risk(3, above).endswith("chỉ tiêu không quá 0,70%; đang cao hơn mức cho phép 0,06 điểm %.")
    within = replace(above, actual=0.68, gap=0.02)
    assert risk(3, within).endswith("hiện trong mức chỉ tiêu, còn cách 0,02 điểm %.")


def test_a_gap_that_rounds_to_nothing_is_still_a_gap() -> None:
    line = made_line("hygienic_water", target=100.0, actual=99.996, gap=-0.004, result_status="not_met", status_vi="x")
    assert risk(4, line).endswith("thiếu chưa đến 0,01 điểm %.")
    assert difference_vi(0.0, 2, "tỷ đồng") == "0,00 tỷ đồng"


def test_the_office_s_estimate_and_the_forecast_name_a_line_at_risk() -> None:
    line = made_line(actual=47.0, gap=-33.0, estimate_status="not_met", year_estimate=78.0)
    assert "cơ quan ước cả năm không đạt (78,00 tỷ đồng)" in risk(3, line)
    line = made_line(actual=47.0, gap=-33.0, forecast_status="not_met", forecast=60.74)
    assert "hệ thống dự báo cả năm không đạt (60,74 tỷ đồng)" in risk(3, line)


def test_a_line_without_a_figure_has_no_amount() -> None:
    line = made_line(**NO_FIGURE, estimate_status="not_met")
    assert risk(3, line) == "Chỉ tiêu 2, Chi đầu tư phát triển: cơ quan ước cả năm không đạt."


def test_nothing_else_is_at_risk() -> None:
    lines = [
        made_line(actual=47.0, gap=-33.0, pace_status="on_pace", pace_vi="đúng tiến độ"),
        made_line("jobs", actual=2700.0, gap=100.0, result_status="exceeded", estimate_status="not_met", **BEHIND),
        made_line("solid_waste", **NO_FIGURE, result_status="no_data"),
    ]
    assert at_risk(Q3, lines, CATALOGUE) == ()


def test_figures_of_several_kinds_and_days_are_told_line_by_line() -> None:
    lines = [
        made_line("budget_revenue", actual=1.0),
        made_line("jobs", actual=1.0, obs_status="preliminary"),
        made_line("hygienic_water", actual=1.0, obs_status="final", as_of=date(2023, 12, 31)),
    ]
    assert list(Summary(Q3, lines, CATALOGUE).kinds()) == [
        "Số ước: chỉ tiêu 1; số sơ bộ: chỉ tiêu 9; số chính thức: chỉ tiêu 5.",
        "Số liệu không lấy đến 30/9/2024: chỉ tiêu 5 đến ngày 31/12/2023.",
    ]
    assert status_vi((line.obs_status for line in lines), CATALOGUE) == "số ước, sơ bộ và chính thức"
    assert list(Summary(Q3, lines[:1], CATALOGUE).kinds()) == []


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2024, 9, 30), "30/9/2024"), (date(2024, 2, 8), "08/02/2024"), (date(2024, 12, 1), "01/12/2024")],
)
def test_days_are_written_as_party_documents_write_them(day: date, said: str) -> None:
    assert day_vi(day) == said


@given(st.text())
def test_text_from_a_file_can_stand_in_any_document(text: str) -> None:
    said = clean(text)
    assert clean(said) == said
    assert not any(ord(letter) < 0x20 or 0xD800 <= ord(letter) <= 0xDFFF or letter in "\ufffe\uffff" for letter in said)


def test_a_survey_of_last_year_says_nothing_of_the_kind_of_this_year_s_figures() -> None:
    old = made_line("hygienic_water", actual=1.0, obs_status="final", as_of=date(2023, 12, 31))
    lines = [made_line("jobs", actual=1.0, obs_status="preliminary"), old]
    assert status_vi(kinds_of_year(Q3, lines), CATALOGUE) == "số sơ bộ"
    assert "30/9/2024 (số sơ bộ)," in Summary(Q3, lines, CATALOGUE).count_vi()


@pytest.mark.parametrize(("change", "said"), [(-0.01, "thấp"), (0.01, "cao")])
def test_of_a_fall_it_is_said_that_the_fall_was_smaller_or_greater(change: float, said: str) -> None:
    line = made_line("poverty_reduction", yoy_change_pct=change)
    told = list(Summary(Q3, [line], CATALOGUE).sentences())
    assert f"So với cùng kỳ năm trước: Tỷ lệ hộ nghèo giảm: mức giảm {said} hơn cùng kỳ 0,01 điểm %." in told


def test_lines_are_marked_as_they_are_counted() -> None:
    lines = [
        made_line("hygienic_water", result_status="met", status_vi="đạt"),
        made_line("clean_water", result_status="not_met", status_vi="không đạt"),
        made_line("jobs", result_status="met", status_vi="đạt (làm tròn)"),
    ]
    gating = Summary(Q3, lines, CATALOGUE, part_gates_whole=True)
    assert list(gating.counted()) == [("not_met", "không đạt"), ("met", "đạt (làm tròn)")]
    assert gating.count_vi().endswith("1 đã đạt, vượt; 1 không đạt.")
