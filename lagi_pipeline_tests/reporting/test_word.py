"""The Word document, opened by other programs: python-docx for its parts, LibreOffice and pdfium for its pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from PIL import Image

from lagi_pipeline.catalogue.place import load_place
from lagi_pipeline.reporting.content import Cell, Column, QuarterReport, Table
from lagi_pipeline.reporting.word import word_document
from lagi_pipeline.reporting.word.charts import alt_text, group_chart
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.reporting.reporting import report_of, tampered
from lagi_pipeline_tests.running import CATALOGUE, RAW

HEADING = load_place(RAW, CATALOGUE).file.report
MARK = "SỐ LIỆU MINH HỌA – không phải số liệu chính thức"
NAMES = "<script>alert('x')</script> \"Nước\" & " + "ệ" * 260
_UNORDERED = re.compile("[-\x02\ufffe\u0180-\u024f\u0300-\u036f\u1e00-\u1eff]")
A4 = (595, 842)
"""In points, rounded."""


@dataclass(frozen=True)
class Pages:
    """The pages of a document as LibreOffice prints them: squeezed texts, sizes in points, and the letters ệ in all."""

    texts: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    long_letters: int

    @property
    def text(self) -> str:
        return "".join(self.texts)


def squeezed(text: str) -> str:
    """The text without white space and without the letters that a page may hold in another order.

    Where the machine lacks the document's font, letters beyond Latin Extended-A (ệ, ư) come from another one, and stand
    in the page's text behind the rest of their line. A hyphen at the end of a line is read as none. All else keeps
    its order.
    """
    return "".join(letter for letter in text if not letter.isspace() and not _UNORDERED.match(letter))


def pages(document: bytes, folder: Path) -> Pages:
    """Print a document; a machine without LibreOffice skips."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed: the document cannot be opened by another program")
    (folder / "bao-cao.docx").write_bytes(document)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, str(folder / "bao-cao.docx")], check=True, capture_output=True, timeout=120)
    with pypdfium2.PdfDocument(folder / "bao-cao.pdf") as printed:
        full = [page.get_textpage().get_text_range() for page in printed]
        sizes = tuple((round(page.get_width()), round(page.get_height())) for page in printed)
    return Pages(tuple(map(squeezed, full)), sizes, sum(text.count("ệ") for text in full))


@pytest.fixture(scope="module")
def report(town: Town) -> QuarterReport:
    return report_of(town.data_dir, "2024-Q3")


@pytest.fixture(scope="module")
def made(report: QuarterReport) -> bytes:
    return word_document(report, HEADING)


@pytest.fixture(scope="module")
def opened(made: bytes) -> DocumentObject:
    return Document(BytesIO(made))


@pytest.fixture(scope="module")
def printed(made: bytes, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return pages(made, tmp_path_factory.mktemp("printed"))


def test_page_one_has_the_heading_of_a_party_document_and_the_summary(printed: Pages, report: QuarterReport) -> None:
    first = printed.texts[0]
    for said in ("THỊ ỦY LA GI", "VĂN PHÒNG", "Số ……-BC/VPTU", "ĐẢNG CỘNG SẢN VIỆT NAM", "BÁO CÁO", report.subject_vi):
        assert squeezed(said) in first
    assert squeezed("La Gi, ngày …… tháng …… năm 2025") in first
    for said in (*report.summary, *report.at_risk, *report.late, *report.changes, "Đề nghị Ban Thường vụ Thị ủy"):
        assert squeezed(said) in first
    assert squeezed("CHÁNH VĂN PHÒNG") in printed.texts[1]
    assert squeezed("Nơi nhận: - Ban Thường vụ Thị ủy,") in printed.texts[1]


def test_every_printed_figure_of_the_twelve_lines_is_on_the_page_of_the_table(
    printed: Pages, report: QuarterReport
) -> None:
    page = next(text for text in printed.texts if squeezed("Phụ lục 1.") in text)
    assert len(report.targets.rows) == 12
    for row in report.targets.rows:
        assert "".join(squeezed(cell.text) for cell in row) in page


def test_all_tables_and_their_notes_are_printed(printed: Pages, report: QuarterReport) -> None:
    for table in report.tables:
        for row in table.rows:
            assert all(squeezed(cell.text) in printed.text for cell in row)
        assert all(squeezed(note).removesuffix(".")[1:] in printed.text for note in table.notes)
        assert table.rows or squeezed(table.empty_vi) in printed.text


def test_every_page_is_a4_and_says_that_its_data_is_illustrative(printed: Pages) -> None:
    assert {tuple(sorted(size)) for size in printed.sizes} == {A4}
    assert set(printed.sizes) == {A4, A4[::-1]}
    assert all(squeezed(MARK) in text for text in printed.texts)


def test_pages_are_numbered_from_the_second_on_and_none_is_empty(printed: Pages) -> None:
    for number, text in enumerate(printed.texts, 1):
        assert text.startswith(str(number)) is (number > 1)
        assert len(text) > len(squeezed(MARK)) + 20


def test_true_data_bears_no_mark(report: QuarterReport) -> None:
    document = Document(BytesIO(word_document(replace(report, is_illustrative=False), HEADING)))
    footers = [p.text for s in document.sections for f in (s.footer, s.first_page_footer) for p in f.paragraphs]
    assert not any(footers)


def test_margins_font_and_size_are_those_of_the_guidance(opened: DocumentObject) -> None:
    for section in opened.sections:
        assert [round(edge.mm) for edge in (section.top_margin, section.bottom_margin)] == [20, 20]
        assert [round(edge.mm) for edge in (section.left_margin, section.right_margin)] == [30, 15]
    normal = opened.styles["Normal"]
    assert (normal.font.name, normal.font.size.pt) == ("Times New Roman", 14)
    named = {
        fonts.get(qn(f"w:{script}"))
        for style in ("Normal", "Heading 1", "Heading 2")
        for fonts in opened.styles[style].element.iter(qn("w:rFonts"))
        for script in ("ascii", "hAnsi", "cs", "eastAsia", "asciiTheme")
    }
    assert named == {"Times New Roman", None}
    assert not list(opened.element.iter(qn("w:rFonts")))
    assert {lang.get(qn("w:val")) for lang in opened.styles.element.iter(qn("w:lang"))} == {"vi-VN"}


def test_headings_are_real_and_the_heads_of_tables_repeat(opened: DocumentObject, report: QuarterReport) -> None:
    headings = [p.text for p in opened.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings[:4] == [
        "I. KẾT QUẢ CHỦ YẾU",
        "II. HẠN CHẾ, NGUYÊN NHÂN",
        "III. NHIỆM VỤ QUÝ TỚI",
        "Phụ lục 1. KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU",
    ]
    assert headings[-1] == "Phụ lục 8. NGUỒN SỐ LIỆU"
    bordered = [table for table in opened.tables if table.style is not None and table.style.name == "Table Grid"]
    assert len(bordered) == sum(bool(table.rows) for table in report.tables)
    for table in bordered:
        assert len(list(table._tbl.iter(qn("w:tblHeader")))) == 1
        assert len(list(table._tbl.iter(qn("w:cantSplit")))) == len(table.rows)
        assert [cell.width for cell in table.rows[-1].cells] == [column.width for column in table.columns]


def test_every_group_of_targets_has_a_picture_told_in_words(opened: DocumentObject, report: QuarterReport) -> None:
    told = [shape._inline.docPr.get("descr") for shape in opened.inline_shapes]
    assert told == [alt_text(report, group) for group in report.groups]
    assert sorted(code for group in report.groups for code in group.codes) == sorted(line.code for line in report.lines)
    assert "(số liệu minh họa)" in told[0]
    assert "chưa có số liệu so với chỉ tiêu 96,00%" in told[1]
    picture = Image.open(BytesIO(group_chart(report, report.groups[0])))
    assert picture.width > 1000
    assert not picture.info.keys() - {"dpi"}


def test_the_same_report_gives_the_same_bytes_and_tells_no_machine(
    made: bytes, opened: DocumentObject, town: Town, report: QuarterReport
) -> None:
    assert word_document(report_of(town.data_dir, "2024-Q3"), HEADING) == made
    properties = opened.core_properties
    assert properties.title == f"Báo cáo {report.subject_vi}"
    assert (properties.author, properties.last_modified_by, properties.comments) == ("VĂN PHÒNG THỊ ỦY LA GI", "", "")
    assert properties.created == properties.modified
    assert properties.created is not None
    assert properties.created.replace(tzinfo=None) == report.evaluated_at
    with zipfile.ZipFile(BytesIO(made)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_without_a_heading_dotted_lines_are_left_for_the_office(report: QuarterReport) -> None:
    document = Document(BytesIO(word_document(report, None)))
    heading = [cell.text for cell in document.tables[0].rows[0].cells]
    assert heading[0].startswith("…")
    assert "THỊ ỦY" not in heading[0]
    assert heading[1].startswith("ĐẢNG CỘNG SẢN VIỆT NAM")


def test_tasks_stand_below_the_name_of_their_group(report: QuarterReport) -> None:
    columns = (Column("Nhóm"), Column("Nhiệm vụ"))
    rows = [("1. Công nghiệp", "a"), ("1. Công nghiệp", "b"), ("2. Nông nghiệp", "c")]
    tasks = Table("tasks", "Tiến độ", columns, tuple((Cell(group), Cell(task)) for group, task in rows))
    document = Document(BytesIO(word_document(replace(report, tasks=tasks), HEADING)))
    [table] = [table for table in document.tables if table.rows[0].cells[0].text == "Nhiệm vụ"]
    assert [row.cells[0].text for row in table.rows] == [
        "Nhiệm vụ",
        "1. Công nghiệp",
        "a",
        "b",
        "2. Nông nghiệp",
        "c",
    ]


@pytest.fixture(scope="module")
def spoiled(town: Town, tmp_path_factory: pytest.TempPathFactory) -> QuarterReport:
    folder = shutil.copytree(town.data_dir / "warehouse", tmp_path_factory.mktemp("spoiled") / "warehouse").parent
    changed = tampered(
        folder,
        ("UPDATE mart.attainment SET name_vi = ? WHERE indicator_code = 'jobs'", [f"{NAMES}\x07\x0b"]),
        ("UPDATE mart.overdue SET office_name_vi = ?", [f"{NAMES}\x1f"]),
        ("UPDATE core.target SET document = ?", [f"{NAMES}\x00"]),
    )
    return report_of(changed, "2024-Q3")


def test_names_of_300_letters_with_marks_and_control_characters_break_no_document(
    spoiled: QuarterReport, tmp_path: Path
) -> None:
    made = word_document(spoiled, HEADING)
    printed = pages(made, tmp_path)
    assert printed.text.count(squeezed(NAMES)) >= 4
    assert printed.long_letters >= 4 * NAMES.count("ệ")
    assert all(squeezed(MARK) in text for text in printed.texts)
    assert all(squeezed(cell.text) in printed.text for row in spoiled.targets.rows for cell in row)
    title = Document(BytesIO(made)).core_properties.title
    assert len(title) <= 255


def test_a_table_too_high_for_a_page_is_not_held_together(report: QuarterReport, tmp_path: Path) -> None:
    rows = tuple((*row[:-1], Cell("Thiếu số liệu của quý. " * 25)) for row in report.targets.rows)
    assert HEADING is not None
    heading = HEADING.model_copy(update={"committee_vi": "Ủy ban " * 60})
    made = word_document(replace(report, targets=replace(report.targets, rows=rows)), heading)
    assert len(Document(BytesIO(made)).core_properties.author) <= 255
    [page] = [text for text in pages(made, tmp_path).texts if squeezed("Phụ lục 1.") in text]
    assert squeezed("Tổng thu ngân sách") in page
