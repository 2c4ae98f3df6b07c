"""Bad input, end to end: what is wrong is named and quarantined, the others publish, the last good vintage answers.

All cases stand in one data folder, which is read once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import TaskList
from lagi_pipeline.intake.form import Form
from lagi_pipeline.intake.grid import Sheet
from lagi_pipeline.intake.table import Reading, read_tables
from lagi_pipeline.steps import ingest
from lagi_pipeline_tests.running import (
    LONG_AFTER,
    Outcome,
    ask,
    book,
    edit_meta,
    line,
    logged,
    make_data_dir,
    raised,
    run,
    send,
)
from lagi_samples import Book

SAID_IN_A_CELL = "Nguyễn Văn Bí Mật"
WITHDRAWN = {"withdrawn": True, "withdrawn_at": "2024-10-20T08:00:00"}


@dataclass(frozen=True)
class Spoilt:
    """A data folder of 2024 with something wrong in many files, and the one run that read it."""

    data_dir: Path
    outcome: Outcome
    log: str

    def refused(self, folder: str) -> dict[str, Any]:
        """The one quarantined file of a folder such as ``industry/2024-Q1``."""
        feed, quarter = folder.split("/")
        [found] = ask(
            self.data_dir, "SELECT * FROM quarantine.rejected_file WHERE feed = ? AND quarter = ?", feed, quarter
        )
        return found

    def findings(self, folder: str) -> list[dict[str, Any]]:
        """The errors at cells in the files of a folder."""
        feed, quarter = folder.split("/")
        sql = "SELECT * FROM quarantine.rejected_row WHERE feed = ? AND quarter = ? AND severity = 'error' ORDER BY row"
        return ask(self.data_dir, sql, feed, quarter)

    def line(self, quarter: str, code: str) -> dict[str, Any]:
        return line(self.data_dir, quarter, code)


def _garble(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf this is no workbook " * 40)


def _unrelated(made: Book) -> Book:
    sheet = made.sheets[-1]
    sheet.rows[:] = [["Danh bạ điện thoại"], ["STT", "Cơ quan", "Số máy"], [1, "Phòng Kinh tế", "…"]]
    sheet.merges.clear()
    return made


def _decomposed(made: Book) -> Book:
    for sheet in made.sheets:
        sheet.rows[:] = [
            [unicodedata.normalize("NFD", v) if isinstance(v, str) else v for v in row] for row in sheet.rows
        ]
    return made


def _spoil(data_dir: Path) -> None:
    """One thing wrong in each of many files."""
    raw = data_dir / "raw"
    _garble(raw / "industry" / "2024-Q1" / "gtsx-cong-nghiep-2024-Q1.xls")
    for path in (raw / "industry" / "2024-Q2").iterdir():
        path.unlink()
    edit_meta(raw / "industry" / "2024-Q3" / "gtsx-cong-nghiep-2024-Q3.xls", **WITHDRAWN)
    send(data_dir, _unrelated(book("exports", "2024-Q1")))
    _garble(raw / "exports" / "2024-Q2" / "xuat-khau-2024-Q2-dinh-chinh.xlsx")
    twin = replace(
        raised(book("exports", "2024-Q3"), 1, "G", "Hàng hóa khác", "Tổng trị giá"), file_name="ban-hai.xlsx"
    )
    send(data_dir, twin)
    send(data_dir, book("population", "2024-Q1", {"E8": "Số người mất tích"}))
    send(data_dir, book("population", "2024-Q3", {"D18": 9_999}))
    send(
        data_dir,
        book("budget_spending", "2024-Q1", {"A6": "THỰC HIỆN DỰ TOÁN CHI NGÂN SÁCH NHÀ NƯỚC 6 THÁNG ĐẦU NĂM 2024"}),
    )
    (raw / "budget_spending" / "2024-Q2" / "chi-ngan-sach-2024-Q2.xlsx").write_bytes(b"")
    send(data_dir, book("budget_revenue", "2024-Q1", {"F8": "Đơn vị tính: triệu quan"}))
    _garble(raw / "budget_revenue" / "2024-Q4" / "thu-ngan-sach-2024-Q4.xlsx")
    send(data_dir, book("waste", "2024-Q1", {"B12": "P. Tân Long"}))
    twice = book("waste", "2024-Q3")
    twice.sheets[-1].set(twice.sheets[-1].find("P. Phước Lộc"), "P. Phước Hội")
    send(data_dir, twice)
    send(data_dir, _decomposed(book("employment", "2024-Q1")))
    send(data_dir, book("employment", "2024-Q2", {"C13": "sáu mươi"}, sheet=0))
    for name in ("~$nuoc-sach-2024.xlsx", ".DS_Store", "anh chụp.png"):
        (raw / "water" / "2024-Q4" / name).write_bytes(b"stray")
    edit_meta(raw / "poverty" / "2024-Q4" / "ra-soat-ho-ngheo-2024.xlsx", sender="phong_la")


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Spoilt:
    feeds = (
        "budget_revenue",
        "budget_spending",
        "industry",
        "exports",
        "water",
        "waste",
        "population",
        "employment",
        "poverty",
    )
    kept = [f"{feed}/2024-Q{n}" for feed in feeds for n in range(1, 5)]
    folders = [
        name
        for name in kept
        if name != "waste/2024-Q2" and (name[-1] == "4" or not name.startswith(("water", "poverty")))
    ]
    data_dir = make_data_dir(tmp_path_factory.mktemp("spoilt"), *folders, "poverty/2023-Q4")
    _spoil(data_dir)
    with logged() as said:
        outcome = run(data_dir, "2023-Q4", "2024-Q4")
    return Spoilt(data_dir, outcome, "\n".join(said))


def test_the_run_publishes_in_spite_of_all(spoilt: Spoilt) -> None:
    assert spoilt.outcome.success, spoilt.outcome.failed_steps
    assert spoilt.line("2024-Q4", "jobs")["quarter"] == "2024-Q4"


@pytest.mark.parametrize(
    ("folder", "rule", "said"),
    [
        ("industry/2024-Q1", "unreadable", ["không mở được", ".xls"]),
        ("exports/2024-Q1", "no_form", ["«Xuất khẩu»", "kim ngạch"]),
        ("exports/2024-Q2", "unreadable", ["không mở được"]),
        ("population/2024-Q1", "missing_column", ["«Dân số»", "«Chết trong kỳ»"]),
        ("budget_spending/2024-Q1", "period", ["«95-CK»", "6 THÁNG", "quý II/2024", "quý I/2024"]),
        ("budget_spending/2024-Q2", "empty_file", ["0 byte"]),
        ("budget_revenue/2024-Q1", "unit", ["«94-CK»", "triệu quan"]),
        ("budget_revenue/2024-Q4", "unreadable", ["không mở được"]),
        ("poverty/2024-Q4", "meta", ["phong_la", "ldtbxh"]),
    ],
)
def test_a_file_that_cannot_be_read_as_its_form_is_quarantined(
    spoilt: Spoilt, folder: str, rule: str, said: list[str]
) -> None:
    """The message names what stood there and what was expected; file and sheet stand beside it."""
    found = spoilt.refused(folder)
    assert found["rule"] == rule
    assert found["file"].startswith(f"{folder}/")
    assert not [text for text in said if text.casefold() not in found["reason"].casefold()], found["reason"]
    if any(text.startswith("«") for text in said) and rule != "no_form":
        assert found["sheet"] is not None


@pytest.mark.parametrize("folder", ["budget_spending/2024-Q1", "budget_revenue/2024-Q1"])
def test_what_stands_in_a_cell_is_refused_with_its_address(spoilt: Spoilt, folder: str) -> None:
    """A title's period and a unit line have a cell."""
    assert spoilt.refused(folder)["cell"] in {"A6", "F8"}


@pytest.mark.parametrize(
    ("quarter", "code", "feed"),
    [
        ("2024-Q1", "industrial_output", "industry/2024-Q1"),
        ("2024-Q1", "export_turnover", "exports/2024-Q1"),
        ("2024-Q1", "natural_increase", "population/2024-Q1"),
        ("2024-Q1", "development_spending", "budget_spending/2024-Q1"),
        ("2024-Q2", "development_spending", "budget_spending/2024-Q2"),
        ("2024-Q1", "budget_revenue", "budget_revenue/2024-Q1"),
        ("2024-Q4", "poverty_reduction", "poverty/2024-Q4"),
        ("2024-Q3", "natural_increase", "population/2024-Q1"),
    ],
)
def test_a_line_of_a_returned_file_has_no_figure_and_says_so(
    spoilt: Spoilt, quarter: str, code: str, feed: str
) -> None:
    found = spoilt.line(quarter, code)
    assert (found["actual"], found["result_status"], found["attainment_pct"], found["gap"]) == (
        None,
        "no_data",
        None,
        None,
    )
    assert found["status_vi"] == "đã trả lại, chờ chỉnh sửa"
    assert feed in found["reason"]


def test_not_reported_is_told_from_returned(spoilt: Spoilt) -> None:
    missing = spoilt.line("2024-Q2", "industrial_output")
    assert (missing["result_status"], missing["status_vi"]) == ("no_data", "chưa báo cáo")
    assert "Chi cục Thống kê" in missing["reason"]


def test_the_other_quarters_and_feeds_have_their_figures(spoilt: Spoilt) -> None:
    assert spoilt.line("2024-Q4", "industrial_output")["actual"] == 1862
    assert spoilt.line("2024-Q4", "development_spending")["actual"] == 83.1
    assert spoilt.line("2024-Q4", "clean_water")["result_status"] == "not_met"


def test_the_last_good_vintage_answers(spoilt: Spoilt) -> None:
    exports = spoilt.line("2024-Q2", "export_turnover")
    assert exports["actual"] == 86.3
    assert "dinh-chinh" in exports["reason"]
    revenue = spoilt.line("2024-Q4", "budget_revenue")
    assert revenue["obs_status"] == "estimate"
    assert revenue["actual"] == pytest.approx(spoilt.line("2024-Q4", "budget_revenue")["target"], rel=0.2)


def test_two_files_of_the_same_moment_with_other_figures_are_both_sent_back(spoilt: Spoilt) -> None:
    found = ask(spoilt.data_dir, "SELECT * FROM quarantine.rejected_file WHERE rule = 'same_stamp' ORDER BY file")
    names = [row["file"] for row in found]
    assert names == ["exports/2024-Q3/ban-hai.xlsx", "exports/2024-Q3/xuat-khau-2024-Q3.xlsx"]
    assert all(name in row["reason"] for row in found for name in names)
    exports = spoilt.line("2024-Q3", "export_turnover")
    assert (exports["actual"], exports["status_vi"]) == (None, "đã trả lại, chờ chỉnh sửa")
    assert "ban-hai.xlsx" in exports["reason"]


def test_a_ward_that_does_not_exist_is_rejected_and_leaves_no_smaller_town(spoilt: Spoilt) -> None:
    [found] = [row for row in spoilt.findings("waste/2024-Q1") if row["rule"] == "unknown_unit"]
    assert (found["sheet"], found["row"], found["cell"]) == ("CTR", 12, "B12")
    assert "P. Tân Long" in found["reason"]
    assert "Phước Lộc" in found["reason"]
    waste = spoilt.line("2024-Q1", "solid_waste")
    assert (waste["actual"], waste["numerator"]) == (None, None)


def test_a_ward_that_stands_twice_is_rejected_each_time(spoilt: Spoilt) -> None:
    found = [row for row in spoilt.findings("waste/2024-Q3") if row["rule"] == "unit_twice"]
    rows = [row["row"] for row in found]
    assert len(rows) == 2
    assert all(str(number) in row["reason"] for row in found for number in rows)
    assert spoilt.line("2024-Q3", "solid_waste")["actual"] is None


def test_a_workbook_in_decomposed_letters_reads_as_any_other(spoilt: Spoilt) -> None:
    assert spoilt.line("2024-Q1", "jobs")["actual"] == 540
    rows = ask(spoilt.data_dir, "SELECT unit_code FROM feeds.employment WHERE quarter = '2024-Q1'")
    assert len({row["unit_code"] for row in rows}) == 9


def test_a_total_that_does_not_add_up_is_named_and_its_file_gives_no_figure(spoilt: Spoilt) -> None:
    [found] = [row for row in spoilt.findings("population/2024-Q3") if row["rule"] == "total_sum"]
    assert (found["row"], found["cell"]) == (18, "D18")
    assert "9.999" in found["reason"]
    assert spoilt.line("2024-Q3", "natural_increase")["actual"] is None
    # the wards' own figures stand in feeds, the file may not answer
    [vintage] = ask(
        spoilt.data_dir, "SELECT problem FROM core.vintage WHERE form = 'population' AND quarter = '2024-Q3'"
    )
    assert "Tổng cộng" in vintage["problem"]


def test_text_in_a_number_cell_takes_its_ward_and_the_sum(spoilt: Spoilt) -> None:
    [found] = [row for row in spoilt.findings("employment/2024-Q2") if row["rule"] == "not_a_number"]
    assert (found["sheet"], found["cell"], found["value"]) == ("Việc làm", "C13", "sáu mươi")
    jobs = spoilt.line("2024-Q2", "jobs")
    assert (jobs["actual"], jobs["result_status"]) == (None, "no_data")
    later = spoilt.line("2024-Q3", "jobs")
    assert later["actual"] is None
    assert "quý II" in later["reason"]


@pytest.mark.parametrize(
    ("quarter", "code", "ward"), [("2024-Q1", "solid_waste", "Phước Lộc"), ("2024-Q2", "jobs", "Tân Thiện")]
)
def test_a_line_without_one_ward_names_the_ward(spoilt: Spoilt, quarter: str, code: str, ward: str) -> None:
    """Gaps: otherwise no figure, and the reason names the ward or quarter."""
    assert ward in spoilt.line(quarter, code)["reason"]


def test_an_unknown_unit_of_measure_is_refused_with_what_was_expected(spoilt: Spoilt) -> None:
    assert "triệu đồng" in spoilt.refused("budget_revenue/2024-Q1")["reason"]


def test_strays_are_named_and_not_read(spoilt: Spoilt) -> None:
    names = [row["file"] for row in ask(spoilt.data_dir, "SELECT file FROM quarantine.stray_file ORDER BY file")]
    folder = "water/2024-Q4/"
    assert names == [f"{folder}.DS_Store", f"{folder}anh chụp.png", f"{folder}~$nuoc-sach-2024.xlsx"]
    assert spoilt.line("2024-Q4", "hygienic_water")["result_status"] == "met"
    assert not ask(spoilt.data_dir, "SELECT * FROM quarantine.rejected_file WHERE feed = 'water'")


def test_a_withdrawn_file_answers_nothing(spoilt: Spoilt) -> None:
    industry = spoilt.line("2024-Q3", "industrial_output")
    assert (industry["actual"], industry["result_status"]) == (None, "no_data")
    assert "rút" in industry["reason"]
    [vintage] = ask(
        spoilt.data_dir,
        "SELECT withdrawn, withdrawn_at FROM core.vintage WHERE form = 'industry' AND quarter = '2024-Q3'",
    )
    assert vintage == {"withdrawn": True, "withdrawn_at": datetime.fromisoformat(WITHDRAWN["withdrawn_at"])}


def test_the_check_of_a_feed_shows_what_went_back_and_blocks_nothing(spoilt: Spoilt) -> None:
    for feed, passed in {"industry": False, "employment": False, "water": True}.items():
        check = spoilt.outcome.check("rows_follow_the_form", f"feeds/{feed}")
        assert check.passed is passed, feed
        assert check.severity is dg.AssetCheckSeverity.WARN
        assert not check.blocking
    shown = spoilt.outcome.check("rows_follow_the_form", "feeds/employment").metadata["findings"].value
    assert "C13" in shown


def test_every_row_read_is_accounted_for(spoilt: Spoilt) -> None:
    sql = "SELECT file FROM core.vintage WHERE rows_read <> rows_accepted + rows_rejected + rows_other"
    assert not ask(spoilt.data_dir, sql)


@pytest.fixture(scope="module")
def changed(spoilt: Spoilt) -> Spoilt:
    """The same folder read again: a file was overwritten in place, and the reader fails at waste."""
    raw = spoilt.data_dir / "raw"
    exports = raw / "exports" / "2024-Q4" / "xuat-khau-2024-Q4.xlsx"
    said = exports.with_name(f"{exports.name}.meta.yaml").read_bytes()
    send(spoilt.data_dir, raised(book("exports", "2024-Q4"), 1, "EG", "Hàng hóa khác", "Tổng trị giá"))
    exports.with_name(f"{exports.name}.meta.yaml").write_bytes(said)

    def fail_at_waste(
        sheets: Sequence[Sheet], forms: Sequence[Form], place: Place, quarter: Quarter, tasks: TaskList | None
    ) -> list[Reading]:
        if forms[0].code == "waste":
            raise ValueError(f"could not convert {SAID_IN_A_CELL}")
        return read_tables(sheets, forms, place, quarter, tasks)

    with pytest.MonkeyPatch.context() as patch, logged() as log:
        patch.setattr(ingest, "read_tables", fail_at_waste)
        outcome = run(spoilt.data_dir, "2024-Q4", "2024-Q4", evaluated_at=LONG_AFTER)
    return Spoilt(spoilt.data_dir, outcome, "\n".join(log))


def test_a_file_overwritten_in_place_is_a_new_vintage(changed: Spoilt) -> None:
    assert changed.outcome.success, changed.outcome.failed_steps
    vintages = ask(
        changed.data_dir,
        "SELECT * FROM core.vintage WHERE form = 'exports' AND quarter = '2024-Q4' ORDER BY received_at",
    )
    assert len({vintage["sha256"] for vintage in vintages}) == 2
    assert vintages[0]["file"] == vintages[1]["file"]
    assert vintages[0]["received_at"] < vintages[1]["received_at"]
    assert changed.line("2024-Q4", "export_turnover")["actual"] == 188.9
    vault = {path.name for path in (changed.data_dir / "warehouse" / "vault").iterdir()}
    assert vault >= {f"{vintage['sha256']}.xlsx" for vintage in vintages}


def test_a_defect_of_the_reader_quarantines_the_file_and_keeps_what_was_read_before(changed: Spoilt) -> None:
    found = changed.refused("waste/2024-Q4")
    assert found["rule"] == "reader_defect"
    assert "ValueError" in found["reason"]
    rows = ask(changed.data_dir, "SELECT * FROM feeds.waste WHERE quarter = '2024-Q4'")
    assert len(rows) == 9
    assert changed.line("2024-Q4", "solid_waste")["result_status"] == "exceeded"


def test_a_defect_of_the_reader_leaks_no_cell(changed: Spoilt) -> None:
    assert "the reader failed" in changed.log
    assert SAID_IN_A_CELL not in changed.log
    assert not [event for event in changed.outcome.events if SAID_IN_A_CELL in event]
    assert SAID_IN_A_CELL not in changed.refused("waste/2024-Q4")["reason"]
