"""The working database: one writer, one transaction a write, and tables that are their models."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import (
    Warehouse,
    WarehouseBusyError,
    WarehouseVersionError,
    delete_version,
    ensure_tables,
    insert,
    replace_all,
)
from lagi_pipeline.warehouse.tables import Table, all_tables
from lagi_pipeline_tests.running import ROOT

STRAY = pd.DataFrame({"quarter": ["2024-Q1"], "file": ["water/2024-Q1/anh.png"], "feed": ["water"], "reason": ["ảnh"]})
HOLD = """
import sys, time
from pathlib import Path
from lagi_pipeline.warehouse.database import Warehouse
with Warehouse(Path(sys.argv[1])).lock(5, "run 4711"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse with its tables; not to be changed."""
    made = Warehouse(tmp_path_factory.mktemp("empty"))
    with made.lock(1, "a test"):
        pass
    return made


@pytest.fixture
def warehouse(empty: Warehouse, tmp_path: Path) -> Warehouse:
    """A warehouse with its tables, to be changed."""
    return Warehouse(shutil.copytree(empty.folder, tmp_path / "warehouse"))


@contextmanager
def _held_by_another_process(warehouse: Warehouse) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(warehouse.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
    finally:
        process.communicate()


def _strays(warehouse: Warehouse) -> int:
    with warehouse.read() as connection:
        found = connection.execute("SELECT count(*) FROM quarantine.stray_file").fetchone()
    assert found is not None
    return int(found[0])


def test_another_writer_is_named(warehouse: Warehouse) -> None:
    with _held_by_another_process(warehouse) as holder:
        with pytest.raises(WarehouseBusyError) as caught, warehouse.lock(0.2, "a test"):
            pytest.fail("two writers")
        assert f"process {holder} " in str(caught.value)
        assert "run 4711" in str(caught.value)
        assert (
            warehouse.folder / "pipeline.lock.holder"
        ).exists()  # those who wait in vain leave the holder's word alone
    with warehouse.lock(5, "a test"):
        pass


def test_the_lock_is_let_go_after_an_error(warehouse: Warehouse) -> None:
    with pytest.raises(ZeroDivisionError), warehouse.lock(1, "a test"):
        raise ZeroDivisionError
    with warehouse.lock(0, "the next"):
        assert "the next" in (warehouse.folder / "pipeline.lock.holder").read_text("utf-8")
    assert not (warehouse.folder / "pipeline.lock.holder").exists()


def test_a_write_is_committed_whole(warehouse: Warehouse) -> None:
    with warehouse.lock(1, "a test"), warehouse.write() as connection:
        assert insert(connection, tables.STRAY_FILE, STRAY) == 1
    assert _strays(warehouse) == 1


def test_an_error_inside_a_write_rolls_back_and_closes(warehouse: Warehouse) -> None:
    with warehouse.lock(1, "a test"):
        with pytest.raises(ZeroDivisionError), warehouse.write() as connection:  # noqa: PT012 - the block is what is tested
            insert(connection, tables.STRAY_FILE, STRAY)
            raise ZeroDivisionError
        with pytest.raises(duckdb.ConnectionException):
            connection.execute("SELECT 1")
        assert _strays(warehouse) == 0
        with warehouse.write() as connection:  # the next asset of the process is not in the way of the last
            insert(connection, tables.STRAY_FILE, STRAY)
    assert _strays(warehouse) == 1


def test_an_error_of_sql_inside_a_write_rolls_back(warehouse: Warehouse) -> None:
    with pytest.raises(duckdb.Error), warehouse.write() as connection:  # noqa: PT012 - the block is what is tested
        insert(connection, tables.STRAY_FILE, STRAY)
        connection.execute("SELECT * FROM nowhere")
    assert _strays(warehouse) == 0


def test_reading_is_read_only(warehouse: Warehouse) -> None:
    with warehouse.read() as connection, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("DELETE FROM quarantine.stray_file")


def test_reading_before_anything_was_ingested_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing has been ingested yet"), Warehouse(tmp_path / "none").read():
        pytest.fail("read nothing")


@pytest.mark.parametrize("table", list(all_tables()), ids=lambda table: table.full_name)
def test_a_table_is_its_model(empty: Warehouse, table: Table) -> None:
    """Types, nullability and comments all come from the model; what names people is in no table."""
    with empty.read() as connection:
        found = connection.execute(
            "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()"
            " WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
            [table.schema, table.name],
        ).fetchall()
        [(comment,)] = connection.execute(
            "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [table.schema, table.name]
        ).fetchall()
    schema = table.model.to_schema()
    expected = [
        (name, (column.metadata or {}).get("sql"), column.nullable)
        for name, column in schema.columns.items()
        if not (column.metadata or {}).get("personal")
    ]
    assert [(name, nullable) for name, _, nullable, _ in found] == [(name, nullable) for name, _, nullable in expected]
    for (name, sql_type, _, _), (_, stated, _) in zip(found, expected, strict=True):
        dtype = str(schema.columns[name].dtype).lower()
        assert sql_type == (stated or _SQL[next(kind for kind in _SQL if dtype.startswith(kind))]), name
    assert all(said and " — " in said for *_, said in found)
    assert comment == table.comment
    assert set(table.key) <= {name for name, *_ in found}
    assert not {name for name, *_ in found} & set(table.personal_columns)


_SQL = {"int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN", "str": "VARCHAR", "datetime": "TIMESTAMP"}


def test_there_is_a_table_for_every_form_and_no_other(warehouse: Warehouse) -> None:
    with warehouse.read() as connection:
        found = connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    assert {name for (name,) in found} == {table.full_name for table in all_tables()}


def test_a_table_of_another_version_is_refused(warehouse: Warehouse) -> None:
    with duckdb.connect(warehouse.working) as connection:
        connection.execute("ALTER TABLE core.target DROP COLUMN clause")
    with (
        pytest.raises(WarehouseVersionError, match=r"core\.target.*move pipeline\.duckdb aside"),
        warehouse.lock(1, "a test"),
    ):
        pytest.fail("wrote into a table of another version")
    with duckdb.connect(warehouse.working) as connection, pytest.raises(WarehouseVersionError):
        ensure_tables(connection)


def test_a_table_with_a_type_of_another_version_is_refused(warehouse: Warehouse) -> None:
    with duckdb.connect(warehouse.working) as connection:
        connection.execute("ALTER TABLE core.target ALTER year TYPE VARCHAR")
    with pytest.raises(WarehouseVersionError, match=r"core\.target"), warehouse.lock(1, "a test"):
        pytest.fail("wrote into a table of another version")


def test_rows_are_inserted_by_name(warehouse: Warehouse) -> None:
    shuffled = STRAY[["reason", "file", "feed", "quarter"]].assign(unheard_of=1)
    with warehouse.write() as connection:
        insert(connection, tables.STRAY_FILE, shuffled)
        assert connection.execute("SELECT * FROM quarantine.stray_file").fetchall() == [
            ("water", "2024-Q1", "water/2024-Q1/anh.png", "ảnh")
        ]


def test_a_frame_that_lacks_a_column_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(duckdb.BinderException, match="feed"), warehouse.write() as connection:
        insert(connection, tables.STRAY_FILE, STRAY.drop(columns="feed"))


def test_a_null_where_the_model_has_none_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(duckdb.ConstraintException, match="NOT NULL"), warehouse.write() as connection:
        insert(connection, tables.STRAY_FILE, STRAY.assign(feed=None))


def test_an_empty_frame_is_no_row(warehouse: Warehouse) -> None:
    with warehouse.write() as connection:
        assert insert(connection, tables.STRAY_FILE, pd.DataFrame()) == 0


def test_replacing_and_deleting_take_out_what_they_name(warehouse: Warehouse) -> None:
    refused = {c.name: [None] for c in tables.REJECTED_FILE.columns} | {
        "feed": "water", "file": "x", "rule": "r", "reason": "y", "received_at": pd.Timestamp("2024-01-01")
    }  # fmt: skip
    rows = pd.concat(
        [
            pd.DataFrame(refused | {"quarter": q, "sha256": s})
            for q, s in (("2024-Q1", "a"), ("2024-Q1", "b"), ("2024-Q2", "a"))
        ],
        ignore_index=True,
    )
    with warehouse.write() as connection:
        replace_all(connection, tables.REJECTED_FILE, rows)
        replace_all(connection, tables.REJECTED_FILE, rows)
        delete_version(connection, tables.REJECTED_FILE, "water", "2024-Q1", "a")
        left = connection.execute("SELECT quarter, sha256 FROM quarantine.rejected_file ORDER BY ALL").fetchall()
    assert left == [("2024-Q1", "b"), ("2024-Q2", "a")]
