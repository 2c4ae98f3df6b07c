"""The assets: the raw folders, one a feed, the return slips, then measures to marts, and publishing.

Each is a thin wrapper of the steps.
"""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from lagi_pipeline.catalogue.indicators import Cadence, FeedEntry
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import Feed
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.indicators.scorecard import Scorecard
from lagi_pipeline.orchestration.descriptions import check_description, feed_description, folder_description
from lagi_pipeline.orchestration.lineage import lineage_metadata
from lagi_pipeline.orchestration.metadata import (
    RULES,
    findings_markdown,
    quarter_metadata,
    rules_told,
    slips_markdown,
    table_metadata,
)
from lagi_pipeline.orchestration.resources import EvaluationResource, WarehouseResource, created_at
from lagi_pipeline.orchestration.settings import Settings, quarter_of
from lagi_pipeline.orchestration.shown import fleet_markdown, observations_markdown, years_markdown
from lagi_pipeline.reporting.attainment_table import as_markdown
from lagi_pipeline.reporting.scorecard_table import overdue_markdown, scorecard_markdown
from lagi_pipeline.reporting.slips import SLIP_VERSION, write_slips
from lagi_pipeline.steps import compute as computing
from lagi_pipeline.steps import gate
from lagi_pipeline.steps import plans as comparing
from lagi_pipeline.steps import scorecard as scoring
from lagi_pipeline.steps import trace as tracing
from lagi_pipeline.steps.ingest import READER_VERSION, Ingested, Ingestion
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.publish import Published, publish

log = logging.getLogger("lagi_pipeline")

FORM_CHECK = "rows_follow_the_form"
OVERDUE_CHECK = "no_report_is_overdue"
RESOLUTION = dg.AssetKey(["raw", "resolution"])
MEASURE = dg.AssetKey(["core", "measure"])
OBSERVATION = dg.AssetKey(["core", "observation"])
ATTAINMENT = dg.AssetKey(["mart", "attainment"])
FLEET = dg.AssetKey(["mart", "iuu_compliance"])
TASK_PROGRESS = dg.AssetKey(["mart", "task_progress"])
YEAR_VERDICT = dg.AssetKey(["mart", "year_verdict"])
SLIPS = dg.AssetKey(["returned", "slips"])
OVERRIDES = dg.AssetKey(["raw", "overrides"])
OVERRIDE = dg.AssetKey(["core", "override"])
ISSUED = dg.AssetKey(["issued", "report"])
REVISION = dg.AssetKey(["mart", "revision_since_report"])
SCORECARD = dg.AssetKey(["mart", "feed_scorecard"])
PUBLISHED = dg.AssetKey(["published", "lagi"])
FLEET_FEEDS = ("fisheries_vessels", "fisheries_cases", "fisheries_landings")
COMPUTE_VERSION = "2"
DAYS_OF = {Cadence.QUARTER: 92, Cadence.YEAR: 366}
"""The longest quarter and year: by then a feed is read once more, if the schedules run."""
GRACE_DAYS = 10
"""Days from a warning to a failure: final runs are on the 20th, and most offices have sent by the 10th."""
OFFICE = "team:van_phong_cap_uy"
if TYPE_CHECKING:
    Result = dg.MaterializeResult[Any]
else:  # Dagster reads the annotation, and refuses one with parameters where an asset has checks
    Result = dg.MaterializeResult
SINGLE_RUN = dg.BackfillPolicy.single_run()


def raw_key(feed: str) -> dg.AssetKey:
    """The asset of a feed's folder in ``data/raw``."""
    return dg.AssetKey(["raw", feed])


def feed_key(feed: str) -> dg.AssetKey:
    """The asset of a feed's accepted rows."""
    return dg.AssetKey(["feeds", feed])


def owners_of(entry: FeedEntry, place: Place) -> list[str]:
    """The offices that owe a feed, as Dagster's teams; the Office where none does."""
    offices = [office.office for folder in entry.folders for office in place.offices_owing(folder)]
    return [f"team:{office}" for office in dict.fromkeys(offices)] or [OFFICE]


def freshness_of(entry: FeedEntry, place: Place) -> dg.FreshnessPolicy:
    """By when a feed must have been read again: a period and the days to send after the last time, then some grace.

    It is per asset, so that reading an old quarter again makes the feed fresh: which quarter is late, and whose, stands
    in ``mart.feed_scorecard``.
    """
    to_send = [office.days_to_send for folder in entry.folders for office in place.offices_owing(folder)]
    warned_after = timedelta(days=DAYS_OF[entry.cadence] + max(to_send, default=0))
    return dg.FreshnessPolicy.time_window(
        fail_window=warned_after + timedelta(days=GRACE_DAYS), warn_window=warned_after
    )


def raw_specs(settings: Settings) -> list[dg.AssetSpec]:
    """What the offices send: the folders of ``data/raw``, with the files' digest as data version per quarter."""
    folders = [
        dg.AssetSpec(
            raw_key(entry.code),
            description=folder_description(entry, settings.place),
            group_name=entry.group,
            owners=owners_of(entry, settings.place),
            kinds={"excel", "file"},
            tags={"layer": "raw", "cadence": str(entry.cadence)},
            partitions_def=settings.partitions,
        )
        for entry in settings.feeds
    ]
    return [
        *folders,
        dg.AssetSpec(
            RESOLUTION,
            description="Chỉ tiêu, nhiệm vụ nghị quyết (targets and tasks of the resolution): targets.yaml, tasks.yaml"
            " and registers.yaml of data/raw/resolution/<year>; `make targets` proposes targets.yaml from the text.",
            group_name="core",
            owners=[OFFICE],
            kinds={"yaml", "file"},
            tags={"layer": "raw", "cadence": "year"},
        ),
        dg.AssetSpec(
            OVERRIDES,
            description="Điều chỉnh theo văn bản (figures and results set by hand): data/raw/overrides/*.yaml, each"
            " with"
            " the document that says so.",
            group_name="core",
            owners=[OFFICE],
            kinds={"yaml", "file"},
            tags={"layer": "raw", "cadence": "any"},
        ),
    ]


def feed_asset(feed: Feed, entry: FeedEntry, settings: Settings) -> dg.AssetsDefinition:
    """The asset of a feed: its files read, checked and written to ``feeds.<form>``, what fails to quarantine."""
    form_tables = [tables.feed_tables()[form.form.code] for form in feed.forms]
    names = ", ".join(table.full_name for table in form_tables)

    @dg.asset(
        key=feed_key(entry.code),
        deps=[raw_key(entry.code), *([RESOLUTION] if entry.follows_tasks else [])],
        partitions_def=settings.partitions,
        backfill_policy=SINGLE_RUN,
        group_name=entry.group,
        owners=owners_of(entry, settings.place),
        kinds={"python", "pandas", "duckdb"},
        tags={"layer": "feeds", "cadence": str(entry.cadence)},
        code_version=READER_VERSION,
        metadata=table_metadata(form_tables[0]) | {"source": entry.source, "tables": names},
        description=feed_description(entry, settings.place, names),
        freshness_policy=freshness_of(entry, settings.place),
        retry_policy=dg.RetryPolicy(max_retries=1, delay=1),
        check_specs=[
            dg.AssetCheckSpec(
                FORM_CHECK,
                asset=feed_key(entry.code),
                description=check_description(
                    FORM_CHECK,
                    "Every file is read as its form and every row passes its pandera model."
                    " Shown, not blocking: a bad file never stops the others.",
                ),
            )
        ],
    )
    def feed_rows(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Result:
        ingestion = Ingestion(
            feed=feed,
            entry=entry,
            place=settings.place,
            raw_dir=settings.raw_dir,
            warehouse=warehouse.warehouse,
            seen_at=created_at(context, settings.place.timezone),
        )
        with warehouse.warehouse.write() as connection:
            results = [ingestion.run(connection, quarter_of(key)) for key in context.partition_keys]
        for key, result in zip(context.partition_keys, results, strict=True):
            context.add_asset_metadata(quarter_metadata(result), partition_key=key)
        return dg.MaterializeResult(check_results=[_form_check(entry, results)])

    return feed_rows


def _form_check(entry: FeedEntry, results: Sequence[Ingested]) -> dg.AssetCheckResult:
    refused = sum(len(result.refused) for result in results)
    rejected = sum(result.rejected for result in results)
    log.info(
        "  %-20s %3d files %6d rows accepted, %d rejected, %d warnings, %d files refused",
        entry.code,
        sum(result.files for result in results),
        sum(result.accepted for result in results),
        rejected,
        sum(result.warnings for result in results),
        refused,
    )
    return dg.AssetCheckResult(
        check_name=FORM_CHECK,
        passed=refused == 0 and rejected == 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "refused_files": refused,
            "rejected_rows": rejected,
            "warnings": sum(result.warnings for result in results),
            RULES: rules_told(results),
            "findings": dg.MetadataValue.md(findings_markdown(results)),
        },
    )


def computed_asset(settings: Settings) -> Callable[..., Callable[[Callable[..., Result]], dg.AssetsDefinition]]:
    """``dg.asset`` for what is computed for all quarters, whichever are materialised."""
    return functools.partial(
        dg.asset,
        partitions_def=settings.partitions,
        backfill_policy=SINGLE_RUN,
        owners=[OFFICE],
        kinds={"python", "duckdb"},
        code_version=COMPUTE_VERSION,
    )


def computed_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """From measures to the marts."""
    computed = computed_asset(settings)

    @computed(
        key=MEASURE,
        deps=[feed_key(code) for code in FEEDS],
        group_name="core",
        tags={"layer": "core"},
        metadata=table_metadata(tables.MEASURE),
        description="Đại lượng (measures): every reported figure of every vintage in the catalogue's unit, with its"
        " cell.",
    )
    def measure(warehouse: WarehouseResource) -> Result:
        with warehouse.warehouse.write() as connection:
            rows = computing.rebuild_measures(connection, settings.situation)
        log.info("  %-20s %6d rows", "core.measure", rows)
        return dg.MaterializeResult(metadata={"dagster/row_count": rows} | lineage_metadata(tables.MEASURE))

    @computed(
        key=OBSERVATION,
        deps=[MEASURE, RESOLUTION, OVERRIDE],
        group_name="core",
        tags={"layer": "core"},
        metadata=table_metadata(tables.OBSERVATION),
        description="Quan sát (observations): each indicator's figure for the town and its units, as known at the"
        " run's moment,"
        " with the reason where there is none. The quarter's figures: tab Partitions, a quarter, observations.",
    )
    def observation(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, evaluation: EvaluationResource
    ) -> Result:
        moment = evaluation.moment(context, settings.place.timezone)
        with warehouse.warehouse.write() as connection:
            figures = computing.compute(connection, settings.situation, moment)
            computing.write_observations(connection, figures, moment)
            town = settings.place.file.code
            _show(
                context, "observations", lambda when: observations_markdown(connection, settings.catalogue, town, when)
            )
        rows = len(figures.observations)
        log.info("  %-20s %6d rows, evaluated at %s", "core.observation", rows, moment.isoformat(" ", "minutes"))
        metadata: dict[str, Any] = {"dagster/row_count": rows, "evaluated_at": moment.isoformat(" ")}
        return dg.MaterializeResult(metadata=metadata | lineage_metadata(tables.OBSERVATION))

    @computed(
        key=ATTAINMENT,
        deps=[OBSERVATION],
        group_name="mart",
        tags={"layer": "mart"},
        metadata=table_metadata(tables.ATTAINMENT)
        | {
            "by_unit": tables.UNIT_ATTAINMENT.full_name,
            "series": tables.UNIT_SERIES.full_name,
            "history": tables.ATTAINMENT_HISTORY.full_name,
            "trace": tables.TRACE.full_name,
        },
        description="Kết quả thực hiện chỉ tiêu (attainment): where each target stands, by quarter and plan, and by"
        " phường and xã;"
        " in mart.unit_series the same units through time, as they were and as they are today;"
        " in mart.attainment_history, core.observation_history and mart.year_verdict_history what was known when."
        " The quarter's table: tab Partitions, a quarter (2024-07-01 is 2024-Q3), attainment.",
    )
    def attainment(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, evaluation: EvaluationResource
    ) -> Result:
        moment = evaluation.moment(context, settings.place.timezone)
        with warehouse.warehouse.write() as connection:
            figures = computing.compute(connection, settings.situation, moment)
            computing.write_attainment(connection, figures)
            states = computing.write_history(
                connection, computing.compute_history(connection, settings.situation, moment)
            )
            traced = tracing.write_trace(connection, settings.situation, figures, moment)
        for key in context.partition_keys:
            context.add_asset_metadata(_attainment_metadata(figures, quarter_of(key), settings), partition_key=key)
        log.info(
            "  %-20s %6d rows, %d states of figures in the history", "mart.attainment", len(figures.attainment), states
        )
        metadata: dict[str, Any] = {
            "dagster/row_count": len(figures.attainment),
            "states_in_history": states,
            "trace_rows": traced,
        }
        return dg.MaterializeResult(metadata=metadata | lineage_metadata(tables.ATTAINMENT))

    @computed(
        key=FLEET,
        deps=[feed_key(feed) for feed in FLEET_FEEDS],
        group_name="mart",
        tags={"layer": "mart"},
        metadata=table_metadata(tables.FLEET),
        description="Đội tàu và chống khai thác IUU (fleet and IUU): by quarter and length class, numerators and"
        " denominators both."
        " The quarter's table: tab Partitions, a quarter, fleet.",
    )
    def iuu_compliance(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, evaluation: EvaluationResource
    ) -> Result:
        with warehouse.warehouse.write() as connection:
            lines = computing.compute_fleet(
                connection, settings.situation, evaluation.moment(context, settings.place.timezone)
            )
            computing.write_fleet(connection, lines)
            _show(context, "fleet", lambda when: fleet_markdown(connection, when))
        log.info("  %-20s %6d rows", "mart.iuu_compliance", len(lines))
        return dg.MaterializeResult(metadata={"dagster/row_count": len(lines)})

    @computed(
        key=SCORECARD,
        deps=[*(feed_key(code) for code in FEEDS), OBSERVATION],
        group_name="mart",
        tags={"layer": "mart"},
        metadata=table_metadata(tables.SCORECARD) | {"overdue": tables.OVERDUE.full_name},
        description="Tình hình nộp báo cáo (scorecard): what each office owed and sent, by quarter, with DHIS2's two"
        " rates;"
        " in mart.overdue the urging list (đôn đốc): who owes what, since when, and which targets it blinds.",
    )
    def feed_scorecard(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, evaluation: EvaluationResource
    ) -> Result:
        moment = evaluation.moment(context, settings.place.timezone)
        with warehouse.warehouse.write() as connection:
            computed = scoring.compute_scorecard(connection, settings.situation, moment)
            scoring.write_scorecard(connection, computed)
        for key in context.partition_keys:
            context.add_asset_metadata(_scorecard_metadata(computed, quarter_of(key)), partition_key=key)
        log.info("  %-20s %6d rows, %d overdue", "mart.feed_scorecard", len(computed.lines), len(computed.overdue))
        whole = overdue_markdown([computing.record(line) for line in computed.overdue])
        return dg.MaterializeResult(
            metadata={"dagster/row_count": len(computed.lines), "overdue_all": dg.MetadataValue.md(whole)}
        )

    @computed(
        key=YEAR_VERDICT,
        deps=[OBSERVATION],  # beside the attainment it counts, not after it: the gate on that one looks at both
        group_name="mart",
        tags={"layer": "mart"},
        metadata=table_metadata(tables.YEAR_VERDICT) | {"by_plan": tables.BY_PLAN.full_name},
        description="Kết luận năm (the year's verdict): how many main lines are exceeded, met, missed, undecided, by"
        " year and plan, and what"
        " is expected of those still open; in mart.attainment_by_plan the same figure against each plan side by side.",
    )
    def year_verdict(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, evaluation: EvaluationResource
    ) -> Result:
        moment = evaluation.moment(context, settings.place.timezone)
        with warehouse.warehouse.write() as connection:
            figures = computing.compute(connection, settings.situation, moment)
            rows = comparing.write_plans(connection, settings.situation, figures.attainment)
            shown = years_markdown(connection)
        log.info("  %-20s %6d rows", "mart.year_verdict", rows)
        return dg.MaterializeResult(metadata={"dagster/row_count": rows, "years": dg.MetadataValue.md(shown)})

    return [measure, observation, attainment, iuu_compliance, feed_scorecard, year_verdict]


def _show(context: dg.AssetExecutionContext, name: str, markdown: Callable[[Quarter], str]) -> None:
    """Let the asset's page show a table for each quarter that was materialised."""
    for key in context.partition_keys:
        quarter = quarter_of(key)
        context.add_asset_metadata(
            {"quarter": str(quarter), name: dg.MetadataValue.md(markdown(quarter))}, partition_key=key
        )


def _scorecard_metadata(computed: Scorecard, quarter: Quarter) -> Mapping[str, Any]:
    """The quarter's reports and what of them is overdue, as the asset's page shows them."""
    lines = [computing.record(line) for line in computed.lines if line.quarter == str(quarter)]
    debts = [computing.record(line) for line in computed.overdue if line.quarter == str(quarter)]
    return {
        "quarter": str(quarter),
        "scorecard": dg.MetadataValue.md(scorecard_markdown(lines)),
        "overdue": dg.MetadataValue.md(overdue_markdown(debts)),
        "dagster/partition_row_count": len(lines),
    }


def _attainment_metadata(figures: computing.Figures, quarter: Quarter, settings: Settings) -> Mapping[str, Any]:
    """The quarter's lines, each against the plan that leads it, as the asset's page shows them."""
    rows = [
        {name: computing.plain(value) for name, value in computing.record(row).items()}
        for row in figures.attainment
        if row.quarter == str(quarter) and row.is_leading
    ]
    shown = as_markdown(rows, settings.catalogue) if rows else f"không có chỉ tiêu cho {quarter.label_vi}"
    return {"quarter": str(quarter), "attainment": dg.MetadataValue.md(shown), "dagster/partition_row_count": len(rows)}


def slips_asset(settings: Settings) -> dg.AssetsDefinition:
    """The return slips: what goes back to the senders. Nothing that is published depends on it."""

    @dg.asset(
        key=SLIPS,
        deps=[feed_key(code) for code in FEEDS],
        partitions_def=settings.partitions,
        backfill_policy=SINGLE_RUN,
        group_name="returned",
        owners=[OFFICE],
        kinds={"python", "excel"},
        tags={"layer": "returned"},
        code_version=SLIP_VERSION,
        description="Phiếu trả lại (return slips): for each file with open findings the sender's table with the cells"
        " marked, in"
        " data/warehouse/slips/<quarter>/<feed>. They hold what the sender wrote, names included, and are never"
        " published; the slip of a file whose findings are resolved is taken away.",
    )
    def slips(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Result:
        with warehouse.warehouse.read() as connection:
            written = write_slips(connection, warehouse.warehouse, settings.place)
        log.info("  %-20s %6d files to send back", "slips", len(written))
        for key in context.partition_keys:
            quarter = quarter_of(key)
            of_quarter = [slip for slip in written if slip.quarter == quarter]
            context.add_asset_metadata(
                {"quarter": str(quarter), "slips": slips_markdown(of_quarter)}, partition_key=key
            )
        return dg.MaterializeResult(metadata={"dagster/row_count": len(written)})

    return slips


def publish_gated(settings: Settings, warehouse: WarehouseResource) -> Published:
    """Put a fresh published file in place, if the gate lets it through.

    Raises:
        GateError: a rule of the gate fails; the last good file stays.
        PublishError: the fresh file is not what was to be written.
    """
    with warehouse.warehouse.read() as connection:
        gate.require(gate.examine(connection, settings.situation))
    return publish(warehouse.warehouse, settings.place.file.timezone)


def published_asset(settings: Settings) -> dg.AssetsDefinition:
    """The published file. It evaluates the gate itself: materialised alone, it publishes nothing that fails."""

    @dg.asset(
        key=PUBLISHED,
        deps=[ATTAINMENT, FLEET, TASK_PROGRESS, SCORECARD, YEAR_VERDICT, REVISION],
        partitions_def=settings.partitions,
        backfill_policy=SINGLE_RUN,
        group_name="published",
        owners=[OFFICE],
        kinds={"duckdb"},
        tags={"layer": "published"},
        code_version=COMPUTE_VERSION,
        metadata={
            "dagster/storage_kind": "duckdb",
            "dagster/column_schema": table_metadata(tables.ATTAINMENT)["dagster/column_schema"],
        },
        description="Tệp công bố (the published file), data/warehouse/lagi.duckdb: what analysts open. A fresh file,"
        " verified and put in place whole;"
        " the last good one stays when the gate blocks.",
    )
    def lagi(warehouse: WarehouseResource) -> Result:
        snapshot = publish_gated(settings, warehouse)
        log.info("  %-20s %6d KiB", snapshot.path.name, snapshot.size // 1024)
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(snapshot.path)),
                "size_bytes": snapshot.size,
                "dagster/row_count": sum(snapshot.rows.values()),
                "rows": dg.MetadataValue.md("\n".join(f"- {name}: {rows}" for name, rows in snapshot.rows.items())),
            }
        )

    return lagi
