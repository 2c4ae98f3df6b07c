"""When which quarter is looked at: every tick of two years, its partition, and what its run is told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.definitions.schedule_definition import ScheduleExecutionData
from dagster._utils.schedules import schedule_execution_time_iterator

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline_tests.running import RAW, make_data_dir

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TICKS = {
    "preliminary_schedule": {
        f"{year}-{month:02}-15": f"{year}-{month - 2:02}-01" for year in (2024, 2025) for month in (3, 6, 9, 12)
    },
    "final_schedule": {
        "2024-01-20": "2023-10-01",
        "2024-04-20": "2024-01-01",
        "2024-07-20": "2024-04-01",
        "2024-10-20": "2024-07-01",
        "2025-01-20": "2024-10-01",
        "2025-04-20": "2025-01-01",
        "2025-07-20": "2025-04-01",
        "2025-10-20": "2025-07-01",
    },
    "year_estimate_schedule": {"2024-11-25": "2024-10-01", "2025-11-25": "2025-10-01"},
    "year_closing_schedule": {"2024-02-05": "2023-10-01", "2025-02-05": "2024-10-01"},
}
DEMANDED = {
    "preliminary_schedule": "ESTIMATE",
    "final_schedule": "PRELIMINARY",
    "year_estimate_schedule": "ESTIMATE",
    "year_closing_schedule": "FINAL",
}


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_defs(RAW.parent).get_repository_def()


def _ticks(schedule: dg.ScheduleDefinition) -> list[datetime]:
    start, end = datetime(2024, 1, 1, tzinfo=ZONE), datetime(2026, 1, 1, tzinfo=ZONE)
    found: list[datetime] = []
    for tick in schedule_execution_time_iterator(
        start.timestamp(), schedule.cron_schedule, schedule.execution_timezone
    ):
        if tick >= end:
            return found
        found.append(tick)
    raise AssertionError("a schedule that ends")


def _evaluated(repository: dg.RepositoryDefinition, name: str, tick: datetime) -> ScheduleExecutionData:
    context = dg.build_schedule_context(scheduled_execution_time=tick, repository_def=repository)
    schedule = repository.get_schedule_def(name)
    return schedule.evaluate_tick(context)


@pytest.mark.parametrize("name", TICKS)
def test_every_tick_of_two_years_takes_its_quarter(repository: dg.RepositoryDefinition, name: str) -> None:
    schedule = repository.get_schedule_def(name)
    chosen = {}
    for tick in _ticks(schedule):
        local = tick.astimezone(ZONE)
        assert (local.hour, local.minute) == (8, 0)
        [request] = _evaluated(repository, name, tick).run_requests or []
        chosen[local.date().isoformat()] = request.partition_key
        config = request.run_config["resources"]["evaluation"]["config"]
        assert datetime.fromisoformat(config["evaluated_at"]).replace(tzinfo=None) == local.replace(tzinfo=None)
        assert config["demanded_status"] == DEMANDED[name]
        assert schedule.job_name == name.removesuffix("_schedule")
    assert chosen == TICKS[name]


def test_the_table_is_of_all_schedules_and_all_run_by_default(repository: dg.RepositoryDefinition) -> None:
    schedules = {schedule.name: schedule for schedule in repository.schedule_defs}
    assert set(schedules) == set(TICKS)
    for schedule in schedules.values():
        assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
        assert schedule.execution_timezone == "Asia/Ho_Chi_Minh"
        said = str(schedule.description)
        for day, key in TICKS[schedule.name].items():
            at, quarter = date.fromisoformat(day), Quarter.containing(date.fromisoformat(key))
            last_year = " năm trước" if quarter.year < at.year else ""
            assert f"{at:%d/%m}: quý {quarter.roman}{last_year}" in said


def test_each_tick_of_a_quarter_is_a_run_of_its_own(repository: dg.RepositoryDefinition) -> None:
    """Run keys: the same tick twice is one run, another phase or quarter is another."""
    keys = [
        request.run_key
        for name in TICKS
        for tick in _ticks(repository.get_schedule_def(name))
        for request in _evaluated(repository, name, tick).run_requests or []
    ]
    assert len(keys) == len(set(keys)) == sum(map(len, TICKS.values()))


def test_the_partition_exists_at_the_time_of_the_tick(repository: dg.RepositoryDefinition) -> None:
    """The preliminary run is of a quarter that has not ended."""
    partitions = repository.get_job("preliminary").partitions_def
    assert isinstance(partitions, dg.TimeWindowPartitionsDefinition)
    for day, key in TICKS["preliminary_schedule"].items():
        tick = datetime.fromisoformat(f"{day}T08:00").replace(tzinfo=ZONE)
        with partition_loading_context(effective_dt=tick):
            assert partitions.get_last_partition_key() == key


def test_a_quarter_before_the_places_first_is_skipped(tmp_path: Path) -> None:
    data_dir = make_data_dir(tmp_path / "data")
    path = data_dir / "raw" / "place" / "place.yaml"
    path.write_text(path.read_text("utf-8").replace("first_quarter: 2022-Q4", "first_quarter: 2024-Q1"), "utf-8")
    repository = build_defs(data_dir).get_repository_def()
    evaluated = _evaluated(repository, "final_schedule", datetime(2024, 1, 20, 8, tzinfo=ZONE))
    assert not evaluated.run_requests
    assert "2024-Q1" in str(evaluated.skip_message)


def test_jobs_carry_what_they_demand_when_started_by_hand(repository: dg.RepositoryDefinition) -> None:
    for name, demanded in DEMANDED.items():
        job = repository.get_job(name.removesuffix("_schedule"))
        assert job.partitioned_config is not None
        config = job.partitioned_config.get_run_config_for_partition_key("2024-10-01")
        assert config == {"resources": {"evaluation": {"config": {"demanded_status": demanded}}}}
