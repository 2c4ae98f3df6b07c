"""The scorecard of a quarter and the urging list, as Markdown for the UI and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.attainment_table import NO_FIGURE
from lagi_pipeline.reporting.markdown import markdown_table
from lagi_pipeline.vietnamese.numbers import format_number

Row = Mapping[str, Any]
_SCORE_HEADERS = (
    "Cơ quan",
    "Báo cáo",
    "Hạn gửi",
    "Nhận",
    "Tình trạng",
    "Chậm (ngày)",
    "Số lần gửi",
    "Dòng nhận",
    "Dòng trả lại",
    "Cảnh báo",
    "Lỗi còn mở",
    "Tỷ lệ nộp (%)",
    "Tỷ lệ đúng hạn (%)",
)
_DEBT_HEADERS = ("Cơ quan", "Báo cáo", "Còn nợ", "Quá hạn từ", "Số ngày", "Chỉ tiêu liên quan", "Chưa có số liệu")


def overdue(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The urging list of the published file, longest overdue first."""
    result = connection.execute("SELECT * FROM mart.overdue ORDER BY since, office, feed, quarter")
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def scorecard_markdown(rows: Sequence[Row]) -> str:
    """Rows of ``mart.feed_scorecard`` as a Markdown table."""
    return "\n".join(markdown_table(_SCORE_HEADERS, map(_score_cells, rows))) if rows else "không có báo cáo nào đến kỳ"


def _score_cells(row: Row) -> tuple[str, ...]:
    return (
        row["office_name_vi"],
        row["feed_name_vi"],
        _day(row["final_due"]),
        _day(row["final_received_at"] or row["first_received_at"]),
        row["status_vi"],
        NO_FIGURE if row["days_late"] is None else str(row["days_late"]),
        *(str(row[name]) for name in ("vintages", "rows_accepted", "rows_rejected", "warnings", "open_findings")),
        *(_percent(row[name]) for name in ("reporting_rate_pct", "on_time_rate_pct")),
    )


def overdue_markdown(rows: Sequence[Row]) -> str:
    """Rows of ``mart.overdue`` as a Markdown table."""
    return "\n".join(markdown_table(_DEBT_HEADERS, map(_debt_cells, rows))) if rows else "không có báo cáo quá hạn"


def _debt_cells(row: Row) -> tuple[str, ...]:
    files = f" ({row['sent_back_files']})" if row["sent_back_files"] else ""
    return (
        row["office_name_vi"],
        row["feed_name_vi"],
        row["what_vi"] + files,
        _day(row["since"]),
        str(row["days_overdue"]),
        row["targets_vi"] or "",
        row["blinds_vi"] or "",
    )


def overdue_lines(rows: Sequence[Row], catalogue: Catalogue) -> list[str]:
    """Rows of ``mart.overdue`` in few words, the quarters of the same debt in one line, longest overdue first.

    ``Phòng Tài nguyên và Môi trường: Chất thải rắn, quý II/2024, chưa báo cáo, từ 11/07/2024; chưa có số: chỉ tiêu 6``.
    """

    def debt(row: Row) -> tuple[str, str, str]:
        return row["office"], row["feed"], row["what"]

    groups = [list(same) for _, same in groupby(sorted(rows, key=lambda row: (*debt(row), row["since"])), key=debt)]
    groups.sort(key=lambda same: (same[0]["since"], debt(same[0])))
    return [_debt_line(same, catalogue) for same in groups]


def _debt_line(same: Sequence[Row], catalogue: Catalogue) -> str:
    first = same[0]
    said = (
        f"{first['office_name_vi']}: {first['feed_name_vi']}, {_quarters(same)}, {first['what_vi']},"
        f" từ {_day(first['since'])}"
    )
    for column, intro in (("blinds", "chưa có số"), ("targets", "liên quan")):
        named = _named(_codes(same, column), catalogue)
        if named:
            return f"{said}; {intro}: {named}"
    return said


def _quarters(same: Sequence[Row]) -> str:
    quarters = sorted(Quarter.parse(row["quarter"]) for row in same)
    if len(quarters) == 1:
        return quarters[0].label_vi
    return f"{quarters[0].label_vi} đến {quarters[-1].label_vi} ({len(quarters)} kỳ)"


def _codes(same: Sequence[Row], column: str) -> set[str]:
    return {code for row in same if row[column] for code in row[column].split(", ")}


def _named(codes: set[str], catalogue: Catalogue) -> str:
    """``chỉ tiêu 9, 9a``; a table by its name."""
    ordinals = [i.ordinal for i in catalogue.indicators if i.code in codes and i.ordinal is not None]
    others = [word for code, word in catalogue.words["table"].items() if code in codes]
    return "; ".join([*([f"chỉ tiêu {', '.join(ordinals)}"] if ordinals else []), *others])


def _day(moment: date | datetime | None) -> str:
    return NO_FIGURE if moment is None else f"{moment:%d/%m/%Y}"


def _percent(value: float | None) -> str:
    return NO_FIGURE if value is None else format_number(value, 1)
