"""Where a year will end: an office's own estimate of it, and beside it the forecast, each beside the target.

The two are never mixed: each has columns of its own, and nothing here weighs one against the other.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator, ObsStatus
from lagi_pipeline.catalogue.place import Target
from lagi_pipeline.indicators.model import Attainment
from lagi_pipeline.indicators.verdict import DECIDED, compare_value

_CERTAIN = 100


def prospect(indicator: Indicator, target: Target, value: Decimal | None) -> str | None:
    """``exceeded``, ``met`` or ``not_met`` if the year ended at ``value``; None where nobody says where it will.

    By the rules of the verdict itself (``verdict.compare_value``), so that an estimate that comes true keeps its word.
    """
    if value is None:
        return None
    comparison = compare_value(indicator, target, value)
    if not comparison.reached:
        return "not_met"
    return "exceeded" if comparison.exceeded else "met"


def forecast_prospect(catalogue: Catalogue, indicator: Indicator, target: Target, row: Attainment) -> str | None:
    """What the forecast comes to; None where nothing is forecast, and where it is too close to call.

    By the probability where there is one: as unlikely as what is behind (``profiles.yaml``) is ``not_met``, as likely
    the other way is reached. A figure of Q4 has none, and is compared itself.
    """
    if row.probability_pct is None:
        return prospect(indicator, target, row.forecast)
    unlikely = catalogue.profiles.pace.behind_below_pct
    if row.probability_pct < unlikely:
        return "not_met"
    return prospect(indicator, target, row.forecast) if row.probability_pct > _CERTAIN - unlikely else None


def is_closed(row: Attainment) -> bool:
    """Whether the year is over for a line: its fourth quarter has a verdict, and on more than an estimate of it."""
    is_decided = row.quarter.endswith("Q4") and row.result_status in DECIDED
    return is_decided and row.obs_status is not ObsStatus.ESTIMATE


def with_prospects(catalogue: Catalogue, target: Target, row: Attainment) -> Attainment:
    """The row with what its ``year_estimate`` and its ``forecast`` would come to; none once its year is over.

    Rows of the first three quarters keep theirs: they say what was expected then.
    """
    if is_closed(row):
        return row
    indicator = catalogue.indicator(row.indicator_code)
    estimate = prospect(indicator, target, row.year_estimate)
    forecast = forecast_prospect(catalogue, indicator, target, row)
    if estimate is None and forecast is None:
        return row
    return replace(
        row,
        estimate_status=estimate,
        estimate_status_vi=catalogue.word("prospect", estimate),
        forecast_status=forecast,
        forecast_status_vi=catalogue.word("prospect", forecast),
    )
