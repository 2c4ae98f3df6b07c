"""Industrial output (triệu đồng) and exports (nghìn USD), anchored on 1.829 tỷ and 177 triệu USD in 2023."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeAlias

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import added_up, apportion, leaves, steps, uneven
from lagi_samples.book import Book, usual_receipt, usual_status
from lagi_samples.forms.economy import (
    GOODS,
    INDUSTRY,
    ExportFigures,
    ExportLine,
    IndustryFigures,
    exports,
    industry,
)
from lagi_samples.office import ILLUSTRATIVE
from lagi_samples.scenario import QUARTERS
from lagi_samples.sheet import Sheet

Figures: TypeAlias = dict[str, int]

REVISED_INDUSTRY = Quarter(2024, 3)
DEAR_GOOD = (Quarter(2024, 4), 3)
CORRECTED_EXPORTS = Quarter(2024, 2)

_INDUSTRY_TO_DATE = {2023: (391_000, 838_000, 1_318_000, 1_829_000), 2024: (402_000, 848_000, 1_327_000, 1_862_000)}
_INDUSTRY_PLAN = {2023: 1_700_000, 2024: 1_800_000}
_BILLIONS_FROM = 2024
_REVISION = 2_500
_SOURCE_NOTE = "số của năm 2023 được nguồn công bố gọi là doanh thu."

_EXPECTED = Quarter(2024, 3)
"""The quarter whose forms say what the office expects of the year."""
_INDUSTRY_EXPECTED = 1_840_000
_EXPORTS_EXPECTED = 185_000
_EXPORTS_TO_DATE = {2023: (37_600, 80_200, 126_900, 177_200), 2024: (40_100, 84_900, 134_200, 187_900)}
_FIRST_SENT = 1_400


def books() -> list[Book]:
    """Every workbook of industry and exports, the corrected one in both vintages."""
    return [
        *[_industry_book(quarter) for quarter in QUARTERS],
        *[_exports_book(quarter) for quarter in QUARTERS],
        _first_exports_book(CORRECTED_EXPORTS),
    ]


def industry_figures(quarter: Quarter) -> IndustryFigures:
    """What the industry form prints for ``quarter``."""
    to_date = _output(quarter)
    done = _output_of(quarter.year, steps(_INDUSTRY_TO_DATE[quarter.year])[quarter.number - 1], quarter.number)
    if quarter == REVISED_INDUSTRY:
        done["T.3"] += _REVISION
        done["T"] += _REVISION
    if quarter.year > QUARTERS[0].year:
        earlier = _output(quarter.a_year_earlier)
    else:
        leaf = {
            line.key: round(to_date[line.key] / (1.04 + 0.01 * at)) for at, line in enumerate(leaves(INDUSTRY, "T"))
        }
        earlier = added_up(INDUSTRY, leaf)
    plan = _output_of(quarter.year, _INDUSTRY_PLAN[quarter.year])
    expected = _industry_expected(to_date) if quarter == _EXPECTED else None
    return IndustryFigures(plan, done, to_date, earlier, expected)


def _industry_expected(to_date: Figures) -> Figures:
    """The year as expected: what is done, and the rest as uneven as the last quarter is."""
    rest = _output_of(_EXPECTED.year, _INDUSTRY_EXPECTED - to_date["T"], _EXPECTED.number + 1)
    return {key: amount + rest[key] for key, amount in to_date.items()}


def _output(quarter: Quarter) -> Figures:
    """Output from 1 January, the sum of its quarters."""
    total: Figures = {}
    for season, amount in enumerate(steps(_INDUSTRY_TO_DATE[quarter.year])[: quarter.number], start=1):
        for key, part in _output_of(quarter.year, amount, season).items():
            total[key] = total.get(key, 0) + part
    return total


def _output_of(year: int, amount: int, season: int = 0) -> Figures:
    """``amount`` by branch, in season 0 for the plan of the year."""
    lines = leaves(INDUSTRY, "T")
    grain = 100 if year >= _BILLIONS_FROM else 1
    parts = apportion(amount, uneven([line.share for line in lines], year + season), grain)
    return added_up(INDUSTRY, dict(zip([line.key for line in lines], parts, strict=True)))


def _industry_book(quarter: Quarter) -> Book:
    received = usual_receipt(quarter, 8)
    notes = (_SOURCE_NOTE,) if quarter == Quarter(2023, 4) else ()
    billions = quarter.year >= _BILLIONS_FROM
    sheet = industry(quarter, industry_figures(quarter), received.date(), in_billions=billions, notes=notes)
    return Book(
        "industry",
        quarter,
        f"gtsx-cong-nghiep-{quarter}.xls",
        [sheet],
        "thongke",
        received,
        quarter.end,
        usual_status(quarter),
    )


def export_figures(quarter: Quarter, *, first_sent: bool = False) -> ExportFigures:
    """The total and the goods of ``quarter``, ``first_sent`` as they stood before the correction."""
    values, quantities = _goods(quarter)
    if first_sent:
        values[-1][0] += _FIRST_SENT
    earlier = _values_a_year_earlier(quarter)
    expected = _exports_expected([sum(column) for column in zip(*values, strict=True)], quarter)
    goods = [
        ExportLine(
            quantity=quantities[-1][at],
            value=values[-1][at],
            quantity_to_date=_summed([row[at] for row in quantities]),
            value_to_date=sum(row[at] for row in values),
            value_a_year_earlier=earlier[at],
            expected=None if expected is None else expected[at],
        )
        for at in range(len(GOODS))
    ]
    total = ExportLine(
        quantity=None,
        value=sum(good.value for good in goods),
        quantity_to_date=None,
        value_to_date=sum(good.value_to_date for good in goods),
        value_a_year_earlier=sum(earlier),
        expected=None if expected is None else sum(expected),
    )
    return ExportFigures(total, goods)


def _exports_expected(to_date: Sequence[int], quarter: Quarter) -> list[int] | None:
    """Each good's value in the whole year as expected, where the form of the quarter prints it."""
    if quarter != _EXPECTED:
        return None
    rest = apportion(_EXPORTS_EXPECTED - sum(to_date), [good.share for good in GOODS], 10)
    return [done + more for done, more in zip(to_date, rest, strict=True)]


def _goods(quarter: Quarter) -> tuple[list[list[int]], list[list[int | None]]]:
    """Values and quantities by good for every quarter of the year up to ``quarter``."""
    values: list[list[int]] = []
    quantities: list[list[int | None]] = []
    for current in quarter.year_to_date:
        amount = steps(_EXPORTS_TO_DATE[current.year])[current.number - 1]
        values.append(apportion(amount, uneven([good.share for good in GOODS], current.year + current.number), 10))
        season = 1 + 0.02 * current.number
        row: list[int | None] = [
            None if good.unit is None else round(value / (good.price * season))
            for good, value in zip(GOODS, values[-1], strict=True)
        ]
        dear_in, dear = DEAR_GOOD
        if current == dear_in:
            row[dear] = round((row[dear] or 0) / 8)
        quantities.append(row)
    return values, quantities


def _summed(quantities: Sequence[int | None]) -> int | None:
    return None if quantities[0] is None else sum(quantity or 0 for quantity in quantities)


def _values_a_year_earlier(quarter: Quarter) -> list[int]:
    year = quarter.year
    values, _ = _goods(quarter if year == QUARTERS[0].year else quarter.a_year_earlier)
    columns = [sum(column) for column in zip(*values, strict=True)]
    if year == QUARTERS[0].year:
        return [round(value / (1.02 + 0.01 * at)) for at, value in enumerate(columns)]
    return columns


def _exports_book(quarter: Quarter) -> Book:
    corrected = quarter == CORRECTED_EXPORTS
    received = usual_receipt(quarter, 9)
    if corrected:
        received += timedelta(days=7, hours=2)
    figures = export_figures(quarter)
    sheet = exports(quarter, figures, received.date(), in_millions=quarter.year > QUARTERS[0].year, corrected=corrected)
    return Book(
        "exports",
        quarter,
        f"xuat-khau-{quarter}{'-dinh-chinh' if corrected else ''}.xlsx",
        _with_annex(sheet, quarter),
        "kinhte",
        received,
        quarter.end,
        usual_status(quarter),
    )


def _first_exports_book(quarter: Quarter) -> Book:
    received = usual_receipt(quarter, 9)
    sheet = exports(quarter, export_figures(quarter, first_sent=True), received.date(), in_millions=True)
    return Book(
        "exports",
        quarter,
        f"xuat-khau-{quarter}.xlsx",
        [sheet],
        "kinhte",
        received,
        quarter.end,
        usual_status(quarter),
    )


def _with_annex(sheet: Sheet, quarter: Quarter) -> list[Sheet]:
    """The form, in 2023 before an annex that is none of the pipeline's business."""
    if quarter.year > QUARTERS[0].year:
        return [sheet]
    return [
        sheet,
        Sheet("Phụ lục", [["Phụ lục: thị trường xuất khẩu"], ["Thị trường", "Ghi chú"], ["Châu Á", ILLUSTRATIVE]]),
    ]
