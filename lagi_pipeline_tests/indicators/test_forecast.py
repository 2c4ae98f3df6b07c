"""The season and the forecast: an example worked by hand, and what must hold whatever the figures are."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist, fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.profiles import History, Profile
from lagi_pipeline.indicators.forecast import Forecast, from_plan, from_plan_and_season, from_season
from lagi_pipeline.indicators.seasonal import Season, SeasonSource, log_shares, season
from lagi_pipeline_tests.indicators.building import CATALOGUE

RULES = History(enough_years=3, first_quarter_at_most_pct=50, reason="of the test, long enough to be one")


def profile(code: str) -> Profile:
    found = CATALOGUE.profiles.of(code)
    assert found is not None
    return found


REVENUE, SPENDING = profile("revenue"), profile("spending")
assert REVENUE.plan is not None
RECORD = REVENUE.plan


def known(number: int, *shares: float, of: Profile | None = REVENUE) -> Season:
    found = season(of, number, [math.log(share) for share in shares], RULES.enough_years)
    assert found is not None
    return found


class TestByHand:
    """docs/method.md works the same example; every number below was computed with a calculator and a table of Φ."""

    def test_one_own_year_is_weighed_with_the_reference(self):
        found = known(2, 0.40)
        # w = 1·0.62 / (1 + 0·0.62); m = ln 0.4693 + 0.62 (ln 0.40 - ln 0.4693); s = 0.1032 √(0.38 · 1.62)
        assert found.log_share == pytest.approx(-0.85558, abs=1e-5)
        assert found.share == pytest.approx(0.42504, abs=1e-5)
        assert found.spread == pytest.approx(0.08097, abs=1e-5)
        assert (found.own_years, found.source) == (1, SeasonSource.SHRUNK)

    def test_the_plan_and_44_of_100_by_midyear(self):
        found = from_plan_and_season(44, known(2, 0.40), 100, RECORD)
        # e = ln 0.44 + 0.85558 = 0.03459; masses 0.635 close below, 0.040 strange, 0.325 above the median of 104.08
        assert [piece.mass for piece in found.distribution.pieces] == pytest.approx([0.6350, 0.0397, 0.3253], abs=1e-4)
        assert (found.low, found.middle, found.high) == pytest.approx((99.84, 103.12, 111.79), abs=0.005)
        assert found.at_least(100) == pytest.approx(0.8898, abs=5e-5)
        assert found.at_least(110) == pytest.approx(0.1392, abs=5e-5)

    def test_the_season_alone(self):
        found = from_season(24, known(2, of=SPENDING))
        # 24 / 0.4256 = 56.39; 56.39 · e^(±1.2816 · 0.1736); 1 - Φ((ln 60 - ln 56.39) / 0.1736)
        assert (found.low, found.middle, found.high) == pytest.approx((45.14, 56.39, 70.44), abs=0.005)
        assert found.at_least(60) == pytest.approx(0.3604, abs=5e-5)

    def test_the_plan_alone_is_the_record_of_the_reference(self):
        found = from_plan(100, RECORD)
        assert found.middle == pytest.approx(RECORD.median_pct, abs=1e-9)
        # below the median: 8/18 within 0.0282, 1/18 within 0.1569; doubled, for each is half a normal curve
        short = math.log(1.0408)
        phi = NormalDist().cdf
        miss = 2 * (8 / 18 * phi(-short / 0.0282) + 1 / 18 * phi(-short / 0.1569))
        assert found.at_least(100) == pytest.approx(1 - miss, abs=1e-9)
        assert miss == pytest.approx(0.1138, abs=5e-5)


class TestSeason:
    def test_without_years_of_its_own_a_place_has_the_reference(self):
        found = known(3)
        assert (found.share, found.own_years) == (pytest.approx(0.7225), 0)
        assert (found.spread, found.wide_spread) == (0.0659, 0.1224)

    def test_from_three_years_on_its_own_mean_stands_alone(self):
        found = known(1, 0.20, 0.22, 0.24)
        assert found.log_share == pytest.approx(fmean(map(math.log, (0.20, 0.22, 0.24))))
        assert found.spread == pytest.approx(0.215 * math.sqrt(0.38 * 4 / 3))
        assert found.source is SeasonSource.OWN

    def test_a_kind_without_a_reference_needs_three_years_and_has_their_own_spread(self):
        assert season(None, 1, [math.log(0.2), math.log(0.3)], 3) is None
        logs = [math.log(share) for share in (0.20, 0.22, 0.27)]
        found = known(1, 0.20, 0.22, 0.27, of=None)
        # Student's t with 2 degrees of freedom is 1.886 where the normal is 1.2816
        assert found.spread == pytest.approx(stdev(logs) * math.sqrt(4 / 3) * 1.886 / 1.2816, rel=1e-3)

    def test_three_years_alike_are_not_certainty(self):
        assert known(1, 0.25, 0.25, 0.25, of=None).spread == 0.01

    @given(st.integers(1, 3), st.lists(st.floats(0.05, 0.95), max_size=8))
    def test_own_years_pull_towards_themselves_and_never_past(self, number: int, shares: list[float]):
        found, reference = known(number, *shares), known(number)
        own = fmean(map(math.log, shares)) if shares else reference.log_share
        low, high = sorted((own, reference.log_share))
        assert low - 1e-12 <= found.log_share <= high + 1e-12
        assert found.spread <= reference.spread
        assert found.spread <= found.wide_spread


class TestSharesOfAYear:
    @pytest.mark.parametrize(
        ("to_date", "shares"),
        [
            ((20, 50, 70, 100), (0.2, 0.5, 0.7)),
            ((20, None, 70, 100), (0.2, None, 0.7)),  # NULL in a quarter says nothing of the others
            ((0, 50, 70, 100), (None, 0.5, 0.7)),  # 0 by Q1: no share that a logarithm could take
            ((20, 20, 70, 100), (0.2, None, 0.7)),  # nothing published in Q2: Q3 holds both
            ((20, 50, 50, 100), (0.2, 0.5, None)),
            ((20, 50, 100, 100), (None, None, None)),  # nothing published in Q4: the year is unknown
            ((20, 50, 70, None), (None, None, None)),
            ((0, 0, 0, 0), (None, None, None)),
            ((97, 97, 97, 100), (None, None, None)),  # a plan booked in Q1
            ((51, 60, 70, 100), (None, None, None)),
            ((50, 60, 70, 100), (0.5, 0.6, 0.7)),
            ((20, 50, 110, 100), (0.2, 0.5, 1.1)),  # a correction downwards is what it is
        ],
    )
    def test_each_defect_is_what_it_is(self, to_date: tuple[float | None, ...], shares: tuple[float | None, ...]):
        found = log_shares(to_date, RULES)
        assert [None if one is None else math.exp(one) for one in found] == [
            None if share is None else pytest.approx(share) for share in shares
        ]


AMOUNTS = st.floats(1e-3, 1e9)
QUARTERS = st.integers(1, 3)


def forecasts(to_date: float, plan: float, number: int) -> list[Forecast]:
    return [
        from_season(to_date, known(number)),
        from_plan_and_season(to_date, known(number), plan, RECORD),
        from_plan(plan, RECORD),
    ]


class TestProperties:
    @given(AMOUNTS, AMOUNTS, QUARTERS)
    def test_the_interval_holds_the_forecast_and_nothing_is_below_what_is_in(
        self, to_date: float, plan: float, number: int
    ):
        for found in forecasts(to_date, plan, number):
            assert found.to_date <= found.low <= found.middle <= found.high

    @given(AMOUNTS, AMOUNTS, QUARTERS, st.lists(AMOUNTS, min_size=2, max_size=6))
    def test_a_higher_target_is_never_likelier(self, to_date: float, plan: float, number: int, targets: list[float]):
        for found in forecasts(to_date, plan, number):
            chances = [found.at_least(target) for target in sorted(targets)]
            assert all(0 <= chance <= 1 for chance in chances)
            assert all(after <= before + 1e-12 for before, after in pairwise(chances))

    @given(AMOUNTS, AMOUNTS, QUARTERS, AMOUNTS)
    def test_at_most_is_the_other_side_of_at_least(self, to_date: float, plan: float, number: int, target: float):
        for found in forecasts(to_date, plan, number):
            if target > found.to_date:
                assert found.at_most(target) == pytest.approx(1 - found.at_least(target), abs=1e-12)
            assert 0 <= found.at_most(target) <= 1

    @settings(max_examples=50)
    @given(st.floats(0.05, 3), st.floats(1.001, 2), QUARTERS)
    def test_the_more_is_in_the_more_will_come(self, share: float, more: float, number: int):
        for less_in, more_in in zip(forecasts(share, 1, number), forecasts(share * more, 1, number), strict=True):
            for before, after in (
                (less_in.low, more_in.low),
                (less_in.middle, more_in.middle),
                (less_in.high, more_in.high),
                (less_in.at_least(1), more_in.at_least(1)),
            ):
                assert after >= before - 1e-9

    @settings(max_examples=50)
    @given(st.floats(0.05, 3), st.floats(1e-3, 1e6), QUARTERS)
    def test_the_unit_does_not_matter(self, share: float, scale: float, number: int):
        for small, large in zip(forecasts(share, 1, number), forecasts(share * scale, scale, number), strict=True):
            assert large.middle == pytest.approx(small.middle * scale, rel=1e-6)
            assert large.high == pytest.approx(small.high * scale, rel=1e-6)
            assert large.at_least(1.1 * scale) == pytest.approx(small.at_least(1.1), abs=1e-6)

    @settings(max_examples=50)
    @given(st.floats(0.05, 3), QUARTERS)
    def test_a_quantile_is_where_its_probability_lies(self, share: float, number: int):
        distribution = from_plan_and_season(share, known(number), 1, RECORD).distribution
        assert sum(piece.mass for piece in distribution.pieces) == pytest.approx(1)
        for probability in (0.01, 0.1, 0.5, 0.9, 0.99):
            assert distribution.below(distribution.quantile(probability)) == pytest.approx(probability, abs=1e-6)

    @pytest.mark.parametrize("share", [1e-12, 1e-3, 1, 1e3, 1e12])
    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_figures_out_of_all_proportion_still_have_an_answer(self, share: float, number: int):
        found = from_plan_and_season(share, known(number), 1, RECORD)
        assert all(math.isfinite(amount) for amount in (found.low, found.middle, found.high))
        assert found.at_least(1) == pytest.approx(float(share >= 1), abs=1e-3)

    def test_what_is_reached_is_certain_and_what_is_passed_impossible(self):
        found = from_season(120, known(2))
        assert (found.at_least(120), found.at_least(100), found.at_least(0)) == (1, 1, 1)
        assert (found.at_most(119), found.at_most(0)) == (0, 0)


def test_a_year_far_behind_its_plan_is_not_held_up_by_the_plan():
    """Every reference year met its plan; Laplace's share of strange years lets one that plainly will not be seen."""
    behind = from_plan_and_season(45, known(3), 100, RECORD)
    assert behind.at_least(100) < 0.05
    assert behind.middle < 75
    assert from_plan_and_season(72, known(3), 100, RECORD).at_least(100) > 0.8
