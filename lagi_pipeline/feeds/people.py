"""Population, employment and the poverty review, a row per phường and xã."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import Feed, History, SeriesFinding, by_unit, keeps_scale
from lagi_pipeline.feeds.environment import UnitRow
from lagi_pipeline.feeds.estimates import YEAR_ESTIMATE, headed_below
from lagi_pipeline.feeds.plausibility import compared
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import (
    CellKind,
    Covers,
    Form,
    Missing,
    UnitRows,
    agrees,
    count,
    given,
    percent,
    rule,
    text,
    year_estimate,
)
from lagi_pipeline.vietnamese.numbers import format_number


class PopulationRow(UnitRow):
    """Population of a ward at the quarter's start and end, and what changed it."""

    population_start: pd.Int64Dtype = count("Dân số đầu kỳ", "Dân số đầu kỳ", unit="người", en="At the quarter's start")
    births: pd.Int64Dtype = count(
        "Sinh trong kỳ", "Sinh trong kỳ", "Số sinh", "Sinh", unit="người", en="Births of the quarter"
    )
    deaths: pd.Int64Dtype = count(
        "Chết trong kỳ", "Chết trong kỳ", "Số chết", "Chết", unit="người", en="Deaths of the quarter"
    )
    arrivals: pd.Int64Dtype = count("Chuyển đến", "Chuyển đến", "Số chuyển đến", unit="người", en="Moved in")
    departures: pd.Int64Dtype = count("Chuyển đi", "Chuyển đi", "Số chuyển đi", unit="người", en="Moved out")
    population_end: pd.Int64Dtype = count(
        "Dân số cuối kỳ", "Dân số cuối kỳ", unit="người", en="At the quarter's end", gt=0, ge=None
    )

    @rule(
        "population_balances",
        "dân số cuối kỳ {population_end} khác đầu kỳ {population_start} + sinh {births} − chết {deaths}"
        " + đến {arrivals} − đi {departures}",
        on=("population_end", "population_start", "births", "deaths", "arrivals", "departures"),
        missing=Missing.SKIP_IF_ANY,
        severity=Severity.WARNING,
    )
    def _population_balances(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        expected = (
            frame["population_start"] + frame["births"] - frame["deaths"] + frame["arrivals"] - frame["departures"]
        )
        return frame["population_end"] == expected


_PLACED = "Số lao động được giải quyết việc làm"


class EmploymentRow(UnitRow):
    """People of a ward placed in jobs in the quarter, and how."""

    placed: pd.Int64Dtype = count(
        "Tổng số", f"{_PLACED} / Tổng số", _PLACED, "Tổng số", unit="người", en="People placed in the quarter"
    )
    women: pd.Int64Dtype = count(
        "Trong đó nữ",
        f"{_PLACED} / Trong đó nữ",
        "Trong đó nữ",
        "Nữ",
        "Trong đó: nữ",
        unit="người",
        required=False,
        en="of whom women",
    )
    by_loan: pd.Int64Dtype = count(
        "Vay vốn Quỹ quốc gia",
        f"{_PLACED} / Vay vốn Quỹ quốc gia",
        "Vay vốn Quỹ quốc gia",
        "Vay vốn Quỹ quốc gia về việc làm",
        unit="người",
        required=False,
        en="Through loans of the national fund",
    )
    abroad: pd.Int64Dtype = count(
        "Xuất khẩu lao động",
        f"{_PLACED} / Xuất khẩu lao động",
        "Xuất khẩu lao động",
        "Đi làm việc ở nước ngoài",
        unit="người",
        required=False,
        en="Sent to work abroad",
    )
    otherwise: pd.Int64Dtype = count(
        "Khác", f"{_PLACED} / Khác", "Khác", "Hình thức khác", unit="người", required=False, en="In other ways"
    )
    trained: pd.Int64Dtype = count(
        "Trong đó đã qua đào tạo",
        f"{_PLACED} / Trong đó đã qua đào tạo",
        "Trong đó đã qua đào tạo",
        "Đã qua đào tạo",
        unit="người",
        required=False,
        en="of whom trained",
    )
    placed_ytd: pd.Int64Dtype = count(
        "Lũy kế từ đầu năm",
        "Lũy kế từ đầu năm",
        "Lũy kế",
        f"{_PLACED} / Lũy kế",
        unit="người",
        required=False,
        en="Placed from 1 January, as printed",
    )
    year_estimate: pd.Int64Dtype = year_estimate(
        *YEAR_ESTIMATE, *headed_below("Tổng số", _PLACED), unit="người", kind=CellKind.COUNT
    )

    @rule(
        "placed_by_way",
        "tổng số {placed} khác vay vốn {by_loan} + xuất khẩu lao động {abroad} + khác {otherwise}",
        on=("placed", "by_loan", "abroad", "otherwise"),
        missing=Missing.SKIP_IF_ALL,
    )
    def _placed_by_way(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        """The ways that are given are never more than the total, and make it up where none of the three is missing."""
        ways = frame[["by_loan", "abroad", "otherwise"]]
        given, placed = ways.fillna(0).sum(axis=1), frame["placed"]
        is_gap = ways.isna().any(axis=1)
        return placed.isna() | (given == placed) | (is_gap & (given <= placed))

    @rule(
        "women_within_placed",
        "nữ {women} lớn hơn tổng số {placed}",
        on=("women", "placed"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _women_within_placed(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["women"] <= frame["placed"]

    @rule(
        "trained_within_placed",
        "đã qua đào tạo {trained} lớn hơn tổng số {placed}",
        on=("trained", "placed"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _trained_within_placed(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["trained"] <= frame["placed"]

    @rule(
        "placed_ytd_at_least_quarter",
        "lũy kế {placed_ytd} nhỏ hơn số của quý {placed}",
        on=("placed_ytd", "placed"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _placed_ytd_at_least_quarter(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["placed_ytd"] >= frame["placed"]

    @rule(
        "placed_estimate_at_least_ytd",
        "ước cả năm {year_estimate} thấp hơn số đã thực hiện (quý này {placed}, lũy kế {placed_ytd})",
        on=("year_estimate", "placed"),
        missing=Missing.SKIP_IF_ANY,
        severity=Severity.WARNING,
    )
    def _placed_estimate_at_least_ytd(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["year_estimate"] >= frame[["placed", "placed_ytd"]].max(axis=1)


class LabourRow(UnitRow):
    """Labour force of a ward, and how much of it is trained (yearly)."""

    labour_force: pd.Int64Dtype = count(
        "Lực lượng lao động", "Lực lượng lao động", unit="người", en="Labour force", gt=0, ge=None
    )
    trained: pd.Int64Dtype = count(
        "Lao động qua đào tạo",
        "Lao động qua đào tạo",
        "Lao động đã qua đào tạo",
        unit="người",
        en="Trained in any form",
    )
    certified: pd.Int64Dtype = count(
        "Trong đó có bằng, chứng chỉ",
        "Trong đó có bằng, chứng chỉ",
        "Có bằng, chứng chỉ",
        unit="người",
        required=False,
        en="of whom with a certificate",
    )

    @rule(
        "trained_within_force",
        "lao động qua đào tạo {trained} lớn hơn lực lượng lao động {labour_force}",
        on=("trained", "labour_force"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _trained_within_force(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["trained"] <= frame["labour_force"]

    @rule(
        "certified_within_trained",
        "có bằng, chứng chỉ {certified} lớn hơn qua đào tạo {trained}",
        on=("certified", "trained"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _certified_within_trained(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["certified"] <= frame["trained"]


class PovertyRow(UnitRow):
    """Poor households of a ward at the review, in its urban or rural part."""

    block: str = given("Khối", "Block of the form: thành thị or nông thôn", nullable=True)
    area: str = text("Khu vực", "Khu vực", required=False, en="Urban or rural, as printed")
    households: pd.Int64Dtype = count(
        "Tổng số hộ", "Tổng số hộ", "Tổng số hộ dân", unit="hộ", en="Households", gt=0, ge=None
    )
    poor_start: pd.Int64Dtype = count(
        "Hộ nghèo đầu kỳ", "Hộ nghèo đầu kỳ", unit="hộ", en="Poor households at the start"
    )
    left: pd.Int64Dtype = count(
        "Giảm", "Biến động trong kỳ / Giảm", "Giảm", "Số hộ thoát nghèo", unit="hộ", en="Left poverty"
    )
    entered: pd.Int64Dtype = count(
        "Tăng (phát sinh, tái nghèo)",
        "Biến động trong kỳ / Tăng (phát sinh, tái nghèo)",
        "Tăng (phát sinh, tái nghèo)",
        "Tăng",
        "Biến động trong kỳ / Tăng",
        unit="hộ",
        en="Fell into poverty",
    )
    poor_end: pd.Int64Dtype = count("Hộ nghèo cuối kỳ", "Hộ nghèo cuối kỳ", unit="hộ", en="Poor households at the end")
    near_poor_end: pd.Int64Dtype = count(
        "Hộ cận nghèo cuối kỳ", "Hộ cận nghèo cuối kỳ", unit="hộ", required=False, en="Near-poor households at the end"
    )
    poor_percent: float = percent(
        "Tỷ lệ nghèo cuối kỳ (%)",
        "Tỷ lệ nghèo cuối kỳ (%)",
        "Tỷ lệ hộ nghèo cuối kỳ (%)",
        "Tỷ lệ hộ nghèo (%)",
        en="As printed",
    )

    @rule(
        "poor_balances",
        "hộ nghèo cuối kỳ {poor_end} khác đầu kỳ {poor_start} − giảm {left} + tăng {entered}",
        on=("poor_end", "poor_start", "left", "entered"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _poor_balances(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["poor_end"] == frame["poor_start"] - frame["left"] + frame["entered"]

    @rule(
        "poor_within_households",
        "hộ nghèo {poor_end} lớn hơn tổng số hộ {households}",
        on=("poor_end", "households"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _poor_within_households(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["poor_end"] <= frame["households"]

    @rule(
        "poor_percent",
        "tỷ lệ ghi {poor_percent} % không bằng {poor_end}/{households} hộ",
        on=("poor_percent", "poor_end", "households"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _poor_percent(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return agrees(frame, "poor_percent", "poor_end", "households")


def starts_where_last_year_ended(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
    """Warn where a unit's poor households at the start are not those at the end of last year's review.

    Units compare as wholes: the blocks of the form may be other ones than last year's.
    """
    last_year = history.of(quarter.a_year_earlier)
    if last_year is None:
        return
    ended = _by_unit(last_year, "poor_end")
    for unit, now in _by_unit(current, "poor_start").items():
        then = ended.get(unit)
        if then is not None and now != then:
            index = current.index[current["unit_code"] == unit][0]
            reason = f"hộ nghèo đầu kỳ {format_number(now)} khác cuối kỳ năm trước {format_number(then)}"
            yield SeriesFinding(int(index), "poor_start", "starts_where_last_year_ended", reason)


def _by_unit(frame: pd.DataFrame, column: str) -> dict[str, int]:
    """A unit's sum over its blocks; none where one of them lacks the figure."""
    sums = frame.groupby("unit_code")[column].agg(lambda figures: figures.sum(skipna=False))
    return {str(unit): int(figure) for unit, figure in sums.dropna().items()}


def _unit_in_block(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["block"].fillna("") + "|" + frame["unit_code"]


POPULATION = Feed(
    "population",
    (
        compared(
            Form(
                code="population",
                title_vi="Biến động dân số",
                model=PopulationRow,
                label="unit_label",
                rows=UnitRows(),
                covers=Covers.QUARTER,
            ),
            by_unit(
                births="births", deaths="deaths", population_start="population_start", population_end="population_end"
            ),
            keeps_scale("unit_code", ["population_start", "population_end", "births", "deaths"]),
            key="unit_code",
        ),
    ),
)
EMPLOYMENT = Feed(
    "employment",
    (
        compared(
            Form(
                code="employment",
                title_vi="Kết quả giải quyết việc làm",
                model=EmploymentRow,
                label="unit_label",
                rows=UnitRows(),
                covers=Covers.QUARTER,
                sheet_vi="Việc làm",
            ),
            by_unit(
                placed="jobs_placed",
                placed_ytd="jobs_placed_ytd",
                trained="jobs_placed_trained",
                year_estimate="jobs_year_estimate",
            ),
            keeps_scale("unit_code", ["placed"]),
            keeps_scale("unit_code", ["placed_ytd"], cumulative=True),
            keeps_scale("unit_code", ["year_estimate"]),
            key="unit_code",
        ),
        compared(
            Form(
                code="employment_labour",
                title_vi="Lực lượng lao động và lao động qua đào tạo",
                model=LabourRow,
                label="unit_label",
                rows=UnitRows(),
                covers=Covers.EITHER,
                yearly=True,
                sheet_vi="Lao động",
            ),
            by_unit(labour_force="labour_force", trained="trained_workers"),
            keeps_scale("unit_code", ["labour_force", "trained"]),
            key="unit_code",
        ),
    ),
)
POVERTY = Feed(
    "poverty",
    (
        compared(
            Form(
                code="poverty",
                title_vi="Kết quả rà soát hộ nghèo, hộ cận nghèo",
                model=PovertyRow,
                label="unit_label",
                rows=UnitRows(blocks=("Thành thị", "Nông thôn", "Khu vực thành thị", "Khu vực nông thôn")),
                covers=Covers.EITHER,
                about_people=True,
            ),
            by_unit(households="poverty_review_households", poor_end="poor_households"),
            starts_where_last_year_ended,
            keeps_scale("unit_code", ["households", "poor_end"]),
            key=_unit_in_block,
        ),
    ),
)
