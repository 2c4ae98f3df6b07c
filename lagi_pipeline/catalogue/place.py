"""The models of a place's own files: ``place.yaml``, ``units.csv``, ``offices.csv`` and the year's ``targets.yaml``.

Another place, or another year, is another folder of these files and no change of code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from lagi_pipeline.catalogue.indicators import Catalogue, Direction, PlanSource
from lagi_pipeline.catalogue.loading import CatalogueError, Strict, build, read_csv, read_yaml
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.vietnamese.units import convert, lookup


class Unit(Strict):
    """A reporting unit (ward or commune), keyed by its code *and* the day it came into being: codes get reused."""

    code: str = Field(pattern=r"^\d+$")
    name_vi: str = Field(min_length=1)
    kind: Literal["phường", "xã", "thị trấn"]
    urban: bool
    valid_from: date
    valid_to: date | None
    successor_code: str | None

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
    unnamed_plan: PlanSource = PlanSource.COUNCIL
    include_targeted_capital: bool = False
    neighbours: tuple[str, ...] = ()
    issuing_office: IssuingOffice | None = None

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


class Target(Strict):
    """One promised figure of a year, in the indicator's own unit."""

    code: str
    plan_source: PlanSource
    value: Decimal = Field(ge=0)
    unit: str
    direction: Direction
    clause: str = Field(min_length=1)
    baseline: Decimal | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Resolution:
    """The targets of one year."""

    year: int
    document: str
    targets: tuple[Target, ...]


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

    def is_on(self, setting: str) -> bool:
        """Whether place.yaml turns a setting of the catalogue on.

        Raises:
            AttributeError: there is no such setting.
        """
        return bool(getattr(self.file, setting))


def _load_units(path: Path) -> tuple[Unit, ...]:
    units: list[Unit] = []
    for line, row in read_csv(path, list(Unit.model_fields)):
        unit = build(Unit, {key: cell or None for key, cell in row.items()}, path, f"line {line}")
        if any((unit.code, unit.valid_from) == (other.code, other.valid_from) for other in units):
            raise CatalogueError(path, f"line {line}", f"unit {unit.code} from {unit.valid_from} stands twice")
        units.append(unit)
    for unit in units:
        if unit.valid_to is None:
            continue
        if unit.valid_to < unit.valid_from:
            raise CatalogueError(
                path, unit.code, f"valid to {unit.valid_to}, before it is valid from {unit.valid_from}"
            )
        following = unit.valid_to + timedelta(days=1)
        if unit.successor_code and not any(
            other.code == unit.successor_code and other.is_valid_on(following) for other in units
        ):
            raise CatalogueError(path, unit.code, f"its successor {unit.successor_code} is not valid on {following}")
    _refuse_twins(units, path)
    return tuple(units)


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
    place = Place(
        file=build(PlaceFile, read_yaml(folder / "place.yaml"), folder / "place.yaml", "file"),
        units=_load_units(folder / "units.csv"),
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
            direction that is not the indicator's, a part above its whole.
    """
    return [
        _load_resolution(path, catalogue)
        for path in sorted((raw_dir / "resolution").glob("*/targets.yaml"))
        if not path.parent.name.startswith(".")
    ]


def _load_resolution(path: Path, catalogue: Catalogue) -> Resolution:
    data = read_yaml(path)
    if unknown := sorted(set(data) - {"year", "document", "targets"}):
        raise CatalogueError(path, unknown[0], "unknown key")
    if str(data.get("year")) != path.parent.name:
        raise CatalogueError(path, "year", f"expected the folder's year {path.parent.name}, found {data.get('year')!r}")
    if not isinstance(data.get("targets"), list):
        raise CatalogueError(path, "targets", "expected a list of targets")
    targets = tuple(_read_target(entry, number, path, catalogue) for number, entry in enumerate(data["targets"], 1))
    for twice in _duplicates(targets):
        raise CatalogueError(path, twice.code, f"two targets of the same plan source {twice.plan_source}")
    _refuse_parts_above_whole(targets, path, catalogue)
    return Resolution(year=int(data["year"]), document=str(data.get("document", "")), targets=targets)


def _read_target(entry: Any, number: int, path: Path, catalogue: Catalogue) -> Target:  # noqa: ANN401 - from YAML
    if not isinstance(entry, dict):
        raise CatalogueError(path, f"target {number}", f"expected a mapping, found {entry!r}")
    label = str(entry.get("code", f"target {number}"))
    target = build(Target, entry, path, label)
    try:
        indicator = catalogue.indicator(target.code)
    except KeyError:
        raise CatalogueError(path, label, "no such indicator in the catalogue") from None
    stated, own = lookup(target.unit), lookup(indicator.unit)
    if stated is None or own is None or stated.dimension != own.dimension:
        raise CatalogueError(path, label, f"unit {target.unit!r} where the indicator is in {indicator.unit!r}")
    if target.direction is not indicator.direction:
        raise CatalogueError(path, label, f"direction {target.direction} where the indicator is {indicator.direction}")
    factor = convert(Decimal(1), stated, own)
    if indicator.cap is not None and target.value * factor > indicator.cap:
        raise CatalogueError(
            path, label, f"{target.value} {target.unit} is above the highest there can be, {indicator.cap}"
        )
    return target.model_copy(
        update={
            "value": target.value * factor,
            "unit": indicator.unit,
            "baseline": None if target.baseline is None else target.baseline * factor,
        }
    )


def _duplicates(targets: tuple[Target, ...]) -> Iterator[Target]:
    seen: set[tuple[str, PlanSource]] = set()
    for target in targets:
        if (target.code, target.plan_source) in seen:
            yield target
        seen.add((target.code, target.plan_source))


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
