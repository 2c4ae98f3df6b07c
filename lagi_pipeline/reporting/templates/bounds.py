"""What a column's cells may hold, as its model's checks and its form say: bounds, words, whether it must be filled."""

from __future__ import annotations

from dataclasses import dataclass

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.form import CellKind, Column, Form, Listing, UnitNames
from lagi_pipeline.vietnamese.numbers import format_number


@dataclass(frozen=True)
class Bounds:
    """The lowest and highest value of a figure; ``above`` says that the lowest itself is not allowed."""

    lowest: float | None = None
    above: bool = False
    highest: float | None = None

    @property
    def spoken(self) -> str:
        """In Vietnamese, like ``lớn hơn 0, không quá 100``; "" where there are none."""
        parts = []
        if self.lowest is not None:
            parts.append(f"{'lớn hơn' if self.above else 'từ'} {format_number(self.lowest)}")
        if self.highest is not None:
            parts.append(f"không quá {format_number(self.highest)}")
        return ", ".join(parts)


def bounds_of(form: Form, column: Column) -> Bounds:
    """The bounds that the column's checks set."""
    checks = {check.name: check.statistics for check in form.schema.columns[column.name].checks}
    above = "greater_than" in checks
    lowest = checks.get("greater_than", checks.get("greater_than_or_equal_to"))
    highest = checks.get("less_than_or_equal_to")
    return Bounds(lowest and lowest["min_value"], above, highest and highest["max_value"])


def words_of(form: Form, column: Column, quarter: Quarter) -> tuple[str, ...]:
    """The words that a text may be, in the order of the model; none where it is free."""
    if isinstance(form.rows, Listing) and form.rows.months == column.name:
        return tuple(f"Tháng {month}" for month in range(quarter.start.month, quarter.end.month + 1))
    checks = {check.name: check.statistics for check in form.schema.columns[column.name].checks}
    return tuple(checks["isin"]["allowed_values"]) if "isin" in checks else ()


def names_unit(form: Form, column: Column) -> bool:
    """Whether the column's texts name reporting units that the office chooses."""
    return any(isinstance(by, UnitNames) and by.label == column.name for by in form.derivations.values())


def kind_spoken(form: Form, column: Column) -> str:
    """What is to be written in the column, in Vietnamese."""
    spoken = bounds_of(form, column).spoken
    kind = {
        CellKind.TEXT: "chữ",
        CellKind.FIGURE: "số",
        CellKind.COUNT: "số nguyên",
        CellKind.DAY: "ngày, dạng 31/12/2024",
    }[column.kind]
    return f"{kind}, {spoken}" if spoken else kind


def need_spoken(form: Form, column: Column) -> str:
    """How much the column is needed, in Vietnamese."""
    if not form.schema.columns[column.name].nullable:
        return "bắt buộc"
    if column.name in form.key_figures:
        return "bắt buộc ở dòng chính"
    return "cần ghi" if column.required else "nếu có"
