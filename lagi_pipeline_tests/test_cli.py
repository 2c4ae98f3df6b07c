"""The ``lagi`` command: what it prints, and its exit: 0 published, 1 failed, 2 blocked."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from lagi_pipeline.cli import main
from lagi_pipeline.orchestration.dead_runs import end_dead_runs
from lagi_pipeline_tests.running import ask, book, send, working

AT = ("--evaluated-at", "2025-03-01T08:00:00")


class Lagi(Protocol):
    def __call__(self, data_dir: Path, *words: str) -> Result: ...


@pytest.fixture
def lagi(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lagi]:
    """Calls the command as a shell does."""
    log = logging.getLogger("lagi_pipeline")
    before = list(log.handlers), log.propagate, log.level
    monkeypatch.setenv("DAGSTER_HOME", "")  # the command sets its own; the test's is put back

    def call(data_dir: Path, *words: str) -> Result:
        return CliRunner().invoke(main, ["--data-dir", str(data_dir), *words])

    yield call
    log.handlers, log.propagate, log.level = before


def test_a_run_publishes_and_prints_the_newest_quarter(lagi: Lagi, data_dir: Callable[..., Path]) -> None:
    folder = data_dir("employment/2024-Q3", "employment/2024-Q4", "water/2024-Q4")
    (folder / "raw" / "water" / "2024-Q4" / "nuoc-sach-2024.xlsx").write_bytes(b"")
    send(folder, book("employment", "2024-Q3", {"C13": "sáu mươi"}))
    done = lagi(folder, "run", *AT)
    assert done.exit_code == 0, done.output
    assert "thị xã La Gi: reading 2024-Q3 to 2024-Q4" in done.output
    assert "quý IV/2024 — Nghị quyết cấp ủy" in done.output
    assert "(*)" in done.output
    assert "sent back: 1 files" in done.output
    assert "water/2024-Q4/nuoc-sach-2024.xlsx" in done.output
    assert "tệp rỗng" in done.output
    assert "employment/2024-Q3/viec-lam-2024-Q3.xlsx, Việc làm!C13" in done.output
    assert str(folder / "warehouse" / "lagi.duckdb") in done.output
    assert (folder / "warehouse" / "dagster_home" / "dagster.yaml").exists()
    report = folder / "warehouse" / "reports" / "2024-Q4" / "bao-cao-2024-Q4.xlsx"
    assert f"report    {report}" in done.output
    assert report.exists()

    again = lagi(folder, "show", "--quarter", "2024-Q2")
    assert again.exit_code == 0
    assert "quý II/2024" in again.output
    assert "Phòng Lao động" in again.output  # who has not reported
    newest = lagi(folder, "show")
    assert "quý IV/2024" in newest.output


def test_the_range_chooses_what_is_read(lagi: Lagi, data_dir: Callable[..., Path]) -> None:
    folder = data_dir("employment")
    done = lagi(folder, "run", "--from", "2024-Q4", "--to", "2024-Q4", *AT)
    assert done.exit_code == 0, done.output
    assert ask(folder, "SELECT DISTINCT quarter FROM core.vintage") == [{"quarter": "2024-Q4"}]


def test_a_blocked_run_ends_with_two_and_leaves_the_file(lagi: Lagi, village_copy: Path) -> None:
    with working(village_copy) as connection:
        connection.execute("UPDATE core.vintage SET rows_read = rows_read + 1 WHERE quarter = '2024-Q1'")
    published = village_copy / "warehouse" / "lagi.duckdb"
    before = published.read_bytes()
    done = lagi(village_copy, "run", "--from", "2024-Q4", *AT)
    assert done.exit_code == 2, done.output
    assert "blocked by row_arithmetic: employment 2024-Q1" in done.output
    assert "not published" in done.output
    assert published.read_bytes() == before


def test_targets_that_cannot_be_meant_end_with_one_and_name_file_and_entry(lagi: Lagi, village_copy: Path) -> None:
    path = village_copy / "raw" / "resolution" / "2024" / "targets.yaml"
    path.write_text(path.read_text("utf-8").replace("code: jobs", "code: happiness"), "utf-8")
    published = village_copy / "warehouse" / "lagi.duckdb"
    before = published.read_bytes()
    done = lagi(village_copy, "run", "--from", "2024-Q4", *AT)
    assert done.exit_code == 1, done.output
    assert "targets.yaml: happiness: no such indicator" in done.output
    assert published.read_bytes() == before


def test_a_place_that_cannot_be_meant_ends_with_one(lagi: Lagi, data_dir: Callable[..., Path]) -> None:
    folder = data_dir()
    path = folder / "raw" / "place" / "place.yaml"
    path.write_text(path.read_text("utf-8").replace("Asia/Ho_Chi_Minh", "Asia/La_Gi"), "utf-8")
    done = lagi(folder, "run")
    assert done.exit_code == 1
    assert "place.yaml: file: timezone" in done.output


def test_no_files_at_all_end_with_one(lagi: Lagi, data_dir: Callable[..., Path]) -> None:
    done = lagi(data_dir(), "run")
    assert done.exit_code == 1
    assert "no feed has a file" in done.output


def test_a_range_that_ends_before_it_begins_ends_with_one(lagi: Lagi, data_dir: Callable[..., Path]) -> None:
    done = lagi(data_dir("water"), "run", "--from", "2024-Q4", "--to", "2024-Q1")
    assert done.exit_code == 1
    assert "2024-Q4 to 2024-Q1 is no range of quarters" in done.output


@pytest.mark.parametrize(
    "words", [("run", "--from", "2024-Q5"), ("run", "--to", "quý III"), ("show", "--quarter", "2024")]
)
def test_what_is_no_quarter_is_refused(lagi: Lagi, data_dir: Callable[..., Path], words: tuple[str, ...]) -> None:
    done = lagi(data_dir(), *words)
    assert done.exit_code == 1  # 2 is said of the gate alone
    assert "expected a quarter like 2024-Q3" in done.output


def test_showing_before_anything_was_published_says_what_to_do(lagi: Lagi, data_dir: Callable[..., Path]) -> None:
    done = lagi(data_dir(), "show")
    assert done.exit_code == 1
    assert "nothing has been published yet" in done.output
    assert "make run" in done.output


def test_a_range_in_which_no_quarter_can_be_is_refused(lagi: Lagi, data_dir: Callable[..., Path]) -> None:
    """A quarter that has not begun has no partition; it is a mistake at the command line, not a broken run."""
    done = lagi(data_dir("water"), "run", "--from", "2031-Q1", "--to", "2031-Q1", *AT)
    assert done.exit_code == 1
    assert "2031-Q1" in done.output
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_showing_a_quarter_that_has_no_lines_says_so(lagi: Lagi, village_copy: Path) -> None:
    done = lagi(village_copy, "show", "--quarter", "2031-Q1")
    assert done.exit_code != 0 or "no line" in done.output


def test_a_figure_is_traced_to_its_cells_files_and_targets(lagi: Lagi, village_copy: Path) -> None:
    done = lagi(village_copy, "trace", "clean_water", "2024-Q4")
    assert done.exit_code == 0, done.output
    assert "27.538 hộ / số hộ của 9 phường, xã" in done.output
    assert "94,60 %" in done.output
    assert "F13" in done.output
    assert "water/2024-Q4/nuoc-sach-2024.xlsx (sha256 " in done.output
    assert "Chỉ tiêu năm (Nghị quyết cấp ủy): 95 %, resolution/2024/targets.yaml, II.B.5" in done.output


def test_a_line_without_a_figure_says_why_instead_of_its_cells(lagi: Lagi, village_copy: Path) -> None:
    done = lagi(village_copy, "trace", "budget_revenue", "2024-Q4")
    assert done.exit_code == 0
    assert "không có số liệu: Phòng Tài chính - Kế hoạch chưa báo cáo" in done.output
    assert "Chỉ tiêu năm" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("waterr", "2024-Q4"), "no indicator 'waterr'; there are budget_revenue, "),
        (("clean_water", "2031-Q1"), "clean_water has no figure and no target in 2031-Q1"),
        (("clean_water", "2024"), "expected a quarter like 2024-Q3"),
    ],
)
def test_what_cannot_be_traced_is_said(lagi: Lagi, village_copy: Path, words: tuple[str, str], said: str) -> None:
    done = lagi(village_copy, "trace", *words)
    assert done.exit_code == 1
    assert said in done.output


def test_a_killed_run_is_marked_as_failed_and_a_living_one_is_left() -> None:
    """Else it would stand as running, and the queue of the UI and the schedules would wait for it for ever."""
    host = socket.gethostname()
    with dg.DagsterInstance.ephemeral() as instance:
        for name, process in (
            ("dead", f"4194999@{host}"),
            ("alive", f"{os.getpid()}@{host}"),
            ("elsewhere", "1@other"),
        ):
            run = dg.DagsterRun(job_name=name, status=dg.DagsterRunStatus.STARTED, tags={"lagi/process": process})
            instance.add_run(run)
        end_dead_runs(instance)
        assert {run.job_name: run.status.value for run in instance.get_runs()} == {
            "dead": "FAILURE",
            "alive": "STARTED",
            "elsewhere": "STARTED",
        }


def test_what_no_feed_looks_at_and_years_without_targets_are_named(lagi: Lagi, data_dir: Callable[..., Path]) -> None:
    folder = data_dir("water")
    for name in ("notafeed/2024-Q1", "water/2024-q1", "water/2024-Q9"):
        (folder / "raw" / name).mkdir(parents=True)
    (folder / "raw" / "resolution" / "2024" / "targets.yaml").unlink()
    done = lagi(folder, "run", *AT)
    assert "not read, no feed's folder or no quarter: notafeed, water/2024-Q9, water/2024-q1" in done.output
    assert "no targets for 2024" in done.output
    assert "no targets for 2023" not in done.output
