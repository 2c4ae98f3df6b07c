"""Budget revenue and spending: forms 94 and 95/CK-NSNN (Thông tư 343/2016/TT-BTC), cumulative from 1 January."""

from __future__ import annotations

import pandas as pd

from lagi_pipeline.feeds.base import Feed, falls, keeps_scale, named_in_outline, of_items
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

_DONE = (
    "Ước thực hiện quý", "Thực hiện quý", "Ước thực hiện", "Thực hiện", "Lũy kế thực hiện", "Thực hiện lũy kế",
    "Lũy kế", "Ước lũy kế", "Cộng dồn",
    "Ước thực hiện quý (6 tháng, 9 tháng, năm)", "Thực hiện quý (6 tháng, 9 tháng, năm)",
)  # fmt: skip


class BudgetRow(FeedRow):
    """A row of form 94 or 95."""

    path: str = given("Vị trí", "Place in the outline, like A.I.8.-3", nullable=True)
    item: str = given("Khoản mục", "Item of the form, null where it has no code", nullable=True)
    ordinal: str = text("STT", "STT", "TT", "Số TT", en="Marker as printed", required=False)
    content: str = text("Nội dung", "Nội dung", "Chỉ tiêu", en="Label as printed", nullable=False)
    plan: float = figure(
        "Dự toán năm",
        "Dự toán năm",
        "Dự toán",
        unit="tỷ đồng",
        required=False,
        en="Plan of a source that the header does not name",
    )
    plan_province: float = figure(
        "Dự toán tỉnh giao",
        "Dự toán năm / Tỉnh giao",
        "Dự toán / Tỉnh giao",
        "Dự toán tỉnh giao",
        unit="tỷ đồng",
        required=False,
        en="Plan assigned by the province",
    )
    plan_council: float = figure(
        "Dự toán HĐND giao",
        "Dự toán năm / HĐND giao",
        "Dự toán / HĐND giao",
        "Dự toán HĐND giao",
        "Dự toán năm / HĐND thị xã giao",
        unit="tỷ đồng",
        required=False,
        en="Plan set by the people's council",
    )
    actual: float = figure("Thực hiện", *_DONE, unit="tỷ đồng", en="Cumulative from 1 January")
    year_estimate: float = year_estimate(*YEAR_ESTIMATE, *headed_below("Số tiền"), unit="tỷ đồng")
    percent_of_plan: float = percent(
        "So sánh với dự toán (%)", "So sánh (%) / Dự toán năm", "So sánh / Dự toán năm", en="As printed", compares=True
    )
    percent_of_province: float = percent(
        "So sánh với dự toán tỉnh giao (%)",
        "So sánh (%) / Dự toán năm / Tỉnh giao",
        "So sánh / Dự toán năm / Tỉnh giao",
        "So sánh (%) / Dự toán tỉnh giao",
        "So sánh (%) / Tỉnh giao",
        en="As printed",
        compares=True,
    )
    percent_of_council: float = percent(
        "So sánh với dự toán HĐND giao (%)",
        "So sánh (%) / Dự toán năm / HĐND giao",
        "So sánh / Dự toán năm / HĐND giao",
        "So sánh (%) / Dự toán HĐND giao",
        "So sánh (%) / HĐND giao",
        en="As printed",
        compares=True,
    )
    percent_of_last_year: float = percent(
        "So sánh với cùng kỳ (%)",
        "So sánh (%) / Cùng kỳ năm trước",
        "So sánh / Cùng kỳ năm trước",
        "So sánh (%) / Cùng kỳ",
        en="As printed",
        compares=True,
    )

    @rule(
        "percent_of_plan",
        "tỷ lệ ghi {percent_of_plan} % không bằng thực hiện {actual} trên dự toán {plan}",
        on=("percent_of_plan", "actual", "plan"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _percent_of_plan(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return agrees(frame, "percent_of_plan", "actual", "plan")

    @rule(
        "percent_of_province",
        "tỷ lệ ghi {percent_of_province} % không bằng thực hiện {actual} trên dự toán tỉnh giao {plan_province}",
        on=("percent_of_province", "actual", "plan_province"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _percent_of_province(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return agrees(frame, "percent_of_province", "actual", "plan_province")

    @rule(
        "percent_of_council",
        "tỷ lệ ghi {percent_of_council} % không bằng thực hiện {actual} trên dự toán HĐND giao {plan_council}",
        on=("percent_of_council", "actual", "plan_council"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _percent_of_council(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return agrees(frame, "percent_of_council", "actual", "plan_council")

    @rule(
        "estimate_at_least_actual",
        "ước cả năm {year_estimate} thấp hơn số đã thực hiện {actual}",
        on=("year_estimate", "actual"),
        missing=Missing.SKIP_IF_ANY,
        severity=Severity.WARNING,
    )
    def _estimate_at_least_actual(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["year_estimate"] >= frame["actual"]


def _items(*rows: tuple[str, str | None, tuple[str, ...]], key: frozenset[str]) -> tuple[Item, ...]:
    return tuple(Item(code, labels, under, key=code in key) for code, under, labels in rows)


REVENUE_ITEMS = _items(
    ("total", None, (
        "Tổng thu NSNN trên địa bàn", "Tổng thu ngân sách nhà nước trên địa bàn", "Tổng thu ngân sách nhà nước",
        "Tổng thu NSNN",
    )),
    ("domestic", "total", ("Thu nội địa",)),
    ("state_enterprises", "domestic", ("Thu từ khu vực DNNN", "Thu từ khu vực doanh nghiệp nhà nước", "Khu vực DNNN")),
    ("foreign_enterprises", "domestic", (
        "Thu từ khu vực ĐTNN", "Thu từ khu vực doanh nghiệp có vốn đầu tư nước ngoài", "Khu vực ĐTNN",
    )),
    ("non_state", "domestic", (
        "Thu từ khu vực ngoài quốc doanh", "Thu từ khu vực kinh tế ngoài quốc doanh", "Khu vực ngoài quốc doanh",
    )),
    ("personal_income_tax", "domestic", ("Thuế thu nhập cá nhân",)),
    ("environment_tax", "domestic", ("Thuế bảo vệ môi trường",)),
    ("registration_fees", "domestic", ("Lệ phí trước bạ",)),
    ("fees", "domestic", ("Phí, lệ phí", "Thu phí, lệ phí", "Phí - lệ phí")),
    ("land_housing", "domestic", ("Các khoản thu về nhà, đất", "Thu về nhà, đất")),
    ("agricultural_land_tax", "land_housing", ("Thuế sử dụng đất nông nghiệp", "Thuế SDĐ nông nghiệp")),
    ("other_land_tax", "land_housing", ("Thuế sử dụng đất phi nông nghiệp", "Thuế SDĐ phi nông nghiệp")),
    ("land_use_rights", "land_housing", ("Thu tiền sử dụng đất", "Tiền sử dụng đất")),
    ("land_rent", "land_housing", (
        "Thu tiền thuê đất, thuê mặt nước", "Thu tiền thuê đất, mặt nước", "Tiền thuê đất, thuê mặt nước",
    )),
    ("state_housing", "land_housing", (
        "Thu tiền bán, thuê nhà thuộc sở hữu nhà nước", "Thu tiền cho thuê và bán nhà ở thuộc sở hữu nhà nước",
    )),
    ("other", "domestic", ("Thu khác ngân sách", "Thu khác")),
    ("public_land_funds", "domestic", (
        "Thu từ quỹ đất công ích và hoa lợi công sản", "Thu từ quỹ đất công ích và thu hoa lợi công sản khác",
    )),
    ("aid", "total", ("Thu viện trợ",)),
    ("retained", None, ("Thu ngân sách huyện được hưởng theo phân cấp", "Thu NSĐP được hưởng theo phân cấp")),
    key=frozenset({"total"}),
)  # fmt: skip

SPENDING_ITEMS = _items(
    ("balance", None, (
        "Chi cân đối ngân sách huyện", "Chi cân đối ngân sách thị xã", "Chi cân đối NSĐP",
        "Chi cân đối ngân sách địa phương",
    )),
    ("investment", "balance", ("Chi đầu tư phát triển",)),
    ("projects", "investment", ("Chi đầu tư cho các dự án", "Chi đầu tư các dự án")),
    ("other_investment", "investment", ("Chi đầu tư phát triển khác",)),
    ("recurrent", "balance", ("Chi thường xuyên",)),
    ("reserve", "balance", ("Dự phòng ngân sách", "Dự phòng")),
    ("targeted", None, (
        "Chi từ nguồn bổ sung có mục tiêu từ ngân sách cấp tỉnh",
        "Chi từ nguồn bổ sung có mục tiêu",
        "Chi từ nguồn bổ sung có mục tiêu từ NS cấp tỉnh",
    )),
    ("targeted_programmes", "targeted", (
        "Chương trình mục tiêu quốc gia", "Chi chương trình mục tiêu quốc gia", "CTMTQG",
    )),
    ("targeted_capital", "targeted", (
        "Cho các dự án đầu tư (vốn đầu tư)", "Vốn đầu tư", "Chi các chương trình, dự án (vốn đầu tư)",
    )),
    ("targeted_recurrent", "targeted", ("Cho các nhiệm vụ thường xuyên (vốn sự nghiệp)", "Vốn sự nghiệp")),
    key=frozenset({"investment"}),
)  # fmt: skip


_REVENUE_ROWS = (
    ("A", "Tổng thu NSNN trên địa bàn"),
    ("I", "Thu nội địa"),
    ("1", "Thu từ khu vực DNNN"),
    ("2", "Thu từ khu vực ĐTNN"),
    ("3", "Thu từ khu vực ngoài quốc doanh"),
    ("4", "Thuế thu nhập cá nhân"),
    ("5", "Thuế bảo vệ môi trường"),
    ("6", "Lệ phí trước bạ"),
    ("7", "Phí, lệ phí"),
    ("8", "Các khoản thu về nhà, đất"),
    ("-", "Thuế sử dụng đất nông nghiệp"),
    ("-", "Thuế sử dụng đất phi nông nghiệp"),
    ("-", "Thu tiền sử dụng đất"),
    ("-", "Thu tiền thuê đất, thuê mặt nước"),
    ("-", "Thu tiền bán, thuê nhà thuộc sở hữu nhà nước"),
    ("9", "Thu khác ngân sách"),
    ("10", "Thu từ quỹ đất công ích và hoa lợi công sản"),
    ("II", "Thu viện trợ"),
    ("B", "Thu ngân sách huyện được hưởng theo phân cấp"),
    ("1", "Từ các khoản thu phân chia"),
    ("2", "Các khoản thu ngân sách huyện được hưởng 100%"),
)
_SPENDING_ROWS = (
    ("A", "Chi cân đối ngân sách huyện"),
    ("I", "Chi đầu tư phát triển"),
    ("1", "Chi đầu tư cho các dự án"),
    ("2", "Chi đầu tư phát triển khác"),
    ("II", "Chi thường xuyên"),
    ("1", "Chi giáo dục - đào tạo và dạy nghề"),
    ("2", "Chi khoa học và công nghệ"),
    ("3", "Chi y tế, dân số và gia đình"),
    ("4", "Chi văn hóa thông tin"),
    ("5", "Chi phát thanh, truyền hình"),
    ("6", "Chi thể dục thể thao"),
    ("7", "Chi bảo vệ môi trường"),
    ("8", "Chi hoạt động kinh tế"),
    ("9", "Chi quản lý nhà nước, Đảng, đoàn thể"),
    ("10", "Chi bảo đảm xã hội"),
    ("III", "Dự phòng ngân sách"),
    ("B", "Chi từ nguồn bổ sung có mục tiêu từ ngân sách cấp tỉnh"),
    ("1", "Chương trình mục tiêu quốc gia"),
    ("2", "Cho các dự án đầu tư (vốn đầu tư)"),
    ("3", "Cho các nhiệm vụ thường xuyên (vốn sự nghiệp)"),
)


def _form(code: str, title_vi: str, items: tuple[Item, ...], printed: tuple[tuple[str, str], ...]) -> Form:
    return Form(
        code=code,
        title_vi=title_vi,
        model=BudgetRow,
        label="content",
        ordinal="ordinal",
        rows=Outline(items, usual=tuple(UsualRow(*row) for row in printed)),
        covers=Covers.YTD,
        unit_line="money",
        usual_unit="triệu đồng",
        unasked=("plan", "percent_of_plan"),
        key_figures=("actual",),
    )


_SAME_ROW = named_in_outline("content")
_SERIES = (
    falls(_SAME_ROW, "actual", "số thực hiện"),
    keeps_scale(_SAME_ROW, ["actual"], cumulative=True),
    keeps_scale(_SAME_ROW, ["year_estimate"]),
)

REVENUE = Feed(
    "budget_revenue",
    (
        compared(
            _form("budget_revenue", "Biểu 94/CK-NSNN, thực hiện dự toán thu ngân sách", REVENUE_ITEMS, _REVENUE_ROWS),
            of_items(
                revenue_ytd=("total", "actual"),
                revenue_year_estimate=("total", "year_estimate"),
                revenue_plan=("total", "plan"),
                revenue_plan_province=("total", "plan_province"),
                revenue_plan_council=("total", "plan_council"),
            ),
            *_SERIES,
            key=_SAME_ROW,
        ),
    ),
)
SPENDING = Feed(
    "budget_spending",
    (
        compared(
            _form(
                "budget_spending", "Biểu 95/CK-NSNN, thực hiện dự toán chi ngân sách", SPENDING_ITEMS, _SPENDING_ROWS
            ),
            of_items(
                investment_spending_ytd=("investment", "actual"),
                targeted_capital_ytd=("targeted_capital", "actual"),
                investment_year_estimate=("investment", "year_estimate"),
                targeted_capital_year_estimate=("targeted_capital", "year_estimate"),
                investment_plan=("investment", "plan"),
                investment_plan_province=("investment", "plan_province"),
                investment_plan_council=("investment", "plan_council"),
            ),
            *_SERIES,
            key=_SAME_ROW,
        ),
    ),
)
