"""The asset of the resolution's tasks and registers; the work is in ``steps.tasks``."""

import logging

import dagster as dg

from lagi_pipeline.feeds.tasks import TASKS
from lagi_pipeline.orchestration.assets import RESOLUTION, TASK_PROGRESS, Result, computed_asset, feed_key
from lagi_pipeline.orchestration.metadata import table_metadata
from lagi_pipeline.orchestration.resources import EvaluationResource, WarehouseResource
from lagi_pipeline.orchestration.settings import Settings
from lagi_pipeline.steps.tasks import compute_tasks, write_tasks
from lagi_pipeline.warehouse import tables

log = logging.getLogger("lagi_pipeline")


def task_asset(settings: Settings) -> dg.AssetsDefinition:
    """The tasks by quarter, and the registers by year."""

    @computed_asset(settings)(
        key=TASK_PROGRESS,
        deps=[feed_key(TASKS.code), RESOLUTION],
        group_name="mart",
        tags={"layer": "mart"},
        metadata=table_metadata(tables.TASK_PROGRESS) | {"registers": tables.REGISTER.full_name},
        description="Tiến độ nhiệm vụ (tasks): every task of the resolution (II.C) by quarter, as reported; in"
        " mart.resolution_register the aims beside the ten, last year's weaknesses and the implementation plans.",
    )
    def task_progress(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, evaluation: EvaluationResource
    ) -> Result:
        moment = evaluation.moment(context, settings.place.timezone)
        with warehouse.warehouse.write() as connection:
            computed = compute_tasks(connection, settings.situation, moment)
            write_tasks(connection, computed)
        log.info(
            "  %-20s %6d rows, %d in the registers", "mart.task_progress", len(computed.tasks), len(computed.registers)
        )
        metadata = {"dagster/row_count": len(computed.tasks), "rows_in_registers": len(computed.registers)}
        return dg.MaterializeResult(metadata=metadata)

    return task_progress
