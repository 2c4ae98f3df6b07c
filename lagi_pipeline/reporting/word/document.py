"""The report from its first page to its last annex: what stands where, on which paper. Nothing is computed here."""

from __future__ import annotations

from io import BytesIO
from itertools import count
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Mm, Pt

from lagi_pipeline.catalogue.place import ReportHeading
from lagi_pipeline.reporting.content.model import QuarterReport
from lagi_pipeline.reporting.content.printing import clean
from lagi_pipeline.reporting.word.charts import alt_text, group_chart
from lagi_pipeline.reporting.word.frame import add_heading, add_signature, or_blank
from lagi_pipeline.reporting.word.layout import LANDSCAPE_MM, PORTRAIT_MM, first_section, new_document, next_section
from lagi_pipeline.reporting.word.tables import add_table

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHART_MM = 232.0
_LONGEST_PROPERTY = 255


def word_document(report: QuarterReport, heading: ReportHeading | None) -> bytes:
    """The report as a .docx; the same report and heading give the same bytes.

    Args:
        report: What the report says.
        heading: How the place heads and signs its reports; None leaves dotted lines for the office.
    """
    frame = or_blank(heading)
    document = new_document()
    first_section(document, illustrative=report.is_illustrative)
    add_heading(document, report, frame)
    _add_body(document, report, frame)
    add_signature(document, frame)
    _add_annexes(document, report)
    _describe(document, report, heading)
    return _fixed(document)


def _add_body(document: DocumentObject, report: QuarterReport, frame: ReportHeading) -> None:
    """What is signed: page one in sentences, then what only the Office can say, with dotted lines to write on."""
    document.add_heading("I. KẾT QUẢ CHỦ YẾU", 1)
    for text in report.summary:
        _add_text(document, text)
    for number, (title, texts, none) in enumerate(
        (
            ("Chỉ tiêu có nguy cơ không đạt", report.at_risk, "Không có chỉ tiêu nào chậm tiến độ, ước không đạt."),
            ("Cơ quan chậm báo cáo", report.late, "Không có cơ quan nào còn nợ báo cáo."),
            ("Thay đổi so với báo cáo đã phát hành", report.changes, "Không có thay đổi."),
        ),
        1,
    ):
        document.add_heading(f"{number}. {title}", 2)
        for text in texts:
            _add_text(document, f"- {text}")
        if not texts:
            _add_text(document, none)
    _add_blank(document, f"4. Đề nghị {clean(frame.addressee_vi)}:", 2, 2)
    _add_blank(document, "II. HẠN CHẾ, NGUYÊN NHÂN", 1, 7)
    _add_blank(document, "III. NHIỆM VỤ QUÝ TỚI", 1, 7)
    _add_text(document, "(Số liệu chi tiết, nguồn số liệu: các phụ lục kèm theo)")
    document.paragraphs[-1].paragraph_format.keep_with_next = True


def _add_annexes(document: DocumentObject, report: QuarterReport) -> None:
    """The tables: wide ones on paper turned, those by phường, xã upright."""
    titles = _AnnexTitles()
    next_section(document, landscape=True)
    document.add_heading(titles.next(report.targets.title_vi), 1)
    add_table(document, report.targets, LANDSCAPE_MM, 9.5)
    _add_charts(document, report)
    document.add_heading(titles.next(report.fleet.title_vi), 1)
    add_table(document, report.fleet, LANDSCAPE_MM, 11)
    document.add_heading(titles.next(report.tasks.title_vi), 1)
    add_table(document, report.tasks, LANDSCAPE_MM, 10, group_by="Nhóm")
    document.add_heading(titles.next("Nội dung theo dõi khác của nghị quyết"), 1)
    for number, table in enumerate(report.registers, 1):
        document.add_heading(f"{number}. {table.title_vi}", 2)
        add_table(document, table, LANDSCAPE_MM, 11)
    document.add_heading(titles.next(report.revisions.title_vi), 1)
    add_table(document, report.revisions, LANDSCAPE_MM, 9.5)
    document.add_heading(titles.next(report.overdue.title_vi), 1)
    add_table(document, report.overdue, LANDSCAPE_MM, 11)
    if report.wards:
        next_section(document, landscape=False)
        document.add_heading(titles.next("Kết quả theo phường, xã"), 1)
    for table in report.wards:
        document.add_heading(table.title_vi, 2)
        add_table(document, table, PORTRAIT_MM, 11)
    next_section(document, landscape=True)
    document.add_heading(titles.next(report.sources.title_vi), 1)
    add_table(document, report.sources, LANDSCAPE_MM, 9)


class _AnnexTitles:
    """Numbers the annexes as they come."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self, title: str) -> str:
        """``Phụ lục 2. NGUỒN SỐ LIỆU``."""
        return f"Phụ lục {next(self._numbers)}. {title.upper()}"


def _add_charts(document: DocumentObject, report: QuarterReport) -> None:
    """A picture for each group of targets, with what it shows in words."""
    for group in report.groups:
        document.add_heading(f"Nhóm {group.title_vi}", 2)
        shape = document.add_picture(BytesIO(group_chart(report, group)), width=Mm(_CHART_MM))
        document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape._inline.docPr.set("descr", alt_text(report, group))  # noqa: SLF001 - python-docx has no door to it
        shape._inline.docPr.set("title", f"Biểu đồ {group.title_vi}")  # noqa: SLF001 - nor to this


def _add_text(document: DocumentObject, text: str) -> None:
    """A paragraph of the body: both edges straight, its first line drawn in."""
    paragraph = document.add_paragraph(text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(10)


def _add_blank(document: DocumentObject, title: str, level: int, lines: int) -> None:
    """A heading with dotted lines below it, left for the Office."""
    document.add_heading(title, level)
    for _ in range(lines):
        line = document.add_paragraph("\t")
        line.paragraph_format.space_after = Pt(4)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(PORTRAIT_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _describe(document: DocumentObject, report: QuarterReport, heading: ReportHeading | None) -> None:
    """The document's own properties: what it is, never who or which machine made it, at the time of the evaluation."""
    properties = document.core_properties
    properties.title = f"Báo cáo {report.subject_vi}"[:_LONGEST_PROPERTY]
    properties.subject = "Số liệu minh họa" if report.is_illustrative else ""
    properties.author = clean(f"{heading.office_vi} {heading.committee_vi}")[:_LONGEST_PROPERTY] if heading else ""
    properties.last_modified_by = ""
    properties.comments = ""
    properties.keywords = ""
    properties.language = "vi-VN"
    properties.created = properties.modified = report.evaluated_at.replace(microsecond=0)
    properties.revision = 1


def _fixed(document: DocumentObject) -> bytes:
    """The file with every part's time set to one and the same, so that nothing in it tells when it was written."""
    written, fixed = BytesIO(), BytesIO()
    document.save(written)
    with ZipFile(written) as parts, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
        for name in parts.namelist():
            entry = ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, parts.read(name))
    return fixed.getvalue()
