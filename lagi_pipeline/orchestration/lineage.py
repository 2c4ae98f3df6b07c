"""Column lineage as Dagster shows it: ``core.column_lineage`` told in assets."""

from __future__ import annotations

from typing import Any

import dagster as dg

from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.warehouse.lineage import lineage_of
from lagi_pipeline.warehouse.tables import MEASURE, OBSERVATION, Table, feed_tables

_ASSETS = {
    MEASURE.full_name: dg.AssetKey(["core", "measure"]),
    OBSERVATION.full_name: dg.AssetKey(["core", "observation"]),
    "core.target": dg.AssetKey(["raw", "resolution"]),
} | {
    feed_tables()[form.form.code].full_name: dg.AssetKey(["feeds", feed.code])
    for feed in FEEDS.values()
    for form in feed.forms
}
"""The asset whose column a table's is; what many assets write (vintages, the quarantine) is no asset of its own."""


def lineage_metadata(table: Table) -> dict[str, Any]:
    """The metadata of a materialisation that says from which columns of which assets its columns come."""
    deps: dict[str, list[dg.TableColumnDep]] = {}
    for row in lineage_of(table):
        asset = _ASSETS.get(row.from_table or "")
        if asset is not None and row.from_column is not None:
            dep = dg.TableColumnDep(asset_key=asset, column_name=row.from_column)
            known = deps.setdefault(row.column_name, [])
            if dep not in known:
                known.append(dep)
    return {"dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps)}
