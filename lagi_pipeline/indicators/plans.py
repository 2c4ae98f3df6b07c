"""Plans that the forms themselves print (forms 94 and 95), beside those of the resolutions.

``targets.yaml`` leads; a form's plan fills in where it gives none, and a difference is remarked on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lagi_pipeline.catalogue.indicators import Catalogue, PlanSource
from lagi_pipeline.catalogue.place import Place, Resolution, Target
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import Evidence, MeasureValue, Vintage
from lagi_pipeline.indicators.vintages import answering


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """A plan that a form prints otherwise than ``targets.yaml`` gives it."""

    quarter: Quarter
    indicator_code: str
    plan_source: PlanSource
    stated: Decimal
    printed: Decimal
    file: str


def with_printed_plans(
    catalogue: Catalogue, place: Place, resolutions: Sequence[Resolution], evidence: Evidence, known_at: datetime
) -> tuple[list[Resolution], list[PlanDifference]]:
    """Add the plans that the forms print and the resolutions do not give; name the differences where both do.

    The newest quarter's form answers for the year. Only years that have a resolution are followed.
    """
    printed = printed_plans(catalogue, place, evidence, known_at)
    completed: list[Resolution] = []
    differences: list[PlanDifference] = []
    for resolution in resolutions:
        stated = {(target.code, target.plan_source): target.value for target in resolution.targets}
        added: dict[tuple[str, PlanSource], Target] = {}
        for (quarter, code, source), (value, vintage) in printed.items():
            if quarter.year != resolution.year:
                continue
            if (code, source) not in stated:
                added[code, source] = _target(catalogue, code, source, value.value, vintage)
            elif stated[code, source] != value.value:
                difference = PlanDifference(quarter, code, source, stated[code, source], value.value, vintage.file)
                differences.append(difference)
        completed.append(replace(resolution, targets=(*resolution.targets, *added.values())))
    return completed, differences


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
    )
