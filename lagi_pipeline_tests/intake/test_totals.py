"""A printed total leaves the table where it adds up; the percentages that it prints are looked at all the same."""

from __future__ import annotations

import pandas as pd
import pytest

from lagi_pipeline.intake.totals import odd_totals
from lagi_pipeline_tests.intake.reading import Cell, Read, changed, form_sheet, read_one


def _read(feed: str, **changes: Cell) -> Read:
    return read_one(feed, "2023-Q4", changed(form_sheet(feed, "2023-Q4"), **changes))


def _odd(found: Read) -> list[tuple[str, str, str]]:
    """Cell, rule and reason."""
    reading = found.reading
    odd = odd_totals(reading.totals, reading.form, reading.steps)
    rows = reading.totals["row"]
    return [(f"{reading.letters[column or '']}{rows[index]}", rule, reason) for index, column, rule, reason in odd]


@pytest.mark.parametrize("feed", ["water", "poverty", "waste", "population"])
def test_totals_of_a_good_form_are_right(feed: str) -> None:
    found = _read(feed)
    assert len(found.reading.totals) > 0
    assert _odd(found) == []


@pytest.mark.parametrize(
    ("feed", "changes", "cell", "rule", "said"),
    [
        ("water", {"F19": 99.26}, "F19", "hygienic_percent", ("99,26", "28.770", "28.880")),
        ("water", {"G19": 39.4}, "G19", "clean_percent", ("39,4", "26.974")),
    ],
)
def test_a_total_whose_percentage_is_not_its_own_is_told_of(
    feed: str, changes: dict[str, Cell], cell: str, rule: str, said: tuple[str, ...]
) -> None:
    found = _read(feed, **changes)
    assert found.errors == []
    [(at, code, reason)] = _odd(found)
    assert (at, code) == (cell, rule)
    assert reason.startswith("dòng tổng: ")
    assert all(text in reason for text in said)


def test_a_block_has_percentages_of_its_own() -> None:
    totals = _read("poverty").reading
    block = totals.totals.index[0]
    wrong = totals.totals.assign(poor_percent=totals.totals["poor_percent"].mask(totals.totals.index == block, 9.5))
    [(index, column, rule, reason)] = odd_totals(wrong, totals.form, totals.steps)
    assert (index, column, rule) == (block, "poor_percent", "poor_percent")
    assert "9,5 %" in reason


def test_a_total_without_a_percentage_says_nothing_wrong() -> None:
    assert _odd(_read("water", F19=None, G19=None)) == []


def test_rules_over_added_figures_are_their_rows_business() -> None:
    """The town's population does not balance where a ward's does not, and the ward is told."""
    found = read_one("population", "2024-Q2", form_sheet("population", "2024-Q2"))
    assert "population_balances" in found.rules
    assert _odd(found) == []


def test_no_totals_are_no_trouble() -> None:
    reading = _read("water").reading
    assert odd_totals(pd.DataFrame(), reading.form, reading.steps) == []
