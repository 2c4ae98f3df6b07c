"""What the checks and the assets' pages say of the sample data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.steps import gate
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import COMPUTED, line, run

OBSERVATION = COMPUTED[1]


def _pages(town: Town, key: list[str]) -> list[Any]:
    return [m for m in town.outcome.result.get_asset_materialization_events() if m.asset_key == dg.AssetKey(key)]


def test_the_printed_plan_that_differs_is_named(town: Town) -> None:
    """Form 94 of 2024-Q3 prints the council's plan as 190 where targets.yaml has 191, which leads."""
    check = town.outcome.check("printed_plans_agree")
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    said = check.metadata["differences"].value
    assert "budget_revenue 2024-Q3 (council): 190" in said
    assert "191 in targets.yaml" in said
    assert "\n" not in said
    assert line(town.data_dir, "2024-Q3", "budget_revenue", "council")["target"] == 191


def test_no_figure_is_weaker_than_a_preliminary_run_demands(town: Town) -> None:
    assert town.outcome.check("figures_have_the_demanded_status").passed


def test_a_final_run_names_the_estimates_that_answer(town_copy: Path) -> None:
    """In December 2024 the year's revenue is an estimate."""
    outcome = run(
        town_copy,
        "2024-Q4",
        "2024-Q4",
        evaluated_at=datetime.fromisoformat("2024-12-20T08:00"),
        demanded=ObsStatus.PRELIMINARY,
        only=COMPUTED,
    )
    check = outcome.check("figures_have_the_demanded_status")
    assert not check.passed
    assert not check.blocking
    assert check.metadata["weaker"].value == "budget_revenue 2024-Q4: estimate"


def test_the_gate_passes_and_is_shown_rule_by_rule(town: Town) -> None:
    for rule in gate.RULES:
        check = town.outcome.check(rule)
        assert check.passed
        assert check.blocking
        assert check.metadata["failures"].value == 0


def test_the_form_check_of_a_feed_names_cells(town: Town) -> None:
    check = town.outcome.check("rows_follow_the_form", "feeds/fisheries_landings")
    assert not check.passed
    assert "| F14 | error |" in check.metadata["findings"].value
    assert town.outcome.check("rows_follow_the_form", "feeds/waste").passed  # warnings accept their rows


def test_the_attainment_asset_shows_its_table_for_each_quarter(town: Town) -> None:
    shown = {event.partition: event.materialization.metadata for event in _pages(town, ["mart", "attainment"])}
    assert len(shown) == 9
    table = shown["2024-10-01"]["attainment"].value
    assert table.startswith("| TT | Chỉ tiêu |")
    assert table.count("\n| ") == 13  # the rule and the twelve lines
    assert "94,60(*)" in table
    assert shown["2024-10-01"]["quarter"].value == "2024-Q4"
    assert "không có chỉ tiêu" in shown["2022-10-01"]["attainment"].value


def test_a_feed_asset_counts_its_rows_for_each_quarter(town: Town) -> None:
    shown = {event.partition: event.materialization.metadata for event in _pages(town, ["feeds", "exports"])}
    quarter = shown["2024-04-01"]
    assert quarter["files"].value == 2
    assert quarter["dagster/partition_row_count"].value == 14
    assert quarter["rows_read"].value > 14
    assert quarter["quarter"].value == "2024-Q2"


def test_the_published_asset_tells_path_and_rows(town: Town) -> None:
    metadata = _pages(town, ["published", "lagi"])[0].materialization.metadata
    assert Path(metadata["path"].value) == town.data_dir / "warehouse" / "lagi.duckdb"
    assert metadata["size_bytes"].value == (town.data_dir / "warehouse" / "lagi.duckdb").stat().st_size


def test_a_run_whose_moment_is_not_given_evaluates_when_it_was_created(village_copy: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        outcome = run(
            village_copy,
            "2024-Q4",
            "2024-Q4",
            evaluated_at=None,
            only=[*COMPUTED, ["published", "lagi"]],
            instance=instance,
        )
        record = instance.get_run_record_by_id(outcome.result.run_id)
    assert outcome.success
    assert record is not None
    stored = line(village_copy, "2024-Q4", "jobs")["evaluated_at"]
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - for this alone

    created = record.create_timestamp.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).replace(tzinfo=None)
    assert abs((stored - created).total_seconds()) < 1
