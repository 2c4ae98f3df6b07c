"""The quarterly report and the page as assets: their job, and the sensor that asks for it after each publication.

They are in no other job: figures are published often, and only what is published is reported. What they do is
``reporting/artefacts``.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.assets import OFFICE, PUBLISHED, SINGLE_RUN, Result
from lagi_pipeline.orchestration.descriptions import check_description
from lagi_pipeline.orchestration.schedules import MAIN_JOB, PHASES, REPORT_JOB, REPORTS
from lagi_pipeline.orchestration.settings import RANGE_END, RANGE_START, Settings, quarter_of, range_tags
from lagi_pipeline.reporting.agreement import disagreements
from lagi_pipeline.reporting.artefacts import (
    REPORT_VERSION,
    Made,
    Sources,
    open_sources,
    report_path,
    write_page,
    write_report,
)
from lagi_pipeline.reporting.content import NoReportError, QuarterReport
from lagi_pipeline.reporting.markdown import escaped, markdown_table
from lagi_pipeline.warehouse.database import Warehouse

REPORT, PAGE = REPORTS
REPORT_SENSOR = "report_after_publishing"
AGREEMENT_CHECK = "figures_agree_with_the_published_file"
_PARTITION_TAG = "dagster/partition"
_MOST_NAMED = 20


def report_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The report of a quarter, and the page of all of them."""
    made = functools.partial(
        dg.asset,
        deps=[PUBLISHED],
        partitions_def=settings.partitions,
        backfill_policy=SINGLE_RUN,
        group_name="reports",
        owners=[OFFICE],
        tags={"layer": "reports"},
        code_version=REPORT_VERSION,
    )

    @made(
        key=REPORT,
        kinds={"word", "excel"},
        description="Báo cáo quý (quarterly report): what the Standing Committee reads, from the published file alone,"
        " in data/warehouse/reports/<quarter>; a quarter without lines has none, and says so.",
        check_specs=[
            dg.AssetCheckSpec(
                AGREEMENT_CHECK,
                asset=REPORT,
                description=check_description(
                    AGREEMENT_CHECK,
                    "Every number of the workbook's sheet of targets, read again from the file as written, is that of"
                    " mart.attainment; where there is none, it says …. Shown, not blocking.",
                ),
            )
        ],
    )
    def quarterly_report(context: dg.AssetExecutionContext) -> Result:
        made = Made()
        wrong: list[str] = []
        with open_sources(settings.warehouse, settings.catalogue, settings.place) as sources:
            for key in context.partition_keys:
                done = _make(sources, settings.warehouse, quarter_of(key))
                context.add_asset_metadata(done.metadata, partition_key=key)
                made += done.made
                wrong += done.wrong
        made.require()
        return dg.MaterializeResult(check_results=[_agreement(wrong)])

    @made(
        key=PAGE,
        kinds={"html"},
        description="Trang chỉ tiêu (page of targets): one page of all published quarters, opened at the newest with a"
        " figure, in data/warehouse/reports; it is made whole, whichever quarters are materialised.",
    )
    def page() -> Result:
        with open_sources(settings.warehouse, settings.catalogue, settings.place) as sources:
            try:
                made = write_page(sources, settings.warehouse)
            except NoReportError as error:
                return dg.MaterializeResult(metadata={"report": str(error)})
        made.require()
        return dg.MaterializeResult(metadata=_files_metadata(made))

    return [quarterly_report, page]


@dataclass(frozen=True, slots=True)
class _Done:
    """A quarter's report: what its page says, what was made, and where the workbook differs from what is published."""

    metadata: Mapping[str, Any]
    made: Made = field(default_factory=Made)
    wrong: Sequence[str] = ()


def _make(sources: Sources, warehouse: Warehouse, quarter: Quarter) -> _Done:
    try:
        report = sources.report(quarter)
    except NoReportError as error:
        return _Done({"quarter": str(quarter), "report": str(error)})
    made = write_report(sources, warehouse, report)
    book = report_path(warehouse, quarter, ".xlsx")
    wrong = (
        [f"{quarter}: {found}" for found in disagreements(book, sources.connection, report)] if book.exists() else []
    )
    said = {
        "quarter": str(quarter),
        "report": dg.MetadataValue.md(report_markdown(report)),
        "dagster/partition_row_count": len(report.lines),
        "evaluated_at": report.evaluated_at.isoformat(" "),
        "is_illustrative": report.is_illustrative,
    }
    return _Done(said | _files_metadata(made), made, wrong)


def _agreement(wrong: Sequence[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=AGREEMENT_CHECK,
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"differences": len(wrong), "first": "\n".join(wrong[:_MOST_NAMED]) or "none"},
    )


def _files_metadata(made: Made) -> dict[str, Any]:
    """Where each file stands and its size, by its suffix; and what was not made."""
    said: dict[str, Any] = {"not_written": "\n".join(made.failed)} if made.failed else {}
    for file in made.files:
        suffix = file.path.suffix.removeprefix(".")
        said[f"{suffix}_path"] = dg.MetadataValue.path(str(file.path))
        said[f"{suffix}_bytes"] = file.size
    return said


def report_markdown(report: QuarterReport) -> str:
    """The report's sentences and its table of targets, as the asset's page shows them."""
    sentences = [*report.summary, *report.at_risk, *report.late, *report.changes]
    columns, rows = report.targets.columns, report.targets.rows
    table = markdown_table(
        [column.title_vi for column in columns],
        ([cell.text for cell in row] for row in rows),
        [at for at, column in enumerate(columns) if column.kind == "number"],
    )
    return "\n".join([*(f"- {escaped(sentence)}" for sentence in sentences), "", *table])


def report_sensor(settings: Settings, jobs: Sequence[Any]) -> dg.SensorDefinition:
    """The sensor that asks for the reports of what was published, running by default.

    A correction travels on: the first quarter of a run and all after it may say something new. It asks once for each
    run, by a key made of that run's id. What `lagi run` executes itself is not of a code location: Dagster shows its
    runs and no sensor sees them, so `lagi run` makes the report itself.

    Args:
        settings: Whose quarters there are.
        jobs: All jobs; after those that publish figures the sensor asks for the one that reports them.
    """
    by_name = {job.name: job for job in jobs}

    @dg.run_status_sensor(
        name=REPORT_SENSOR,
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[by_name[name] for name in (MAIN_JOB, *(phase.name for phase in PHASES))],
        request_job=by_name[REPORT_JOB],
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Làm báo cáo sau khi công bố (reports what was published): after each run that publishes, asks for"
        " the reports from the run's first quarter to the newest that has begun, the page and the exports: a correction"
        " changes what later quarters say.",
    )
    def ask(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        first = run.tags.get(RANGE_START, run.tags.get(_PARTITION_TAG))
        last = run.tags.get(RANGE_END, first)
        if first is None or last is None:
            return dg.SkipReason(f"run {run.run_id} was of no quarter")
        newest = settings.partitions.get_last_partition_key()
        to = max(last, newest or last)
        return dg.RunRequest(
            run_key=f"{REPORT_JOB} after {run.run_id}", tags=range_tags(quarter_of(first), quarter_of(to))
        )

    return ask
