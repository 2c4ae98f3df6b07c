"""Figures that are possible and not likely are warned of, with both figures and their ratio; their rows stand."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.catalogue.plausibility import LastYear, PreviousVintage, SumOfUnits, plausibility
from lagi_pipeline.feeds.base import FeedForm, History, SeriesFinding
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline_tests.intake.reading import (
    Cell,
    Read,
    changed,
    form_sheet,
    quarter,
    read,
    read_one,
    sheets_of,
    table,
)

NOW, LAST_YEAR = quarter("2024-Q4"), quarter("2023-Q4")
FEED_OF = {form.form.code: feed.code for feed in FEEDS.values() for form in feed.forms}
LAST_YEARS = [
    (one.form, column, one.low, one.high)
    for one in plausibility().comparisons
    if isinstance(one, LastYear)
    for column in one.columns
]
VERSIONS = [
    (one.form, column, status, one.max_change[status])
    for one in plausibility().comparisons
    if isinstance(one, PreviousVintage)
    for column in one.columns
    for status in ObsStatus
]
SHARES = [
    (one.form, column, one.max_share_change)
    for one in plausibility().comparisons
    if isinstance(one, SumOfUnits)
    for column in one.columns
]


def _form(code: str) -> FeedForm:
    return FEEDS[FEED_OF[code]].form(code)


@cache
def _sample(code: str) -> pd.DataFrame:
    feed = FEED_OF[code]
    sheets = sheets_of("crops" if code == "forestry_crops" else feed, "2024-Q4")
    found = next(one for one in read(feed, "2024-Q4", *sheets) if one.reading.form.code == code)
    return found.rows


def _rows(code: str, **figures: float | None) -> pd.DataFrame:
    """The rows of a good sample, with the same figure in all rows of some columns."""
    return _sample(code).assign(**{name: float("nan") if value is None else value for name, value in figures.items()})


def _sent(rows: pd.DataFrame, status: str = "preliminary") -> pd.DataFrame:
    """Rows as the warehouse keeps them of an earlier version."""
    return rows.assign(obs_status=status, received_at=pd.Timestamp("2025-01-10T08:30"))


def _found(code: str, now: pd.DataFrame, history: History, rule: str) -> list[SeriesFinding]:
    found = [one for one in _form(code).beside_its_past(now, history, NOW) if one.rule == rule]
    assert all(one.severity is Severity.WARNING and one.index in now.index for one in found)
    return found


def _beside_last_year(code: str, now: pd.DataFrame, then: pd.DataFrame) -> list[SeriesFinding]:
    return _found(code, now, History({LAST_YEAR: then}), "far_from_last_year")


def _beside_version(code: str, now: pd.DataFrame, before: pd.DataFrame, rule: str) -> list[SeriesFinding]:
    return _found(code, now, History({}, before), rule)


@pytest.mark.parametrize(("code", "column", "low", "high"), LAST_YEARS)
def test_what_is_outside_the_usual_beside_last_year_is_warned_of_at_its_cells(
    code: str, column: str, low: float, high: float
) -> None:
    then = _rows(code, **{column: 1000})
    for ratio in (low * 1.001, 1, high * 0.999):
        assert _beside_last_year(code, _rows(code, **{column: 1000 * ratio}), then) == []
    for ratio in (low * 0.999, high * 1.001):
        found = _beside_last_year(code, _rows(code, **{column: 1000 * ratio}), then)
        assert [(one.index, one.column) for one in found] == [(index, column) for index in then.index]


@given(now=st.integers(0, 10**9), then=st.integers(1, 10**9))
def test_a_total_is_warned_of_exactly_where_its_ratio_is_outside_the_usual(now: int, then: int) -> None:
    [usual] = plausibility().of("budget_revenue", LastYear)
    total = _sample("budget_revenue")["item"] == "total"
    rows = _sample("budget_revenue").assign(actual=None)
    here, there = (
        rows.assign(actual=rows["actual"].mask(total, figure / 1000).astype("float64")) for figure in (now, then)
    )
    found = _form("budget_revenue").beside_its_past(here, History({LAST_YEAR: there}), NOW)
    is_likely = usual.low <= now / then <= usual.high
    assert bool(found) != is_likely


def test_the_reason_gives_both_figures_and_the_ratio() -> None:
    now, then = _rows("budget_revenue", actual=210.0), _rows("budget_revenue", actual=67.7)
    assert _beside_last_year("budget_revenue", now, then)[0].reason == (
        "«Thực hiện» 210 tỷ đồng bằng 310,2 % cùng kỳ năm trước (67,7), mức thường thấy 65 % đến 190 %: kiểm tra lại"
    )


@pytest.mark.parametrize("then", [0, None, -5.0])
def test_nothing_is_said_beside_a_last_year_of_nothing(then: float | None) -> None:
    assert _beside_last_year("waste", _rows("waste", generated=500.0), _rows("waste", generated=then)) == []


@pytest.mark.parametrize("column", ["births", "population_end"])
def test_whole_numbers_with_gaps_are_compared_where_they_are_given(column: str) -> None:
    now, then = _sample("population").copy(), _sample("population").copy()
    now[column] = (now[column] * 3).mask(now.index == now.index[0])
    then[column] = then[column].mask(then.index == then.index[1])
    found = _beside_last_year("population", now, then)
    assert now[column].dtype == "Int64"
    assert found
    assert not {now.index[0], now.index[1]} & {one.index for one in found}


def test_a_figure_that_is_missing_now_is_not_compared() -> None:
    assert _beside_last_year("waste", _rows("waste", generated=None), _rows("waste", generated=500.0)) == []


def test_a_small_head_of_revenue_may_swing_and_a_large_one_may_not() -> None:
    then = _sample("budget_revenue")
    small, large = then["row"] == 26, then["row"] == 16  # rents of state housing, and taxes of private firms
    assert small.sum() == large.sum() == 1
    now = then.assign(actual=then["actual"].mask(small | large, then["actual"] * 2.5))
    assert [one.index for one in _beside_last_year("budget_revenue", now, then)] == then.index[large].tolist()


def test_what_was_large_last_year_is_compared_though_it_is_small_now() -> None:
    then = _sample("budget_revenue")
    large = then["row"] == 16
    now = then.assign(actual=then["actual"].mask(large, then["actual"] / 15))
    assert [one.index for one in _beside_last_year("budget_revenue", now, then)] == then.index[large].tolist()


@pytest.mark.parametrize(("births", "warned"), [(39, False), (40, True)])
def test_counts_too_small_to_mean_anything_are_not_compared(births: int, *, warned: bool) -> None:
    found = _beside_last_year("population", _rows("population", births=births), _rows("population", births=13))
    assert bool(found) is warned


def test_only_the_same_quarter_of_last_year_counts() -> None:
    now, then = _rows("waste", generated=900.0), _rows("waste", generated=300.0)
    history = History({quarter("2024-Q3"): then, quarter("2022-Q4"): then})
    assert _found("waste", now, history, "far_from_last_year") == []


def test_a_cell_that_is_rejected_has_no_warning_beside() -> None:
    now, then = _rows("waste", generated=900_000.0), _rows("waste", generated=900.0)
    found = _form("waste").beside_its_past(now, History({LAST_YEAR: then}), NOW)
    assert {one.rule for one in found if one.column == "generated"} == {"out_of_scale"}


def test_a_unit_is_the_same_one_only_in_the_same_block() -> None:
    now, then = _rows("poverty", poor_end=100), _rows("poverty", poor_end=300)
    assert len(_beside_last_year("poverty", now, then)) == len(now)
    assert _beside_last_year("poverty", now, then.assign(block="khu vực khác")) == []


@pytest.mark.parametrize(("code", "column", "status", "most"), VERSIONS)
def test_what_changes_since_the_earlier_version_by_more_than_its_status_allows_is_warned_of(
    code: str, column: str, status: ObsStatus, most: float
) -> None:
    before = _sent(_rows(code, **{column: 1000}), status)
    for change in (0, most):
        now = _rows(code, **{column: 1000 * (1 + change)})
        assert _beside_version(code, now, before, "changed_since_version") == []
    for change in (-most - 0.0001, most + 0.0001):
        now = _rows(code, **{column: 1000 * (1 + change)})
        found = _beside_version(code, now, before, "changed_since_version")
        assert [(one.index, one.column) for one in found] == [(index, column) for index in now.index]


def test_a_correction_shows_every_cell_that_it_changes() -> None:
    before = read_one("exports", "2024-Q2", form_sheet("exports", "2024-Q2"))
    sheet = changed(form_sheet("exports", "2024-Q2"), E12=3.77, E16=45.3, G12=7.19, G16=85.4)
    corrected = read_one("exports", "2024-Q2", sheet)
    found = _form("exports").beside_its_past(corrected.rows, History({}, _sent(before.rows)), quarter("2024-Q2"))
    cells = {f"{corrected.reading.letters[one.column]}{corrected.rows.loc[one.index, 'row']}" for one in found}
    assert cells == {"E12", "E16", "G12"}  # the total to date moves by 0,6 %


def test_the_reason_names_both_versions_figures() -> None:
    now, before = _rows("exports", value_ytd=84.9), _sent(_rows("exports", value_ytd=86.3))
    assert _beside_version("exports", now, before, "changed_since_version")[0].reason == (
        "«Trị giá lũy kế» 84,9 triệu USD, bản trước (số sơ bộ, nhận 10/01/2025) là 86,3 (giảm 1,6 %):"
        " hãy xác nhận số mới"
    )


def test_what_was_zero_has_changed_without_a_percentage() -> None:
    now, before = _rows("waste", treated=3.0), _sent(_rows("waste", treated=0.0), "estimate")
    [first, *_] = _beside_version("waste", now, before, "changed_since_version")
    assert "là 0: " in first.reason


def test_a_column_left_blank_is_one_question() -> None:
    now, before = _rows("waste", treated=None), _sent(_rows("waste", treated=12.5))
    [blank] = _beside_version("waste", now, before, "changed_since_version")
    assert (blank.index, blank.column) == (now.index[0], "treated")
    assert "12,5" in blank.reason
    assert f"{len(now) - 1} dòng khác" in blank.reason


def test_a_figure_that_was_missing_may_be_filled_in() -> None:
    now, before = _rows("waste", treated=12.5), _sent(_rows("waste", treated=None))
    assert _beside_version("waste", now, before, "changed_since_version") == []


def test_rows_that_are_gone_are_named_once_at_the_first_row() -> None:
    rows = _sample("exports")
    before = _sent(rows)
    now = rows[~rows["goods"].isin(["Cao su", "Gỗ"])]
    [gone] = _beside_version("exports", now, before, "gone_since_version")
    assert (gone.index, gone.column) == (now.index[0], "goods")
    assert re.search(r"«Cao su».*«Gỗ»", gone.reason)
    assert _beside_version("exports", rows, _sent(now), "gone_since_version") == []


def test_of_many_rows_that_are_gone_five_are_named() -> None:
    rows = _sample("population")
    [gone] = _beside_version("population", rows.head(1), _sent(rows), "gone_since_version")
    assert gone.reason.count("«") == 5
    assert "3 dòng khác" in gone.reason


def test_without_an_earlier_version_or_without_rows_there_is_nothing_to_compare() -> None:
    rows = _sample("waste")
    for now, history in (
        (rows, History({})),
        (rows, History({}, _sent(rows.head(0)))),
        (rows.head(0), History({LAST_YEAR: rows}, _sent(rows))),
    ):
        assert _form("waste").beside_its_past(now, history, NOW) == []


@pytest.mark.parametrize(("code", "column", "most"), SHARES)
def test_a_unit_whose_share_in_the_town_jumps_is_warned_of(code: str, column: str, most: float) -> None:
    then = _rows(code, **{column: 1000.0}).head(5)
    first = then.index == then.index[0]

    def with_share(share: float) -> pd.DataFrame:
        """The first of five units has this share of 5.000, the others the rest."""
        return then.assign(**{column: pd.Series(5000 * (1 - share) / 4, index=then.index).mask(first, 5000 * share)})

    history = History({LAST_YEAR: then})
    assert _found(code, with_share(0.2 + most * 0.99), history, "share_of_units") == []
    [jump] = [
        one
        for one in _found(code, with_share(0.2 + most * 1.01), history, "share_of_units")
        if one.index == then.index[0]
    ]
    assert jump.column == column
    assert "20 %" in jump.reason


def test_all_units_may_grow_together() -> None:
    now, then = _rows("waste", generated=1400.0), _rows("waste", generated=1000.0)
    assert _found("waste", now, History({LAST_YEAR: then}), "share_of_units") == []


def test_a_unit_that_is_missing_in_one_year_moves_no_shares() -> None:
    then = _rows("waste", generated=1000.0)
    now = then.assign(generated=then["generated"].mask(then.index == then.index[0]))
    assert _found("waste", now, History({LAST_YEAR: then}), "share_of_units") == []
    assert _found("waste", then.iloc[1:], History({LAST_YEAR: then}), "share_of_units") == []


def _town(generated: float) -> pd.DataFrame:
    """A town's total sent without any ward."""
    sheet = table(
        ["STT", "Phường, xã", "Khối lượng phát sinh", "Thu gom", "Xử lý"],
        [None, "Tổng cộng", generated, 8800, 8700],
        title="QUÝ IV NĂM 2024",
    )
    return read_one("waste", "2024-Q4", sheet).rows


def _wards() -> pd.DataFrame:
    return _rows("waste", generated=1000.0, collected=8800 / 9, treated=8700 / 9)


@pytest.mark.parametrize(("generated", "said"), [(9179.0, None), (9181.0, "tăng 2 %"), (8100.0, "giảm 10 %")])
def test_a_town_figure_alone_is_compared_with_the_sum_of_the_wards_before(generated: float, said: str | None) -> None:
    found = _beside_version("waste", _town(generated), _sent(_wards()), "town_beside_units")
    assert [one.column for one in found] == ([] if said is None else ["generated"])
    if said:
        assert all(text in found[0].reason for text in (said, "9 đơn vị", "9.000", "toàn địa bàn"))


def test_the_wards_sum_is_compared_with_the_town_figure_before() -> None:
    [found] = _beside_version("waste", _wards(), _sent(_town(10_000)), "town_beside_units")
    assert "9.000 tấn của 9 đơn vị cộng lại" in found.reason
    assert "10.000 (giảm 10 %)" in found.reason
    assert _beside_version("waste", _wards(), _sent(_town(9_000)), "gone_since_version") == []


def test_wards_with_a_gap_are_no_sum() -> None:
    wards = _wards()
    gap = wards.assign(generated=wards["generated"].mask(wards.index == wards.index[0]))
    assert _beside_version("waste", _town(10_000), _sent(gap), "town_beside_units") == []


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"G13": None}, []),  # a gap, and the others are less than the whole
        ({"F13": None, "G13": None}, []),
        ({"F13": "999,9", "G13": None}, ["purposes_add_up"]),  # one purpose alone is more than the whole
    ],
)
def test_purposes_of_forest_are_never_more_than_the_whole_though_one_is_missing(
    changes: dict[str, Cell], rules: list[str]
) -> None:
    found = read("forestry", "2024-Q4", changed(form_sheet("forestry", "2024-Q4", 0), **changes))[0]
    assert [rule for _, rule in found.errors if rule == "purposes_add_up"] == rules


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"F11": None}, []),
        ({"E11": None, "F11": None, "G11": None}, []),
        ({"F11": None, "G11": 140}, ["placed_by_way"]),
    ],
)
def test_ways_of_placement_are_never_more_than_the_total_though_one_is_missing(
    changes: dict[str, Cell], rules: list[str]
) -> None:
    found: Read = read("employment", "2024-Q4", changed(form_sheet("employment", "2024-Q4", 0), **changes))[0]
    assert [rule for _, rule in found.errors if rule == "placed_by_way"] == rules
