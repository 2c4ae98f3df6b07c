"""The reports that are issued: the job that freezes one, and what has changed since; the work is in ``steps``."""

import logging
from typing import Any

import dagster as dg
from pydantic import Field

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.assets import (
    ISSUED,
    OBSERVATION,
    OFFICE,
    PUBLISHED,
    REVISION,
    SINGLE_RUN,
    Result,
    publish_gated,
)
from lagi_pipeline.orchestration.descriptions import check_description
from lagi_pipeline.orchestration.metadata import table_metadata
from lagi_pipeline.orchestration.resources import WarehouseResource, created_at
from lagi_pipeline.orchestration.settings import Settings, quarter_of
from lagi_pipeline.steps.revisions import load_reports, write_revisions
from lagi_pipeline.steps.sign_off import SIGN_OFF_VERSION, Issue, Issued, issue_report
from lagi_pipeline.warehouse import tables

log = logging.getLogger("lagi_pipeline")

ISSUE_JOB = "issue_report"
INTACT_CHECK = "issued_reports_are_as_issued"


class IssueConfig(dg.Config):
    """Who issues a report; never a person's name."""

    office: str = Field(description="Code of the office that issues it: of offices.csv, or the issuing_office")
    document_no: str | None = Field(default=None, description="Number of the report, where it has one")


def issue_config(office: str, document_no: str | None) -> dict[str, Any]:
    """The configuration of a run that issues a report."""
    config = {"office": office} | ({"document_no": document_no} if document_no else {})
    return {"ops": {"issue": {"config": config}}}


def issued_spec(settings: Settings) -> dg.AssetSpec:
    """The reports as issued. No button materialises them: to issue is a decision, and has a job of its own."""
    return dg.AssetSpec(
        ISSUED,
        deps=[OBSERVATION],
        partitions_def=settings.partitions,
        group_name="issued",
        owners=[OFFICE],
        kinds={"python", "json"},
        tags={"layer": "issued"},
        code_version=SIGN_OFF_VERSION,
        metadata=table_metadata(tables.ISSUED_REPORT),
        description="Báo cáo đã phát hành (issued reports): the quarter's figures frozen as published, in"
        " data/warehouse/issued, by"
        f" the job {ISSUE_JOB}; each run of it issues another report, and none is overwritten.",
    )


def issue_job(settings: Settings) -> dg.JobDefinition:
    """The job that issues a report: for one quarter, with the office named; then it publishes what was issued."""

    @dg.op(description="Freeze the quarter's figures as published, and publish the report with them.")
    def issue(context: dg.OpExecutionContext, warehouse: WarehouseResource, config: IssueConfig) -> None:
        quarter = quarter_of(context.partition_key)
        asked = Issue(quarter, config.office, config.document_no)
        done = issue_report(
            warehouse.warehouse, settings.situation, asked, created_at(context, settings.place.timezone)
        )
        _tell(context, quarter, done)
        with warehouse.warehouse.write() as connection:
            load_reports(connection, warehouse.warehouse, settings.place.file.code)
            changed = write_revisions(connection, settings.situation)
        context.log_event(dg.AssetMaterialization(REVISION, partition=context.partition_key))
        snapshot = publish_gated(settings, warehouse)
        context.log_event(dg.AssetMaterialization(PUBLISHED, partition=context.partition_key))
        log.info("  %-20s %6d rows changed since reports; %d KiB", snapshot.path.name, changed, snapshot.size // 1024)

    @dg.job(
        name=ISSUE_JOB,
        partitions_def=settings.partitions,
        executor_def=dg.in_process_executor,
        description="Phát hành báo cáo quý (issue the report of a quarter): freeze its figures as published, and"
        " publish"
        " what was issued. Launchpad: choose the quarter, name the office. `make issue` does the same.",
    )
    def job() -> None:
        issue()

    return job


def _tell(context: dg.OpExecutionContext, quarter: Quarter, done: Issued) -> None:
    """Say in the log and on the asset's page what was issued."""
    said = done.report
    log.info(
        "%s: report number %d issued by %s (%s), %d lines as of %s",
        quarter,
        said.number,
        said.office_name_vi,
        said.office,
        len(said.figures),
        said.frozen_at.isoformat(" ", "minutes"),
    )
    if done.earlier:
        log.info("an earlier one exists and stays: %s", ", ".join(done.earlier))
    log.info("%s  sha256 %s", done.path, done.sha256)
    about: dict[str, Any] = {
        "quarter": str(quarter),
        "number": said.number,
        "path": dg.MetadataValue.path(str(done.path)),
        "sha256": done.sha256,
        "frozen_at": said.frozen_at.isoformat(" "),
        "earlier": ", ".join(done.earlier) or "none",
    }
    context.log_event(dg.AssetMaterialization(ISSUED, partition=context.partition_key, metadata=about))


def revision_asset(settings: Settings) -> dg.AssetsDefinition:
    """The asset of ``mart.revision_since_report``, and of the tables that hold what was issued."""

    @dg.asset(
        key=REVISION,
        deps=[OBSERVATION, ISSUED],  # not on what the gate blocks: the gate examines this table too
        partitions_def=settings.partitions,
        backfill_policy=SINGLE_RUN,
        group_name="mart",
        owners=[OFFICE],
        kinds={"python", "duckdb"},
        tags={"layer": "mart"},
        code_version=SIGN_OFF_VERSION,
        metadata=table_metadata(tables.REVISION)
        | {"tables": f"{tables.ISSUED_REPORT.full_name}, {tables.ISSUED_FIGURE.full_name}"},
        description="Thay đổi sau báo cáo (changes since a report): what differs from each quarter's newest report,"
        " then and now, and why.",
        check_specs=[
            dg.AssetCheckSpec(
                INTACT_CHECK,
                asset=REVISION,
                description=check_description(
                    INTACT_CHECK,
                    "Every file of data/warehouse/issued is as it was issued: its checksum fits. Shown, not"
                    " blocking: a file that is not is not used, and the others are.",
                ),
            )
        ],
    )
    def revision_since_report(warehouse: WarehouseResource) -> Result:
        with warehouse.warehouse.write() as connection:
            kept = load_reports(connection, warehouse.warehouse, settings.place.file.code)
            rows = write_revisions(connection, settings.situation)
        if kept.reports:
            log.info("  %-20s %6d rows, %d reports issued", "mart.revision", rows, len(kept.reports))
        check = dg.AssetCheckResult(
            check_name=INTACT_CHECK,
            passed=not kept.wrong,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"wrong": "\n".join(kept.wrong) or "none"},
        )
        return dg.MaterializeResult(metadata={"dagster/row_count": rows}, check_results=[check])

    return revision_since_report
