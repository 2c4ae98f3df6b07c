"""The catalogue: indicators, the measures they are made of, the feeds that bring them, and the words people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from lagi_pipeline.catalogue.loading import CatalogueError, Strict, build, read_yaml
from lagi_pipeline.catalogue.profiles import Profiles, load_profiles
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.vietnamese.units import lookup

CATALOGUE_DIR = Path(__file__).parent
YES_NO_DIMENSION = "yes_no"


PART_OF = "Trong đó: "
"""How the name of a line begins that is a part of the one above it; by itself it is named without."""


class Kind(StrEnum):
    """How an indicator is computed from its terms (see ``indicators.yaml``)."""

    FLOW_YTD = "flow_ytd"
    STOCK_RATIO = "stock_ratio"
    RATIO_OVER_PERIOD = "ratio_over_period"
    RATE_OVER_YEAR = "rate_over_year"
    CHANGE_ON_LAST_YEAR_END = "change_on_last_year_end"
    STOCK = "stock"


_WITHOUT_DENOMINATOR = frozenset({Kind.FLOW_YTD, Kind.STOCK})


class Direction(StrEnum):
    """Which way of an indicator is better, and what a target asks for (``indicators.verdict`` says how it is judged).

    A target has its indicator's direction, or asks a numeric one for a ``range`` or an ``exact`` figure.
    """

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"
    EXACT = "exact"
    YES_NO = "yes_no"


class Cadence(StrEnum):
    """How often a figure falls due."""

    QUARTER = "quarter"
    YEAR = "year"


class Accumulation(StrEnum):
    """What a measure's figure covers: its quarter, the year so far as printed, the period's end, the year expected."""

    FLOW = "flow"
    YTD = "ytd"
    STOCK = "stock"
    YEAR_ESTIMATE = "year_estimate"


class PlanSource(StrEnum):
    """Who set a target."""

    PARTY_RESOLUTION = "party_resolution"
    COUNCIL = "council"
    PROVINCE = "province"


class ObsStatus(StrEnum):
    """Observation status (SDMX E, P, A)."""

    ESTIMATE = "estimate"
    PRELIMINARY = "preliminary"
    FINAL = "final"


class Term(Strict):
    """One measure in a numerator or denominator."""

    measure: str
    sign: Literal[1, -1] = 1
    optional: bool = False
    when: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
        """``"-crops_on_forest_land?"`` is that measure, subtracted, and may be absent."""
        if not isinstance(data, str):
            return data
        name = data.removeprefix("-")
        return {
            "measure": name.removesuffix("?"),
            "sign": -1 if data.startswith("-") else 1,
            "optional": name.endswith("?"),
        }


class Formula(Strict):
    """What is divided by what; no denominator for a flow or a stock."""

    numerator: tuple[Term, ...] = Field(min_length=1)
    denominator: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term, numerator first."""
        return self.numerator + self.denominator


class Parent(Strict):
    """The line that a sub-line or companion stands under: ``part_of`` bounds it, ``listed_under`` does not."""

    code: str
    relation: Literal["part_of", "listed_under"]


class DayOfYear(Strict):
    """A day without its year."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class Indicator(Strict):
    """One line of the catalogue."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    ordinal: str | None = Field(default=None, pattern=r"^\d+[a-z]?$")
    name_vi: str
    short_vi: str | None = None
    """How a sentence calls it, where the name is long: "nước sạch"."""
    name_en: str
    unit: str
    decimals: int = Field(ge=0, le=6)
    kind: Kind
    direction: Direction
    cadence: Cadence
    formula: Formula
    units: Literal["all", "urban"] = "all"
    carried: bool = False
    parent: Parent | None = None
    cap: Decimal | None = None
    pace_tolerance: Decimal = Field(default=Decimal(2), ge=0)
    closes: DayOfYear | None = None
    alternative: str | None = None
    profile: str | None = None
    """The reference profile of its kind of flow (``profiles.yaml``), where there is one."""
    source: str

    @property
    def is_main(self) -> bool:
        """Whether it is one of the main lines that are counted ("10/10")."""
        return self.ordinal is not None and self.ordinal.isdigit()

    @property
    def said_vi(self) -> str:
        """How a sentence calls it."""
        return self.short_vi or self.name_vi.removeprefix(PART_OF)

    @property
    def is_flow(self) -> bool:
        """Whether its figure adds up from 1 January: it has a pace, and what it has reached it keeps."""
        return self.kind is Kind.FLOW_YTD

    @property
    def is_ratio(self) -> bool:
        """Whether its figure is a rate: compared after rounding, and changing in points."""
        return self.kind not in _WITHOUT_DENOMINATOR

    @property
    def can_be_negative(self) -> bool:
        """Whether it counts a change: at least 0 then asks for something ("không tăng")."""
        return self.kind in {Kind.RATE_OVER_YEAR, Kind.CHANGE_ON_LAST_YEAR_END}

    def closing_day(self, year: int) -> date:
        """The last day on which the figure of ``year`` can still change: 31/12, or ``closes`` of the next year."""
        return date(year, 12, 31) if self.closes is None else date(year + 1, self.closes.month, self.closes.day)


class Measure(Strict):
    """Something a feed reports."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    feed: str
    form: str
    name_vi: str
    name_en: str
    unit: str
    accumulation: Accumulation
    printed_ytd: str | None = None
    by_unit: bool = False
    rebased: bool = False
    plan_of: str | None = None
    """The indicator whose plan it is, where a form prints one; ``plan_source`` None is the place's unnamed plan."""
    plan_source: PlanSource | None = None
    estimate_of: str | None = None
    """The indicator whose year the office estimates in it."""

    @model_validator(mode="after")
    def _estimates_a_line(self) -> Self:
        if (self.accumulation is Accumulation.YEAR_ESTIMATE) != (self.estimate_of is not None):
            raise ValueError("accumulation year_estimate and estimate_of belong together")
        return self


class FeedEntry(Strict):
    """A feed as the catalogue knows it."""

    code: str
    group: str
    name_vi: str
    name_en: str
    cadence: Cadence
    source: str
    extra_folders: tuple[str, ...] = ()
    tolerated_share: Decimal = Field(default=Decimal(0), ge=0, le=1)
    """The share of a version's rows that may be rejected before the file as a whole is refused; no key row may."""

    follows_tasks: bool = False
    """Whether it tells of the tasks of a year's resolution: in a year without any it is not owed."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of ``data/raw`` that its files may lie in."""
        return (self.code, *self.extra_folders)

    def is_due(self, quarter: Quarter) -> bool:
        """Whether a file is owed for ``quarter``: always, or in Q4 for a yearly feed."""
        return self.cadence is Cadence.QUARTER or quarter.number == 4  # noqa: PLR2004 - the last quarter


class LengthClass(Strict):
    """A length class of fishing vessels: ``from_m`` included, ``below_m`` not."""

    code: str
    label_vi: str
    from_m: Decimal
    below_m: Decimal | None = None


class DatedLength(Strict):
    """A rule for vessels from a length on, valid from a day."""

    valid_from: date
    from_m: Decimal
    source: str


class FleetRules(Strict):
    """Length classes and the dated rule on vessel monitoring devices."""

    length_classes: tuple[LengthClass, ...]
    vms_required: tuple[DatedLength, ...]

    def vms_from_m(self, day: date) -> Decimal | None:
        """The length from which a VMS device is compulsory on ``day``; None before the first rule."""
        in_force = [rule for rule in self.vms_required if rule.valid_from <= day]
        return max(in_force, key=lambda rule: rule.valid_from).from_m if in_force else None


@dataclass(frozen=True)
class Catalogue:
    """Everything the package itself knows; the place's own files are in ``place``."""

    indicators: tuple[Indicator, ...]
    measures: dict[str, Measure]
    feeds: dict[str, FeedEntry]
    words: dict[str, dict[str, str]]
    fleet: FleetRules
    profiles: Profiles

    def indicator(self, code: str) -> Indicator:
        """The indicator of that code.

        Raises:
            KeyError: there is none.
        """
        for indicator in self.indicators:
            if indicator.code == code:
                return indicator
        raise KeyError(code)

    def feeds_of(self, indicator: Indicator) -> list[str]:
        """The feeds that an indicator's terms come from, in the order of the terms."""
        return list(dict.fromkeys(self.measures[term.measure].feed for term in indicator.formula.terms))

    def word(self, kind: str, code: str | None) -> str | None:
        """The Vietnamese word for a code (``word("result_status", "met")`` is "đạt"); None for None."""
        return None if code is None else self.words[kind][code]


def _unique(codes: Iterable[str], file: Path) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise CatalogueError(file, code, "the code stands twice")
        seen.add(code)


def _check_parents(indicators: dict[str, Indicator], file: Path) -> None:
    """Every parent exists, has the unit a part must have, and none is its own ancestor."""
    for indicator in indicators.values():
        for ancestor in _ancestors(indicator, indicators, file):
            if ancestor is indicator:
                raise CatalogueError(file, indicator.code, "the parents form a cycle")
        if indicator.parent and indicator.parent.relation == "part_of":
            whole = indicators[indicator.parent.code]
            if whole.unit != indicator.unit:
                raise CatalogueError(
                    file, indicator.code, f"a part in {indicator.unit} of a whole in {whole.unit} ({whole.code})"
                )


def _ancestors(indicator: Indicator, indicators: dict[str, Indicator], file: Path) -> Iterator[Indicator]:
    seen: set[str] = set()
    current = indicator
    while current.parent is not None and current.code not in seen:
        seen.add(current.code)
        if current.parent.code not in indicators:
            raise CatalogueError(file, current.code, f"its parent {current.parent.code!r} is not in the catalogue")
        current = indicators[current.parent.code]
        yield current


def _check_terms(indicators: Sequence[Indicator], measures: dict[str, Measure], file: Path) -> None:
    for indicator in indicators:
        for term in indicator.formula.terms:
            if term.measure not in measures:
                raise CatalogueError(file, indicator.code, f"its term {term.measure!r} is not in measures.yaml")
        if indicator.alternative is not None and indicator.alternative not in {other.code for other in indicators}:
            raise CatalogueError(
                file, indicator.code, f"its alternative {indicator.alternative!r} is not in the catalogue"
            )
        if (indicator.kind in _WITHOUT_DENOMINATOR) == bool(indicator.formula.denominator):
            raise CatalogueError(file, indicator.code, f"a {indicator.kind} with or without a denominator")
        if indicator.carried and indicator.cadence is not Cadence.YEAR:
            # A carried survey decides no year (indicators.verdict); the rule leans on the yearly due day.
            raise CatalogueError(file, indicator.code, "carried, and not a yearly line")
        if problem := _yes_no_problem(indicator, measures):
            raise CatalogueError(file, indicator.code, problem)


def _yes_no_problem(indicator: Indicator, measures: dict[str, Measure]) -> str | None:
    """What is wrong with a yes/no line: it is one stock of the town in *có/không*, and nothing else is."""
    unit = lookup(indicator.unit)
    asks = indicator.direction is Direction.YES_NO
    if asks != (unit is not None and unit.dimension == YES_NO_DIMENSION):
        return f"direction {indicator.direction} with the unit {indicator.unit!r}: yes_no goes with có/không"
    if not asks:
        return None
    terms = indicator.formula.terms
    if indicator.kind is not Kind.STOCK or indicator.decimals or len(terms) > 1 or terms[0].sign < 0:
        return "a yes_no line is a stock of one measure, without decimals"
    measure = measures[terms[0].measure]
    if measure.by_unit or measure.unit != indicator.unit:
        return f"a yes_no line of {measure.code!r}, which is by unit or not in {indicator.unit}"
    return None


def _check_plans(measures: Iterable[Measure], indicators: dict[str, Indicator], file: Path) -> None:
    """A plan that a form prints is one figure, so the indicator it is of must be one that rises or falls to it."""
    for measure in measures:
        if measure.plan_of is None:
            continue
        planned = indicators.get(measure.plan_of)
        if planned is None or planned.direction not in {Direction.AT_LEAST, Direction.AT_MOST}:
            raise CatalogueError(
                file, measure.code, f"plan of {measure.plan_of!r}, which is no at_least or at_most line"
            )


def _check_estimates(measures: Sequence[Measure], indicators: dict[str, Indicator], file: Path) -> None:
    """An estimate of the year is of a flow in its own unit, and no line has two."""
    estimated: set[str] = set()
    for measure in measures:
        code = measure.estimate_of
        if code is None:
            continue
        line = indicators.get(code)
        if line is None or line.kind is not Kind.FLOW_YTD or line.unit != measure.unit:
            raise CatalogueError(file, measure.code, f"it estimates {code!r}, which is no flow in {measure.unit}")
        if code in estimated:
            raise CatalogueError(file, measure.code, f"{code!r} is estimated twice")
        estimated.add(code)


def _check_profiles(indicators: Sequence[Indicator], profiles: Profiles, folder: Path) -> None:
    known = {profile.code for profile in profiles.profiles}
    for indicator in indicators:
        if indicator.profile is not None and indicator.profile not in known:
            raise CatalogueError(folder / "indicators.yaml", indicator.code, f"no profile {indicator.profile!r}")
        if indicator.profile is not None and indicator.kind is not Kind.FLOW_YTD:
            raise CatalogueError(folder / "indicators.yaml", indicator.code, f"a {indicator.kind} with a profile")
    for profile in profiles.profiles:
        for source in profile.plan.plan_sources if profile.plan else ():
            if source not in set(PlanSource):
                raise CatalogueError(folder / "profiles.yaml", profile.code, f"no plan source {source!r}")


def load_catalogue(folder: Path = CATALOGUE_DIR) -> Catalogue:
    """Read and cross-check the catalogue's YAML files.

    Raises:
        CatalogueError: a file is missing or says nonsense: an unknown unit of measure, a duplicate code, a cycle,
            a term without a measure, a measure without a feed.
    """

    def named(name: str) -> Iterator[tuple[dict[str, Any], Path, str]]:
        file = folder / f"{name}.yaml"
        entries = read_yaml(file).get(name)
        if not isinstance(entries, list):
            raise CatalogueError(file, name, f"expected a list under {name!r}, found {type(entries).__name__}")
        for position, entry in enumerate(entries, start=1):
            if not isinstance(entry, dict):
                raise CatalogueError(file, f"entry {position}", f"expected a mapping, found {entry!r}")
            yield entry, file, str(entry.get("code", f"entry {position}"))

    feeds = [build(FeedEntry, *entry) for entry in named("feeds")]
    _unique((feed.code for feed in feeds), folder / "feeds.yaml")
    measures = [build(Measure, *entry) for entry in named("measures")]
    _unique((measure.code for measure in measures), folder / "measures.yaml")
    indicators = [build(Indicator, *entry) for entry in named("indicators")]
    _unique((indicator.code for indicator in indicators), folder / "indicators.yaml")
    _unique((i.ordinal for i in indicators if i.ordinal), folder / "indicators.yaml")
    by_code = {measure.code: measure for measure in measures}
    for measure in measures:
        if measure.feed not in {feed.code for feed in feeds}:
            raise CatalogueError(folder / "measures.yaml", measure.code, f"its feed {measure.feed!r} is not known")
        if measure.printed_ytd is not None and measure.printed_ytd not in by_code:
            raise CatalogueError(folder / "measures.yaml", measure.code, f"no measure {measure.printed_ytd!r}")
    for item, name in [(m, "measures") for m in measures] + [(i, "indicators") for i in indicators]:
        if lookup(item.unit) is None:
            raise CatalogueError(folder / f"{name}.yaml", item.code, f"unknown unit of measure {item.unit!r}")
    _check_parents({i.code: i for i in indicators}, folder / "indicators.yaml")
    _check_terms(indicators, by_code, folder / "indicators.yaml")
    _check_plans(measures, {i.code: i for i in indicators}, folder / "measures.yaml")
    _check_estimates(measures, {i.code: i for i in indicators}, folder / "measures.yaml")
    profiles = load_profiles(folder / "profiles.yaml")
    _check_profiles(indicators, profiles, folder)
    return Catalogue(
        indicators=tuple(indicators),
        measures=by_code,
        feeds={feed.code: feed for feed in feeds},
        words=read_yaml(folder / "words.yaml"),
        fleet=build(FleetRules, read_yaml(folder / "iuu_rules.yaml"), folder / "iuu_rules.yaml", "file"),
        profiles=profiles,
    )


@cache
def catalogue() -> Catalogue:
    """The package's own catalogue, read once."""
    return load_catalogue()
