"""The words of an alert: what failed, of which quarter, what it means and what to do; Vietnamese, English below.

Nothing of an office's file gets in: of a check its name, counts and rules, of an error its class, and what it says only
where it is our own (``alerts.yaml``), with numbers of persons hidden even there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lagi_pipeline.alerting.model import MOST_CHARACTERS, Alert, CheckFailure, EndedRun, Kind, StepFailure, digest
from lagi_pipeline.catalogue.alerts import AlertsFile, AlertWords
from lagi_pipeline.catalogue.indicators import Catalogue
from lagi_pipeline.vietnamese.people import without_personal_numbers

_MOST_OF_A_MESSAGE = 1200
_HIDDEN = "…"


class Wording:
    """Makes alerts of failures, for one place."""

    def __init__(self, place_vi: str, catalogue: Catalogue, words: AlertsFile) -> None:
        self._place, self._catalogue, self._words = place_vi, catalogue, words

    def of_run(self, run: EndedRun, failures: Sequence[StepFailure]) -> Alert:
        """A run that failed, with its failed steps."""
        blocks = [line for failure in failures for line in self._step(failure)]
        steps = ", ".join(failure.step or "ngoài các bước" for failure in failures)
        text = [
            f"Lần chạy «{run.job}», {run.quarters_vi}, không xong.",
            *blocks,
            *_footer(run, [self._words.of_error(failure.error) for failure in failures]),
        ]
        return Alert(
            key=digest(run.run_id, Kind.RUN),
            kind=Kind.RUN,
            severe=True,
            subject=self._subject(f"lần chạy hỏng, {run.quarters_vi}: {steps}"),
            text=_cut("\n".join(text)),
            facts={
                "job": run.job,
                "run_id": run.run_id,
                "quarters": run.quarters,
                "steps": ", ".join(failure.step or "" for failure in failures),
                "errors": ", ".join(failure.error or "" for failure in failures),
            },
        )

    def of_checks(self, failures: Sequence[CheckFailure]) -> Alert:
        """Checks that failed; those of errors by themselves, warnings together."""
        severe = any(failure.severe for failure in failures)
        runs = list({failure.run.run_id: failure.run for failure in failures}.values())
        names = list(dict.fromkeys(failure.check for failure in failures))
        quarters = "; ".join(dict.fromkeys(run.quarters_vi for run in runs))
        what = "kiểm tra không đạt" if severe else "cảnh báo"
        listed = ", ".join(names[:3]) + (f" và {len(names) - 3} loại khác" if len(names) > 3 else "")  # noqa: PLR2004
        text: list[str] = [f"{len(failures)} phép kiểm tra không đạt, {quarters}."]
        for name in names:
            text.extend(self._check(name, [failure for failure in failures if failure.check == name]))
        text.extend(_footer(runs[-1], [self._words.of_check(name) for name in names]))
        kind = Kind.CHECK if severe else Kind.WARNINGS
        return Alert(
            key=digest(kind, *(f"{f.run.run_id} {f.asset} {f.check} {f.content}" for f in failures)),
            kind=kind,
            severe=severe,
            subject=self._subject(f"{what}, {quarters}: {listed}"),
            text=_cut("\n".join(text)),
            facts={
                "run_id": ", ".join(run.run_id for run in runs),
                "quarters": ", ".join(run.quarters for run in runs),
                "checks": ", ".join(f"{failure.asset}: {failure.check}" for failure in failures),
            },
        )

    def _subject(self, what: str) -> str:
        return " ".join(f"[{self._place}] {what}".split())[:200]

    def _step(self, failure: StepFailure) -> Iterator[str]:
        words = self._words.of_error(failure.error)
        yield ""
        yield f"Bước hỏng: {self._named(failure.step) if failure.step else 'ngoài các bước (chưa bước nào chạy)'}"
        yield f"Lý do: {words.vi}" + (f" ({failure.error})" if failure.error else "") + "."
        if words.shown and failure.message:
            yield without_personal_numbers(failure.message.strip(), _HIDDEN)[:_MOST_OF_A_MESSAGE]
        yield f"Việc cần làm: {words.do_vi}."

    def _check(self, name: str, failures: Sequence[CheckFailure]) -> Iterator[str]:
        words = self._words.of_check(name)
        yield ""
        yield f"{words.vi} ({name}):"
        for failure in failures:
            found = [f"{count} {self._counted(what)}" for what, count in failure.counts.items() if count]
            rules = [f"quy tắc: {failure.rules}"] if failure.rules else []
            said = "; ".join([", ".join(found), *rules] if found else rules)
            yield f"  - {self._named(failure.asset)}{f': {said}' if said else ''}"
        yield f"Việc cần làm: {words.do_vi}."

    def _counted(self, what: str) -> str:
        words = self._words.counts.get(what)
        return words.vi if words else what

    def _named(self, key: str) -> str:
        """``Nước sinh hoạt (feeds/water)``: a feed has a name beside its key."""
        entry = self._catalogue.feeds.get(key.removeprefix("feeds/"))
        return f"{entry.name_vi} ({key})" if entry and key.startswith("feeds/") else key


def _footer(run: EndedRun, words: Iterable[AlertWords]) -> Iterator[str]:
    known = list(dict.fromkeys(words))
    yield ""
    yield f"Xem thêm: giao diện Dagster, mục Runs, {run.run_id[:8]}; {', '.join(dict.fromkeys(w.guide for w in known))}"
    yield "Mỗi lỗi chỉ báo một lần, cho đến khi đã hết lỗi."
    yield ""
    yield "In English"
    for one in known:
        yield f"- {one.en}. To do: {one.do_en}."
    yield f"Dagster UI, Runs, {run.run_id[:8]} (job {run.job}, {run.quarters or 'no quarter'})."


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 2] + " …"
