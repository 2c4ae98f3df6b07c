"""Fleet and IUU of a quarter as the page shows them: shares with their numerators and denominators, by length class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lagi_pipeline.reporting.content.fleet_table import WHOLE_FLEET
from lagi_pipeline.reporting.content.model import Cell, Column, Table
from lagi_pipeline.reporting.content.printing import NO_FIGURE, number_cell, text_cell
from lagi_pipeline.reporting.page.charts import Scale, Span

Row = Mapping[str, Any]
_SHARES = (
    ("Đã đăng ký", "registered", "vessels", 0),
    ("Giấy phép còn hạn", "licensed", "vessels", 0),
    ("Còn hạn đăng kiểm", "inspected", "vessels", 0),
    ("Đã lắp thiết bị giám sát hành trình", "vms", "vms_required", 0),
    ("Sản lượng qua cảng được giám sát (tấn)", "monitored", "landed_t", 1),
)
_NUMERATORS = {"vms": "vms_fitted", "monitored": "monitored_t"}
_WHOLE = Scale(0.0, 100.0)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the whole fleet: its name, how it is printed with its numerator and denominator, and its bar."""

    name_vi: str
    percent: str
    parts: str
    bar: Span | None


@dataclass(frozen=True, slots=True)
class Fleet:
    """Fleet and IUU of a quarter."""

    vessels: str
    shares: tuple[Share, ...]
    counts: tuple[tuple[str, str], ...]
    classes: Table
    notes: tuple[str, ...]


def fleet_of(rows: Sequence[Row]) -> Fleet | None:
    """The fleet of a quarter; None where nothing was reported of it."""
    whole = next((row for row in rows if row["length_class"] == WHOLE_FLEET), None)
    if whole is None:
        return None
    return Fleet(
        vessels=_count(whole, "vessels"),
        shares=tuple(_share(whole, *share) for share in _SHARES),
        counts=(
            ("Tàu “3 không”", _count(whole, "three_no")),
            ("Vụ vi phạm đã xử lý trong quý", _count(whole, "cases")),
            ("Tiền phạt (đồng)", _count(whole, "fines_vnd")),
        ),
        classes=_by_class(rows),
        notes=tuple(dict.fromkeys(row["reason"] for row in rows if row["reason"])),
    )


def _count(row: Row, name: str) -> str:
    return number_cell(row[name], 0, illustrative=row["is_illustrative"]).text


def _share(row: Row, name_vi: str, share: str, denominator: str, decimals: int) -> Share:
    value = row[f"{share}_pct"]
    return Share(
        name_vi=name_vi,
        percent=number_cell(value, 1, "%").text,
        parts=_fraction(row, _NUMERATORS.get(share, share), denominator, decimals),
        bar=None if value is None else _WHOLE.span(0, value),
    )


def _fraction(row: Row, numerator: str, denominator: str, decimals: int = 0) -> str:
    """``495/509(*)``; no figure where either part is missing."""
    if row[numerator] is None or row[denominator] is None:
        return NO_FIGURE
    above = number_cell(row[numerator], decimals).text
    return f"{above}/{number_cell(row[denominator], decimals, illustrative=row['is_illustrative']).text}"


def _by_class(rows: Sequence[Row]) -> Table:
    columns = (
        Column("Nhóm chiều dài"),
        Column("Số tàu", "number"),
        Column("Đăng ký", "number"),
        Column("Giấy phép", "number"),
        Column("Đăng kiểm", "number"),
        Column("Thiết bị giám sát", "number"),
        Column("Tàu 3 không", "number"),
        Column("Vụ vi phạm", "number"),
    )
    body = tuple(
        (
            text_cell(row["length_class_vi"]),
            Cell(_count(row, "vessels")),
            *(Cell(_fraction(row, name, "vessels")) for name in ("registered", "licensed", "inspected")),
            Cell("không bắt buộc" if row["vms_required"] == 0 else _fraction(row, "vms_fitted", "vms_required")),
            Cell(_count(row, "three_no")),
            Cell(_count(row, "cases")),
        )
        for row in rows
    )
    return Table("fleet_by_class", "Theo nhóm chiều dài", columns, body)
