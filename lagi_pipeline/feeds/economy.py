"""Industrial output and exports: what the town's economy made and sold abroad, quarter and running total."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pandas as pd

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import (
    Feed,
    FeedForm,
    History,
    SeriesFinding,
    adds_up,
    keeps_scale,
    named_in_outline,
    of_items,
)
from lagi_pipeline.intake.form import Covers, FeedRow, Form, Item, Outline, agrees, figure, given, percent, rule, text
from lagi_pipeline.vietnamese.numbers import exact, format_number

_PRICE_FACTOR = 5
"""A unit price outside 1/5 to 5 times its last quarter is remarked on (feeds.md, exports)."""


class IndustryRow(FeedRow):
    """A row of the report on industrial output."""

    path: str = given("Vị trí", "Place in the outline", nullable=True)
    item: str = given("Khoản mục", "Item of the form, null where it has no code", nullable=True)
    basis: str = given("Giá", "Price basis, like so sánh 2010", nullable=True)
    ordinal: str = text("STT", "STT", "TT", en="Marker as printed", required=False)
    branch: str = text(
        "Ngành công nghiệp",
        "Ngành công nghiệp",
        "Chỉ tiêu",
        "Chỉ tiêu / Ngành công nghiệp",
        "Chỉ tiêu, ngành công nghiệp",
        en="Label as printed",
        nullable=False,
    )
    plan: float = figure(
        "Kế hoạch năm",
        "Kế hoạch năm",
        "Kế hoạch",
        unit="tỷ đồng",
        required=False,
        additive=False,
        en="Plan of the year",
    )
    value_quarter: float = figure(
        "Thực hiện quý",
        "Thực hiện quý",
        "Thực hiện trong quý",
        "Ước thực hiện quý",
        unit="tỷ đồng",
        en="Output of the quarter",
    )
    value_ytd: float = figure(
        "Lũy kế từ đầu năm",
        "Lũy kế từ đầu năm",
        "Lũy kế",
        "Ước lũy kế",
        "Thực hiện lũy kế",
        unit="tỷ đồng",
        en="Output from 1 January",
    )
    percent_of_plan: float = percent(
        "So với kế hoạch (%)", "So sánh (%) / Kế hoạch", "So sánh / Kế hoạch", en="As printed"
    )
    percent_of_last_year: float = percent(
        "So với cùng kỳ (%)",
        "So sánh (%) / Cùng kỳ",
        "So sánh / Cùng kỳ",
        "So sánh (%) / Cùng kỳ năm trước",
        en="As printed",
    )

    @rule(
        "industry_percent_of_plan",
        "tỷ lệ ghi {percent_of_plan} % không bằng lũy kế {value_ytd} trên kế hoạch {plan}",
        on=("percent_of_plan", "value_ytd", "plan"),
    )
    def _percent_of_plan(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return agrees(frame, "percent_of_plan", "value_ytd", "plan")

    @rule(
        "ytd_at_least_quarter",
        "lũy kế {value_ytd} nhỏ hơn số của quý {value_quarter}",
        on=("value_ytd", "value_quarter"),
    )
    def _ytd_at_least_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["value_ytd"] >= frame["value_quarter"]


class ExportRow(FeedRow):
    """A row of the report on exports, by goods or by enterprise."""

    path: str = given("Vị trí", "Place in the outline", nullable=True)
    item: str = given("Khoản mục", "Item of the form, null where it has no code", nullable=True)
    ordinal: str = text("STT", "STT", "TT", en="Marker as printed", required=False)
    goods: str = text(
        "Mặt hàng",
        "Mặt hàng",
        "Doanh nghiệp",
        "Mặt hàng xuất khẩu",
        "Tên mặt hàng",
        en="Goods or enterprise as printed",
        nullable=False,
    )
    quantity_unit: str = text("ĐVT", "ĐVT", "Đơn vị tính", en="Unit of the quantity as printed", required=False)
    quantity_quarter: float = figure(
        "Lượng trong quý",
        "Thực hiện quý / Lượng",
        "Trong quý / Lượng",
        unit="index",
        required=False,
        additive=False,
        en="Quantity of the quarter, in its own unit",
    )
    value_quarter: float = figure(
        "Trị giá trong quý",
        "Thực hiện quý / Trị giá",
        "Trong quý / Trị giá",
        "Ước thực hiện quý / Trị giá",
        unit="triệu USD",
        en="Value of the quarter",
    )
    quantity_ytd: float = figure(
        "Lượng lũy kế",
        "Lũy kế / Lượng",
        "Lũy kế từ đầu năm / Lượng",
        unit="index",
        required=False,
        additive=False,
        en="Quantity from 1 January, in its own unit",
    )
    value_ytd: float = figure(
        "Trị giá lũy kế",
        "Lũy kế / Trị giá",
        "Lũy kế từ đầu năm / Trị giá",
        "Ước lũy kế / Trị giá",
        unit="triệu USD",
        en="Value from 1 January",
    )
    percent_of_last_year: float = percent(
        "So sánh cùng kỳ (%)", "So sánh cùng kỳ (%)", "So với cùng kỳ (%)", "So sánh cùng kỳ", en="As printed"
    )

    @rule(
        "export_ytd_at_least_quarter",
        "trị giá lũy kế {value_ytd} nhỏ hơn trị giá của quý {value_quarter}",
        on=("value_ytd", "value_quarter"),
    )
    def _ytd_at_least_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["value_ytd"] >= frame["value_quarter"]


def keeps_unit_price(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
    """Warn where the price of a good (value / quantity of the quarter) leaves 1/5 to 5 times its last quarter's."""
    earlier = history.of(quarter.previous)
    if earlier is None:
        return
    before = _prices(earlier)
    for goods, (index, price) in _prices(current).items():
        if goods in before and not before[goods][1] / _PRICE_FACTOR <= price <= before[goods][1] * _PRICE_FACTOR:
            reason = (
                f"đơn giá «{goods}» {format_number(price, 6)} triệu USD một đơn vị,"
                f" quý trước {format_number(before[goods][1], 6)}: kiểm tra lượng và trị giá"
            )
            yield SeriesFinding(index, "value_quarter", "unit_price", reason)


def _prices(frame: pd.DataFrame) -> dict[str, tuple[int, Decimal]]:
    priced = frame[(frame["quantity_quarter"] > 0) & (frame["value_quarter"] > 0)]
    return {
        str(row["goods"]): (int(str(index)), exact(row["value_quarter"]) / exact(row["quantity_quarter"]))
        for index, row in priced.iterrows()
    }


_SAME_BRANCH = named_in_outline("branch")
_SAME_GOODS = named_in_outline("goods")

INDUSTRY = Feed(
    "industry",
    (
        FeedForm(
            Form(
                code="industry",
                title_vi="Giá trị sản xuất công nghiệp",
                model=IndustryRow,
                label="branch",
                ordinal="ordinal",
                rows=Outline(
                    (
                        Item(
                            "total",
                            (
                                "Tổng số",
                                "Tổng cộng",
                                "Tổng giá trị sản xuất công nghiệp",
                                "Giá trị sản xuất công nghiệp",
                            ),
                            key=True,
                        ),
                    ),
                    total="total",
                ),
                covers=Covers.EITHER,
                unit_line="money",
                basis=True,
                key_figures=("value_ytd",),
            ),
            of_items(industrial_output_ytd=("total", "value_ytd")),
            (
                adds_up(_SAME_BRANCH, "value_quarter", "value_ytd"),
                keeps_scale(_SAME_BRANCH, ["value_quarter"]),
                keeps_scale(_SAME_BRANCH, ["value_ytd"], cumulative=True),
            ),
        ),
    ),
)
EXPORTS = Feed(
    "exports",
    (
        FeedForm(
            Form(
                code="exports",
                title_vi="Kim ngạch xuất khẩu",
                model=ExportRow,
                label="goods",
                ordinal="ordinal",
                rows=Outline(
                    (
                        Item(
                            "total",
                            ("Tổng trị giá", "Tổng kim ngạch", "Tổng kim ngạch xuất khẩu", "Tổng số", "Tổng cộng"),
                            key=True,
                        ),
                    ),
                    total="total",
                ),
                covers=Covers.EITHER,
                unit_line="usd",
                key_figures=("value_ytd",),
            ),
            of_items(export_value_ytd=("total", "value_ytd")),
            (
                adds_up(_SAME_GOODS, "value_quarter", "value_ytd"),
                keeps_unit_price,
                keeps_scale(_SAME_GOODS, ["value_quarter"]),
                keeps_scale(_SAME_GOODS, ["value_ytd"], cumulative=True),
            ),
        ),
    ),
)
