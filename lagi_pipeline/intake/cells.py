"""A column's cells from what stood there to what they mean, whole columns at a time; what cannot be read is named."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from lagi_pipeline.intake.form import CellKind, Column
from lagi_pipeline.intake.grid import Unreadable, Value
from lagi_pipeline.vietnamese.numbers import (
    Convention,
    NumberError,
    exact,
    format_number,
    is_missing,
    parse_number,
)
from lagi_pipeline.vietnamese.text import nfc

_FINEST = 6
"""No figure is taken to be printed more finely than with six decimals."""
_LARGEST_COUNT = 2**53
_DAY_FORMS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
_DAY_OR_MONTH = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_TIME = re.compile(r"\s+(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$")
_MONTHS = 12
# Spreadsheets count days from 1900 (with a 29 February 1900 that never was) or, once on the Mac, from 1904.
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_EARLIEST_DAY, _LATEST_DAY = date(1950, 1, 1), date(2099, 12, 31)
"""Day numbers outside are no days of an office's form: 2024 typed for a day would be one of July 1905."""
_LARGEST_FRACTION = 2
"""Percentages none of which is larger are taken for fractions (0,64 for 64 %) where they compare with a whole."""
_FEWEST_FRACTIONS = 2
_PERCENT = "%"
_MOST_REMEMBERED = 20_000
_UNREADABLE = {
    "error_cell": "ô báo lỗi «{}», không có giá trị; hãy sửa công thức rồi gửi lại",
    "uncached_formula": "công thức «{}» chưa được tính, tệp không chứa kết quả; hãy mở bằng Excel, tính lại rồi lưu",
    "marked_text": "ô có chữ, số viết nhỏ phía trên, phía dưới, gạch bỏ hoặc ẩn («{}»): không rõ số nào đúng",
    "scaled_format": "ô lưu {} nhưng định dạng chỉ hiện hàng nghìn hoặc hàng triệu: không rõ số nào đúng",
}
_ZERO_DASHES = frozenset("-‐‑‒–—−")


@dataclass(frozen=True)
class Reader:
    """How the cells of a column are to be read.

    ``scale`` is what one unit of the sheet is in the table's unit (0.001 from triệu to tỷ); ``convention`` how the file
    writes numbers as text; ``zero_dash`` whether "-" is zero here; ``percents`` the positions in the column
    whose format is a percentage (0.64 shown as 64 %); ``date1904`` whether day numbers count from 1904.
    """

    scale: Decimal = Decimal(1)
    convention: Convention = Convention.VIETNAMESE
    zero_dash: bool = False
    percents: frozenset[int] = frozenset()
    date1904: bool = False


@dataclass
class TypedColumn:
    """A column read: its values, what was refused and what was remarked on, by position in the column.

    ``step`` is the rounding step of the figures as printed (0.1 where the finest had one decimal), in the table's unit;
    0 for counts, which are never rounded unless they are printed in thousands, and where there is no figure but zeros.
    """

    series: pd.Series[Any]
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    remarked: dict[int, tuple[str, str]] = field(default_factory=dict)
    step: Decimal = Decimal(0)


def type_column(column: Column, cells: Sequence[Value], reader: Reader) -> TypedColumn:
    """Read a column's cells, in row order, as its kind."""
    if column.kind is CellKind.TEXT:
        return _texts(column, cells)
    if column.kind is CellKind.DAY:
        return _days(cells, reader)
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


def unreadable(cell: Unreadable) -> tuple[str, str]:
    """The rule and the reason for which a cell without a value is refused."""
    return cell.rule, _UNREADABLE[cell.rule].format(cell.text)


class _Cleaned(dict[str, str | None]):
    """Texts by the cell they stood in: in NFC, one space between words, None for a blank.

    Each is worked out once, unless a column has so many (names, numbers of licences) that few come again.
    """

    def __missing__(self, cell: str) -> str | None:
        cleaned = " ".join((cell if cell.isascii() else nfc(cell)).split())
        text = (cell if cleaned == cell else cleaned) or None  # the same object, where it can be
        if len(self) < _MOST_REMEMBERED:
            self[cell] = text
        return text


def _texts(column: Column, cells: Sequence[Value]) -> TypedColumn:
    cleaned = _Cleaned()
    texts = [
        cleaned[cell] if isinstance(cell, str) else None if isinstance(cell, Unreadable) else show(cell)
        for cell in cells
    ]
    values = pd.Series(texts, dtype="str")
    typed = TypedColumn(values.map(column.word, na_action="ignore").astype("str") if column.words else values)
    typed.refused = {at: unreadable(cell) for at, cell in enumerate(cells) if isinstance(cell, Unreadable)}
    return typed


def _numbers(column: Column, cells: Sequence[Value], reader: Reader) -> TypedColumn:
    typed = TypedColumn(pd.Series(dtype="float64"))
    values = _values(column, cells, reader, typed)
    if reader.percents:
        _read_percent_formats(column, values, reader.percents, typed)
    if column.compares:
        _refuse_fractions(values, reader, typed)
    if column.share:
        _question_fractions(cells, values, reader, typed)
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


def _values(column: Column, cells: Sequence[Value], reader: Reader, typed: TypedColumn) -> np.ndarray[Any, Any]:
    """The cells as doubles, NaN where there is none; what was refused and remarked on goes to ``typed``."""
    values = np.array([cell if type(cell) is float else np.nan for cell in cells], dtype="float64")
    texts: dict[str, _Number] = {}
    for position, cell in enumerate(cells):
        if type(cell) is float or cell == "":
            continue
        if isinstance(cell, str):
            number = texts.get(cell) or _from_text(column, cell, reader)
            if len(texts) < _MOST_REMEMBERED:
                texts[cell] = number
        else:
            number = _from_value(cell)
        values[position] = number.value
        if number.refused:
            typed.refused[position] = number.refused
        if number.remark:
            typed.remarked[position] = ("number_form", number.remark)
    return values


def _scaled(values: np.ndarray[Any, Any], scale: Decimal) -> np.ndarray[Any, Any]:
    """The values times the scale, to the 15 digits that a spreadsheet means: 191500.3 triệu is 191.5003 tỷ."""
    return np.array([float(format(value, ".15g")) for value in values * float(scale)], dtype="float64")


@dataclass(frozen=True, slots=True)
class _Number:
    """What a cell that is no plain number was read to: NaN where it is missing or refused."""

    value: float = math.nan
    refused: tuple[str, str] | None = None
    remark: str | None = None


def _from_value(cell: Value) -> _Number:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return _Number(float(cell))
    if isinstance(cell, Unreadable):
        return _Number(refused=unreadable(cell))
    kind = "giá trị đúng/sai" if isinstance(cell, bool) else "ngày tháng" if isinstance(cell, date) else "giá trị"
    return _Number(refused=("not_a_number", f"cần một số, thấy {kind} «{show(cell)}»"))


def _from_text(column: Column, cell: str, reader: Reader) -> _Number:
    if reader.zero_dash and cell.strip() in _ZERO_DASHES:
        return _Number(0.0)
    try:
        parsed = parse_number(cell, reader.convention)
    except NumberError as error:
        return _Number(refused=("not_a_number", f"cần một số; {error}"))
    if parsed is None:
        return _Number()
    if parsed.unit is not None and column.unit != parsed.unit:
        reason = f"«{cell.strip()}»: ký hiệu {parsed.unit} ở cột tính bằng {column.unit}"
        return _Number(refused=("unit", reason))
    return _Number(float(parsed.value), remark=parsed.warning)


def _read_percent_formats(
    column: Column, values: np.ndarray[Any, Any], percents: frozenset[int], typed: TypedColumn
) -> None:
    """Cells formatted as percentages hold fractions: 0.64 is 64 in a column of %, and no figure of another unit."""
    for position in sorted(percents):
        value = values[position]
        if np.isnan(value):
            continue
        shown = float(format(value * 100, ".15g"))
        if column.unit == _PERCENT:
            values[position] = shown
        else:
            reason = f"ô định dạng phần trăm («{format_number(exact(shown))} %») ở cột tính bằng {column.unit}"
            typed.refused[position] = ("unit", reason)
            values[position] = np.nan


def _refuse_fractions(values: np.ndarray[Any, Any], reader: Reader, typed: TypedColumn) -> None:
    """A column that compares with a whole, all of whose figures are fractions, holds 0,64 where 64 is meant."""
    plain = [at for at in np.flatnonzero(~np.isnan(values)).tolist() if at not in reader.percents]
    fractions = [at for at in plain if 0 < abs(values[at]) <= _LARGEST_FRACTION]
    if len(fractions) < _FEWEST_FRACTIONS or any(abs(values[at]) > _LARGEST_FRACTION for at in plain):
        return
    typed.refused |= {at: _fraction(values[at]) for at in fractions}
    values[fractions] = np.nan


def _question_fractions(
    cells: Sequence[Value], values: np.ndarray[Any, Any], reader: Reader, typed: TypedColumn
) -> None:
    """In a column of shares a figure of one or less may be meant as a part of one: 0,4 as 40.

    It is refused where others of the column are marked as percentages; else it stands, and is asked about.
    """
    marked = reader.percents | {at for at, cell in enumerate(cells) if isinstance(cell, str) and _PERCENT in cell}
    fractions = [at for at in np.flatnonzero((values > 0) & (values <= 1)).tolist() if at not in marked]
    (typed.refused if marked else typed.remarked).update({at: _fraction(values[at]) for at in fractions})
    if marked:
        values[fractions] = np.nan


def _fraction(value: float) -> tuple[str, str]:
    written, meant = (format_number(exact(one)) for one in (value, round(value * 100, _FINEST)))
    return "fraction", f"ghi {written}, có phải {meant} %? hãy ghi {meant} hoặc định dạng ô là phần trăm"


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


@dataclass(frozen=True, slots=True)
class _Day:
    """What a cell was read to as a day.

    ``as_text`` says that it is a text; ``either`` that its day could be its month, ``month_first`` that it can only be
    a day that is written after its month.
    """

    value: date | None = None
    refused: tuple[str, str] | None = None
    as_text: bool = False
    either: bool = False
    month_first: bool = False


def _days(cells: Sequence[Value], reader: Reader) -> TypedColumn:
    typed = TypedColumn(pd.Series(dtype="datetime64[us]"))
    read: dict[Value, _Day] = {"": _Day()}
    days: list[date | None] = []
    either: list[int] = []
    month_first: int | None = None
    first_text: int | None = None
    has_dates = False
    for position, cell in enumerate(cells):
        day = read.get(cell) or _day(cell, reader)
        if len(read) < _MOST_REMEMBERED:
            read[cell] = day
        days.append(day.value)
        if day.refused:
            typed.refused[position] = day.refused
        if day.either:
            either.append(position)
            first_text = position if first_text is None and day.as_text else first_text
        if day.month_first and month_first is None:
            month_first = position
        has_dates = has_dates or (day.value is not None and not day.as_text)
    if month_first is not None:
        _refuse_either(cells, days, either, show(cells[month_first]), typed)
    elif first_text is not None and has_dates:
        reason = f"cột vừa có ô ngày vừa có chữ như «{show(cells[first_text])}», được hiểu là ngày/tháng/năm"
        typed.remarked[first_text] = ("mixed_days", f"{reason}; hãy kiểm tra ngày và tháng có bị đổi chỗ không")
    typed.series = pd.to_datetime(pd.Series(days, dtype="object")).astype("datetime64[us]").dt.normalize()
    return typed


def _refuse_either(
    cells: Sequence[Value], days: list[date | None], either: Sequence[int], example: str, typed: TypedColumn
) -> None:
    """Refuse the days of a column that could be months: another of its cells writes the month first.

    So did who typed them, and the program made dates of those that it could, with the day for the month.
    """
    for position in either:
        days[position] = None
        reason = f"«{show(cells[position])}»: không rõ số nào là ngày, số nào là tháng, vì cùng cột có «{example}»"
        typed.refused[position] = ("day_or_month", f"{reason}; hãy ghi cả cột theo ngày/tháng/năm")


def _day(cell: Value, reader: Reader) -> _Day:
    if isinstance(cell, Unreadable):
        return _Day(refused=unreadable(cell))
    if isinstance(cell, date):
        return _Day(cell, either=_could_be_month(cell.day, cell.month))
    if isinstance(cell, str) and is_missing(cell):
        return _Day()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        numbered = _numbered_day(cell, reader)
        if numbered is not None:
            return _Day(numbered, either=_could_be_month(numbered.day, numbered.month))
    elif isinstance(cell, str):
        return _text_day(cell)
    return _Day(refused=_no_day(cell))


def _could_be_month(day: int, month: int) -> bool:
    return 0 < day <= _MONTHS and day != month


def _no_day(cell: Value) -> tuple[str, str]:
    return "not_a_day", f"cần một ngày có thật dạng dd/mm/yyyy, thấy «{show(cell)}»"


def _text_day(cell: str) -> _Day:
    """The day that a text writes, its time of day left out."""
    text = _TIME.sub("", cell.strip())
    parts = _DAY_OR_MONTH.fullmatch(text)
    day, month = (int(parts[1]), int(parts[3])) if parts else (0, 0)
    for form in _DAY_FORMS:
        try:
            value = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return _Day(value, as_text=True, either=_could_be_month(day, month))
    return _Day(refused=_no_day(cell), as_text=True, month_first=0 < day <= _MONTHS < month)


def _numbered_day(number: float, reader: Reader) -> date | None:
    """The day that a spreadsheet's day number means; None where an office cannot have meant it as one."""
    if not math.isfinite(number) or abs(number) > _LARGEST_COUNT:
        return None
    try:
        day = (_DAY_ZERO_1904 if reader.date1904 else _DAY_ZERO) + timedelta(days=math.floor(number))
    except OverflowError:
        return None
    return day if _EARLIEST_DAY <= day <= _LATEST_DAY else None
