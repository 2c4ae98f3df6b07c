"""A column's cells from what stood there to what they mean, whole columns at a time; what cannot be read is named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from lagi_pipeline.intake.form import CellKind, Column
from lagi_pipeline.intake.grid import Value
from lagi_pipeline.vietnamese.numbers import Convention, NumberError, exact, is_missing, parse_number
from lagi_pipeline.vietnamese.text import nfc

_FINEST = 6
"""No figure is taken to be printed more finely than with six decimals."""
_LARGEST_COUNT = 2**53
_DAY_FORMS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
_ZERO_DASHES = frozenset("-‐‑‒–—−")


@dataclass(frozen=True)
class Reader:
    """How the cells of a column are to be read.

    ``scale`` is what one unit of the sheet is in the table's unit (0.001 from triệu to tỷ); ``convention`` how the file
    writes numbers as text; ``zero_dash`` whether "-" is zero here.
    """

    scale: Decimal = Decimal(1)
    convention: Convention = Convention.VIETNAMESE
    zero_dash: bool = False


@dataclass
class TypedColumn:
    """A column read: its values, what was refused and what was remarked on, by position in the column.

    ``step`` is the rounding step of the figures as printed (0.1 where the finest had one decimal), in the table's unit;
    0 for counts, which are never rounded unless they are printed in thousands, and where there is no figure but zeros.
    """

    series: pd.Series[Any]
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    remarked: dict[int, str] = field(default_factory=dict)
    step: Decimal = Decimal(0)


def type_column(column: Column, cells: Sequence[Value], reader: Reader) -> TypedColumn:
    """Read a column's cells, in row order, as its kind."""
    if column.kind is CellKind.TEXT:
        return _texts(column, cells)
    if column.kind is CellKind.DAY:
        return _days(cells)
    return _numbers(column, cells, reader)


def show(cell: Value) -> str:
    """A cell as a person would read it aloud: 12 rather than 12.0, dates as dd/mm/yyyy."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{exact(cell):f}" if math.isfinite(cell) else str(cell)
    if isinstance(cell, datetime | date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)


class _Cleaned(dict[str, str | None]):
    """Texts by the cell they stood in: in NFC, one space between words, None for a blank; each is worked out once."""

    def __missing__(self, cell: str) -> str | None:
        text = " ".join((cell if cell.isascii() else nfc(cell)).split()) or None
        self[cell] = text
        return text


def _texts(column: Column, cells: Sequence[Value]) -> TypedColumn:
    cleaned = _Cleaned()
    values = pd.Series([cleaned[cell] if isinstance(cell, str) else show(cell) for cell in cells], dtype="str")
    return TypedColumn(values.str.lower() if column.lower else values)


def _numbers(column: Column, cells: Sequence[Value], reader: Reader) -> TypedColumn:
    typed = TypedColumn(pd.Series(dtype="float64"))
    values = np.array([cell if type(cell) is float else np.nan for cell in cells], dtype="float64")
    for position, cell in enumerate(cells):
        if type(cell) is not float and cell != "":
            number = _other_number(column, cell, reader, typed, position)
            values[position] = np.nan if number is None else number
    for position in np.flatnonzero(np.isinf(values)).tolist():
        typed.refused[position] = ("not_a_number", "số quá lớn, không đọc được")
        values[position] = np.nan
    step = Decimal(1).scaleb(-_decimals(values)) * reader.scale if np.any(np.abs(values) > 0) else Decimal(0)
    scaled = values if reader.scale == 1 else _scaled(values, reader.scale)
    if column.kind is CellKind.COUNT:
        typed.series = _whole(scaled, typed)
        typed.step = Decimal(0) if reader.scale == 1 else step
    else:
        typed.series = pd.Series(scaled, dtype="float64")
        typed.step = step
    return typed


def _scaled(values: np.ndarray[Any, Any], scale: Decimal) -> np.ndarray[Any, Any]:
    """The values times the scale, to the 15 digits that a spreadsheet means: 191500.3 triệu is 191.5003 tỷ."""
    return np.array([float(format(value, ".15g")) for value in values * float(scale)], dtype="float64")


def _other_number(column: Column, cell: Value, reader: Reader, typed: TypedColumn, position: int) -> float | None:
    """The number in a cell that is no plain number, None where it is missing or refused."""
    if isinstance(cell, str):
        if reader.zero_dash and cell.strip() in _ZERO_DASHES:
            return 0.0
        return None if is_missing(cell) else _from_text(column, cell, reader, typed, position)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    kind = "giá trị đúng/sai" if isinstance(cell, bool) else "ngày tháng" if isinstance(cell, date) else "giá trị"
    typed.refused[position] = ("not_a_number", f"cần một số, thấy {kind} «{show(cell)}»")
    return None


def _from_text(column: Column, cell: str, reader: Reader, typed: TypedColumn, position: int) -> float | None:
    try:
        parsed = parse_number(cell, reader.convention)
    except NumberError as error:
        typed.refused[position] = ("not_a_number", f"cần một số; {error}")
        return None
    if parsed is None:
        return None
    if parsed.unit is not None and column.unit != parsed.unit:
        typed.refused[position] = ("unit", f"«{cell.strip()}»: ký hiệu {parsed.unit} ở cột tính bằng {column.unit}")
        return None
    if parsed.warning:
        typed.remarked[position] = parsed.warning
    return float(parsed.value)


def _whole(values: np.ndarray[Any, Any], typed: TypedColumn) -> pd.Series[Any]:
    """The values as whole numbers; those that are none are refused."""
    near = np.round(values, _FINEST)
    whole = np.isnan(values) | ((near == np.round(near)) & (np.abs(near) < _LARGEST_COUNT))
    for position in np.flatnonzero(~whole).tolist():
        typed.refused[position] = ("not_whole", f"cần một số nguyên, thấy {show(float(values[position]))}")
    return pd.Series(np.where(whole, near, np.nan)).astype("Int64")


def _decimals(values: np.ndarray[Any, Any]) -> int:
    """How many decimals the finest of the numbers has, six at most; what a double adds to a decimal does not count."""
    given = values[np.isfinite(values)]
    for decimals in range(_FINEST):
        if np.all(np.abs(np.round(given, decimals) - given) <= np.abs(given) * 1e-14):
            return decimals
    return _FINEST


def _days(cells: Sequence[Value]) -> TypedColumn:
    typed = TypedColumn(pd.Series(dtype="datetime64[us]"))
    days: list[date | None] = [
        cell if isinstance(cell, date) else None if cell == "" else _day(cell, typed, position)
        for position, cell in enumerate(cells)
    ]
    typed.series = pd.to_datetime(pd.Series(days, dtype="object")).astype("datetime64[us]").dt.normalize()
    return typed


def _day(cell: Value, typed: TypedColumn, position: int) -> date | None:
    if isinstance(cell, str) and is_missing(cell):
        return None
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(show(cell).strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    typed.refused[position] = ("not_a_day", f"cần một ngày có thật dạng dd/mm/yyyy, thấy «{show(cell)}»")
    return None
