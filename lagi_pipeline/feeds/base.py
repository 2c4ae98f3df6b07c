"""What a feed is to the rest of the house: forms, the measures they emit, and checks against earlier quarters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import Form
from lagi_pipeline.vietnamese.numbers import exact, format_number

PLAUSIBLE_FACTOR = Decimal(20)
"""A figure outside 1/20 to 20 times its own history is a question to the sender (domain.md, trap 15)."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One figure that a form reports: a measure of a unit, and where it stands."""

    measure: str
    unit_code: str
    value: Decimal
    row: int
    cell: str | None


@dataclass(frozen=True, slots=True)
class SeriesFinding:
    """What a row shows only beside other quarters: the row's index, the column, the rule, the reason."""

    index: int
    column: str
    rule: str
    reason: str
    severity: Severity = Severity.WARNING


@dataclass(frozen=True)
class History:
    """The accepted rows of the same form in earlier quarters, newest vintage each, by quarter."""

    quarters: dict[Quarter, pd.DataFrame]

    def of(self, quarter: Quarter) -> pd.DataFrame | None:
        """The rows of a quarter, None where there are none."""
        return self.quarters.get(quarter)


Emit = Callable[[pd.DataFrame, str], Iterable[Reported]]
"""From accepted rows and the place's code to what they report."""
SeriesCheck = Callable[[pd.DataFrame, History, Quarter], Iterable[SeriesFinding]]


@dataclass(frozen=True)
class FeedForm:
    """A form with what it emits and how it is compared with its past."""

    form: Form
    emit: Emit | None = None
    series: tuple[SeriesCheck, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A feed: its code in the catalogue and its forms."""

    code: str
    forms: tuple[FeedForm, ...]

    def form(self, code: str) -> FeedForm:
        """The form of that code."""
        return next(form for form in self.forms if form.form.code == code)


def by_unit(**measures: str) -> Emit:
    """Emit columns of unit rows as measures: ``by_unit(births="births")`` is column to measure.

    Rows of the same unit (in different blocks) add up.
    """

    def emit(frame: pd.DataFrame, place_code: str) -> Iterator[Reported]:
        del place_code  # a unit row carries its own
        for column, measure in measures.items():
            given = frame[frame[column].notna() & frame["unit_code"].notna()]
            for unit_code, rows in given.groupby("unit_code", sort=False):
                value = sum((exact(value) for value in rows[column]), Decimal(0))
                first = rows.iloc[0]
                yield Reported(measure, str(unit_code), value, int(first["row"]), _cell(first, column))

    return emit


def of_items(**measures: tuple[str, str]) -> Emit:
    """Emit a column of an item's row as a town measure: ``of_items(revenue_ytd=("total", "actual"))``."""

    def emit(frame: pd.DataFrame, place_code: str) -> Iterator[Reported]:
        for measure, (item, column) in measures.items():
            for _, row in frame[(frame["item"] == item) & frame[column].notna()].iterrows():
                yield Reported(measure, place_code, exact(row[column]), int(row["row"]), _cell(row, column))

    return emit


def _cell(row: pd.Series, column: str) -> str | None:  # type: ignore[type-arg] - a row of mixed types
    cell: str | None = json.loads(row["cells"]).get(column)
    return cell


def paired(current: pd.DataFrame, earlier: pd.DataFrame | None, key: str, column: str) -> Iterator[tuple[int, Decimal, Decimal]]:
    """The rows of ``current`` with a figure in ``column`` and one in the earlier rows of the same key: (index, now, then)."""
    if earlier is None:
        return
    then = earlier.dropna(subset=[key, column]).drop_duplicates(key).set_index(key)[column]
    for index, row in current.dropna(subset=[key, column]).iterrows():
        if row[key] in then.index:
            yield int(str(index)), exact(row[column]), exact(then[row[key]])


def falls(key: str, column: str, title: str) -> SeriesCheck:
    """Warn where a figure cumulative from 1 January is below the quarter before; the printed figure stands."""

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        if quarter.number == 1:
            return
        for index, now, before in paired(current, history.of(quarter.previous), key, column):
            if now < before:
                reason = f"{title} lũy kế {format_number(now)} thấp hơn kỳ trước ({format_number(before)}): điều chỉnh kỳ trước?"
                yield SeriesFinding(index, column, "cumulative_falls", reason)

    return check


def adds_up(key: str, quarter_column: str, ytd_column: str, tolerance: Decimal) -> SeriesCheck:
    """Warn where the running total is not the one before plus the quarter; the printed running total stands."""

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        if quarter.number == 1:
            return
        for index, now, before in paired(current, history.of(quarter.previous), key, ytd_column):
            own = current.at[index, quarter_column]
            if pd.isna(own):
                continue
            difference = now - before - exact(own)
            if abs(difference) > tolerance:
                reason = (
                    f"lũy kế {format_number(now)} lệch {format_number(difference)} so với lũy kế kỳ trước"
                    f" {format_number(before)} cộng quý này {format_number(exact(own))}"
                )
                yield SeriesFinding(index, ytd_column, "ytd_adds_up", reason)

    return check


def keeps_scale(key: str, columns: Sequence[str]) -> SeriesCheck:
    """Reject a figure outside 1/20 to 20 times its own history: most likely another unit or another comma (trap 15)."""

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        earlier = [frame for when, frame in history.quarters.items() if when < quarter]
        if not earlier:
            return
        past = pd.concat(earlier, ignore_index=True)
        for column in columns:
            known = past[past[column].notna() & (past[column] > 0) & past[key].notna()].groupby(key)[column]
            low, high = known.min(), known.max()
            given = current[current[column].notna() & (current[column] > 0) & current[key].isin(low.index)]
            for index, row in given.iterrows():
                now, least, most = exact(row[column]), exact(low[row[key]]), exact(high[row[key]])
                if now * PLAUSIBLE_FACTOR < least or now > most * PLAUSIBLE_FACTOR:
                    reason = (
                        f"{format_number(now)} nằm ngoài 1/20 đến 20 lần các kỳ trước"
                        f" ({format_number(least)} – {format_number(most)}): sai đơn vị tính hay dấu phẩy?"
                    )
                    yield SeriesFinding(int(str(index)), column, "out_of_scale", reason, Severity.ERROR)

    return check
