"""From the files of ``data/raw/overrides`` to ``core.override``, and what of them is refused to the quarantine.

What a file says and what is wrong with it is told by ``intake/overrides``; here it is decided when a version was
received, and written. Versions are kept: a file that is changed or removed takes nothing back that it said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from lagi_pipeline.catalogue.place import load_resolutions
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.overrides import contradictions
from lagi_pipeline.indicators.plans import with_printed_plans
from lagi_pipeline.intake.files import PlainFile, scan_plain
from lagi_pipeline.intake.findings import Refusal, RefusedFileError
from lagi_pipeline.intake.overrides import (
    FOLDER,
    MOST_BYTES,
    SUFFIXES,
    Bounds,
    Entry,
    Letter,
    Lines,
    OverrideReading,
    RefusedOverride,
    read_override,
)
from lagi_pipeline.steps.compute import Situation, as_frame, read_evidence, read_overrides
from lagi_pipeline.steps.ingest import GONE, NO_OFFICE_FILE, keep_content
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import Warehouse, insert, insert_row

OVERRIDES_VERSION = "1"
"""Raised whenever the same file would be read to other entries."""
_VERSIONS = """
    SELECT sha256, received_at, max(withdrawn_at) AS withdrawn_at, max(coalesce(withdrawn_at, received_at)) AS since
    FROM core.override WHERE file = ? GROUP BY ALL ORDER BY since, received_at
"""


@dataclass
class IngestedOverrides:
    """What became of the files; each refusal begins with its file's name."""

    files: int = 0
    accepted: int = 0
    refused: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OverrideIngestion:
    """Reads every file of overrides; ``seen_at`` (local) is when content that says no time counts as first seen."""

    situation: Situation
    warehouse: Warehouse
    seen_at: datetime

    def run(self, connection: duckdb.DuckDBPyConnection) -> IngestedOverrides:
        """Read the files and write what they say; one that is refused stops no other.

        Raises:
            CatalogueError: a targets file says nonsense.
        """
        files, strays = scan_plain(self.situation.raw_dir, FOLDER, SUFFIXES)
        result = IngestedOverrides(files=len(files), strays=list(strays))
        lines = self._lines(connection) if files else {}
        bounds = Bounds(self.situation.catalogue, self.situation.place, lines, self.seen_at)
        for file in files:
            self._ingest(connection, file, bounds, result)
        self._write_strays(connection, files, strays)
        self._settle_contradictions(connection, result)
        return result

    def _lines(self, connection: duckdb.DuckDBPyConnection) -> Lines:
        """The plans that have a target, from targets.yaml and from the forms that print one."""
        stated = load_resolutions(self.situation.raw_dir, self.situation.catalogue)
        evidence = read_evidence(connection)
        resolutions, _ = with_printed_plans(
            self.situation.catalogue, self.situation.place, stated, evidence, self.seen_at
        )
        found: dict[tuple[int, str], frozenset[Any]] = {}
        for resolution in resolutions:
            for target in resolution.targets:
                key = (resolution.year, target.code)
                found[key] = found.get(key, frozenset()) | {target.plan_source}
        return found

    def _ingest(
        self, connection: duckdb.DuckDBPyConnection, file: PlainFile, bounds: Bounds, result: IngestedOverrides
    ) -> None:
        seen_at = self._first_seen(connection, file)
        reading = OverrideReading()
        try:
            fits = file.path.stat().st_size <= MOST_BYTES  # what no letter can be is named and not kept
            path = keep_content(file.path, file.sha256, self.warehouse.vault) if fits else file.path
            reading = read_override(path, bounds)
        except FileNotFoundError:
            result.strays.append(f"{file.name} (không còn nữa khi được đọc)")
            return
        except RefusedFileError as refusal:
            reading.refused.extend(map(RefusedOverride, refusal.refusals))
        received_at, withdrawn_at = self._times(connection, file, reading.letter, seen_at)
        connection.execute(
            "DELETE FROM core.override WHERE file = ? AND sha256 = ? AND received_at = ?",
            [file.name, file.sha256, received_at],
        )
        rows = [self._row(file, reading, entry, received_at, withdrawn_at) for entry in reading.entries]
        insert(connection, tables.OVERRIDE, as_frame(rows, tables.OVERRIDE))
        self._refuse(connection, file, reading.refused, received_at)
        result.accepted += len(rows)
        result.refused.extend(f"{file.name}: {refused.refusal.reason}" for refused in reading.refused)

    def _row(
        self,
        file: PlainFile,
        reading: OverrideReading,
        entry: Entry,
        received_at: datetime,
        withdrawn_at: datetime | None,
    ) -> dict[str, Any]:
        letter = reading.letter
        return {
            "file": file.name,
            "sha256": file.sha256,
            "entry": entry.name,
            "office": letter.office,
            "office_name_vi": self.situation.place.office_names[letter.office],
            "reason": letter.reason,
            "document_no": letter.document_no,
            "received_at": received_at,
            "withdrawn_at": withdrawn_at,
            "indicator_code": entry.indicator_code,
            "quarter": entry.quarter,
            "plan_source": entry.plan_source,
            "value": entry.value,
            "result": entry.result,
            "is_sample": letter.sample,
            "is_whole": reading.is_whole,
        }

    def _first_seen(self, connection: duckdb.DuckDBPyConnection, file: PlainFile) -> datetime:
        found = connection.execute(
            "SELECT min(seen_at) FROM core.first_seen WHERE feed = ? AND sha256 = ?", [FOLDER, file.sha256]
        ).fetchone()
        if found is not None and found[0] is not None:
            first: datetime = found[0]
            return first
        seen = {"event": "content", "seen_at": self.seen_at}
        row = {"feed": FOLDER, "quarter": self._now, "sha256": file.sha256} | seen
        insert_row(connection, tables.FIRST_SEEN, row)
        return self.seen_at

    def _times(
        self, connection: duckdb.DuckDBPyConnection, file: PlainFile, letter: Letter, seen_at: datetime
    ) -> tuple[datetime, datetime | None]:
        """When a version was received and withdrawn: as it says, else when it was first seen.

        A version takes the place of another one only from when that was first known: a file that is edited while it
        still tells the first version's time counts from when the change was seen, and so does content that comes back.
        """
        versions = connection.execute(_VERSIONS, [file.name]).fetchall()
        received_at = letter.received_at or seen_at
        if versions and versions[-1][0] == file.sha256:
            return versions[-1][1], versions[-1][2]
        others = [since for sha256, _, _, since in versions if sha256 != file.sha256]
        if not letter.withdrawn:
            return self._after(others, received_at, seen_at), None
        return received_at, self._after(others, letter.withdrawn_at or max(seen_at, received_at), seen_at)

    def _after(self, others: Sequence[datetime], *candidates: datetime) -> datetime:
        """The first of several moments that lies after all others; else that of the run."""
        return next((moment for moment in candidates if all(moment > other for other in others)), self.seen_at)

    @property
    def _now(self) -> str:
        """The quarter of the run: where the quarantine puts what is of no quarter."""
        return str(Quarter.containing(self.seen_at.date()))

    def _refuse(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: PlainFile,
        refused: Iterable[RefusedOverride],
        received_at: datetime,
    ) -> None:
        """Write what is refused of a version; a good one resolves what was refused of the file's others."""
        key = [FOLDER, file.name]
        connection.execute(
            "DELETE FROM quarantine.rejected_file WHERE feed = ? AND file = ? AND sha256 = ?", [*key, file.sha256]
        )
        told = list(refused)
        for one in told:
            quarter = str(Quarter.containing(received_at.date()) if one.quarter is None else one.quarter)
            insert_row(connection, tables.REJECTED_FILE, self._refusal_row(file, one.refusal, quarter, received_at))
        if not told:
            connection.execute(
                "UPDATE quarantine.rejected_file SET resolved_at = ?, resolved_by = ?"
                " WHERE feed = ? AND file = ? AND resolved_at IS NULL",
                [received_at, file.name, *key],
            )

    def _refusal_row(
        self, file: PlainFile, refusal: Refusal, quarter: str, received_at: datetime
    ) -> Mapping[str, object]:
        return {
            "feed": FOLDER,
            "form": None,
            "quarter": quarter,
            "file": file.name,
            "sha256": file.sha256,
            "sheet": None,
            "cell": refusal.cell,
            "rule": refusal.rule,
            "reason": refusal.reason,
            "received_at": received_at,
            "resolved_at": None,
            "resolved_by": None,
        }

    def _write_strays(
        self, connection: duckdb.DuckDBPyConnection, files: Iterable[PlainFile], strays: Iterable[str]
    ) -> None:
        """Name what lies in the folder and is not read, and the files that were read and are gone."""
        connection.execute("DELETE FROM quarantine.stray_file WHERE feed = ?", [FOLDER])
        there = {file.name for file in files}
        known = connection.execute("SELECT DISTINCT file FROM core.override ORDER BY file").fetchall()
        gone = [name for (name,) in known if name not in there]
        for name, reason in (dict.fromkeys(strays, NO_OFFICE_FILE) | dict.fromkeys(gone, GONE)).items():
            row = {"feed": FOLDER, "quarter": self._now, "file": name, "reason": reason}
            insert_row(connection, tables.STRAY_FILE, row)

    def _settle_contradictions(self, connection: duckdb.DuckDBPyConnection, result: IngestedOverrides) -> None:
        """Name the entries that set the same thing at the same moment to different values: none of them counts."""
        connection.execute(
            "DELETE FROM quarantine.rejected_file WHERE feed = ? AND rule = 'override_same_stamp'", [FOLDER]
        )
        for reason, same in _clashes(connection):
            result.refused.append(reason)
            for override in same:
                file = PlainFile(Path(override.file), override.file, override.sha256)
                refusal = Refusal("override_same_stamp", reason, cell=override.entry)
                row = self._refusal_row(file, refusal, str(override.quarter), override.received_at)
                insert_row(connection, tables.REJECTED_FILE, row)


def _clashes(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for same in contradictions(read_overrides(connection), datetime.max):  # noqa: DTZ901 - local, as all here
        first = same[0]
        entries = ", ".join(f"{override.file} mục {override.entry}" for override in same)
        reason = (
            f"{entries}: cùng điều chỉnh {first.indicator_code} {first.quarter.label_vi}, cùng lúc nhận"
            f" {first.received_at:%d/%m/%Y %H:%M} nhưng khác nhau: văn bản nào đúng?"
        )
        yield reason, same
