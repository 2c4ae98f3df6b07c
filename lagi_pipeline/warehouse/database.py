"""Connections to the working database: one writer over all processes, one transaction a write."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from filelock import FileLock, Timeout

from lagi_pipeline.warehouse.tables import Table, all_tables

WORKING_FILE = "pipeline.duckdb"
PUBLISHED_FILE = "lagi.duckdb"
_WRITING_MEMORY = "128MB"
"""What DuckDB may hold of a transaction; beyond it the disk takes over. Reading a file has its own needs beside it."""
SCHEMAS = {
    "mart": "Những gì người dùng tra cứu — what people query",
    "core": "Chỉ tiêu, đại lượng, quan sát — targets, measures, observations, vintages",
    "feeds": "Dòng số liệu đã nhận theo từng biểu — accepted rows of each form",
    "quarantine": "Dòng và tệp bị trả lại, kèm lý do — rejected rows and files, with reasons",
}


class WarehouseBusyError(RuntimeError):
    """Another process is writing; the message names it."""


class WarehouseVersionError(RuntimeError):
    """The working database was made by another version of the pipeline."""


@dataclass(frozen=True)
class Warehouse:
    """The folder ``data/warehouse``: the working database, the published one, and the vault."""

    folder: Path

    @property
    def working(self) -> Path:
        """The pipeline's own database."""
        return self.folder / WORKING_FILE

    @property
    def published(self) -> Path:
        """The database that analysts open."""
        return self.folder / PUBLISHED_FILE

    @property
    def vault(self) -> Path:
        """Where each raw file that was read is kept under its sha256."""
        return self.folder / "vault"

    @property
    def issued(self) -> Path:
        """Where each report that was issued stands, frozen; nothing there is overwritten."""
        return self.folder / "issued"

    @property
    def slips(self) -> Path:
        """Where the return slips stand; they name people and are never published."""
        return self.folder / "slips"

    @property
    def reports(self) -> Path:
        """Where the quarterly reports and the page stand; each is made anew from the published database."""
        return self.folder / "reports"

    @contextmanager
    def lock(self, timeout: float, purpose: str) -> Iterator[None]:
        """Be the only writer among all processes; the tables are there from then on.

        Args:
            timeout: seconds to wait for another writer.
            purpose: what this one does, told to those who wait.

        Raises:
            WarehouseBusyError: the other writer did not end in time.
            WarehouseVersionError: the working database was made by another version.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        holder = self.folder / "pipeline.lock.holder"
        lock = FileLock(self.folder / "pipeline.lock")
        try:
            lock.acquire(timeout=timeout)
        except Timeout:
            raise WarehouseBusyError(
                f"{self.folder.name} is being written by {_read(holder)}; wait until that has ended, then run again"
            ) from None
        try:
            holder.write_text(f"process {os.getpid()} on {socket.gethostname()}: {purpose}", "utf-8")
            with closing(duckdb.connect(self.working)) as connection:
                ensure_tables(connection)
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    @contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection in one transaction: committed at the end, rolled back on any error. Call it under the lock."""
        connection = duckdb.connect(self.working, config={"memory_limit": _WRITING_MEMORY})
        try:
            connection.begin()
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()
        finally:
            connection.close()

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection to the working database.

        Raises:
            FileNotFoundError: there is none yet.
        """
        if not self.working.exists():
            raise FileNotFoundError(f"{self.working.name}: nothing has been ingested yet")
        connection = duckdb.connect(self.working, read_only=True)
        try:
            yield connection
        finally:
            connection.close()


def _read(holder: Path) -> str:
    try:
        return holder.read_text("utf-8")
    except FileNotFoundError:
        return "another process"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def create_statements(table: Table) -> Iterator[str]:
    """The statements that make a table with its comments."""
    columns = ", ".join(
        f"{quoted(column.name)} {column.sql_type}{'' if column.nullable else ' NOT NULL'}" for column in table.columns
    )
    yield f"CREATE TABLE {table.full_name} ({columns})"
    yield f"COMMENT ON TABLE {table.full_name} IS {literal(table.comment)}"
    for column in table.columns:
        yield f"COMMENT ON COLUMN {table.full_name}.{quoted(column.name)} IS {literal(column.comment)}"


def create_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schemas that are missing."""
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are missing.

    Raises:
        WarehouseVersionError: a table is there with other columns, or columns of other types, than its model's.
    """
    there: dict[str, list[tuple[str, str]]] = {}
    for schema, name, column, sql_type in connection.execute(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_catalog = current_database() ORDER BY ordinal_position"
    ).fetchall():
        there.setdefault(f"{schema}.{name}", []).append((column, sql_type))
    missing = [table for table in all_tables() if table.full_name not in there]
    if missing:
        create_schemas(connection)
    for table in missing:
        for statement in create_statements(table):
            connection.execute(statement)
    for table in all_tables():
        wanted = [(column.name, column.sql_type) for column in table.columns]
        if there.get(table.full_name, wanted) != wanted:
            raise WarehouseVersionError(
                f"{WORKING_FILE}: {table.full_name} was made by another version of the pipeline;"
                f" move {WORKING_FILE} aside and run again: every file of data/raw is read anew"
            )


def insert(connection: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> int:
    """Append a frame's rows to a table, by name.

    Returns:
        The number of rows.

    Raises:
        duckdb.Error: a column is missing, or a value does not fit.
    """
    if frame.empty:
        return 0
    columns = ", ".join(quoted(column.name) for column in table.columns)
    casts = ", ".join(f"CAST({quoted(c.name)} AS {c.sql_type}) AS {quoted(c.name)}" for c in table.columns)
    connection.register("incoming_rows", frame)
    try:
        connection.execute(f"INSERT INTO {table.full_name} ({columns}) SELECT {casts} FROM incoming_rows")  # noqa: S608 - names are the models'
    finally:
        connection.unregister("incoming_rows")
    return len(frame)


def insert_row(connection: duckdb.DuckDBPyConnection, table: Table, row: Mapping[str, Any]) -> None:
    """Append one row to a table, by name.

    Raises:
        KeyError: a column of the table is missing.
    """
    columns = ", ".join(quoted(column.name) for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    values = [row[column.name] for column in table.columns]
    connection.execute(f"INSERT INTO {table.full_name} ({columns}) VALUES ({marks})", values)  # noqa: S608 - a model's names


def replace_all(connection: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> int:
    """Make a frame's rows the whole content of a table."""
    connection.execute(f"DELETE FROM {table.full_name}")  # noqa: S608 - a model's name
    return insert(connection, table, frame)


def delete_version(connection: duckdb.DuckDBPyConnection, table: Table, feed: str, quarter: str, sha256: str) -> None:
    """Take a file's rows of a feed and quarter out of a table: they are about to be written again.

    A table of one form has no ``feed`` column; the same content may have come for another feed too.
    """
    of_feed = " AND feed = ?" if any(column.name == "feed" for column in table.columns) else ""
    connection.execute(
        f"DELETE FROM {table.full_name} WHERE quarter = ? AND sha256 = ?{of_feed}",  # noqa: S608 - a model's name
        [quarter, sha256, *([feed] if of_feed else [])],
    )


def as_json(row: dict[str, str]) -> str:
    """A row as a JSON object, in its own order and letters."""
    return json.dumps(row, ensure_ascii=False)


def rows_of(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
) -> list[dict[str, Any]]:
    """The rows of a query, each from column to value."""
    result = connection.execute(sql, parameters)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
