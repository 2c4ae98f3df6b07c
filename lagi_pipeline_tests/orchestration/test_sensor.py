"""The sensor of ``data/raw``: for what, when and how often it asks for a run."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._core.test_utils import create_run_for_test
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.dead_runs import process_tag
from lagi_pipeline.orchestration.raw_files import observe
from lagi_pipeline.orchestration.sensor import blocks
from lagi_pipeline.orchestration.settings import quarter_of, range_tags
from lagi_pipeline_tests.running import RAW, SETTLED, edit_meta, run, settings_of

Make = Callable[..., Path]
Q3 = "waste/2024-Q3/chat-thai-ran-2024-Q3.xlsx"


class Daemon:
    """Ticks the sensor of a data folder as Dagster's daemon does, and remembers what it asked for."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance) -> None:
        self.folder, self.instance = folder, instance
        self.repository = build_defs(folder).get_repository_def()
        self.cursor: str | None = None
        self.keys: set[str] = set()
        self.said = ""
        self.reported: list[str] = []

    def tick(self, *, dies: bool = False) -> list[str]:
        """The quarters of the runs asked for that were not before; where it dies, none is launched nor remembered."""
        sensor = self.repository.get_sensor_def("raw_files")
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor, repository_def=self.repository)
        result = sensor.evaluate_tick(context)
        for event in result.asset_events:
            self.instance.report_runless_asset_event(event)
        self.reported = [f"{event.asset_key.to_user_string()} {event.partition}" for event in result.asset_events]
        self.said = result.skip_message or ""
        if dies:
            return []
        self.cursor = result.cursor
        fresh = [request for request in result.run_requests or [] if request.run_key not in self.keys]
        self.keys |= {request.run_key or "" for request in fresh}
        return [request.tags["quarters"] for request in fresh]

    def ticks(self, count: int = 3) -> list[str]:
        """The quarters asked for in some ticks."""
        return [quarters for _ in range(count) for quarters in self.tick()]

    def change(self, name: str) -> Path:
        """Add a byte to a file."""
        path = self.folder / "raw" / name
        path.write_bytes(path.read_bytes() + b" ")
        return path


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def waste(data_dir: Make, instance: dg.DagsterInstance) -> Daemon:
    """The seven quarters of waste (2024-Q2 was never sent), with all of them asked for."""
    daemon = Daemon(data_dir("waste"), instance)
    daemon.ticks()
    return daemon


def test_what_lies_there_is_asked_for_in_a_run_a_block_of_quarters(
    data_dir: Make, instance: dg.DagsterInstance
) -> None:
    daemon = Daemon(data_dir("waste", "water/2024-Q4", "crops/2024-Q4"), instance)
    shutil.rmtree(daemon.folder / "raw" / "resolution")
    assert daemon.tick() == []
    assert "just come" in daemon.said
    assert daemon.tick() == ["2023-Q1..2024-Q1", "2024-Q3..2024-Q4"]
    assert len(daemon.reported) == 9
    assert "raw/forestry 2024-10-01" in daemon.reported  # crops are the forestry feed's second folder
    assert daemon.tick() == []
    assert daemon.said == "nothing to ask for in data/raw"


def test_a_changed_file_asks_for_its_quarter_once(waste: Daemon) -> None:
    waste.change(Q3)
    assert waste.tick() == []
    assert waste.tick() == ["2024-Q3..2024-Q3"]
    assert waste.reported == ["raw/waste 2024-07-01"]
    assert waste.ticks() == []


def test_a_changed_meta_file_asks_too(waste: Daemon) -> None:
    edit_meta(waste.folder / "raw" / Q3, withdrawn=True)
    assert waste.ticks() == ["2024-Q3..2024-Q3"]


def test_a_clock_that_changes_asks_for_nothing(waste: Daemon) -> None:
    for path in (waste.folder / "raw").rglob("*.*"):
        os.utime(path, (2_000_000_000, 2_000_000_000))
    assert waste.ticks() == []


def test_content_that_keeps_its_clock_and_length_is_seen(waste: Daemon) -> None:
    path = waste.folder / "raw" / Q3
    stamp, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert waste.ticks() == ["2024-Q3..2024-Q3"]


def test_a_file_that_is_being_copied_is_waited_for_with_its_whole_quarter(waste: Daemon) -> None:
    growing = waste.folder / "raw" / "water" / "2024-Q3" / "nuoc-sach.xlsx"
    growing.parent.mkdir(parents=True)
    content = (RAW / Q3).read_bytes()
    waste.change(Q3)
    waste.change("waste/2023-Q1/chat-thai-ran-2023-Q1.xlsx")
    asked = []
    for part in range(1, 5):
        growing.write_bytes(content[: len(content) * part // 4])
        asked.append(waste.tick())
    assert asked == [[], ["2023-Q1..2023-Q1"], [], []]
    assert "still being copied: water/2024-Q3/nuoc-sach.xlsx" in waste.said
    assert f"waiting for the rest of their quarter: {Q3}" in waste.said
    assert waste.ticks() == ["2024-Q3..2024-Q3"]


def test_a_copy_under_a_temporary_name_holds_nothing_up(waste: Daemon) -> None:
    waste.change(Q3)
    for part in range(3):
        for name in (".chat-thai.xlsx.Xy12", "chat-thai.xlsx.part", "~$chat-thai.xlsx"):
            (waste.folder / "raw" / "waste" / "2024-Q3" / name).write_bytes(b"x" * part)
        assert waste.tick() == ([] if part != 1 else ["2024-Q3..2024-Q3"])


def test_a_hundred_files_at_a_time_ask_for_one_run(waste: Daemon) -> None:
    for number in range(100):
        place = waste.folder / "raw" / "water" / str(Quarter(2023 + number // 4 % 2, number % 4 + 1))
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.xlsx").write_bytes(str(number).encode())
    assert waste.ticks(6) == ["2023-Q1..2024-Q4"]
    assert len(waste.cursor or "") < 1000


def test_a_removed_file_is_reported_and_asks_for_nothing(waste: Daemon) -> None:
    path = waste.folder / "raw" / Q3
    content = path.read_bytes()
    path.unlink()
    assert waste.tick() == []
    assert waste.tick() == []
    assert f"gone, what was read of them stays: {Q3}" in waste.said
    assert waste.reported == ["raw/waste 2024-07-01"]
    assert waste.ticks() == []
    assert "gone" not in waste.said
    path.write_bytes(content)  # back as it was: it was read
    assert waste.ticks() == []


def test_a_removed_folder_is_reported_too(waste: Daemon) -> None:
    (waste.folder / "raw" / "waste").rename(waste.folder / "elsewhere")
    assert waste.ticks(2) == []
    assert waste.said.count("waste/") == 5
    assert "and 2 more" in waste.said
    (waste.folder / "elsewhere").rename(waste.folder / "raw" / "waste")
    assert waste.ticks() == []


def test_a_file_beside_a_removed_one_asks(waste: Daemon) -> None:
    path = waste.folder / "raw" / Q3
    path.rename(path.with_name("renamed.xlsx"))
    assert waste.ticks() == ["2024-Q3..2024-Q3"]


def test_content_that_comes_back_over_another_asks_each_time(waste: Daemon) -> None:
    path = waste.folder / "raw" / Q3
    contents = [path.read_bytes() + b" ", path.read_bytes()]
    asked = []
    for content in contents * 2:
        path.write_bytes(content)
        asked += waste.ticks()
    assert asked == ["2024-Q3..2024-Q3"] * 4


@pytest.mark.parametrize("cursor", [None, "", "{}", "garbled", "null", '{"waste/2024-Q3": "0123"}', '{"families": 3}'])
def test_a_cursor_that_is_lost_or_odd_asks_for_nothing_again(waste: Daemon, cursor: str | None) -> None:
    waste.cursor = cursor
    assert waste.ticks() == []
    waste.change(Q3)
    assert waste.ticks() == ["2024-Q3..2024-Q3"]


def test_a_request_survives_a_daemon_that_dies_after_reporting(waste: Daemon) -> None:
    waste.change(Q3)
    waste.tick()
    waste.tick(dies=True)
    assert waste.reported == ["raw/waste 2024-07-01"]
    assert waste.tick() == ["2024-Q3..2024-Q3"]
    assert waste.ticks() == []


def test_a_second_look_at_the_same_change_has_the_same_key(waste: Daemon) -> None:
    waste.change(Q3)
    waste.tick()
    before = waste.cursor
    waste.tick()
    waste.cursor = before  # another daemon, or this one after it died
    assert waste.ticks() == []


def test_what_the_command_line_has_read_is_not_asked_for(data_dir: Make, instance: dg.DagsterInstance) -> None:
    daemon = Daemon(data_dir("waste/2024-Q1", "waste/2024-Q3"), instance)
    observe(settings_of(daemon.folder), instance)
    assert run(daemon.folder, "2023-Q1", "2024-Q4", evaluated_at=SETTLED, instance=instance).success
    assert daemon.ticks() == []
    assert daemon.said == "nothing to ask for in data/raw"


def test_what_a_run_on_the_command_line_left_out_is_asked_for(data_dir: Make, instance: dg.DagsterInstance) -> None:
    daemon = Daemon(data_dir("waste/2024-Q1", "waste/2024-Q3"), instance)
    observe(settings_of(daemon.folder), instance)
    assert run(daemon.folder, "2024-Q1", "2024-Q1", evaluated_at=SETTLED, instance=instance).success
    assert daemon.ticks() == ["2024-Q3..2024-Q3"]


def test_what_the_command_line_is_about_to_read_is_not_asked_for_at_once(waste: Daemon) -> None:
    waste.change(Q3)
    assert waste.tick() == []
    assert observe(settings_of(waste.folder), waste.instance) == 1
    assert waste.tick() == []  # its run may not have begun
    assert waste.tick() == ["2024-Q3..2024-Q3"]  # nor will it


def _starting(instance: dg.DagsterInstance, quarter: str) -> dg.DagsterRun:
    """A run of a quarter that has read nothing yet."""
    when = Quarter.parse(quarter)
    made: dg.DagsterRun = create_run_for_test(
        instance, status=dg.DagsterRunStatus.STARTING, tags=range_tags(when, when)
    )
    return made


@pytest.mark.parametrize(
    ("quarter", "asked"), [("2024-Q3", []), ("2024-Q4", ["2024-Q3..2024-Q3"])], ids=["its quarter", "another"]
)
def test_what_a_run_that_has_not_begun_will_read_is_not_asked_for(
    waste: Daemon, quarter: str, asked: list[str]
) -> None:
    _starting(waste.instance, quarter)
    waste.change(Q3)
    assert waste.ticks() == asked


def test_what_such_a_run_did_not_read_after_all_is_asked_for(waste: Daemon) -> None:
    starting = _starting(waste.instance, "2024-Q3")
    waste.change(Q3)
    assert waste.ticks() == []
    assert "queued or under way: waste/2024-Q3" in waste.said
    waste.instance.report_run_canceled(starting)
    assert waste.ticks() == ["2024-Q3..2024-Q3"]


def test_quarters_before_the_first_or_not_begun_wait_until_they_begin(waste: Daemon) -> None:
    for quarter in ("2019-Q1", "2025-Q2"):
        place = waste.folder / "raw" / "waste" / quarter
        place.mkdir()
        (place / "a.xlsx").write_bytes(quarter.encode())
    with _on("2025-03-31T23:59"):
        assert waste.ticks() == []
        assert "not begun, or before the first: waste/2019-Q1, waste/2025-Q2" in waste.said
    with _on("2025-04-01T00:01"):
        assert waste.ticks() == ["2025-Q2..2025-Q2"]
        assert waste.said.endswith("before the first: waste/2019-Q1")


def _on(moment: str) -> AbstractContextManager[object]:
    now = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    return partition_loading_context(effective_dt=now)


def test_changed_targets_ask_for_their_year(waste: Daemon) -> None:
    path = waste.folder / "raw" / "resolution" / "2024" / "targets.yaml"
    path.write_text(path.read_text("utf-8") + "# checked\n", "utf-8")
    assert waste.ticks() == ["2024-Q1..2024-Q4"]


def test_a_file_that_cannot_be_opened_is_named_and_holds_nothing_up(
    waste: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = waste.folder / "raw" / Q3
    opening = Path.open

    def refusing(path: Path, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever open takes
        if path == closed:
            raise PermissionError(path)
        return opening(path, *rest, **named)

    waste.change(Q3)
    waste.change("waste/2024-Q4/chat-thai-ran-2024-Q4.xlsx")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refusing)
        assert waste.ticks() == ["2024-Q4..2024-Q4"]
        assert f"cannot be opened: {Q3}" in waste.said
        assert "gone" not in waste.said
    assert waste.ticks() == ["2024-Q3..2024-Q3"]


def test_the_key_of_a_run_names_its_quarters(waste: Daemon) -> None:
    assert all(re.fullmatch(r"raw_files \d{4}-Q\d\.\.\d{4}-Q\d [0-9a-f]{16}", key) for key in waste.keys)


def test_the_sensor_runs_by_default(data_dir: Make) -> None:
    sensor = build_defs(data_dir()).get_repository_def().get_sensor_def("raw_files")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == 30


@given(st.sets(st.builds(Quarter, st.integers(2020, 2030), st.integers(1, 4))))
def test_blocks_are_the_quarters_without_gaps_between_them(quarters: set[Quarter]) -> None:
    found = blocks(quarters)
    assert [quarter for block in found for quarter in block] == sorted(quarters)
    assert all(one.next == other for block in found for one, other in itertools.pairwise(block))
    assert all(one[-1].next < other[0] for one, other in itertools.pairwise(found))


def test_a_run_of_all_assets_reads_every_feed_however_it_was_begun(waste: Daemon) -> None:
    """``lagi run`` executes the whole job in its own process: Dagster records an empty selection of it."""
    when = Quarter.parse("2024-Q3")
    create_run_for_test(
        waste.instance,
        status=dg.DagsterRunStatus.STARTING,
        tags=range_tags(when, when) | process_tag(),
        asset_selection=frozenset(),
    )
    waste.change(Q3)
    assert waste.ticks() == []
    assert "queued or under way: waste/2024-Q3" in waste.said


def test_a_dead_run_does_not_hold_the_queue(waste: Daemon, tmp_path: Path) -> None:
    """Killed with its code server: nobody else would ever mark it."""
    listening = tmp_path / "server.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(listening))
        server.listen()
        runs = {
            name: create_run_for_test(
                waste.instance,
                status=dg.DagsterRunStatus.STARTED,
                tags={GRPC_INFO_TAG: json.dumps({"host": "localhost", "socket": str(path)})},
            )
            for name, path in (("dead", tmp_path / "gone.sock"), ("alive", listening))
        }
        waste.tick()
        statuses = {name: waste.instance.get_run_by_id(run.run_id).status.value for name, run in runs.items()}
    assert statuses == {"dead": "FAILURE", "alive": "STARTED"}


def test_what_is_set_by_hand_asks_for_a_run_of_the_newest_quarter_once(
    data_dir: Make, instance: dg.DagsterInstance
) -> None:
    folder = data_dir("waste/2024-Q3")
    daemon = Daemon(folder, instance)
    daemon.ticks()
    path = folder / "raw" / "overrides" / "thu.yaml"
    path.parent.mkdir()
    path.write_text("office: tckh", "utf-8")
    newest = quarter_of(settings_of(folder).partitions.get_partition_keys()[-1])
    assert daemon.ticks() == [f"{newest}..{newest}"]
    path.unlink()
    assert daemon.ticks() == []
