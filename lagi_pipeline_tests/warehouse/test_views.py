"""The views and the macros over them: plain names for what is stored, in two languages, wherever the file is opened."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from lagi_pipeline.warehouse import publish as publishing
from lagi_pipeline.warehouse.database import Warehouse
from lagi_pipeline.warehouse.publish import PublishError, publish
from lagi_pipeline.warehouse.views import View, plain_name, views
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import published, query

LEADING = "(SELECT * FROM mart.attainment WHERE is_leading)"
STORED = {
    "targets": f"(SELECT * FROM {LEADING} WHERE quarter = '2024-Q4')",
    "target_series": LEADING,
    "targets_by_plan": "mart.attainment_by_plan",
    "year_results": "mart.year_verdict",
    "by_ward": "mart.attainment_by_unit",
    "fleet": "mart.iuu_compliance",
    "tasks": "mart.task_progress",
    "also_followed": "mart.resolution_register",
    "reports_received": "mart.feed_scorecard",
    "overdue_reports": "mart.overdue",
    "what_changed": "mart.revision_since_report",
    "exports_by_good": "(SELECT * FROM feeds.exports WHERE sha256 NOT LIKE 'c43a2d15%')",
    "spending_by_item": "feeds.budget_spending",
    "budget_by_item": "(SELECT * FROM feeds.budget_revenue WHERE obs_status <> 'estimate')",
}
"""What each view must hold, said without it: of exports the corrected version of 2024-Q2, of revenue no estimate."""
BEHIND = [("2024-Q1", "development_spending"), ("2024-Q2", "development_spending"), ("2024-Q4", "clean_water")]
NAMED = [name for view in views() for name in (view.name, view.name_vi)]


@pytest.fixture(scope="module")
def reader(town: Town) -> Iterator[duckdb.DuckDBPyConnection]:
    with published(town.data_dir) as connection:
        yield connection


def view_of(name: str) -> View:
    return next(view for view in views() if view.name == name)


@pytest.mark.parametrize(("name", "stored"), STORED.items(), ids=STORED)
def test_a_view_holds_the_rows_that_are_stored_and_no_other(
    reader: duckdb.DuckDBPyConnection, name: str, stored: str
) -> None:
    there = {row[0] for row in reader.execute(f"DESCRIBE SELECT * FROM {stored}").fetchall()}
    shared = ", ".join(f'"{column.name}"' for column in view_of(name).columns if column.name in there)
    assert shared.count(",") >= len(view_of(name).columns) - 3
    for one, other in ((name, stored), (stored, name)):
        left = reader.execute(f"SELECT {shared} FROM {one} EXCEPT ALL SELECT {shared} FROM {other}").fetchall()
        assert left == []


def test_what_was_sent_back_is_all_that_stands_in_quarantine(reader: duckdb.DuckDBPyConnection) -> None:
    [counted] = query(
        reader,
        """
        SELECT count(*) AS rows, count(*) FILTER (severity = 'error') AS errors, count(office_name_vi) AS offices,
            (SELECT count(*) FROM quarantine.rejected_row) + (SELECT count(*) FROM quarantine.rejected_file) AS stored
        FROM sent_back
        """,
    )
    assert counted == {"rows": 18, "errors": 6, "offices": 18, "stored": 18}


def test_the_total_of_each_form_is_the_published_figure(reader: duckdb.DuckDBPyConnection) -> None:
    for view, item, figure, code in (
        ("budget_by_item", "total", "actual", "budget_revenue"),
        ("spending_by_item", "investment", "actual", "development_spending"),
        ("exports_by_good", "total", "value_ytd", "export_turnover"),
    ):
        shown = reader.execute(f"SELECT quarter, {figure} FROM {view} WHERE item = ? ORDER BY quarter", [item])
        rows = shown.fetchall()
        stored = reader.execute(
            f"SELECT quarter, actual FROM {LEADING} WHERE indicator_code = ? ORDER BY quarter", [code]
        ).fetchall()
        assert rows == stored
        assert len(rows) == 8


def test_the_twin_has_the_same_rows_in_the_same_order(reader: duckdb.DuckDBPyConnection) -> None:
    for view in views():
        english = reader.execute(f"SELECT * FROM {view.name}").fetchall()
        assert english == reader.execute(f"SELECT * FROM {view.name_vi}").fetchall(), view.name
        assert english or view.name in {"tasks", "also_followed", "what_changed"}, view.name


def test_every_name_can_be_typed_and_is_there_once(reader: duckdb.DuckDBPyConnection) -> None:
    for name in NAMED:
        columns = [row[0] for row in reader.execute(f"DESCRIBE {name}").fetchall()]
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in [name, *columns]), name
        assert len(set(columns)) == len(columns), name
    assert len(set(NAMED)) == len(NAMED)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("% chỉ tiêu", "phan_tram_chi_tieu"),
        ("Đến quý", "den_quy"),
        ("Dự báo cả năm (hệ thống)", "du_bao_ca_nam_he_thong"),
        ("Lý do, ghi chú", "ly_do_ghi_chu"),
    ],
)
def test_a_title_becomes_a_name_without_marks(title: str, name: str) -> None:
    assert plain_name(title) == name


def test_every_view_and_column_has_a_comment_in_both_languages(reader: duckdb.DuckDBPyConnection) -> None:
    seen = query(reader, "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal")
    assert {row["view_name"] for row in seen} == set(NAMED)
    columns = query(
        reader,
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal AND schema_name = 'main'",
    )
    assert len(columns) > 600
    for row in (*seen, *columns):
        vietnamese, _, english = (row["comment"] or "").partition(" — ")
        assert vietnamese.strip(), row
        assert english.strip(), row


def test_money_and_quantities_name_their_unit_in_the_comment(reader: duckdb.DuckDBPyConnection) -> None:
    [(said,)] = reader.execute(
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'thu_ngan_sach' AND column_name = 'thuc_hien'"
    ).fetchall()
    assert said == "Thực hiện (tỷ đồng) — Cumulative from 1 January [actual]"


def test_views_work_under_an_alias_beside_another_database_with_the_same_schemas(town: Town) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA mart; CREATE TABLE mart.attainment (quarter VARCHAR, is_leading BOOLEAN)")
        connection.execute(f"ATTACH '{town.data_dir / 'warehouse' / 'lagi.duckdb'}' AS town (READ_ONLY)")
        for name in NAMED:
            connection.execute(f"SELECT * FROM town.{name}").fetchall()
        assert connection.execute("SELECT count(*) FROM town.targets").fetchone() == (12,)
        with pytest.raises(duckdb.Error):
            connection.execute("FROM town.quarter_report('2024-Q3')")
        connection.execute("USE town")
        assert len(connection.execute("FROM quarter_report('2024-Q3')").fetchall()) == 12


def test_the_lines_come_in_the_order_of_the_resolution(reader: duckdb.DuckDBPyConnection) -> None:
    ordinals = [row["ordinal"] for row in query(reader, "SELECT ordinal FROM targets")]
    assert ordinals == ["1", "2", "3", "4", "5", "5a", "6", "7", "8", "9", "9a", "10"]
    assert [row["tt"] for row in query(reader, "SELECT tt FROM chi_tieu")] == ordinals


def test_the_words_beside_the_codes_are_the_catalogues(reader: duckdb.DuckDBPyConnection) -> None:
    found = query(
        reader, "SELECT DISTINCT plan_source, plan_vi, obs_status, obs_status_vi FROM quarter_report('2023-Q4')"
    )
    assert {(row["plan_source"], row["plan_vi"]) for row in found} == {("party_resolution", "Nghị quyết cấp ủy")}
    assert {row["obs_status"]: row["obs_status_vi"] for row in found} == {"final": "chính thức", "preliminary": "sơ bộ"}


def test_a_quarters_report_is_the_series_of_that_quarter(reader: duckdb.DuckDBPyConnection) -> None:
    shown = query(reader, "FROM quarter_report('2024-Q3')")
    assert shown == query(reader, "FROM target_series WHERE quarter = '2024-Q3'")
    assert len(shown) == 12


@pytest.mark.parametrize("table", ["t", "known", "asked", "lines"])
@pytest.mark.parametrize("column", ["quarter", "year", "code"])
@pytest.mark.parametrize("qualified", [True, False])
def test_behind_are_the_lines_behind_their_pace_or_missed_however_the_asker_names_the_quarter(
    reader: duckdb.DuckDBPyConnection, table: str, column: str, *, qualified: bool
) -> None:
    asked = f"{table}.{column}" if qualified else column
    found = reader.execute(
        f"""
        WITH {table} AS (SELECT DISTINCT quarter AS {column} FROM mart.attainment WHERE year = 2024)
        SELECT found.quarter, found.indicator_code FROM {table}, behind({asked}) AS found ORDER BY ALL
        """
    ).fetchall()
    assert found == BEHIND


def test_a_trace_is_of_the_quarter_that_the_askers_column_holds(reader: duckdb.DuckDBPyConnection) -> None:
    found = reader.execute(
        """
        WITH cell AS (SELECT '2024-Q1' AS quarter, 'jobs' AS indicator_code)
        SELECT DISTINCT traced.period FROM cell, trace(indicator_code, quarter) AS traced
        """
    ).fetchall()
    assert found == [("2024-Q1",)]


def test_a_trace_and_what_changed_carry_the_mark_of_sample_data(reader: duckdb.DuckDBPyConnection) -> None:
    traced = query(reader, "SELECT role, is_illustrative FROM trace('green_cover', '2024-Q4')")
    assert {(row["role"] == "target", row["is_illustrative"]) for row in traced} == {(True, False), (False, True)}
    [(kind,)] = reader.execute(
        "SELECT data_type FROM duckdb_columns() WHERE table_name = 'what_changed' AND column_name = 'is_illustrative'"
    ).fetchall()
    assert kind == "BOOLEAN"


def test_wards_are_ranked_from_the_furthest_below_the_target(reader: duckdb.DuckDBPyConnection) -> None:
    ranked = query(reader, "FROM ward_ranking('clean_water', '2024-Q4')")
    stored = query(reader, "FROM mart.attainment_by_unit WHERE indicator_code = 'clean_water' AND quarter = '2024-Q4'")
    assert ranked == sorted(stored, key=lambda row: row["gap"])
    assert [row["unit_name_vi"] for row in ranked][:2] == ["xã Tân Phước", "xã Tân Hải"]
    jobs = [row["actual"] for row in query(reader, "FROM ward_ranking('jobs', '2024-Q4')")]
    assert jobs == sorted(jobs)


@pytest.mark.parametrize(
    "asked",
    [
        "behind('Q2/2024')",
        "behind(NULL)",
        "quarter_report('2031-Q1')",
        "quarter_report(NULL)",
        "ward_ranking('nước sạch', '2024-Q4')",
        "ward_ranking(NULL, '2024-Q4')",
        "ward_ranking('jobs', NULL)",
        "ward_ranking('clean_water', '2023-Q1')",  # each of them is there, the two together are not
    ],
)
def test_what_the_file_does_not_know_is_refused_not_answered_with_nothing(
    reader: duckdb.DuckDBPyConnection, asked: str
) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="has no"):
        reader.execute(f"FROM {asked}").fetchall()


def test_a_file_without_a_comment_of_a_view_is_not_put_in_place(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path_factory.mktemp("views"))
    create = publishing.create_views

    def lose_a_comment(connection: duckdb.DuckDBPyConnection, offered: tuple[View, ...]) -> None:
        create(connection, offered)
        connection.execute("COMMENT ON COLUMN main.targets.actual IS NULL")

    with warehouse.lock(1, "a test"):
        publish(warehouse, "Asia/Ho_Chi_Minh")
        assert duckdb.connect(warehouse.published, read_only=True).execute("FROM targets").fetchall() == []
        monkeypatch.setattr(publishing, "create_views", lose_a_comment)
        with pytest.raises(PublishError, match=r"views \['targets'\]"):
            publish(warehouse, "Asia/Ho_Chi_Minh")
