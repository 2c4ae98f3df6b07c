"""Arithmetic that keeps the sample figures consistent: apportioning a total, percentages, adding up an outline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def apportion(total: int, weights: Sequence[float], grain: int = 1) -> list[int]:
    """Split ``total`` by ``weights`` into multiples of ``grain`` that add up to it (largest remainders).

    Raises:
        ValueError: ``total`` is not a multiple of ``grain``.
    """
    grains, rest = divmod(total, grain)
    if rest:
        raise ValueError(f"{total} is not a multiple of {grain}")
    exact = [grains * weight / sum(weights) for weight in weights]
    whole = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for index in by_remainder[: grains - sum(whole)]:
        whole[index] += 1
    return [share * grain for share in whole]


def uneven(weights: Sequence[float], season: int, by: float = 0.08) -> list[float]:
    """``weights`` each moved by up to ``by`` of itself, differently in each ``season`` but always the same way."""
    return [weight * (1 + by * ((7 * at + 5 * season) % 11 - 5) / 5) for at, weight in enumerate(weights)]


def steps(cumulative: Sequence[int]) -> list[int]:
    """The increments of a cumulative series."""
    return [now - before for before, now in zip([0, *cumulative[:-1]], cumulative, strict=True)]


def percent(part: float | None, whole: float | None, digits: int = 2) -> float | None:
    """``part`` in per cent of ``whole`` as printed; None where either is missing or ``whole`` is zero."""
    return None if part is None or not whole else round(100 * part / whole, digits)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of an outline form.

    Attributes:
        key: its place in the outline, ``A.I.8.c``; its parent's key is the part before the last point.
        code: what stands in the STT column.
        label: what stands in the content column.
        share: its weight among the leaves of its section; 0 for a row without a figure of its own.
    """

    key: str
    code: str | None
    label: str
    share: float = 0

    @property
    def parent(self) -> str:
        """The key of the row it is part of, empty at the top."""
        return self.key.rpartition(".")[0]


def leaves(outline: Sequence[Line], section: str) -> list[Line]:
    """The rows of ``section`` that carry a share, in order."""
    return [line for line in outline if line.share and line.key.split(".")[0] == section]


def added_up(outline: Sequence[Line], figures: Mapping[str, int]) -> dict[str, int]:
    """``figures`` of the leaves, with every parent the sum of its given children."""
    total = dict(figures)
    for line in reversed(outline):
        if line.key in total and line.parent:
            total[line.parent] = total.get(line.parent, 0) + total[line.key]
    return total
