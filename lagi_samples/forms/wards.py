"""Rows of ward forms: plain or in blocks of phường and xã, total first or last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

from lagi_samples.office import PHUONG, WARDS, XA, Ward
from lagi_samples.sheet import Value

Figures: TypeAlias = Sequence[float]
Cells: TypeAlias = Callable[[Figures], Sequence[Value]]
Order: TypeAlias = Literal["total first", "total last"]

TOTAL = "Tổng cộng"


def summed(rows: Sequence[Figures]) -> list[float]:
    """The column sums, free of binary dust."""
    return [round(sum(column), 6) for column in zip(*rows, strict=True)]


def plain_rows(
    figures: Mapping[Ward, Figures], cells: Cells, order: Order, name: Callable[[Ward], str]
) -> list[list[Value]]:
    """STT, ward and its cells, one row a ward, with a total."""
    rows: list[list[Value]] = [
        [number, name(ward), *cells(figures[ward])] for number, ward in enumerate(WARDS, start=1)
    ]
    total: list[Value] = [None, TOTAL, *cells(summed(list(figures.values())))]
    return [total, *rows] if order == "total first" else [*rows, total]


def block_rows(
    figures: Mapping[Ward, Figures],
    cells: Callable[[Figures, str | None], Sequence[Value]],
    order: Order,
    labels: tuple[str, str, str],
    name: Callable[[Ward], str] = lambda ward: ward.name,
) -> list[list[Value]]:
    """Blocks I (phường) and II (xã) with subtotals, and a total; ``labels`` name the three.

    ``cells`` also gets the label of the block a ward stands in, None on sums.
    """
    rows: list[list[Value]] = []
    for roman, label, wards in zip(("I", "II"), labels[:2], (PHUONG, XA), strict=True):
        rows.append([roman, label, *cells(summed([figures[ward] for ward in wards]), None)])
        rows += [[number, name(ward), *cells(figures[ward], label)] for number, ward in enumerate(wards, start=1)]
    total: list[Value] = [None, labels[2], *cells(summed(list(figures.values())), None)]
    return [total, *rows] if order == "total first" else [*rows, total]
