"""Household water (yearly survey) and solid waste (quarterly), a row per phường and xã."""

from __future__ import annotations

import pandas as pd

from lagi_pipeline.feeds.base import Feed, by_unit, keeps_scale
from lagi_pipeline.feeds.plausibility import compared
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import (
    Covers,
    FeedRow,
    Form,
    Missing,
    UnitRows,
    agrees,
    count,
    figure,
    given,
    percent,
    rule,
    text,
)


class UnitRow(FeedRow):
    """What every row of a form by phường and xã carries."""

    unit_code: str = given("Mã đơn vị", "Code of the reporting unit, valid on the quarter's last day")
    unit_name: str = given("Đơn vị", "Name of the reporting unit")
    unit_label: str = text(
        "Phường, xã",
        "Phường, xã",
        "Phường/xã",
        "Xã, phường",
        "Đơn vị",
        "Địa phương",
        "Tên phường, xã",
        en="As printed",
        nullable=False,
    )


class WaterRow(UnitRow):
    """Households of a ward by the water they use."""

    households: pd.Int64Dtype = count("Tổng số hộ", "Tổng số hộ", "Số hộ", unit="hộ", en="Households", gt=0, ge=None)
    hygienic: pd.Int64Dtype = count(
        "Số hộ dùng nước hợp vệ sinh",
        "Số hộ dùng nước hợp vệ sinh",
        "Số hộ sử dụng nước hợp vệ sinh",
        unit="hộ",
        en="Households with hygienic water",
    )
    clean: pd.Int64Dtype = count(
        "Số hộ dùng nước sạch",
        "Số hộ dùng nước sạch (đạt quy chuẩn)",
        "Số hộ dùng nước sạch",
        "Số hộ sử dụng nước sạch",
        "Số hộ sử dụng nước sạch (đạt quy chuẩn)",
        unit="hộ",
        en="Households with clean water",
    )
    hygienic_percent: float = percent(
        "Tỷ lệ hợp vệ sinh (%)",
        "Tỷ lệ (%) / Hợp vệ sinh",
        "Tỷ lệ / Hợp vệ sinh",
        "Tỷ lệ hộ dùng nước hợp vệ sinh (%)",
        en="As printed",
    )
    clean_percent: float = percent(
        "Tỷ lệ nước sạch (%)",
        "Tỷ lệ (%) / Nước sạch",
        "Tỷ lệ / Nước sạch",
        "Tỷ lệ hộ dùng nước sạch (%)",
        en="As printed",
    )

    @rule(
        "hygienic_within_households",
        "số hộ dùng nước hợp vệ sinh {hygienic} lớn hơn tổng số hộ {households}",
        on=("hygienic", "households"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _hygienic_within_households(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["hygienic"] <= frame["households"]

    @rule(
        "clean_within_hygienic",
        "số hộ dùng nước sạch {clean} lớn hơn số hộ dùng nước hợp vệ sinh {hygienic}",
        on=("clean", "hygienic"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _clean_within_hygienic(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["clean"] <= frame["hygienic"]

    @rule(
        "hygienic_percent",
        "tỷ lệ ghi {hygienic_percent} % không bằng {hygienic}/{households} hộ",
        on=("hygienic_percent", "hygienic", "households"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _hygienic_percent(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return agrees(frame, "hygienic_percent", "hygienic", "households")

    @rule(
        "clean_percent",
        "tỷ lệ ghi {clean_percent} % không bằng {clean}/{households} hộ",
        on=("clean_percent", "clean", "households"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _clean_percent(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return agrees(frame, "clean_percent", "clean", "households")


class WasteRow(UnitRow):
    """Solid waste of a ward in the quarter, and from 1 January where the form prints it."""

    generated: float = figure(
        "Khối lượng phát sinh",
        "Thực hiện quý / Khối lượng phát sinh",
        "Khối lượng phát sinh",
        "Phát sinh",
        unit="tấn",
        ge=0,
        en="Generated in the quarter",
    )
    collected: float = figure(
        "Thu gom",
        "Thực hiện quý / Thu gom",
        "Thu gom",
        "Khối lượng thu gom",
        unit="tấn",
        ge=0,
        en="Collected in the quarter",
    )
    treated: float = figure(
        "Xử lý", "Thực hiện quý / Xử lý", "Xử lý", "Khối lượng xử lý", unit="tấn", ge=0, en="Treated in the quarter"
    )
    generated_ytd: float = figure(
        "Phát sinh lũy kế",
        "Lũy kế từ đầu năm / Khối lượng phát sinh",
        "Lũy kế / Khối lượng phát sinh",
        "Lũy kế / Phát sinh",
        unit="tấn",
        required=False,
        ge=0,
        en="Generated from 1 January, as printed",
    )
    collected_ytd: float = figure(
        "Thu gom lũy kế",
        "Lũy kế từ đầu năm / Thu gom",
        "Lũy kế / Thu gom",
        unit="tấn",
        required=False,
        ge=0,
        en="Collected from 1 January, as printed",
    )
    treated_ytd: float = figure(
        "Xử lý lũy kế",
        "Lũy kế từ đầu năm / Xử lý",
        "Lũy kế / Xử lý",
        unit="tấn",
        required=False,
        ge=0,
        en="Treated from 1 January, as printed",
    )

    @rule(
        "treated_within_collected",
        "xử lý {treated} tấn lớn hơn thu gom {collected} tấn",
        on=("treated", "collected"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _treated_within_collected(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["treated"] <= frame["collected"]

    @rule(
        "treated_within_collected_ytd",
        "xử lý lũy kế {treated_ytd} tấn lớn hơn thu gom lũy kế {collected_ytd} tấn",
        on=("treated_ytd", "collected_ytd"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _treated_within_collected_ytd(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["treated_ytd"] <= frame["collected_ytd"]

    @rule(
        "generated_ytd_at_least_quarter",
        "phát sinh lũy kế {generated_ytd} tấn nhỏ hơn số của quý {generated} tấn",
        on=("generated_ytd", "generated"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _generated_ytd_at_least_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["generated_ytd"] >= frame["generated"]

    @rule(
        "collected_ytd_at_least_quarter",
        "thu gom lũy kế {collected_ytd} tấn nhỏ hơn số của quý {collected} tấn",
        on=("collected_ytd", "collected"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _collected_ytd_at_least_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["collected_ytd"] >= frame["collected"]

    @rule(
        "treated_ytd_at_least_quarter",
        "xử lý lũy kế {treated_ytd} tấn nhỏ hơn số của quý {treated} tấn",
        on=("treated_ytd", "treated"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _treated_ytd_at_least_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["treated_ytd"] >= frame["treated"]

    @rule(
        "collected_within_generated",
        "thu gom {collected} tấn lớn hơn phát sinh {generated} tấn (khối lượng phát sinh là ước tính)",
        on=("collected", "generated"),
        missing=Missing.SKIP_IF_ANY,
        severity=Severity.WARNING,
    )
    def _collected_within_generated(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["collected"] <= frame["generated"]


WATER = Feed(
    "water",
    (
        compared(
            Form(
                code="water",
                title_vi="Nước hợp vệ sinh, nước sạch",
                model=WaterRow,
                label="unit_label",
                rows=UnitRows(),
                covers=Covers.EITHER,
            ),
            by_unit(
                households="water_survey_households",
                hygienic="hygienic_water_households",
                clean="clean_water_households",
            ),
            keeps_scale("unit_code", ["households", "hygienic", "clean"]),
            key="unit_code",
        ),
    ),
)
WASTE = Feed(
    "waste",
    (
        compared(
            Form(
                code="waste",
                title_vi="Khối lượng chất thải rắn",
                model=WasteRow,
                label="unit_label",
                rows=UnitRows(town_total_alone=True),
                covers=Covers.QUARTER,
            ),
            by_unit(
                generated="waste_generated",
                collected="waste_collected",
                treated="waste_treated",
                generated_ytd="waste_generated_ytd",
                collected_ytd="waste_collected_ytd",
                treated_ytd="waste_treated_ytd",
            ),
            keeps_scale("unit_code", ["generated", "collected", "treated"]),
            keeps_scale("unit_code", ["generated_ytd", "collected_ytd", "treated_ytd"], cumulative=True),
            key="unit_code",
        ),
    ),
)
