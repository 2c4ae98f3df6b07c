"""The quarterly report as it was issued, and what has changed since: which figure, by how much, and why.

Pure: where a report is kept, and who may issue one, is ``steps/sign_off``. Figures are compared as the tables hold
them, as doubles, for those are what was reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isclose
from typing import Any

from pydantic import ValidationError

from lagi_pipeline.catalogue.indicators import Catalogue, PlanSource
from lagi_pipeline.catalogue.loading import Strict
from lagi_pipeline.catalogue.place import Place, Resolution
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.model import Attainment, Observation, Override, Vintage
from lagi_pipeline.indicators.overrides import override_vi, ruling
from lagi_pipeline.indicators.verdict import due_day
from lagi_pipeline.indicators.wording import date_vi, join_remarks, number_vi

FORMAT = 1
CHECKSUM = "sha256"
_SHOWN_DIGITS = 12
_SAME = 1e-12
"""Relative: figures that differ by less are the same, computed in another order."""
_ASPECTS = {
    "actual": "thực hiện",
    "target": "chỉ tiêu năm",
    "target_upper": "mức trên của chỉ tiêu",
    "result": "kết quả",
}
_LAST = 4


class IssuedReportError(ValueError):
    """A kept report is not as it was issued, or no report; the message says what is wrong with it."""


class InputFile(Strict):
    """The version of a file that a figure rests on."""

    form: str
    quarter: str
    file: str
    sha256: str
    received_at: datetime


class ByHand(Strict):
    """A document that set a figure or result by hand: its entry, and what is said of it."""

    file: str
    sha256: str
    entry: str
    text_vi: str


class FigureEvidence(Strict):
    """What a reported line rested on."""

    inputs: tuple[InputFile, ...] = ()
    figure_by_hand: ByHand | None = None
    result_by_hand: ByHand | None = None


@dataclass(frozen=True, slots=True)
class IssuedFigure:
    """A line as reported; ``row`` is all of ``mart.attainment``'s columns as they stood."""

    row: Mapping[str, Any]
    evidence: FigureEvidence

    @property
    def line(self) -> tuple[str, str]:
        """Indicator and plan source."""
        return str(self.row["indicator_code"]), str(self.row["plan_source"])


@dataclass(frozen=True, slots=True)
class IssuedReport:
    """A report as issued; times are local."""

    place: str
    quarter: Quarter
    number: int
    office: str
    office_name_vi: str
    document_no: str | None
    resolution: str
    frozen_at: datetime
    issued_at: datetime
    figures: tuple[IssuedFigure, ...]
    sha256: str = ""
    """The checksum that its file states; empty before it is kept."""

    @property
    def name(self) -> str:
        """The name of the file that keeps it, ``2024-Q2-01.json``."""
        return f"{self.quarter}-{self.number:02d}.json"


@dataclass(frozen=True, slots=True)
class Revision:
    """A row of ``mart.revision_since_report``; the meaning of each column stands in the warehouse's model of it."""

    quarter: str
    number: int
    indicator_code: str
    ordinal: str | None
    name_vi: str
    unit: str
    plan_source: str
    aspect: str
    aspect_vi: str
    figure_then: float | None
    figure_now: float | None
    change: Decimal | None
    status_then: str | None
    status_now: str | None
    status_vi_then: str | None
    status_vi_now: str | None
    why_vi: str
    issued_at: datetime
    office: str
    frozen_at: datetime
    evaluated_at: datetime


def frozen(row: Attainment, seen: Observation, columns: Mapping[str, Any]) -> IssuedFigure:
    """A line as it is reported now; ``columns`` are its columns as the tables hold them."""
    return IssuedFigure(columns, _evidence(row, seen))


def _evidence(row: Attainment, seen: Observation) -> FigureEvidence:
    inputs = () if row.actual is None else tuple(map(_input, seen.inputs))
    return FigureEvidence(
        inputs=tuple(sorted(inputs, key=lambda i: (i.quarter, i.form, i.file, i.sha256))),
        figure_by_hand=_by_hand(seen.override),
        result_by_hand=_by_hand(ruling(seen, row.plan_source).override),
    )


def _input(vintage: Vintage) -> InputFile:
    return InputFile(
        form=vintage.form,
        quarter=str(vintage.quarter),
        file=vintage.file,
        sha256=vintage.sha256,
        received_at=vintage.received_at,
    )


def _by_hand(override: Override | None) -> ByHand | None:
    if override is None:
        return None
    return ByHand(file=override.file, sha256=override.sha256, entry=override.entry, text_vi=override_vi(override))


def checksum(said: Mapping[str, Any]) -> str:
    """The sha256 of what a report says, without its checksum: keys in order, no white space, UTF-8."""
    body = {key: value for key, value in said.items() if key != CHECKSUM}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def saying(report: IssuedReport) -> dict[str, Any]:
    """All that a report says, as JSON takes it, without its checksum."""
    return {
        "format": FORMAT,
        "place": report.place,
        "quarter": str(report.quarter),
        "number": report.number,
        "office": report.office,
        "office_name_vi": report.office_name_vi,
        "document_no": report.document_no,
        "resolution": report.resolution,
        "frozen_at": report.frozen_at.isoformat(),
        "issued_at": report.issued_at.isoformat(),
        "figures": [
            {name: _plain(value) for name, value in figure.row.items()}
            | {"evidence": figure.evidence.model_dump(mode="json")}
            for figure in report.figures
        ],
    }


def as_json(report: IssuedReport) -> str:
    """A report as the text that is kept, with its checksum."""
    said = saying(report)
    said[CHECKSUM] = checksum(said)
    return json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of any kind
    return value.isoformat() if isinstance(value, date | datetime) else value


def parse(text: str, name: str, place: str) -> IssuedReport:
    """Read a kept report.

    Args:
        text: What the file says.
        name: The file's name, which tells quarter and number.
        place: The code of the place whose report it must be.

    Raises:
        IssuedReportError: it is not the report that was issued under that name.
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise IssuedReportError("it is no JSON: cut off, or changed by hand") from error
    try:
        fits = isinstance(said, dict) and said.get(CHECKSUM) == checksum(said)
    except (ValueError, RecursionError):  # what no report holds and no checksum is made of: NaN, half a letter
        fits = False
    if not fits:
        raise IssuedReportError("its checksum does not fit: it is not as it was issued")
    try:
        report = _report(said)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise IssuedReportError(f"it is not of the form of a report ({type(error).__name__})") from error
    if report.name != name:
        raise IssuedReportError(f"it is the report {report.name} under another name")
    if report.place != place:
        raise IssuedReportError(f"it is a report of the place {report.place}, not of {place}")
    return report


def _report(said: Mapping[str, Any]) -> IssuedReport:
    return IssuedReport(
        place=said["place"],
        quarter=Quarter.parse(said["quarter"]),
        number=int(said["number"]),
        office=said["office"],
        office_name_vi=said["office_name_vi"],
        document_no=said["document_no"],
        resolution=said["resolution"],
        frozen_at=datetime.fromisoformat(said["frozen_at"]),
        issued_at=datetime.fromisoformat(said["issued_at"]),
        figures=tuple(
            IssuedFigure(
                {name: value for name, value in figure.items() if name != "evidence"},
                FigureEvidence.model_validate(figure["evidence"]),
            )
            for figure in said["figures"]
        ),
        sha256=said[CHECKSUM],
    )


@dataclass(frozen=True, slots=True)
class Situation:
    """What is so now, evaluated at a local time, and what it is judged by."""

    catalogue: Catalogue
    place: Place
    resolutions: Sequence[Resolution]
    attainment: Sequence[Attainment]
    observations: Mapping[tuple[str, str, Quarter], Observation]
    evaluated_at: datetime


def revisions(reports: Iterable[IssuedReport], now: Situation) -> list[Revision]:
    """What differs from each quarter's newest report: a row for each line and aspect.

    A report whose figures were frozen after ``now`` is not yet known then.

    Returns:
        Rows by quarter, in the order of the report's lines; lines that were added since come last.
    """
    newest: dict[Quarter, IssuedReport] = {}
    for report in sorted(reports, key=lambda report: report.number):
        if report.frozen_at <= now.evaluated_at:
            newest[report.quarter] = report
    return [
        row for quarter in sorted(newest) for pair in _pairs(newest[quarter], now) for row in _Comparison(*pair).rows()
    ]


def _pairs(
    report: IssuedReport, now: Situation
) -> Iterator[tuple[IssuedReport, Situation, IssuedFigure | None, Attainment | None]]:
    lines = {(r.indicator_code, str(r.plan_source)): r for r in now.attainment if r.quarter == str(report.quarter)}
    for figure in report.figures:
        yield report, now, figure, lines.pop(figure.line, None)
    for row in lines.values():
        yield report, now, None, row


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A line as reported beside the same line now; one of them may be missing."""

    report: IssuedReport
    now: Situation
    then: IssuedFigure | None
    row: Attainment | None

    def rows(self) -> Iterator[Revision]:
        """A row for each aspect that differs."""
        for aspect in _ASPECTS:
            if self._differs(aspect):
                yield self._row(aspect)

    def _differs(self, aspect: str) -> bool:
        if self.then is None or self.row is None:
            return aspect == "target"
        if aspect == "result":
            return (self._then("result_status"), self._then("status_vi")) != (
                self.row.result_status,
                self.row.status_vi,
            )
        then, now = self._then(aspect), self._now(aspect)
        if then is None or now is None:
            return then is not now
        return not isclose(then, now, rel_tol=_SAME)

    def _then(self, column: str) -> Any:  # noqa: ANN401 - a column of any type
        return None if self.then is None else self.then.row.get(column)

    def _now(self, column: str) -> Any:  # noqa: ANN401 - a column of any type
        value = None if self.row is None else getattr(self.row, column)
        return float(value) if isinstance(value, Decimal) else value

    def _row(self, aspect: str) -> Revision:
        column = "actual" if aspect == "result" else aspect
        then, now = self._then(column), self._now(column)

        def said(name: str) -> Any:  # noqa: ANN401 - a column of any type
            return self._then(name) if self.row is None else self._now(name)

        return Revision(
            quarter=str(self.report.quarter),
            number=self.report.number,
            indicator_code=said("indicator_code"),
            ordinal=said("ordinal"),
            name_vi=said("name_vi"),
            unit=said("unit"),
            plan_source=str(said("plan_source")),
            aspect=aspect,
            aspect_vi=_ASPECTS[aspect],
            figure_then=then,
            figure_now=now,
            change=None if then is None or now is None else _exact(now) - _exact(then),
            status_then=self._then("result_status"),
            status_now=self._now("result_status"),
            status_vi_then=self._then("status_vi"),
            status_vi_now=self._now("status_vi"),
            why_vi=self._why_vi(aspect),
            issued_at=self.report.issued_at,
            office=self.report.office,
            frozen_at=self.report.frozen_at,
            evaluated_at=self.now.evaluated_at,
        )

    def _why_vi(self, aspect: str) -> str:
        if self.then is None:
            return join_remarks(["chỉ tiêu được thêm sau báo cáo", self._plan_vi()]) or ""
        if self.row is None:
            return "chỉ tiêu không còn trong kế hoạch"
        if aspect in {"target", "target_upper"}:
            return join_remarks(["kế hoạch thay đổi sau báo cáo", self._plan_vi()]) or ""
        evidence = _evidence(self.row, self._seen)
        says_why_not = self.row.actual is None and self.row.reason != self._then("reason")
        causes = list(_by_hand_vi(self.then.evidence.figure_by_hand, evidence.figure_by_hand))
        if not says_why_not:  # without a figure no file is used, though most of them still stand
            causes += self._files_vi(evidence)
        if aspect == "result":
            causes += _by_hand_vi(self.then.evidence.result_by_hand, evidence.result_by_hand)
            causes += self._target_vi()
            causes += self._days_vi()
        if says_why_not:
            causes.append(f"nay không có số: {self.row.reason}")
        if not causes:
            causes.append("không có tệp mới: cách đọc, cách tính hoặc danh mục đã thay đổi")
        return join_remarks(causes) or ""

    @property
    def _seen(self) -> Observation:
        code = "" if self.row is None else self.row.indicator_code
        return self.now.observations[code, self.now.place.file.code, self.report.quarter]

    def _plan_vi(self) -> str | None:
        """Where the target that holds now stands."""
        row = self.row
        for resolution in self.now.resolutions:
            for target in resolution.targets:
                if row and (resolution.year, target.code, target.plan_source) == (
                    row.year,
                    row.indicator_code,
                    row.plan_source,
                ):
                    is_party = target.plan_source is PlanSource.PARTY_RESOLUTION
                    document = target.document or (resolution.document if is_party else None)
                    return f"căn cứ {', '.join(part for part in (target.clause, document) if part)}"
        return None

    def _target_vi(self) -> Iterator[str]:
        if self.row is None:
            return
        plan = self.now.catalogue.word("plan_source", self.row.plan_source)
        if any(self._differs(aspect) for aspect in ("target", "target_upper")):
            then, now = (self._bounds_vi(said) for said in (self._then, self._now))
            yield f"chỉ tiêu năm ({plan}) đổi từ {then} thành {now} {self.row.unit}"
        if self._then("direction") != str(self.row.direction):
            yield f"cách đặt chỉ tiêu năm ({plan}) đổi từ {self._then('direction')} thành {self.row.direction}"

    def _bounds_vi(self, said: Callable[[str], Any]) -> str:
        """The target as one side says it: a figure, or both bounds of a range."""
        decimals = self.now.catalogue.indicator("" if self.row is None else self.row.indicator_code).decimals
        bounds = (bound for bound in (said("target"), said("target_upper")) if bound is not None)
        return " – ".join(number_vi(_exact(float(bound)), decimals) for bound in bounds)

    def _files_vi(self, evidence: FigureEvidence) -> Iterator[str]:
        """Which files came and which no longer count; a figure set by hand rests on none."""
        before = () if self.then is None else self.then.evidence.inputs
        by_hand_then = self.then is not None and self.then.evidence.figure_by_hand is not None
        if evidence.figure_by_hand is not None:
            return
        if by_hand_then:
            yield f"số nay tính từ tệp {', '.join(i.file for i in evidence.inputs)}" if evidence.inputs else ""
            return
        yield from _changes_vi(before, evidence.inputs)

    def _days_vi(self) -> Iterator[str]:
        """The due and closing days that have passed between the report and now."""
        row = self.row
        if row is None:
            return
        indicator = self.now.catalogue.indicator(row.indicator_code)
        quarter = self.report.quarter
        days = {"hạn gửi số liệu": due_day(self.now.catalogue, self.now.place, indicator, quarter)}
        if quarter.number == _LAST:
            days["ngày khóa sổ năm"] = indicator.closing_day(quarter.year)
        for what, day in days.items():
            if self.report.frozen_at.date() <= day < self.now.evaluated_at.date():
                yield f"đã qua {what} {date_vi(day)}"


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _by_hand_vi(then: ByHand | None, now: ByHand | None) -> Iterator[str]:
    if now is not None and (then is None or (then.file, then.sha256, then.entry) != (now.file, now.sha256, now.entry)):
        yield f"{now.text_vi} (tệp {now.file})"
    elif then is not None and now is None:
        yield f"không còn {then.text_vi} (tệp {then.file})"


def _changes_vi(then: Sequence[InputFile], now: Sequence[InputFile]) -> Iterator[str]:
    known = {(i.form, i.quarter, i.sha256) for i in then}
    still = {(i.form, i.quarter, i.sha256) for i in now}
    gone = [i for i in then if (i.form, i.quarter, i.sha256) not in still]
    came = [i for i in now if (i.form, i.quarter, i.sha256) not in known]
    replaced: set[InputFile] = set()
    for new in came:
        old = next((o for o in gone if (o.form, o.quarter) == (new.form, new.quarter)), None)
        when = f"nhận ngày {date_vi(new.received_at.date())}"
        if old is None:
            yield f"thêm tệp {new.file} ({when})"
            continue
        replaced.add(old)
        if old.file == new.file:
            digests = f"sha256 {old.sha256[:_SHOWN_DIGITS]} thành {new.sha256[:_SHOWN_DIGITS]}"
            yield f"tệp {new.file} đã thay nội dung ({when}; {digests})"
        else:
            yield f"tệp {new.file} ({when}) thay cho {old.file}"
    for old in gone:
        if old not in replaced:
            yield f"không còn dùng tệp {old.file}"
