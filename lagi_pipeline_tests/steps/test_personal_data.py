"""Names and ID numbers of people: read, and then nowhere; not in a table, not in a log, not in what Dagster keeps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import Outcome, ask, book, logged, make_data_dir, published, query, run, send, working
from lagi_samples import Book

NAMES = ("Nguyễn Thị Sóng Lặng", "Trần Văn Khơi Xa", "Đỗ Văn Neo", "Phạm Văn Chân Vịt")
MISPLACED = "Lê Hoàng Bão"
"""Typed into the neighbouring columns of the form, as when a row is shifted by a cell."""
IDS = ("060123456789", "0912 345 678")
SAMPLE_OWNER = "Chủ tàu mẫu"


@dataclass(frozen=True)
class Fleet:
    data_dir: Path
    outcome: Outcome
    log: str


def _with_people() -> Book:
    """The vessels of a quarter, most left out; names stand where they belong, and where they do not."""
    made = book("fisheries_vessels", "2024-Q3")
    sheet = made.sheets[-1]
    del sheet.rows[200:1930]
    header = sheet.find("Chủ tàu")[1:]
    sheet.set(f"M{header}", "Số CCCD")
    sheet.set(f"N{header}", "Ghi chú")
    for register, name in zip(("BTh-09001-TS", "BTh-09002-TS", "BTh-00001-TS"), NAMES, strict=False):
        row = sheet.find(register)[1:]
        sheet.set(f"C{row}", name)
        sheet.set(f"M{row}", IDS[0])
        sheet.set(f"N{row}", f"gọi {NAMES[3]}, {IDS[1]}")
    sheet.set(f"E{sheet.find('BTh-09002-TS')[1:]}", NAMES[1])  # a name where a length should be
    sheet.set(f"D{sheet.find('BTh-00002-TS')[1:]}", MISPLACED)  # where a ward should be
    sheet.set(f"L{sheet.find('BTh-00003-TS')[1:]}", MISPLACED)  # where the state should be
    sheet.set(f"I{sheet.find('BTh-00004-TS')[1:]}", MISPLACED)  # where a day should be
    sheet.set(sheet.find("BTh-00005-TS"), MISPLACED)  # where a register number should be
    return made


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    data_dir = make_data_dir(tmp_path_factory.mktemp("fleet"))
    send(data_dir, _with_people())
    refused = book("fisheries_vessels", "2024-Q2")
    sheet = refused.sheets[-1]
    del sheet.rows[100:]
    sheet.set(sheet.find("Chiều dài lớn nhất (m)"), NAMES[0])
    send(data_dir, refused)
    with logged() as said:
        outcome = run(data_dir, "2024-Q2", "2024-Q3")
    assert outcome.success, outcome.failed_steps
    return Fleet(data_dir, outcome, "\n".join(said))


def _texts(data_dir: Path, *, of_working: bool) -> str:
    """Everything that stands as text in a database."""
    with working(data_dir) if of_working else published(data_dir) as connection:
        columns = query(
            connection,
            "SELECT schema_name, table_name, column_name FROM duckdb_columns()"
            " WHERE NOT internal AND data_type IN ('VARCHAR', 'JSON')",
        )
        return "\n".join(
            str(value)
            for column in columns
            for (value,) in connection.execute(
                f'SELECT DISTINCT "{column["column_name"]}" FROM {column["schema_name"]}.{column["table_name"]}'
            ).fetchall()
        )


@pytest.mark.parametrize("of_working", [False, True])
def test_nobody_is_named_in_a_database(fleet: Fleet, of_working: bool) -> None:  # noqa: FBT001 - a case
    texts = _texts(fleet.data_dir, of_working=of_working)
    assert "BTh-09002-TS" in texts
    assert not [secret for secret in (*NAMES, *IDS, SAMPLE_OWNER) if secret in texts]


def test_a_name_in_the_wrong_column_is_not_published(fleet: Fleet) -> None:
    assert MISPLACED not in _texts(fleet.data_dir, of_working=False)


def test_nobody_is_named_in_a_log_or_in_what_dagster_keeps(fleet: Fleet) -> None:
    said = fleet.log + "\n".join(fleet.outcome.events)
    assert "fisheries_vessels" in fleet.log
    assert "vessel_unit" in "\n".join(fleet.outcome.events)  # the findings are shown
    assert not [secret for secret in (*NAMES, *IDS, SAMPLE_OWNER, MISPLACED) if secret in said]


def test_the_rows_with_people_were_read_and_rejected_for_what_is_wrong_in_them(fleet: Fleet) -> None:
    rules = {
        row["rule"] for row in ask(fleet.data_dir, "SELECT rule FROM quarantine.rejected_row WHERE severity = 'error'")
    }
    assert {"vessel_unit", "not_a_number", "not_a_day", "isin"} <= rules
    rows = ask(fleet.data_dir, "SELECT raw_row FROM quarantine.rejected_row WHERE rule = 'vessel_unit'")
    assert rows
    assert all('"Chủ tàu": "***"' in row["raw_row"] for row in rows)


@pytest.mark.parametrize("of_working", [False, True])
def test_no_owner_of_the_samples_is_in_a_database(town: Town, of_working: bool) -> None:  # noqa: FBT001 - a case
    assert SAMPLE_OWNER not in _texts(town.data_dir, of_working=of_working)


def test_no_owner_of_the_samples_is_in_what_dagster_keeps(town: Town) -> None:
    assert not [event for event in town.outcome.events if SAMPLE_OWNER in event]


@pytest.mark.parametrize("of_working", [False, True])
def test_no_column_is_meant_for_owners(town: Town, of_working: bool) -> None:  # noqa: FBT001 - a case
    with working(town.data_dir) if of_working else published(town.data_dir) as connection:
        found = query(
            connection, "SELECT table_name FROM duckdb_columns() WHERE NOT internal AND column_name ILIKE '%owner%'"
        )
    assert not found
