"""The offices' own estimates of the year, from the samples' cells to the published lines."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import ask, line, reevaluate

PRINTED = {
    "budget_revenue": (194.5, "revenue_year_estimate", "E12"),
    "development_spending": (78.0, "investment_year_estimate", "E13"),
    "industrial_output": (1840.0, "industrial_output_year_estimate", "F11"),
    "export_turnover": (185.0, "export_year_estimate", "H15"),
}


@pytest.mark.parametrize("code", PRINTED)
def test_the_line_of_the_third_quarter_has_it_and_its_cell_is_kept(town: Town, code: str) -> None:
    value, measure, cell = PRINTED[code]
    row = line(town.data_dir, "2024-Q3", code)
    assert row["year_estimate"] == value
    assert "ước cả năm" not in (row["reason"] or "")
    [kept] = ask(town.data_dir, "SELECT value, quarter, cell FROM core.measure WHERE measure = ?", measure)
    assert kept == {"value": value, "quarter": "2024-Q3", "cell": cell}


def test_no_other_line_has_one_once_the_year_is_closed(town: Town) -> None:
    rows = ask(town.data_dir, "SELECT DISTINCT quarter, indicator_code FROM mart.attainment WHERE year_estimate > 0")
    assert {(row["quarter"], row["indicator_code"]) for row in rows} == {("2024-Q3", code) for code in PRINTED}


def test_in_december_the_year_s_file_marked_uoc_is_the_estimate(town_copy: Path) -> None:
    reevaluate(town_copy, datetime.fromisoformat("2024-12-11T08:00"))
    october = line(town_copy, "2024-Q4", "budget_revenue")
    assert (october["actual"], october["year_estimate"]) == (None, 194.5)
    assert "ước cả năm theo báo cáo quý III, tệp " in october["reason"]
    reevaluate(town_copy, datetime.fromisoformat("2024-12-15T08:00"))
    december = line(town_copy, "2024-Q4", "budget_revenue")
    assert (december["actual"], december["obs_status"], december["year_estimate"]) == (195.6, "estimate", 195.6)
    assert line(town_copy, "2024-Q3", "budget_revenue")["year_estimate"] == 194.5
