"""By when each feed must have been read again: on every feed's asset, with the days its offices have to send."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.definitions.freshness import TimeWindowFreshnessPolicy

from lagi_pipeline.catalogue.indicators import Cadence
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.orchestration.assets import feed_key, freshness_of
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.settings import load_settings
from lagi_pipeline_tests.running import CATALOGUE, RAW, ROOT


@pytest.fixture(scope="module")
def policies() -> dict[str, dg.FreshnessPolicy | None]:
    """The policy of each asset."""
    specs = build_defs(RAW.parent).resolve_all_asset_specs()
    return {spec.key.to_user_string(): spec.freshness_policy for spec in specs}


def _windows(policy: dg.FreshnessPolicy | None) -> tuple[timedelta, timedelta]:
    """After what time a policy warns and fails."""
    assert isinstance(policy, TimeWindowFreshnessPolicy)
    assert policy.warn_window is not None
    return policy.warn_window.to_timedelta(), policy.fail_window.to_timedelta()


def test_every_feed_has_a_policy_and_nothing_else_has(policies: dict[str, dg.FreshnessPolicy | None]) -> None:
    assert {key for key, policy in policies.items() if policy is not None} == {
        feed_key(feed).to_user_string() for feed in FEEDS
    }


@pytest.mark.parametrize("feed", list(FEEDS))
def test_a_feed_warns_after_a_period_and_the_days_to_send(
    policies: dict[str, dg.FreshnessPolicy | None], feed: str
) -> None:
    warned_after, fails_after = _windows(policies[feed_key(feed).to_user_string()])
    place, entry = load_settings(RAW.parent).place, CATALOGUE.feeds[feed]
    days = max(office.days_to_send for folder in entry.folders for office in place.offices_owing(folder))
    assert warned_after == timedelta(days=days + (92 if entry.cadence is Cadence.QUARTER else 366))
    assert warned_after < fails_after <= warned_after + timedelta(days=20)


def test_the_slowest_office_of_a_feed_decides() -> None:
    """The rangers have 45 days for the forest, the economic office 10 for the crops of the same feed."""
    place = load_settings(RAW.parent).place
    assert _windows(freshness_of(CATALOGUE.feeds["forestry"], place))[0] == timedelta(days=366 + 45)


def test_the_instance_looks_at_freshness() -> None:
    said = yaml.safe_load(Path(ROOT / "dagster.yaml").read_text("utf-8"))
    assert said["freshness"] == {"enabled": True}
