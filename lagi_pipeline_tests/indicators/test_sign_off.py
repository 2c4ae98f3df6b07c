"""A report as it is kept: what was frozen comes back, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.sign_off import (
    ByHand,
    FigureEvidence,
    InputFile,
    IssuedFigure,
    IssuedReport,
    IssuedReportError,
    as_json,
    parse,
)

WHEN = datetime.fromisoformat("2024-07-25T08:00")
EVIDENCE = FigureEvidence(
    inputs=(InputFile(form="water", quarter="2023-Q4", file="water/2023-Q4/a.xlsx", sha256="ab", received_at=WHEN),),
    result_by_hand=ByHand(file="overrides/a.yaml", sha256="cd", entry="verdicts[1]", text_vi="điều chỉnh"),
)
REPORT = IssuedReport(
    place="594",
    quarter=Quarter(2024, 2),
    number=1,
    office="vpthiuy",
    office_name_vi="Văn phòng Thị ủy",
    document_no=None,
    resolution="Nghị quyết ngày 08/12/2023",
    frozen_at=WHEN,
    issued_at=WHEN,
    figures=(IssuedFigure({"indicator_code": "jobs", "plan_source": "council", "actual": 1234.5}, EVIDENCE),),
)
TEXT = as_json(REPORT)


@given(actual=st.none() | st.floats(allow_nan=False, allow_infinity=False), said=st.text())
def test_what_is_frozen_comes_back_as_it_was(actual: float | None, said: str) -> None:
    row = {"indicator_code": "jobs", "plan_source": "council", "actual": actual, "reason": said}
    report = replace(REPORT, figures=(IssuedFigure(row, EVIDENCE),))
    kept = parse(as_json(report), "2024-Q2-01.json", "594")
    assert replace(kept, sha256="") == report
    assert len(kept.sha256) == 64


@given(at=st.integers(0, len(TEXT) - 1), letter=st.characters(codec="utf-8"))
def test_any_other_letter_is_noticed_or_changes_nothing(at: int, letter: str) -> None:
    changed = TEXT[:at] + letter + TEXT[at + 1 :]
    try:
        kept = parse(changed, "2024-Q2-01.json", "594")
    except IssuedReportError:
        return
    assert replace(kept, sha256="") == REPORT  # white space alone


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"sha256": 1}', TEXT[:100], TEXT + TEXT])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(IssuedReportError):
        parse(text, "2024-Q2-01.json", "594")


@pytest.mark.parametrize(
    ("name", "place", "said"), [("2024-Q2-02.json", "594", "under another name"), ("2024-Q2-01.json", "595", "place")]
)
def test_a_report_under_another_name_or_of_another_place_is_refused(name: str, place: str, said: str) -> None:
    with pytest.raises(IssuedReportError, match=said):
        parse(TEXT, name, place)
