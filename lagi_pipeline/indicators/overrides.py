"""Figures and results that an office set by hand: which of them stand at a time, and what they make of a line.

Not how such a file is read or refused: that is ``intake/overrides``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from lagi_pipeline.catalogue.indicators import Catalogue, Indicator, PlanSource
from lagi_pipeline.catalogue.place import Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import Observation, Override
from lagi_pipeline.indicators.verdict import Verdict
from lagi_pipeline.indicators.wording import date_vi, join_remarks, number_vi

_Subject = tuple[str, Quarter]
_Said = Decimal | str | None
_Version = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """The document that sets a figure or result; ``remark`` names those that contradict each other and do not count."""

    override: Override | None = None
    remark: str | None = None


def standing(overrides: Iterable[Override], known_at: datetime) -> list[Override]:
    """The overrides that stand at a local time, in no order.

    Of each file its newest version counts. A withdrawn one says nothing any more. One that was accepted in part leaves
    standing what earlier versions of the file say: nobody can tell what its refused entries were to change.
    """
    files: dict[str, dict[_Version, list[Override]]] = defaultdict(lambda: defaultdict(list))
    for override in overrides:
        if override.received_at <= known_at:
            files[override.file][override.received_at, override.sha256].append(override)
    return [override for versions in files.values() for override in _of_file(versions, known_at)]


def _of_file(versions: Mapping[_Version, list[Override]], known_at: datetime) -> Iterator[Override]:
    for version in sorted(versions.values(), key=lambda entries: _since(entries[0], known_at), reverse=True):
        if _is_withdrawn(version[0], known_at):
            return
        yield from version
        if version[0].is_whole:
            return


def _is_withdrawn(override: Override, known_at: datetime) -> bool:
    return override.withdrawn_at is not None and override.withdrawn_at <= known_at


def _since(override: Override, known_at: datetime) -> tuple[datetime, bool, str]:
    """By what the versions of a file are ordered: since when a version says what it says at ``known_at``."""
    withdrawn_at = override.withdrawn_at
    if withdrawn_at is not None and withdrawn_at <= known_at:
        return withdrawn_at, True, override.sha256
    return override.received_at, withdrawn_at is None, override.sha256


def moments(overrides: Iterable[Override]) -> set[datetime]:
    """The local times at which anything of them became known."""
    found = {moment for override in overrides for moment in (override.received_at, override.withdrawn_at)}
    return {moment for moment in found if moment is not None}


def choose(candidates: Iterable[Override]) -> Choice:
    """The newest of several overrides of the same figure or result.

    Of those received at the same moment none counts where they say different things; then the one before them does.
    """
    ordered = sorted(candidates, key=lambda o: (o.received_at, o.file, o.entry), reverse=True)
    clashes: list[str] = []
    for _, group in groupby(ordered, key=lambda override: override.received_at):
        same = list(group)
        if len({_said(override) for override in same}) == 1:
            return Choice(same[-1], join_remarks(clashes))
        files = ", ".join(sorted({override.file for override in same}))
        clashes.append(f"các điều chỉnh cùng thời điểm nhận nhưng khác nhau ({files}): không dùng")
    return Choice(None, join_remarks(clashes))


def contradictions(overrides: Iterable[Override], known_at: datetime) -> list[tuple[Override, ...]]:
    """The overrides of one figure or result that were received at the same moment and say different things."""
    found: dict[tuple[Override, ...], None] = {}
    for group in _by_subject(standing(overrides, known_at)).values():
        for same in _simultaneous(group):
            found[tuple(sorted(same, key=lambda o: (o.file, o.entry)))] = None
    return list(found)


def _simultaneous(group: list[Override]) -> Iterator[list[Override]]:
    plans = {override.plan_source for override in group} - {None} or {None}
    for plan in plans:
        of_plan = [o for o in group if plan is None or o.plan_source in {None, plan}]
        for moment in {override.received_at for override in of_plan}:
            same = [override for override in of_plan if override.received_at == moment]
            if len({_said(override) for override in same}) > 1:
                yield same


def _by_subject(overrides: Iterable[Override]) -> dict[tuple[_Subject, bool], list[Override]]:
    groups: dict[tuple[_Subject, bool], list[Override]] = defaultdict(list)
    for override in overrides:
        groups[(override.indicator_code, override.quarter), override.value is not None].append(override)
    return groups


def _said(override: Override) -> _Said:
    return override.result if override.value is None else override.value


def override_vi(override: Override) -> str:
    """``điều chỉnh theo văn bản số 15/BC-TCKH của Phòng Tài chính - Kế hoạch: …``."""
    number = override.document_no.removeprefix("Số ").removeprefix("số ")
    sample = " (số liệu minh họa)" if override.is_sample else ""
    return f"điều chỉnh theo văn bản số {number} của {override.office_name_vi}: {override.reason}{sample}"


def with_overrides(
    catalogue: Catalogue,
    place: Place,
    observations: Mapping[tuple[str, str, Quarter], Observation],
    overrides: Iterable[Override],
    known_at: datetime,
) -> dict[tuple[str, str, Quarter], Observation]:
    """The observations with what offices set by hand, as known at a time: the town's figures, each for its own quarter.

    What the reports give for other quarters, and for the wards, is not touched.
    """
    changed = dict(observations)
    for (subject, is_figure), group in _by_subject(standing(overrides, known_at)).items():
        code, quarter = subject
        key = (code, place.file.code, quarter)
        seen = changed.get(key)
        if seen is None:
            continue
        if is_figure:
            changed[key] = _set(catalogue.indicator(code), seen, choose(group))
        else:
            newest_first = sorted(group, key=lambda o: (o.received_at, o.file, o.entry), reverse=True)
            changed[key] = replace(seen, verdicts=tuple(newest_first))
    return changed


def _set(indicator: Indicator, computed: Observation, choice: Choice) -> Observation:
    """An observation with the figure that a document sets; its price basis is not known."""
    override = choice.override
    if override is None:
        return replace(computed, reason=join_remarks([computed.reason, choice.remark]))
    return replace(
        computed,
        value=override.value,
        numerator=None,
        denominator=None,
        obs_status=None,
        as_of=None,
        is_illustrative=override.is_sample,
        basis=None,
        reason=join_remarks([choice.remark, _replaced_vi(indicator, computed, override)]),
        returned=False,
        carried=False,
        inputs=(),
        derivation=None,
        override=override,
        override_vi=override_vi(override),
    )


def _replaced_vi(indicator: Indicator, computed: Observation, override: Override) -> str:
    """What the reports say of a figure that was set by hand, and whether a file that came later says it."""
    if computed.value is None:
        because = f" ({computed.reason})" if computed.reason else ""
        return f"số đặt theo văn bản, báo cáo chưa cho số{because}"
    said = f"{number_vi(computed.value, indicator.decimals)} {indicator.unit}"
    later = sorted({v.file for v in computed.inputs if v.received_at > override.received_at})
    if later:
        when = date_vi(max(v.received_at for v in computed.inputs).date())
        return f"số đặt theo văn bản vẫn giữ; tệp nhận sau văn bản ({', '.join(later)}, {when}) cho số {said}"
    return f"số đặt theo văn bản, thay số tính từ báo cáo {said}"


def ruling(seen: Observation, plan: PlanSource) -> Choice:
    """The document that sets the result of a line against one plan."""
    return choose(override for override in seen.verdicts if override.plan_source in {None, plan})


def ruled(computed: Verdict, choice: Choice, said: Callable[[str], str | None]) -> Verdict:
    """The result of a line as a document sets it; else as computed. ``said`` is the Vietnamese word for a result."""
    if choice.override is None or choice.override.result is None:
        return replace(computed, remark=join_remarks([computed.remark, choice.remark]))
    result = choice.override.result
    replaced = f"kết quả đặt theo văn bản, tính theo số liệu là “{said(computed.status)}”"
    return Verdict(result, join_remarks([choice.remark, replaced]))


def overrides_vi(*overrides: Override | None) -> str | None:
    """What to say of a line whose figure, result or both were set by hand; None where neither was."""
    return join_remarks(override_vi(override) for override in overrides if override is not None)


def override_files(*overrides: Override | None) -> Sequence[str]:
    """The files of those overrides."""
    return [override.file for override in overrides if override is not None]
