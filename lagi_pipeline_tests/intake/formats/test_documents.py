"""Word documents and pages of HTML: their lines and tables as one sheet, as a reader sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import read_workbook
from lagi_pipeline.intake.grid import Sheet, Workbook
from lagi_pipeline_tests.intake.formats.attacks import docx_of
from lagi_pipeline_tests.intake.formats.writing import in_windows_1258


def _word(tmp_path: Path, body: str) -> Workbook:
    docx_of(tmp_path / "a.docx", body)
    return read_workbook(tmp_path / "a.docx")


def _sheet(tmp_path: Path, body: str) -> Sheet:
    [found] = _word(tmp_path, body).sheets
    return found


def _p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{_p(text)}</w:tc>"


def _tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def test_word_lines_and_tables_follow_one_another(tmp_path: Path) -> None:
    body = (
        _p("QUÝ III NĂM 2024") + "<w:p/>" + _tbl(_tr(_tc("a"), _tc("b"))) + _p("Người lập biểu") + _tbl(_tr(_tc("c")))
    )
    found = _sheet(tmp_path, body)
    assert found.rows == [["QUÝ III NĂM 2024", ""], ["a", "b"], ["Người lập biểu", ""], ["c", ""]]
    assert (found.name, found.address(1, 1)) == ("Văn bản", "B2")


def test_word_cells_that_span(tmp_path: Path) -> None:
    across, begin, goes_on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = _tbl(
        _tr(_tc("STT", begin), _tc("Sản lượng", across)),
        _tr(_tc("", goes_on), _tc("quý"), _tc("lũy kế")),
        _tr(_tc("", '<w:vMerge w:val="continue"/>'), _tc("1"), _tc("2")),
        _tr(_tc("3"), properties='<w:gridBefore w:val="2"/>'),
    )
    found = _sheet(tmp_path, body)
    assert found.rows == [["STT", "Sản lượng", ""], ["", "quý", "lũy kế"], ["", "1", "2"], ["", "", "3"]]
    assert sorted(found.merges) == [((0, 0), (2, 0)), ((0, 1), (0, 2))]


def test_word_text_is_what_is_left_when_changes_are_accepted(tmp_path: Path) -> None:
    deleted = '<w:del w:id="1"><w:r><w:delText>12</w:delText></w:r></w:del>'
    moved = '<w:moveFrom w:id="2"><w:r><w:t>99</w:t></w:r></w:moveFrom>'
    inserted = '<w:ins w:id="3"><w:r><w:t>13</w:t></w:r></w:ins>'
    cell = f"<w:tc><w:p>{deleted}{moved}{inserted}</w:p></w:tc>"
    gone = _tr(_tc("bỏ"), properties='<w:del w:id="4"/>')
    workbook = _word(tmp_path, _tbl(_tr(cell), gone, _tr(_tc("14"))))
    assert workbook.sheets[0].rows == [["13"], ["14"]]
    assert [remark.rule for remark in workbook.remarks] == ["tracked_changes"]


def test_word_paragraphs_breaks_tabs_and_tables_within_a_cell(tmp_path: Path) -> None:
    inner = _tbl(_tr(_tc("x"), _tc("y")))
    first = (
        '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>'
        "<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/></w:r></w:p>"
    )
    body = _tbl(_tr(f"<w:tc>{first}{_p('c')}</w:tc>", f"<w:tc>{inner}{_p('z')}</w:tc>"))
    assert _sheet(tmp_path, body).rows == [["a\nb\t\nc", "x\ny\nz"]]


def test_word_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = _p("hộp")
    both = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    assert _sheet(tmp_path, f"<w:p><w:r>{both}</w:r></w:p>{_tbl(_tr(_tc('1')))}").rows == [["hộp"], ["1"]]


def test_word_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="không có bảng"):
        _word(tmp_path, _p("Công văn"))


def _html(tmp_path: Path, content: str | bytes) -> Sheet:
    (tmp_path / "a.xls").write_bytes(content.encode() if isinstance(content, str) else content)
    [found] = read_workbook(tmp_path / "a.xls").sheets
    return found


def test_html_cells_that_span(tmp_path: Path) -> None:
    found = _html(
        tmp_path,
        "<!DOCTYPE html><html><body><h1>QUÝ III</h1><table><caption>Bảng</caption>"
        "<tr><th rowspan=2>STT<th colspan=2>Sản&nbsp;lượng</tr><tr><td>quý<td>lũy  \n kế</tr>"
        "<tr style='height:15pt;display:none'><td>1<td>1.234,5<td>&lt;5</table><p>Người lập</p></body></html>",
    )
    assert found.rows == [
        ["QUÝ III", "", ""],
        ["Bảng", "", ""],
        ["STT", "Sản lượng", ""],
        ["", "quý", "lũy kế"],
        ["1", "1.234,5", "<5"],
        ["Người lập", "", ""],
    ]
    assert sorted(found.merges) == [((2, 0), (3, 0)), ((2, 1), (2, 2))]
    assert found.hidden_rows == {4}


def test_html_scripts_styles_and_comments_are_no_text(tmp_path: Path) -> None:
    page = (
        "<table><!-- a --><tr><td>1<script>document.write(2)</script><style>td{}</style><tr><td>a<br>b<p>c</p></table>"
    )
    assert _html(tmp_path, page).rows == [["1"], ["a\nb\nc"]]


def test_html_tables_within_cells_are_their_text(tmp_path: Path) -> None:
    page = "<table><tr><td><table><tr><td>x</td><td>y</td></tr></table></td><td>z</td></tr></table>"
    assert _html(tmp_path, page).rows == [["x\ny", "z"]]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1258", "windows-1252", None])
def test_html_in_windows_1258_whatever_it_says(tmp_path: Path, charset: str | None) -> None:
    head = "" if charset is None else f'<meta http-equiv=Content-Type content="text/html; charset={charset}">'
    page = f"<html><head>{head}</head><table><tr><td>".encode() + in_windows_1258("Tân Thiện, Phước Lộc")
    assert _html(tmp_path, page).rows == [["Tân Thiện, Phước Lộc"]]


def test_html_in_utf_16(tmp_path: Path) -> None:
    assert _html(tmp_path, "<table><tr><td>Tân Thiện".encode("utf-16")).rows == [["Tân Thiện"]]


def test_html_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="không có bảng"):
        _html(tmp_path, "<html><frameset><frame src='a_files/sheet001.htm'></frameset></html>")


def test_html_entities_of_its_own_and_references_to_files_are_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("bí mật", encoding="utf-8")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><table><tr><td>1&x;<img src="file://{tmp_path}/secret"></table>'
    found = _html(tmp_path, page)
    assert "bí mật" not in str(found.rows)
