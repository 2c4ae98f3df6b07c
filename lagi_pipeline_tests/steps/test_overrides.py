"""Files of ``data/raw/overrides`` through a run: kept, shown everywhere, refused by name, withdrawn again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from lagi_pipeline.indicators.overrides import standing
from lagi_pipeline.intake.files import digest
from lagi_pipeline.reporting.attainment_table import as_markdown, as_text
from lagi_pipeline.steps.compute import read_overrides
from lagi_pipeline.steps.overrides import IngestedOverrides, OverrideIngestion
from lagi_pipeline_tests.running import CATALOGUE, ask, line, query, run, settings_of, working

JUNE, JULY, AUGUST, LATE = (datetime(2025, month, 1, 8) for month in (6, 7, 8, 9))  # noqa: DTZ001 - local times
LETTER: dict[str, Any] = {
    "office": "ldtbxh",
    "reason": "rà soát lại danh sách, ông Nguyễn Văn An báo",
    "document_no": "12/BC-LĐTBXH",
    "received_at": "2024-08-01T09:00:00+07:00",
    "sample": True,
    "figures": [{"indicator": "jobs", "quarter": "2024-Q2", "value": 1400, "unit": "người"}],
    "verdicts": [{"indicator": "clean_water", "quarter": "2024-Q4", "result": "met"}],
}
FIGURE_ALONE: dict[str, Any] = {"verdicts": []}


def put(data_dir: Path, name: str = "viec-lam.yaml", **changes: object) -> Path:
    path = data_dir / "raw" / "overrides" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(LETTER | changes, allow_unicode=True), "utf-8")
    return path


def ingest(data_dir: Path, seen_at: datetime) -> IngestedOverrides:
    settings = settings_of(data_dir)
    made = OverrideIngestion(settings.situation, settings.warehouse, seen_at)
    with settings.warehouse.lock(5, "test"), settings.warehouse.write() as connection:
        return made.run(connection)


def figures(data_dir: Path, at: datetime = LATE) -> dict[str, float]:
    """The figures that stand at a time, by indicator."""
    with working(data_dir) as connection:
        found = standing(read_overrides(connection), at)
    return {o.indicator_code: float(o.value) for o in found if o.value is not None}


def stored(data_dir: Path) -> list[tuple[Any, ...]]:
    with working(data_dir) as connection:
        return connection.execute("SELECT * FROM core.override ORDER BY ALL").fetchall()


def test_what_is_set_by_hand_is_shown_everywhere_until_it_is_withdrawn_and_refused_files_stop_nothing(
    village_copy: Path,
) -> None:
    before = line(village_copy, "2024-Q2", "jobs")
    path = put(village_copy, received_at="2025-02-01T09:00:00+07:00")
    put(village_copy, "no-reason.yaml", reason="")
    put(village_copy, "q5.yaml", figures=[LETTER["figures"][0] | {"quarter": "2024-Q5"}], verdicts=[])
    done = run(village_copy, "2024-Q4")
    assert done.success, done.failed_steps
    check = done.check("overrides_are_accepted")
    assert not check.passed
    assert "overrides/no-reason.yaml: thiếu lý do" in check.metadata["refused"].value
    refused = "SELECT file, cell, rule FROM quarantine.rejected_file WHERE feed = 'overrides' ORDER BY file, cell"
    assert ask(village_copy, refused) == [
        {"file": "overrides/no-reason.yaml", "cell": "verdicts[1]", "rule": "override_quarter"},
        {"file": "overrides/no-reason.yaml", "cell": None, "rule": "override_reason"},
        {"file": "overrides/q5.yaml", "cell": "figures[1]", "rule": "override_quarter"},
    ]

    row = line(village_copy, "2024-Q2", "jobs")
    said = "điều chỉnh theo văn bản số 12/BC-LĐTBXH của Phòng Lao động - Thương binh và Xã hội: rà soát lại danh sách"
    assert (row["actual"], row["sources"]) == (1400, "overrides/viec-lam.yaml")
    assert row["override_vi"].startswith(said)
    assert "Nguyễn" not in row["override_vi"]
    assert row["actual_is_illustrative"]
    seen = "SELECT override_vi FROM core.observation WHERE indicator_code = 'jobs' AND value = 1400"
    assert ask(village_copy, seen) == [{"override_vi": row["override_vi"]}]
    assert line(village_copy, "2024-Q3", "jobs")["override_vi"] is None
    traced = "SELECT role, file, entry, value, unit, text FROM trace('{}', '{}') WHERE entry LIKE '%[%'"
    [cell] = ask(village_copy, traced.format("jobs", "2024-Q2"))
    assert (cell["role"], cell["file"], cell["entry"]) == ("override", "overrides/viec-lam.yaml", "figures[1]")
    assert (cell["value"], cell["unit"]) == (1400, "người")
    [made] = ask(village_copy, "SELECT DISTINCT derivation_vi AS said FROM trace('jobs', '2024-Q2')")
    assert made["said"].startswith(said)
    assert made["said"].endswith("(figures[1], tệp viec-lam.yaml) = 1.400 người")
    known = "SELECT actual FROM attainment_as_of(TIMESTAMP '{}') WHERE indicator_code = 'jobs' AND quarter = '2024-Q2'"
    assert ask(village_copy, known.format("2025-02-01 08:59:59")) == [{"actual": before["actual"]}]
    assert ask(village_copy, known.format("2025-02-01 09:00:00")) == [{"actual": 1400}]
    for shown in (as_text([row], CATALOGUE), as_markdown([row], CATALOGUE)):
        assert "Giải quyết việc làm (**)" in shown
        assert f"(**) 9: {said}" in shown

    ruled = line(village_copy, "2024-Q4", "clean_water")
    assert (ruled["result_status"], ruled["status_vi"]) == ("met", "đạt")
    assert ruled["actual"] == pytest.approx(94.6, abs=0.01)
    [document] = ask(village_copy, traced.format("clean_water", "2024-Q4"))
    assert (document["role"], document["entry"], document["text"]) == ("result", "verdicts[1]", "met")
    assert "tính theo số liệu là “không đạt”" in ruled["reason"]

    put(village_copy, received_at="2025-02-01T09:00:00+07:00", withdrawn=True, withdrawn_at="2025-02-10T08:00:00")
    done = run(village_copy, "2024-Q4")
    assert done.success, done.failed_steps
    assert line(village_copy, "2024-Q2", "jobs") == before
    assert line(village_copy, "2024-Q4", "clean_water")["result_status"] == "not_met"
    assert path.exists()


def test_the_same_content_adds_nothing_and_a_removed_file_takes_nothing_back(village_copy: Path) -> None:
    path = put(village_copy)
    sha256 = digest(path)
    ingest(village_copy, JUNE)
    first = stored(village_copy)
    ingest(village_copy, JULY)
    assert stored(village_copy) == first
    path.unlink()
    assert ingest(village_copy, AUGUST).files == 0
    assert stored(village_copy) == first
    assert figures(village_copy) == {"jobs": 1400}
    assert (village_copy / "warehouse" / "vault" / f"{sha256}.yaml").exists()
    with working(village_copy) as connection:
        strays = query(connection, "SELECT file, reason FROM quarantine.stray_file WHERE feed = 'overrides'")
    assert [stray["file"] for stray in strays] == ["overrides/viec-lam.yaml"]
    assert "vẫn giữ nguyên" in strays[0]["reason"]


def test_an_edited_file_is_a_version_from_when_it_was_seen_and_the_first_one_stays(village_copy: Path) -> None:
    put(village_copy, **FIGURE_ALONE)
    ingest(village_copy, JUNE)
    changed = [LETTER["figures"][0] | {"value": 1500}]
    put(village_copy, figures=changed, **FIGURE_ALONE)
    ingest(village_copy, JULY)
    assert figures(village_copy, datetime.fromisoformat("2024-08-01T08:59")) == {}
    assert figures(village_copy, JUNE) == {"jobs": 1400}
    assert figures(village_copy, JULY) == {"jobs": 1500}
    put(village_copy, **FIGURE_ALONE)  # the first content comes back
    ingest(village_copy, AUGUST)
    ingest(village_copy, LATE)
    assert figures(village_copy, JULY) == {"jobs": 1500}
    assert figures(village_copy, AUGUST) == {"jobs": 1400}
    assert len(stored(village_copy)) == 3


def test_a_withdrawal_without_a_day_counts_from_when_it_was_seen(village_copy: Path) -> None:
    put(village_copy, received_at=None, **FIGURE_ALONE)
    ingest(village_copy, JUNE)
    put(village_copy, received_at=None, withdrawn=True, **FIGURE_ALONE)
    ingest(village_copy, JULY)
    ingest(village_copy, AUGUST)
    assert figures(village_copy, JUNE) == {"jobs": 1400}
    assert figures(village_copy, JULY) == {}
    put(village_copy, received_at=None, **FIGURE_ALONE)
    ingest(village_copy, AUGUST)
    assert figures(village_copy, AUGUST) == {"jobs": 1400}
    put(village_copy, received_at=None, withdrawn=True, **FIGURE_ALONE)
    ingest(village_copy, LATE)
    assert figures(village_copy, LATE) == {}


def test_a_refused_version_leaves_the_one_before_it_and_a_good_one_resolves_it(village_copy: Path) -> None:
    put(village_copy, **FIGURE_ALONE)
    ingest(village_copy, JUNE)
    put(village_copy, reason="", **FIGURE_ALONE)
    assert "thiếu lý do" in ingest(village_copy, JULY).refused[0]
    assert figures(village_copy) == {"jobs": 1400}
    put(village_copy, reason="đã rà soát", **FIGURE_ALONE)
    assert ingest(village_copy, AUGUST).refused == []
    with working(village_copy) as connection:
        [refused] = query(connection, "SELECT * FROM quarantine.rejected_file WHERE feed = 'overrides'")
    assert (refused["rule"], refused["resolved_at"]) == ("override_reason", AUGUST)


def test_two_received_at_the_same_moment_with_other_figures_are_both_named(village_copy: Path) -> None:
    put(village_copy, **FIGURE_ALONE)
    other = put(village_copy, "b.yaml", figures=[LETTER["figures"][0] | {"value": 1500}], **FIGURE_ALONE)
    [reason] = ingest(village_copy, JUNE).refused
    assert "overrides/b.yaml mục figures[1], overrides/viec-lam.yaml mục figures[1]" in reason
    with working(village_copy) as connection:
        named = query(
            connection, "SELECT file FROM quarantine.rejected_file WHERE rule = 'override_same_stamp' ORDER BY file"
        )
    assert [row["file"] for row in named] == ["overrides/b.yaml", "overrides/viec-lam.yaml"]
    put(village_copy, other.name, received_at="2024-08-02", figures=LETTER["figures"], **FIGURE_ALONE)
    assert ingest(village_copy, JULY).refused == []


def test_a_result_of_a_line_that_no_plan_has_is_refused(village_copy: Path) -> None:
    put(village_copy, verdicts=[{"indicator": "forest_rate", "quarter": "2024-Q2", "result": "met"}])
    [reason] = ingest(village_copy, JUNE).refused
    assert "overrides/viec-lam.yaml: mục verdicts[1]: năm 2024 không có chỉ tiêu" in reason
    assert figures(village_copy) == {"jobs": 1400}


def test_what_is_no_file_of_the_folder_is_named_and_not_read(village_copy: Path, tmp_path: Path) -> None:
    folder = put(village_copy, **FIGURE_ALONE).parent
    (folder / "ghi-chu.txt").write_text("x", "utf-8")
    (folder / "2024-Q2").mkdir()
    outside = tmp_path / "outside.yaml"
    outside.write_text("office: tckh", "utf-8")
    (folder / "link.yaml").symlink_to(outside)
    done = ingest(village_copy, JUNE)
    assert (done.files, done.refused) == (1, [])
    assert done.strays == ["overrides/2024-Q2", "overrides/ghi-chu.txt", "overrides/link.yaml"]


def test_a_file_larger_than_any_letter_is_refused_and_not_kept(village_copy: Path) -> None:
    path = put(village_copy, reason="x" * 100_000, **FIGURE_ALONE)
    assert "quá lớn" in ingest(village_copy, JUNE).refused[0]
    assert not (village_copy / "warehouse" / "vault" / f"{digest(path)}.yaml").exists()
