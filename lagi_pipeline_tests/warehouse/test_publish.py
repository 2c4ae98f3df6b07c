"""The published file: put in place whole or not at all; an open reader keeps what it opened."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lagi_pipeline.warehouse import publish as publishing
from lagi_pipeline.warehouse.database import Warehouse
from lagi_pipeline.warehouse.publish import PublishError, publish
from lagi_pipeline.warehouse.tables import all_tables

ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse with one stray file in it, published once; not to be changed."""
    made = Warehouse(tmp_path_factory.mktemp("kept"))
    with made.lock(1, "a test"):
        _add_stray(made, "first.png")
        publish(made, ZONE)
    return made


@pytest.fixture
def warehouse(kept: Warehouse, tmp_path: Path) -> Warehouse:
    """The same, to be changed."""
    return Warehouse(shutil.copytree(kept.folder, tmp_path / "warehouse"))


def _add_stray(warehouse: Warehouse, name: str) -> None:
    with warehouse.write() as connection:
        connection.execute("INSERT INTO quarantine.stray_file VALUES ('water', '2024-Q1', ?, 'thử')", [name])


def _strays(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT file FROM quarantine.stray_file ORDER BY file").fetchall()]


def _left_over(warehouse: Warehouse) -> set[str]:
    known = {"pipeline.duckdb", "lagi.duckdb", "pipeline.lock"}
    return {path.name for path in warehouse.folder.iterdir()} - known


def test_the_published_file_has_every_published_table_and_no_other(warehouse: Warehouse) -> None:
    with duckdb.connect(warehouse.published, read_only=True) as reader:
        found = reader.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        assert _strays(reader) == ["first.png"]
    assert {name for (name,) in found} == {table.full_name for table in all_tables() if table.published}
    assert "core.first_seen" not in {name for (name,) in found}
    assert not _left_over(warehouse)


def test_what_was_published_is_told(warehouse: Warehouse) -> None:
    told = publish(warehouse, ZONE)
    assert told.path == warehouse.published
    assert told.size == warehouse.published.stat().st_size
    assert told.rows["quarantine.stray_file"] == 1


def test_a_fresh_file_without_a_macro_is_not_put_in_place(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = warehouse.published.read_bytes()
    monkeypatch.setattr(publishing, "create_macros", lambda *_: None)
    with pytest.raises(PublishError, match="attainment_as_of"):
        publish(warehouse, ZONE)
    assert warehouse.published.read_bytes() == before


@pytest.mark.parametrize("step", ["_write", "_verify"])
def test_an_error_before_the_replacement_leaves_the_old_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = warehouse.published.read_bytes()
    _add_stray(warehouse, "second.png")
    done = getattr(publishing, step)

    def killed(*arguments: object) -> None:
        done(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, step, killed)
    with pytest.raises(KeyboardInterrupt):
        publish(warehouse, ZONE)
    assert warehouse.published.read_bytes() == before
    assert not _left_over(warehouse)


def test_a_fresh_file_that_is_not_what_was_written_is_not_put_in_place(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = warehouse.published.read_bytes()
    write = publishing._write

    def lose_a_row(working: Path, fresh: Path, *rest: Any) -> dict[str, int]:  # noqa: ANN401 - as publishing calls it
        rows = write(working, fresh, *rest)
        with duckdb.connect(fresh) as connection:
            connection.execute("DELETE FROM quarantine.stray_file")
        return rows

    monkeypatch.setattr(publishing, "_write", lose_a_row)
    with pytest.raises(PublishError, match=r"quarantine\.stray_file"):
        publish(warehouse, ZONE)
    assert warehouse.published.read_bytes() == before


def test_an_open_reader_keeps_its_snapshot_and_a_new_one_sees_the_new(warehouse: Warehouse) -> None:
    with duckdb.connect(warehouse.published, read_only=True) as early:
        assert _strays(early) == ["first.png"]
        _add_stray(warehouse, "second.png")
        publish(warehouse, ZONE)
        assert _strays(early) == ["first.png"]
        assert early.execute("SELECT count(*) FROM mart.attainment").fetchone() == (0,)
        # DuckDB shares a database between connections of a process by its path: another process opens the new one
        assert _read_elsewhere(warehouse.published) == "['first.png', 'second.png']"


def _read_elsewhere(path: Path) -> str:
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True);"
        " print([n for (n,) in c.execute('SELECT file FROM quarantine.stray_file ORDER BY file').fetchall()])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_analysts_may_read_while_the_pipeline_writes(warehouse: Warehouse) -> None:
    with warehouse.lock(1, "a test"), warehouse.write() as writing:
        writing.execute("DELETE FROM quarantine.stray_file")
        assert _read_elsewhere(warehouse.published) == "['first.png']"


def test_publishing_twice_gives_the_same_rows_in_the_same_order(warehouse: Warehouse) -> None:
    _add_stray(warehouse, "a.png")
    publish(warehouse, ZONE)
    with duckdb.connect(warehouse.published, read_only=True) as reader:
        assert reader.execute("SELECT file FROM quarantine.stray_file").fetchall() == [("a.png",), ("first.png",)]
