"""Each kind of target beside figures below, at, between and above its bounds; and what is never met too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import Direction, Indicator, PlanSource
from lagi_pipeline.catalogue.place import Resolution, Target
from lagi_pipeline.catalogue.target_kinds import problem_of
from lagi_pipeline.indicators.model import Attainment, Evidence
from lagi_pipeline.indicators.prospect import prospect, with_prospects
from lagi_pipeline.indicators.verdict import compare_value
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    LONG_AFTER,
    Number,
    asked,
    attained,
    each,
    report,
    together,
    yearly_flow,
)

AT_LEAST, AT_MOST, RANGE = Direction.AT_LEAST, Direction.AT_MOST, Direction.RANGE
EXACT, YES_NO = Direction.EXACT, Direction.YES_NO
POVERTY = CATALOGUE.indicator("poverty_reduction")  # at least, a rate to two decimals
INCREASE = CATALOGUE.indicator("natural_increase")  # at most
JOBS = CATALOGUE.indicator("jobs")  # a flow without decimals
REVENUE = CATALOGUE.indicator("budget_revenue")
CLEAN = CATALOGUE.indicator("clean_water")
STEADY = INCREASE.model_copy(update={"direction": RANGE})
CHOSEN = JOBS.model_copy(update={"direction": YES_NO, "unit": "có/không"})


def _outcome(indicator: Indicator, target: Target, value: Number | Decimal) -> tuple[str, str]:
    found = compare_value(indicator, target, Decimal(value))
    word = prospect(indicator, target, Decimal(value))
    assert (word == "exceeded") is found.exceeded
    assert (word == "not_met") is not found.reached
    return str(word), str(found.gap)


@pytest.mark.parametrize(
    ("value", "outcome", "gap"),
    [
        ("0.39", "not_met", "-0.01"),
        ("0.3949", "not_met", "-0.01"),  # 0,39 as published
        ("0.395", "met", "0.00"),  # a half goes up
        ("0.4", "met", "0.00"),
        ("0.45", "met", "0.05"),
        ("0.5", "met", "0.10"),
        ("0.5049", "met", "0.10"),  # published as 0,50
        ("0.505", "exceeded", "0.11"),
        ("0.9", "exceeded", "0.50"),
    ],
)
def test_a_range_of_what_is_better_the_more_is_reached_from_its_lower_bound_on(value: str, outcome: str, gap: str):
    assert _outcome(POVERTY, asked(POVERTY, "0.4", upper="0.5", direction=RANGE), value) == (outcome, gap)


@pytest.mark.parametrize(
    ("value", "outcome", "gap"),
    [
        ("0.59", "exceeded", "0.16"),
        ("0.595", "met", "0.15"),  # 0,60 as published: the lower bound itself
        ("0.6", "met", "0.15"),
        ("0.7", "met", "0.05"),
        ("0.75", "met", "0.00"),
        ("0.754", "met", "0.00"),
        ("0.755", "not_met", "-0.01"),
        ("1", "not_met", "-0.25"),
    ],
)
def test_a_range_of_what_is_better_the_less_is_its_mirror(value: str, outcome: str, gap: str):
    assert _outcome(INCREASE, asked(INCREASE, "0.6", upper="0.75", direction=RANGE), value) == (outcome, gap)


@pytest.mark.parametrize(
    ("value", "outcome", "gap"),
    [
        ("0.59", "not_met", "-0.01"),
        ("0.595", "met", "0.00"),
        ("0.65", "met", "0.05"),
        ("0.75", "met", "0.00"),
        ("0.754", "met", "0.00"),
        ("0.755", "not_met", "-0.01"),
    ],
)
def test_a_line_that_is_itself_a_range_is_met_inside_only_and_never_exceeded(value: str, outcome: str, gap: str):
    assert _outcome(STEADY, asked(STEADY, "0.6", upper="0.75"), value) == (outcome, gap)


@pytest.mark.parametrize(
    ("indicator", "target", "value", "outcome"),
    [
        (JOBS, "2600", "2599", "not_met"),
        (JOBS, "2600", "2599.5", "met"),  # published as 2.600
        (JOBS, "2600", "2600.49", "met"),
        (JOBS, "2600", "2600.5", "not_met"),
        (POVERTY, "0.41", "0.4149", "met"),
        (POVERTY, "0.41", "0.415", "not_met"),
        (JOBS, "0", "0", "met"),
        (JOBS, "0", "1", "not_met"),
        (CLEAN, "100", "99.996", "not_met"),  # every household, not 100,00 as published
        (CLEAN, "100", "100", "met"),
        (INCREASE, "0.7", "0.6", "not_met"),
    ],
)
def test_an_exact_target_is_the_figure_as_published(indicator: Indicator, target: str, value: str, outcome: str):
    found, gap = _outcome(indicator, asked(indicator, target, direction=EXACT), value)
    assert found == outcome
    assert (Decimal(gap) == 0) is (outcome == "met")
    assert Decimal(gap) <= 0


@pytest.mark.parametrize(
    ("target", "value", "outcome", "gap"),
    [(1, 1, "met", "0"), (1, 0, "not_met", "-1"), (0, 0, "met", "0"), (0, 1, "not_met", "-1")],
)
def test_yes_is_1_and_no_is_0(target: int, value: int, outcome: str, gap: str):
    assert _outcome(CHOSEN, asked(CHOSEN, target), value) == (outcome, gap)


@pytest.mark.parametrize(
    ("indicator", "value", "outcome", "gap"),
    [
        (INCREASE, "0", "met", "0"),
        (INCREASE, "0.004", "met", "0.00"),
        (INCREASE, "0.005", "not_met", "-0.01"),
        (INCREASE, "-0.1", "met", "0.10"),
    ],
)
def test_at_most_nothing_is_judged_in_its_own_terms(indicator: Indicator, value: str, outcome: str, gap: str):
    found, found_gap = _outcome(indicator, asked(indicator, 0), value)
    assert (found, Decimal(found_gap)) == (outcome, Decimal(gap))


INDICATORS = [POVERTY, INCREASE, JOBS, REVENUE, CLEAN, STEADY]
numbers = st.decimals(min_value=0, max_value=100, places=4)


def _as_compared(indicator: Indicator, direction: Direction, value: Decimal) -> Decimal:
    if direction is EXACT:
        return value.quantize(Decimal(1).scaleb(-indicator.decimals), rounding="ROUND_HALF_UP")
    return value.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP") if indicator.is_ratio else value


@settings(deadline=None)
@given(st.sampled_from(INDICATORS), st.sampled_from([AT_LEAST, AT_MOST, RANGE, EXACT]), numbers, numbers, numbers)
@example(CLEAN, EXACT, Decimal("99.9960"), Decimal(100), Decimal(0))
@example(STEADY, RANGE, Decimal("0.755"), Decimal("0.6"), Decimal("0.15"))
def test_the_gap_is_0_or_more_exactly_when_the_target_is_reached(
    indicator: Indicator, direction: Direction, value: Decimal, lower: Decimal, width: Decimal
):
    lower = lower.quantize(Decimal(1).scaleb(-indicator.decimals))
    upper = lower + width if direction is RANGE else None
    assume(problem_of(indicator, direction, lower, upper) is None)
    found = compare_value(indicator, asked(indicator, lower, upper=upper, direction=direction), value)
    seen = _as_compared(indicator, direction, value)
    if lower == 100 and indicator.unit == "%" and direction in {AT_LEAST, EXACT}:
        seen = value
    floor = direction is AT_LEAST or (direction is RANGE and indicator.direction is AT_LEAST)
    ceiling = direction is AT_MOST or (direction is RANGE and indicator.direction is AT_MOST)
    highest = lower if upper is None else upper
    reached = (ceiling or seen >= lower) and (floor or seen <= highest)
    assert found.reached is reached
    assert (found.gap >= 0) is reached
    assert reached or not found.exceeded


def _lines(evidence: Evidence, target: Target, on: datetime = LONG_AFTER) -> dict[str, Attainment]:
    rows = attained(evidence, on, resolutions=[Resolution(2024, "thử", (target,))])
    return {row.quarter[-2:]: row for row in rows}


def _revenue(*numbers: Number) -> Evidence:
    return yearly_flow("budget_revenue", "revenue_ytd", 2024, numbers)


def test_a_flow_keeps_what_it_climbed_to_and_a_range_says_so():
    rows = _lines(_revenue(100, 185, 195, 205), asked(REVENUE, 180, upper=200, direction=RANGE))
    assert [row.result_status for row in rows.values()] == ["in_progress", "met", "met", "exceeded"]
    assert (rows["Q3"].target, rows["Q3"].target_upper, rows["Q3"].direction) == (180, 200, RANGE)
    with localcontext(prec=34):
        assert rows["Q2"].attainment_pct == Decimal(185) * 100 / 180
    assert rows["Q2"].expected_pct is not None


def test_a_flow_that_must_hit_a_figure_is_open_until_the_year_is_over():
    rows = _lines(_revenue(100, 150, 200, 200), asked(REVENUE, 200, direction=EXACT))
    assert [row.result_status for row in rows.values()] == ["in_progress"] * 3 + ["met"]
    assert {(row.attainment_pct, row.pace_status, row.expected_pct) for row in rows.values()} == {(None, None, None)}
    over = _lines(_revenue(100, 150, 200, 201), asked(REVENUE, 200, direction=EXACT))
    assert (over["Q4"].result_status, over["Q4"].gap) == ("not_met", -1)


def test_at_most_of_a_flow_has_no_attainment_and_is_on_pace_while_it_holds():
    spending = REVENUE.model_copy(update={"direction": AT_MOST})
    known = replace(CATALOGUE, indicators=(spending,))
    resolution = Resolution(2024, "thử", (asked(spending, 0),))
    rows = attained(_revenue(0, 0, 0, 0), resolutions=[resolution], known=known)
    assert [row.result_status for row in rows] == ["in_progress"] * 3 + ["met"]
    assert {(row.attainment_pct, row.pace_status, row.gap) for row in rows} == {(None, "on_pace", 0)}


def test_a_ward_stands_beside_the_range_of_the_town():
    said = {"water_survey_households": each(100), "clean_water_households": {**each(96), "23231": 90}}
    rows = _lines(report("water", "2024-Q4", said), asked(CLEAN, 95, upper=97, direction=RANGE))
    assert (rows["Q4"].result_status, rows["Q4"].target_upper) == ("met", 97)


def test_an_estimate_and_a_forecast_have_words_of_their_own():
    target = asked(REVENUE, 191)
    row = _lines(_revenue(50, 100, 150), target, datetime(2024, 10, 20))["Q3"]  # noqa: DTZ001 - local time
    row = replace(row, forecast=None, probability_pct=None, forecast_status=None, forecast_status_vi=None)
    told = with_prospects(CATALOGUE, target, replace(row, year_estimate=Decimal(195), forecast=Decimal(190)))
    assert (told.estimate_status, told.estimate_status_vi) == ("exceeded", "ước vượt")
    assert (told.forecast_status, told.forecast_status_vi) == ("not_met", "ước không đạt")
    alone = with_prospects(CATALOGUE, target, replace(row, year_estimate=Decimal(191)))
    assert (alone.estimate_status_vi, alone.forecast_status, alone.forecast_status_vi) == ("ước đạt", None, None)
    assert (row.estimate_status, row.forecast_status) == (None, None)


@pytest.mark.parametrize(
    ("probability", "forecast", "status"),
    [
        (0, 150, "not_met"),
        (32, 190, "not_met"),
        (33, 190, None),
        (50, 191, None),
        (67, 192, None),
        (68, 192, "exceeded"),
    ],
)
def test_a_forecast_that_is_too_close_to_call_decides_nothing(probability: int, forecast: int, status: str | None):
    target = asked(REVENUE, 191)
    row = _lines(_revenue(50, 100, 150), target, datetime(2024, 10, 20))["Q3"]  # noqa: DTZ001 - local time
    row = replace(row, forecast=Decimal(forecast), probability_pct=Decimal(probability), forecast_status=None)
    assert with_prospects(CATALOGUE, target, row).forecast_status == status


def test_nothing_is_expected_of_a_year_that_is_over():
    target = asked(REVENUE, 191, plan=PlanSource.COUNCIL)
    rows = _lines(together(_revenue(50, 100, 150, 190)), target)
    ended, within = (
        with_prospects(CATALOGUE, target, replace(rows[when], year_estimate=Decimal(195))) for when in ("Q4", "Q3")
    )
    assert (ended.result_status, ended.estimate_status) == ("not_met", None)
    assert within.estimate_status_vi == "ước vượt"  # what was expected then
