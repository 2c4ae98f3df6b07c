"""No name and no identity number of a person reaches a finding, a problem or an exception (domain.md, trap 17)."""

from __future__ import annotations

import traceback
import unicodedata

import pandas as pd
import pytest

from lagi_pipeline.feeds.fisheries import VESSELS
from lagi_pipeline.intake import validation
from lagi_pipeline.intake.masking import without_quoted, without_words
from lagi_pipeline_tests.intake.reading import Cell, Read, changed, form_sheet, quarter, read_one
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
    assert without_quoted(f"thấy «{NAME}» và «»{NAME}»»").count("Nguyễn") == 0


def test_the_form_says_which_column_names_people() -> None:
    form = VESSELS.forms[0].form
    assert form.names_people
    assert [column.name for column in form.columns if column.personal] == ["owner"]
