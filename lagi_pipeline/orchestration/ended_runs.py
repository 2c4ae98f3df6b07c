"""The runs that are over, in the order in which they ended, and what their records say; for the alerts.

Check evaluations are read run by run: the SQLite storage keeps them with their run, and cannot search all of them after
a cursor; the ends of runs it can, cheaply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import dagster as dg

from lagi_pipeline.alerting.model import CheckFailure, EndedRun, StepFailure, digest
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.metadata import CONTENT, RULES
from lagi_pipeline.orchestration.settings import RANGE_END, RANGE_START, quarter_of

MOST_RUNS = 20
"""Looked at in one tick; the rest in the next."""
_MOST_EVENTS = 2000
_ENDS: Final = (dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_CANCELED)
_PARTITION_TAG = "dagster/partition"
_FAILED_CHECK = "DagsterAssetCheckFailedError"
_PARTITION = re.compile(r"\d{4}-\d{2}-\d{2}")
_OF_ASSETS = "__ASSET_JOB"


def newest_end(instance: dg.DagsterInstance) -> int:
    """The id of the newest end of a run, -1 where none has ended."""
    newest = [instance.fetch_run_status_changes(kind, limit=1).records for kind in _ENDS]
    return max((records[0].storage_id for records in newest if records), default=-1)


@dataclass(frozen=True)
class Ended:
    """The next runs that are over, oldest first, each with whether it failed; ``last`` is the id of the last end."""

    runs: tuple[tuple[EndedRun, bool], ...]
    last: int


def ended_after(instance: dg.DagsterInstance, after: int, most: int) -> Ended:
    """The ends of runs after an id, ``most`` and ``MOST_RUNS`` at most; a run deleted since has nothing to tell."""
    found = sorted(
        (record.storage_id, record.run_id, kind is dg.DagsterEventType.RUN_FAILURE)
        for kind in _ENDS
        for record in instance.fetch_run_status_changes(
            dg.RunStatusChangeRecordsFilter(event_type=kind, after_storage_id=after), limit=MOST_RUNS, ascending=True
        ).records
    )[: max(0, min(most, MOST_RUNS))]  # each kind gave its own first ones: among them are the first ones of all
    ids = [run_id for _, run_id, _ in found]
    runs = {run.run_id: _ended(run) for run in (instance.get_runs(dg.RunsFilter(run_ids=ids)) if ids else ())}
    return Ended(
        tuple((runs[run_id], failed) for _, run_id, failed in found if run_id in runs),
        found[-1][0] if found else after,
    )


def _ended(run: dg.DagsterRun) -> EndedRun:
    whole = run.tags.get(_PARTITION_TAG)
    first, last = (_quarter(run.tags.get(tag, whole)) for tag in (RANGE_START, RANGE_END))
    job = "materialize" if run.job_name == _OF_ASSETS else run.job_name
    return EndedRun(run.run_id, job, first, last)


def _quarter(key: str | None) -> Quarter | None:
    return quarter_of(key) if key and _PARTITION.fullmatch(key) else None


def _events(instance: dg.DagsterInstance, run: EndedRun, kinds: set[dg.DagsterEventType]) -> Iterator[dg.DagsterEvent]:
    """The events of some kinds of a run, oldest first."""
    cursor: str | None = None
    while True:
        page = instance.get_records_for_run(run.run_id, cursor=cursor, of_type=kinds, limit=_MOST_EVENTS)
        for record in page.records:
            if event := record.event_log_entry.dagster_event:
                yield event
        if not page.has_more:
            return
        cursor = page.cursor


def steps_of(instance: dg.DagsterInstance, run: EndedRun) -> tuple[set[str], list[StepFailure]]:
    """The steps of a run that were good, and those that failed; of a run that failed outside of its steps, that."""
    kinds = {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    good: set[str] = set()
    failed: list[StepFailure] = []
    outside: list[StepFailure] = []
    for event in _events(instance, run, kinds):
        step = (event.step_key or "").replace("__", "/")
        error = getattr(event.event_specific_data, "error", None)  # a run that was found dead has no data
        if event.event_type is dg.DagsterEventType.STEP_SUCCESS:
            good.add(step)
        elif event.event_type is dg.DagsterEventType.STEP_FAILURE:
            failed.append(_failure(step, error))
        else:
            outside.append(_failure(None, error))
    return good, failed or outside


def is_told_by_its_check(failure: StepFailure) -> bool:
    """Whether a step failed because a blocking check did: the alert of the check tells it."""
    return failure.error == _FAILED_CHECK


def _failure(step: str | None, error: Any) -> StepFailure:  # noqa: ANN401 - Dagster does not offer its class
    """What went wrong: our own error, which Dagster wraps in one of its own."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return StepFailure(step, None, "")
    name = (error.cls_name or "").rpartition(".")[2] or None
    message = error.message.strip().encode(errors="replace").decode()  # a file's name may be of no encoding
    return StepFailure(step, name, message.partition(": ")[2] if ": " in message else message)


def checks_of(
    instance: dg.DagsterInstance, run: EndedRun, by_quarter: frozenset[str]
) -> tuple[list[tuple[str, str]], list[CheckFailure]]:
    """The checks of a run that passed, as (asset, check), and those that failed.

    Args:
        instance: where the run is recorded.
        run: the run.
        by_quarter: the checks that speak of the run's quarters alone.
    """
    passed: list[tuple[str, str]] = []
    failed: list[CheckFailure] = []
    for event in _events(instance, run, {dg.DagsterEventType.ASSET_CHECK_EVALUATION}):
        found = event.asset_check_evaluation_data
        asset = found.asset_key.to_user_string()
        if found.passed:
            passed.append((asset, found.check_name))
            continue
        failed.append(
            CheckFailure(
                asset=asset,
                check=found.check_name,
                severe=found.severity is dg.AssetCheckSeverity.ERROR,
                run=run,
                by_quarter=found.check_name in by_quarter,
                content=_content(found.metadata),
                counts=_counts(found.metadata),
                rules=_text(found.metadata, RULES),
            )
        )
    return passed, failed


def _content(metadata: Mapping[str, dg.MetadataValue]) -> str:
    """A digest of what a check found: what the check says it is, else all it says."""
    return digest(_text(metadata, CONTENT) or repr(sorted((name, str(one.value)) for name, one in metadata.items())))


def _counts(metadata: Mapping[str, dg.MetadataValue]) -> dict[str, int]:
    return {
        name: one.value
        for name, one in metadata.items()
        if isinstance(one, dg.IntMetadataValue) and one.value is not None
    }


def _text(metadata: Mapping[str, dg.MetadataValue], name: str) -> str:
    one = metadata.get(name)
    return one.value or "" if isinstance(one, dg.TextMetadataValue) else ""
