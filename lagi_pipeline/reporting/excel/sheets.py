"""What stands on which sheet of the workbook: the tables of the report, those of one shape under one header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lagi_pipeline.reporting.content import Cell, Column, QuarterReport, Table
from lagi_pipeline.reporting.content.model import Line
from lagi_pipeline.reporting.content.printing import number_cell, text_cell

SUMMARY = "Tóm tắt"
TARGETS = "Chỉ tiêu"
_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with one table: its name, and the table."""

    name: str
    table: Table


def sheets_of(report: QuarterReport) -> tuple[Sheet, ...]:
    """The sheets after the summary, in the order of the report; each has a name of its own."""
    taken = [SUMMARY]
    sheets = []
    for name, table in _tables(report):
        unique = sheet_name(name, taken)
        taken.append(unique)
        sheets.append(Sheet(unique, table))
    return tuple(sheets)


def _tables(report: QuarterReport) -> Iterator[tuple[str, Table]]:
    yield TARGETS, with_bounds(report.targets, report.lines)
    yield "Đội tàu và IUU", report.fleet
    yield "Nhiệm vụ", report.tasks
    for table in joined(report.registers, "Danh mục", "Danh mục theo dõi", width=26):
        yield table.title_vi, table
    yield "Thay đổi", report.revisions
    yield "Chưa báo cáo", report.overdue
    wards = joined(report.wards, "Chỉ tiêu", "Phụ lục theo phường, xã", width=44)
    for table in wards:
        yield "Phường, xã" + ("" if len(wards) < len(report.wards) else f" {_ordinal(table)}"), table
    yield "Nguồn số liệu", report.sources


def _ordinal(ward: Table) -> str:
    """The number of the line that a table by phường, xã is of, which begins its title: ``5a``."""
    return ward.title_vi.partition(".")[0]


def with_bounds(table: Table, lines: Sequence[Line]) -> Table:
    """The table of targets with the forecast's interval as numbers in columns of their own.

    In print it stands in brackets behind the forecast; there a spreadsheet could neither sort nor compute it.
    """
    at = table.place_of("forecast") + 1
    bounds = (Column("Dự báo thấp", "number", 10, "forecast_low"), Column("Dự báo cao", "number", 10, "forecast_high"))
    columns = (*table.columns[: at - 1], replace(table.columns[at - 1], width=12), *bounds, *table.columns[at:])
    rows = tuple(
        (
            *row[: at - 1],
            number_cell(line.forecast, line.decimals),
            number_cell(line.forecast_low, line.decimals),
            number_cell(line.forecast_high, line.decimals),
            *row[at:],
        )
        for row, line in zip(table.rows, lines, strict=True)
    )
    return replace(table, columns=columns, rows=rows)


def joined(tables: Sequence[Table], heading_vi: str, title_vi: str, *, width: int) -> tuple[Table, ...]:
    """Tables of the same columns as one, so that it has one header to freeze and to filter by.

    Args:
        tables: The tables; where their columns differ, they stay apart.
        heading_vi: Of the first column, which says of which table a row is.
        title_vi: Of the whole.
        width: Of the first column, in characters.
    """
    if len({table.columns for table in tables}) != 1:
        return tuple(tables)
    rows = tuple((text_cell(table.title_vi), *row) for table in tables for row in table.rows)
    notes = [f"{table.title_vi}: {table.empty_vi}" for table in tables if rows and not table.rows]
    notes += [note for table in tables for note in table.notes]
    columns = (Column(heading_vi, width=width), *tables[0].columns)
    return (Table(tables[0].code, title_vi, columns, rows, tuple(dict.fromkeys(notes)), tables[0].empty_vi),)


def sheet_name(name: str, taken: Sequence[str]) -> str:
    """A name as a spreadsheet takes it: at most 31 characters, no bracket, colon, slash, ``*``, ``?``; no two alike."""
    clean = _FORBIDDEN.sub(" ", name).strip(" '") or "Bảng"
    for number in range(1, len(taken) + 2):
        tail = f" ({number})" if number > 1 else ""
        made = clean[: _LONGEST_NAME - len(tail)].rstrip(" '") + tail
        if made.casefold() not in {one.casefold() for one in taken}:
            return made
    raise AssertionError(f"{len(taken)} names cannot exclude {len(taken) + 1}")


def is_no_figure(cell: Cell, column: Column) -> bool:
    """Whether a figure or a day should stand here and there is none."""
    return cell.value is None and column.kind != "text"
