"""``profiles.yaml`` and the lines that name a profile: nonsense is refused with file and entry."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lagi_pipeline.catalogue.indicators import CATALOGUE_DIR, Kind, load_catalogue
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline_tests.running import CATALOGUE


def edited(folder: Path, name: str, old: str, new: str) -> Path:
    for path in CATALOGUE_DIR.glob("*.yaml"):
        shutil.copy(path, folder)
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("indicators.yaml", "profile: spending", "profile: mood", "development_spending: no profile 'mood'"),
        (
            "indicators.yaml",
            "    decimals: 2\n    kind: stock_ratio",
            "    decimals: 2\n    profile: spending\n    kind: stock_ratio",
            "hygienic_water: a stock_ratio with a profile",
        ),
        ("profiles.yaml", "code: spending", "code: revenue", "revenue: the code stands twice"),
        ("profiles.yaml", "[council, party", "[mayor, party", "revenue: no plan source 'mayor'"),
        ("profiles.yaml", "share_pct: 72.25", "share_pct: 42.25", "the shares do not rise"),
        ("profiles.yaml", "wide_spread: 0.138,", "wide_spread: 0.038,", "wide_spread is below spread"),
        ("profiles.yaml", "between_share: 0.62", "between_share: 1.62", "between_share"),
        ("profiles.yaml", "ahead_from_pct: 95", "ahead_from_pct: 45", "ahead_from_pct"),
        ("profiles.yaml", "behind_below_pct: 33", "behind_above_pct: 33", "behind_below_pct"),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, name: str, old: str, new: str, said: str):
    folder = edited(tmp_path, name, old, new)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert str(caught.value).startswith(f"{name}: ")
    assert said in str(caught.value)


def test_only_flows_have_a_profile_and_every_profile_says_how_many_years_and_where_from():
    profiled = [indicator for indicator in CATALOGUE.indicators if indicator.profile is not None]
    assert {indicator.code for indicator in profiled} == {"budget_revenue", "development_spending"}
    assert all(indicator.kind is Kind.FLOW_YTD for indicator in profiled)
    for profile in CATALOGUE.profiles.profiles:
        assert "provincial_quarters.csv" in profile.source
        assert all(quarter.years >= 20 for quarter in profile.quarters)
    with pytest.raises(KeyError):
        CATALOGUE.profiles.of("mood")
