"""The report's files: whole or not at all, one at a time, each in its place."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.cli import main
from lagi_pipeline.orchestration.settings import Settings
from lagi_pipeline.reporting import artefacts
from lagi_pipeline.reporting.artefacts import (
    ArtefactError,
    Made,
    Sources,
    Writer,
    open_sources,
    put,
    write_page,
    write_report,
)
from lagi_pipeline.reporting.content import NoReportError, QuarterReport
from lagi_pipeline.reporting.exports import write_exports
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import settings_of, working

Q3 = Quarter(2024, 3)


@pytest.fixture
def settings(town: Town, tmp_path: Path) -> Settings:
    """The town's published file in a folder of its own, with nothing else in it."""
    made = replace(settings_of(town.data_dir), data_dir=tmp_path / "data")
    made.warehouse.folder.mkdir(parents=True)
    made.warehouse.published.write_bytes((town.data_dir / "warehouse" / "lagi.duckdb").read_bytes())
    return made


def write(settings: Settings, *writers: Writer) -> Made:
    with open_sources(settings.warehouse, settings.catalogue, settings.place) as sources:
        return write_report(sources, settings.warehouse, sources.report(Q3), writers or None)


def fixed(suffix: str, content: bytes) -> Writer:
    return Writer(suffix, lambda *_: content)


def breaking(suffix: str, error: Exception) -> Writer:
    def fail(_: Sources, __: QuarterReport) -> bytes:
        raise error

    return Writer(suffix, fail)


def files(settings: Settings) -> dict[str, bytes]:
    found = (path for path in settings.warehouse.reports.rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in found if path.name != ".reports.lock"}


def test_a_report_stands_in_the_folder_of_its_quarter(settings: Settings) -> None:
    made = write(settings)
    made.require()
    paths = {file.path.relative_to(settings.warehouse.reports).as_posix(): file.size for file in made.files}
    assert "2024-Q3/bao-cao-2024-Q3.xlsx" in paths
    assert paths == {f"2024-Q3/{name}": len(content) for name, content in files(settings).items()}


def test_one_that_fails_leaves_the_older_file_and_the_others_are_new(settings: Settings) -> None:
    write(settings, fixed(".docx", b"old"), fixed(".xlsx", b"old"))
    made = write(settings, breaking(".docx", ValueError("no font")), fixed(".xlsx", b"new"))
    assert files(settings) == {"bao-cao-2024-Q3.docx": b"old", "bao-cao-2024-Q3.xlsx": b"new"}
    assert [file.path.suffix for file in made.files] == [".xlsx"]
    with pytest.raises(ArtefactError, match=r"2024-Q3/bao-cao-2024-Q3\.docx was not written.*ValueError: no font"):
        made.require()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "in use"), "close it where it is open in another program"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_a_file_that_cannot_be_put_in_place_stays_and_leaves_nothing_aside(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    write(settings, fixed(".xlsx", b"old"))

    def refuse(*_: Path) -> Path:
        raise error

    monkeypatch.setattr(Path, "replace", refuse)
    made = write(settings, fixed(".xlsx", b"new"))
    assert files(settings) == {"bao-cao-2024-Q3.xlsx": b"old"}
    assert said in made.failed[0]
    assert "what stood there stays" in made.failed[0]


def test_what_is_as_it_should_be_is_left_alone(settings: Settings) -> None:
    [before] = write(settings, fixed(".xlsx", b"same")).files
    stamp = before.path.stat().st_mtime_ns
    write(settings, fixed(".xlsx", b"same")).require()
    assert before.path.stat().st_mtime_ns == stamp


def test_a_folder_in_the_files_place_is_told(settings: Settings) -> None:
    (settings.warehouse.reports / "2024-Q3" / "bao-cao-2024-Q3.xlsx" / "x").mkdir(parents=True)
    assert "bao-cao-2024-Q3.xlsx was not written" in write(settings).failed[0]
    assert {path.rpartition(".")[2] for path in files(settings)} == {"docx", "html"}


def test_many_at_once_write_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "x.html"
    contents = [bytes([65 + at]) * 200_000 for at in range(8)]
    seen: list[bytes] = []

    def write_and_look(content: bytes) -> None:
        for _ in range(10):
            put(path, content)
            seen.append(path.read_bytes())

    threads = [threading.Thread(target=write_and_look, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 80
    assert set(seen) <= set(contents)
    assert [one.name for one in path.parent.iterdir()] == ["x.html"]


def test_two_processes_wait_for_each_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefacts, "_WAIT_SECONDS", 0.05)
    with (
        open_sources(settings.warehouse, settings.catalogue, settings.place),
        pytest.raises(ArtefactError, match="another process has been making reports"),
        open_sources(settings.warehouse, settings.catalogue, settings.place),
    ):
        pass


def test_the_page_opens_at_the_newest_quarter_with_a_figure(settings: Settings) -> None:
    with open_sources(settings.warehouse, settings.catalogue, settings.place) as sources:
        made = write_page(sources, settings.warehouse, lambda _, opened: str(opened).encode())
    assert made.failed == ()
    assert files(settings) == {"trang-chi-tieu.html": b"2024-Q4"}


def test_a_quarter_without_lines_names_those_that_have(settings: Settings) -> None:
    with (
        open_sources(settings.warehouse, settings.catalogue, settings.place) as sources,
        pytest.raises(NoReportError, match=r"2022-Q4.*không có chỉ tiêu nào.*2023-Q1, .*2024-Q4"),
    ):
        sources.report(Quarter(2022, 4))


@pytest.fixture
def lagi() -> Iterator[None]:
    """The command sets up the log; the test's is put back."""
    log = logging.getLogger("lagi_pipeline")
    before = list(log.handlers), log.propagate, log.level
    yield
    log.handlers, log.propagate, log.level = before


def report(town: Town, settings: Settings, *words: str) -> Result:
    """Calls ``lagi report`` over a data folder that has the town's place."""
    raw = settings.data_dir / "raw"
    if not raw.exists():
        raw.symlink_to(town.data_dir / "raw")
    return CliRunner().invoke(main, ["--data-dir", str(settings.data_dir), "report", *words])


@pytest.mark.usefixtures("lagi")
def test_the_command_writes_the_newest_quarter_and_prints_where(town: Town, settings: Settings) -> None:
    done = report(town, settings)
    assert done.exit_code == 0, done.output
    path = settings.warehouse.reports / "2024-Q4" / "bao-cao-2024-Q4.xlsx"
    assert f"{path}  {path.stat().st_size / 1024:.0f} KiB" in done.output
    assert report(town, settings, "--quarter", "2023-Q2").exit_code == 0
    assert "bao-cao-2023-Q2.xlsx" in files(settings)


@pytest.mark.usefixtures("lagi")
def test_the_command_says_what_is_missing_and_ends_with_one(town: Town, settings: Settings) -> None:
    done = report(town, settings, "--quarter", "2031-Q1")
    assert done.exit_code == 1
    assert "2031-Q1) không có chỉ tiêu nào để báo cáo; đã công bố: 2023-Q1" in done.output
    settings.warehouse.published.unlink()
    done = report(town, settings)
    assert done.exit_code == 1
    assert "nothing has been published yet" in done.output
    assert "run `make run`" in done.output
    assert files(settings) == {}


@pytest.mark.usefixtures("lagi")
def test_the_command_names_what_it_could_not_write(
    town: Town, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers = (fixed(".xlsx", b"whole"), breaking(".docx", RuntimeError("no template")))
    monkeypatch.setattr(artefacts, "WRITERS", writers)
    done = report(town, settings)
    assert done.exit_code == 1
    assert "failed: reports/2024-Q4/bao-cao-2024-Q4.docx was not written" in done.output
    assert "bao-cao-2024-Q4.xlsx  0 KiB" in done.output


def test_a_published_file_without_figures_has_no_newest_quarter(settings: Settings) -> None:
    settings.warehouse.published.rename(settings.warehouse.working)
    with working(settings.data_dir) as connection:
        connection.execute("DELETE FROM core.observation")
    settings.warehouse.working.rename(settings.warehouse.published)
    with open_sources(settings.warehouse, settings.catalogue, settings.place) as sources:
        assert sources.newest is None
        assert len(sources.quarters) == 8


def _without_line(path: Path) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("DROP TABLE mart.attainment")


def _infinite(path: Path) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE mart.attainment SET actual = 'infinity', gap = 'nan'")


@pytest.mark.usefixtures("lagi")
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b""), "run `make run`"),
        (lambda path: path.write_bytes(b"no database" * 2000), "cannot be read; run `make run`"),
        (_without_line, "was made by another version of the pipeline; run `make run`"),
        (_infinite, "không phải số hữu hạn"),
    ],
    ids=["empty", "garbage", "another-version", "infinite"],
)
def test_a_published_file_that_cannot_be_read_ends_each_command_with_one(
    town: Town, settings: Settings, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(settings.warehouse.published)
    report_told = report(town, settings)
    shown = CliRunner().invoke(main, ["--data-dir", str(settings.data_dir), "show", "--quarter", "2024-Q3"])
    for done in (report_told, shown):
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)
        assert said in done.output


@pytest.mark.usefixtures("lagi")
def test_a_file_in_the_place_of_the_reports_is_told(town: Town, settings: Settings) -> None:
    settings.warehouse.reports.write_bytes(b"")
    done = report(town, settings)
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert f"failed: {settings.warehouse.reports} may not be read or written" in done.output


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="which processes live is told by /proc, which is not here")
def test_what_dead_processes_left_aside_is_removed_and_what_the_living_write_is_not(settings: Settings) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        dead = ended.pid
    folder = settings.warehouse.folder
    gone = [folder / f".a.txt.{dead}.0123abcd.partial", folder / f".exports.{dead}.last"]
    stays = [folder / f".a.txt.{os.getpid()}.0123abcd.partial", folder / f".b.txt.{dead}.0123abcd.partial"]
    for path in (gone[0], *stays):
        path.write_bytes(b"half")
    gone[1].mkdir()
    put(folder / "a.txt", b"whole")
    write_exports(settings.warehouse.published, folder / "exports", settings.place.file)
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in stays)
