"""What changed since reports were issued: ``core.issued_report`` and ``mart.revision_since_report``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.content.model import Cell, Column, Table
from lagi_pipeline.reporting.content.printing import clean, day_vi, difference_vi, figure_vi, number_cell, text_cell
from lagi_pipeline.warehouse.database import rows_of

Row = Mapping[str, Any]
_RESULT = "result"
_NOT_ISSUED = "Chưa phát hành báo cáo nào của quý này và các quý trước, nên chưa có thay đổi để so sánh."
_COLUMNS = (
    Column("Quý", width=12),
    Column("TT", width=5),
    Column("Chỉ tiêu", width=32),
    Column("Nội dung", width=16),
    Column("Đã báo cáo", "number"),
    Column("Hiện nay", "number"),
    Column("Chênh lệch", "number"),
    Column("Kết quả đã báo cáo", width=16),
    Column("Kết quả hiện nay", width=16),
    Column("Vì sao", width=40),
)


def last_reports(connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> list[dict[str, Any]]:
    """The newest report issued of the quarter and of each earlier one, the newest quarter first."""
    return rows_of(
        connection,
        "SELECT * FROM core.issued_report WHERE quarter <= ?"
        " QUALIFY row_number() OVER (PARTITION BY quarter ORDER BY number DESC) = 1 ORDER BY quarter DESC",
        [str(quarter)],
    )


def revisions(connection: duckdb.DuckDBPyConnection, quarter: Quarter) -> list[dict[str, Any]]:
    """What differs from the newest report of each quarter up to this one, of the plan that leads the line.

    A figure that changed stands once, not once for every plan; a line that is gone leads nowhere and stays.
    """
    return rows_of(
        connection,
        """
        SELECT revision.* FROM mart.revision_since_report AS revision
        LEFT JOIN mart.attainment AS line USING (quarter, indicator_code, plan_source)
        WHERE revision.quarter <= ? AND coalesce(line.is_leading, true)
        ORDER BY revision.quarter DESC, try_cast(regexp_extract(revision.ordinal, '^\\d+') AS INTEGER) NULLS LAST,
            revision.ordinal, indicator_code, plan_source, aspect
        """,
        [str(quarter)],
    )


def revision_table(rows: Sequence[Row], last: Sequence[Row], catalogue: Catalogue) -> Table:
    """The changes, the newest quarter first."""

    def row_of(row: Row) -> tuple[Cell, ...]:
        decimals = catalogue.indicator(row["indicator_code"]).decimals
        return (
            text_cell(Quarter.parse(row["quarter"]).label_vi),
            text_cell(row["ordinal"]),
            text_cell(row["name_vi"]),
            text_cell(row["aspect_vi"]),
            number_cell(row["figure_then"], decimals),
            number_cell(row["figure_now"], decimals),
            number_cell(row["change"], decimals),
            text_cell(row["status_vi_then"]),
            text_cell(row["status_vi_now"]),
            text_cell(row["why_vi"]),
        )

    return Table(
        "revisions",
        "Thay đổi so với báo cáo đã phát hành",
        _COLUMNS,
        tuple(map(row_of, rows)),
        empty_vi="Không có thay đổi so với báo cáo đã phát hành." if last else _NOT_ISSUED,
    )


def change_sentences(rows: Sequence[Row], last: Sequence[Row], catalogue: Catalogue) -> tuple[str, ...]:
    """By quarter, with which report it is compared and each change since; last where nothing changed."""
    if not last:
        return (_NOT_ISSUED,)
    said, unchanged = [], []
    for report in last:
        of_quarter = [row for row in rows if row["quarter"] == report["quarter"]]
        if not of_quarter:
            unchanged.append(_issued(report))
            continue
        lines = {(row["indicator_code"], row["plan_source"]) for row in of_quarter}
        said.append(f"So với {_issued(report)}, {len(lines)} chỉ tiêu thay đổi:")
        said += [_changed(row, catalogue) for row in of_quarter]
    if unchanged:
        said.append(f"Không có thay đổi so với {'; '.join(unchanged)}.")
    return tuple(said)


def _issued(report: Row) -> str:
    """``báo cáo số 12-BC/VP quý II/2024 (lần 2, ngày 12/8/2024)``."""
    number = f" số {clean(report['document_no'])}" if report["document_no"] else ""
    quarter, day = Quarter.parse(report["quarter"]).label_vi, day_vi(report["issued_at"])
    return f"báo cáo{number} {quarter} (lần {report['number']}, ngày {day})"


def _changed(row: Row, catalogue: Catalogue) -> str:
    """``Chỉ tiêu 1, quý II/2024: thực hiện đã báo cáo 92,60 tỷ đồng, nay 92,80 tỷ đồng (tăng 0,20 tỷ đồng); vì …``."""
    decimals = catalogue.indicator(row["indicator_code"]).decimals
    unit = row["unit"]
    named = f"Chỉ tiêu {row['ordinal']}" if row["ordinal"] else f"“{clean(row['name_vi'])}”"
    start = f"{named}, {Quarter.parse(row['quarter']).label_vi}: {clean(row['aspect_vi'])}"
    if row["aspect"] == _RESULT:
        then, now = (clean(row[name]) or "không có" for name in ("status_vi_then", "status_vi_now"))
        said = f"{start} đã báo cáo “{then}”, nay “{now}”"
    else:
        then, now = (
            "chưa có số" if row[name] is None else figure_vi(row[name], decimals, unit)
            for name in ("figure_then", "figure_now")
        )
        said = f"{start} đã báo cáo {then}, nay {now}"
        if row["change"]:
            way = "tăng" if row["change"] > 0 else "giảm"
            said += f" ({way} {difference_vi(row['change'], decimals, unit)})"
    return f"{said}; {clean(row['why_vi'])}."
