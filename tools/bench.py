"""What the main job costs, as ratios of things measured in one run; docs/performance.md keeps what was seen."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import dagster as dg
import python_calamine
import xlsxwriter

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.place import load_place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.cli import prepare_home
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.schedules import MAIN_JOB
from lagi_pipeline.orchestration.settings import load_settings, range_tags
from lagi_pipeline.reporting.slips import write_slips
from lagi_pipeline.steps import compute as computing
from lagi_pipeline.steps import gate
from lagi_pipeline.steps import scorecard as scoring
from lagi_pipeline.steps.ingest import Ingestion, quarters_on_file
from lagi_pipeline.warehouse.database import Warehouse
from lagi_pipeline.warehouse.publish import publish
from tools.bench_history import of_many_versions, of_the_town
from tools.bench_intake import MOMENT, ROOT, VESSEL_HEADER, VESSELS, in_processes_of_their_own, ingest, say, ward_names
from tools.corpus.__main__ import judge_all
from tools.corpus.generate import corpus
from tools.corpus.judge import Outcome


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each thing is measured; the median counts")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the workbook that is read")
    options = parser.parse_args()
    logging.getLogger("lagi_pipeline").setLevel(logging.WARNING)
    warnings.simplefilter("ignore")
    print(f"medians of {options.rounds} rounds, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    _loading(options.rounds)
    _main_job(options.rounds)
    _executors()
    _history(options.rounds)
    _intake(options.rows, options.rounds)
    in_processes_of_their_own()
    _corpus()


def _median(rounds: int, measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(rounds))


@contextmanager
def _data_folder() -> Iterator[Path]:
    """A fresh data folder with the repository's raw files."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "data" / "raw", Path(folder) / "raw")
        yield Path(folder)


def _python(statement: str) -> float:
    """Seconds that a fresh interpreter takes for a statement."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, cwd=ROOT, capture_output=True)
    return time.perf_counter() - began


def _loading(rounds: int) -> None:
    empty = _median(rounds, lambda: _python("import dagster; dagster.Definitions()"))
    ours = _median(rounds, lambda: _python("import lagi_pipeline.definitions"))
    say("loading an empty code location", f"{empty:6.2f} s")
    say("loading ours", f"{ours:6.2f} s   beyond the empty one: {ours - empty:.2f} s (aim < 1)")


def _main_job(rounds: int) -> None:
    """The main job as a user runs it, its split, and the same functions from a plain script."""
    walls, runs, plains, splits = [], [], [], []
    for _ in range(rounds):
        with _data_folder() as folder:
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "lagi_pipeline.cli", "--data-dir", str(folder), "run"],
                check=True, cwd=ROOT, capture_output=True,
            )  # fmt: skip
            walls.append(time.perf_counter() - began)
            split, run = _split(folder)
            splits.append(split | {"start": walls[-1] - run})
            runs.append(run)
        with _data_folder() as folder:
            plains.append(_plain(folder))
    say("make run, fresh warehouse, after installation", f"{statistics.median(walls):6.2f} s   (aim < 15)")
    for part in ("start", "ingest", "compute", "publish"):
        say(f"  of which {part}", f"{statistics.median(split[part] for split in splits):6.2f} s")
    plain, run = statistics.median(plains), statistics.median(runs)
    say("the same functions from a plain script", f"{plain:6.2f} s")
    say("the Dagster run beyond start-up", f"{run:6.2f} s   ratio {run / plain:.2f} (aim < 1.5)")


def _split(folder: Path) -> tuple[dict[str, float], float]:
    """Seconds of the last run's steps by part, and from its first step to its last, as Dagster recorded them."""
    os.environ["DAGSTER_HOME"] = str(prepare_home(load_settings(folder)))
    parts = {"ingest": 0.0, "compute": 0.0, "publish": 0.0}
    with dg.DagsterInstance.get() as instance:
        run = instance.get_runs(limit=1)[0]
        steps = instance.get_run_step_stats(run.run_id)
    for step in steps:
        seconds = (step.end_time or 0) - (step.start_time or 0)
        key = step.step_key
        parts["ingest" if key.startswith("feeds") else "publish" if key.startswith("published") else "compute"] += (
            seconds
        )
    return parts, max(s.end_time or 0 for s in steps) - min(s.start_time or 0 for s in steps)


def _plain(folder: Path) -> float:
    """Seconds for the steps called without Dagster."""
    known, warehouse = catalogue(), Warehouse(folder / "warehouse")
    place = load_place(folder / "raw", known)
    situation = computing.Situation(known, place, folder / "raw")
    began = time.perf_counter()
    with warehouse.lock(60, "bench"):
        quarters = list(quarters_on_file(folder / "raw", list(known.feeds.values())))
        for code, feed in FEEDS.items():
            ingestion = Ingestion(feed, known.feeds[code], place, folder / "raw", warehouse, MOMENT)
            with warehouse.write() as connection:
                for quarter in quarters:
                    ingestion.run(connection, quarter)
        with warehouse.write() as connection:
            computing.rebuild_measures(connection, situation)
            figures = computing.compute(connection, situation, MOMENT)
            computing.write_observations(connection, figures, MOMENT)
            computing.write_attainment(connection, figures)
            computing.write_history(connection, computing.compute_history(connection, situation, MOMENT))
            computing.write_fleet(connection, computing.compute_fleet(connection, situation, MOMENT))
            scoring.write_scorecard(connection, scoring.compute_scorecard(connection, situation, MOMENT))
        with warehouse.read() as connection:
            write_slips(connection, warehouse, place)
            gate.require(gate.examine(connection, situation))
        publish(warehouse, place.file.timezone)
    return time.perf_counter() - began


def _history(rounds: int) -> None:
    """What the history of the sample data costs, and as-of over many versions."""
    with _data_folder() as folder:
        _plain(folder)
        of_the_town(Warehouse(folder / "warehouse"), rounds)
    of_many_versions()


def multiprocess_job() -> dg.JobDefinition:
    """The main job of the data folder in LAGI_DATA_DIR with Dagster's default executor."""
    return build_defs(executor=dg.multiprocess_executor).resolve_job_def(MAIN_JOB)


def in_process_job() -> dg.JobDefinition:
    """The main job of the data folder in LAGI_DATA_DIR with ours."""
    return build_defs().resolve_job_def(MAIN_JOB)


def _executors() -> None:
    """The same graph, one quarter, with both executors."""
    seconds = {}
    config = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    quarter = Quarter(2024, 4)
    for job in (in_process_job, multiprocess_job):
        with _data_folder() as folder:
            os.environ["LAGI_DATA_DIR"] = str(folder)
            os.environ["DAGSTER_HOME"] = str(prepare_home(load_settings(folder)))
            with dg.DagsterInstance.get() as instance:
                began = time.perf_counter()
                result = dg.execute_job(dg.reconstructable(job), instance, config, tags=range_tags(quarter, quarter))
                seconds[job] = time.perf_counter() - began
            if not result.success:
                raise SystemExit(f"{job.__name__} failed")
    say("one quarter, in-process executor", f"{seconds[in_process_job]:6.2f} s")
    ratio = seconds[multiprocess_job] / seconds[in_process_job]
    say("one quarter, multiprocess executor", f"{seconds[multiprocess_job]:6.2f} s   ratio {ratio:.1f}")


def _intake(rows: int, rounds: int) -> None:
    """A large workbook read, validated and written, against bare calamine on the same file."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "data" / "raw" / "place", Path(folder) / "raw" / "place")
        path = Path(folder) / "raw" / "fisheries_vessels" / "2024-Q4" / "fleet.xlsx"
        path.parent.mkdir(parents=True)
        _write_fleet(path, rows)
        bare = _median(rounds, lambda: _bare(path))
        ours = _median(rounds, lambda: _intake_once(Path(folder), rows))
    say(f"{rows} vessels, bare calamine", f"{bare:6.2f} s   {rows / bare:10,.0f} rows/s")
    say(f"{rows} vessels, read, validated, written", f"{ours:6.2f} s   {rows / ours:10,.0f} rows/s")
    say("", f"         ratio {ours / bare:.2f} (aim at most 3)")


def _corpus() -> None:
    """Every workbook of the corpus: how many were read right, refused right, refused for nothing, or read wrong."""
    began = time.perf_counter()
    outcomes = judge_all(corpus())
    seconds = time.perf_counter() - began
    say(f"{outcomes.total()} workbooks of the corpus", f"{seconds:6.1f} s")
    for outcome in Outcome:
        aim = "   (must be 0)" if outcome is Outcome.READ_WRONG else ""
        say(f"  {outcome.value}", f"{outcomes[outcome]:6}{aim}")


def _bare(path: Path) -> float:
    began = time.perf_counter()
    with python_calamine.CalamineWorkbook.from_path(path) as workbook:
        workbook.get_sheet_by_index(0).to_python()
    return time.perf_counter() - began


def _intake_once(folder: Path, rows: int) -> float:
    result, seconds = ingest(folder, VESSELS)
    if result.accepted != rows:
        raise SystemExit(f"{result.accepted} of {rows} rows accepted: {result.refused} {result.findings[:3]}")
    return seconds


def _write_fleet(path: Path, rows: int) -> None:
    """A workbook of obviously fictitious vessels."""
    wards = ward_names()
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Tàu cá")
        days = workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 0, "DANH SÁCH TÀU CÁ QUÝ IV NĂM 2024")
        sheet.write_row(2, 0, VESSEL_HEADER)
        for row in range(rows):
            length = 5 + row % 250 / 10
            sheet.write_row(
                row + 3,
                0,
                [
                    f"BTh-{row:06d}-TS",
                    f"Chủ tàu mẫu {row}",
                    wards[row % len(wards)],
                    length,
                    20 + row % 400,
                    "lưới kéo",
                    f"MẪU-{row}",
                ],
            )
            for place, year in ((7, 2026), (8, 2025), (9, 2020)):
                sheet.write_datetime(row + 3, place, datetime(year, 1 + row % 12, 1 + row % 28), days)  # noqa: DTZ001
            sheet.write(row + 3, 10, "hoạt động" if row % 10 else "nằm bờ")


if __name__ == "__main__":
    main()
