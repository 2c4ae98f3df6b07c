"""What an office expects of the whole year ("ước cả năm"), a figure of its own kind: how offices head its column.

Which of these headings is meant, beside those of the period, the plan and last year, is told in ``intake.header``.
"""

from __future__ import annotations

_SAID = (
    "Ước thực hiện", "Ước", "Ước TH", "Ước tính", "Ước tính thực hiện", "Ước kết quả thực hiện",
    "Dự ước", "Dự ước thực hiện", "Khả năng thực hiện", "Khả năng", "Ước khả năng thực hiện", "Dự kiến thực hiện",
)  # fmt: skip
# "Ước đạt cả năm" is not there: it heads percentages as often as amounts. "Năm" may be followed by the form's own year.
# A bare "Ước thực hiện" under "Năm 2024" is not there either: it may be the period's.
YEAR_ESTIMATE = (
    *(f"{said} {year}" for said in _SAID for year in ("cả năm", "năm")),
    *(f"Cả năm {said.lower()}" for said in _SAID[:2]),
    *(f"Cả năm / {said}" for said in _SAID),
)
"""The headings of the column, the blank form's first."""


def headed_below(*below: str) -> tuple[str, ...]:
    """The headings as groups over a column that says what is counted: ``Ước thực hiện cả năm / Trị giá``."""
    return tuple(f"{heading} / {label}" for label in below for heading in YEAR_ESTIMATE)
