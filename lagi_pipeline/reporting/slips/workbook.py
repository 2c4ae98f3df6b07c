"""The slip itself: a first sheet that lists the findings, then the sender's sheets with the cells marked.

Every text of the sender's is written as a text, never as a formula or a link, and marked as one for whoever edits it.
The same findings give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from lagi_pipeline.catalogue.findings import FindingsFile
from lagi_pipeline.reporting.slips.copied import Copy
from lagi_pipeline.reporting.slips.cover import Cover, Letter
from lagi_pipeline.reporting.slips.marking import AUTHOR, Formats
from lagi_pipeline.reporting.slips.pages import Page, page_of
from lagi_pipeline.reporting.slips.returned import ReturnedFile

COVER = "Phiếu trả lại"


def make_slip(returned: ReturnedFile, letter: Letter, pages: Sequence[Page], words: FindingsFile, digest: str) -> bytes:
    """The slip of a file as the bytes of an .xlsx; ``digest`` says what it was made from."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties(
        {"title": COVER, "author": AUTHOR, "keywords": digest, "created": returned.received_at.replace(microsecond=0)}
    )
    formats = Formats(book)
    Cover(book.add_worksheet(COVER), formats, returned, letter, pages, words).write()
    for page in pages:
        listed = [finding for finding in returned.listed if page_of(pages, finding) is page]
        Copy(book.add_worksheet(page.title), formats, page, listed, words).write()
    book.close()
    return buffer.getvalue()
