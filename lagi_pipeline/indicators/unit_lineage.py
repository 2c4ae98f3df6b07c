"""Which units of an earlier day a unit is made of (``successor_code``): mergers, new names, new codes, divisions.

A code may have meant another unit before, as 23246 did (domain.md, trap 11): units are compared, never codes.
No figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lagi_pipeline.catalogue.indicators import Indicator, Kind
from lagi_pipeline.catalogue.place import Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.wording import date_vi


@dataclass(frozen=True, slots=True)
class Origin:
    """What a unit was on an earlier day: ``parts`` went into it whole.

    ``divided`` are former units that only partly became it, ``unheralded`` units that nothing is said to have become:
    with either of them the parts are not all of it.
    """

    parts: tuple[Unit, ...] = ()
    divided: tuple[Unit, ...] = ()
    unheralded: tuple[Unit, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the parts together were the unit, no more and no less."""
        return not self.divided and not self.unheralded

    def has_urban(self) -> bool:
        """Whether it is known, and any of it was urban."""
        return self.is_whole and any(part.urban for part in self.parts)

    def unknown_vi(self, unit: Unit) -> str:
        """Why ``unit`` has no figures of that day; "" where nothing stands in the way."""
        if self.divided:
            names = ", ".join(part.label_vi for part in self.divided)
            return f"{unit.label_vi} lập từ một phần của {names}: số liệu trước đó không chia tách được"
        since = ", ".join(f"{new.label_vi} có từ ngày {date_vi(new.valid_from)}" for new in self.unheralded)
        return f"{since}, không rõ lập từ đơn vị nào: không có số liệu trước đó" if since else ""


def origin(place: Place, unit: Unit, day: date) -> Origin:
    """What ``unit`` was on ``day``: itself, or what it was formed of, through any number of changes.

    Nothing, and whole, on a day when it is no longer there.
    """
    if unit.is_valid_on(day):
        return Origin((unit,))
    if day > unit.valid_from:
        return Origin()
    eve = unit.valid_from - timedelta(days=1)
    former = [other for other in place.units if other.valid_to == eve and unit.code in other.successors]
    if not former:
        return Origin(unheralded=(unit,))
    divided = tuple(other for other in former if len(other.successors) > 1)
    earlier = [origin(place, other, day) for other in former if other not in divided]
    return Origin(
        tuple(part for one in earlier for part in one.parts),
        (*divided, *(part for one in earlier for part in one.divided)),
        tuple(part for one in earlier for part in one.unheralded),
    )


def counted_units(place: Place, indicator: Indicator, quarter: Quarter) -> list[Unit]:
    """The units of a quarter's last day that an indicator has a figure of.

    All; of an urban one the urban units, and where it sums up the year those formed of urban ones since 1 January.
    """
    units = place.units_on(quarter.end)
    if indicator.units == "all":
        return units
    sums_up = indicator.kind in {Kind.FLOW_YTD, Kind.RATIO_OVER_PERIOD, Kind.RATE_OVER_YEAR}
    return [unit for unit in units if (was_urban(place, unit, quarter) if sums_up else unit.urban)]


def was_urban(place: Place, unit: Unit, quarter: Quarter) -> bool:
    """Whether a unit, or what it was formed of, was urban at the end of any quarter of the year so far."""
    return any(origin(place, unit, earlier.end).has_urban() for earlier in quarter.year_to_date)
