"""The year's verdict and the plans side by side, in the published file and as of other days."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import ask, reevaluate

PLENUM = datetime.fromisoformat("2023-12-08T18:00")


def verdict(data_dir: Path, year: int, plan: str = "leading") -> dict[str, Any]:
    [found] = ask(data_dir, "SELECT * FROM mart.year_verdict WHERE year = ? AND plan_source = ?", year, plan)
    return found


def test_2023_gives_10_of_10(town: Town) -> None:
    """The resolution of 08/12/2023, section I: 10 of 10 main targets met or exceeded."""
    for plan in ("leading", "party_resolution"):
        found = verdict(town.data_dir, 2023, plan)
        assert (found["exceeded"] + found["met"], found["main_lines"], found["undecided"]) == (10, 10, 0)
        assert found["headline_vi"] == "10/10 chỉ tiêu đạt, vượt"
        assert found["is_illustrative"]


def test_2024_tells_the_sub_line_that_missed(town: Town) -> None:
    found = verdict(town.data_dir, 2024)
    assert found["headline_vi"] == "10/10 chỉ tiêu đạt, vượt; chỉ tiêu thành phần nước sạch không đạt"
    assert (found["sub_lines_missed_vi"], found["open_lines"]) == ("5a nước sạch", 0)


def test_the_count_of_a_quarter_and_of_the_year_are_one(town: Town) -> None:
    sql = """
        SELECT verdict.year, verdict.plan_source, exceeded, met, missed FROM mart.year_verdict AS verdict
        JOIN mart.attainment AS line ON line.plan_source = verdict.plan_source AND line.quarter = verdict.year || '-Q4'
        WHERE regexp_full_match(ordinal, '\\d+')
        GROUP BY ALL
        HAVING count(*) FILTER (result_status = 'exceeded') <> verdict.exceeded
            OR count(*) FILTER (result_status = 'met') <> verdict.met
            OR count(*) FILTER (result_status = 'not_met') <> verdict.missed
    """
    assert ask(town.data_dir, sql) == []


def test_a_missed_part_gates_its_whole_where_the_place_says_so(town_copy: Path) -> None:
    path = town_copy / "raw" / "place" / "place.yaml"
    path.write_text(path.read_text("utf-8").replace("part_gates_whole: false", "part_gates_whole: true"), "utf-8")
    reevaluate(town_copy, datetime.fromisoformat("2025-03-01T08:00"))
    found = verdict(town_copy, 2024)
    assert found["headline_vi"] == "9/10 chỉ tiêu đạt, vượt (1 không đạt); chỉ tiêu thành phần nước sạch không đạt"
    assert (found["missed"], found["missed_vi"]) == (1, "5 Tỷ lệ hộ dân sử dụng nước hợp vệ sinh")
    assert verdict(town_copy, 2023)["met"] + verdict(town_copy, 2023)["exceeded"] == 10


def test_on_the_day_of_the_plenum_the_year_is_not_closed(town_copy: Path) -> None:
    reevaluate(town_copy, PLENUM)
    found = verdict(town_copy, 2023)
    counted = [found[end] for end in ("exceeded", "met", "missed", "undecided")]
    assert (sum(counted), found["missed"], found["open_lines"], found["quarter"]) == (10, 0, 10, "2023-Q4")
    assert ask(town_copy, "SELECT DISTINCT year FROM mart.year_verdict") == [{"year": 2023}]


def test_each_line_stands_once_beside_its_plans(town: Town) -> None:
    sql = """
        SELECT leading_plan, actual, party_resolution_target AS party, council_target AS council,
               province_target AS province, province_attainment_pct AS pct
        FROM mart.attainment_by_plan WHERE quarter = '2023-Q4' AND indicator_code = 'budget_revenue'
    """
    [row] = ask(town.data_dir, sql)
    assert row == {
        "leading_plan": "party_resolution",
        "actual": 196.56,
        "party": 155.0,
        "council": 155.0,
        "province": 140.0,
        "pct": 140.4,
    }
    lines = "SELECT DISTINCT quarter, indicator_code FROM mart.attainment"
    [counted] = ask(
        town.data_dir, f"SELECT (SELECT count(*) FROM ({lines})) = count(*) AS same FROM mart.attainment_by_plan"
    )
    assert counted["same"]
    [leading] = ask(
        town.data_dir,
        f"SELECT count(*) FILTER (is_leading) = (SELECT count(*) FROM ({lines})) AS same FROM mart.attainment",
    )
    assert leading["same"]


def test_the_verdict_of_any_day_is_that_of_an_evaluation_on_that_day(town: Town, town_copy: Path) -> None:
    columns = "COLUMNS(* EXCLUDE evaluated_at)"
    as_of = "SELECT * EXCLUDE (known_from, known_to) FROM year_verdict_as_of(TIMESTAMP '{}') ORDER BY year, plan_source"
    for moment in (PLENUM, datetime.fromisoformat("2024-07-31T08:00"), datetime.fromisoformat("2025-01-20T08:00")):
        reevaluate(town_copy, moment)
        then = ask(town_copy, f"SELECT {columns} FROM mart.year_verdict ORDER BY year, plan_source")
        assert then
        assert ask(town.data_dir, as_of.format(moment)) == then


def test_2023_is_decided_as_figures_of_the_whole_year_come_in(town: Town) -> None:
    sql = """
        SELECT exceeded + met AS reached, open_lines
        FROM year_verdict_as_of(DATE '{}') WHERE year = 2023 AND plan_source = 'leading'
    """
    early, closed = (ask(town.data_dir, sql.format(day))[0] for day in ("2023-12-08", "2024-03-01"))
    assert early["open_lines"] == 10
    assert closed == {"reached": 10, "open_lines": 0}
