"""Jobs and schedules: what runs when, on which quarter, and what it demands of the figures.

Written by hand: a schedule built from a partitioned job would tick at 00:00 of the day after the quarter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import dagster as dg

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.exports import EXPORTS
from lagi_pipeline.orchestration.settings import Settings, key_of

MAIN_JOB = "quarterly_attainment"
REPORT_JOB = "quarterly_report"
REPORTS = (dg.AssetKey(["reports", "quarterly_report"]), dg.AssetKey(["reports", "page"]))
AFTER_PUBLISHING = dg.AssetSelection.assets(*REPORTS, EXPORTS)
"""What is made of what is published: it has its own job, and is in no other."""
_LAST = 4
_ANY_YEAR = 2024


@dataclass(frozen=True)
class Phase:
    """One of the times at which the figures of a quarter are looked at."""

    name: str
    cron: str
    demanded: ObsStatus
    quarter: Callable[[Quarter], Quarter]
    """From the quarter of the tick to the quarter that it evaluates."""
    about_vi: str
    about: str

    @property
    def calendar(self) -> str:
        """Its days and the quarter that each evaluates, ``20/01: quý IV năm trước; 20/04: quý I``."""
        _, hour, day, months, _ = self.cron.split()
        return "; ".join(self._day(int(day), int(month)) for month in months.split(",")) + f" (lúc {hour}:00)"

    def _day(self, day: int, month: int) -> str:
        at = date(_ANY_YEAR, month, day)
        quarter = self.quarter(Quarter.containing(at))
        return f"{at:%d/%m}: quý {quarter.roman}" + (" năm trước" if quarter.year < at.year else "")


PHASES = (
    Phase(
        "preliminary",
        "0 8 15 3,6,9,12 *",
        ObsStatus.ESTIMATE,
        lambda now: now,
        "Số ước, trước khi hết quý",
        "15th of the quarter's last month, on estimated figures (data cut-off the 14th)",
    ),
    Phase(
        "final",
        "0 8 20 1,4,7,10 *",
        ObsStatus.PRELIMINARY,
        lambda now: now.previous,
        "Số liệu sau khi hết quý",
        "20th of the month after the quarter",
    ),
    Phase(
        "year_estimate",
        "0 8 25 11 *",
        ObsStatus.ESTIMATE,
        lambda now: Quarter(now.year, _LAST),
        "Ước cả năm, trước hội nghị đầu tháng 12",
        "25 November, before the plenum of early December",
    ),
    Phase(
        "year_closing",
        "0 8 5 2 *",
        ObsStatus.FINAL,
        lambda now: Quarter(now.year - 1, _LAST),
        "Số quyết toán sau ngày 31/01",
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
    """The main job, one a phase with what it demands, and the one that makes the reports."""
    selection = dg.AssetSelection.all() - AFTER_PUBLISHING
    main = dg.define_asset_job(
        MAIN_JOB,
        selection=selection,
        description="Đọc, tính, công bố (read, compute, publish): from the offices' workbooks to the published"
        " attainment"
        " of all targets. Materialize all, then a quarter or a range of quarters: one run. 2024-07-01 is 2024-Q3.",
    )
    return [
        main,
        *(
            dg.define_asset_job(
                phase.name,
                selection=selection,
                description=f"{phase.about_vi}: {MAIN_JOB} at a fixed time, the {phase.about}. Demands figures at least"
                f" {phase.demanded}; weaker ones are named by a check, and used all the same.",
                config=run_config(None, phase.demanded),
                tags={"phase": phase.name},
            )
            for phase in PHASES
        ),
        dg.define_asset_job(
            REPORT_JOB,
            selection=AFTER_PUBLISHING,
            description="Báo cáo quý (the quarterly report): the report of a quarter, the page of all of them and the"
            " exports for analysts, from the published file; asked for after each run that publishes.",
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
        description=f"{phase.about_vi}. {phase.calendar}. {phase.about[0].upper()}{phase.about[1:]}; reads the quarter"
        f" anew, computes all, publishes. Demands figures at least {phase.demanded}. Preview tick result shows the"
        " next.",
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
