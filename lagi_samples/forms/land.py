"""Forest (Biểu 1, Thông tư 33/2018/TT-BNNPTNT, shortened) and perennial crops. Areas in ha."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.office import Frame, cumulative_period, flat_header, framed, grouped_header
from lagi_samples.sheet import Sheet, Value

NATURAL_AREA = "Diện tích tự nhiên: 18.537 ha"

FOREST = (
    ("I", "RỪNG PHÂN THEO NGUỒN GỐC (có rừng)", 1100),
    ("1", "Rừng tự nhiên", 1110),
    ("-", "Rừng nguyên sinh", 1111),
    ("-", "Rừng thứ sinh", 1112),
    ("2", "Rừng trồng", 1120),
    ("-", "Trồng mới trên đất chưa có rừng", 1121),
    ("-", "Trồng lại sau khai thác", 1122),
    ("-", "Tái sinh chồi từ rừng trồng", 1123),
    (None, "Keo", 1124),
    (None, "Bạch đàn", 1125),
    (None, "Phi lao", 1126),
    ("II", "DIỆN TÍCH CHƯA THÀNH RỪNG", 2000),
    ("1", "Diện tích đã trồng chưa thành rừng", 2010),
    ("2", "Diện tích khoanh nuôi tái sinh", 2020),
)


def forestry(quarter: Quarter, areas: Mapping[int, Sequence[int]], dated: date, *, as_text: bool = False) -> Sheet:
    """Biểu 1: area by code and purpose.

    Args:
        quarter: the Q4 of the year described.
        areas: by code, hundredths of ha as đặc dụng, phòng hộ, sản xuất, ngoài quy hoạch.
        dated: day under the letterhead.
        as_text: print Vietnamese text (``1.234,5``) instead of numbers.
    """
    frame = Frame(
        office="kiemlam",
        title=(
            "Biểu 1. DIỆN TÍCH RỪNG VÀ DIỆN TÍCH CHƯA THÀNH RỪNG PHÂN THEO MỤC ĐÍCH SỬ DỤNG",
            cumulative_period(quarter),
        ),
        dated=dated,
        preface=(NATURAL_AREA,),
        unit_line="Đơn vị tính: ha",
    )
    header = grouped_header(
        "TT",
        "Phân loại rừng",
        "Mã",
        "Tổng diện tích (ha)",
        ("Phân theo mục đích sử dụng", ("Đặc dụng", "Phòng hộ", "Sản xuất")),
        "Ngoài quy hoạch",
    )
    body: list[list[Value]] = [
        [mark, label, str(code), *[_area(part) for part in (sum(areas[code]), *areas[code])]]
        for mark, label, code in FOREST
    ]
    sheet = framed("Biểu 1", frame, header, body, [6, 44, 8, 18, 14, 14, 14, 16])
    return sheet.with_text_numbers() if as_text else sheet


def _area(hundredths: int) -> Value:
    """Hundredths of ha as printed; a zero prints as "-" here and only here."""
    return hundredths / 100 if hundredths else "-"


@dataclass(frozen=True)
class CropGroup:
    """A group of perennial crops: its label and its crops with hundredths of ha."""

    label: str
    crops: Sequence[tuple[str, int]]

    @property
    def area(self) -> int:
        """The sum of its crops."""
        return sum(area for _, area in self.crops)


def crops(
    quarter: Quarter, groups: Sequence[CropGroup], on_forest_land: int | None, dated: date, office: str = "kinhte"
) -> Sheet:
    """Perennial crops; ``on_forest_land`` (hundredths of ha) prints the line "trong đó trên đất rừng"."""
    frame = Frame(
        office=office,
        title=("DIỆN TÍCH CÂY CÔNG NGHIỆP LÂU NĂM VÀ CÂY ĂN QUẢ LÂU NĂM", cumulative_period(quarter)),
        dated=dated,
        preface=(NATURAL_AREA,),
        unit_line="Đơn vị tính: ha",
    )
    body: list[list[Value]] = []
    for roman, group in zip(("I", "II"), groups, strict=True):
        body.append([roman, group.label, group.area / 100])
        body += [[number, label, area / 100] for number, (label, area) in enumerate(group.crops, start=1)]
    body.append([None, "Tổng cộng", sum(group.area for group in groups) / 100])
    if on_forest_land is not None:
        body.append([None, "Trong đó trên đất rừng", on_forest_land / 100])
    return framed("Cây lâu năm", frame, flat_header("STT", "Nhóm cây", "Diện tích (ha)"), body, [6, 34, 16])
