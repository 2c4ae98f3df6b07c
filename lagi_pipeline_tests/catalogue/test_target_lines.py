"""How resolutions word their lines: the file is refused where it says nonsense, and its phrases do not collide."""

from __future__ import annotations

from pathlib import Path

import pytest

from lagi_pipeline.catalogue.indicators import Indicator
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline.catalogue.target_lines import TARGET_LINES_FILE, TargetLine, load_target_lines, target_lines
from lagi_pipeline.resolution.labels import Label, Labels
from lagi_pipeline_tests.running import CATALOGUE

LABELS = Labels(target_lines())


@pytest.mark.parametrize(
    ("old", "new", "entry", "said"),
    [
        ("code: forest_rate", "code: forest", "forest", "no such indicator"),
        ("code: forest_rate", "code: jobs", "jobs", "stands twice"),
        ("code: jobs", "code: share_of_placed", "jobs", "without a wording"),
        ('reads: {"%": "điểm %"}', 'reads: {"%": "điểm"}', "poverty_reduction", "unknown unit"),
        ("says: [che phủ rừng, che phủ của rừng]", "says: []", "file", "says"),
        ("groups: [", "grups: [", "file", "grups"),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, old: str, new: str, entry: str, said: str) -> None:
    text = TARGET_LINES_FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "target_lines.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError, match=rf"target_lines\.yaml: {entry}: .*{said}"):
        load_target_lines(path, CATALOGUE)


@pytest.mark.parametrize("line", target_lines().lines, ids=lambda line: line.code)
def test_every_wording_is_read_as_its_own_indicator_alone(line: TargetLine) -> None:
    for says in line.says:
        label = LABELS.read(f"{says.replace('…', ' ')}: #")
        assert isinstance(label, Label), says
        assert label.code == line.code, says


@pytest.mark.parametrize(
    "indicator", [indicator for indicator in CATALOGUE.indicators if indicator.ordinal], ids=lambda each: each.code
)
def test_the_catalogues_own_label_is_read(indicator: Indicator) -> None:
    label = LABELS.read(f"{indicator.name_vi.removeprefix('Trong đó: ')}: #")
    assert isinstance(label, Label)
    assert label.code == indicator.code
