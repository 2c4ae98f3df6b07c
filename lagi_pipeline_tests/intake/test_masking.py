"""No name and no identity number of a person reaches a finding, a problem or an exception (domain.md, trap 17)."""

from __future__ import annotations

import traceback
import unicodedata

import pandas as pd
import pytest

from lagi_pipeline.feeds.fisheries import VESSELS
from lagi_pipeline.intake import validation
from lagi_pipeline.intake.masking import Discretion, public_title, without_words
from lagi_pipeline_tests.intake.reading import Cell, Read, changed, form_sheet, quarter, read_one, refusal, table, wards
from lagi_samples import Sheet

NAME = "Nguyễn Thị Bí Mật"
IDENTITY = "060123456789"
HEAD = [
    *["STT", "Số đăng ký", "Chủ tàu", "Phường/xã", "Chiều dài lớn nhất (m)", "Công suất (kW)", "Nghề", "Số giấy phép"],
    *["Giấy phép hết hạn", "Hạn đăng kiểm", "Ngày lắp TBGSHT", "Trạng thái", "Ghi chú", None],
]
GOOD: list[Cell] = [
    *[1, "BTh-00100-TS", NAME, "Phường Tân An", 13.5, 100, "lưới kéo", "GP-1"],
    *["01/01/2026", "01/01/2026", "01/01/2020", "hoạt động", None, None],
]


def _vessels(**at: Cell) -> Read:
    other = [*GOOD]
    other[0:3] = [2, "BTh-00200-TS", "Trần Văn Kín Đáo"]
    sheet = Sheet("Tàu", [["QUÝ III NĂM 2024"], [*HEAD], [*GOOD], other])
    return read_one("fisheries_vessels", "2024-Q3", changed(sheet, **at))


def _all_that_is_said(found: Read) -> str:
    said = [repr(finding) for finding in found.reading.findings]
    return unicodedata.normalize(
        "NFC", "\n".join([*said, *found.reading.problems, *found.reading.rejected_units.values()])
    )


def _assert_hidden(said: str) -> None:
    for word in (*NAME.split(), *["Trần", "Văn", "Kín", "Đáo"], IDENTITY):
        assert word not in said


@pytest.mark.parametrize("column", ["B", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N"])
@pytest.mark.parametrize(
    "value",
    [
        NAME,
        f"{NAME} 13,5",
        f"»{NAME}«",
        unicodedata.normalize("NFD", NAME),
        f"{NAME}\n{IDENTITY}",
        IDENTITY,
        int(IDENTITY),
    ],
)
def test_a_name_in_any_column(column: str, value: Cell) -> None:
    # The length is wrong too, so that the row is always reported with all its cells.
    found = _vessels(**({"E3": 999} | {f"{column}3": value}))
    assert found.reading.rejected_rows == {0} or column in "GHMN"
    assert found.reading.findings
    _assert_hidden(_all_that_is_said(found))


def test_an_owner_is_not_in_the_rows() -> None:
    found = _vessels()
    assert len(found.rows) == 2
    assert "owner" not in found.reading.frame
    _assert_hidden(found.reading.frame.to_csv())


def test_what_is_known_is_shown() -> None:
    raw = _vessels(E3=999).found("less_than_or_equal_to").raw
    assert raw["Phường/xã"] == "Phường Tân An"
    assert raw["Trạng thái"] == "hoạt động"
    assert raw["Số đăng ký"] == "BTh-00100-TS"
    assert raw["Chủ tàu"] == "***"
    assert raw["Chiều dài lớn nhất"] == "999"


def test_a_persons_column_beside_a_form_that_names_nobody_is_masked() -> None:
    sheet = changed(form_sheet("fisheries_cases", "2024-Q1"), I7="Họ tên chủ tàu", I8=NAME, J8=NAME, B8="31/02/2024")
    found = read_one("fisheries_cases", "2024-Q1", sheet)
    assert found.found("not_a_day").cell == "B8"
    _assert_hidden(_all_that_is_said(found))


def test_our_own_defects_are_told_without_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _vessels(D3=NAME)
    frame = found.reading.frame.assign(length_m="13,5", unit_label=NAME)
    monkeypatch.setattr(found.reading, "frame", frame)
    monkeypatch.setattr(found.reading, "rejected_rows", set())
    with pytest.raises(validation.ContractError) as caught:
        validation.validate(found.reading, quarter("2024-Q3"))
    _assert_hidden("".join(traceback.format_exception(caught.value)))


def test_a_check_without_words_is_our_defect() -> None:
    cases = pd.DataFrame({"column": ["length_m"], "check": ["unheard_of(1)"], "failure_case": [NAME], "index": [0]})
    with pytest.raises(validation.ContractError, match="no words") as caught:
        validation._report(_vessels().reading, cases)
    assert NAME not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("mười lăm mét", "… … …"),
        ("15,5 m", "15,5 …"),
        ("BTh-00100-TS", "…-00100-…"),
        (IDENTITY, "…"),
        ("0912345678 An", "… …"),
        ("gọi 0912 345 678", "… …"),
        ("01/01/2026", "01/01/2026"),
        ("", ""),
    ],
)
def test_words_and_long_numbers_are_hidden(value: str, shown: str) -> None:
    assert without_words(value) == shown


def test_what_a_reason_quotes_is_hidden_even_with_quotes_in_it() -> None:
    discretion = Discretion(VESSELS.forms[0].form, lambda _: False)
    assert discretion.reason(f"thấy «{NAME}» và «»{NAME}»»").count("Nguyễn") == 0


def test_the_form_says_which_column_names_people() -> None:
    form = VESSELS.forms[0].form
    assert form.names_people
    assert [column.name for column in form.columns if column.personal] == ["owner"]


LABELLED = f"{NAME}, CCCD {IDENTITY}"
WASTE = ["STT", "Phường, xã", "Phát sinh", "Thu gom", "Xử lý"]


@pytest.mark.parametrize("label", [LABELLED, NAME, NAME.lower(), f"ông {NAME}", f"P. {NAME}", f"hộ {NAME} {IDENTITY}"])
@pytest.mark.parametrize("feed", ["poverty", "waste"])
def test_a_person_in_the_place_of_a_ward(feed: str, label: str) -> None:
    if feed == "poverty":
        sheet = form_sheet(feed, "2024-Q4")
        sheet.set(sheet.find("Phường Phước Hội"), label)
        found = read_one(feed, "2024-Q4", sheet)
    else:
        found = read_one(feed, "2024-Q3", table(WASTE, *wards(3, 2, 1), [10, label, 3, 2, 1]))
    assert found.all("unknown_unit")
    said = _all_that_is_said(found).lower()
    assert not [word for word in ("bí mật", "nguyễn thị", IDENTITY) if word in said]


@pytest.mark.parametrize("feed", ["poverty", "waste"])
def test_a_misspelt_ward_stays_readable(feed: str) -> None:
    sheet, when = table(WASTE, *wards(3, 2, 1), [10, "P. Tân Long", 3, 2, 1]), "2024-Q3"
    if feed == "poverty":
        sheet, when = form_sheet(feed, "2024-Q4"), "2024-Q4"
        sheet.set(sheet.find("Phường Phước Hội"), "P. Tân Long")
    finding = read_one(feed, when, sheet).found("unknown_unit")
    assert "«P. Tân Long»" in finding.reason
    assert finding.value == "P. Tân Long"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Ông {NAME} (CCCD {IDENTITY}) khai thác sai vùng", "Ông *** (CCCD ***) khai thác sai vùng"),
        ("Tàu do Sóng Văn Lặng điều khiển sai vùng", "Tàu do *** điều khiển sai vùng"),
        ("Vi phạm Luật Thủy sản ở vùng biển Bà Rịa - Vũng Tàu", "Vi phạm Luật Thủy sản ở vùng biển Bà Rịa - Vũng Tàu"),
        ("Chủ tàu BTh-99001-TS không ghi nhật ký", "Chủ tàu BTh-99001-TS không ghi nhật ký"),
    ],
)
def test_a_violation_is_kept_without_who_did_it(text: str, kept: str) -> None:
    sheet = form_sheet("fisheries_cases", "2024-Q1")
    row = int(sheet.find("Hành vi vi phạm")[1:]) + 1
    found = read_one("fisheries_cases", "2024-Q1", changed(sheet, **{f"D{row}": text, f"H{row}": f"Đồn, {IDENTITY}"}))
    assert found.rows["violation"].iloc[0] == kept
    assert found.rows["authority"].iloc[0] == "Đồn, ***"


def test_a_title_and_a_sheet_that_name_a_person() -> None:
    sheet = form_sheet("poverty", "2024-Q4")
    sheet.set("A6", f"NĂM 2024 - {LABELLED}")
    sheet.name = f"Hộ {NAME}"
    found = read_one("poverty", "2024-Q4", sheet)
    assert found.reading.period is not None
    assert found.reading.period.text == "NĂM 2024"
    assert found.reading.sheet == "trang 1"
    assert set(found.rows["sheet"]) == {"trang 1"}
    assert read_one("poverty", "2024-Q4", form_sheet("poverty", "2024-Q4")).reading.sheet == "Hộ nghèo"


def test_a_refusal_that_quotes_a_title_names_nobody() -> None:
    sheet = form_sheet("poverty", "2024-Q4")
    sheet.set("A6", f"NĂM 2022, ông {LABELLED}")
    _assert_hidden(refusal("poverty", "2024-Q4", sheet).reason)


def test_a_title_of_a_form_without_people_stays() -> None:
    assert public_title("KẾT QUẢ QUẢN LÝ RỪNG, QUÝ III NĂM 2024", names_people=False).startswith("KẾT QUẢ QUẢN LÝ")


@pytest.mark.parametrize("value", ["060191234567", "060.191.234.567", "0912 345 678", "(0252) 3845678", "260123456"])
def test_a_persons_number_in_a_form_about_nobody(value: str) -> None:
    found = read_one("waste", "2024-Q3", table(WASTE, *wards(3, 2, 1), [10, f"P. Tân Long {value}", value, 2, 1]))
    said = _all_that_is_said(found)
    assert value not in said
    assert found.reading.findings


def test_an_owner_left_of_the_register_number_is_no_register_number() -> None:
    head: list[Cell] = [HEAD[0], HEAD[2], HEAD[1], *HEAD[3:12]]
    good = [1, NAME, "BTh-00100-TS", *GOOD[3:12]]
    without = [2, NAME, None, *GOOD[3:12]]
    found = read_one("fisheries_vessels", "2024-Q3", Sheet("Tàu", [["QUÝ III NĂM 2024"], head, good, without]))
    assert len(found.rows) == 2
    assert found.rows["register_text"].isna().tolist() == [False, True]
    _assert_hidden(found.rows.to_csv())
