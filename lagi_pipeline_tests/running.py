"""Data folders for tests, and the main job run over them as the command line runs it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import yaml

from lagi_pipeline.catalogue.indicators import Catalogue, ObsStatus, catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.schedules import MAIN_JOB, run_config
from lagi_pipeline.orchestration.settings import Settings, key_of, load_settings
from lagi_pipeline.orchestration.sign_off import ISSUE_JOB, issue_config
from lagi_samples import Book, sample

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"
CATALOGUE: Catalogue = catalogue()
SETTLED = datetime.fromisoformat("2025-03-01T08:00")
"""Every sample was received and 2024 is closed."""
LONG_AFTER = datetime.fromisoformat("2099-01-01")
"""After any day on which the tests are run: what they first see then is known by then."""
COMPUTED = [
    ["core", "measure"],
    ["core", "observation"],
    ["mart", "attainment"],
    ["mart", "iuu_compliance"],
    ["mart", "task_progress"],
    ["mart", "feed_scorecard"],
    ["mart", "year_verdict"],
    ["mart", "revision_since_report"],
]
PUBLISHED = ["published", "lagi"]
FIRST, LAST = "2022-Q4", "2024-Q4"
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """What a run did, and everything that its instance recorded of it."""

    result: dg.ExecuteInProcessResult
    events: tuple[str, ...]

    @property
    def success(self) -> bool:
        return self.result.success

    def check(self, name: str, asset: str | None = None) -> Any:  # noqa: ANN401 - metadata of many kinds
        """The evaluation of an asset check, of one asset where several have it."""
        found = [
            evaluation
            for evaluation in self.result.get_asset_check_evaluations()
            if evaluation.check_name == name and asset in {None, evaluation.asset_key.to_user_string()}
        ]
        assert len(found) == 1, [evaluation.asset_key.to_user_string() for evaluation in found]
        return found[0]

    @property
    def failed_steps(self) -> set[str]:
        return {
            event.step_key for event in self.result.filter_events(lambda event: event.is_step_failure) if event.step_key
        }


def make_data_dir(folder: Path, *feeds: str) -> Path:
    """A data folder with the town's place and resolutions, and the sample files of ``feeds`` or of ``feed/quarter``."""
    for name in ("place", "resolution", *feeds):
        shutil.copytree(RAW / name, folder / "raw" / name)
    return folder


def copied(data_dir: Path, folder: Path) -> Path:
    """The same data folder once more, with its warehouse, to be changed freely."""
    return shutil.copytree(data_dir, folder)


def send(data_dir: Path, book: Book, **meta: object) -> Path:
    """Write a workbook with its meta file, changed where ``meta`` says so; the path of the workbook."""
    path, beside = book.write(data_dir / "raw", "THỬ-1/BC")
    edit_meta(path, **meta)
    assert beside == meta_of(path)
    return path


def meta_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.meta.yaml")


def edit_meta(path: Path, **changes: object) -> None:
    """Change what stands in the meta file beside a workbook."""
    said = yaml.safe_load(meta_of(path).read_text("utf-8")) | changes
    meta_of(path).write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")


def book(
    feed: str, quarter: str, cells: Mapping[str, Any] | None = None, *, sheet: int = -1, vintage: int = -1
) -> Book:
    """A sample workbook with some cells changed."""
    made = sample(feed, Quarter.parse(quarter), vintage=vintage)
    for address, value in (cells or {}).items():
        made.sheets[sheet].set(address, value)
    return made


def emptied(made: Book, *below: Sequence[Any], rows: int = 0) -> Book:
    """A workbook of which only the table's head is left, the names of some rows, and what is written below."""
    sheet = made.sheets[-1]
    first = next(at for at, row in enumerate(sheet.rows) if row and row[0] == 1)
    names = [[*row[:2]] for row in sheet.rows[first : first + rows]]
    left = replace(sheet, rows=[*sheet.rows[:first], *names, *map(list, below)], merges=[])
    return replace(made, sheets=[*made.sheets[:-1], left])


def raised(made: Book, amount: float, columns: str, *labels: str, sheet: int = -1) -> Book:
    """The same workbook with ``amount`` added in ``columns`` (letters) of the rows that say exactly ``labels``."""
    page = made.sheets[sheet]
    for label in labels:
        for column in columns:
            address = page.beside(label, column)
            value = page.get(address)
            assert isinstance(value, int | float), (address, value)
            page.set(address, round(value + amount, 6))
    return made


def settings_of(data_dir: Path) -> Settings:
    return load_settings(data_dir)


def run(  # noqa: PLR0913 - what a run can be told
    data_dir: Path,
    first: str = FIRST,
    last: str = LAST,
    *,
    evaluated_at: datetime | None = SETTLED,
    demanded: ObsStatus = ObsStatus.ESTIMATE,
    job: str = MAIN_JOB,
    only: list[list[str]] | None = None,
    instance: dg.DagsterInstance | None = None,
) -> Outcome:
    """Run a job over a range of quarters with the tags that ``lagi run`` gives it; ``only`` selects assets."""
    tags = {
        "dagster/asset_partition_range_start": key_of(Quarter.parse(first)),
        "dagster/asset_partition_range_end": key_of(Quarter.parse(last)),
    }
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with _kept(instance) as home:
        result = (
            build_defs(data_dir)
            .resolve_job_def(job)
            .execute_in_process(
                instance=home,
                run_config=run_config(evaluated_at, demanded) | quiet,
                raise_on_error=False,
                tags=tags,
                asset_selection=None if only is None else [dg.AssetKey(key) for key in only],
            )
        )
        events = tuple(repr(entry) + str(entry.user_message) for entry in home.all_logs(result.run_id))
    return Outcome(result, events)


def issue(data_dir: Path, quarter: str, office: str = "vpthiuy", document_no: str | None = None) -> Outcome:
    """Issue a quarter's report by its own job."""
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    when = Quarter.parse(quarter)
    with _kept(None) as home:
        result = (
            build_defs(data_dir)
            .resolve_job_def(ISSUE_JOB)
            .execute_in_process(
                instance=home,
                run_config=issue_config(office, document_no) | quiet,
                raise_on_error=False,
                partition_key=key_of(when),
            )
        )
        events = tuple(repr(entry) + str(entry.user_message) for entry in home.all_logs(result.run_id))
    return Outcome(result, events)


@contextmanager
def logged() -> Iterator[list[str]]:
    """What the pipeline logs meanwhile, whatever its level."""
    said: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    log, handler = logging.getLogger("lagi_pipeline"), Collector()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


@contextmanager
def _kept(instance: dg.DagsterInstance | None) -> Iterator[dg.DagsterInstance]:
    if instance is not None:
        yield instance
        return
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def reevaluate(data_dir: Path, evaluated_at: datetime) -> Outcome:
    """Compute and publish anew as of another moment; nothing is read."""
    outcome = run(data_dir, LAST, LAST, evaluated_at=evaluated_at, only=[*COMPUTED, PUBLISHED])
    assert outcome.success, outcome.failed_steps
    return outcome


@contextmanager
def published(data_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file as an analyst opens it."""
    with duckdb.connect(data_dir / "warehouse" / "lagi.duckdb", read_only=True) as connection:
        yield connection


@contextmanager
def working(data_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The working database, to look into or to tamper with."""
    with duckdb.connect(data_dir / "warehouse" / "pipeline.duckdb") as connection:
        yield connection


def query(connection: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> Rows:
    """The rows of a query, by name."""
    result = connection.execute(sql, list(parameters))
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def ask(data_dir: Path, sql: str, *parameters: object) -> Rows:
    """A question to the published file."""
    with published(data_dir) as connection:
        return query(connection, sql, *parameters)


def line(data_dir: Path, quarter: str, code: str, plan: str = "party_resolution") -> dict[str, Any]:
    """One line of the published attainment."""
    sql = "SELECT * FROM mart.attainment WHERE quarter = ? AND indicator_code = ? AND plan_source = ?"
    [found] = ask(data_dir, sql, quarter, code, plan)
    return found


def contents(
    connection: duckdb.DuckDBPyConnection, *, without: tuple[str, ...] = ("evaluated_at",)
) -> dict[str, list[str]]:
    """Every table's rows in one order, without the columns named."""
    tables = query(connection, "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal")
    return {
        f"{table['schema_name']}.{table['table_name']}": sorted(
            repr({name: value for name, value in row.items() if name not in without})
            for row in query(connection, f"SELECT * FROM {table['schema_name']}.{table['table_name']}")
        )
        for table in tables
    }
