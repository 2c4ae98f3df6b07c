"""The illustrative office workbooks: forms, figures and the writing of both under ``data/raw``.

Nothing here is read by the pipeline; tests of the pipeline use ``sample`` and ``write_workbook`` to make a good
file, spoil one cell and see what happens.
"""

from lagi_samples.book import Book
from lagi_samples.generate import all_books, generate, sample
from lagi_samples.sheet import Sheet, write_workbook

__all__ = ["Book", "Sheet", "all_books", "generate", "sample", "write_workbook"]
