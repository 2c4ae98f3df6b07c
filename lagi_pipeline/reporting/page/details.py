"""What opens with a line: its figures, its series, what was known when, its units, its plans and its tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from lagi_pipeline.catalogue.indicators import Catalogue, Direction
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.wording import yes_no_vi
from lagi_pipeline.reporting.attainment_table import target_vi
from lagi_pipeline.reporting.content.model import Line, QuarterReport
from lagi_pipeline.reporting.content.printing import (
    ILLUSTRATIVE,
    clean,
    day_cell,
    difference_vi,
    moment_cell,
    number_cell,
    percent,
)
from lagi_pipeline.reporting.page.charts import Scale, Series, Span, series
from lagi_pipeline.reporting.page.lines import LineView
from lagi_pipeline.reporting.page.material import Material
from lagi_pipeline.reporting.page.sources import SourceFile, source_files

Row = Mapping[str, Any]
_YEAR = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its name, and what is to be known of it."""

    name: str
    text: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A quarter of the series: its name, its printed figure, and that of the year before."""

    quarter: Quarter
    text: str
    last_year: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class State:
    """What was known of a figure from a moment on."""

    since: str
    said: str


@dataclass(frozen=True, slots=True)
class UnitBar:
    """A phường or xã: its printed figure, what it rests on, its bar, and why there is none."""

    name_vi: str
    text: str
    parts: str
    bar: Span | None
    share: str
    reason: str


@dataclass(frozen=True, slots=True)
class Units:
    """The phường and xã of a line, the best first, against the town's target."""

    bars: tuple[UnitBar, ...]
    target: float | None
    target_text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The same figure against another plan."""

    name_vi: str
    target: str
    percent: str
    status_vi: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything that is shown of a line when it is opened."""

    view: LineView
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    chart: Series | None
    rows: tuple[SeriesRow, ...]
    states: tuple[State, ...]
    units: Units | None
    plans: tuple[Plan, ...]
    derivation: str | None
    files: tuple[SourceFile, ...]
    basis: tuple[str, ...]
    tasks: tuple[Row, ...]


def detail_of(view: LineView, report: QuarterReport, material: Material, catalogue: Catalogue) -> Detail:
    """The detail of a line in a quarter."""
    quarter = report.quarter
    key = str(quarter), view.line.code
    rows = material.lines[key]
    cells = material.cells.get(key, ())
    chart, series_rows = _series(view.line, quarter, material, catalogue)
    derivations = material.derivations.get(key, ())
    return Detail(
        view=view,
        facts=tuple(_facts(view, rows[0], catalogue)),
        notes=tuple(filter(None, (view.line.reason, rows[0]["override_vi"]))),
        chart=chart,
        rows=series_rows,
        states=_states(material.states.get(key, ()), view.line, catalogue),
        units=_units(material.units.get(key, ()), view.line),
        plans=tuple(_plan(row, view.line.decimals, catalogue) for row in rows) if len(rows) > 1 else (),
        derivation=clean(derivations[0]["derivation_vi"]) if derivations else None,
        files=source_files(cells, catalogue),
        basis=_basis(cells, rows[0]["plan_source"], report.resolution_vi),
        tasks=tuple(
            row
            for row in material.tasks.get(str(quarter), ())
            if view.line.code in (row["indicator_codes"] or "").replace(" ", "").split(";")
        ),
    )


def _facts(view: LineView, row: Row, catalogue: Catalogue) -> list[Fact]:
    line, figures = view.line, view.figures
    facts = [
        Fact("Thực hiện", f"{figures.actual.text} {view.unit_vi}" if line.actual is not None else "chưa có số liệu"),
        Fact("Chỉ tiêu cả năm", f"{figures.target.text} {view.unit_vi}"),
    ]
    if row["actual_quarter"] is not None:
        facts.append(Fact("Riêng trong quý", figures.actual_quarter.text))
    if line.attainment_pct is not None:
        facts.append(Fact("So với chỉ tiêu", figures.attainment_pct.text))
    facts += _distance(line)
    if line.yoy_index_pct is not None or line.yoy_change_pct is not None:
        facts.append(Fact("So với cùng kỳ năm trước", figures.on_last_year.text))
    if line.expected is not None:
        facts.append(Fact("Mức cần đạt đến hết quý", view.expected.text, line.pace_vi or ""))
    if line.year_estimate is not None:
        facts.append(Fact("Cơ quan ước cả năm", figures.year_estimate.text, row["estimate_status_vi"] or ""))
    if view.is_foretold:
        chance = f"khả năng đạt {percent(line.probability_pct)}" if line.probability_pct is not None else ""
        remark = "; ".join(filter(None, (row["forecast_status_vi"], chance)))
        facts.append(Fact("Hệ thống dự báo cả năm", figures.forecast.text, remark))
    if line.as_of is not None:
        kind = catalogue.word("obs_status", line.obs_status)
        facts.append(Fact("Số liệu đến ngày", day_cell(line.as_of).text, f"số {kind}" if kind else ""))
    return facts


def _distance(line: Line) -> list[Fact]:
    """How far the figure is from the target, in words that say on which side."""
    if line.gap is None or line.gap == 0:
        return []
    names = {
        Direction.AT_LEAST: ("Còn thiếu", "Vượt chỉ tiêu"),
        Direction.AT_MOST: ("Cao hơn mức cho phép", "Thấp hơn mức tối đa"),
    }.get(Direction(line.direction))
    if names is None:
        return []
    return [Fact(names[line.gap > 0], difference_vi(line.gap, line.decimals, line.unit))]


def _series(
    line: Line, quarter: Quarter, material: Material, catalogue: Catalogue
) -> tuple[Series | None, tuple[SeriesRow, ...]]:
    def figure(year: int, number: int) -> Row | None:
        found = material.figures.get((f"{year}-Q{number}", line.code), ())
        return found[0] if found else None

    this_year = [figure(quarter.year, number) for number in _YEAR]
    last_year = [figure(quarter.year - 1, number) for number in _YEAR]
    rows = tuple(
        SeriesRow(
            Quarter(quarter.year, number),
            _printed(this_year[number - 1], line),
            _printed(last_year[number - 1], line),
            is_chosen=number == quarter.number,
        )
        for number in _YEAR
    )
    values = [[None if row is None else row["value"] for row in year] for year in (this_year, last_year)]
    nothing = all(value is None for year in values for value in year)
    if nothing or line.direction == Direction.YES_NO:
        return None, () if nothing else rows
    from_zero = catalogue.indicator(line.code).is_flow
    chart = series(values[0], values[1], line.target, line.target_upper, quarter.number, from_zero=from_zero)
    return chart, rows


def _printed(row: Row | None, line: Line) -> str:
    value, illustrative = (None, False) if row is None else (row["value"], row["is_illustrative"])
    if value is not None and line.direction == Direction.YES_NO:
        return yes_no_vi(value) + (ILLUSTRATIVE if illustrative else "")
    return number_cell(value, line.decimals, illustrative=illustrative).text


def _states(rows: Sequence[Row], line: Line, catalogue: Catalogue) -> tuple[State, ...]:
    """What was known, newest first; of states that say the same the first moment counts."""

    def said(row: Row) -> str:
        if row["actual"] is None:
            return f"{row['status_vi']}: {row['reason']}" if row["reason"] else row["status_vi"]
        figure = _printed({"value": row["actual"], "is_illustrative": row["actual_is_illustrative"]}, line)
        kind = catalogue.word("obs_status", row["obs_status"])
        words = "; ".join(filter(None, (row["status_vi"], row["pace_vi"])))
        return f"{figure} {line.unit}{f', số {kind}' if kind else ''}; {words}"

    return tuple(
        State(moment_cell(list(same)[-1]["known_from"]).text, words) for words, same in groupby(rows, key=said)
    )


def _units(rows: Sequence[Row], line: Line) -> Units | None:
    if not rows:
        return None
    target = rows[0]["town_target"]
    scale = Scale.holding((*(row["actual"] for row in rows), target))
    sign = 1 if line.direction == Direction.AT_MOST else -1
    ordered = sorted(rows, key=lambda row: (row["actual"] is None, sign * (row["actual"] or 0), row["unit_name_vi"]))
    reasons = {row["reason"] for row in rows}
    shared = reasons if len(reasons) == 1 else set()
    return Units(
        bars=tuple(
            UnitBar(
                name_vi=row["unit_name_vi"],
                text=_printed({"value": row["actual"], "is_illustrative": row["actual_is_illustrative"]}, line),
                parts=_parts(row),
                bar=None if row["actual"] is None else scale.span(0, row["actual"]),
                share="" if row["share_of_town_pct"] is None else percent(row["share_of_town_pct"]),
                reason="" if shared else row["reason"] or "",
            )
            for row in ordered
        ),
        target=None if target is None else scale.at(target),
        target_text="" if target is None else target_vi(_bounds(rows[0], line), line.decimals),
        notes=tuple(reason for reason in shared if reason),
    )


def _bounds(row: Row, line: Line) -> Row:
    return {"direction": line.direction, "target": row["town_target"], "target_upper": row["town_target_upper"]}


def _parts(row: Row) -> str:
    if row["numerator"] is None or row["denominator"] is None:
        return ""
    return " / ".join(number_cell(row[part], _decimals(row[part])).text for part in ("numerator", "denominator"))


def _decimals(value: float) -> int:
    """As many as offices print: none of persons and households, one of tonnes."""
    return 0 if float(value).is_integer() else 1


def _plan(row: Row, decimals: int, catalogue: Catalogue) -> Plan:
    mark = ILLUSTRATIVE if row["target_is_illustrative"] else ""
    return Plan(
        name_vi=catalogue.word("plan_source", row["plan_source"]) or "",
        target=f"{target_vi(row, decimals)}{mark} {row['unit']}",
        percent=number_cell(row["attainment_pct"], 1, "%").text,
        status_vi=row["status_vi"],
    )


def _basis(cells: Sequence[Row], plan_source: str, resolution_vi: str) -> tuple[str, ...]:
    """Where the target stands: the clause of the document, or the cell of the form."""
    found = (
        f"{PurePosixPath(row['file']).name}, trang “{row['sheet']}”, ô {row['cell']}"
        if row["cell"]
        else ", ".join(filter(None, (row["entry"], resolution_vi)))
        for row in cells
        if row["role"] in {"target", "target_upper"} and row["plan_source"] == plan_source
    )
    return tuple(dict.fromkeys(found))
