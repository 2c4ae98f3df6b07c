"""The ward forms of household water and of solid waste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.arithmetic import percent
from lagi_samples.forms.wards import TOTAL, Figures, block_rows, plain_rows
from lagi_samples.office import (
    Frame,
    Ward,
    both_periods,
    cumulative_period,
    framed,
    grouped_header,
    quarter_period,
)
from lagi_samples.sheet import Sheet, Value


def water(quarter: Quarter, households: Mapping[Ward, Figures], dated: date, *, blocks: bool = False) -> Sheet:
    """Households by ward: total, hygienic water, clean water.

    Args:
        quarter: the Q4 of the year surveyed.
        households: by ward, total, hygienic, clean.
        dated: day under the letterhead.
        blocks: blocks I phường, II xã with subtotals and the total first, instead of plain rows and the total last.
    """
    frame = Frame(
        office="qldt",
        title=("KẾT QUẢ SỬ DỤNG NƯỚC HỢP VỆ SINH, NƯỚC SẠCH CỦA HỘ DÂN", cumulative_period(quarter)),
        dated=dated,
        unit_line="Đơn vị tính: hộ",
    )
    header = grouped_header(
        "STT",
        "Phường, xã",
        "Tổng số hộ",
        "Số hộ dùng nước hợp vệ sinh",
        "Số hộ dùng nước sạch (đạt quy chuẩn)",
        ("Tỷ lệ (%)", ("Hợp vệ sinh", "Nước sạch")),
    )
    if blocks:
        body = block_rows(households, lambda row, _: _water_cells(row), "total first", ("Phường", "Xã", TOTAL))
    else:
        body = plain_rows(households, _water_cells, "total last", lambda ward: ward.full)
    return framed("Nước", frame, header, body, [6, 24, 12, 18, 22, 12, 12])


def _water_cells(row: Figures) -> Sequence[Value]:
    total, hygienic, clean = (int(figure) for figure in row)
    return [total, hygienic, clean, percent(hygienic, total), percent(clean, total)]


def waste(
    quarter: Quarter, tonnes: Mapping[Ward, Figures], dated: date, *, to_date: Mapping[Ward, Figures] | None = None
) -> Sheet:
    """Solid waste by ward, in tấn: generated, collected, treated.

    Args:
        quarter: its quarter.
        tonnes: of the quarter, by ward.
        dated: day under the letterhead.
        to_date: from 1 January; prints the lũy kế columns beside the quarter's.
    """
    frame = Frame(
        office="tnmt",
        title=(
            "KHỐI LƯỢNG CHẤT THẢI RẮN SINH HOẠT",
            quarter_period(quarter) if to_date is None else both_periods(quarter),
        ),
        dated=dated,
        unit_line="Đơn vị tính: tấn",
    )
    columns = ("Khối lượng phát sinh (tấn)", "Thu gom (tấn)", "Xử lý (tấn)")
    if to_date is None:
        header = grouped_header("STT", "Phường, xã", ("Khối lượng trong quý", columns))
        figures = tonnes
    else:
        header = grouped_header("STT", "Phường, xã", ("Thực hiện quý", columns), ("Lũy kế từ đầu năm", columns))
        figures = {ward: [*tonnes[ward], *to_date[ward]] for ward in tonnes}
    body = plain_rows(figures, list, "total last" if to_date is None else "total first", lambda ward: ward.short)
    return framed("CTR", frame, header, body, [6, 24, *[16] * 6])
