"""The lines of a quarter as the page shows them: printed figures, verdict, bullet chart, sub-lines under their line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields

from lagi_pipeline.catalogue.indicators import Catalogue, Direction
from lagi_pipeline.reporting.content.model import Cell, Line, QuarterReport, Table
from lagi_pipeline.reporting.content.printing import NO_FIGURE, number_cell
from lagi_pipeline.reporting.page.charts import Bullet, bullet
from lagi_pipeline.reporting.page.marks import Mark, pace_mark, result_mark, tone_of_bar


@dataclass(frozen=True, slots=True)
class Figures:
    """The printed figures of a line: the cells of its row in the report's table of targets."""

    target: Cell
    actual_quarter: Cell
    actual: Cell
    attainment_pct: Cell
    on_last_year: Cell
    year_estimate: Cell
    forecast: Cell

    @classmethod
    def of(cls, table: Table, row: Sequence[Cell]) -> Figures:
        """From a row of the table of targets: each figure by the code of its column."""
        return cls(*(row[table.place_of(figure.name)] for figure in fields(cls)))


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the resolution in a quarter."""

    line: Line
    figures: Figures
    expected: Cell
    mark: Mark
    pace: Mark | None
    tone: str
    bullet: Bullet | None
    parts: list[LineView] = field(default_factory=list)

    @property
    def name_vi(self) -> str:
        """Its name; of a sub-line without "Trong đó", for it stands under its line."""
        return self.line.own_name_vi

    @property
    def unit_vi(self) -> str:
        """Its unit as it stands after a figure; none where the figure is a yes or a no."""
        return "" if self.line.direction == Direction.YES_NO else self.line.unit

    @property
    def is_foretold(self) -> bool:
        """Whether the year's figure is a forecast: at the year's end it is what was reported."""
        return self.line.forecast is not None and self.line.forecast != self.line.actual

    @property
    def why_no_figure(self) -> str | None:
        """Why there is no figure; None where there is one."""
        if self.line.actual is not None:
            return None
        return self.line.reason or self.line.status_vi

    @property
    def said(self) -> str:
        """What its chart shows, in words."""
        unit = self.unit_vi
        parts = [f"thực hiện {self.figures.actual.text} {unit}", f"chỉ tiêu {self.figures.target.text} {unit}"]
        if self.line.expected is not None:
            parts.append(f"mức cần đạt đến nay {self.expected.text}")
        if self.is_foretold:
            parts.append(f"dự báo cả năm {self.figures.forecast.text}")
        return f"{self.name_vi}: {'; '.join(parts)}; {self.mark.words}"


def line_views(report: QuarterReport, catalogue: Catalogue) -> list[LineView]:
    """The lines in the order of the resolution, each with its sub-lines under it."""
    views = {
        line.code: _view(line, Figures.of(report.targets, row))
        for line, row in zip(report.lines, report.targets.rows, strict=True)
    }
    top: list[LineView] = []
    for code, view in views.items():
        parent = catalogue.indicator(code).parent
        if parent is not None and parent.code in views:
            views[parent.code].parts.append(view)
        else:
            top.append(view)
    return top


def every_line(views: Sequence[LineView]) -> Iterator[LineView]:
    """The lines with their sub-lines, in the order in which they are read."""
    for view in views:
        yield view
        yield from every_line(view.parts)


def _view(line: Line, figures: Figures) -> LineView:
    return LineView(
        line=line,
        figures=figures,
        expected=Cell(NO_FIGURE) if line.expected is None else number_cell(line.expected, line.decimals),
        mark=result_mark(line),
        pace=pace_mark(line),
        tone=tone_of_bar(line),
        bullet=bullet(line),
    )
