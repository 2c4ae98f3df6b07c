"""The three lists of the fishing fleet: vessels, cases of violation, landings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.office import Frame, flat_header, framed, quarter_period
from lagi_samples.sheet import Sheet, Value


@dataclass(frozen=True)
class Vessel:
    """A row of the vessel list, as printed; the owner is a made-up number, never a person."""

    register: str | None
    owner: str
    ward: str
    length_m: float | str
    power_kw: float | None
    gear: str
    licence: str | None
    licence_until: date | None
    inspected_until: date | None
    vms_since: date | None
    status: str


def fisheries_vessels(quarter: Quarter, vessels: Sequence[Vessel], dated: date) -> Sheet:
    """The fleet as of the quarter's last day."""
    frame = Frame(
        office="thuysan",
        title=("DANH SÁCH TÀU CÁ", quarter_period(quarter)),
        dated=dated,
        preface=(f"(Số liệu đến ngày {quarter.end:%d/%m/%Y})",),
    )
    header = flat_header(
        "STT",
        "Số đăng ký",
        "Chủ tàu",
        "Phường/xã",
        "Chiều dài lớn nhất (m)",
        "Công suất (kW)",
        "Nghề",
        "Số giấy phép",
        "Giấy phép hết hạn",
        "Hạn đăng kiểm",
        "Ngày lắp TBGSHT",
        "Trạng thái",
    )
    body: list[list[Value]] = [
        [
            number,
            vessel.register,
            vessel.owner,
            vessel.ward,
            vessel.length_m,
            vessel.power_kw,
            vessel.gear,
            vessel.licence,
            vessel.licence_until,
            vessel.inspected_until,
            vessel.vms_since,
            vessel.status,
        ]
        for number, vessel in enumerate(vessels, start=1)
    ]
    return framed("Tàu cá", frame, header, body, [6, 15, 16, 18, 12, 12, 14, 14, 12, 12, 12, 12])


@dataclass(frozen=True)
class Case:
    """A case of violation: day, register number, act, zone, legal basis, fine in đồng, authority."""

    day: date | str
    register: str
    act: str
    zone: str
    basis: str
    fine: int
    authority: str


def fisheries_cases(quarter: Quarter, cases: Sequence[Case], dated: date) -> Sheet:
    """The cases of IUU fishing fined in the quarter."""
    frame = Frame(
        office="bienphong",
        title=("KẾT QUẢ XỬ LÝ VI PHẠM KHAI THÁC IUU", f"Quý {quarter.roman}/{quarter.year}"),
        dated=dated,
    )
    header = flat_header(
        "STT",
        "Ngày",
        "Số đăng ký",
        "Hành vi vi phạm",
        "Vùng",
        "Căn cứ xử phạt",
        "Số tiền phạt (đồng)",
        "Cơ quan xử phạt",
    )
    body: list[list[Value]] = [
        [number, case.day, case.register, case.act, case.zone, case.basis, case.fine, case.authority]
        for number, case in enumerate(cases, start=1)
    ]
    return framed("Vi phạm", frame, header, body, [6, 12, 15, 50, 12, 20, 16, 20])


@dataclass(frozen=True)
class Landing:
    """A port's month: calls, tonnes landed, tonnes monitored."""

    port: str
    month: str
    calls: int
    landed_t: float
    monitored_t: float


def fisheries_landings(quarter: Quarter, landings: Sequence[Landing], dated: date) -> Sheet:
    """Landings by port and month of the quarter, without a total row."""
    frame = Frame(
        office="cangca",
        title=("SẢN LƯỢNG THỦY SẢN QUA CẢNG", quarter_period(quarter)),
        dated=dated,
        unit_line="Đơn vị tính: tấn",
    )
    header = flat_header("STT", "Cảng", "Tháng", "Lượt tàu cập", "Sản lượng (tấn)", "Sản lượng được giám sát (tấn)")
    body: list[list[Value]] = [
        [number, landing.port, landing.month, landing.calls, landing.landed_t, landing.monitored_t]
        for number, landing in enumerate(landings, start=1)
    ]
    return framed("Sản lượng", frame, header, body, [6, 20, 12, 14, 16, 24])
