"""From which columns each column comes, from the feeds to ``mart.attainment`` and to units: ``core.column_lineage``.

What a feed's columns become is read off its measures; the rest is the list below, held to the models by a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.warehouse.tables import (
    ATTAINMENT,
    MEASURE,
    MEASURE_CELL,
    OBSERVATION,
    UNIT_ATTAINMENT,
    UNIT_SERIES,
    Table,
    feed_tables,
)


@dataclass(frozen=True, slots=True)
class ColumnLineage:
    """A row of ``core.column_lineage``: a column and one that it comes from, None where the pipeline sets it."""

    table_name: str
    column_name: str
    from_table: str | None
    from_column: str | None
    how: str


_COPIED = "as it is"
_CATALOGUE = "set by the catalogue (indicators.yaml, measures.yaml, words.yaml)"
_RUN = "set by the run"

# Columns of measures that come from one column of every feed's rows; the others there are the row's own of that name,
# the catalogue's, or (the figure) read off the feed's measures.
_OF_ROWS = {
    "cell": ("cells", "the first cell's address"),
    "text": ("printed", "the text"),
    "printed_value": ("printed", "the number before it is scaled"),
    "printed_unit": ("printed", "the unit"),
    "scale": ("printed", "the scale"),
}
_BY_CATALOGUE = {"feed", "form", "measure", "name_vi", "unit", "position"}

Origins = Sequence[tuple[Table | str, str]]
_VALUE: Origins = ((MEASURE, "value"),)
_OVERRIDE: Origins = tuple(("core.override", column) for column in ("document_no", "office_name_vi", "reason"))

# Column -> what becomes of the columns on the way, and which they are.
_OBSERVATION: dict[str, tuple[str, Origins]] = {
    "indicator_code": (_CATALOGUE, ()),
    "unit_code": ("the place's own code, or the ward's", ((MEASURE, "unit_code"),)),
    "quarter": ("every quarter that is judged; carried surveys are of an earlier one", ((MEASURE, "quarter"),)),
    "value": (
        "the catalogue's formula over the versions that answer; last year's end may be a target's; or set by hand",
        ((MEASURE, "value"), ("core.target", "baseline"), ("core.override", "value")),
    ),
    "numerator": ("the sum of the numerator's terms", _VALUE),
    "denominator": ("the sum of the denominator's terms", _VALUE),
    "obs_status": ("the weakest of the inputs", ((MEASURE, "obs_status"),)),
    "as_of": ("the latest of the quarter's inputs", ((MEASURE, "as_of"),)),
    "is_illustrative": ("any of the inputs", ((MEASURE, "is_sample"), ("core.target", "is_illustrative"))),
    "basis": ("the one basis of the inputs", ((MEASURE, "basis"),)),
    "reason": (
        "the gaps in sentences",
        (("core.rejected_unit", "reason"), ("core.vintage", "problem"), ("quarantine.rejected_file", "reason")),
    ),
    "returned": (
        "whether a gap was sent back",
        (("core.rejected_unit", "reason"), ("core.vintage", "problem"), ("quarantine.rejected_file", "reason")),
    ),
    "override_vi": ("the document that sets the figure", _OVERRIDE),
    "carried": ("whether no version of the quarter answers", (("core.vintage", "quarter"),)),
    "evaluated_at": (_RUN, ()),
}
_ACTUAL, _TARGET = (OBSERVATION, "value"), ("core.target", "value")
_COMPARED: Origins = (_ACTUAL, _TARGET)
_ATTAINMENT: dict[str, tuple[str, Origins]] = {
    "quarter": ("the quarters of the target's year that have begun", ((OBSERVATION, "quarter"),)),
    "year": (_COPIED, (("core.target", "year"),)),
    "indicator_code": (_COPIED, (("core.target", "indicator_code"),)),
    "ordinal": (_CATALOGUE, ()),
    "name_vi": (_CATALOGUE, ()),
    "name_en": (_CATALOGUE, ()),
    "unit": (_CATALOGUE, ()),
    "direction": (_CATALOGUE, ()),
    "plan_source": (_COPIED, (("core.target", "plan_source"),)),
    "is_leading": ("whether its plan leads the line (place.yaml)", (("core.target", "plan_source"),)),
    "target": (_COPIED, (_TARGET,)),
    "target_upper": ("the upper bound of a range", (("core.target", "upper"),)),
    "actual": ("the figure; an earlier year's survey no longer stands once this year's is due", (_ACTUAL,)),
    "actual_quarter": ("the figure less that of the quarter before", (_ACTUAL, (OBSERVATION, "basis"))),
    "numerator": (_COPIED, ((OBSERVATION, "numerator"),)),
    "denominator": (_COPIED, ((OBSERVATION, "denominator"),)),
    "attainment_pct": ("actual / target x 100", _COMPARED),
    "gap": ("the compared figure against the target", _COMPARED),
    "result_status": (
        "the verdict on the day of the evaluation, or the one set by hand",
        (*_COMPARED, ("core.override", "result")),
    ),
    "status_vi": ("the verdict in words (words.yaml)", (*_COMPARED, (OBSERVATION, "returned"))),
    "pace_status": ("by the probability of meeting the target, else by the position (docs/method.md)", _COMPARED),
    "pace_vi": ("the pace in words (words.yaml)", _COMPARED),
    "expected_pct": ("the share of the year by the quarter, of earlier years and the reference", (_ACTUAL,)),
    "expected": ("the figure expected by the quarter's end", _COMPARED),
    "pace_basis": ("what pace and expectation rest on", ((OBSERVATION, "quarter"),)),
    "forecast": ("docs/method.md", _COMPARED),
    "forecast_low": ("docs/method.md", _COMPARED),
    "forecast_high": ("docs/method.md", _COMPARED),
    "probability_pct": ("docs/method.md", _COMPARED),
    "forecast_method": ("docs/method.md", ()),
    "history_years": ("the complete earlier years", (_ACTUAL,)),
    "year_estimate": (
        "the office's own estimate of the year, or Q4's figure while it is an estimate",
        (*_VALUE, _ACTUAL),
    ),
    "estimate_status": ("the verdict on that estimate", (*_VALUE, _TARGET)),
    "estimate_status_vi": ("the same in words (words.yaml)", (*_VALUE, _TARGET)),
    "forecast_status": ("the verdict on the forecast", _COMPARED),
    "forecast_status_vi": ("the same in words (words.yaml)", _COMPARED),
    "yoy_index_pct": ("actual / that of a year earlier x 100", (_ACTUAL, (OBSERVATION, "basis"))),
    "yoy_change_pct": ("the index less 100, or the change in points", (_ACTUAL, (OBSERVATION, "basis"))),
    "obs_status": (_COPIED, ((OBSERVATION, "obs_status"),)),
    "as_of": (_COPIED, ((OBSERVATION, "as_of"),)),
    "evaluated_at": (_RUN, ()),
    "reason": ("with what the verdict and the comparison remark", ((OBSERVATION, "reason"),)),
    "override_vi": ("the documents that set figure or result", _OVERRIDE),
    "sources": (
        "the files of the figure's inputs, or of what set it by hand",
        ((MEASURE, "file"), ("core.override", "file")),
    ),
    "target_is_illustrative": (_COPIED, (("core.target", "is_illustrative"),)),
    "actual_is_illustrative": (_COPIED, ((OBSERVATION, "is_illustrative"),)),
}

_UNITS = "set by the place (units.csv)"
# What both tables of units say in the same way.
_OF_UNITS: dict[str, tuple[str, Origins]] = {
    "quarter": (_COPIED, ((OBSERVATION, "quarter"),)),
    "year": ("the quarter's", ((OBSERVATION, "quarter"),)),
    "indicator_code": (_COPIED, ((OBSERVATION, "indicator_code"),)),
    "name_vi": (_CATALOGUE, ()),
    "name_en": (_CATALOGUE, ()),
    "unit": (_CATALOGUE, ()),
    "unit_valid_from": (_UNITS, ()),
    "unit_name_vi": (_UNITS, ()),
    "kind": (_UNITS, ()),
    "urban": (_UNITS, ()),
    "evaluated_at": (_RUN, ()),
}
_UNIT_ATTAINMENT: dict[str, tuple[str, Origins]] = _OF_UNITS | {
    "unit_code": (_COPIED, ((OBSERVATION, "unit_code"),)),
    "actual": (_COPIED, (_ACTUAL,)),
    "numerator": (_COPIED, ((OBSERVATION, "numerator"),)),
    "denominator": (_COPIED, ((OBSERVATION, "denominator"),)),
    "town_target": ("of the plan that leads the line", (_TARGET,)),
    "town_target_upper": ("of the plan that leads the line", (("core.target", "upper"),)),
    "gap": ("the compared figure against the town's target", _COMPARED),
    "share_of_town_pct": ("the unit's figure / the town's x 100", (_ACTUAL,)),
    "obs_status": (_COPIED, ((OBSERVATION, "obs_status"),)),
    "as_of": (_COPIED, ((OBSERVATION, "as_of"),)),
    "reason": (_COPIED, ((OBSERVATION, "reason"),)),
    "actual_is_illustrative": (_COPIED, ((OBSERVATION, "is_illustrative"),)),
}
_SUMMED = "summed over the units that the unit was formed of, each as reported then"
_UNIT_SERIES: dict[str, tuple[str, Origins]] = _OF_UNITS | {
    "units_as_of": ("whether by the units of the time or by today's", ()),
    "unit_code": (_UNITS, ()),
    "actual": ("the unit's own figure, or the catalogue's formula over what was " + _SUMMED, (_ACTUAL, *_VALUE)),
    "numerator": (_SUMMED, _VALUE),
    "denominator": (_SUMMED, _VALUE),
    "formed_of": (_UNITS, ()),
    "status": ("what is known of the figure", _VALUE),
    "status_vi": ("the same in words (words.yaml)", _VALUE),
    "obs_status": ("the weakest of the inputs", ((MEASURE, "obs_status"),)),
    "as_of": ("the latest of the inputs", ((MEASURE, "as_of"),)),
    "reason": ("the gaps in sentences", (("core.rejected_unit", "reason"), ("core.vintage", "problem"))),
    "is_illustrative": ("any of the inputs", ((MEASURE, "is_sample"),)),
}


def column_lineage() -> list[ColumnLineage]:
    """Every column of the way, in the order of the tables and their columns."""
    listed = (
        (OBSERVATION, _OBSERVATION),
        (ATTAINMENT, _ATTAINMENT),
        (UNIT_ATTAINMENT, _UNIT_ATTAINMENT),
        (UNIT_SERIES, _UNIT_SERIES),
    )
    rows = [*_of_feeds(MEASURE), *_of_feeds(MEASURE_CELL)]
    for table, columns in listed:
        for column in table.columns:
            if column.name in columns:
                rows.extend(_of_column(table, column.name, *columns[column.name]))
    return rows


def lineage_of(table: Table) -> list[ColumnLineage]:
    """The lineage of one table's columns."""
    return [row for row in column_lineage() if row.table_name == table.full_name]


def _of_column(table: Table, column: str, how: str, origins: Origins) -> Iterator[ColumnLineage]:
    if not origins:
        yield ColumnLineage(table.full_name, column, None, None, how)
    for origin, name in origins:
        from_table = origin if isinstance(origin, str) else origin.full_name
        yield ColumnLineage(table.full_name, column, from_table, name, how)


def _of_feeds(table: Table) -> Iterator[ColumnLineage]:
    """The columns of a table of measures: from the accepted rows of every form that emits some."""
    emitting = [(form, feed_tables()[form.form.code]) for feed in FEEDS.values() for form in feed.forms if form.emit]
    for column in table.columns:
        name = column.name
        if name in _BY_CATALOGUE:
            yield ColumnLineage(table.full_name, name, None, None, _CATALOGUE)
            continue
        for form, rows in emitting:
            there = {one.name for one in rows.columns}
            if name == "value" and form.emit:
                for measure, source in form.emit.columns.items():
                    yield ColumnLineage(table.full_name, name, rows.full_name, source, f"measure {measure}")
            elif name in _OF_ROWS:
                yield ColumnLineage(table.full_name, name, rows.full_name, *_OF_ROWS[name])
            elif name in there:
                yield ColumnLineage(table.full_name, name, rows.full_name, name, _COPIED)
        if name == "unit_code":
            yield ColumnLineage(table.full_name, name, None, None, "the place's own code (place.yaml) for town figures")
