"""One figure beside one target: the compared value, the gap, met or exceeded, and the status of the line.

Two who compute must come to the same: the order of statuses and each rule stand here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal, localcontext

from lagi_pipeline.catalogue.indicators import Cadence, Catalogue, Direction, Indicator, Kind, ObsStatus
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import Observation
from lagi_pipeline.indicators.wording import ARITHMETIC, date_vi, number_vi, round_half_up

RESULT_STATUSES = ("exceeded", "met", "not_met", "in_progress", "not_due", "no_data")

_COMPARED_DECIMALS = 2
_WHOLE = Decimal(100)
_LAST = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """``gap`` is in the indicator's unit, in both directions at least 0 exactly when the target is reached."""

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


def compare(indicator: Indicator, target: Decimal, observation: Observation) -> Comparison | None:
    """The figure beside the target; None where there is no figure."""
    if observation.value is None:
        return None
    with localcontext(ARITHMETIC):
        compared = _compared(indicator, target, observation, observation.value)
        gap = compared - target if indicator.direction is Direction.AT_LEAST else target - compared
        return Comparison(compared, gap, gap >= 0 and _is_above(indicator, target, observation.value))


def _compared(indicator: Indicator, target: Decimal, observation: Observation, value: Decimal) -> Decimal:
    """Flows as they are (190,96 is not 191); rates rounded half-up to two decimals.

    A target of 100 % means every household: 27.415 of 27.416 rounds to 100,00 but is not met, so it is compared
    unrounded.
    """
    if not indicator.is_ratio:
        return value
    rounded = round_half_up(value, _COMPARED_DECIMALS)
    is_whole = target == _WHOLE and indicator.unit == "%" and indicator.direction is Direction.AT_LEAST
    is_exact = observation.numerator is not None and observation.numerator == observation.denominator
    if is_whole and rounded >= target and not is_exact:
        return value
    return rounded


def _is_above(indicator: Indicator, target: Decimal, value: Decimal) -> bool:
    """Exceeded: above the target as published; never for an at-most line, nor where nothing lies above the target."""
    is_capped = indicator.cap is not None and target >= indicator.cap
    if indicator.direction is Direction.AT_MOST or is_capped:
        return False
    return round_half_up(value, indicator.decimals) > target


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


def with_figure(
    indicator: Indicator, comparison: Comparison, observation: Observation, due: date, today: date
) -> Verdict:
    """The status of a line that has a figure."""
    if observation.quarter.number < _LAST and indicator.is_ratio:
        return _rate_within_year(indicator, observation)
    if observation.quarter.number == _LAST and indicator.cadence is Cadence.YEAR and today <= due:
        # a yearly line is judged once every office may have sent its last word
        return Verdict("not_due", f"hạn gửi {date_vi(due)}")
    is_open = indicator.direction is Direction.AT_MOST and observation.quarter.number < _LAST
    if comparison.reached and not is_open:  # a flow may still rise above what it must not exceed
        return Verdict("exceeded" if comparison.exceeded else "met")
    return _short_of_target(indicator, observation, today)


def _rate_within_year(indicator: Indicator, observation: Observation) -> Verdict:
    """Rates in Q1-Q3 can still fall: under way, at the level named; a rate over the year is only indicative."""
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
    """``94,60 %``."""
    return "" if observation.value is None else f"{number_vi(observation.value, indicator.decimals)} {indicator.unit}"


def near_miss_vi(indicator: Indicator, target: Decimal, observation: Observation, comparison: Comparison) -> str | None:
    """What a reader needs who sees the published figure equal the target that it does not reach."""
    if comparison.reached or observation.value is None or indicator.direction is Direction.AT_MOST:
        return None
    if round_half_up(observation.value, indicator.decimals) < target:
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
