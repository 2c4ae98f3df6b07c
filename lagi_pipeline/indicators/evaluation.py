"""The figures as known and judged at one moment: plans, observations, estimates, attainment, as they follow.

What happens between moments is ``history``; both go through the same door, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.catalogue.place import Place, Resolution
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.attainment import attain, quarters_to_observe
from lagi_pipeline.indicators.estimates import year_estimates
from lagi_pipeline.indicators.model import Attainment, Evidence, Observation, Observations
from lagi_pipeline.indicators.observation import observe
from lagi_pipeline.indicators.plans import PlanDifference, with_printed_plans


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was known and judged at a moment."""

    resolutions: list[Resolution]
    """With the plans that the forms print."""
    plan_differences: list[PlanDifference]
    observations: dict[tuple[str, str, Quarter], Observation]
    """Those that were computed, not those that a ``Part`` brought."""
    attainment: list[Attainment]


@dataclass(frozen=True, slots=True)
class Part:
    """What of an evaluation is to be computed anew; the rest is as it was."""

    indicators: frozenset[str]
    since: Quarter | None
    """The first quarter to observe anew; None where no observation changed."""
    known: Observations
    """The observations before ``since``, of these indicators and of those that their rows read beside them."""


def evaluate(  # noqa: PLR0913, PLR0917 - everything that a figure depends on
    catalogue: Catalogue,
    place: Place,
    stated: Sequence[Resolution],
    evidence: Evidence,
    evaluated_at: datetime,
    part: Part | None = None,
) -> Evaluation:
    """Every figure as known and judged at a moment, or a part of them.

    Args:
        catalogue: What is measured.
        place: Whose figures they are.
        stated: The targets by year, as ``targets.yaml`` gives them.
        evidence: Everything ever received; with a ``part`` at least that of the feeds its indicators read.
        evaluated_at: Local time; what was received later is not known, and it decides what is due and closed.
        part: What to compute; everything without it.
    """
    resolutions, differences = with_printed_plans(catalogue, place, stated, evidence, evaluated_at)
    quarters = quarters_to_observe(place, resolutions, evaluated_at)
    if part is None:
        observations = observe(catalogue, place, evidence, evaluated_at, quarters, resolutions)
        estimates = year_estimates(catalogue, place, evidence, evaluated_at, observations)
        attainment = attain(catalogue, place, resolutions, observations, evaluated_at, estimates=estimates)
        return Evaluation(resolutions, differences, observations, attainment)
    changed = [quarter for quarter in quarters if part.since is not None and quarter >= part.since]
    observations = (
        observe(catalogue, place, evidence, evaluated_at, changed, resolutions, only=part.indicators) if changed else {}
    )
    known = {**part.known, **observations}
    estimates = year_estimates(catalogue, place, evidence, evaluated_at, known, only=part.indicators)
    attainment = attain(catalogue, place, resolutions, known, evaluated_at, estimates=estimates, only=part.indicators)
    return Evaluation(resolutions, differences, observations, attainment)
