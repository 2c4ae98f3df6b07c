"""The outlook of a row: the figure expected by now, pace, forecast and probability. ``docs/method.md`` explains it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext

from lagi_pipeline.catalogue.indicators import Direction, Indicator
from lagi_pipeline.catalogue.place import Target
from lagi_pipeline.catalogue.profiles import Profiles
from lagi_pipeline.indicators.flow_outlook import of_flow
from lagi_pipeline.indicators.outlook import SIGNS, Line, Outlook
from lagi_pipeline.indicators.rate_outlook import of_rate
from lagi_pipeline.indicators.wording import ARITHMETIC


def outlook(profiles: Profiles, line: Line, plan: Decimal | None) -> Outlook:
    """What the row of ``line`` says of its year.

    Args:
        profiles: The reference.
        line: The line; a range is read as the bound from which it is reached, and a target that no direction of
            ``SIGNS`` can be made of gets no answer.
        plan: The plan that is prior information of the year's total (``flow_outlook.prior_plan``).
    """
    line = replace(line, target=_bound(line.indicator, line.target))
    if line.target.direction not in SIGNS:
        return Outlook()
    with localcontext(ARITHMETIC):
        return of_flow(profiles, line, plan) if line.indicator.is_flow else of_rate(line)


def _bound(indicator: Indicator, target: Target) -> Target:
    """The bound from which a range is reached: the lower of a line that climbs, the upper of one that falls."""
    if target.direction is not Direction.RANGE or target.upper is None:
        return target
    value = target.upper if indicator.direction is Direction.AT_MOST else target.value
    return target.model_copy(update={"direction": indicator.direction, "value": value, "upper": None})
