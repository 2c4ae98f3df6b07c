"""What the offices expect of a year: whose figure it is, as of which quarter, and what it is never mixed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import Accumulation, ObsStatus
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.indicators.attainment import attain
from lagi_pipeline.indicators.estimates import YearEstimate, year_estimates
from lagi_pipeline.indicators.model import Attainment, Evidence
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    LONG_AFTER,
    PLACE,
    RESOLUTIONS,
    TOWN,
    WARDS,
    Sent,
    at,
    each,
    quarter,
    report,
    together,
)

QUARTERS = [quarter(f"2024-Q{number}") for number in (1, 2, 3, 4)]
ESTIMATE = Sent("uoc.xlsx", obs_status=ObsStatus.ESTIMATE, as_of=date(2024, 11, 30), received_at=at(2024, 12, 12))


def revenue(when: str, done: int, expected: int | None = None, sent: Sent | None = None) -> Evidence:
    said = {"revenue_ytd": done} | ({} if expected is None else {"revenue_year_estimate": expected})
    return report("budget_revenue", when, said, sent)


def expected(
    evidence: Evidence, indicator: str, when: str, known_at: datetime = LONG_AFTER, place: Place = PLACE
) -> YearEstimate | None:
    observations = observe(CATALOGUE, place, evidence, known_at, QUARTERS, RESOLUTIONS)
    return year_estimates(CATALOGUE, place, evidence, known_at, observations).get((indicator, quarter(when)))


def value(evidence: Evidence, indicator: str, when: str, known_at: datetime = LONG_AFTER) -> Decimal | None:
    found = expected(evidence, indicator, when, known_at)
    return None if found is None else found.value


def lines(evidence: Evidence, evaluated_at: datetime = LONG_AFTER) -> dict[tuple[str, str], Attainment]:
    """The leading plan's rows by (indicator, quarter)."""
    quarters = [quarter(f"{year}-Q{number}") for year in (2023, 2024) for number in (1, 2, 3, 4)]
    observations = observe(CATALOGUE, PLACE, evidence, evaluated_at, quarters, RESOLUTIONS)
    estimates = year_estimates(CATALOGUE, PLACE, evidence, evaluated_at, observations)
    rows = attain(CATALOGUE, PLACE, RESOLUTIONS, observations, evaluated_at, estimates=estimates)
    return {(row.indicator_code, row.quarter): row for row in rows if row.is_leading}


WITHIN = [revenue("2024-Q1", 41), revenue("2024-Q2", 92, 190), revenue("2024-Q3", 140, 195)]


@pytest.mark.parametrize(("when", "said"), [("2024-Q1", None), ("2024-Q2", 190), ("2024-Q3", 195)])
def test_a_quarter_has_the_estimate_that_its_own_report_prints(when: str, said: int | None) -> None:
    assert value(together(*WITHIN), "budget_revenue", when) == said


def test_a_report_without_one_leaves_the_newest_before_it_and_the_line_says_so() -> None:
    evidence = together(*WITHIN[:2], revenue("2024-Q3", 140))
    found = expected(evidence, "budget_revenue", "2024-Q3")
    assert found is not None
    assert (found.value, str(found.said_in), [one.file for one in found.inputs]) == (190, "2024-Q2", ["bao_cao.xlsx"])
    row = lines(evidence)["budget_revenue", "2024-Q3"]
    assert row.year_estimate == 190
    assert "ước cả năm theo báo cáo quý II, tệp bao_cao.xlsx" in (row.reason or "")
    own = lines(together(*WITHIN))["budget_revenue", "2024-Q3"]
    assert own.year_estimate == 195
    assert "ước cả năm" not in (own.reason or "")


def test_a_later_quarter_s_estimate_is_not_an_earlier_one_s() -> None:
    assert value(together(revenue("2024-Q1", 41), revenue("2024-Q3", 140, 195)), "budget_revenue", "2024-Q1") is None


def test_last_year_s_estimate_is_not_this_year_s() -> None:
    evidence = together(revenue("2023-Q3", 136, 172), revenue("2024-Q1", 41))
    assert value(evidence, "budget_revenue", "2024-Q1") is None


def test_it_is_as_known_at_a_time_and_a_correction_answers_from_its_day_on() -> None:
    corrected = Sent("dinh_chinh.xlsx", received_at=at(2024, 11, 5, 9))
    evidence = together(*WITHIN, revenue("2024-Q3", 140, 197, corrected))
    assert value(evidence, "budget_revenue", "2024-Q3", at(2024, 10, 9)) == 190  # the report came on the tenth
    assert value(evidence, "budget_revenue", "2024-Q3", at(2024, 11, 5, 8)) == 195
    assert value(evidence, "budget_revenue", "2024-Q3", at(2024, 11, 5, 10)) == 197


def test_a_correction_that_leaves_it_out_withdraws_it() -> None:
    evidence = together(*WITHIN[1:], revenue("2024-Q3", 140, None, Sent("moi.xlsx", received_at=at(2024, 11, 5))))
    assert value(evidence, "budget_revenue", "2024-Q3") == 190


def test_a_version_that_was_sent_back_says_nothing() -> None:
    bad = Sent("sai.xlsx", received_at=at(2024, 11, 5), problem="dòng tổng sai")
    assert value(together(*WITHIN, revenue("2024-Q3", 140, 999, bad)), "budget_revenue", "2024-Q3") == 195


def test_two_files_of_one_moment_that_differ_in_it_alone_contradict() -> None:
    evidence = together(
        revenue("2024-Q3", 140, 195, Sent("a.xlsx", sha256="a")),
        revenue("2024-Q3", 140, 196, Sent("b.xlsx", sha256="b")),
    )
    assert value(evidence, "budget_revenue", "2024-Q3") is None


# ---- the file of the year, marked ước


def test_in_december_the_file_of_the_year_is_the_estimate_and_newer_than_october_s() -> None:
    evidence = together(*WITHIN, revenue("2024-Q4", 198, None, ESTIMATE))
    assert value(evidence, "budget_revenue", "2024-Q4", at(2024, 12, 11)) == 195
    found = expected(evidence, "budget_revenue", "2024-Q4", at(2024, 12, 13))
    assert found is not None
    assert (found.value, str(found.said_in)) == (198, "2024-Q4")
    assert value(evidence, "budget_revenue", "2024-Q3", at(2024, 12, 13)) == 195


@pytest.mark.parametrize("status", [ObsStatus.PRELIMINARY, ObsStatus.FINAL])
def test_a_figure_that_is_no_estimate_takes_its_place(status: ObsStatus) -> None:
    closed = Sent("nam.xlsx", obs_status=status, received_at=at(2025, 1, 27), as_of=date(2025, 1, 24))
    evidence = together(*WITHIN, revenue("2024-Q4", 198, None, ESTIMATE), revenue("2024-Q4", 203, None, closed))
    assert value(evidence, "budget_revenue", "2024-Q4", at(2025, 1, 26)) == 198
    assert value(evidence, "budget_revenue", "2024-Q4") is None
    assert value(evidence, "budget_revenue", "2024-Q3") == 195


@pytest.mark.parametrize("status", list(ObsStatus))
def test_a_figure_of_a_quarter_is_never_an_estimate_of_the_year_whatever_it_is_called(status: ObsStatus) -> None:
    evidence = revenue("2024-Q3", 140, None, Sent(obs_status=status))
    assert value(evidence, "budget_revenue", "2024-Q3") is None
    assert value(evidence, "budget_revenue", "2024-Q4") is None


def test_rates_and_changes_have_the_year_s_file_for_an_estimate_too() -> None:
    water = {"water_survey_households": each(1000), "hygienic_water_households": each(1000)}
    water |= {"clean_water_households": each(946)}
    poor = {"poverty_review_households": each(1000)}
    sent = Sent("uoc.xlsx", obs_status=ObsStatus.ESTIMATE, received_at=at(2024, 11, 25), as_of=date(2024, 11, 20))
    evidence = together(
        report("water", "2024-Q4", water, sent),
        report("poverty", "2023-Q4", poor | {"poor_households": each(20)}),
        report("poverty", "2024-Q4", poor | {"poor_households": each(14)}, sent),
    )
    assert value(evidence, "clean_water", "2024-Q4") == Decimal("94.6")
    assert value(evidence, "poverty_reduction", "2024-Q4") == Decimal("0.6")
    assert value(evidence, "clean_water", "2024-Q3") is None


def test_an_earlier_year_s_survey_is_no_estimate_of_this_year() -> None:
    water = {"water_survey_households": each(1000), "hygienic_water_households": each(990)}
    sent = Sent(obs_status=ObsStatus.ESTIMATE)
    evidence = report("water", "2023-Q4", water, sent)
    assert value(evidence, "hygienic_water", "2024-Q4") is None


# ---- by ward, and of several terms


def test_jobs_need_every_ward() -> None:
    placed = {"jobs_placed": each(80)}
    assert value(report("employment", "2024-Q3", placed | {"jobs_year_estimate": each(290)}), "jobs", "2024-Q3") == 2610
    some = report("employment", "2024-Q3", placed | {"jobs_year_estimate": each(290, WARDS[1:])})
    assert value(some, "jobs", "2024-Q3") is None


def test_jobs_estimated_for_the_town_alone_are_the_town_s() -> None:
    said = {"jobs_placed": each(80), "jobs_year_estimate": 2610}
    evidence = report("employment", "2024-Q3", said)
    assert value(evidence, "jobs", "2024-Q3") == 2610
    observations = observe(CATALOGUE, PLACE, evidence, LONG_AFTER, QUARTERS, RESOLUTIONS)
    assert observations["jobs", WARDS[0], quarter("2024-Q3")].numerator is None
    assert observations["jobs", TOWN, quarter("2024-Q3")].value is None  # quarters I and II are missing still


def test_investment_is_estimated_with_all_that_counts_in_the_place() -> None:
    said = {"investment_spending_ytd": 47, "targeted_capital_ytd": 15, "investment_year_estimate": 78}
    alone = report("budget_spending", "2024-Q3", said)
    both = report("budget_spending", "2024-Q3", said | {"targeted_capital_year_estimate": 22})
    file = PLACE.file.model_copy(update={"include_targeted_capital": True})
    counting = replace(PLACE, file=file)
    found = [expected(evidence, "development_spending", "2024-Q3") for evidence in (alone, both)]
    assert [one.value if one else None for one in found] == [78, 78]
    found = [expected(evidence, "development_spending", "2024-Q3", place=counting) for evidence in (alone, both)]
    assert [one.value if one else None for one in found] == [None, 100]
    assert value(both, "targeted_capital", "2024-Q3") == 22


def test_lines_that_no_form_estimates_have_none_within_the_year() -> None:
    estimated = {measure.estimate_of for measure in CATALOGUE.measures.values() if measure.estimate_of}
    assert estimated == {
        "budget_revenue", "development_spending", "targeted_capital", "industrial_output", "export_turnover", "jobs",
    }  # fmt: skip
    waste = {"waste_treated": each(90), "waste_generated": each(100)}
    evidence = report("waste", "2024-Q1", waste, Sent(obs_status=ObsStatus.ESTIMATE))
    assert value(evidence, "solid_waste", "2024-Q1") is None


def test_an_illustrative_estimate_beside_a_figure_that_is_none_is_called_so() -> None:
    evidence = together(revenue("2024-Q2", 92, 190, Sent(is_sample=True)), revenue("2024-Q3", 140))
    row = lines(evidence)["budget_revenue", "2024-Q3"]
    assert not row.actual_is_illustrative
    assert "ước cả năm là số liệu minh họa" in (row.reason or "")


# ---- whatever comes in


@settings(max_examples=50, deadline=None)
@given(
    reports=st.lists(
        st.tuples(
            st.sampled_from([1, 2, 3, 4]),
            st.integers(0, 300),
            st.none() | st.integers(0, 300),
            st.sampled_from(list(ObsStatus)),
            st.integers(0, 400),
        ),
        max_size=6,
    ),
    day=st.integers(0, 400),
)
def test_it_is_always_what_some_file_said_and_leaves_every_other_figure_alone(
    reports: Sequence[tuple[int, int, int | None, ObsStatus, int]], day: int
) -> None:
    start = at(2024, 4, 1)

    def sent(n: int, status: ObsStatus, after: int) -> Sent:
        return Sent(f"{n}.xlsx", obs_status=status, received_at=datetime.fromordinal(start.toordinal() + after))

    def all_of(*, with_estimates: bool) -> Evidence:
        return together(
            *(
                revenue(f"2024-Q{number}", done, said if with_estimates else None, sent(n, status, after))
                for n, (number, done, said, status, after) in enumerate(reports)
            )
        )

    known_at = datetime.fromordinal(start.toordinal() + day)
    alone = replace(CATALOGUE, indicators=(CATALOGUE.indicator("budget_revenue"),))
    evidence = all_of(with_estimates=True)
    observations = observe(alone, PLACE, evidence, known_at, QUARTERS, RESOLUTIONS)
    said = [(number, done, ahead) for number, done, ahead, _, after in reports if after <= day]
    possible = [(4, done) for number, done, _ in said if number == 4] + [(number, ahead) for number, _, ahead in said]
    for (_, one), found in year_estimates(alone, PLACE, evidence, known_at, observations).items():
        assert found.said_in <= one
        assert all(vintage.received_at <= known_at for vintage in found.inputs)
        assert (found.said_in.number, found.value) in possible
    observed = observe(alone, PLACE, evidence, LONG_AFTER, QUARTERS, RESOLUTIONS)
    without = observe(alone, PLACE, all_of(with_estimates=False), LONG_AFTER, QUARTERS, RESOLUTIONS)
    standing = {key: (one.value, one.reason) for key, one in observed.items()}
    contradicted = len({(number, after) for number, _, _, _, after in reports}) < len(reports)
    assert contradicted or standing == {key: (one.value, one.reason) for key, one in without.items()}


def test_the_catalogue_keeps_estimates_apart_from_what_formulas_are_made_of() -> None:
    terms = {term.measure for indicator in CATALOGUE.indicators for term in indicator.formula.terms}
    for measure in CATALOGUE.measures.values():
        is_estimate = measure.accumulation is Accumulation.YEAR_ESTIMATE
        assert is_estimate == (measure.estimate_of is not None)
        assert not (is_estimate and measure.code in terms)
