"""The published snapshot: a fresh file, verified, put in place whole. What analysts open is never half written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lagi_pipeline.warehouse.database import Warehouse, create_schemas, create_statements, literal, quoted
from lagi_pipeline.warehouse.macros import Macro, create_macros, macros, macros_of
from lagi_pipeline.warehouse.tables import Table, all_tables
from lagi_pipeline.warehouse.views import comments_of, create_views, views, views_of


class PublishError(RuntimeError):
    """The fresh file is not what was to be published; the one in place stays."""


@dataclass(frozen=True)
class Published:
    """A snapshot that was put in place: its path, its size in bytes and the rows of each table."""

    path: Path
    size: int
    rows: dict[str, int]


def publish(warehouse: Warehouse, timezone: str) -> Published:
    """Copy the published tables into a fresh file with views and macros, verify it, put it in place of the last.

    Call it where the gate has let the tables through, and under the same lock.

    Args:
        warehouse: Where both files lie.
        timezone: The place's, in which all times of the tables are.

    Raises:
        PublishError: the fresh file has other tables, rows, views, macros or comments than it should; nothing is
            replaced.
    """
    published = [table for table in all_tables() if table.published]
    fresh = warehouse.published.with_name(f".{warehouse.published.stem}.{os.getpid()}.fresh")
    fresh.unlink(missing_ok=True)
    try:
        offered = macros(timezone)
        rows = _write(warehouse.working, fresh, published, offered)
        _verify(fresh, published, rows, offered)
        fresh.replace(warehouse.published)
    finally:
        fresh.unlink(missing_ok=True)
        fresh.with_name(f"{fresh.name}.wal").unlink(missing_ok=True)
    return Published(warehouse.published, warehouse.published.stat().st_size, rows)


def _write(working: Path, fresh: Path, published: list[Table], offered: tuple[Macro, ...]) -> dict[str, int]:
    """Write each table of the working database into the fresh file, in the order of its key; rows by table."""
    rows: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(working))} AS working (READ_ONLY)")
        connection.execute(f"ATTACH {literal(str(fresh))} AS fresh")
        connection.execute("USE fresh")
        create_schemas(connection)
        connection.begin()
        for table in published:
            for statement in create_statements(table):
                connection.execute(statement)
            columns = ", ".join(quoted(column.name) for column in table.columns)
            order = f" ORDER BY {', '.join(map(quoted, table.key))}" if table.key else ""
            copied = connection.execute(
                f"INSERT INTO {table.full_name} ({columns}) SELECT {columns} FROM working.{table.full_name}{order}"  # noqa: S608 - names are the models'
            ).fetchone()
            rows[table.full_name] = copied[0] if copied else 0
        create_views(connection, views())
        create_macros(connection, offered)
        connection.commit()
        connection.execute("CHECKPOINT fresh")
    return rows


def _verify(fresh: Path, published: list[Table], rows: dict[str, int], offered: tuple[Macro, ...]) -> None:
    """Open the fresh file as an analyst does and compare it with what was to be written."""
    with duckdb.connect(fresh, read_only=True) as reader:
        there = {
            f"{schema}.{name}": comment
            for schema, name, comment in reader.execute(
                "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal"
            ).fetchall()
        }
        if set(there) != {table.full_name for table in published}:
            raise PublishError(f"tables {sorted(there)} where {sorted(t.full_name for t in published)} were written")
        for table in published:
            found = reader.execute(f"SELECT count(*) FROM {table.full_name}").fetchone()  # noqa: S608 - a model's name
            if found is None or found[0] != rows[table.full_name]:
                raise PublishError(f"{table.full_name}: {found} rows where {rows[table.full_name]} were written")
            if there[table.full_name] != table.comment:
                raise PublishError(f"{table.full_name}: the comment is {literal(str(there[table.full_name]))}")
        told = macros_of(reader)
        if told != {macro.name: macro.comment for macro in offered}:
            raise PublishError(f"macros {sorted(told)} where {sorted(macro.name for macro in offered)} were written")
        if (seen := views_of(reader)) != (wanted := comments_of(views())):
            differing = sorted(name for name in seen.keys() | wanted.keys() if seen.get(name) != wanted.get(name))
            raise PublishError(f"views {differing} are not as they were to be written")
