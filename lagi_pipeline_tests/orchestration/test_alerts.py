"""The sensors that tell what failed: once, until it has been good, by the log and to real servers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from lagi_pipeline.alerting.settings import MAIL_FROM, MAIL_TO, SMTP, WEBHOOK, AlertSettingsError
from lagi_pipeline.catalogue.alerts import alert_words
from lagi_pipeline.orchestration.alerts import CHECK_SENSOR, RUN_SENSOR, alert_sensors
from lagi_pipeline.orchestration.ended_runs import MOST_RUNS
from lagi_pipeline.steps.gate import GateError
from lagi_pipeline_tests.alerting.servers import HookServer, MailServer, free_port, hook_server, mail_server
from lagi_pipeline_tests.running import PUBLISHED, RAW, run, settings_of

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
ADDRESSES = {MAIL_FROM: "may@lagi.example", MAIL_TO: "vp@lagi.example"}


class Sensor:
    """Ticks one of the two sensors as the daemon does, and keeps its cursor and log."""

    def __init__(self, name: str, instance: dg.DagsterInstance, environment: Mapping[str, str]) -> None:
        self.instance = instance
        self.sensor = {one.name: one for one in alert_sensors(settings_of(RAW.parent), environment)}[name]
        self.cursor: str | None = None
        self.log: list[str] = []
        self.tick()

    def tick(self, *, dies: bool = False) -> str:
        """One tick; what it says. Where it dies, its cursor is not kept."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        handler = logging.Handler()
        handler.emit = lambda record: self.log.append(record.getMessage())  # type: ignore[method-assign]
        context.log.addHandler(handler)
        result = self.sensor.evaluate_tick(context)
        assert not result.run_requests
        if not dies:
            self.cursor = result.cursor
        return result.skip_message or ""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as server:
        yield server


def to_mail(port: int) -> dict[str, str]:
    return ADDRESSES | {SMTP: f"smtp+plain://127.0.0.1:{port}"}


def to_hook(server: HookServer) -> dict[str, str]:
    return {WEBHOOK: f"http://127.0.0.1:{server.port}/"}


def ran(instance: dg.DagsterInstance, error: Exception | None = None, *, quarter: str = "2024-07-01") -> None:
    """A run of a job of two steps over a quarter, the first of which raises."""

    @dg.op
    def mart__attainment() -> None:
        if error is not None:
            raise error

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def published__lagi() -> None:
        return

    @dg.job
    def final() -> None:
        published__lagi(after=mart__attainment())

    final.execute_in_process(
        instance=instance, raise_on_error=False, tags={"dagster/partition": quarter}, run_config=QUIET
    )


def checked(
    instance: dg.DagsterInstance, *, quarter: str = "2024-07-01", **found: tuple[bool, dg.AssetCheckSeverity, Any]
) -> None:
    """A run over a quarter in which checks of the asset feeds/water find something."""
    specs = [dg.AssetCheckSpec(name, asset=["feeds", "water"]) for name in found]

    @dg.asset(key=["feeds", "water"], check_specs=specs)
    def water() -> dg.MaterializeResult:  # type: ignore[type-arg]
        results = [
            dg.AssetCheckResult(check_name=name, passed=passed, severity=severity, metadata=metadata)
            for name, (passed, severity, metadata) in found.items()
        ]
        return dg.MaterializeResult(check_results=results)

    job = dg.define_asset_job("quarterly_attainment", selection=[water])
    resolved = dg.Definitions(assets=[water], jobs=[job]).resolve_job_def("quarterly_attainment")
    resolved.execute_in_process(
        instance=instance, raise_on_error=False, tags={"dagster/partition": quarter}, run_config=QUIET
    )


WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
GOOD = (True, WARN, {})
FORM = "rows_follow_the_form"


def test_two_runs_that_fail_alike_are_told_once(instance: dg.DagsterInstance, mail: MailServer) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_mail(mail.port))
    ran(instance, GateError("publishing is blocked\ntraced: no trace of jobs"))
    assert sensor.tick() == "1 runs looked at, 1 alerts, 0 waiting to be sent"
    ran(instance, GateError("publishing is blocked\ntraced: no trace of jobs"))
    assert sensor.tick() == "1 runs looked at, 0 alerts, 0 waiting to be sent"
    assert sensor.tick() == "0 runs looked at, 0 alerts, 0 waiting to be sent"
    [message] = mail.messages
    assert message["Subject"] == "[thị xã La Gi] lần chạy hỏng, quý III/2024: mart/attainment"
    [text] = mail.texts
    words = alert_words().of_error("GateError")
    for said in (
        "«final», quý III/2024",
        words.vi,
        words.do_vi,
        words.en,
        words.do_en,
        words.guide,
        "no trace of jobs",
    ):
        assert said in text
    assert text.index(words.vi) < text.index(words.en)


def test_what_was_good_again_and_fails_is_told_a_second_time(instance: dg.DagsterInstance, mail: MailServer) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_mail(mail.port))
    ran(instance, ValueError("x"))
    sensor.tick()
    ran(instance)
    ran(instance, ValueError("x"))
    assert sensor.tick() == "2 runs looked at, 1 alerts, 0 waiting to be sent"
    assert len(mail.messages) == 2


def test_another_error_of_the_same_step_is_news_and_another_number_in_it_is_not(
    instance: dg.DagsterInstance, hook: HookServer
) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))
    for error in (ValueError("run 1 holds it"), ValueError("run 22 holds it"), TypeError("no"), ValueError("3 no")):
        ran(instance, error)
    sensor.tick()
    assert [post["facts"]["errors"] for post in hook.posts] == ["ValueError", "TypeError", "ValueError"]


def test_an_error_that_is_not_our_own_is_told_without_its_words(instance: dg.DagsterInstance, mail: MailServer) -> None:
    """They may hold a cell's text."""
    sensor = Sensor(RUN_SENSOR, instance, to_mail(mail.port))
    ran(instance, KeyError("Nguyễn Văn An, 012345678901"))
    ran(instance, GateError("the card 012345678901 stands in a table"))
    sensor.tick()
    assert "KeyError" in mail.texts[0]
    assert "the card … stands" in mail.texts[1]
    told = "\n".join([*mail.texts, *sensor.log, sensor.cursor or ""])
    assert "Nguyễn" not in told
    assert "012345678901" not in told


def test_without_a_channel_it_stands_in_the_log_alone(instance: dg.DagsterInstance) -> None:
    sensor = Sensor(RUN_SENSOR, instance, {})
    ran(instance, ValueError("x"))
    assert sensor.tick() == "1 runs looked at, 1 alerts, 0 waiting to be sent"
    [said] = sensor.log
    assert said.startswith("[thị xã La Gi] lần chạy hỏng, quý III/2024: mart/attainment")
    assert "the log alone" in str(sensor.sensor.description)


def test_a_server_that_was_down_is_told_once_when_it_is_up(instance: dg.DagsterInstance) -> None:
    port = free_port()
    sensor = Sensor(RUN_SENSOR, instance, to_mail(port))
    ran(instance, ValueError("x"))
    for _ in range(2):
        assert sensor.tick().endswith("1 waiting to be sent")
    assert sensor.log[-1].startswith("not sent by mail (ConnectionRefusedError")
    with mail_server(port) as server:
        for _ in range(3):
            sensor.tick()
        assert len(server.messages) == 1


def test_a_tick_that_died_after_sending_repeats_under_the_same_key_and_loses_nothing(
    instance: dg.DagsterInstance, hook: HookServer
) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))
    ran(instance, ValueError("x"))
    sensor.tick(dies=True)
    sensor.tick()
    sensor.tick()
    assert len(hook.posts) == 2
    assert len({post["key"] for post in hook.posts}) == 1


def test_a_run_that_ended_without_a_word_is_told(instance: dg.DagsterInstance, hook: HookServer) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))

    @dg.job
    def preliminary() -> None:
        return

    died = instance.create_run_for_job(preliminary)
    instance.report_run_failed(died, "its process 7 ended without a word")
    sensor.tick()
    [post] = hook.posts
    assert alert_words().no_error.vi in post["text"]
    assert post["facts"]["job"] == "preliminary"
    assert "không gắn với quý nào" in post["subject"]


def test_more_runs_than_a_tick_looks_at_are_told_by_the_next(instance: dg.DagsterInstance, hook: HookServer) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))
    for _ in range(MOST_RUNS):
        ran(instance)
    ran(instance, ValueError("x"))
    deleted = instance.get_runs(limit=2)[1].run_id
    instance.delete_run(deleted)
    said = [sensor.tick(), sensor.tick()]
    assert sum(int(words.split()[0]) for words in said) >= MOST_RUNS
    assert len(hook.posts) == 1


def test_more_failures_than_can_wait_are_all_told_by_a_server_that_is_up(
    instance: dg.DagsterInstance, hook: HookServer
) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))
    letters = "abcdefghijklmnopqrstuvwxyz"
    for letter in letters:
        ran(instance, ValueError(f"lỗi {letter}"))
    for _ in range(8):
        sensor.tick()
    assert len({post["key"] for post in hook.posts}) == len(hook.posts) == len(letters)
    assert not any("given up" in said for said in sensor.log)


def test_a_letter_that_no_encoding_has_stops_no_tick(instance: dg.DagsterInstance, hook: HookServer) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))
    ran(instance, GateError("tệp nhi\udce1m.xlsx"))
    sensor.tick()
    assert "tệp nhi?m.xlsx" in hook.posts[0]["text"]


@pytest.mark.parametrize("cursor", ['{"after": 99999999999999999999999}', '{"after": 1, "told": {"keys": [["a"]]}}'])
def test_a_cursor_that_cannot_be_meant_begins_anew_and_says_so(
    instance: dg.DagsterInstance, hook: HookServer, cursor: str
) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))
    sensor.cursor = cursor
    assert sensor.tick() == "begins with the runs to come"
    assert "cursor cannot be read" in sensor.log[-1]


def test_what_failed_before_the_first_tick_is_not_told(instance: dg.DagsterInstance, hook: HookServer) -> None:
    ran(instance, ValueError("x"))
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))
    sensor.tick()
    assert not hook.posts
    sensor.cursor = "không đọc được"
    assert sensor.tick() == "begins with the runs to come"
    assert "cursor cannot be read" in sensor.log[-1]


def test_wrong_settings_fail_the_tick_in_words_and_lose_nothing(instance: dg.DagsterInstance, hook: HookServer) -> None:
    sensor = Sensor(RUN_SENSOR, instance, to_hook(hook))
    ran(instance, ValueError("x"))
    wrong = {one.name: one for one in alert_sensors(settings_of(RAW.parent), {WEBHOOK: "s3cret"})}[RUN_SENSOR]
    context = dg.build_sensor_context(instance=instance, cursor=sensor.cursor)
    with pytest.raises(AlertSettingsError, match=f"{WEBHOOK}.*docs/engineers.md#alerts") as caught:
        wrong.evaluate_tick(context)
    assert "s3cret" not in f"{caught.value}{wrong.description}"
    sensor.tick()
    assert len(hook.posts) == 1


def test_warnings_of_a_tick_are_told_together_and_errors_at_once(
    instance: dg.DagsterInstance, mail: MailServer
) -> None:
    sensor = Sensor(CHECK_SENSOR, instance, to_mail(mail.port))
    counted = {"rejected_rows": 2, "rules": "not_a_number 2", "findings": dg.MetadataValue.md("| Nguyễn Văn An |")}
    checked(
        instance,
        rows_follow_the_form=(False, WARN, counted),
        no_report_is_overdue=(False, WARN, {"overdue": 1}),
        traced=(False, ERROR, {"failures": 3, "first": "no trace of jobs"}),
        unique_keys=(True, ERROR, {"failures": 0}),
    )
    assert sensor.tick() == "1 runs looked at, 2 alerts, 0 waiting to be sent"
    severe, warnings = mail.messages
    assert severe["Subject"] == "[thị xã La Gi] kiểm tra không đạt, quý III/2024: traced"
    assert warnings["Subject"] == "[thị xã La Gi] cảnh báo, quý III/2024: rows_follow_the_form, no_report_is_overdue"
    text = mail.texts[1]
    assert "Nước sinh hoạt (feeds/water): 2 dòng bị trả lại; quy tắc: not_a_number 2" in text
    assert "Nước sinh hoạt (feeds/water): 1 báo cáo còn nợ" in text
    assert alert_words().of_check("traced").do_vi in mail.texts[0]
    assert "unique_keys" not in "".join(mail.texts)
    assert "Nguyễn" not in "".join([*mail.texts, *sensor.log])


def told(hook: HookServer) -> list[str]:
    return [f"{post['facts']['quarters']} {post['facts']['checks']}" for post in hook.posts]


def test_a_check_that_finds_the_same_is_told_once_until_it_passed(
    instance: dg.DagsterInstance, hook: HookServer
) -> None:
    sensor = Sensor(CHECK_SENSOR, instance, to_hook(hook))
    bad = (False, WARN, {"rejected_rows": 2})
    for found in (bad, bad, GOOD, bad, (False, WARN, {"rejected_rows": 3}), bad):
        checked(instance, rows_follow_the_form=found)
        sensor.tick()
    assert told(hook) == [f"2024-Q3..2024-Q3 feeds/water: {FORM}"] * 3


def test_a_check_of_a_quarter_is_not_good_because_another_quarter_is(
    instance: dg.DagsterInstance, hook: HookServer
) -> None:
    sensor = Sensor(CHECK_SENSOR, instance, to_hook(hook))
    bad = (False, WARN, {"rejected_rows": 2})
    for quarter, found in (("2024-07-01", bad), ("2024-10-01", GOOD), ("2024-07-01", bad), ("2024-10-01", bad)):
        checked(instance, quarter=quarter, rows_follow_the_form=found)
        sensor.tick()
    assert told(hook) == [f"2024-Q3..2024-Q3 feeds/water: {FORM}", f"2024-Q4..2024-Q4 feeds/water: {FORM}"]


def test_a_debt_that_is_a_day_older_is_no_news(instance: dg.DagsterInstance, hook: HookServer) -> None:
    sensor = Sensor(CHECK_SENSOR, instance, to_hook(hook))
    for days, debt in ((3, "a"), (4, "a"), (5, "b")):
        shown = {"overdue": 1, "content": debt, "reports": dg.MetadataValue.md(f"| {days} |")}
        checked(instance, no_report_is_overdue=(False, WARN, shown), quarter=f"2024-0{days + 1}-01")
        sensor.tick()
    assert len(hook.posts) == 2


def test_a_blocked_publishing_is_told_by_the_real_run_once(
    instance: dg.DagsterInstance, village_copy: Path, hook: HookServer
) -> None:
    """The gate blocks in a run that publishes alone; the error names the rule, and no row."""
    sensors = [Sensor(name, instance, to_hook(hook)) for name in (RUN_SENSOR, CHECK_SENSOR)]
    with duckdb.connect(village_copy / "warehouse" / "pipeline.duckdb") as connection:
        connection.execute("DELETE FROM mart.attainment WHERE quarter = '2024-Q2' AND indicator_code = 'jobs'")
    for _ in range(2):
        assert not run(village_copy, "2024-Q2", "2024-Q2", only=[PUBLISHED], instance=instance).success
        for sensor in sensors:
            sensor.tick()
    [post] = hook.posts
    assert post["facts"]["errors"] == "GateError"
    assert post["facts"]["steps"] == "published/lagi"
    assert "complete_lines: no line for jobs" in post["text"]


def test_a_failed_gate_check_is_told_by_the_checks_sensor_alone(
    instance: dg.DagsterInstance, village_copy: Path, hook: HookServer
) -> None:
    sensors = [Sensor(name, instance, to_hook(hook)) for name in (RUN_SENSOR, CHECK_SENSOR)]
    with duckdb.connect(village_copy / "warehouse" / "pipeline.duckdb") as connection:
        connection.execute("UPDATE core.vintage SET rows_read = rows_read + 1 WHERE form = 'employment'")
    outcome = run(village_copy, "2024-Q2", "2024-Q2", only=[["mart", "attainment"]], instance=instance)
    assert not outcome.check("row_arithmetic").passed
    for sensor in sensors:
        sensor.tick()
    severe = [post for post in hook.posts if post["severe"]]
    assert [post["kind"] for post in severe] == ["check_failed"]
    assert "mart/attainment: row_arithmetic" in severe[0]["facts"]["checks"]


@pytest.mark.parametrize("name", [RUN_SENSOR, CHECK_SENSOR])
def test_both_sensors_run_by_default_and_say_where_they_tell(name: str, hook: HookServer) -> None:
    sensor = {one.name: one for one in alert_sensors(settings_of(RAW.parent), to_hook(hook))}[name]
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert "It goes to webhook" in str(sensor.description)
