"""Household water and solid waste by ward. Waste in tenths of a tonne inside, in tonnes on the sheet."""

from __future__ import annotations

from collections.abc import Sequence

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import apportion, uneven
from lagi_samples.book import Book, usual_receipt, usual_status
from lagi_samples.forms.environment import waste, water
from lagi_samples.office import PHUONG, WARDS, XA, Ward
from lagi_samples.scenario import QUARTERS, YEARS
from lagi_samples.sheet import Sheet

HOUSEHOLDS = {2022: 28_650, 2023: 28_880, 2024: 29_110}
_WITHOUT_HYGIENIC = {2023: 110, 2024: 0}
_CLEAN = {2023: 26_974, 2024: 27_538}
_CLEAN_RATE = {True: 0.965, False: 0.885}

MISSING_WASTE = Quarter(2024, 2)
WASTE_TO_DATE = (Quarter(2024, 1), Quarter(2024, 4))
OVERCOLLECTED = (Quarter(2023, 4), "Tân Tiến")
POINT_TEXT = (Quarter(2023, 1), "X. Tân Tiến")

_GENERATED_URBAN = {2023: (89_100, 88_200, 90_300, 93_400), 2024: (90_600, 89_700, 91_500, 95_200)}
_GENERATED_RURAL = {2023: (29_400, 29_100, 29_800, 30_700), 2024: (30_100, 29_900, 30_400, 31_600)}
_TREATED_URBAN = {2023: (0.952, 0.957, 0.959, 0.9638), 2024: (0.961, 0.963, 0.965, 0.9668)}
_TREATED_RURAL = {2023: 0.83, 2024: 0.85}


def households(year: int) -> dict[Ward, int]:
    """Households by ward at the end of ``year``."""
    parts = apportion(HOUSEHOLDS[year], [ward.population for ward in WARDS])
    return dict(zip(WARDS, parts, strict=True))


def water_figures(year: int) -> dict[Ward, Sequence[int]]:
    """Households, with hygienic water, with clean water, by ward."""
    total = households(year)
    without = apportion(_WITHOUT_HYGIENIC[year], uneven([1 if ward.urban else 4 for ward in WARDS], year, 0.4))
    clean = apportion(_CLEAN[year], uneven([total[ward] * _CLEAN_RATE[ward.urban] for ward in WARDS], year, 0.012))
    return {
        ward: (total[ward], total[ward] - missing, supplied)
        for ward, missing, supplied in zip(WARDS, without, clean, strict=True)
    }


def waste_figures(quarter: Quarter) -> dict[Ward, list[float]]:
    """Tonnes generated, collected, treated in ``quarter``, by ward."""
    at = quarter.number - 1
    urban = _tenths(PHUONG, _GENERATED_URBAN[quarter.year][at], _TREATED_URBAN[quarter.year][at], 0.4)
    rural = _tenths(XA, _GENERATED_RURAL[quarter.year][at], _TREATED_RURAL[quarter.year], 0.3)
    tenths = urban | rural
    for ward, row in tenths.items():
        if (quarter, ward.name) == OVERCOLLECTED:
            row[1] = row[0] + 164
    return {ward: [figure / 10 for figure in row] for ward, row in tenths.items()}


def _tenths(wards: Sequence[Ward], generated: int, treated: float, uncollected: float) -> dict[Ward, list[int]]:
    """Generated, collected, treated; ``uncollected`` is the part of the untreated that was never collected."""
    amounts = apportion(generated, uneven([ward.population for ward in wards], generated, 0.03))
    done = apportion(round(generated * treated), uneven(amounts, generated, 0.012))
    return {
        ward: [amount, amount - round((amount - part) * uncollected), part]
        for ward, amount, part in zip(wards, amounts, done, strict=True)
    }


def waste_to_date(quarter: Quarter) -> dict[Ward, list[float]]:
    """The same from 1 January, the quarter that was never sent included."""
    parts = [waste_figures(each) for each in quarter.year_to_date]
    return {
        ward: [round(sum(column), 1) for column in zip(*[part[ward] for part in parts], strict=True)] for ward in WARDS
    }


def books() -> list[Book]:
    """Yearly water, quarterly waste (one quarter missing)."""
    return [
        *[_water_book(year) for year in YEARS],
        *[_waste_book(quarter) for quarter in QUARTERS if quarter != MISSING_WASTE],
    ]


def _water_book(year: int) -> Book:
    quarter = Quarter(year, 4)
    received = usual_receipt(quarter, 14)
    sheet = water(quarter, water_figures(year), received.date(), blocks=year > YEARS[0])
    if year > YEARS[0]:
        sheet = sheet.shifted(1, 1)
    return Book("water", quarter, f"nuoc-sach-{year}.xlsx", [sheet], "qldt", received, quarter.end, "final")


def _waste_book(quarter: Quarter) -> Book:
    received = usual_receipt(quarter, 8)
    to_date = waste_to_date(quarter) if quarter in WASTE_TO_DATE else None
    sheet = waste(quarter, waste_figures(quarter), received.date(), to_date=to_date)
    if quarter == POINT_TEXT[0]:
        _write_point(sheet, POINT_TEXT[1])
    return Book(
        "waste",
        quarter,
        f"chat-thai-ran-{quarter}.xlsx",
        [sheet],
        "tnmt",
        received,
        quarter.end,
        usual_status(quarter),
    )


def _write_point(sheet: Sheet, ward: str) -> None:
    """The ward's collected tonnes as text with a decimal point, the way a foreign keyboard types it."""
    address = sheet.beside(ward, "D")
    sheet.set(address, str(sheet.get(address)))
