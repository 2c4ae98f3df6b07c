"""Files with open findings, as the quarantine tells of them; what it masks stays masked here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import duckdb

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.findings import Severity

MOST_LISTED = 2_000
"""Findings that a slip lists and marks; of the others it says how many there are. Nobody mends more line by line."""
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
# A file of overrides goes back to nobody: the Office wrote it.
# A sheet as a whole has the row 0; what keeps several forms from being read stands once for each of them.
_OPEN = """
    SELECT feed, quarter, file, sha256, received_at, severity, sheet,
        CASE WHEN "row" > 0 THEN "row" END AS "row", cell, "column", value, rule, reason
    FROM quarantine.rejected_row WHERE resolved_at IS NULL
    UNION ALL
    SELECT DISTINCT feed, quarter, file, sha256, received_at, 'error', sheet, NULL, cell, NULL, NULL, rule, reason
    FROM quarantine.rejected_file WHERE resolved_at IS NULL AND feed <> 'overrides'
"""
_OF_FILE = "feed = ? AND quarter = ? AND file = ? AND sha256 = ?"


@dataclass(frozen=True, slots=True)
class Listed:
    """One open finding: of a cell, of a row (no ``cell``), of a sheet (no ``row`` either), or of the file.

    ``row`` is counted from 1, as the sender sees it. ``value`` is masked where it may name a person.
    """

    severity: Severity
    sheet: str | None
    row: int | None
    cell: str | None
    column: str | None
    value: str | None
    rule: str
    reason: str

    @property
    def position(self) -> tuple[int, int] | None:
        """Row and column of its cell, counted from 0; None where it has none that a sheet can have."""
        return position(self.cell)


def position(address: str | None) -> tuple[int, int] | None:
    """Row and column of an address such as ``D9``, counted from 0; None where there is no such cell in a sheet."""
    found = _ADDRESS.fullmatch(address or "")
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(found[2])
    return (row - 1, column - 1) if row <= _LAST_ROW and column <= _LAST_COLUMN else None


@dataclass(frozen=True)
class ReturnedFile:
    """A file with open findings: which it is, how many they are, and those that its slip lists.

    ``sender`` is the office's code where the file said it; ``unlisted`` how many more there are by severity and rule.
    """

    feed: str
    quarter: Quarter
    file: str
    sha256: str
    received_at: datetime
    sender: str | None
    errors: int
    warnings: int
    listed: tuple[Listed, ...]
    unlisted: tuple[tuple[Severity, str, int], ...]


def returned_files(
    connection: duckdb.DuckDBPyConnection, quarters: frozenset[Quarter] | None
) -> Iterator[ReturnedFile]:
    """The files of some quarters (None: of all) that have open findings, by quarter, feed and name.

    ``connection`` is to the working database. Findings come errors first, the file's own before those of its cells.
    """
    files = connection.execute(
        f"""
        SELECT feed, quarter, file, sha256, max(received_at), count(*) FILTER (severity = 'error'), count(*)
        FROM ({_OPEN}) GROUP BY ALL ORDER BY quarter, feed, file, sha256
        """  # noqa: S608 - no value in it
    ).fetchall()
    for feed, code, file, sha256, received_at, errors, findings in files:
        quarter = Quarter.parse(code)
        if quarters is not None and quarter not in quarters:
            continue
        key = [feed, code, file, sha256]
        listed = _listed(connection, key)
        yield ReturnedFile(
            feed=feed,
            quarter=quarter,
            file=file,
            sha256=sha256,
            received_at=received_at,
            sender=_sender(connection, feed, code, sha256),
            errors=errors,
            warnings=findings - errors,
            listed=listed,
            unlisted=_unlisted(connection, key, listed) if findings > len(listed) else (),
        )


def _listed(connection: duckdb.DuckDBPyConnection, key: list[str]) -> tuple[Listed, ...]:
    rows = connection.execute(
        f"""
        SELECT severity, sheet, "row", cell, "column", value, rule, reason FROM ({_OPEN}) WHERE {_OF_FILE}
        ORDER BY severity = 'error' DESC, "row" IS NOT NULL, sheet, "row", length(cell), cell, rule, reason
        LIMIT {MOST_LISTED}
        """,  # noqa: S608 - no value in it
        key,
    ).fetchall()
    return tuple(Listed(Severity(severity), *rest) for severity, *rest in rows)


def _unlisted(
    connection: duckdb.DuckDBPyConnection, key: list[str], listed: tuple[Listed, ...]
) -> tuple[tuple[Severity, str, int], ...]:
    counted = connection.execute(
        f"SELECT severity, rule, count(*) FROM ({_OPEN}) WHERE {_OF_FILE} GROUP BY ALL ORDER BY severity, rule",  # noqa: S608 - no value in it
        key,
    ).fetchall()
    shown = Counter((finding.severity, finding.rule) for finding in listed)
    more = [(Severity(severity), rule, count - shown[Severity(severity), rule]) for severity, rule, count in counted]
    return tuple(entry for entry in more if entry[2])


def _sender(connection: duckdb.DuckDBPyConnection, feed: str, quarter: str, sha256: str) -> str | None:
    """The office that a file said it is from; None where it did not, or was refused before that was read."""
    found = connection.execute(
        "SELECT max(sender) FROM core.vintage WHERE feed = ? AND quarter = ? AND sha256 = ?", [feed, quarter, sha256]
    ).fetchone()
    sender: str | None = found[0] if found else None
    return sender
