"""Asset checks: the rules of the gate, blocking, on what publishing reads; and others that only tell."""

from collections.abc import Iterator

import dagster as dg

from lagi_pipeline.alerting.model import digest
from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.indicators.vintages import answering
from lagi_pipeline.orchestration.assets import (
    ATTAINMENT,
    FLEET,
    OBSERVATION,
    OVERDUE_CHECK,
    REVISION,
    SCORECARD,
    TASK_PROGRESS,
    YEAR_VERDICT,
    feed_key,
)
from lagi_pipeline.orchestration.descriptions import check_description
from lagi_pipeline.orchestration.metadata import CONTENT, verdict_metadata
from lagi_pipeline.orchestration.resources import EvaluationResource, WarehouseResource
from lagi_pipeline.orchestration.settings import Settings, quarter_of
from lagi_pipeline.reporting.scorecard_table import overdue, overdue_markdown
from lagi_pipeline.steps import compute as computing
from lagi_pipeline.steps import gate

STATUS_CHECK = "figures_have_the_demanded_status"
PLANS_CHECK = "printed_plans_agree"
_STRENGTH = list(ObsStatus)


def gate_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """Every rule of the gate as a blocking check; ``publish`` evaluates the same functions itself."""

    @dg.multi_asset_check(
        name="gate",
        specs=[
            dg.AssetCheckSpec(
                name,
                asset=ATTAINMENT,
                additional_deps=[FLEET, TASK_PROGRESS, SCORECARD, YEAR_VERDICT, REVISION],
                blocking=True,
                description=check_description(name, f"{(rule.__doc__ or name).strip()} Blocks publishing."),
            )
            for name, (_, rule) in gate.RULES.items()
        ],
    )
    def gate_rules(warehouse: WarehouseResource) -> Iterator[dg.AssetCheckResult]:
        with warehouse.warehouse.read() as connection:
            verdicts = gate.examine(connection, settings.situation)
        for verdict in verdicts:
            yield dg.AssetCheckResult(
                check_name=verdict.rule,
                asset_key=ATTAINMENT,
                passed=verdict.passed,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata=verdict_metadata(verdict),
            )

    return gate_rules


def demanded_status_check(settings: Settings) -> dg.AssetChecksDefinition:
    """Name the forms whose figures are weaker than the run demands (a final run wants no estimates)."""

    @dg.asset_check(
        name=STATUS_CHECK,
        asset=OBSERVATION,
        partitions_def=settings.partitions,
        description=check_description(
            STATUS_CHECK,
            "The newest vintages of the quarter are at least what the run demands: estimate in a preliminary"
            " run, preliminary in a final one, final at the year's closing. Shown, not blocking.",
        ),
    )
    def demanded_status(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, evaluation: EvaluationResource
    ) -> dg.AssetCheckResult:
        with warehouse.warehouse.read() as connection:
            evidence = computing.read_evidence(connection)
            moment = computing.stored_moment(connection)
        keys = context.partition_keys if context.has_partition_key or context.has_partition_key_range else []
        weak = [
            f"{form} {quarter}: {answer.vintage.obs_status}"
            for (form, quarter), answer in sorted(answering(evidence, moment).answers.items() if moment else [])
            if answer.vintage is not None
            and quarter in {quarter_of(key) for key in keys}
            and _STRENGTH.index(answer.vintage.obs_status) < _STRENGTH.index(evaluation.demanded_status)
        ]
        return dg.AssetCheckResult(
            passed=not weak,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"demanded": str(evaluation.demanded_status), "weaker": "; ".join(weak) or "none"},
        )

    return demanded_status


def overdue_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """Show at each feed whether an office owes a report of it: freshness tells only when the feed was last read."""

    @dg.multi_asset_check(
        name="overdue",
        can_subset=True,  # a feed may be materialised alone: it shows the scorecard that stands
        specs=[
            dg.AssetCheckSpec(
                OVERDUE_CHECK,
                asset=feed_key(entry.code),
                additional_deps=[SCORECARD],
                description=check_description(
                    OVERDUE_CHECK,
                    "No office owes a report or correction of this feed (mart.overdue). Shown, not blocking.",
                ),
            )
            for entry in settings.feeds
        ],
    )
    def overdue_rules(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.AssetCheckResult]:
        selected = {key.asset_key for key in context.selected_asset_check_keys}
        with warehouse.warehouse.read() as connection:
            debts = overdue(connection)
        for entry in (entry for entry in settings.feeds if feed_key(entry.code) in selected):
            of_feed = [debt for debt in debts if debt["feed"] in entry.folders]
            yield dg.AssetCheckResult(
                check_name=OVERDUE_CHECK,
                asset_key=feed_key(entry.code),
                passed=not of_feed,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={
                    "overdue": len(of_feed),
                    "reports": dg.MetadataValue.md(overdue_markdown(of_feed)),
                    # a debt that is a day older is the same debt
                    CONTENT: digest(*sorted(f"{d['office']} {d['feed']} {d['quarter']} {d['what']}" for d in of_feed)),
                },
            )

    return overdue_rules


def printed_plans_check(settings: Settings) -> dg.AssetChecksDefinition:
    """Name the plans that forms 94 and 95 print otherwise than targets.yaml gives them."""

    @dg.asset_check(
        name=PLANS_CHECK,
        asset=OBSERVATION,
        description=check_description(
            PLANS_CHECK,
            "The plans that forms 94 and 95 print are those of targets.yaml, which leads. Shown, not blocking.",
        ),
    )
    def printed_plans(warehouse: WarehouseResource) -> dg.AssetCheckResult:
        with warehouse.warehouse.read() as connection:
            differences = computing.plan_differences(connection, settings.situation)
        said = [
            f"{d.indicator_code} {d.quarter} ({d.plan_source}): {d.printed} in {d.file},"
            f" {'none' if d.stated is None else d.stated} in targets.yaml{f': {d.problem}' if d.problem else ''}"
            for d in differences
        ]
        return dg.AssetCheckResult(
            passed=not said,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"differences": "\n".join(said) or "none"},
        )

    return printed_plans
