"""Industrial output and exports: what the town's economy made and sold abroad, quarter and running total."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from lagi_pipeline.catalogue.plausibility import plausibility
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import (
    Feed,
    History,
    SeriesFinding,
    adds_up,
    keeps_scale,
    named_in_outline,
    of_items,
)
from lagi_pipeline.feeds.estimates import YEAR_ESTIMATE, headed_below
from lagi_pipeline.feeds.plausibility import compared
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import (
    Covers,
    FeedRow,
    Form,
    Item,
    Missing,
    Outline,
    UsualRow,
    agrees,
    figure,
    given,
    percent,
    rule,
    text,
    year_estimate,
)
from lagi_pipeline.vietnamese.numbers import format_number


class IndustryRow(FeedRow):
    """A row of the report on industrial output."""

    path: str = given("Vị trí", "Place in the outline", nullable=True)
    item: str = given("Khoản mục", "Item of the form, null where it has no code", nullable=True)
    basis: str = given("Giá", "Price basis, like so sánh 2010", nullable=True)
    ordinal: str = text("STT", "STT", "TT", "Số TT", en="Marker as printed", required=False)
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
    year_estimate: float = year_estimate(*YEAR_ESTIMATE, *headed_below("Giá trị"), unit="tỷ đồng")
    percent_of_plan: float = percent(
        "So với kế hoạch (%)", "So sánh (%) / Kế hoạch", "So sánh / Kế hoạch", en="As printed", compares=True
    )
    percent_of_last_year: float = percent(
        "So với cùng kỳ (%)",
        "So sánh (%) / Cùng kỳ",
        "So sánh / Cùng kỳ",
        "So sánh (%) / Cùng kỳ năm trước",
        en="As printed",
        compares=True,
    )

    @rule(
        "industry_percent_of_plan",
        "tỷ lệ ghi {percent_of_plan} % không bằng lũy kế {value_ytd} trên kế hoạch {plan}",
        on=("percent_of_plan", "value_ytd", "plan"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _percent_of_plan(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return agrees(frame, "percent_of_plan", "value_ytd", "plan")

    @rule(
        "ytd_at_least_quarter",
        "lũy kế {value_ytd} nhỏ hơn số của quý {value_quarter}",
        on=("value_ytd", "value_quarter"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _ytd_at_least_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["value_ytd"] >= frame["value_quarter"]

    @rule(
        "industry_estimate_at_least_ytd",
        "ước cả năm {year_estimate} thấp hơn lũy kế {value_ytd}",
        on=("year_estimate", "value_ytd"),
        missing=Missing.SKIP_IF_ANY,
        severity=Severity.WARNING,
    )
    def _estimate_at_least_ytd(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["year_estimate"] >= frame["value_ytd"]


class ExportRow(FeedRow):
    """A row of the report on exports, by goods or by enterprise."""

    path: str = given("Vị trí", "Place in the outline", nullable=True)
    item: str = given("Khoản mục", "Item of the form, null where it has no code", nullable=True)
    ordinal: str = text("STT", "STT", "TT", "Số TT", en="Marker as printed", required=False)
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
        "Lũy kế từ đầu năm / Lượng",
        "Lũy kế / Lượng",
        unit="index",
        required=False,
        additive=False,
        en="Quantity from 1 January, in its own unit",
    )
    value_ytd: float = figure(
        "Trị giá lũy kế",
        "Lũy kế từ đầu năm / Trị giá",
        "Lũy kế / Trị giá",
        "Ước lũy kế / Trị giá",
        unit="triệu USD",
        en="Value from 1 January",
    )
    year_estimate: float = year_estimate(*headed_below("Trị giá"), unit="triệu USD")
    percent_of_last_year: float = percent(
        "So sánh cùng kỳ (%)",
        "So sánh cùng kỳ (%)",
        "So với cùng kỳ (%)",
        "So sánh cùng kỳ",
        en="As printed",
        compares=True,
    )

    @rule(
        "export_ytd_at_least_quarter",
        "trị giá lũy kế {value_ytd} nhỏ hơn trị giá của quý {value_quarter}",
        on=("value_ytd", "value_quarter"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _ytd_at_least_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["value_ytd"] >= frame["value_quarter"]

    @rule(
        "export_estimate_at_least_ytd",
        "ước cả năm {year_estimate} thấp hơn lũy kế {value_ytd}",
        on=("year_estimate", "value_ytd"),
        missing=Missing.SKIP_IF_ANY,
        severity=Severity.WARNING,
    )
    def _estimate_at_least_ytd(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["year_estimate"] >= frame["value_ytd"]


def keeps_unit_price(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
    """Warn where the price of a good (value / quantity of the quarter) is far from its last quarter's.

    How far stands in ``plausibility.yaml``. A good that stands twice is not compared.
    """
    earlier = history.of(quarter.previous)
    if earlier is None:
        return
    factor = plausibility().unit_price.factor
    before = _prices(earlier).set_index("goods")["price"]
    prices = _prices(current)
    both = prices.assign(before=prices["goods"].map(before)).dropna()
    for index, row in both[~both["price"].between(both["before"] / factor, both["before"] * factor)].iterrows():
        reason = (
            f"đơn giá «{row['goods']}» {format_number(row['price'], 6)} triệu USD một đơn vị,"
            f" quý trước {format_number(row['before'], 6)}: kiểm tra lượng và trị giá"
        )
        yield SeriesFinding(int(str(index)), "value_quarter", "unit_price", reason)


def _prices(frame: pd.DataFrame) -> pd.DataFrame:
    """``goods`` and ``price`` of the rows that have both figures, by the rows' index."""
    priced = frame[(frame["quantity_quarter"] > 0) & (frame["value_quarter"] > 0)]
    price = priced["value_quarter"].astype("float64") / priced["quantity_quarter"].astype("float64")
    return pd.DataFrame({"goods": priced["goods"], "price": price}).drop_duplicates("goods", keep=False)


_BRANCHES = (
    UsualRow("", "Tổng số"),
    UsualRow("I", "Khai khoáng"),
    UsualRow("II", "Công nghiệp chế biến, chế tạo"),
    UsualRow("1", "Chế biến thủy sản"),
    UsualRow("2", "Chế biến thực phẩm"),
    UsualRow("3", "May mặc"),
    UsualRow("4", "Chế biến gỗ"),
    UsualRow("5", "Vật liệu xây dựng"),
    *[UsualRow()] * 4,
    UsualRow("III", "Sản xuất và phân phối điện"),
    UsualRow("IV", "Cung cấp nước, xử lý rác thải"),
)
_GOODS = (
    UsualRow("", "Tổng trị giá"),
    *[
        UsualRow(str(number), goods, (("quantity_unit", unit),) if unit else ())
        for number, (goods, unit) in enumerate(
            [
                ("Thủy sản", "Tấn"),
                ("Hàng may mặc", "1.000 SP"),
                ("Nông sản", "Tấn"),
                ("Cao su", "Tấn"),
                ("Gỗ", "m3"),
                ("Hàng hóa khác", None),
            ],
            start=1,
        )
    ],
    *[UsualRow()] * 6,
)
_SAME_BRANCH = named_in_outline("branch")
_SAME_GOODS = named_in_outline("goods")

INDUSTRY = Feed(
    "industry",
    (
        compared(
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
                    usual=_BRANCHES,
                ),
                covers=Covers.EITHER,
                unit_line="money",
                usual_unit="triệu đồng",
                basis=True,
                key_figures=("value_ytd",),
            ),
            of_items(
                industrial_output_ytd=("total", "value_ytd"),
                industrial_output_year_estimate=("total", "year_estimate"),
            ),
            adds_up(_SAME_BRANCH, "value_quarter", "value_ytd"),
            keeps_scale(_SAME_BRANCH, ["value_quarter"]),
            keeps_scale(_SAME_BRANCH, ["value_ytd"], cumulative=True),
            keeps_scale(_SAME_BRANCH, ["year_estimate"]),
            key=_SAME_BRANCH,
        ),
    ),
)
EXPORTS = Feed(
    "exports",
    (
        compared(
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
                    usual=_GOODS,
                ),
                covers=Covers.EITHER,
                unit_line="usd",
                usual_unit="nghìn USD",
                key_figures=("value_ytd",),
            ),
            of_items(export_value_ytd=("total", "value_ytd"), export_year_estimate=("total", "year_estimate")),
            adds_up(_SAME_GOODS, "value_quarter", "value_ytd"),
            keeps_unit_price,
            keeps_scale(_SAME_GOODS, ["value_quarter"]),
            keeps_scale(_SAME_GOODS, ["value_ytd"], cumulative=True),
            keeps_scale(_SAME_GOODS, ["year_estimate"]),
            key=_SAME_GOODS,
        ),
    ),
)
