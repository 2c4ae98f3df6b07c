"""The ``lagi`` command behind the make targets: it calls Dagster and reads the published file, nothing else."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import dagster as dg
import duckdb
from dagster_shared.error import SerializableErrorInfo

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline.catalogue.place import load_resolutions
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import tasks_of
from lagi_pipeline.intake.files import unread
from lagi_pipeline.orchestration.assets import FORM_CHECK, OVERDUE_CHECK
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.dead_runs import end_dead_runs, process_tag
from lagi_pipeline.orchestration.exports import EXPORTS
from lagi_pipeline.orchestration.raw_files import observe
from lagi_pipeline.orchestration.schedules import MAIN_JOB, REPORT_JOB, run_config
from lagi_pipeline.orchestration.settings import Settings, key_of, load_settings, quarter_of, range_tags
from lagi_pipeline.orchestration.sign_off import ISSUE_JOB, issue_config
from lagi_pipeline.reporting import published
from lagi_pipeline.reporting.artefacts import ArtefactError, open_sources, write_page, write_report
from lagi_pipeline.reporting.attainment_table import as_text, headline
from lagi_pipeline.reporting.content import NoReportError
from lagi_pipeline.reporting.exports import FOLDER, write_exports
from lagi_pipeline.reporting.scorecard_table import overdue, overdue_lines
from lagi_pipeline.reporting.templates import books_of, write_template
from lagi_pipeline.reporting.trace_table import trace_text, traced
from lagi_pipeline.resolution.document import DocumentError
from lagi_pipeline.resolution.proposal import Proposal, propose_targets
from lagi_pipeline.resolution.writing import as_yaml, question_line
from lagi_pipeline.steps.ingest import quarters_on_file
from lagi_pipeline.vietnamese.numbers import NumberError

PUBLISHED, FAILED, BLOCKED = 0, 1, 2
_MOST_LINES = 50
_MOST_DEBTS = 15
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_REPOSITORY = Path(__file__).resolve().parents[1]
log = logging.getLogger("lagi_pipeline")


class _QuarterType(click.ParamType[Quarter]):
    name = "quarter"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Quarter:
        """Read ``2024-Q3``."""
        try:
            return Quarter.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


QUARTER = _QuarterType()


# Usage errors end with the status of a failure: click's own 2 would say "blocked".
click.UsageError.exit_code = FAILED


@click.group()
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Folder with raw/ and warehouse/.")
@click.pass_context
def main(context: click.Context, data_dir: Path | None) -> None:
    """Where each promised target of the town stands, every quarter."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        context.obj = load_settings(data_dir)
    except CatalogueError as error:
        click.echo(f"failed: {error}", err=True)
        context.exit(FAILED)


@main.command()
@click.option("--from", "first", type=QUARTER, help="First quarter to read anew; the first that has files.")
@click.option("--to", "last", type=QUARTER, help="Last quarter to read anew; the last that has files.")
@click.option("--evaluated-at", type=click.DateTime(), help="Local moment as of which to judge; now.")
@click.option(
    "--demand", type=click.Choice([str(s) for s in ObsStatus]), default="estimate", help="Weakest status wanted."
)
@click.pass_obj
def run(
    settings: Settings, first: Quarter | None, last: Quarter | None, evaluated_at: datetime | None, demand: str
) -> None:
    """Read the offices' files, compute the attainment of all targets, publish, and print the newest quarter.

    Which quarters are read anew never limits which history is used. Exit 0 is published, 1 failed, 2 blocked.
    """
    began = time.perf_counter()
    begun = settings.partitions.get_partition_keys()
    found = list(quarters_on_file(settings.raw_dir, list(settings.feeds)))
    on_file = [quarter for quarter in found if key_of(quarter) in begun]
    if outside := [str(quarter) for quarter in found if quarter not in on_file]:
        click.echo(f"not read: folders of quarters that have not begun, or before the first: {', '.join(outside)}")
    known = frozenset(folder for entry in settings.feeds for folder in entry.folders)
    if strangers := unread(settings.raw_dir, known):
        click.echo(f"not read, no feed's folder or no quarter: {', '.join(strangers)}")
    for year in sorted({quarter.year for quarter in on_file} - _years_with_targets(settings)):
        click.echo(f"no targets for {year}: its figures are read, no line is judged")
    if not on_file:
        click.echo(f"failed: no feed has a file in {settings.raw_dir}", err=True)
        sys.exit(FAILED)
    first, last = max(first or on_file[0], settings.place.first_quarter), last or on_file[-1]
    if last < first or key_of(last) not in begun:
        newest = quarter_of(begun[-1])
        span = f"{settings.place.first_quarter} to {newest}, the one that has begun last"
        click.echo(f"failed: {first} to {last} is no range of quarters within {span}", err=True)
        sys.exit(FAILED)
    click.echo(f"{settings.place.file.name_vi}: reading {first} to {last} of {settings.raw_dir}")
    status = _execute(settings, first, last, evaluated_at, ObsStatus(demand))
    click.echo(f"{'published' if status == PUBLISHED else 'not published'} after {time.perf_counter() - began:.1f} s")
    if status == PUBLISHED:
        _print_result(settings, first, last)
        _make_report(settings)
        click.echo("UI        make dev")
    else:
        click.echo(f"{settings.warehouse.published.name} is as it was", err=True)
    sys.exit(status)


def _years_with_targets(settings: Settings) -> set[int]:
    """The years that have a targets file; one before the first of them is a baseline and owes none."""
    years = {int(path.parent.name) for path in (settings.raw_dir / "resolution").glob("[0-9]*/targets.yaml")}
    return years | set(range(settings.place.first_quarter.year, min(years, default=0)))


def _execute(
    settings: Settings, first: Quarter, last: Quarter, evaluated_at: datetime | None, demand: ObsStatus
) -> int:
    """Run the main job over a range of quarters; the exit status."""
    job = build_defs(settings.data_dir).resolve_job_def(MAIN_JOB)
    config = run_config(evaluated_at, demand) | _QUIET
    with _instance(settings) as instance:
        end_dead_runs(instance)
        changed = observe(settings, instance)
        click.echo(f"{changed} folders of data/raw changed since they were last reported")
        result = job.execute_in_process(
            instance=instance,
            run_config=config,
            raise_on_error=False,
            tags=range_tags(first, last) | process_tag(),
        )
    return _status(result)


def _status(result: dg.ExecuteInProcessResult) -> int:
    """Say what a run has to tell; its exit status."""
    for name, said in _told(result):
        click.echo(f"{name}: {said}")
    if result.success:
        return PUBLISHED
    blocked = _failed_gate_rules(result)
    for rule, found in blocked:
        click.echo(f"blocked by {rule}: {found}", err=True)
    if blocked:
        return BLOCKED
    for where, message in _failures(result):
        click.echo(f"failed in {where}: {message}", err=True)
    return FAILED


def _failures(result: dg.ExecuteInProcessResult) -> Iterator[tuple[str, str]]:
    """Where the run failed and why; of the run itself (its resources) only where no step tells."""
    steps = [event for event in result.all_events if event.is_step_failure]
    for event in steps:
        yield event.step_key or "a step", _cause(event.step_failure_data.error)
    if not steps:
        for event in result.all_events:
            if event.is_run_failure:
                yield "the run", _cause(event.job_failure_data.error)


def _cause(error: SerializableErrorInfo | None) -> str:
    """What went wrong: our own error, which Dagster wraps in one of its own."""
    if error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error else "no error was recorded"


def _told(result: dg.ExecuteInProcessResult) -> Iterator[tuple[str, str]]:
    """The checks that failed and only tell, but those of single feeds: what they found is listed at the end."""
    for evaluation in result.get_asset_check_evaluations():
        if (
            not evaluation.passed
            and not evaluation.blocking
            and evaluation.check_name not in {FORM_CHECK, OVERDUE_CHECK}
        ):
            yield evaluation.check_name, "; ".join(str(value.value) for value in evaluation.metadata.values())


def _failed_gate_rules(result: dg.ExecuteInProcessResult) -> list[tuple[str, str]]:
    """The blocking checks that failed, with what they found first."""
    return [
        (evaluation.check_name, str(evaluation.metadata["first"].value))
        for evaluation in result.get_asset_check_evaluations()
        if evaluation.blocking and not evaluation.passed
    ]


@contextmanager
def _instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance that the UI shows too."""
    os.environ["DAGSTER_HOME"] = str(prepare_home(settings))
    with dg.DagsterInstance.get() as instance:
        yield instance


def prepare_home(settings: Settings) -> Path:
    """Make the folder of the instance and bring its ``dagster.yaml`` up to date."""
    home = settings.warehouse.folder / "dagster_home"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_REPOSITORY / "dagster.yaml", home / "dagster.yaml")
    return home


def _print_result(settings: Settings, first: Quarter, last: Quarter) -> None:
    """Print the newest quarter's table, what was sent back, and where things are."""
    with published.open_published(settings.warehouse.published) as connection:
        quarter = published.newest_quarter(connection)
        if quarter is not None:
            _show(settings, connection, quarter)
        refused = published.quarantined_files(connection, str(first), str(last))
        findings = published.findings(connection, str(first), str(last))
        debts = overdue(connection)
    errors = [finding for finding in findings if finding["severity"] == "error"]
    click.echo(
        f"\nsent back: {len(refused)} files, {len(errors)} findings at cells; {len(findings) - len(errors)} warnings"
    )
    lines = [f"{file['file']}: {file['reason']}" for file in refused]
    lines += [f"{f['file']}, {f['sheet']}!{f['cell'] or f['row']}: {f['reason']}" for f in errors]
    for line in lines[:_MOST_LINES]:
        click.echo(f"  {' '.join(line.split())}")
    if len(lines) > _MOST_LINES:
        click.echo(f"  … and {len(lines) - _MOST_LINES} more")
    _urge(settings, debts)
    click.echo(
        f"\ndatabase  {settings.warehouse.published}\n"
        "rejected  quarantine.rejected_file, quarantine.rejected_row\n"
        f"slips     {settings.warehouse.slips}"
    )


def _make_report(settings: Settings) -> None:
    """Make the newest quarter's report and the page by their job, and print where they are; the figures are published.

    A report that cannot be made takes nothing back: it is told, and the exit is that of the publication.
    """
    try:
        with open_sources(settings.warehouse, settings.catalogue, settings.place) as sources:
            quarter = sources.newest
    except (OSError, ArtefactError) as error:
        click.echo(f"the report was not made: {error}", err=True)
        return
    if quarter is None:
        return
    job = build_defs(settings.data_dir).resolve_job_def(REPORT_JOB)
    with _instance(settings) as instance:
        result = job.execute_in_process(
            instance=instance,
            run_config=_QUIET,
            raise_on_error=False,
            tags=range_tags(quarter, quarter) | process_tag(),
        )
    for name, said in _told(result):
        click.echo(f"{name}: {said}", err=True)
    for where, message in _failures(result):
        click.echo(f"the report was not made whole, {where}: {message}", err=True)
    for name, path in _files_made(result):
        click.echo(f"{name:9} {path}")


def _files_made(result: dg.ExecuteInProcessResult) -> Iterator[tuple[str, str]]:
    """What a run made and where it is, by the paths in its metadata; of the exports their folder alone."""
    for event in result.get_asset_materialization_events():
        name = "exports" if event.asset_key == EXPORTS else "report"
        for key, value in event.materialization.metadata.items():
            if isinstance(value, dg.PathMetadataValue) and value.path and (name == "report" or key == "path"):
                yield name, value.path


def _urge(settings: Settings, debts: list[dict[str, Any]]) -> None:
    """Print who owes what, the longest overdue first."""
    click.echo(f"\noverdue: {len(debts)} reports of {len({debt['office'] for debt in debts})} offices")
    lines = overdue_lines(debts, settings.catalogue)
    for line in lines[:_MOST_DEBTS]:
        click.echo(f"  {line}")
    if len(lines) > _MOST_DEBTS:
        click.echo(f"  … and {len(lines) - _MOST_DEBTS} more in mart.overdue")


def _show(settings: Settings, connection: duckdb.DuckDBPyConnection, quarter: str) -> None:
    rows = published.leading_lines(connection, quarter)
    if not rows:
        click.echo(f"failed: no target has a line in {quarter}", err=True)
        sys.exit(FAILED)
    said = Quarter.parse(quarter)
    plans = dict.fromkeys(settings.catalogue.words["plan_source"][row["plan_source"]] for row in rows)
    click.echo(f"\nKết quả thực hiện chỉ tiêu {said.label_vi} — {', '.join(plans)}\n")
    click.echo(as_text(rows, settings.catalogue))
    click.echo(f"\n{headline(rows, settings.catalogue, settings.place)}")


@contextmanager
def _failures_told() -> Iterator[None]:
    """End the command with the reason where the published file cannot be read, or what is made of it not written."""
    try:
        yield
    except (NoReportError, ArtefactError, published.UnreadableError, FileNotFoundError) as error:
        said = str(error)
    except OSError as error:
        said = f"{error.filename or 'a file'} may not be read or written: {error.strerror or error}"
    except NumberError as error:
        said = f"a published figure cannot be printed ({error}); run `make run`"
    except duckdb.Error as error:
        said = f"the published file cannot be read, or its files not written: {str(error).partition(chr(10))[0]}"
    else:
        return
    click.echo(f"failed: {said}", err=True)
    sys.exit(FAILED)


@main.command()
@click.option("--quarter", type=QUARTER, help="Which quarter; the newest that has a figure.")
@click.pass_obj
def show(settings: Settings, quarter: Quarter | None) -> None:
    """Print the published attainment of a quarter."""
    with _failures_told(), published.open_published(settings.warehouse.published) as connection:
        code = str(quarter) if quarter else published.newest_quarter(connection)
        if code is None:
            click.echo("no line has a figure yet")
            return
        _show(settings, connection, code)


@main.command()
@click.option("--quarter", type=QUARTER, help="Which quarter; the newest that has a figure.")
@click.pass_obj
def report(settings: Settings, quarter: Quarter | None) -> None:
    """Write a quarter's report and the page of all quarters from the published file, and print where they are.

    Exit 0 is all written, 1 is that something was not: the message says what, and what stood there is as it was.
    """
    with _failures_told(), open_sources(settings.warehouse, settings.catalogue, settings.place) as sources:
        wanted = quarter or sources.newest
        if wanted is None:
            click.echo("no line has a figure yet")
            return
        made = write_report(sources, settings.warehouse, sources.report(wanted))
        made += write_page(sources, settings.warehouse)
    for file in made.files:
        click.echo(f"{file.path}  {file.size / 1024:.0f} KiB")
    for failure in made.failed:
        click.echo(f"failed: {failure}", err=True)
    sys.exit(FAILED if made.failed else PUBLISHED)


@main.command()
@click.argument("indicator")
@click.argument("quarter", type=QUARTER)
@click.pass_obj
def trace(settings: Settings, indicator: str, quarter: Quarter) -> None:
    """Print how the published figure of INDICATOR in QUARTER was made, down to the cells of the offices' files."""
    known = {one.code: one for one in settings.catalogue.indicators}
    if indicator not in known:
        click.echo(f"failed: no indicator {indicator!r}; there are {', '.join(known)}", err=True)
        sys.exit(FAILED)
    with _failures_told(), published.open_published(settings.warehouse.published) as connection:
        rows = traced(connection, indicator, str(quarter))
    if not rows:
        click.echo(f"failed: {indicator} has no figure and no target in {quarter}", err=True)
        sys.exit(FAILED)
    with _failures_told():
        text = trace_text(rows, settings.catalogue)
    click.echo(f"{known[indicator].name_vi}, {quarter.label_vi}\n\n{text}")


@main.command()
@click.pass_obj
def export(settings: Settings) -> None:
    """Write the published tables as CSV and Parquet with their datapackage.json, to data/warehouse/exports."""
    warehouse = settings.warehouse
    with _failures_told():
        made = write_exports(warehouse.published, warehouse.folder / FOLDER, settings.place.file)
    click.echo(f"{made.folder}  {made.files} files, {sum(made.rows.values())} rows")


@main.command()
@click.option("--quarter", type=QUARTER, help="Which quarter; the one that has begun last.")
@click.pass_obj
def templates(settings: Settings, quarter: Quarter | None) -> None:
    """Write the blank workbooks that the offices owe for a quarter, one a folder of data/raw."""
    quarter = quarter or quarter_of(settings.partitions.get_partition_keys()[-1])
    try:
        tasks = tasks_of(quarter.year, settings.raw_dir, settings.catalogue, settings.place)
        owed = books_of(quarter, settings.place, settings.catalogue, tasks)
    except ValueError as error:  # a tasks.yaml that says nonsense among them
        click.echo(f"failed: {error}", err=True)
        sys.exit(FAILED)
    for book in owed.books:
        path = write_template(settings.warehouse.folder / "templates" / str(quarter), book)
        offices = ", ".join(office.name_vi for office in book.offices) or "no office owes it"
        click.echo(f"{path}  {offices}")
    if owed.not_due:
        click.echo(f"not owed for {quarter}: {', '.join(owed.not_due)}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=click.IntRange(1990, 2100), help="Year of the targets; what the document says.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the proposal there; a new file.")
@click.pass_obj
def targets(settings: Settings, file: Path, year: int | None, out: Path | None) -> None:
    """Read the targets from the text of a resolution (.docx, .md, .txt) and propose a targets.yaml.

    What is not read in one way only is listed for a person to decide. Exit 0 is all read, 1 failed, 2 left to decide.
    """
    try:
        known = load_resolutions(settings.raw_dir, settings.catalogue)
        name = settings.place.file.name_vi
        words = (name, name.partition(" ")[2] or name)
        proposal = propose_targets(file, settings.catalogue, year=year, resolutions=known, place=words)
        _hand_over(proposal, file, out)
    except (DocumentError, CatalogueError, OSError) as error:
        click.echo(f"failed: {error}", err=True)
        sys.exit(FAILED)
    sys.exit(PUBLISHED if proposal.is_complete else BLOCKED)


def _hand_over(proposal: Proposal, file: Path, out: Path | None) -> None:
    """Print the proposal, or write it to a file that is not there yet; then what is left to decide.

    Raises:
        FileExistsError: there is one.
    """
    text = as_yaml(proposal, file)
    if out is None:
        click.echo(text, nl=False)
    else:
        if out.exists():
            raise FileExistsError(f"{out} is there already and is not overwritten; name another file or move it away")
        with out.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        for question in proposal.questions:
            click.echo(f"to decide: {question_line(question)}")
    where = "" if out is None else f", written to {out}"
    click.echo(f"{len(proposal.targets)} targets proposed, {len(proposal.questions)} left to decide{where}", err=True)


@main.command()
@click.option("--quarter", type=QUARTER, required=True, help="The quarter that is reported on.")
@click.option("--office", help="Code of the office that issues it; the issuing_office of place.yaml.")
@click.option("--document-no", help="Number of the report, where it has one.")
@click.pass_obj
def issue(settings: Settings, quarter: Quarter, office: str | None, document_no: str | None) -> None:
    """Freeze a quarter's figures as published: the report as issued, in data/warehouse/issued. Exit as that of run."""
    issuing = settings.place.file.issuing_office
    office = office or (issuing.office if issuing else None)
    if office is None:
        click.echo("failed: say which office issues the report: --office, or issuing_office in place.yaml", err=True)
        sys.exit(FAILED)
    if key_of(quarter) not in settings.partitions.get_partition_keys():
        click.echo(f"failed: {quarter} has not begun, or is before {settings.place.first_quarter}", err=True)
        sys.exit(FAILED)
    job = build_defs(settings.data_dir).resolve_job_def(ISSUE_JOB)
    with _instance(settings) as instance:
        end_dead_runs(instance)
        result = job.execute_in_process(
            instance=instance,
            run_config=issue_config(office, document_no) | _QUIET,
            raise_on_error=False,
            partition_key=key_of(quarter),
            tags={"quarter": str(quarter)} | process_tag(),
        )
    sys.exit(_status(result))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, help="Port of the UI on this machine.")
@click.pass_obj
def dev(settings: Settings, port: int) -> None:
    """Open the Dagster UI with its daemon: schedules, the sensor, backfills."""
    with _instance(settings) as instance:
        end_dead_runs(instance)
    home = prepare_home(settings)
    environment = os.environ | {"DAGSTER_HOME": str(home), "LAGI_DATA_DIR": str(settings.data_dir)}
    command = ["dagster", "dev", "-w", str(_REPOSITORY / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    click.echo(f"Dagster UI: http://127.0.0.1:{port}  (Ctrl+C ends it)")
    sys.stdout.flush()
    # In place of this process, so that whoever ends it ends Dagster and its children.
    os.execve(sys.executable, [sys.executable, "-m", *command], environment)  # noqa: S606 - our own words


if __name__ == "__main__":
    main()
