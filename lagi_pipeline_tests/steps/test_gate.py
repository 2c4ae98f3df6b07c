"""The gate: each rule sees what is wrong, and nothing that fails one is published, however publishing is asked for."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import instance_for_test
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.backfill import execute_backfill_iteration
from dagster_graphql.client.query import LAUNCH_PARTITION_BACKFILL_MUTATION
from dagster_graphql.test.utils import execute_dagster_graphql

from lagi_pipeline.steps import gate
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import COMPUTED, LAST, PUBLISHED, ask, run, settings_of, working

UNREAD = "UPDATE core.vintage SET rows_read = rows_read + 1 WHERE quarter = '2024-Q1' AND form = 'employment'"
"""Our own error in a quarter that is not read again."""
TAMPERED = {
    "row_arithmetic": [UNREAD, "DELETE FROM feeds.employment WHERE quarter = '2023-Q2' AND unit_code = '23231'"],
    "unique_keys": [
        "INSERT INTO core.measure SELECT * FROM core.measure LIMIT 1",
        "INSERT INTO mart.attainment SELECT * FROM mart.attainment LIMIT 1",
    ],
    "complete_lines": ["DELETE FROM mart.attainment WHERE quarter = '2024-Q2' AND indicator_code = 'jobs'"],
    "reproducible": [
        "UPDATE mart.attainment SET actual = actual + 1 WHERE quarter = '2024-Q2' AND indicator_code = 'jobs'",
        "UPDATE mart.attainment SET reason = 'không' WHERE quarter = '2024-Q2' AND indicator_code = 'green_cover'",
        "DELETE FROM mart.attainment_by_unit WHERE quarter = '2024-Q2' AND unit_code = '23231'",
        "UPDATE mart.iuu_compliance SET vms_fitted = vms_required WHERE length_class = 'all'",
        "UPDATE mart.attainment SET evaluated_at = evaluated_at + INTERVAL 1 DAY",
        "DELETE FROM core.measure WHERE quarter = '2024-Q1'",
        "DELETE FROM mart.attainment_history WHERE known_to < TIMESTAMP '2024-04-01'",
        "UPDATE core.observation_history SET known_from = known_from - INTERVAL 1 DAY WHERE value IS NOT NULL",
        "DELETE FROM core.observation",
        "UPDATE mart.feed_scorecard SET on_time = 1 WHERE status = 'missing'",
        "DELETE FROM mart.overdue",
        "UPDATE mart.year_verdict SET met = met + 1 WHERE year = 2024 AND plan_source = 'leading'",
        "UPDATE mart.attainment_by_plan SET council_target = 1 WHERE quarter = '2024-Q2' AND indicator_code = 'jobs'",
        "DELETE FROM core.measure_cell WHERE quarter = '2024-Q4'",
        "UPDATE core.measure_cell SET text = '1' WHERE quarter = '2024-Q1'",
        "UPDATE mart.trace SET cell = 'A1' WHERE quarter = '2024-Q4'",
        "UPDATE mart.trace_line SET derivation_vi = 'không' WHERE quarter = '2024-Q4'",
    ],
    "traced": [
        "DELETE FROM mart.trace WHERE quarter = '2024-Q4' AND indicator_code = 'jobs' AND role <> 'target'",
        "DELETE FROM mart.trace WHERE quarter = '2024-Q4' AND indicator_code = 'clean_water' AND role = 'target'",
    ],
    "no_personal_data": [
        'UPDATE quarantine.rejected_row SET raw_row = \'{"Chủ tàu": "Nguyễn Văn A"}\' WHERE row = 1941',
        "ALTER TABLE feeds.fisheries_vessels ADD COLUMN owner VARCHAR",
        "UPDATE core.vintage SET title = 'NĂM 2024, CCCD 060123456789' WHERE quarter = '2024-Q1'",
        "UPDATE feeds.employment SET unit_label = '0912 345 678' WHERE quarter = '2024-Q1'",
        "UPDATE quarantine.rejected_row SET reason = 'thấy «060.123.456.789»'",
        'UPDATE quarantine.rejected_row SET raw_row = \'{"Ghi chú": "CCCD 060123456789"}\'',
    ],
}
CASES = [(rule, sql) for rule, statements in TAMPERED.items() for sql in statements]


def _failures(data_dir: Path) -> dict[str, tuple[str, ...]]:
    with working(data_dir) as connection:
        return {v.rule: v.failures for v in gate.examine(connection, settings_of(data_dir).situation) if not v.passed}


def test_the_tables_as_they_are_pass_every_rule(village_copy: Path) -> None:
    assert set(TAMPERED) == set(gate.RULES)
    assert _failures(village_copy) == {}


@pytest.mark.parametrize(("rule", "sql"), CASES)
def test_a_rule_fails_where_its_table_was_tampered_with(village: Town, rule: str, sql: str) -> None:
    with working(village.data_dir) as connection:
        connection.begin()
        connection.execute(sql)
        found = tuple(gate.RULES[rule][1](connection, settings_of(village.data_dir).situation))
        connection.rollback()
    assert found


def test_what_blocks_is_told_by_rule_and_finding(village_copy: Path) -> None:
    with working(village_copy) as connection:
        connection.execute(UNREAD)
        connection.execute(TAMPERED["complete_lines"][0])
        verdicts = gate.examine(connection, settings_of(village_copy).situation)
    with pytest.raises(gate.GateError) as caught:
        gate.require(verdicts)
    assert "row_arithmetic: employment 2024-Q1 employment/2024-Q1/viec-lam-2024-Q1.xlsx" in str(caught.value)
    assert "complete_lines: no line for jobs against party_resolution in 2024-Q2" in str(caught.value)
    assert "unique_keys" not in str(caught.value)


def _tamper(data_dir: Path) -> bytes:
    """Break the row arithmetic of a quarter that is not read again; the published file as it is."""
    with working(data_dir) as connection:
        connection.execute(UNREAD)
    return _published_bytes(data_dir)


def _published_bytes(data_dir: Path) -> bytes:
    return (data_dir / "warehouse" / "lagi.duckdb").read_bytes()


def test_a_run_of_the_main_job_is_blocked_and_the_published_file_stays(village_copy: Path) -> None:
    before = _tamper(village_copy)
    outcome = run(village_copy, LAST, LAST)
    assert not outcome.success
    check = outcome.check("row_arithmetic")
    assert check.blocking
    assert not check.passed
    assert "viec-lam-2024-Q1.xlsx" in check.metadata["first"].value
    assert outcome.check("unique_keys").passed
    assert not outcome.result.asset_materializations_for_node("published__lagi")
    assert _published_bytes(village_copy) == before


def test_publishing_alone_is_blocked_too(village_copy: Path) -> None:
    before = _tamper(village_copy)
    outcome = run(village_copy, LAST, LAST, only=[PUBLISHED])
    assert not outcome.success
    assert outcome.failed_steps == {"published__lagi"}
    assert any("GateError" in event and "row_arithmetic" in event for event in outcome.events)
    assert _published_bytes(village_copy) == before


def test_publishing_alone_publishes_what_passes(village_copy: Path) -> None:
    published = village_copy / "warehouse" / "lagi.duckdb"
    published.unlink()
    assert run(village_copy, LAST, LAST, only=[PUBLISHED]).success
    assert ask(village_copy, "SELECT count(*) AS lines FROM mart.attainment")[0]["lines"] > 0


@contextmanager
def _code_location(data_dir: Path, folder: Path) -> Iterator[WorkspaceProcessContext]:
    """The code location of a data folder as the server holds it, on an instance that keeps its runs in a folder."""
    module = folder / "location.py"
    module.write_text(
        "from pathlib import Path\nfrom lagi_pipeline.orchestration.build import build_defs\n"
        f"defs = build_defs(Path({str(data_dir)!r}))\n",
        "utf-8",
    )
    at_once = {
        "run_launcher": {
            "module": "dagster._core.launcher.sync_in_memory_run_launcher",
            "class": "SyncInMemoryRunLauncher",
        },
        "run_coordinator": {"module": "dagster._core.run_coordinator", "class": "DefaultRunCoordinator"},
    }
    target = LoadableTargetOrigin(executable_path=sys.executable, python_file=str(module), attribute="defs")
    with (
        instance_for_test(overrides=at_once, temp_dir=str(folder)) as instance,
        WorkspaceProcessContext(
            instance, InProcessWorkspaceLoadTarget(InProcessCodeLocationOrigin(target, location_name="lagi"))
        ) as workspace,
    ):
        yield workspace


def _backfill(workspace: WorkspaceProcessContext, keys: list[list[str]], partitions: list[str]) -> list[dg.DagsterRun]:
    """Launch a backfill with the UI's mutation and let the daemon's own iterations carry it out; the runs they made."""
    parameters = {"partitionNames": partitions, "assetSelection": [{"path": key} for key in keys]}
    answer: Any = execute_dagster_graphql(
        workspace.create_request_context(), LAUNCH_PARTITION_BACKFILL_MUTATION, variables={"backfillParams": parameters}
    )
    launched = answer.data["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    for _ in range(10):
        errors = [e for e in execute_backfill_iteration(workspace, logging.getLogger("daemon")) if e is not None]
        assert not errors
        backfill = workspace.instance.get_backfill(launched["backfillId"])
        assert backfill is not None
        if backfill.status is not BulkActionStatus.REQUESTED:
            break
    else:
        pytest.fail("the backfill did not end")
    return list(workspace.instance.get_runs())


ALL_MADE = [["feeds", "employment"], ["feeds", "water"], *COMPUTED, PUBLISHED]


@pytest.mark.filterwarnings("ignore:coroutine 'BaseEventLoop:RuntimeWarning")
def test_a_backfill_through_the_ui_is_blocked_and_one_that_passes_publishes(village_copy: Path, tmp_path: Path) -> None:
    quarters = ["2024-07-01", "2024-10-01"]
    with _code_location(village_copy, tmp_path) as workspace:
        before = _published_bytes(village_copy)
        good = _backfill(workspace, ALL_MADE, quarters)
        assert [made.status for made in good] == [dg.DagsterRunStatus.SUCCESS]  # a range of quarters is one run
        after = _published_bytes(village_copy)
        assert after != before

        _tamper(village_copy)
        runs = _backfill(workspace, ALL_MADE, quarters)
        assert dg.DagsterRunStatus.FAILURE in {made.status for made in runs}
        assert len(runs) > len(good)
        assert _published_bytes(village_copy) == after

        alone = _backfill(workspace, [PUBLISHED], quarters)
        assert len(alone) > len(runs)
        assert alone[0].status is dg.DagsterRunStatus.FAILURE
        assert _published_bytes(village_copy) == after
