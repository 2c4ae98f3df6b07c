"""The tables that stand on the pages of assets: a few columns of what was just written, under Vietnamese headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.attainment_table import FOOTNOTE, ILLUSTRATIVE, NO_FIGURE
from lagi_pipeline.reporting.markdown import markdown_table
from lagi_pipeline.vietnamese.numbers import format_number
from lagi_pipeline.warehouse.tables import FLEET, OBSERVATION, YEAR_VERDICT, Table

_FLEET = (
    "length_class_vi",
    "vessels",
    "licensed_pct",
    "inspected_pct",
    "vms_required",
    "vms_fitted",
    "vms_pct",
    "cases",
)
_YEARS = ("year", "plan_source_vi", "quarter", "exceeded", "met", "missed", "undecided", "headline_vi")


def fleet_markdown(connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> str:
    """The fleet of a quarter by length class, with numerators and denominators."""
    return _table_markdown(connection, FLEET, _FLEET, f"quarter = '{quarter}'", "không có danh sách tàu")


def years_markdown(connection: duckdb.DuckDBPyConnection) -> str:
    """The verdicts of all years, by plan."""
    return _table_markdown(connection, YEAR_VERDICT, _YEARS, "true", "chưa có năm nào được đánh giá")


def observations_markdown(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, town: str, when: Quarter) -> str:
    """The town's figures of a quarter, each indicator once."""
    stored = connection.execute(
        f"SELECT indicator_code, value, obs_status, as_of, is_illustrative, reason FROM {OBSERVATION.full_name}"  # noqa: S608 - a model's name
        " WHERE quarter = ? AND unit_code = ?",
        [str(when), town],
    ).fetchall()
    by_code = {row[0]: row[1:] for row in stored}
    rows = []
    for indicator in catalogue.indicators:
        if found := by_code.get(indicator.code):
            value, status, as_of, illustrative, reason = found
            figure = NO_FIGURE if value is None else format_number(value, indicator.decimals)
            mark = ILLUSTRATIVE if illustrative and value is not None else ""
            words = catalogue.words["obs_status"].get(status, status) if status else ""
            rows.append((indicator.name_vi, figure + mark, indicator.unit, words, _printed(as_of), reason or ""))
    if not rows:
        return f"không có số liệu của {when.label_vi}"
    marked = any(found[3] for found in by_code.values())
    return _markdown(("Chỉ tiêu", "Giá trị", "ĐVT", "Loại số liệu", "Đến ngày", "Ghi chú"), rows, marked=marked)


def _table_markdown(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str], where: str, none: str
) -> str:
    """Some columns of a table in their order; the headings are the Vietnamese halves of the columns' comments."""
    comments = {column.name: column.comment.partition(" — ")[0] for column in table.columns}
    stored = connection.execute(
        f"SELECT is_illustrative, {', '.join(columns)} FROM {table.full_name} WHERE {where} ORDER BY rowid"  # noqa: S608 - a model's names
    ).fetchall()
    if not stored:
        return none
    rows = [tuple(map(_printed, row[1:])) for row in stored]
    return _markdown([comments[name] for name in columns], rows, marked=any(row[0] for row in stored))


def _markdown(headings: Sequence[str], rows: Iterable[Sequence[str]], *, marked: bool) -> str:
    return "\n".join([*markdown_table(headings, rows), *(["", FOOTNOTE] if marked else [])])


def _printed(value: object) -> str:
    """A cell as people read it."""
    match value:
        case None:
            return NO_FIGURE
        case float():
            return format_number(value, 1)
        case date() | datetime():
            return f"{value:%d/%m/%Y}"
    return str(value)
