"""A column's cells from what stood there to what they mean, whole columns at a time; what cannot be read is named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from lagi_pipeline.intake.form import CellKind, Column
from lagi_pipeline.intake.grid import Value
from lagi_pipeline.vietnamese.numbers import Convention, NumberError, exact, is_missing, parse_number
from lagi_pipeline.vietnamese.text import nfc

_FINEST_STEP = Decimal("0.000001")


@dataclass
class TypedColumn:
    """A column read: its values, what was refused and what was remarked on, by position in the column.

    ``step`` is the rounding step of the figures as printed (0.1 where the finest had one decimal), in the table's unit;
    0 for counts, which are never rounded.
    """

    values: pd.Series[Any]
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    remarked: dict[int, str] = field(default_factory=dict)
    step: Decimal = Decimal(1)


def type_column(column: Column, cells: Sequence[Value], scale: Decimal, convention: Convention, *, zero_dash: bool) -> TypedColumn:
    """Read a column's cells as its kind.

    Args:
        column: the form's column.
        cells: what stands in it, in row order.
        scale: what one unit of the sheet is in the table's unit (0.001 from triệu to tỷ).
        convention: how the file writes numbers as text.
        zero_dash: whether "-" is zero here.
    """
    if column.kind is CellKind.TEXT:
        values = [_as_text(cell) for cell in cells]
        if column.lower:
            values = [None if value is None else value.lower() for value in values]
        return TypedColumn(pd.Series(values, dtype="str"))
    if column.kind is CellKind.DAY:
        return _days(cells)
    return _numbers(column, cells, scale, convention, zero_dash=zero_dash)


def _as_text(cell: Value) -> str | None:
    if isinstance(cell, str):
        cleaned = " ".join((cell if cell.isascii() else nfc(cell)).split())
        return cleaned or None
    return show(cell)


def show(cell: Value) -> str:
    """A cell as a person would read it aloud: 12 rather than 12.0, dates as dd/mm/yyyy."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{exact(cell):f}" if math.isfinite(cell) else str(cell)
    if isinstance(cell, datetime | date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)


def _numbers(column: Column, cells: Sequence[Value], scale: Decimal, convention: Convention, *, zero_dash: bool) -> TypedColumn:
    whole = column.kind is CellKind.COUNT
    factor = float(1 / scale) if scale < 1 else float(scale)
    shrink = scale < 1
    values: list[float | None] = []
    typed = TypedColumn(pd.Series(dtype="float64"))
    finest = 0
    for position, cell in enumerate(cells):
        kind = type(cell)
        number: float | None
        if kind is float or kind is int:
            number = cell  # type: ignore[assignment] - kind says so
        elif kind is str:
            number = _from_text(column, str(cell), convention, typed, position, zero_dash=zero_dash)
        else:
            number = None
            typed.refused[position] = ("not_a_number", f"cần một số, thấy {_kind_vi(cell)} «{show(cell)}»")
        if number is not None:
            if whole and number != int(number):
                typed.refused[position] = ("not_whole", f"cần một số nguyên, thấy {show(number)}")
                number = None
            elif finest < 6 and number != round(number, finest):  # noqa: PLR2004 - _FINEST_STEP
                finest = _decimals(number)
        values.append(number if number is None or factor == 1 else number / factor if shrink else number * factor)
    typed.values = pd.Series(values, dtype="Int64" if whole else "float64")
    typed.step = Decimal(0) if whole else max(Decimal(1).scaleb(-finest), _FINEST_STEP) * scale
    return typed


def _from_text(column: Column, cell: str, convention: Convention, typed: TypedColumn, position: int, *, zero_dash: bool) -> float | None:
    if zero_dash and cell.strip() in {"-", "–"}:
        return 0.0
    if is_missing(cell):
        return None
    try:
        parsed = parse_number(cell, convention)
    except NumberError as error:
        typed.refused[position] = ("not_a_number", str(error))
        return None
    if parsed is None:
        return None
    if parsed.unit is not None and column.unit != parsed.unit:
        typed.refused[position] = ("unit", f"«{cell.strip()}»: ký hiệu {parsed.unit} ở cột tính bằng {column.unit}")
        return None
    if parsed.warning:
        typed.remarked[position] = parsed.warning
    return float(parsed.value)


def _decimals(number: float) -> int:
    exponent = exact(number).normalize().as_tuple().exponent
    return min(6, max(0, -exponent)) if isinstance(exponent, int) else 0


def _kind_vi(cell: Value) -> str:
    return "giá trị đúng/sai" if isinstance(cell, bool) else "ngày tháng" if isinstance(cell, date) else "giá trị"


def _days(cells: Sequence[Value]) -> TypedColumn:
    typed = TypedColumn(pd.Series(dtype="datetime64[us]"))
    values: list[date | None] = []
    for position, cell in enumerate(cells):
        values.append(_day(cell, typed, position))
    typed.values = pd.to_datetime(pd.Series(values, dtype="object")).astype("datetime64[us]")
    return typed


def _day(cell: Value, typed: TypedColumn, position: int) -> date | None:
    if isinstance(cell, datetime):
        return cell.replace(hour=0, minute=0, second=0, microsecond=0)
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str) and is_missing(cell):
        return None
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(show(cell).strip(), form)  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    typed.refused[position] = ("not_a_day", f"cần một ngày có thật dạng dd/mm/yyyy, thấy «{show(cell)}»")
    return None
