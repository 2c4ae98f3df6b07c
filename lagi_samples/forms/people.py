"""The ward forms of population, employment and poor households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import percent
from lagi_samples.forms.wards import Figures, block_rows, plain_rows
from lagi_samples.office import (
    Frame,
    Ward,
    cumulative_period,
    flat_header,
    framed,
    grouped_header,
    quarter_period,
)
from lagi_samples.sheet import Sheet, Value


def population(quarter: Quarter, people: Mapping[Ward, Figures], dated: date) -> Sheet:
    """Population by ward: start, births, deaths, arrivals, departures, end of the quarter."""
    frame = Frame(
        office="dsytt",
        title=("BIẾN ĐỘNG DÂN SỐ", quarter_period(quarter)),
        dated=dated,
        unit_line="Đơn vị tính: người",
    )
    header = flat_header(
        "STT",
        "Phường, xã",
        "Dân số đầu kỳ",
        "Sinh trong kỳ",
        "Chết trong kỳ",
        "Chuyển đến",
        "Chuyển đi",
        "Dân số cuối kỳ",
    )
    body = plain_rows(people, _whole, "total last", lambda ward: ward.full)
    return framed("Dân số", frame, header, body, [6, 24, *[14] * 6])


def employment(quarter: Quarter, jobs: Mapping[Ward, Figures], dated: date, *, trained: bool = False) -> Sheet:
    """Table 1, people found work in the quarter: total, women, national fund loans, abroad, other.

    Args:
        quarter: its quarter.
        jobs: by ward; with ``trained`` a sixth figure, the trained among the placed.
        dated: day under the letterhead.
        trained: print the optional column.
    """
    frame = Frame(
        office="ldtbxh",
        title=("KẾT QUẢ GIẢI QUYẾT VIỆC LÀM", quarter_period(quarter)),
        dated=dated,
        unit_line="Đơn vị tính: người",
    )
    columns = ["Tổng số", "Trong đó nữ", "Vay vốn Quỹ quốc gia", "Xuất khẩu lao động", "Khác"]
    if trained:
        columns.append("Trong đó đã qua đào tạo")
    header = grouped_header("STT", "Phường, xã", ("Số lao động được giải quyết việc làm", columns))
    body = plain_rows(jobs, _whole, "total first", lambda ward: ward.full)
    return framed("Việc làm", frame, header, body, [6, 24, *[14] * 6])


def labour_force(quarter: Quarter, labour: Mapping[Ward, Figures], dated: date) -> Sheet:
    """Table 2, yearly: labour force, trained, of them with a degree or certificate."""
    frame = Frame(
        office="ldtbxh",
        title=("LỰC LƯỢNG LAO ĐỘNG VÀ LAO ĐỘNG QUA ĐÀO TẠO", cumulative_period(quarter)),
        dated=dated,
        unit_line="Đơn vị tính: người",
    )
    header = flat_header(
        "STT", "Phường, xã", "Lực lượng lao động", "Lao động qua đào tạo", "Trong đó có bằng, chứng chỉ"
    )
    body = plain_rows(labour, _whole, "total last", lambda ward: ward.full)
    return framed("Lao động", frame, header, body, [6, 24, 18, 18, 22])


def poverty(quarter: Quarter, households: Mapping[Ward, Figures], dated: date) -> Sheet:
    """Result of the yearly review (Quyết định 24/2021/QĐ-TTg): blocks thành thị and nông thôn, then I+II.

    Args:
        quarter: the Q4 of the review.
        households: by ward: all, poor at start, fewer, more, poor at end, near-poor at end.
        dated: day under the letterhead.
    """
    frame = Frame(
        office="ldtbxh",
        title=("KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO", cumulative_period(quarter)),
        dated=dated,
        unit_line="Đơn vị tính: hộ",
    )
    header = grouped_header(
        "TT",
        "Phường, xã",
        "Khu vực",
        "Tổng số hộ",
        "Hộ nghèo đầu kỳ",
        ("Biến động trong kỳ", ("Giảm", "Tăng (phát sinh, tái nghèo)")),
        "Hộ nghèo cuối kỳ",
        "Hộ cận nghèo cuối kỳ",
        "Tỷ lệ nghèo cuối kỳ (%)",
    )
    body = block_rows(
        households,
        lambda row, area: [area, *_whole(row), percent(row[4], row[0])],
        "total last",
        ("Thành thị", "Nông thôn", "Tổng cộng (I+II)"),
        lambda ward: ward.full,
    )
    return framed("Hộ nghèo", frame, header, body, [6, 24, 12, *[13] * 7])


def _whole(row: Figures) -> Sequence[Value]:
    return [int(figure) for figure in row]
