"""The sensor of ``data/raw``: once new and changed files have come to rest, it asks for a run of their quarters.

*By content.* Each tick digests every folder (``raw_files.look``). No clock of a file counts. A folder counts when two
ticks in a row find it the same: a file that is still being copied is not read by half, and neither are the other files
of its quarter, for a run reads the quarter whole.

*Once.* What was reported of a folder, and whether a run has read it since, stands in the instance: the observations of
the raw assets and the materialisations of what reads them. So the sensor asks nothing of what `lagi run`, a schedule
or the UI has read, or is about to read. A run's key is made of the folders' versions and of the observation that each
of them had before: the same change asks for one run, however often it is looked at and by whom; content that comes
back over another is another change.

*Never lost.* The daemon writes a tick's observations, then its run requests, then its cursor. Where it dies in between,
the cursor is the old one, the folder is reported and nothing has read it: the next tick asks again, by the same key.
The cursor is a memory of what need not be looked up; without one, or with one that cannot be read, everything is looked
up. A run that fails is not asked for again by itself: it is seen in the UI, and started there.

*A file that is gone* is reported and asks for nothing; what was read of it stays.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import dagster as dg
from pydantic import Field, ValidationError

from lagi_pipeline.catalogue.loading import Strict
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.files import version_of
from lagi_pipeline.orchestration.dead_runs import end_dead_runs
from lagi_pipeline.orchestration.raw_files import (
    BY_RUN,
    BY_SENSOR,
    Report,
    Source,
    is_read,
    last_report,
    look,
    new_files,
    not_begun,
    observation,
    removed_files,
)
from lagi_pipeline.orchestration.schedules import MAIN_JOB, REPORT_JOB
from lagi_pipeline.orchestration.settings import RANGE_END, RANGE_START, Settings, key_of, range_tags
from lagi_pipeline.orchestration.sign_off import ISSUE_JOB

EVERY_SECONDS = 30
_PARTITION_TAG = "dagster/partition"
_SHORT = 16
_MOST_NAMED = 5
_READ_NOTHING = {ISSUE_JOB, REPORT_JOB}
"""Jobs of quarters that read no file of data/raw."""
_UNFINISHED = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]


class Memory(Strict):
    """What a tick leaves to the next one: small, for Dagster keeps it with every tick.

    Attributes:
        families: a digest of each feed's folders, as last seen.
        waiting: how each folder was found that was not as reported, or of which something is to be read.
        owed: those of them whose last report had asked for a run that was neither requested nor seen.
    """

    families: dict[str, str] = Field(default_factory=dict)
    waiting: dict[str, str] = Field(default_factory=dict)
    owed: tuple[str, ...] = ()

    @classmethod
    def of(cls, cursor: str | None) -> Memory:
        """What a cursor says; nothing where it cannot be read."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()

    def doubtful(self, sources: Sequence[Source]) -> list[Source]:
        """The sources that must be looked up: those that wait, and all of a family that is not as last seen."""
        families = digests(sources)
        return [
            source
            for source in sources
            if source.name in self.waiting or families[source.family] != self.families.get(source.family)
        ]

    def has_asked(self, source: Source, report: Report) -> bool:
        """Whether a tick that went to its end asked for the run that a report of the sensor's had to have."""
        return (
            report.by == BY_SENSOR
            and source.family in self.families
            and source.name not in self.owed
            and self.waiting.get(source.name) != report.version[:_SHORT]
        )


def digests(sources: Iterable[Source]) -> dict[str, str]:
    """A digest of each family of sources."""
    families: dict[str, dict[str, str]] = defaultdict(dict)
    for source in sources:
        families[source.family][source.name] = source.version
    return {family: version_of(versions)[:_SHORT] for family, versions in families.items()}


@dataclass(frozen=True)
class Found:
    """A source that had to be looked up, and what was last reported of it.

    ``owed``: that report asked for a run, and there was none.
    """

    source: Source
    report: Report
    owed: bool

    @property
    def is_reported(self) -> bool:
        """Whether it is as reported."""
        return self.source.version == self.report.version

    @property
    def state(self) -> str:
        """What must be found twice. What a run has just reported counts from then on: that run is about to begin."""
        by_a_run = self.is_reported and self.report.by == BY_RUN
        return self.source.version[:_SHORT] + ("!" if by_a_run else "")

    @property
    def asks(self) -> bool:
        """Whether there is something for a run to read; that a file is gone is nothing to read."""
        return self.owed or bool(new_files(self.source, self.report))

    @property
    def changed(self) -> list[str]:
        """What is not as reported, by the names of the files where there are any."""
        names = new_files(self.source, self.report) or removed_files(self.source, self.report)
        return names or [self.source.name]


@dataclass
class Tick:
    """What a tick found in the sources that had to be looked up; each stands in one list."""

    moving: list[Found] = field(default_factory=list)
    """Not yet twice the same."""
    held: list[Found] = field(default_factory=list)
    """At rest, but another folder of the quarter is not."""
    coming: list[Found] = field(default_factory=list)
    """To be read by a run that is queued or under way."""
    reduced: list[Found] = field(default_factory=list)
    """Nothing but gone files."""
    asking: list[Found] = field(default_factory=list)

    def memory(self, sources: Iterable[Source]) -> Memory:
        """What the next tick must know."""
        later = [*self.moving, *self.held, *self.coming]
        return Memory(
            families=digests(sources),
            waiting={found.source.name: found.state for found in later},
            owed=tuple(found.source.name for found in later if found.owed),
        )

    def observations(self) -> Iterator[dg.AssetObservation]:
        """What is to be reported: the sources at rest that are not as last reported."""
        for found in (*self.asking, *self.coming, *self.reduced):
            if not found.is_reported:
                yield observation(found.source, found.report, asking=found.asks, by=BY_SENSOR)

    def requests(self) -> Iterator[dg.RunRequest]:
        """A run for each block of quarters without a gap."""
        for block in blocks({quarter for found in self.asking for quarter in found.source.quarters}):
            first, last = block[0], block[-1]
            changes = sorted(
                f"{found.source.name}:{found.source.version}:{found.report.came_after(found.source.version)}"
                for found in self.asking
                if first <= found.source.quarters[0] <= last
            )
            content = hashlib.sha256("\n".join(changes).encode()).hexdigest()[:_SHORT]
            yield dg.RunRequest(run_key=f"raw_files {first}..{last} {content}", tags=range_tags(first, last))

    def words(self) -> Iterator[str]:
        """What the tick has to say of what it does not ask for."""
        for several, what in (
            (self.moving, "just come, or still being copied"),
            (self.held, "waiting for the rest of their quarter"),
            (self.coming, "to be read by a run that is queued or under way"),
        ):
            if several:
                yield f"{what}: {_listed([name for found in several for name in found.changed])}"
        if gone := [name for found in self.reduced + self.asking for name in removed_files(found.source, found.report)]:
            yield f"gone, what was read of them stays: {_listed(gone)}"


def examine(instance: dg.DagsterInstance, memory: Memory, sources: Sequence[Source]) -> Tick:
    """Look up what the instance knows of the sources that are not as last seen, and sort them by what is to be done."""
    tick = Tick()
    resting: list[Found] = []
    for source in memory.doubtful(sources):
        report = last_report(instance, source)
        owed = report.asks and not memory.has_asked(source, report) and not is_read(instance, source, report)
        found = Found(source, report, owed)
        if owed or not found.is_reported:
            (resting if memory.waiting.get(source.name) == found.state else tick.moving).append(found)
    restless = {quarter for found in tick.moving for quarter in found.source.quarters}
    runs = instance.get_run_records(dg.RunsFilter(statuses=_UNFINISHED)) if resting else []
    for found in resting:
        if not found.asks:
            tick.reduced.append(found)
        elif any(_will_read(run, found) for run in runs):
            tick.coming.append(found)
        elif restless.intersection(found.source.quarters):
            tick.held.append(found)
        else:
            tick.asking.append(found)
    return tick


def _will_read(record: dg.RunRecord, found: Found) -> bool:
    """Whether an unfinished run reads a source as it is now: it has not begun, or began after that was reported."""
    run = record.dagster_run
    if run.job_name in _READ_NOTHING:
        return False
    whole = run.tags.get(_PARTITION_TAG)
    first, last = run.tags.get(RANGE_START, whole), run.tags.get(RANGE_END, whole)
    if first is None or last is None or not any(first <= key_of(quarter) <= last for quarter in found.source.quarters):
        return False
    if run.asset_selection and found.source.reader not in run.asset_selection:  # none, or empty, is all assets
        return False
    return record.start_time is None or (found.is_reported and record.start_time > found.report.at)


def blocks(quarters: Iterable[Quarter]) -> list[list[Quarter]]:
    """The quarters in runs without a gap, earliest first."""
    found: list[list[Quarter]] = []
    for quarter in sorted(quarters):
        if found and found[-1][-1].next == quarter:
            found[-1].append(quarter)
        else:
            found.append([quarter])
    return found


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else shown


def raw_files_sensor(settings: Settings) -> dg.SensorDefinition:
    """The sensor, running by default."""

    @dg.sensor(
        name="raw_files",
        job_name=MAIN_JOB,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Theo dõi tệp mới (watches for new files): looks into data/raw twice a minute, reports the"
        " folders whose content changed, and asks for a run"
        " of the quarters with new or changed files once these have come to rest.",
    )
    def raw_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        for run_id in end_dead_runs(context.instance):
            context.log.warning("run %s had died without a word: marked as failed, the queue goes on", run_id)
        sources = look(settings)
        tick = examine(context.instance, Memory.of(context.cursor), sources)
        requests, said = list(tick.requests()), list(tick.words())
        for words in said:
            context.log.info(words)
        return dg.SensorResult(
            run_requests=requests,
            asset_events=list(tick.observations()),
            skip_reason=None
            if requests
            else "; ".join(["nothing to ask for in data/raw", *said, *_beside(settings, sources)]),
            cursor=tick.memory(sources).model_dump_json(),
        )

    return raw_files


def _beside(settings: Settings, sources: Sequence[Source]) -> Iterator[str]:
    """What is not looked at."""
    if closed := [name for source in sources for name in source.unreadable]:
        yield f"cannot be opened: {_listed(closed)}"
    if outside := not_begun(settings):
        yield f"of quarters that have not begun, or before the first: {_listed(outside)}"
