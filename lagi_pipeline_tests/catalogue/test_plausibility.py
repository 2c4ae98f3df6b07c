"""Thresholds of plausibility: each has its reason, fits a form that compares by it, and nonsense is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lagi_pipeline.catalogue.indicators import CATALOGUE_DIR, ObsStatus
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline.catalogue.plausibility import (
    LastYear,
    PreviousVintage,
    SumOfUnits,
    load_plausibility,
    plausibility,
)
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.form import Form, UnitRows

FORMS: dict[str, Form] = {form.form.code: form.form for feed in FEEDS.values() for form in feed.forms}
COMPARISONS = plausibility().comparisons
UNCOMPARED = {"fisheries_vessels", "fisheries_cases", "tasks"}
"""Lists of vessels, cases and tasks: another year's rows are other ones."""


@pytest.mark.parametrize("one", COMPARISONS, ids=lambda one: f"{one.form}-{one.comparison}-{one.columns[0]}")
def test_each_comparison_is_of_figures_that_its_form_has(one: LastYear | PreviousVintage | SumOfUnits) -> None:
    form = FORMS[one.form]
    figures = {column.name for column in form.columns if column.unit and column.unit != "%"}
    assert set(one.columns) <= figures
    if isinstance(one, SumOfUnits):
        assert isinstance(form.rows, UnitRows)
        assert (one.max_difference is not None) == form.rows.town_total_alone
        assert all(form.column(name).additive for name in one.columns)


@pytest.mark.parametrize("form", sorted(FORMS.keys() - UNCOMPARED))
def test_every_form_of_figures_is_compared_with_last_year_and_with_its_earlier_version(form: str) -> None:
    assert plausibility().of(form, LastYear)
    assert plausibility().of(form, PreviousVintage)
    assert bool(plausibility().of(form, SumOfUnits)) == isinstance(FORMS[form].rows, UnitRows)


def test_what_an_indicator_reads_of_an_outline_is_compared() -> None:
    for form in FORMS.values():
        for kind in (LastYear, PreviousVintage):
            compared = {column for one in plausibility().of(form.code, kind) for column in one.columns}
            assert set(form.key_figures) <= compared


def test_surer_figures_may_change_less() -> None:
    for one in COMPARISONS:
        if isinstance(one, PreviousVintage):
            estimate, preliminary, final = (one.max_change[status] for status in ObsStatus)
            assert estimate >= preliminary >= final


def test_every_reason_names_its_source_or_says_that_it_is_customary() -> None:
    sources = ("Customary", "domain.md", "feeds.md", "resolution", "provincial_", "Counts of a ward's quarter")
    reasons = [plausibility().scale.reason, plausibility().unit_price.reason, *(one.reason for one in COMPARISONS)]
    assert [reason for reason in reasons if not any(source in reason for source in sources)] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("low: 0.65", "low: 1.65", "low"),
        ("high: 1.9", "high: 0.9", "high"),
        ("high: 1.9", "high: .inf", "high"),
        ("share_at_least: 0.05", "share_at_least: 5", "share_at_least"),
        ("comparison: last_year", "comparison: last_decade", "last_decade"),
        ("columns: [actual]", "columns: []", "columns"),
        ("form: budget_revenue\n    comparison: last_year", "comparison: last_year", "form"),
        ("{estimate: 0.25, preliminary: 0.01, final: 0.001}", "{estimate: 0.25, final: 0.001}", "preliminary"),
        ("{estimate: 0.25, preliminary: 0.01, final: 0.001}", "{rumour: 0.25}", "rumour"),
        ("preliminary: 0.01", "preliminary: -0.01", "preliminary"),
        ("max_share_change: 0.02", "max_share_change: 2", "max_share_change"),
        ("factor: 20", "factor: 1", "factor"),
        ("factor: 20", "factor: 20\n  colour: red", "colour"),
        (
            "form: budget_spending\n    comparison: last_year",
            "form: budget_revenue\n    comparison: last_year",
            "twice",
        ),
        ("columns: [actual]", "columns: [actual, actual]", "twice"),
    ],
)
def test_nonsense_is_refused_in_words(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (CATALOGUE_DIR / "plausibility.yaml").read_text("utf-8")
    assert old in text
    file = tmp_path / "plausibility.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError, match=said) as error:
        load_plausibility(file)
    assert str(error.value).startswith("plausibility.yaml")


def test_a_threshold_without_a_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plausibility.yaml"
    file.write_text(
        "scale: {factor: 20, reason: because}\n"
        "unit_price: {factor: 5, reason: a slip in quantity or value}\n"
        "comparisons: []\n",
        "utf-8",
    )
    with pytest.raises(CatalogueError, match=r"scale\.reason"):
        load_plausibility(file)
