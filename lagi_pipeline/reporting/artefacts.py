"""The files of the quarterly report: which there are, where they stand, and how each is put in place whole.

``data/warehouse/reports/<quarter>/bao-cao-<quarter>.*`` is a quarter's report, ``reports/trang-chi-tieu.html`` the page
of all quarters. They are made from the published database alone, by one process at a time: who opens it later writes
later, so that older figures never cover newer ones. A file is written aside under a name of its own and renamed; where
one cannot be made or put in place, the others are, and the one that stood there stays.
"""

from __future__ import annotations

import functools
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content import (
    NoReportError,
    QuarterReport,
    newest_reported,
    quarters_reported,
    read_report,
)
from lagi_pipeline.reporting.excel import excel_workbook
from lagi_pipeline.reporting.leftovers import leftovers, remove
from lagi_pipeline.reporting.page import html_page
from lagi_pipeline.reporting.published import open_published
from lagi_pipeline.reporting.word import word_document
from lagi_pipeline.warehouse.database import Warehouse

log = logging.getLogger(__name__)

REPORT_VERSION = "2"
"""Raised whenever the same figures make another report."""
PAGE_NAME = "trang-chi-tieu.html"
_LOCK = ".reports.lock"
_WAIT_SECONDS = 600
_SHOWN_PARTS = 3


class ArtefactError(RuntimeError):
    """Some files could not be made or put in place; the message names each and why."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file that was made: where it stands, and its size in bytes."""

    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Made:
    """What came of making some files: those that were made, and of each other one what it was and why, in words."""

    files: tuple[Artefact, ...] = ()
    failed: tuple[str, ...] = ()

    def __add__(self, other: Made) -> Made:
        return Made(self.files + other.files, self.failed + other.failed)

    def require(self) -> None:
        """Raise where one failed.

        Raises:
            ArtefactError: it says which, and why.
        """
        if self.failed:
            raise ArtefactError("; ".join(self.failed))


@dataclass(frozen=True, slots=True)
class Sources:
    """What the files are made from: the published database, the words, and the place with its heading."""

    connection: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    place: Place

    @property
    def newest(self) -> Quarter | None:
        """The newest quarter that has a figure and lines; None where no figure was reported yet."""
        return newest_reported(self.connection)

    @property
    def quarters(self) -> list[Quarter]:
        """The quarters that have lines, earliest first."""
        return quarters_reported(self.connection)

    def report(self, quarter: Quarter) -> QuarterReport:
        """What the report of a quarter says.

        Raises:
            NoReportError: the quarter has no lines; the message names those that have.
        """
        return read_report(self.connection, quarter, self.catalogue)


@dataclass(frozen=True, slots=True)
class Writer:
    """A format of a quarter's report: the suffix of its file, and what makes its bytes."""

    suffix: str
    make: Callable[[Sources, QuarterReport], bytes]


def _page(sources: Sources, opened: Quarter) -> bytes:
    return html_page(sources.connection, sources.catalogue, sources.place, opened).encode()


WRITERS: tuple[Writer, ...] = (
    Writer(".docx", lambda sources, report: word_document(report, sources.place.file.report)),
    Writer(".xlsx", lambda _, report: excel_workbook(report)),
    Writer(".html", lambda sources, report: _page(sources, report.quarter)),
)
"""The formats in which a quarter's report is written."""


@contextmanager
def open_sources(warehouse: Warehouse, catalogue: Catalogue, place: Place) -> Iterator[Sources]:
    """The published database as it is now, to make files from; no other process makes any meanwhile.

    Raises:
        FileNotFoundError: nothing has been published yet.
        ArtefactError: another process did not end in time.
    """
    warehouse.reports.mkdir(parents=True, exist_ok=True)
    try:
        with (
            FileLock(warehouse.reports / _LOCK, timeout=_WAIT_SECONDS),
            open_published(warehouse.published) as connection,
        ):
            yield Sources(connection, catalogue, place)
    except Timeout:
        raise ArtefactError(f"another process has been making reports for {_WAIT_SECONDS} s; try again later") from None


def report_path(warehouse: Warehouse, quarter: Quarter, suffix: str) -> Path:
    """Where a quarter's report of a format stands."""
    return warehouse.reports / str(quarter) / f"bao-cao-{quarter}{suffix}"


def write_report(
    sources: Sources, warehouse: Warehouse, report: QuarterReport, writers: Sequence[Writer] | None = None
) -> Made:
    """Write a quarter's report in each of its formats; one that fails keeps none of the others from being written.

    Args:
        sources: What ``report`` was read from.
        warehouse: Where it is put.
        report: What it says.
        writers: The formats; all of them where none are given.
    """
    done = Made()
    for writer in WRITERS if writers is None else writers:
        path = report_path(warehouse, report.quarter, writer.suffix)
        done += _write(path, functools.partial(writer.make, sources, report))
    return done


def write_page(sources: Sources, warehouse: Warehouse, make: Callable[[Sources, Quarter], bytes] = _page) -> Made:
    """Write the page of all quarters, opened at the newest that has a figure.

    Args:
        sources: What it is made from.
        warehouse: Where it is put.
        make: What makes it, opened at a quarter.

    Raises:
        NoReportError: no quarter has lines.
    """
    quarters = sources.quarters
    if not quarters:
        raise NoReportError("no quarter has a line yet")
    opened = sources.newest or quarters[-1]
    return _write(warehouse.reports / PAGE_NAME, functools.partial(make, sources, opened))


def _write(path: Path, make: Callable[[], bytes]) -> Made:
    """Make a file and put it in place; whatever keeps it from that is told, for other files are to be made too."""
    try:
        content = make()
        put(path, content)
    except Exception as defect:
        log.debug("%s", path, exc_info=True)
        return Made(failed=(f"{_shown(path)} was not written, what stood there stays: {_reason(defect)}",))
    return Made((Artefact(path, len(content)),))


def put(path: Path, content: bytes) -> None:
    """Make bytes the content of a file, whole or not at all; one that has them already is left alone.

    Raises:
        OSError: there is no space, no right to write, or (on Windows) the file is open in another program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove(leftovers(path.parent, path.name))
    if path.is_file() and path.read_bytes() == content:
        return
    # A name that no other process has; opened so that the file gets the rights that new files have.
    aside = path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}.partial")
    try:
        with aside.open("xb") as stream:
            stream.write(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _reason(defect: Exception) -> str:
    if isinstance(defect, PermissionError):
        return "it may not be written; close it where it is open in another program, and make it again"
    return f"{type(defect).__name__}: {defect}"


def _shown(path: Path) -> str:
    return Path(*path.parts[-_SHOWN_PARTS:]).as_posix()
