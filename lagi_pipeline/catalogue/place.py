"""The models of a place's own files: ``place.yaml``, ``units.csv``, ``offices.csv`` and the year's ``targets.yaml``.

Another place, or another year, is another folder of these files and no change of code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict, Field, field_validator

from lagi_pipeline.catalogue.indicators import Catalogue, Direction, PlanSource
from lagi_pipeline.catalogue.loading import CatalogueError, Strict, build, read_csv, read_yaml
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.target_kinds import problem_of
from lagi_pipeline.vietnamese.units import convert, lookup


class Unit(Strict):
    """A reporting unit (ward or commune), keyed by its code *and* the day it came into being: codes get reused."""

    code: str = Field(pattern=r"^\d+$")
    name_vi: str = Field(min_length=1)
    kind: Literal["phường", "xã", "thị trấn"]
    urban: bool
    valid_from: date
    valid_to: date | None
    successor_code: str | None = Field(pattern=r"^\d+(;\d+)*$")
    """The unit that it went into on the day after ``valid_to``; several, separated by ``;``, where it was divided."""

    @property
    def successors(self) -> tuple[str, ...]:
        """The codes of the units that it went into; none where it is still there, or left the place."""
        return tuple(self.successor_code.split(";")) if self.successor_code else ()

    @property
    def label_vi(self) -> str:
        """``phường Phước Hội``."""
        return f"{self.kind} {self.name_vi}"

    def is_valid_on(self, day: date) -> bool:
        """Whether it existed on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Office(Strict):
    """An office, the feeds it owes, and how many days after the cut-off it has to send them."""

    office: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_vi: str = Field(min_length=1)
    feeds: tuple[str, ...]
    days_to_send: int = Field(ge=0, le=366)


class IssuingOffice(Strict):
    """The office that issues the quarterly report and owes no feed, so that it stands in no line of offices.csv."""

    office: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_vi: str = Field(min_length=1)


class ReportHeading(Strict):
    """How a place's quarterly report is headed and signed (Hướng dẫn 36-HD/VPTW): no number and no name of a person."""

    committee_vi: str = Field(min_length=1)
    office_vi: str = Field(min_length=1)
    symbol: str = Field(min_length=1)
    seat_vi: str = Field(min_length=1)
    addressee_vi: str = Field(min_length=1)
    signer_vi: str = Field(min_length=1)
    recipients_vi: tuple[str, ...] = Field(min_length=1)


class PlaceFile(Strict):
    """``place.yaml``."""

    code: str
    name_vi: str
    name_en: str
    level: str
    province_code: str
    province_vi: str
    timezone: str
    first_quarter: str
    leading_plan: PlanSource
    leading_plans: dict[str, PlanSource] = Field(default_factory=dict)
    """The plan that leads a single line, by indicator, where it is another one."""
    unnamed_plan: PlanSource = PlanSource.COUNCIL
    include_targeted_capital: bool = False
    part_gates_whole: bool = False
    """Whether a missed ``part_of`` line makes its parent missed in the count of the year."""
    neighbours: tuple[str, ...] = ()
    issuing_office: IssuingOffice | None = None
    report: ReportHeading | None = None
    """Without it the heading is left blank for the office to write."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("not a time zone") from None
        return value

    @field_validator("first_quarter")
    @classmethod
    def _a_quarter(cls, value: str) -> str:
        return str(Quarter.parse(value))

    def plan_leading(self, code: str) -> PlanSource:
        """The plan that leads the line of an indicator."""
        return self.leading_plans.get(code, self.leading_plan)


class Target(Strict):
    """One promised figure of a year, in the indicator's own unit; ``value`` is the lower bound of a range."""

    model_config = ConfigDict(populate_by_name=True)

    code: str
    plan_source: PlanSource
    value: Decimal = Field(ge=0)
    upper: Decimal | None = None
    unit: str
    direction: Direction
    clause: str = Field(min_length=1)
    baseline: Decimal | None = None
    illustrative: bool = False
    known_from: date | None = Field(default=None, alias="from")
    """The day from which it stands, where the plan was changed within the year; None from the beginning."""
    document: str | None = None
    """The document that changed it, where it is another one than the resolution."""
    parent: str | None = None
    """The indicator it is printed as a part of ("Trong đó"): the catalogue's, where it is given."""
    line: int | None = Field(default=None, ge=1)
    """Where it stands in the resolution's text, as ``lagi targets`` counts lines."""

    @field_validator("value", "upper", "baseline", mode="before")
    @classmethod
    def _a_number(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
        if isinstance(value, bool):  # YAML reads yes and no as true and false, which count as 1 and 0
            raise ValueError("not a number")  # noqa: TRY004 - pydantic collects ValueErrors
        return value


@dataclass(frozen=True)
class Resolution:
    """The targets of one year; of a target that was changed every version, each from its day on."""

    year: int
    document: str
    targets: tuple[Target, ...]

    def standing_on(self, day: date) -> Resolution:
        """The targets as they stood on a day: of several versions the last that had come into force."""
        newest: dict[tuple[str, PlanSource], Target] = {}
        for target in sorted(self.targets, key=_since):
            if _since(target) <= day:
                newest[target.code, target.plan_source] = target
        standing = (target for target in self.targets if newest.get((target.code, target.plan_source)) is target)
        return replace(self, targets=tuple(standing))


def _since(target: Target) -> date:
    return target.known_from or date.min


@dataclass(frozen=True)
class Place:
    """A place with its reporting units, offices and targets."""

    file: PlaceFile
    units: tuple[Unit, ...]
    offices: tuple[Office, ...]

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which its days begin and its schedules tick."""
        return ZoneInfo(self.file.timezone)

    @property
    def first_quarter(self) -> Quarter:
        """The first quarter a file may belong to."""
        return Quarter.parse(self.file.first_quarter)

    def units_on(self, day: date) -> list[Unit]:
        """The units that existed on ``day``, in the order of the file."""
        return [unit for unit in self.units if unit.is_valid_on(day)]

    def offices_owing(self, feed: str) -> list[Office]:
        """The offices that owe ``feed``."""
        return [office for office in self.offices if feed in office.feeds]

    @property
    def office_names(self) -> dict[str, str]:
        """The Vietnamese name of every office by its code: those of offices.csv, and the one that issues reports."""
        names = {office.office: office.name_vi for office in self.offices}
        issuing = self.file.issuing_office
        return names if issuing is None else names | {issuing.office: issuing.name_vi}

    def due_day(self, feed: str, quarter: Quarter) -> date:
        """The day by which the final figures of ``feed`` are owed: the quarter's last day plus the days to send.

        The latest where several offices owe it; the quarter's last day where none does.
        """
        days = max((office.days_to_send for office in self.offices_owing(feed)), default=0)
        return quarter.end + timedelta(days=days)

    @property
    def is_its_own_unit(self) -> bool:
        """Whether it is a commune without wards of its own, which stands in ``units.csv`` itself, alone."""
        return bool(self.units) and all(unit.code == self.file.code for unit in self.units)

    def is_on(self, setting: str) -> bool:
        """Whether place.yaml turns a setting of the catalogue on.

        Raises:
            AttributeError: there is no such setting.
        """
        return bool(getattr(self.file, setting))


def _load_units(path: Path, place_code: str) -> tuple[Unit, ...]:
    units: list[Unit] = []
    for line, row in read_csv(path, list(Unit.model_fields)):
        unit = build(Unit, {key: cell or None for key, cell in row.items()}, path, f"line {line}")
        if any((unit.code, unit.valid_from) == (other.code, other.valid_from) for other in units):
            raise CatalogueError(path, f"line {line}", f"unit {unit.code} from {unit.valid_from} stands twice")
        units.append(unit)
    _refuse_no_units(units, path, place_code)
    for unit in units:
        if unit.valid_to is None:
            if unit.successors:
                raise CatalogueError(path, unit.code, f"a successor {unit.successor_code} without a last day")
            continue
        if unit.valid_to < unit.valid_from:
            raise CatalogueError(
                path, unit.code, f"valid to {unit.valid_to}, before it is valid from {unit.valid_from}"
            )
        following = unit.valid_to + timedelta(days=1)
        for code in unit.successors:
            if not any(other.code == code and other.is_valid_on(following) for other in units):
                raise CatalogueError(path, unit.code, f"its successor {code} is not valid on {following}")
    _refuse_twins(units, path)
    return _with_takeovers(units)


def _refuse_no_units(units: list[Unit], path: Path, place_code: str) -> None:
    """A place has units, and none of them bears its code, unless it is a commune and its own only unit."""
    if not units:
        message = f"no unit; a commune without wards lists itself, {place_code}, as its only unit"
        raise CatalogueError(path, "file", message)
    own = [unit.code == place_code for unit in units]
    if any(own) and not all(own):
        message = "the unit has the place's own code, and stands beside others; give the place another in place.yaml"
        raise CatalogueError(path, place_code, message)


def _with_takeovers(units: list[Unit]) -> tuple[Unit, ...]:
    """A unit that takes in another and goes on is another unit from that day: (code, valid_from) keeps them apart."""
    split: list[Unit] = []
    for unit in units:
        taken_in = sorted(
            {
                other.valid_to + timedelta(days=1)
                for other in units
                if other.valid_to is not None and unit.code in other.successors
            }
        )
        part = unit
        for day in taken_in:
            if part.valid_from < day and part.is_valid_on(day):
                eve = day - timedelta(days=1)
                split.append(part.model_copy(update={"valid_to": eve, "successor_code": part.code}))
                part = part.model_copy(update={"valid_from": day})
        split.append(part)
    return tuple(split)


def _refuse_twins(units: list[Unit], path: Path) -> None:
    """No code and no name may mean two units on the same day."""
    for position, unit in enumerate(units):
        for other in units[position + 1 :]:
            overlap = max(unit.valid_from, other.valid_from)
            same = unit.code == other.code or (unit.kind, unit.name_vi) == (other.kind, other.name_vi)
            if same and unit.is_valid_on(overlap) and other.is_valid_on(overlap):
                raise CatalogueError(path, unit.code, f"{unit.label_vi} and {other.label_vi} overlap on {overlap}")


def _load_offices(path: Path, catalogue: Catalogue) -> tuple[Office, ...]:
    known = {folder for feed in catalogue.feeds.values() for folder in feed.folders}
    offices: list[Office] = []
    for line, row in read_csv(path, list(Office.model_fields)):
        feeds = tuple(feed.strip() for feed in row["feeds"].split(";") if feed.strip())
        office = build(Office, {**row, "feeds": feeds}, path, f"line {line}")
        if unknown := sorted(set(feeds) - known):
            raise CatalogueError(
                path, f"line {line}", f"unknown feed {unknown[0]!r}; known: {', '.join(sorted(known))}"
            )
        if any(office.office == other.office for other in offices):
            raise CatalogueError(path, f"line {line}", f"office {office.office!r} stands twice")
        offices.append(office)
    return tuple(offices)


def load_place(raw_dir: Path, catalogue: Catalogue) -> Place:
    """Read ``raw_dir/place``.

    Raises:
        CatalogueError: a file is missing or says nonsense; the message names file and entry.
    """
    folder = raw_dir / "place"
    file = build(PlaceFile, read_yaml(folder / "place.yaml"), folder / "place.yaml", "file")
    for code in file.leading_plans:
        if all(code != indicator.code for indicator in catalogue.indicators):
            raise CatalogueError(folder / "place.yaml", f"leading_plans.{code}", "no such indicator in the catalogue")
    place = Place(
        file=file,
        units=_load_units(folder / "units.csv", file.code),
        offices=_load_offices(folder / "offices.csv", catalogue),
    )
    issuing = place.file.issuing_office
    if issuing is not None and issuing.office in {office.office for office in place.offices}:
        raise CatalogueError(
            folder / "place.yaml", "issuing_office", f"{issuing.office!r} is an office of offices.csv already"
        )
    return place


def load_resolutions(raw_dir: Path, catalogue: Catalogue) -> list[Resolution]:
    """Read every ``raw_dir/resolution/<year>/targets.yaml``, earliest year first.

    Values come in the indicator's unit whatever unit the file states (7 ‰ is 0,7 %).

    Raises:
        CatalogueError: a file says nonsense: another year than its folder, an unknown code or unit, a line twice, a
            direction that cannot be asked of the indicator, bounds that are none, a plan of 0, a part above its whole,
            a change from a day of another time.
    """
    return [
        _load_resolution(path, catalogue)
        for path in sorted((raw_dir / "resolution").glob("*/targets.yaml"))
        if not path.parent.name.startswith(".")
    ]


def _load_resolution(path: Path, catalogue: Catalogue) -> Resolution:
    data = read_yaml(path)
    if unknown := sorted(set(data) - {"year", "document", "adopted", "targets"}):
        raise CatalogueError(path, unknown[0], "unknown key")
    if str(data.get("year")) != path.parent.name:
        raise CatalogueError(path, "year", f"expected the folder's year {path.parent.name}, found {data.get('year')!r}")
    if not isinstance(data.get("targets"), list):
        raise CatalogueError(path, "targets", "expected a list of targets")
    targets = tuple(_read_target(entry, number, path, catalogue) for number, entry in enumerate(data["targets"], 1))
    adopted = _read_adopted(data.get("adopted"), int(data["year"]), path)
    targets = tuple(_dated(target, adopted, int(data["year"]), path) for target in targets)
    for twice in _duplicates(targets):
        since = f" from {twice.known_from}" if twice.known_from else ""
        raise CatalogueError(path, twice.code, f"two targets of the same plan source {twice.plan_source}{since}")
    resolution = Resolution(year=int(data["year"]), document=str(data.get("document", "")), targets=targets)
    for day in sorted({_since(target) for target in targets}):
        _refuse_parts_above_whole(resolution.standing_on(day).targets, path, catalogue)
    return resolution


def _read_adopted(stated: Any, year: int, path: Path) -> date | None:  # noqa: ANN401 - from YAML
    """The day on which the resolution was adopted; None where the file does not tell."""
    if stated is None:
        return None
    try:
        adopted = date.fromisoformat(str(stated))
    except ValueError:
        raise CatalogueError(path, "adopted", f"expected a day like {year - 1}-12-08, found {stated!r}") from None
    if adopted.year > year:
        raise CatalogueError(path, "adopted", f"{adopted} is after the year {year}")
    return adopted


def _dated(target: Target, adopted: date | None, year: int, path: Path) -> Target:
    """A target with the day from which it stands: its own, else that of the resolution's adoption.

    A change from a day of another time is a slip of the pen: it would never come into force, or always have been.
    """
    since = target.known_from
    if since is None:
        return target.model_copy(update={"known_from": adopted})
    if adopted is not None and since < adopted:
        raise CatalogueError(path, target.code, f"from {since}, before the resolution was adopted on {adopted}")
    if not year - 1 <= since.year <= year:
        raise CatalogueError(path, target.code, f"from {since}: no day of the year {year} or of the one before")
    return target


def _read_target(entry: Any, number: int, path: Path, catalogue: Catalogue) -> Target:  # noqa: ANN401 - from YAML
    if not isinstance(entry, dict):
        raise CatalogueError(path, f"target {number}", f"expected a mapping, found {entry!r}")
    label = str(entry.get("code", f"target {number}"))
    if {"code", "value"} <= set(entry) and not str(entry.get("unit") or "").strip():
        raise CatalogueError(path, label, f"a target without a unit of measure: {entry['value']} of what?")
    target = build(Target, entry, path, label)
    try:
        indicator = catalogue.indicator(target.code)
    except KeyError:
        raise CatalogueError(path, label, "no such indicator in the catalogue") from None
    stated, own = lookup(target.unit), lookup(indicator.unit)
    if stated is None or own is None or stated.dimension != own.dimension:
        raise CatalogueError(path, label, f"unit {target.unit!r} where the indicator is in {indicator.unit!r}")
    if target.parent is not None and (indicator.parent is None or indicator.parent.code != target.parent):
        raise CatalogueError(path, label, f"stands below {target.parent!r}, which is not its parent in the catalogue")
    factor = convert(Decimal(1), stated, own)
    converted = {
        name: None if number is None else number * factor
        for name, number in (("value", target.value), ("upper", target.upper), ("baseline", target.baseline))
    }
    if problem := problem_of(indicator, target.direction, target.value * factor, converted["upper"]):
        raise CatalogueError(path, label, problem)
    return target.model_copy(update=converted | {"unit": indicator.unit})


def _duplicates(targets: tuple[Target, ...]) -> Iterator[Target]:
    seen: set[tuple[str, PlanSource, date | None]] = set()
    for target in targets:
        key = (target.code, target.plan_source, target.known_from)
        if key in seen:
            yield target
        seen.add(key)


def _refuse_parts_above_whole(targets: tuple[Target, ...], path: Path, catalogue: Catalogue) -> None:
    values = {(target.code, target.plan_source): target.value for target in targets}
    for target in targets:
        parent = catalogue.indicator(target.code).parent
        if parent is None or parent.relation != "part_of":
            continue
        whole = values.get((parent.code, target.plan_source))
        if whole is not None and target.value > whole:
            raise CatalogueError(
                path, target.code, f"the part {target.value} is above its whole {whole} ({parent.code})"
            )
