"""A picture for each group of targets: bullet charts, every line on one scale, its target at 100.

Drawn by matplotlib's object-oriented interface on its Agg canvas: no display, no state between two charts. Its own
DejaVu Sans comes with the library and has every Vietnamese letter, so no font of the machine is needed. The same report
gives the same bytes: nothing of the day or the library's version is written into the file.

Read in black and white too: what is behind or missed is hatched, the target is a thick mark, what was expected by now a
thin one, the forecast a line with ends. The two colours (blue, orange) are those of the palette of Okabe and Ito (2008)
that stay apart for the colour-blind.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from lagi_pipeline.catalogue.indicators import Direction
from lagi_pipeline.reporting.content.model import Cell, Line, LineGroup, QuarterReport
from lagi_pipeline.reporting.content.printing import ILLUSTRATIVE, PERCENT, figure_vi

WIDTH_MM, ROW_MM, AROUND_MM = 245.0, 12.5, 22.0
_MM_PER_INCH = 25.4
_DPI = 150
_FINE, _CONCERN, _INK = "#0072B2", "#E69F00", "#1a1a1a"
_HATCH = "////"
_FONT = "DejaVu Sans"
_WHOLE = 100.0
_WIDEST = 150.0
"""Where the scale ends; what lies beyond it ends there with an arrow, and its figure is printed beside it."""
_NAME_LETTERS = 34
_WATERMARK = "số liệu minh họa"


@dataclass(frozen=True, slots=True)
class _Bullet:
    """A line on the scale of per cent of its target; None is not drawn."""

    line: Line
    actual: float | None
    expected: float | None
    low: float | None
    high: float | None

    @property
    def is_concern(self) -> bool:
        """Whether it is behind or missed."""
        line = self.line
        return line.result_status == "not_met" or (line.result_status == "in_progress" and line.pace_status == "behind")


def group_chart(report: QuarterReport, group: LineGroup) -> bytes:
    """A PNG of a group's lines, in their order from the top."""
    bullets = [_bullet(report.line(code)) for code in group.codes]
    height = ROW_MM * len(bullets) + AROUND_MM
    figure = Figure(figsize=(WIDTH_MM / _MM_PER_INCH, height / _MM_PER_INCH), dpi=_DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.26, 18 / height, 0.42, (height - 19) / height))
    printed = dict(zip((line.code for line in report.lines), report.targets.rows, strict=True))
    for position, bullet in enumerate(bullets):
        _draw(axes, position, bullet)
        _write(axes, position, bullet, printed[bullet.line.code])
    _dress(figure, axes, bullets)
    if any(bullet.line.is_illustrative for bullet in bullets):
        _watermark(figure)
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=_DPI, metadata={"Software": None})
    return stream.getvalue()


def alt_text(report: QuarterReport, group: LineGroup) -> str:
    """What the picture shows, in words, for who cannot see it."""
    said = []
    for code in group.codes:
        line = report.line(code)
        target, actual = (_in_words(value, line) for value in (line.target, line.actual))
        said.append(f"{line.name_vi}: {actual} so với chỉ tiêu {target}")
    kind = f" ({_WATERMARK})" if any(report.line(code).is_illustrative for code in group.codes) else ""
    return f"Biểu đồ nhóm {group.title_vi}, {report.quarter.label_vi}{kind}. {'; '.join(said)}."


def _in_words(value: float | None, line: Line) -> str:
    return "chưa có số liệu" if value is None else figure_vi(value, line.decimals, line.unit)


def _bullet(line: Line) -> _Bullet:
    """On the scale only where a share of the target says something: not for yes/no, and not for a target of 0."""
    if line.direction == Direction.YES_NO or not line.target:
        return _Bullet(line, None, None, None, None)

    def share(value: float | None) -> float | None:
        return None if value is None else value / line.target * _WHOLE

    interval = (line.forecast_low, line.forecast_high)
    low, high = (None, None) if interval[0] == interval[1] else interval
    return _Bullet(line, share(line.actual), share(line.expected), share(low), share(high))


def _draw(axes: Axes, position: int, bullet: _Bullet) -> None:
    axes.barh(position, _WIDEST, height=0.56, color="#eeeeee", zorder=1)
    if bullet.actual is not None:
        shown = max(0.0, min(bullet.actual, _WIDEST))
        axes.barh(
            position,
            shown,
            height=0.3,
            color=_CONCERN if bullet.is_concern else _FINE,
            hatch=_HATCH if bullet.is_concern else "",
            edgecolor=_INK,
            linewidth=0.6,
            zorder=2,
        )
        if bullet.actual > _WIDEST:
            axes.plot([_WIDEST], [position], marker=">", color=_INK, markersize=9, clip_on=False, zorder=5)
    if bullet.low is not None and bullet.high is not None:
        ends = [min(max(end, 0.0), _WIDEST) for end in (bullet.low, bullet.high)]
        axes.plot(ends, [position + 0.36] * 2, color=_INK, linewidth=1.2, marker="|", markersize=7, zorder=4)
    if bullet.expected is not None and 0 <= bullet.expected <= _WIDEST:
        axes.plot([bullet.expected] * 2, [position - 0.28, position + 0.28], color=_INK, linewidth=1.2, zorder=4)
        axes.plot([bullet.expected], [position - 0.34], marker="v", color=_INK, markersize=5, zorder=4)
    axes.plot([_WHOLE] * 2, [position - 0.28, position + 0.28], color=_INK, linewidth=3.2, zorder=3)


def _write(axes: Axes, position: int, bullet: _Bullet, cells: tuple[Cell, ...]) -> None:
    """The line's name at the left; its figures at the right, as the table of targets prints them."""
    line = bullet.line
    name = f"{line.ordinal}. {line.name_vi}" if line.ordinal else line.name_vi
    left: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center", "fontname": _FONT, "color": _INK}
    axes.text(-0.02, position, _short(name), ha="right", fontsize=9, linespacing=1.1, **left)
    target, actual = cells[3].text, cells[5].text
    if line.actual is None:
        said, weight = f"chưa có số liệu · chỉ tiêu {_with_unit(target, line)}", "normal"
    else:
        said, weight = f"{actual} / {_with_unit(target, line)}", "bold"
    axes.text(1.02, position - 0.14, said, ha="left", fontsize=9, weight=weight, **left)
    axes.text(1.02, position + 0.2, _short(cells[10].text, 44), ha="left", fontsize=8, linespacing=1.1, **left)


def _with_unit(printed: str, line: Line) -> str:
    """A printed figure with its unit before its mark: ``95,00%(*)``."""
    unit = line.unit if line.unit == PERCENT else f" {line.unit}"
    figure = printed.removesuffix(ILLUSTRATIVE)
    return f"{figure}{unit}{printed.removeprefix(figure)}"


def _short(text: str, letters: int = _NAME_LETTERS) -> str:
    """The text in two lines at most; the table has the whole of it."""
    lines = textwrap.wrap(text, letters)
    return "\n".join(lines if len(lines) <= 2 else [lines[0], lines[1][: letters - 1] + "…"])  # noqa: PLR2004 - two lines


def _dress(figure: Figure, axes: Axes, bullets: list[_Bullet]) -> None:
    axes.set_xlim(0, _WIDEST)
    axes.set_ylim(len(bullets) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([0, 25, 50, 75, 100, 125, 150])
    axes.set_xticklabels([f"{share}%" for share in (0, 25, 50, 75, 100, 125, 150)], fontname=_FONT, fontsize=8)
    axes.set_xlabel("% so với chỉ tiêu năm", fontname=_FONT, fontsize=8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    handles: list[Line2D | Patch] = [
        Patch(facecolor=_FINE, edgecolor=_INK, label="Thực hiện"),
        Patch(facecolor=_CONCERN, edgecolor=_INK, hatch=_HATCH, label="Chậm tiến độ, không đạt"),
        Line2D([], [], color=_INK, linewidth=3.2, marker="|", linestyle="none", markersize=12, markeredgewidth=3.2,
               label="Chỉ tiêu năm"),
        Line2D([], [], color=_INK, marker="v", linestyle="none", markersize=5, label="Mức lẽ ra phải đạt"),
        Line2D([], [], color=_INK, linewidth=1.2, marker="|", markersize=7, label="Khoảng dự báo 80%"),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="lower center", ncols=5, frameon=False, prop={"family": _FONT, "size": 8})


def _watermark(figure: Figure) -> None:
    figure.text(
        0.47, 0.55, _WATERMARK.upper(), fontname=_FONT, fontsize=30, color="#7f7f7f", alpha=0.22, rotation=12,
        ha="center", va="center", zorder=10,
    )  # fmt: skip
