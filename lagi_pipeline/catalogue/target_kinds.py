"""What a target may ask of an indicator: which direction, which bounds, and when a 0 means something.

Whether a file says it rightly is told here; how a figure is judged beside it stands in ``indicators.verdict``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lagi_pipeline.catalogue.indicators import Direction, Indicator

OF_ANY_NUMBER = frozenset({Direction.RANGE, Direction.EXACT})
"""What may be asked of every indicator that is a number, whichever way of it is better."""


def problem_of(indicator: Indicator, direction: Direction, value: Decimal, upper: Decimal | None) -> str | None:
    """What is wrong with a target in its indicator's unit; None where nothing is."""
    return next(_problems(indicator, direction, value, upper), None)


def _problems(indicator: Indicator, direction: Direction, value: Decimal, upper: Decimal | None) -> Iterator[str]:
    if direction is not indicator.direction and (
        direction not in OF_ANY_NUMBER or indicator.direction is Direction.YES_NO
    ):
        yield f"direction {direction} where the indicator is {indicator.direction}"
    yield from _problems_of_bounds(direction, value, upper)
    if direction is Direction.YES_NO and value not in {0, 1}:
        yield f"yes_no with the value {value}: 1 is có, 0 is không"
    if direction is Direction.EXACT and value != round(value, indicator.decimals):
        yield f"exact {value}: the figure has {indicator.decimals} decimals and can never be equal to it"
    if value == 0 and is_floor(indicator, direction) and not indicator.can_be_negative:
        yield f"a plan of 0: {direction} 0 is reached before anything is done"
    for bound in (value, upper):
        if bound is not None and indicator.cap is not None and bound > indicator.cap:
            yield f"{bound} {indicator.unit} is above the highest there can be, {indicator.cap}"


def _problems_of_bounds(direction: Direction, value: Decimal, upper: Decimal | None) -> Iterator[str]:
    if direction is not Direction.RANGE:
        if upper is not None:
            yield f"an upper bound of {upper}, which only a range has; the direction is {direction}"
    elif upper is None:
        yield "a range without its upper bound; value is the lower one"
    elif upper <= value:
        yield f"the upper bound {upper} of a range is not above its lower one, {value}"


def is_floor(indicator: Indicator, direction: Direction) -> bool:
    """Whether a target is reached by climbing to its ``value``: at least, or a range of what is better the more."""
    is_range_above = direction is Direction.RANGE and indicator.direction is Direction.AT_LEAST
    return direction is Direction.AT_LEAST or is_range_above
