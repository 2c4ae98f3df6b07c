"""A withdrawal is an event: what was known before it stays known, and reading again moves nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.steps.compute import Situation, compute_history, rebuild_measures
from lagi_pipeline.steps.ingest import Ingested, Ingestion
from lagi_pipeline_tests.running import edit_meta, meta_of, query, settings_of, working

DataDir = Callable[..., Path]
QUARTER = Quarter(2024, 3)
MARCH, APRIL, MAY, JUNE = (datetime(2025, month, 1, 8) for month in (3, 4, 5, 6))  # noqa: DTZ001 - local time
RECEIVED = datetime(2024, 10, 9, 8, 30)  # noqa: DTZ001 - of the sample


def ingest(folder: Path, seen_at: datetime = MARCH) -> Ingested:
    """Read the exports of 2024-Q3 once."""
    settings = settings_of(folder)
    entry = settings.catalogue.feeds["exports"]
    made = Ingestion(FEEDS["exports"], entry, settings.place, settings.raw_dir, settings.warehouse, seen_at)
    with settings.warehouse.lock(5, "test"), settings.warehouse.write() as connection:
        return made.run(connection, QUARTER)


def vintage(folder: Path) -> dict[str, Any]:
    with working(folder) as connection:
        [found] = query(connection, "SELECT received_at, withdrawn, withdrawn_at, restored_at FROM core.vintage")
    return found


def refusal(folder: Path) -> dict[str, Any]:
    with working(folder) as connection:
        [found] = query(connection, "SELECT rule, reason, received_at FROM quarantine.rejected_file")
    return found


def known(folder: Path) -> list[tuple[datetime, float | None]]:
    """(known from, figure) of the quarter's exports, from the receipt on."""
    settings = settings_of(folder)
    with working(folder) as connection:
        situation = Situation(settings.catalogue, settings.place, settings.raw_dir)
        rebuild_measures(connection, situation)
        states = compute_history(connection, situation, JUNE + timedelta(days=90)).observations
    figures: list[tuple[datetime, float | None]] = []
    for state in states:
        if (state.row.indicator_code, state.row.quarter) == ("export_turnover", QUARTER):
            value = None if state.row.value is None else float(state.row.value)
            if state.known_from >= RECEIVED and (not figures or figures[-1][1] != value):
                figures.append((state.known_from, value))
    return figures


@pytest.fixture
def folder(data_dir: DataDir) -> Path:
    return data_dir("exports/2024-Q3")


def only_file(folder: Path) -> Path:
    [path] = (folder / "raw" / "exports" / str(QUARTER)).glob("*.xlsx")
    return path


def test_a_withdrawal_counts_from_when_it_was_first_seen_however_often_it_is_read(folder: Path) -> None:
    ingest(folder, MARCH)
    edit_meta(only_file(folder), withdrawn=True)
    for moment in (APRIL, MAY):
        ingest(folder, moment)
        assert vintage(folder) == {
            "received_at": RECEIVED, "withdrawn": True, "withdrawn_at": APRIL, "restored_at": None,
        }  # fmt: skip
    assert known(folder) == [(RECEIVED, 134.2), (APRIL, None)]


def test_a_withdrawal_that_is_dated_counts_from_its_day(folder: Path) -> None:
    edit_meta(only_file(folder), withdrawn=True, withdrawn_at="2024-11-02T08:00:00+07:00")
    ingest(folder)
    assert known(folder) == [(RECEIVED, 134.2), (datetime.fromisoformat("2024-11-02T08:00"), None)]
    edit_meta(only_file(folder), withdrawn=True, withdrawn_at="2024-11-05T08:00:00")
    ingest(folder, APRIL)
    assert known(folder)[-1] == (datetime.fromisoformat("2024-11-05T08:00"), None)


def test_a_withdrawal_taken_back_lets_the_figure_count_again_and_keeps_the_time_between(folder: Path) -> None:
    edit_meta(only_file(folder), withdrawn=True)
    ingest(folder, MARCH)
    edit_meta(only_file(folder), withdrawn=False)
    for moment in (APRIL, MAY):
        ingest(folder, moment)
        assert vintage(folder) == {
            "received_at": RECEIVED, "withdrawn": False, "withdrawn_at": MARCH, "restored_at": APRIL,
        }  # fmt: skip
    assert known(folder) == [(RECEIVED, 134.2), (MARCH, None), (APRIL, 134.2)]


def test_of_several_withdrawals_the_last_is_kept(folder: Path) -> None:
    for moment, withdrawn in ((MARCH, True), (APRIL, False), (MAY, True), (JUNE, True)):
        edit_meta(only_file(folder), withdrawn=withdrawn)
        ingest(folder, moment)
    assert (vintage(folder)["withdrawn_at"], vintage(folder)["restored_at"]) == (MAY, None)
    assert known(folder) == [(RECEIVED, 134.2), (MAY, None)]


@pytest.mark.parametrize(
    ("said", "rule", "words"),
    [
        ({"withdrawn": True, "withdrawn_at": "2024-10-09T08:29:00+07:00"}, "meta", "trước lúc nhận"),
        ({"withdrawn": True, "withdrawn_at": "2025-03-02T08:00:00+07:00"}, "future", "02/03/2025 sau ngày chạy"),
        ({"withdrawn_at": "2024-11-02T08:00:00+07:00"}, "meta", "withdrawn: true"),
        ({"withdrawn": True, "withdrawn_at": "0001-01-01T00:00:00+14:00"}, "meta", "không phải một thời điểm có thật"),
        ({"withdrawn": True, "withdrawn_at": "hôm qua"}, "meta", "withdrawn_at"),
    ],
)
def test_a_withdrawal_that_cannot_be_meant_refuses_its_file_and_names_the_meta_file(
    folder: Path, said: dict[str, object], rule: str, words: str
) -> None:
    edit_meta(only_file(folder), **said)
    assert len(ingest(folder).refused) == 1
    found = refusal(folder)
    assert found["rule"] == rule
    assert words in found["reason"]
    assert meta_of(only_file(folder)).name in found["reason"]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"received_at": "2025-03-03T08:00:00+07:00"}, "received_at"),
        ({"received_at": "2042-10-09T08:30:00+07:00"}, "received_at"),
        ({"received_at": "2042-10-09T08:30:00+07:00", "as_of": "2042-09-30"}, "received_at"),
    ],
)
def test_what_is_of_a_day_after_the_run_is_refused_and_what_was_read_before_stays(
    folder: Path, said: dict[str, object], key: str
) -> None:
    edit_meta(only_file(folder), **said)
    assert len(ingest(folder).refused) == 1
    found = refusal(folder)
    assert (found["rule"], found["received_at"]) == ("future", MARCH)
    assert f"{meta_of(only_file(folder)).name}: {key}" in found["reason"]
    assert "sau ngày chạy 01/03/2025" in found["reason"]


def test_a_machine_whose_clock_is_behind_destroys_nothing_that_was_read_before(folder: Path) -> None:
    ingest(folder, MARCH)
    read = vintage(folder)
    early = datetime.fromisoformat("2001-01-01T00:00")
    assert len(ingest(folder, early).refused) == 1
    assert vintage(folder) == read
    assert "đồng hồ" in refusal(folder)["reason"]
    assert ingest(folder, APRIL).refused == []
    assert vintage(folder) == read
    assert known(folder) == [(RECEIVED, 134.2)]


def test_a_clock_a_few_hours_behind_refuses_nothing(folder: Path) -> None:
    edit_meta(only_file(folder), received_at="2025-03-01T18:00:00+07:00")
    assert ingest(folder, MARCH).refused == []
