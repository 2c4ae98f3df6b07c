"""Column lineage: every column of the way has its origin, every origin is there, and Dagster is told the same."""

from __future__ import annotations

from typing import Any

import pytest

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.orchestration.lineage import lineage_metadata
from lagi_pipeline.warehouse.lineage import column_lineage, lineage_of
from lagi_pipeline.warehouse.tables import (
    ATTAINMENT,
    MEASURE,
    MEASURE_CELL,
    OBSERVATION,
    UNIT_ATTAINMENT,
    UNIT_SERIES,
    Table,
    all_tables,
)
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import ask

COLUMNS = {(table.full_name, column.name) for table in all_tables() for column in table.columns}


@pytest.mark.parametrize(
    "table",
    [MEASURE, MEASURE_CELL, OBSERVATION, ATTAINMENT, UNIT_ATTAINMENT, UNIT_SERIES],
    ids=lambda table: table.name,
)
def test_every_column_comes_from_somewhere_or_is_said_to_be_set_by_the_pipeline(table: Table) -> None:
    assert {row.column_name for row in lineage_of(table)} == {column.name for column in table.columns}


def test_every_column_that_is_named_is_there() -> None:
    named = {(row.table_name, row.column_name) for row in column_lineage()}
    named |= {(row.from_table, row.from_column) for row in column_lineage() if row.from_table and row.from_column}
    assert named <= COLUMNS
    assert all((row.from_table is None) == (row.from_column is None) for row in column_lineage())
    assert all(row.how for row in column_lineage())


def test_every_measure_comes_from_a_figure_of_its_form() -> None:
    read = {row.how.removeprefix("measure "): row for row in lineage_of(MEASURE) if row.column_name == "value"}
    assert set(read) == set(catalogue().measures)
    for code, measure in catalogue().measures.items():
        form = FEEDS[measure.feed].form(measure.form).form
        assert read[code].from_table == f"feeds.{measure.form}"
        assert form.column(str(read[code].from_column)).unit is not None


def test_the_published_table_says_the_same(town: Town) -> None:
    found = ask(town.data_dir, "FROM core.column_lineage")
    assert sorted(map(str, found)) == sorted(
        str({name: getattr(row, name) for name in row.__slots__}) for row in column_lineage()
    )


@pytest.mark.parametrize(
    ("asset", "column", "origin"),
    [
        (["core", "measure"], "value", "feeds/budget_revenue.actual"),
        (["core", "observation"], "value", "core/measure.value"),
        (["mart", "attainment"], "actual", "core/observation.value"),
        (["mart", "attainment"], "target", "raw/resolution.value"),
    ],
)
def test_dagster_is_told_with_each_materialisation(town: Town, asset: list[str], column: str, origin: str) -> None:
    told: list[Any] = [
        event.materialization.metadata["dagster/column_lineage"].value
        for event in town.outcome.result.get_asset_materialization_events()
        if event.asset_key is not None and [*event.asset_key.path] == asset
    ]
    assert told
    for lineage in told:
        deps = lineage.deps_by_column[column]
        assert origin in {f"{dep.asset_key.to_user_string()}.{dep.column_name}" for dep in deps}


def test_no_origin_is_told_twice() -> None:
    for deps in lineage_metadata(MEASURE)["dagster/column_lineage"].deps_by_column.values():
        assert len(deps) == len({(dep.asset_key, dep.column_name) for dep in deps})
