"""The measured numbers as tables that fit a page of docs/method.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.backtest.judge import Way
from tools.backtest.measures import Numbers
from tools.dictionary import table_of

_NAMES = {
    Way.WITH_PLAN: "ours, with the plan",
    Way.WITHOUT_PLAN: "ours, without the plan",
    Way.SEASONAL_SHARE: "seasonal share alone",
    Way.STRAIGHT_LINE: "straight line",
    Way.PLAN_MET: "plan exactly met",
}
_QUARTERS = ("Q1", "Q2", "Q3")


def lines(found: Numbers) -> Iterator[str]:
    """Every table of a backtest, as Markdown."""
    yield f"Judged by {found['profiles']}."
    yield from _section("The plan known; the year's total is the sum of its four quarters", found["with_plan_known"])
    yield from _section("The same against the settlement (quyết toán)", found["with_plan_known_settled"])
    for series, by_quarter in found["without_plan"].items():
        yield from _section(f"No plan used: {series}, all years", by_quarter)
    yield from _last_quarter(found["q4"])
    for way, bins in found["calibration"].items():
        yield from _calibration(_NAMES[Way(way)], bins)
    for name, title in (
        ("bootstrap", "Provinces drawn again and again: our error over the straight line's"),
        ("split_halves", "One half of the provinces fitted, the other judged"),
    ):
        if found.get(name):
            yield from _stability(title, found[name])
    yield ""
    yield "How defects were handled"
    yield from (f"- {line}" for line in found["defects"] or ["none found"])


def _section(title: str, by_quarter: Numbers) -> Iterator[str]:
    if not any(by_quarter[quarter]["n"] for quarter in _QUARTERS):
        return
    yield ""
    yield title
    ways = [way for way in Way if any(way.value in by_quarter[quarter] for quarter in _QUARTERS)]
    header = ["", *(f"{quarter} (n = {by_quarter[quarter]['n']})" for quarter in _QUARTERS)]
    rows: list[Sequence[str]] = []
    for key, label in (
        ("mape_pct", "error, %"),
        ("verdicts_right_pct", "verdicts right, %"),
        ("coverage_pct", "within the 80 % interval, %"),
        ("width_pct", "width of the interval, % of the forecast"),
    ):
        for way in ways:
            cells = [_cell(by_quarter[quarter].get(way.value, {}).get(key)) for quarter in _QUARTERS]
            if any(cells):
                rows.append([f"{label}: {_NAMES[way]}", *cells])
    yield from table_of(header, rows)


def _cell(number: float | None) -> str:
    return "" if number is None else f"{number:.1f}"


def _last_quarter(found: Numbers) -> Iterator[str]:
    if not found["n"]:
        return
    yield ""
    yield f"Q4: the year is known (n = {found['n']}); what the settlement changed afterwards"
    yield from table_of(
        ["", "%"],
        [
            ["mean difference of the four quarters from the settlement", _cell(found["mape_of_settled_pct"])],
            ["plan met by the four quarters", _cell(found["plan_met_pct"])],
            ["plan met by the settlement", _cell(found["plan_met_settled_pct"])],
            ["verdict the same by both", _cell(found["verdicts_same_as_settled_pct"])],
        ],
    )


def _calibration(name: str, bins: Sequence[Numbers]) -> Iterator[str]:
    if not bins:
        return
    yield ""
    yield f"Probabilities that 90 to 130 % of the plan is reached, Q1 to Q3: {name}"
    rows = [
        [
            f"{one['from_pct']} to {one['to_pct']} %",
            str(one["n"]),
            _cell(one["mean_probability_pct"]),
            _cell(one["reached_pct"]),
        ]
        for one in bins
    ]
    yield from table_of(["probability", "n", "mean, %", "reached, %"], rows)


def _stability(title: str, by_quarter: Numbers) -> Iterator[str]:
    yield ""
    yield title
    rows = [
        [
            quarter,
            f"{one['error_over_straight_line']:.2f}",
            f"{one['from_5_pct']:.2f} to {one['to_95_pct']:.2f}",
            _cell(one["at_most_half_pct"]),
            _cell(one.get("coverage_pct")),
            _cell(one.get("verdicts_right_pct")),
        ]
        for quarter, one in sorted(by_quarter.items())
    ]
    yield from table_of(
        ["", "median", "90 % of draws", "at most half, % of draws", "within the interval, %", "verdicts right, %"], rows
    )
