"""The quarterly report as a workbook: the tables of the Word report as real numbers and days, to sort and to sum.

``sheets`` says what stands on which sheet, ``number_formats`` how a number prints as in the report, ``workbook`` lays
it out.
"""

from lagi_pipeline.reporting.excel.workbook import excel_workbook

__all__ = ["excel_workbook"]
