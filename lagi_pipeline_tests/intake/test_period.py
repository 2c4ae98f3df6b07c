"""The period of a sheet from its title lines."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.period import PeriodError, read_period


@pytest.mark.parametrize(
    ("title", "quarter", "cumulative"),
    [
        ("QUÝ I NĂM 2024", "2024-Q1", True),
        ("Quý II/2024", "2024-Q2", None),
        ("quí 3 năm 2024", "2024-Q3", None),
        ("QUÝ III - 2024", "2024-Q3", None),
        ("Quý IV (năm 2024)", "2024-Q4", None),
        ("6 THÁNG ĐẦU NĂM 2024", "2024-Q2", True),
        ("06 tháng năm 2024", "2024-Q2", True),
        ("9 THÁNG NĂM 2024", "2024-Q3", True),
        ("9 tháng đầu năm 2024", "2024-Q3", True),
        ("3 tháng đầu năm 2024", "2024-Q1", True),
        ("12 tháng năm 2024", "2024-Q4", True),
        ("NĂM 2024", "2024-Q4", True),
        ("CẢ NĂM 2024", "2024-Q4", True),
        ("Quý IV và cả năm 2024", "2024-Q4", True),
        ("Quý IV và năm 2024", "2024-Q4", True),
        ("Quý III và 9 tháng năm 2024", "2024-Q3", True),
        ("quý II và 6 tháng đầu năm 2024", "2024-Q2", True),
        ("quý 1, 3 tháng đầu năm 2024", "2024-Q1", True),
        ("Luỹ kế đến quý III năm 2024", "2024-Q3", True),
        ("QUÝ II NĂM 2024 (lũy kế)", "2024-Q2", True),
        ("Thu ngân sách đến hết quý III năm 2024", "2024-Q3", True),
        ("Tính đến 31/12/2024", "2024-Q4", None),
        ("Thời điểm 31/12/2024", "2024-Q4", None),
        ("Số liệu đến hết ngày 30 tháng 6 năm 2024", "2024-Q2", None),
        ("THỰC HIỆN DỰ TOÁN THU NGÂN SÁCH NHÀ NƯỚC NĂM 2024", "2024-Q4", True),
        ("Kết quả thực hiện các chỉ tiêu Nghị quyết năm 2024", "2024-Q4", True),
        ("GIÁ TRỊ SẢN XUẤT CÔNG NGHIỆP THEO GIÁ SO SÁNH 2010 QUÝ III NĂM 2024", "2024-Q3", None),
        ("Giá trị sản xuất công nghiệp năm 2024", "2024-Q4", True),
        ("Tình hình thực hiện nhiệm vụ quý III, phương hướng nhiệm vụ quý IV năm 2024", "2024-Q3", None),
        ("Báo cáo 6 tháng đầu năm, nhiệm vụ 6 tháng cuối năm 2024", "2024-Q2", True),
        ("Báo cáo quý IV năm 2024 và kế hoạch quý I năm 2025", "2024-Q4", None),
        ("Quý III năm 2024 so với quý III năm 2023", "2024-Q3", None),
        ("Biểu 1 (kèm theo Nghị quyết số 05/NQ-HĐND) năm 2024", "2024-Q4", True),
        ("Phòng Tài chính - Kế hoạch, quý III năm 2024", "2024-Q3", None),
        ("Báo cáo tháng 9 và 9 tháng năm 2024", "2024-Q3", True),
        ("Báo cáo 11 tháng và ước cả năm 2024", "2024-Q4", True),
        ("Quý III năm 2024 (Kèm theo Quyết định số 5/QĐ-UBND ngày 10 tháng 10 năm 2025)", "2024-Q3", None),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_titles(title: str, quarter: str, form: Literal["NFC", "NFD"], *, cumulative: bool | None) -> None:
    line = unicodedata.normalize(form, title)
    period = read_period(["UBND THỊ XÃ LA GI", line, "Đơn vị tính: triệu đồng"])
    assert period is not None
    assert (str(period.quarter), period.cumulative, period.text) == (quarter, cumulative, title)


@pytest.mark.parametrize(
    "line",
    [
        "Kèm theo Quyết định số 12/QĐ-UBND ngày 10 tháng 10 năm 2024",
        "La Gi, ngày 15 tháng 7 năm 2024",
        "La Gi, ngày … tháng 7 năm 2024",
        "La Gi, ngày ... tháng ... năm 2024",
        "(Ban hành kèm theo Thông tư 33/2018/TT-BNNPTNT năm 2018)",
        "Nghị quyết của Ban Chấp hành Đảng bộ thị xã năm 2023",
        "Dự toán năm 2024",
        "Thực hiện so với dự toán năm 2024",
        "Kế hoạch năm 2024",
        "Giá so sánh năm 2010",
        "Giá so sánh 2010",
        "Cùng kỳ năm 2023",
        "So với quý III năm 2023",
        "La Gi, tháng 9 năm 2024",
        "Nhiệm vụ 6 tháng cuối năm 2024",
        "Giai đoạn 5 năm 2021-2025",
        "ngày 31/12/2024",
        "Kính gửi Quý cơ quan",
        "Ước thực hiện quý",
    ],
)
def test_what_is_not_the_period(line: str) -> None:
    assert read_period([line]) is None
    period = read_period([line, "QUÝ III NĂM 2024", line])
    assert period is not None
    assert (period.quarter, period.cumulative) == (Quarter(2024, 3), None)


@pytest.mark.parametrize(
    ("lines", "quarter", "text"),
    [
        (["THU NGÂN SÁCH QUÝ III", "NĂM 2024"], "2024-Q3", "THU NGÂN SÁCH QUÝ III NĂM 2024"),
        (["QUÝ III NĂM 2024", "NĂM 2024"], "2024-Q3", "QUÝ III NĂM 2024"),
        (["NĂM 2024", "9 tháng"], "2024-Q3", "NĂM 2024 9 tháng"),
        (["QUÝ III NĂM 2024", "Tính đến 30/6/2024"], "2024-Q3", "QUÝ III NĂM 2024"),
        (["NĂM 2024", "Số liệu đến ngày 31/01/2025"], "2024-Q4", "NĂM 2024"),
        (["Quý III/2024", "QUÝ III  NĂM\n2024"], "2024-Q3", "Quý III/2024 QUÝ III NĂM 2024"),
    ],
)
def test_the_finest_statement_wins_and_a_title_may_be_split(lines: list[str], quarter: str, text: str) -> None:
    period = read_period(lines)
    assert period is not None
    assert (str(period.quarter), period.text) == (quarter, text)


@pytest.mark.parametrize(
    ("lines", "estimate"),
    [
        (["Ước thực hiện quý III năm 2024"], True),
        (["BÁO CÁO ƯỚC THỰC HIỆN DỰ TOÁN THU NGÂN SÁCH", "QUÝ III NĂM 2024"], True),
        (["Tài sản được bảo lãnh nước ngoài quý III năm 2024"], False),
        (["QUÝ III NĂM 2024", "Ước thực hiện"], False),
        (["Ước thực hiện", "Thu ngân sách quý III năm 2024"], False),
    ],
)
def test_an_estimate_says_so_in_its_title(lines: list[str], *, estimate: bool) -> None:
    period = read_period(lines)
    assert period is not None
    assert period.estimate is estimate


def test_a_cumulative_column_is_not_a_cumulative_title() -> None:
    period = read_period(["QUÝ II NĂM 2024", "Lũy kế từ đầu năm"])
    assert period is not None
    assert period.cumulative is None


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (["QUÝ I NĂM 2024", "QUÝ II NĂM 2024"], ["quý I/2024", "quý II/2024", "«QUÝ I NĂM 2024»", "«QUÝ II NĂM 2024»"]),
        (["Quý I, II năm 2024"], ["quý I/2024", "quý II/2024"]),
        (["Quý I - III/2024"], ["quý I/2024", "quý III/2024"]),
        (["Quý II và 9 tháng năm 2024"], ["quý II", "quý III/2024"]),
        (["Quý III và năm 2024"], ["quý III", "quý IV/2024"]),
        (["QUÝ III NĂM 2024", "NĂM 2023"], ["quý III/2024", "năm 2023"]),
        (["NĂM 2024", "NĂM 2023"], ["năm 2024", "năm 2023"]),
        (["tính đến 30/6/2024", "tính đến 30/9/2024"], ["quý II/2024", "quý III/2024"]),
        (["8 tháng đầu năm 2024", "NĂM 2024"], ["«8 tháng đầu năm 2024»"]),
        (["BÁO CÁO QUÝ III"], ["«BÁO CÁO QUÝ III»"]),
        (["BÁO CÁO THÁNG 8 NĂM 2024"], ["một tháng", "«BÁO CÁO THÁNG 8 NĂM 2024»"]),
        (["SẢN XUẤT CÔNG NGHIỆP THÁNG 9/2024"], ["một tháng"]),
        (["tính đến ngày 14/9/2024"], ["kỳ không tròn quý"]),
        (["Báo cáo quý IV, nhiệm vụ quý I năm 2025"], ["Báo cáo quý IV"]),
    ],
)
def test_unclear_titles_are_refused_by_name(lines: list[str], named: list[str]) -> None:
    with pytest.raises(PeriodError) as refused:
        read_period(lines)
    assert all(name in str(refused.value) for name in named)


def test_no_title_no_period() -> None:
    assert read_period([]) is None
    assert read_period(["UBND THỊ XÃ LA GI", "", "Tổng số"]) is None


@given(st.integers(2000, 2099), st.integers(1, 4))
def test_a_quarter_as_reports_print_it_reads_back(year: int, number: int) -> None:
    quarter = Quarter(year, number)
    for title in (quarter.label_vi, quarter.label_vi.upper(), f"Tính đến ngày {quarter.end:%d/%m/%Y}"):
        period = read_period([title])
        assert period is not None
        assert period.quarter == quarter
