"""The figure of every indicator, for the town and its wards, and the words where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Context, Decimal, localcontext
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import Accumulation, ObsStatus
from lagi_pipeline.indicators.figures import quarterly_forms
from lagi_pipeline.indicators.model import Evidence, Observation
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    LONG_AFTER,
    PLACE,
    RESOLUTIONS,
    TOWN,
    URBAN,
    WARDS,
    Sent,
    at,
    each,
    observed,
    quarter,
    refused,
    report,
    together,
    town,
    yearly_flow,
)

BINH_TAN, TAN_BINH, TAN_AN = "23237", "23248", "23235"


def waste(when: str, generated: int = 100, treated: int = 96, sent: Sent | None = None) -> Evidence:
    said = {"waste_generated": each(generated, URBAN), "waste_treated": each(treated, URBAN)}
    return report("waste", when, said, sent)


def water(when: str, households: int = 1000, hygienic: int = 946, sent: Sent | None = None) -> Evidence:
    said = {"water_survey_households": each(households), "hygienic_water_households": each(hygienic)}
    return report("water", when, said, sent)


def jobs(when: str, number: int, sent: Sent | None = None) -> Evidence:
    return report("employment", when, {"jobs_placed": each(number)}, sent)


def poverty(when: str, poor: int, households: int = 1000, sent: Sent | None = None) -> Evidence:
    said = {"poor_households": each(poor), "poverty_review_households": each(households)}
    return report("poverty", when, said, sent)


def population(when: str, births: int, deaths: int, start: int = 1000, end: int = 1000) -> Evidence:
    said = {
        "births": each(births),
        "deaths": each(deaths),
        "population_start": each(start),
        "population_end": each(end),
    }
    return report("population", when, said)


class TestSums:
    def test_a_printed_running_total_is_taken_as_printed(self):
        revenue = yearly_flow("budget_revenue", "revenue_ytd", 2024, ["40.5", "38.25"])
        assert town(revenue, "budget_revenue", "2024-Q2").value == Decimal("38.25")  # a fall is shown, not clamped

    def test_flows_of_the_quarters_add_up_from_the_first_of_january(self):
        evidence = together(jobs("2023-Q4", 1000), jobs("2024-Q1", 10), jobs("2024-Q2", 20), jobs("2024-Q3", 30))
        assert town(evidence, "jobs", "2024-Q3").value == 60 * len(WARDS)

    def test_a_missing_second_quarter_leaves_no_year_to_date(self):
        found = town(together(waste("2024-Q1"), waste("2024-Q3")), "solid_waste", "2024-Q3")
        assert (found.value, found.returned) == (None, False)
        assert found.reason == ("thiếu quý II: Phòng Tài nguyên và Môi trường chưa báo cáo “Chất thải rắn” quý II/2024")

    def test_a_printed_luy_ke_needs_no_earlier_quarter(self):
        said = {
            "waste_generated": each(1, URBAN),
            "waste_generated_ytd": each(300, URBAN),
            "waste_treated": each(1, URBAN),
            "waste_treated_ytd": each(279, URBAN),
        }
        assert town(report("waste", "2024-Q3", said), "solid_waste", "2024-Q3").value == 93

    def test_the_running_total_is_decided_per_ward(self):
        printed = {**each(5), TAN_AN: 6}
        del printed[BINH_TAN]
        third = report("employment", "2024-Q3", {"jobs_placed": each(1), "jobs_placed_ytd": printed})
        evidence = together(jobs("2024-Q1", 10), jobs("2024-Q2", 20), third)
        found = observed(evidence, "2024-Q3")
        assert found["jobs", BINH_TAN, "2024-Q3"].value == 10 + 20 + 1
        assert found["jobs", TAN_AN, "2024-Q3"].value == 6
        assert found["jobs", TOWN, "2024-Q3"].value == 5 * 7 + 6 + 31

    def test_a_ratio_over_the_period_divides_the_sums(self):
        evidence = together(waste("2024-Q1", 100, 50), waste("2024-Q2", 300, 300))
        found = town(evidence, "solid_waste", "2024-Q2")
        assert (found.value, found.numerator, found.denominator) == (Decimal("87.5"), 350 * 5, 400 * 5)

    def test_three_readings_of_the_waste_line_stand_beside_each_other(self):
        said = {
            "waste_generated": each(200, URBAN),
            "waste_collected": each(160, URBAN),
            "waste_treated": each(120, URBAN),
        }
        found = observed(report("waste", "2024-Q1", said), "2024-Q1")
        codes = ("solid_waste", "collected_over_generated", "treated_over_collected")
        assert [found[code, TOWN, "2024-Q1"].value for code in codes] == [60, 80, 75]

    def test_a_corrected_first_quarter_travels_through_the_year(self):
        corrected = Sent(file="dinh_chinh.xlsx", as_of=date(2024, 3, 31), received_at=at(2024, 9, 1))
        evidence = together(*(jobs(f"2024-Q{n}", 10 * n) for n in range(1, 5)), jobs("2024-Q1", 50, corrected))
        quarters = [f"2024-Q{n}" for n in range(1, 5)]
        before = observed(evidence, *quarters, known_at=at(2024, 8, 31))
        after = observed(evidence, *quarters)
        assert [before["jobs", TAN_AN, q].value for q in quarters] == [10, 30, None, None]  # not yet received
        assert [after["jobs", TAN_AN, q].value for q in quarters] == [50, 70, 100, 140]

    def test_the_column_a_report_does_not_have_is_named(self):
        found = town(jobs("2024-Q1", 10), "share_of_placed", "2024-Q1")
        assert found.value is None
        assert "không có số liệu “Được giải quyết việc làm đã qua đào tạo”" in str(found.reason)


class TestWards:
    def test_one_missing_ward_leaves_the_town_without_a_figure(self):
        said = {"water_survey_households": each(1000), "hygienic_water_households": each(946)}
        for numbers in said.values():
            del numbers[TAN_BINH]
        found = observed(report("water", "2024-Q4", said), "2024-Q4")
        line = found["hygienic_water", TOWN, "2024-Q4"]
        assert (line.value, line.returned) == (None, False)
        assert line.reason == "thiếu số liệu xã Tân Bình (quý IV/2024)"
        assert found["hygienic_water", TAN_BINH, "2024-Q4"].value is None
        # Bình Tân (phường) and Tân Bình (xã) are different units: told apart by code
        assert found["hygienic_water", BINH_TAN, "2024-Q4"].value == Decimal("94.6")

    def test_a_rejected_ward_is_told_from_a_missing_one(self):
        said = {
            "water_survey_households": {u: 1000 for u in WARDS if u != TAN_AN},
            "hygienic_water_households": {u: 946 for u in WARDS if u != TAN_AN},
        }
        evidence = report("water", "2024-Q4", said, Sent(rejected={TAN_AN: "hợp vệ sinh lớn hơn tổng số hộ"}))
        found = town(evidence, "hygienic_water", "2024-Q4")
        assert (found.value, found.returned) == (None, True)
        assert found.reason == "dòng bị trả lại: phường Tân An, quý IV/2024 (hợp vệ sinh lớn hơn tổng số hộ)"

    def test_the_ward_is_needed_in_every_quarter_of_the_sum(self):
        second = report("employment", "2024-Q2", {"jobs_placed": {u: 1 for u in WARDS if u != TAN_AN}})
        found = observed(together(jobs("2024-Q1", 1), second, jobs("2024-Q3", 1)), "2024-Q1", "2024-Q3")
        assert found["jobs", TOWN, "2024-Q1"].value == len(WARDS)
        assert found["jobs", TOWN, "2024-Q3"].reason == "thiếu số liệu phường Tân An (quý II/2024)"
        assert found["jobs", BINH_TAN, "2024-Q3"].value == 3

    def test_an_urban_line_asks_the_phuong_only(self):
        found = observed(waste("2024-Q1"), "2024-Q1")
        assert found["solid_waste", TOWN, "2024-Q1"].value == 96
        assert {unit for code, unit, _ in found if code == "solid_waste"} == {TOWN, *URBAN}

    def test_rows_of_the_xa_do_not_count_in_an_urban_line(self):
        said = {"waste_generated": each(100), "waste_treated": {**each(0), **each(96, URBAN)}}
        assert town(report("waste", "2024-Q1", said), "solid_waste", "2024-Q1").value == 96

    def test_a_town_total_without_wards_is_used_and_said(self):
        evidence = report("waste", "2024-Q1", {"waste_generated": 500, "waste_treated": 480})
        found = observed(evidence, "2024-Q1")
        line = found["solid_waste", TOWN, "2024-Q1"]
        assert line.value == 96
        assert line.reason == "tính theo số toàn thị xã La Gi, báo cáo không chia phường, xã"
        ward = found["solid_waste", BINH_TAN, "2024-Q1"]
        assert (ward.value, ward.reason) == (None, "báo cáo “Chất thải rắn” quý I/2024 không chia phường, xã")

    def test_a_town_total_beside_ward_rows_does_not_fill_a_gap(self):
        numbers = {TOWN: 500} | {unit: 100 for unit in URBAN if unit != TAN_AN}
        evidence = report("waste", "2024-Q1", {"waste_generated": numbers, "waste_treated": numbers})
        assert town(evidence, "solid_waste", "2024-Q1").reason == "thiếu số liệu phường Tân An (quý I/2024)"

    def test_a_quarter_of_town_totals_adds_to_quarters_of_wards(self):
        total_only = report("waste", "2024-Q2", {"waste_generated": 500, "waste_treated": 430})
        found = town(together(waste("2024-Q1"), total_only, waste("2024-Q3")), "solid_waste", "2024-Q3")
        assert (found.numerator, found.denominator) == (480 + 430 + 480, 1500)
        assert "quý II: tính theo số toàn thị xã" in str(found.reason)

    def test_a_reused_code_is_another_ward_after_the_merger(self):
        """23246 was xã Tân Tiến until 30/06/2025 and is xã Tân Hải, of 23245 and 23246, from 01/07/2025."""
        old = [unit.code for unit in PLACE.units_on(date(2025, 6, 30))]
        new = [unit.code for unit in PLACE.units_on(date(2025, 7, 1))]
        numbers = {code: 10 ** (position % 4) for position, code in enumerate(old)}
        evidence = together(
            *(report("employment", f"2025-Q{n}", {"jobs_placed": numbers}) for n in (1, 2)),
            report("employment", "2025-Q3", {"jobs_placed": each(7, new)}),
        )
        found = observed(evidence, "2025-Q2", "2025-Q3")
        assert found["jobs", "23246", "2025-Q2"].value == 2 * numbers["23246"]
        assert found["jobs", "23246", "2025-Q3"].value == 2 * (numbers["23245"] + numbers["23246"]) + 7
        assert ("jobs", "23245", "2025-Q3") not in found
        assert found["jobs", TOWN, "2025-Q3"].value == 2 * sum(numbers.values()) + 21

    def test_a_place_without_phuong_has_no_urban_figure_rather_than_nought(self):
        rural = replace(PLACE, units=tuple(unit for unit in PLACE.units if not unit.urban))
        found = observed(report("waste", "2024-Q1", {"waste_generated": each(1)}), "2024-Q1", place=rural)
        line = found["solid_waste", TOWN, "2024-Q1"]
        assert (line.value, line.reason) == (None, "không có phường, xã nào thuộc phạm vi tính của thị xã La Gi")


class TestStocks:
    def test_a_quarter_without_survey_carries_the_last_one(self):
        last = Sent(as_of=date(2023, 12, 20), obs_status=ObsStatus.PRELIMINARY)
        found = observed(together(water("2022-Q4", hygienic=1), water("2023-Q4", sent=last)), "2024-Q2")
        line = found["hygienic_water", TOWN, "2024-Q2"]
        assert (line.value, line.numerator, line.carried) == (Decimal("94.6"), 946 * len(WARDS), True)
        assert (line.as_of, line.obs_status) == (date(2023, 12, 20), ObsStatus.PRELIMINARY)
        assert line.reason == "khảo sát gần nhất, số liệu đến ngày 20/12/2023"
        assert found["hygienic_water", TAN_AN, "2024-Q2"].carried

    def test_a_survey_of_its_own_is_not_carried(self):
        found = town(together(water("2023-Q4"), water("2024-Q4", hygienic=990)), "hygienic_water", "2024-Q4")
        assert (found.value, found.carried, found.reason) == (99, False, None)

    def test_a_survey_with_a_missing_ward_is_not_papered_over_by_the_last_one(self):
        partly = report(
            "water", "2024-Q4", {"water_survey_households": each(9), "hygienic_water_households": {TAN_AN: 9}}
        )
        found = observed(together(water("2023-Q4"), partly), "2024-Q4")
        assert found["hygienic_water", TOWN, "2024-Q4"].value is None
        assert found["hygienic_water", TAN_AN, "2024-Q4"].value == 100

    def test_the_fourth_quarter_says_that_its_survey_is_owed(self):
        found = town(water("2023-Q4"), "hygienic_water", "2024-Q4")
        assert found.reason == (
            "Phòng Quản lý đô thị chưa báo cáo “Nước sinh hoạt” quý IV/2024; "
            "khảo sát gần nhất, số liệu đến ngày 31/12/2023"
        )

    def test_other_stocks_are_not_carried(self):
        forest = report("forestry", "2023-Q4", {"forest_area": 1, "natural_area": 2})
        found = town(forest, "forest_rate", "2024-Q1")
        assert (found.value, found.carried) == (None, False)
        assert found.reason == "“Diện tích rừng và cây lâu năm” báo cáo mỗi năm một lần, vào quý IV"

    def test_green_cover_adds_perennial_crops_and_takes_off_those_on_forest_land(self):
        forest = report("forestry", "2024-Q4", {"forest_area": 4000, "natural_area": 10000})
        crops = {"perennial_crop_area": 2500, "crops_on_forest_land": 100}
        found = town(together(forest, report("forestry_crops", "2024-Q4", crops)), "green_cover", "2024-Q4")
        assert (found.value, found.reason) == (64, None)

    def test_crops_on_forest_land_may_be_absent_and_that_is_said(self):
        forest = report("forestry", "2024-Q4", {"forest_area": 4000, "natural_area": 10000})
        found = town(
            together(forest, report("forestry_crops", "2024-Q4", {"perennial_crop_area": 2500})),
            "green_cover",
            "2024-Q4",
        )
        assert (found.value, found.reason) == (65, "không có dòng trừ: cây lâu năm trên đất rừng")

    def test_forest_and_crops_wider_than_the_town_give_no_figure(self):
        forest = report("forestry", "2024-Q4", {"forest_area": 4000, "natural_area": 6000})
        crops = report("forestry_crops", "2024-Q4", {"perennial_crop_area": 2500, "crops_on_forest_land": 0})
        found = town(together(forest, crops), "green_cover", "2024-Q4")
        assert (found.value, found.numerator) == (None, 6500)
        assert found.reason == "tính ra 108,33 %, cao hơn mức có thể (100 %): kiểm tra số liệu"

    def test_the_office_that_owes_the_crops_is_named(self):
        forest = report("forestry", "2024-Q4", {"forest_area": 4000, "natural_area": 10000})
        found = observed(forest, "2024-Q4")
        assert found["forest_rate", TOWN, "2024-Q4"].value == 40
        reason = str(found["green_cover", TOWN, "2024-Q4"].reason)
        assert reason.startswith("Phòng Kinh tế chưa báo cáo “Diện tích rừng và cây lâu năm” quý IV/2024")
        assert "Kiểm lâm" not in reason

    def test_nothing_to_divide_by_is_no_figure(self):
        said = {"trained_workers": each(0), "labour_force": each(0)}
        found = town(report("employment_labour", "2024-Q4", said), "trained_labour", "2024-Q4")
        assert (found.value, found.denominator) == (None, 0)
        assert found.reason == "không tính được tỷ lệ: mẫu số bằng 0"

    def test_targeted_capital_counts_only_where_the_place_says_so(self):
        said = {"investment_spending_ytd": 20, "targeted_capital_ytd": 5}
        evidence = report("budget_spending", "2024-Q1", said)
        with_it = replace(PLACE, file=PLACE.file.model_copy(update={"include_targeted_capital": True}))
        key = ("development_spending", TOWN, "2024-Q1")
        assert observed(evidence, "2024-Q1")[key].value == 20
        assert observed(evidence, "2024-Q1", place=with_it)[key].value == 25
        assert observed(evidence, "2024-Q1")["targeted_capital", TOWN, "2024-Q1"].value == 5


class TestPopulation:
    def test_the_rate_of_the_year_is_over_the_mean_population(self):
        evidence = together(*(population(f"2024-Q{n}", 5, 3, start=990 + n, end=1010 + n) for n in range(1, 5)))
        found = town(evidence, "natural_increase", "2024-Q4")
        mean = Decimal(991 + 1014) / 2 * len(WARDS)
        assert (found.numerator, found.denominator) == (8 * len(WARDS), mean)
        with localcontext(prec=34):
            assert found.value == found.numerator * 100 / mean

    @pytest.mark.parametrize(("when", "quarters", "expected"), [("2024-Q1", 1, "0.8"), ("2024-Q3", 3, "0.8")])
    def test_within_the_year_it_is_annualised(self, when: str, quarters: int, expected: str):
        evidence = together(*(population(f"2024-Q{n}", 5, 3) for n in range(1, quarters + 1)))
        assert town(evidence, "natural_increase", when).value == Decimal(expected)

    def test_a_missing_quarter_leaves_no_rate_and_names_who_owes_it(self):
        found = town(together(population("2024-Q1", 5, 3), population("2024-Q3", 5, 3)), "natural_increase", "2024-Q3")
        assert found.reason == "thiếu quý II: Trung tâm Y tế chưa báo cáo “Biến động dân số” quý II/2024"


class TestPoverty:
    def test_the_fall_is_in_points_since_the_end_of_last_year(self):
        found = observed(together(poverty("2023-Q4", 25), poverty("2024-Q4", 20)), "2024-Q4")
        line = found["poverty_reduction", TOWN, "2024-Q4"]
        assert (line.value, line.numerator, line.denominator) == (Decimal("0.5"), 20 * 9, 9000)
        assert found["poor_household_rate", TOWN, "2024-Q4"].value == 2

    def test_a_rise_of_poverty_is_a_negative_fall(self):
        assert town(
            together(poverty("2023-Q4", 20), poverty("2024-Q4", 25)), "poverty_reduction", "2024-Q4"
        ).value == -(Decimal("0.5"))

    def test_the_baseline_of_the_targets_steps_in_for_the_town_alone(self):
        [resolution] = [r for r in RESOLUTIONS if r.year == 2024]
        targets = tuple(
            target.model_copy(update={"baseline": Decimal("2.4")}) if target.code == "poverty_reduction" else target
            for target in resolution.targets
        )
        with_baseline = [replace(resolution, targets=targets)]
        found = observed(poverty("2024-Q4", 20), "2024-Q4", resolutions=with_baseline)
        line = found["poverty_reduction", TOWN, "2024-Q4"]
        assert line.value == Decimal("0.4")
        assert line.reason == "tỷ lệ cuối năm 2023 lấy theo kế hoạch (II.B.10): 2,40 %"
        assert found["poverty_reduction", TAN_AN, "2024-Q4"].value is None
        own = observed(together(poverty("2023-Q4", 25), poverty("2024-Q4", 20)), "2024-Q4", resolutions=with_baseline)
        assert own["poverty_reduction", TOWN, "2024-Q4"].value == Decimal("0.5")  # the file leads

    def test_without_a_baseline_there_is_no_figure(self):
        found = town(poverty("2024-Q4", 20), "poverty_reduction", "2024-Q4")
        assert (found.value, found.numerator) == (None, 180)
        assert str(found.reason).startswith("không có tỷ lệ cuối năm 2023 để so sánh; thiếu quý IV/2023: ")

    def test_a_corrected_review_moves_the_next_years_fall(self):
        later = Sent(file="dinh_chinh.xlsx", as_of=date(2023, 12, 31), received_at=at(2024, 6, 1))
        evidence = together(poverty("2023-Q4", 25), poverty("2023-Q4", 27, sent=later), poverty("2024-Q4", 20))
        assert town(evidence, "poverty_reduction", "2024-Q4").value == Decimal("0.7")


class TestGaps:
    def test_nothing_is_known_before_it_is_received(self):
        revenue = yearly_flow("budget_revenue", "revenue_ytd", 2024, [40])
        at = revenue.vintages[0].received_at
        assert town(revenue, "budget_revenue", "2024-Q1", at).value == 40
        before = town(revenue, "budget_revenue", "2024-Q1", at.replace(hour=8))
        assert (before.value, before.returned) == (None, False)
        assert before.reason == "Phòng Tài chính - Kế hoạch chưa báo cáo “Thu ngân sách” quý I/2024"

    def test_a_refused_file_is_returned_not_unreported(self):
        evidence = refused("budget_revenue", "2024-Q1", "thu.xlsx", "trang tính “Sheet1” không có dòng A")
        found = town(evidence, "budget_revenue", "2024-Q1")
        assert (found.value, found.returned) == (None, True)
        assert found.reason == (
            "đã trả lại, chờ chỉnh sửa: Phòng Tài chính - Kế hoạch, “Thu ngân sách” quý I/2024, "
            "tệp thu.xlsx: trang tính “Sheet1” không có dòng A"
        )
        assert not town(evidence, "budget_revenue", "2024-Q2").returned
        assert not town(evidence, "development_spending", "2024-Q1").returned
        assert not town(evidence, "budget_revenue", "2024-Q1", at(2024, 4, 1)).returned  # not yet sent

    def test_a_refused_newer_file_is_mentioned_beside_the_figure_of_the_last_good_one(self):
        good = yearly_flow("budget_revenue", "revenue_ytd", 2024, [40])
        late = refused("budget_revenue", "2024-Q1", "moi.xlsx", "tệp rỗng", at(2024, 5, 1))
        early = refused("budget_revenue", "2024-Q1", "cu.xlsx", "tệp rỗng", at(2024, 4, 1))
        found = town(together(good, late, early), "budget_revenue", "2024-Q1")
        assert (found.value, found.reason) == (40, "bản mới hơn (moi.xlsx) đã trả lại: tệp rỗng")

    def test_a_newer_version_with_a_problem_is_mentioned(self):
        good = yearly_flow("budget_revenue", "revenue_ytd", 2024, [40])
        bad = report(
            "budget_revenue",
            "2024-Q1",
            {},
            Sent(file="moi.xlsx", received_at=at(2024, 5, 1), problem="dòng A bị trả lại"),
        )
        assert town(together(good, bad), "budget_revenue", "2024-Q1").reason == (
            "bản mới hơn (moi.xlsx) đã trả lại: dòng A bị trả lại"
        )
        alone = town(bad, "budget_revenue", "2024-Q1")
        assert (alone.value, alone.returned) == (None, True)
        assert "tệp moi.xlsx: dòng A bị trả lại" in str(alone.reason)

    def test_contradicting_files_are_both_named(self):
        one, two = (
            report("budget_revenue", "2024-Q1", {"revenue_ytd": number}, Sent(file=f"{number}.xlsx"))
            for number in (40, 41)
        )
        found = town(together(one, two), "budget_revenue", "2024-Q1")
        assert (found.value, found.returned) == (None, True)
        assert "40.xlsx, 41.xlsx" in str(found.reason)

    def test_a_withdrawn_report_is_said_to_be_withdrawn(self):
        gone = report(
            "budget_revenue", "2024-Q1", {"revenue_ytd": 40}, Sent(file="rut.xlsx", withdrawn_at=at(2024, 4, 20))
        )
        found = town(gone, "budget_revenue", "2024-Q1")
        assert (found.value, found.returned) == (None, False)
        assert found.reason == "đã rút lại: “Thu ngân sách” quý I/2024, tệp rut.xlsx"

    @pytest.mark.parametrize(
        ("file", "feed", "returned"),
        [
            ("crops/2024-Q4/cay.xlsx", "forestry", {"crops"}),
            ("cay.xlsx", "crops", {"crops"}),
            ("forestry/2024-Q4/rung.xlsx", "forestry", {"forest"}),
            ("rung.xlsx", "forestry", {"forest", "crops"}),
        ],
    )
    def test_a_refused_file_concerns_the_form_of_its_folder(self, file: str, feed: str, returned: set[str]):
        found = observed(refused(feed, "2024-Q4", file, "tệp rỗng"), "2024-Q4")
        assert found["forest_rate", TOWN, "2024-Q4"].returned is ("forest" in returned)
        only_forest = report("forestry", "2024-Q4", {"forest_area": 1, "natural_area": 2})
        both = observed(together(only_forest, refused(feed, "2024-Q4", file, "tệp rỗng")), "2024-Q4")
        assert both["green_cover", TOWN, "2024-Q4"].returned is ("crops" in returned)

    def test_the_yearly_tables_are_not_owed_every_quarter(self):
        forms = quarterly_forms(CATALOGUE)
        assert {"population", "employment", "waste", "industry"} <= forms
        assert not forms & {"employment_labour", "water", "poverty", "forestry", "forestry_crops"}
        trained = town(jobs("2024-Q2", 1), "trained_labour", "2024-Q2")
        assert trained.reason == "“Lao động - việc làm” báo cáo mỗi năm một lần, vào quý IV"


class TestProvenance:
    def test_the_weakest_status_and_the_quarters_own_date(self):
        first = jobs("2024-Q1", 1, Sent(obs_status=ObsStatus.ESTIMATE, as_of=date(2024, 12, 31)))
        second = jobs("2024-Q2", 1, Sent(as_of=date(2024, 6, 14), obs_status=ObsStatus.FINAL))
        found = town(together(first, second), "jobs", "2024-Q2")
        assert (found.obs_status, found.as_of) == (ObsStatus.ESTIMATE, date(2024, 6, 14))
        assert town(together(jobs("2024-Q1", 1), second), "jobs", "2024-Q2").obs_status is ObsStatus.FINAL

    def test_one_sample_file_makes_the_figure_illustrative(self):
        evidence = together(jobs("2024-Q1", 1, Sent(is_sample=True)), jobs("2024-Q2", 1))
        assert town(evidence, "jobs", "2024-Q2").is_illustrative
        assert not town(together(jobs("2024-Q1", 1), jobs("2024-Q2", 1)), "jobs", "2024-Q2").is_illustrative

    def test_the_price_basis_is_kept(self):
        sent = Sent(basis="so sánh 2010")
        assert town(
            report("industry", "2024-Q1", {"industrial_output_ytd": 4}, sent), "industrial_output", "2024-Q1"
        ).basis == ("so sánh 2010")

    def test_sums_do_not_mix_price_bases(self):
        measure = CATALOGUE.measures["industrial_output_ytd"].model_copy(update={"accumulation": Accumulation.FLOW})
        known = replace(CATALOGUE, measures={**CATALOGUE.measures, measure.code: measure})

        def second_quarter(basis: str) -> Observation:
            evidence = together(
                report("industry", "2024-Q1", {"industrial_output_ytd": 4}, Sent(basis="so sánh 2010")),
                report("industry", "2024-Q2", {"industrial_output_ytd": 5}, Sent(basis=basis)),
            )
            found = observe(known, PLACE, evidence, LONG_AFTER, [quarter("2024-Q2")], RESOLUTIONS)
            return found["industrial_output", TOWN, quarter("2024-Q2")]

        assert second_quarter("so sánh 2010").value == 9
        mixed = second_quarter("hiện hành")
        assert (mixed.value, mixed.basis) == (None, None)
        assert mixed.reason == "các số liệu thành phần tính theo giá khác nhau (hiện hành, so sánh 2010)"

    def test_every_indicator_has_an_observation_for_the_town(self):
        found = observed(Evidence((), ()), "2024-Q1")
        assert {code for code, unit, _ in found if unit == TOWN} == {i.code for i in CATALOGUE.indicators}
        assert all(observation.value is None and observation.reason for observation in found.values())


few = settings(max_examples=20, deadline=None)  # each example computes a whole year
YEAR = [quarter(f"2024-Q{n}") for n in range(1, 5)]


def small_evidence(numbers: list[int]) -> list[Evidence]:
    """Two versions of each quarter's jobs and waste, some wards short."""
    parts = []
    for n in range(1, 5):
        for version in range(2):
            pick = numbers[(2 * n + version) % len(numbers)]
            sent = Sent(file=f"{n}-{version}.xlsx", received_at=at(2024, 3 * n, 10 + version))
            units = WARDS if pick % 3 else WARDS[1:]
            parts += [
                report("employment", f"2024-Q{n}", {"jobs_placed": each(pick, units)}, sent),
                waste(f"2024-Q{n}", 100 + pick, pick, sent),
            ]
    return parts


@few
@given(st.lists(st.integers(0, 50), min_size=8, max_size=8), st.randoms())
def test_the_order_of_evidence_does_not_matter(numbers: list[int], random: Random):
    parts = small_evidence(numbers)
    shuffled = list(parts)
    random.shuffle(shuffled)
    ways = [observe(CATALOGUE, PLACE, together(*way), LONG_AFTER, YEAR, RESOLUTIONS) for way in (parts, shuffled)]
    assert ways[0] == ways[1]


@few
@given(st.lists(st.integers(0, 50), min_size=8, max_size=8), st.integers(1, 12), st.integers(0, 999))
def test_what_comes_later_changes_nothing_known_before(numbers: list[int], month: int, number: int):
    evidence, known_at = together(*small_evidence(numbers)), at(2024, month, 11)
    later = jobs("2024-Q1", number, Sent(file="later.xlsx", received_at=at(2025, 1, 1)))
    refusal = refused("waste", "2024-Q1", "later.xlsx", "tệp rỗng", at(2025, 1, 1))
    before = observe(CATALOGUE, PLACE, evidence, known_at, YEAR, RESOLUTIONS)
    assert observe(CATALOGUE, PLACE, together(evidence, later, refusal), known_at, YEAR, RESOLUTIONS) == before


@few
@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 1000))
def test_scaling_leaves_rates_and_scales_flows(generated: int, treated: int, factor: int):
    once = together(waste("2024-Q1", generated, treated), jobs("2024-Q1", treated))
    more = together(waste("2024-Q1", generated * factor, treated * factor), jobs("2024-Q1", treated * factor))
    assert town(more, "solid_waste", "2024-Q1").value == town(once, "solid_waste", "2024-Q1").value
    assert town(more, "jobs", "2024-Q1").value == Decimal(treated * 9 * factor)


def test_the_callers_decimal_context_changes_nothing():
    evidence = waste("2024-Q1", 7, 3)
    with localcontext(Context(prec=3)):
        narrow = town(evidence, "solid_waste", "2024-Q1")
    assert narrow == town(evidence, "solid_waste", "2024-Q1")
