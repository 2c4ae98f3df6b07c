"""The asset of what offices set by hand; what it does is ``steps/overrides``."""

import logging

import dagster as dg

from lagi_pipeline.orchestration.assets import MEASURE, OFFICE, OVERRIDE, OVERRIDES, RESOLUTION, SINGLE_RUN, Result
from lagi_pipeline.orchestration.descriptions import check_description
from lagi_pipeline.orchestration.metadata import table_metadata
from lagi_pipeline.orchestration.resources import WarehouseResource, created_at
from lagi_pipeline.orchestration.settings import Settings
from lagi_pipeline.steps.overrides import OVERRIDES_VERSION, OverrideIngestion
from lagi_pipeline.warehouse import tables

log = logging.getLogger("lagi_pipeline")

ENTRIES_CHECK = "overrides_are_accepted"


def override_asset(settings: Settings) -> dg.AssetsDefinition:
    """The asset of ``core.override``: every file is read in each run, whichever quarters are materialised."""

    @dg.asset(
        key=OVERRIDE,
        deps=[OVERRIDES, MEASURE, RESOLUTION],
        partitions_def=settings.partitions,
        backfill_policy=SINGLE_RUN,
        group_name="core",
        owners=[OFFICE],
        kinds={"python", "duckdb"},
        tags={"layer": "core"},
        code_version=OVERRIDES_VERSION,
        metadata=table_metadata(tables.OVERRIDE),
        description="Điều chỉnh theo văn bản (overrides): the figures and results that an office set by hand, every"
        " version;"
        " what is refused is in quarantine with its reason.",
        check_specs=[
            dg.AssetCheckSpec(
                ENTRIES_CHECK,
                asset=OVERRIDE,
                description=check_description(
                    ENTRIES_CHECK,
                    "Every entry of data/raw/overrides has an office, a reason, a document and a figure or"
                    " result that can be. Shown, not blocking: a wrong file never stops the others.",
                ),
            )
        ],
    )
    def override(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Result:
        ingestion = OverrideIngestion(
            situation=settings.situation,
            warehouse=warehouse.warehouse,
            seen_at=created_at(context, settings.place.timezone),
        )
        with warehouse.warehouse.write() as connection:
            result = ingestion.run(connection)
        if result.files:
            log.info(
                "  %-20s %3d files %6d entries accepted, %d refused",
                "core.override",
                result.files,
                result.accepted,
                len(result.refused),
            )
        check = dg.AssetCheckResult(
            check_name=ENTRIES_CHECK,
            passed=not result.refused,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"refused": "\n".join(result.refused) or "none"},
        )
        return dg.MaterializeResult(
            metadata={
                "files": result.files,
                "entries": result.accepted,
                "stray_files": ", ".join(result.strays) or "none",
            },
            check_results=[check],
        )

    return override
