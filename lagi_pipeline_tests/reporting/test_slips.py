"""Return slips, made from real files that were read: what stands in them, where they stand, and when they go."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from lagi_pipeline.catalogue.deadlines import correction_due
from lagi_pipeline.catalogue.findings import finding_words
from lagi_pipeline.catalogue.place import Place, load_place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.grid import Unreadable, Value
from lagi_pipeline.reporting.slips import Slip, pages, write_slips
from lagi_pipeline.reporting.slips.copied import Copy
from lagi_pipeline.reporting.slips.files import slip_name
from lagi_pipeline.reporting.slips.pages import HEAD_ROWS, spoken, unique_titles
from lagi_pipeline.reporting.slips.returned import MOST_LISTED
from lagi_pipeline.steps.ingest import Ingestion
from lagi_pipeline.warehouse.database import Warehouse
from lagi_pipeline_tests.running import CATALOGUE, book, logged, make_data_dir, query, send, working
from lagi_samples import Book, Sheet, write_workbook

COVER = "Phiếu trả lại"
RED, YELLOW = "FFFFC7CE", "FFFFF2A8"
OWNERS = ("Chủ tàu mẫu Sóng", "Chủ tàu mẫu Gió")
SEEN_AT = datetime.fromisoformat("2025-03-01T08:00")
HEADER = ["TT", "Trang", "Ô", "Cột", "Đang ghi", "Cần gì", "Lý do", "Cách sửa", "Mức độ"]


@dataclass(frozen=True)
class Desk:
    """A data folder whose files are read and returned without an orchestrator."""

    data_dir: Path

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.data_dir / "warehouse")

    @property
    def place(self) -> Place:
        return load_place(self.data_dir / "raw", CATALOGUE)

    @property
    def folder(self) -> Path:
        return self.warehouse.folder / "slips"

    def read(self, *folders: str) -> None:
        """Read the files of folders such as ``waste/2024-Q3``."""
        with self.warehouse.lock(10, "a test"), self.warehouse.write() as connection:
            for folder in folders:
                feed, quarter = folder.split("/")
                entry = CATALOGUE.feeds[feed]
                ingestion = Ingestion(FEEDS[feed], entry, self.place, self.data_dir / "raw", self.warehouse, SEEN_AT)
                ingestion.run(connection, Quarter.parse(quarter))

    def write(self, *quarters: str) -> list[Slip]:
        wanted = [Quarter.parse(quarter) for quarter in quarters] or None
        with self.warehouse.read() as connection:
            return write_slips(connection, self.warehouse, self.place, wanted)

    def returned(self, folder: str) -> Opened:
        """Read a folder and open the one slip that comes of it."""
        self.read(folder)
        [slip] = self.write(folder.split("/")[1])
        return Opened.of(slip)

    def put(self, folder: str, name: str, content: bytes) -> Path:
        path = self.data_dir / "raw" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def resolve(self, sql: str = "true") -> None:
        with working(self.data_dir) as connection:
            for table in ("rejected_row", "rejected_file"):
                connection.execute(f"UPDATE quarantine.{table} SET resolved_at = TIMESTAMP '2025-01-02' WHERE {sql}")


@dataclass(frozen=True)
class Opened:
    """A slip as its reader has it before him."""

    slip: Slip
    workbook: openpyxl.Workbook

    @classmethod
    def of(cls, slip: Slip) -> Opened:
        return cls(slip, openpyxl.load_workbook(slip.path))

    @property
    def cover(self) -> Worksheet:
        page: Worksheet = self.workbook.worksheets[0]
        return page

    @property
    def letter(self) -> str:
        """What stands above the list."""
        lines = [row[0] for row in self.cover.iter_rows(max_row=self._header - 1, values_only=True)]
        return "\n".join(str(line) for line in lines)

    @property
    def _header(self) -> int:
        return next(row for row in range(1, 20) if self.cover.cell(row, 1).value == "TT")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The list, by the header's titles."""
        rows = self.cover.iter_rows(min_row=self._header + 1, values_only=True)
        return [dict(zip(HEADER, row, strict=True)) for row in rows if isinstance(row[0], int)]

    def line(self, cell: str) -> dict[str, Any]:
        [line] = [line for line in self.lines if line["Ô"] == cell]
        return line

    def cell(self, sheet: str, address: str) -> Cell:
        found: Cell = self.workbook[sheet][address]
        return found

    def comment(self, sheet: str, address: str) -> str:
        comment = self.cell(sheet, address).comment
        assert isinstance(comment, Comment)
        assert comment.author == "Văn phòng"
        return comment.text

    def cells(self) -> Iterator[Cell]:
        for page in self.workbook.worksheets:
            for row in page.iter_rows():
                yield from (cell for cell in row if isinstance(cell, Cell))


def fill(cell: Cell) -> str | None:
    return str(cell.fill.fgColor.rgb) if cell.fill.fill_type == "solid" else None


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(make_data_dir(tmp_path / "data"))


def spoilt_waste(cells: Mapping[str, Any] | None = None) -> Book:
    return book("waste", "2024-Q3", cells or {"B12": "P. Tân Long", "D11": "chín trăm"})


# ---- what a slip says


def test_the_letter_says_who_what_and_by_when(desk: Desk) -> None:
    made = spoilt_waste()
    send(desk.data_dir, made)
    opened = desk.returned("waste/2024-Q3")
    slip = opened.slip
    due = correction_due(desk.place, "waste", Quarter.parse("2024-Q3"), made.received_at.date())
    assert (slip.feed, str(slip.quarter), slip.file, slip.due) == ("waste", "2024-Q3", made.path.as_posix(), due)
    for said in (
        "PHIẾU TRẢ LẠI SỐ LIỆU — Chất thải rắn, quý III/2024",
        "Cơ quan gửi: Phòng Tài nguyên và Môi trường.",
        f"Tệp: {made.file_name}.",
        f"Nhận lúc: {made.received_at:%H:%M ngày %d/%m/%Y}.",
        f"{slip.errors} lỗi",
        f"{slip.warnings} cảnh báo",
        f"Hạn gửi bản đã sửa: {due:%d/%m/%Y}.",
        "chat-thai-ran-2024-Q3-dinh-chinh.xlsx",
    ):
        assert said in opened.letter
    assert opened.workbook.sheetnames == [COVER, "CTR"]


def test_each_finding_is_a_line_with_what_stands_there_and_how_to_mend_it(desk: Desk) -> None:
    send(desk.data_dir, spoilt_waste())
    opened = desk.returned("waste/2024-Q3")
    assert len(opened.lines) == opened.slip.errors + opened.slip.warnings
    words = finding_words().findings
    line = opened.line("D11")
    assert line | {"TT": 0, "Lý do": ""} == {
        "TT": 0,
        "Trang": "CTR",
        "Ô": "D11",
        "Cột": "Thu gom",
        "Đang ghi": "chín trăm",
        "Cần gì": words["not_a_number"].expected,
        "Lý do": "",
        "Cách sửa": words["not_a_number"].mend,
        "Mức độ": "Lỗi",
    }
    assert "chín trăm" in line["Lý do"]
    assert opened.line("B12")["Cần gì"] == words["unknown_unit"].expected
    [address] = [cell for cell in opened.cells() if cell.value == "D11"]
    assert address.hyperlink is not None
    assert address.hyperlink.location == "'CTR'!D11"


def test_the_copy_shows_the_file_with_the_cells_marked(desk: Desk) -> None:
    made = spoilt_waste()
    sent = send(desk.data_dir, made)
    opened = desk.returned("waste/2024-Q3")
    original = openpyxl.load_workbook(sent)["CTR"]
    copy = opened.workbook["CTR"]
    marked = {"B12", "D11", "D19"}
    for row in original.iter_rows():
        for cell in row:
            shown = copy[cell.coordinate]
            assert shown.value == cell.value, cell.coordinate
            if isinstance(cell, Cell) and cell.coordinate not in marked:
                assert (shown.font.b, shown.border.left.style) == (cell.font.b, cell.border.left.style)
                assert fill(shown) in {None, RED}
    assert {str(area) for area in copy.merged_cells.ranges} == {str(area) for area in original.merged_cells.ranges}
    assert copy.column_dimensions["B"].width == pytest.approx(original.column_dimensions["B"].width, abs=0.01)
    assert fill(copy["D11"]) == fill(copy["B12"]) == RED
    comment = opened.comment("CTR", "D11")
    assert comment.startswith("LỖI: Cột «Thu gom»")
    assert finding_words().findings["not_a_number"].mend in comment


def test_warnings_alone_ask_to_look_again(desk: Desk) -> None:
    made = book("waste", "2024-Q3", {"D10": 2800})
    total = made.sheets[-1].beside("Tổng cộng", "D")
    made.sheets[-1].set(total, round(float(str(made.sheets[-1].get(total))) + 2800 - 2758.8, 1))
    send(desk.data_dir, made)
    opened = desk.returned("waste/2024-Q3")
    assert opened.slip.errors == 0
    assert opened.slip.warnings == len(opened.lines) > 0
    assert "PHIẾU ĐỀ NGHỊ XEM LẠI SỐ LIỆU" in opened.letter
    assert {line["Mức độ"] for line in opened.lines} == {"Cảnh báo"}
    assert fill(opened.cell("CTR", "D10")) == YELLOW
    assert opened.comment("CTR", "D10").startswith("CẢNH BÁO: ")


def test_errors_come_before_warnings_and_a_cell_with_both_is_red(desk: Desk) -> None:
    # More collected than there is, and more treated than collected.
    send(desk.data_dir, spoilt_waste({"D10": 2800, "E10": 2900, "D12": "…?"}))
    opened = desk.returned("waste/2024-Q3")
    severities = [line["Mức độ"] for line in opened.lines]
    assert severities == sorted(severities, key=["Lỗi", "Cảnh báo"].index)
    assert set(severities) == {"Lỗi", "Cảnh báo"}
    for line in opened.lines:
        if line["Ô"]:
            others = {other["Mức độ"] for other in opened.lines if other["Ô"] == line["Ô"]}
            assert fill(opened.cell("CTR", line["Ô"])) == (RED if "Lỗi" in others else YELLOW)


def test_all_findings_of_a_cell_stand_in_its_comment(desk: Desk) -> None:
    send(desk.data_dir, spoilt_waste())
    desk.read("waste/2024-Q3")
    with working(desk.data_dir) as connection:
        connection.execute(
            "INSERT INTO quarantine.rejected_row SELECT * REPLACE ('out_of_scale' AS rule, 'số khác thường' AS reason,"
            " 'warning' AS severity) FROM quarantine.rejected_row WHERE cell = 'D11'"
        )
    [slip] = desk.write()
    comment = Opened.of(slip).comment("CTR", "D11")
    assert comment.index("LỖI: ") < comment.index("CẢNH BÁO: Số khác thường")


def test_a_finding_without_a_cell_marks_the_beginning_of_its_row(desk: Desk) -> None:
    made = book("waste", "2024-Q3")
    sheet = made.sheets[-1]
    sheet.rows.append([10, "X. Dưới chữ ký", 1.5, 1.2, 1.1])
    number = len(sheet.rows)
    send(desk.data_dir, made)
    assert desk.returned("waste/2024-Q3").line(f"C{number}")["Trang"] == "CTR"
    with working(desk.data_dir) as connection:
        connection.execute("UPDATE quarantine.rejected_row SET cell = NULL WHERE rule = 'below_signature'")
    [slip] = desk.write()
    opened = Opened.of(slip)
    line = opened.line(f"dòng {number}")
    assert line["Đang ghi"] == "10 | X. Dưới chữ ký | 1,5"
    assert [fill(opened.cell("CTR", f"{letter}{number}")) for letter in "ABCD"] == [RED, RED, RED, None]
    assert "chữ ký" in opened.comment("CTR", f"A{number}")


def test_a_finding_in_a_merged_area_marks_its_upper_left_cell(desk: Desk) -> None:
    send(desk.data_dir, book("budget_revenue", "2024-Q1", {"F8": "Đơn vị tính: triệu quan"}))
    desk.read("budget_revenue/2024-Q1")
    [slip] = desk.write()
    name = Opened.of(slip).lines[0]["Trang"]
    page = Opened.of(slip).workbook[name]
    area = next(area for area in page.merged_cells.ranges if area.size["columns"] > 1)
    inside = f"{openpyxl.utils.get_column_letter(area.max_col)}{area.max_row}"
    with working(desk.data_dir) as connection:
        connection.execute("UPDATE quarantine.rejected_file SET cell = ?", [inside])
    [slip] = desk.write()
    opened = Opened.of(slip)
    first = opened.cell(name, area.coord.split(":")[0])
    assert fill(first) == RED
    assert first.comment is not None
    assert opened.line(inside)["Đang ghi"] == str(first.value)


def test_a_hidden_sheet_and_row_with_a_finding_are_shown(desk: Desk) -> None:
    sent = send(desk.data_dir, spoilt_waste())
    workbook = openpyxl.load_workbook(sent)
    workbook.create_sheet("Nháp").sheet_state = "hidden"
    workbook["Nháp"]["A1"] = "nháp"
    workbook.create_sheet("Bìa", 0)["A1"] = "bìa"
    workbook["CTR"].sheet_state = "hidden"
    for row in (11, 14):
        workbook["CTR"].row_dimensions[row].hidden = True
    workbook.save(sent)
    opened = desk.returned("waste/2024-Q3")
    assert opened.workbook.sheetnames == [COVER, "Bìa", "CTR", "Nháp"]
    assert [page.sheet_state for page in opened.workbook.worksheets][2:] == ["visible", "hidden"]
    assert not opened.workbook["CTR"].row_dimensions[11].hidden


# ---- what came as it may


def test_people_are_named_in_the_slip_and_nowhere_in_the_database(desk: Desk) -> None:
    made = book("fisheries_vessels", "2024-Q3")
    sheet = made.sheets[-1]
    del sheet.rows[60:]
    sheet.set("C9", OWNERS[0])
    sheet.set("D9", OWNERS[1])  # a name where a ward should be
    send(desk.data_dir, made)
    opened = desk.returned("fisheries_vessels/2024-Q3")
    assert opened.line("D9")["Đang ghi"] == OWNERS[1]
    assert opened.cell(opened.line("D9")["Trang"], "C9").value == OWNERS[0]
    with working(desk.data_dir) as connection:
        everything = "\n".join(
            str(row)
            for table in ("quarantine.rejected_row", "quarantine.rejected_file", "feeds.fisheries_vessels")
            for row in query(connection, f"SELECT * FROM {table}")
        )
    assert "D9" in everything
    assert not [owner for owner in OWNERS if owner in everything]


@pytest.mark.parametrize("suffix", [".xls", ".ods", ".csv"])
def test_other_kinds_of_files_come_back_as_the_table_that_was_read(desk: Desk, suffix: str) -> None:
    made = replace(spoilt_waste(), file_name=f"rác thải {suffix[1:]}{suffix}")
    send(desk.data_dir, made)
    opened = desk.returned("waste/2024-Q3")
    title = f"rác thải {suffix[1:]}" if suffix == ".csv" else "CTR"
    assert opened.workbook.sheetnames == [COVER, title]
    assert opened.cell(title, "B13").value == "P. Tân An"
    assert opened.line("D11")["Đang ghi"] == "chín trăm"
    assert fill(opened.cell(title, "D11")) == RED
    assert opened.cell(title, "D11").comment is not None


def test_a_workbook_whose_name_lies_keeps_its_look(desk: Desk) -> None:
    sent = send(desk.data_dir, spoilt_waste())
    sent.with_name(f"{sent.name}.meta.yaml").unlink()
    sent.rename(sent.with_suffix(".xls"))
    opened = desk.returned("waste/2024-Q3")
    assert opened.workbook["CTR"]["A5"].font.b
    assert fill(opened.cell("CTR", "D11")) == RED
    assert "Cảnh báo" in {line["Mức độ"] for line in opened.lines}


def test_a_file_that_cannot_be_opened_has_a_slip_of_one_sheet(desk: Desk) -> None:
    desk.put("industry/2024-Q1", "hỏng.xls", b"\xd0\xcf this is no workbook " * 40)
    opened = desk.returned("industry/2024-Q1")
    assert opened.workbook.sheetnames == [COVER]
    assert (opened.slip.errors, opened.slip.warnings) == (1, 0)
    assert opened.lines[0]["Trang"] == "(cả tệp)"
    assert opened.lines[0]["Lý do"][0].isupper()
    assert "Không có bản sao" in opened.letter
    assert "Chi cục Thống kê" in opened.letter  # nobody said who sent it: the office that owes it


def test_a_file_that_is_no_longer_kept_has_a_slip_of_one_sheet(desk: Desk) -> None:
    send(desk.data_dir, spoilt_waste())
    desk.read("waste/2024-Q3")
    for kept in desk.warehouse.vault.iterdir():
        kept.unlink()
    [slip] = desk.write()
    opened = Opened.of(slip)
    assert opened.workbook.sheetnames == [COVER]
    assert opened.line("D11")["Đang ghi"] == "chín trăm"  # as the quarantine has it


def test_a_sheet_of_the_senders_keeps_its_name_beside_ours(desk: Desk) -> None:
    made = spoilt_waste()
    made.sheets.append(Sheet("phiếu trả lại", [["của cơ quan"]]))
    send(desk.data_dir, made)
    opened = desk.returned("waste/2024-Q3")
    assert opened.workbook.sheetnames == [COVER, "CTR", "phiếu trả lại (2)"]


@given(st.lists(st.text(max_size=40), max_size=12))
def test_titles_are_what_excel_takes_and_none_stands_twice(names: list[str]) -> None:
    titles = unique_titles(names, COVER)
    assert len({title.casefold() for title in (*titles, COVER)}) == len(names) + 1
    for title in titles:
        assert 0 < len(title) <= 31
        assert not re.search(r"[\[\]:*?/\\]", title)
        assert not title.startswith("'")
        assert not title.endswith("'")


# ---- nothing in it does anything

INJECTED = (
    "=1+1",
    '=HYPERLINK("http://127.0.0.1/x","xem")',
    "+1+1",
    "-1+1|x",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "\t=1",
)


def test_texts_that_look_like_formulas_stay_texts(desk: Desk) -> None:
    made = spoilt_waste({f"D{10 + place}": text for place, text in enumerate(INJECTED)})
    send(desk.data_dir, made)
    opened = desk.returned("waste/2024-Q3")
    for place, text in enumerate(INJECTED):
        cell = opened.cell("CTR", f"D{10 + place}")
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    said = {line["Đang ghi"] for line in opened.lines}
    assert {text for text in INJECTED if not text.startswith("\t")} <= said
    assert not [cell.coordinate for cell in opened.cells() if cell.data_type == "f"]
    _is_inert(opened.slip.path)


def test_of_a_workbook_that_does_things_only_values_come_back(desk: Desk) -> None:
    sent = send(desk.data_dir, spoilt_waste())
    workbook = openpyxl.load_workbook(sent)
    page = workbook["CTR"]
    page["G1"] = "=SUM(C10:C18)"
    page["G2"] = "xem"
    page["G2"].hyperlink = "http://127.0.0.1/x"
    page["G3"].font, page["G3"].fill = Font(color="FFFF0000", b=True), PatternFill("solid", fgColor="FF00FF00")
    page["G3"] = "màu"
    rule = Rule("expression", formula=['WEBSERVICE("http://127.0.0.1/x")="1"'])
    page.conditional_formatting.add("A1:A9", rule)
    listed = DataValidation("list", formula1='"a,b"')
    listed.add("A1")
    page.add_data_validation(listed)
    workbook.defined_names["Auto_Open"] = DefinedName("Auto_Open", attr_text="CTR!$A$1")
    workbook.save(sent)
    opened = desk.returned("waste/2024-Q3")
    assert opened.cell("CTR", "G2").value == "xem"
    shown = opened.cell("CTR", "G3")
    assert (shown.value, shown.font.b, shown.font.color.rgb, fill(shown)) == ("màu", True, "FFFF0000", "FF00FF00")
    assert opened.cell("CTR", "G1").data_type != "f"
    _is_inert(opened.slip.path)


def _is_inert(path: Path) -> None:
    """Nothing in a workbook computes, links out of it, or names anything."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert not re.search(r"vbaProject|externalLink|connections|pivot|ctrlProp|embeddings", name), name
            text = archive.read(name).decode("utf-8")
            assert "TargetMode" not in text, name
            if name.startswith("xl/worksheets/sheet"):
                for element in ("<f>", "<f ", "<conditionalFormatting", "<dataValidation", "<oleObject", "<control"):
                    assert element not in text, (name, element)
            if name == "xl/workbook.xml":
                names = re.findall(r'<definedName name="([^"]+)"', text)
                assert set(names) <= {"_xlnm.Print_Titles"}


@pytest.mark.parametrize(
    ("suffix", "value"),
    [
        (".csv", "a" * 60_000),
        (".csv", "\x01 hỏng"),
        (".xlsx", "_x0041_"),
        (".csv", "dòng một\ndòng hai"),
        (".ods", date(1899, 1, 1)),
        (".xlsx", date(1900, 3, 1)),
        (".xls", 1e300),
    ],
)
def test_whatever_stands_in_a_cell_a_slip_is_made(desk: Desk, suffix: str, value: str | float | date) -> None:
    made = spoilt_waste()
    path = desk.data_dir / "raw" / "waste" / "2024-Q3" / f"lạ{suffix}"
    path.parent.mkdir(parents=True)
    made.sheets[-1].set("H3", value)
    write_workbook(path, made.sheets)
    opened = desk.returned("waste/2024-Q3")
    assert opened.line("D11")["Đang ghi"] == "chín trăm"


@pytest.mark.parametrize(
    ("value", "percent", "said"),
    [
        (0.955, True, "95,5%"),
        (1.0, True, "100%"),
        (1234.5, False, "1234,5"),
        (12.0, False, "12"),
        ("1.234,5", False, "1.234,5"),
        (date(2024, 9, 30), False, "30/09/2024"),
        (Unreadable("error_cell", "#REF!"), False, "#REF!"),
    ],
)
def test_a_value_is_told_as_its_sender_reads_it(value: Value, percent: bool, said: str) -> None:  # noqa: FBT001 - a case
    assert spoken(value, percent=percent) == said


def test_a_percentage_comes_back_as_one(desk: Desk) -> None:
    sent = send(desk.data_dir, spoilt_waste({"G10": 0.955, "D11": "chín trăm"}))
    workbook = openpyxl.load_workbook(sent)
    workbook["CTR"]["G10"].number_format = "0.0%"
    workbook.save(sent)
    opened = desk.returned("waste/2024-Q3")
    assert (opened.cell("CTR", "G10").value, opened.cell("CTR", "G10").number_format) == (0.955, "0.0%")


def test_converted_text_is_not_left_in_a_font_that_garbles_it(desk: Desk) -> None:
    sent = send(desk.data_dir, spoilt_waste())
    workbook = openpyxl.load_workbook(sent)
    workbook["CTR"]["A5"].font = Font(name=".VnTime")
    workbook["CTR"]["A6"].font = Font(name="Arial")
    workbook.save(sent)
    opened = desk.returned("waste/2024-Q3")
    assert [opened.cell("CTR", address).font.name for address in ("A5", "A6")] == ["Times New Roman", "Arial"]


def test_a_copy_that_cannot_be_written_costs_the_slip_only_its_copy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Copy) -> None:
        raise RuntimeError(OWNERS[0])

    monkeypatch.setattr(Copy, "write", fail)
    send(desk.data_dir, spoilt_waste())
    with logged() as said:
        opened = desk.returned("waste/2024-Q3")
    assert opened.workbook.sheetnames == [COVER]
    assert "D11" in {line["Ô"] for line in opened.lines}
    assert [line for line in said if "RuntimeError" in line]
    assert OWNERS[0] not in "".join(said)


def test_a_file_that_breaks_its_reader_costs_the_slip_only_its_copy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(desk.data_dir, spoilt_waste())
    desk.read("waste/2024-Q3")

    def fail(_: Path) -> None:
        raise RuntimeError(OWNERS[0])

    monkeypatch.setattr(pages, "read_workbook", fail)
    with logged() as said:
        [slip] = desk.write()
    assert Opened.of(slip).workbook.sheetnames == [COVER]
    assert [line for line in said if "RuntimeError" in line]
    assert OWNERS[0] not in "".join(said)


# ---- where slips stand, and when they are written


def test_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    slips = []
    for name in ("one", "two"):
        desk = Desk(make_data_dir(tmp_path / name))
        send(desk.data_dir, spoilt_waste())
        slips.append(desk.returned("waste/2024-Q3").slip.path.read_bytes())
    assert slips[0] == slips[1]


def test_a_slip_that_says_what_it_should_is_left_alone(desk: Desk) -> None:
    send(desk.data_dir, spoilt_waste())
    before = desk.returned("waste/2024-Q3").slip.path
    stamp = before.stat().st_mtime_ns
    desk.read("waste/2024-Q3")
    [again] = desk.write()
    assert (again.path, again.path.stat().st_mtime_ns) == (before, stamp)


def test_a_slip_is_written_again_when_its_findings_change_or_somebody_saved_it(desk: Desk) -> None:
    send(desk.data_dir, spoilt_waste())
    first = desk.returned("waste/2024-Q3")
    ours = first.slip.path.read_bytes()
    first.workbook.save(first.slip.path)
    desk.write()
    assert first.slip.path.read_bytes() == ours
    first.slip.path.write_bytes(b"torn")
    desk.write()
    assert first.slip.path.read_bytes() == ours
    desk.resolve("cell = 'D11'")
    [slip] = desk.write()
    assert slip.path == first.slip.path
    assert slip.errors == first.slip.errors - 1
    assert "D11" not in {line["Ô"] for line in Opened.of(slip).lines}


def test_a_slip_goes_when_all_is_resolved_and_nothing_else_does(desk: Desk) -> None:
    send(desk.data_dir, spoilt_waste())
    slip = desk.returned("waste/2024-Q3").slip
    note = slip.path.with_name("ghi chú của văn phòng.xlsx")
    note.write_bytes(b"ours to keep")
    left = slip.path.with_name(f"{slip.path.name}.partial")
    left.write_bytes(b"of a killed run")
    desk.write()
    assert sorted(path.name for path in slip.path.parent.iterdir()) == sorted([note.name, slip.path.name])
    desk.resolve()
    assert not desk.write()
    assert list(slip.path.parent.iterdir()) == [note]
    note.unlink()
    desk.write()
    assert not list(desk.folder.rglob("*"))


def test_only_the_quarters_named_are_looked_after(desk: Desk) -> None:
    send(desk.data_dir, spoilt_waste())
    send(desk.data_dir, book("waste", "2024-Q1", {"B12": "P. Tân Long"}))
    desk.read("waste/2024-Q3", "waste/2024-Q1")
    both = desk.write()
    assert [str(slip.quarter) for slip in both] == ["2024-Q1", "2024-Q3"]
    desk.resolve()
    assert not desk.write("2024-Q1")
    assert [slip.path.exists() for slip in both] == [False, True]


def test_each_file_of_a_folder_has_its_own(desk: Desk) -> None:
    send(desk.data_dir, spoilt_waste())
    send(
        desk.data_dir,
        replace(
            spoilt_waste({"B12": "P. Lạ"}), file_name="bản khác.xlsx", received_at=datetime.fromisoformat("2024-10-09")
        ),
    )
    desk.read("waste/2024-Q3")
    with working(desk.data_dir) as connection:  # the later one resolves nothing here
        connection.execute("UPDATE quarantine.rejected_row SET resolved_at = NULL")
    slips = desk.write()
    assert len({slip.path for slip in slips}) == 2
    assert {Opened.of(slip).line("B12")["Đang ghi"] for slip in slips} == {"P. Tân Long", "P. Lạ"}
    received = {spoilt_waste().file_name: date(2024, 10, 8), "bản khác.xlsx": date(2024, 10, 9)}
    for slip in slips:
        day = received[Path(slip.file).name]
        assert slip.due == correction_due(desk.place, "waste", slip.quarter, day)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("waste/2024-Q3/rác thải.xlsx", "rác thải.01234567.tra-lai.xlsx"),
        ("waste/2024-Q3/=cmd|x.xls", "_=cmd_x.01234567.tra-lai.xlsx"),
        ("waste/2024-Q3/..\\..\\x.csv", "_.._x.01234567.tra-lai.xlsx"),
        ("waste/2024-Q3/CON.xlsx", "_CON.01234567.tra-lai.xlsx"),
        ("waste/2024-Q3/a\u202etxt.xlsx", "a_txt.01234567.tra-lai.xlsx"),
        ("waste/2024-Q3/<b>'; DROP TABLE x;.xlsx", "_b_'; DROP TABLE x;.01234567.tra-lai.xlsx"),
        ("waste/2024-Q3/ .xlsx", "tep.01234567.tra-lai.xlsx"),
    ],
)
def test_hostile_names_become_harmless_ones(file: str, name: str) -> None:
    assert slip_name(file, "0123456789abcdef") == name


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1, max_size=300))
def test_a_slips_name_is_one_that_every_system_keeps(stem: str) -> None:
    name = slip_name(f"waste/2024-Q3/{stem}", "f" * 64)
    assert len(name.encode()) <= 200
    assert name.endswith(".ffffffff.tra-lai.xlsx")
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert name[0] not in "=+-@. "


def test_a_hostile_name_stays_within_the_folder(desk: Desk) -> None:
    desk.put("industry/2024-Q1", "=cmd|' x.xls", b"\xd0\xcf this is no workbook " * 40)
    slip = desk.returned("industry/2024-Q1").slip
    assert slip.path.parent == desk.folder / "2024-Q1" / "industry"
    assert list(desk.warehouse.folder.rglob("*.tra-lai.xlsx")) == [slip.path]


# ---- large files


def test_of_very_many_findings_the_first_are_listed_and_the_others_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_CELLS", 20_000)
    desk.put("fisheries_vessels/2024-Q3", "tàu.csv", _many_vessels(MOST_LISTED + 500))
    opened = desk.returned("fisheries_vessels/2024-Q3")
    assert opened.slip.errors > MOST_LISTED
    assert len(opened.lines) == MOST_LISTED
    tail = [str(row[0].value) for row in opened.cover.iter_rows() if str(row[0].value).startswith("… và ")]
    counts = [int(re.sub(r"\D", "", line.split(" lỗi")[0].split(" cảnh báo")[0])) for line in tail]
    assert sum(counts) == opened.slip.errors + opened.slip.warnings - MOST_LISTED
    assert "Tệp lớn" in opened.letter
    page = opened.workbook["tàu"]
    assert page.sheet_format.zeroHeight
    for line in (opened.lines[5], opened.lines[-1]):
        assert page[line["Ô"]].value == line["Đang ghi"]
        assert fill(page[line["Ô"]]) == RED
    filled = sum(any(cell.value is not None for cell in row) for row in page.iter_rows(max_col=2))
    assert filled <= HEAD_ROWS + MOST_LISTED


def _many_vessels(rows: int) -> bytes:
    """A csv of vessels whose wards are all unknown."""
    header = (
        "Số đăng ký", "Chủ tàu", "Phường/xã", "Chiều dài lớn nhất (m)", "Công suất (kW)", "Nghề", "Số giấy phép",
        "Giấy phép hết hạn", "Hạn đăng kiểm", "Ngày lắp TBGSHT", "Trạng thái",
    )  # fmt: skip
    text = io.StringIO()
    text.write("DANH SÁCH TÀU CÁ QUÝ III NĂM 2024\n" + ";".join(header) + "\n")
    for number in range(rows):
        text.write(
            f"BTh-{number:05}-TS;Chủ tàu mẫu {number};P. Lạ {number % 7};14,5;120;lưới;GP{number};"
            "31/12/2025;31/12/2025;;hoạt động\n"
        )
    return text.getvalue().encode("utf-8-sig")


# ---- a slip is an answer, too


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods", ".csv"])
def test_a_slip_mended_in_place_and_sent_back_is_accepted(desk: Desk, suffix: str) -> None:
    good = book("waste", "2024-Q3").sheets[-1]
    send(desk.data_dir, replace(spoilt_waste(), file_name=f"chat-thai{suffix}"))
    opened = desk.returned("waste/2024-Q3")
    page = opened.workbook.worksheets[1]
    for address in ("B12", "D11"):
        page[address] = good.get(address)
    mended = desk.data_dir / "raw" / "waste" / "2024-Q3" / "chat-thai-dinh-chinh.xlsx"
    opened.workbook.save(mended)
    desk.read("waste/2024-Q3")
    with working(desk.data_dir) as connection:
        [vintage] = query(connection, "SELECT * FROM core.vintage WHERE file LIKE '%dinh-chinh%'")
        errors = query(
            connection,
            "SELECT rule FROM quarantine.rejected_row WHERE file LIKE '%dinh-chinh%' AND severity = 'error'",
        )
    assert (vintage["rows_accepted"], vintage["problem"], errors) == (9, None, [])
