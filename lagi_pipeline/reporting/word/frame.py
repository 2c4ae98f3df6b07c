"""What frames the report's text: the heading, the title, who it goes to and who signs (Hướng dẫn 36-HD/VPTW, II).

Number, day and the signer's name are the Office's to write; without a heading in place.yaml so is all the rest.
"""

from __future__ import annotations

from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph

from lagi_pipeline.catalogue.place import ReportHeading
from lagi_pipeline.reporting.content.model import QuarterReport
from lagi_pipeline.reporting.content.printing import clean
from lagi_pipeline.reporting.word.layout import PORTRAIT_MM, ruled, written

PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
NO_BREAK = "\u00a0"
DOTS = "…………………………"
_LEFT_SHARE = 0.42
_BLANK = ReportHeading(
    committee_vi=DOTS,
    office_vi=DOTS,
    symbol="…",
    seat_vi="……………",
    addressee_vi=DOTS,
    signer_vi=DOTS,
    recipients_vi=(DOTS,),
)


def or_blank(heading: ReportHeading | None) -> ReportHeading:
    """The heading, or dotted lines in its place."""
    return heading or _BLANK


def add_heading(document: DocumentObject, report: QuarterReport, heading: ReportHeading) -> None:
    """Who issues it at the left, the Party's name, place and day at the right, and below them the title."""
    left, right = _two_columns(document)
    _line(left, clean(heading.committee_vi), first=True)
    _line(left, clean(heading.office_vi)).runs[0].bold = True
    _line(left, "*")
    _line(left, f"Số ……-{clean(heading.symbol)}")
    party = _line(right, PARTY, first=True, size=15)
    party.runs[0].bold = True
    party.paragraph_format.left_indent = party.paragraph_format.right_indent = Mm(7)
    ruled(party)
    day = _line(right, f"{clean(heading.seat_vi)}, ngày …… tháng …… năm {report.evaluated_at.year}")
    day.runs[0].italic = True
    day.paragraph_format.space_before = Pt(6)
    _add_title(document, report)
    addressee = _centred(document, f"Kính gửi: {clean(heading.addressee_vi)}")
    addressee.runs[0].italic = True
    addressee.paragraph_format.space_after = Pt(4)


def _add_title(document: DocumentObject, report: QuarterReport) -> None:
    title = _centred(document, "BÁO CÁO", size=16)
    title.runs[0].bold = True
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(8), Pt(0)
    subject = _centred(document, _unbroken_at_its_end(report.subject_vi))
    subject.runs[0].bold = True
    subject.paragraph_format.space_after = Pt(0)
    _centred(document, "-----").paragraph_format.space_after = Pt(4)


def _unbroken_at_its_end(text: str) -> str:
    """The text with its last words, ``quý III năm 2024``, always in one line."""
    start, comma, period = text.rpartition(", ")
    return f"{start}{comma}{period.replace(' ', NO_BREAK)}"


def add_signature(document: DocumentObject, heading: ReportHeading) -> None:
    """Who receives it at the left, who signs at the right; on one page, with room for the signature."""
    document.add_paragraph().paragraph_format.keep_with_next = True
    left, right = _two_columns(document)
    received = left.paragraphs[0]
    received.paragraph_format.space_after = Pt(0)
    written(received, "Nơi nhận:", size=14).underline = True
    recipients = [clean(name) for name in heading.recipients_vi]
    for number, name in enumerate(recipients, 1):
        line = left.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        written(line, f"- {name}{'.' if number == len(recipients) else ','}", size=12)
    _line(right, clean(heading.signer_vi), first=True).runs[0].bold = True
    for _ in range(4):
        _line(right, "")


def _two_columns(document: DocumentObject) -> tuple[WordCell, WordCell]:
    """The cells of a row without borders, which is not split over two pages."""
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = (PORTRAIT_MM * _LEFT_SHARE, PORTRAIT_MM * (1 - _LEFT_SHARE))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - python-docx has no door
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    left, right = table.rows[0].cells
    left.width, right.width = map(Mm, widths)
    return left, right


def _line(cell: WordCell, text: str, *, first: bool = False, size: float = 14) -> Paragraph:
    paragraph: Paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    written(paragraph, text, size=size)
    return paragraph


def _centred(document: DocumentObject, text: str, size: float = 14) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    written(paragraph, text, size=size)
    return paragraph
