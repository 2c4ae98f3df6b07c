"""Population, employment and poor households by ward."""

from __future__ import annotations

from collections.abc import Sequence

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import apportion, uneven
from lagi_samples.book import Book, usual_receipt, usual_status
from lagi_samples.forms.people import employment, labour_force, population, poverty
from lagi_samples.office import WARDS, Ward
from lagi_samples.scenario import LAST, QUARTERS, YEARS
from lagi_samples.scenario.environment import households
from lagi_samples.sheet import Sheet

UNBALANCED = (Quarter(2024, 2), "Tân Bình", 7)
CHANGED_BASELINE = (2024, "Tân Hải")

_BIRTHS = {2023: 1_452, 2024: 1_420}
_DEATHS = {2023: 668, 2024: 666}
_ARRIVALS = {2023: 610, 2024: 640}
_DEPARTURES = {2023: 900, 2024: 880}
_SEASONS = (0.24, 0.23, 0.27, 0.26)

_JOBS = {2023: (520, 660, 690, 691), 2024: (540, 690, 720, 712)}
_LABOUR = {2023: 61_800, 2024: 62_300}
_TRAINED = {2023: 47_153, 2024: 48_844}

_POOR = {2021: 706, 2022: 587, 2023: 468, 2024: 349}
_NEAR_POOR = {2022: 742, 2023: 655, 2024: 571}
_SIZES = [ward.population for ward in WARDS]
_POVERTY_WEIGHTS = [ward.population * (1.0 if ward.urban else 1.6) for ward in WARDS]


def books() -> list[Book]:
    """Quarterly population and employment, the yearly reviews of poverty."""
    result: list[Book] = []
    for quarter, figures in population_figures().items():
        received = usual_receipt(quarter, 13)
        sheet = population(quarter, figures, received.date())
        result.append(_book("population", quarter, f"dan-so-{quarter}.ods", [sheet], 13))
        sheets = _employment_sheets(quarter)
        result.append(_book("employment", quarter, f"viec-lam-{quarter}.xlsx", sheets, 12))
    for year in (2022, *YEARS):
        quarter = Quarter(year, 4)
        sheet = poverty(quarter, poverty_figures(year), usual_receipt(quarter, 11).date())
        result.append(_book("poverty", quarter, f"ra-soat-ho-ngheo-{year}.xlsx", [sheet], 11))
    return result


def _book(feed: str, quarter: Quarter, name: str, sheets: list[Sheet], days: int) -> Book:
    sender = "dsytt" if feed == "population" else "ldtbxh"
    return Book(feed, quarter, name, sheets, sender, usual_receipt(quarter, days), quarter.end, usual_status(quarter))


def population_figures() -> dict[Quarter, dict[Ward, Sequence[int]]]:
    """Start, births, deaths, arrivals, departures, end, by quarter and ward; each start is the printed end before."""
    start = {ward: ward.population for ward in WARDS}
    result: dict[Quarter, dict[Ward, Sequence[int]]] = {}
    for quarter in QUARTERS:
        flows = [
            apportion(
                apportion(total[quarter.year], _SEASONS)[quarter.number - 1],
                uneven(_SIZES, quarter.year + quarter.number + at, 0.12),
            )
            for at, total in enumerate((_BIRTHS, _DEATHS, _ARRIVALS, _DEPARTURES))
        ]
        rows: dict[Ward, Sequence[int]] = {}
        for ward, births, deaths, arrivals, departures in zip(WARDS, *flows, strict=True):
            end = start[ward] + births - deaths + arrivals - departures
            if (quarter, ward.name) == UNBALANCED[:2]:
                end += UNBALANCED[2]
            rows[ward] = (start[ward], births, deaths, arrivals, departures, end)
            start[ward] = end
        result[quarter] = rows
    return result


def job_figures(quarter: Quarter) -> dict[Ward, Sequence[int]]:
    """Placed, women, fund loans, abroad, other, trained, by ward; the parts add up to the placed."""
    placed = apportion(_JOBS[quarter.year][quarter.number - 1], uneven(_SIZES, quarter.year + quarter.number))
    result: dict[Ward, Sequence[int]] = {}
    for ward, number in zip(WARDS, placed, strict=True):
        loans, abroad = round(0.44 * number), max(1, round(0.05 * number))
        women, trained = round(0.48 * number), round(0.79 * number)
        result[ward] = (number, women, loans, abroad, number - loans - abroad, trained)
    return result


def labour_figures(year: int) -> dict[Ward, Sequence[int]]:
    """Labour force, trained, with a degree or certificate, by ward."""
    force = apportion(_LABOUR[year], uneven(_SIZES, 1, 0.02))
    rates = [people * (1.02 if ward.urban else 0.97) for people, ward in zip(force, WARDS, strict=True)]
    trained = apportion(_TRAINED[year], uneven(rates, year, 0.02))
    return {ward: (people, able, round(0.36 * able)) for ward, people, able in zip(WARDS, force, trained, strict=True)}


def _employment_sheets(quarter: Quarter) -> list[Sheet]:
    dated = usual_receipt(quarter, 12).date()
    with_trained = quarter.year > YEARS[0]
    jobs = {ward: row if with_trained else row[:5] for ward, row in job_figures(quarter).items()}
    first = employment(quarter, jobs, dated, trained=with_trained)
    if not with_trained:
        first = first.shifted(2, 0)
    if quarter.number < LAST:
        return [first]
    return [first, labour_force(quarter, labour_figures(quarter.year), dated)]


def poverty_figures(year: int) -> dict[Ward, Sequence[int]]:
    """All households, poor at start, fewer, more, poor at end, near-poor at end, by ward."""
    total = households(year)
    before = apportion(_POOR[year - 1], uneven(_POVERTY_WEIGHTS, year - 1, 0.06))
    after = apportion(_POOR[year], uneven(_POVERTY_WEIGHTS, year, 0.06))
    near = apportion(_NEAR_POOR[year], uneven(_POVERTY_WEIGHTS, year + 1, 0.06))
    result: dict[Ward, Sequence[int]] = {}
    for at, ward in enumerate(WARDS):
        start = before[at] + ((year, ward.name) == CHANGED_BASELINE)
        more = 2 + at % 3
        result[ward] = (total[ward], start, start + more - after[at], more, after[at], near[at])
    return result
