"""Plans that the forms themselves print (forms 94 and 95), beside those of the resolutions.

``targets.yaml`` leads; a form's plan fills in where it gives none, and a difference is remarked on. A printed plan that
cannot be meant (a plan of 0) is remarked on too, and is no target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lagi_pipeline.catalogue.indicators import Catalogue, PlanSource
from lagi_pipeline.catalogue.place import Place, Resolution, Target
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.target_kinds import problem_of
from lagi_pipeline.indicators.model import Evidence, MeasureValue, Vintage
from lagi_pipeline.indicators.vintages import answering


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """A plan that a form prints otherwise than ``targets.yaml`` gives it, or that cannot be meant."""

    quarter: Quarter
    indicator_code: str
    plan_source: PlanSource
    stated: Decimal | None
    printed: Decimal
    file: str
    problem: str | None = None


def with_printed_plans(
    catalogue: Catalogue, place: Place, resolutions: Sequence[Resolution], evidence: Evidence, known_at: datetime
) -> tuple[list[Resolution], list[PlanDifference]]:
    """Add the plans that the forms print and the resolutions do not give; name the differences where both do.

    Both as known at a time: of a plan that was changed within the year the version that stood then. The newest
    quarter's form answers for the year. Only years that have a resolution are followed.
    """
    printed = printed_plans(catalogue, place, evidence, known_at)
    completed: list[Resolution] = []
    differences: list[PlanDifference] = []
    for resolution in resolutions:
        standing = resolution.standing_on(known_at.date()).targets
        stated = {(target.code, target.plan_source): target for target in standing}
        added: dict[tuple[str, PlanSource], Target] = {}
        for (quarter, code, source), (value, vintage) in printed.items():
            if quarter.year != resolution.year:
                continue
            indicator, target = catalogue.indicator(code), stated.get((code, source))
            problem = problem_of(indicator, indicator.direction, value.value, None)
            if problem or (target is not None and not _says(target, value.value)):
                said = target.value if target else None
                differences.append(PlanDifference(quarter, code, source, said, value.value, vintage.file, problem))
            elif target is None:
                added[code, source] = _target(catalogue, code, source, value.value, vintage)
        in_order = sorted(added.values(), key=lambda target: list(PlanSource).index(target.plan_source))
        completed.append(replace(resolution, targets=(*resolution.targets, *in_order)))
    return completed, differences


def _says(target: Target, printed: Decimal) -> bool:
    """Whether a printed figure is what a target says: equal, or inside a range."""
    return target.value <= printed <= (target.value if target.upper is None else target.upper)


PrintedPlans = dict[tuple[Quarter, str, PlanSource], tuple[MeasureValue, Vintage]]
"""By quarter, indicator and plan source: what a form prints, and the version that does."""


def printed_plans(catalogue: Catalogue, place: Place, evidence: Evidence, known_at: datetime) -> PrintedPlans:
    """The plans in the vintages that answer, earliest quarter first."""
    selection = answering(evidence, known_at)
    plans: PrintedPlans = {}
    for value in sorted(evidence.values, key=lambda value: value.quarter):
        measure = catalogue.measures[value.measure]
        vintage = selection.answer(value.form, value.quarter).vintage
        if measure.plan_of is None or vintage is None or vintage.sha256 != value.sha256:
            continue
        source = measure.plan_source or place.file.unnamed_plan
        plans[value.quarter, measure.plan_of, source] = (value, vintage)
    return plans


def _target(catalogue: Catalogue, code: str, source: PlanSource, value: Decimal, vintage: Vintage) -> Target:
    indicator = catalogue.indicator(code)
    return Target(
        code=code,
        plan_source=source,
        value=value,
        unit=indicator.unit,
        direction=indicator.direction,
        clause=f"{vintage.file} ({vintage.quarter})",
        illustrative=vintage.is_sample,
        known_from=vintage.received_at.date(),
    )
