"""Observations: every indicator's figure per quarter, for the town and its wards, by the catalogue's formula.

What a single measure says is ``figures``; what a figure means beside its target is ``attainment``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, localcontext

from lagi_pipeline.catalogue.indicators import Catalogue, Direction, Indicator, Kind, ObsStatus, Term
from lagi_pipeline.catalogue.place import Place, Resolution, Target, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.figures import (
    TOWN,
    Figure,
    Gap,
    Line,
    Remark,
    Reports,
    Scope,
    all_by_unit,
    gaps_vi,
    remarks_vi,
    total,
)
from lagi_pipeline.indicators.model import Derivation, Evidence, Observation
from lagi_pipeline.indicators.overrides import with_overrides
from lagi_pipeline.indicators.unit_lineage import counted_units
from lagi_pipeline.indicators.wording import ARITHMETIC, date_vi, join_remarks, number_vi

WEAKEST_FIRST = (ObsStatus.ESTIMATE, ObsStatus.PRELIMINARY, ObsStatus.FINAL)

_PERCENT = Decimal(100)


def observe(  # noqa: PLR0913, PLR0917 - everything that a figure depends on, and nothing else
    catalogue: Catalogue,
    place: Place,
    evidence: Evidence,
    known_at: datetime,
    quarters: Iterable[Quarter],
    resolutions: Sequence[Resolution],
    *,
    only: Collection[str] | None = None,
) -> dict[tuple[str, str, Quarter], Observation]:
    """The figure of every indicator, for the town and each ward that has one, as known at a time.

    A figure that an office set by hand stands in place of what the reports give.

    Args:
        catalogue: What is measured.
        place: Its reporting units and offices.
        evidence: Everything ever received; quarters outside ``quarters`` count as history all the same.
        known_at: Local time; what was received later is not known.
        quarters: The quarters to give figures for.
        resolutions: For the ``baseline`` of a change on last year's end that no file gives.
        only: The codes of the indicators to observe; all without it.

    Returns:
        Observations by (indicator code, unit code, quarter); the town stands under the place's own code. Wards are
        those valid on the quarter's last day, for indicators that are reported per ward.
    """
    with localcontext(ARITHMETIC):
        standing = [resolution.standing_on(known_at.date()) for resolution in resolutions]
        observer = _Observer(place, Reports.known(catalogue, place, evidence, known_at), standing)
        computed = {
            (indicator.code, place.file.code if scope is TOWN else scope.code, quarter): observer.observe(
                indicator, scope, quarter
            )
            for quarter in quarters
            for indicator in catalogue.indicators
            if only is None or indicator.code in only
            for scope in _scopes(catalogue, place, indicator, quarter)
        }
        return with_overrides(catalogue, place, computed, evidence.overrides, known_at)


def _scopes(catalogue: Catalogue, place: Place, indicator: Indicator, quarter: Quarter) -> list[Scope]:
    if not all_by_unit(catalogue, indicator):
        return [TOWN]
    # A commune that is its own unit has one figure, its own.
    return [TOWN, *(unit for unit in counted_units(place, indicator, quarter) if unit.code != place.file.code)]


def observe_units(  # noqa: PLR0913, PLR0917 - as above
    catalogue: Catalogue,
    place: Place,
    evidence: Evidence,
    known_at: datetime,
    wanted: Iterable[tuple[Indicator, Unit, Quarter]],
    resolutions: Sequence[Resolution],
) -> list[Observation]:
    """The figures of units whether or not they were there in the quarter, in the order in which they are wanted.

    A unit that came into being later has the figures of those it was formed of.
    """
    with localcontext(ARITHMETIC):
        observer = _Observer(place, Reports.known(catalogue, place, evidence, known_at), resolutions)
        return [observer.observe(indicator, unit, quarter) for indicator, unit, quarter in wanted]


@dataclass(frozen=True, slots=True)
class _Computed:
    """A figure as its kind computes it, before it is dressed as an observation."""

    figure: Figure
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    is_illustrative: bool = False
    derivation: Derivation | None = None


@dataclass(frozen=True, slots=True)
class _Observer:
    """The formulas by kind (see the head of ``indicators.yaml``)."""

    place: Place
    reports: Reports
    resolutions: Sequence[Resolution]

    def observe(self, indicator: Indicator, scope: Scope, quarter: Quarter) -> Observation:
        """The observation of one indicator, scope and quarter."""
        own = self._dressed(indicator, scope, quarter, self._compute(indicator, scope, quarter))
        if own.value is None and indicator.carried and not self._is_answered(indicator, quarter):
            return self._carried(indicator, scope, own) or own
        return own

    def _compute(self, indicator: Indicator, scope: Scope, quarter: Quarter) -> _Computed:
        match indicator.kind:
            case Kind.FLOW_YTD:
                figure = self._to_date(indicator, indicator.formula.numerator, scope, quarter)
                return _Computed(figure, derivation=Derivation(figure.parts))
            case Kind.STOCK_RATIO:
                return _within_cap(indicator, self._stock_ratio(indicator, scope, quarter), quarter)
            case Kind.RATIO_OVER_PERIOD:
                return _ratio(
                    self._to_date(indicator, indicator.formula.numerator, scope, quarter),
                    self._to_date(indicator, indicator.formula.denominator, scope, quarter),
                    quarter,
                )
            case Kind.RATE_OVER_YEAR:
                return self._rate_over_year(indicator, scope, quarter)
            case Kind.CHANGE_ON_LAST_YEAR_END:
                return self._change(indicator, scope, quarter)
            case Kind.STOCK:
                return _yes_or_no(indicator, self._stock(indicator, scope, quarter), quarter)

    def _stock(self, indicator: Indicator, scope: Scope, quarter: Quarter) -> _Computed:
        figure = total(self.reports.at(line, scope, quarter).times(line.sign) for line in self._numerator(indicator))
        return _Computed(figure, derivation=Derivation(figure.parts))

    def _stock_ratio(self, indicator: Indicator, scope: Scope, quarter: Quarter) -> _Computed:
        return _ratio(
            total(self.reports.at(line, scope, quarter).times(line.sign) for line in self._numerator(indicator)),
            total(self.reports.at(line, scope, quarter).times(line.sign) for line in self._denominator(indicator)),
            quarter,
        )

    def _rate_over_year(self, indicator: Indicator, scope: Scope, quarter: Quarter) -> _Computed:
        """(births - deaths) to date / mean of the stock at the year's start and now x 100 x 4/q."""
        over_year = self._to_date(indicator, indicator.formula.numerator, scope, quarter)
        at_start, now = self._denominator(indicator)
        stocks = [self.reports.at(at_start, scope, Quarter(quarter.year, 1)), self.reports.at(now, scope, quarter)]
        return _ratio(over_year, total(stocks).times(Decimal("0.5")), quarter, quarters_passed=quarter.number)

    def _change(self, indicator: Indicator, scope: Scope, quarter: Quarter) -> _Computed:
        """The fall since last year's end, in points (domain.md, trap 6); numerator and denominator are those of now."""
        now = self._stock_ratio(indicator, scope, quarter)
        if now.figure.value is None:
            return now
        year_end = Quarter(quarter.year - 1, 4)
        last_year_end = self._stock_ratio(indicator, scope, year_end)
        before, derivation = (
            last_year_end.figure,
            now.derivation and replace(now.derivation, last_year_end=last_year_end.derivation),
        )
        target = self._baseline(indicator, quarter) if before.value is None and scope is TOWN else None
        if target is not None and target.baseline is not None:
            said = f"{number_vi(target.baseline, indicator.decimals)} %"
            text = f"tỷ lệ cuối năm {year_end.year} lấy theo kế hoạch ({target.clause}): {said}"
            before = Figure(target.baseline, remarks=(Remark(quarter, text),))
            derivation = now.derivation and replace(now.derivation, baseline=target)
        fall = total([before, now.figure.times(-1)])
        if before.value is None:
            text = f"không có tỷ lệ cuối năm {year_end.year} để so sánh"
            fall = replace(fall, inputs=now.figure.inputs, gaps=(Gap(quarter, text), *fall.gaps))
        is_illustrative = target is not None and target.illustrative
        return replace(now, figure=fall, is_illustrative=is_illustrative, derivation=derivation)

    def _baseline(self, indicator: Indicator, quarter: Quarter) -> Target | None:
        """The target of the year that states last year's end; the leading plan's first."""
        stating = [
            target
            for resolution in self.resolutions
            if resolution.year == quarter.year
            for target in resolution.targets
            if target.code == indicator.code and target.baseline is not None
        ]
        leading = self.place.file.plan_leading(indicator.code)
        return min(stating, key=lambda t: (t.plan_source != leading, t.plan_source), default=None)

    def _carried(self, indicator: Indicator, scope: Scope, own: Observation) -> Observation | None:
        """The last survey's figure for a quarter without one; None where there never was one."""
        form = self._numerator(indicator)[0].measure.form
        for earlier in reversed(self.reports.selection.answered_quarters(form)):
            if earlier >= own.quarter:
                continue
            last = self._dressed(indicator, scope, earlier, self._compute(indicator, scope, earlier))
            if last.value is None or last.as_of is None:
                continue
            gaps = [gap for gap in self._compute(indicator, scope, own.quarter).figure.gaps if gap.due]
            dated = f"khảo sát gần nhất, số liệu đến ngày {date_vi(last.as_of)}"
            return replace(
                last,
                quarter=own.quarter,
                reason=join_remarks([*gaps_vi(gaps, own.quarter), dated, last.reason]),
                returned=own.returned,
                carried=True,
            )
        return None

    def _is_answered(self, indicator: Indicator, quarter: Quarter) -> bool:
        lines = (*self._numerator(indicator), *self._denominator(indicator))
        return any(self.reports.selection.answer(line.measure.form, quarter).vintage is not None for line in lines)

    def _to_date(self, indicator: Indicator, terms: tuple[Term, ...], scope: Scope, quarter: Quarter) -> Figure:
        lines = self._lines(indicator, terms)
        return total(self.reports.to_date(line, scope, quarter).times(line.sign) for line in lines)

    def _numerator(self, indicator: Indicator) -> list[Line]:
        return self._lines(indicator, indicator.formula.numerator)

    def _denominator(self, indicator: Indicator) -> list[Line]:
        return self._lines(indicator, indicator.formula.denominator)

    def _lines(self, indicator: Indicator, terms: tuple[Term, ...]) -> list[Line]:
        """The terms that count here: one with ``when`` only where place.yaml turns that setting on."""
        return [
            Line(
                measure=self.reports.catalogue.measures[term.measure],
                urban_only=indicator.units == "urban",
                optional=term.optional,
                sign=term.sign,
            )
            for term in terms
            if term.when is None or self.place.is_on(term.when)
        ]

    def _dressed(self, indicator: Indicator, scope: Scope, quarter: Quarter, computed: _Computed) -> Observation:
        figure = _of_one_basis(computed.figure, quarter)
        of_quarter = [vintage.as_of for vintage in figure.inputs if vintage.quarter == quarter]
        statuses = [vintage.obs_status for vintage in figure.inputs]
        is_there = figure.value is not None
        said = remarks_vi(figure.remarks, quarter) if is_there else gaps_vi(figure.gaps, quarter)
        shown = is_there or computed.numerator is not None
        return Observation(
            indicator_code=indicator.code,
            unit_code=self.place.file.code if scope is TOWN else scope.code,
            quarter=quarter,
            value=figure.value,
            numerator=computed.numerator,
            denominator=computed.denominator,
            obs_status=min(statuses, key=WEAKEST_FIRST.index, default=None) if shown else None,
            as_of=max(of_quarter, default=None) if shown else None,
            is_illustrative=shown and (computed.is_illustrative or any(v.is_sample for v in figure.inputs)),
            basis=next(iter(figure.bases), None) if is_there else None,
            reason=join_remarks(said),
            returned=not is_there and any(gap.returned for gap in figure.gaps),
            inputs=figure.inputs if is_there else (),
            derivation=computed.derivation if shown else None,
        )


def _ratio(numerator: Figure, denominator: Figure, quarter: Quarter, quarters_passed: int = 4) -> _Computed:
    """The numerator x 100 / the denominator, with both kept (domain.md, trap 12); x 4/q where it is of q quarters."""
    both = total([numerator, denominator])
    if numerator.value is None or denominator.value is None:
        return _Computed(replace(both, value=None))
    derivation = Derivation(numerator.parts, denominator.parts, quarters_passed)
    if not denominator.value:
        without = replace(both, value=None, gaps=(Gap(quarter, "không tính được tỷ lệ: mẫu số bằng 0"),))
        return _Computed(without, numerator.value, denominator.value, derivation=derivation)
    rate = numerator.value * _PERCENT * 4 / (denominator.value * quarters_passed)
    return _Computed(replace(both, value=rate), numerator.value, denominator.value, derivation=derivation)


def _within_cap(indicator: Indicator, computed: _Computed, quarter: Quarter) -> _Computed:
    """No figure where a share of a stock is above the highest it can be: forest and crops wider than the town."""
    value = computed.figure.value
    if value is None or indicator.cap is None or value <= indicator.cap:
        return computed
    highest = number_vi(indicator.cap, 0)
    text = f"tính ra {number_vi(value, indicator.decimals)} %, cao hơn mức có thể ({highest} %): kiểm tra số liệu"
    return replace(computed, figure=replace(computed.figure, value=None, gaps=(Gap(quarter, text),)))


def _yes_or_no(indicator: Indicator, computed: _Computed, quarter: Quarter) -> _Computed:
    """No figure where a yes/no line is answered by something else than 1 or 0."""
    value = computed.figure.value
    if indicator.direction is not Direction.YES_NO or value is None or value in {0, 1}:
        return computed
    text = f"cần 1 (có) hoặc 0 (không), thấy {number_vi(value, 2)}"
    return replace(computed, figure=replace(computed.figure, value=None, gaps=(Gap(quarter, text),)))


def _of_one_basis(figure: Figure, quarter: Quarter) -> Figure:
    """No figure where its parts are on different price bases: they do not add up."""
    if figure.value is None or len(figure.bases) <= 1:
        return figure
    text = f"các số liệu thành phần tính theo giá khác nhau ({', '.join(sorted(figure.bases))})"
    return replace(figure, value=None, gaps=(Gap(quarter, text),))
