"""Figures and results set by hand: from when they stand, what replaces them, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from lagi_pipeline.catalogue.indicators import PlanSource
from lagi_pipeline.indicators.attainment import attain, quarters_to_observe
from lagi_pipeline.indicators.model import Attainment, Evidence, Override
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline.indicators.overrides import contradictions, moments
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    LONG_AFTER,
    PLACE,
    RESOLUTIONS,
    TOWN,
    Sent,
    at,
    each,
    observed,
    quarter,
    report,
    together,
)

REVENUE = together(
    report("budget_revenue", "2024-Q1", {"revenue_ytd": 40}),
    report("budget_revenue", "2024-Q2", {"revenue_ytd": 90}),
    report("budget_revenue", "2024-Q3", {"revenue_ytd": 140}),
)
AUGUST, SEPTEMBER = at(2024, 8, 1, 9), at(2024, 9, 1, 9)
BY_HAND = Override(
    file="overrides/thu.yaml",
    sha256="a",
    entry="figures[1]",
    office="tckh",
    office_name_vi="Phòng Tài chính - Kế hoạch",
    reason="đối chiếu lại với Kho bạc",
    document_no="45/BC-TCKH",
    received_at=AUGUST,
    withdrawn_at=None,
    indicator_code="budget_revenue",
    quarter=quarter("2024-Q2"),
    plan_source=None,
    value=Decimal("101.5"),
    result=None,
    is_sample=False,
)
RULED = replace(BY_HAND, entry="verdicts[1]", value=None, result="met")


def setting(*overrides: Override, evidence: Evidence = REVENUE) -> Evidence:
    return replace(evidence, overrides=overrides)


def revenue(evidence: Evidence, when: str = "2024-Q2", known_at: datetime = LONG_AFTER) -> Decimal | None:
    return observed(evidence, when, known_at=known_at)["budget_revenue", TOWN, when].value


def judged(
    evidence: Evidence, moment: datetime, code: str = "budget_revenue", when: str = "2024-Q2"
) -> list[Attainment]:
    quarters = quarters_to_observe(PLACE, RESOLUTIONS, moment)
    seen = observe(CATALOGUE, PLACE, evidence, moment, quarters, RESOLUTIONS)
    rows = attain(CATALOGUE, PLACE, RESOLUTIONS, seen, moment)
    return [row for row in rows if row.indicator_code == code and row.quarter == when]


def test_a_figure_set_by_hand_takes_the_place_of_the_reported_one_and_says_so() -> None:
    seen = observed(setting(BY_HAND), "2024-Q2")["budget_revenue", TOWN, "2024-Q2"]
    assert (seen.value, seen.numerator, seen.denominator, seen.inputs) == (Decimal("101.5"), None, None, ())
    assert seen.override == BY_HAND
    said = "điều chỉnh theo văn bản số 45/BC-TCKH của Phòng Tài chính - Kế hoạch: đối chiếu lại với Kho bạc"
    assert seen.override_vi == said
    assert seen.reason == "số đặt theo văn bản, thay số tính từ báo cáo 90,00 tỷ đồng"


def test_the_other_quarters_of_the_flow_are_not_touched() -> None:
    assert revenue(setting(BY_HAND), "2024-Q1") == 40
    assert revenue(setting(BY_HAND), "2024-Q3") == 140


@pytest.mark.parametrize(
    ("known_at", "figure"),
    [(at(2024, 8, 1, 8, 59), 90), (AUGUST, Decimal("101.5")), (at(2024, 8, 31), Decimal("101.5")), (SEPTEMBER, 90)],
)
def test_it_stands_from_its_receipt_until_it_is_withdrawn(known_at: datetime, figure: Decimal) -> None:
    evidence = setting(replace(BY_HAND, withdrawn_at=SEPTEMBER))
    assert revenue(evidence, known_at=known_at) == figure
    assert moments(evidence.overrides) == {AUGUST, SEPTEMBER}


def test_an_edited_file_that_withdraws_ends_what_its_first_version_says() -> None:
    edited = replace(BY_HAND, sha256="b", withdrawn_at=SEPTEMBER)
    assert revenue(setting(BY_HAND, edited), known_at=at(2024, 8, 15)) == Decimal("101.5")
    assert revenue(setting(BY_HAND, edited), known_at=SEPTEMBER) == 90


def test_an_edited_file_answers_whole_from_then_on() -> None:
    edited = replace(BY_HAND, sha256="b", indicator_code="export_turnover", received_at=SEPTEMBER)
    assert revenue(setting(BY_HAND, edited), known_at=at(2024, 8, 15)) == Decimal("101.5")
    assert revenue(setting(BY_HAND, edited), known_at=SEPTEMBER) == 90


def test_an_edited_file_that_is_refused_in_part_leaves_standing_what_it_does_not_name() -> None:
    edited = replace(BY_HAND, sha256="b", indicator_code="export_turnover", received_at=SEPTEMBER, is_whole=False)
    assert revenue(setting(BY_HAND, edited), known_at=SEPTEMBER) == Decimal("101.5")


def test_the_newest_of_several_documents_counts_and_the_one_before_it_once_it_is_withdrawn() -> None:
    newer = replace(BY_HAND, file="overrides/b.yaml", value=Decimal(102), received_at=SEPTEMBER)
    assert revenue(setting(newer, BY_HAND), known_at=at(2024, 8, 15)) == Decimal("101.5")
    assert revenue(setting(newer, BY_HAND)) == 102
    assert revenue(setting(replace(newer, withdrawn_at=at(2024, 10, 1)), BY_HAND)) == Decimal("101.5")


def test_of_two_received_at_the_same_moment_with_other_figures_neither_counts() -> None:
    other = replace(BY_HAND, file="overrides/b.yaml", value=Decimal(102))
    evidence = setting(BY_HAND, other)
    seen = observed(evidence, "2024-Q2")["budget_revenue", TOWN, "2024-Q2"]
    assert (seen.value, seen.override) == (Decimal(90), None)
    assert "overrides/b.yaml, overrides/thu.yaml" in str(seen.reason)
    assert contradictions(evidence.overrides, LONG_AFTER) == [(other, BY_HAND)]
    same = replace(other, value=Decimal("101.50"))
    assert revenue(setting(BY_HAND, same)) == Decimal("101.5")
    assert contradictions([BY_HAND, same], LONG_AFTER) == []


def test_a_file_that_comes_later_does_not_end_it_and_is_named() -> None:
    newer = report("budget_revenue", "2024-Q2", {"revenue_ytd": 95}, Sent("sua.xlsx", received_at=at(2024, 8, 20, 10)))
    seen = observed(setting(BY_HAND, evidence=together(REVENUE, newer)), "2024-Q2")["budget_revenue", TOWN, "2024-Q2"]
    assert seen.value == Decimal("101.5")
    assert seen.reason == (
        "số đặt theo văn bản vẫn giữ; tệp nhận sau văn bản (sua.xlsx, 20/08/2024) cho số 95,00 tỷ đồng"
    )


def test_it_stands_too_where_nothing_was_reported() -> None:
    seen = observed(setting(BY_HAND, evidence=Evidence((), ())), "2024-Q2")["budget_revenue", TOWN, "2024-Q2"]
    assert seen.value == Decimal("101.5")
    assert "báo cáo chưa cho số (Phòng Tài chính - Kế hoạch chưa báo cáo" in str(seen.reason)


def test_every_plan_shows_it_with_its_file() -> None:
    rows = judged(setting(replace(BY_HAND, is_sample=True)), at(2024, 9, 1))
    assert len(rows) == 3
    for row in rows:
        assert row.actual == Decimal("101.5")
        assert row.sources == "overrides/thu.yaml"
        assert "điều chỉnh theo văn bản số 45/BC-TCKH" in str(row.override_vi)
        assert "(số liệu minh họa)" in str(row.override_vi)
        assert row.actual_is_illustrative


def test_a_result_set_by_hand_takes_the_place_of_the_computed_one_and_keeps_the_figure() -> None:
    rows = judged(setting(RULED), at(2024, 9, 1))
    for row in rows:
        assert (row.actual, row.result_status, row.status_vi) == (Decimal(90), "met", "đạt")
        assert "tính theo số liệu là “đang thực hiện”" in str(row.reason)
        assert str(row.sources).endswith("; overrides/thu.yaml")
        assert "điều chỉnh theo văn bản" in str(row.override_vi)


def test_a_result_against_one_plan_leaves_the_others() -> None:
    rows = judged(setting(replace(RULED, plan_source=PlanSource.COUNCIL)), at(2024, 9, 1))
    assert {row.plan_source: row.result_status for row in rows} == {
        PlanSource.PARTY_RESOLUTION: "in_progress",
        PlanSource.COUNCIL: "met",
        PlanSource.PROVINCE: "in_progress",
    }


def test_a_result_for_all_plans_and_another_for_one_at_the_same_moment_contradict_each_other_there() -> None:
    council = replace(RULED, entry="verdicts[2]", plan_source=PlanSource.COUNCIL, result="not_met")
    rows = judged(setting(RULED, council), at(2024, 9, 1))
    assert [row.result_status for row in rows] == ["met", "in_progress", "met"]
    assert contradictions([RULED, council], LONG_AFTER) == [(RULED, council)]


def test_a_survey_set_by_hand_within_the_year_makes_no_survey_of_the_year_of_an_older_one() -> None:
    """In Q4, once it is due, last year's survey does not stand for this year's: an override of Q2 changes nothing."""
    survey = report(
        "water",
        "2023-Q4",
        {
            "water_survey_households": each(100),
            "hygienic_water_households": each(99),
            "clean_water_households": each(96),
        },
    )
    by_hand = replace(BY_HAND, indicator_code="clean_water", value=Decimal(97))
    moment = at(2025, 3, 1)
    [row] = judged(setting(by_hand, evidence=survey), moment, "clean_water", "2024-Q4")
    assert (row.actual, row.result_status) == (None, "no_data")


def test_a_hundred_per_cent_set_by_hand_is_reached_only_by_a_hundred() -> None:
    by_hand = replace(BY_HAND, indicator_code="hygienic_water", quarter=quarter("2024-Q4"), received_at=at(2025, 1, 5))
    statuses = {
        figure: judged(
            setting(replace(by_hand, value=Decimal(figure)), evidence=Evidence((), ())),
            at(2025, 3, 1),
            "hygienic_water",
            "2024-Q4",
        )[0].result_status
        for figure in ("99.999", "100")
    }
    assert statuses == {"99.999": "not_met", "100": "met"}
