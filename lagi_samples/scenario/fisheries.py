"""A made-up fleet of about 1.900 vessels, its cases and its landings. No vessel, owner or case is real."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.book import Book, usual_receipt, usual_status
from lagi_samples.forms.fisheries import (
    Case,
    Landing,
    Vessel,
    fisheries_cases,
    fisheries_landings,
    fisheries_vessels,
)
from lagi_samples.office import WARDS
from lagi_samples.scenario import QUARTERS

BAD_VESSELS = Quarter(2024, 3)
BAD_CASE = Quarter(2024, 2)
BAD_LANDING = Quarter(2024, 4)

_FLEET = 1_935
_FIRST_FLEET = 1_895
_SEED = 594
_ACTIVE, _LAID_UP, _SOLD, _STRUCK_OFF = "hoạt động", "nằm bờ", "đã bán", "giải bản"
_VMS_LENGTH = 15.0
_PAPERS_LENGTH = 6.0  # below it neither licence nor inspection is asked for
_NEARLY = 13.5
_WITHOUT_NUMBER = 71  # every 71st vessel has no register number
# Limits on the draws of a vessel: the part that is unlicensed, without a device, prompt in renewing, and so on.
_UNLICENSED, _UNFITTED, _VOLUNTARY, _PROMPT = 0.02, 0.02, 0.7, 0.85
_SOLD_TO, _GONE_TO, _LAID_UP_FROM = 0.02, 0.03, 0.965
_LENGTHS = ((0.08, 4.5, 5.9), (0.51, 6.0, 11.9), (0.72, 12.0, 14.9), (0.993, 15.0, 23.5), (1.0, 24.0, 27.5))
_GEARS = ("lưới kéo", "lưới vây", "lưới rê", "câu", "chụp", "lồng bẫy", "hậu cần")
_LICENCE_TERM = timedelta(days=5 * 365)
_INSPECTION_TERM = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class _Hull:
    """What stays the same about a vessel, and the days on which its papers first run out.

    ``licence_lag`` and ``inspection_lag`` are the days its owner lets pass before renewing.
    """

    number: int
    registered: bool
    ward: str
    length_m: float
    power_kw: float
    gear: str
    licence_from: date | None
    licence_lag: timedelta
    inspection_from: date | None
    inspection_lag: timedelta
    vms_since: date | None
    laid_up: bool
    gone: tuple[date, str] | None
    joined: date

    @property
    def register(self) -> str:
        """Its register number, now and then as it is misspelt on board."""
        if self.number % 97 == 0:
            return f"Bth {self.number:05d}TS"
        if self.number % 113 == 0:
            return f"BTh {self.number:05d} TS"
        return f"BTh-{self.number:05d}-TS"


def _draws(number: int) -> list[float]:
    """Sixteen numbers from 0 to 1 that belong to a vessel, the same on every machine."""
    digest = hashlib.sha512(f"{_SEED}/{number}".encode()).digest()
    return [int.from_bytes(digest[at : at + 4], "big") / 2**32 for at in range(0, 64, 4)]


@cache
def _hulls() -> list[_Hull]:
    return [_hull(number) for number in range(1, _FLEET + 1)]


def _hull(number: int) -> _Hull:
    size, within, power, gear, ward, licence, inspection, vms, lag, fate, day, *_ = _draws(number)
    low, high = next((low, high) for limit, low, high in _LENGTHS if size < limit)
    length = round(low + within * (high - low), 1)
    registered = number % _WITHOUT_NUMBER != 0
    papers = registered and length >= _PAPERS_LENGTH
    late = timedelta(days=max(0, round(500 * (lag - _PROMPT))))
    fitted = vms > _UNFITTED if length >= _VMS_LENGTH else length > _NEARLY and vms > _VOLUNTARY
    return _Hull(
        number=number,
        registered=registered,
        ward=_ward(ward),
        length_m=length,
        power_kw=round(length**1.9 * (0.9 + 0.7 * power)),
        gear=_GEARS[int(gear * len(_GEARS))],
        licence_from=_day(2018, 1_800, licence) if papers and licence > _UNLICENSED else None,
        licence_lag=late,
        inspection_from=_day(2022, 365, inspection) if papers else None,
        inspection_lag=late / 2,
        vms_since=_day(2019, 2_000, vms) if registered and fitted else None,
        laid_up=fate > _LAID_UP_FROM,
        gone=(_day(2022, 1_090, day), _SOLD if fate < _SOLD_TO else _STRUCK_OFF) if fate < _GONE_TO else None,
        joined=date(2022, 12, 1) if number <= _FIRST_FLEET else _day(2023, 700, day),
    )


def _ward(chance: float) -> str:
    """A ward by its population."""
    left = chance * sum(ward.population for ward in WARDS)
    for ward in WARDS:
        left -= ward.population
        if left < 0:
            return ward.full
    return WARDS[-1].full


def _day(year: int, spread: int, chance: float) -> date:
    return date(year, 1, 1) + timedelta(days=round(spread * chance))


def _valid_until(first: date | None, term: timedelta, lag: timedelta, today: date) -> date | None:
    """The day a paper runs out as the list of ``today`` shows it: renewed for a term, ``lag`` days late."""
    if first is None:
        return None
    until = first + term
    while until + lag < today:
        until += term + lag
    return until


def fleet(quarter: Quarter) -> list[Vessel]:
    """The vessel list of ``quarter`` without its bad rows."""
    return [_as_listed(hull, quarter.end) for hull in _hulls() if hull.joined <= quarter.end]


def _as_listed(hull: _Hull, today: date) -> Vessel:
    gone = hull.gone is not None and hull.gone[0] <= today
    status = hull.gone[1] if gone and hull.gone else _LAID_UP if hull.laid_up else _ACTIVE
    return Vessel(
        register=hull.register if hull.registered else None,
        owner=f"Chủ tàu mẫu {hull.number:04d}",
        ward=hull.ward,
        length_m=hull.length_m,
        power_kw=hull.power_kw,
        gear=hull.gear,
        licence=f"MẪU-GP-{hull.number:05d}" if hull.licence_from else None,
        licence_until=_valid_until(hull.licence_from, _LICENCE_TERM, hull.licence_lag, today),
        inspected_until=_valid_until(hull.inspection_from, _INSPECTION_TERM, hull.inspection_lag, today),
        vms_since=hull.vms_since if hull.vms_since and hull.vms_since <= today else None,
        status=status,
    )


def bad_vessels() -> list[Vessel]:
    """Three rows that must be given back: unknown ward, length in words, a register number listed before."""
    good = next(vessel for vessel in fleet(BAD_VESSELS) if vessel.register == "BTh-00100-TS")
    return [
        replace(_renumbered(good, 9001), ward="Phường Tân Long"),
        replace(_renumbered(good, 9002), length_m="mười lăm mét"),
        replace(_renumbered(good, 9003), register=good.register),
    ]


def _renumbered(vessel: Vessel, number: int) -> Vessel:
    """The same vessel under another number, owner and licence."""
    return replace(
        vessel,
        register=f"BTh-{number:05d}-TS",
        owner=f"Chủ tàu mẫu {number}",
        licence=f"MẪU-GP-{number:05d}",
    )


_CASES = {2023: (12, 14, 11, 9), 2024: (8, 13, 10, 6)}
_AT_HOME = "trong tỉnh"
_ACTS = (
    ("Không duy trì hoạt động thiết bị giám sát hành trình", "ngoài tỉnh", 25_000_000),
    ("Khai thác sai vùng quy định", _AT_HOME, 15_000_000),
    ("Không ghi, nộp nhật ký khai thác", _AT_HOME, 5_000_000),
    ("Giấy phép khai thác thủy sản hết hạn", _AT_HOME, 20_000_000),
    ("Không viết số đăng ký tàu cá theo quy định", _AT_HOME, 3_000_000),
)
_ABROAD = ("Khai thác trong vùng biển nước ngoài không có giấy phép", "nước ngoài", 900_000_000)
_ABROAD_IN = Quarter(2023, 3)
_NEW_DECREE = date(2024, 5, 20)
_AUTHORITIES = ("Đồn Biên phòng", "Chi cục Thủy sản", "UBND thị xã")


def cases(quarter: Quarter) -> list[Case]:
    """The cases of ``quarter``, with the impossible day where it was planted."""
    listed = [vessel for vessel in fleet(quarter) if vessel.licence and vessel.status == _ACTIVE]
    offshore = [vessel for vessel in listed if vessel.vms_since]
    count = _CASES[quarter.year][quarter.number - 1]
    result = []
    for at in range(count):
        act, zone, fine = _ABROAD if quarter == _ABROAD_IN and at == 0 else _ACTS[at % len(_ACTS)]
        day = quarter.start + timedelta(days=4 + at * 82 // count)
        suspects = listed if zone == _AT_HOME else offshore
        vessel = suspects[(at * 137 + quarter.number * 41 + quarter.year) % len(suspects)]
        basis = "NĐ 38/2024/NĐ-CP" if day >= _NEW_DECREE else "NĐ 42/2019/NĐ-CP"
        authority = _AUTHORITIES[2] if fine == _ABROAD[2] else _AUTHORITIES[at % 2]
        result.append(Case(day, vessel.register or "", act, zone, basis, fine, authority))
    if quarter == BAD_CASE:
        result[-1] = replace(result[-1], day="31/02/2024")
    return result


_PORTS = (("Cảng cá La Gi", 620, 2_150), ("Bến cá Ba Đăng", 210, 415))
_MONTHS = (0.62, 0.58, 0.8, 0.95, 1.05, 1.12, 1.3, 1.34, 1.22, 1.1, 0.96, 0.78)
_MONITORED = {2023: 0.71, 2024: 0.83}


def landings(quarter: Quarter) -> list[Landing]:
    """Calls and tonnes of two ports by month, with the month monitored above what was landed where planted."""
    result = []
    for month in range(quarter.start.month, quarter.start.month + 3):
        for at, (port, calls, tonnes) in enumerate(_PORTS):
            season = _MONTHS[month - 1] * (1 + 0.02 * (quarter.year - QUARTERS[0].year))
            landed = round(tonnes * season + 0.3, 1)
            share = _MONITORED[quarter.year] - 0.06 * at + 0.002 * month
            result.append(
                Landing(port, f"{month}/{quarter.year}", round(calls * season), landed, round(landed * share, 1))
            )
    if quarter == BAD_LANDING:
        result[-1] = replace(result[-1], monitored_t=round(result[-1].landed_t + 40, 1))
    return result


def books() -> list[Book]:
    """Vessels, cases and landings of every quarter."""
    result = []
    for quarter in QUARTERS:
        received = usual_receipt(quarter, 7)
        vessels = fleet(quarter) + (bad_vessels() if quarter == BAD_VESSELS else [])
        for feed, name, sheet, sender in (
            ("fisheries_vessels", "tau-ca.xlsx", fisheries_vessels(quarter, vessels, received.date()), "thuysan"),
            ("fisheries_cases", "vi-pham.xlsx", fisheries_cases(quarter, cases(quarter), received.date()), "bienphong"),
            (
                "fisheries_landings",
                "san-luong.csv",
                fisheries_landings(quarter, landings(quarter), received.date()),
                "cangca",
            ),
        ):
            stem, _, suffix = name.partition(".")
            result.append(
                Book(
                    feed,
                    quarter,
                    f"{stem}-{quarter}.{suffix}",
                    [sheet],
                    sender,
                    received,
                    quarter.end,
                    usual_status(quarter),
                )
            )
    return result
