"""The raw folders as Dagster knows them: exactly what changed is reported, and what was made from it is stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg

from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.raw_files import Source, last_report, look, observe, removed_files
from lagi_pipeline_tests.running import edit_meta, settings_of

Make = Callable[..., Path]


def _source(folder: Path, name: str) -> Source:
    [found] = [source for source in look(settings_of(folder)) if source.name == name]
    return found


def _waste(folder: Path) -> Path:
    return folder / "raw" / "waste" / "2024-Q3" / "chat-thai-ran-2024-Q3.xlsx"


def test_the_command_line_reports_each_folder_once(data_dir: Make) -> None:
    folder = data_dir("waste", "crops/2024-Q4")
    with dg.DagsterInstance.ephemeral() as instance:
        resolutions = 2
        assert observe(settings_of(folder), instance) == 7 + 1 + resolutions
        assert observe(settings_of(folder), instance) == 0
        path = _waste(folder)
        path.write_bytes(path.read_bytes() + b" ")
        assert observe(settings_of(folder), instance) == 1
        forestry = _source(folder, "forestry/2024-Q4")  # crops are the forestry feed's second folder
        assert last_report(instance, forestry).version == forestry.version


def test_a_changed_meta_file_is_a_change_and_a_stray_is_none(data_dir: Make) -> None:
    folder = data_dir("waste/2024-Q3")
    before = _source(folder, "waste/2024-Q3").version
    (_waste(folder).parent / ".DS_Store").write_bytes(b"x")
    (_waste(folder).parent / "report.xlsx.part").write_bytes(b"x")
    assert _source(folder, "waste/2024-Q3").version == before
    edit_meta(_waste(folder), withdrawn=True)
    assert _source(folder, "waste/2024-Q3").version != before


def test_a_file_that_goes_is_a_change_and_is_named_once(data_dir: Make) -> None:
    folder = data_dir("exports/2024-Q2")
    name = "exports/2024-Q2/xuat-khau-2024-Q2-dinh-chinh.xlsx"
    with dg.DagsterInstance.ephemeral() as instance:
        observe(settings_of(folder), instance)
        (folder / "raw" / name).unlink()
        after = _source(folder, "exports/2024-Q2")
        assert removed_files(after, last_report(instance, after)) == [name]
        assert observe(settings_of(folder), instance) == 1
        assert removed_files(after, last_report(instance, after)) == []
        report = last_report(instance, after)
        assert list(report.gone) == [name]
        assert report.version == after.version


def test_what_is_reported_of_a_folder_stands_in_its_observation(data_dir: Make) -> None:
    folder = data_dir("exports/2024-Q2")
    name = "exports/2024-Q2/xuat-khau-2024-Q2-dinh-chinh.xlsx"
    with dg.DagsterInstance.ephemeral() as instance:
        observe(settings_of(folder), instance)
        (folder / "raw" / name).unlink()
        observe(settings_of(folder), instance)
        [record] = instance.fetch_observations(dg.AssetKey(["raw", "exports"]), limit=1).records
    said = record.asset_observation
    assert said is not None
    assert said.partition == "2024-04-01"
    assert said.tags["dagster/data_version"] == _source(folder, "exports/2024-Q2").version
    assert said.metadata["removed_files"].value == name
    assert said.metadata["quarter"].value == "2024-Q2"


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
        path = _waste(folder)
        path.write_bytes(path.read_bytes() + b" ")
        observe(settings, instance)
        assert stale() == ["2024-07-01"]
