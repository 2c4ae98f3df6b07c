"""Two sensors that tell people what failed: runs, and checks. By the log always, by mail and a webhook where set up.

*Once.* The same failure (step and error; check, quarters and what it found) is told once, until it has been good: a
step has succeeded, a check has passed. Checks that only warn are told together, once a tick.

*Never lost.* The cursor holds the last run that was looked at, what was told, and the alerts that a server did not
take; it is saved after sending. A tick that dies in between is done again, and may tell once more; a server that is
down is tried again at each tick. Dagster's ``run_failure_sensor`` moves on after a failed call, and does not see the
runs of the command line: so these are plain sensors over the ends of runs. The first tick of all begins with the runs
to come.

*Nothing blocks.* Wrong settings fail the tick, which says so in the UI, and nothing else: what happened meanwhile is
told once they are right.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
from pydantic import Field, ValidationError

from lagi_pipeline.alerting.channels import Channel, channels
from lagi_pipeline.alerting.model import Alert, CheckFailure, EndedRun, StepFailure, digest
from lagi_pipeline.alerting.outbox import Outbox
from lagi_pipeline.alerting.settings import AlertSettingsError, alert_settings
from lagi_pipeline.alerting.told import Key, Told
from lagi_pipeline.alerting.wording import Wording
from lagi_pipeline.catalogue.alerts import alert_words
from lagi_pipeline.catalogue.loading import Strict
from lagi_pipeline.orchestration.assets import FORM_CHECK
from lagi_pipeline.orchestration.checks import STATUS_CHECK
from lagi_pipeline.orchestration.ended_runs import checks_of, ended_after, is_told_by_its_check, newest_end, steps_of
from lagi_pipeline.orchestration.settings import Settings

EVERY_SECONDS = 60
RUN_SENSOR, CHECK_SENSOR = "alert_of_failed_runs", "alert_of_failed_checks"
BY_QUARTER = frozenset({FORM_CHECK, STATUS_CHECK})
"""Checks that speak of the quarters that were run; the others speak of everything that is stored."""
_OUTSIDE = "the run"
_PARTS_OF_A_KEY = 4
_LARGEST_ID = 2**63 - 1
_GUIDE = "docs/engineers.md#alerts"


class Memory(Strict):
    """What a tick leaves to the next one: the last end of a run that was looked at, what was told, what is pending."""

    after: int | None = Field(default=None, ge=-1, le=_LARGEST_ID)
    told: Told = Told()
    outbox: Outbox = Outbox()

    @classmethod
    def of(cls, cursor: str | None) -> Memory:
        """What a cursor says; nothing where it cannot be read."""
        try:
            memory = cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()
        return memory if all(len(key) == _PARTS_OF_A_KEY for key in memory.told.keys) else cls()


Runs = Sequence[tuple[EndedRun, bool]]
"""Runs that ended, in order, each with whether it failed."""
News = Callable[[dg.DagsterInstance, Runs, Told, Wording], tuple[Told, list[Alert]]]


def failed_runs(instance: dg.DagsterInstance, ended: Runs, told: Told, wording: Wording) -> tuple[Told, list[Alert]]:
    """What is new of the runs that ended: an alert for each that failed in a way that has not been told."""
    alerts = []
    for run, has_failed in ended:
        good, failures = steps_of(instance, run)
        told = told.without(functools.partial(_is_good, run=run, good=good, failed=has_failed))
        news = []
        for failure in failures if has_failed else ():
            key = _key_of(run, failure)
            if told.is_news(key) and not is_told_by_its_check(failure):
                told = told.with_told(key)
                news.append(failure)
        if news:
            alerts.append(wording.of_run(run, news))
    return told, alerts


def _key_of(run: EndedRun, failure: StepFailure) -> Key:
    """What failed and how. Ids and numbers in a message (another process, another run) make no other failure."""
    words = ("#" if any(letter.isdigit() for letter in word) else word for word in failure.message.split())
    return (run.job, failure.step or _OUTSIDE, failure.error or "", digest(*words))


def _is_good(key: Key, *, run: EndedRun, good: set[str], failed: bool) -> bool:
    """Whether a run shows that what failed is good again: its step succeeded; of the run itself, that it did."""
    job, step, *_ = key
    return step in good or (step == _OUTSIDE and job == run.job and not failed)


def failed_checks(instance: dg.DagsterInstance, ended: Runs, told: Told, wording: Wording) -> tuple[Told, list[Alert]]:
    """What is new of the checks of the runs that ended: an alert a run for errors, one of all warnings together."""
    alerts: list[Alert] = []
    warnings: list[CheckFailure] = []
    for run, _ in ended:
        passed, failures = checks_of(instance, run, BY_QUARTER)
        told = told.without(functools.partial(_has_passed, run=run, passed=passed))
        news = []
        for failure in failures:
            key = (failure.asset, failure.check, run.quarters if failure.by_quarter else "", failure.content)
            if told.is_news(key):
                told = told.with_told(key)
                news.append(failure)
        warnings.extend(failure for failure in news if not failure.severe)
        if severe := [failure for failure in news if failure.severe]:
            alerts.append(wording.of_checks(severe))
    return told, [*alerts, *([wording.of_checks(warnings)] if warnings else [])]


def _has_passed(key: Key, *, run: EndedRun, passed: Sequence[tuple[str, str]]) -> bool:
    """Whether a run shows that what failed is good again: the check passed, over all the quarters that it was of."""
    asset, check, quarters, _ = key
    if (asset, check) not in passed:
        return False
    first, _, last = quarters.partition("..")
    return not quarters or (run.first is not None and str(run.first) <= first and last <= str(run.last))


@dataclass(frozen=True)
class Post:
    """What both sensors tell with: the channels that are set up, the words, and what is wrong with the settings."""

    ways: Sequence[Channel]
    wording: Wording
    problem: str | None = None

    @property
    def where(self) -> str:
        """Where alerts go, in words."""
        if self.problem:
            return f"nowhere: {self.problem}"
        return ", ".join(way.name for way in self.ways) or "the log alone, for no channel is set up"


def alert_sensors(settings: Settings, environment: Mapping[str, str] = os.environ) -> list[dg.SensorDefinition]:
    """Both sensors, running by default; where alerts go is read from the environment here, once."""
    wording = Wording(settings.place.file.name_vi, settings.catalogue, alert_words())
    try:
        post = Post(channels(alert_settings(environment)), wording)
    except AlertSettingsError as error:
        post = Post((), wording, str(error))
    return [
        _sensor(RUN_SENSOR, "Báo lần chạy hỏng: tells of runs that failed", failed_runs, post),
        _sensor(
            CHECK_SENSOR, "Báo kiểm tra không đạt: tells of checks that failed, warnings together", failed_checks, post
        ),
    ]


def _sensor(name: str, about: str, news: News, post: Post) -> dg.SensorDefinition:
    @dg.sensor(
        name=name,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"{about}, once until it has been good again. It goes to {post.where}. It starts no run."
        f" How: {_GUIDE}.",
    )
    def tell(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if post.problem:
            raise AlertSettingsError(f"{post.problem}; nothing is told until it is put right ({_GUIDE})")
        memory = Memory.of(context.cursor)
        if memory.after is None:
            if context.cursor:
                context.log.warning("the cursor cannot be read: what failed before now may not have been told")
            begun = Memory(after=newest_end(context.instance))
            return dg.SensorResult(skip_reason="begins with the runs to come", cursor=begun.model_dump_json())
        ended = ended_after(context.instance, memory.after, memory.outbox.room - 1)  # one for the warnings of them all
        told, alerts = news(context.instance, ended.runs, memory.told, post.wording)
        for alert in alerts:
            context.log.log(logging.ERROR if alert.severe else logging.WARNING, "%s\n%s", alert.subject, alert.text)
        outbox = memory.outbox.with_alerts(alerts, post.ways, context.log.error)
        outbox = outbox.deliver(post.ways, context.log.error)
        said = f"{len(ended.runs)} runs looked at, {len(alerts)} alerts, {len(outbox.pending)} waiting to be sent"
        left = Memory(after=ended.last, told=told, outbox=outbox)
        return dg.SensorResult(skip_reason=said, cursor=left.model_dump_json())

    return tell
