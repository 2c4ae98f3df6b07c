"""From the files of a feed and quarter to its accepted rows, its quarantine and its vintages."""

from __future__ import annotations

import hashlib
import logging
import shutil
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from lagi_pipeline.catalogue.indicators import FeedEntry, ObsStatus, catalogue
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import TaskList, load_task_lists
from lagi_pipeline.feeds.base import Feed, FeedForm, History
from lagi_pipeline.intake.files import Folder, Meta, RawFile, digest, local, quarters_with_files, scan
from lagi_pipeline.intake.findings import NO_ROWS, TOO_MANY_REJECTED, Finding, Refusal, RefusedFileError, Severity
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.masking import without_people
from lagi_pipeline.intake.table import Reading, RefusedFormsError, read_tables
from lagi_pipeline.intake.totals import odd_totals
from lagi_pipeline.intake.validation import says_nothing, validate
from lagi_pipeline.vietnamese.numbers import format_number
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import Warehouse, as_json, delete_version, insert, insert_row

log = logging.getLogger(__name__)

READER_DEFECT = "reader_defect"
FUTURE = "future"
"""Said of a day that the run has not reached: a slip of the pen, or a machine whose clock is wrong."""
OTHER_RECEIPT = "other_receipt"
"""Said where another time counts than the one in the meta file."""
_CLOCK_TOLERANCE = timedelta(days=1)
"""How far another machine's clock, or a meta file that states no zone, may be ahead of ours."""
READER_VERSION = "3"
"""Raised whenever the same file would be read to other rows."""
NO_OFFICE_FILE = "không phải tệp số liệu (tệp tạm, ảnh, thư mục, liên kết ra ngoài): không đọc"
GONE = "tệp đã đọc nay không còn trong thư mục; số liệu đã nhận vẫn giữ nguyên (muốn rút lại: withdrawn: true)"
_PART = 20_000
"""Rows that are written at a time."""
_SAME_FORM = (
    "(own.form = later.form OR own.form IS NULL AND split_part(own.file, '/', 1) = split_part(later.file, '/', 1))"
)


@dataclass
class Ingested:
    """What became of the files of one feed and quarter."""

    quarter: Quarter
    files: int = 0
    refused: list[str] = field(default_factory=list)
    """The reasons of the files that were refused, each beginning with the file's name."""
    strays: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Files that were read and are no longer there; what they said stays."""
    rows_read: int = 0
    accepted: int = 0
    rejected: int = 0
    warnings: int = 0
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    """(file, finding), errors and warnings, by file, sheet, row and cell."""


@dataclass(frozen=True)
class _Envelope:
    """What is known of a file beside its cells."""

    file: RawFile
    meta: Meta
    received_at: datetime
    withdrawn_at: datetime | None = None
    restored_at: datetime | None = None

    def obs_status(self, reading: Reading) -> ObsStatus:
        """As the meta file says; else an estimate where the title says *ước*, else preliminary."""
        if self.meta.obs_status is not None:
            return self.meta.obs_status
        return ObsStatus.ESTIMATE if reading.period and reading.period.estimate else ObsStatus.PRELIMINARY

    def columns(self, reading: Reading) -> dict[str, Any]:
        """The columns of ``FeedRow`` that the file brings."""
        return {
            "quarter": str(self.file.quarter),
            "file": self.file.name,
            "sha256": self.file.sha256,
            "as_of": pd.Timestamp(self.meta.as_of or self.file.quarter.end),
            "received_at": pd.Timestamp(self.received_at),
            "obs_status": str(self.obs_status(reading)),
            "is_sample": self.meta.sample,
        }


@dataclass(frozen=True)
class Ingestion:
    """Everything that reading a feed's files takes: the feed, the place, where the files lie, and the time of the run.

    ``seen_at`` (local) is when content without a ``received_at`` counts as first seen.
    """

    feed: Feed
    entry: FeedEntry
    place: Place
    raw_dir: Path
    warehouse: Warehouse
    seen_at: datetime

    def run(self, connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> Ingested:
        """Read the files of a quarter and write what they say.

        A file that cannot be read is quarantined and the others go on. A file read before is read again and its rows
        replaced; rows of files that are gone stay.

        Raises:
            CatalogueError: the feed's rows are tasks, and a ``tasks.yaml`` says nonsense.
        """
        self._tasks_of(quarter)  # nonsense in it is no fault of a file
        folder = scan(self.raw_dir, self.feed.code, self.entry.folders, quarter)
        removed = self._removed(connection, quarter, folder)
        result = Ingested(quarter, files=len(folder.files), strays=folder.strays, removed=removed)
        self._write_strays(
            connection, quarter, dict.fromkeys(folder.strays, NO_OFFICE_FILE) | dict.fromkeys(removed, GONE)
        )
        for copies in sorted(self._by_content(folder.files), key=lambda copies: self._came(connection, copies[0])):
            chosen, *others = copies
            result.strays += tuple(f"{file.name} (cùng nội dung với {chosen.name}, chỉ đọc một lần)" for file in others)
            self._ingest_file(connection, chosen, result)
        if folder.files:
            for form in self.feed.forms:
                result.refused.extend(self._settle_contradictions(connection, form.form.code, quarter))
            self._mark_resolved(connection, quarter)
        result.findings.sort(key=_by_place)
        return result

    def _tasks_of(self, quarter: Quarter) -> TaskList | None:
        """The tasks of a quarter's year, where rows of the feed are tasks."""
        return next((tasks for tasks in self._task_lists if tasks.year == quarter.year), None)

    @cached_property
    def _task_lists(self) -> list[TaskList]:
        if not any(form.form.names_tasks for form in self.feed.forms):
            return []
        return load_task_lists(self.raw_dir, catalogue(), self.place)

    def _by_content(self, files: Iterable[RawFile]) -> list[list[RawFile]]:
        """The files by what they hold; of copies first the one with a meta file, and of those the last received."""
        copies: dict[str, list[RawFile]] = {}
        for file in files:
            copies.setdefault(file.sha256, []).append(file)
        return [sorted(same, key=self._standing, reverse=True) if len(same) > 1 else same for same in copies.values()]

    def _came(self, connection: duckdb.DuckDBPyConnection, file: RawFile) -> datetime:
        """When a file came, as far as can be told before it is read: it is compared with the version before it."""
        said = self._standing(file)[1]
        return self._first_seen(connection, file) if said == datetime.min else said  # noqa: DTZ901

    def _standing(self, file: RawFile) -> tuple[bool, datetime, bool]:
        """How much a copy counts: has it a readable meta file, when was it received, is it a workbook of today."""
        try:
            said = file.read_meta().received_at
            moment = datetime.min if said is None else self._said(file, said)  # noqa: DTZ901 - local, as all times here
        except RefusedFileError:
            return False, datetime.min, False  # noqa: DTZ901
        return file.meta_path.exists(), moment, file.path.suffix.lower() == ".xlsx"

    def _ingest_file(self, connection: duckdb.DuckDBPyConnection, file: RawFile, result: Ingested) -> None:
        seen_at = self._first_seen(connection, file)
        received_at = seen_at
        try:
            kept = keep(file, self.warehouse.vault)
            meta = file.read_meta()
            said = seen_at if meta.received_at is None else self._said(file, meta.received_at)
            received_at = self._received_at(connection, file, said, seen_at)
            self._check_meta(file, meta, received_at)
            envelope = _Envelope(file, meta, received_at, *self._withdrawal(connection, file, meta, received_at))
            read = self._read(connection, envelope, kept)
        except FileNotFoundError:
            result.strays += (f"{file.name} (không còn nữa khi được đọc)",)
            return
        except RefusedFileError as refusal:
            # What our own defect or clock keeps us from reading today may have been read before: that reading stays.
            self._forget(connection, file, keep_rows=refusal.rule in {READER_DEFECT, FUTURE})
            known_at = self.seen_at if refusal.rule == FUTURE else received_at
            self._refuse(connection, file, known_at, refusal.refusals)
            result.refused.append(f"{file.name}: {without_people(refusal.reason)}")
            if isinstance(refusal, RefusedFormsError):
                self._write_findings(connection, file, received_at, refusal.readings, result)
            return
        self._forget(connection, file)
        for reading, rows in read:
            if meta.received_at is not None and received_at != said:
                reading.warn(1, None, OTHER_RECEIPT, _other_receipt(file, said, received_at))
            self._write_reading(connection, envelope, reading, rows, result)

    def _read(
        self, connection: duckdb.DuckDBPyConnection, envelope: _Envelope, kept: Path
    ) -> list[tuple[Reading, pd.DataFrame]]:
        """Every form that the file holds, with its accepted rows, read from the copy that is kept.

        Raises:
            RefusedFileError: it cannot be read as the feed's form; or reading it showed a defect of ours, which is
                logged and stops this file alone.
        """
        file = envelope.file
        forms = [form.form for form in self.feed.forms]
        try:
            workbook = read_workbook(kept, called=file.path.stem)
            readings = read_tables(workbook, forms, self.place, file.quarter, self._tasks_of(file.quarter))
            return [(reading, self._checked(connection, envelope, reading)) for reading in readings]
        except RefusedFormsError as refused:
            for reading in refused.readings:
                validate(reading, file.quarter)
            raise
        except (RefusedFileError, duckdb.Error, OSError):
            raise
        except Exception as defect:  # noqa: BLE001 - whatever one file brings out of the reader stops that file alone
            at = traceback.extract_tb(defect.__traceback__)[-1]
            where = f"{type(defect).__name__} in {Path(at.filename).name}:{at.lineno}"
            log.error("%s: the reader failed (%s); the file is quarantined", file.name, where)  # noqa: TRY400 - the traceback may hold names
            reason = f"phần mềm không đọc được tệp này ({where}); hãy báo cho người quản trị"
            raise RefusedFileError(reason, rule=READER_DEFECT) from None

    def _checked(self, connection: duckdb.DuckDBPyConnection, envelope: _Envelope, reading: Reading) -> pd.DataFrame:
        """The rows that pass the form's model and are plausible beside their past."""
        quarter = envelope.file.quarter
        rows = validate(reading, quarter)
        form = self.feed.form(reading.form.code)
        history = read_history(
            connection, form, quarter, envelope.received_at, sha256=envelope.file.sha256, place=self.place
        )
        for found in form.beside_its_past(rows, history, quarter):
            reading.reject(found.index, found.column, found.rule, found.reason, found.severity)
        for index, column, rule, reason in odd_totals(reading.totals, reading.form, reading.steps):
            row = int(str(reading.totals.loc[index, "row"]))
            reading.warn(row, f"{reading.letters[column]}{row}" if column else None, rule, reason)
        accepted = rows[~rows.index.isin(reading.rejected_rows)] if reading.rejected_rows else rows
        if too_many := self._too_many_rejected(len(reading.rejected_rows), len(accepted)):
            reading.refusals.append(Refusal(TOO_MANY_REJECTED, too_many, reading.sheet, form=reading.form.code))
            reading.problems.append(too_many)
        elif nothing := says_nothing(reading, accepted):
            reading.refusals.append(Refusal(NO_ROWS, nothing, reading.sheet, form=reading.form.code))
            reading.problems.append(nothing)
        reading.keep_printed(accepted, form.figures)
        reading.let_go()
        return accepted

    def _too_many_rejected(self, rejected: int, accepted: int) -> str | None:
        """Why a file as a whole is refused for its rejected rows; None where they are few enough."""
        tolerated = self.entry.tolerated_share
        if rejected <= tolerated * (rejected + accepted):
            return None
        share = Decimal(100 * rejected) / (rejected + accepted)
        return (
            f"{rejected} trong {rejected + accepted} dòng có lỗi ({format_number(share, 1)} %), quá mức cho phép"
            f" {format_number((tolerated * 100).normalize())} %: trả lại cả tệp"
        )

    def _said(self, file: RawFile, moment: datetime, key: str = "received_at") -> datetime:
        try:
            return local(moment, self.place.timezone)
        except OverflowError:
            reason = f"{file.meta_path.name}: {key} {moment.isoformat()} không phải một thời điểm có thật"
            raise RefusedFileError(reason, rule="meta") from None

    def _check_not_ahead(self, file: RawFile, said: Mapping[str, date | None], latest: datetime) -> None:
        """Refuse what is said to be of a day that the run has not reached; each day under its key of the meta file."""
        for key, day in said.items():
            if day is not None and day > latest.date():
                name = file.meta_path.name if file.meta_path.exists() else file.path.name
                reason = (
                    f"{name}: {key} {day:%d/%m/%Y} sau ngày chạy {self.seen_at:%d/%m/%Y}:"
                    " ghi sai ngày, hoặc đồng hồ của máy sai?"
                )
                raise RefusedFileError(reason, rule=FUTURE)

    def _check_meta(self, file: RawFile, meta: Meta, received_at: datetime) -> None:
        latest = self.seen_at + _CLOCK_TOLERANCE
        self._check_not_ahead(file, {"received_at": received_at.date(), "as_of": meta.as_of}, latest)
        offices = {office.office for office in self.place.offices}
        if meta.sender is not None and meta.sender not in offices:
            known = ", ".join(sorted(offices))
            reason = f"{file.meta_path.name}: sender «{meta.sender}» không có trong offices.csv ({known})"
            raise RefusedFileError(reason, rule="meta")
        if meta.as_of is not None and meta.as_of < file.quarter.start:
            reason = f"{file.meta_path.name}: as_of {meta.as_of} trước ngày đầu {file.quarter.label_vi}"
            raise RefusedFileError(reason, rule="meta")
        if meta.as_of is not None and meta.as_of > received_at.date():
            reason = f"{file.meta_path.name}: as_of {meta.as_of} sau ngày nhận {received_at.date()}"
            raise RefusedFileError(reason, rule="meta")
        if meta.withdrawn_at is not None and not meta.withdrawn:
            reason = f"{file.meta_path.name}: withdrawn_at phải đi cùng withdrawn: true"
            raise RefusedFileError(reason, rule="meta")

    def _withdrawal(
        self, connection: duckdb.DuckDBPyConnection, file: RawFile, meta: Meta, received_at: datetime
    ) -> tuple[datetime | None, datetime | None]:
        """When a file was withdrawn and, that taken back, restored; of several withdrawals the last.

        As its meta file says, else when the pipeline first saw it so, which stays however often it is read again.
        """
        withdrawn_at = self._event_seen(connection, file, "withdrawn")
        restored_at = self._event_seen(connection, file, "restored")
        if not meta.withdrawn:
            if withdrawn_at is not None and restored_at is None:
                restored_at = max(self.seen_at, withdrawn_at)
                self._note(connection, file, "restored", restored_at)
            return withdrawn_at, restored_at
        if meta.withdrawn_at is not None:
            stands = self._said(file, meta.withdrawn_at, "withdrawn_at")
            self._check_not_ahead(file, {"withdrawn_at": stands.date()}, self.seen_at)
            if stands < received_at:
                reason = f"{file.meta_path.name}: withdrawn_at {stands} trước lúc nhận {received_at}"
                raise RefusedFileError(reason, rule="meta")
        elif withdrawn_at is not None and restored_at is None:
            stands = withdrawn_at
        else:
            stands = max(self.seen_at, received_at)
        self._note(connection, file, "withdrawn", stands)
        return stands, None

    def _write_reading(
        self,
        connection: duckdb.DuckDBPyConnection,
        envelope: _Envelope,
        reading: Reading,
        rows: pd.DataFrame,
        result: Ingested,
    ) -> None:
        table = tables.feed_tables()[reading.form.code]
        for part in in_parts(rows):
            insert(connection, table, reading.with_cells(part).assign(**envelope.columns(reading)))
        self._write_findings(connection, envelope.file, envelope.received_at, [reading], result)
        self._refuse(connection, envelope.file, envelope.received_at, reading.refusals)
        result.refused.extend(f"{envelope.file.name}: {refusal.reason}" for refusal in reading.refusals)
        insert(connection, tables.REJECTED_UNIT, self._rejected_units(envelope, reading))
        insert_row(connection, tables.VINTAGE, self._vintage(envelope, reading, rows))
        result.rows_read += reading.rows_read
        result.accepted += len(rows)
        result.rejected += len(reading.rejected_rows)

    def _vintage(self, envelope: _Envelope, reading: Reading, rows: pd.DataFrame) -> dict[str, object]:
        return envelope.columns(reading) | {
            "feed": self.feed.code,
            "form": reading.form.code,
            "withdrawn": envelope.meta.withdrawn,
            "withdrawn_at": envelope.withdrawn_at,
            "restored_at": envelope.restored_at,
            "problem": "; ".join(reading.problems) or None,
            "sender": envelope.meta.sender,
            "document_no": envelope.meta.document_no,
            "sheet": reading.sheet,
            "title": reading.period.text if reading.period else None,
            "rows_read": reading.rows_read,
            "rows_accepted": len(rows),
            "rows_rejected": len(reading.rejected_rows),
            "rows_other": reading.nondata.total(),
            "warnings": sum(finding.severity is Severity.WARNING for finding in reading.findings),
            "content_sha256": content_digest(rows),
            "reader_version": READER_VERSION,
        }

    def _write_findings(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: RawFile,
        received_at: datetime,
        readings: Iterable[Reading],
        result: Ingested,
    ) -> None:
        """Put what was found at a file's cells into the quarantine, and into what the run tells."""
        for reading in readings:
            about: dict[str, Any] = {
                "feed": self.feed.code,
                "form": reading.form.code,
                "quarter": str(file.quarter),
                "file": file.name,
                "sha256": file.sha256,
                "received_at": pd.Timestamp(received_at),
                "resolved_at": pd.NaT,
                "resolved_by": None,
            }
            found = [
                {
                    "sheet": finding.sheet,
                    "row": finding.row,
                    "cell": finding.cell,
                    "column": finding.column,
                    "value": finding.value,
                    "rule": finding.rule,
                    "reason": finding.reason,
                    "severity": str(finding.severity),
                    "raw_row": as_json(dict(finding.raw)),
                }
                for finding in reading.findings
            ]
            insert(connection, tables.REJECTED_ROW, pd.DataFrame(found).assign(**about))
            result.warnings += sum(finding.severity is Severity.WARNING for finding in reading.findings)
            result.findings.extend((file.name, finding) for finding in reading.findings)

    def _rejected_units(self, envelope: _Envelope, reading: Reading) -> pd.DataFrame:
        key = {
            "feed": self.feed.code,
            "form": reading.form.code,
            "quarter": str(envelope.file.quarter),
            "sha256": envelope.file.sha256,
        }
        return pd.DataFrame([key | {"unit_code": u, "reason": r} for u, r in reading.rejected_units.items()])

    def _refuse(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: RawFile,
        received_at: datetime,
        refusals: Iterable[Refusal],
    ) -> None:
        for refusal in refusals:
            row = {
                "feed": self.feed.code,
                "form": refusal.form,
                "quarter": str(file.quarter),
                "file": file.name,
                "sha256": file.sha256,
                "sheet": refusal.sheet and without_people(refusal.sheet),
                "cell": refusal.cell,
                "rule": refusal.rule,
                "reason": without_people(refusal.reason),
                "received_at": pd.Timestamp(received_at),
                "resolved_at": None,
                "resolved_by": None,
            }
            insert_row(connection, tables.REJECTED_FILE, row)

    def _forget(self, connection: duckdb.DuckDBPyConnection, file: RawFile, *, keep_rows: bool = False) -> None:
        """Take out what this content was read to before: it has been read again."""
        forms = [tables.feed_tables()[form.form.code] for form in self.feed.forms]
        read_before = (*forms, tables.VINTAGE, tables.REJECTED_UNIT, tables.REJECTED_ROW)
        for table in (tables.REJECTED_FILE, *(() if keep_rows else read_before)):
            delete_version(connection, table, self.feed.code, str(file.quarter), file.sha256)

    def _first_seen(self, connection: duckdb.DuckDBPyConnection, file: RawFile) -> datetime:
        first = self._event_seen(connection, file, "content")
        if first is None:
            self._note(connection, file, "content", self.seen_at)
        return first or self.seen_at

    def _event_seen(self, connection: duckdb.DuckDBPyConnection, file: RawFile, event: str) -> datetime | None:
        """When something was first seen of a file's content: itself, its withdrawal, its restoration."""
        found = connection.execute(
            "SELECT seen_at FROM core.first_seen WHERE feed = ? AND quarter = ? AND sha256 = ? AND event = ?",
            [self.feed.code, str(file.quarter), file.sha256, event],
        ).fetchone()
        return None if found is None else found[0]

    def _note(self, connection: duckdb.DuckDBPyConnection, file: RawFile, event: str, moment: datetime) -> None:
        """Keep when something happened to a file's content; a new withdrawal ends what is known of an older one."""
        key = [self.feed.code, str(file.quarter), file.sha256]
        outdated = {"withdrawn": ["withdrawn", "restored"]}.get(event, [event])
        connection.execute(
            "DELETE FROM core.first_seen WHERE feed = ? AND quarter = ? AND sha256 = ? AND event IN (SELECT unnest(?))",
            [*key, outdated],
        )
        connection.execute("INSERT INTO core.first_seen VALUES (?, ?, ?, ?, ?)", [*key, event, moment])

    def _received_at(
        self, connection: duckdb.DuckDBPyConnection, file: RawFile, said: datetime, seen_at: datetime
    ) -> datetime:
        """When a file was received: as said beside it, unless the same file has held other content.

        A file overwritten in place while its meta file still tells of the old content was received when it was first
        seen; content that comes back over another was received now, and stays so however often it is read again.
        """
        versions = connection.execute(
            "SELECT sha256, max(received_at) FROM core.vintage WHERE file = ? GROUP BY sha256", [file.name]
        ).fetchall()
        own = max((moment for sha256, moment in versions if sha256 == file.sha256), default=None)
        others = [moment for sha256, moment in versions if sha256 != file.sha256]
        if not others:
            return said
        stands = said if own is None else max(said, own)
        if stands > max(others):
            return stands
        return seen_at if own is None else self.seen_at

    def _write_strays(self, connection: duckdb.DuckDBPyConnection, quarter: Quarter, strays: Mapping[str, str]) -> None:
        """Name what lies in the folders and is not read, and what was read and is gone, each with its reason."""
        for folder in self.entry.folders:
            key = [folder, str(quarter)]
            connection.execute("DELETE FROM quarantine.stray_file WHERE feed = ? AND quarter = ?", key)
        for name, reason in strays.items():
            row = {"feed": name.partition("/")[0], "quarter": str(quarter), "file": name, "reason": reason}
            insert_row(connection, tables.STRAY_FILE, row)

    def _removed(self, connection: duckdb.DuckDBPyConnection, quarter: Quarter, folder: Folder) -> tuple[str, ...]:
        """Files that were read or refused before and are no longer there, neither under their name nor another."""
        known = connection.execute(
            """
            SELECT file, list(DISTINCT sha256) FROM (
                SELECT file, sha256 FROM core.vintage WHERE feed = $feed AND quarter = $quarter
                UNION ALL SELECT file, sha256 FROM quarantine.rejected_file WHERE feed = $feed AND quarter = $quarter
            ) GROUP BY file ORDER BY file
            """,
            {"feed": self.feed.code, "quarter": str(quarter)},
        ).fetchall()
        names, contents = {file.name for file in folder.files}, {file.sha256 for file in folder.files}
        return tuple(name for name, digests in known if name not in names and contents.isdisjoint(digests))

    def _mark_resolved(self, connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> None:
        """Mark what was rejected as resolved by the first file that came later, says no older figures, and may answer.

        A file whose form is not known is resolved by the next good file of its folder.
        """
        about = {"feed": self.feed.code, "quarter": str(quarter)}
        for table, of_form in ((tables.REJECTED_ROW, "own.form = later.form"), (tables.REJECTED_FILE, _SAME_FORM)):
            name = table.full_name
            connection.execute(
                f"""
                UPDATE {name} AS rejected SET resolved_at = mended.received_at, resolved_by = mended.file
                FROM (
                    SELECT own.form, own.file, own.sha256, min(later.received_at) AS received_at,
                        arg_min(later.file, (later.received_at, later.file)) AS file_later
                    FROM (SELECT DISTINCT form, file, sha256, received_at FROM {name}
                          WHERE feed = $feed AND quarter = $quarter) AS own
                    LEFT JOIN core.vintage AS said
                        ON said.form = own.form AND said.quarter = $quarter AND said.sha256 = own.sha256
                    JOIN core.vintage AS later
                        ON later.feed = $feed AND later.quarter = $quarter AND {of_form}
                        AND later.problem IS NULL AND NOT later.withdrawn AND later.sha256 <> own.sha256
                        AND later.received_at > own.received_at AND later.as_of >= coalesce(said.as_of, later.as_of)
                    GROUP BY own.form, own.file, own.sha256
                ) AS mended(form, of_file, sha256, received_at, file)
                WHERE rejected.feed = $feed AND rejected.quarter = $quarter AND rejected.sha256 = mended.sha256
                    AND rejected.file = mended.of_file AND rejected.form IS NOT DISTINCT FROM mended.form
                """,  # noqa: S608 - our own names
                about,
            )

    def _settle_contradictions(self, connection: duckdb.DuckDBPyConnection, form: str, quarter: Quarter) -> list[str]:
        """Name the files that have the same as_of and received_at and say different things: neither may answer."""
        key = [form, str(quarter)]
        connection.execute(
            "DELETE FROM quarantine.rejected_file WHERE rule = 'same_stamp' AND form = ? AND quarter = ?",
            key,
        )
        clashes = connection.execute(
            "SELECT as_of, received_at, list(file ORDER BY file), list(sha256 ORDER BY file) FROM core.vintage"
            " WHERE form = ? AND quarter = ? AND NOT withdrawn AND problem IS NULL"
            " GROUP BY as_of, received_at HAVING count(DISTINCT content_sha256) > 1",
            key,
        ).fetchall()
        reasons = []
        for as_of, received_at, files, digests in clashes:
            reason = (
                f"các tệp {', '.join(files)} cùng ngày số liệu {as_of:%d/%m/%Y} và cùng lúc nhận"
                f" {received_at:%d/%m/%Y %H:%M} nhưng số liệu khác nhau: tệp nào đúng?"
            )
            reasons.append(reason)
            for file, sha256 in zip(files, digests, strict=True):
                connection.execute(
                    "INSERT INTO quarantine.rejected_file BY NAME SELECT ? AS feed, ? AS form, ? AS quarter, ? AS file,"
                    " ? AS sha256, 'same_stamp' AS rule, ? AS reason, ?::TIMESTAMP AS received_at",
                    [self.feed.code, form, str(quarter), file, sha256, reason, received_at],
                )
        return reasons


def _other_receipt(file: RawFile, said: datetime, counts: datetime) -> str:
    return (
        f"{file.meta_path.name} ghi received_at {said:%d/%m/%Y %H:%M}, nhưng tính là nhận lúc"
        f" {counts:%d/%m/%Y %H:%M}: tệp {file.path.name} đã từng có nội dung khác,"
        " nên received_at chỉ được tính nếu sau lúc ấy"
    )


def _by_place(found: tuple[str, Finding]) -> tuple[str, str, int, int, str]:
    """By file, sheet, row and column: column B before column AA."""
    file, finding = found
    cell = finding.cell or ""
    return file, finding.sheet, finding.row, len(cell), cell


def content_digest(rows: pd.DataFrame) -> str:
    """A digest of what rows say, whatever sheet and cells they came from."""
    digest = hashlib.sha256()
    for part in in_parts(rows.drop(columns=["sheet", "row"])):
        digest.update(pd.util.hash_pandas_object(part, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def in_parts(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The rows in parts of bounded size: what is made of each takes memory only for a while."""
    for start in range(0, len(rows), _PART):
        yield rows.iloc[start : start + _PART]


def keep(file: RawFile, vault: Path) -> Path:
    """Keep a copy of a raw file under its sha256; where it is.

    Raises:
        FileNotFoundError: the file is gone.
        RefusedFileError: it holds other content than when it was looked at: it is still being written.
    """
    return keep_content(file.path, file.sha256, vault)


def keep_content(path: Path, sha256: str, vault: Path) -> Path:
    """Keep a copy of a file under the sha256 that it was looked at with; where it is.

    Raises:
        FileNotFoundError: the file is gone.
        RefusedFileError: it holds other content: it is still being written.
    """
    kept = vault / f"{sha256}{path.suffix.lower()}"
    if not kept.exists():
        vault.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".partial")
        shutil.copyfile(path, partial)
        if digest(partial) != sha256:
            partial.unlink()
            raise RefusedFileError("tệp thay đổi trong lúc đọc; lần chạy sau sẽ đọc lại", rule="still_written")
        partial.replace(kept)
    return kept


def read_history(  # noqa: PLR0913 - everything that says which file came when
    connection: duckdb.DuckDBPyConnection,
    form: FeedForm,
    quarter: Quarter,
    received_at: datetime,
    *,
    sha256: str,
    place: Place,
) -> History:
    """What was known of a form when a file came: each earlier quarter, and the quarter's own version before it.

    Of several versions the newest usable one counts; the file itself (``sha256``) is none. A unit has no history from
    before it came into being: codes get reused (domain.md, trap 11).
    """
    if not form.series:
        return History({})
    table = tables.feed_tables()[form.form.code]
    known = connection.execute(
        f"""
        SELECT accepted.* FROM {table.full_name} AS accepted
        SEMI JOIN (
            SELECT quarter, arg_max(sha256, (as_of, received_at)) AS sha256 FROM core.vintage
            WHERE form = $form AND problem IS NULL
                AND (withdrawn_at IS NULL OR withdrawn_at > $received_at OR restored_at <= $received_at)
                AND (quarter < $quarter AND received_at <= $received_at
                    OR quarter = $quarter AND received_at < $received_at AND sha256 <> $sha256)
            GROUP BY quarter
        ) AS newest USING (quarter, sha256)
        """,  # noqa: S608 - a model's name
        {"form": form.form.code, "quarter": str(quarter), "received_at": received_at, "sha256": sha256},
    ).df()
    since = {unit.code: unit.valid_from for unit in place.units_on(quarter.end)}
    rows = {Quarter.parse(str(when)): found for when, found in known.groupby("quarter")}
    own = {when: _of_today_units(found, when, since) for when, found in rows.items()}
    previous = own.pop(quarter, None)
    return History(own, previous)


def _of_today_units(rows: pd.DataFrame, when: Quarter, since: Mapping[str, date]) -> pd.DataFrame:
    """The rows of a quarter without those of units whose code meant another one then."""
    if "unit_code" not in rows:
        return rows
    new = [code for code, day in since.items() if day > when.end]
    return rows[~rows["unit_code"].isin(new)]


def quarters_on_file(raw_dir: Path, entries: list[FeedEntry]) -> Iterator[Quarter]:
    """The quarters for which any feed has a folder with something in it, earliest first."""
    yield from sorted({quarter for entry in entries for quarter in quarters_with_files(raw_dir, entry.folders)})
