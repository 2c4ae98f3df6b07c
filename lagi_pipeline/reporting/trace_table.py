"""Where a figure comes from, as text for a terminal: the line of its derivation, its cells, its files and targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.reporting.attainment_table import aligned
from lagi_pipeline.vietnamese.numbers import format_number

Row = Mapping[str, Any]
HEADERS = ("Vai trò", "Nội dung", "Đơn vị báo cáo", "Tệp", "Ô", "Ghi trong ô", "Giá trị", "Hệ số", "")
_NUMERIC = frozenset({5, 6, 7})
_TARGET = "target"
_SHOWN_OF_SHA256 = 12


def traced(connection: duckdb.DuckDBPyConnection, indicator_code: str, quarter: str) -> list[dict[str, Any]]:
    """The rows of the published macro ``trace`` for a town figure, in order; none where no line stands there."""
    result = connection.execute("FROM trace(?, ?) ORDER BY position", [indicator_code, quarter])
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def trace_text(rows: Sequence[Row], catalogue: Catalogue) -> str:
    """The trace of one figure: how it was made, its cells, the files that they stand in, and its targets."""
    cells = [row for row in rows if row["role"] != _TARGET]
    lines = [row["derivation_vi"] or "không có số liệu" for row in rows[:1]]
    if cells:
        numbers = {sha256: number for number, sha256 in enumerate(dict.fromkeys(row["sha256"] for row in cells), 1)}
        table = [HEADERS, *(_cells(row, numbers[row["sha256"]]) for row in cells)]
        lines += ["", *aligned(table, _NUMERIC), "", *_files(cells, numbers, catalogue)]
    targets = [row for row in rows if row["role"] == _TARGET]
    return "\n".join([*lines, *(_target(row, catalogue) for row in targets)])


def _cells(row: Row, number: int) -> tuple[str, ...]:
    place = f"{row['sheet']}!{row['cell']}" if row["cell"] else row["entry"] or ""
    unit = "" if (row["text"] or "").endswith(row["printed_unit"]) else f" {row['printed_unit']}"
    return (
        row["role_vi"],
        row["name_vi"],
        row["source_unit_vi"],
        f"[{number}]",
        place,
        f"{row['text']}{unit}" if row["text"] else "",
        f"{format_number(row['value'])} {row['unit']}",
        format_number(row["factor"]),
        row["note_vi"] or "",
    )


def _files(cells: Sequence[Row], numbers: Mapping[str, int], catalogue: Catalogue) -> Iterator[str]:
    """Each file that figures stand in, once: name, digest, and of which version it is."""
    first = {row["sha256"]: row for row in reversed(cells)}
    for sha256, number in numbers.items():
        row = first[sha256]
        version = ""
        if row["received_at"] is not None:
            status = catalogue.word("obs_status", row["obs_status"])
            version = f", số {status} đến {row['as_of']:%d/%m/%Y}, nhận {row['received_at']:%d/%m/%Y %H:%M}"
        yield f"[{number}] {row['file']} (sha256 {sha256[:_SHOWN_OF_SHA256]}…{version})"


def _target(row: Row, catalogue: Catalogue) -> str:
    plan = catalogue.word("plan_source", row["plan_source"])
    place = f"{row['sheet']}!{row['cell']}" if row["cell"] else row["entry"]
    return f"Chỉ tiêu năm ({plan}): {format_number(row['value'])} {row['unit']}, {row['file']}, {place}"
