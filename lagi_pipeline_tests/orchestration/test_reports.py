"""The assets of the report and the page: in which jobs they are, what they say, and when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import dagster as dg
import openpyxl
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.test_utils import create_run_for_test

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.exports import EXPORTS
from lagi_pipeline.orchestration.reports import AGREEMENT_CHECK, PAGE, REPORT, REPORT_SENSOR, report_markdown
from lagi_pipeline.orchestration.schedules import MAIN_JOB, PHASES, REPORT_JOB
from lagi_pipeline.orchestration.sensor import raw_files_sensor
from lagi_pipeline.orchestration.settings import key_of, range_tags
from lagi_pipeline.reporting import artefacts
from lagi_pipeline.reporting.artefacts import Writer
from lagi_pipeline.reporting.content import QuarterReport, read_report
from lagi_pipeline.reporting.excel import excel_workbook
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import CATALOGUE, RAW, make_data_dir, published, settings_of

PUBLISHING = (MAIN_JOB, *(phase.name for phase in PHASES))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def folder(town: Town, tmp_path: Path) -> Path:
    """A data folder with the town's place and published file, and nothing to read."""
    made = make_data_dir(tmp_path / "data")
    (made / "warehouse").mkdir()
    (made / "warehouse" / "lagi.duckdb").write_bytes((town.data_dir / "warehouse" / "lagi.duckdb").read_bytes())
    return made


def make(folder: Path, first: str, last: str, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return (
        build_defs(folder)
        .resolve_job_def(REPORT_JOB)
        .execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags=range_tags(Quarter.parse(first), Quarter.parse(last)),
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    )


def said(result: dg.ExecuteInProcessResult, key: dg.AssetKey) -> dict[str, dict[str, object]]:
    """What a run says of each partition of an asset."""
    return {
        event.partition or "": {name: value.value for name, value in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
        if event.asset_key == key
    }


def test_the_reports_are_in_their_own_job_alone() -> None:
    defs = build_defs(RAW.parent)
    for name in PUBLISHING:
        layer = defs.resolve_job_def(name).asset_layer
        assert not {REPORT, PAGE, EXPORTS} & set(layer.executable_asset_keys), name
        assert AGREEMENT_CHECK not in {key.name for key in layer.asset_graph.asset_check_keys}
    own = defs.resolve_job_def(REPORT_JOB).asset_layer
    assert set(own.executable_asset_keys) == {REPORT, PAGE, EXPORTS}


def test_a_range_makes_a_report_for_each_quarter_with_lines(folder: Path, instance: dg.DagsterInstance) -> None:
    result = make(folder, "2022-Q4", "2024-Q4", instance)
    assert result.success
    pages = said(result, REPORT)
    assert len(pages) == 9
    assert "2022-Q4) không có chỉ tiêu nào" in str(pages["2022-10-01"]["report"])
    page = pages["2024-07-01"]
    assert "| 1 | Tổng thu ngân sách nhà nước | tỷ đồng | 191,00 |" in str(page["report"])
    assert page["dagster/partition_row_count"] == 12
    path = Path(str(page["xlsx_path"]))
    assert path.relative_to(folder).as_posix() == "warehouse/reports/2024-Q3/bao-cao-2024-Q3.xlsx"
    assert path.stat().st_size == page["xlsx_bytes"]
    [check] = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed) == (AGREEMENT_CHECK, True)
    assert not {name.name for name in (folder / "warehouse").iterdir()} & {"pipeline.duckdb", "pipeline.lock"}


def test_a_workbook_that_says_another_figure_fails_the_check(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_: object, report: QuarterReport) -> bytes:
        path = folder / "wrong.xlsx"
        path.write_bytes(excel_workbook(report))
        book = openpyxl.load_workbook(path)
        book["Chỉ tiêu"]["F6"] = 150.0
        book.save(path)
        return path.read_bytes()

    monkeypatch.setattr(artefacts, "WRITERS", (Writer(".xlsx", wrong),))
    [check] = make(folder, "2024-Q3", "2024-Q3", instance).get_asset_check_evaluations()
    assert not check.passed
    assert check.metadata["first"].value == (
        "2024-Q3: Tổng thu ngân sách nhà nước, Lũy kế: 150.0 where actual is 139.9"
    )


def test_a_format_that_fails_fails_the_run_and_names_itself(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("no template")

    monkeypatch.setattr(artefacts, "WRITERS", (Writer(".docx", fail), *artefacts.WRITERS))
    result = make(folder, "2024-Q3", "2024-Q4", instance)
    assert not result.success
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert "bao-cao-2024-Q3.docx was not written" in str(failure.step_failure_data.error)
    assert (folder / "warehouse" / "reports" / "2024-Q4" / "bao-cao-2024-Q4.xlsx").exists()


def test_without_a_published_file_the_run_fails_and_says_so(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    result = make(make_data_dir(tmp_path / "data"), "2024-Q3", "2024-Q3", instance)
    assert not result.success
    failures = [event for event in result.all_events if event.is_step_failure]
    assert "nothing has been published yet" in str(failures[0].step_failure_data.error)


def test_the_page_of_the_asset_shows_the_sentences_and_the_table(town: Town) -> None:
    with published(town.data_dir) as connection:
        report = read_report(connection, Quarter(2024, 3), CATALOGUE)
    shown = report_markdown(replace(report, summary=("10 chỉ tiêu | <b>",), at_risk=("Chi đầu tư",)))
    assert shown.startswith("- 10 chỉ tiêu \\| &lt;b>\n- Chi đầu tư\n")
    assert shown.count("\n| ") == len(report.targets.rows) + 2


def asked(
    instance: dg.DagsterInstance, tags: dict[str, str], now: str = "2025-02-10T08:00+07:00", job: str = MAIN_JOB
) -> dg.RunRequest | dg.SkipReason:
    """What the sensor asks for after a run with these tags has succeeded."""
    repository = build_defs(RAW.parent).get_repository_def()
    sensor = repository.get_sensor_def(REPORT_SENSOR)
    done = create_run_for_test(instance, job_name=job, status=dg.DagsterRunStatus.SUCCESS, tags=tags)
    context = dg.build_run_status_sensor_context(
        sensor_name=REPORT_SENSOR,
        dagster_event=dg.DagsterEvent(event_type_value="PIPELINE_SUCCESS", job_name=job),
        dagster_instance=instance,
        dagster_run=done,
    )
    with partition_loading_context(effective_dt=datetime.fromisoformat(now)):
        found = sensor(context)
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


@pytest.mark.parametrize(
    ("tags", "quarters"),
    [
        (range_tags(Quarter(2022, 4), Quarter(2024, 4)), "2022-Q4..2025-Q1"),
        (range_tags(Quarter(2024, 2), Quarter(2024, 3)), "2024-Q2..2025-Q1"),
        ({"dagster/partition": key_of(Quarter(2025, 1))}, "2025-Q1..2025-Q1"),
    ],
)
def test_after_a_publication_its_quarters_and_all_after_them_are_asked_for(
    instance: dg.DagsterInstance, tags: dict[str, str], quarters: str
) -> None:
    request = asked(instance, tags)
    assert isinstance(request, dg.RunRequest)
    first, last = map(Quarter.parse, quarters.split(".."))
    assert request.tags == range_tags(first, last)


def test_a_run_is_answered_once(instance: dg.DagsterInstance) -> None:
    tags = range_tags(Quarter(2024, 3), Quarter(2024, 3))
    first, second = asked(instance, tags), asked(instance, tags)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(second, dg.RunRequest)
    runs = instance.get_runs()
    assert {first.run_key, second.run_key} == {f"{REPORT_JOB} after {run.run_id}" for run in runs}
    assert len(runs) == 2


def test_a_run_of_no_quarter_is_passed_over(instance: dg.DagsterInstance) -> None:
    assert isinstance(asked(instance, {}), dg.SkipReason)


def test_the_sensor_runs_and_looks_at_what_publishes_figures() -> None:
    defs = build_defs(RAW.parent)
    sensor = defs.get_repository_def().get_sensor_def(REPORT_SENSOR)
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    assert [target.job_name for target in sensor.targets] == [REPORT_JOB]


def test_the_daemon_finds_the_run_of_the_main_job(folder: Path, instance: dg.DagsterInstance) -> None:
    """The whole sensor, with its cursor, over runs that an instance recorded."""
    repository = build_defs(folder).get_repository_def()
    sensor = repository.get_sensor_def(REPORT_SENSOR)

    def tick(cursor: str | None) -> tuple[list[str], str | None]:
        context = dg.build_sensor_context(instance=instance, cursor=cursor, repository_def=repository)
        found = sensor.evaluate_tick(context)
        return [request.run_key or "" for request in found.run_requests or []], found.cursor

    def succeeded(job: str) -> str:
        quarters = range_tags(Quarter(2024, 4), Quarter(2024, 4))
        run = create_run_for_test(instance, job_name=job, status=dg.DagsterRunStatus.STARTED, tags=quarters)
        instance.report_dagster_event(dg.DagsterEvent("PIPELINE_SUCCESS", job), run.run_id)
        return run.run_id

    _, cursor = tick(None)
    published = succeeded(MAIN_JOB)
    succeeded(REPORT_JOB)
    keys, cursor = tick(cursor)
    assert keys == [f"{REPORT_JOB} after {published}"]
    assert tick(cursor)[0] == []  # what the report's own run did asks for nothing


def test_a_run_that_makes_reports_reads_no_file(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    """The sensor of data/raw does not take it for one that is about to read what has come."""
    folder = make_data_dir(tmp_path / "data", "employment/2024-Q4")
    quarters = range_tags(Quarter(2024, 4), Quarter(2024, 4))
    create_run_for_test(instance, job_name=REPORT_JOB, status=dg.DagsterRunStatus.STARTING, tags=quarters)
    sensor, cursor = raw_files_sensor(settings_of(folder)), None
    asked_for: list[str] = []
    for _ in range(3):
        context = dg.build_sensor_context(
            instance=instance, cursor=cursor, repository_def=build_defs(folder).get_repository_def()
        )
        found = sensor.evaluate_tick(context)
        cursor = found.cursor
        for event in found.asset_events:
            instance.report_runless_asset_event(event)
        asked_for += [request.run_key or "" for request in found.run_requests or []]
    assert any("2024-Q4" in key for key in asked_for)
