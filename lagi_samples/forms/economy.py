"""The forms of industrial output and of exports: the quarter and the year to date side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import Line, percent
from lagi_samples.office import Frame, both_periods, framed, grouped_header
from lagi_samples.sheet import Sheet, Value

INDUSTRY = (
    Line("T", None, "Tổng số"),
    Line("T.1", "I", "Khai khoáng", 4.0),
    Line("T.2", "II", "Chế biến, chế tạo"),
    Line("T.2.a", "1", "Chế biến thủy sản", 39.0),
    Line("T.2.b", "2", "Chế biến thực phẩm", 12.0),
    Line("T.2.c", "3", "May mặc", 22.0),
    Line("T.2.d", "4", "Chế biến gỗ", 7.0),
    Line("T.2.e", "5", "Vật liệu xây dựng", 6.0),
    Line("T.3", "III", "Điện", 7.0),
    Line("T.4", "IV", "Nước, xử lý rác thải", 3.0),
)


@dataclass(frozen=True)
class IndustryFigures:
    """What the industry form prints, by outline key, in triệu đồng.

    Attributes:
        plan: plan of the year.
        quarter: output of the quarter.
        to_date: output from 1 January.
        a_year_earlier: output from 1 January of the year before.
        expected: what the office expects of the whole year, where it prints that.
    """

    plan: Mapping[str, int]
    quarter: Mapping[str, int]
    to_date: Mapping[str, int]
    a_year_earlier: Mapping[str, int]
    expected: Mapping[str, int] | None = None


def industry(
    quarter: Quarter, figures: IndustryFigures, dated: date, *, in_billions: bool = False, notes: Sequence[str] = ()
) -> Sheet:
    """Industrial output at 2010 prices, in triệu đồng or tỷ đồng."""
    unit, scale = ("tỷ đồng", 1000) if in_billions else ("triệu đồng", 1)
    frame = Frame(
        office="thongke",
        title=("GIÁ TRỊ SẢN XUẤT CÔNG NGHIỆP", both_periods(quarter)),
        dated=dated,
        preface=("Giá so sánh 2010",),
        unit_line=f"Đơn vị tính: {unit}",
        notes=notes,
    )
    header = grouped_header(
        "STT",
        "Ngành công nghiệp" if in_billions else "Chỉ tiêu",
        "Kế hoạch năm",
        f"Thực hiện quý {quarter.roman}" if in_billions else "Thực hiện quý",
        "Lũy kế từ đầu năm" if in_billions else "Luỹ kế từ đầu năm (2)",
        *([] if figures.expected is None else [f"Ước cả năm {quarter.year}"]),
        ("So sánh (%)", ("Kế hoạch", "Cùng kỳ")),
    )
    body: list[list[Value]] = []
    for line in INDUSTRY:
        tables = (figures.plan, figures.quarter, figures.to_date, figures.expected)
        money = [table[line.key] for table in tables if table is not None]
        done = figures.to_date[line.key]
        shown: list[Value] = [_scaled(amount, scale) for amount in money]
        indices: list[Value] = [
            percent(done, figures.plan[line.key], 1),
            percent(done, figures.a_year_earlier[line.key], 1),
        ]
        body.append([line.code, line.label, *shown, *indices])
    widths = [6, 30, 14, 14, 18, *([] if figures.expected is None else [14]), 12, 12]
    return framed("GTSX công nghiệp", frame, header, body, widths)


@dataclass(frozen=True)
class Good:
    """An exported good.

    Attributes:
        label: its name.
        unit: unit of its quantity, None where no quantity is kept.
        share: its part of the total value.
        price: nghìn USD per unit.
    """

    label: str
    unit: str | None
    share: float
    price: float


GOODS = (
    Good("Thủy sản", "Tấn", 52, 5.2),
    Good("Hàng may mặc", "1.000 SP", 27, 4.1),
    Good("Nông sản", "Tấn", 8, 1.1),
    Good("Cao su", "Tấn", 4, 1.4),
    Good("Gỗ", "m3", 6, 0.42),
    Good("Hàng hóa khác", None, 3, 1),
)


@dataclass(frozen=True)
class ExportLine:
    """Figures of a good or of the total; values in nghìn USD.

    Attributes:
        quantity: of the quarter.
        value: of the quarter.
        quantity_to_date: from 1 January.
        value_to_date: from 1 January.
        value_a_year_earlier: from 1 January of the year before.
        expected: value that the office expects of the whole year, where it prints that.
    """

    quantity: int | None
    value: int
    quantity_to_date: int | None
    value_to_date: int
    value_a_year_earlier: int
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class ExportFigures:
    """What the export form prints: the total, and a line for each of ``GOODS``."""

    total: ExportLine
    goods: Sequence[ExportLine]


def exports(
    quarter: Quarter,
    figures: ExportFigures,
    dated: date,
    *,
    in_millions: bool = False,
    corrected: bool = False,
) -> Sheet:
    """Exports by good, values in nghìn USD (total first) or triệu USD (total last)."""
    scale = 1000 if in_millions else 1
    frame = Frame(
        office="kinhte",
        title=(
            f"TÌNH HÌNH XUẤT KHẨU {both_periods(quarter)}",
            *(["(Bản đính chính, thay bản đã gửi)"] if corrected else []),
        ),
        dated=dated,
        unit_line="Đơn vị tính: triệu USD" if in_millions else "ĐVT: 1.000 USD",
    )
    header = grouped_header(
        "STT",
        "Mặt hàng",
        "ĐVT",
        ("Thực hiện quý", ("Lượng", "Trị giá")),
        ("Lũy kế" if in_millions else "Luỹ kế", ("Lượng", "Trị giá")),
        *([("Ước thực hiện cả năm", ("Trị giá",))] if figures.total.expected is not None else []),
        "So sánh cùng kỳ (%)",
    )
    rows = [
        _export_row(str(number), good.label, good.unit, line, scale)
        for number, (good, line) in enumerate(zip(GOODS, figures.goods, strict=True), start=1)
    ]
    whole = _export_row(None, "Tổng trị giá", None, figures.total, scale)
    body = [*rows, whole] if in_millions else [whole, *rows]
    return framed("Xuất khẩu", frame, header, body, [6, 24, 10, 12, 14, 12, *[14] * (len(body[0]) - 6)])


def _export_row(code: str | None, label: str, unit: str | None, line: ExportLine, scale: int) -> list[Value]:
    return [
        code,
        label,
        unit,
        line.quantity,
        _scaled(line.value, scale),
        line.quantity_to_date,
        _scaled(line.value_to_date, scale),
        *([] if line.expected is None else [_scaled(line.expected, scale)]),
        percent(line.value_to_date, line.value_a_year_earlier, 1),
    ]


def _scaled(amount: int, scale: int) -> float:
    return amount if scale == 1 else round(amount / scale, 3)
