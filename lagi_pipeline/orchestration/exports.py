"""The asset of the exports beside the published file: what they are stands in ``reporting.exports``."""

import logging
from typing import Any

import dagster as dg

from lagi_pipeline.orchestration.assets import OFFICE, PUBLISHED, SINGLE_RUN, Result
from lagi_pipeline.orchestration.settings import Settings
from lagi_pipeline.reporting.exports import FOLDER, PACKAGE, Exports, write_exports
from lagi_pipeline.reporting.markdown import markdown_table

log = logging.getLogger("lagi_pipeline")

EXPORTS = dg.AssetKey(["published", "exports"])
EXPORTS_VERSION = "1"


def exports_asset(settings: Settings) -> dg.AssetsDefinition:
    """The exports: the published tables as CSV and Parquet. Partitioned as what they are made of, and made whole."""

    @dg.asset(
        key=EXPORTS,
        deps=[PUBLISHED],
        partitions_def=settings.partitions,
        backfill_policy=SINGLE_RUN,
        group_name="published",
        owners=[OFFICE],
        kinds={"csv", "parquet"},
        tags={"layer": "published"},
        code_version=EXPORTS_VERSION,
        description="Bản xuất (exports for analysts): the published tables as CSV for Excel and as Parquet, with a"
        " Frictionless datapackage.json, in data/warehouse/exports; a fresh folder, put in place whole.",
    )
    def exports() -> Result:
        held = settings.warehouse  # the published file alone: no lock of the working database
        made = write_exports(held.published, held.folder / FOLDER, settings.place.file)
        log.info("  %-20s %6d files, %d KiB", FOLDER, made.files, _size(made) // 1024)
        return dg.MaterializeResult(metadata=_metadata(made))

    return exports


def _size(made: Exports) -> int:
    return sum(made.csv_bytes.values()) + sum(made.parquet_bytes.values())


def _metadata(made: Exports) -> dict[str, Any]:
    sizes = ((n, str(rows), str(made.csv_bytes[n]), str(made.parquet_bytes[n])) for n, rows in made.rows.items())
    lines = markdown_table(("resource", "rows", "csv, bytes", "parquet, bytes"), sizes)
    return {
        "path": dg.MetadataValue.path(str(made.folder)),
        "package": dg.MetadataValue.path(str(made.folder / PACKAGE)),
        "files": made.files,
        "size_bytes": _size(made),
        "dagster/row_count": sum(made.rows.values()),
        "resources": dg.MetadataValue.md("\n".join(lines)),
    }
