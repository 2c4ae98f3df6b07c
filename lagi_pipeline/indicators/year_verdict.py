"""The year's verdict: how many main lines are exceeded, met, missed or undecided, by plan (``mart.year_verdict``).

It takes the rows of ``mart.attainment`` as of any moment and judges nothing anew: which line decides, what is counted,
and in which words. A year is decided for a line

- by its newest quarter that has a figure (or a verdict set by hand): what a flow reached early counts as reached, until
  a later figure takes it back;
- of rates and counts only by the fourth quarter, and never by a carried survey: those rows have no verdict before.

Before that it is undecided, and what is expected of it is told beside: by the office's own estimate of the year, and
apart from it by the forecast. Only lines whose year is still open (``prospect.is_closed``) are counted there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator, PlanSource
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.indicators.model import Attainment
from lagi_pipeline.indicators.prospect import is_closed
from lagi_pipeline.indicators.summary import gated, headline_vi
from lagi_pipeline.indicators.verdict import DECIDED

LEADING = "leading"
"""Each line by the plan that leads it: the count that is reported."""

_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class YearVerdict:
    """A row of ``mart.year_verdict``; the meaning of each column stands in the warehouse's model of that table."""

    year: int
    plan_source: str
    plan_source_vi: str
    quarter: str
    main_lines: int
    with_target: int
    exceeded: int
    met: int
    missed: int
    undecided: int
    headline_vi: str
    missed_vi: str | None
    undecided_vi: str | None
    sub_lines_met_vi: str | None
    sub_lines_missed_vi: str | None
    sub_lines_undecided_vi: str | None
    open_lines: int
    estimate_exceeded: int
    estimate_met: int
    estimate_missed: int
    estimate_unknown: int
    estimate_vi: str | None
    forecast_exceeded: int
    forecast_met: int
    forecast_missed: int
    forecast_unknown: int
    forecast_vi: str | None
    part_gates_whole: bool
    is_illustrative: bool
    evaluated_at: datetime


def year_verdicts(catalogue: Catalogue, place: Place, rows: Iterable[Attainment]) -> list[YearVerdict]:
    """A row for each year and plan that has a target: first each line by its leading plan, then plan by plan.

    Args:
        catalogue: The lines and the words.
        place: Whether a missed part makes its whole missed (``part_gates_whole``).
        rows: Attainment as known and evaluated at one moment, in any order.

    Returns:
        Rows by year, then ``leading``, then by plan source.
    """
    by_year: dict[int, list[Attainment]] = {}
    for row in rows:
        by_year.setdefault(row.year, []).append(row)
    counter = _Counter(catalogue, {i.code: i for i in catalogue.indicators}, part_gates=place.file.part_gates_whole)
    return [
        counter.verdict(year, source, of_plan, by_year[year])
        for year in sorted(by_year)
        for source, of_plan in _by_plan(by_year[year])
    ]


def _by_plan(rows: Sequence[Attainment]) -> Iterator[tuple[str, list[Attainment]]]:
    yield LEADING, [row for row in rows if row.is_leading]
    for source in PlanSource:
        if of_plan := [row for row in rows if row.plan_source is source]:
            yield source, of_plan


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a year against one plan: its newest row, and the one whose figure decides."""

    indicator: Indicator
    newest: Attainment
    deciding: Attainment

    @property
    def status(self) -> str:
        """The verdict if there is one, else where the newest quarter stands."""
        return (self.deciding if self.deciding.result_status in DECIDED else self.newest).result_status

    @property
    def closed(self) -> bool:
        return is_closed(self.deciding)

    @property
    def called_vi(self) -> str:
        return f"{self.indicator.ordinal or ''} {self.indicator.said_vi}".strip()


@dataclass(frozen=True, slots=True)
class _Counter:
    catalogue: Catalogue
    indicators: dict[str, Indicator]
    part_gates: bool

    def verdict(self, year: int, source: str, of_plan: list[Attainment], of_year: list[Attainment]) -> YearVerdict:
        """Count the lines of one plan."""
        lines = self._lines(of_plan)
        statuses = self._gated({line.indicator.code: line.status for line in lines})
        main = [line for line in lines if line.indicator.is_main]
        beside = [line for line in lines if not line.indicator.is_main]
        open_lines = [line for line in lines if not line.closed]
        estimates = self._prospects(lines, lambda row: row.estimate_status)
        forecasts = self._prospects(lines, lambda row: row.forecast_status)

        def named(among: list[_Line], *wanted: str) -> str | None:
            return "; ".join(x.called_vi for x in among if _outcome(statuses[x.indicator.code]) in wanted) or None

        def counted(outcomes: dict[str, str], among: list[_Line], wanted: str) -> int:
            return sum(x.indicator.is_main and _outcome(outcomes[x.indicator.code]) == wanted for x in among)

        return YearVerdict(
            year=year,
            plan_source=source,
            plan_source_vi=self.catalogue.words["plan_source"][source],
            quarter=max(row.quarter for row in of_year),
            main_lines=len({row.indicator_code for row in of_year if self.indicators[row.indicator_code].is_main}),
            with_target=len(main),
            exceeded=counted(statuses, lines, "exceeded"),
            met=counted(statuses, lines, "met"),
            missed=counted(statuses, lines, "not_met"),
            undecided=counted(statuses, lines, _UNKNOWN),
            headline_vi=headline_vi(self.catalogue, statuses),
            missed_vi=named(main, "not_met"),
            undecided_vi=named(main, _UNKNOWN),
            sub_lines_met_vi=named(beside, "met", "exceeded"),
            sub_lines_missed_vi=named(beside, "not_met"),
            sub_lines_undecided_vi=named(beside, _UNKNOWN),
            open_lines=sum(line.indicator.is_main for line in open_lines),
            estimate_exceeded=counted(estimates, open_lines, "exceeded"),
            estimate_met=counted(estimates, open_lines, "met"),
            estimate_missed=counted(estimates, open_lines, "not_met"),
            estimate_unknown=counted(estimates, open_lines, _UNKNOWN),
            estimate_vi=self._told(open_lines, estimates),
            forecast_exceeded=counted(forecasts, open_lines, "exceeded"),
            forecast_met=counted(forecasts, open_lines, "met"),
            forecast_missed=counted(forecasts, open_lines, "not_met"),
            forecast_unknown=counted(forecasts, open_lines, _UNKNOWN),
            forecast_vi=self._told(open_lines, forecasts),
            part_gates_whole=self.part_gates,
            is_illustrative=any(x.deciding.target_is_illustrative or x.deciding.actual_is_illustrative for x in lines),
            evaluated_at=max(row.evaluated_at for row in of_year),
        )

    def _lines(self, of_plan: list[Attainment]) -> list[_Line]:
        """The lines in the catalogue's order."""
        by_code: dict[str, list[Attainment]] = {}
        for row in sorted(of_plan, key=lambda row: row.quarter):
            by_code.setdefault(row.indicator_code, []).append(row)
        return [
            _Line(indicator, by_code[code][-1], _deciding(by_code[code]))
            for code, indicator in self.indicators.items()
            if code in by_code
        ]

    def _gated(self, statuses: dict[str, str]) -> dict[str, str]:
        return gated(self.catalogue, statuses, part_gates_whole=self.part_gates)

    def _prospects(self, lines: list[_Line], told: Callable[[Attainment], str | None]) -> dict[str, str]:
        """What is expected of each line: its verdict where its year is closed, for a missed part gates its whole."""
        return self._gated(
            {x.indicator.code: x.status if x.closed else told(x.newest) or told(x.deciding) or _UNKNOWN for x in lines}
        )

    def _told(self, lines: list[_Line], prospects: dict[str, str]) -> str | None:
        """``1 Tổng thu ngân sách nhà nước: ước vượt; …``: each line of which something is expected."""
        said = [(line, prospects[line.indicator.code]) for line in lines]
        words = (f"{x.called_vi}: {self.catalogue.word('prospect', word)}" for x, word in said if word in DECIDED)
        return "; ".join(words) or None


def _deciding(rows: list[Attainment]) -> Attainment:
    """The newest row with a figure or a verdict, else the newest."""
    return next((row for row in reversed(rows) if row.actual is not None or row.result_status in DECIDED), rows[-1])


def _outcome(status: str) -> str:
    return status if status in DECIDED else _UNKNOWN
