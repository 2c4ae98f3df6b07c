"""The macros of the published file give what was known at a moment, in every session and however it is written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.macros import macros
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import Rows, ask, published, query, reevaluate, settings_of

SESSIONS = ("Asia/Ho_Chi_Minh", "UTC", "America/New_York", "Pacific/Kiritimati")
CAME = datetime.fromisoformat("2023-12-05T08:30")
"""When the estimate of 2023's revenue came, local time."""
BEFORE = ("DATE '2023-12-04'", "'2023-12-04'", "TIMESTAMP '2023-12-05 08:29:59'", "'2023-12-05 08:29'",
          "TIMESTAMPTZ '2023-12-05 01:29:59+00'", "'2023-12-05T08:29:59+07:00'")  # fmt: skip
AFTER = ("DATE '2023-12-05'", "'2023-12-05'", " ' 2023-12-05 ' ", "TIMESTAMP '2023-12-05 08:30'", "'2023-12-05T08:30'",
         "TIMESTAMPTZ '2023-12-05 01:30:00+00'", "'2023-12-05 01:30:00Z'", "'2023-12-04 20:30:00-05'",
         "TIMESTAMP_NS '2023-12-05 08:30:00'")  # fmt: skip
REVENUE = "SELECT actual FROM attainment_as_of({}) WHERE {}"
LINE = "indicator_code = 'budget_revenue' AND quarter = '2023-Q4' AND plan_source = 'province'"


def actual(connection: duckdb.DuckDBPyConnection, moment: str, *parameters: object) -> list[float | None]:
    return [value for (value,) in connection.execute(REVENUE.format(moment, LINE), list(parameters)).fetchall()]


@pytest.mark.parametrize(("day", "pct"), [("2023-12-08", 123.55), ("2024-01-31", 140.4)])
def test_revenue_of_2023_reads_as_it_was_published_then(town: Town, day: str, pct: float) -> None:
    sql = f"SELECT round(attainment_pct, 2) AS pct FROM attainment_as_of(DATE '{day}') WHERE {LINE}"
    assert ask(town.data_dir, sql) == [{"pct": pct}]


@pytest.mark.parametrize("session", SESSIONS)
def test_a_moment_means_the_same_however_it_is_written_and_in_every_session(town: Town, session: str) -> None:
    with published(town.data_dir) as connection:
        connection.execute(f"SET TimeZone = '{session}'")
        assert {moment for moment in BEFORE if actual(connection, moment) != [None]} == set()
        assert {moment for moment in AFTER if actual(connection, moment) != [172.97]} == set()
        given = (CAME, CAME.date(), str(CAME), CAME.replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).astimezone(UTC))
        assert [actual(connection, "?", moment) for moment in given] == [[172.97]] * len(given)
        assert actual(connection, "?", date(2023, 12, 4)) == [None]


@pytest.mark.parametrize("moment", ["'08/12/2023'", "'2023-12'", "'hôm qua'", "'2023-12-05 08:30+07'"])
def test_a_text_that_is_no_moment_is_refused_with_what_is_expected(town: Town, moment: str) -> None:
    with published(town.data_dir) as connection, pytest.raises(duckdb.InvalidInputException, match="2023-12-08"):
        actual(connection, moment)


def test_a_day_that_does_not_exist_is_refused_and_no_moment_gives_no_row(town: Town) -> None:
    with published(town.data_dir) as connection:
        with pytest.raises(duckdb.ConversionException):
            actual(connection, "'2023-02-30'")
        assert actual(connection, "NULL") == []


def test_the_columns_are_those_of_the_tables_with_the_time_in_place_of_the_evaluation(town: Town) -> None:
    for macro, table in (("attainment_as_of", tables.ATTAINMENT), ("observation_as_of", tables.OBSERVATION)):
        with published(town.data_dir) as connection:
            found = connection.execute(f"DESCRIBE SELECT * FROM {macro}(DATE '2024-01-31')").fetchall()
        expected = [(column.name, column.sql_type) for column in table.columns if column.name != "evaluated_at"]
        assert [(name, kind) for name, kind, *_ in found] == [
            *expected,
            ("known_from", "TIMESTAMP"),
            ("known_to", "TIMESTAMP"),
        ]


def test_the_newest_state_is_the_table_itself(town: Town) -> None:
    for macro, table in (("attainment_as_of", tables.ATTAINMENT), ("observation_as_of", tables.OBSERVATION)):
        columns = ", ".join(column.name for column in table.columns if column.name != "evaluated_at")
        for moment in ("DATE '2025-03-01'", "DATE '2099-01-01'"):  # after the evaluation nothing newer is known
            history = f"SELECT {columns} FROM {macro}({moment})"
            now = f"SELECT {columns} FROM {table.full_name}"
            assert ask(town.data_dir, f"({history}) EXCEPT ALL ({now})") == []
            assert ask(town.data_dir, f"({now}) EXCEPT ALL ({history})") == []
            assert ask(town.data_dir, now) != []


@pytest.mark.parametrize("moment", ["2023-07-03T00:00", "2024-01-10T23:59:59", "2024-07-15T08:00"])
def test_as_of_gives_what_a_run_at_that_moment_published(village: Town, village_copy: Path, moment: str) -> None:
    reevaluate(village_copy, datetime.fromisoformat(moment))
    for macro, table in (("attainment_as_of", tables.ATTAINMENT), ("observation_as_of", tables.OBSERVATION)):
        columns = ", ".join(column.name for column in table.columns if column.name != "evaluated_at")
        order = "ORDER BY ALL"
        then = ask(village_copy, f"SELECT {columns} FROM {table.full_name} {order}")
        known = ask(village.data_dir, f"SELECT {columns} FROM {macro}('{moment}') {order}")
        assert then
        assert known == then


def test_many_days_can_be_asked_for_at_once(town: Town) -> None:
    sql = f"""
        SELECT day, actual FROM (VALUES (DATE '2023-12-04'), (DATE '2023-12-05'), (DATE '2024-01-31')) AS days(day),
            attainment_as_of(day) WHERE {LINE} ORDER BY day
    """
    assert [row["actual"] for row in ask(town.data_dir, sql)] == [None, 172.97, 196.56]


def test_an_attached_file_answers_once_it_is_used(town: Town) -> None:
    with duckdb.connect() as connection:
        path = town.data_dir / "warehouse" / "lagi.duckdb"
        connection.execute(f"ATTACH '{path}' AS lagi (READ_ONLY)")
        connection.execute("USE lagi")
        assert actual(connection, "DATE '2023-12-08'") == [172.97]


def test_macros_carry_their_comments_and_no_parameter_hides_a_column(town: Town) -> None:
    sql = "SELECT * FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal"
    found: Rows = ask(town.data_dir, sql)
    offered = {macro.name: macro.comment for macro in macros(settings_of(town.data_dir).place.file.timezone)}
    assert {row["function_name"]: row["comment"] for row in found} == offered
    histories = (tables.ATTAINMENT_HISTORY, tables.OBSERVATION_HISTORY, tables.YEAR_VERDICT_HISTORY)
    read = {column.name for table in histories for column in table.columns}
    as_of = [row for row in found if row["function_name"].endswith("_as_of")]
    assert len(as_of) == len(histories)
    assert all(read.isdisjoint(row["parameters"]) for row in as_of)


def test_another_places_macros_turn_moments_into_its_own_time() -> None:
    """A moment with a zone is another local day elsewhere."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA mart")
        connection.execute(
            "CREATE TABLE mart.attainment_history AS"
            " SELECT TIMESTAMP '2024-01-01' AS known_from, NULL::TIMESTAMP AS known_to"
        )
        for zone, rows in (("Asia/Ho_Chi_Minh", 1), ("America/New_York", 0)):
            [macro] = [offered for offered in macros(zone) if offered.name == "attainment_as_of"]
            connection.execute(f"CREATE OR REPLACE MACRO {macro.name}({macro.parameters}) AS TABLE {macro.sql}")
            asked = "SELECT * FROM attainment_as_of(TIMESTAMPTZ '2023-12-31 18:00:00+00')"
            assert len(query(connection, asked)) == rows
