"""What a row says of the rest of its year: expected by now, pace, forecast, probability, and when it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import Direction, Indicator, ObsStatus, PlanSource
from lagi_pipeline.catalogue.place import Target
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.flow_outlook import prior_plan
from lagi_pipeline.indicators.model import Evidence, Observation
from lagi_pipeline.indicators.outlook import Line, Method, Outlook
from lagi_pipeline.indicators.pace import outlook
from lagi_pipeline.indicators.verdict import compare
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    TOWN,
    Sent,
    at,
    line,
    report,
    together,
    yearly_flow,
)

Amount = int | str | None

NOTHING = Outlook()


def revenue(year: int, *numbers: int | str) -> Evidence:
    return yearly_flow("budget_revenue", "revenue_ytd", year, numbers)


LAST_YEAR = revenue(2023, 30, 70, 100, 200)


def observation(when: str, value: Amount, *, carried: bool = False, status: ObsStatus = ObsStatus.FINAL) -> Observation:
    return Observation(
        indicator_code="line",
        unit_code=TOWN,
        quarter=Quarter.parse(when),
        value=None if value is None else Decimal(value),
        numerator=None,
        denominator=None,
        obs_status=None if value is None else status,
        as_of=None,
        is_illustrative=False,
        basis=None,
        reason=None,
        carried=carried,
    )


def years(**figures: Sequence[Amount]) -> list[Observation]:
    """``y2023=(10, 20, 30, 40)``: running totals of Q1 to Q4."""
    return [
        observation(f"{year[1:]}-Q{number}", value)
        for year, values in figures.items()
        for number, value in enumerate(values, start=1)
    ]


def seen_as(  # noqa: PLR0913 - a row and what it hangs on
    code: str,
    target: Amount,
    seen: Observation,
    before: Sequence[Observation] = (),
    *,
    direction: Direction = Direction.AT_LEAST,
    plan: Amount = None,
) -> Outlook:
    """The outlook of a catalogue's line, whose direction may be turned."""
    indicator = CATALOGUE.indicator(code).model_copy(update={"direction": direction})
    promised = Target(
        code=code,
        plan_source=PlanSource.COUNCIL,
        value=Decimal(target or 0),
        unit=indicator.unit,
        direction=direction,
        clause="1",
    )
    comparison = compare(indicator, promised, seen)
    reached = comparison.reached if comparison else None
    history = {one.quarter: one for one in [*before, seen]}
    what = Line(indicator, promised, seen, history, reached)
    return outlook(CATALOGUE.profiles, what, None if plan is None else Decimal(plan))


class TestExpectedShare:
    def test_without_a_year_of_its_own_a_place_has_the_reference(self):
        row = line(Evidence((), ()), "budget_revenue", "2024-Q2")
        assert row.expected_pct == pytest.approx(Decimal("46.93"))
        assert row.expected == pytest.approx(Decimal("46.93") * 191 / 100)
        assert (row.pace_basis, row.history_years) == ("position; reference: revenue", 0)

    def test_one_year_is_shrunk_towards_the_reference(self):
        row = line(LAST_YEAR, "budget_revenue", "2024-Q2")
        # ln 0.4693 + 0.62 (ln 0.35 - ln 0.4693), by the reference's between_share
        assert row.expected_pct == pytest.approx(Decimal("39.127"), abs=Decimal("0.0005"))
        assert row.pace_basis == "position; history: 2023; reference: revenue"
        assert (row.pace_status, row.pace_vi) == (None, None)  # nothing reported yet
        assert row.history_years == 1

    def test_three_years_stand_alone(self):
        before = years(y2021=(20, 45, 70, 100), y2022=(22, 50, 73, 100), y2023=(24, 40, 71, 100))
        found = seen_as("budget_revenue", 200, observation("2024-Q2", 90), before, plan=200)
        assert found.expected_pct == pytest.approx(Decimal("44.81"), abs=Decimal("0.005"))  # (45·50·40)^(1/3)
        assert found.pace_basis == "probability; history: 2021, 2022, 2023"
        assert found.history_years == 3

    @pytest.mark.parametrize(
        "history",
        [
            Evidence((), ()),
            revenue(2023, 30, 70, 100),
            revenue(2023, 0, 0, 0, 0),
            revenue(2023, 30, 70, 200, 200),
            revenue(2023, 190, 194, 197, 200),
        ],
        ids=["none", "no Q4", "an empty year", "nothing new in Q4", "a plan booked in Q1"],
    )
    def test_a_year_that_tells_nothing_is_no_history(self, history: Evidence):
        row = line(history, "budget_revenue", "2024-Q1")
        assert (row.history_years, row.pace_basis) == (0, "position; reference: revenue")

    def test_a_gap_silences_its_quarter_alone(self):
        """Q2 was never reported: what Q1 and Q3 had reached of the year is known all the same."""
        history = together(*(report("budget_revenue", f"2023-Q{n}", {"revenue_ytd": 10 * n}) for n in (1, 3, 4)))
        found = [line(history, "budget_revenue", f"2024-Q{n}").history_years for n in (1, 2, 3)]
        assert found == [1, 0, 1]

    def test_a_year_is_no_history_of_itself(self):
        row = line(together(LAST_YEAR, revenue(2024, 10, 20, 30, 40)), "budget_revenue", "2023-Q1")
        assert row.history_years == 0

    def test_the_newest_version_of_the_earlier_year_counts(self):
        corrected = report(
            "budget_revenue",
            "2023-Q4",
            {"revenue_ytd": 300},
            Sent(file="dinh_chinh.xlsx", received_at=at(2024, 7, 1)),
        )
        evidence = together(LAST_YEAR, corrected)
        before = line(evidence, "budget_revenue", "2024-Q1", at(2024, 6, 1)).expected_pct
        after = line(evidence, "budget_revenue", "2024-Q1", at(2024, 8, 1)).expected_pct
        assert before is not None
        assert after is not None
        assert after / before == pytest.approx(Decimal(1.5**-0.62))  # the share fell by a third, weighed with 0.62

    def test_without_reference_or_years_it_is_a_straight_line_and_says_so(self):
        row = line(Evidence((), ()), "industrial_output", "2024-Q1")
        assert (row.expected_pct, row.pace_basis) == (25, "position; straight_line")
        assert (row.forecast, row.forecast_method) == (None, Method.TOO_FEW_YEARS)

    def test_a_year_on_two_price_bases_gives_no_shares_but_another_basis_than_this_years_does(self):
        def industry(year: int, bases: list[str]) -> Evidence:
            return together(
                *(
                    report("industry", f"{year}-Q{n}", {"industrial_output_ytd": 100 * n * n}, Sent(basis=basis))
                    for n, basis in enumerate(bases, start=1)
                )
            )

        old, new = "so sánh 2010", "hiện hành"
        mixed = line(
            together(industry(2023, [old, old, new, new]), industry(2024, [new])), "industrial_output", "2024-Q1"
        )
        assert mixed.pace_basis == "position; straight_line"
        whole = line(together(industry(2023, [old] * 4), industry(2024, [new])), "industrial_output", "2024-Q1")
        assert whole.pace_basis == "position; history: 2023"
        assert whole.expected_pct == pytest.approx(Decimal("6.25"))


class TestForecastOfAFlow:
    def test_plan_and_season_together(self):
        """The example of docs/method.md, in tỷ đồng."""
        before = years(y2023=(20, 40, 70, 100))
        found = seen_as("budget_revenue", 100, observation("2024-Q2", 44), before, plan=100)
        assert found.forecast == pytest.approx(Decimal("103.12"), abs=Decimal("0.005"))
        assert found.forecast_low == pytest.approx(Decimal("99.84"), abs=Decimal("0.005"))
        assert found.forecast_high == pytest.approx(Decimal("111.79"), abs=Decimal("0.005"))
        assert found.probability_pct == pytest.approx(Decimal("88.98"), abs=Decimal("0.005"))
        assert (found.forecast_method, found.pace_status) == (Method.PLAN_AND_SEASON, "on_pace")
        assert found.pace_basis == "probability; history: 2023; reference: revenue"

    def test_the_total_does_not_hang_on_the_plan_it_is_compared_with(self):
        evidence = together(LAST_YEAR, revenue(2024, 40))
        rows = [line(evidence, "budget_revenue", "2024-Q1", plan=plan) for plan in PlanSource]
        assert len({row.forecast for row in rows}) == 1
        chances = {row.target: row.probability_pct for row in rows}
        assert chances[Decimal(165)] > chances[Decimal(191)]

    def test_spending_has_no_record_of_plans_and_goes_by_its_season(self):
        found = seen_as("development_spending", 60, observation("2024-Q2", 24), plan=60)
        assert found.forecast == pytest.approx(Decimal("56.39"), abs=Decimal("0.005"))
        assert found.probability_pct == pytest.approx(Decimal("36.04"), abs=Decimal("0.005"))
        assert found.forecast_method == Method.SEASON

    def test_a_plan_of_0_is_no_prior(self):
        targets = [
            Target(
                code="budget_revenue",
                plan_source=source,
                value=value,
                unit="tỷ đồng",
                direction=Direction.AT_LEAST,
                clause="1",
            )
            for source, value in ((PlanSource.COUNCIL, Decimal(0)), (PlanSource.PARTY_RESOLUTION, Decimal(7)))
        ]
        profile = CATALOGUE.profiles.of("revenue")
        assert prior_plan(targets, "budget_revenue", profile) == 7
        assert prior_plan(targets[:1], "budget_revenue", profile) is None
        assert prior_plan(targets, "development_spending", CATALOGUE.profiles.of("spending")) is None

    def test_with_nothing_reported_in_q1_the_plan_alone_speaks_of_the_year_and_not_of_pace(self):
        found = seen_as("budget_revenue", 100, observation("2024-Q1", None), plan=100)
        assert found.forecast == pytest.approx(Decimal("104.08"))
        assert (found.forecast_method, found.pace_status) == (Method.PLAN_ALONE, None)

    @pytest.mark.parametrize("value", [0, -3, "1e-400"])
    def test_nothing_in_by_q1_is_not_behind_beside_a_plan_that_makes_the_target_likely(self, value: Amount):
        found = seen_as("budget_revenue", 100, observation("2024-Q1", value), plan=100)
        assert (found.forecast_method, found.pace_status) == (Method.PLAN_ALONE, None)
        assert found.probability_pct is not None
        assert found.probability_pct > 50
        assert found.pace_basis == "position; reference: revenue"

    @pytest.mark.parametrize(
        ("value", "method", "pace"),
        [(None, Method.NO_FIGURE, None), (0, Method.NOTHING_IN_YET, "behind"), (-3, Method.NOTHING_IN_YET, "behind")],
    )
    def test_after_q1_nothing_in_supports_no_forecast(self, value: Amount, method: Method, pace: str | None):
        found = seen_as("budget_revenue", 100, observation("2024-Q2", value), plan=100)
        assert (found.forecast, found.forecast_low, found.probability_pct) == (None, None, None)
        assert (found.forecast_method, found.pace_status) == (method, pace)
        assert found.expected_pct == pytest.approx(Decimal("46.93"))

    def test_without_a_plan_record_nothing_in_q1_supports_nothing(self):
        found = seen_as("development_spending", 60, observation("2024-Q1", None), plan=60)
        assert (found.forecast, found.forecast_method) == (None, Method.NO_FIGURE)

    def test_a_history_of_one_year_forecasts_no_kind_without_a_reference(self):
        before = years(y2023=(20, 45, 70, 100))
        found = seen_as("jobs", 100, observation("2024-Q2", 30), before)
        assert (found.forecast, found.forecast_method, found.history_years) == (None, Method.TOO_FEW_YEARS, 1)
        assert (found.pace_status, found.pace_basis) == ("behind", "position; history: 2023")

    def test_three_years_do(self):
        before = years(y2021=(20, 45, 70, 100), y2022=(22, 50, 73, 100), y2023=(24, 40, 71, 100))
        found = seen_as("jobs", 100, observation("2024-Q2", 30), before)
        assert found.forecast == pytest.approx(Decimal(30) / Decimal("0.4481"), abs=Decimal("0.01"))
        assert (found.forecast_method, found.pace_status) == (Method.SEASON, "behind")

    def test_the_forecast_is_never_below_what_is_in(self):
        before = years(y2021=(20, 45, 110, 100), y2022=(22, 50, 112, 100), y2023=(24, 40, 111, 100))
        found = seen_as("jobs", 100, observation("2024-Q3", 90), before)
        assert (found.forecast, found.forecast_low) == (90, 90)
        assert found.expected_pct == 100


class TestPaceOfAFlow:
    @pytest.mark.parametrize(
        ("value", "status"),
        [(30, "behind"), (43, "behind"), (44, "on_pace"), (48, "on_pace"), (60, "on_pace"), (90, "ahead")],
    )
    def test_it_comes_from_the_probability(self, value: int, status: str):
        found = seen_as("development_spending", 110, observation("2024-Q2", value))
        assert found.probability_pct is not None
        by_thresholds = (
            "ahead" if found.probability_pct >= 95 else "behind" if found.probability_pct < 33 else "on_pace"
        )
        assert found.pace_status == status == by_thresholds

    def test_a_back_loaded_line_is_not_behind_when_its_own_history_was_so_too(self):
        now = report("budget_spending", "2024-Q2", {"investment_spending_ytd": 29})  # 36 % of 80
        before = yearly_flow("budget_spending", "investment_spending_ytd", 2023, (10, 25, 45, 75))
        with_history = line(together(before, now), "development_spending", "2024-Q2")
        assert (with_history.pace_status, with_history.pace_vi) == ("on_pace", "đúng tiến độ")
        without = line(now, "development_spending", "2024-Q2")
        assert (without.pace_status, without.pace_vi) == ("behind", "chậm tiến độ")

    def test_overshoot_is_ahead_and_certain(self):
        found = seen_as("budget_revenue", 100, observation("2024-Q2", 120), plan=100)
        assert (found.probability_pct, found.pace_status) == (100, "ahead")
        assert found.forecast is not None
        assert found.forecast >= 120

    @pytest.mark.parametrize(("value", "status"), [("27.00", "on_pace"), ("27.01", "ahead"), ("22.99", "behind")])
    def test_by_position_only_beyond_the_tolerance_is_ahead_or_behind(self, value: str, status: str):
        found = seen_as("jobs", 100, observation("2024-Q1", value))
        assert (found.pace_status, found.pace_basis) == (status, "position; straight_line")

    @pytest.mark.parametrize(
        ("value", "probability", "status"), [(0, None, "on_pace"), (5, 100, "on_pace"), (None, None, None)]
    )
    def test_at_least_0_asks_for_nothing(self, value: Amount, probability: int | None, status: str | None):
        found = seen_as("development_spending", 0, observation("2024-Q2", value))
        assert (found.probability_pct, found.pace_status, found.expected) == (probability, status, 0)


class TestAtMostFlow:
    AT_MOST = Direction.AT_MOST

    def test_the_probability_is_that_of_staying_below(self):
        low, high = (
            seen_as("development_spending", 60, observation("2024-Q2", value), direction=self.AT_MOST)
            for value in (15, 40)
        )
        assert low.probability_pct is not None
        assert high.probability_pct is not None
        assert low.probability_pct > 95
        assert high.probability_pct < 33
        assert (low.pace_status, high.pace_status) == ("ahead", "behind")

    def test_what_is_passed_cannot_be_met_any_more(self):
        found = seen_as("development_spending", 60, observation("2024-Q2", 61), direction=self.AT_MOST)
        assert (found.probability_pct, found.pace_status) == (0, "behind")

    @pytest.mark.parametrize(("value", "status"), [(0, "on_pace"), (5, "behind")])
    def test_at_most_0_is_kept_only_by_0(self, value: int, status: str):
        found = seen_as("jobs", 0, observation("2024-Q2", value), direction=self.AT_MOST)
        assert found.pace_status == status


class TestYearKnown:
    def test_in_q4_the_forecast_is_the_figure_and_there_is_no_probability(self):
        found = seen_as("budget_revenue", 100, observation("2024-Q4", 98), plan=100)
        assert (found.forecast, found.forecast_low, found.forecast_high) == (98, 98, 98)
        assert (found.probability_pct, found.forecast_method) == (None, Method.REPORTED)
        assert (found.pace_status, found.expected_pct, found.expected) == ("behind", 100, 100)

    def test_an_estimate_is_called_one(self):
        found = seen_as("budget_revenue", 100, observation("2024-Q4", 101, status=ObsStatus.ESTIMATE))
        assert (found.forecast_method, found.pace_status) == (Method.REPORTED_ESTIMATE, "on_pace")

    def test_without_a_figure_there_is_none(self):
        found = seen_as("budget_revenue", 100, observation("2024-Q4", None), plan=100)
        assert (found.forecast, found.forecast_method, found.pace_status) == (None, Method.NO_FIGURE, None)

    @pytest.mark.parametrize(("value", "status"), [("102.01", "ahead"), ("102", "on_pace"), ("99.99", "behind")])
    def test_who_fell_short_is_behind_by_however_little(self, value: str, status: str):
        assert seen_as("budget_revenue", 100, observation("2024-Q4", value)).pace_status == status


class TestRates:
    @pytest.mark.parametrize(
        ("value", "status"),
        [("91.9", "behind"), ("92", "on_pace"), ("93", "on_pace"), ("94", "on_pace"), ("94.1", "ahead")],
    )
    def test_a_ratio_goes_straight_from_last_years_end_to_the_target(self, value: str, status: str):
        """From 89 to 97 in four steps of 2: 93 by midyear, on pace within half a step."""
        found = seen_as("solid_waste", 97, observation("2024-Q2", value), [observation("2023-Q4", 89)])
        assert (found.expected, found.pace_status) == (93, status)
        assert found.pace_basis == "position; path from 2023-Q4"
        assert (found.forecast, found.probability_pct, found.forecast_method) == (None, None, None)

    def test_a_targets_own_baseline_comes_first(self):
        indicator = CATALOGUE.indicator("solid_waste")
        promised = Target(
            code=indicator.code,
            plan_source=PlanSource.COUNCIL,
            value=Decimal(96),
            unit="%",
            direction=Direction.AT_LEAST,
            clause="1",
            baseline=Decimal(92),
        )
        seen = observation("2024-Q1", 93)
        before = {Quarter(2023, 4): observation("2023-Q4", 80)}
        found = outlook(CATALOGUE.profiles, Line(indicator, promised, seen, before, reached=False), None)
        assert (found.expected, found.pace_status) == (93, "on_pace")

    @pytest.mark.parametrize(("value", "status"), [("96", "on_pace"), ("99", "on_pace"), ("95.9", "behind")])
    @pytest.mark.parametrize("baseline", [96, 97])
    def test_where_the_target_stood_already_it_has_to_be_kept(self, baseline: int, value: str, status: str):
        found = seen_as("solid_waste", 96, observation("2024-Q1", value), [observation("2023-Q4", baseline)])
        assert (found.expected, found.pace_status) == (96, status)

    @pytest.mark.parametrize(("value", "status"), [("1.0", "ahead"), ("1.2", "on_pace"), ("1.5", "behind")])
    def test_an_at_most_path_goes_down(self, value: str, status: str):
        found = seen_as(
            "solid_waste",
            "0.8",
            observation("2024-Q2", value),
            [observation("2023-Q4", "1.6")],
            direction=Direction.AT_MOST,
        )
        assert (found.expected, found.pace_status) == (Decimal("1.2"), status)

    def test_a_path_down_to_0_needs_no_division(self):
        found = seen_as(
            "solid_waste", 0, observation("2024-Q2", 2), [observation("2023-Q4", 4)], direction=Direction.AT_MOST
        )
        assert (found.expected, found.pace_status) == (2, "on_pace")

    @pytest.mark.parametrize(("value", "status"), [("0.70", "on_pace"), ("0.71", "behind")])
    def test_a_rate_over_the_year_is_compared_with_the_target_at_once(self, value: str, status: str):
        found = seen_as("natural_increase", "0.7", observation("2024-Q2", value), direction=Direction.AT_MOST)
        assert (found.expected, found.pace_status, found.pace_basis) == (Decimal("0.7"), status, "position; target")

    def test_a_change_begins_at_0(self):
        found = seen_as("poverty_reduction", "0.4", observation("2024-Q2", "0.1"))
        assert (found.expected, found.pace_status, found.pace_basis) == (
            Decimal("0.2"),
            "behind",
            "position; path from 0",
        )

    def test_a_missing_figure_of_a_quarterly_ratio_has_a_level_to_expect_and_no_pace(self):
        found = seen_as("solid_waste", 97, observation("2024-Q2", None), [observation("2023-Q4", 89)])
        assert (found.expected, found.pace_status) == (93, None)

    @pytest.mark.parametrize(
        ("code", "seen", "before"),
        [
            ("clean_water", observation("2024-Q2", None), [observation("2023-Q4", 93)]),
            ("clean_water", observation("2024-Q2", 93, carried=True), [observation("2023-Q4", 93)]),
            ("solid_waste", observation("2024-Q2", 93), []),
            ("solid_waste", observation("2024-Q2", 93), [observation("2023-Q4", None)]),
            ("solid_waste", observation("2024-Q2", 93), [observation("2023-Q4", 93, carried=True)]),
        ],
        ids=["no survey yet", "last year's survey", "no last year", "last year unknown", "an older survey"],
    )
    def test_where_nothing_is_known_nothing_is_said(self, code: str, seen: Observation, before: list[Observation]):
        assert seen_as(code, 95, seen, before) == NOTHING

    @pytest.mark.parametrize(("value", "status"), [("95.00", "on_pace"), ("94.60", "behind")])
    def test_in_q4_the_figure_is_the_years(self, value: str, status: str):
        found = seen_as("clean_water", 95, observation("2024-Q4", value))
        assert (found.forecast, found.forecast_method, found.pace_status) == (Decimal(value), Method.REPORTED, status)


def test_a_direction_that_is_not_known_gets_no_answer():
    indicator: Indicator = CATALOGUE.indicator("budget_revenue")
    seen = observation("2024-Q1", 20)
    promised = Target(
        code=indicator.code,
        plan_source=PlanSource.COUNCIL,
        value=Decimal(100),
        unit=indicator.unit,
        direction=Direction.AT_LEAST,
        clause="1",
    )
    unknown = promised.model_copy(update={"direction": "between"})
    assert outlook(CATALOGUE.profiles, Line(indicator, unknown, seen, {}, None), Decimal(100)) == NOTHING
    assert outlook(CATALOGUE.profiles, Line(indicator, promised, seen, {}, None), Decimal(100)) != NOTHING


def test_every_method_has_its_vietnamese_word():
    assert set(CATALOGUE.words["forecast_method"]) == set(Method)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(-10, 10**6)),
    st.integers(0, 10**6),
    st.lists(st.lists(st.integers(0, 10**6), min_size=4, max_size=4), max_size=4),
    st.sampled_from(["budget_revenue", "development_spending", "jobs"]),
    st.sampled_from(list(Direction)[:2]),
)
def test_whatever_the_figures_a_flows_outlook_is_whole(  # noqa: PLR0913, PLR0917 - what hypothesis draws
    number: int, value: int | None, target: int, before: list[list[int]], code: str, direction: Direction
):
    history = years(**{f"y{2023 - back}": figures for back, figures in enumerate(before)})
    found = seen_as(
        code, target, observation(f"2024-Q{number}", value), history, direction=direction, plan=target or None
    )
    assert found.expected_pct is not None
    assert 0 <= found.expected_pct <= 100
    assert (found.forecast is None) == (found.probability_pct is None)
    assert value is not None or found.pace_status is None
    if found.forecast is not None:
        assert found.forecast_low is not None
        assert found.forecast_high is not None
        assert found.probability_pct is not None
        assert (value or 0) <= found.forecast_low <= found.forecast <= found.forecast_high
        assert 0 <= found.probability_pct <= 100


def outlook_of_size(target: Amount, seen: Observation, before: Sequence[Observation], plan: Amount) -> Outlook:
    """Of a figure that no comparison would take."""
    indicator = CATALOGUE.indicator("budget_revenue")
    promised = Target(
        code=indicator.code,
        plan_source=PlanSource.COUNCIL,
        value=Decimal(target or 0),
        unit=indicator.unit,
        direction=Direction.AT_LEAST,
        clause="1",
    )
    history = {one.quarter: one for one in [*before, seen]}
    what = Line(indicator, promised, seen, history, seen.value is not None and seen.value >= promised.value)
    return outlook(CATALOGUE.profiles, what, None if plan is None else Decimal(plan))


@pytest.mark.parametrize(
    ("value", "plan", "method"),
    [
        ("1e-400", 100, Method.NOTHING_IN_YET),
        ("1e40", 100, Method.NO_FIGURE),
        ("1e400", None, Method.NO_FIGURE),
        ("-1e400", 100, Method.NOTHING_IN_YET),
        (40, "1e400", Method.SEASON),
        (40, "1e-400", Method.SEASON),
        ("1e17", "1e-8", Method.PLAN_AND_SEASON),
        ("1e-8", "1e17", Method.PLAN_AND_SEASON),
    ],
)
@pytest.mark.parametrize("target", [100, "1e400", "1e-400"])
def test_sizes_that_no_figure_has_are_no_ground_for_a_forecast(
    value: Amount, plan: Amount, method: Method, target: Amount
):
    before = years(
        y2021=("1e-400", "1e-300", 70, 100), y2022=(1, 2, 3, "1e400"), y2023=("1e-8", "1e400", "1e17", "1e18")
    )
    found = outlook_of_size(target, observation("2024-Q2", value), before, plan)
    assert found.forecast_method == method
    forecasts = (found.forecast, found.forecast_low, found.forecast_high, found.probability_pct)
    if method in {Method.NO_FIGURE, Method.NOTHING_IN_YET}:
        assert forecasts == (None,) * 4
    else:
        assert all(number is not None and number.is_finite() for number in forecasts)


def test_a_figure_that_can_be_none_leaves_q1_without_even_the_plans_forecast():
    found = outlook_of_size(100, observation("2024-Q1", "1e40"), (), 100)
    assert (found.forecast, found.forecast_method) == (None, Method.NO_FIGURE)


def test_the_same_figures_give_the_same_bits():
    evidence = together(LAST_YEAR, revenue(2024, 40))
    first, second = (line(evidence, "budget_revenue", "2024-Q1") for _ in range(2))
    assert replace(first, reason=None) == replace(second, reason=None)
