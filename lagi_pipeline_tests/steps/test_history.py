"""A file is compared with what was known when it came: earlier quarters, and the version of its quarter before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lagi_pipeline.catalogue.place import Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import History
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.steps.ingest import Ingestion, read_history
from lagi_pipeline_tests.running import edit_meta, query, settings_of, working

DataDir = Callable[..., Path]
SEEN = datetime(2025, 3, 1, 8)  # noqa: DTZ001 - local time
Q2 = Quarter(2024, 2)
FIRST, CORRECTION = "xuat-khau-2024-Q2.xlsx", "xuat-khau-2024-Q2-dinh-chinh.xlsx"
RECEIVED = {FIRST: datetime(2024, 7, 9, 8, 30), CORRECTION: datetime(2024, 7, 16, 10, 30)}  # noqa: DTZ001


def ingest(folder: Path, feed: str, *quarters: Quarter) -> None:
    settings = settings_of(folder)
    made = Ingestion(
        FEEDS[feed], settings.catalogue.feeds[feed], settings.place, settings.raw_dir, settings.warehouse, SEEN
    )
    with settings.warehouse.lock(5, "test"), settings.warehouse.write() as connection:
        for quarter in quarters:
            made.run(connection, quarter)


def history_of(folder: Path, feed: str, moment: datetime, *, sha256: str = "another", place: Place) -> History:
    """The history of a file of a feed's only quarter, or its later one."""
    [form] = FEEDS[feed].forms
    with working(folder) as connection:
        [latest] = query(connection, "SELECT max(quarter) AS quarter FROM core.vintage")
        quarter = Quarter.parse(latest["quarter"])
        return read_history(connection, form, quarter, moment, sha256=sha256, place=place)


def sha256_of(folder: Path, name: str) -> str:
    with working(folder) as connection:
        [found] = query(connection, "SELECT sha256 FROM core.vintage WHERE ends_with(file, ?)", f"/{name}")
    return str(found["sha256"])


def before(folder: Path, name: str, moment: datetime | None = None) -> float | None:
    """The total to date in the version before a file of exports."""
    place = settings_of(folder).place
    history = history_of(folder, "exports", moment or RECEIVED[name], sha256=sha256_of(folder, name), place=place)
    assert Q2 not in history.quarters
    return None if history.previous is None else float(history.previous["value_ytd"].max())


def warnings_of(folder: Path) -> list[dict[str, Any]]:
    sql = "SELECT * FROM quarantine.rejected_row WHERE rule = 'changed_since_version' ORDER BY cell"
    with working(folder) as connection:
        return query(connection, sql)


def meta(folder: Path, name: str, **changes: object) -> None:
    edit_meta(folder / "raw" / "exports" / str(Q2) / name, **changes)


@pytest.fixture
def exports(data_dir: DataDir) -> Path:
    return data_dir("exports/2024-Q1", "exports/2024-Q2")


def test_a_correction_is_compared_with_the_version_before_and_not_with_itself(exports: Path) -> None:
    for _ in range(2):  # what is read again is no version before itself
        ingest(exports, "exports", Q2.previous, Q2)
        assert before(exports, FIRST) is None
        assert before(exports, CORRECTION) == 86.3
    assert [row["cell"] for row in warnings_of(exports)] == ["E10", "E16", "G10", "G16"]
    assert {row["severity"] for row in warnings_of(exports)} == {"warning"}
    assert before(exports, CORRECTION, SEEN) == 86.3


def test_earlier_quarters_are_known_beside_it(exports: Path) -> None:
    ingest(exports, "exports", Q2.previous, Q2)
    place = settings_of(exports).place
    history = history_of(exports, "exports", SEEN, sha256=sha256_of(exports, FIRST), place=place)
    assert set(history.quarters) == {Q2.previous}
    assert history.previous is not None
    assert history.previous["value_ytd"].max() == 84.9


@pytest.mark.parametrize("received_at", ["2024-07-16T10:30:00+07:00", "2024-07-17T08:00:00+07:00"])
def test_what_came_at_the_same_time_or_later_is_not_before(exports: Path, received_at: str) -> None:
    meta(exports, FIRST, received_at=received_at)
    ingest(exports, "exports", Q2)
    assert before(exports, CORRECTION) is None


def test_a_version_that_was_withdrawn_by_then_is_not_compared_with(exports: Path) -> None:
    meta(exports, FIRST, withdrawn=True, withdrawn_at="2024-07-12T08:00:00+07:00")
    ingest(exports, "exports", Q2)
    assert before(exports, CORRECTION) is None
    assert warnings_of(exports) == []


def test_a_version_that_was_withdrawn_later_is_compared_with(exports: Path) -> None:
    meta(exports, FIRST, withdrawn=True, withdrawn_at="2024-07-20T08:00:00+07:00")
    ingest(exports, "exports", Q2)
    assert before(exports, CORRECTION) == 86.3
    assert before(exports, CORRECTION, SEEN) is None


def test_a_version_whose_key_row_failed_is_not_compared_with(exports: Path) -> None:
    ingest(exports, "exports", Q2)
    with working(exports) as connection:
        connection.execute("UPDATE core.vintage SET problem = 'dòng 16' WHERE sha256 = ?", [sha256_of(exports, FIRST)])
    assert before(exports, CORRECTION) is None


def test_a_unit_has_no_history_from_before_it_came_into_being(data_dir: DataDir) -> None:
    """The code that a merged ward keeps meant a smaller one before."""
    folder = data_dir("waste/2024-Q3", "waste/2024-Q4")
    now = Quarter(2024, 4)
    ingest(folder, "waste", now.previous, now)
    place = settings_of(folder).place
    code = place.units_on(now.end)[0].code
    merged = replace(place, units=tuple(_since(place.units, code, now)))
    for known, has_history in ((place, True), (merged, False)):
        history = history_of(folder, "waste", SEEN, place=known)
        earlier, previous = history.of(now.previous), history.previous
        assert earlier is not None
        assert previous is not None
        assert (code in set(earlier["unit_code"])) is has_history
        assert code in set(previous["unit_code"])
        assert len(earlier) == (9 if has_history else 8)


def _since(units: Iterable[Unit], code: str, quarter: Quarter) -> Iterable[Unit]:
    day = quarter.start + timedelta(days=14)
    return (unit.model_copy(update={"valid_from": day}) if unit.code == code else unit for unit in units)
