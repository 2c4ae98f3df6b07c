"""Who sends and what frames a sheet: the nine units, the offices, letterhead, title, period, notes, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.sheet import Area, Sheet, Value

ILLUSTRATIVE = "Số liệu minh họa, không phải số liệu chính thức."

OFFICES = {
    "tckh": "Phòng Tài chính - Kế hoạch",
    "thongke": "Chi cục Thống kê",
    "kinhte": "Phòng Kinh tế",
    "kiemlam": "Hạt Kiểm lâm",
    "qldt": "Phòng Quản lý đô thị",
    "tnmt": "Phòng Tài nguyên và Môi trường",
    "dsytt": "Trung tâm Y tế",
    "ldtbxh": "Phòng Lao động - Thương binh và Xã hội",
    "thuysan": "Chi cục Thủy sản",
    "bienphong": "Đồn Biên phòng",
    "cangca": "Ban quản lý cảng cá",
    "vpubnd": "Văn phòng HĐND và UBND",
}


@dataclass(frozen=True, slots=True)
class Ward:
    """A phường or xã of 2024.

    Attributes:
        name: its bare name.
        urban: whether it is a phường.
        population: inhabitants at the end of 2022; they add up to the published 108.519.
    """

    name: str
    urban: bool
    population: int

    @property
    def full(self) -> str:
        """``Phường Phước Hội``."""
        return f"{'Phường' if self.urban else 'Xã'} {self.name}"

    @property
    def short(self) -> str:
        """``P. Phước Hội``."""
        return f"{'P.' if self.urban else 'X.'} {self.name}"


WARDS = (
    Ward("Phước Hội", urban=True, population=19_800),
    Ward("Phước Lộc", urban=True, population=10_900),
    Ward("Tân Thiện", urban=True, population=11_600),
    Ward("Tân An", urban=True, population=13_700),
    Ward("Bình Tân", urban=True, population=10_100),
    Ward("Tân Hải", urban=False, population=11_400),
    Ward("Tân Tiến", urban=False, population=9_300),
    Ward("Tân Bình", urban=False, population=9_019),
    Ward("Tân Phước", urban=False, population=12_700),
)
PHUONG = tuple(ward for ward in WARDS if ward.urban)
XA = tuple(ward for ward in WARDS if not ward.urban)


def cumulative_period(quarter: Quarter) -> str:
    """The period of cumulative forms: QUÝ I, 6 THÁNG ĐẦU NĂM, 9 THÁNG, NĂM (Thông tư 343/2016/TT-BTC)."""
    return ("QUÝ I NĂM {}", "6 THÁNG ĐẦU NĂM {}", "9 THÁNG NĂM {}", "NĂM {}")[quarter.number - 1].format(quarter.year)


def quarter_period(quarter: Quarter) -> str:
    """The period of forms whose figures are of the quarter: QUÝ III NĂM 2024."""
    return f"QUÝ {quarter.roman} NĂM {quarter.year}"


def both_periods(quarter: Quarter) -> str:
    """The period of forms that print the quarter and the year to date: QUÝ III VÀ 9 THÁNG NĂM 2024."""
    if quarter.number == 1:
        return quarter_period(quarter)
    return f"QUÝ {quarter.roman} VÀ {cumulative_period(quarter)}"


@dataclass(frozen=True)
class Frame:
    """What stands around a table.

    Attributes:
        office: code of the sending office.
        title: the lines of the title, the period in one of them.
        unit_line: such as ``Đơn vị tính: triệu đồng``; None where the form has none.
        dated: the day under the letterhead.
        preface: lines between title and unit line.
        notes: what follows ``Ghi chú``.
    """

    office: str
    title: Sequence[str]
    dated: date
    unit_line: str | None = None
    preface: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass
class Header:
    """The header of a table: rows of labels, and merged areas counted from its own first row."""

    rows: list[list[Value]]
    merges: list[Area] = field(default_factory=list)


def flat_header(*labels: str) -> Header:
    """A header of one row."""
    return Header([list(labels)])


def grouped_header(*columns: str | tuple[str, Sequence[str]]) -> Header:
    """A header of two rows: a label spans both, a (group, labels) spans its labels in the first."""
    rows: list[list[Value]] = [[], []]
    merges: list[Area] = []
    for column in columns:
        at = len(rows[0])
        if isinstance(column, str):
            rows[0].append(column)
            rows[1].append(None)
            merges.append((0, at, 1, at))
            continue
        group, labels = column
        rows[0] += [group, *[None] * (len(labels) - 1)]
        rows[1] += labels
        if len(labels) > 1:
            merges.append((0, at, 0, at + len(labels) - 1))
    return Header(rows, merges)


def framed(name: str, frame: Frame, header: Header, body: Sequence[Sequence[Value]], widths: Sequence[int]) -> Sheet:
    """A whole sheet: letterhead, title, unit line, header, body, notes and signature block (without any name)."""
    columns = len(header.rows[0])
    half, day = columns // 2, frame.dated
    rows: list[list[Value]] = [
        _two("ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", half),
        _two("THỊ XÃ LA GI", "Độc lập - Tự do - Hạnh phúc", half),
        _two(
            f"Đơn vị: {OFFICES[frame.office]}",
            f"La Gi, ngày {day:%d} tháng {day.month} năm {day.year}",
            half,
        ),
        [],
    ]
    merges: list[Area] = []
    bold = {0, 1}
    for line in frame.title:
        merges.append((len(rows), 0, len(rows), columns - 1))
        bold.add(len(rows))
        rows.append([line])
    rows += [[line] for line in frame.preface]
    if frame.unit_line is not None:
        rows.append([*[None] * (columns - 1), frame.unit_line])
    top = len(rows)
    rows += header.rows
    merges += [(a + top, b, c + top, d) for a, b, c, d in header.merges]
    bold |= set(range(top, len(rows)))
    rows += [list(cells) for cells in body]
    table = (top, len(rows) - 1)
    rows.append([])
    rows += [[f"Ghi chú: {note}"] for note in (ILLUSTRATIVE, *frame.notes)]
    rows.append([])
    rows.append(_two("Người lập biểu", "TM. ỦY BAN NHÂN DÂN", half))
    rows.append(["Nơi nhận: như trên; lưu: VT"])
    return Sheet(name, rows, merges, list(widths), bold, table)


def _two(left: str, right: str, half: int) -> list[Value]:
    """A left and a right text, the right one at the middle column."""
    return [left, *[None] * max(half - 1, 0), right]
