"""One figure beside one target: the compared value, the gap, met or exceeded, and the status of the line.

Two who compute must come to the same: the order of statuses and each rule stand here and nowhere else.

What a target asks, by its direction; the gap is 0 or more exactly when it is reached:

- ``at_least``: reached from the target on, exceeded above it as published. ``at_most``: reached up to the target; below
  it there is nothing to exceed.
- ``range`` (lower and upper): of a line that is better the more, reached from the lower bound on and exceeded above the
  upper; of one that is better the less, mirrored: reached up to the upper bound, exceeded below the lower. Of a line
  that is itself a range or exact, reached inside the bounds only, both included, and never exceeded.
- ``exact``: reached when the figure equals the target once rounded to the decimals in which it is published.
- ``yes_no``: 1 is *có*, 0 is *không*; reached when the figure is the target.

Only what is reached by climbing (``target_kinds.is_floor``) can be kept: a flow is met from the moment it reaches it.
Everything else may still be left again before the year is over, and is judged in the fourth quarter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal, localcontext

from lagi_pipeline.catalogue.indicators import Cadence, Catalogue, Direction, Indicator, Kind, ObsStatus
from lagi_pipeline.catalogue.place import Place, Target
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.target_kinds import is_floor
from lagi_pipeline.indicators.model import Observation
from lagi_pipeline.indicators.wording import ARITHMETIC, date_vi, number_vi, round_half_up, yes_no_vi

RESULT_STATUSES = ("exceeded", "met", "not_met", "in_progress", "not_due", "no_data")
DECIDED = frozenset({"exceeded", "met", "not_met"})
"""The statuses that say how a line ended."""

_COMPARED_DECIMALS = 2
_WHOLE = Decimal(100)
_LAST = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """``gap`` is in the indicator's unit, in every direction at least 0 exactly when the target is reached."""

    compared: Decimal
    gap: Decimal
    exceeded: bool

    @property
    def reached(self) -> bool:
        """Whether the figure satisfies the target."""
        return self.gap >= 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status of a line and what to say about it."""

    status: str
    remark: str | None = None


def compare(indicator: Indicator, target: Target, observation: Observation) -> Comparison | None:
    """The figure beside the target; None where there is no figure."""
    return None if observation.value is None else compare_value(indicator, target, observation.value)


def compare_value(indicator: Indicator, target: Target, value: Decimal) -> Comparison:
    """A figure beside the target, whoever gives it: an observation, an office's estimate of the year, a forecast."""
    with localcontext(ARITHMETIC):
        compared = _compared(indicator, target, value)
        gap = _gap(indicator, target, compared)
        return Comparison(compared, gap, gap >= 0 and _is_beyond(indicator, target, value))


def _compared(indicator: Indicator, target: Target, value: Decimal) -> Decimal:
    """Flows and counts as they are (190,96 is not 191); rates rounded half-up to two decimals.

    A target of 100 % means every household: 27.415 of 27.416 rounds to 100,00 but is not met, so it is compared
    unrounded. An exact target is compared in the decimals in which the figure is published.
    """
    is_exact = target.direction is Direction.EXACT
    if not is_exact and not indicator.is_ratio:
        return value
    rounded = round_half_up(value, indicator.decimals if is_exact else _COMPARED_DECIMALS)
    asks_for_whole = is_exact or target.direction is Direction.AT_LEAST
    is_whole = asks_for_whole and target.value == _WHOLE and indicator.unit == "%"
    return value if is_whole and value < _WHOLE <= rounded else rounded


def _gap(indicator: Indicator, target: Target, compared: Decimal) -> Decimal:
    """By how much the target is reached, or missed where it is negative."""
    match target.direction:
        case Direction.AT_LEAST:
            return compared - target.value
        case Direction.AT_MOST:
            return target.value - compared
        case Direction.EXACT | Direction.YES_NO:
            return -abs(compared - target.value)
        case Direction.RANGE:
            above, below = compared - target.value, _upper(target) - compared
            return {Direction.AT_LEAST: above, Direction.AT_MOST: below}.get(indicator.direction, min(above, below))


def _upper(target: Target) -> Decimal:
    if target.upper is None:
        raise ValueError(f"{target.code}: a range without its upper bound")  # place.load_resolutions lets none through
    return target.upper


def _is_beyond(indicator: Indicator, target: Target, value: Decimal) -> bool:
    """Exceeded: better than the target as published, where anything lies beyond it."""
    published = round_half_up(value, indicator.decimals)
    if is_floor(indicator, target.direction):
        best = target.value if target.upper is None else target.upper
        is_capped = indicator.cap is not None and best >= indicator.cap
        return published > best and not is_capped
    is_range_below = target.direction is Direction.RANGE and indicator.direction is Direction.AT_MOST
    return is_range_below and published < target.value


def due_day(catalogue: Catalogue, place: Place, indicator: Indicator, quarter: Quarter) -> date:
    """The day by which every office has to have sent what an indicator of ``quarter`` is made of."""
    folders = (folder for feed in catalogue.feeds_of(indicator) for folder in catalogue.feeds[feed].folders)
    return max(place.due_day(folder, quarter) for folder in folders)


def without_figure(indicator: Indicator, observation: Observation, due: date, today: date) -> Verdict:
    """``not_due`` while a yearly line may still come, else ``no_data``: not reported, or returned for correction."""
    quarter = observation.quarter
    until = f"hạn gửi {date_vi(due)}" if today <= due else None
    is_quarterly = indicator.cadence is Cadence.QUARTER
    # A rate over the year is reported every quarter; the other yearly lines owe nothing before Q4, whatever went back.
    is_owed = is_quarterly or indicator.kind is Kind.RATE_OVER_YEAR or quarter.number == _LAST
    if is_quarterly or (observation.returned and is_owed):
        return Verdict("no_data", until)
    if quarter.number < _LAST:
        return Verdict("not_due")
    return Verdict("not_due" if until else "no_data", until)


def with_figure(  # noqa: PLR0913, PLR0917 - everything that a status depends on
    indicator: Indicator, target: Target, comparison: Comparison, observation: Observation, due: date, today: date
) -> Verdict:
    """The status of a line that has a figure."""
    if observation.quarter.number < _LAST and not indicator.is_flow:
        return _rate_within_year(indicator, observation)
    if observation.quarter.number == _LAST and indicator.cadence is Cadence.YEAR and today <= due:
        # a yearly line is judged once every office may have sent its last word
        return Verdict("not_due", f"hạn gửi {date_vi(due)}")
    is_open = observation.quarter.number < _LAST and not is_floor(indicator, target.direction)
    if comparison.reached and not is_open:  # a flow may still rise above what it must not exceed
        return Verdict("exceeded" if comparison.exceeded else "met")
    return _short_of_target(indicator, observation, today)


def _rate_within_year(indicator: Indicator, observation: Observation) -> Verdict:
    """Rates and counts in Q1-Q3 can still fall: under way, at the level named; a rate over the year is indicative."""
    if indicator.kind is Kind.RATE_OVER_YEAR:
        return Verdict("not_due", "ước tính quy năm, tham khảo")
    return Verdict("in_progress", f"đang ở mức {level_vi(indicator, observation)}")


def _short_of_target(indicator: Indicator, observation: Observation, today: date) -> Verdict:
    """Missed only once the year is closed, and never on an estimate, which is revised."""
    if observation.quarter.number < _LAST:
        return Verdict("in_progress")
    closing = indicator.closing_day(observation.quarter.year)
    if today <= closing:
        return Verdict("in_progress", f"số liệu năm còn cập nhật đến hết ngày {date_vi(closing)}")
    if observation.obs_status is ObsStatus.ESTIMATE:
        return Verdict("in_progress", "mới có số ước, chưa kết luận")
    return Verdict("not_met")


def level_vi(indicator: Indicator, observation: Observation) -> str:
    """``94,60 %``; ``có``."""
    if observation.value is None:
        return ""
    if indicator.direction is Direction.YES_NO:
        return yes_no_vi(observation.value)
    return f"{number_vi(observation.value, indicator.decimals)} {indicator.unit}"


def near_miss_vi(indicator: Indicator, target: Target, observation: Observation, comparison: Comparison) -> str | None:
    """What a reader needs who sees the published figure equal the target that it does not reach."""
    if comparison.reached or observation.value is None or not is_floor(indicator, target.direction):
        return None
    if round_half_up(observation.value, indicator.decimals) < target.value:
        return None
    exact = observation.value.quantize(Decimal("0.000001"), rounding=ROUND_DOWN, context=ARITHMETIC)
    decimals = max(indicator.decimals, _decimals(exact))
    text = f"số chưa làm tròn {number_vi(exact, decimals)} {indicator.unit} còn dưới chỉ tiêu"
    if observation.numerator is None or observation.denominator is None:
        return text
    parts = (observation.numerator, observation.denominator)
    return f"{text} ({'/'.join(number_vi(part, _decimals(part)) for part in parts)})"


def _decimals(value: Decimal) -> int:
    exponent = value.normalize(ARITHMETIC).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
