"""Issue a quarter's report, and see what has changed since: through the job, the files that keep it, the tables."""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.cli import main
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.steps.compute import compute, rebuild_measures, write_attainment, write_observations
from lagi_pipeline.steps.gate import GateError
from lagi_pipeline.steps.ingest import Ingestion
from lagi_pipeline.steps.overrides import OverrideIngestion
from lagi_pipeline.steps.revisions import load_reports, read_kept, write_revisions
from lagi_pipeline.steps.sign_off import Issue, Issued, IssueError, issue_report
from lagi_pipeline_tests.running import (
    PUBLISHED,
    ask,
    book,
    copied,
    edit_meta,
    issue,
    query,
    raised,
    reevaluate,
    run,
    send,
    settings_of,
    working,
)

NOVEMBER, DECEMBER = datetime.fromisoformat("2024-11-01T08:00"), datetime.fromisoformat("2024-12-01T08:00")
ISSUED_AT = datetime.fromisoformat("2024-11-02T10:00")
WARD = "Phường Phước Hội"
CHANGED = "SELECT * FROM mart.revision_since_report ORDER BY quarter, indicator_code, plan_source, aspect"


@pytest.fixture(scope="module")
def reported_once(village: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ANN401 - a fixture of conftest
    """The village on 1 November 2024, with the reports of Q2 and Q3 issued; not to be changed."""
    data_dir = copied(village.data_dir, tmp_path_factory.mktemp("reported") / "village")
    reevaluate(data_dir, NOVEMBER)
    for quarter in ("2024-Q2", "2024-Q3"):
        outcome = issue(data_dir, quarter, document_no="15-BC/TU")
        assert outcome.success, outcome.events
    return data_dir


@pytest.fixture
def reported(reported_once: Path, tmp_path: Path) -> Path:
    """The same, to be changed freely."""
    return copied(reported_once, tmp_path / "reported")


def sign(data_dir: Path, quarter: str = "2024-Q2", office: str = "vpthiuy") -> Issued:
    settings = settings_of(data_dir)
    with settings.warehouse.lock(60, "test"):
        return issue_report(settings.warehouse, settings.situation, Issue(Quarter.parse(quarter), office), ISSUED_AT)


def files(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "warehouse" / "issued").glob("*"))


def correct(data_dir: Path, **meta: object) -> str:
    """File a corrected Q2 of employment; its path below ``data/raw``."""
    made = raised(book("employment", "2024-Q2"), 100, "CG", WARD, "Tổng cộng")
    path = send(data_dir, replace(made, file_name="dinh-chinh.xlsx"), received_at="2024-11-10T08:00:00+07:00", **meta)
    return path.relative_to(data_dir / "raw").as_posix()


def again(data_dir: Path, evaluated_at: datetime = DECEMBER) -> list[dict[str, Any]]:
    """What has changed, once employment's Q2 and the overrides were read again, as a run does it; not published."""
    settings = settings_of(data_dir)
    situation, warehouse = settings.situation, settings.warehouse
    entry = settings.catalogue.feeds["employment"]
    made = Ingestion(FEEDS["employment"], entry, settings.place, settings.raw_dir, warehouse, DECEMBER)
    with warehouse.lock(5, "test"), warehouse.write() as connection:
        made.run(connection, Quarter(2024, 2))
        rebuild_measures(connection, situation)
        OverrideIngestion(situation, warehouse, DECEMBER).run(connection)
        figures = compute(connection, situation, evaluated_at)
        write_observations(connection, figures, evaluated_at)
        write_attainment(connection, figures)
        load_reports(connection, warehouse, settings.place.file.code)
        write_revisions(connection, situation)
        return query(connection, CHANGED)


def test_a_report_freezes_every_line_of_every_plan_and_is_published(reported: Path) -> None:
    [report] = ask(reported, "SELECT * FROM core.issued_report WHERE quarter = '2024-Q2'")
    assert (report["number"], report["office"], report["office_name_vi"]) == (1, "vpthiuy", "Văn phòng Thị ủy")
    assert (report["frozen_at"], report["document_no"]) == (NOVEMBER, "15-BC/TU")
    assert "08/12/2023" in report["resolution"]
    assert files(reported) == ["2024-Q2-01.json", "2024-Q3-01.json"]
    columns = "indicator_code, plan_source, target, actual, result_status, status_vi, reason, sources"
    frozen = ask(reported, f"SELECT {columns} FROM core.issued_figure WHERE quarter = '2024-Q2' ORDER BY ALL")
    assert frozen == ask(reported, f"SELECT {columns} FROM mart.attainment WHERE quarter = '2024-Q2' ORDER BY ALL")
    assert report["figures"] == len(frozen) > 12
    assert ask(reported, CHANGED) == []


def test_before_any_report_nothing_has_changed_since(village_copy: Path) -> None:
    assert ask(village_copy, CHANGED) == []
    assert ask(village_copy, "SELECT * FROM core.issued_report") == []


def test_a_correction_of_an_earlier_quarter_is_named_in_every_report_that_it_changes(reported: Path) -> None:
    name = correct(reported)
    outcome = run(reported, "2024-Q2", "2024-Q2", evaluated_at=DECEMBER)
    assert outcome.success, outcome.failed_steps
    rows = ask(reported, CHANGED)
    assert [(r["quarter"], r["indicator_code"], r["aspect"], r["change"]) for r in rows] == [
        ("2024-Q2", "jobs", "actual", 100),
        ("2024-Q3", "jobs", "actual", 100),
    ]
    for row in rows:
        assert row["figure_now"] == row["figure_then"] + 100
        assert row["why_vi"] == (f"tệp {name} (nhận ngày 10/11/2024) thay cho employment/2024-Q2/viec-lam-2024-Q2.xlsx")
        assert (row["office"], row["frozen_at"], row["evaluated_at"]) == ("vpthiuy", NOVEMBER, DECEMBER)
    # evaluated as of before the correction came, nothing has changed
    assert again(reported, datetime.fromisoformat("2024-11-09T08:00")) == []


def test_content_that_was_exchanged_under_the_same_name_is_told_by_its_digest(reported: Path) -> None:
    made = raised(book("employment", "2024-Q2"), 50, "CG", WARD, "Tổng cộng")
    send(reported, made, received_at="2024-11-12T08:00:00+07:00")
    rows = again(reported)
    assert {row["change"] for row in rows} == {50}
    assert "tệp employment/2024-Q2/viec-lam-2024-Q2.xlsx đã thay nội dung" in rows[0]["why_vi"]
    assert "sha256" in rows[0]["why_vi"]


def test_a_withdrawn_file_leaves_no_figure_and_says_so(reported: Path) -> None:
    [path] = (reported / "raw" / "employment" / "2024-Q2").glob("*.xlsx")
    edit_meta(path, withdrawn=True)
    rows = again(reported)
    [actual, result] = [row for row in rows if (row["quarter"], row["indicator_code"]) == ("2024-Q2", "jobs")]
    assert (actual["aspect"], actual["figure_now"], actual["change"]) == ("actual", None, None)
    assert "đã rút lại" in actual["why_vi"]
    assert path.name in actual["why_vi"]
    assert (result["aspect"], result["status_then"], result["status_now"]) == ("result", "in_progress", "no_data")


def test_an_override_is_the_reason_with_its_document_and_its_file(reported: Path) -> None:
    path = reported / "raw" / "overrides" / "viec-lam.yaml"
    path.parent.mkdir()
    said = {
        "office": "ldtbxh",
        "reason": "rà soát lại",
        "document_no": "12/BC",
        "received_at": "2024-11-15T08:00:00",
        "figures": [{"indicator": "jobs", "quarter": "2024-Q2", "value": 1400, "unit": "người"}],
        "verdicts": [{"indicator": "jobs", "quarter": "2024-Q3", "result": "met"}],
    }
    path.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    rows = again(reported)
    assert [(r["quarter"], r["aspect"], r["figure_now"], r["status_now"]) for r in rows] == [
        ("2024-Q2", "actual", 1400, "in_progress"),
        ("2024-Q3", "result", rows[1]["figure_then"], "met"),
    ]
    for row in rows:
        assert row["why_vi"].startswith("điều chỉnh theo văn bản số 12/BC của Phòng Lao động")
        assert row["why_vi"].endswith("(tệp overrides/viec-lam.yaml)")


def test_a_changed_plan_is_told_with_its_clause(reported: Path) -> None:
    path = reported / "raw" / "resolution" / "2024" / "targets.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 2600", "value: 2650"), "utf-8")
    rows = again(reported)
    assert {(r["quarter"], r["indicator_code"], r["aspect"], r["change"]) for r in rows} == {
        ("2024-Q2", "jobs", "target", 50),
        ("2024-Q3", "jobs", "target", 50),
    }
    assert "kế hoạch thay đổi sau báo cáo; căn cứ II.B.9" in rows[0]["why_vi"]


def test_a_day_that_passes_is_told_where_no_file_came(village_copy: Path) -> None:
    reevaluate(village_copy, datetime.fromisoformat("2025-01-14T09:00"))  # clean water is due on 15 January
    sign(village_copy, "2024-Q4")
    rows = again(village_copy, datetime.fromisoformat("2025-01-16T08:00"))
    [water] = [row for row in rows if row["indicator_code"] == "clean_water"]
    assert (water["aspect"], water["status_then"], water["status_now"]) == ("result", "not_due", "not_met")
    assert water["why_vi"] == "đã qua hạn gửi số liệu 15/01/2025"


def test_a_second_report_has_the_next_number_and_the_first_one_stays(reported: Path) -> None:
    correct(reported)
    assert run(reported, "2024-Q2", "2024-Q2", evaluated_at=DECEMBER).success
    kept = (reported / "warehouse" / "issued" / "2024-Q2-01.json").read_bytes()
    outcome = issue(reported, "2024-Q2", office="ldtbxh")
    assert outcome.success, outcome.events
    assert files(reported) == ["2024-Q2-01.json", "2024-Q2-02.json", "2024-Q3-01.json"]
    assert (reported / "warehouse" / "issued" / "2024-Q2-01.json").read_bytes() == kept
    assert [row["quarter"] for row in ask(reported, CHANGED)] == ["2024-Q3"]  # nothing differs from the newest


def test_two_at_once_get_two_numbers(reported: Path) -> None:
    together = threading.Barrier(2)

    def one(_: int) -> Issued:
        together.wait(30)
        return sign(reported)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one, range(2)))
    assert sorted(issued.report.number for issued in done) == [2, 3]
    assert files(reported) == ["2024-Q2-01.json", "2024-Q2-02.json", "2024-Q2-03.json", "2024-Q3-01.json"]


def test_a_report_outlives_a_working_database_that_is_moved_aside(reported: Path) -> None:
    (reported / "warehouse" / "pipeline.duckdb").rename(reported / "pipeline.aside")
    name = correct(reported)
    rows = again(reported)  # nothing but Q2 of employment is read again
    assert {row["quarter"] for row in rows if row["indicator_code"] == "jobs"} == {"2024-Q2", "2024-Q3"}
    with working(reported) as connection:
        assert query(connection, "SELECT count(*) AS n FROM core.issued_report") == [{"n": 2}]
    assert name.startswith("employment/2024-Q2/")


@pytest.mark.parametrize("how", ["figure", "cut", "renamed", "binary"])
def test_a_file_that_is_not_as_it_was_issued_is_named_and_the_others_are_used(reported: Path, how: str) -> None:
    path = reported / "warehouse" / "issued" / "2024-Q2-01.json"
    text = path.read_text("utf-8")
    wrong = path
    match how:
        case "figure":
            path.write_text(text.replace('"in_progress"', '"exceeded"', 1), "utf-8")
        case "cut":
            path.write_text(text[: len(text) // 2], "utf-8")
        case "renamed":
            wrong = path.rename(path.with_name("2024-Q1-01.json"))
        case _:
            path.write_bytes(b"\xff\xfe")
    settings = settings_of(reported)
    with settings.warehouse.lock(5, "test"), settings.warehouse.write() as connection:
        [said] = load_reports(connection, settings.warehouse, settings.place.file.code).wrong
        assert query(connection, "SELECT quarter FROM core.issued_report") == [{"quarter": "2024-Q3"}]
    assert said.startswith(f"issued/{wrong.name} is not used: ")
    assert wrong.exists()


def test_a_run_names_what_was_tampered_with_and_its_number_is_not_given_again(reported: Path) -> None:
    path = reported / "warehouse" / "issued" / "2024-Q2-01.json"
    path.write_text(path.read_text("utf-8").replace("vpthiuy", "ldtbxh"), "utf-8")
    outcome = reevaluate(reported, NOVEMBER)
    check = outcome.check("issued_reports_are_as_issued")
    assert not check.passed
    assert "issued/2024-Q2-01.json is not used: its checksum does not fit" in check.metadata["wrong"].value
    assert sign(reported).report.number == 2


def test_a_process_that_dies_before_the_file_is_in_place_leaves_no_half_of_it(
    reported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt(str(self), str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", die)
        with pytest.raises(KeyboardInterrupt):
            sign(reported)
    left = reported / "warehouse" / "issued" / ".2024-Q2-02.json.partial"
    left.write_text('{"half": ', "utf-8")  # as a process leaves it that cannot even clean up
    settings = settings_of(reported)
    assert read_kept(settings.warehouse.issued, settings.place.file.code).wrong == []
    assert sign(reported).report.number == 2
    json.loads((reported / "warehouse" / "issued" / "2024-Q2-02.json").read_text("utf-8"))


def test_what_cannot_be_issued_is_refused_and_leaves_no_file(reported: Path) -> None:
    before = files(reported)
    with pytest.raises(IssueError, match=r"office 'nguyen_van_an' is neither in offices.csv"):
        sign(reported, office="nguyen_van_an")
    with pytest.raises(IssueError, match="2025-Q1 has no line"):
        sign(reported, "2025-Q1")
    with working(reported) as connection:
        connection.execute("UPDATE mart.attainment SET actual = actual + 1 WHERE indicator_code = 'jobs'")
    with pytest.raises(GateError, match="reproducible"):
        sign(reported)
    assert files(reported) == before


def test_what_was_computed_and_not_published_is_not_issued(reported: Path) -> None:
    settings = settings_of(reported)
    published = settings.warehouse.published.read_bytes()
    reevaluate(reported, DECEMBER)
    settings.warehouse.published.write_bytes(published)
    with pytest.raises(IssueError, match="are not published"):
        sign(reported)
    assert run(reported, "2024-Q4", "2024-Q4", evaluated_at=DECEMBER, only=[PUBLISHED]).success
    assert sign(reported).report.number == 2
    settings.warehouse.published.unlink()
    with pytest.raises(IssueError, match="nothing has been published yet"):
        sign(reported)
    settings.warehouse.working.unlink()
    with settings.warehouse.lock(5, "test"):
        pass  # makes the empty tables
    with pytest.raises(IssueError, match="nothing has been computed yet"):
        sign(reported)


def test_the_command_issues_and_says_what_it_did(reported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = logging.getLogger("lagi_pipeline")
    before = list(log.handlers), log.propagate, log.level
    monkeypatch.setenv("DAGSTER_HOME", "")

    def call(*words: str) -> Any:  # noqa: ANN401 - click's result
        return CliRunner().invoke(main, ["--data-dir", str(reported), "issue", *words])

    try:
        done = call("--quarter", "2024-Q2", "--document-no", "20-BC/TU")
        refused = call("--quarter", "2024-Q2", "--office", "nobody")
        too_early = call("--quarter", "2099-Q1")
    finally:
        log.handlers, log.propagate, log.level = before
    assert done.exit_code == 0, done.output
    assert "2024-Q2: report number 2 issued by Văn phòng Thị ủy (vpthiuy)" in done.output
    assert "an earlier one exists and stays: 2024-Q2-01.json" in done.output
    assert "sha256" in done.output
    assert refused.exit_code == 1
    assert "office 'nobody'" in refused.output
    assert (too_early.exit_code, "has not begun" in too_early.output) == (1, True)
