"""The outlook of a row: the figure expected by now, pace, forecast and probability. ``docs/method.md`` explains it."""

from __future__ import annotations

from decimal import Decimal, localcontext

from lagi_pipeline.catalogue.profiles import Profiles
from lagi_pipeline.indicators.flow_outlook import of_flow
from lagi_pipeline.indicators.outlook import SIGNS, Line, Outlook
from lagi_pipeline.indicators.rate_outlook import of_rate
from lagi_pipeline.indicators.wording import ARITHMETIC


def outlook(profiles: Profiles, line: Line, plan: Decimal | None) -> Outlook:
    """What the row of ``line`` says of its year.

    Args:
        profiles: The reference.
        line: The line; a target of a direction other than ``SIGNS`` knows gets no answer.
        plan: The plan that is prior information of the year's total (``flow_outlook.prior_plan``).
    """
    if line.target.direction not in SIGNS:
        return Outlook()
    with localcontext(ARITHMETIC):
        return of_flow(profiles, line, plan) if line.indicator.is_flow else of_rate(line)
