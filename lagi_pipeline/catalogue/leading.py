"""Which plan leads where a line has several: chosen in ``place.yaml``, for all lines and for single ones.

A line always has one plan that leads. The chosen one does wherever it sets a target for the line; a line that
``targets.yaml`` gives one plan only is led by that one, and so is one whose plan only a form prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lagi_pipeline.catalogue.indicators import PlanSource
from lagi_pipeline.catalogue.loading import CatalogueError
from lagi_pipeline.catalogue.place import Place, Resolution, Target

Leading = Mapping[tuple[int, str], Target]
"""The target that leads, by year and indicator."""


def leading_targets(place: Place, resolutions: Sequence[Resolution]) -> Leading:
    """The target that leads each line of each year.

    Where the chosen plan has none, the first of the line leads: those of ``targets.yaml`` stand before those that forms
    print, and ``check_leading_plans`` lets no file state several and none of them chosen.
    """
    leading: dict[tuple[int, str], Target] = {}
    for resolution in resolutions:
        for target in resolution.targets:
            line = (resolution.year, target.code)
            if line not in leading or target.plan_source is place.file.plan_leading(target.code):
                leading[line] = target
    return leading


def check_leading_plans(place: Place, stated: Sequence[Resolution], raw_dir: Path) -> None:
    """Hold the plans that ``place.yaml`` names against the targets that the resolutions state.

    Raises:
        CatalogueError: it names a plan source that no target has, for all lines or for one; or a year states several
            plans of a line and none of them leads.
    """
    file = raw_dir / "place" / "place.yaml"
    if stated:
        sources = {target.plan_source for resolution in stated for target in resolution.targets}
        if place.file.leading_plan not in sources:
            raise CatalogueError(file, "leading_plan", _nobody_has(place.file.leading_plan, sources, "target"))
        for code, chosen in place.file.leading_plans.items():
            of_line = {t.plan_source for resolution in stated for t in resolution.targets if t.code == code}
            if chosen not in of_line:
                raise CatalogueError(file, f"leading_plans.{code}", _nobody_has(chosen, of_line, f"target of {code}"))
    for resolution in stated:
        for code, sources_of_line in _several(resolution):
            if place.file.plan_leading(code) not in sources_of_line:
                path = raw_dir / "resolution" / str(resolution.year) / "targets.yaml"
                said = f"targets of {_listed(sources_of_line)}, and none of the plan that leads,"
                choice = f"choose one in place.yaml, leading_plans: {{{code}: …}}"
                raise CatalogueError(path, code, f"{said} {place.file.plan_leading(code)}; {choice}")


def _several(resolution: Resolution) -> Iterator[tuple[str, set[PlanSource]]]:
    sources: dict[str, set[PlanSource]] = {}
    for target in resolution.targets:
        sources.setdefault(target.code, set()).add(target.plan_source)
    return ((code, of_line) for code, of_line in sources.items() if len(of_line) > 1)


def _nobody_has(chosen: PlanSource, there: set[PlanSource], what: str) -> str:
    return f"no {what} has the plan source {chosen}; there are {_listed(there) or 'none'}"


def _listed(sources: set[PlanSource]) -> str:
    return ", ".join(source for source in PlanSource if source in sources)
