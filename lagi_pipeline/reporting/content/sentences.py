"""Page one in sentences, made of the figures: how the lines stand, which are at risk, who is late.

Main lines are counted by ``indicators.summary`` and nowhere else; sub-lines are told beside the count. What is compared
with last year is said as a rise or a fall: "bằng 80,9% so với cùng kỳ" is a fall of 19,1% (domain.md, trap 10).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lagi_pipeline.catalogue.indicators import Catalogue, Direction, Indicator, Kind
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.summary import count_main_lines, gated
from lagi_pipeline.indicators.verdict import DECIDED
from lagi_pipeline.reporting.content.model import Line
from lagi_pipeline.reporting.content.printing import (
    clean,
    day_vi,
    difference_vi,
    figure_vi,
    is_nothing,
    percent,
    sentence,
)
from lagi_pipeline.reporting.scorecard_table import overdue_lines
from lagi_pipeline.vietnamese.numbers import format_number

Row = Mapping[str, Any]
_REACHED = ("exceeded", "met")
_LAST = 4
_KINDS = ("estimate", "preliminary", "final")
_RISES_AND_FALLS = ("tăng", "giảm")


def status_vi(kinds: Iterable[str | None], catalogue: Catalogue) -> str:
    """Of what kind figures are, all kinds that there are, the weakest first: "số ước", "số sơ bộ và chính thức"."""
    there = set(kinds)
    words = [catalogue.words["obs_status"][kind] for kind in _KINDS if kind in there]
    if not words:
        return "chưa có số liệu"
    return f"số {words[0]}" if len(words) == 1 else f"số {', '.join(words[:-1])} và {words[-1]}"


def kinds_of_year(quarter: Quarter, lines: Iterable[Line]) -> Iterator[str | None]:
    """The kinds of the figures of the quarter's year: what a survey found before it says nothing of them."""
    return (line.obs_status for line in lines if line.as_of is None or line.as_of.year >= quarter.year)


@dataclass(frozen=True)
class Summary:
    """What page one says of a quarter's lines.

    Attributes:
        quarter: The quarter.
        lines: Its lines, each against the plan that leads it.
        catalogue: The lines and the words.
        part_gates_whole: Whether a missed part makes its whole missed (``mart.year_verdict``).
        verdict_vi: The year's verdict, where the quarter is the year's last.
        undecided: How many main lines of the year that verdict leaves open; only at 0 it is one.
    """

    quarter: Quarter
    lines: Sequence[Line]
    catalogue: Catalogue
    part_gates_whole: bool = False
    verdict_vi: str | None = None
    undecided: int = 0

    def sentences(self) -> Iterator[str]:
        """All that is said, the count of the main lines first."""
        yield self.count_vi()
        yield from self._verdict()
        yield from self._beside()
        yield from self._prospects()
        yield from self._against_last_year()

    def count_vi(self) -> str:
        """How many main lines stand where, each of them in one place.

        ``Tính đến 30/9/2024 (số ước), trong 10 chỉ tiêu: 3 đã đạt, vượt; 4 đang thực hiện (1 chậm tiến độ); …``
        """
        statuses = self._statuses()
        main = [line for line in self.lines if line.is_main]
        counts = count_main_lines((line.ordinal, statuses[line.code]) for line in main)
        under_way = [line for line in main if statuses[line.code] == "in_progress"]
        behind = sum(line.pace_status == "behind" for line in under_way)
        silent = [line for line in main if statuses[line.code] == "no_data"]
        returned = sum(map(self._is_returned, silent))
        said = [
            (sum(counts[status] for status in _REACHED), "đã đạt, vượt"),
            (counts["in_progress"], "đang thực hiện" + (f" ({behind} chậm tiến độ)" if behind else "")),
            (counts["not_met"], "không đạt"),
            (counts["not_due"], "chưa đến kỳ đánh giá"),
            (counts["no_data"] - returned, "chưa báo cáo"),
            (returned, "đã báo cáo nhưng bị trả lại, chờ chỉnh sửa"),
        ]
        parts = "; ".join(f"{count} {words}" for count, words in said if count)
        kinds = status_vi(kinds_of_year(self.quarter, self.lines), self.catalogue)
        return f"Tính đến {day_vi(self.quarter.end)} ({kinds}), trong {len(main)} chỉ tiêu: {parts or 'chưa có'}."

    def counted(self) -> Iterator[tuple[str, str]]:
        """The status of each main line as ``count_vi`` counts it, with its words."""
        statuses, words = self._statuses(), self.catalogue.words["result_status"]
        for line in self.lines:
            status = statuses[line.code]
            if line.is_main:
                changed = words["returned" if status == "no_data" and self._is_returned(line) else status]
                yield status, line.status_vi if status == line.result_status else changed

    def _statuses(self) -> dict[str, str]:
        statuses = {line.code: line.result_status for line in self.lines}
        return gated(self.catalogue, statuses, part_gates_whole=self.part_gates_whole)

    def _is_returned(self, line: Line) -> bool:
        """Whether a line without a figure was reported and sent back; a whole that waits for its part, by the part."""
        word = self.catalogue.words["result_status"]["returned"]
        waits_for = [part for part in self.lines if self._parent(part) == line.code] if line.actual is not None else []
        return any(one.status_vi == word for one in (line, *waits_for))

    def _parent(self, line: Line) -> str | None:
        parent = self.catalogue.indicator(line.code).parent
        return parent.code if parent else None

    def _verdict(self) -> Iterator[str]:
        if not self.verdict_vi or self.quarter.number != _LAST:
            return
        year = self.quarter.year
        if self.undecided:
            yield f"Chưa kết luận được năm {year}: còn {self.undecided} chỉ tiêu chưa có kết quả."
        else:
            yield sentence(f"kết luận năm {year}: {self.verdict_vi}")

    def _beside(self) -> Iterator[str]:
        """The sub-lines, which are never counted."""
        said = [
            f"{self._indicator(line).said_vi} ({line.ordinal}) {line.status_vi}"
            for line in self.lines
            if not line.is_main and line.ordinal
        ]
        if said:
            yield sentence(f"chỉ tiêu thành phần, không tính trong số chỉ tiêu trên: {'; '.join(said)}")

    def _prospects(self) -> Iterator[str]:
        """How the year will end, by whom it is expected so: the two are told apart, beside each other."""
        said = (
            *self._expected("estimate_status", "Theo số ước cả năm của các cơ quan"),
            *self._expected("forecast_status", "Theo dự báo của hệ thống"),
        )
        if said:
            yield " ".join(said)

    def _expected(self, column: str, by: str) -> Iterator[str]:
        """What is expected of the year for the main lines of which anything is."""
        told = [(line, getattr(line, column)) for line in self.lines if line.is_main and getattr(line, column)]
        counts = count_main_lines((line.ordinal, status) for line, status in told)
        said = []
        for status, count in counts.items():
            if count:
                numbers = ", ".join(line.ordinal for line, found in told if found == status)
                said.append(f"{count} {self.catalogue.words['prospect'][status]} (chỉ tiêu {numbers})")
        if said:
            yield f"{by}: {'; '.join(said)}."

    def _against_last_year(self) -> Iterator[str]:
        said = [
            f"{self._indicator(line).said_vi}: {change}"
            for line in self.lines
            if line.is_main and (change := change_vi(line, self._indicator(line).kind)) is not None
        ]
        if said:
            yield f"So với cùng kỳ năm trước: {'; '.join(said)}."

    def kinds(self) -> Iterator[str]:
        """Which figures are of which kind, where they are not all of one; and which are of another day."""
        with_figure = [line for line in self.lines if line.actual is not None and line.obs_status]
        kinds = [kind for kind in _KINDS if any(line.obs_status == kind for line in with_figure)]
        if len(kinds) > 1:
            words = self.catalogue.words["obs_status"]
            said = (f"số {words[kind]}: {_numbers(x for x in with_figure if x.obs_status == kind)}" for kind in kinds)
            yield sentence("; ".join(said))
        by_day: dict[date, list[Line]] = {}
        for line in with_figure:
            if line.as_of is not None and line.as_of != self.quarter.end:
                by_day.setdefault(line.as_of, []).append(line)
        if by_day:
            days = (f"{_numbers(lines)} đến ngày {day_vi(day)}" for day, lines in sorted(by_day.items()))
            yield f"Số liệu không lấy đến {day_vi(self.quarter.end)}: {'; '.join(days)}."

    def _indicator(self, line: Line) -> Indicator:
        return self.catalogue.indicator(line.code)


def _numbers(lines: Iterable[Line]) -> str:
    return f"chỉ tiêu {', '.join(line.ordinal or f'“{line.name_vi}”' for line in lines)}"


def change_vi(line: Line, kind: Kind | None = None) -> str | None:
    """The change on the same time last year: ``giảm 19,1%``, ``tăng 0,98 điểm %``, ``không đổi``; None without one.

    Of a figure that is itself a fall since last year's end it is said of that fall: ``mức giảm thấp hơn cùng kỳ 0,01
    điểm %``.
    """
    change = line.yoy_change_pct
    if change is None:
        return None
    is_flow = line.yoy_index_pct is not None
    decimals = 1 if is_flow else 2
    if is_nothing(change, decimals):
        return "không đổi"
    size = percent(abs(change), decimals) if is_flow else difference_vi(change, decimals, "%")
    if kind is Kind.CHANGE_ON_LAST_YEAR_END:
        return f"mức giảm {'thấp' if change < 0 else 'cao'} hơn cùng kỳ {size}"
    return f"{_RISES_AND_FALLS[change < 0]} {size}"


def at_risk(quarter: Quarter, lines: Iterable[Line], catalogue: Catalogue) -> tuple[str, ...]:
    """The lines at risk, a sentence each: why, where it stands, and how much is still needed.

    At risk is what is missed, and what is not decided and is behind its pace or expected to miss, by the office's own
    estimate of the year or by the forecast. Nothing is said of an amount where there is no figure.
    """

    def said(line: Line, why: Iterable[str]) -> str:
        told = "; ".join((*why, *_amounts(quarter, line, catalogue)))
        name = f"{line.called_vi}, {catalogue.indicator(line.code).said_vi}" if line.ordinal else line.called_vi
        return sentence(f"{name}: {told}")

    return tuple(said(line, why) for line in lines if (why := tuple(_risks(line))))


def _risks(line: Line) -> Iterator[str]:
    if line.result_status in DECIDED:
        if line.result_status == "not_met":
            yield line.status_vi
        return
    if line.pace_status == "behind" and line.pace_vi:
        yield line.pace_vi
    if line.estimate_status == "not_met":
        figure = _said(line.year_estimate, line)
        yield "cơ quan ước cả năm không đạt" + (f" ({figure})" if figure else "")
    if line.forecast_status == "not_met":
        figure = _said(line.forecast, line)
        yield "hệ thống dự báo cả năm không đạt" + (f" ({figure})" if figure else "")


def _said(value: float | None, line: Line) -> str | None:
    return None if value is None else figure_vi(value, line.decimals, line.unit)


def _amounts(quarter: Quarter, line: Line, catalogue: Catalogue) -> Iterator[str]:
    """Where the line stands and what it lacks; nothing without a figure."""
    if line.actual is None or line.gap is None or line.direction == Direction.YES_NO:
        return
    yield f"thực hiện {figure_vi(line.actual, line.decimals, line.unit)}, {_asked(line)}"
    if line.gap >= 0:
        yield f"hiện trong mức chỉ tiêu, còn cách {difference_vi(line.gap, line.decimals, line.unit)}"
        return
    lacking = difference_vi(line.gap, line.decimals, line.unit)
    is_open = line.result_status not in DECIDED
    if catalogue.indicator(line.code).direction == Direction.AT_MOST:
        yield f"{'đang ' if is_open else ''}cao hơn mức cho phép {lacking}"
    elif line.direction == Direction.EXACT:
        yield f"chênh lệch {lacking}"
    else:
        yield f"{'còn ' if is_open else ''}thiếu {lacking}{_per_quarter(quarter, line, catalogue) if is_open else ''}"


def _asked(line: Line) -> str:
    """``chỉ tiêu 80,00 tỷ đồng``; what may not be exceeded is ``chỉ tiêu không quá 0,70%``."""
    target = figure_vi(line.target, line.decimals, line.unit)
    match line.direction:
        case Direction.AT_MOST:
            return f"chỉ tiêu không quá {target}"
        case Direction.RANGE if line.target_upper is not None:
            lower = format_number(line.target, line.decimals)
            return f"chỉ tiêu từ {lower} đến {figure_vi(line.target_upper, line.decimals, line.unit)}"
    return f"chỉ tiêu {target}"


def _per_quarter(quarter: Quarter, line: Line, catalogue: Catalogue) -> str:
    """What every quarter that is left has to bring; only what adds up over the year can be shared out."""
    left = _LAST - quarter.number
    if not catalogue.indicator(line.code).is_flow or line.gap is None or left == 0:
        return ""
    if left == 1:
        return f", phải thực hiện trong {quarter.next.label_vi}"
    share = difference_vi(line.gap / left, line.decimals, line.unit)
    return f", bình quân mỗi quý còn lại ({left} quý) {share}"


def late_offices(debts: Sequence[Row], catalogue: Catalogue) -> tuple[str, ...]:
    """Who owes what, since when, and which lines that leaves without a figure; the quarters of one debt together."""
    return tuple(sentence(clean(line)) for line in overdue_lines(debts, catalogue))


def tasks_vi(tasks: Sequence[Row]) -> Iterator[str]:
    """How many tasks stand where, in the order in which the words first appear; nothing where there are none."""
    if tasks:
        counts = Counter(clean(row["status_vi"]) for row in tasks)
        said = "; ".join(f"{count} {words}" for words, count in counts.most_common())
        yield f"Trong {len(tasks)} nhiệm vụ của nghị quyết: {said}."
