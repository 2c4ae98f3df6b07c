"""Jobs and schedules: what runs when, on which quarter, and what it demands of the figures.

Written by hand: a schedule built from a partitioned job would tick at 00:00 of the day after the quarter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.exports import EXPORTS
from lagi_pipeline.orchestration.settings import Settings, key_of

MAIN_JOB = "quarterly_attainment"
NOT_IN_MAIN = dg.AssetSelection.assets(EXPORTS)
"""What is made of the published file for those who ask for it, not in every run."""
_LAST = 4


@dataclass(frozen=True)
class Phase:
    """One of the times at which the figures of a quarter are looked at."""

    name: str
    cron: str
    demanded: ObsStatus
    quarter: Callable[[Quarter], Quarter]
    """From the quarter of the tick to the quarter that it evaluates."""
    about: str


PHASES = (
    Phase(
        "preliminary",
        "0 8 15 3,6,9,12 *",
        ObsStatus.ESTIMATE,
        lambda now: now,
        "15th of the quarter's last month, on estimated figures (data cut-off the 14th)",
    ),
    Phase(
        "final",
        "0 8 20 1,4,7,10 *",
        ObsStatus.PRELIMINARY,
        lambda now: now.previous,
        "20th of the month after the quarter",
    ),
    Phase(
        "year_estimate",
        "0 8 25 11 *",
        ObsStatus.ESTIMATE,
        lambda now: Quarter(now.year, _LAST),
        "25 November, before the plenum of early December",
    ),
    Phase(
        "year_closing",
        "0 8 5 2 *",
        ObsStatus.FINAL,
        lambda now: Quarter(now.year - 1, _LAST),
        "5 February, after the budget year is closed on 31 January",
    ),
)


def run_config(evaluated_at: datetime | None, demanded: ObsStatus) -> dict[str, Any]:
    """The configuration of a run: when it evaluates and what it demands."""
    evaluation: dict[str, Any] = {"demanded_status": demanded.name}
    if evaluated_at is not None:
        evaluation["evaluated_at"] = evaluated_at.isoformat()
    return {"resources": {"evaluation": {"config": evaluation}}}


def jobs() -> list[Any]:
    """The main job, and one a phase with what it demands."""
    selection = dg.AssetSelection.all() - NOT_IN_MAIN
    main = dg.define_asset_job(
        MAIN_JOB,
        selection=selection,
        description="From the offices' workbooks to the published attainment of all targets.",
    )
    return [
        main,
        *(
            dg.define_asset_job(
                phase.name,
                selection=selection,
                description=f"The same at a fixed time: {phase.about}. Demands figures at least {phase.demanded}.",
                config=run_config(None, phase.demanded),
                tags={"phase": phase.name},
            )
            for phase in PHASES
        ),
    ]


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """A running schedule for each phase, in the place's zone."""
    return [_schedule(phase, settings) for phase in PHASES]


def _schedule(phase: Phase, settings: Settings) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{phase.name}_schedule",
        job_name=phase.name,
        cron_schedule=phase.cron,
        execution_timezone=settings.place.file.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"{phase.about[0].upper()}{phase.about[1:]}, at 8:00.",
    )
    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        ticked_at = context.scheduled_execution_time.astimezone(settings.place.timezone)
        quarter = phase.quarter(Quarter.containing(ticked_at.date()))
        if quarter < settings.place.first_quarter:
            return dg.SkipReason(f"{quarter} is before the place's first quarter {settings.place.first_quarter}")
        return dg.RunRequest(
            run_key=f"{phase.name}-{quarter}",
            partition_key=key_of(quarter),
            run_config=run_config(ticked_at, phase.demanded),
            tags={"quarter": str(quarter), "phase": phase.name},
        )

    return evaluate
