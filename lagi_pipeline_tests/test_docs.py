"""The documentation says what is so: its SQL gives what it shows, its links lead to files, its dictionary is made."""

from __future__ import annotations

import importlib
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from lagi_pipeline.intake.form import RULES
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import ROOT, copied, published, reevaluate
from tools import dictionary

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "lagi_samples" / "README.md")
_SQL = re.compile(
    r"^```sql(?: evaluated (?P<day>\S+))?\n(?P<sql>.*?)^```\n(?:\n(?P<table>(?:\|[^\n]*\n)+))?",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


class Shown(NamedTuple):
    """An SQL block of a page and the table below it; ``day``: as of which the file was evaluated, if not as made."""

    page: Path
    line: int
    sql: str
    table: str
    day: str | None


def blocks() -> Iterator[Shown]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for found in _SQL.finditer(text):
            yield Shown(page, text.count("\n", 0, found.start()) + 1, found["sql"], found["table"] or "", found["day"])


def as_table(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    """A result as the pages show it; no figure is an empty cell."""
    cells = [["" if value is None else str(value).replace("|", "\\|") for value in row] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in [names, ["---"] * len(names), *cells])


@pytest.fixture(scope="module")
def later(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], Path]:
    """The town's data folder, evaluated anew as of a day where one is given."""

    @cache
    def evaluated(day: str | None) -> Path:
        if day is None:
            return town.data_dir
        folder = copied(town.data_dir, tmp_path_factory.mktemp("later") / day)
        reevaluate(folder, datetime.fromisoformat(day))
        return folder

    return evaluated


@pytest.mark.parametrize("shown", list(blocks()), ids=lambda shown: f"{shown.page.stem}-{shown.line}")
def test_every_query_gives_what_the_page_shows(shown: Shown, later: Callable[[str | None], Path]) -> None:
    with published(later(shown.day)) as connection:
        result = connection.execute(shown.sql)
        names = [column[0] for column in result.description or ()]
        rows = result.fetchall()
    assert rows, "a query that shows nothing teaches nothing"
    assert shown.table == as_table(names, rows)


def test_readme_and_analysts_have_queries() -> None:
    pages = [shown.page.name for shown in blocks()]
    assert pages.count("README.md") == 2
    assert pages.count("analysts.md") >= 8


def test_the_sector_that_engineers_are_shown_can_be_imported_and_checks_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "engineers.md").read_text("utf-8")
    [module] = re.findall(r"^   ```python\n(.*?)^   ```\n", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "a_sector_of_schools.py").write_text(textwrap.dedent(module), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    known = dict(RULES)
    try:
        schools = importlib.import_module("a_sector_of_schools")
        [form] = schools.SCHOOLS.forms
        frame = pd.DataFrame({"schools": [9, 4, None], "standard": [7, 5, 2]}, dtype="Int64")
        [rule] = [one for one in form.form.model.to_schema().checks if one.name == "standard_within_schools"]
        assert list(rule(frame).check_output) == [True, False, True]
    finally:
        sys.modules.pop("a_sector_of_schools", None)
        RULES.clear()
        RULES.update(known)


def test_data_dictionary_is_up_to_date() -> None:
    assert dictionary.main(["--check"]) == 0


def test_data_dictionary_check_notices_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dictionary, "PATH", tmp_path / "data-dictionary.md")
    assert dictionary.main(["--check"]) == 1
    assert "make docs" in capsys.readouterr().err
    assert dictionary.main([]) == 0
    assert dictionary.main(["--check"]) == 0


def test_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in text
    assert "make test" in text
    assert len(text.splitlines()) <= 220


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_images_lead_to_files(page: Path) -> None:
    for found in _LINK.finditer(_FENCED.sub("", page.read_text("utf-8"))):
        target, _, anchor = found["target"].partition("#")
        if "://" in target:
            continue
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), f"{page.name}: {found['target']}"
        if anchor:
            assert anchor in anchors(there), f"{page.name}: {found['target']}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
