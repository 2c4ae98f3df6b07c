"""The rows of ``mart.attainment`` and ``mart.attainment_by_unit``: observations beside targets, evaluated at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, localcontext
from types import MappingProxyType

from lagi_pipeline.catalogue.indicators import Cadence, Catalogue, Direction, Indicator, PlanSource
from lagi_pipeline.catalogue.leading import Leading, leading_targets
from lagi_pipeline.catalogue.place import Place, Resolution, Target, Unit
from lagi_pipeline.catalogue.quarter import Quarter, quarters_between
from lagi_pipeline.catalogue.target_kinds import is_floor
from lagi_pipeline.indicators.estimates import YearEstimates, remark_on
from lagi_pipeline.indicators.figures import all_by_unit
from lagi_pipeline.indicators.flow_outlook import prior_plan
from lagi_pipeline.indicators.model import Attainment, Observation, Observations, UnitAttainment
from lagi_pipeline.indicators.outlook import History, Line
from lagi_pipeline.indicators.overrides import override_files, overrides_vi, ruled, ruling
from lagi_pipeline.indicators.pace import outlook
from lagi_pipeline.indicators.prospect import with_prospects
from lagi_pipeline.indicators.unit_lineage import counted_units
from lagi_pipeline.indicators.verdict import (
    Comparison,
    Verdict,
    compare,
    due_day,
    level_vi,
    near_miss_vi,
    with_figure,
    without_figure,
)
from lagi_pipeline.indicators.wording import ARITHMETIC, join_remarks, number_vi

_PERCENT = Decimal(100)
_LAST = 4
_PLANS = list(PlanSource)


def quarters_to_observe(place: Place, resolutions: Sequence[Resolution], evaluated_at: datetime) -> list[Quarter]:
    """The quarters whose observations ``attain`` reads: from the first of the place or of a target to the last."""
    judged = [quarter for resolution in resolutions for quarter in _judged_quarters(resolution.year, evaluated_at)]
    return list(quarters_between(min(place.first_quarter, *judged), max(judged))) if judged else []


def attain(  # noqa: PLR0913 - everything that a verdict depends on
    catalogue: Catalogue,
    place: Place,
    resolutions: Sequence[Resolution],
    observations: Observations,
    evaluated_at: datetime,
    *,
    only: Collection[str] | None = None,
    estimates: YearEstimates = MappingProxyType({}),
) -> list[Attainment]:
    """A row for every target x plan source x quarter of its year that has begun.

    Of a plan that was changed the version that stood at the evaluation is judged.

    Args:
        catalogue: What is measured.
        place: Whose town figures, offices and due days.
        resolutions: The targets by year.
        observations: At least those of ``quarters_to_observe``.
        evaluated_at: Local time of the evaluation; it is stored, and decides what is due and closed.
        only: The codes of the indicators to judge; all without it.
        estimates: What the offices expect of the year, as known with the observations.

    Returns:
        Rows by quarter, then in the catalogue's order, then by plan source.

    Raises:
        KeyError: an observation is not given; a missing figure is an observation too.
    """
    with localcontext(ARITHMETIC):
        standing = [resolution.standing_on(evaluated_at.date()) for resolution in resolutions]
        plans = {
            (indicator.code, resolution.year): prior_plan(
                resolution.targets, indicator.code, catalogue.profiles.of(indicator.profile)
            )
            for resolution in standing
            for indicator in catalogue.indicators
        }
        histories = _histories(place, observations)
        leading = leading_targets(place, standing)
        judge = _Judge(catalogue, place, observations, evaluated_at, leading, estimates, histories, plans)
        lines = [
            (quarter, position, target)
            for resolution in standing
            for quarter in _judged_quarters(resolution.year, evaluated_at)
            for position, indicator in enumerate(catalogue.indicators)
            if only is None or indicator.code in only
            for target in resolution.targets
            if target.code == indicator.code
        ]
        lines.sort(key=lambda line: (line[0], line[1], _PLANS.index(line[2].plan_source)))
        return [
            with_prospects(catalogue, target, judge.row(catalogue.indicators[position], target, quarter))
            for quarter, position, target in lines
        ]


def _judged_quarters(year: int, evaluated_at: datetime) -> list[Quarter]:
    return [q for q in Quarter(year, _LAST).year_to_date if q.start <= evaluated_at.date()]


def _histories(place: Place, observations: Observations) -> dict[str, History]:
    """The town's observations by indicator and quarter."""
    found: dict[str, dict[Quarter, Observation]] = {}
    for (code, unit, quarter), observation in observations.items():
        if unit == place.file.code:
            found.setdefault(code, {})[quarter] = observation
    return dict(found)


@dataclass(frozen=True, slots=True)
class _Judge:
    catalogue: Catalogue
    place: Place
    observations: Observations
    evaluated_at: datetime
    leading: Leading
    estimates: YearEstimates
    histories: Mapping[str, History]
    plans: Mapping[tuple[str, int], Decimal | None]

    def row(self, indicator: Indicator, target: Target, quarter: Quarter) -> Attainment:
        """One line of the table."""
        seen = self._own_year(indicator, self.observations[indicator.code, self.place.file.code, quarter])
        comparison = compare(indicator, target, seen)
        by_hand = ruling(seen, target.plan_source)
        computed = self._verdict(indicator, target, comparison, seen)
        verdict = ruled(computed, by_hand, self.catalogue.words["result_status"].get)
        word = "returned" if verdict.status == "no_data" and seen.returned else verdict.status
        attainment_pct = _attainment_pct(indicator, target, seen.value)
        history = self.histories.get(indicator.code, {})
        line = Line(indicator, target, seen, history, comparison.reached if comparison else None)
        ahead = outlook(self.catalogue.profiles, line, self.plans[indicator.code, quarter.year])
        yoy = _on_last_year(indicator, seen, self._town(indicator, quarter.a_year_earlier))
        near_miss = near_miss_vi(indicator, target, seen, comparison) if comparison else None
        estimate = self.estimates.get((indicator.code, quarter))
        estimate_vi = remark_on(estimate, beside_illustrative=seen.is_illustrative)
        alternative_vi = self._alternative_vi(indicator, quarter)
        remarks = [seen.reason, verdict.remark, near_miss, yoy.remark, alternative_vi, estimate_vi]
        return Attainment(
            quarter=str(quarter),
            year=quarter.year,
            indicator_code=indicator.code,
            ordinal=indicator.ordinal,
            name_vi=indicator.name_vi,
            name_en=indicator.name_en,
            unit=indicator.unit,
            direction=target.direction,
            plan_source=target.plan_source,
            is_leading=target.plan_source is self.leading[quarter.year, indicator.code].plan_source,
            target=target.value,
            target_upper=target.upper,
            actual=seen.value,
            actual_quarter=self._actual_quarter(indicator, seen),
            numerator=seen.numerator,
            denominator=seen.denominator,
            attainment_pct=attainment_pct,
            gap=comparison.gap if comparison else None,
            result_status=verdict.status,
            status_vi=self.catalogue.words["result_status"][word],
            pace_status=ahead.pace_status,
            pace_vi=self.catalogue.word("pace_status", ahead.pace_status),
            expected_pct=ahead.expected_pct,
            expected=ahead.expected,
            pace_basis=ahead.pace_basis,
            forecast=ahead.forecast,
            forecast_low=ahead.forecast_low,
            forecast_high=ahead.forecast_high,
            probability_pct=ahead.probability_pct,
            forecast_method=ahead.forecast_method,
            history_years=ahead.history_years,
            year_estimate=estimate.value if estimate else None,
            estimate_status=None,
            estimate_status_vi=None,
            forecast_status=None,
            forecast_status_vi=None,
            yoy_index_pct=yoy.index_pct,
            yoy_change_pct=yoy.change_pct,
            obs_status=seen.obs_status,
            as_of=seen.as_of,
            evaluated_at=self.evaluated_at,
            reason=join_remarks(remarks),
            override_vi=overrides_vi(seen.override, by_hand.override),
            sources=sources_vi(seen, *override_files(seen.override, by_hand.override)),
            target_is_illustrative=target.illustrative,
            actual_is_illustrative=seen.is_illustrative
            or (by_hand.override is not None and by_hand.override.is_sample),
        )

    def _town(self, indicator: Indicator, quarter: Quarter) -> Observation | None:
        return self.observations.get((indicator.code, self.place.file.code, quarter))

    def _alternative_vi(self, indicator: Indicator, quarter: Quarter) -> str | None:
        """Another reading of the line, where the reports give it (domain.md, on 9a): a note, never the figure."""
        other = next((one for one in self.catalogue.indicators if one.code == indicator.alternative), None)
        seen = self._town(other, quarter) if other else None
        if other is None or seen is None or seen.value is None:
            return None
        name = other.name_vi[0].lower() + other.name_vi[1:]
        return f"cách hiểu khác, {name}: {number_vi(seen.value, other.decimals)} {other.unit}"

    def _own_year(self, indicator: Indicator, observation: Observation) -> Observation:
        """In Q4, once it is due, an earlier year's survey no longer stands for this year's: the office owes its own.

        ``not_met`` and ``met`` are said of the year only when its own review is in (domain.md, Words of attainment).
        """
        quarter = observation.quarter
        is_settled = quarter.number == _LAST and self.evaluated_at.date() > self._due(indicator, quarter)
        if not (observation.carried and is_settled) or self._was_surveyed(indicator, quarter):
            return observation
        level = f"chỉ để tham khảo: {level_vi(indicator, observation)}"
        return replace(
            observation,
            value=None,
            numerator=None,
            denominator=None,
            obs_status=None,
            as_of=None,
            is_illustrative=False,
            carried=False,
            reason=join_remarks([observation.reason, level]),
            inputs=(),
            derivation=None,
        )

    def _was_surveyed(self, indicator: Indicator, quarter: Quarter) -> bool:
        year = (self._town(indicator, earlier) for earlier in quarter.year_to_date)
        return any(o is not None and o.value is not None and not o.carried and o.override is None for o in year)

    def _due(self, indicator: Indicator, quarter: Quarter) -> date:
        return due_day(self.catalogue, self.place, indicator, quarter)

    def _verdict(
        self, indicator: Indicator, target: Target, comparison: Comparison | None, seen: Observation
    ) -> Verdict:
        due, today = self._due(indicator, seen.quarter), self.evaluated_at.date()
        if comparison is None:
            return without_figure(indicator, seen, due, today)
        return with_figure(indicator, target, comparison, seen, due, today)

    def _actual_quarter(self, indicator: Indicator, seen: Observation) -> Decimal | None:
        """A flow of the quarter alone; null if the quarter before is missing or on another price basis."""
        if not indicator.is_flow or seen.value is None:
            return None
        if seen.quarter.number == 1:
            return seen.value
        before = self._town(indicator, seen.quarter.previous)
        if before is None or before.value is None or before.basis != seen.basis:
            return None
        return seen.value - before.value


def sources_vi(observation: Observation, *by_hand: str) -> str | None:
    """The files that a figure rests on, oldest quarter first, then those that set it or its result by hand."""
    inputs = sorted(observation.inputs, key=lambda vintage: (vintage.quarter, vintage.form, vintage.file))
    return "; ".join(dict.fromkeys([*(vintage.file for vintage in inputs), *by_hand])) or None


def _attainment_pct(indicator: Indicator, target: Target, actual: Decimal | None) -> Decimal | None:
    """Of what is climbed to, a range's lower bound: elsewhere more is no better, and of 0 there is no share."""
    if actual is None or not is_floor(indicator, target.direction) or not target.value:
        return None
    return actual / target.value * _PERCENT


@dataclass(frozen=True, slots=True)
class _OnLastYear:
    """Cùng kỳ: "bằng 80,9 %" is the index, the change is -19,1 (domain.md, trap 10)."""

    index_pct: Decimal | None = None
    change_pct: Decimal | None = None
    remark: str | None = None


def _on_last_year(indicator: Indicator, now: Observation, last: Observation | None) -> _OnLastYear:
    if now.value is None or last is None or last.value is None or indicator.direction is Direction.YES_NO:
        return _OnLastYear()
    if now.carried or last.carried:  # a survey beside itself, or beside an older one, is no change since last year
        return _OnLastYear()
    if indicator.is_ratio:
        return _OnLastYear(change_pct=now.value - last.value)
    if now.basis != last.basis:
        bases = f"{last.basis or 'không ghi'} và {now.basis or 'không ghi'}"
        return _OnLastYear(remark=f"không so với cùng kỳ: giá khác nhau ({bases})")
    if not last.value:
        return _OnLastYear()
    index = now.value / last.value * _PERCENT
    return _OnLastYear(index, index - _PERCENT)


def attain_by_unit(
    catalogue: Catalogue,
    place: Place,
    resolutions: Sequence[Resolution],
    observations: Observations,
    evaluated_at: datetime,
) -> list[UnitAttainment]:
    """A row for every ward x quarter x indicator that is reported per ward, companions included.

    A yearly line has rows only in quarters in which it is due, has a figure or was sent back. A rate stands beside the
    leading plan's town target; a flow has none of a ward, but its share of the town.

    Returns:
        Rows by quarter, then in the catalogue's order, then in that of ``units.csv``.

    Raises:
        KeyError: an observation is not given.
    """
    with localcontext(ARITHMETIC):
        standing = [resolution.standing_on(evaluated_at.date()) for resolution in resolutions]
        leading = leading_targets(place, standing)
        return [
            row
            for resolution in sorted(resolutions, key=lambda resolution: resolution.year)
            for quarter in _judged_quarters(resolution.year, evaluated_at)
            for indicator in catalogue.indicators
            if all_by_unit(catalogue, indicator)
            for row in _rows_of_units(
                indicator,
                leading.get((resolution.year, indicator.code)) if indicator.is_ratio else None,
                _wards(place, indicator, quarter, observations),
                evaluated_at,
            )
        ]


_Ward = tuple[Unit, Observation]


def _wards(place: Place, indicator: Indicator, quarter: Quarter, observations: Observations) -> list[_Ward]:
    """The wards that a line is reported for, each with its observation; none where there is nothing to show."""
    wards = [
        (unit, observations[indicator.code, unit.code, quarter]) for unit in counted_units(place, indicator, quarter)
    ]
    is_due = indicator.cadence is Cadence.QUARTER or quarter.number == _LAST
    is_shown = is_due or any(o.value is not None or o.returned for _, o in wards)
    return wards if is_shown else []


def _rows_of_units(
    indicator: Indicator, target: Target | None, wards: list[_Ward], evaluated_at: datetime
) -> Iterator[UnitAttainment]:
    whole = None if indicator.is_ratio else _sum_of_all(wards)
    for unit, seen in wards:
        comparison = None if target is None else compare(indicator, target, seen)
        yield UnitAttainment(
            quarter=str(seen.quarter),
            year=seen.quarter.year,
            indicator_code=indicator.code,
            name_vi=indicator.name_vi,
            name_en=indicator.name_en,
            unit=indicator.unit,
            unit_code=unit.code,
            unit_valid_from=unit.valid_from,
            unit_name_vi=unit.label_vi,
            urban=unit.urban,
            actual=seen.value,
            numerator=seen.numerator,
            denominator=seen.denominator,
            town_target=target.value if target else None,
            town_target_upper=target.upper if target else None,
            gap=comparison.gap if comparison else None,
            share_of_town_pct=seen.value / whole * _PERCENT if whole and seen.value is not None else None,
            obs_status=seen.obs_status,
            as_of=seen.as_of,
            evaluated_at=evaluated_at,
            reason=seen.reason,
            actual_is_illustrative=seen.is_illustrative,
        )


def _sum_of_all(wards: list[_Ward]) -> Decimal | None:
    """The wards' sum; None as soon as one is missing, for a share of a smaller town would be too large."""
    values = [observation.value for _, observation in wards if observation.value is not None]
    return sum(values, Decimal(0)) if len(values) == len(wards) else None
