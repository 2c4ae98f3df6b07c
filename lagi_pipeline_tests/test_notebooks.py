"""The notebook for analysts: run as a script and by its app, it shows the published figures and writes nothing."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import ROOT, ask

NOTEBOOK = ROOT / "docs" / "notebooks" / "from_question_to_chart.py"


def database(town: Town) -> Path:
    return town.data_dir / "warehouse" / "lagi.duckdb"


@pytest.fixture(scope="module")
def shown(town: Town) -> Mapping[str, Any]:
    """What the notebook's cells defined."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAGI_DATABASE", str(database(town)))
        patch.setattr(sys, "argv", [str(NOTEBOOK)])
        _, defined = runpy.run_path(str(NOTEBOOK))["app"].run()
    yielded: Mapping[str, Any] = defined
    return yielded


def texts(figure: Any) -> set[str]:  # noqa: ANN401 - matplotlib's
    """Every text on a chart, as drawn."""
    figure.draw_without_rendering()
    return {text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))}


def test_the_answer_is_the_published_figure(town: Town, shown: Mapping[str, Any]) -> None:
    [line] = ask(town.data_dir, "SELECT * FROM quarter_report('2024-Q4') WHERE indicator_code = 'budget_revenue'")
    assert (line["actual"], line["target"], line["status_vi"]) == (203.4, 191.0, "vượt")
    assert shown["answer"] == ("Đến hết quý IV thu được 203,40 tỷ đồng, chỉ tiêu 191,00: vượt. (số liệu minh họa)")


def test_the_charts_carry_the_figures_vietnamese_words_and_the_mark(shown: Mapping[str, Any]) -> None:
    year, taxes = texts(shown["year_chart"]), texts(shown["tax_chart"])
    assert {"41,2", "92,6", "139,9", "203,4", "Quý I", "Quý IV", "tỷ đồng", "Chỉ tiêu năm: 191"} <= year
    assert {"Thu từ khu vực ngoài quốc doanh", "2,53", "tỷ đồng"} <= taxes
    for chart in (year, taxes):
        assert "Số liệu minh họa" in chart
        assert any("2024" in text for text in chart)


def test_no_figure_is_drawn_as_none(shown: Mapping[str, Any]) -> None:
    assert shown["vietnamese"](float("nan")) == "…"
    assert shown["vietnamese"](1234.5) == "1.234,5"


def run_as_script(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", str(NOTEBOOK)]
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_it_runs_as_a_script_and_writes_no_file(town: Town, tmp_path: Path) -> None:
    places = (tmp_path, NOTEBOOK.parent, database(town).parent)
    before = [sorted(place.iterdir()) for place in places]
    data = database(town).read_bytes()
    done = run_as_script(tmp_path, LAGI_DATABASE=str(database(town)))
    assert done.returncode == 0, done.stderr
    assert [sorted(place.iterdir()) for place in places] == before
    assert database(town).read_bytes() == data


@pytest.mark.parametrize(
    ("prepared", "said"),
    [
        ("CREATE TABLE nothing (n INTEGER)", "without views"),
        (
            "CREATE VIEW target_series AS SELECT 1 AS n; CREATE VIEW budget_by_item AS SELECT '2031-Q4' AS quarter",
            "no revenue of 2024-Q4",
        ),
    ],
)
def test_of_a_file_that_cannot_answer_it_says_why(tmp_path: Path, prepared: str, said: str) -> None:
    with duckdb.connect(tmp_path / "lagi.duckdb") as connection:
        connection.execute(prepared)
    done = run_as_script(tmp_path, LAGI_DATABASE=str(tmp_path / "lagi.duckdb"))
    assert done.returncode == 1
    assert said in done.stderr


def test_without_a_published_file_it_says_so(tmp_path: Path) -> None:
    done = run_as_script(tmp_path, LAGI_DATABASE=str(tmp_path / "lagi.duckdb"))
    assert done.returncode == 1
    assert "nothing has been published yet" in done.stderr
    assert not list(tmp_path.iterdir())
