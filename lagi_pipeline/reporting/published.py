"""Questions to the published file, read-only: what the command line prints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from lagi_pipeline.warehouse.database import rows_of


class UnreadableError(RuntimeError):
    """The published file cannot be read as this version of the pipeline writes it; the message says what to do."""


@contextmanager
def open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection.

    Raises:
        FileNotFoundError: nothing has been published yet.
        UnreadableError: it is no database, or lacks a table or column that is asked for.
    """
    if not path.exists():
        raise FileNotFoundError(f"nothing has been published yet: {path} is not there; run `make run`")
    try:
        connection = duckdb.connect(path, read_only=True)
    except duckdb.Error as error:
        raise UnreadableError(f"{path} cannot be read; run `make run`: {_first_line(error)}") from error
    try:
        yield connection
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        told = _first_line(error)
        raise UnreadableError(f"{path} was made by another version of the pipeline; run `make run`: {told}") from error
    finally:
        connection.close()


def _first_line(error: duckdb.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def newest_quarter(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The newest quarter for which anything was reported: a survey carried over from an earlier one does not count."""
    found = connection.execute(
        """
        SELECT max(quarter) FROM core.observation
        WHERE value IS NOT NULL AND NOT carried AND indicator_code IN (SELECT indicator_code FROM mart.attainment)
        """
    ).fetchone()
    return found[0] if found else None


def leading_lines(connection: duckdb.DuckDBPyConnection, quarter: str) -> list[dict[str, Any]]:
    """The lines of a quarter, each against the plan that leads it, in the order of the resolution."""
    return rows_of(
        connection,
        """
        SELECT * FROM mart.attainment WHERE quarter = ? AND is_leading
        ORDER BY CAST(regexp_extract(ordinal, '^\\d+') AS INTEGER) NULLS LAST, ordinal, indicator_code
        """,
        [quarter],
    )


def quarantined_files(connection: duckdb.DuckDBPyConnection, first: str, last: str) -> list[dict[str, Any]]:
    """The files that were sent back, of the quarters from first to last; refused overrides are of no one quarter."""
    return rows_of(
        connection,
        "SELECT * FROM quarantine.rejected_file WHERE quarter BETWEEN ? AND ?"
        " OR (feed = 'overrides' AND resolved_at IS NULL) ORDER BY quarter, file",
        [first, last],
    )


def findings(connection: duckdb.DuckDBPyConnection, first: str, last: str) -> list[dict[str, Any]]:
    """The findings at cells, of the quarters from first to last."""
    return rows_of(
        connection,
        "SELECT * FROM quarantine.rejected_row WHERE quarter BETWEEN ? AND ?"
        " ORDER BY severity, quarter, file, sheet, row, length(cell), cell, rule",
        [first, last],
    )
