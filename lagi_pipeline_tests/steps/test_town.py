"""The whole way over the sample data: what the published file says of 2023 and 2024, and what it is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import (
    LAST,
    ROOT,
    SETTLED,
    ask,
    book,
    contents,
    copied,
    line,
    published,
    raised,
    reevaluate,
    run,
    send,
)

PACKAGE = ROOT / "lagi_pipeline"
ATTAINMENT_COLUMNS = {
    "quarter": "VARCHAR",
    "year": "INTEGER",
    "indicator_code": "VARCHAR",
    "ordinal": "VARCHAR",
    "name_vi": "VARCHAR",
    "name_en": "VARCHAR",
    "unit": "VARCHAR",
    "direction": "VARCHAR",
    "plan_source": "VARCHAR",
    "target": "DOUBLE",
    "actual": "DOUBLE",
    "actual_quarter": "DOUBLE",
    "numerator": "DOUBLE",
    "denominator": "DOUBLE",
    "attainment_pct": "DOUBLE",
    "gap": "DOUBLE",
    "result_status": "VARCHAR",
    "status_vi": "VARCHAR",
    "pace_status": "VARCHAR",
    "pace_vi": "VARCHAR",
    "expected_pct": "DOUBLE",
    "pace_basis": "VARCHAR",
    "yoy_index_pct": "DOUBLE",
    "yoy_change_pct": "DOUBLE",
    "obs_status": "VARCHAR",
    "as_of": "DATE",
    "evaluated_at": "TIMESTAMP",
    "reason": "VARCHAR",
    "target_is_illustrative": "BOOLEAN",
    "actual_is_illustrative": "BOOLEAN",
}
"""Issue 2, part 4."""


@pytest.fixture
def reader(town: Town) -> Iterator[duckdb.DuckDBPyConnection]:
    with published(town.data_dir) as connection:
        yield connection


def test_2023_ends_ten_of_ten(town: Town) -> None:
    sql = "SELECT * FROM mart.attainment WHERE quarter = '2023-Q4' AND plan_source = 'party_resolution'"
    rows = {row["ordinal"]: row["result_status"] for row in ask(town.data_dir, sql)}
    main = {ordinal: status for ordinal, status in rows.items() if ordinal.isdigit()}
    assert len(main) == 10
    assert set(main.values()) == {"met", "exceeded"}
    assert main["8"] == "met"  # at most: never exceeded


@pytest.mark.parametrize(
    ("code", "actual", "status"),
    [
        ("budget_revenue", 203.4, "exceeded"),
        ("development_spending", 83.1, "exceeded"),
        ("industrial_output", 1862, "exceeded"),
        ("export_turnover", 187.9, "exceeded"),
        ("hygienic_water", 100, "met"),
        ("clean_water", 94.6, "not_met"),
        ("solid_waste", 96.4, "exceeded"),
        ("green_cover", 64.1, "exceeded"),
        ("natural_increase", 0.69, "met"),
        ("jobs", 2662, "exceeded"),
        ("trained_labour", 78.4, "exceeded"),
        ("poverty_reduction", 0.42, "exceeded"),
    ],
)
def test_2024_ends_as_the_samples_are_made(town: Town, code: str, actual: float, status: str) -> None:
    found = line(town.data_dir, "2024-Q4", code)
    assert found["actual"] == pytest.approx(actual, abs=0.006)
    assert found["result_status"] == status
    assert found["actual_is_illustrative"]
    assert not found["target_is_illustrative"]


def test_the_missed_sub_line_says_by_how_much(town: Town) -> None:
    found = line(town.data_dir, "2024-Q4", "clean_water")
    assert found["gap"] == pytest.approx(-0.4)
    assert found["status_vi"] == "không đạt"


def test_revenue_2023_as_known_on_two_days(town: Town, tmp_path: Path) -> None:
    """123,55 % of the province's plan on the day of the resolution, 140,4 % once the year was counted (domain.md)."""
    folder = copied(town.data_dir, tmp_path / "then")
    reevaluate(folder, datetime.fromisoformat("2023-12-08T23:59"))
    then = line(folder, "2023-Q4", "budget_revenue", "province")
    assert round(then["attainment_pct"], 2) == 123.55
    assert then["obs_status"] == "estimate"
    assert then["result_status"] == "exceeded"
    assert then["evaluated_at"] == datetime.fromisoformat("2023-12-08T23:59")
    assert not ask(folder, "SELECT * FROM mart.attainment WHERE year = 2024")

    reevaluate(folder, datetime.fromisoformat("2024-01-31"))
    later = line(folder, "2023-Q4", "budget_revenue", "province")
    assert round(later["attainment_pct"], 1) == 140.4
    assert later["obs_status"] == "final"


def test_exports_answer_with_the_correction_and_before_it_with_the_first_figure(town: Town, town_copy: Path) -> None:
    assert line(town.data_dir, "2024-Q2", "export_turnover")["actual"] == 84.9
    reevaluate(town_copy, datetime.fromisoformat("2024-07-12T09:00"))  # between 09/07 and 16/07
    assert line(town_copy, "2024-Q2", "export_turnover")["actual"] == 86.3


def test_a_quarter_that_nobody_reported_names_its_office(town: Town) -> None:
    missing = line(town.data_dir, "2024-Q2", "solid_waste")
    assert (missing["actual"], missing["result_status"], missing["status_vi"]) == (None, "no_data", "chưa báo cáo")
    assert "Phòng Tài nguyên và Môi trường" in missing["reason"]


def test_a_sum_of_quarters_needs_every_quarter(town: Town) -> None:
    after = line(town.data_dir, "2024-Q3", "solid_waste")
    assert (after["actual"], after["result_status"]) == (None, "no_data")
    assert "thiếu quý II" in after["reason"]


def test_a_printed_running_total_stands_in_for_missing_quarters(town: Town) -> None:
    found = line(town.data_dir, "2024-Q4", "solid_waste")
    assert found["actual"] == pytest.approx(96.3992, abs=1e-4)
    assert found["numerator"] / found["denominator"] * 100 == pytest.approx(found["actual"])


def test_a_line_is_behind_in_the_second_quarter(town: Town) -> None:
    found = line(town.data_dir, "2024-Q2", "development_spending")
    assert (found["pace_status"], found["pace_vi"]) == ("behind", "chậm tiến độ")
    # one year of its own, 29,0 of 78,4 by midyear, weighed with 0.53 against the reference's 42,56 %
    assert found["expected_pct"] == pytest.approx(42.56 * (29.0 / 78.4 / 0.4256) ** 0.53)
    assert found["pace_basis"] == "probability; history: 2023; reference: spending"
    assert found["probability_pct"] < 33
    assert found["forecast_low"] < found["forecast"] < found["target"]
    assert (found["forecast_method"], found["history_years"]) == ("season", 1)


def test_cung_ky_is_an_index_for_flows_and_points_for_rates(town: Town) -> None:
    flow = line(town.data_dir, "2024-Q2", "development_spending")
    assert flow["yoy_index_pct"] == pytest.approx(24 / 29 * 100)
    assert flow["yoy_change_pct"] == pytest.approx(24 / 29 * 100 - 100)
    rate = line(town.data_dir, "2024-Q4", "clean_water")
    assert rate["yoy_index_pct"] is None
    assert rate["yoy_change_pct"] == pytest.approx(94.5998 - 93.4003, abs=1e-3)


def test_attainment_keeps_the_columns_it_began_with(reader: duckdb.DuckDBPyConnection) -> None:
    found = reader.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'mart' AND table_name = 'attainment'"
        " ORDER BY column_index"
    ).fetchall()
    assert dict(found) | ATTAINMENT_COLUMNS == dict(found)


def test_the_key_of_attainment_is_unique_and_complete(reader: duckdb.DuckDBPyConnection) -> None:
    [(rows, keys, lines, quarters)] = reader.execute(
        "SELECT count(*), count(DISTINCT (quarter, indicator_code, plan_source)),"
        " count(DISTINCT (year, indicator_code, plan_source)), count(DISTINCT quarter) FROM mart.attainment"
    ).fetchall()
    assert rows == keys == lines * 4
    assert quarters == 8


def test_the_gap_is_positive_exactly_where_the_target_is_met(reader: duckdb.DuckDBPyConnection) -> None:
    wrong = reader.execute(
        "SELECT quarter, indicator_code, gap, result_status FROM mart.attainment"
        " WHERE (result_status IN ('met', 'exceeded')) AND gap < 0 OR result_status = 'not_met' AND gap >= 0"
    ).fetchall()
    assert not wrong


def test_only_the_four_schemas_are_published_and_all_is_commented(reader: duckdb.DuckDBPyConnection) -> None:
    tables = reader.execute(
        "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal"
    ).fetchall()
    assert {schema for schema, _, _ in tables} == {"mart", "core", "feeds", "quarantine"}
    assert not [f"{schema}.{name}" for schema, name, comment in tables if not comment]
    bare = reader.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns()"
        " WHERE NOT internal AND coalesce(comment, '') = ''"
    ).fetchall()
    assert not bare


def test_comments_on_columns_are_bilingual(reader: duckdb.DuckDBPyConnection) -> None:
    [(comment,)] = reader.execute(
        "SELECT comment FROM duckdb_columns()"
        " WHERE schema_name = 'feeds' AND table_name = 'water' AND column_name = 'households'"
    ).fetchall()
    assert comment == "Tổng số hộ (hộ) — Households"


def test_rows_read_are_accounted_for(reader: duckdb.DuckDBPyConnection) -> None:
    [(files, broken, rejected)] = reader.execute(
        "SELECT count(*), count(*) FILTER (rows_read <> rows_accepted + rows_rejected + rows_other), sum(rows_rejected)"
        " FROM core.vintage"
    ).fetchall()
    assert files == 97
    assert broken == 0
    assert rejected == 6


def test_what_is_rejected_is_as_many_rows_as_are_quarantined(reader: duckdb.DuckDBPyConnection) -> None:
    [(rows,)] = reader.execute(
        "SELECT count(DISTINCT (file, sheet, row)) FROM quarantine.rejected_row WHERE severity = 'error'"
    ).fetchall()
    [(counted,)] = reader.execute("SELECT sum(rows_rejected) FROM core.vintage").fetchall()
    assert rows == counted


@pytest.mark.parametrize(
    ("file", "cell", "severity"),
    [
        ("budget_revenue/2024-Q3/thu-ngan-sach-2024-Q3.xlsx", "D20", "warning"),
        ("industry/2024-Q3/gtsx-cong-nghiep-2024-Q3.xls", "E11", "warning"),
        ("exports/2024-Q4/xuat-khau-2024-Q4.xlsx", "E12", "warning"),
        ("waste/2023-Q4/chat-thai-ran-2023-Q4.xlsx", "D16", "warning"),
        ("waste/2023-Q1/chat-thai-ran-2023-Q1.xlsx", "D16", "warning"),
        ("population/2024-Q2/dan-so-2024-Q2.ods", "H16", "warning"),
        ("poverty/2024-Q4/ra-soat-ho-ngheo-2024.xlsx", "E17", "warning"),
        ("fisheries_vessels/2024-Q3/tau-ca-2024-Q3.xlsx", "D1941", "error"),
        ("fisheries_vessels/2024-Q3/tau-ca-2024-Q3.xlsx", "E1942", "error"),
        ("fisheries_vessels/2024-Q3/tau-ca-2024-Q3.xlsx", "B1943", "error"),
        ("fisheries_cases/2024-Q2/vi-pham-2024-Q2.xlsx", "B20", "error"),
        ("fisheries_landings/2024-Q4/san-luong-2024-Q4.csv", "F14", "error"),
    ],
)
def test_each_defect_of_the_samples_is_found_at_its_cell(town: Town, file: str, cell: str, severity: str) -> None:
    found = ask(town.data_dir, "SELECT * FROM quarantine.rejected_row WHERE file = ? AND cell = ?", file, cell)
    assert [row["severity"] for row in found] == [severity]
    assert found[0]["reason"]


def test_nothing_else_is_complained_of(town: Town) -> None:
    """Beside the planted defects only what the correction of the exports changed, which the office should see."""
    found = ask(town.data_dir, "SELECT rule, cell FROM quarantine.rejected_row ORDER BY cell")
    assert len(found) == 18
    changed = [row["cell"] for row in found if row["rule"] == "changed_since_version"]
    assert changed == ["E10", "E16", "G10", "G16"]
    assert not ask(town.data_dir, "SELECT * FROM quarantine.rejected_file")


def test_every_accepted_row_knows_where_it_stood(town: Town) -> None:
    [row] = ask(
        town.data_dir,
        "SELECT * FROM core.measure"
        " WHERE measure = 'export_value_ytd' AND quarter = '2024-Q2' AND file LIKE '%dinh-chinh%'",
    )
    assert (row["value"], row["cell"], row["unit"]) == (84.9, "G16", "triệu USD")
    [accepted] = ask(
        town.data_dir, "SELECT * FROM feeds.exports WHERE sha256 = ? AND row = ?", row["sha256"], row["row"]
    )
    assert accepted["received_at"] == datetime.fromisoformat("2024-07-16T10:30")
    assert accepted["sheet"] == row["sheet"]


def test_the_units_of_a_quarter_add_up_to_the_town(town: Town) -> None:
    [found] = ask(
        town.data_dir,
        "SELECT sum(actual) AS total, sum(share_of_town_pct) AS share, count(*) AS units FROM mart.attainment_by_unit"
        " WHERE quarter = '2024-Q4' AND indicator_code = 'jobs'",
    )
    assert found["units"] == 9
    assert found["total"] == line(town.data_dir, "2024-Q4", "jobs")["actual"]
    assert found["share"] == pytest.approx(100)


@pytest.mark.parametrize(
    "code", ["clean_water", "hygienic_water", "solid_waste", "natural_increase", "jobs", "poverty_reduction"]
)
def test_lines_that_are_reported_by_unit_are_shown_by_unit(town: Town, code: str) -> None:
    sql = (
        "SELECT count(DISTINCT unit_code) AS units FROM mart.attainment_by_unit"
        " WHERE indicator_code = ? AND quarter = '2024-Q4'"
    )
    assert ask(town.data_dir, sql, code) == [{"units": 5 if code == "solid_waste" else 9}]


def test_the_fleet_keeps_numerators_and_denominators(town: Town) -> None:
    rows = ask(town.data_dir, "SELECT * FROM mart.iuu_compliance WHERE quarter = '2024-Q4'")
    classes = {row["length_class"]: row for row in rows}
    assert set(classes) >= {"under_6", "6_to_12", "12_to_15", "15_to_24", "24_and_over", "all"}
    whole = classes.pop("all")
    assert whole["vessels"] == sum(row["vessels"] or 0 for row in classes.values())
    assert whole["vms_required"] == classes["15_to_24"]["vms_required"] + classes["24_and_over"]["vms_required"]
    assert whole["vms_fitted"] <= whole["vms_required"]
    assert whole["vms_pct"] == pytest.approx(100 * whole["vms_fitted"] / whole["vms_required"])
    assert 1_500 < whole["vessels"] < 2_000


def _tables(data_dir: Path, *without: str) -> dict[str, list[str]]:
    with published(data_dir) as connection:
        return contents(connection, without=without)


def test_reading_one_quarter_anew_uses_all_history_and_changes_nothing(town: Town, town_copy: Path) -> None:
    """The same files at a later moment: every published table is the same but for the moment itself.

    What is owed and how late it is depends on the day, and so does the scorecard.
    """
    later = datetime.fromisoformat("2025-04-01T08:00")
    before = _tables(town.data_dir, "evaluated_at")
    assert run(town_copy, LAST, LAST, evaluated_at=later).success
    after = _tables(town_copy, "evaluated_at")
    for by_the_day in ("mart.feed_scorecard", "mart.overdue"):
        assert after.pop(by_the_day) != before.pop(by_the_day)
    assert after == before
    assert line(town_copy, "2024-Q4", "jobs")["evaluated_at"] == later


def test_reading_all_files_anew_changes_nothing(village: Town, village_copy: Path) -> None:
    assert run(village_copy, "2023-Q1", "2024-Q4").success
    assert _tables(village_copy) == _tables(village.data_dir)


def test_which_quarters_are_read_never_limits_which_history_is_used(data_dir: Callable[..., Path]) -> None:
    """Q4 is read alone: no figure, for Q1 to Q3 are missing; then they are read, Q4 is not, and Q4 has its figure."""
    folder = data_dir("employment")
    assert run(folder, "2024-Q4", "2024-Q4").success
    alone = line(folder, "2024-Q4", "jobs")
    assert (alone["actual"], alone["result_status"]) == (None, "no_data")
    assert "thiếu quý I" in alone["reason"]
    assert run(folder, "2024-Q1", "2024-Q3").success
    assert line(folder, "2024-Q4", "jobs")["actual"] == 2662


def test_a_corrected_first_quarter_travels(village: Town, village_copy: Path) -> None:
    """A hundred more placed in Q1 of 2023 change Q2 to Q4 of 2023, and cùng kỳ and the pace of 2024."""
    corrected = raised(book("employment", "2023-Q1"), 100, "CG", "Phường Phước Hội", "Tổng cộng")
    send(village_copy, replace(corrected, file_name="dinh-chinh.xlsx"), received_at="2024-02-01T08:00:00+07:00")
    assert run(village_copy, "2023-Q1", "2023-Q1").success
    for quarter in ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"):
        was, is_now = line(village.data_dir, quarter, "jobs"), line(village_copy, quarter, "jobs")
        assert is_now["actual"] == was["actual"] + 100
    was, is_now = line(village.data_dir, "2024-Q2", "jobs"), line(village_copy, "2024-Q2", "jobs")
    assert is_now["actual"] == was["actual"]
    assert was["yoy_index_pct"] == pytest.approx(1230 / 1180 * 100)
    assert is_now["yoy_index_pct"] == pytest.approx(1230 / 1280 * 100)
    assert is_now["expected_pct"] > was["expected_pct"]


def test_the_moment_of_evaluation_is_stored_as_given(town: Town) -> None:
    for table in ("mart.attainment", "mart.attainment_by_unit", "mart.iuu_compliance", "core.observation"):
        assert ask(town.data_dir, f"SELECT DISTINCT evaluated_at FROM {table}") == [{"evaluated_at": SETTLED}]


def test_nothing_but_the_command_line_reads_a_clock() -> None:
    clock = re.compile(
        r"\bnow\(|\btoday\(|\butcnow\(|\btime\.time\(|current_(?:date|timestamp)|get_current_timestamp", re.IGNORECASE
    )
    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {text.strip()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.name != "cli.py"
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if clock.search(text)
    ]
    assert not found
