"""The resources of a run: the warehouse, held for its length, and the moment at which it evaluates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.intake.files import local
from lagi_pipeline.warehouse.database import Warehouse


class WarehouseResource(dg.ConfigurableResource["WarehouseResource"]):
    """The warehouse, locked against other processes while the run (or, with another executor, the step) lasts."""

    folder: str = Field(description="Folder with the databases and the vault")
    lock_timeout: float = Field(default=600, description="Seconds to wait for another process that is writing")

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse in that folder."""
        return Warehouse(Path(self.folder))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[WarehouseResource]:
        """Hold the lock.

        Raises:
            WarehouseBusyError: another process did not let go of it in time.
        """
        run_id = context.run.run_id if context.run else "none"
        with self.warehouse.lock(self.lock_timeout, f"run {run_id}"):
            yield self


class EvaluationResource(dg.ConfigurableResource["EvaluationResource"]):
    """When a run evaluates, and which observation status it demands of the figures."""

    evaluated_at: str | None = Field(
        default=None,
        description="ISO moment as of which figures are known and judged; without one, the moment the run was created",
    )
    demanded_status: ObsStatus = Field(
        default=ObsStatus.ESTIMATE,
        description="estimate, preliminary or final: weaker figures are named by a check, and used all the same",
    )

    def moment(self, context: dg.AssetExecutionContext, zone: ZoneInfo) -> datetime:
        """The local time of the evaluation: as configured, else as Dagster recorded the run's creation.

        Raises:
            ValueError: ``evaluated_at`` is not an ISO moment.
        """
        if self.evaluated_at is not None:
            return local(datetime.fromisoformat(self.evaluated_at), zone)
        return created_at(context, zone)


def created_at(context: dg.AssetExecutionContext | dg.OpExecutionContext, zone: ZoneInfo) -> datetime:
    """When Dagster recorded the creation of the run, local time; nothing here reads a clock.

    Raises:
        RuntimeError: the instance has no record of the run.
    """
    record = context.instance.get_run_record_by_id(context.run.run_id)
    if record is None:
        raise RuntimeError(f"run {context.run.run_id} is not in the instance")
    return local(record.create_timestamp, zone)
