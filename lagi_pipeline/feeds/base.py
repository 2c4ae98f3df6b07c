"""What a feed is to the rest of the house: forms, the measures they emit, and checks against earlier quarters."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.plausibility import plausibility
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import Form
from lagi_pipeline.vietnamese.numbers import exact, format_number
from lagi_pipeline.vietnamese.text import label_key


@dataclass(frozen=True, slots=True)
class ReportedCell:
    """A cell of a reported figure: where it stands, what stood there, and what it is in the table's unit.

    ``scale`` is what one of ``printed_unit`` is in the table's unit: ``value`` is the printed number times it.
    """

    row: int
    cell: str | None
    text: str
    printed_unit: str
    scale: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Reported:
    """One figure that a form reports: a measure of a unit, and the cells that it is the sum of."""

    measure: str
    unit_code: str
    cells: tuple[ReportedCell, ...]

    @property
    def value(self) -> Decimal:
        """The figure, in the unit of the form's table."""
        return sum((cell.value for cell in self.cells), Decimal(0))

    @property
    def row(self) -> int:
        """The row of its first cell."""
        return self.cells[0].row

    @property
    def cell(self) -> str | None:
        """The address of its first cell."""
        return self.cells[0].cell


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
    """What was known of a form when a file of it came, newest usable vintage each.

    ``quarters`` are the accepted rows of earlier quarters; ``previous`` those of the version of the same quarter that
    came before the file, None where it is the first.
    """

    quarters: dict[Quarter, pd.DataFrame]
    previous: pd.DataFrame | None = None

    def of(self, quarter: Quarter) -> pd.DataFrame | None:
        """The rows of a quarter, None where there are none."""
        return self.quarters.get(quarter)


@dataclass(frozen=True)
class Emit:
    """From accepted rows and the place's code to what they report; ``columns`` says which column each measure is of."""

    columns: Mapping[str, str]
    report: Callable[[pd.DataFrame, str], Iterable[Reported]]

    def __call__(self, rows: pd.DataFrame, place_code: str) -> Iterable[Reported]:
        """What the rows report."""
        return self.report(rows, place_code)


SeriesCheck = Callable[[pd.DataFrame, History, Quarter], Iterable[SeriesFinding]]


@dataclass(frozen=True)
class FeedForm:
    """A form with what it emits and how it is compared with its past."""

    form: Form
    emit: Emit | None = None
    series: tuple[SeriesCheck, ...] = ()

    @property
    def figures(self) -> frozenset[str]:
        """The columns that its measures are read from."""
        return frozenset(self.emit.columns.values() if self.emit else ())

    def beside_its_past(self, rows: pd.DataFrame, history: History, quarter: Quarter) -> list[SeriesFinding]:
        """What all its series checks find; a cell that is rejected needs no warnings beside."""
        found = [finding for check in self.series for finding in check(rows, history, quarter)]
        rejected = {(one.index, one.column) for one in found if one.severity is Severity.ERROR}
        return [one for one in found if one.severity is Severity.ERROR or (one.index, one.column) not in rejected]


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

    def report(frame: pd.DataFrame, place_code: str) -> Iterator[Reported]:
        del place_code  # a unit row carries its own
        cells = _StoodCells(frame, measures)
        by_code: dict[str, list[int]] = {}
        for at, code in enumerate(frame["unit_code"].tolist()):
            if isinstance(code, str):
                by_code.setdefault(code, []).append(at)
        for code, rows in by_code.items():
            for column, measure in measures.items():
                if all(cells.has_figure(at, column) for at in rows):
                    yield Reported(measure, code, tuple(cells.of(at, column) for at in rows))

    return Emit({measure: column for column, measure in measures.items()}, report)


def of_items(key: str = "item", /, **measures: tuple[str, str]) -> Emit:
    """Emit a column of an item's row as a town measure: ``of_items(revenue_ytd=("total", "actual"))``.

    ``key`` is the column that says which item a row is.
    """

    def report(frame: pd.DataFrame, place_code: str) -> Iterator[Reported]:
        cells = _StoodCells(frame, {column for _, column in measures.values()})
        items = frame[key].tolist()
        for measure, (item, column) in measures.items():
            for at, found in enumerate(items):
                if found == item and cells.has_figure(at, column):
                    yield Reported(measure, place_code, (cells.of(at, column),))

    return Emit({measure: column for measure, (_, column) in measures.items()}, report)


class _StoodCells:
    """The cells of some columns of accepted rows as they stood, by the row's position."""

    def __init__(self, rows: pd.DataFrame, columns: Iterable[str]) -> None:
        self._numbers: list[int] = rows["row"].tolist()
        self._addresses: list[str] = rows["cells"].tolist()
        self._printed: list[str] = rows["printed"].tolist()
        self._values: dict[str, list[Any]] = {column: rows[column].tolist() for column in columns}
        self._given: dict[str, list[bool]] = {column: rows[column].notna().tolist() for column in columns}
        self._parsed: dict[int, tuple[Mapping[str, str], Mapping[str, Sequence[str]]]] = {}

    def has_figure(self, at: int, column: str) -> bool:
        return self._given[column][at]

    def of(self, at: int, column: str) -> ReportedCell:
        if at not in self._parsed:
            self._parsed[at] = json.loads(self._addresses[at]), json.loads(self._printed[at])
        addresses, printed = self._parsed[at]
        text, unit, scale = printed[column]
        value = exact(self._values[column][at])
        return ReportedCell(int(self._numbers[at]), addresses.get(column), text, unit, Decimal(scale), value)


_FLOAT_NOISE = 1e-12

Key = str | Callable[[pd.DataFrame], "pd.Series[Any]"]
"""By what a row is the same row in another quarter: a column, or what a function makes of the rows."""


_label_key = functools.lru_cache(maxsize=1 << 18)(label_key)
"""The same labels are keyed for every column and every quarter."""


def named_in_outline(label: str) -> Key:
    """A row of an outline is the same where its label is, under the same parent: labels recur (VAT of each sector)."""

    def keys(frame: pd.DataFrame) -> pd.Series[Any]:
        parents = frame["path"].astype("object").map(lambda path: str(path).rpartition(".")[0], na_action="ignore")
        return parents.fillna("") + "|" + frame[label].astype("object").map(_label_key, na_action="ignore")

    return keys


def keyed(frame: pd.DataFrame, key: Key, *columns: str) -> pd.DataFrame:
    """Some columns of the rows with the rows' key in another quarter as ``series_key``, null where they have none."""
    return frame[list(columns)].assign(series_key=frame[key] if isinstance(key, str) else key(frame))


def keyed_once(frame: pd.DataFrame, key: Key, column: str) -> pd.DataFrame:
    """The rows with a key and a figure in ``column``; a key that stands twice is nobody's."""
    given = keyed(frame[frame[column].notna()], key, column)
    return given[given["series_key"].notna() & ~given["series_key"].duplicated(keep=False)]


def beside(current: pd.DataFrame, earlier: pd.DataFrame | None, key: Key, column: str) -> pd.DataFrame:
    """The rows of ``current`` with a figure in ``column`` that the earlier rows have too: ``now`` and ``then``.

    The index is that of ``current``.
    """
    if earlier is None:
        return pd.DataFrame({"now": [], "then": []}, dtype="float64")
    now, then = keyed_once(current, key, column), keyed_once(earlier, key, column)
    before = now["series_key"].map(then.set_index("series_key")[column])
    both = pd.DataFrame({"now": now[column].astype("float64"), "then": before.astype("float64")})
    return both.dropna()


def falls(key: Key, column: str, title: str) -> SeriesCheck:
    """Warn where a figure cumulative from 1 January is below the quarter before; the printed figure stands."""

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        if quarter.number == 1:
            return
        both = beside(current, history.of(quarter.previous), key, column)
        for index, row in both[both["now"] < both["then"]].iterrows():
            now, before = exact(row["now"]), exact(row["then"])
            if now < before:
                reason = (
                    f"{title} lũy kế {format_number(now)} thấp hơn kỳ trước ({format_number(before)}):"
                    " điều chỉnh kỳ trước?"
                )
                yield SeriesFinding(int(str(index)), column, "cumulative_falls", reason)

    return check


def adds_up(key: Key, quarter_column: str, ytd_column: str) -> SeriesCheck:
    """Warn where the running total is not the one before plus the quarter; the printed running total stands.

    Each of the three may be off by half the step it was printed in.
    """

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        earlier = history.of(quarter.previous)
        if quarter.number == 1 or earlier is None:
            return
        both = beside(current, earlier, key, ytd_column).assign(own=current[quarter_column].astype("float64")).dropna()
        odd = both[(both["now"] - both["then"] - both["own"]).abs() > both["now"].abs() * _FLOAT_NOISE]
        if odd.empty:
            return
        steps = [_step(current[quarter_column]), _step(current[ytd_column]), _step(earlier[ytd_column])]
        for index, row in odd.iterrows():
            now, before, own = exact(row["now"]), exact(row["then"]), exact(row["own"])
            difference = now - before - own
            if abs(difference) > sum(steps) / 2:
                reason = (
                    f"lũy kế {format_number(now)} lệch {format_number(difference)} so với lũy kế kỳ trước"
                    f" {format_number(before)} cộng quý này {format_number(own)}"
                )
                yield SeriesFinding(int(str(index)), ytd_column, "ytd_adds_up", reason)

    return check


def _step(figures: pd.Series[Any]) -> Decimal:
    """The step in which a column was printed: that of its finest figure."""
    exponents = [exact(figure).normalize().as_tuple().exponent for figure in figures.dropna()]
    return Decimal(1).scaleb(min((0, *(exponent for exponent in exponents if isinstance(exponent, int)))))


def keeps_scale(key: Key, columns: Sequence[str], *, cumulative: bool = False) -> SeriesCheck:
    """Reject a figure far out of its own history's scale: most likely another unit or another comma (trap 15).

    How far stands in ``plausibility.yaml``. Figures ``cumulative`` from 1 January compare by the quarter: a first
    quarter is rightly a small part of a year.
    """

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        earlier = {when: rows for when, rows in history.quarters.items() if when < quarter}
        if not earlier:
            return
        factor = plausibility().scale.factor
        past = pd.concat(
            [_per_quarter(keyed(rows, key, *columns), columns, when, cumulative) for when, rows in earlier.items()]
        )
        rows = _per_quarter(keyed(current, key, *columns), columns, quarter, cumulative)
        for column in columns:
            known = past[(past[column] > 0) & past["series_key"].notna()].groupby("series_key")[column]
            both = pd.DataFrame(
                {
                    "now": rows[column].where(rows[column] > 0),
                    "low": rows["series_key"].map(known.min()).astype("float64"),
                    "high": rows["series_key"].map(known.max()).astype("float64"),
                }
            ).dropna()
            for index, row in both[
                (both["now"] * factor < both["low"]) | (both["now"] > both["high"] * factor)
            ].iterrows():
                figures = (exact(row["now"]), exact(row["low"]), exact(row["high"]))
                yield _out_of_scale(int(str(index)), column, figures, factor, cumulative=cumulative)

    return check


def _per_quarter(frame: pd.DataFrame, columns: Sequence[str], quarter: Quarter, cumulative: bool) -> pd.DataFrame:  # noqa: FBT001
    divisor = quarter.number if cumulative else 1
    return frame.assign(**{column: frame[column].astype("float64") / divisor for column in columns})


def _out_of_scale(
    index: int, column: str, figures: tuple[Decimal, Decimal, Decimal], factor: int, *, cumulative: bool
) -> SeriesFinding:
    now, low, high = (format_number(figure, 3).rstrip("0").rstrip(",") for figure in figures)
    each = " (bình quân một quý)" if cumulative else ""
    reason = (
        f"{now}{each} nằm ngoài 1/{factor} đến {factor} lần các kỳ trước ({low} – {high}):"
        " sai đơn vị tính hay dấu phẩy?"
    )
    return SeriesFinding(index, column, "out_of_scale", reason, Severity.ERROR)
