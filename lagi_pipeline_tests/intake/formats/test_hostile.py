"""Files that would harm: refused by name, within 500 MB; nothing is fetched, run or written."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits, read_workbook
from lagi_pipeline_tests.intake.formats import attacks, measure
from lagi_pipeline_tests.intake.formats.writing import KINDS, write_as
from lagi_samples import Sheet

MOST_MEGABYTES = 500

Build = Callable[[Path], None]
ATTACKS: list[tuple[Build, str, str]] = [
    (attacks.zeros_that_unpack_a_thousandfold, ".xlsx", "zip_bomb"),
    (attacks.a_part_larger_than_it_says, ".xlsx", "unreadable"),
    (attacks.twenty_thousand_parts, ".xlsx", "zip_bomb"),
    (attacks.two_parts_of_one_name, ".xlsx", "unreadable"),
    (attacks.a_name_that_leads_out, ".xlsx", "unreadable"),
    (attacks.an_archive_behind_other_bytes, ".xlsx", "unreadable"),
    (attacks.a_workbook_of_two_kinds, ".xlsx", "unreadable"),
    (attacks.a_sheet_that_stands_twice, ".xlsx", "unreadable"),
    (attacks.a_value_in_the_last_cell, ".xlsx", "too_many_cells"),
    (attacks.cells_without_addresses_far_away, ".xlsx", "too_many_cells"),
    (attacks.two_corners_on_each_of_many_sheets, ".xlsx", "too_many_cells"),
    (attacks.five_million_cells, ".xlsx", "too_many_cells"),
    (attacks.three_million_texts, ".xlsx", "too_many_cells"),
    (attacks.one_long_text_in_very_many_cells, ".xlsx", "too_large"),
    (attacks.one_cell_of_100_million_characters, ".xlsx", "long_line"),
    (attacks.millions_of_shared_texts, ".xlsx", "too_many_cells"),
    (attacks.millions_of_styles, ".xlsx", "too_large"),
    (attacks.millions_of_merged_areas, ".xlsx", "too_many_cells"),
    (attacks.elements_within_elements, ".xlsx", "zip_bomb"),
    (attacks.ods_rows_that_repeat, ".ods", "too_many_cells"),
    (attacks.ods_a_text_that_repeats, ".ods", "too_large"),
    (attacks.ods_spaces_that_repeat, ".ods", "long_line"),
    (attacks.docx_cells_that_span_everything, ".docx", "too_many_cells"),
    (attacks.html_cells_that_span_everything, ".xls", "too_many_cells"),
    (attacks.a_csv_line_of_200_megabytes, ".csv", "long_line"),
    (attacks.a_csv_of_zeros, ".csv", "encoding"),
    (attacks.a_csv_with_an_endless_quote, ".csv", "long_line"),
    (attacks.a_csv_of_commas, ".csv", "too_many_cells"),
    (attacks.a_csv_of_millions_of_texts, ".csv", "too_many_cells"),
    (attacks.a_csv_larger_than_any, ".csv", "too_large"),
    (attacks.an_xls_of_nothing_but_far_numbers, ".xls", "too_many_cells"),
]
DOCTYPES: list[tuple[Build, str]] = [
    (attacks.doctype_in_a_sheet, ".xlsx"),
    (attacks.doctype_in_the_workbook, ".xlsx"),
    (attacks.doctype_in_the_relations, ".xlsx"),
    (attacks.doctype_in_the_styles, ".xlsx"),
    (attacks.doctype_in_the_shared_texts, ".xlsx"),
    (attacks.ods_with_a_doctype, ".ods"),
    (attacks.docx_with_a_doctype, ".docx"),
]


def _measured(path: Path) -> dict[str, object]:
    """How reading a file goes in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", measure.__name__, str(path)], check=True, capture_output=True, timeout=600
    )
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.skipif(not measure.STATUS.exists(), reason="the most memory of a process is known on Linux only")
@pytest.mark.parametrize(("build", "suffix", "rule"), ATTACKS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_would_harm_is_refused_within_bounds(tmp_path: Path, build: Build, suffix: str, rule: str) -> None:
    path = tmp_path / f"a{suffix}"
    build(path)
    found = _measured(path)
    path.unlink()
    assert found["rule"] == rule
    assert float(str(found["megabytes"])) < MOST_MEGABYTES


@pytest.mark.parametrize(("build", "suffix"), DOCTYPES, ids=lambda value: getattr(value, "__name__", ""))
def test_document_types_are_refused_wherever_they_stand(tmp_path: Path, build: Build, suffix: str) -> None:
    build(tmp_path / f"a{suffix}")
    with pytest.raises(RefusedFileError, match="DOCTYPE") as caught:
        read_workbook(tmp_path / f"a{suffix}")
    assert caught.value.rule == "xml_entity"


@pytest.mark.skipif(not measure.STATUS.exists(), reason="the most memory of a process is known on Linux only")
def test_tables_within_tables_without_end_do_no_harm(tmp_path: Path) -> None:
    attacks.html_tables_within_tables(tmp_path / "a.xls")
    found = _measured(tmp_path / "a.xls")
    assert float(str(found["megabytes"])) < MOST_MEGABYTES


@pytest.mark.parametrize("encoding", ["cp037", "UTF-7", "windows-1258", "none-such"])
def test_parts_in_other_encodings_than_unicode_are_refused(tmp_path: Path, encoding: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    attacks.write_zip(tmp_path / "a.xlsx", attacks.xlsx_parts(attacks.sheet(prolog=prolog)))
    with pytest.raises(RefusedFileError, match="mã chữ") as caught:
        read_workbook(tmp_path / "a.xlsx")
    assert caught.value.rule == "unreadable"


def test_a_cell_far_away_is_named(tmp_path: Path) -> None:
    attacks.a_value_in_the_last_cell(tmp_path / "a.xlsx")
    with pytest.raises(RefusedFileError, match="XFD1048576") as caught:
        read_workbook(tmp_path / "a.xlsx")
    assert (caught.value.sheet, caught.value.cell) == ("T1", "XFD1048576")


def test_macros_and_links_to_other_files_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_as(tmp_path / "a", [Sheet("T", [[1]])], "xlsm")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", attacks.DOCTYPE)
        archive.writestr("xl/media/image1.png", b"x")
    opened: list[str] = []

    def refuse(*arguments: object) -> None:
        opened.append(str(arguments))
        raise OSError

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert read_workbook(path).sheets[0].rows == [[1.0]]
    assert opened == []


@pytest.mark.parametrize("kind", KINDS)
def test_reading_writes_nothing(tmp_path: Path, kind: str) -> None:
    path = write_as(tmp_path / "a", [Sheet("T", [["Tân An", "Số hộ"], ["Tân Hải", 1]])], kind)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    read_workbook(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(KINDS),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
    end=st.floats(0.3, 1),
)
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: str, cuts: list[tuple[float, int]], end: float
) -> None:
    """Whatever bytes are changed or missing: no other error comes out."""
    path = write_as(
        tmp_path_factory.mktemp("a") / "a", [Sheet("T", [["Tân An", None, 1.5], ["Tân Hải", 2]], [(0, 0, 0, 1)])], kind
    )
    content = bytearray(path.read_bytes())
    for at, byte in cuts:
        content[int(at * (len(content) - 1))] = byte
    path.write_bytes(content[: int(end * len(content))] if cuts[0][1] % 2 else content)
    try:
        found = read_workbook(path)
    except RefusedFileError as error:
        assert error.reason  # noqa: PT017
    else:
        assert all(len({len(row) for row in sheet.rows}) <= 1 for sheet in found.sheets)


def test_a_file_larger_than_its_kind_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(limits.WORKBOOK_BYTES + 1)
    with pytest.raises(RefusedFileError) as caught:
        read_workbook(path)
    assert caught.value.rule == "too_large"
