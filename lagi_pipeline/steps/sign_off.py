"""Issue the report of a quarter: freeze what was reported, who issued it, and what every figure rested on.

A report is one file under ``data/warehouse/issued``. It is the source of truth: the tables are loaded from it in every
run (``revisions``), so it outlives a working database that is moved aside.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.sign_off import IssuedReport, as_json, checksum, frozen, saying
from lagi_pipeline.intake.masking import without_people
from lagi_pipeline.steps import gate
from lagi_pipeline.steps.compute import Situation, compute, plain, record, stored_moment
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import Warehouse, literal

SIGN_OFF_VERSION = "1"
_NUMBER = re.compile(r"\d{4}-Q[1-4]-(\d+)\.json")


class IssueError(ValueError):
    """The report cannot be issued; the message says why and what to do."""


@dataclass(frozen=True)
class Issue:
    """Who issues the report of which quarter; ``document_no`` is the report's own number, where it has one."""

    quarter: Quarter
    office: str
    document_no: str | None = None


@dataclass(frozen=True)
class Issued:
    """A report that was issued: where it is kept, its checksum, and the earlier reports of the quarter."""

    report: IssuedReport
    path: Path
    sha256: str
    earlier: tuple[str, ...]


def issue_report(warehouse: Warehouse, situation: Situation, issue: Issue, issued_at: datetime) -> Issued:
    """Freeze the figures of a quarter as they are published. Call it under the warehouse's lock.

    Args:
        warehouse: Where the tables, the published file and the issued reports are.
        situation: What the figures depend on.
        issue: Which quarter, and who issues it.
        issued_at: Local time.

    Returns:
        The report as it is kept; a second one of the quarter has the number 2, and the first one stays.

    Raises:
        IssueError: the office is unknown, nothing was computed or published, or the quarter has no line.
        GateError: the tables are not what may be published.
    """
    names = situation.place.office_names
    if issue.office not in names:
        known = ", ".join(sorted(names))
        raise IssueError(f"office {issue.office!r} is neither in offices.csv nor the issuing_office ({known})")
    if not warehouse.working.exists():
        raise IssueError("nothing has been computed yet: run `make run` first")
    with warehouse.read() as connection:
        report = _frozen(connection, warehouse, situation, issue, issued_at)
    path, earlier = _keep(report, warehouse.issued)
    return Issued(report, path, checksum(saying(report)), earlier)


def _frozen(
    connection: duckdb.DuckDBPyConnection,
    warehouse: Warehouse,
    situation: Situation,
    issue: Issue,
    issued_at: datetime,
) -> IssuedReport:
    moment = stored_moment(connection)
    if moment is None:
        raise IssueError("nothing has been computed yet: run `make run` first")
    gate.require(gate.examine(connection, situation))
    _require_published(connection, warehouse, issue.quarter)
    figures = compute(connection, situation, moment)
    town = situation.place.file.code
    seen = {o.indicator_code: o for o in figures.observations if o.unit_code == town and o.quarter == issue.quarter}
    lines = [row for row in figures.attainment if row.quarter == str(issue.quarter)]
    if not lines:
        raise IssueError(
            f"{issue.quarter} has no line: its year has no targets, or it had not begun on {moment:%Y-%m-%d}"
        )
    documents = [r.document for r in figures.resolutions if r.year == issue.quarter.year and r.document]
    return IssuedReport(
        place=town,
        quarter=issue.quarter,
        number=_next_number(warehouse.issued, issue.quarter),
        office=issue.office,
        office_name_vi=situation.place.office_names[issue.office],
        document_no=without_people(issue.document_no) if issue.document_no else None,
        resolution="; ".join(documents),
        frozen_at=moment,
        issued_at=issued_at,
        figures=tuple(
            frozen(row, seen[row.indicator_code], {name: plain(value) for name, value in record(row).items()})
            for row in lines
        ),
    )


def _require_published(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, quarter: Quarter) -> None:
    """Refuse to issue what nobody can look up: the quarter's lines must be those of the published file.

    Raises:
        IssueError: nothing was published, or something else.
    """
    again = "publish first: run `make run`, or materialise published/lagi"
    if not warehouse.published.exists():
        raise IssueError(f"nothing has been published yet; {again}")
    connection.execute(f"ATTACH {literal(str(warehouse.published))} AS published (READ_ONLY)")
    try:
        there = {
            row[0]
            for row in connection.execute(
                "SELECT column_name FROM duckdb_columns() WHERE database_name = 'published' AND schema_name = 'mart'"
                " AND table_name = 'attainment'"
            ).fetchall()
        }
        columns = ", ".join(column.name for column in tables.ATTAINMENT.columns)
        published, working = (
            f"SELECT {columns} FROM {catalogue}mart.attainment WHERE quarter = $quarter"  # noqa: S608 - our own names
            for catalogue in ("published.", "")
        )
        differ = {column.name for column in tables.ATTAINMENT.columns} != there or any(
            connection.execute(f"({one}) EXCEPT ALL ({other}) LIMIT 1", {"quarter": str(quarter)}).fetchall()
            for one, other in ((published, working), (working, published))
        )
    finally:
        connection.execute("DETACH published")
    if differ:
        raise IssueError(f"the figures of {quarter} that were computed last are not published; {again}")


def _numbers(folder: Path, quarter: Quarter) -> Iterator[int]:
    """The numbers of the quarter's reports that are kept, those that are not as they were issued too."""
    for path in sorted(folder.glob(f"{quarter}-*.json")):
        if found := _NUMBER.fullmatch(path.name):
            yield int(found[1])


def _next_number(folder: Path, quarter: Quarter) -> int:
    return max(_numbers(folder, quarter), default=0) + 1


def _keep(report: IssuedReport, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Write a report aside and put it in its place whole; nothing is overwritten.

    Returns:
        Where it is, and the names of the quarter's earlier reports.

    Raises:
        FileExistsError: a report of that number is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    earlier = tuple(path.name for path in sorted(folder.glob(f"{report.quarter}-*.json")))
    path = folder / report.name
    if path.exists():
        raise FileExistsError(f"{path.name} is there already: nothing is overwritten")
    partial = folder / f".{report.name}.partial"
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(as_json(report))
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return path, earlier
