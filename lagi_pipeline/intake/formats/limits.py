"""How much a file may hold: every bound of the readers, each with its reason.

Two promises rest on them: a file that is refused takes at most 500 MB of memory and about 30 seconds, and the largest
honest file passes: a register of 100 000 vessels as a workbook (6 MB, 60 MB of XML, 1.1 million cells), and one of
1 000 000 vessels as a csv (120 MB, 11 million cells).
"""

from __future__ import annotations

MB = 1_000_000

# ---- what lies on the disk

WORKBOOK_BYTES = 100 * MB
"""A workbook or Word document; the largest honest one has 6 MB, pictures may make a document larger."""

XLS_BYTES = 40 * MB
"""An .xls. It is not compressed and ends at 65 536 rows: 20 MB hold a full sheet of 11 columns. Its reader takes about
10 seconds and 300 MB for 40 MB of nothing but numbers."""

TEXT_BYTES = 200 * MB
"""A csv; a million vessels take 120 MB."""

HTML_BYTES = 40 * MB
"""A page saved as .xls: it is held in memory as text while it is read."""

# ---- zip archives (.xlsx, .ods, .docx)

ZIP_MEMBERS = 5_000
"""Parts of an archive; a workbook has a few dozens, one with hundreds of pictures below a thousand."""

ZIP_DIRECTORY_BYTES = 2 * MB
"""The list of the parts: what Python keeps of each entry is ten times as large as the entry."""

ZIP_UNPACKED_BYTES = 300 * MB
"""All parts that are read, unpacked; streamed, never held. 4 million cells of numbers take 200 MB."""

ZIP_RATIO = 250
"""Unpacked to packed, of one part of more than a megabyte. Honest sheets stay below 60; a bomb reaches 1 000."""

ZIP_RATIO_FROM = 1 * MB
"""Below this a part harms nobody, whatever its ratio."""

# ---- cells

CELLS = 4_000_000
"""Cells of a workbook's used areas, blanks within them included, for each takes 40 bytes while it is read."""

CELL_ELEMENTS = 3 * CELLS
"""Cells of a sheet that its file names, those that have a border or a colour and hold nothing included."""

TEXT_CELLS = 2_000_000
"""Cells of a workbook that hold text, of which calamine and Python each keep a copy (200 bytes together)."""

TEXT_CHARACTERS = 60 * MB
"""Text of a workbook's cells, each cell counted: one shared text may stand in a million cells, and each reader's copy
of it takes memory. The register of 100 000 vessels has 6 million characters."""

NOTED_CELLS = 300_000
"""Cells of which something is kept beside the value (a percentage, an error, a merged area): 200 bytes each."""

SHEETS = 500
"""Worksheets of a workbook."""

STYLES = 100_000
"""Cell formats of a workbook; Excel itself stops at 65 490."""

COLUMNS = 16_384
"""Columns of a sheet: the last one of Excel is XFD."""

ROWS = 1_048_576
"""Rows of a sheet in Excel."""

TEXT_ROWS_BYTES = 460 * MB
"""What the rows of a csv may take in memory, reckoned while they are read; a million vessels take 430 MB."""

DISTINCT_WORDS = 200_000
"""Words with accents of a csv; Vietnamese has fewer than 20 000 syllables, in three kinds of case."""

OLD_FONT_TEXTS = 400_000
"""Distinct texts of a file in an old font: all of them are judged together. Larger files are converted by hand."""

LINE_CHARACTERS = 1 * MB
"""A line of a csv, or text of an XML part without a tag in it. The longest cell of Excel has 32 767 characters."""

TEXT_RUNS = 10_000
"""Changes between plain and marked text (raised, struck out) within one text; a cell has a handful."""

XML_ELEMENTS = 24_000_000
"""Elements of all parts that are parsed, each of which takes about a microsecond. 4 million cells have 12 million."""

XML_DEPTH = 200
"""Elements within one another; a Word table in a table in a text box has about 40."""
