"""Blank workbooks for the offices to fill: what a quarter owes, each form's layout, its instructions, its writing.

Everything in them comes from the schemas by which the filled workbook will be read.
"""

from lagi_pipeline.reporting.templates.books import Owed, TemplateBook, books_of
from lagi_pipeline.reporting.templates.workbook import template_bytes, write_template

__all__ = ["Owed", "TemplateBook", "books_of", "template_bytes", "write_template"]
