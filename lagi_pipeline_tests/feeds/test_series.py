"""Checks against earlier quarters: they warn, but for a figure out of all scale."""

from __future__ import annotations

import pandas as pd
import pytest

from lagi_pipeline.feeds.base import History, SeriesFinding
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline_tests.intake.reading import Cell, Read, changed, form_sheet, quarter, read


def _read(feed: str, code: str, **changes: Cell) -> Read:
    return read(feed, code, changed(form_sheet(feed, code), **changes))[0]


def _series(now: Read, code: str, *earlier: tuple[str, pd.DataFrame]) -> list[SeriesFinding]:
    history = History({quarter(when): rows for when, rows in earlier})
    form = FEEDS[now.feed].form(now.reading.form.code)
    return form.beside_its_past(now.rows, history, quarter(code))


def _rows(found: list[SeriesFinding], now: Read, rule: str) -> list[int]:
    return [int(str(now.rows.loc[one.index, "row"])) for one in found if one.rule == rule]


@pytest.mark.parametrize("feed", sorted(code for code in FEEDS if FEEDS[code].forms[0].series))
def test_nothing_is_found_without_a_past(feed: str) -> None:
    now = _read(feed, "2024-Q4")
    assert _series(now, "2024-Q4") == []


def test_a_cumulative_figure_that_falls_is_a_warning_and_stands() -> None:
    now, before = _read("budget_revenue", "2024-Q3"), _read("budget_revenue", "2024-Q2")
    found = _series(now, "2024-Q3", ("2024-Q2", before.rows))
    assert _rows(found, now, "cumulative_falls") == [20]
    [fall] = found
    assert fall.severity is Severity.WARNING
    assert "điều chỉnh kỳ trước" in fall.reason
    assert "3,692" in fall.reason
    assert "3,73" in fall.reason
    assert fall.column == "actual"


def test_the_first_quarter_falls_below_no_other_year() -> None:
    now, before = _read("budget_revenue", "2024-Q1"), _read("budget_revenue", "2023-Q4")
    assert _series(now, "2024-Q1", ("2023-Q4", before.rows)) == []


def test_a_back_loaded_first_quarter_is_not_out_of_scale() -> None:
    before = _read("budget_spending", "2023-Q4")
    now = _read("budget_spending", "2024-Q1")
    investment = now.rows["item"] == "investment"
    now.rows.loc[investment, "actual"] = 3.5  # less than 1/20 of 78.4
    found = _series(now, "2024-Q1", ("2023-Q4", before.rows))
    assert int(now.rows.index[investment][0]) not in {one.index for one in found}


def test_a_running_total_that_is_not_the_sum_is_a_warning() -> None:
    now, before = _read("industry", "2024-Q3"), _read("industry", "2024-Q2")
    found = _series(now, "2024-Q3", ("2024-Q2", before.rows))
    assert sorted(_rows(found, now, "ytd_adds_up")) == [11, 19]
    assert all(one.severity is Severity.WARNING and "-2,5" in one.reason for one in found)


def test_the_tolerance_of_a_running_total_is_its_printed_rounding() -> None:
    frame = pd.DataFrame({"path": ["1"], "branch": ["Điện"], "value_quarter": [10.1], "value_ytd": [30.3]})
    before = frame.assign(value_ytd=20.1)
    form = FEEDS["industry"].form("industry")
    check = form.series[0]
    within = History({quarter("2024-Q2"): before})
    assert list(check(frame, within, quarter("2024-Q3"))) == []
    beyond = History({quarter("2024-Q2"): before.assign(value_ytd=19.9)})
    assert [one.rule for one in check(frame, beyond, quarter("2024-Q3"))] == ["ytd_adds_up"]
    finer = History({quarter("2024-Q2"): before.assign(value_ytd=20.101)})
    fine = frame.assign(value_quarter=10.101, value_ytd=30.303)
    assert [one.rule for one in check(fine, finer, quarter("2024-Q3"))] == ["ytd_adds_up"]


def test_the_unit_price_of_a_good_is_a_warning() -> None:
    now, before = _read("exports", "2024-Q4"), _read("exports", "2024-Q3")
    found = _series(now, "2024-Q4", ("2024-Q3", before.rows))
    assert _rows(found, now, "unit_price") == [12]
    [price] = [one for one in found if one.rule == "unit_price"]
    assert price.severity is Severity.WARNING
    assert "Cao su" in price.reason


def test_poor_households_start_where_last_year_ended() -> None:
    now, before = _read("poverty", "2024-Q4"), _read("poverty", "2023-Q4")
    found = _series(now, "2024-Q4", ("2023-Q4", before.rows))
    assert _rows(found, now, "starts_where_last_year_ended") == [17]
    assert "67" in found[0].reason
    assert "66" in found[0].reason
    assert found[0].severity is Severity.WARNING


def test_last_years_form_may_have_other_blocks() -> None:
    now, before = _read("poverty", "2024-Q4"), _read("poverty", "2023-Q4")
    found = _series(now, "2024-Q4", ("2023-Q4", before.rows.assign(block=None)))
    assert _rows(found, now, "starts_where_last_year_ended") == [17]


@pytest.mark.parametrize("factor", [21, 1 / 21])
@pytest.mark.parametrize(
    ("feed", "column"), [("waste", "generated"), ("population", "population_end"), ("water", "households")]
)
def test_a_figure_out_of_all_scale_is_rejected(feed: str, column: str, factor: float) -> None:
    now = _read(feed, "2024-Q4" if feed != "water" else "2023-Q4")
    code = "2024-Q4" if feed != "water" else "2023-Q4"
    before = now.rows.assign(**{column: now.rows[column].astype("float64") * factor})
    found = [one for one in _series(now, code, ("2022-Q4", before)) if one.column == column]
    assert len(found) == len(now.rows)
    assert {(one.rule, one.severity) for one in found} == {("out_of_scale", Severity.ERROR)}
    assert "1/20 đến 20 lần" in found[0].reason


def test_nineteen_times_is_plausible() -> None:
    now = _read("waste", "2024-Q4")
    before = now.rows.assign(generated=now.rows["generated"] / 19)
    assert _series(now, "2024-Q4", ("2024-Q3", before)) == []


def test_labels_that_recur_are_told_apart_by_their_parent() -> None:
    now, before = _read("budget_revenue", "2024-Q3"), _read("budget_revenue", "2024-Q2")
    for rows in (now.rows, before.rows):
        rows.loc[rows["row"].isin([14, 22]), "content"] = "Thuế giá trị gia tăng"
    found = _series(now, "2024-Q3", ("2024-Q2", before.rows))
    assert _rows(found, now, "cumulative_falls") == [20]


def test_a_series_finding_on_one_block_takes_the_whole_unit() -> None:
    sheet = form_sheet("poverty", "2024-Q4")
    both: list[Cell] = [1, "Xã Tân Hải", "Thành thị", 5, 0, 0, 0, 0, 0, 0]
    sheet.rows.insert(15, both)
    sheet.merges = [area for area in sheet.merges if area[0] < 15]
    changed(sheet, D10=17736, D22=29115)
    found = read("poverty", "2024-Q4", sheet)[0]
    assert found.errors == []
    assert found.value("poverty_review_households", "23245") == 3063
    index = found.rows.index[found.rows["row"] == 18][0]
    found.reading.reject(int(index), "households", "out_of_scale", "…")
    left = found.rows[~found.rows.index.isin(found.reading.rejected_rows)]
    assert "23245" not in set(left["unit_code"])
    assert found.all("unit_incomplete")[0].row == 16


@pytest.mark.parametrize(
    ("feed", "column"),
    [
        ("industry", "value_ytd"),
        ("exports", "value_ytd"),
        ("waste", "treated_ytd"),
        ("population", "births"),
        ("poverty", "poor_end"),
        ("water", "clean"),
    ],
)
def test_the_figures_that_indicators_read_keep_their_scale(feed: str, column: str) -> None:
    """A thousandfold running total beside a right quarter: another unit, most likely."""
    now = _read(feed, "2024-Q4")
    before = now.rows.copy()
    now.rows[column] = now.rows[column].astype("float64") * 1000
    found = [one for one in _series(now, "2024-Q4", ("2023-Q4", before)) if one.column == column]
    assert {(one.rule, one.severity) for one in found if one.severity is Severity.ERROR} == {
        ("out_of_scale", Severity.ERROR)
    }
