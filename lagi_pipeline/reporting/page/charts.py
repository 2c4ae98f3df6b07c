"""Where the marks of the page's charts lie, as shares of their width and height: no figure is printed here.

The scale of a bar holds 0, so that its length is in proportion to its figure; the line of a rate is drawn near to its
target, for its quarters differ by little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lagi_pipeline.catalogue.indicators import Direction
from lagi_pipeline.reporting.content.model import Line

_AIR = 0.06
"""Share of the scale that stays free beyond the outermost mark."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From figures to per cent of a length."""

    low: float
    high: float

    @classmethod
    def holding(cls, figures: Iterable[float | None]) -> Scale:
        """A scale on which 0 and every figure lie."""
        there = [0.0, *(figure for figure in figures if figure is not None)]
        low, high = min(there), max(there)
        air = (high - low or 1.0) * _AIR
        return cls(low - air if low < 0 else 0.0, high + air if high > 0 or low == 0 else 0.0)

    @classmethod
    def around(cls, figures: Iterable[float | None]) -> Scale:
        """A scale on which every figure lies, as near as they are to one another."""
        there = [figure for figure in figures if figure is not None]
        low, high = min(there), max(there)
        air = (high - low) / 3 or abs(high) / 10 or 1.0
        return cls(low - air, high + air)

    def at(self, figure: float) -> float:
        """Where a figure lies, 0 to 100."""
        return round(min(max((figure - self.low) / (self.high - self.low), 0.0), 1.0) * 100, 2)

    def span(self, first: float, last: float) -> Span:
        """What lies between two figures."""
        low, high = sorted((self.at(first), self.at(last)))
        return Span(low, round(high - low, 2))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a length, both in per cent."""

    start: float
    size: float


@dataclass(frozen=True, slots=True)
class Bullet:
    """A line's figure against its target: bar, target mark, where it is reached, where it should be, the forecast."""

    bar: Span
    target: float
    target_upper: float | None
    reached: Span | None
    expected: float | None
    forecast: float | None
    interval: Span | None


def bullet(line: Line) -> Bullet | None:
    """The bullet chart of a line; None where it has no figure, or one that is no amount (yes or no)."""
    if line.actual is None or line.direction == Direction.YES_NO:
        return None
    forecast, low, high = line.forecast, line.forecast_low, line.forecast_high
    if forecast == line.actual:  # at the year's end it is what was reported
        forecast = low = high = None
    scale = Scale.holding((line.actual, line.target, line.target_upper, line.expected, forecast, low, high))
    return Bullet(
        bar=scale.span(0, line.actual),
        target=scale.at(line.target),
        target_upper=None if line.target_upper is None else scale.at(line.target_upper),
        reached=_reached(line, scale),
        expected=None if line.expected is None else scale.at(line.expected),
        forecast=None if forecast is None else scale.at(forecast),
        interval=None if low is None or high is None else scale.span(low, high),
    )


def _reached(line: Line, scale: Scale) -> Span | None:
    """Where a figure reaches the target; None where only one figure does."""
    match line.direction:
        case Direction.AT_LEAST:
            return scale.span(line.target, scale.high)
        case Direction.AT_MOST:
            return scale.span(scale.low, line.target)
        case Direction.RANGE if line.target_upper is not None:
            return scale.span(line.target, line.target_upper)
    return None


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a series: from the left and from the top, in per cent."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Run:
    """Points that follow one another without a gap."""

    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The line through them as SVG draws it, on a field of 100 by 100."""
        return "M" + "L".join(f"{point.x} {point.y}" for point in self.points)


@dataclass(frozen=True, slots=True)
class Series:
    """A year's figures by quarter, last year's behind them, and the target across."""

    this_year: tuple[Run, ...]
    last_year: tuple[Run, ...]
    target: float
    target_upper: float | None
    zero: float | None
    chosen: float


_QUARTER_X = (12.5, 37.5, 62.5, 87.5)


def series(  # noqa: PLR0913 - what a year's chart shows
    this_year: Sequence[float | None],
    last_year: Sequence[float | None],
    target: float,
    target_upper: float | None,
    chosen: int,
    *,
    from_zero: bool,
) -> Series:
    """The chart of a year.

    Args:
        this_year: The figures of its four quarters, the first one first; None is no figure, and a gap.
        last_year: Those of the year before.
        target: The year's target.
        target_upper: The upper bound, where the target is a range.
        chosen: The quarter that is looked at, 1 to 4.
        from_zero: Whether the figures add up from nought, so that it is shown.
    """
    figures = (*this_year, *last_year, target, target_upper)
    scale = Scale.holding(figures) if from_zero else Scale.around(figures)

    def y(figure: float) -> float:
        return round(100 - scale.at(figure), 2)

    return Series(
        this_year=_runs(this_year, scale),
        last_year=_runs(last_year, scale),
        target=y(target),
        target_upper=None if target_upper is None else y(target_upper),
        zero=y(0) if from_zero else None,
        chosen=_QUARTER_X[chosen - 1],
    )


def _runs(figures: Sequence[float | None], scale: Scale) -> tuple[Run, ...]:
    runs: list[list[Point]] = [[]]
    for x, figure in zip(_QUARTER_X, figures, strict=True):
        if figure is None:
            runs.append([])
        else:
            runs[-1].append(Point(x, round(100 - scale.at(figure), 2)))
    return tuple(Run(tuple(run)) for run in runs if run)
