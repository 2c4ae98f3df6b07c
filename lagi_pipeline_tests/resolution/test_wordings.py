"""How a line may be worded: what is read as which indicator, and what is left to a person."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lagi_pipeline.resolution.statements import Doubt
from lagi_pipeline_tests.resolution.reading import LIST, NUMBERED, TWELVE, bare, read_lines, target


@pytest.mark.parametrize(
    ("line", "code", "value", "unit"),
    [
        ("1. Tổng thu NSNN trên địa bàn đạt 191 tỷ đồng", "budget_revenue", "191", "tỷ đồng"),
        ("Thu ngân sách nhà nước: 191.000 triệu đồng", "budget_revenue", "191000", "triệu đồng"),
        ("- Tổng thu ngân sách trên địa bàn thị xã La Gi năm 2024: 191 tỉ đ", "budget_revenue", "191", "tỷ đồng"),
        ("Chỉ tiêu 1: Thu ngân sách nhà nước đạt trên 190 tỷ", "budget_revenue", "190", "tỷ đồng"),
        ("Thu ngân sách nhà nước (tỷ đồng): 191", "budget_revenue", "191", "tỷ đồng"),
        ("Thu ngân sách nhà nước (ĐVT: tỷ đồng): 191", "budget_revenue", "191", "tỷ đồng"),
        ("Phấn đấu thu ngân sách nhà nước 191 tỷ đồng trở lên", "budget_revenue", "191", "tỷ đồng"),
        ("Tổng thu ngân sách nhà nước đạt 191 tỷ đồng, tăng 12% so với năm 2023", "budget_revenue", "191", "tỷ đồng"),
        ("Thu NSNN đạt 191 tỷ đồng tăng 15,8% so với dự toán tỉnh giao", "budget_revenue", "191", "tỷ đồng"),
        ("Thu NSNN đạt 191 tỷ đồng, vượt 15,8% dự toán tỉnh giao", "budget_revenue", "191", "tỷ đồng"),
        ("Tổng thu ngân sách nhà nước: 191 tỷ đồng (năm 2023: 155 tỷ đồng)", "budget_revenue", "191", "tỷ đồng"),
        ("Tổng thu ngân sách nhà nước | tỷ đồng | 191 |", "budget_revenue", "191", "tỷ đồng"),
        ("Tổng thu ngân sách nhà nước\ttỷ đồng\t191", "budget_revenue", "191", "tỷ đồng"),
        ("a) Tổng vốn chi đầu tư phát triển: 80 tỷ đồng", "development_spending", "80", "tỷ đồng"),
        ("Chi ngân sách cho đầu tư phát triển khoảng 80 tỷ đồng", "development_spending", "80", "tỷ đồng"),
        ("Giá trị SXCN (giá so sánh 2010) đạt 1.800 tỷ đồng", "industrial_output", "1800", "tỷ đồng"),
        (
            "Giá trị sản xuất công nghiệp theo giá so sánh năm 2010: 1.800 tỷ đồng",
            "industrial_output",
            "1800",
            "tỷ đồng",
        ),
        ("3/ GTSX công nghiệp: 1,8 nghìn tỷ đồng", "industrial_output", "1.8", "nghìn tỷ đồng"),
        ("Giá trị sản xuất ngành công nghiệp 1 800 tỷ đồng", "industrial_output", "1800", "tỷ đồng"),
        ("Kim ngạch xuất khẩu hàng hoá đạt 185 triệu USD", "export_turnover", "185", "triệu USD"),
        ("+ Tổng kim ngạch xuất khẩu: 185 tr.USD", "export_turnover", "185", "triệu USD"),
        ("Kim ngạch xuất khẩu: 185.000 nghìn USD", "export_turnover", "185000", "nghìn USD"),
        ("Hộ dân được sử dụng nước hợp vệ sinh đạt 100%", "hygienic_water", "100", "%"),
        ("100 % hộ dân được sử dụng nước sinh hoạt hợp vệ sinh", "hygienic_water", "100", "%"),
        ("Tỉ lệ hộ gia đình dùng nước hợp vệ sinh: 100 phần trăm", "hygienic_water", "100", "%"),
        ("5.1 Tỷ lệ hộ dân sử dụng nước sạch theo quy chuẩn đạt trên 95 %", "clean_water", "95", "%"),
        ("Hộ dân sử dụng nước sạch đạt qui chuẩn ≥ 95%", "clean_water", "95", "%"),
        ("Tỷ lệ hộ dân sử dụng nước sạch từ 95% trở lên", "clean_water", "95", "%"),
        ("Thu gom và xử lý rác thải sinh hoạt đô thị: 96%", "solid_waste", "96", "%"),
        ("Tỷ lệ thu gom, vận chuyển, xử lý chất thải rắn sinh hoạt đô thị đạt 96%", "solid_waste", "96", "%"),
        ("96% chất thải rắn đô thị được thu gom và xử lí", "solid_waste", "96", "%"),
        ("Tỷ lệ thu gom rác thải sinh hoạt đô thị: 97%", "collected_over_generated", "97", "%"),
        ("Độ che phủ rừng và cây lâu năm đạt 64%", "green_cover", "64", "%"),
        ("Tỷ lệ che phủ rừng (kể cả cây công nghiệp, cây lâu năm): 64 %", "green_cover", "64", "%"),
        ("Tỷ lệ che phủ rừng: 43,1%", "forest_rate", "43.1", "%"),
        ("Tốc độ tăng dân số tự nhiên 7 ‰", "natural_increase", "7", "‰"),
        ("Tỷ suất tăng dân số tự nhiên không quá 0,7%/năm", "natural_increase", "0.7", "%"),
        ("Giảm tỷ lệ tăng dân số tự nhiên xuống còn 0,7%", "natural_increase", "0.7", "%"),
        ("Tỷ lệ gia tăng dân số tự nhiên dưới 0,7 %", "natural_increase", "0.7", "%"),
        ("Tạo việc làm mới cho 2.600 lao động", "jobs", "2600", "người"),
        ("Giải quyết việc làm cho khoảng 2.600 lao động", "jobs", "2600", "người"),
        ("Số lao động được giải quyết việc làm trong năm: 2.600 người", "jobs", "2600", "người"),
        ("Giải quyết việc làm 2024: 2.600 người", "jobs", "2600", "người"),
        ("Tạo thêm việc làm cho 2,6 nghìn người", "jobs", "2.6", "nghìn người"),
        ("Tỷ lệ lao động đã qua đào tạo bằng các hình thức đạt 78%", "trained_labour", "78", "%"),
        ("Giảm tỷ lệ hộ nghèo 0,41 điểm %", "poverty_reduction", "0.41", "điểm %"),
        ("Tỷ lệ hộ nghèo giảm 0,41%/năm", "poverty_reduction", "0.41", "điểm %"),
        ("Tỷ lệ hộ nghèo giảm 0,41 điểm phần trăm so với năm 2023", "poverty_reduction", "0.41", "điểm %"),
        ("Tỷ lệ hộ nghèo (chuẩn nghèo đa chiều) giảm bình quân 0,41%", "poverty_reduction", "0.41", "điểm %"),
        ("Tỷ lệ hộ nghèo giảm: 0.41%", "poverty_reduction", "0.41", "điểm %"),
        ("Tỷ lệ hộ nghèo còn 1,2 %", "poor_household_rate", "1.2", "%"),
        ("Tỷ lệ hộ nghèo giảm còn 1,2%", "poor_household_rate", "1.2", "%"),
        ("<b>Tỷ lệ hộ nghèo</b> cuối năm 2024 dưới **1,2%**", "poor_household_rate", "1.2", "%"),
    ],
)
def test_a_reworded_line_is_its_indicator_with_its_figure(
    tmp_path: Path, line: str, code: str, value: str, unit: str
) -> None:
    found = target(read_lines(tmp_path, line), code)
    assert (found.value, found.unit) == (Decimal(value), unit)
    assert found.upper is None
    assert found.line == 2


@pytest.mark.parametrize(
    ("line", "code", "lower", "upper", "unit"),
    [
        ("Tỷ lệ hộ nghèo giảm từ 0,4 - 0,5 %", "poverty_reduction", "0.4", "0.5", "điểm %"),
        ("Giảm tỷ lệ hộ nghèo 0,4–0,5%", "poverty_reduction", "0.4", "0.5", "điểm %"),
        ("Tỷ lệ hộ nghèo giảm 0,4% đến 0,5%", "poverty_reduction", "0.4", "0.5", "điểm %"),
        ("Giải quyết việc làm cho từ 2.600 - 2.700 người lao động", "jobs", "2600", "2700", "người"),
    ],
)
def test_a_range_keeps_both_of_its_ends(  # noqa: PLR0913 - the columns of the table
    tmp_path: Path, *, line: str, code: str, lower: str, upper: str, unit: str
) -> None:
    found = target(read_lines(tmp_path, line), code)
    assert (found.value, found.upper, found.unit) == (Decimal(lower), Decimal(upper), unit)
    assert found.direction == "range"


@pytest.mark.parametrize(
    ("line", "doubt", "said"),
    [
        ("100% phường, xã vững mạnh về quốc phòng, an ninh", Doubt.UNKNOWN_LINE, "không nhận ra"),
        ("Trồng 20 ha cây xanh", Doubt.UNKNOWN_LINE, "không nhận ra"),
        ("Thu ngân sách địa phương: 191 tỷ đồng", Doubt.UNKNOWN_LINE, "«địa phương»"),
        (
            "Tổng thu ngân sách nhà nước: 191 tỷ đồng (không tính tiền sử dụng đất)",
            Doubt.UNKNOWN_LINE,
            "tiền sử dụng đất",
        ),
        ("Tổng thu ngân sách nhà nước năm 2025: 191 tỷ đồng", Doubt.UNKNOWN_LINE, "năm khác"),
        ("Tổng thu ngân sách nhà nước giai đoạn 2021-2025: 900 tỷ đồng", Doubt.UNKNOWN_LINE, "giai đoạn"),
        ("Tổng thu ngân sách nhà nước tăng 12 % so với năm 2023", Doubt.UNKNOWN_LINE, "tăng … so"),
        ("Tổng vốn đầu tư phát triển toàn xã hội: 1.200 tỷ đồng", Doubt.UNKNOWN_LINE, "toàn xã hội"),
        ("Giá trị sản xuất công nghiệp (giá hiện hành): 1.800 tỷ đồng", Doubt.UNKNOWN_LINE, "giá hiện hành"),
        ("Giá trị sản xuất công nghiệp và xây dựng: 1.800 tỷ đồng", Doubt.UNKNOWN_LINE, "xây dựng"),
        ("Kim ngạch xuất nhập khẩu: 185 triệu USD", Doubt.UNKNOWN_LINE, "không nhận ra"),
        ("Kim ngạch xuất khẩu thủy sản: 185 triệu USD", Doubt.UNKNOWN_LINE, "thủy sản"),
        ("Tỷ lệ hộ dân nông thôn sử dụng nước hợp vệ sinh: 100%", Doubt.UNKNOWN_LINE, "nông thôn"),
        ("Tỷ lệ dân số sử dụng nước hợp vệ sinh: 100%", Doubt.UNKNOWN_LINE, "không nhận ra"),
        ("Tỷ lệ thu gom, xử lý chất thải rắn y tế: 96%", Doubt.UNKNOWN_LINE, "không nhận ra"),
        ("Tỷ lệ độ che phủ: 64%", Doubt.UNKNOWN_LINE, "gần với"),
        ("Tỷ lệ che phủ rừng (không tính cây lâu năm): 43%", Doubt.UNKNOWN_LINE, "không"),
        ("Tỷ lệ tăng dân số: 0,7%", Doubt.UNKNOWN_LINE, "không nhận ra"),
        ("Giải quyết việc làm cho 2.600 lao động nữ", Doubt.UNKNOWN_LINE, "«nữ»"),
        ("Tỷ lệ lao động qua đào tạo nghề: 60%", Doubt.UNKNOWN_LINE, "«nghề»"),
        ("Tỷ lệ hộ cận nghèo giảm 0,41%", Doubt.UNKNOWN_LINE, "không nhận ra"),
        ("Tỷ lệ hộ nghèo giảm xuống 1,2%", Doubt.UNKNOWN_LINE, "«xuống»"),
        ("Tổng thu ngân sách nhà nước: 191", Doubt.NO_UNIT, "không có đơn vị"),
        ("Giải quyết việc làm: 2024", Doubt.NO_UNIT, "«2024»"),
        ("Tổng thu ngân sách nhà nước", Doubt.NO_FIGURE, "không có số"),
        ("Giá trị sản xuất công nghiệp: 1,800 tỷ đồng", Doubt.UNREADABLE_NUMBER, "«1,800»"),
        ("Tỷ lệ hộ nghèo giảm: -0,41%", Doubt.UNREADABLE_NUMBER, "số âm"),
        ("Tỷ lệ hộ nghèo giảm từ 0,5 - 0,4%", Doubt.UNREADABLE_NUMBER, "cận trên"),
        ("Tổng thu ngân sách nhà nước: 191 %", Doubt.OTHER_DIMENSION, "tỷ đồng"),
        ("Kim ngạch xuất khẩu: 185 tỷ đồng", Doubt.OTHER_DIMENSION, "triệu USD"),
        ("Tốc độ tăng dân số tự nhiên: 0,7 điểm %", Doubt.OTHER_DIMENSION, "(%)"),
        ("Giải quyết việc làm cho 2.600 lượt lao động", Doubt.OTHER_DIMENSION, "người"),
        ("Tổng thu ngân sách nhà nước: 191 tỷ 500 triệu đồng", Doubt.SEVERAL_FIGURES, "2 số"),
        ("Giảm tỷ lệ hộ nghèo từ 1,61% xuống còn 1,2%", Doubt.SEVERAL_FIGURES, "2 số"),
        ("Tỷ lệ hộ nghèo giảm 0,41%, còn 1,2%", Doubt.SEVERAL_FIGURES, "2 số"),
        ("Tỷ lệ hộ nghèo 1,61%, giảm 0,41%", Doubt.SEVERAL_FIGURES, "2 số"),
        ("Tỷ lệ hộ nghèo 1,61% giảm 0,41%", Doubt.SEVERAL_FIGURES, "2 số"),
        ("Tỷ lệ lao động qua đào tạo 70% bằng các hình thức: 78%", Doubt.SEVERAL_FIGURES, "2 số"),
        ("Tỷ lệ lao động qua đào tạo đạt 78%, tăng 2%", Doubt.SEVERAL_FIGURES, "2 số"),
        ("Hộ dân sử dụng nước hợp vệ sinh, nước sạch lần lượt đạt 100% và 95%", Doubt.SEVERAL_FIGURES, "2 số"),
        ("Tỷ lệ tăng dân số tự nhiên trên 0,7%", Doubt.REVERSED, "«trên»"),
        ("Tỷ lệ hộ dân sử dụng nước sạch còn 95%", Doubt.REVERSED, "«còn»"),
        ("Tổng thu ngân sách nhà nước tối đa 191 tỷ đồng", Doubt.REVERSED, "«tối đa»"),
        ("Tổng thu ngân sách nhà nước: 191 triệu đồng", Doubt.FAR_FROM_LAST_YEAR, "155 tỷ đồng"),
        ("Tổng thu ngân sách nhà nước: 1.910.000 tỷ đồng", Doubt.FAR_FROM_LAST_YEAR, "155 tỷ đồng"),
        ("Tỷ lệ tăng dân số tự nhiên: 0,7 ‰", Doubt.FAR_FROM_LAST_YEAR, "0,75 %"),
        ("Tỷ lệ hộ dân sử dụng nước hợp vệ sinh: 101%", Doubt.OUT_OF_BOUNDS, "100"),
    ],
)
def test_a_line_that_is_not_read_in_one_way_is_left_to_a_person(
    tmp_path: Path, line: str, doubt: Doubt, said: str
) -> None:
    proposal = read_lines(tmp_path, line, "Chi đầu tư phát triển: 80 tỷ đồng")
    asked = [question for question in proposal.questions if question.line == 2]
    assert [question.doubt for question in asked] == [doubt]
    assert said in asked[0].reason
    assert asked[0].text == line
    assert [target.code for target in proposal.targets] == ["development_spending"]


@pytest.mark.parametrize(
    "line",
    [
        "Tổng thu ngân sách nhà nước ước thực hiện 185 tỷ đồng, kế hoạch năm 2024: 191 tỷ đồng",
        "Tổng thu ngân sách nhà nước ước thực hiện 185 tỷ đồng",
        "Tổng thu ngân sách nhà nước: 155 tỷ đồng (kế hoạch năm 2024: 191 tỷ đồng)",
        "Tổng thu ngân sách nhà nước: 155 tỷ đồng, chỉ tiêu năm 2024 là 191 tỷ đồng",
        "Tổng thu ngân sách nhà nước: 155 tỷ đồng, tăng lên 191 tỷ đồng so với năm 2023",
        "Tổng thu ngân sách nhà nước vượt dự toán tỉnh giao 15 tỷ đồng",
        "Tổng thu ngân sách nhà nước vượt 12 tỷ đồng",
        "Tổng thu ngân sách nhà nước: 191 tỷ đồng, hơn dự toán tỉnh giao 26 tỷ đồng",
        "Tổng thu ngân sách nhà nước: 191 tỷ đồng, trên dự toán tỉnh giao 26 tỷ đồng",
        "Tỷ lệ hộ dân sử dụng nước sạch đạt 95%, đạt 98% chỉ tiêu tỉnh giao",
        "Thực hiện: Giải quyết việc làm 2.300 người",
        "Số lao động có việc làm: 45.000 người",
        "Giải quyết việc làm (mới) tăng thêm 300 lao động",
        "Tổng thu ngân sách thị xã: 450 tỷ đồng",
        "Thu ngân sách huyện: 450 tỷ đồng",
        "Tổng chi ngân sách và đầu tư phát triển: 500 tỷ đồng",
        "Giảm 5% hộ nghèo",
        "Tỷ lệ hộ nghèo giảm 5%",
        "Độ che phủ của cây công nghiệp, cây lâu năm: 30%",
        "Tỷ lệ che phủ cây lâu năm: 20%",
        "Tỷ lệ hộ dân sử dụng nước sạch từ 92% đến 95%",
        "Nâng tỷ lệ hộ dân sử dụng nước sạch từ 93% tới 95%",
    ],
)
def test_a_result_a_difference_or_another_quantity_is_no_target(tmp_path: Path, line: str) -> None:
    proposal = read_lines(tmp_path, line)
    assert not proposal.targets
    assert [question.line for question in proposal.questions if question.line] == [2]


def test_beside_a_decimal_point_a_point_before_three_digits_is_asked_about(tmp_path: Path) -> None:
    proposal = read_lines(tmp_path, "Tỷ lệ hộ nghèo giảm: 0.41%", "Kim ngạch xuất khẩu: 1.185 triệu USD")
    assert [target.code for target in proposal.targets] == ["poverty_reduction"]
    assert [question.doubt for question in proposal.questions if question.line] == [Doubt.UNREADABLE_NUMBER]


WORDS = st.sampled_from(
    ["nông thôn", "không", "quý I", "tăng", "giảm", "còn", "dưới", "trên", "năm 2025", "tỉnh", "nghề", "rừng", "cận"]
) | st.sampled_from(
    ["khoảng", "thêm", "so với năm 2023", "10%", "50 tỷ đồng", "toàn quốc", "trong đó", "và", ";", ",", "(", ")"]
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=st.sampled_from(LIST), word=WORDS, place=st.integers(0, 20))
def test_a_word_more_never_gives_a_line_another_figure(tmp_path: Path, line: str, word: str, place: int) -> None:
    text = bare(line).replace("Trong đó", "").lstrip(", ")
    words = NUMBERED.sub("", text).split()
    changed = " ".join([*words[:place], word, *words[place:]])
    own = {value for value, _ in TWELVE.values()}
    added = {Decimal(10), Decimal(50)}
    proposal = read_lines(tmp_path, changed, "Kim ngạch xuất khẩu: 185 triệu USD")
    for found in proposal.targets:
        if found.line == 2:
            assert found.value in own - added, (changed, found)
            assert len([other for other in proposal.targets if other.line == 2]) == 1, changed


def test_words_around_a_figure_are_told_and_change_nothing_of_it(tmp_path: Path) -> None:
    proposal = read_lines(
        tmp_path,
        "1. Thu ngân sách nhà nước đạt trên 190 tỷ, tăng 12% so với năm 2023",
        "2. Giải quyết việc làm cho khoảng 2.600 lao động",
    )
    assert target(proposal, "budget_revenue").remarks == (
        "có chữ «trên»",
        "bỏ qua phần so sánh «tăng 12% so với năm trước»",
    )
    assert target(proposal, "jobs").remarks == ("có chữ «khoảng»",)


@pytest.mark.parametrize(
    "line",
    [
        "Tổng thu ngân sách nhà nước: 191 tỷ đồng (tỉnh giao 165 tỷ đồng)",
        "Tổng thu ngân sách nhà nước (dự toán tỉnh giao: 165 tỷ đồng): 191 tỷ đồng",
        "Tổng thu ngân sách nhà nước đạt 191 tỷ đồng, UBND tỉnh giao 165 tỷ đồng",
    ],
)
def test_brackets_that_name_another_plan_are_a_target_of_that_plan(tmp_path: Path, line: str) -> None:
    targets = read_lines(tmp_path, line).targets
    assert {(target.code, str(target.plan_source), target.value) for target in targets} == {
        ("budget_revenue", "party_resolution", Decimal(191)),
        ("budget_revenue", "province", Decimal(165)),
    }


@pytest.mark.parametrize("aside", ["thu nội địa 150 tỷ đồng", "165 tỷ đồng", "theo kế hoạch 5 năm: 200 tỷ đồng"])
def test_brackets_with_a_figure_of_their_own_are_asked_about(tmp_path: Path, aside: str) -> None:
    proposal = read_lines(tmp_path, f"Tổng thu ngân sách nhà nước: 191 tỷ đồng ({aside})")
    assert {question.doubt for question in proposal.questions if question.line} <= {
        Doubt.ANOTHER_FIGURE,
        Doubt.SEVERAL_FIGURES,
    }
    assert any(question.line for question in proposal.questions)
    assert all(target.value == 191 for target in proposal.targets)


def test_a_part_must_stand_below_the_line_that_the_catalogue_puts_it_under(tmp_path: Path) -> None:
    proposal = read_lines(
        tmp_path,
        "1. Giải quyết việc làm: 2.600 người",
        "Trong đó: tỷ lệ hộ dân sử dụng nước sạch: 95%",
        "2. Tỷ lệ hộ dân sử dụng nước hợp vệ sinh: 100%",
        "- Trong đó: tỷ lệ lao động qua đào tạo: 78%",
        "3. Tổng thu ngân sách nhà nước: 191 tỷ đồng",
        "- Chi đầu tư phát triển: 80 tỷ đồng",
    )
    asked = {question.codes: question for question in proposal.questions if question.line}
    assert set(asked) == {("clean_water",), ("trained_labour",), ("development_spending",)}
    assert {question.doubt for question in asked.values()} == {Doubt.OTHER_PARENT}
    assert "đứng dưới «Giải quyết việc làm»" in asked["clean_water",].reason
    assert [target.code for target in proposal.targets] == ["jobs", "hygienic_water", "budget_revenue"]


def test_an_unknown_part_is_asked_about_and_its_line_is_read(tmp_path: Path) -> None:
    proposal = read_lines(tmp_path, "Lao động qua đào tạo đạt 78 %, trong đó có bằng cấp chứng chỉ 28 %")
    assert target(proposal, "trained_labour").value == 78
    [asked] = [question for question in proposal.questions if question.line]
    assert asked.doubt is Doubt.UNKNOWN_LINE
    assert "phần «có bằng cấp chứng chỉ 28 %»" in asked.reason


def test_a_part_above_its_whole_is_asked_about(tmp_path: Path) -> None:
    proposal = read_lines(
        tmp_path, "5. Tỷ lệ hộ dân sử dụng nước hợp vệ sinh: 94%", "Trong đó tỷ lệ hộ dân sử dụng nước sạch: 95%"
    )
    assert [question.doubt for question in proposal.questions if question.line] == [Doubt.OUT_OF_BOUNDS]
    assert [target.code for target in proposal.targets] == ["hygienic_water"]


def test_one_indicator_with_two_figures_is_asked_about_at_both_lines(tmp_path: Path) -> None:
    proposal = read_lines(
        tmp_path,
        "1. Thu ngân sách nhà nước: 191 tỷ đồng",
        "2. Tổng thu NSNN trên địa bàn: 185 tỷ đồng",
        "3. Chi đầu tư phát triển: 80 tỷ đồng",
        "4. Chi đầu tư phát triển đạt 80 tỷ đồng",
    )
    twice = [question for question in proposal.questions if question.doubt is Doubt.TWICE]
    assert [question.line for question in twice] == [2, 3]
    assert "dòng 2, 3" in twice[0].reason
    assert [(target.code, target.line) for target in proposal.targets] == [("development_spending", 4)]


def test_every_main_line_that_is_not_there_is_named(tmp_path: Path) -> None:
    proposal = read_lines(tmp_path, "Giải quyết việc làm: 2.600 người", "Chi đầu tư phát triển")
    missing = {question.codes[0] for question in proposal.questions if question.doubt is Doubt.MISSING}
    assert "development_spending" not in missing, "it is asked about at its line"
    assert missing == {
        "budget_revenue",
        "industrial_output",
        "export_turnover",
        "hygienic_water",
        "clean_water",
        "solid_waste",
        "green_cover",
        "natural_increase",
        "trained_labour",
        "poverty_reduction",
    }
