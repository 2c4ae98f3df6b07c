"""How far a figure may be from last year's, from its earlier version and from its share of the town before anyone asks.

Thresholds only, each with the reason for it; what is compared with what, and how it is said, is in the feeds.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from lagi_pipeline.catalogue.indicators import CATALOGUE_DIR, ObsStatus
from lagi_pipeline.catalogue.loading import CatalogueError, Strict, build, read_yaml

_FILE = CATALOGUE_DIR / "plausibility.yaml"
_Share = Annotated[float, Field(gt=0, le=1)]
_Reason = Annotated[str, Field(min_length=20)]
"""Why the threshold is what it is, with its source."""


class Factor(Strict):
    """A figure within 1/``factor`` to ``factor`` times another is plausible beside it."""

    factor: int = Field(gt=1)
    reason: _Reason


class _Compared(Strict):
    """What every comparison says: the form, its columns of figures, and why the threshold is what it is."""

    form: str
    columns: tuple[str, ...] = Field(min_length=1)
    reason: _Reason


class LastYear(_Compared):
    """A row's figure is within ``low`` to ``high`` times that of the same row in the same quarter of last year.

    Small figures swing by chance: those are compared that reach ``share_at_least`` of the column's largest figure, or
    ``at_least`` (in the column's unit), in this year or the last.
    """

    comparison: Literal["last_year"]
    low: float = Field(gt=0, lt=1)
    high: float = Field(gt=1)
    share_at_least: _Share | None = None
    at_least: float | None = Field(default=None, gt=0)


class PreviousVintage(_Compared):
    """A row's figure is within ``max_change`` (a share of it) of that in the earlier version of the same quarter.

    How much may change hangs on what the earlier figures were said to be.
    """

    comparison: Literal["previous_vintage"]
    max_change: dict[ObsStatus, Annotated[float, Field(ge=0, lt=1)]]

    @model_validator(mode="after")
    def _every_status(self) -> Self:
        if set(self.max_change) != set(ObsStatus):
            raise ValueError(f"max_change needs a threshold for each of {', '.join(ObsStatus)}")
        return self


class SumOfUnits(_Compared):
    """A unit's share in the sum of the units moves by less than ``max_share_change`` (0.05: 5 points) in a year.

    Where the form may give the town's figure alone, it is within ``max_difference`` (a share of the sum) of the sum of
    the units in the earlier version of the same quarter, or that sum of the town's.
    """

    comparison: Literal["sum_of_units"]
    max_share_change: _Share
    max_difference: _Share | None = None


Comparison = Annotated[LastYear | PreviousVintage | SumOfUnits, Field(discriminator="comparison")]
Kind = TypeVar("Kind", LastYear, PreviousVintage, SumOfUnits)


class Plausibility(Strict):
    """``plausibility.yaml``."""

    scale: Factor
    """Of a figure beside its own history: outside of it the row is rejected."""
    unit_price: Factor
    """Of the price of a good beside its last quarter's."""
    comparisons: tuple[Comparison, ...]

    def of(self, form: str, kind: type[Kind]) -> tuple[Kind, ...]:
        """The comparisons of a kind that a form has."""
        return tuple(found for found in self.comparisons if isinstance(found, kind) and found.form == form)


def load_plausibility(file: Path) -> Plausibility:
    """Read the thresholds of a file.

    Raises:
        CatalogueError: it says what cannot be meant, or compares a column twice in the same way.
    """
    found = build(Plausibility, read_yaml(file), file, "file")
    cells = Counter((one.comparison, one.form, column) for one in found.comparisons for column in one.columns)
    twice = [f"{comparison} of {form}.{column}" for (comparison, form, column), times in cells.items() if times > 1]
    if twice:
        raise CatalogueError(file, "comparisons", f"{', '.join(twice)} stands twice")
    return found


@cache
def plausibility() -> Plausibility:
    """The package's own thresholds, read once."""
    return load_plausibility(_FILE)
