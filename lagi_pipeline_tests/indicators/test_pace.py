"""How much of a year is expected by a quarter, and who keeps up with it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import Indicator
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.attainment import attain, quarters_to_observe
from lagi_pipeline.indicators.model import Evidence
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline.indicators.pace import Expected, History, pace_status
from lagi_pipeline_tests.indicators.building import (
    CATALOGUE,
    LONG_AFTER,
    PLACE,
    RESOLUTIONS,
    Sent,
    at,
    line,
    report,
    together,
    yearly_flow,
)


def revenue(year: int, *numbers: int | str) -> Evidence:
    return yearly_flow("budget_revenue", "revenue_ytd", year, numbers)


LAST_YEAR = revenue(2023, 30, 70, 100, 200)


@pytest.mark.parametrize(
    ("attainment", "expected", "status"),
    [
        ("27.00", "25", "on_pace"),  # exactly the tolerance is not beyond it
        ("27.01", "25", "ahead"),
        ("23.00", "25", "on_pace"),
        ("22.99", "25", "behind"),
        ("25", "25", "on_pace"),
    ],
)
def test_only_beyond_the_tolerance_is_ahead_or_behind(attainment: str, expected: str, status: str):
    assert pace_status(Decimal(attainment), Expected(Decimal(expected), "straight_line"), Decimal(2)) == status


def test_without_a_figure_there_is_no_pace():
    assert pace_status(None, Expected(Decimal(25), "straight_line"), Decimal(2)) is None


@pytest.mark.parametrize(("when", "expected"), [("2024-Q1", 15), ("2024-Q2", 35), ("2024-Q3", 50), ("2024-Q4", 100)])
def test_the_years_before_say_how_much_is_expected(when: str, expected: int):
    row = line(LAST_YEAR, "budget_revenue", when)
    assert (row.expected_pct, row.pace_basis) == (expected, "history: 2023")
    assert (row.pace_status, row.pace_vi) == (None, None)  # nothing reported yet


@pytest.mark.parametrize(("when", "expected"), [("2024-Q1", 25), ("2024-Q2", 50), ("2024-Q3", 75), ("2024-Q4", 100)])
@pytest.mark.parametrize(
    "history",
    [
        Evidence((), ()),
        revenue(2023, 30, 70, 100),
        together(*(report("budget_revenue", f"2023-Q{n}", {"revenue_ytd": 10 * n}) for n in (1, 3, 4))),
        revenue(2023, 0, 0, 0, 0),
    ],
    ids=["none", "no Q4", "no Q2", "an empty year"],
)
def test_an_incomplete_year_is_no_history(history: Evidence, when: str, expected: int):
    row = line(history, "budget_revenue", when)
    assert (row.expected_pct, row.pace_basis) == (expected, "straight_line")


def test_a_year_is_no_history_of_itself():
    row = line(together(LAST_YEAR, revenue(2024, 10, 20, 30, 40)), "budget_revenue", "2023-Q1")
    assert (row.expected_pct, row.pace_basis) == (25, "straight_line")


def test_the_newest_version_of_the_earlier_year_counts():
    corrected = report(
        "budget_revenue",
        "2023-Q4",
        {"revenue_ytd": 300},
        Sent(file="dinh_chinh.xlsx", received_at=at(2024, 7, 1)),
    )
    evidence = together(LAST_YEAR, corrected)
    assert line(evidence, "budget_revenue", "2024-Q1", at(2024, 6, 1)).expected_pct == 15
    assert line(evidence, "budget_revenue", "2024-Q1", at(2024, 8, 1)).expected_pct == 10


def test_a_back_loaded_line_is_not_behind_when_its_own_history_was_so_too():
    now = revenue(2024, "28.65")  # 15 % of 191
    with_history = line(together(LAST_YEAR, now), "budget_revenue", "2024-Q1")
    assert (with_history.pace_status, with_history.pace_vi) == ("on_pace", "đúng tiến độ")
    straight = line(now, "budget_revenue", "2024-Q1")
    assert (straight.pace_status, straight.pace_vi) == ("behind", "chậm tiến độ")


def test_a_year_on_two_price_bases_gives_no_shares_but_another_basis_than_this_years_does():
    def industry(year: int, bases: list[str]) -> Evidence:
        return together(
            *(
                report("industry", f"{year}-Q{n}", {"industrial_output_ytd": 100 * n * n}, Sent(basis=basis))
                for n, basis in enumerate(bases, start=1)
            )
        )

    old, new = "so sánh 2010", "hiện hành"
    mixed = line(together(industry(2023, [old, old, new, new]), industry(2024, [new])), "industrial_output", "2024-Q1")
    assert mixed.pace_basis == "straight_line"
    whole = line(together(industry(2023, [old] * 4), industry(2024, [new])), "industrial_output", "2024-Q1")
    assert (whole.pace_basis, whole.expected_pct) == ("history: 2023", Decimal("6.25"))


def test_rates_have_no_pace():
    row = line(LAST_YEAR, "solid_waste", "2024-Q1")
    assert (row.pace_status, row.expected_pct, row.pace_basis) == (None, None, None)


def test_another_method_fits_the_seam():
    class Impatient:
        def expected(self, _indicator: Indicator, _quarter: Quarter, _history: History) -> Expected:
            return Expected(Decimal(99), "impatience")

    quarters = quarters_to_observe(PLACE, RESOLUTIONS, LONG_AFTER)
    observations = observe(CATALOGUE, PLACE, revenue(2024, 50), LONG_AFTER, quarters, RESOLUTIONS)
    rows = attain(CATALOGUE, PLACE, RESOLUTIONS, observations, LONG_AFTER, pace=Impatient())
    paced = {row.pace_basis for row in rows if row.expected_pct is not None}
    assert paced == {"impatience"}
    assert {row.pace_status for row in rows if row.indicator_code == "budget_revenue"} == {"behind", None}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=4))
def test_expected_shares_stay_between_0_and_100_and_end_at_100(numbers: list[int]):
    evidence = revenue(2023, *numbers)
    shares = [line(evidence, "budget_revenue", f"2024-Q{n}").expected_pct for n in range(1, 5)]
    assert all(share is not None and 0 <= share <= 100 for share in shares)
    assert shares[-1] == 100
