"""Tasks and registers from the workbooks and the resolution's files to the published marts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.steps.ingest import Ingestion
from lagi_pipeline.steps.tasks import TaskFigures, compute_tasks
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import LONG_AFTER, SETTLED, ask, book, edit_meta, run, send, settings_of, working

DataDir = Callable[..., Path]
QUARTER = Quarter(2024, 3)


def test_every_task_has_a_row_for_every_quarter_of_its_year(town: Town) -> None:
    rows = ask(
        town.data_dir,
        "SELECT quarter, count(*) AS tasks, count(DISTINCT group_number) AS groups, count(clause) AS clauses"
        " FROM mart.task_progress GROUP BY quarter ORDER BY quarter",
    )
    assert rows == [{"quarter": f"2024-Q{number}", "tasks": 49, "groups": 8, "clauses": 49} for number in (1, 2, 3, 4)]


def test_what_was_reported_is_published_with_what_it_rests_on(town: Town) -> None:
    [row] = ask(town.data_dir, "SELECT * FROM mart.task_progress WHERE task_code = 'C1-01' AND quarter = '2024-Q3'")
    assert (row["status"], row["completion_pct"]) == ("in_progress_overdue", 60)
    assert (row["lead_office"], row["lead_office_vi"]) == ("kinhte", "Phòng Kinh tế (*)")
    assert row["indicator_codes"] == "industrial_output"
    assert row["sources"] == "tasks/2024-Q3/nhiem-vu-2024-Q3.xlsx"
    assert row["is_illustrative"]
    assert row["difficulties_vi"]


def test_every_task_that_rests_on_a_line_leads_to_it(town: Town) -> None:
    lost = ask(
        town.data_dir,
        "SELECT task_code, code FROM (SELECT *, unnest(string_split(indicator_codes, ';')) AS code"
        " FROM mart.task_progress) AS task ANTI JOIN mart.attainment AS line"
        " ON line.indicator_code = code AND line.quarter = task.quarter",
    )
    assert lost == []


def test_a_task_left_out_of_a_report_is_not_reported(town: Town) -> None:
    [row] = ask(
        town.data_dir,
        "SELECT quarter, task_code, status_vi, is_illustrative FROM mart.task_progress WHERE status = 'no_data'",
    )
    assert row == {
        "quarter": "2024-Q1",
        "task_code": "C5-06",
        "status_vi": "chưa báo cáo",
        "is_illustrative": False,
    }


def test_the_registers_say_that_nothing_is_known_until_the_office_writes_it(town: Town) -> None:
    rows = ask(
        town.data_dir,
        "SELECT register, count(*) AS entries, list(DISTINCT status_vi) AS said FROM mart.resolution_register"
        " GROUP BY register ORDER BY register",
    )
    nothing = ["chưa có thông tin"]
    assert rows == [
        {"register": "followed_aim", "entries": 7, "said": nothing},
        {"register": "implementation_plan", "entries": 6, "said": nothing},
        {"register": "weakness", "entries": 10, "said": nothing},
    ]


def read(folder: Path) -> TaskFigures:
    """Read the reports of the quarter and compute, as of a day long after."""
    settings = settings_of(folder)
    entry = settings.catalogue.feeds["tasks"]
    made = Ingestion(FEEDS["tasks"], entry, settings.place, settings.raw_dir, settings.warehouse, SETTLED)
    with settings.warehouse.lock(5, "test"), settings.warehouse.write() as connection:
        made.run(connection, QUARTER)
    with working(folder) as connection:
        return compute_tasks(connection, settings.situation, LONG_AFTER)


def status_of(computed: TaskFigures, code: str) -> tuple[str, str, str | None]:
    [line] = [line for line in computed.tasks if (line.task_code, line.quarter) == (code, str(QUARTER))]
    return line.status, line.status_vi, line.reason


def test_a_rejected_row_is_sent_back_and_its_task_says_so(data_dir: DataDir) -> None:
    folder = data_dir()
    made = book("tasks", "2024-Q3")
    made.sheets[0].set(made.sheets[0].beside("Giữ rừng", "G"), 150)
    send(folder, made)
    computed = read(folder)
    status, said, reason = status_of(computed, "C2-03")
    assert (status, said) == ("no_data", "đã trả lại, chờ chỉnh sửa")
    assert reason is not None
    assert "100" in reason
    assert status_of(computed, "C2-04")[0] == "in_progress"


def test_a_row_with_an_unknown_code_is_sent_back_of_the_task_that_its_label_names(data_dir: DataDir) -> None:
    folder = data_dir()
    made = book("tasks", "2024-Q3")
    made.sheets[0].set(made.sheets[0].beside("Giữ rừng", "A"), "C9-99")
    send(folder, made)
    assert status_of(read(folder), "C2-03")[:2] == ("no_data", "đã trả lại, chờ chỉnh sửa")


def test_a_long_number_in_a_files_name_keeps_nothing_from_being_published(data_dir: DataDir) -> None:
    folder = data_dir()
    good = send(folder, book("tasks", "2024-Q3"))
    named = good.rename(good.with_name("nhiem-vu-0912345678.xlsx"))
    good.with_name(f"{good.name}.meta.yaml").rename(named.with_name(f"{named.name}.meta.yaml"))
    unread = send(folder, book("tasks", "2024-Q2"))
    unread.write_bytes(b"khong phai bang tinh")
    bad = unread.rename(unread.with_name("hong-0912345679.xlsx"))
    unread.with_name(f"{unread.name}.meta.yaml").rename(bad.with_name(f"{bad.name}.meta.yaml"))
    outcome = run(folder, "2024-Q2", "2024-Q3")
    assert outcome.success, outcome.failed_steps
    rows = ask(folder, "SELECT DISTINCT sources, reason FROM mart.task_progress WHERE task_code = 'C1-01'")
    assert "tasks/2024-Q3/nhiem-vu-0912345678.xlsx" in {row["sources"] for row in rows}
    assert not any("091234567" in (row["reason"] or "") for row in rows)


def test_a_withdrawn_report_answers_nothing_and_a_correction_answers(data_dir: DataDir) -> None:
    folder = data_dir()
    first = send(folder, book("tasks", "2024-Q3"))
    edit_meta(first, withdrawn=True, withdrawn_at="2024-10-20T08:00:00+07:00")
    assert status_of(read(folder), "C1-01")[:2] == ("no_data", "chưa báo cáo")
    made = book("tasks", "2024-Q3")
    sheet = made.sheets[0]
    sheet.set(sheet.beside("Gọi vốn làm hạ tầng cụm công nghiệp", "F"), "Hoàn thành (quá hạn)")
    sheet.set(sheet.beside("Gọi vốn làm hạ tầng cụm công nghiệp", "G"), 100)
    corrected = send(folder, made).rename(first.with_name("dinh-chinh.xlsx"))
    first.with_name(f"{first.name}.meta.yaml").rename(corrected.with_name(f"{corrected.name}.meta.yaml"))
    edit_meta(corrected, withdrawn=False, received_at=f"{made.received_at + timedelta(days=20)}+07:00")
    assert status_of(read(folder), "C1-01") == ("done_late", "hoàn thành (quá hạn)", None)
