"""What lies in ``data/raw`` as Dagster knows it: each folder's digest as data version, so that changes show."""

import json
from collections.abc import Iterator, Mapping

import dagster as dg

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.files import quarters_with_files, scan
from lagi_pipeline.orchestration.assets import raw_key
from lagi_pipeline.orchestration.settings import Settings, key_of

DATA_VERSION_TAG = "dagster/data_version"
_EVERY_SECONDS = 60
Versions = dict[str, str]


def versions(settings: Settings) -> Versions:
    """The data version of every feed and quarter that has files: ``{"water/2024-Q4": digest}``."""
    return {
        f"{entry.code}/{quarter}": scan(settings.raw_dir, entry.code, entry.folders, quarter).version
        for entry in settings.feeds
        for quarter in sorted(set(quarters_with_files(settings.raw_dir, entry.folders)))
    }


def observations(now: Versions, before: Mapping[str, str]) -> Iterator[dg.AssetObservation]:
    """An observation for each folder whose version is not the one before."""
    for name, version in now.items():
        if before.get(name) != version:
            feed, _, quarter = name.partition("/")
            yield dg.AssetObservation(
                raw_key(feed),
                partition=key_of(Quarter.parse(quarter)),
                tags={DATA_VERSION_TAG: version},
                metadata={"quarter": quarter},
            )


def observe(settings: Settings, instance: dg.DagsterInstance) -> int:
    """Report the folders that are not as last reported; how many they were."""
    now = versions(settings)
    changed = list(observations(now, {name: _reported(instance, name) for name in now}))
    for observation in changed:
        instance.report_runless_asset_event(observation)
    return len(changed)


def _reported(instance: dg.DagsterInstance, name: str) -> str:
    """The version of a folder as last reported; empty where it never was."""
    feed, _, quarter = name.partition("/")
    wanted = dg.AssetRecordsFilter(asset_key=raw_key(feed), asset_partitions=[key_of(Quarter.parse(quarter))])
    records = instance.fetch_observations(wanted, limit=1).records
    observation = records[0].asset_observation if records else None
    return (observation.tags or {}).get(DATA_VERSION_TAG, "") if observation else ""


def raw_files_sensor(settings: Settings) -> dg.SensorDefinition:
    """Report changed folders every minute; what was made from them shows as stale in the UI."""

    @dg.sensor(
        name="raw_files",
        minimum_interval_seconds=_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Looks into data/raw every minute and reports the folders whose content changed.",
        asset_selection=[raw_key(entry.code) for entry in settings.feeds],
    )
    def raw_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = versions(settings)
        before: Versions = (
            json.loads(context.cursor) if context.cursor else {name: _reported(context.instance, name) for name in now}
        )
        return dg.SensorResult(asset_events=list(observations(now, before)), cursor=json.dumps(now))

    return raw_files
