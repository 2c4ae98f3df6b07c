"""The page: one self-contained HTML file of all quarters, read from the published file alone.

``assembly`` puts it together; ``lines``, ``details`` and ``fleet`` read what stands in it, ``charts`` says where its
marks lie, ``palette`` holds its colours and ``sealing`` what keeps it closed. The templates only lay out.
"""

from lagi_pipeline.reporting.page.assembly import html_page

__all__ = ["html_page"]
