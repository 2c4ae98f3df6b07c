"""Reporting units that a form of a quarter may not name: they were there before it or came after. No matching of names.

A merged place still gets forms with the old units for a while; what they became is told with them (domain.md, trap 11).
"""

from __future__ import annotations

from datetime import date, timedelta

from lagi_pipeline.catalogue.place import Place, Unit
from lagi_pipeline.catalogue.quarter import Quarter


def units_of_other_times(place: Place, quarter: Quarter) -> list[Unit]:
    """The units that were not there on the quarter's last day, those nearest in time first."""
    others = [unit for unit in place.units if not unit.is_valid_on(quarter.end)]
    return sorted(others, key=lambda unit: _distance(unit, quarter.end))


def when_vi(unit: Unit, place: Place, quarter: Quarter) -> str:
    """When a unit of another time was there, and what it was by the quarter's last day."""
    if unit.valid_to is None or unit.valid_from > quarter.end:
        return f"{unit.label_vi} chỉ có từ ngày {unit.valid_from:%d/%m/%Y}"
    now = _became(unit, place, quarter.end)
    become = f", nay là {', '.join(f'{one.label_vi} ({one.code})' for one in now)}" if now else ""
    return f"{unit.label_vi} ({unit.code}) chỉ có đến ngày {unit.valid_to:%d/%m/%Y}{become}"


def _distance(unit: Unit, day: date) -> timedelta:
    return unit.valid_from - day if unit.valid_to is None or unit.valid_from > day else day - unit.valid_to


def _became(unit: Unit, place: Place, day: date) -> list[Unit]:
    """The units of a later day that a unit went into, through any number of changes."""
    if unit.is_valid_on(day):
        return [unit]
    if unit.valid_to is None:
        return []
    following = unit.valid_to + timedelta(days=1)
    successors = [one for one in place.units_on(following) if one.code in unit.successors]
    return list(dict.fromkeys(late for one in successors for late in _became(one, place, day)))
