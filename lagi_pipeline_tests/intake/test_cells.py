"""Columns of cells that only some kinds of files can hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.cells import Reader, TypedColumn, show, type_column
from lagi_pipeline.intake.grid import Unreadable, Value

WASTE = FEEDS["waste"].forms[0].form
PEOPLE = FEEDS["population"].forms[0].form
VESSELS = FEEDS["fisheries_vessels"].forms[0].form
TRIEU = Reader(Decimal("0.001"))


def _figures(*cells: Value, reader: Reader | None = None) -> TypedColumn:
    return type_column(WASTE.column("generated"), cells, reader or Reader())


def _counts(*cells: Value, reader: Reader | None = None) -> TypedColumn:
    return type_column(PEOPLE.column("births"), cells, reader or Reader())


@pytest.mark.parametrize(
    "cell", [True, False, dt.date(2024, 1, 2), dt.datetime.fromisoformat("2024-01-02T03:00"), dt.time(1), float("inf")]
)
def test_no_numbers(cell: Value) -> None:
    for typed in (_figures(1.0, cell), _counts(1.0, cell)):
        assert list(typed.refused) == [1]
        assert typed.refused[1][0] == "not_a_number"
        assert typed.series.isna().tolist() == [False, True]


def test_nan_is_missing() -> None:
    assert _figures(float("nan"), 1).series.isna().tolist() == [True, False]


def test_counts_stay_whole_numbers_beside_refused_cells() -> None:
    typed = _counts(5, 3.0, "7", "bảy", "", 2.5)
    assert typed.series.dtype == "Int64"
    assert typed.series.astype("object").where(typed.series.notna(), None).tolist() == [5, 3, 7, None, None, None]
    assert list(typed.refused) == [3, 5]


def test_all_blank() -> None:
    assert _counts("", "", "-").series.dtype == "Int64"
    assert _figures("", "").series.dtype == "float64"
    assert type_column(VESSELS.column("licence_until"), ["", ""], Reader()).series.dtype == "datetime64[us]"
    assert type_column(VESSELS.column("gear"), ["", " "], Reader()).series.isna().all()
    assert _figures("", "").step == 0


@pytest.mark.parametrize(
    ("cells", "step"),
    [
        ((1.0, 2.0), "1"),
        ((1.5, 2.0), "0.1"),
        ((1.25, 0.1 + 0.2), "0.01"),
        ((190.99999999999997,), "1"),
        (("1,250",), "0.01"),
        ((0.0,), "0"),
    ],
)
def test_the_rounding_step_is_that_of_the_finest_figure(cells: tuple[Value, ...], step: str) -> None:
    assert _figures(*cells).step == Decimal(step)
    assert _figures(*cells, reader=TRIEU).step == Decimal(step) * TRIEU.scale


def test_scaling_keeps_decimals() -> None:
    assert _figures(191_500.3, reader=TRIEU).series.tolist() == [191.5003]


def test_days() -> None:
    cells: list[Value] = [
        dt.date(2024, 1, 2),
        dt.datetime.fromisoformat("2024-01-02T23:59"),
        "02/01/2024",
        "2-1-2024",
        "2024-01-02",
        "",
    ]
    typed = type_column(VESSELS.column("licence_until"), [*cells, "31/02/2024", 2024.0, "2/1/24", "45293"], Reader())
    assert set(typed.series[:5]) == {pd.Timestamp(2024, 1, 2)}
    assert typed.series[5:].isna().all()
    assert list(typed.refused) == [6, 7, 8, 9]


@pytest.mark.parametrize(("number", "date1904"), [(45293, False), (45293.75, False), (43831, True)])
def test_days_by_the_number_that_spreadsheets_count(number: float, date1904: bool) -> None:  # noqa: FBT001
    typed = type_column(VESSELS.column("licence_until"), [number, True], Reader(date1904=date1904))
    assert typed.series[0] == pd.Timestamp(2024, 1, 2)
    assert list(typed.refused) == [1]


def test_cells_formatted_as_percentages() -> None:
    percent = FEEDS["poverty"].form("poverty").form.column("poor_percent")
    typed = type_column(percent, [0.0123, "1,23%", 1.23, 0.5, ""], Reader(percents=frozenset({0, 4})))
    assert typed.series[:4].tolist() == [1.23, 1.23, 1.23, 0.5]
    households = FEEDS["poverty"].form("poverty").form.column("households")
    typed = type_column(households, [12.0, 12.0], Reader(percents=frozenset({1})))
    assert (typed.series[0], list(typed.refused)) == (12, [1])
    assert "1.200 %" in typed.refused[1][1]


def test_fractions_for_percentages_are_sent_back_with_a_hint() -> None:
    compared = FEEDS["exports"].form("exports").form.column("percent_of_last_year")
    typed = type_column(compared, [0.809, "1,12", "", 1], Reader())
    assert sorted(typed.refused) == [0, 1, 3]
    assert "ghi 0,809, có phải 80,9 %?" in typed.refused[0][1]
    for fine in ([0.809, 80.9, 112], [0.809], [0, 0]):
        assert type_column(compared, fine, Reader()).refused == {}
    formatted = type_column(compared, [0.809, 1.12], Reader(percents=frozenset({0, 1})))
    assert (formatted.refused, formatted.series.tolist()) == ({}, [80.9, 112])


def test_cells_without_a_value_are_refused_in_every_column() -> None:
    form = FEEDS["fisheries_vessels"].form("fisheries_vessels").form
    for name in ("gear", "length_m", "licence_until"):
        cells: list[Value] = [Unreadable("error_cell", "#REF!"), Unreadable("uncached_formula", "=B2"), ""]
        typed = type_column(form.column(name), cells, Reader())
        assert [rule for rule, _ in typed.refused.values()] == ["error_cell", "uncached_formula"]
        assert "#REF!" in typed.refused[0][1]
        assert typed.series.isna().all()


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (12.0, "12"),
        (1.1, "1.1"),
        (True, "TRUE"),
        (dt.date(2024, 1, 2), "02/01/2024"),
        (float("nan"), "nan"),
        ("x", "x"),
    ],
)
def test_show(cell: Value, shown: str) -> None:
    assert show(cell) == shown
