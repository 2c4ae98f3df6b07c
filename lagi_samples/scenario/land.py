"""Forest and perennial crops, in hundredths of ha: green cover 63,8 % (2023) and 64,1 % (2024) of 18.537 ha."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import apportion
from lagi_samples.book import Book
from lagi_samples.forms.land import CropGroup, crops, forestry
from lagi_samples.scenario import YEARS

_FOREST = {
    2023: {
        1111: (0, 21_450, 0, 0),
        1112: (0, 168_320, 61_240, 4_310),
        1121: (0, 62_180, 81_430, 9_275),
        1122: (0, 11_260, 58_915, 3_640),
        1124: (0, 0, 14_830, 2_120),
        1125: (0, 0, 9_410, 1_365),
        1126: (0, 8_745, 0, 0),
        2010: (0, 18_420, 26_735, 0),
        2020: (0, 9_860, 0, 0),
    },
    2024: {
        1111: (0, 21_450, 0, 0),
        1112: (0, 168_910, 61_505, 4_310),
        1121: (0, 63_020, 82_615, 9_275),
        1122: (0, 11_385, 59_480, 3_640),
        1124: (0, 0, 15_095, 2_120),
        1125: (0, 0, 9_560, 1_365),
        1126: (0, 8_790, 0, 0),
        2010: (0, 17_040, 25_120, 0),
        2020: (0, 9_310, 0, 0),
    },
}
_PARENTS = {
    1123: (1124, 1125, 1126),
    1110: (1111, 1112),
    1120: (1121, 1122, 1123),
    1100: (1110, 1120),
    2000: (2010, 2020),
}
_GREEN = {2023: 1_182_661, 2024: 1_188_222}
_ON_FOREST_LAND = {2023: None, 2024: 12_600}
_INDUSTRIAL = (("Điều", 31), ("Cao su", 17), ("Dừa", 9))
_FRUIT = (("Thanh long", 29), ("Xoài", 8), ("Cây ăn quả khác", 6))
_RECEIVED = {
    2023: datetime.fromisoformat("2024-02-07T10:00"),
    2024: datetime.fromisoformat("2025-02-10T10:00"),
}
_CROPS_RECEIVED = datetime.fromisoformat("2025-01-09T08:30")


def forest(year: int) -> dict[int, Sequence[int]]:
    """Area by code and purpose, parents the sums of their parts."""
    areas: dict[int, Sequence[int]] = dict(_FOREST[year])
    for parent, parts in _PARENTS.items():
        areas[parent] = [sum(column) for column in zip(*[areas[part] for part in parts], strict=True)]
    return areas


def crop_groups(year: int, areas: Mapping[int, Sequence[int]]) -> tuple[CropGroup, CropGroup]:
    """The crops that, with forest and less the trees on forest land, make up the green area."""
    total = _GREEN[year] - sum(areas[1100]) + (_ON_FOREST_LAND[year] or 0)
    names = [name for name, _ in (*_INDUSTRIAL, *_FRUIT)]
    named = list(zip(names, apportion(total, [share for _, share in (*_INDUSTRIAL, *_FRUIT)]), strict=True))
    split = len(_INDUSTRIAL)
    return CropGroup("Cây công nghiệp lâu năm", named[:split]), CropGroup("Cây ăn quả lâu năm", named[split:])


def books() -> list[Book]:
    """Forest and crops in one workbook for 2023, in two for 2024."""
    result: list[Book] = []
    for year in YEARS:
        quarter, areas, received = Quarter(year, 4), forest(year), _RECEIVED[year]
        sheets = [forestry(quarter, areas, received.date(), as_text=year > YEARS[0])]
        groups = crop_groups(year, areas)
        if year == YEARS[0]:
            sheets.append(crops(quarter, groups, _ON_FOREST_LAND[year], received.date(), "kiemlam"))
        else:
            result.append(
                Book(
                    "crops",
                    quarter,
                    f"cay-lau-nam-{year}.xlsx",
                    [crops(quarter, groups, _ON_FOREST_LAND[year], _CROPS_RECEIVED.date())],
                    "kinhte",
                    _CROPS_RECEIVED,
                    quarter.end,
                    "final",
                )
            )
        result.append(
            Book("forestry", quarter, f"dien-tich-rung-{year}.xlsx", sheets, "kiemlam", received, quarter.end, "final")
        )
    return result
