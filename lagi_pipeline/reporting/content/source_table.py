"""Where each figure is from and as of when: every file behind a line, and how the figure was made of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.reporting.content.model import Cell, Column, Line, Table
from lagi_pipeline.reporting.content.printing import day_cell, moment_cell, moment_vi, text_cell
from lagi_pipeline.warehouse.database import rows_of

Row = Mapping[str, Any]
_COLUMNS = (
    Column("TT", width=5),
    Column("Chỉ tiêu", width=28),
    Column("Tệp số liệu", width=36),
    Column("Cơ quan gửi, văn bản", width=24),
    Column("Số liệu đến ngày", "date"),
    Column("Loại số liệu", width=11),
    Column("Nhận lúc", "moment", 12),
    Column("Cách tính", width=56),
)
_NO_FILE = "không có tệp nào được dùng"


def source_table(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Row], lines: Sequence[Line], catalogue: Catalogue
) -> Table:
    """A row for each file behind each line's figure: ``mart.trace``, ``mart.trace_line`` and ``core.vintage``."""
    quarter = rows[0]["quarter"]
    sources = _Sources(
        files=rows_of(connection, _FILES, [quarter]),
        derivations={row["indicator_code"]: row["derivation_vi"] for row in rows_of(connection, _DERIVED, [quarter])},
        catalogue=catalogue,
    )
    body = tuple(cells for row, line in zip(rows, lines, strict=True) for cells in sources.of(row, line))
    judged = max(row["evaluated_at"] for row in rows)
    notes = (
        f"Tất cả số liệu được tổng hợp, đánh giá tại thời điểm {moment_vi(judged)}.",
        "Ước cả năm là số trong báo cáo gần nhất của cơ quan; dự báo do hệ thống tính từ số liệu các quý đã báo cáo.",
    )
    return Table("sources", "Nguồn số liệu", _COLUMNS, body, notes)


_FILES = """
    SELECT cell.indicator_code, cell.file, cell.as_of, cell.received_at, cell.obs_status, cell.role,
        any_value(sent.document_no) AS document_no, any_value(office.office_name_vi) AS office_name_vi,
        any_value(sent.sender) AS sender, min(cell.position) AS position
    FROM mart.trace AS cell
    LEFT JOIN core.vintage AS sent ON sent.sha256 = cell.sha256 AND sent.file = cell.file
    LEFT JOIN (SELECT DISTINCT office, office_name_vi FROM mart.feed_scorecard) AS office ON office.office = sent.sender
    WHERE cell.is_town AND cell.quarter = ? AND cell.role NOT IN ('target', 'target_upper')
    GROUP BY cell.indicator_code, cell.file, cell.as_of, cell.received_at, cell.obs_status, cell.role
    ORDER BY position, cell.file
"""
_DERIVED = """
    SELECT DISTINCT line.indicator_code, line.derivation_vi
    FROM mart.trace_line AS line JOIN mart.trace AS cell USING (indicator_code, quarter, unit_code)
    WHERE line.quarter = ? AND cell.is_town
"""


@dataclass(frozen=True)
class _Sources:
    files: Sequence[Row]
    derivations: Mapping[str, str]
    catalogue: Catalogue

    def of(self, row: Row, line: Line) -> Iterator[tuple[Cell, ...]]:
        """The rows of a line, one for each file; the first says how the figure is made of them."""
        seen: dict[tuple[Any, ...], Row] = {}
        for file in self.files:
            if file["indicator_code"] == line.code:
                seen.setdefault((file["file"], file["as_of"], file["received_at"]), file)
        how = self.derivations.get(line.code) or line.reason
        start = (text_cell(line.ordinal), text_cell(line.name_vi))
        if not seen:
            yield (
                *start,
                text_cell(row["sources"] or _NO_FILE),
                text_cell(None),
                day_cell(row["as_of"]),
                text_cell(self.catalogue.word("obs_status", row["obs_status"])),
                moment_cell(None),
                text_cell(how),
            )
        for number, file in enumerate(seen.values()):
            yield (
                *start,
                text_cell(file["file"]),
                text_cell(", ".join(filter(None, (file["office_name_vi"] or file["sender"], file["document_no"])))),
                day_cell(file["as_of"]),
                text_cell(self.catalogue.word("obs_status", file["obs_status"])),
                moment_cell(file["received_at"]),
                text_cell(None if number else how),
            )
