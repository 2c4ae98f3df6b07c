"""Revenue and spending, in triệu đồng, anchored on 123,55 % and 140,4 % of the province's 2023 plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import Line, added_up, apportion, leaves, steps, uneven
from lagi_samples.book import Book, usual_receipt, usual_status
from lagi_samples.forms.budget import REVENUE, SPENDING, UNNAMED, BudgetFigures, budget_revenue, budget_spending
from lagi_samples.office import ILLUSTRATIVE
from lagi_samples.scenario import LAST, QUARTERS
from lagi_samples.sheet import Sheet

Figures: TypeAlias = dict[str, int]

COUNCIL_IN_ERROR = Quarter(2024, 3)
FALLING_FEES = Quarter(2024, 3)
TEXT_NUMBERS = Quarter(2023, 2)

_REVENUE_DONE = {
    2023: (44_200, 90_400, 136_200, 196_560),
    2024: (41_200, 92_600, 139_900, 203_400),
}
_REVENUE_PLANS = {
    2023: {"Tỉnh giao": 140_000, "HĐND giao": 155_000},
    2024: {UNNAMED: 191_000},
}
_SHARED_PART = 0.62

_DEVELOPMENT_DONE = {2023: (13_300, 29_000, 46_300, 78_400), 2024: (9_200, 24_000, 47_000, 83_100)}
_EXPECTED = Quarter(2024, 3)
"""The quarter whose forms say what the office expects of the year: in triệu đồng, by section."""
_REVENUE_EXPECTED = 194_500
_SPENDING_EXPECTED = {"A.I": 78_000, "A.II": 330_000, "B": 38_000}
_CURRENT_DONE = {2023: (66_500, 143_800, 221_900, 318_400), 2024: (69_100, 150_200, 231_700, 334_900)}
_TARGETED_DONE = {2023: (6_200, 14_900, 24_600, 37_300), 2024: (5_900, 15_300, 26_100, 39_200)}
_SPENDING_PLANS = {
    2023: {"Tỉnh giao": (70_000, 305_000, 7_600), "HĐND giao": (75_000, 310_000, 7_900)},
    2024: {UNNAMED: (80_000, 328_000, 8_300)},
}


@dataclass(frozen=True, slots=True)
class _Vintage:
    """An estimate of a year's revenue, known before the year closed."""

    done: int
    as_of: date
    received_at: datetime


_ESTIMATES = {
    2023: _Vintage(172_970, date(2023, 11, 30), datetime.fromisoformat("2023-12-05T08:30")),
    2024: _Vintage(195_600, date(2024, 11, 30), datetime.fromisoformat("2024-12-12T14:00")),
}
_REVENUE_CLOSED = {
    2023: (date(2024, 1, 26), datetime.fromisoformat("2024-01-29T09:00")),
    2024: (date(2025, 1, 24), datetime.fromisoformat("2025-01-27T09:00")),
}
_SPENDING_CLOSED = {
    2023: (date(2024, 1, 31), datetime.fromisoformat("2024-02-02T15:00")),
    2024: (date(2025, 1, 31), datetime.fromisoformat("2025-02-03T15:00")),
}
_BASE_NOTE = "tỷ lệ so với dự toán tỉnh giao tính trên cùng một số dự toán với bản ước (giả định của số liệu minh họa)."


def books() -> list[Book]:
    """Every workbook of forms 94 and 95, the estimates of the year included."""
    return [
        *[_revenue_book(quarter) for quarter in QUARTERS],
        *[_estimate_book(year) for year in _ESTIMATES],
        *[_spending_book(quarter) for quarter in QUARTERS],
    ]


def revenue_figures(quarter: Quarter, estimate: int | None = None) -> BudgetFigures:
    """What form 94 prints for ``quarter``; ``estimate`` replaces the year's total."""
    done = _revenue_done(quarter, estimate)
    return BudgetFigures(
        done=done,
        a_year_earlier=_before(REVENUE, done)
        if quarter.year == QUARTERS[0].year
        else _revenue_done(quarter.a_year_earlier),
        plans={name: _revenue_plan(quarter, total) for name, total in _REVENUE_PLANS[quarter.year].items()},
        estimate=estimate is not None,
        notes=(_BASE_NOTE,) if quarter == Quarter(2023, 4) else (),
        expected=_revenue_expected(done) if quarter == _EXPECTED else None,
    )


def _revenue_done(quarter: Quarter, estimate: int | None = None) -> Figures:
    cumulative = [*_REVENUE_DONE[quarter.year][: quarter.number - 1]]
    cumulative.append(estimate or _REVENUE_DONE[quarter.year][quarter.number - 1])
    done: Figures = {}
    for season, amount in enumerate(steps(cumulative), start=quarter.year):
        _spread(done, leaves(REVENUE, "A"), amount, season)
        _spread(done, leaves(REVENUE, "B"), round(_SHARED_PART * amount), season)
    if quarter == FALLING_FEES:
        fall = done["A.I.7"] - _revenue_done(quarter.previous)["A.I.7"] + 38
        done["A.I.7"] -= fall
        done["A.I.9"] += fall
    return added_up(REVENUE, done)


def _revenue_expected(done: Figures) -> Figures:
    """The year as expected: what is done, and the rest by the usual shares."""
    year = _of_leaves(REVENUE, done)
    _spread(year, leaves(REVENUE, "A"), _REVENUE_EXPECTED - done["A"])
    _spread(year, leaves(REVENUE, "B"), round(_SHARED_PART * _REVENUE_EXPECTED) - done["B"])
    return added_up(REVENUE, year)


def _of_leaves(outline: Sequence[Line], figures: Figures) -> Figures:
    return {line.key: figures[line.key] for line in outline if line.share}


def _revenue_plan(quarter: Quarter, total: int) -> Figures:
    plan: Figures = {}
    _spread(plan, leaves(REVENUE, "A"), total)
    _spread(plan, leaves(REVENUE, "B"), round(_SHARED_PART * total))
    if quarter == COUNCIL_IN_ERROR:
        plan["A.I.8.c"] -= 1_000
    return added_up(REVENUE, plan)


def spending_figures(quarter: Quarter) -> BudgetFigures:
    """What form 95 prints for ``quarter``."""
    done = _spending_done(quarter)
    return BudgetFigures(
        done=done,
        a_year_earlier=(
            _before(SPENDING, done) if quarter.year == QUARTERS[0].year else _spending_done(quarter.a_year_earlier)
        ),
        plans={name: _spending_plan(*parts) for name, parts in _SPENDING_PLANS[quarter.year].items()},
        expected=_spending_expected(done) if quarter == _EXPECTED else None,
    )


def _spending_expected(done: Figures) -> Figures:
    year = _of_leaves(SPENDING, done)
    for section, total in _SPENDING_EXPECTED.items():
        _spread(year, _within(section), total - done[section])
    return added_up(SPENDING, year)


def _spending_done(quarter: Quarter) -> Figures:
    done: Figures = {}
    for series, section in ((_DEVELOPMENT_DONE, "A.I"), (_CURRENT_DONE, "A.II"), (_TARGETED_DONE, "B")):
        for season, amount in enumerate(steps(series[quarter.year][: quarter.number]), start=quarter.year):
            _spread(done, _within(section), amount, season)
    return added_up(SPENDING, done)


def _spending_plan(development: int, current: int, reserve: int) -> Figures:
    plan: Figures = {"A.III": reserve}
    _spread(plan, _within("A.I"), development)
    _spread(plan, _within("A.II"), current)
    _spread(plan, _within("B"), 38_000)
    return added_up(SPENDING, plan)


def _within(section: str) -> list[Line]:
    return [line for line in SPENDING if line.parent == section and line.share]


def _spread(figures: Figures, lines: Sequence[Line], amount: int, season: int | None = None) -> None:
    """Add ``amount`` to the figures of ``lines`` by their shares, exactly or as uneven as the season is."""
    shares = [line.share for line in lines]
    parts = apportion(amount, shares if season is None else uneven(shares, season))
    for line, part in zip(lines, parts, strict=True):
        figures[line.key] = figures.get(line.key, 0) + part


def _before(outline: Sequence[Line], done: Mapping[str, int]) -> Figures:
    """A plausible year before the first: each leaf 3 to 8 per cent lower."""
    leaf = [line.key for line in outline if line.share]
    return added_up(outline, {key: round(done[key] / (1.03 + 0.01 * (at % 6))) for at, key in enumerate(leaf)})


def _revenue_book(quarter: Quarter) -> Book:
    as_of, received = _REVENUE_CLOSED[quarter.year] if quarter.number == LAST else _usual(quarter)
    sheet = budget_revenue(quarter, revenue_figures(quarter), received.date(), _sheet_name("Biểu 94", quarter))
    return Book(
        "budget_revenue",
        quarter,
        f"thu-ngan-sach-{quarter}.xlsx",
        _with_notes(sheet.with_text_numbers() if quarter == TEXT_NUMBERS else sheet, quarter),
        "tckh",
        received,
        as_of,
        usual_status(quarter),
    )


def _estimate_book(year: int) -> Book:
    quarter, vintage = Quarter(year, 4), _ESTIMATES[year]
    sheet = budget_revenue(quarter, revenue_figures(quarter, vintage.done), vintage.received_at.date())
    return Book(
        "budget_revenue",
        quarter,
        f"thu-ngan-sach-{quarter}-uoc.xlsx",
        [sheet],
        "tckh",
        vintage.received_at,
        vintage.as_of,
        "estimate",
    )


def _spending_book(quarter: Quarter) -> Book:
    as_of, received = _SPENDING_CLOSED[quarter.year] if quarter.number == LAST else _usual(quarter)
    sheet = budget_spending(quarter, spending_figures(quarter), received.date(), _sheet_name("Biểu 95", quarter))
    return Book(
        "budget_spending",
        quarter,
        f"chi-ngan-sach-{quarter}.xlsx",
        [sheet],
        "tckh",
        received,
        as_of,
        usual_status(quarter),
    )


def _usual(quarter: Quarter) -> tuple[date, datetime]:
    return quarter.end, usual_receipt(quarter, 9)


def _sheet_name(name: str, quarter: Quarter) -> str:
    return name if quarter.year == QUARTERS[0].year else f"{name[-2:]}-CK"


def _with_notes(sheet: Sheet, quarter: Quarter) -> list[Sheet]:
    """The form, in 2024 behind a sheet of notes."""
    if quarter.year == QUARTERS[0].year:
        return [sheet]
    return [Sheet("Ghi chú", [["Ghi chú của người gửi"], [ILLUSTRATIVE]]), sheet]
