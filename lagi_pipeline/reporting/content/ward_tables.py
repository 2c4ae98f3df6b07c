"""The annex by phường, xã: a table for each line of the resolution that units report, ``mart.attainment_by_unit``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator, Kind, Term
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.reporting.attainment_table import target_vi
from lagi_pipeline.reporting.content.model import Cell, Column, Line, Table
from lagi_pipeline.reporting.content.printing import (
    ILLUSTRATIVE,
    NO_FIGURE,
    PERCENT,
    clean,
    number_cell,
    sentence,
    signed,
    text_cell,
)
from lagi_pipeline.warehouse.database import rows_of

Row = Mapping[str, Any]
_WHOLE = "Toàn địa bàn"
_FINE = 1
"""Decimals of numerators and denominators that are no whole numbers (tonnes)."""


def ward_tables(
    connection: duckdb.DuckDBPyConnection,
    quarter: Quarter,
    lines: Sequence[Line],
    town: Sequence[Row],
    catalogue: Catalogue,
) -> tuple[Table, ...]:
    """A table for each line of the resolution that is reported by unit, the whole place in its last row.

    Args:
        connection: The published file.
        quarter: The quarter.
        lines: The lines of the quarter, in the order in which they are read.
        town: Their rows of ``mart.attainment``, in the same order.
        catalogue: How each line is computed.
    """
    rows = rows_of(
        connection,
        "SELECT * FROM mart.attainment_by_unit WHERE quarter = ? ORDER BY unit_code, unit_valid_from",
        [str(quarter)],
    )
    tables = []
    for line, whole in zip(lines, town, strict=True):
        of_line = [row for row in rows if row["indicator_code"] == line.code]
        if of_line and line.ordinal:
            tables.append(_Annex(line, whole, of_line, catalogue).table())
    return tuple(tables)


@dataclass(frozen=True)
class _Annex:
    line: Line
    whole: Row
    rows: Sequence[Row]
    catalogue: Catalogue

    def table(self) -> Table:
        """Rates with their parts and the gap, flows with the share of each unit."""
        indicator = self.catalogue.indicator(self.line.code)
        columns, cells = (_FLOW, self._flow) if indicator.is_flow else (_RATE, self._rate)
        whole = {**self.whole, "unit_name_vi": _WHOLE, "town_target": self.whole["target"], "reason": None}
        body = [cells(row) for row in (*self.rows, whole)]
        return Table(
            f"wards_{self.line.code}",
            f"{self.line.ordinal}. {self.line.own_name_vi} ({self.line.unit})",
            columns,
            tuple(body),
            tuple(self._notes(indicator)),
        )

    def _flow(self, row: Row) -> tuple[Cell, ...]:
        return (
            text_cell(row["unit_name_vi"]),
            self._actual(row),
            number_cell(row.get("share_of_town_pct"), 1, PERCENT),
            text_cell(self._remark(row)),
        )

    def _rate(self, row: Row) -> tuple[Cell, ...]:
        return (
            text_cell(row["unit_name_vi"]),
            self._actual(row),
            self._part(row, "numerator"),
            self._part(row, "denominator"),
            self._target(row),
            self._gap(row),
            text_cell(self._remark(row)),
        )

    def _actual(self, row: Row) -> Cell:
        return number_cell(row["actual"], self.line.decimals, illustrative=row["actual_is_illustrative"])

    def _part(self, row: Row, name: str) -> Cell:
        values = [one[name] for one in (*self.rows, self.whole) if one[name] is not None]
        decimals = 0 if all(float(value).is_integer() for value in values) else _FINE
        return number_cell(row[name], decimals, illustrative=row["actual_is_illustrative"])

    def _target(self, row: Row) -> Cell:
        """The target of the place, as the table of targets prints it; units have none where it is no rate's."""
        if row["town_target"] is None:
            return Cell(NO_FIGURE)
        illustrative = self.whole["target_is_illustrative"]
        mark = ILLUSTRATIVE if illustrative else ""
        text = target_vi(self.whole, self.line.decimals) + mark
        return Cell(text, row["town_target"], self.line.decimals, illustrative)

    def _gap(self, row: Row) -> Cell:
        gap, decimals = row["gap"], max(self.line.decimals, 2)
        return Cell(NO_FIGURE) if gap is None else Cell(signed(gap, decimals), gap, decimals)

    @property
    def _shared(self) -> str | None:
        """What every unit says alike: it stands below the table, once."""
        said = {row["reason"] for row in self.rows}
        return said.pop() if len(said) == 1 else None

    def _remark(self, row: Row) -> str | None:
        return None if row["reason"] == self._shared else row["reason"]

    def _notes(self, indicator: Indicator) -> Iterator[str]:
        if indicator.formula.denominator:
            mean = "bình quân của " if indicator.kind is Kind.RATE_OVER_YEAR else ""
            parts = (self._named(indicator.formula.numerator), self._named(indicator.formula.denominator))
            yield f"Tử số: {parts[0]}. Mẫu số: {mean}{parts[1]}."
            yield "Chênh lệch so với chỉ tiêu chung của toàn địa bàn; từ 0 trở lên là đạt."
        if self._shared:
            yield sentence(clean(self._shared))

    def _named(self, terms: Iterable[Term]) -> str:
        """``sinh, trừ chết``."""
        names = [(term.sign, self.catalogue.measures[term.measure].name_vi.lower()) for term in terms]
        return ", ".join(name if sign > 0 else f"trừ {name}" for sign, name in names)


_FLOW = (
    Column("Phường, xã", width=26),
    Column("Thực hiện", "number", 14),
    Column("Tỷ trọng", "number", 14),
    Column("Ghi chú", width=46),
)
_RATE = (
    Column("Phường, xã", width=24),
    Column("Thực hiện", "number", 12),
    Column("Tử số", "number", 14),
    Column("Mẫu số", "number", 16),
    Column("Chỉ tiêu chung", "number", 11),
    Column("Chênh lệch", "number", 11),
    Column("Ghi chú", width=22),
)
