"""The quarterly report as a Word document, laid out as a document of the Party (Hướng dẫn 36-HD/VPTW, 03/4/2018)."""

from lagi_pipeline.reporting.word.document import word_document

__all__ = ["word_document"]
