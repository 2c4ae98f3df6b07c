"""The definitions of the code location, built from a data folder."""

from __future__ import annotations

import warnings
from pathlib import Path

import dagster as dg

from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.orchestration.alerts import alert_sensors
from lagi_pipeline.orchestration.assets import computed_assets, feed_asset, published_asset, raw_specs, slips_asset
from lagi_pipeline.orchestration.checks import demanded_status_check, gate_checks, overdue_checks, printed_plans_check
from lagi_pipeline.orchestration.exports import exports_asset
from lagi_pipeline.orchestration.overrides import override_asset
from lagi_pipeline.orchestration.reports import report_assets, report_sensor
from lagi_pipeline.orchestration.resources import EvaluationResource, WarehouseResource
from lagi_pipeline.orchestration.schedules import jobs, schedules
from lagi_pipeline.orchestration.sensor import raw_files_sensor
from lagi_pipeline.orchestration.settings import load_settings
from lagi_pipeline.orchestration.sign_off import issue_job, issued_spec, revision_asset
from lagi_pipeline.orchestration.tasks import task_asset


def build_defs(data_dir: Path | None = None, *, executor: dg.ExecutorDefinition | None = None) -> dg.Definitions:
    """Everything that Dagster runs and shows.

    Args:
        data_dir: the folder with ``raw/`` and ``warehouse/``; else ``LAGI_DATA_DIR``, else ``data``.
        executor: another executor than the in-process one (DuckDB allows one writing process).

    Raises:
        CatalogueError: the catalogue or the place says nonsense; the message names file and entry.
    """
    settings = load_settings(data_dir)
    with warnings.catch_warnings():
        # Backfill policies and partitioned checks are still marked beta and preview; decided in docs/engineers.md.
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        asset_jobs = jobs()
        return dg.Definitions(
            assets=[
                *raw_specs(settings),
                *(feed_asset(feed, settings.catalogue.feeds[code], settings) for code, feed in FEEDS.items()),
                override_asset(settings),
                *computed_assets(settings),
                task_asset(settings),
                revision_asset(settings),
                issued_spec(settings),
                slips_asset(settings),
                published_asset(settings),
                *report_assets(settings),
                exports_asset(settings),
            ],
            asset_checks=[
                gate_checks(settings),
                demanded_status_check(settings),
                printed_plans_check(settings),
                overdue_checks(settings),
            ],
            jobs=[*asset_jobs, issue_job(settings)],
            schedules=schedules(settings),
            sensors=[raw_files_sensor(settings), report_sensor(settings, asset_jobs), *alert_sensors(settings)],
            resources={
                "warehouse": WarehouseResource(folder=str(settings.warehouse.folder)),
                "evaluation": EvaluationResource(),
            },
            executor=executor or dg.in_process_executor,
        )
