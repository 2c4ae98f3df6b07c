"""Columns of cells that only some kinds of files can hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.cells import Reader, TypedColumn, show, type_column
from lagi_pipeline.intake.grid import Value

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
    typed = type_column(VESSELS.column("licence_until"), [*cells, "31/02/2024", 45000.0, "2/1/24"], Reader())
    assert set(typed.series[:5]) == {pd.Timestamp(2024, 1, 2)}
    assert typed.series[5:].isna().all()
    assert list(typed.refused) == [6, 7, 8]


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
