"""The proposal as a file: it loads as it is, says where each target comes from, and holds nothing undecided."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline.catalogue.place import Resolution, load_resolutions
from lagi_pipeline.cli import main
from lagi_pipeline.resolution.proposal import propose_targets
from lagi_pipeline.resolution.statements import Doubt
from lagi_pipeline.resolution.writing import as_yaml
from lagi_pipeline_tests.resolution.reading import LIST, RESOLUTION, RESOLUTIONS, TEXT, read, read_lines
from lagi_pipeline_tests.running import CATALOGUE, RAW, make_data_dir

PLAIN = ("code", "plan_source", "value", "unit", "direction", "clause")


def loaded(folder: Path, text: str, year: int = 2024) -> Resolution:
    """What a file of this text says, as the pipeline reads it."""
    path = folder / "resolution" / str(year) / "targets.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    [resolution] = load_resolutions(folder, CATALOGUE)
    return resolution


def test_the_proposal_loads_and_says_what_the_towns_own_file_says(tmp_path: Path) -> None:
    resolution = loaded(tmp_path, as_yaml(read(RESOLUTION), RESOLUTION))
    [own] = [known for known in RESOLUTIONS if known.year == 2024]
    said = [target.model_dump(include=set(PLAIN)) for target in resolution.targets]
    assert said == [
        target.model_dump(include=set(PLAIN)) for target in own.targets if target.plan_source == "party_resolution"
    ]
    lines = TEXT.splitlines()
    assert [lines[(target.line or 0) - 1] for target in resolution.targets] == LIST
    assert {target.code: target.parent for target in resolution.targets if target.parent} == {
        "clean_water": "hygienic_water",
        "trained_labour": "jobs",
    }


def test_another_unit_is_kept_as_printed_and_loads_as_the_indicators(tmp_path: Path) -> None:
    proposal = read_lines(tmp_path, "Thu NSNN: 191.000 triệu đồng", "Tốc độ tăng dân số tự nhiên 7 ‰")
    text = as_yaml(proposal, Path("nghi-quyet.txt"))
    assert 'value: 191000, unit: "triệu đồng"' in text
    assert [(target.value, target.unit) for target in loaded(tmp_path, text).targets] == [
        (191, "tỷ đồng"),
        (Decimal("0.7"), "%"),
    ]


def test_a_range_is_written_with_both_ends(tmp_path: Path) -> None:
    text = as_yaml(read_lines(tmp_path, "Tỷ lệ hộ nghèo giảm từ 0,4 - 0,5 %"), Path("nghi-quyet.txt"))
    [entry] = yaml.safe_load(text)["targets"]
    assert (entry["value"], entry["upper"], entry["unit"], entry["direction"]) == (0.4, 0.5, "điểm %", "range")


def test_what_is_undecided_is_a_comment_and_no_target(tmp_path: Path) -> None:
    proposal = read_lines(tmp_path, "1. Tổng thu ngân sách nhà nước: 191", "2. Chi đầu tư phát triển: 80 tỷ đồng")
    text = as_yaml(proposal, Path("nghi-quyet.txt"))
    assert [target.code for target in loaded(tmp_path, text).targets] == ["development_spending"]
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert "#   dòng 2: «1. Tổng thu ngân sách nhà nước: 191»: số không có đơn vị tính: «191»" in comments
    assert "#   không tìm thấy chỉ tiêu 9 «Giải quyết việc làm» trong danh sách" in comments


@settings(deadline=None, max_examples=50)
@given(text=st.text(), clause=st.text(min_size=1))
def test_whatever_a_line_says_the_file_stays_yaml(text: str, clause: str) -> None:
    proposal = read(RESOLUTION)
    odd = replace(proposal, targets=tuple(replace(target, text=text, clause=clause) for target in proposal.targets))
    read_back = yaml.safe_load(as_yaml(odd, Path("a\nb.txt")))
    assert [entry["clause"] for entry in read_back["targets"]] == [clause] * 12


def test_a_targets_file_may_not_contradict_the_catalogues_parents(tmp_path: Path) -> None:
    text = as_yaml(read(RESOLUTION), RESOLUTION).replace("parent: jobs", "parent: hygienic_water")
    with pytest.raises(CatalogueError, match=r"2024/targets\.yaml: trained_labour: .*hygienic_water"):
        loaded(tmp_path, text)


def test_a_target_that_turns_round_on_last_years_is_asked_about(tmp_path: Path) -> None:
    [last] = [known for known in RESOLUTIONS if known.year == 2023]
    turned = replace(
        last,
        targets=tuple(
            target.model_copy(update={"direction": "at_most"}) if target.code == "jobs" else target
            for target in last.targets
        ),
    )
    path = tmp_path / "nghi-quyet.md"
    path.write_text(TEXT.replace(": 2.600", ": ít nhất 2.600"), "utf-8")
    assert propose_targets(path, CATALOGUE, resolutions=[last]).is_complete
    [asked] = propose_targets(path, CATALOGUE, resolutions=[turned]).questions
    assert (asked.doubt, asked.codes) == (Doubt.REVERSED, ("jobs",))
    assert "ngược với chỉ tiêu năm trước" in asked.reason


@pytest.fixture
def lagi(tmp_path: Path) -> Iterator[Any]:
    """Calls ``lagi targets`` on a data folder with the town's place and targets."""
    log = logging.getLogger("lagi_pipeline")
    before = list(log.handlers), log.propagate, log.level
    data_dir = make_data_dir(tmp_path / "data")

    def call(*words: str) -> Result:
        return CliRunner().invoke(main, ["--data-dir", str(data_dir), "targets", *words])

    yield call
    log.handlers, log.propagate, log.level = before


def test_the_command_prints_the_file_and_ends_with_0_when_all_is_read(lagi: Any) -> None:  # noqa: ANN401
    done = lagi(str(RESOLUTION))
    assert done.exit_code == 0, done.output
    assert len(yaml.safe_load(done.stdout)["targets"]) == 12
    assert "12 targets proposed, 0 left to decide" in done.stderr


def test_the_command_writes_a_new_file_and_never_over_one(lagi: Any, tmp_path: Path) -> None:  # noqa: ANN401
    file, out = tmp_path / "nghi-quyet.md", tmp_path / "targets.yaml"
    file.write_text(TEXT.replace("191 tỷ đồng", "191"), "utf-8")
    done = lagi(str(file), "--year", "2024", "--out", str(out))
    assert done.exit_code == 2
    assert "to decide: dòng" in done.stdout
    assert "số không có đơn vị tính" in done.stdout
    written = out.read_text("utf-8")
    assert len(yaml.safe_load(written)["targets"]) == 11
    again = lagi(str(RESOLUTION), "--out", str(out))
    assert again.exit_code == 1
    assert "not overwritten" in again.stderr
    assert out.read_text("utf-8") == written


def test_the_command_says_what_is_wrong_with_a_file(lagi: Any, tmp_path: Path) -> None:  # noqa: ANN401
    done = lagi(str(tmp_path / "khong-co.docx"))
    assert done.exit_code == 1
    assert "khong-co.docx" in done.stderr
    assert lagi(str(RESOLUTION), "--year", "2025").exit_code == 1
    assert (RAW / "resolution" / "2024" / "targets.yaml").exists()
