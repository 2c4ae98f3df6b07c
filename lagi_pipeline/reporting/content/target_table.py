"""The table of targets: twelve columns of ``mart.attainment`` against the leading plan, and the notes below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lagi_pipeline.catalogue.indicators import Catalogue, Direction, PlanSource
from lagi_pipeline.indicators.verdict import DECIDED
from lagi_pipeline.indicators.wording import yes_no_vi
from lagi_pipeline.reporting.attainment_table import BY_HAND, target_vi
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
from lagi_pipeline.vietnamese.numbers import format_number

Row = Mapping[str, Any]
_RESOLUTION = "NQ"
_ANY_PLAN = "KH"
_REPORTED = "reported"


def target_table(rows: Sequence[Row], lines: Sequence[Line], catalogue: Catalogue, kinds: Sequence[str] = ()) -> Table:
    """The lines of a quarter, each against the plan that leads it, in the order of the resolution.

    Args:
        rows: The rows of ``mart.attainment``.
        lines: The same as lines of the report.
        catalogue: The words.
        kinds: What is to be said of the kinds and days of the figures, below the table.
    """
    plan = _plan_vi(rows, catalogue)
    columns = (
        Column("TT", width=5),
        Column("Chỉ tiêu", width=31),
        Column("ĐVT", width=10),
        Column(f"{plan} {rows[0]['year']}", "number", 13, "target"),
        Column("Thực hiện quý", "number", 13, "actual_quarter"),
        Column("Lũy kế", "number", 14, "actual"),
        Column(f"% {plan}", "number", 10, "attainment_pct"),
        Column("% cùng kỳ", "number", 10, "on_last_year"),
        Column("Ước cả năm (cơ quan)", "number", 13, "year_estimate"),
        Column("Dự báo (hệ thống)", "number", 15, "forecast"),
        Column("Đánh giá", width=19),
        Column("Ghi chú", width=40),
    )
    body = tuple(_target_row(row, line, catalogue) for row, line in zip(rows, lines, strict=True))
    notes = (*_notes(rows, lines, catalogue), *kinds)
    return Table("targets", "Kết quả thực hiện các chỉ tiêu", columns, body, notes)


def _plan_vi(rows: Sequence[Row], catalogue: Catalogue) -> str:
    """The plan that leads: ``NQ``, another one by its name, and ``KH`` where lines are led by different plans."""
    sources = {row["plan_source"] for row in rows}
    if sources == {PlanSource.PARTY_RESOLUTION}:
        return _RESOLUTION
    return _ANY_PLAN if len(sources) > 1 else catalogue.words["plan_source"][sources.pop()]


def _notes(rows: Sequence[Row], lines: Sequence[Line], catalogue: Catalogue) -> Iterator[str]:
    yield "“…”: chưa có số liệu. Lũy kế: từ đầu năm; đối với tỷ lệ là mức đạt được."
    if any(line.yoy_change_pct is not None and line.yoy_index_pct is None for line in lines):
        yield "% cùng kỳ: đối với tỷ lệ là mức tăng (+), giảm (-) tính bằng điểm %."
    if any(line.forecast is not None and line.forecast_method != _REPORTED for line in lines):
        yield "Dự báo: do hệ thống tính, kèm khoảng tin cậy 80%; không phải số ước của cơ quan."
    if any(line.forecast is not None and line.forecast_method == _REPORTED for line in lines):
        yield "Dự báo của chỉ tiêu đã có số cả năm là chính số đã báo cáo."
    if len({row["plan_source"] for row in rows}) > 1:
        led = (
            f"{line.called_vi} theo {catalogue.words['plan_source'][row['plan_source']]}"
            for row, line in zip(rows, lines, strict=True)
        )
        yield f"Kế hoạch (KH): {'; '.join(led)}."
    for line in lines:
        if line.override_vi:
            yield f"{BY_HAND} {sentence(f'{line.called_vi}: {line.override_vi}')}"


def _target_row(row: Row, line: Line, catalogue: Catalogue) -> tuple[Cell, ...]:
    sample = row["actual_is_illustrative"]
    target_mark = ILLUSTRATIVE if row["target_is_illustrative"] else ""
    unsaid = catalogue.word("forecast_method", line.forecast_method) if line.forecast is None else None
    return (
        text_cell(line.ordinal),
        Cell(line.name_vi + (f" {BY_HAND}" if line.override_vi else ""), line.name_vi),
        text_cell(line.unit),
        Cell(target_vi(row, line.decimals) + target_mark, line.target, line.decimals, row["target_is_illustrative"]),
        _figure(row["actual_quarter"], line, illustrative=sample),
        _figure(line.actual, line, illustrative=sample),
        number_cell(line.attainment_pct, 1, PERCENT),
        _on_last_year(line),
        _figure(line.year_estimate, line, illustrative=sample),
        _forecast(line),
        text_cell(_judgement(line)),
        text_cell("; ".join(filter(None, (line.reason, unsaid)))),
    )


def _judgement(line: Line) -> str:
    """The status, with the pace while the line is still under way: how a line ended says more than how it went."""
    pace = None if line.result_status in DECIDED else line.pace_vi
    return "; ".join(filter(None, (line.status_vi, pace)))


def _figure(value: float | None, line: Line, *, illustrative: bool) -> Cell:
    if line.direction == Direction.YES_NO and value is not None:
        return Cell(yes_no_vi(value) + (ILLUSTRATIVE if illustrative else ""), value, 0, illustrative)
    return number_cell(value, line.decimals, illustrative=illustrative)


def _on_last_year(line: Line) -> Cell:
    """An index for flows (``102,4%``), a change in points for rates (``+0,98 điểm``)."""
    if line.yoy_index_pct is not None:
        return number_cell(line.yoy_index_pct, 1, PERCENT)
    if line.yoy_change_pct is None:
        return Cell(NO_FIGURE)
    return Cell(clean(f"{signed(line.yoy_change_pct, 2)} điểm"), line.yoy_change_pct, 2)


def _forecast(line: Line) -> Cell:
    """``196,79 (191,37 – 207,85)``; a year that is reported has no interval."""
    if line.forecast is None:
        return Cell(NO_FIGURE)
    ends = (line.forecast_low, line.forecast_high)
    low, middle, high = (
        None if v is None else format_number(v, line.decimals) for v in (ends[0], line.forecast, ends[1])
    )
    interval = f" ({low} – {high})" if low and high and low != high else ""
    return Cell(f"{middle}{interval}", line.forecast, line.decimals)
