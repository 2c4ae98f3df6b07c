"""The outlook of a flow: a figure that adds up from 1 January to the year's total.

Where a season is known, pace is the probability that the total meets the target; elsewhere it is a position. Nothing is
forecast where nothing supports it, and the method says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from lagi_pipeline.catalogue.indicators import Direction, PlanSource
from lagi_pipeline.catalogue.place import Target
from lagi_pipeline.catalogue.profiles import PaceThresholds, Profile, Profiles
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.forecast import Forecast, from_plan, from_plan_and_season, from_season
from lagi_pipeline.indicators.outlook import LAST_QUARTER, Line, Method, Outlook, position, reported
from lagi_pipeline.indicators.seasonal import Season, SeasonSource, log_shares, season

_PERCENT = Decimal(100)

_LEAST, _MOST = Decimal("1e-9"), Decimal("1e18")
"""Between these, in every unit, lie all figures of a town: what is less is nothing, what is more is no figure."""


def prior_plan(targets: Iterable[Target], code: str, profile: Profile | None) -> Decimal | None:
    """The year's plan that tells most about a line's total, by the profile's order; None where there is none above 0.

    The total does not depend on the plan that it is compared with: all rows of a quarter share one forecast.
    """
    if profile is None or profile.plan is None:
        return None
    plans = {
        target.plan_source: target.value
        for target in targets
        if target.code == code and target.direction is Direction.AT_LEAST and target.value > 0
    }
    return next((plans[PlanSource(s)] for s in profile.plan.plan_sources if s in plans), None)


def of_flow(profiles: Profiles, line: Line, plan: Decimal | None) -> Outlook:
    """The outlook of a flow's row; ``plan`` is the prior information of its total (``prior_plan``)."""
    return _Flow(profiles, line, plan).outlook()


@dataclass(frozen=True, slots=True)
class _Flow:
    """A figure that adds up from 1 January."""

    profiles: Profiles
    line: Line
    plan: Decimal | None

    def outlook(self) -> Outlook:
        if self.line.seen.quarter.number == LAST_QUARTER:
            return self._year_known()
        own = self._own_shares()
        profile = self.profiles.of(self.line.indicator.profile)
        enough = self.profiles.history.enough_years
        known = season(profile, self.line.seen.quarter.number, list(own.values()), enough)
        share, share_basis = self._expected_share(known, own)
        found = Outlook(
            expected_pct=share * _PERCENT,
            expected=share * self.line.target.value,
            history_years=len(own),
            forecast_method=self._unsupported(known, profile),
        )
        forecast, method = self._forecast(known, profile)
        if forecast is None:
            return self._by_position(found, share_basis)
        probability = self._probability(forecast)
        least = max(self.line.seen.value or Decimal(0), Decimal(0))
        found = replace(
            found,
            forecast=max(_decimal(forecast.middle), least),
            forecast_low=max(_decimal(forecast.low), least),
            forecast_high=max(_decimal(forecast.high), least),
            probability_pct=_decimal(probability),
            forecast_method=method,
        )
        if method is Method.PLAN_ALONE:  # says what to expect of the year, and nothing of how it goes
            return replace(found, pace_basis=f"position; {share_basis}")
        status = self._asked_for(_by_probability(probability, self.profiles.pace))
        return replace(found, pace_status=status, pace_basis=f"probability; {share_basis}")

    def _year_known(self) -> Outlook:
        """In Q4 the year is what was reported."""
        found = Outlook(expected_pct=_PERCENT, expected=self.line.target.value, pace_basis="year")
        if self.line.seen.value is None:
            return replace(found, forecast_method=Method.NO_FIGURE)
        return replace(reported(found, self.line.seen), pace_status=self._at_year_end(self.line.seen.value))

    def _at_year_end(self, value: Decimal) -> str:
        if not self.line.reached:
            return "behind"
        target = self.line.target.value
        return "ahead" if target and self.line.lead(value, target) > self._tolerance() else "on_pace"

    def _own_shares(self) -> dict[int, float]:
        """The logarithms of the shares by this quarter in earlier years, by year."""
        now = self.line.seen.quarter
        years = sorted({quarter.year for quarter in self.line.history if quarter.year < now.year})
        shares = ((year, self._log_shares(year)[now.number - 1]) for year in years)
        return {year: share for year, share in shares if share is not None}

    def _log_shares(self, year: int) -> tuple[float | None, ...]:
        """Of Q1 to Q3; none where the year's figures are on two price bases."""
        observations = [self.line.history.get(q) for q in Quarter(year, LAST_QUARTER).year_to_date]
        figures = [(o.value, o.basis) if o is not None else (None, None) for o in observations]
        if len({basis for value, basis in figures if value is not None}) > 1:
            return (None,) * (LAST_QUARTER - 1)
        to_date = [None if value is None else _size(value) for value, _ in figures]
        return log_shares(to_date, self.profiles.history)

    def _expected_share(self, known: Season | None, own: Mapping[int, float]) -> tuple[Decimal, str]:
        """The share of the year expected by now, and what it rests on.

        A season; without one the mean of what years there are; without a year 25 per quarter.
        """
        years = ", ".join(map(str, own))
        if known is not None:
            basis = {
                SeasonSource.REFERENCE: f"reference: {self.line.indicator.profile}",
                SeasonSource.SHRUNK: f"history: {years}; reference: {self.line.indicator.profile}",
                SeasonSource.OWN: f"history: {years}",
            }[known.source]
            return _decimal(known.share), basis
        if own:
            return _decimal(min(math.exp(sum(own.values()) / len(own)), 1.0)), f"history: {years}"
        return Decimal(self.line.seen.quarter.number) / LAST_QUARTER, "straight_line"

    def _unsupported(self, known: Season | None, profile: Profile | None) -> Method:
        """Why there is no forecast, where there turns out to be none."""
        if known is None and profile is None:
            return Method.TOO_FEW_YEARS
        return Method.NO_FIGURE if self._to_date() is None else Method.NOTHING_IN_YET

    def _to_date(self) -> float | None:
        """What is in: 0 for a figure that is nothing or less; None without a figure that can be one."""
        value = self.line.seen.value
        return None if value is None else _size(max(value, Decimal(0)))

    def _forecast(self, known: Season | None, profile: Profile | None) -> tuple[Forecast | None, Method | None]:
        record, to_date = profile.plan if profile else None, self._to_date()
        plan = _size(self.plan) if self.plan is not None else None
        if to_date and known is not None:
            if record is None or not plan:
                return from_season(to_date, known), Method.SEASON
            return from_plan_and_season(to_date, known, plan, record), Method.PLAN_AND_SEASON
        impossible = to_date is None and self.line.seen.value is not None
        if record is None or not plan or impossible or self.line.seen.quarter.number > 1:
            return None, None
        return from_plan(plan, record), Method.PLAN_ALONE

    def _probability(self, forecast: Forecast) -> float:
        """That the target is met, in per cent."""
        amount = float(self.line.target.value)
        if self.line.target.direction is Direction.AT_LEAST:
            return 100 * (1.0 if self.line.reached else forecast.at_least(amount))
        return 100 * (0.0 if self.line.reached is False else forecast.at_most(amount))

    def _by_position(self, found: Outlook, basis: str) -> Outlook:
        """Pace where no probability tells: what is in beside what is expected by now, within points of the target."""
        found = replace(found, pace_basis=f"position; {basis}")
        if self.line.seen.value is None or found.expected is None:
            return found
        status = position(self.line.lead(self.line.seen.value, found.expected), self._tolerance())
        return replace(found, pace_status=self._asked_for(status))

    def _asked_for(self, status: str) -> str:
        """Where nothing was asked for there is nothing to be ahead of."""
        return "on_pace" if status == "ahead" and not self.line.target.value else status

    def _tolerance(self) -> Decimal:
        return self.line.indicator.pace_tolerance / _PERCENT * self.line.target.value


def _by_probability(probability: float, thresholds: PaceThresholds) -> str:
    if probability >= thresholds.ahead_from_pct:
        return "ahead"
    return "behind" if probability < thresholds.behind_below_pct else "on_pace"


def _size(value: Decimal) -> float | None:
    """An amount as statistics take it: 0 for a trace of one, None for what is too large to be a figure."""
    size = abs(value)
    if size > _MOST:
        return None
    return float(value) if size >= _LEAST else 0.0


def _decimal(number: float) -> Decimal:
    """The shortest decimal that is this float."""
    return Decimal(repr(number))
