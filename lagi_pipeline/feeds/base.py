"""What a feed is to the rest of the house: forms, the measures they emit, and checks against earlier quarters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import Form
from lagi_pipeline.vietnamese.numbers import exact, format_number
from lagi_pipeline.vietnamese.text import label_key

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

    Rows of the same unit (in different blocks) add up; where one of them lacks the figure, the unit has none.
    """

    def emit(frame: pd.DataFrame, place_code: str) -> Iterator[Reported]:
        del place_code  # a unit row carries its own
        for unit_code, rows in frame[frame["unit_code"].notna()].groupby("unit_code", sort=False):
            first = rows.iloc[0]
            for column, measure in measures.items():
                if rows[column].notna().all():
                    value = sum((exact(value) for value in rows[column]), Decimal(0))
                    yield Reported(measure, str(unit_code), value, int(first["row"]), _cell(first, column))

    return emit


def of_items(**measures: tuple[str, str]) -> Emit:
    """Emit a column of an item's row as a town measure: ``of_items(revenue_ytd=("total", "actual"))``."""

    def emit(frame: pd.DataFrame, place_code: str) -> Iterator[Reported]:
        for measure, (item, column) in measures.items():
            for _, row in frame[(frame["item"] == item) & frame[column].notna()].iterrows():
                yield Reported(measure, place_code, exact(row[column]), int(row["row"]), _cell(row, column))

    return emit


def _cell(row: pd.Series[Any], column: str) -> str | None:
    cell: str | None = json.loads(row["cells"]).get(column)
    return cell


Key = str | Callable[[pd.DataFrame], "pd.Series[Any]"]
"""By what a row is the same row in another quarter: a column, or what a function makes of the rows."""


def named_in_outline(label: str) -> Key:
    """A row of an outline is the same where its label is, under the same parent: labels recur (VAT of each sector)."""

    def keys(frame: pd.DataFrame) -> pd.Series[Any]:
        parents = frame["path"].astype("object").map(lambda path: str(path).rpartition(".")[0], na_action="ignore")
        return parents.fillna("") + "|" + frame[label].astype("object").map(label_key, na_action="ignore")

    return keys


def _keyed(frame: pd.DataFrame, key: Key) -> pd.DataFrame:
    return frame.assign(series_key=frame[key] if isinstance(key, str) else key(frame))


def paired(
    current: pd.DataFrame, earlier: pd.DataFrame | None, key: Key, column: str
) -> Iterator[tuple[int, Decimal, Decimal]]:
    """The rows of ``current`` with a figure in ``column`` that the earlier rows have too: (index, now, then).

    A key that stands twice on either side is nobody's.
    """
    if earlier is None:
        return
    now, then = (
        _keyed(frame, key).dropna(subset=["series_key", column]).drop_duplicates("series_key", keep=False)
        for frame in (current, earlier)
    )
    before = then.set_index("series_key")[column]
    for index, row in now[now["series_key"].isin(before.index)].iterrows():
        yield int(str(index)), exact(row[column]), exact(before[row["series_key"]])


def falls(key: Key, column: str, title: str) -> SeriesCheck:
    """Warn where a figure cumulative from 1 January is below the quarter before; the printed figure stands."""

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        if quarter.number == 1:
            return
        for index, now, before in paired(current, history.of(quarter.previous), key, column):
            if now < before:
                reason = (
                    f"{title} lũy kế {format_number(now)} thấp hơn kỳ trước ({format_number(before)}):"
                    " điều chỉnh kỳ trước?"
                )
                yield SeriesFinding(index, column, "cumulative_falls", reason)

    return check


def adds_up(key: Key, quarter_column: str, ytd_column: str) -> SeriesCheck:
    """Warn where the running total is not the one before plus the quarter; the printed running total stands.

    Each of the three may be off by half the step it was printed in.
    """

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        earlier = history.of(quarter.previous)
        if quarter.number == 1 or earlier is None:
            return
        own = current[quarter_column].dropna()
        steps = [_step(current[quarter_column]), _step(current[ytd_column]), _step(earlier[ytd_column])]
        for index, now, before in paired(current, earlier, key, ytd_column):
            if index not in own.index:
                continue
            difference = now - before - exact(own[index])
            if abs(difference) > sum(steps) / 2:
                reason = (
                    f"lũy kế {format_number(now)} lệch {format_number(difference)} so với lũy kế kỳ trước"
                    f" {format_number(before)} cộng quý này {format_number(exact(own[index]))}"
                )
                yield SeriesFinding(index, ytd_column, "ytd_adds_up", reason)

    return check


def _step(figures: pd.Series[Any]) -> Decimal:
    """The step in which a column was printed: that of its finest figure."""
    exponents = [exact(figure).normalize().as_tuple().exponent for figure in figures.dropna()]
    return Decimal(1).scaleb(min((0, *(exponent for exponent in exponents if isinstance(exponent, int)))))


def keeps_scale(key: Key, columns: Sequence[str], *, cumulative: bool = False) -> SeriesCheck:
    """Reject a figure outside 1/20 to 20 times its own history: most likely another unit or another comma (trap 15).

    Figures ``cumulative`` from 1 January compare by the quarter: a first quarter is rightly a small part of a year.
    """

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        earlier = {when: rows for when, rows in history.quarters.items() if when < quarter}
        if not earlier:
            return
        past = pd.concat([_per_quarter(_keyed(rows, key), columns, when, cumulative) for when, rows in earlier.items()])
        rows = _per_quarter(_keyed(current, key), columns, quarter, cumulative)
        for column in columns:
            known = past[(past[column] > 0) & past["series_key"].notna()].groupby("series_key")[column]
            least, most = known.min(), known.max()
            given = rows[(rows[column] > 0) & rows["series_key"].isin(least.index)]
            for index, row in given.iterrows():
                now, low, high = exact(row[column]), exact(least[row["series_key"]]), exact(most[row["series_key"]])
                if now * PLAUSIBLE_FACTOR < low or now > high * PLAUSIBLE_FACTOR:
                    yield _out_of_scale(int(str(index)), column, (now, low, high), cumulative=cumulative)

    return check


def _per_quarter(frame: pd.DataFrame, columns: Sequence[str], quarter: Quarter, cumulative: bool) -> pd.DataFrame:  # noqa: FBT001
    divisor = quarter.number if cumulative else 1
    return frame.assign(**{column: frame[column].astype("float64") / divisor for column in columns})


def _out_of_scale(
    index: int, column: str, figures: tuple[Decimal, Decimal, Decimal], *, cumulative: bool
) -> SeriesFinding:
    now, low, high = (format_number(figure, 3).rstrip("0").rstrip(",") for figure in figures)
    each = " (bình quân một quý)" if cumulative else ""
    reason = f"{now}{each} nằm ngoài 1/20 đến 20 lần các kỳ trước ({low} – {high}): sai đơn vị tính hay dấu phẩy?"
    return SeriesFinding(index, column, "out_of_scale", reason, Severity.ERROR)
