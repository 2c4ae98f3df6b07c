"""The questions of ``docs/queries``: each gives the rows kept in ``queries/``, and the figures that the files give.

The rows are compared as they print. Beside them, most answers are worked out again without the views: from the offices'
workbooks, their meta files, or the measures as reported.
"""

from __future__ import annotations

import csv
import math
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import yaml

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import (
    COMPUTED,
    PUBLISHED,
    RAW,
    ROOT,
    SETTLED,
    Rows,
    issue,
    make_data_dir,
    published,
    query,
    reevaluate,
    run,
)
from lagi_pipeline_tests.test_docs import as_table

QUERIES = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "docs" / "queries").glob("*.sql"))}
KEPT = {path.stem: path.read_text("utf-8") for path in sorted((Path(__file__).parent / "queries").glob("*.md"))}
CHANGED = "03-changed-since-report"
TASKS = "14-overdue-tasks"
YEARLY = {"crops", "forestry", "water", "poverty"}


@pytest.fixture(scope="module")
def reader(town: Town) -> Iterator[duckdb.DuckDBPyConnection]:
    with published(town.data_dir) as connection:
        yield connection


@pytest.fixture
def changed(town: Town, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the published file, to be changed."""
    copy = Path(shutil.copy(town.data_dir / "warehouse" / "lagi.duckdb", tmp_path / "town.duckdb"))
    with duckdb.connect(copy) as connection:
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, name: str) -> Rows:
    return query(connection, QUERIES[name])


def printed(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    result = connection.execute(QUERIES[name])
    return as_table([column[0] for column in result.description or ()], result.fetchall())


def workbook(path: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a workbook's last sheet, from column A."""
    sheet = openpyxl.load_workbook(RAW / path, data_only=True).worksheets[-1]
    yield from sheet.iter_rows(min_row=1, min_col=1, values_only=True)


def test_there_are_fifteen_questions_each_asked_in_both_languages_with_its_columns_told() -> None:
    assert len(QUERIES) == 15
    assert set(KEPT) == set(QUERIES) - {TASKS}
    for name, sql in QUERIES.items():
        lines = sql.splitlines()
        assert re.fullmatch(r"-- Hỏi: .+\?", lines[0]), name
        assert re.fullmatch(r"-- Question: .+[?)]", lines[1]), name
        assert any(re.match(r"--   \w", line) for line in lines), name
        assert duckdb.extract_statements(sql)[1:] == [], name


@pytest.mark.parametrize("name", sorted(set(KEPT) - {CHANGED}))
def test_a_question_gets_the_rows_that_are_kept(reader: duckdb.DuckDBPyConnection, name: str) -> None:
    assert printed(reader, name) == KEPT[name]
    assert KEPT[name].count("\n") > 2


def test_what_changed_since_a_report_is_told_with_then_now_and_why(tmp_path: Path) -> None:
    data_dir = make_data_dir(tmp_path / "data", "exports/2024-Q2")
    before_the_correction = datetime.fromisoformat("2024-07-12T08:00")
    only = [["feeds", "exports"], *COMPUTED, PUBLISHED]
    assert run(data_dir, "2024-Q2", "2024-Q2", evaluated_at=before_the_correction, only=only).success
    assert issue(data_dir, "2024-Q2").success
    with published(data_dir) as connection:
        assert answer(connection, CHANGED) == []
    reevaluate(data_dir, SETTLED)
    with published(data_dir) as connection:
        assert printed(connection, CHANGED) == KEPT[CHANGED]


def test_behind_is_what_is_reported_less_what_is_expected(reader: duckdb.DuckDBPyConnection) -> None:
    [row] = answer(reader, "01-behind")
    [measured] = query(
        reader, "SELECT value FROM core.measure WHERE quarter = '2024-Q2' AND measure = 'investment_spending_ytd'"
    )
    assert row["actual"] == measured["value"] == 24.0
    assert row["gap"] == row["actual"] - 80
    assert row["short_of_pace"] == pytest.approx(row["actual"] - row["expected"])


def test_wards_and_the_households_they_lack_are_those_of_the_workbook(reader: duckdb.DuckDBPyConnection) -> None:
    wards = {row[2]: (row[3], row[5]) for row in workbook("water/2024-Q4/nuoc-sach-2024.xlsx") if row[1] in range(1, 9)}
    assert len(wards) == 9
    for row in answer(reader, "02-ward-drags"):
        households, clean = wards[row["unit_name_vi"].partition(" ")[2]]
        assert (row["denominator"], row["numerator"]) == (households, clean)
        assert row["lacking"] == max(math.ceil(0.95 * households - clean), 0)
        assert row["pct"] == round(100 * clean / households, 2)


@pytest.mark.parametrize("line", ["jobs", "natural_increase", "poverty_reduction"])
def test_only_rates_of_which_more_is_better_lack_households(reader: duckdb.DuckDBPyConnection, line: str) -> None:
    rows = query(reader, QUERIES["02-ward-drags"].replace("clean_water", line))
    assert len(rows) == 9
    assert {row["lacking"] for row in rows} == {None}


def test_a_ward_without_a_figure_lacks_no_known_number(changed: duckdb.DuckDBPyConnection) -> None:
    changed.execute(
        "UPDATE mart.attainment_by_unit SET actual = NULL, gap = NULL, numerator = NULL, denominator = NULL"
        " WHERE indicator_code = 'clean_water' AND quarter = '2024-Q4' AND unit_name_vi = 'xã Tân Tiến'"
    )
    told = {row["unit_name_vi"]: row["lacking"] for row in answer(changed, "02-ward-drags")}
    assert told["xã Tân Tiến"] is None
    assert told["phường Tân An"] == 0


def test_taxes_are_matched_by_item_where_the_form_was_numbered_otherwise(changed: duckdb.DuckDBPyConnection) -> None:
    before = answer(changed, "04-revenue-by-tax")
    changed.execute(
        "UPDATE feeds.budget_revenue SET path = CASE path WHEN 'A.I.3' THEN 'A.I.4' ELSE 'A.I.3' END"
        " WHERE quarter = '2023-Q4' AND path IN ('A.I.3', 'A.I.4')"
    )
    assert answer(changed, "04-revenue-by-tax") == before
    changed.execute("UPDATE feeds.budget_revenue SET item = NULL WHERE quarter = '2023-Q4' AND path = 'A.I.3'")
    rows = answer(changed, "04-revenue-by-tax")
    assert len(rows) == len(before) + 1
    [now] = [row for row in rows if row["last_year"] is None]
    [last] = [row for row in rows if row["this_year"] is None]
    assert now["content"] == last["content"] == "Thuế thu nhập cá nhân"
    assert now["index_pct"] is last["index_pct"] is None


@pytest.mark.parametrize("name", ["04-revenue-by-tax", "11-jobs-by-ward"])
def test_another_quarter_is_asked_in_one_place(reader: duckdb.DuckDBPyConnection, name: str) -> None:
    stated = [line for line in QUERIES[name].splitlines() if not line.startswith("--")]
    assert re.findall(r"'\d{4}-Q\d'", "\n".join(stated)) == ["'2024-Q4'"]
    rows = query(reader, QUERIES[name].replace("2024-Q4", "2024-Q2"))
    assert all(row["last_year"] > 0 and row["this_year"] > 0 for row in rows)


@pytest.mark.parametrize("name", sorted(set(KEPT) - {CHANGED, "06-who-is-late", "13-sent-back"}))
def test_sample_figures_are_marked(reader: duckdb.DuckDBPyConnection, name: str) -> None:
    assert any(row["illustrative"] for row in answer(reader, name))


def test_revenue_by_tax_is_that_of_the_two_workbooks(reader: duckdb.DuckDBPyConnection) -> None:
    now = list(workbook("budget_revenue/2024-Q4/thu-ngan-sach-2024-Q4.xlsx"))
    before = {row[1]: row[4] for row in workbook("budget_revenue/2023-Q4/thu-ngan-sach-2023-Q4.xlsx")}
    by_name = {row[1]: row for row in now if row[0] not in {None, "-"}}
    rows = answer(reader, "04-revenue-by-tax")
    for row in rows:
        there = by_name[row["content"]]
        assert row["this_year"] == there[3] / 1000
        assert row["last_year"] == before[row["content"]] / 1000
        assert row["index_pct"] == pytest.approx(there[5], abs=0.06)  # as the form prints it, to two decimals
    assert sum(row["this_year"] for row in rows[1:]) == pytest.approx(rows[0]["this_year"])


def test_the_fleet_is_counted_vessel_by_vessel(reader: duckdb.DuckDBPyConnection) -> None:
    [counted] = query(
        reader,
        """
        SELECT count(*) AS vessels, count(*) FILTER (length_m >= 15) AS vms_required,
            count(*) FILTER (length_m >= 15 AND vms_since <= DATE '2024-12-31') AS vms_fitted,
            count(*) FILTER (licence_no IS NOT NULL AND licence_until >= DATE '2024-12-31') AS licensed
        FROM feeds.fisheries_vessels
        WHERE quarter = '2024-Q4' AND state NOT IN ('đã bán', 'giải bản')
        """,
    )
    *classes, whole = answer(reader, "05-fleet-compliance")
    for name, figure in counted.items():
        assert whole[name] == figure
        assert sum(row[name] for row in classes) == figure


def test_reporting_rates_are_those_of_the_letters_that_came(reader: duckdb.DuckDBPyConnection) -> None:
    with (RAW / "place" / "offices.csv").open(encoding="utf-8", newline="") as stream:
        offices = list(csv.DictReader(stream))
    told = {row["office_name_vi"]: row for row in answer(reader, "06-who-is-late")}
    assert set(told) == {office["name_vi"] for office in offices}
    for office in offices:
        owed = [
            (feed, quarter)
            for feed in office["feeds"].split(";")
            for quarter in (["2024-Q4"] if feed in YEARLY else [f"2024-Q{q}" for q in range(1, 5)])
        ]
        came = {(feed, quarter): _first_report(feed, quarter) for feed, quarter in owed}
        days = timedelta(days=int(office["days_to_send"]))
        row = told[office["name_vi"]]
        assert row["expected"] == len(owed)
        assert row["received"] == sum(day is not None for day in came.values())
        assert row["on_time"] == sum(
            day is not None and day <= Quarter.parse(quarter).end + days for (_, quarter), day in came.items()
        )


def _first_report(feed: str, quarter: str) -> date | None:
    """The day on which the first preliminary or final figures came."""
    metas = [yaml.safe_load(path.read_text("utf-8")) for path in (RAW / feed / quarter).glob("*.meta.yaml")]
    days = [
        datetime.fromisoformat(str(meta["received_at"])).date()
        for meta in metas
        if meta.get("obs_status") != "estimate"
    ]
    return min(days, default=None)


def test_where_the_year_ends_shows_the_offices_own_estimates(reader: duckdb.DuckDBPyConnection) -> None:
    rows = answer(reader, "07-where-the-year-ends")
    assert [row["office_estimate"] for row in rows] == [194.5, 78, 1840, 185]  # lagi_samples/README.md
    for row in rows:
        assert row["forecast"] is None or row["low"] < row["forecast"] < row["high"]


def test_a_figure_known_on_a_day_is_of_the_newest_file_that_had_come(reader: duckdb.DuckDBPyConnection) -> None:
    for row in answer(reader, "08-known-on-a-day"):
        came = query(
            reader,
            """
            SELECT value FROM core.measure
            WHERE measure = 'export_value_ytd' AND quarter = '2024-Q2' AND CAST(received_at AS DATE) <= ?
            ORDER BY received_at DESC LIMIT 1
            """,
            row["day"],
        )
        assert row["actual"] == (came[0]["value"] if came else None)


def test_a_trace_names_cells_that_hold_what_it_says(reader: duckdb.DuckDBPyConnection) -> None:
    found = [row for row in answer(reader, "09-where-a-figure-is-from") if row["cell"]]
    for row in found:
        [path] = RAW.glob(f"*/2024-Q4/{row['file']}")
        cell = openpyxl.load_workbook(path, data_only=True)[row["sheet"]][row["cell"]]
        assert row["text"] in str(cell.value)
    made = sum(row["value"] * row["factor"] for row in found if row["role_vi"] == "tử số")
    assert round(100 * made / found[-1]["value"], 2) == 64.1


def test_shares_of_three_plans_are_of_the_same_figure(reader: duckdb.DuckDBPyConnection) -> None:
    for row in answer(reader, "10-three-plans"):
        for plan in ("party", "council", "province"):
            target, share = row[plan], row[f"{plan}_pct"]
            assert share == (None if target is None else round(100 * row["actual"] / target, 1))


def test_jobs_of_a_ward_are_the_sum_of_its_four_quarters(reader: duckdb.DuckDBPyConnection) -> None:
    rows = answer(reader, "11-jobs-by-ward")
    for year, column in ((2024, "this_year"), (2023, "last_year")):
        summed = query(
            reader,
            "SELECT sum(value) AS jobs FROM core.measure WHERE measure = 'jobs_placed' AND quarter LIKE ?"
            " AND unit_code <> '594' GROUP BY unit_code ORDER BY jobs",
            f"{year}-%",
        )
        assert sorted(row[column] for row in rows) == [row["jobs"] for row in summed]
    assert sum(row["this_year"] for row in rows) == 2662


def test_export_prices_are_value_over_quantity_of_the_workbook(reader: duckdb.DuckDBPyConnection) -> None:
    goods = {
        row[1]: row for row in workbook("exports/2024-Q4/xuat-khau-2024-Q4.xlsx") if row[0] and row[3:4] != (None,)
    }
    rows = answer(reader, "12-export-prices")
    assert len(rows) == 5
    for row in rows:
        there = goods[row["goods"]]
        assert row["Q4"] == round(1e6 * there[4] / there[3], 1)
    rubber = next(row for row in rows if row["goods"] == "Cao su")
    assert rubber["Q4"] > 8 * rubber["Q3"]


def test_what_was_sent_back_are_the_defects_of_the_samples(reader: duckdb.DuckDBPyConnection) -> None:
    assert {row["cell"] for row in answer(reader, "13-sent-back")} == {"B20", "B108", "D1941", "E1942", "B1943", "F14"}


def test_the_verdict_of_a_year_counts_its_main_lines(reader: duckdb.DuckDBPyConnection) -> None:
    for row in answer(reader, "15-year-verdicts"):
        counted = query(
            reader,
            """
            SELECT result_status, count(*) AS lines FROM mart.attainment
            WHERE quarter = ? AND is_leading AND regexp_full_match(ordinal, '[0-9]+') GROUP BY ALL
            """,
            f"{row['year']}-Q4",
        )
        statuses = {line["result_status"]: line["lines"] for line in counted}
        assert statuses == {"exceeded": row["exceeded"], "met": row["met"]}
        assert row["exceeded"] + row["met"] + row["missed"] + row["undecided"] == row["with_target"] == 10


def _overdue(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """The overdue tasks of the newest quarter that has reports, and the targets they serve."""
    rows = query(connection, "SELECT * FROM mart.task_progress")
    newest = max((row["quarter"] for row in rows if row["status"] != "no_data"), default=None)
    names = {row["indicator_code"]: row["name_vi"] for row in query(connection, "SELECT * FROM mart.attainment")}
    return {
        (row["task_vi"], names.get(code.strip(), ""))
        for row in rows
        if row["quarter"] == newest and row["status"] == "in_progress_overdue"
        for code in (row["indicator_codes"] or "").split(";")
    }


def test_overdue_tasks_are_those_of_the_newest_quarter_with_the_targets_they_serve(
    reader: duckdb.DuckDBPyConnection,
) -> None:
    assert {(row["task_vi"], row["name_vi"] or "") for row in answer(reader, TASKS)} == _overdue(reader)


def test_a_task_that_serves_two_targets_has_two_rows_and_one_that_serves_none_has_one(
    town: Town, tmp_path: Path
) -> None:
    copy = Path(shutil.copy(town.data_dir / "warehouse" / "lagi.duckdb", tmp_path / "town.duckdb"))
    with duckdb.connect(copy) as connection:
        connection.execute("DELETE FROM mart.task_progress")
        for quarter, code, status, serves in (
            ("2024-Q3", "a", "in_progress_overdue", "jobs"),
            ("2024-Q4", "a", "in_progress_overdue", "jobs; poverty_reduction"),
            ("2024-Q4", "b", "in_progress_overdue", None),
            ("2024-Q4", "c", "done_late", "jobs"),
            ("2025-Q1", "a", "no_data", "jobs"),
        ):
            connection.execute(
                """
                INSERT INTO mart.task_progress BY NAME
                SELECT ? AS quarter, ? AS task_code, ? AS status, ? AS indicator_codes, 2024 AS "year",
                    1 AS group_number, 'nhóm' AS group_vi, 'group' AS group_en, 1 AS position,
                    'việc ' || task_code AS task_vi, 'task ' || task_code AS task_en,
                    'II.C.1' AS clause, '' AS status_vi, TIMESTAMP '2025-03-01 08:00' AS evaluated_at,
                    true AS is_illustrative
                """,
                [quarter, code, status, serves],
            )
        found = [(row["quarter"], row["task_vi"], row["ordinal"]) for row in answer(connection, TASKS)]
        assert found == [("2024-Q4", "việc a", "9"), ("2024-Q4", "việc a", "10"), ("2024-Q4", "việc b", None)]
        assert {(row["task_vi"], row["name_vi"] or "") for row in answer(connection, TASKS)} == _overdue(connection)
