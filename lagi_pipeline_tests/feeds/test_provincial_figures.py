"""Real disclosures of provinces (reference/README.md) on the town's forms 94 and 95, read back to the đồng."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from lagi_pipeline.vietnamese.numbers import exact
from lagi_pipeline_tests.intake.reading import SUFFIXES, Cell, Read, quarter, read_one
from lagi_samples import Sheet

REFERENCE = Path(__file__).parents[1] / "reference"
DONG_OF_A_MILLION = 10**6
DONG_OF_A_BILLION = 10**9
PERIODS = ("QUÝ I NĂM {}", "6 THÁNG ĐẦU NĂM {}", "9 THÁNG NĂM {}", "NĂM {}")
UNITS = {
    "triệu đồng": Decimal(1), "đồng": Decimal(10**6), "nghìn đồng": Decimal(1000), "1.000 đồng": Decimal(1000),
    "tỷ đồng": Decimal("0.001"), "Tr đồng": Decimal(1), "Triệu dồng": Decimal(1),
}  # fmt: skip
TOTALS = {"revenue": "Tổng thu NSNN trên địa bàn", "spending": "Chi cân đối NSĐP"}


@dataclass(frozen=True)
class Disclosed:
    """What was published by a quarter's end: cumulative from 1 January, in triệu đồng."""

    series: str
    province: str
    year: int
    quarter: int
    amount: int

    @property
    def code(self) -> str:
        return f"{self.year}-Q{self.quarter}"


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def disclosures() -> Iterator[Disclosed]:
    """Every cumulative figure that was published; a flow of 0 is a quarter for which nothing was."""
    for row in rows("provincial_quarters.csv"):
        amount = 0
        for number in (1, 2, 3, 4):
            flow = int(row[f"q{number}"])
            amount += flow
            if flow:
                yield Disclosed(row["series"], row["province"], int(row["year"]), number, amount)


def printed(amount: int, unit: str) -> Cell:
    """An amount of triệu đồng as a cell of a table in another unit."""
    scaled = amount * UNITS[unit]
    return int(scaled) if scaled == int(scaled) else float(scaled)


def could_be_thousands(cell: Cell) -> bool:
    """Whether a figure typed as text looks like one with its thousands grouped: ``302,437``."""
    return isinstance(cell, float) and cell < 1000 and len(f"{cell}".partition(".")[2]) == 3


def form(disclosed: Disclosed, unit: str, plan: int | None = None) -> Sheet:
    """The total of form 94 or 95, under the title and the unit line of its kind."""
    title = f"THỰC HIỆN DỰ TOÁN NGÂN SÁCH {PERIODS[disclosed.quarter - 1].format(disclosed.year)}"
    share = None if plan is None else round(100 * disclosed.amount / plan, 2)
    total = ["A", TOTALS[disclosed.series], plan and printed(plan, unit), printed(disclosed.amount, unit), share]
    return Sheet(
        "Biểu",
        [
            [f"UBND TỈNH {disclosed.province.upper()}"],
            [title],
            [None, None, None, None, f"Đơn vị tính: {unit}"],
            ["STT", "Nội dung", "Dự toán năm", "Thực hiện", "So sánh (%)"],
            [None, None, None, None, "Dự toán năm"],
            ["A", "B", "1", "2", "3=2/1"],
            total,
            ["Người lập biểu"],
        ],
        [(3, 0, 4, 0), (3, 1, 4, 1), (3, 2, 4, 2), (3, 3, 4, 3)],
    )


def dong(read: Read, column: str) -> int:
    """The only row's figure in đồng, which must be a whole number of them."""
    [value] = read.rows[column].tolist()
    amount = exact(value) * DONG_OF_A_BILLION
    assert amount == int(amount)
    return int(amount)


@pytest.mark.parametrize("province", sorted({disclosed.province for disclosed in disclosures()}))
def test_every_figure_a_province_published_reads_back_to_the_dong(province: str) -> None:
    published = [disclosed for disclosed in disclosures() if disclosed.province == province]
    assert published
    for at, disclosed in enumerate(published):
        unit = list(UNITS)[at % len(UNITS)]
        sheet = form(disclosed, unit)
        as_text = sheet.with_text_numbers() if at % 3 == 0 else sheet
        suffix = SUFFIXES[at % len(SUFFIXES)]
        read = read_one(f"budget_{disclosed.series}", disclosed.code, as_text, suffix=suffix)
        if (at % 3 == 0 or suffix == ".csv") and could_be_thousands(printed(disclosed.amount, unit)):
            assert read.errors == [("D7", "not_a_number")], "302,437 alone may be either, and is not guessed at"
            continue
        assert not read.errors
        assert dong(read, "actual") == disclosed.amount * DONG_OF_A_MILLION, (disclosed, unit)
        assert read.reading.period is not None
        assert read.reading.period.quarter == quarter(disclosed.code)


@pytest.mark.parametrize(
    "row", rows("provincial_revenue_plan_settled.csv"), ids=lambda row: f"{row['province']}-{row['year']}"
)
def test_plan_and_settled_revenue_of_a_year_read_back_with_their_percentage(row: dict[str, str]) -> None:
    plan, settled = int(row["plan"]), int(row["settled"])
    year = Disclosed("revenue", row["province"], int(row["year"]), 4, settled)
    read = read_one("budget_revenue", year.code, form(year, "triệu đồng", plan))
    assert not read.errors
    assert (dong(read, "plan"), dong(read, "actual")) == (plan * DONG_OF_A_MILLION, settled * DONG_OF_A_MILLION)
    assert read.value("revenue_ytd") * 1000 == pytest.approx(settled)


def test_a_plan_in_another_unit_than_the_rest_is_seen_by_its_percentage() -> None:
    """The percentage printed beside real figures tells when one of them is of another unit."""
    row = rows("provincial_revenue_plan_settled.csv")[0]
    year = Disclosed("revenue", row["province"], int(row["year"]), 4, int(row["settled"]))
    sheet = form(year, "triệu đồng", int(row["plan"]))
    sheet.set("C7", int(row["plan"]) / 1000)
    assert read_one("budget_revenue", year.code, sheet).found("percent_of_plan").cell == "E7"


def test_the_reference_holds_years_with_quarters_that_were_not_published() -> None:
    published = list(disclosures())
    years = {(one.series, one.province, one.year) for one in published}
    assert len(published) > 200
    assert len(published) < 4 * len(years)
