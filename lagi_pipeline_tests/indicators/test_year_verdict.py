"""The year's verdict from the lines of its quarters: what decides, what is counted, what is expected, and who gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from lagi_pipeline.catalogue.indicators import Direction, ObsStatus, PlanSource
from lagi_pipeline.catalogue.place import Place, Resolution
from lagi_pipeline.indicators.attainment import attain, quarters_to_observe
from lagi_pipeline.indicators.by_plan import side_by_side
from lagi_pipeline.indicators.model import Attainment, Evidence
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline.indicators.year_verdict import YearVerdict, year_verdicts
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    LONG_AFTER,
    PLACE,
    RESOLUTIONS,
    Sent,
    asked,
    at,
    attained,
    report,
    together,
    yearly_flow,
)

GATING = replace(PLACE, file=PLACE.file.model_copy(update={"part_gates_whole": True}))
EMPTY = Evidence((), ())
THIS_YEAR = tuple(resolution for resolution in RESOLUTIONS if resolution.year == 2024)
ESTIMATE = Sent(obs_status=ObsStatus.ESTIMATE)


def _row(rows: list[Attainment], code: str, when: str = "2024-Q4") -> Attainment:
    [found] = [row for row in rows if (row.indicator_code, row.quarter, row.is_leading) == (code, when, True)]
    return found


def _with_status(status: str, *codes: str, of: str = "result_status", when: str = "2024-Q4") -> list[Attainment]:
    """The rows of a year of which nothing was reported, with a status set on some lines."""
    return [
        replace(row, **{of: status}) if row.indicator_code in codes and row.quarter == when else row
        for row in attained(EMPTY, resolutions=THIS_YEAR)
    ]


def _set(rows: list[Attainment], statuses: Mapping[str, str], of: str = "result_status") -> list[Attainment]:
    return [
        replace(row, **{of: statuses[row.indicator_code]})
        if row.quarter == "2024-Q4" and row.indicator_code in statuses
        else row
        for row in rows
    ]


def _verdict(rows: list[Attainment], plan: str = "leading", place: Place = PLACE) -> YearVerdict:
    [found] = [v for v in year_verdicts(CATALOGUE, place, rows) if (v.year, v.plan_source) == (2024, plan)]
    return found


def _counts(verdict: YearVerdict) -> tuple[int, int, int, int]:
    return verdict.exceeded, verdict.met, verdict.missed, verdict.undecided


MAIN = tuple(indicator.code for indicator in CATALOGUE.indicators if indicator.is_main)
ALL_MET = _with_status("met", *MAIN, "trained_labour")
CLEAN_MISSED = _set(ALL_MET, {"clean_water": "not_met"})


def test_a_missed_sub_line_stands_beside_the_count() -> None:
    verdict = _verdict(CLEAN_MISSED)
    assert _counts(verdict) == (0, 10, 0, 0)
    assert verdict.headline_vi == "10/10 chỉ tiêu đạt, vượt; chỉ tiêu thành phần nước sạch không đạt"
    assert (verdict.sub_lines_missed_vi, verdict.sub_lines_met_vi) == ("5a nước sạch", "9a lao động qua đào tạo")


def test_where_the_place_says_so_a_missed_part_makes_its_whole_missed() -> None:
    verdict = _verdict(CLEAN_MISSED, place=GATING)
    assert _counts(verdict) == (0, 9, 1, 0)
    assert verdict.headline_vi == "9/10 chỉ tiêu đạt, vượt (1 không đạt); chỉ tiêu thành phần nước sạch không đạt"
    assert verdict.missed_vi == "5 Tỷ lệ hộ dân sử dụng nước hợp vệ sinh"
    assert verdict.part_gates_whole


def test_what_is_listed_under_a_line_never_gates_it() -> None:
    rows = _set(ALL_MET, {"clean_water": "met", "trained_labour": "not_met"})
    assert _counts(_verdict(rows, place=GATING)) == (0, 10, 0, 0)


def test_a_whole_waits_for_the_part_that_gates_it() -> None:
    assert _counts(_verdict(ALL_MET)) == (0, 10, 0, 0)  # clean water is not reported
    verdict = _verdict(ALL_MET, place=GATING)
    assert _counts(verdict) == (0, 9, 0, 1)
    assert verdict.undecided_vi == "5 Tỷ lệ hộ dân sử dụng nước hợp vệ sinh"


def test_every_plan_counts_its_own_lines() -> None:
    evidence = report("budget_revenue", "2024-Q4", {"revenue_ytd": 170})  # enough for the province's plan only
    rows = attained(evidence, resolutions=THIS_YEAR)
    verdicts = {v.plan_source: v for v in year_verdicts(CATALOGUE, PLACE, rows)}
    assert list(verdicts) == ["leading", "party_resolution", "council", "province"]
    assert [(v.main_lines, v.with_target) for v in verdicts.values()] == [(10, 10), (10, 10), (10, 2), (10, 1)]
    assert _counts(verdicts["province"]) == (1, 0, 0, 0)
    assert _counts(verdicts["council"]) == (0, 0, 1, 1)
    assert _counts(verdicts["leading"]) == _counts(verdicts["party_resolution"]) == (0, 0, 1, 9)
    assert verdicts["province"].plan_source_vi == "tỉnh giao"


def test_a_line_counts_by_the_plan_chosen_to_lead_it() -> None:
    chosen = PLACE.file.model_copy(update={"leading_plans": {"budget_revenue": PlanSource.PROVINCE}})
    place = replace(PLACE, file=chosen)
    evidence = report("budget_revenue", "2024-Q4", {"revenue_ytd": 170})
    quarters = quarters_to_observe(place, THIS_YEAR, LONG_AFTER)
    observations = observe(CATALOGUE, place, evidence, LONG_AFTER, quarters, THIS_YEAR)
    rows = attain(CATALOGUE, place, THIS_YEAR, observations, LONG_AFTER)
    assert (_row(rows, "budget_revenue").plan_source, _row(rows, "jobs").plan_source) == (
        PlanSource.PROVINCE,
        PlanSource.PARTY_RESOLUTION,
    )
    assert _counts(_verdict(rows, place=place)) == (1, 0, 0, 9)
    assert _counts(_verdict(rows, "party_resolution", place)) == (0, 0, 1, 9)
    [beside] = [
        r for r in side_by_side(CATALOGUE, rows) if (r.indicator_code, r.quarter) == ("budget_revenue", "2024-Q4")
    ]
    assert (beside.leading_plan, beside.leading_plan_vi, beside.actual) == (PlanSource.PROVINCE, "tỉnh giao", 170)
    assert (beside.party_resolution_gap, beside.council_gap, beside.province_gap) == (-21, -21, 5)
    assert (beside.party_resolution_status_vi, beside.province_status_vi) == ("không đạt", "vượt")


def test_one_plan_leads_every_line() -> None:
    rows = attained(EMPTY)
    lines = {(row.quarter, row.indicator_code) for row in rows}
    leading = [(row.quarter, row.indicator_code) for row in rows if row.is_leading]
    assert sorted(leading) == sorted(lines)
    assert [(r.quarter, r.indicator_code) for r in side_by_side(CATALOGUE, rows)] == list(
        dict.fromkeys((row.quarter, row.indicator_code) for row in rows)
    )


def test_a_plan_without_a_target_leaves_its_columns_empty() -> None:
    [jobs] = [
        r for r in side_by_side(CATALOGUE, attained(EMPTY)) if (r.indicator_code, r.quarter) == ("jobs", "2024-Q1")
    ]
    assert (jobs.party_resolution_target, jobs.actual, jobs.party_resolution_status_vi) == (2600, None, "chưa báo cáo")
    assert (jobs.council_target, jobs.council_gap, jobs.council_status_vi, jobs.province_target) == (None,) * 4


class TestWhatDecides:
    def test_a_flow_that_reached_its_target_early_counts_before_the_year_is_over(self) -> None:
        evidence = yearly_flow("exports", "export_value_ytd", 2024, [60, 120, 190])
        verdict = _verdict(attained(evidence, at(2024, 10, 20), resolutions=THIS_YEAR))
        assert (verdict.quarter, _counts(verdict)) == ("2024-Q4", (1, 0, 0, 9))
        assert verdict.headline_vi.startswith("1/10 chỉ tiêu đạt, vượt (")

    def test_a_later_figure_takes_it_back(self) -> None:
        evidence = yearly_flow("exports", "export_value_ytd", 2024, [60, 120, 190, 180])
        before = _verdict(attained(evidence, at(2025, 1, 5), resolutions=THIS_YEAR))
        assert _counts(before) == (1, 0, 0, 9)  # the fourth quarter came on 10/01
        assert _counts(_verdict(attained(evidence, resolutions=THIS_YEAR))) == (0, 0, 1, 9)

    def test_a_rate_is_decided_by_the_fourth_quarter_alone(self) -> None:
        said = {"waste_generated": 100, "waste_treated": 99, "waste_generated_ytd": 100, "waste_treated_ytd": 99}
        third = report("waste", "2024-Q3", said)
        assert _counts(_verdict(attained(third, resolutions=THIS_YEAR))) == (0, 0, 0, 10)
        fourth = report("waste", "2024-Q4", said)
        assert _counts(_verdict(attained(fourth, resolutions=THIS_YEAR))) == (1, 0, 0, 9)

    @pytest.mark.parametrize("on", [at(2024, 8, 1), at(2025, 1, 10), at(2025, 6, 1)])
    def test_a_carried_survey_never_decides(self, on: datetime) -> None:
        said = {"water_survey_households": 100, "hygienic_water_households": 100, "clean_water_households": 100}
        verdict = _verdict(attained(report("water", "2023-Q4", said), on, resolutions=THIS_YEAR))
        assert _counts(verdict) == (0, 0, 0, 10)
        assert "5a nước sạch" in str(verdict.sub_lines_undecided_vi)

    def test_a_missing_figure_is_undecided_and_never_missed(self) -> None:
        verdict = _verdict(attained(EMPTY, resolutions=THIS_YEAR))
        assert _counts(verdict) == (0, 0, 0, 10)
        assert verdict.headline_vi == "0/10 chỉ tiêu đạt, vượt (10 chưa báo cáo)"

    def test_a_verdict_set_by_hand_decides_without_a_figure(self) -> None:
        assert _counts(_verdict(_with_status("met", "jobs"))) == (0, 1, 0, 9)

    def test_a_year_that_has_only_begun_has_a_verdict_of_nothing(self) -> None:
        verdict = _verdict(attained(EMPTY, at(2024, 1, 2), resolutions=THIS_YEAR))
        assert (verdict.quarter, _counts(verdict), verdict.open_lines) == ("2024-Q1", (0, 0, 0, 10), 10)


class TestWhatIsExpected:
    def _expected(self, **statuses: str) -> list[Attainment]:
        """Rows of which one of the two columns says what is expected, by indicator: ``jobs="estimate:met"``."""
        rows = attained(EMPTY, at(2024, 11, 25), resolutions=THIS_YEAR)
        for code, said in statuses.items():
            kind, status = said.split(":")
            rows = _set(rows, {code: status}, f"{kind}_status")
        return rows

    def test_estimates_and_forecasts_are_counted_apart(self) -> None:
        rows = self._expected(
            jobs="estimate:met",
            budget_revenue="estimate:exceeded",
            export_turnover="forecast:not_met",
            trained_labour="estimate:not_met",
        )
        verdict = _verdict(rows)
        estimates = (verdict.estimate_exceeded, verdict.estimate_met, verdict.estimate_missed, verdict.estimate_unknown)
        forecasts = (verdict.forecast_exceeded, verdict.forecast_met, verdict.forecast_missed, verdict.forecast_unknown)
        assert (verdict.open_lines, estimates, forecasts) == (10, (1, 1, 0, 8), (0, 0, 1, 9))
        assert verdict.estimate_vi == (
            "1 Tổng thu ngân sách nhà nước: ước vượt; 9 Giải quyết việc làm: ước đạt;"
            " 9a lao động qua đào tạo: ước không đạt"
        )
        assert verdict.forecast_vi == "4 Kim ngạch xuất khẩu: ước không đạt"
        assert _counts(verdict) == (0, 0, 0, 10)

    def test_nothing_is_expected_where_nobody_says_so(self) -> None:
        verdict = _verdict(self._expected())
        assert (verdict.estimate_unknown, verdict.forecast_unknown) == (10, 10)
        assert (verdict.estimate_vi, verdict.forecast_vi) == (None, None)

    def test_a_part_that_is_expected_to_miss_gates_what_is_expected_of_its_whole(self) -> None:
        rows = self._expected(hygienic_water="estimate:met", clean_water="estimate:not_met")
        assert (_verdict(rows).estimate_met, _verdict(rows).estimate_missed) == (1, 0)
        gated = _verdict(rows, place=GATING)
        assert (gated.estimate_met, gated.estimate_missed) == (0, 1)

    def test_what_ended_is_expected_no_more_but_a_verdict_on_an_estimate_is_no_end(self) -> None:
        closed = report("exports", "2024-Q4", {"export_value_ytd": 190})
        assert _verdict(attained(closed, resolutions=THIS_YEAR)).open_lines == 9
        early = report("exports", "2024-Q4", {"export_value_ytd": 190}, ESTIMATE)
        verdict = _verdict(attained(early, resolutions=THIS_YEAR))
        assert (_counts(verdict), verdict.open_lines) == ((1, 0, 0, 9), 10)


def test_a_line_that_is_followed_and_not_counted_is_called_so() -> None:
    forest = CATALOGUE.indicator("forest_rate").model_copy(update={"parent": None})
    known = replace(CATALOGUE, indicators=(CATALOGUE.indicator("jobs"), forest))
    resolution = Resolution(2024, "thử", (asked(CATALOGUE.indicator("jobs"), 100), asked(forest, 40)))
    evidence = together(
        report("forestry", "2024-Q4", {"forest_area": 30, "natural_area": 100}),
        report("employment", "2024-Q4", {"jobs_placed": 1, "jobs_placed_ytd": 100}),
    )
    [leading, _] = year_verdicts(known, PLACE, attained(evidence, resolutions=[resolution], known=known))
    assert leading.headline_vi == "1/1 chỉ tiêu đạt, vượt; chỉ tiêu theo dõi Tỷ lệ che phủ rừng không đạt"
    assert leading.sub_lines_missed_vi == "Tỷ lệ che phủ rừng"


def test_each_kind_of_target_counts() -> None:
    jobs, waste = CATALOGUE.indicator("jobs"), CATALOGUE.indicator("solid_waste")
    targets = (
        asked(jobs, 100, direction=Direction.EXACT),
        asked(waste, 90, upper=95, direction=Direction.RANGE),
        asked(CATALOGUE.indicator("natural_increase"), 0),
    )
    said = {"waste_generated": 100, "waste_treated": 96, "waste_generated_ytd": 100, "waste_treated_ytd": 96}
    evidence = together(
        report("employment", "2024-Q4", {"jobs_placed": 1, "jobs_placed_ytd": 101}), report("waste", "2024-Q4", said)
    )
    verdict = _verdict(attained(evidence, resolutions=[Resolution(2024, "thử", targets)]))
    assert _counts(verdict) == (1, 0, 1, 1)


def test_the_counts_add_up_whatever_was_reported() -> None:
    for revenue in (0, 100, 170, 191, Decimal("191.004"), 250):
        rows = attained(report("budget_revenue", "2024-Q4", {"revenue_ytd": str(revenue)}))
        for verdict in year_verdicts(CATALOGUE, PLACE, rows):
            assert sum(_counts(verdict)) == verdict.with_target <= verdict.main_lines == 10
            for kind in ("estimate", "forecast"):
                parts = [getattr(verdict, f"{kind}_{end}") for end in ("exceeded", "met", "missed", "unknown")]
                assert sum(parts) == verdict.open_lines
