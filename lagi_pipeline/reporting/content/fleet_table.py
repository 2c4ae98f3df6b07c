"""Fleet and IUU of the quarter by length class, the whole fleet last: ``mart.iuu_compliance``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content.model import Cell, Column, Table
from lagi_pipeline.reporting.content.printing import ILLUSTRATIVE, PERCENT, clean, number_cell, percent, text_cell
from lagi_pipeline.vietnamese.numbers import format_number
from lagi_pipeline.warehouse.database import rows_of

Row = Mapping[str, Any]
WHOLE_FLEET = "all"
_COLUMNS = (
    Column("Nhóm chiều dài", width=18),
    Column("Số tàu", "number"),
    Column("Đã đăng ký", "number"),
    Column("Giấy phép còn hạn", "number"),
    Column("Còn hạn đăng kiểm", "number"),
    Column("Phải lắp TBGSHT", "number"),
    Column("Đã lắp TBGSHT", "number"),
    Column("% TBGSHT", "number"),
    Column("Tàu 3 không", "number"),
    Column("Số vụ vi phạm", "number"),
    Column("Tiền phạt (đồng)", "number", 16),
)


def fleet_table(connection: duckdb.DuckDBPyConnection, quarter: Quarter, catalogue: Catalogue) -> Table:
    """The fleet of a quarter in the order of its length classes; vessels of no class come before the whole fleet."""
    found = rows_of(connection, "SELECT * FROM mart.iuu_compliance WHERE quarter = ?", [str(quarter)])
    rows = by_length(found, catalogue)
    return Table(
        "fleet",
        "Đội tàu và chống khai thác IUU",
        _COLUMNS,
        tuple(map(_cells, rows)),
        tuple(dict.fromkeys(_notes(rows))),
        empty_vi="Chưa có báo cáo về tàu cá, vi phạm khai thác thủy sản và sản lượng qua cảng.",
    )


def by_length(rows: Sequence[Row], catalogue: Catalogue) -> list[Row]:
    """Rows of a quarter in the order of their length classes; vessels of no class, then the whole fleet, come last."""
    order = [length.code for length in catalogue.fleet.length_classes]

    def place(row: Row) -> tuple[bool, int]:
        code = row["length_class"]
        return code == WHOLE_FLEET, order.index(code) if code in order else len(order)

    return sorted(rows, key=place)


def _cells(row: Row) -> tuple[Cell, ...]:
    def counted(*names: str) -> Iterator[Cell]:
        return (number_cell(row[name], 0, illustrative=row["is_illustrative"]) for name in names)

    return (
        text_cell(row["length_class_vi"]),
        *counted("vessels", "registered", "licensed", "inspected", "vms_required", "vms_fitted"),
        number_cell(row["vms_pct"], 1, PERCENT),
        *counted("three_no", "cases", "fines_vnd"),
    )


def _notes(rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        yield "TBGSHT: thiết bị giám sát hành trình. Tàu 3 không: không đăng ký, không đăng kiểm, không giấy phép."
    for row in rows:
        mark = ILLUSTRATIVE if row["is_illustrative"] else ""
        if row["length_class"] == WHOLE_FLEET and row["landed_t"] is not None:
            yield f"Sản lượng qua cảng trong quý: {format_number(row['landed_t'], 1)} tấn{mark}{_monitored(row, mark)}."
        if row["length_class"] == WHOLE_FLEET and row["vms_missing_laid_up"]:
            yield f"Trong số tàu chưa lắp TBGSHT có {format_number(row['vms_missing_laid_up'], 0)} tàu nằm bờ{mark}."
        if row["reason"]:
            yield clean(row["reason"])


def _monitored(row: Row, mark: str) -> str:
    if row["monitored_t"] is None or row["monitored_pct"] is None:
        return ""
    return (
        f", trong đó được giám sát {format_number(row['monitored_t'], 1)} tấn{mark} ({percent(row['monitored_pct'])})"
    )
