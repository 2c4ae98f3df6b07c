"""Paper, letters and page marks of a Party document, by Hướng dẫn 36-HD/VPTW: what every page has, and no content.

A4; margins of 20 (top, bottom), 30 (left) and 15 mm (right); a Unicode font by TCVN 6909 in 14 point; the page's number
centred at the top from the second page on. Wide tables stand on A4 turned.
"""

from __future__ import annotations

from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FONT = "Times New Roman"
BODY_PT = 14
A4_MM = (210.0, 297.0)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20.0, 20.0, 30.0, 15.0
PORTRAIT_MM = A4_MM[0] - LEFT_MM - RIGHT_MM
LANDSCAPE_MM = A4_MM[1] - LEFT_MM - RIGHT_MM
ILLUSTRATIVE_MARK = "SỐ LIỆU MINH HỌA – không phải số liệu chính thức"
_HEADINGS = {1: (14, False), 2: (14, False), 3: (13, True)}
"""The size and slant of each level of headings; all are bold and black."""


def new_document() -> DocumentObject:
    """An empty document in the font and language of the report, with headings that a reader can navigate by."""
    document = Document()
    normal = document.styles["Normal"]
    _lettered(normal, BODY_PT)
    normal.paragraph_format.space_after = Pt(3)
    normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    for level, (size, italic) in _HEADINGS.items():
        style = document.styles[f"Heading {level}"]
        _lettered(style, size)
        style.font.bold, style.font.italic = True, italic
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(8 if level == 1 else 4), Pt(3)
        style.paragraph_format.keep_with_next = True
    _speak_vietnamese(document)
    return document


def _lettered(style: Any, size: int) -> None:  # noqa: ANN401 - python-docx has no type for a style with a font
    """The font for every kind of letter; the theme's would win over it, so its attributes go."""
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in [name for name in fonts.attrib if "heme" in name]:
        del fonts.attrib[attribute]
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)


def _speak_vietnamese(document: DocumentObject) -> None:
    """Spelling and hyphenation in Vietnamese, whatever the machine's language."""
    for language in document.styles.element.iter(qn("w:lang")):
        for kind in ("w:val", "w:eastAsia"):
            language.set(qn(kind), "vi-VN")


def shape(section: Section, *, landscape: bool) -> None:
    """A4 upright or turned, with the same margins: the pages are bound at their left edge."""
    width, height = reversed(A4_MM) if landscape else A4_MM
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance = Mm(10)
    section.footer_distance = Mm(8)


def first_section(document: DocumentObject, *, illustrative: bool) -> None:
    """Page numbers from the second page on; the mark of illustrative data on every page, the first too."""
    section = document.sections[0]
    shape(section, landscape=False)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_field(number, "PAGE")
    for footer in (section.footer, section.first_page_footer):
        mark = footer.paragraphs[0]
        mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if illustrative:
            written(mark, ILLUSTRATIVE_MARK, size=11, bold=True)


def next_section(document: DocumentObject, *, landscape: bool) -> None:
    """A new page with the same page marks, upright or turned."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _shrink_breaks(document)
    section.different_first_page_header_footer = False
    shape(section, landscape=landscape)


def _shrink_breaks(document: DocumentObject) -> None:
    """The empty paragraphs that end sections take no room: at the foot of a full page they would begin another."""
    for paragraph in document.paragraphs:
        if paragraph._p.pPr is not None and paragraph._p.pPr.find(qn("w:sectPr")) is not None:  # noqa: SLF001 - no door
            paragraph.paragraph_format.line_spacing = Pt(1)
            paragraph.paragraph_format.space_after = Pt(0)


def written(paragraph: Paragraph, text: str, *, size: float | None = None, bold: bool = False) -> Run:
    """The text added to a paragraph."""
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size is not None:
        run.font.size = Pt(size)
    return run


def ruled(paragraph: Paragraph, *, eighths: int = 8, gap: int = 1) -> None:
    """A line below a paragraph, as wide as it: eighths of a point thick, ``gap`` points below the letters."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", str(gap)), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no door to borders
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def _add_field(paragraph: Paragraph, name: str) -> None:
    """A field that the reader's program fills in: begin, its name, end."""
    run = paragraph.add_run()
    for kind in ("begin", None, "end"):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = name
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)  # noqa: SLF001 - python-docx has no door to fields
