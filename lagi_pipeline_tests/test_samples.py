"""The sample workbooks: the same bytes each time, marked as samples, and saying what they are meant to say."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from python_calamine import CalamineWorkbook

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples import Book, all_books, generate, sample
from lagi_samples.sheet import Sheet, vietnamese, write_workbook

RAW = Path(__file__).parent.parent / "data" / "raw"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh generation."""
    root = tmp_path_factory.mktemp("raw")
    generate(root)
    return root


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _unpacked(path: Path) -> dict[str, bytes]:
    """What a file holds, whatever the zlib that packed it."""
    if not zipfile.is_zipfile(path):
        return {"": path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _cells(root: Path, name: str, sheet: int = -1) -> Sheet:
    """A sheet as calamine reads it back, at its own addresses."""
    book = CalamineWorkbook.from_path(root / name)
    page = book.get_sheet_by_name(book.sheet_names[sheet])
    assert page.start is not None
    rows: list[list[Any]] = [list(row) for row in page.to_python()]
    return Sheet(page.name, rows).shifted(*page.start)


def _number(sheet: Sheet, label: str, column: str) -> float:
    value = sheet.get(sheet.beside(label, column))
    assert isinstance(value, int | float), (label, column, value)
    return value


def test_two_generations_are_equal_byte_for_byte(generated: Path, tmp_path: Path) -> None:
    generate(tmp_path)
    first, second = _files(generated), _files(tmp_path)
    assert first.keys() == second.keys()
    assert not [name for name, content in first.items() if second[name] != content]


def test_what_is_kept_in_the_repository_is_what_is_generated(generated: Path) -> None:
    stale = [name for name in _files(generated) if _unpacked(generated / name) != _unpacked(RAW / name)]
    assert not stale, "run python -m lagi_samples"


def test_the_samples_stay_small(generated: Path) -> None:
    assert sum(map(len, _files(generated).values())) < 3_000_000


def test_every_workbook_is_marked_as_a_sample_and_sent_by_the_office_that_owes_it(generated: Path) -> None:
    with (RAW / "place" / "offices.csv").open(encoding="utf-8") as file:
        owed = {feed: row["office"] for row in csv.DictReader(file) for feed in row["feeds"].split(";")}
    for book in all_books():
        meta = yaml.safe_load((generated / f"{book.path.as_posix()}.meta.yaml").read_text(encoding="utf-8"))
        assert meta["sample"] is True
        assert meta["sender"] == owed[book.feed]
        assert meta["document_no"].startswith("MẪU-")
        assert meta["received_at"].endswith("+07:00")
        assert meta["as_of"] <= meta["received_at"]


@pytest.mark.parametrize(
    ("name", "label", "column", "expected"),
    [
        ("budget_revenue/2023-Q4/thu-ngan-sach-2023-Q4-uoc.xlsx", "Tổng thu NSNN trên địa bàn", "E", 172_970),
        ("budget_revenue/2023-Q4/thu-ngan-sach-2023-Q4-uoc.xlsx", "Tổng thu NSNN trên địa bàn", "F", 123.55),
        ("budget_revenue/2023-Q4/thu-ngan-sach-2023-Q4.xlsx", "Tổng thu NSNN trên địa bàn", "F", 140.4),
        ("budget_revenue/2024-Q1/thu-ngan-sach-2024-Q1.xlsx", "Tổng thu NSNN trên địa bàn", "D", 41_200),
        ("budget_revenue/2024-Q2/thu-ngan-sach-2024-Q2.xlsx", "Tổng thu NSNN trên địa bàn", "D", 92_600),
        ("budget_revenue/2024-Q3/thu-ngan-sach-2024-Q3.xlsx", "Tổng thu NSNN trên địa bàn", "D", 139_900),
        ("budget_revenue/2024-Q4/thu-ngan-sach-2024-Q4.xlsx", "Tổng thu NSNN trên địa bàn", "D", 203_400),
        ("budget_spending/2023-Q4/chi-ngan-sach-2023-Q4.xlsx", "Chi đầu tư phát triển", "E", 78_400),
        ("budget_spending/2024-Q2/chi-ngan-sach-2024-Q2.xlsx", "Chi đầu tư phát triển", "D", 24_000),
        ("budget_spending/2024-Q4/chi-ngan-sach-2024-Q4.xlsx", "Chi đầu tư phát triển", "D", 83_100),
        ("industry/2023-Q4/gtsx-cong-nghiep-2023-Q4.xls", "Tổng số", "E", 1_829_000),
        ("industry/2024-Q4/gtsx-cong-nghiep-2024-Q4.xls", "Tổng số", "E", 1_862),
        ("exports/2024-Q2/xuat-khau-2024-Q2.xlsx", "Tổng trị giá", "G", 86.3),
        ("exports/2024-Q2/xuat-khau-2024-Q2-dinh-chinh.xlsx", "Tổng trị giá", "G", 84.9),
        ("exports/2024-Q4/xuat-khau-2024-Q4.xlsx", "Tổng trị giá", "G", 187.9),
        ("water/2023-Q4/nuoc-sach-2023.xlsx", "Tổng cộng", "F", 99.62),
        ("water/2023-Q4/nuoc-sach-2023.xlsx", "Tổng cộng", "G", 93.4),
        ("water/2024-Q4/nuoc-sach-2024.xlsx", "Tổng cộng", "G", 100),
        ("water/2024-Q4/nuoc-sach-2024.xlsx", "Tổng cộng", "H", 94.6),
        ("population/2023-Q1/dan-so-2023-Q1.ods", "Tổng cộng", "C", 108_519),
    ],
)
def test_anchors_read_back(generated: Path, name: str, label: str, column: str, expected: float) -> None:
    assert _number(_cells(generated, name), label, column) == pytest.approx(expected)


def test_exports_of_2023_stand_in_thousands_before_an_annex(generated: Path) -> None:
    form = _cells(generated, "exports/2023-Q4/xuat-khau-2023-Q4.xlsx", 0)
    assert _number(form, "Tổng trị giá", "G") == 177_200


@pytest.mark.parametrize(("year", "expected"), [(2023, 2_561), (2024, 2_662)])
def test_jobs_of_the_year(generated: Path, year: int, expected: int) -> None:
    names = [f"employment/{year}-Q{number}/viec-lam-{year}-Q{number}.xlsx" for number in (1, 2, 3, 4)]
    assert sum(_number(_cells(generated, name, 0), "Tổng cộng", "C") for name in names) == expected


@pytest.mark.parametrize(("year", "expected"), [(2023, 76.3), (2024, 78.4)])
def test_trained_labour(generated: Path, year: int, expected: float) -> None:
    form = _cells(generated, f"employment/{year}-Q4/viec-lam-{year}-Q4.xlsx", 1)
    assert round(100 * _number(form, "Tổng cộng", "D") / _number(form, "Tổng cộng", "C"), 1) == expected


@pytest.mark.parametrize(("year", "expected"), [(2023, 0.72), (2024, 0.69)])
def test_natural_increase(generated: Path, year: int, expected: float) -> None:
    forms = [_cells(generated, f"population/{year}-Q{number}/dan-so-{year}-Q{number}.ods") for number in (1, 2, 3, 4)]
    natural = sum(_number(form, "Tổng cộng", "D") - _number(form, "Tổng cộng", "E") for form in forms)
    average = (_number(forms[0], "Tổng cộng", "C") + _number(forms[-1], "Tổng cộng", "H")) / 2
    assert round(100 * natural / average, 2) == expected


@pytest.mark.parametrize(("year", "expected"), [(2023, 0.43), (2024, 0.42)])
def test_poverty_fell(generated: Path, year: int, expected: float) -> None:
    rates = []
    for review in (year - 1, year):
        form = _cells(generated, f"poverty/{review}-Q4/ra-soat-ho-ngheo-{review}.xlsx")
        rates.append(100 * _number(form, "Tổng cộng (I+II)", "H") / _number(form, "Tổng cộng (I+II)", "D"))
    assert round(rates[0] - rates[1], 2) == expected


def test_treated_waste_of_the_urban_wards(generated: Path) -> None:
    wards = ("P. Phước Hội", "P. Phước Lộc", "P. Tân Thiện", "P. Tân An", "P. Bình Tân")
    quarters = [_cells(generated, f"waste/2023-Q{n}/chat-thai-ran-2023-Q{n}.xlsx") for n in (1, 2, 3, 4)]
    treated, generated_t = (
        sum(_number(form, ward, column) for form in quarters for ward in wards) for column in ("E", "C")
    )
    assert round(100 * treated / generated_t, 1) == 95.8
    last = _cells(generated, "waste/2024-Q4/chat-thai-ran-2024-Q4.xlsx")
    treated, generated_t = (sum(_number(last, ward, column) for ward in wards) for column in ("H", "F"))
    assert round(100 * treated / generated_t, 1) == 96.4
    assert not (generated / "waste" / "2024-Q2").exists()


def test_green_cover() -> None:
    forest = sample("forestry", Quarter(2023, 4)).sheets
    area = _number(forest[0], "RỪNG PHÂN THEO NGUỒN GỐC (có rừng)", "D") + _number(forest[1], "Tổng cộng", "C")
    assert round(100 * area / 18_537, 1) == 63.8
    forest = sample("forestry", Quarter(2024, 4)).sheets
    printed = forest[0].get(forest[0].beside("RỪNG PHÂN THEO NGUỒN GỐC (có rừng)", "D"))
    crops = sample("crops", Quarter(2024, 4)).sheets[0]
    area = float(str(printed).replace(".", "").replace(",", "."))
    area += _number(crops, "Tổng cộng", "C") - _number(crops, "Trong đó trên đất rừng", "C")
    assert round(100 * area / 18_537, 1) == 64.1


@pytest.mark.parametrize(
    ("feed", "quarter", "cell", "expected"),
    [
        ("exports", "2024-Q2", "G16", 84.9),
        ("budget_revenue", "2024-Q3", "D20", 3_692),
        ("budget_revenue", "2024-Q3", "C12", 190_000),
        ("industry", "2024-Q3", "D11", 481.5),
        ("industry", "2024-Q3", "D19", 35.4),
        ("exports", "2024-Q4", "D12", 181),
        ("waste", "2023-Q4", "D16", 675.5),
        ("waste", "2023-Q1", "D16", "597.8"),
        ("population", "2024-Q2", "H16", 9_092),
        ("poverty", "2024-Q4", "E17", 67),
        ("fisheries_vessels", "2024-Q3", "D1941", "Phường Tân Long"),
        ("fisheries_vessels", "2024-Q3", "E1942", "mười lăm mét"),
        ("fisheries_vessels", "2024-Q3", "B1943", "BTh-00100-TS"),
        ("fisheries_vessels", "2024-Q3", "B108", "BTh-00100-TS"),
        ("fisheries_cases", "2024-Q2", "B20", "31/02/2024"),
        ("fisheries_landings", "2024-Q4", "F14", 370.5),
    ],
)
def test_the_defects_stand_where_the_readme_says(feed: str, quarter: str, cell: str, expected: object) -> None:
    assert sample(feed, Quarter.parse(quarter)).sheets[-1].get(cell) == expected


def test_outlines_add_up() -> None:
    """Form 94 of every quarter: A = I, I = 1..10, 8 = its children, B = 1 + 2; in plans and in figures."""
    for book in all_books():
        if book.feed == "budget_revenue" and not _typed_as_text(book):
            form = book.sheets[-1]
            first = int(form.find("Tổng thu NSNN trên địa bàn")[1:]) - 1
            rows = form.rows[first : first + 21]
            for column in range(2, 4 if form.get("E9") != "So sánh (%)" else 3):
                figure = [_as_number(row[column]) for row in rows]
                assert figure[0] == figure[1] == sum(figure[2:10]) + sum(figure[15:17])
                assert figure[9] == sum(figure[10:15])
                assert figure[18] == sum(figure[19:21])


def _typed_as_text(book: Book) -> bool:
    return book.quarter == Quarter(2023, 2)


def _as_number(value: object) -> float:
    return value if isinstance(value, int | float) else 0


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_a_changed_cell_reads_back_in_every_format(tmp_path: Path, suffix: str) -> None:
    sheet = sample("population", Quarter(2024, 1)).sheets[0].shifted(1, 1)
    sheet.set("D12", "không rõ")
    write_workbook(tmp_path / f"dan-so{suffix}", [sheet])
    read = _cells(tmp_path, f"dan-so{suffix}")
    assert read.get("D12") == "không rõ"
    assert read.get("C10") == "Phường Phước Hội"


def test_vietnamese_numbers() -> None:
    assert vietnamese(1_234.5) == "1.234,5"
    assert vietnamese(1_800) == "1.800"
