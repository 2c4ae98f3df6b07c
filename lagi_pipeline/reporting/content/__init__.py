"""What the quarterly report says, before any file format: read from the published file, printed in Vietnamese form.

A figure is read and printed here once; the Word, Excel and HTML writers only lay it out.
"""

from lagi_pipeline.reporting.content.model import Cell, Column, QuarterReport, Table
from lagi_pipeline.reporting.content.reading import NoReportError, newest_reported, quarters_reported, read_report

__all__ = [
    "Cell",
    "Column",
    "NoReportError",
    "QuarterReport",
    "Table",
    "newest_reported",
    "quarters_reported",
    "read_report",
]
