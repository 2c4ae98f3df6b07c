"""What goes into the computation and what comes out of it. The tables of ``core`` and ``mart`` have these shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from lagi_pipeline.catalogue.indicators import Direction, ObsStatus, PlanSource
from lagi_pipeline.catalogue.place import Target
from lagi_pipeline.catalogue.quarter import Quarter


@dataclass(frozen=True, slots=True)
class Vintage:
    """One version of one form for one quarter: what one file said about it.

    Times are local (of the place), without a zone. A vintage is known from ``received_at`` on, and answers nothing
    from ``withdrawn_at`` until ``restored_at``.
    """

    feed: str
    form: str
    quarter: Quarter
    file: str
    sha256: str
    as_of: date
    received_at: datetime
    obs_status: ObsStatus
    is_sample: bool
    problem: str | None = None
    """Vietnamese: why it may not answer although it was read (a key row was rejected, two files contradict)."""
    withdrawn_at: datetime | None = None
    """When its sender took it back; None where nobody did."""
    restored_at: datetime | None = None
    """When the withdrawal was taken back in its turn."""

    def is_withdrawn(self, at: datetime) -> bool:
        """Whether its sender had taken it back by a time, and not yet restored it."""
        return is_withdrawn(self.withdrawn_at, self.restored_at, at)


def is_withdrawn(withdrawn_at: datetime | None, restored_at: datetime | None, at: datetime) -> bool:
    """Whether a time lies in a withdrawal: from its first moment on, up to the moment of the restoration."""
    return withdrawn_at is not None and withdrawn_at <= at and not (restored_at is not None and restored_at <= at)


@dataclass(frozen=True, slots=True)
class MeasureValue:
    """One reported figure in the measure's unit; ``unit_code`` is the place's own for town figures."""

    form: str
    quarter: Quarter
    sha256: str
    measure: str
    unit_code: str
    value: Decimal
    basis: str | None = None
    """The price basis of a rebased measure ("so sánh 2010"), else None."""


@dataclass(frozen=True, slots=True)
class MeasureCell:
    """A cell of a reported figure: what stood there, and what it is in the measure's unit.

    ``value`` is ``printed_value`` times ``scale``; a figure is the sum of its cells.
    """

    sheet: str
    cell: str | None
    text: str
    printed_value: Decimal
    printed_unit: str
    scale: Decimal
    value: Decimal


class Part(NamedTuple):
    """A linear part of a figure: a reported value, the version that says it, and what it is multiplied by.

    ``left_out``: the form may lack the line and does; it counts as a stated 0.
    """

    value: MeasureValue
    vintage: Vintage
    factor: Decimal = Decimal(1)
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a figure was made: the sum of ``numerator``, or where there is a denominator their ratio in per cent.

    A rate over the quarters of a year so far is brought to a whole year (x 4 / ``quarters_passed``). A change is
    ``last_year_end`` less the ratio, or the baseline that a target states less it.
    """

    numerator: tuple[Part, ...]
    denominator: tuple[Part, ...] = ()
    quarters_passed: int = 4
    last_year_end: Derivation | None = None
    baseline: Target | None = None

    @property
    def is_change(self) -> bool:
        """Whether the figure is a fall since last year's end."""
        return self.last_year_end is not None or self.baseline is not None

    @property
    def multiplier(self) -> Decimal:
        """By what the sum or the quotient is multiplied."""
        return Decimal(400) / self.quarters_passed if self.denominator else Decimal(1)


@dataclass(frozen=True, slots=True)
class RejectedUnit:
    """A reporting unit whose row was rejected in a vintage: it has no figure, and why."""

    form: str
    quarter: Quarter
    sha256: str
    unit_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that could not be read as its form."""

    feed: str
    quarter: Quarter
    file: str
    received_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Override:
    """A figure or a result that an office set by hand, by a document: one entry of a file of ``data/raw/overrides``.

    ``value`` (the town's, in the indicator's unit) or ``result`` (exceeded, met, not_met) is given, never both. Times
    are local; it is known from ``received_at`` on and withdrawn from ``withdrawn_at`` on.
    """

    file: str
    sha256: str
    entry: str
    office: str
    office_name_vi: str
    reason: str
    document_no: str
    received_at: datetime
    withdrawn_at: datetime | None
    indicator_code: str
    quarter: Quarter
    plan_source: PlanSource | None
    """The plan whose result it sets; None for that of every plan, and for a figure."""
    value: Decimal | None
    result: str | None
    is_sample: bool
    is_whole: bool = True
    """Whether every entry of its file was accepted, so that it takes the place of the file's earlier version whole."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was ever received, in any order."""

    vintages: tuple[Vintage, ...]
    values: tuple[MeasureValue, ...]
    rejected_units: tuple[RejectedUnit, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """An indicator's figure for a unit and quarter; ``value`` None means no figure, and ``reason`` says why.

    ``value``, ``numerator`` and ``denominator`` are unrounded; rates are in per cent, changes in points.
    """

    indicator_code: str
    unit_code: str
    quarter: Quarter
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    obs_status: ObsStatus | None
    as_of: date | None
    is_illustrative: bool
    basis: str | None
    reason: str | None
    returned: bool = False
    """Whether the figure is missing because a file or row was sent back for correction."""
    carried: bool = False
    """Whether it is the last survey's figure, shown in a quarter that has none of its own."""
    inputs: tuple[Vintage, ...] = ()
    """The versions that the figure rests on."""
    derivation: Derivation | None = field(default=None, compare=False, repr=False)
    """How it was made, None where nothing is shown; the same figure is the same, whichever cells it came from."""
    override: Override | None = None
    """The document that set the figure by hand, in place of what the reports give."""
    override_vi: str | None = None
    """The same in words."""
    verdicts: tuple[Override, ...] = ()
    """The documents that set the line's result by hand, as known then; newest first."""


@dataclass(frozen=True, slots=True)
class Attainment:
    """A row of ``mart.attainment``; the meaning of each column stands in the warehouse's model of that table."""

    quarter: str
    year: int
    indicator_code: str
    ordinal: str | None
    name_vi: str
    name_en: str
    unit: str
    direction: Direction
    plan_source: PlanSource
    is_leading: bool
    target: Decimal
    target_upper: Decimal | None
    actual: Decimal | None
    actual_quarter: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    attainment_pct: Decimal | None
    gap: Decimal | None
    result_status: str
    status_vi: str
    pace_status: str | None
    pace_vi: str | None
    expected_pct: Decimal | None
    expected: Decimal | None
    pace_basis: str | None
    forecast: Decimal | None
    forecast_low: Decimal | None
    forecast_high: Decimal | None
    probability_pct: Decimal | None
    forecast_method: str | None
    history_years: int | None
    year_estimate: Decimal | None
    estimate_status: str | None
    estimate_status_vi: str | None
    forecast_status: str | None
    forecast_status_vi: str | None
    yoy_index_pct: Decimal | None
    yoy_change_pct: Decimal | None
    obs_status: ObsStatus | None
    as_of: date | None
    evaluated_at: datetime
    reason: str | None
    override_vi: str | None
    sources: str | None
    target_is_illustrative: bool
    actual_is_illustrative: bool


@dataclass(frozen=True, slots=True)
class UnitAttainment:
    """A row of ``mart.attainment_by_unit``."""

    quarter: str
    year: int
    indicator_code: str
    name_vi: str
    name_en: str
    unit: str
    unit_code: str
    unit_valid_from: date
    unit_name_vi: str
    urban: bool
    actual: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    town_target: Decimal | None
    town_target_upper: Decimal | None
    gap: Decimal | None
    share_of_town_pct: Decimal | None
    obs_status: ObsStatus | None
    as_of: date | None
    evaluated_at: datetime
    reason: str | None
    actual_is_illustrative: bool


Observations = Mapping[tuple[str, str, Quarter], Observation]
"""Observations by (indicator code, unit code, quarter)."""
