"""The raw folders as Dagster knows them: exactly what changed is reported, and what was made from it is stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg

from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.raw_files import observe, versions
from lagi_pipeline_tests.running import edit_meta, settings_of

Make = Callable[..., Path]


def _tick(data_dir: Path, cursor: str | None) -> tuple[set[str], Any]:
    """The folders that the sensor reports, and where it goes on from."""
    repository = build_defs(data_dir).get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor, repository_def=repository)
        result = repository.get_sensor_def("raw_files").evaluate_tick(context)
    reported = {f"{event.asset_key.to_user_string()} {event.partition}" for event in result.asset_events}
    return reported, result.cursor


def test_the_sensor_reports_what_changed_and_nothing_twice(data_dir: Make) -> None:
    folder = data_dir("waste", "water/2024-Q4", "crops/2024-Q4")
    first, cursor = _tick(folder, None)
    assert "raw/water 2024-10-01" in first
    assert "raw/forestry 2024-10-01" in first  # crops are the forestry feed's second folder
    assert len(first) == 9
    again, cursor = _tick(folder, cursor)
    assert again == set()
    changed = folder / "raw" / "waste" / "2024-Q3" / "chat-thai-ran-2024-Q3.xlsx"
    changed.write_bytes(changed.read_bytes() + b" ")
    third, cursor = _tick(folder, cursor)
    assert third == {"raw/waste 2024-07-01"}
    assert _tick(folder, cursor)[0] == set()


def test_a_changed_meta_file_is_a_change_and_a_stray_is_none(data_dir: Make) -> None:
    folder = data_dir("waste/2024-Q3")
    _, cursor = _tick(folder, None)
    path = folder / "raw" / "waste" / "2024-Q3" / "chat-thai-ran-2024-Q3.xlsx"
    (path.parent / ".DS_Store").write_bytes(b"x")
    assert _tick(folder, cursor)[0] == set()
    edit_meta(path, withdrawn=True)
    assert _tick(folder, cursor)[0] == {"raw/waste 2024-07-01"}


def test_a_file_that_goes_is_a_change(data_dir: Make) -> None:
    folder = data_dir("exports/2024-Q2")
    before = versions(settings_of(folder))
    (folder / "raw" / "exports" / "2024-Q2" / "xuat-khau-2024-Q2-dinh-chinh.xlsx").unlink()
    assert versions(settings_of(folder)) != before


def test_the_sensor_runs_by_default(data_dir: Make) -> None:
    sensor = build_defs(data_dir()).get_repository_def().get_sensor_def("raw_files")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == 60


def test_the_command_line_reports_each_folder_once(data_dir: Make) -> None:
    folder = data_dir("waste")
    with dg.DagsterInstance.ephemeral() as instance:
        assert observe(settings_of(folder), instance) == 7
        assert observe(settings_of(folder), instance) == 0
        path = folder / "raw" / "waste" / "2024-Q3" / "chat-thai-ran-2024-Q3.xlsx"
        path.write_bytes(path.read_bytes() + b" ")
        assert observe(settings_of(folder), instance) == 1


def test_exactly_the_changed_quarter_is_stale(data_dir: Make) -> None:
    from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus  # noqa: PLC0415 - Dagster's own
    from dagster._core.loader import LoadingContextForTest  # noqa: PLC0415

    folder = data_dir("waste/2024-Q1", "waste/2024-Q3")
    settings, defs = settings_of(folder), build_defs(folder)
    asset, quarters = dg.AssetKey(["feeds", "waste"]), ("2024-01-01", "2024-07-01")
    with dg.DagsterInstance.ephemeral() as instance:
        observe(settings, instance)
        for quarter in quarters:
            done = defs.resolve_job_def("quarterly_attainment").execute_in_process(
                instance=instance, partition_key=quarter, asset_selection=[asset]
            )
            assert done.success

        def stale() -> list[str]:
            context = LoadingContextForTest(instance)
            resolver = CachingStaleStatusResolver(instance, defs.resolve_asset_graph(), context)
            return [quarter for quarter in quarters if resolver.get_status(asset, quarter) is StaleStatus.STALE]

        assert stale() == []
        path = folder / "raw" / "waste" / "2024-Q3" / "chat-thai-ran-2024-Q3.xlsx"
        path.write_bytes(path.read_bytes() + b" ")
        observe(settings, instance)
        assert stale() == ["2024-07-01"]
