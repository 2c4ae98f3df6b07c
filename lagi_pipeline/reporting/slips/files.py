"""Where slips stand (``slips/<quarter>/<feed>/``), how they are called, and when one is written or taken away."""

from __future__ import annotations

import hashlib
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from lagi_pipeline.catalogue.deadlines import correction_due
from lagi_pipeline.catalogue.findings import FindingsFile, finding_words
from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.slips.cover import Letter
from lagi_pipeline.reporting.slips.marking import safe_stem
from lagi_pipeline.reporting.slips.pages import Page, read_pages
from lagi_pipeline.reporting.slips.returned import ReturnedFile, returned_files
from lagi_pipeline.reporting.slips.workbook import COVER, make_slip
from lagi_pipeline.warehouse.database import Warehouse

log = logging.getLogger(__name__)

SLIP_VERSION = "1"
"""Raised whenever the same findings make another slip: those that stand are written again."""
_SUFFIX = ".tra-lai.xlsx"
_OURS = re.compile(r".+\.[0-9a-f]{8}\.tra-lai\.xlsx(?:\.partial)?", re.DOTALL)
_QUARTER_FOLDER = "[0-9][0-9][0-9][0-9]-Q[1-4]"
_CORE = "docProps/core.xml"


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that stands: for which file (below ``data/raw``), how many findings it is about, and when it is due."""

    path: Path
    feed: str
    quarter: Quarter
    file: str
    errors: int
    warnings: int
    due: date


def write_slips(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, place: Place, quarters: Iterable[Quarter] | None = None
) -> list[Slip]:
    """Bring the slips of some quarters (None: of all) up to what the quarantine says; by quarter, feed and file.

    A slip stands for each file with open findings. One that says what it should is left alone; one whose file has no
    open finding any more is removed, and so is nothing else. Call it under the warehouse's lock.

    Args:
        connection: to the working database; it is only read.
        warehouse: where the vault is, from which files are shown again, and where the slips stand.
        place: whose offices send the files.
        quarters: the quarters whose slips are to be looked after.

    Raises:
        OSError: a slip cannot be written.
    """
    wanted = None if quarters is None else frozenset(quarters)
    words = finding_words()
    folder = warehouse.slips
    slips = [
        _bring_up(returned, folder, warehouse.vault, place, words) for returned in returned_files(connection, wanted)
    ]
    _remove_others(folder, wanted, {slip.path for slip in slips})
    return slips


def _bring_up(returned: ReturnedFile, folder: Path, vault: Path, place: Place, words: FindingsFile) -> Slip:
    """Write a file's slip unless it stands as it should."""
    due = correction_due(place, returned.feed, returned.quarter, returned.received_at.date())
    letter = Letter(_feed_vi(returned), _offices_vi(returned, place), due)
    path = folder / str(returned.quarter) / returned.feed / slip_name(returned.file, returned.sha256)
    digest = _digest(returned, letter, words)
    if not _stands(path, digest, returned.received_at):
        _write(path, _made(returned, letter, read_pages(vault, returned, COVER), words, digest))
    return Slip(path, returned.feed, returned.quarter, returned.file, returned.errors, returned.warnings, due)


def _made(returned: ReturnedFile, letter: Letter, pages: list[Page], words: FindingsFile, digest: str) -> bytes:
    """The slip with the copy of its file; without one where the file holds what cannot be written again."""
    try:
        return make_slip(returned, letter, pages, words, digest)
    except Exception as defect:
        if not pages:
            raise
        log.error("%s: its slip has no copy (%s)", returned.file, type(defect).__name__)  # noqa: TRY400 - the traceback may hold names
        return make_slip(returned, letter, [], words, digest)


def _feed_vi(returned: ReturnedFile) -> str:
    entry = catalogue().feeds.get(returned.feed)
    return entry.name_vi if entry else returned.feed


def _offices_vi(returned: ReturnedFile, place: Place) -> str:
    """The office that sent a file; where it is not said, those that owe the feed."""
    sent = [office for office in place.offices if office.office == returned.sender]
    names = [office.name_vi for office in sent or place.offices_owing(returned.feed)]
    return ", ".join(names) or "(không rõ)"


def slip_name(file: str, sha256: str) -> str:
    """The name of a file's slip: what is left of the file's own, the beginning of its digest, our mark."""
    return f"{safe_stem(file)}.{sha256[:8]}{_SUFFIX}"


def _digest(returned: ReturnedFile, letter: Letter, words: FindingsFile) -> str:
    """A digest of all that a slip is made from."""
    rules = sorted({finding.rule for finding in returned.listed} | {rule for _, rule, _ in returned.unlisted})
    said = (SLIP_VERSION, returned, letter, [words.of(rule) for rule in rules])
    return hashlib.sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest()


def _stands(path: Path, digest: str, received_at: datetime) -> bool:
    """Whether a slip is there as we wrote it: made from the same, and not saved by anybody since."""
    try:
        with zipfile.ZipFile(path) as archive:
            core = archive.read(_CORE).decode("utf-8")
    except (FileNotFoundError, zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return False
    return f"<cp:keywords>{digest}</cp:keywords>" in core and f">{received_at:%Y-%m-%dT%H:%M:%SZ}</dcterms:mod" in core


def _write(path: Path, slip: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(slip)
    partial.replace(path)


def _remove_others(folder: Path, quarters: frozenset[Quarter] | None, standing: set[Path]) -> None:
    """Remove the slips of those quarters that no longer stand, and the folders that this leaves empty."""
    for of_feed in _feed_folders(folder, quarters):
        for path in sorted(of_feed.iterdir()):
            if path not in standing and _OURS.fullmatch(path.name) and path.is_file():
                path.unlink()
        for emptied in (of_feed, of_feed.parent):
            if not any(emptied.iterdir()):
                emptied.rmdir()


def _feed_folders(folder: Path, quarters: frozenset[Quarter] | None) -> Iterator[Path]:
    """The folders that slips of those quarters may stand in; what a link leads to is none of ours."""
    for of_quarter in sorted(folder.glob(_QUARTER_FOLDER)):
        if (quarters is None or Quarter.parse(of_quarter.name) in quarters) and not of_quarter.is_symlink():
            for of_feed in sorted(of_quarter.iterdir()):
                if of_feed.is_dir() and not of_feed.is_symlink():
                    yield of_feed
