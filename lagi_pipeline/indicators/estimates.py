"""What the offices themselves expect of a year ("ước cả năm"), as known at a time. No forecast of ours, and no verdict.

Within the year a form may print it in a column of its own (measures with ``estimate_of``); in November and December the
file of the whole year, marked *ước*, is itself the estimate, for rates and stocks too. A figure of the year that is no
longer an estimate (sơ bộ, chính thức) takes its place, and is none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator, Measure, ObsStatus
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.figures import TOWN, Figure, Line, Reports, total
from lagi_pipeline.indicators.model import Evidence, Observations, Vintage
from lagi_pipeline.indicators.vintages import key_of
from lagi_pipeline.indicators.wording import ARITHMETIC, join_remarks

_LAST = 4


@dataclass(frozen=True, slots=True)
class YearEstimate:
    """The town's year as its offices expect it, as of a quarter.

    ``value`` is unrounded, in the indicator's unit; ``said_in`` is the quarter whose report says so, ``inputs`` the
    versions that were read.
    """

    indicator_code: str
    quarter: Quarter
    value: Decimal
    said_in: Quarter
    inputs: tuple[Vintage, ...]
    is_illustrative: bool

    @property
    def remark_vi(self) -> str | None:
        """Where it stands, if not in the report of its quarter."""
        if self.said_in == self.quarter:
            return None
        files = ", ".join(dict.fromkeys(vintage.file for vintage in self.inputs))
        return f"ước cả năm theo báo cáo quý {self.said_in.roman}, tệp {files}"


YearEstimates = Mapping[tuple[str, Quarter], YearEstimate]
"""The offices' estimates by (indicator code, quarter as of which they stand)."""


def year_estimates(  # noqa: PLR0913 - everything that an estimate depends on
    catalogue: Catalogue,
    place: Place,
    evidence: Evidence,
    known_at: datetime,
    observations: Observations,
    *,
    only: Collection[str] | None = None,
) -> dict[tuple[str, Quarter], YearEstimate]:
    """The offices' own estimate of the year for every line and quarter that has one.

    As of Q1 to Q3 it is that of the newest quarter of the year so far whose answering version prints one. As of Q4 it
    is the year's figure while that is an estimate; where the year has no figure yet, what the quarters before printed.

    Args:
        catalogue: What is measured.
        place: Whose town figures.
        evidence: Everything ever received.
        known_at: Local time; what was received later is not known.
        observations: Those of the same moment; their quarters are followed.
        only: The codes of the indicators to look for; all without it.
    """
    with localcontext(ARITHMETIC):
        reader = _Reader(catalogue, place, Reports.known(catalogue, place, evidence, known_at), observations)
        quarters = {quarter for _, _, quarter in observations}
        estimates = (
            reader.estimate(indicator, quarter)
            for quarter in sorted(quarters)
            for indicator in catalogue.indicators
            if only is None or indicator.code in only
        )
        return {(found.indicator_code, found.quarter): found for found in estimates if found is not None}


@dataclass(frozen=True, slots=True)
class _Reader:
    catalogue: Catalogue
    place: Place
    reports: Reports
    observations: Observations

    def estimate(self, indicator: Indicator, quarter: Quarter) -> YearEstimate | None:
        """What stands as of one quarter; None where no office says anything."""
        seen = self.observations.get((indicator.code, self.place.file.code, quarter))
        if quarter.number == _LAST and seen is not None and seen.value is not None and not seen.carried:
            if seen.obs_status is not ObsStatus.ESTIMATE:
                return None
            return YearEstimate(indicator.code, quarter, seen.value, quarter, seen.inputs, seen.is_illustrative)
        lines = self._lines(indicator)
        for said_in in reversed(quarter.year_to_date) if lines else ():
            figure = total(self._printed(line, said_in).times(line.sign) for line in lines)
            if figure.value is not None and len(figure.bases) <= 1:
                is_illustrative = any(vintage.is_sample for vintage in figure.inputs)
                return YearEstimate(indicator.code, quarter, figure.value, said_in, figure.inputs, is_illustrative)
        return None

    def _lines(self, indicator: Indicator) -> list[Line]:
        """The measures in which the offices estimate every term of a line that counts here; none if one has none."""
        terms = [term for term in indicator.formula.terms if term.when is None or self.place.is_on(term.when)]
        measures = _estimating(self.catalogue)
        if any(term.measure not in measures for term in terms):
            return []
        return [Line(measures[term.measure], urban_only=indicator.units == "urban", sign=term.sign) for term in terms]

    def _printed(self, line: Line, quarter: Quarter) -> Figure:
        """The town's figure in a quarter's own report: of every ward, or else as the form prints it for the town."""
        figure = self.reports.at(line, TOWN, quarter)
        vintage = self.reports.selection.answer(line.measure.form, quarter).vintage
        if figure.value is not None or vintage is None or not line.measure.by_unit:
            return figure
        value = self.reports.values.get(key_of(vintage), {}).get((line.measure.code, self.place.file.code))
        return figure if value is None else Figure(value.value, (vintage,))


def _estimating(catalogue: Catalogue) -> dict[str, Measure]:
    """By the measure of a flow, the one in which its year is estimated.

    ``estimate_of`` names the line; what is estimated is the term that counts in every place.
    """
    by_line = {measure.estimate_of: measure for measure in catalogue.measures.values() if measure.estimate_of}
    return {
        term.measure: by_line[indicator.code]
        for indicator in catalogue.indicators
        if indicator.code in by_line
        for term in indicator.formula.numerator
        if term.when is None
    }


def remark_on(estimate: YearEstimate | None, *, beside_illustrative: bool) -> str | None:
    """What a line says of its estimate: its report where that is an older one; that it is made up, where that is new.

    Args:
        estimate: The line's estimate.
        beside_illustrative: Whether the line says already that its figure is illustrative.
    """
    if estimate is None:
        return None
    made_up = "ước cả năm là số liệu minh họa" if estimate.is_illustrative and not beside_illustrative else None
    return join_remarks([estimate.remark_vi, made_up])
