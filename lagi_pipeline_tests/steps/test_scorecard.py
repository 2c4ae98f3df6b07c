"""The scorecard and the urging list end to end: from the sample files to the published tables and the asset's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from lagi_pipeline.indicators.scorecard import Scorecard
from lagi_pipeline.orchestration.settings import quarter_of
from lagi_pipeline.steps import gate
from lagi_pipeline.steps.scorecard import compute_scorecard
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.indicators.building import at
from lagi_pipeline_tests.running import (
    SETTLED,
    Rows,
    ask,
    book,
    emptied,
    make_data_dir,
    run,
    send,
    settings_of,
    working,
)


def score(data_dir: Path, feed: str, when: str) -> dict[str, Any]:
    """The published line of a report."""
    [found] = ask(data_dir, "SELECT * FROM mart.feed_scorecard WHERE feed = ? AND quarter = ?", feed, when)
    return found


def owing(data_dir: Path, feed: str) -> Rows:
    return ask(data_dir, "SELECT * FROM mart.overdue WHERE feed = ? ORDER BY quarter", feed)


def as_known(data_dir: Path, moment: datetime) -> Scorecard:
    """The scorecard at another moment, from the same working database."""
    with working(data_dir) as connection:
        return compute_scorecard(connection, settings_of(data_dir).situation, moment)


@pytest.mark.parametrize(
    ("feed", "when", "expected"),
    [
        # office, status, days late, vintages
        ("budget_revenue", "2024-Q3", ("tckh", "on_time", 0, 1)),
        ("budget_revenue", "2024-Q4", ("tckh", "late", 17, 2)),  # the estimate in December, the count on 27/01
        ("exports", "2024-Q2", ("kinhte", "on_time", 0, 2)),  # corrected on 16/07
        ("crops", "2023-Q4", ("kinhte", "late", 28, 1)),  # came in the rangers' workbook
        ("forestry", "2023-Q4", ("kiemlam", "on_time", 0, 1)),
        ("waste", "2024-Q2", ("tnmt", "missing", 234, 0)),
        ("water", "2024-Q4", ("qldt", "on_time", 0, 1)),
        ("industry", "2025-Q1", ("thongke", "not_due", None, 0)),
    ],
)
def test_the_sample_offices_stand_as_their_files_came(
    town: Town, feed: str, when: str, expected: tuple[Any, ...]
) -> None:
    row = score(town.data_dir, feed, when)
    assert (row["office"], row["status"], row["days_late"], row["vintages"]) == expected


def test_every_office_has_a_line_for_every_quarter_it_owes(town: Town) -> None:
    """Ten quarterly reports over nine quarters, four yearly ones of two years, that on tasks of the year with tasks."""
    counts = ask(town.data_dir, "SELECT count(*) AS n, min(quarter) AS first FROM mart.feed_scorecard")
    assert counts == [{"n": 10 * 9 + 4 * 2 + 4, "first": "2023-Q1"}]


def test_rows_and_findings_are_those_of_the_versions(town: Town) -> None:
    row = score(town.data_dir, "fisheries_vessels", "2024-Q3")
    sql = "SELECT rows_accepted, rows_rejected, warnings FROM core.vintage WHERE form = ? AND quarter = ?"
    [vintage] = ask(town.data_dir, sql, "fisheries_vessels", "2024-Q3")
    assert {name: row[name] for name in vintage} == vintage
    assert row["rows_rejected"] > 0
    assert row["open_findings"] >= row["rows_rejected"]


def test_rates_of_the_year_with_a_missing_quarter(town: Town) -> None:
    rates = ask(
        town.data_dir,
        "SELECT quarter, reporting_rate_pct AS rate FROM mart.feed_scorecard"
        " WHERE feed = 'waste' AND quarter LIKE '2024%' ORDER BY quarter",
    )
    assert [round(row["rate"], 1) for row in rates] == [100, 50, 66.7, 75]


def test_the_urging_list_names_the_missing_quarter_and_the_target_it_blinds(town: Town) -> None:
    [row] = owing(town.data_dir, "waste")
    assert (row["office"], row["quarter"], row["what"]) == ("tnmt", "2024-Q2", "report_missing")
    assert (row["since"], row["days_overdue"]) == (date(2024, 7, 11), (SETTLED.date() - date(2024, 7, 10)).days)
    assert row["blinds_vi"] == "chỉ tiêu 6: Tỷ lệ chất thải rắn đô thị được thu gom, xử lý"


def test_rejected_rows_are_urged_and_name_their_file(town: Town) -> None:
    [row] = owing(town.data_dir, "fisheries_vessels")
    assert (row["what"], row["quarter"], row["blinds"]) == ("correction_missing", "2024-Q3", None)
    assert row["sent_back_files"].startswith("fisheries_vessels/2024-Q3/")


def test_another_moment_knows_what_had_come_by_then(town: Town) -> None:
    card = as_known(town.data_dir, at(2024, 12, 31, 12))
    [revenue] = [row for row in card.lines if (row.feed, row.quarter) == ("budget_revenue", "2024-Q4")]
    assert (revenue.status, revenue.estimate_on_time, revenue.on_time) == ("estimate_only", 1, None)
    urged = {(row.feed, row.what) for row in card.overdue if row.quarter == "2024-Q4"}
    assert ("industry", "estimate_missing") in urged
    assert not any(feed in {"budget_revenue", "water", "crops"} for feed, _ in urged)


def test_a_blank_form_is_returned_and_blinds_its_target(tmp_path: Path) -> None:
    folder = make_data_dir(tmp_path)
    send(folder, emptied(book("waste", "2024-Q3"), rows=9))
    assert run(folder, "2024-Q3", "2024-Q3").success
    row = score(folder, "waste", "2024-Q3")
    assert (row["status"], row["usable"], row["refused_files"], row["rows_accepted"]) == ("returned", 0, 1, 9)
    [owed] = [one for one in owing(folder, "waste") if one["quarter"] == "2024-Q3"]
    assert (owed["what"], owed["blinds"]) == ("correction_missing", "solid_waste")
    assert [path.suffix for path in (folder / "warehouse" / "slips" / "2024-Q3" / "waste").iterdir()] == [".xlsx"]


def test_both_tables_are_published_with_comments_in_both_languages(town: Town) -> None:
    comments = ask(
        town.data_dir,
        "SELECT column_name, comment FROM duckdb_columns()"
        " WHERE schema_name = 'mart' AND table_name IN ('feed_scorecard', 'overdue')",
    )
    assert len(comments) > 40
    assert all(" — " in row["comment"] for row in comments), [r for r in comments if " — " not in r["comment"]]


def test_the_assets_page_shows_each_quarters_scorecard_and_what_is_overdue(town: Town) -> None:
    made = town.outcome.result.asset_materializations_for_node("mart__feed_scorecard")
    pages = {str(quarter_of(entry.partition)): entry.metadata for entry in made if entry.partition is not None}
    line = "| Phòng Tài nguyên và Môi trường | Chất thải rắn | 10/07/2024 | … | chưa báo cáo | 234 |"
    assert line in str(pages["2024-Q2"]["scorecard"].value)
    assert "chỉ tiêu 6: Tỷ lệ chất thải rắn" in str(pages["2024-Q2"]["overdue"].value)
    assert pages["2022-Q4"]["scorecard"].value == "không có báo cáo nào đến kỳ"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE mart.feed_scorecard SET on_time = 1 WHERE status = 'missing'",
        "DELETE FROM mart.overdue",
        "UPDATE mart.overdue SET blinds = NULL",
    ],
)
def test_the_gate_sees_a_scorecard_that_is_not_what_the_evidence_says(village: Town, sql: str) -> None:
    with working(village.data_dir) as connection:
        connection.begin()
        connection.execute(sql)
        found = tuple(gate.reproducible(connection, settings_of(village.data_dir).situation))
        connection.rollback()
    assert found


def test_a_correction_settles_what_was_sent_back(data_dir: Callable[..., Path]) -> None:
    folder = data_dir()
    bad = send(
        folder, replace(book("waste", "2024-Q1"), file_name="hong.xlsx"), received_at="2024-04-08T09:00:00+07:00"
    )
    bad.write_bytes(b"")
    assert run(folder, "2024-Q1", "2024-Q1", evaluated_at=at(2024, 4, 14, 8)).success
    row = score(folder, "waste", "2024-Q1")
    assert (row["status"], row["received"], row["refused_files"], row["usable"]) == ("returned", 1, 1, 0)
    [debt] = [debt for debt in owing(folder, "waste") if debt["quarter"] == "2024-Q1"]
    assert (debt["what"], debt["since"], debt["blinds"]) == ("correction_missing", date(2024, 4, 14), "solid_waste")
    assert debt["sent_back_files"] == "waste/2024-Q1/hong.xlsx"

    send(folder, book("waste", "2024-Q1"), received_at="2024-04-15T09:00:00+07:00")
    assert run(folder, "2024-Q1", "2024-Q1", evaluated_at=at(2024, 4, 16, 8)).success
    row = score(folder, "waste", "2024-Q1")
    assert (row["vintages"], row["refused_files"], row["open_findings"], row["usable"]) == (2, 1, 0, 1)
    assert row["final_received_at"] == at(2024, 4, 8, 9)
    assert [debt for debt in owing(folder, "waste") if debt["quarter"] == "2024-Q1"] == []


def test_each_feed_s_page_shows_whether_a_report_of_it_is_overdue(town: Town) -> None:
    late = town.outcome.check("no_report_is_overdue", "feeds/waste")
    assert not late.passed
    assert late.metadata["overdue"].value == 1
    assert "chưa báo cáo" in str(late.metadata["reports"].value)
    assert town.outcome.check("no_report_is_overdue", "feeds/water").passed
