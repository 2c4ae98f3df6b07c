"""Forest (Biểu 1, Thông tư 33/2018/TT-BNNPTNT as amended by 16/2023, shortened) and perennial crops, yearly."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from lagi_pipeline.feeds.base import Feed, keeps_scale, named_in_outline, of_items
from lagi_pipeline.feeds.plausibility import compared
from lagi_pipeline.intake.form import (
    Covers,
    FeedRow,
    Form,
    Item,
    Line,
    Listing,
    Missing,
    Outline,
    UsualRow,
    figure,
    given,
    rule,
    text,
)
from lagi_pipeline.intake.keys import compare

NATURAL_AREA = "natural_area"
_NATURAL_AREA_LABELS = ("Diện tích tự nhiên", "Tổng diện tích tự nhiên")
_FOREST, _NATURAL, _PLANTED = "1100", "1110", "1120"
_UNFORESTED, _UNFORESTED_PARTS = "2000", ("2010", "2020")


class ForestRow(FeedRow):
    """A class of forest of Biểu 1; the natural area stands as a row of its own."""

    ordinal: str = text("TT", "TT", "STT", "Số TT", en="Marker as printed", required=False)
    forest_class: str = text("Phân loại rừng", "Phân loại rừng", en="Class as printed", nullable=False)
    code: str = text("Mã", "Mã", "Mã số", en="Code of Biểu 1, or natural_area", nullable=False)
    area: float = figure("Tổng diện tích", "Tổng diện tích", "Tổng", unit="ha", ge=0, nullable=False, en="Area")
    special_use: float = figure(
        "Đặc dụng", "Phân theo mục đích sử dụng / Đặc dụng", "Đặc dụng", unit="ha", ge=0, en="Special-use forest"
    )
    protection: float = figure(
        "Phòng hộ", "Phân theo mục đích sử dụng / Phòng hộ", "Phòng hộ", unit="ha", ge=0, en="Protection forest"
    )
    production: float = figure(
        "Sản xuất", "Phân theo mục đích sử dụng / Sản xuất", "Sản xuất", unit="ha", ge=0, en="Production forest"
    )
    unplanned: float = figure(
        "Ngoài quy hoạch",
        "Ngoài quy hoạch",
        "Ngoài quy hoạch 3 loại rừng",
        unit="ha",
        required=False,
        ge=0,
        en="Outside the plan",
    )

    @rule(
        "purposes_add_up",
        "tổng diện tích {area} ha khác tổng các mục đích",
        on=("area", "special_use", "protection", "production"),
        missing=Missing.NEVER_SKIP,
    )
    def _purposes_add_up(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """Purposes that are given are never more than the whole, and make it up where none of the three is missing."""
        purposes = ["special_use", "protection", "production", "unplanned"]
        halves = [float(frame.attrs["steps"][name]) / 2 for name in ("area", *purposes)]
        tolerance = sum(halves) + 1e-9
        over = frame[purposes].fillna(0).sum(axis=1) - frame["area"]
        is_gap = frame[["special_use", "protection", "production"]].isna().any(axis=1)
        return frame["area"].isna() | (over.abs() <= tolerance) | (is_gap & (over <= tolerance))

    @rule(
        "forest_parts",
        "{forest_class} (mã {code}): diện tích {area} ha khác tổng các mã con",
        on=("area", "code"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _forest_parts(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """1100 = 1110 + 1120; in a block of ten, codes ending 1 to 3 make the whole, 4 to 6 the one ending 3.

        With a part that was sent back nothing is proven.
        """
        area = dict(zip(frame["code"], frame["area"], strict=True))
        step, sent_back = frame.attrs["steps"]["area"], frame.attrs["rejected_keys"]

        def holds(code: str) -> bool:
            known = _parts(code, area)
            unproven = any(part in sent_back for part in _parts(code, {*area, *sent_back}))
            return unproven or compare(area[code], [area[part] for part in known], step) is None

        return frame["code"].map(holds, na_action="ignore")

    @rule(
        "unforested_parts",
        "chưa thành rừng {area} ha nhỏ hơn tổng các mã con",
        on=("area",),
        missing=Missing.SKIP_IF_ANY,
    )
    def _unforested_parts(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """2000 contains 2010 and 2020, and more."""
        parts = frame.loc[frame["code"].isin(_UNFORESTED_PARTS), "area"]
        tolerance = float(frame.attrs["steps"]["area"]) / 2 * (len(parts) + 1) + 1e-9
        return (frame["code"] != _UNFORESTED) | (frame["area"] >= parts.sum() - tolerance)

    @rule(
        "forest_within_natural_area",
        "diện tích có rừng {area} ha lớn hơn diện tích tự nhiên",
        on=("area",),
        missing=Missing.SKIP_IF_ANY,
    )
    def _within_natural_area(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        natural = frame.loc[frame["code"] == NATURAL_AREA, "area"]
        within: pd.Series[bool] = (frame["area"] <= natural.max()) | natural.empty
        return within

    @rule("forest_code_once", "mã {code} có nhiều dòng", on=("code",), missing=Missing.SKIP_IF_ANY)
    def _once(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return ~frame["code"].duplicated(keep=False)


def _parts(code: str, known: Iterable[str]) -> list[str]:
    """The codes that make up a code, of those that are there."""
    if code == _FOREST:
        parts = [_NATURAL, _PLANTED]
    elif code.isdigit() and code.endswith("0") and not code.endswith("00"):
        parts = [code[:-1] + digit for digit in "123"] if code[0] == "1" else []
    elif code.isdigit() and code.endswith("3"):
        parts = [code[:-1] + digit for digit in "456"]
    else:
        parts = []
    return [part for part in parts if part in set(known)]


class CropRow(FeedRow):
    """A group of perennial crops."""

    path: str = given("Vị trí", "Place in the outline", nullable=True)
    item: str = given("Khoản mục", "total, on_forest_land, or null for a crop", nullable=True)
    ordinal: str = text("STT", "STT", "TT", "Số TT", en="Marker as printed", required=False)
    crop: str = text("Nhóm cây", "Nhóm cây", "Loại cây", "Cây trồng", en="As printed", nullable=False)
    area: float = figure("Diện tích", "Diện tích", "Diện tích hiện có", unit="ha", ge=0, en="Area")


_CROP_ITEMS = (
    Item("total", ("Tổng cộng", "Tổng số", "Tổng diện tích", "Tổng"), key=True),
    Item("on_forest_land", ("Trong đó trên đất rừng", "Trong đó: trên đất rừng", "Trong đó trên đất lâm nghiệp")),
)


# The classes that the shortened Biểu 1 cannot do without; finer ones are the ranger station's to add.
_FOREST_ROWS = tuple(
    UsualRow(marker, label, (("code", code),))
    for marker, label, code in (
        ("I", "RỪNG PHÂN THEO NGUỒN GỐC (có rừng)", _FOREST),
        ("1", "Rừng tự nhiên", _NATURAL),
        ("2", "Rừng trồng", _PLANTED),
        ("II", "DIỆN TÍCH CHƯA THÀNH RỪNG", _UNFORESTED),
        ("1", "Diện tích đã trồng chưa thành rừng", _UNFORESTED_PARTS[0]),
        ("2", "Diện tích khoanh nuôi tái sinh", _UNFORESTED_PARTS[1]),
    )
)
_CROP_ROWS = (
    UsualRow("I", "Cây công nghiệp lâu năm"),
    UsualRow("1", "Điều"),
    UsualRow("2", "Cao su"),
    UsualRow("3", "Dừa"),
    *[UsualRow()] * 4,
    UsualRow("II", "Cây ăn quả lâu năm"),
    UsualRow("1", "Thanh long"),
    UsualRow("2", "Xoài"),
    *[UsualRow()] * 4,
    UsualRow("", "Tổng cộng"),
    UsualRow("", "Trong đó trên đất rừng"),
)


_SAME_CROP = named_in_outline("crop")

FORESTRY = Feed(
    "forestry",
    (
        compared(
            Form(
                code="forestry",
                title_vi="Biểu 1, diện tích rừng",
                model=ForestRow,
                label="forest_class",
                rows=Listing(
                    key_column="code", keys=(_FOREST, NATURAL_AREA), nested=True, usual=_FOREST_ROWS, blank_rows=14
                ),
                covers=Covers.EITHER,
                zero_dash=True,
                lines=(Line(NATURAL_AREA, _NATURAL_AREA_LABELS, "area", "code"),),
                sheet_vi="Biểu 1",
            ),
            of_items("code", forest_area=(_FOREST, "area"), natural_area=(NATURAL_AREA, "area")),
            keeps_scale("code", ["area"]),
            key="code",
        ),
        compared(
            Form(
                code="forestry_crops",
                title_vi="Diện tích cây công nghiệp lâu năm, cây ăn quả lâu năm",
                model=CropRow,
                label="crop",
                ordinal="ordinal",
                rows=Outline(_CROP_ITEMS, total="total", usual=_CROP_ROWS),
                covers=Covers.EITHER,
                key_figures=("area",),
                folder="crops",
                sheet_vi="Cây lâu năm",
            ),
            of_items(perennial_crop_area=("total", "area"), crops_on_forest_land=("on_forest_land", "area")),
            keeps_scale(_SAME_CROP, ["area"]),
            key=_SAME_CROP,
        ),
    ),
)
