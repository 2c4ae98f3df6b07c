"""Files of overrides: what is accepted, and what is refused in which words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from lagi_pipeline.catalogue.indicators import PlanSource
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.overrides import MOST_BYTES, Bounds, OverrideReading, read_override
from lagi_pipeline_tests.indicators.building import CATALOGUE, PLACE
from lagi_pipeline_tests.running import ROOT

LINES = {(2024, "budget_revenue"): frozenset({PlanSource.PARTY_RESOLUTION, PlanSource.COUNCIL})}
BOUNDS = Bounds(CATALOGUE, PLACE, LINES, datetime.fromisoformat("2024-09-01T08:00"))
FIGURE: dict[str, Any] = {"indicator": "budget_revenue", "quarter": "2024-Q2", "value": 101.5, "unit": "tỷ đồng"}
VERDICT: dict[str, Any] = {"indicator": "budget_revenue", "quarter": "2024-Q2", "result": "met"}
LETTER: dict[str, Any] = {"office": "tckh", "reason": "đối chiếu lại", "document_no": "45/BC-TCKH"}


def read(tmp_path: Path, text: str | bytes) -> OverrideReading:
    path = tmp_path / "x.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_override(path, BOUNDS)


def written(figure: dict[str, Any] | None = None, verdict: dict[str, Any] | None = None, **letter: object) -> str:
    said = {key: value for key, value in (LETTER | letter).items() if value is not None}
    if figure is not None:
        said["figures"] = [{key: value for key, value in (FIGURE | figure).items() if value is not None}]
    if verdict is not None:
        said["verdicts"] = [{key: value for key, value in (VERDICT | verdict).items() if value is not None}]
    return yaml.safe_dump(said, allow_unicode=True)


def test_a_figure_is_accepted_in_the_indicators_unit(tmp_path: Path) -> None:
    reading = read(tmp_path, written({"value": 101500, "unit": "triệu đồng"}, received_at="2024-08-01T02:00:00Z"))
    assert reading.refused == []
    [entry] = reading.entries
    assert (entry.indicator_code, entry.quarter) == ("budget_revenue", Quarter(2024, 2))
    assert entry.value == Decimal("101.5")
    assert reading.letter.received_at == datetime.fromisoformat("2024-08-01T09:00")


def test_a_result_is_accepted_against_one_plan_or_all(tmp_path: Path) -> None:
    [entry] = read(tmp_path, written(verdict={"plan_source": "council"})).entries
    assert (entry.result, entry.plan_source) == ("met", PlanSource.COUNCIL)
    [entry] = read(tmp_path, written(verdict={})).entries
    assert entry.plan_source is None


@pytest.mark.parametrize("number", ["-0.1", "0", "0.125", "12.34"])
def test_a_rate_that_may_fall_below_nothing_is_accepted(tmp_path: Path, number: str) -> None:
    text = written({"indicator": "natural_increase", "unit": "%"}).replace("101.5", number)
    assert [entry.value for entry in read(tmp_path, text).entries] == [Decimal(number)]


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"reason": None}, "override_reason", "thiếu lý do"),
        ({"reason": " "}, "override_reason", "thiếu lý do"),
        ({"reason": "…"}, "override_reason", "thiếu lý do"),
        ({"office": None}, "override_office", "thiếu cơ quan"),
        ({"office": "Nguyễn Văn An"}, "override_office", "«***» không có trong offices.csv"),
        ({"document_no": None}, "override_document", "thiếu số văn bản"),
        ({"document_no": "-"}, "override_document", "thiếu số văn bản"),
        ({"received_at": "2024-09-02"}, "override_moment", "sau thời điểm đọc tệp"),
        ({"received_at": "hôm qua"}, "override_shape", "received_at «hôm qua»"),
        ({"received_at": 20240801}, "override_shape", "received_at «20240801»"),
        ({"withdrawn_at": "2024-08-02"}, "override_moment", "withdrawn: true"),
        (
            {"received_at": "2024-08-02", "withdrawn": True, "withdrawn_at": "2024-08-01"},
            "override_moment",
            "trước khi nhận",
        ),
        ({"mood": "good"}, "override_shape", "«mood» không có trong mẫu"),
    ],
)
def test_what_is_wrong_with_the_letter_refuses_the_file(
    tmp_path: Path, changes: dict[str, Any], rule: str, said: str
) -> None:
    reading = read(tmp_path, written({}, **changes))
    assert reading.entries == []
    assert [refused.refusal.rule for refused in reading.refused] == [rule]
    assert said in reading.refused[0].refusal.reason


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"quarter": "2024-Q5"}, "override_quarter", "«2024-Q5» không có thật"),
        ({"quarter": "quý II"}, "override_quarter", "«quý II» không có thật"),
        ({"quarter": "2022-Q3"}, "override_quarter", "trước quý đầu tiên"),
        ({"quarter": "2024-Q4"}, "override_quarter", "chưa bắt đầu"),
        ({"indicator": "happiness"}, "override_indicator", "«happiness»"),
        ({"unit": "người"}, "override_unit", "«người» không dùng được"),
        ({"unit": "tiền"}, "override_unit", "tính bằng tỷ đồng"),
        ({"unit": None}, "override_shape", "thiếu «unit»"),
        ({"indicator": "clean_water", "unit": "điểm %"}, "override_unit", "«điểm %»"),
        ({"value": None}, "override_shape", "thiếu «value»"),
        ({"value": "nhiều"}, "override_value", "«nhiều» không phải số"),
        ({"value": "101,5"}, "override_value", "không phải số"),
        ({"value": "1.800"}, "override_value", "1800 hay 1,800"),
        ({"value": float("nan")}, "override_value", "không phải số"),
        ({"value": float("inf")}, "override_value", "không phải số"),
        ({"value": True}, "override_value", "không phải số"),
        ({"value": -1}, "override_value", "không thể âm"),
        ({"indicator": "clean_water", "unit": "%", "value": 100.01}, "override_value", "cao hơn mức có thể (100 %)"),
        ({"by": "somebody"}, "override_shape", "«by» không có trong mẫu"),
    ],
)
def test_a_wrong_figure_is_refused_by_its_name_and_the_others_go_on(
    tmp_path: Path, changes: dict[str, Any], rule: str, said: str
) -> None:
    reading = read(tmp_path, written(changes, {}))
    [refused] = reading.refused
    assert (refused.refusal.rule, refused.refusal.cell) == (rule, "figures[1]")
    assert refused.refusal.reason.startswith("mục figures[1]: ")
    assert said in refused.refusal.reason
    assert [entry.name for entry in reading.entries] == ["verdicts[1]"]
    assert not reading.is_whole


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"indicator": "jobs"}, "override_no_target", "không có chỉ tiêu"),
        ({"quarter": "2023-Q2"}, "override_no_target", "năm 2023"),
        ({"plan_source": "province"}, "override_no_target", "theo tỉnh giao"),
        ({"plan_source": "ministry"}, "override_shape", "«ministry»"),
        ({"result": "in_progress"}, "override_shape", "exceeded, met, not_met"),
    ],
)
def test_a_wrong_result_is_refused_by_its_name(tmp_path: Path, changes: dict[str, Any], rule: str, said: str) -> None:
    reading = read(tmp_path, written({}, changes))
    [refused] = reading.refused
    assert (refused.refusal.rule, refused.refusal.cell) == (rule, "verdicts[1]")
    assert said in refused.refusal.reason
    assert [entry.name for entry in reading.entries] == ["figures[1]"]


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    reading = read(tmp_path, written({"quarter": "2024-Q5"}, {"result": "good"}, reason=None, document_no=None))
    assert [refused.refusal.rule for refused in reading.refused] == [
        "override_reason",
        "override_document",
        "override_quarter",
        "override_shape",
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "override_office"),
        ("office: [", "override_unreadable"),
        ("- office", "override_unreadable"),
        ("office: tckh\noffice: tckh\n", "override_unreadable"),
        ("a: &x [1]\nb: *x\n", "override_unreadable"),
        ("[" * 5000, "override_unreadable"),
        (b"reason: \xff\xfe", "override_unreadable"),
        ("reason: " + "x" * MOST_BYTES, "override_unreadable"),
        ("figures: 12", "override_shape"),
        ("office: !!python/object:os.system x", "override_office"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str | bytes, rule: str) -> None:
    reading = read(tmp_path, text)
    assert reading.entries == []
    assert reading.refused[0].refusal.rule == rule


def test_no_entry_at_all_is_refused(tmp_path: Path) -> None:
    assert [refused.refusal.rule for refused in read(tmp_path, written()).refused] == ["override_shape"]


def test_names_and_numbers_of_people_are_masked(tmp_path: Path) -> None:
    text = written({}, reason="ông Nguyễn Văn An, CCCD 060099001234, đề nghị", document_no="theo bà Trần Thị Bình")
    letter = read(tmp_path, text).letter
    assert "Nguyễn" not in letter.reason
    assert "060099001234" not in letter.reason
    assert "Trần" not in letter.document_no


def test_the_example_of_the_documentation_is_accepted(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    example = page.partition("## Setting a figure by hand")[2].partition("```yaml\n")[2].partition("```")[0]
    reading = read(tmp_path, example)
    assert reading.refused == []
    assert [entry.name for entry in reading.entries] == ["figures[1]", "verdicts[1]"]
