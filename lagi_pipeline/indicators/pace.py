"""How much of a year is expected by a quarter, and whether a line keeps up with it.

The seam for a better method: anything with ``PaceMethod``'s shape can be given to ``attainment.attain``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Protocol

from lagi_pipeline.catalogue.indicators import Indicator
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import Observation
from lagi_pipeline.indicators.wording import ARITHMETIC

History = Mapping[Quarter, Observation]
"""One indicator's observations of the town, by quarter."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The share of a year expected by a quarter's end, 0-100, and what it rests on."""

    pct: Decimal
    basis: str


class PaceMethod(Protocol):
    """A way to say how much of a year is expected by a quarter."""

    def expected(self, indicator: Indicator, quarter: Quarter, history: History) -> Expected:
        """The expectation for ``indicator`` at the end of ``quarter``, from years before that quarter's."""
        ...


class MeanOfEarlierYears:
    """The mean of the place's own complete earlier years, else a straight line.

    25/50/75 is a poor guide: real years are back-loaded (domain.md, trap 3).
    """

    def expected(self, indicator: Indicator, quarter: Quarter, history: History) -> Expected:  # noqa: ARG002 - the seam's shape
        """The mean share of the year reached by ``quarter`` in the complete earlier years, else 25 per quarter."""
        shares = {
            year: share
            for year in sorted({earlier.year for earlier in history if earlier.year < quarter.year})
            if (share := _share_of_year(year, quarter.number, history)) is not None
        }
        if not shares:
            return Expected(Decimal(25 * quarter.number), "straight_line")
        with localcontext(ARITHMETIC):
            mean = sum(shares.values(), Decimal(0)) / len(shares)
        return Expected(min(max(mean, Decimal(0)), Decimal(100)), f"history: {', '.join(map(str, shares))}")


PRESENT_METHOD: PaceMethod = MeanOfEarlierYears()


def _share_of_year(year: int, number: int, history: History) -> Decimal | None:
    """ytd(q) / ytd(4) x 100; None unless all four quarters have a figure on one price basis, the year's above 0."""
    observations = [history.get(Quarter(year, n)) for n in range(1, 5)]
    figures = [(o.value, o.basis) for o in observations if o is not None and o.value is not None]
    if len(figures) < len(observations) or len({basis for _, basis in figures}) > 1:
        return None
    values = [value for value, _ in figures]
    if values[-1] <= 0:
        return None
    with localcontext(ARITHMETIC):
        return values[number - 1] / values[-1] * 100


def pace_status(attainment_pct: Decimal | None, expected: Expected, tolerance: Decimal) -> str | None:
    """``ahead``, ``on_pace`` or ``behind``: strictly beyond the tolerance, in points; None without a figure."""
    if attainment_pct is None:
        return None
    lead = attainment_pct - expected.pct
    if lead > tolerance:
        return "ahead"
    return "behind" if lead < -tolerance else "on_pace"
