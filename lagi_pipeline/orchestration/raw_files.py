"""What lies in ``data/raw`` as Dagster knows it: the folders' digests as data versions, and what was reported of them.

Not when a run is asked for: that is ``sensor``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import REGISTERS_FILE, TASKS_FILE
from lagi_pipeline.intake import overrides
from lagi_pipeline.intake.files import digest, quarters_with_files, scan, scan_plain, version_of
from lagi_pipeline.orchestration.assets import OBSERVATION, OVERRIDE, OVERRIDES, RESOLUTION, feed_key, raw_key
from lagi_pipeline.orchestration.settings import Settings, key_of, quarter_of

DATA_VERSION_TAG = "dagster/data_version"
BY_RUN, BY_SENSOR = "run", "sensor"
"""Who reports: the command line before its run, or the sensor."""
_RESOLUTION = "resolution"
_RESOLUTION_FILES = ("targets.yaml", TASKS_FILE, REGISTERS_FILE)
_NOTHING = version_of({})
_MOST_NAMED = 1000
"""Files of a folder whose names an observation keeps; where there are more, any change counts as a new file."""
_LOOK_BACK = 50
"""Observations of an asset that are gone through for a folder's own."""


@dataclass(frozen=True)
class Source:
    """A folder of ``data/raw`` that runs read: a feed's of one quarter, a year's resolution, or the overrides.

    Attributes:
        name: ``water/2024-Q4`` (the feed, not its folder), ``resolution/2024`` or ``overrides``.
        asset: what stands for it in Dagster, in ``partition`` where it has any.
        reader: the asset whose materialisation reads it.
        quarters: the quarters that it touches; those that have begun.
        files: version of each file by its name; empty where nothing lies there.
        unreadable: files and folders that the system does not let us open.
    """

    name: str
    asset: dg.AssetKey
    reader: dg.AssetKey
    partition: str | None
    quarters: tuple[Quarter, ...]
    files: Mapping[str, str]
    unreadable: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The feed, or ``resolution``."""
        return self.name.partition("/")[0]

    @property
    def version(self) -> str:
        """Its data version: what changes when a file comes, goes or changes."""
        return version_of(self.files)


@dataclass(frozen=True)
class Report:
    """What was last reported of a source; the defaults are those of one of which nothing was.

    Attributes:
        version: its version then.
        at: when, in seconds of the epoch.
        files: version of each file that lay there.
        gone: the last version of each file that had lain there before.
        asks: whether a run had to read something of it.
        by: who reported it.
        observation: the identity of the observation.
        before: that of the last observation of another version.
    """

    version: str = _NOTHING
    at: float = 0
    files: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False
    by: str = ""
    observation: int = 0
    before: int = 0

    def came_after(self, version: str) -> int:
        """The observation after which the source came to a version: its second coming has another than its first."""
        return self.before if version == self.version else self.observation


def look(settings: Settings) -> list[Source]:
    """The sources of all quarters that have begun, those without a file too; nothing but their content is looked at."""
    begun = [quarter_of(key) for key in settings.partitions.get_partition_keys()]
    return [*_feeds(settings, begun), *_resolutions(settings, begun), _overrides(settings, begun)]


def _feeds(settings: Settings, begun: list[Quarter]) -> Iterator[Source]:
    for entry in settings.feeds:
        for quarter in begun:
            folder = scan(settings.raw_dir, entry.code, entry.folders, quarter)
            yield Source(
                f"{entry.code}/{quarter}",
                raw_key(entry.code),
                feed_key(entry.code),
                key_of(quarter),
                (quarter,),
                {file.name: file.version for file in folder.files},
                folder.unreadable,
            )


def _resolutions(settings: Settings, begun: list[Quarter]) -> Iterator[Source]:
    for year in sorted({quarter.year for quarter in begun}):
        quarters = tuple(quarter for quarter in begun if quarter.year == year)
        files: dict[str, str] = {}
        unreadable: tuple[str, ...] = ()
        for name in (f"{_RESOLUTION}/{year}/{file}" for file in _RESOLUTION_FILES):
            try:
                files[name] = digest(settings.raw_dir / name)
            except OSError as error:
                unreadable += () if isinstance(error, FileNotFoundError | NotADirectoryError) else (name,)
        yield Source(f"{_RESOLUTION}/{year}", RESOLUTION, OBSERVATION, None, quarters, files, unreadable)


def _overrides(settings: Settings, begun: list[Quarter]) -> Source:
    """What is set by hand: every run reads it whole, so a run of the newest quarter will do."""
    files, _ = scan_plain(settings.raw_dir, overrides.FOLDER, overrides.SUFFIXES)
    return Source(overrides.FOLDER, OVERRIDES, OVERRIDE, None, (begun[-1],), {file.name: file.sha256 for file in files})


def not_begun(settings: Settings) -> list[str]:
    """The folders with files of quarters that have not begun, or that lie before the place's first."""
    begun = set(settings.partitions.get_partition_keys())
    return sorted(
        f"{entry.code}/{quarter}"
        for entry in settings.feeds
        for quarter in set(quarters_with_files(settings.raw_dir, entry.folders))
        if key_of(quarter) not in begun
    )


def last_report(instance: dg.DagsterInstance, source: Source) -> Report:
    """What was last reported of a source."""
    wanted = dg.AssetRecordsFilter(source.asset, asset_partitions=[source.partition] if source.partition else None)
    records = [
        record
        for record in instance.fetch_observations(wanted, limit=_LOOK_BACK).records
        if source.partition or _said(record, "folder") == source.name
    ]
    if not records:
        return Report()
    last = records[0]
    return Report(
        _version(last),
        last.timestamp,
        _said(last, "files") or {},
        _said(last, "gone") or {},
        _said(last, "asks_for_a_run") is not False,
        _said(last, "reported_by") or "",
        last.storage_id,
        next((record.storage_id for record in records if _version(record) != _version(last)), 0),
    )


def _version(record: dg.EventLogRecord) -> str:
    tags = (record.asset_observation.tags if record.asset_observation else None) or {}
    return tags.get(DATA_VERSION_TAG) or _said(record, "version") or ""


def _said(record: dg.EventLogRecord, name: str) -> Any:  # noqa: ANN401 - metadata of many kinds
    value = record.asset_observation.metadata.get(name) if record.asset_observation else None
    return None if value is None else value.value


def new_files(source: Source, report: Report) -> list[str]:
    """The files that were not reported before as they are; one that comes back as it was is not new."""
    known = {**report.gone, **report.files}
    return sorted(name for name, version in source.files.items() if known.get(name) != version)


def removed_files(source: Source, report: Report) -> list[str]:
    """The files of the last report that are gone; what cannot be looked at is not gone."""
    closed = tuple(f"{name}/" for name in source.unreadable)
    gone = report.files.keys() - source.files.keys() - set(source.unreadable)
    return sorted(name for name in gone if not name.startswith(closed))


def is_read(instance: dg.DagsterInstance, source: Source, report: Report) -> bool:
    """Whether a run has read what was reported: one that began after the report, and has materialised the reader."""
    wanted = dg.AssetRecordsFilter(source.reader, asset_partitions=[source.partition] if source.partition else None)
    records = instance.fetch_materializations(wanted, limit=1).records
    run = instance.get_run_record_by_id(records[0].run_id) if records else None
    return run is not None and (run.start_time or 0) > report.at


def observation(source: Source, report: Report, *, asking: bool, by: str) -> dg.AssetObservation:
    """What is to be reported of a source that is not as last reported.

    Args:
        source: the source as it is.
        report: what was last reported of it.
        asking: whether there is something for a run to read.
        by: who reports it.
    """
    removed = removed_files(source, report)
    metadata: dict[str, Any] = {
        "quarter": ", ".join(map(str, source.quarters)),
        "folder": source.name,
        "version": source.version,
        "asks_for_a_run": asking,
        "reported_by": by,
    }
    if len(source.files) + len(removed) <= _MOST_NAMED:
        known = {**report.gone, **report.files}
        gone = {name: known[name] for name in known.keys() - source.files.keys()}
        metadata |= {"files": dg.MetadataValue.json(dict(source.files)), "gone": dg.MetadataValue.json(gone)}
    if removed:
        metadata["removed_files"] = ", ".join(removed)
    return dg.AssetObservation(
        source.asset,
        partition=source.partition,
        # A year's targets make no other year's figures stale: the resolutions have no data version.
        tags={DATA_VERSION_TAG: source.version} if source.partition else None,
        metadata=metadata,
    )


def observe(settings: Settings, instance: dg.DagsterInstance) -> int:
    """Report the folders that are not as last reported, before a run reads them; how many they were."""
    changed = 0
    for source in look(settings):
        report = last_report(instance, source)
        if source.version == report.version:
            continue
        asking = bool(new_files(source, report)) or (report.asks and not is_read(instance, source, report))
        instance.report_runless_asset_event(observation(source, report, asking=asking, by=BY_RUN))
        changed += 1
    return changed
