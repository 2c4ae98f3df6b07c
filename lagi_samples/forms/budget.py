"""Forms 94 and 95/CK-NSNN (Thông tư 343/2016/TT-BTC): outlines, headers and rows. Figures in triệu đồng, cumulative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import Line, percent
from lagi_samples.office import Frame, Header, cumulative_period, framed, grouped_header
from lagi_samples.sheet import Sheet, Value

UNNAMED = "Dự toán năm"
EXPECTED = "Ước thực hiện cả năm"

REVENUE = (
    Line("A", "A", "Tổng thu NSNN trên địa bàn"),
    Line("A.I", "I", "Thu nội địa"),
    Line("A.I.1", "1", "Thu từ khu vực DNNN", 2.5),
    Line("A.I.2", "2", "Thu từ khu vực ĐTNN", 2.0),
    Line("A.I.3", "3", "Thu từ khu vực ngoài quốc doanh", 29.0),
    Line("A.I.4", "4", "Thuế thu nhập cá nhân", 14.0),
    Line("A.I.5", "5", "Thuế bảo vệ môi trường", 1.5),
    Line("A.I.6", "6", "Lệ phí trước bạ", 12.0),
    Line("A.I.7", "7", "Phí, lệ phí", 4.0),
    Line("A.I.8", "8", "Các khoản thu về nhà, đất"),
    Line("A.I.8.a", "-", "Thuế sử dụng đất nông nghiệp", 0.2),
    Line("A.I.8.b", "-", "Thuế sử dụng đất phi nông nghiệp", 1.3),
    Line("A.I.8.c", "-", "Thu tiền sử dụng đất", 23.0),
    Line("A.I.8.d", "-", "Thu tiền thuê đất, thuê mặt nước", 3.0),
    Line("A.I.8.e", "-", "Thu tiền bán, thuê nhà thuộc sở hữu nhà nước", 0.5),
    Line("A.I.9", "9", "Thu khác ngân sách", 6.0),
    Line("A.I.10", "10", "Thu từ quỹ đất công ích và hoa lợi công sản", 1.0),
    Line("A.II", "II", "Thu viện trợ"),
    Line("B", "B", "Thu ngân sách huyện được hưởng theo phân cấp"),
    Line("B.1", "1", "Từ các khoản thu phân chia", 38.0),
    Line("B.2", "2", "Các khoản thu ngân sách huyện được hưởng 100%", 62.0),
)

SPENDING = (
    Line("A", "A", "Chi cân đối ngân sách huyện"),
    Line("A.I", "I", "Chi đầu tư phát triển"),
    Line("A.I.1", "1", "Chi đầu tư cho các dự án", 93.0),
    Line("A.I.2", "2", "Chi đầu tư phát triển khác", 7.0),
    Line("A.II", "II", "Chi thường xuyên"),
    Line("A.II.1", "1", "Chi giáo dục - đào tạo và dạy nghề", 55.0),
    Line("A.II.2", "2", "Chi khoa học và công nghệ", 0.2),
    Line("A.II.3", "3", "Chi y tế, dân số và gia đình", 1.8),
    Line("A.II.4", "4", "Chi văn hóa thông tin", 1.2),
    Line("A.II.5", "5", "Chi phát thanh, truyền hình", 0.8),
    Line("A.II.6", "6", "Chi thể dục thể thao", 0.6),
    Line("A.II.7", "7", "Chi bảo vệ môi trường", 4.2),
    Line("A.II.8", "8", "Chi hoạt động kinh tế", 8.7),
    Line("A.II.9", "9", "Chi quản lý nhà nước, Đảng, đoàn thể", 20.0),
    Line("A.II.10", "10", "Chi bảo đảm xã hội", 7.5),
    Line("A.III", "III", "Dự phòng ngân sách"),
    Line("B", "B", "Chi từ nguồn bổ sung có mục tiêu từ ngân sách cấp tỉnh"),
    Line("B.1", "1", "Chương trình mục tiêu quốc gia", 10.0),
    Line("B.2", "2", "Cho các dự án đầu tư (vốn đầu tư)", 58.0),
    Line("B.3", "3", "Cho các nhiệm vụ thường xuyên (vốn sự nghiệp)", 32.0),
)


@dataclass(frozen=True)
class BudgetFigures:
    """What form 94 or 95 prints, by outline key, in triệu đồng.

    Attributes:
        done: cumulative from 1 January.
        a_year_earlier: the same of the year before.
        plans: the year's plan by the name that heads its column; one column headed ``Dự toán năm`` where unnamed.
        estimate: whether the title says ``ước``.
        notes: further notes below the table.
        expected: what the office expects of the whole year, printed beside ``done`` where it is given.
    """

    done: Mapping[str, int]
    a_year_earlier: Mapping[str, int]
    plans: Mapping[str, Mapping[str, int]]
    estimate: bool = False
    notes: Sequence[str] = field(default_factory=tuple)
    expected: Mapping[str, int] | None = None


def budget_revenue(quarter: Quarter, figures: BudgetFigures, dated: date, name: str = "Biểu 94") -> Sheet:
    """Form 94/CK-NSNN, revenue cumulative from 1 January."""
    return _form(quarter, figures, dated, name, _FORM_94)


def budget_spending(quarter: Quarter, figures: BudgetFigures, dated: date, name: str = "Biểu 95") -> Sheet:
    """Form 95/CK-NSNN, spending cumulative from 1 January."""
    return _form(quarter, figures, dated, name, _FORM_95)


@dataclass(frozen=True, slots=True)
class _Form:
    number: str
    what: str
    outline: Sequence[Line]


_FORM_94 = _Form("94", "THU", REVENUE)
_FORM_95 = _Form("95", "CHI", SPENDING)


def _form(quarter: Quarter, figures: BudgetFigures, dated: date, name: str, form: _Form) -> Sheet:
    name_of_form = f"THỰC HIỆN DỰ TOÁN {form.what} NGÂN SÁCH NHÀ NƯỚC {cumulative_period(quarter)}"
    frame = Frame(
        office="tckh",
        title=(
            f"Biểu số {form.number}/CK-NSNN",
            f"ƯỚC {name_of_form}" if figures.estimate else name_of_form,
            f"(Kèm theo Báo cáo số MẪU/BC-UBND ngày {dated.day} tháng {dated.month} năm {dated.year} của UBND thị xã)",
        ),
        dated=dated,
        unit_line="Đơn vị tính: triệu đồng",
        notes=figures.notes,
    )
    is_expected = figures.expected is not None
    body = [_numbers(len(figures.plans), is_expected), *[_row(line, figures) for line in form.outline]]
    widths = [6, 46, *[15] * (2 + is_expected + 2 * len(figures.plans))]
    return framed(name, frame, _header(quarter, figures), body, widths)


def _header(quarter: Quarter, figures: BudgetFigures) -> Header:
    span = ("quý I", "6 tháng", "9 tháng", "năm")[quarter.number - 1]
    done = f"{'Ước thực hiện' if figures.estimate or quarter.next.number > 1 else 'Thực hiện'} {span}"
    if figures.expected is not None:
        return grouped_header(
            "STT", "Nội dung", UNNAMED, done, EXPECTED, ("So sánh (%)", (UNNAMED, "Cùng kỳ năm trước"))
        )
    if len(figures.plans) == 1:
        return Header(
            [["STT", "Nội dung", UNNAMED, done, "So sánh (%)", None], [*[None] * 4, UNNAMED, "Cùng kỳ năm trước"]],
            [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 1, 3), (0, 4, 0, 5)],
        )
    names = list(figures.plans)
    return Header(
        [
            ["STT", "Nội dung", UNNAMED, None, done, "So sánh (%)", None, None],
            [None, None, *names, None, UNNAMED, None, "Cùng kỳ năm trước"],
            [*[None] * 5, *names, None],
        ],
        [
            *[(0, column, 2, column) for column in (0, 1, 4)],
            (0, 2, 0, 3),
            (0, 5, 0, 7),
            (1, 2, 2, 2),
            (1, 3, 2, 3),
            (1, 5, 1, 6),
            (1, 7, 2, 7),
        ],
    )


def _numbers(plans: int, is_expected: bool) -> list[Value]:  # noqa: FBT001 - a column more or not
    if is_expected:
        return ["A", "B", "1", "2", "3", "4=2/1", "5"]
    if plans == 1:
        return ["A", "B", "1", "2", "3=2/1", "4"]
    return ["A", "B", "1", "2", "3", "4=3/1", "5=3/2", "6"]


def _row(line: Line, figures: BudgetFigures) -> list[Value]:
    done = figures.done.get(line.key)
    plans = [plan.get(line.key) for plan in figures.plans.values()]
    return [
        line.code,
        line.label,
        *plans,
        done,
        *([] if figures.expected is None else [figures.expected.get(line.key)]),
        *[percent(done, plan) for plan in plans],
        percent(done, figures.a_year_earlier.get(line.key)),
    ]
