"""Fleet, violations and landings: what the fight against IUU fishing is followed by. Owners' names never leave here.

What was violated is told in the sender's own words and kept: long numbers in it, and the names of people that can be
told from other words (after *ông*, *chủ tàu* …, by their family name, or by their capitals amid a sentence), are masked
when it is read. A name without any of these marks stays.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from lagi_pipeline.feeds.base import Feed, FeedForm
from lagi_pipeline.feeds.plausibility import compared
from lagi_pipeline.intake.form import (
    Covers,
    FeedRow,
    Form,
    Listing,
    Missing,
    UnitNames,
    count,
    day,
    derived,
    figure,
    rule,
    text,
)
from lagi_pipeline.vietnamese.text import label_key

_REGISTER = re.compile(r"([A-Za-zĐđ]{1,4})[\s.-]*(\d{3,6})[\s.-]*(TS)", re.IGNORECASE)
STATES = ("hoạt động", "nằm bờ", "đã bán", "giải bản")
GONE = ("đã bán", "giải bản")
LAID_UP = "nằm bờ"
_LONGEST_M = 100


def normal_register(text: str | None) -> str | None:
    """A register number in its normal form: ``Bth 98234TS`` is ``BTH-98234-TS``; None where it is none."""
    found = _REGISTER.fullmatch(text.strip()) if isinstance(text, str) else None
    return f"{found[1].upper()}-{found[2]}-{found[3].upper()}" if found else None


def _register_of(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["register_text"].map(normal_register).astype("str").where(frame["register_text"].notna())


def _month_of(frame: pd.DataFrame) -> pd.Series[Any]:
    """The month in ``7``, ``7/2024``, ``tháng 7`` or ``Tháng 07/2024``."""
    return _found_number(frame["month_text"], r"(?i)\s*(?:tháng\s*)?(\d{1,2})(?:\s*[/-]\s*\d{4})?\s*")


def _year_of(frame: pd.DataFrame) -> pd.Series[Any]:
    return _found_number(frame["month_text"], r".*[/-]\s*(\d{4})\s*")


def _found_number(texts: pd.Series[Any], pattern: str) -> pd.Series[Any]:
    """The number that a pattern finds in each whole text; each distinct text is looked into once."""
    found = {text: re.fullmatch(pattern, text) for text in texts.dropna().unique()}
    return texts.map({text: int(match[1]) for text, match in found.items() if match}).astype("Int64")


def _in_quarter(frame: pd.DataFrame, month: pd.Series[Any], year: pd.Series[Any]) -> pd.Series[bool]:
    quarter = frame.attrs["quarter"]
    same: pd.Series[bool] = (month.add(2) // 3 == quarter.number) & (year.isna() | (year == quarter.year))
    return same


class VesselRow(FeedRow):
    """A fishing vessel at the quarter's end. The owner's name is read and never stored."""

    register: str = derived(
        "Số đăng ký (chuẩn)",
        "Register number in its normal form; null where there is none",
        _register_of,
        nullable=True,
    )
    register_text: str = text("Số đăng ký", "Số đăng ký", "Số đăng ký tàu", "Số ĐK", shape=_REGISTER, en="As printed")
    owner: str = text(
        "Chủ tàu",
        "Chủ tàu",
        "Tên chủ tàu",
        "Họ và tên chủ tàu",
        "Họ tên chủ tàu",
        personal=True,
        required=False,
        en="Owner",
    )
    unit_code: str = derived("Mã đơn vị", "Code of the reporting unit", UnitNames("unit_label"), nullable=True)
    unit_label: str = text(
        "Phường/xã", "Phường/xã", "Phường, xã", "Địa phương", "Xã, phường", en="As printed", nullable=False
    )
    length_m: float = figure(
        "Chiều dài lớn nhất",
        "Chiều dài lớn nhất",
        "Lmax",
        unit="m",
        additive=False,
        gt=0,
        le=_LONGEST_M,
        nullable=False,
        en="Length overall",
    )
    power_kw: float = figure(
        "Công suất", "Công suất", unit="kW", additive=False, required=False, ge=0, en="Engine power"
    )
    gear: str = text("Nghề", "Nghề", "Nghề khai thác", required=False, en="Fishing gear")
    licence_no: str = text("Số giấy phép", "Số giấy phép", "Số GPKT", en="Licence number")
    licence_until: pd.Timestamp = day(
        "Giấy phép hết hạn", "Giấy phép hết hạn", "Hạn giấy phép", en="Licence valid until"
    )
    inspection_until: pd.Timestamp = day(
        "Hạn đăng kiểm", "Hạn đăng kiểm", "Đăng kiểm hết hạn", en="Inspection valid until"
    )
    vms_since: pd.Timestamp = day(
        "Ngày lắp TBGSHT",
        "Ngày lắp TBGSHT",
        "Ngày lắp thiết bị giám sát hành trình",
        "Ngày lắp VMS",
        en="Monitoring device fitted on",
    )
    state: str = text(
        "Trạng thái",
        "Trạng thái",
        "Tình trạng",
        isin=list(STATES),
        nullable=False,
        en="Operating, laid up, sold or struck off",
    )

    @rule(
        "register_form",
        "số đăng ký không đúng dạng như BTh-99860-TS",
        on=("register_text",),
        missing=Missing.SKIP_IF_ANY,
    )
    def _register_form(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["register"].notna()

    @rule(
        "register_once",
        "số đăng ký {register} có nhiều dòng",
        on=("register", "register_text"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _register_once(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return ~frame["register"].duplicated(keep=False)

    @rule(
        "vessel_unit", "không có đơn vị này trong danh mục phường, xã", on=("unit_label",), missing=Missing.SKIP_IF_ANY
    )
    def _vessel_unit(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["unit_code"].notna()


class CaseRow(FeedRow):
    """A violation that was dealt with."""

    case_date: pd.Timestamp = day(
        "Ngày", "Ngày", "Ngày vi phạm", "Ngày xử phạt", "Ngày xử lý", nullable=False, en="Day"
    )
    register: str = derived("Số đăng ký (chuẩn)", "Register number in its normal form", _register_of, nullable=True)
    register_text: str = text("Số đăng ký", "Số đăng ký", "Số đăng ký tàu", en="As printed")
    violation: str = text("Hành vi vi phạm", "Hành vi vi phạm", "Hành vi", prose=True, nullable=False, en="Violation")
    zone: str = text(
        "Vùng",
        "Vùng",
        "Vùng biển",
        isin=["trong tỉnh", "ngoài tỉnh", "nước ngoài"],
        en="Where: in the province, outside it, abroad",
    )
    legal_basis: str = text("Căn cứ xử phạt", "Căn cứ xử phạt", "Căn cứ", required=False, en="Legal basis")
    fine_vnd: float = figure("Số tiền phạt", "Số tiền phạt", "Tiền phạt", unit="đồng", ge=0, en="Fine in đồng")
    authority: str = text("Cơ quan xử phạt", "Cơ quan xử phạt", "Cơ quan xử lý", required=False, en="Authority")

    @rule(
        "case_register_form",
        "số đăng ký không đúng dạng như BTh-99860-TS",
        on=("register_text",),
        missing=Missing.SKIP_IF_ANY,
    )
    def _register_form(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["register"].notna()

    @rule("case_in_quarter", "ngày {case_date} không thuộc quý báo cáo", on=("case_date",), missing=Missing.SKIP_IF_ANY)
    def _case_in_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        quarter = frame.attrs["quarter"]
        return frame["case_date"].between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))


class LandingRow(FeedRow):
    """Landings of a port in a month."""

    port: str = text("Cảng", "Cảng", "Cảng cá", "Tên cảng", nullable=False, en="Port")
    month: pd.Int64Dtype = derived("Tháng (số)", "Month, 1 to 12", _month_of, nullable=True)
    month_text: str = text("Tháng", "Tháng", nullable=False, en="Month as printed")
    port_calls: pd.Int64Dtype = count(
        "Lượt tàu cập", "Lượt tàu cập", "Số lượt tàu cập", unit="lượt", required=False, en="Port calls"
    )
    landed_t: float = figure(
        "Sản lượng", "Sản lượng", "Sản lượng qua cảng", unit="tấn", ge=0, nullable=False, en="Landed"
    )
    monitored_t: float = figure(
        "Sản lượng được giám sát",
        "Sản lượng được giám sát",
        "Sản lượng giám sát",
        unit="tấn",
        ge=0,
        nullable=False,
        en="of which monitored",
    )

    @rule(
        "month_in_quarter",
        "tháng «{month_text}» không thuộc quý báo cáo",
        on=("month_text",),
        missing=Missing.SKIP_IF_ANY,
    )
    def _month_in_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _in_quarter(frame, frame["month"], _year_of(frame)).fillna(value=False)

    @rule(
        "monitored_within_landed",
        "sản lượng được giám sát {monitored_t} tấn lớn hơn sản lượng {landed_t} tấn",
        on=("monitored_t", "landed_t"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _monitored_within_landed(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["monitored_t"] <= frame["landed_t"]

    @rule(
        "port_month_once",
        "cảng {port}, tháng {month} có nhiều dòng",
        on=("port", "month", "month_text"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _port_month_once(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return ~frame.duplicated(["port", "month"], keep=False)


def _listing(form: Form) -> Feed:
    return Feed(form.code, (FeedForm(form),))


VESSELS = _listing(
    Form(
        code="fisheries_vessels",
        title_vi="Danh sách tàu cá",
        model=VesselRow,
        label="register_text",
        rows=Listing(blank_rows=2500),
        covers=Covers.EITHER,
    )
)
CASES = _listing(
    Form(
        code="fisheries_cases",
        title_vi="Vi phạm khai thác thủy sản",
        model=CaseRow,
        label="violation",
        rows=Listing(may_be_empty=True),
        covers=Covers.QUARTER,
        about_people=True,
    )
)


def _port_month(frame: pd.DataFrame) -> pd.Series[Any]:
    """The same row a year later: the port's month, whatever way it is printed."""
    return frame["port"].map(label_key, na_action="ignore") + "|" + frame["month"].astype("Int64").astype("str")


LANDINGS = Feed(
    "fisheries_landings",
    (
        compared(
            Form(
                code="fisheries_landings",
                title_vi="Sản lượng thủy sản qua cảng",
                model=LandingRow,
                label="port",
                rows=Listing(months="month_text"),
                covers=Covers.QUARTER,
            ),
            None,
            key=_port_month,
        ),
    ),
)
