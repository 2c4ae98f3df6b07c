"""The tables of a quarter's report, each from a table of the published file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue, Direction
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.wording import yes_no_vi
from lagi_pipeline.reporting.attainment_table import target_vi
from lagi_pipeline.reporting.content.model import Cell, Column, Line, Table
from lagi_pipeline.reporting.content.printing import (
    ILLUSTRATIVE,
    NO_FIGURE,
    day_cell,
    moment_cell,
    number_cell,
    signed,
    text_cell,
)
from lagi_pipeline.reporting.published import rows_of
from lagi_pipeline.vietnamese.numbers import format_number

Row = Mapping[str, Any]
PERCENT = "%"


def target_table(rows: Sequence[Row], lines: Sequence[Line]) -> Table:
    """The twelve columns of the table of targets: ``mart.attainment`` against the leading plan."""
    year = rows[0]["year"]
    columns = (
        Column("TT", width=5),
        Column("Chỉ tiêu", width=34),
        Column("ĐVT", width=9),
        Column(f"NQ {year}", "number", 10),
        Column("Thực hiện quý", "number", 11),
        Column("Lũy kế", "number", 11),
        Column("% NQ", "number", 9),
        Column("% cùng kỳ", "number", 11),
        Column("Ước cả năm (cơ quan)", "number", 12),
        Column("Dự báo (hệ thống)", "number", 18),
        Column("Đánh giá", width=18),
        Column("Ghi chú", width=30),
    )
    body = tuple(_target_row(row, line) for row, line in zip(rows, lines, strict=True))
    return Table("targets", "Kết quả thực hiện các chỉ tiêu", columns, body)


def _target_row(row: Row, line: Line) -> tuple[Cell, ...]:
    sample = row["actual_is_illustrative"]
    target_mark = ILLUSTRATIVE if row["target_is_illustrative"] else ""
    return (
        text_cell(line.ordinal),
        text_cell(line.name_vi),
        text_cell(line.unit),
        Cell(target_vi(row, line.decimals) + target_mark, line.target, line.decimals, row["target_is_illustrative"]),
        _figure(row["actual_quarter"], line, illustrative=sample),
        _figure(line.actual, line, illustrative=sample),
        number_cell(line.attainment_pct, 1, PERCENT),
        _on_last_year(line),
        _figure(line.year_estimate, line, illustrative=sample),
        _forecast(line),
        text_cell("; ".join(filter(None, (line.status_vi, line.pace_vi)))),
        text_cell("; ".join(filter(None, (line.reason, row["override_vi"])))),
    )


def _figure(value: float | None, line: Line, *, illustrative: bool) -> Cell:
    if line.direction == Direction.YES_NO and value is not None:
        return Cell(yes_no_vi(value) + (ILLUSTRATIVE if illustrative else ""), value, 0, illustrative)
    return number_cell(value, line.decimals, illustrative=illustrative)


def _on_last_year(line: Line) -> Cell:
    """An index for flows (``102,4%``), a change in points for rates (``+0,98 điểm``)."""
    if line.yoy_index_pct is not None:
        return number_cell(line.yoy_index_pct, 1, PERCENT)
    if line.yoy_change_pct is None:
        return Cell(NO_FIGURE)
    return Cell(f"{signed(line.yoy_change_pct, 2)} điểm", line.yoy_change_pct, 2)


def _forecast(line: Line) -> Cell:
    if line.forecast is None:
        return Cell(NO_FIGURE)
    figure = format_number(line.forecast, line.decimals)
    if line.forecast_low is not None and line.forecast_high is not None:
        low, high = (format_number(end, line.decimals) for end in (line.forecast_low, line.forecast_high))
        figure = f"{figure} ({low} – {high})"
    return Cell(figure, line.forecast, line.decimals)


def fleet_table(connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> Table:
    """Fleet and IUU of the quarter by length class: ``mart.iuu_compliance``."""
    rows = rows_of(connection, "SELECT * FROM mart.iuu_compliance WHERE quarter = ?", [str(quarter)])
    columns = (
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
    body = tuple(
        (
            text_cell(row["length_class_vi"]),
            *(
                number_cell(row[name], 0, illustrative=row["is_illustrative"])
                for name in ("vessels", "registered", "licensed", "inspected", "vms_required", "vms_fitted")
            ),
            number_cell(row["vms_pct"], 1, PERCENT),
            *(
                number_cell(row[name], 0, illustrative=row["is_illustrative"])
                for name in ("three_no", "cases", "fines_vnd")
            ),
        )
        for row in rows
    )
    notes = tuple(dict.fromkeys(row["reason"] for row in rows if row["reason"]))
    return Table("fleet", "Đội tàu và chống khai thác IUU", columns, body, notes)


def task_table(connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> Table:
    """The tasks of the resolution as reported for the quarter: ``mart.task_progress``."""
    rows = rows_of(
        connection,
        "SELECT * FROM mart.task_progress WHERE quarter = ? ORDER BY group_number, position",
        [str(quarter)],
    )
    columns = (
        Column("Nhóm", width=6),
        Column("Nhiệm vụ", width=40),
        Column("Căn cứ", width=24),
        Column("Cơ quan chủ trì", width=20),
        Column("Thời hạn", "date"),
        Column("Trạng thái", width=18),
        Column("Tỷ lệ hoàn thành", "number"),
        Column("Khó khăn, kiến nghị", width=30),
    )
    body = tuple(
        (
            text_cell(str(row["group_number"])),
            text_cell(row["task_vi"]),
            text_cell(row["basis_vi"]),
            text_cell(row["lead_office_vi"]),
            day_cell(row["due"]),
            text_cell(row["status_vi"]),
            number_cell(row["completion_pct"], 0, PERCENT, illustrative=row["is_illustrative"]),
            text_cell("; ".join(filter(None, (row["difficulties_vi"], row["proposals_vi"])))),
        )
        for row in rows
    )
    return Table("tasks", "Tiến độ thực hiện nhiệm vụ", columns, body)


_REGISTERS = {
    "followed_aim": "Chỉ tiêu theo dõi, không tính trong 10 chỉ tiêu",
    "weakness": "Hạn chế của năm trước cần khắc phục",
    "implementation_plan": "Ban hành kế hoạch thực hiện nghị quyết",
}


def register_tables(connection: duckdb.DuckDBPyConnection, year: int) -> tuple[Table, ...]:
    """The registers of the resolution, a table each: ``mart.resolution_register``."""
    columns = (
        Column("TT", width=5),
        Column("Nội dung", width=44),
        Column("Cơ quan", width=24),
        Column("Văn bản", width=24),
        Column("Ngày", "date"),
        Column("Tình trạng", width=22),
    )
    tables = []
    for register, title in _REGISTERS.items():
        rows = rows_of(
            connection,
            "SELECT * FROM mart.resolution_register WHERE year = ? AND register = ? ORDER BY position",
            [year, register],
        )
        body = tuple(
            (
                text_cell(str(row["position"])),
                text_cell(row["text_vi"]),
                text_cell(row["body_vi"]),
                text_cell(row["document_no"]),
                day_cell(row["document_date"]),
                text_cell(row["status_vi"]),
            )
            for row in rows
        )
        tables.append(Table(register, title, columns, body))
    return tuple(tables)


def overdue_table(connection: duckdb.DuckDBPyConnection) -> Table:
    """The urging list, the longest overdue first: ``mart.overdue``."""
    rows = rows_of(connection, "SELECT * FROM mart.overdue ORDER BY since, office, feed", [])
    columns = (
        Column("Cơ quan", width=26),
        Column("Báo cáo", width=24),
        Column("Quý", width=12),
        Column("Còn nợ", width=24),
        Column("Quá hạn từ ngày", "date"),
        Column("Số ngày", "number"),
        Column("Chỉ tiêu chưa có số", width=34),
    )
    body = tuple(
        (
            text_cell(row["office_name_vi"]),
            text_cell(row["feed_name_vi"]),
            text_cell(Quarter.parse(row["quarter"]).label_vi),
            text_cell(row["what_vi"]),
            day_cell(row["since"]),
            number_cell(row["days_overdue"], 0),
            text_cell(row["blinds_vi"]),
        )
        for row in rows
    )
    return Table("overdue", "Cơ quan chưa báo cáo", columns, body)


def revision_table(connection: duckdb.DuckDBPyConnection, quarter: Quarter, catalogue: Catalogue) -> Table:
    """What changed since the quarter's newest issued report: ``mart.revision_since_report``."""
    rows = rows_of(
        connection,
        "SELECT * FROM mart.revision_since_report WHERE quarter = ? ORDER BY indicator_code, plan_source, aspect",
        [str(quarter)],
    )
    columns = (
        Column("TT", width=5),
        Column("Chỉ tiêu", width=34),
        Column("Nội dung", width=18),
        Column("Đã báo cáo", "number"),
        Column("Hiện nay", "number"),
        Column("Chênh lệch", "number"),
        Column("Vì sao", width=44),
    )

    def row_of(row: Row) -> tuple[Cell, ...]:
        decimals = catalogue.indicator(row["indicator_code"]).decimals
        return (
            text_cell(row["ordinal"]),
            text_cell(row["name_vi"]),
            text_cell(row["aspect_vi"]),
            number_cell(row["figure_then"], decimals),
            number_cell(row["figure_now"], decimals),
            number_cell(row["change"], decimals),
            text_cell(row["why_vi"]),
        )

    return Table(
        "revisions",
        "Thay đổi so với báo cáo gần nhất",
        columns,
        tuple(map(row_of, rows)),
        empty_vi="Chưa có thay đổi, hoặc quý này chưa phát hành báo cáo.",
    )


def ward_tables(connection: duckdb.DuckDBPyConnection, quarter: Quarter, catalogue: Catalogue) -> tuple[Table, ...]:
    """The annex by phường, xã, a table for each line that units report: ``mart.attainment_by_unit``."""
    rows = rows_of(
        connection,
        "SELECT * FROM mart.attainment_by_unit WHERE quarter = ? ORDER BY indicator_code, unit_code",
        [str(quarter)],
    )
    columns = (
        Column("Phường, xã", width=24),
        Column("Thực hiện", "number"),
        Column("Tử số", "number"),
        Column("Mẫu số", "number"),
        Column("Mức chung thị xã", "number"),
        Column("Ghi chú", width=40),
    )
    tables = []
    for indicator in catalogue.indicators:
        of_line = [row for row in rows if row["indicator_code"] == indicator.code]
        if not of_line:
            continue
        body = tuple(
            (
                text_cell(row["unit_name_vi"]),
                number_cell(row["actual"], indicator.decimals, illustrative=row["actual_is_illustrative"]),
                number_cell(row["numerator"], 0),
                number_cell(row["denominator"], 0),
                number_cell(row["town_target"], indicator.decimals),
                text_cell(row["reason"]),
            )
            for row in of_line
        )
        tables.append(Table(f"wards_{indicator.code}", f"{indicator.name_vi} ({indicator.unit})", columns, body))
    return tuple(tables)


def source_table(connection: duckdb.DuckDBPyConnection, rows: Sequence[Row], catalogue: Catalogue) -> Table:
    """Where each figure is from and as of when: ``mart.attainment`` with ``mart.trace_line``."""
    derivations = {
        found["indicator_code"]: found["derivation_vi"]
        for found in rows_of(
            connection,
            "SELECT DISTINCT line.indicator_code, line.derivation_vi"
            " FROM mart.trace_line AS line JOIN mart.trace AS cell"
            " USING (indicator_code, quarter, unit_code) WHERE line.quarter = ? AND cell.is_town",
            [rows[0]["quarter"]],
        )
    }
    columns = (
        Column("TT", width=5),
        Column("Chỉ tiêu", width=34),
        Column("Số liệu đến ngày", "date"),
        Column("Loại số liệu", width=12),
        Column("Tệp số liệu", width=40),
        Column("Cách tính", width=60),
        Column("Đánh giá lúc", "moment", 18),
    )
    body = tuple(
        (
            text_cell(row["ordinal"]),
            text_cell(row["name_vi"]),
            day_cell(row["as_of"]),
            text_cell(catalogue.word("obs_status", row["obs_status"])),
            text_cell(row["sources"]),
            text_cell(derivations.get(row["indicator_code"])),
            moment_cell(row["evaluated_at"]),
        )
        for row in rows
    )
    return Table("sources", "Nguồn số liệu", columns, body)
