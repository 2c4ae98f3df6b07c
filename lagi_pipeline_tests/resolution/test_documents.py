"""Whole documents: the resolution of 08/12/2023 in every form a file may have, and files that cannot be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import PlanSource
from lagi_pipeline.resolution.document import DocumentError
from lagi_pipeline.resolution.statements import Doubt
from lagi_pipeline_tests.resolution.reading import (
    LIST,
    NUMBERED,
    PARENTS,
    RESOLUTION,
    TEXT,
    TWELVE,
    bare,
    figures,
    parents,
    read,
    target,
    word_file,
)

TABLE = [tuple(re.split(r"\s*:\s*(?=[\d.,]+)", bare(line))) for line in LIST]


def test_the_twelve_lines_are_read_with_no_hint() -> None:
    proposal = read(RESOLUTION)
    assert proposal.year == 2024
    assert proposal.document == "NGHỊ QUYẾT CỦA BAN CHẤP HÀNH ĐẢNG BỘ THỊ XÃ (KHÓA XI)"
    assert figures(proposal) == TWELVE
    assert parents(proposal) == PARENTS
    assert proposal.is_complete
    assert {target.plan_source for target in proposal.targets} == {PlanSource.PARTY_RESOLUTION}
    assert {target.code: target.direction for target in proposal.targets if target.direction != "at_least"} == {
        "natural_increase": "at_most"
    }
    clauses = {target.code: target.clause for target in proposal.targets}
    assert clauses["budget_revenue"] == "II.B.1"
    assert clauses["clean_water"] == clauses["hygienic_water"] == "II.B.5"
    assert clauses["poverty_reduction"] == "II.B.10"
    lines = TEXT.splitlines()
    for found in proposal.targets:
        assert bare(found.text).split() == bare(lines[found.line - 1]).split()


def test_what_was_reached_is_no_target(tmp_path: Path) -> None:
    reached = (
        "- Thu ngân sách nhà nước đạt 173 tỷ đồng\n- Chi đầu tư phát triển 76 tỷ đồng\n"
        "- Kim ngạch xuất khẩu 177 triệu USD"
    )
    path = tmp_path / "nghi-quyet.md"
    path.write_text(
        TEXT.replace("## II. NHIỆM VỤ", f"**Kết quả các chỉ tiêu:**\n{reached}\n\n## II. NHIỆM VỤ"), "utf-8"
    )
    assert figures(read(path)) == TWELVE
    path.write_text(
        TEXT.replace("### B. Một số chỉ tiêu chủ yếu", "").replace("## II.", f"{reached}\n\n## II."), "utf-8"
    )
    assert figures(read(path, 2024)) == TWELVE


FORMS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode("utf-8"),
    "utf-8 with its mark, lines as Windows ends them": lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16, high byte first": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "decomposed": lambda text: unicodedata.normalize("NFD", text).encode("utf-8"),
    "old marks of tone": lambda text: text.replace("tỷ", "tỉ").replace("Tỷ", "Tỉ").encode("utf-8"),
    "without marks of Markdown": lambda text: bare(text).encode("utf-8"),
    "spaces of other widths": lambda text: text.replace(": ", ":\u00a0").replace(" đồng", "\u2009đồng").encode("utf-8"),
    "wrapped lines": lambda text: (
        text.replace("công nghiệp và", "công nghiệp\nvà")
        .replace("nhà nước\t: 191 tỷ", "nhà nước\t: 191\ntỷ")
        .replace("\t: 2.600", "\n: 2.600")
        .encode("utf-8")
    ),
    "parts in their lines": lambda text: re.sub(r"\nTrong đó,?", "; trong đó", text).encode("utf-8"),
    "parts in brackets": lambda text: re.sub(r"\n(Trong đó.*)", r" (\1)", text).encode("utf-8"),
    "parts with a dash": lambda text: text.replace("\nTrong đó", "\n- Trong đó").encode("utf-8"),
    "parts below an opening of their own": lambda text: re.sub(r"\nTrong đó,? ", "\nTrong đó:\n+ ", text).encode(
        "utf-8"
    ),
    "parts with numbers of their own": lambda text: (
        text.replace("\nTrong đó, t", "\n5.1. T").replace("\nTrong đó t", "\n9.1. T").encode("utf-8")
    ),
    "groups": lambda text: (
        text.replace("1. Tổng", "* Về kinh tế:\n1. Tổng", 1)
        .replace("5. Tỷ lệ", "* Chỉ tiêu xã hội, môi trường:\n5. Tỷ lệ")
        .encode("utf-8")
    ),
    "one paragraph": lambda text: (
        re.sub(r"\n(?:\d+\. |(?=Trong đó))", "; ", text).replace("yếu\n; Tổng", "yếu\n\nTổng").encode("utf-8")
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_text_gives_the_same_targets(tmp_path: Path, form: str) -> None:
    path = tmp_path / "nghi-quyet.txt"
    path.write_bytes(FORMS[form](TEXT))
    proposal = read(path)
    assert figures(proposal) == TWELVE
    assert proposal.is_complete, proposal.questions


def test_a_resolution_in_an_old_font_is_read(tmp_path: Path) -> None:
    tcvn3 = (
        "B. Mét sè chØ tiªu chñ yÕu n¨m 2024\n1. Tæng thu ng©n s¸ch nhµ n­íc: 191 tû ®ång\n"
        "2. Gi¶i quyÕt viÖc lµm: 2.600 ng­êi\n"
    )
    path = tmp_path / "nghi-quyet.txt"
    path.write_bytes(tcvn3.encode("latin-1"))
    read_figures = figures(read(path))
    assert read_figures == {code: TWELVE[code] for code in ("budget_revenue", "jobs")}


def test_a_word_document_that_lost_its_numbers_is_read(tmp_path: Path) -> None:
    lines = [re.sub(r"^(?:[IVX]+|[A-C]|\d+)\. ", "", bare(line)) for line in TEXT.splitlines() if line.strip()]
    proposal = read(word_file(tmp_path / "nghi-quyet.docx", lines))
    assert figures(proposal) == TWELVE
    assert parents(proposal) == PARENTS
    assert proposal.is_complete
    assert target(proposal, "export_turnover").clause == "Một số chỉ tiêu chủ yếu, mục thứ 4"
    assert target(proposal, "export_turnover").text == "Kim ngạch xuất khẩu : 185 triệu USD"


def test_a_word_document_with_its_numbers_has_the_clauses(tmp_path: Path) -> None:
    proposal = read(word_file(tmp_path / "nghi-quyet.docx", [bare(line) for line in TEXT.splitlines()]))
    assert figures(proposal) == TWELVE
    assert target(proposal, "poverty_reduction").clause == "II.B.10"


@pytest.mark.parametrize("columns", ["label and value", "unit apart", "unit and last year"])
def test_a_table_of_targets_is_read(tmp_path: Path, columns: str) -> None:
    document = docx.Document()
    document.add_paragraph("NGHỊ QUYẾT")
    document.add_paragraph("II. NHIỆM VỤ TRỌNG TÂM NĂM 2024")
    document.add_paragraph("B. Một số chỉ tiêu chủ yếu")
    heads = {
        "label and value": ["TT", "Chỉ tiêu", "Kế hoạch 2024"],
        "unit apart": ["STT", "Nội dung", "ĐVT", "Chỉ tiêu năm 2024"],
        "unit and last year": ["TT", "Chỉ tiêu", "Đơn vị tính", "Ước thực hiện năm 2023", "Kế hoạch năm 2024"],
    }[columns]
    table = document.add_table(rows=1, cols=len(heads))
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = head
    for line, (label, value) in zip(LIST, TABLE, strict=True):
        number = NUMBERED.match(line)
        amount, unit = re.fullmatch(r"([\d.,]+) ?(.+)", value).groups()  # type: ignore[union-attr]
        tail = {"label and value": [value], "unit apart": [unit, amount], "unit and last year": [unit, "12,5", amount]}
        row = [number["number"] if number else "", NUMBERED.sub("", label), *tail[columns]]
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("C. Nhiệm vụ và giải pháp chủ yếu")
    path = tmp_path / "nghi-quyet.docx"
    document.save(str(path))
    proposal = read(path)
    assert figures(proposal) == TWELVE
    assert parents(proposal) == PARENTS
    assert proposal.is_complete, proposal.questions
    assert target(proposal, "poverty_reduction").clause == "II.B.10"


def test_a_table_with_a_column_nobody_knows_is_left_to_a_person(tmp_path: Path) -> None:
    rows = ["| TT | Chỉ tiêu | ĐVT | A | B |", "|--|--|--|--|--|", "| 1 | Chi đầu tư phát triển | tỷ đồng | 75 | 80 |"]
    path = tmp_path / "nghi-quyet.md"
    path.write_text("\n".join(["B. Một số chỉ tiêu chủ yếu năm 2024", *rows]), "utf-8")
    proposal = read(path)
    assert not proposal.targets
    assert proposal.questions[0].text == "1 | Chi đầu tư phát triển | tỷ đồng | 75 | 80"


@pytest.mark.parametrize(
    "column", ["Thực hiện 2024", "Thực hiện 9 tháng", "Kế hoạch 2025", "Tỉnh giao", "Kế hoạch 2024 | Kế hoạch 2025"]
)
def test_a_column_of_no_known_title_holds_no_target(tmp_path: Path, column: str) -> None:
    empty = "| " * column.count("|")
    rows = [f"| TT | Chỉ tiêu | ĐVT | {column} |", f"| 1 | Chi đầu tư phát triển | tỷ đồng | {empty}75 |"]
    path = tmp_path / "nghi-quyet.md"
    path.write_text("\n".join(["B. Một số chỉ tiêu chủ yếu năm 2024", *rows]), "utf-8")
    proposal = read(path)
    assert not proposal.targets
    assert [question.line for question in proposal.questions if question.line] == [3]


@pytest.mark.parametrize("figure", ["191<sup>1</sup>", "191[^1]", "<del>185</del> 191", "~~185~~ 191"])
def test_marks_of_notes_and_struck_figures_are_not_read(tmp_path: Path, figure: str) -> None:
    path = tmp_path / "nghi-quyet.md"
    path.write_text(TEXT.replace("191 tỷ", f"{figure} tỷ"), "utf-8")
    assert figures(read(path)) == TWELVE


def test_a_list_without_a_heading_is_found_by_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "danh-sach.txt"
    path.write_text("\n".join(bare(line) for line in LIST), "utf-8")
    proposal = read(path, 2024)
    assert figures(proposal) == TWELVE
    assert [target(proposal, code).clause for code in ("budget_revenue", "clean_water")] == ["1", "5"]


def test_the_targets_of_a_council_are_the_councils(tmp_path: Path) -> None:
    path = tmp_path / "nghi-quyet.md"
    path.write_text(TEXT.replace("BAN CHẤP HÀNH ĐẢNG BỘ THỊ XÃ (KHÓA XI)", "HỘI ĐỒNG NHÂN DÂN THỊ XÃ"), "utf-8")
    assert {target.plan_source for target in read(path).targets} == {PlanSource.COUNCIL}


MARKERS: dict[str, Callable[[int], str]] = {
    "1.": lambda n: f"{n}. ",
    "1)": lambda n: f"{n}) ",
    "(1)": lambda n: f"({n}) ",
    "1/": lambda n: f"{n}/ ",
    "a)": lambda n: f"{'abcdđeghik'[n - 1]}) ",
    "-": lambda _: "- ",
    "+": lambda _: "+",
    "bullet": lambda _: "• ",
    "Chỉ tiêu 1:": lambda n: f"Chỉ tiêu {n}: ",
    "Chỉ tiêu số 1 -": lambda n: f"Chỉ tiêu số {n} - ",
    "1.1": lambda n: f"2.{n} ",
    "1.1.": lambda n: f"2.{n}. ",
    "none": lambda _: "",
}
SPACES = st.sampled_from([" ", "  ", "\t", "\u00a0", " \u2009"])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(["NFC", "NFD"]),
    marker=st.sampled_from(sorted(MARKERS)),
    ending=st.sampled_from(["", ";", ".", " "]),
    line_end=st.sampled_from(["\n", "\r\n", "\n\n"]),
    colon=st.sampled_from([":", "", " là", " đạt"]),
    space=SPACES,
    unit_space=st.sampled_from(["", " ", "\u00a0"]),
    heading=st.sampled_from(
        [
            "B. Một số chỉ tiêu chủ yếu",
            "1. Các chỉ tiêu chủ yếu năm 2024:",
            "CHỈ TIÊU CHỦ YẾU",
            "## Chỉ tiêu kinh tế - xã hội",
        ]
    ),
)
def test_form_spaces_and_markers_change_no_target(  # noqa: PLR0913 - all that may differ
    tmp_path: Path,
    *,
    form: str,
    marker: str,
    ending: str,
    line_end: str,
    colon: str,
    space: str,
    unit_space: str,
    heading: str,
) -> None:
    lines = []
    for line, (label, value) in zip(LIST, TABLE, strict=True):
        number = NUMBERED.match(line)
        before = MARKERS[marker](int(number["number"])) if number else ""
        spaced = re.sub(r"(?<=\d) ?%", f"{unit_space}%", value)
        lines.append(f"{before}{NUMBERED.sub('', label)}{colon}{space}{spaced}{ending}")
    text = line_end.join(["II. NHIỆM VỤ NĂM 2024", heading, *lines, "", "C. Nhiệm vụ và giải pháp"])
    path = tmp_path / "nghi-quyet.txt"
    path.write_bytes(unicodedata.normalize(form, text).encode("utf-8"))
    proposal = read(path)
    assert figures(proposal) == TWELVE
    assert parents(proposal) == PARENTS
    assert proposal.is_complete, proposal.questions


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rong.txt", b"", "rỗng"),
        ("trang.md", b"\n  \n", "không có chữ"),
        ("scan.docx", b"%PDF-1.7 ...", "tệp PDF"),
        ("scan.txt", b"%PDF-1.7 ...", "tệp PDF"),
        ("cu.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word cũ"),
        ("nen.txt", b"PK\x03\x04....", "tệp nén"),
        ("hong.docx", b"PK\x03\x04....", "hỏng"),
        ("chu.docx", "Tổng thu".encode(), "không phải văn bản Word"),
        ("chu.pdf", b"%PDF-1.7", "cần .docx, .md hoặc .txt"),
        ("ma.txt", b"\x81\x8d\x8f\x90\x9d" * 9, "không đọc được chữ"),
        ("khong-danh-sach.txt", "Kính gửi: Thị ủy\nnhiệm vụ năm 2024".encode(), "không tìm thấy danh sách"),
        ("khong-nam.txt", "1. Tổng thu ngân sách nhà nước: 191 tỷ đồng".encode(), "không rõ chỉ tiêu của năm nào"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=re.escape(said)):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"nghi-quyet\.docx"):
        read(tmp_path / "nghi-quyet.docx")


def test_two_lists_are_not_chosen_between(tmp_path: Path) -> None:
    lists = "\n".join(["II. NHIỆM VỤ NĂM 2024", "A. Các chỉ tiêu chủ yếu", *LIST, "III. KHÁC", "A. Chỉ tiêu", *LIST])
    path = tmp_path / "nghi-quyet.txt"
    path.write_text(lists, "utf-8")
    with pytest.raises(DocumentError, match="2 danh sách"):
        read(path)


def test_a_list_of_another_year_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "nghi-quyet.txt"
    path.write_text("\n".join(["B. Một số chỉ tiêu chủ yếu năm 2023", *LIST]), "utf-8")
    assert read(path).year == 2023
    with pytest.raises(DocumentError, match="của năm 2023, không phải của năm 2024"):
        read(path, 2024)
    path.write_text("\n".join(["A. Chỉ tiêu năm 2022", *LIST, "B. Chỉ tiêu năm 2023", *LIST]), "utf-8")
    with pytest.raises(DocumentError, match="không tìm thấy danh sách chỉ tiêu của năm 2024"):
        read(path, 2024)


def test_a_line_that_is_none_of_the_twelve_is_asked_about_among_them(tmp_path: Path) -> None:
    path = tmp_path / "nghi-quyet.md"
    path.write_text(TEXT.replace("10. Tỷ lệ", "10. Tỷ lệ bao phủ bảo hiểm y tế: 93%\n11. Tỷ lệ"), "utf-8")
    proposal = read(path)
    assert figures(proposal) == TWELVE
    [asked] = proposal.questions
    assert (asked.doubt, asked.clause) == (Doubt.UNKNOWN_LINE, "II.B.10")


REACHED = """- Tổng thu ngân sách nhà nước: 155 tỷ đồng
- Chi đầu tư phát triển: 75 tỷ đồng
- Kim ngạch xuất khẩu: 170 triệu USD
"""
AHEAD = "Nghị quyết về nhiệm vụ năm 2024\n"


@pytest.mark.parametrize(
    "heading",
    [
        "Phần thứ nhất\nĐÁNH GIÁ KẾT QUẢ NĂM 2023\nMột số chỉ tiêu chủ yếu đạt được:\n",
        "1. Kết quả thực hiện năm 2023\nCác chỉ tiêu đạt và vượt:\n",
        "Năm qua, thị xã đã thực hiện:\n",
    ],
)
def test_what_was_reached_under_an_unmarked_heading_is_no_target(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "nq.txt"
    path.write_text(AHEAD + heading + REACHED, "utf-8")
    with pytest.raises(DocumentError, match="không tìm thấy danh sách"):
        read(path, 2024)
    path.write_text(AHEAD + heading + REACHED + "\nNhiệm vụ năm 2024\nMột số chỉ tiêu chủ yếu:\n" + REACHED, "utf-8")
    assert {target.code for target in read(path, 2024).targets} >= {"budget_revenue", "export_turnover"}
