"""Observations beside targets: met, exceeded, gap, status, cùng kỳ; per line and per ward; and the count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import Direction, ObsStatus, PlanSource
from lagi_pipeline.catalogue.place import Resolution
from lagi_pipeline.indicators.attainment import attain, attain_by_unit, quarters_to_observe
from lagi_pipeline.indicators.model import Attainment, Evidence, Observation, UnitAttainment
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline.indicators.summary import count_main_lines
from lagi_pipeline.indicators.verdict import RESULT_STATUSES, compare, due_day
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    LONG_AFTER,
    PLACE,
    RESOLUTIONS,
    TOWN,
    URBAN,
    WARDS,
    Number,
    Sent,
    asked,
    attained,
    each,
    line,
    quarter,
    refused,
    report,
    together,
    yearly_flow,
)

ESTIMATE = Sent(obs_status=ObsStatus.ESTIMATE)
EMPTY = Evidence((), ())


def revenue(*numbers: Number, year: int = 2024) -> Evidence:
    return yearly_flow("budget_revenue", "revenue_ytd", year, numbers)


def year_end_revenue(number: Number, sent: Sent | None = None) -> Evidence:
    return report("budget_revenue", "2024-Q4", {"revenue_ytd": number}, sent)


def water(when: str, hygienic: int, households: int = 10000, sent: Sent | None = None, clean: int = 0) -> Evidence:
    """Town totals without wards, for exact rates."""
    said = {
        "water_survey_households": households,
        "hygienic_water_households": hygienic,
        "clean_water_households": clean,
    }
    return report("water", when, said, sent)


def waste(when: str, treated: int, generated: int = 10000, sent: Sent | None = None) -> Evidence:
    said = {"waste_generated": generated, "waste_treated": treated}
    said |= {"waste_generated_ytd": generated, "waste_treated_ytd": treated}
    return report("waste", when, said, sent)


def population(births: Number, quarters: Iterable[int] = (1, 2, 3, 4)) -> Evidence:
    """A population of 100 000 without deaths: so many births each quarter, 175 of them are 0,7 % over the year."""
    said = {"births": births, "deaths": 0, "population_start": 100000, "population_end": 100000}
    return together(*(report("population", f"2024-Q{n}", said) for n in quarters))


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00")


class TestMet:
    @pytest.mark.parametrize(
        ("number", "status", "gap"),
        [
            ("190.96", "not_met", "-0.04"),  # 191,0 to one decimal, and still short
            ("190.999", "not_met", "-0.001"),
            ("191", "met", "0"),
            ("191.004", "met", "0.004"),  # published as 191,00
            ("191.005", "exceeded", "0.005"),  # published as 191,01
            ("200", "exceeded", "9"),
        ],
    )
    def test_a_flow_is_compared_unrounded_and_exceeds_as_published(self, number: str, status: str, gap: str):
        row = line(year_end_revenue(number), "budget_revenue", "2024-Q4")
        assert (row.result_status, row.gap) == (status, Decimal(gap))
        assert row.status_vi == {"not_met": "không đạt", "met": "đạt", "exceeded": "vượt"}[status]
        with localcontext(prec=34):
            assert row.attainment_pct == Decimal(number) * 100 / 191

    def test_a_published_figure_that_seems_to_reach_the_target_is_explained(self):
        row = line(year_end_revenue("190.999"), "budget_revenue", "2024-Q4")
        assert row.reason == "số chưa làm tròn 190,999 tỷ đồng còn dưới chỉ tiêu"
        assert line(year_end_revenue("190.96"), "budget_revenue", "2024-Q4").reason is None

    @pytest.mark.parametrize(
        ("households", "without", "status"),
        [(27416, 0, "met"), (27416, 1, "not_met"), (27416, 2, "not_met"), (100, 1, "not_met"), (10**7, 1, "not_met")],
    )
    def test_a_hundred_per_cent_means_every_household(self, households: int, without: int, status: str):
        row = line(water("2024-Q4", households - without, households), "hygienic_water", "2024-Q4")
        assert row.result_status == status  # and never exceeded
        assert row.gap is not None
        assert (row.gap >= 0) is (without == 0)

    def test_the_hundred_that_is_only_rounded_says_so(self):
        row = line(water("2024-Q4", 27415, 27416), "hygienic_water", "2024-Q4")
        assert "số chưa làm tròn 99,996352 % còn dưới chỉ tiêu (27.415/27.416)" in str(row.reason)

    @pytest.mark.parametrize(
        ("treated", "status", "gap"),
        [
            (95994, "not_met", "-0.01"),  # 95,994 is compared as 95,99
            (95995, "met", "0"),  # a half goes up: 96,00
            (96004, "met", "0"),
            (96005, "exceeded", "0.01"),
        ],
    )
    def test_a_rate_is_compared_to_two_decimals_half_up(self, treated: int, status: str, gap: str):
        row = line(waste("2024-Q4", treated, 100000), "solid_waste", "2024-Q4")
        assert (row.result_status, row.gap) == (status, Decimal(gap))
        assert row.actual == Decimal(treated) / 1000  # what is stored is not rounded

    @pytest.mark.parametrize(
        ("births", "status", "gap"),
        [("150", "met", "0.10"), ("176", "met", "0"), ("176.5", "not_met", "-0.01"), ("250", "not_met", "-0.30")],
    )
    def test_at_most_is_met_from_below_and_never_exceeded(self, births: str, status: str, gap: str):
        row = line(population(births), "natural_increase", "2024-Q4")
        assert (row.result_status, row.gap) == (status, Decimal(gap))
        assert row.attainment_pct is None

    def test_nothing_lies_above_a_capped_target(self):
        indicator = CATALOGUE.indicator("solid_waste")
        seen = observation("solid_waste", Decimal(101), Decimal(101), Decimal(100))
        capped, below_cap = (compare(indicator, asked(indicator, target), seen) for target in ("100", "99.5"))
        assert capped is not None
        assert below_cap is not None
        assert (capped.reached, capped.exceeded, below_cap.exceeded) == (True, False, True)

    def test_each_plan_is_judged_by_itself(self):
        rows = {
            row.plan_source: row.result_status
            for row in attained(year_end_revenue(170))
            if (row.indicator_code, row.quarter) == ("budget_revenue", "2024-Q4")
        }
        assert rows == {
            PlanSource.PARTY_RESOLUTION: "not_met",
            PlanSource.COUNCIL: "not_met",
            PlanSource.PROVINCE: "exceeded",
        }

    def test_a_target_of_nothing_has_no_attainment(self):
        [resolution] = [r for r in RESOLUTIONS if r.year == 2024]
        nothing = tuple(target.model_copy(update={"value": Decimal(0)}) for target in resolution.targets)
        [row] = [
            row
            for row in attained(year_end_revenue(5), resolutions=[replace(resolution, targets=nothing)])
            if (row.indicator_code, row.quarter, row.plan_source)
            == ("budget_revenue", "2024-Q4", PlanSource.PARTY_RESOLUTION)
        ]
        assert (row.attainment_pct, row.pace_status, row.result_status) == (None, "on_pace", "exceeded")


class TestStatusOfAFlow:
    @pytest.mark.parametrize("when", ["2024-Q1", "2024-Q2", "2024-Q3"])
    def test_it_is_met_from_the_moment_it_reaches_the_target_else_under_way(self, when: str):
        evidence = report("budget_revenue", when, {"revenue_ytd": 192})
        assert line(evidence, "budget_revenue", when).result_status == "exceeded"
        short = report("budget_revenue", when, {"revenue_ytd": 100})
        assert line(short, "budget_revenue", when).result_status == "in_progress"

    @pytest.mark.parametrize(
        ("on", "status"), [("2025-01-10", "in_progress"), ("2025-01-31", "in_progress"), ("2025-02-01", "not_met")]
    )
    def test_a_budget_line_is_missed_only_after_the_closing_day(self, on: str, status: str):
        row = line(year_end_revenue(150), "budget_revenue", "2024-Q4", day(on))
        assert row.result_status == status
        assert ("31/01/2025" in str(row.reason)) is (status == "in_progress")

    @pytest.mark.parametrize(("on", "status"), [("2024-12-31", "in_progress"), ("2025-01-01", "not_met")])
    def test_other_flows_close_with_the_year(self, on: str, status: str):
        exports = report("exports", "2024-Q4", {"export_value_ytd": 150}, Sent(received_at=day("2024-12-20")))
        assert line(exports, "export_turnover", "2024-Q4", day(on)).result_status == status

    def test_an_estimate_is_never_a_miss_but_may_be_met(self):
        assert line(year_end_revenue(150, ESTIMATE), "budget_revenue", "2024-Q4").result_status == "in_progress"
        assert "ước" in str(line(year_end_revenue(150, ESTIMATE), "budget_revenue", "2024-Q4").reason)
        assert line(year_end_revenue(195, ESTIMATE), "budget_revenue", "2024-Q4").result_status == "exceeded"

    def test_without_a_figure_it_is_not_reported_or_returned(self):
        unreported = line(EMPTY, "budget_revenue", "2024-Q2")
        assert (unreported.result_status, unreported.status_vi) == ("no_data", "chưa báo cáo")
        assert "Phòng Tài chính - Kế hoạch chưa báo cáo" in str(unreported.reason)
        returned = line(refused("budget_revenue", "2024-Q2", "thu.xlsx", "tệp rỗng"), "budget_revenue", "2024-Q2")
        assert (returned.result_status, returned.status_vi) == ("no_data", "đã trả lại, chờ chỉnh sửa")
        assert (returned.actual, returned.gap, returned.attainment_pct) == (None, None, None)
        assert "thu.xlsx" in str(returned.reason)


class TestStatusOfARate:
    @pytest.mark.parametrize("treated", [9460, 9900])
    def test_within_the_year_it_is_under_way_and_says_its_level(self, treated: int):
        row = line(waste("2024-Q2", treated), "solid_waste", "2024-Q2")
        assert (row.result_status, row.status_vi) == ("in_progress", "đang thực hiện")
        level = {9460: "đang ở mức 94,60 %", 9900: "đang ở mức 99,00 %"}[treated]
        assert level in str(row.reason)

    @pytest.mark.parametrize(("treated", "status"), [(9500, "not_met"), (9600, "met"), (9700, "exceeded")])
    def test_a_quarterly_rate_is_judged_in_the_fourth_quarter(self, treated: int, status: str):
        assert line(waste("2024-Q4", treated), "solid_waste", "2024-Q4").result_status == status

    def test_a_yearly_rate_is_judged_after_its_due_day(self):
        # Hạt Kiểm lâm has 45 days: until 14/02/2025, longer than Phòng Kinh tế with its crops
        sent = Sent(received_at=day("2025-01-05"))
        evidence = together(
            report("forestry", "2024-Q4", {"forest_area": 4000, "natural_area": 10000}, sent),
            report("forestry_crops", "2024-Q4", {"perennial_crop_area": 2500}, sent),
        )
        early = line(evidence, "green_cover", "2024-Q4", day("2025-02-14"))
        assert (early.result_status, early.actual, early.gap) == ("not_due", 65, 1)
        assert "hạn gửi 14/02/2025" in str(early.reason)
        assert line(evidence, "green_cover", "2024-Q4", day("2025-02-15")).result_status == "exceeded"

    def test_the_last_office_to_send_decides_the_due_day(self):
        slow_crops = tuple(
            office.model_copy(update={"days_to_send": 60}) if "crops" in office.feeds else office
            for office in PLACE.offices
        )
        indicator, when = CATALOGUE.indicator("green_cover"), quarter("2024-Q4")
        assert due_day(CATALOGUE, PLACE, indicator, when) == date(2025, 2, 14)
        assert due_day(CATALOGUE, replace(PLACE, offices=slow_crops), indicator, when) == date(2025, 3, 1)

    @pytest.mark.parametrize(
        ("when", "on", "status"),
        [
            ("2024-Q2", "2024-07-20", "not_due"),
            ("2024-Q4", "2025-02-14", "not_due"),
            ("2024-Q4", "2025-02-15", "no_data"),
        ],
    )
    def test_a_yearly_line_without_figure_is_not_due_before_its_day(self, when: str, on: str, status: str):
        row = line(EMPTY, "green_cover", when, day(on))
        assert (row.result_status, row.actual) == (status, None)

    def test_a_yearly_line_that_was_sent_back_is_not_merely_not_due(self):
        evidence = refused("forestry", "2024-Q4", "forestry/rung.xlsx", "tệp rỗng", day("2025-01-05"))
        row = line(evidence, "green_cover", "2024-Q4", day("2025-01-20"))
        assert (row.result_status, row.status_vi) == ("no_data", "đã trả lại, chờ chỉnh sửa")

    def test_natural_increase_within_the_year_keeps_its_indicative_figure(self):
        row = line(population(175, [1]), "natural_increase", "2024-Q1")
        assert (row.result_status, row.actual, row.reason) == (
            "not_due",
            Decimal("0.7"),
            "tính theo số toàn thị xã La Gi, báo cáo không chia phường, xã; ước tính quy năm, tham khảo",
        )

    def test_natural_increase_is_judged_once_the_year_is_in(self):
        evidence = population(300)
        assert line(evidence, "natural_increase", "2024-Q4", day("2025-01-15")).result_status == "not_due"
        assert line(evidence, "natural_increase", "2024-Q4", day("2025-01-16")).result_status == "not_met"

    def test_at_most_is_never_missed_on_an_estimate(self):
        said = {"births": 300, "deaths": 0, "population_start": 100000, "population_end": 100000}
        evidence = together(population(300, [1, 2, 3]), report("population", "2024-Q4", said, ESTIMATE))
        assert line(evidence, "natural_increase", "2024-Q4").result_status == "in_progress"

    def test_a_carried_survey_is_shown_within_the_year(self):
        row = line(water("2023-Q4", 9460), "hygienic_water", "2024-Q3")
        assert (row.result_status, row.actual, row.as_of) == ("in_progress", Decimal("94.6"), date(2023, 12, 31))
        assert "khảo sát gần nhất, số liệu đến ngày 31/12/2023" in str(row.reason)
        assert "đang ở mức 94,60 %" in str(row.reason)

    def test_last_years_survey_does_not_judge_this_year(self):
        evidence = water("2023-Q4", 10000)
        waiting = line(evidence, "hygienic_water", "2024-Q4", day("2025-01-15"))
        assert (waiting.result_status, waiting.actual) == ("not_due", 100)
        owed = line(evidence, "hygienic_water", "2024-Q4", day("2025-01-16"))
        assert (owed.result_status, owed.actual, owed.numerator, owed.gap) == ("no_data", None, None, None)
        assert "chỉ để tham khảo: 100,00 %" in str(owed.reason)
        assert "Phòng Quản lý đô thị chưa báo cáo" in str(owed.reason)

    def test_a_survey_earlier_in_the_year_does(self):
        row = line(water("2024-Q2", 10000), "hygienic_water", "2024-Q4")
        assert (row.result_status, row.actual) == ("met", 100)

    def test_a_survey_sent_back_leaves_the_year_without_figure(self):
        evidence = together(water("2023-Q4", 9460), refused("water", "2024-Q4", "nuoc.xlsx", "tệp rỗng"))
        row = line(evidence, "hygienic_water", "2024-Q4")
        assert (row.result_status, row.actual, row.status_vi) == ("no_data", None, "đã trả lại, chờ chỉnh sửa")


class TestOnLastYear:
    def test_a_fall_to_80_9_per_cent_is_a_fall_of_19_1(self):
        row = line(together(revenue(100, year=2023), revenue("80.9")), "budget_revenue", "2024-Q1")
        assert (row.yoy_index_pct, row.yoy_change_pct) == (Decimal("80.9"), Decimal("-19.1"))

    def test_rates_change_in_points_without_an_index(self):
        row = line(together(waste("2023-Q2", 9460), waste("2024-Q2", 9300)), "solid_waste", "2024-Q2")
        assert (row.yoy_index_pct, row.yoy_change_pct) == (None, Decimal("-1.6"))

    @pytest.mark.parametrize(
        ("then", "index", "change"), [("so sánh 2010", 110, 10), ("hiện hành", None, None), (None, None, None)]
    )
    def test_industry_compares_on_the_same_price_basis_only(
        self, then: str | None, index: int | None, change: int | None
    ):
        evidence = together(
            report("industry", "2023-Q1", {"industrial_output_ytd": 400}, Sent(basis=then)),
            report("industry", "2024-Q1", {"industrial_output_ytd": 440}, Sent(basis="so sánh 2010")),
        )
        row = line(evidence, "industrial_output", "2024-Q1")
        assert (row.yoy_index_pct, row.yoy_change_pct) == (index, change)
        assert ("giá khác nhau" in str(row.reason)) is (index is None)

    @pytest.mark.parametrize("last", [[], [0]])
    def test_nothing_last_year_is_no_comparison(self, last: list[int]):
        row = line(together(revenue(*last, year=2023), revenue(50)), "budget_revenue", "2024-Q1")
        assert (row.yoy_index_pct, row.yoy_change_pct) == (None, None)

    def test_a_carried_survey_is_not_compared_with_itself(self):
        evidence = together(water("2022-Q4", 9000), water("2023-Q4", 9460))
        assert line(evidence, "hygienic_water", "2023-Q4").yoy_change_pct == Decimal("4.6")
        assert line(evidence, "hygienic_water", "2024-Q1").yoy_change_pct is None
        assert line(together(evidence, water("2024-Q1", 9470)), "hygienic_water", "2024-Q1").yoy_change_pct is None
        own_last_year = together(water("2023-Q2", 9000), water("2023-Q4", 9460))
        assert line(own_last_year, "hygienic_water", "2024-Q2").yoy_change_pct is None


class TestOfTheQuarter:
    def test_it_is_the_difference_of_two_running_totals(self):
        evidence = revenue(40, 95, 90)
        quarters = [line(evidence, "budget_revenue", f"2024-Q{n}").actual_quarter for n in range(1, 5)]
        assert quarters == [40, 55, -5, None]

    def test_it_is_unknown_when_the_quarter_before_is(self):
        evidence = together(revenue(40), report("budget_revenue", "2024-Q3", {"revenue_ytd": 120}))
        assert line(evidence, "budget_revenue", "2024-Q3").actual == 120
        assert line(evidence, "budget_revenue", "2024-Q3").actual_quarter is None

    def test_two_price_bases_do_not_subtract(self):
        evidence = together(
            report("industry", "2024-Q1", {"industrial_output_ytd": 400}, Sent(basis="so sánh 2010")),
            report("industry", "2024-Q2", {"industrial_output_ytd": 900}, Sent(basis="hiện hành")),
        )
        assert line(evidence, "industrial_output", "2024-Q2").actual_quarter is None

    def test_rates_have_none(self):
        assert line(waste("2024-Q1", 9000), "solid_waste", "2024-Q1").actual_quarter is None


class TestTable:
    def test_every_target_plan_and_quarter_that_has_begun_has_one_row_in_order(self):
        rows = attained(EMPTY, day("2024-07-01"))
        keys = [(row.quarter, row.indicator_code, row.plan_source) for row in rows]
        assert len(set(keys)) == len(keys) == 4 * 14 + 3 * 15
        assert max(row.quarter for row in rows) == "2024-Q3"
        assert [row.quarter for row in rows] == sorted(row.quarter for row in rows)
        codes = [indicator.code for indicator in CATALOGUE.indicators]
        of_one = [codes.index(code) for when, code, _ in keys if when == "2024-Q1"]
        assert of_one == sorted(of_one)
        assert [plan for when, code, plan in keys if (when, code) == ("2024-Q1", "budget_revenue")] == list(PlanSource)

    def test_a_quarter_that_has_not_begun_is_not_judged(self):
        assert max(row.quarter for row in attained(EMPTY, day("2024-06-30"))) == "2024-Q2"

    def test_an_observation_that_was_not_computed_is_our_own_error(self):
        with pytest.raises(KeyError):
            attain(CATALOGUE, PLACE, RESOLUTIONS, {}, LONG_AFTER)

    def test_the_time_of_evaluation_is_stored_and_marks_are_passed_on(self):
        row = line(year_end_revenue(150, Sent(is_sample=True)), "budget_revenue", "2024-Q4", day("2025-03-01"))
        assert row.evaluated_at == day("2025-03-01")
        assert (row.actual_is_illustrative, row.target_is_illustrative) == (True, False)
        council = line(EMPTY, "budget_revenue", "2024-Q4", plan=PlanSource.COUNCIL)
        assert (council.actual_is_illustrative, council.target_is_illustrative) == (False, True)

    def test_no_places_no_quarters(self):
        assert quarters_to_observe(PLACE, [], LONG_AFTER) == []
        assert [str(q) for q in quarters_to_observe(PLACE, RESOLUTIONS, day("2023-02-01"))] == ["2022-Q4", "2023-Q1"]


def by_unit(evidence: Evidence, evaluated_at: datetime = LONG_AFTER) -> list[UnitAttainment]:
    quarters = quarters_to_observe(PLACE, RESOLUTIONS, evaluated_at)
    observations = observe(CATALOGUE, PLACE, evidence, evaluated_at, quarters, RESOLUTIONS)
    return attain_by_unit(CATALOGUE, PLACE, RESOLUTIONS, observations, evaluated_at)


class TestByUnit:
    def test_the_lines_that_are_reported_per_ward(self):
        assert {row.indicator_code for row in by_unit(EMPTY)} == {
            "hygienic_water",
            "clean_water",
            "solid_waste",
            "natural_increase",
            "jobs",
            "trained_labour",
            "poverty_reduction",
            "collected_over_generated",
            "treated_over_collected",
            "share_of_placed",
            "poor_household_rate",
        }

    def test_a_yearly_line_has_no_empty_rows_within_the_year(self):
        def quarters(evidence: Evidence) -> set[str]:
            return {row.quarter for row in by_unit(evidence) if row.indicator_code == "hygienic_water"}

        said = {"water_survey_households": each(100), "hygienic_water_households": each(90)}
        assert quarters(EMPTY) == {"2023-Q4", "2024-Q4"}
        assert quarters(report("water", "2024-Q2", said)) == {"2023-Q4", "2024-Q2", "2024-Q3", "2024-Q4"}
        back = report("water", "2023-Q2", {}, Sent(rejected=each("sai tổng")))
        assert quarters(back) == {"2023-Q2", "2023-Q4", "2024-Q4"}

    def test_urban_lines_have_rows_of_the_phuong_only(self):
        rows = [row for row in by_unit(EMPTY) if (row.indicator_code, row.quarter) == ("solid_waste", "2024-Q1")]
        assert [row.unit_code for row in rows] == URBAN
        assert all(row.urban for row in rows)

    def test_a_rate_stands_beside_the_towns_target(self):
        said = {
            "water_survey_households": each(100),
            "hygienic_water_households": {**each(100), "23237": 99},
            "clean_water_households": each(96),
        }
        rows = {(r.indicator_code, r.unit_code): r for r in by_unit(report("water", "2024-Q4", said)) if r.year == 2024}
        assert (rows["hygienic_water", "23237"].town_target, rows["hygienic_water", "23237"].gap) == (100, -1)
        assert (rows["hygienic_water", "23248"].gap, rows["clean_water", "23248"].gap) == (0, 1)
        assert rows["clean_water", "23248"].share_of_town_pct is None
        assert rows["clean_water", "23237"].unit_name_vi == "phường Bình Tân"
        assert rows["clean_water", "23248"].unit_name_vi == "xã Tân Bình"

    def test_the_town_target_is_the_leading_plans(self):
        def with_council(resolution: Resolution) -> Resolution:
            [clean] = [target for target in resolution.targets if target.code == "clean_water"]
            council = clean.model_copy(update={"plan_source": PlanSource.COUNCIL, "value": Decimal(80)})
            return replace(resolution, targets=(council, *resolution.targets))

        resolutions = [with_council(resolution) for resolution in RESOLUTIONS]
        observations = observe(
            CATALOGUE, PLACE, EMPTY, LONG_AFTER, quarters_to_observe(PLACE, RESOLUTIONS, LONG_AFTER), resolutions
        )
        rows = attain_by_unit(CATALOGUE, PLACE, resolutions, observations, LONG_AFTER)
        assert {r.town_target for r in rows if (r.year, r.indicator_code) == (2024, "clean_water")} == {95}

    def test_companions_have_no_target(self):
        said = {"poor_households": each(2), "poverty_review_households": each(100)}
        rows = [r for r in by_unit(report("poverty", "2024-Q4", said)) if r.indicator_code == "poor_household_rate"]
        [one, *_] = [row for row in rows if row.quarter == "2024-Q4"]
        assert (one.actual, one.town_target, one.gap) == (2, None, None)

    def test_a_flow_has_its_share_of_the_town(self):
        said = {"jobs_placed": {**each(10), "23231": 20}}
        rows = {
            r.unit_code: r
            for r in by_unit(report("employment", "2024-Q1", said))
            if r.quarter == "2024-Q1" and r.indicator_code == "jobs"
        }
        assert (rows["23231"].share_of_town_pct, rows["23232"].share_of_town_pct) == (20, 10)
        assert rows["23231"].town_target is None
        assert len(rows) == len(WARDS)

    def test_there_is_no_share_of_a_town_with_a_missing_ward(self):
        said = {"jobs_placed": {unit: 10 for unit in WARDS if unit != "23231"}}
        rows = [
            r
            for r in by_unit(report("employment", "2024-Q1", said))
            if (r.quarter, r.indicator_code) == ("2024-Q1", "jobs")
        ]
        assert {row.share_of_town_pct for row in rows} == {None}
        assert {row.actual for row in rows} == {10, None}


class TestCount:
    def test_main_lines_of_the_leading_plan_are_counted_and_sub_lines_are_not(self):
        evidence = together(
            report("budget_revenue", "2024-Q4", {"revenue_ytd": 170}),  # enough for the province's plan only
            report("exports", "2024-Q4", {"export_value_ytd": 190}),
            water("2024-Q4", 10000, clean=9000),  # 5 met, its part 5a missed
            waste("2024-Q4", 9600),
            report("employment", "2024-Q4", {"jobs_placed": 1, "jobs_placed_ytd": 2700}, ESTIMATE),
            report("budget_spending", "2024-Q4", {"investment_spending_ytd": 70}, ESTIMATE),
        )
        rows = [row for row in attained(evidence, day("2025-02-05")) if row.quarter == "2024-Q4"]
        counted = count_main_lines(statuses(rows, PlanSource.PARTY_RESOLUTION))
        assert counted == {
            "exceeded": 2,
            "met": 2,
            "not_met": 1,
            "in_progress": 1,
            "not_due": 1,
            "no_data": 3,
        }
        assert sum(counted.values()) == 10
        assert count_main_lines(statuses(rows, PlanSource.PROVINCE))["exceeded"] == 1


def statuses(rows: list[Attainment], plan: PlanSource) -> list[tuple[str | None, str]]:
    return [(row.ordinal, row.result_status) for row in rows if row.plan_source is plan]


def observation(code: str, value: Decimal, numerator: Decimal | None, denominator: Decimal | None) -> Observation:
    return Observation(
        indicator_code=code,
        unit_code=TOWN,
        quarter=quarter("2024-Q4"),
        value=value,
        numerator=numerator,
        denominator=denominator,
        obs_status=ObsStatus.FINAL,
        as_of=date(2024, 12, 31),
        is_illustrative=False,
        basis=None,
        reason=None,
    )


def half_up_by_hand(value: Decimal) -> Decimal:
    """To two decimals in whole hundredths, independent of the context's rounding."""
    hundredths = int((abs(value) * 100 + Decimal("0.5")) // 1)
    return Decimal(hundredths) / 100 * (1 if value >= 0 else -1)


amounts = st.decimals(min_value=0, max_value=400, places=4)


@settings(deadline=None)
@given(amounts, amounts)
@example(Decimal("190.96"), Decimal(191))
@example(Decimal("190.9955"), Decimal("190.996"))  # published as 191,00
def test_a_flow_has_a_gap_from_0_on_exactly_when_it_reaches_the_target(value: Decimal, target: Decimal):
    revenue = CATALOGUE.indicator("budget_revenue")
    found = compare(revenue, asked(revenue, target), observation("budget_revenue", value, None, None))
    assert found is not None
    assert (found.gap >= 0) is (value >= target) is found.reached
    assert not found.exceeded or found.reached


@settings(deadline=None)
@given(st.integers(0, 30000), st.integers(1, 30000), st.sampled_from(["0.7", "64", "95", "99.995", "100"]))
@example(27415, 27416, "100")
@example(99996, 100000, "100")
def test_a_rate_has_a_gap_from_0_on_exactly_when_it_is_met(numerator: int, denominator: int, target_text: str):
    assume(numerator <= denominator)
    target = Decimal(target_text)
    with localcontext(prec=34):
        value = Decimal(numerator) * 100 / denominator
    seen = observation("solid_waste", value, Decimal(numerator), Decimal(denominator))
    waste_treated = CATALOGUE.indicator("solid_waste")
    found = compare(waste_treated, asked(waste_treated, target), seen)
    assert found is not None
    met = numerator == denominator if target == 100 else half_up_by_hand(value) >= target
    assert (found.gap >= 0) is met
    assert not (found.exceeded and target == 100)

    at_most = CATALOGUE.indicator("natural_increase")
    below = compare(at_most, asked(at_most, target), replace(seen, indicator_code=at_most.code))
    assert below is not None
    assert (below.gap >= 0) is (half_up_by_hand(value) <= target)
    assert not below.exceeded


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 400), st.integers(0, 11000), st.integers(0, 400), st.dates(date(2024, 10, 1), date(2025, 4, 1)))
def test_words_and_gaps_of_every_row_agree(money: int, part: int, births: int, on: date):
    evidence = together(
        revenue(money // 4, money // 2, money, money),
        waste("2024-Q4", part),
        population(births),
        water("2023-Q4", part),
    )
    for row in attained(evidence, datetime.combine(on, datetime.min.time())):
        assert row.result_status in RESULT_STATUSES
        assert (row.gap is None) is (row.actual is None)
        if row.result_status in {"met", "exceeded"}:
            assert row.gap is not None
            assert row.gap >= 0
        if row.result_status == "not_met":
            assert row.gap is not None
            assert row.gap < 0
        if row.result_status == "no_data":
            assert row.actual is None
            assert row.reason
        assert row.direction is Direction.AT_LEAST or row.attainment_pct is None


def test_another_reading_of_a_line_is_a_note_and_never_its_figure():
    labour = report("employment_labour", "2024-Q4", {"trained_workers": each(78), "labour_force": each(100)})
    placed = together(
        *(
            report("employment", f"2024-Q{number}", {"jobs_placed": each(10), "jobs_placed_trained": each(6)})
            for number in (1, 2, 3, 4)
        )
    )
    rows = attained(together(labour, placed))
    [found] = [row for row in rows if (row.indicator_code, row.quarter) == ("trained_labour", "2024-Q4")]
    assert found.actual == 78
    assert found.reason == ("cách hiểu khác, tỷ lệ đã qua đào tạo trong số người được giải quyết việc làm: 60,00 %")
    assert line(labour, "trained_labour", "2024-Q4").reason is None
