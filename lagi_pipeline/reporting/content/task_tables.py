"""The tasks of the resolution as reported, and its registers: ``mart.task_progress``, ``mart.resolution_register``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content.model import Cell, Column, Table
from lagi_pipeline.reporting.content.printing import ILLUSTRATIVE, PERCENT, clean, day_cell, number_cell, text_cell
from lagi_pipeline.warehouse.database import rows_of

Row = Mapping[str, Any]
_TASK_COLUMNS = (
    Column("Nhóm", width=22),
    Column("Nhiệm vụ", width=40),
    Column("Căn cứ", width=22),
    Column("Cơ quan chủ trì", width=20),
    Column("Thời hạn", "date"),
    Column("Trạng thái", width=16),
    Column("Tỷ lệ hoàn thành", "number"),
    Column("Chỉ tiêu liên quan", width=10),
    Column("Khó khăn, kiến nghị", width=30),
)
_REGISTER_COLUMNS = (
    Column("TT", width=5),
    Column("Nội dung", width=44),
    Column("Cơ quan", width=24),
    Column("Văn bản", width=20),
    Column("Ngày", "date"),
    Column("Tình trạng", width=20),
    Column("Ghi chú", width=24),
)
_REGISTERS = {
    "followed_aim": "Chỉ tiêu theo dõi, không tính vào các chỉ tiêu chính",
    "weakness": "Hạn chế của năm trước cần khắc phục",
    "implementation_plan": "Ban hành kế hoạch thực hiện nghị quyết",
}


def task_rows(connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> list[dict[str, Any]]:
    """The tasks of a quarter, group by group."""
    return rows_of(
        connection,
        "SELECT * FROM mart.task_progress WHERE quarter = ? ORDER BY group_number, position, task_code",
        [str(quarter)],
    )


def served_codes(row: Row) -> list[str]:
    """The lines that a task of ``mart.task_progress`` serves."""
    return [code.strip() for code in (row["indicator_codes"] or "").split(";")]


def task_table(rows: Sequence[Row], catalogue: Catalogue) -> Table:
    """The tasks, each with the lines that it serves; ``Nhóm`` repeats in every row of a group."""
    ordinals = {indicator.code: indicator.ordinal for indicator in catalogue.indicators}

    def row_of(row: Row) -> tuple[Cell, ...]:
        return (
            text_cell(f"{row['group_number']}. {row['group_vi']}"),
            text_cell(row["task_vi"]),
            text_cell(row["basis_vi"]),
            text_cell(row["lead_office_vi"]),
            day_cell(row["due"]),
            _status(row),
            number_cell(row["completion_pct"], 0, PERCENT, illustrative=row["is_illustrative"]),
            text_cell(", ".join(filter(None, map(ordinals.get, served_codes(row))))),
            text_cell("; ".join(filter(None, (row["difficulties_vi"], row["proposals_vi"], row["reason"])))),
        )

    return Table(
        "tasks",
        "Tiến độ thực hiện nhiệm vụ",
        _TASK_COLUMNS,
        tuple(map(row_of, rows)),
        empty_vi="Chưa có báo cáo về tiến độ thực hiện nhiệm vụ.",
    )


def _status(row: Row) -> Cell:
    """The status with its mark where it is illustrative: words are marked as figures are."""
    said = clean(row["status_vi"])
    return Cell(said + (ILLUSTRATIVE if row["is_illustrative"] else ""), said, None, row["is_illustrative"])


def register_tables(connection: duckdb.DuckDBPyConnection, year: int) -> tuple[Table, ...]:
    """The registers of the resolution of a year, a table each."""
    rows = rows_of(connection, "SELECT * FROM mart.resolution_register WHERE year = ? ORDER BY position", [year])
    return tuple(
        Table(
            code,
            title,
            _REGISTER_COLUMNS,
            tuple(_register_row(row) for row in rows if row["register"] == code),
            empty_vi="Chưa có nội dung theo dõi.",
        )
        for code, title in _REGISTERS.items()
    )


def _register_row(row: Row) -> tuple[Cell, ...]:
    return (
        text_cell(str(row["position"])),
        text_cell(row["text_vi"]),
        text_cell(row["body_vi"]),
        text_cell(row["document_no"]),
        day_cell(row["document_date"]),
        _status(row),
        text_cell(row["note_vi"]),
    )
