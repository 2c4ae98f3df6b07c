"""The scorecard and the urging list: who reported what by when, as known at a moment, and what is asked for next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.catalogue.place import Office, Place
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.indicators.model import Evidence, Vintage
from lagi_pipeline.indicators.scorecard import (
    DEBTS,
    FLEET_TABLE,
    REPORT_STATUSES,
    TASK_TABLE,
    Filed,
    Findings,
    OverdueLine,
    Owed,
    Received,
    Scorecard,
    ScoreLine,
    owed,
    scorecard,
)
from lagi_pipeline.indicators.vintages import answering
from lagi_pipeline_tests.indicators.building import CATALOGUE, PLACE, RESOLUTIONS, at, quarter

FORMS = {feed.code: {form.form.code: form.form.title_vi for form in feed.forms} for feed in FEEDS.values()}
OWED = owed(CATALOGUE, PLACE, FORMS, RESOLUTIONS)
ESTIMATE, PRELIMINARY, FINAL = ObsStatus


@dataclass(frozen=True)
class Post:
    """What came in: files by form, refusals, findings, and the lines that have a figure."""

    filed: tuple[Filed, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    findings: tuple[Findings, ...] = ()
    figures: frozenset[tuple[str, Quarter]] = frozenset()

    def received(self, known_at: datetime) -> Received:
        vintages = tuple(
            Vintage(
                feed=filed.feed,
                form=filed.form,
                quarter=filed.quarter,
                file=filed.file,
                sha256=filed.sha256,
                as_of=filed.quarter.end,
                received_at=filed.received_at,
                obs_status=filed.obs_status,
                is_sample=False,
                withdrawn_at=filed.withdrawn_at,
                problem=self.problems.get(filed.file),
            )
            for filed in self.filed
            if filed.form is not None and filed.obs_status is not None
        )
        return Received(self.filed, self.findings, answering(Evidence(vintages, ()), known_at), self.figures)


def sent(  # noqa: PLR0913 - what may be said of a file
    form: str,
    when: str,
    received_at: datetime,
    obs_status: ObsStatus | None = PRELIMINARY,
    *,
    sender: str | None = None,
    file: str | None = None,
    **more: Any,  # noqa: ANN401 - the rest of Filed
) -> Filed:
    """A file of a form; without an observation status it could not be read, and ``form`` is its folder."""
    feed = next((code for code, forms in FORMS.items() if form in {code, *forms}), "forestry")
    name = file or f"{form}/{when}/{received_at:%Y%m%d%H%M}.xlsx"
    read = form if obs_status is not None else None
    return Filed(feed, read, quarter(when), name, f"sha-{name}", received_at, obs_status, sender, **more)


def findings_in(filed: Filed, count: int = 1, **more: Any) -> Findings:  # noqa: ANN401 - the rest of Findings
    """Findings in a file, errors unless said otherwise."""
    about = {"resolved_at": None, "is_error": True, "of_file": filed.obs_status is None} | more
    return Findings(
        filed.feed,
        filed.form,
        filed.quarter,
        filed.file,
        filed.sha256,
        filed.received_at,
        count=count,
        sender=filed.sender,
        withdrawn_at=filed.withdrawn_at,
        **about,
    )


def scored(post: Post, evaluated_at: datetime, place: Place = PLACE, what: Owed = OWED) -> Scorecard:
    return scorecard(CATALOGUE, place, what, post.received(evaluated_at), evaluated_at)


def line(post: Post, feed: str, when: str, evaluated_at: datetime) -> ScoreLine:
    [one] = [line for line in scored(post, evaluated_at).lines if (line.feed, line.quarter) == (feed, when)]
    return one


def debts(post: Post, feed: str, when: str, evaluated_at: datetime) -> list[OverdueLine]:
    return [line for line in scored(post, evaluated_at).overdue if (line.feed, line.quarter) == (feed, when)]


def by_office(card: Scorecard, feed: str, when: str) -> dict[str, ScoreLine]:
    return {line.office: line for line in card.lines if (line.feed, line.quarter) == (feed, when)}


class TestWhatIsOwed:
    def test_a_row_for_each_report_of_an_office_from_the_first_year_with_targets(self) -> None:
        lines = scored(Post(), at(2024, 5, 1)).lines
        entries = [entry for entry in CATALOGUE.feeds.values() if not entry.follows_tasks]
        quarterly = [entry.code for entry in entries if entry.cadence == "quarter"]
        assert lines[0].quarter == "2023-Q1"  # 2022-Q4 holds the baseline of poverty alone
        assert lines[-1].quarter == "2024-Q2"
        assert {line.feed for line in lines if line.quarter == "2023-Q2"} == set(quarterly)
        yearly = {line.feed for line in lines if line.quarter == "2023-Q4"} - set(quarterly)
        assert yearly == {"forestry", "crops", "water", "poverty"}

    def test_a_report_on_tasks_is_owed_for_the_years_that_have_tasks_alone(self) -> None:
        with_tasks = owed(CATALOGUE, PLACE, FORMS, RESOLUTIONS, task_years=[2024])
        card = scorecard(CATALOGUE, PLACE, with_tasks, Post().received(at(2025, 5, 1)), at(2025, 5, 1))
        quarters = [line.quarter for line in card.lines if line.feed == "tasks"]
        assert quarters == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]
        [debt] = [line for line in card.overdue if (line.feed, line.quarter) == ("tasks", "2024-Q1")]
        assert (debt.office, debt.targets, debt.blinds) == ("vpubnd", TASK_TABLE, TASK_TABLE)

    def test_without_targets_reports_are_owed_from_the_places_first_quarter(self) -> None:
        assert owed(CATALOGUE, PLACE, FORMS, []).first == quarter("2022-Q4")

    def test_a_folder_is_owed_by_its_office_and_the_rest_of_the_feed_by_another(self) -> None:
        duties = {duty.code: duty for duty in OWED.duties}
        assert duties["crops"].forms == ("forestry_crops",)
        assert duties["forestry"].forms == ("forestry",)
        assert duties["employment"].forms == ("employment", "employment_labour")
        assert (duties["crops"].office.office, duties["forestry"].office.office) == ("kinhte", "kiemlam")
        assert duties["crops"].name_vi != duties["forestry"].name_vi

    def test_where_nobody_owes_the_folder_the_feed_owes_its_form_too(self) -> None:
        alone = replace(PLACE, offices=tuple(office for office in PLACE.offices if office.office == "kiemlam"))
        [duty] = owed(CATALOGUE, alone, FORMS, RESOLUTIONS).duties
        assert duty.forms == ("forestry", "forestry_crops")
        assert duty.folders == ("forestry", "crops")

    def test_every_extra_folder_of_the_catalogue_has_a_form_of_its_own(self) -> None:
        for feed in CATALOGUE.feeds.values():
            assert all(f"{feed.code}_{folder}" in FORMS[feed.code] for folder in feed.extra_folders)

    def test_every_status_and_debt_has_its_word(self) -> None:
        assert set(CATALOGUE.words["report_status"]) == set(REPORT_STATUSES)
        assert set(CATALOGUE.words["debt"]) == set(DEBTS)


DUE = date(2024, 7, 10)
"""Waste of 2024-Q2: the quarter's last day and the ten days of its office."""


class TestTime:
    @pytest.mark.parametrize(
        ("received", "evaluated_at", "expected"),
        [
            # expected, received, on_time, days_late, status
            (None, at(2024, 7, 10, 23, 59), (0, 0, None, None, "not_due")),
            (None, at(2024, 7, 11), (1, 0, 0, 1, "missing")),
            (None, at(2024, 8, 10), (1, 0, 0, 31, "missing")),
            (at(2024, 7, 3, 8), at(2024, 7, 5), (0, 1, 1, 0, "on_time")),
            (at(2024, 7, 10, 23, 59), at(2024, 8, 1), (1, 1, 1, 0, "on_time")),
            (at(2024, 7, 11, 0, 1), at(2024, 8, 1), (1, 1, 0, 1, "late")),
            (at(2024, 9, 10, 8), at(2024, 8, 1), (1, 0, 0, 22, "missing")),
            (at(2024, 9, 10, 8), at(2024, 9, 11), (1, 1, 0, 62, "late")),
        ],
    )
    def test_figures_are_on_time_up_to_the_last_minute_of_their_day(
        self, received: datetime | None, evaluated_at: datetime, expected: tuple[Any, ...]
    ) -> None:
        post = Post((sent("waste", "2024-Q2", received),) if received else ())
        found = line(post, "waste", "2024-Q2", evaluated_at)
        assert found.final_due == DUE
        assert (found.expected, found.received, found.on_time, found.days_late, found.status) == expected
        assert found.status_vi == CATALOGUE.word("report_status", found.status)

    @pytest.mark.parametrize(
        ("received", "evaluated_at", "expected"),
        [
            (None, at(2024, 6, 24, 12), None),
            (None, at(2024, 6, 25), 0),
            (at(2024, 6, 24, 20), at(2024, 6, 25), 1),
            (at(2024, 6, 25, 8), at(2024, 6, 26), 0),
        ],
    )
    def test_estimates_are_due_at_the_cut_off_plus_the_days_to_send(
        self, received: datetime | None, evaluated_at: datetime, expected: int | None
    ) -> None:
        post = Post((sent("waste", "2024-Q2", received, ESTIMATE),) if received else ())
        found = line(post, "waste", "2024-Q2", evaluated_at)
        assert found.estimate_due == date(2024, 6, 24)
        assert found.estimate_on_time == expected

    def test_yearly_surveys_are_asked_for_no_estimate(self) -> None:
        found = line(Post(), "water", "2024-Q4", at(2024, 12, 31))
        assert (found.estimate_due, found.estimate_on_time) == (None, None)
        assert debts(Post(), "water", "2024-Q4", at(2024, 12, 31)) == []

    def test_an_estimate_alone_is_not_the_report(self) -> None:
        estimate = sent("budget_revenue", "2024-Q4", at(2024, 12, 12, 14), ESTIMATE)
        before = line(Post((estimate,)), "budget_revenue", "2024-Q4", at(2025, 1, 5))
        assert (before.status, before.received, before.usable, before.on_time) == ("estimate_only", 0, 1, None)
        after = line(Post((estimate,)), "budget_revenue", "2024-Q4", at(2025, 1, 20))
        assert (after.status, after.received, after.on_time, after.days_late) == ("estimate_only", 0, 0, 10)
        assert after.estimate_received_at == after.first_received_at == estimate.received_at
        assert after.final_received_at is None

    def test_the_first_final_figures_count_and_not_their_correction(self) -> None:
        files = (
            sent("exports", "2024-Q2", at(2024, 7, 9, 8), rows_accepted=6, rows_rejected=1, warnings=2),
            sent("exports", "2024-Q2", at(2024, 7, 16, 10), rows_accepted=7),
        )
        found = line(Post(files), "exports", "2024-Q2", at(2024, 8, 1))
        assert (found.status, found.days_late, found.vintages) == ("on_time", 0, 2)
        assert (found.rows_accepted, found.rows_rejected, found.warnings) == (13, 1, 2)
        assert found.final_received_at == at(2024, 7, 9, 8)


class TestWhatWentBack:
    REFUSED = sent("waste", "2024-Q2", at(2024, 7, 8, 8), None)

    def test_a_refused_file_was_received_and_waits_for_its_correction(self) -> None:
        post = Post((self.REFUSED,), findings=(findings_in(self.REFUSED, 2),))
        row = line(post, "waste", "2024-Q2", at(2024, 7, 20))
        assert (row.status, row.received, row.usable, row.on_time) == ("returned", 1, 0, 1)
        assert (row.refused_files, row.open_findings, row.vintages) == (1, 2, 1)

    def test_a_useless_file_that_came_late_buys_no_time(self) -> None:
        refused = sent("waste", "2024-Q2", at(2024, 9, 1, 8), None)
        post = Post((refused,), findings=(findings_in(refused),))
        [row] = debts(post, "waste", "2024-Q2", at(2024, 9, 2))
        assert (row.what, row.since) == ("correction_missing", date(2024, 7, 11))

    @pytest.mark.parametrize(("today", "overdue"), [(at(2024, 7, 13, 23), False), (at(2024, 7, 14), True)])
    def test_a_correction_is_overdue_days_after_the_receipt(self, today: datetime, *, overdue: bool) -> None:
        post = Post((self.REFUSED,), findings=(findings_in(self.REFUSED),))
        rows = debts(post, "waste", "2024-Q2", today)
        assert bool(rows) is overdue
        for row in rows:
            assert (row.what, row.since, row.days_overdue) == ("correction_missing", date(2024, 7, 14), 1)
            assert row.sent_back_files == self.REFUSED.file
            assert row.blinds == "solid_waste"

    def test_a_correction_is_not_owed_before_the_report(self) -> None:
        early = sent("waste", "2024-Q2", at(2024, 7, 2, 8), None)
        post = Post((early,), findings=(findings_in(early),))
        assert debts(post, "waste", "2024-Q2", at(2024, 7, 10)) == []
        [row] = debts(post, "waste", "2024-Q2", at(2024, 7, 11))
        assert row.since == date(2024, 7, 11)

    def test_what_is_resolved_is_neither_open_nor_overdue(self) -> None:
        mended = sent("waste", "2024-Q2", at(2024, 7, 12, 9))
        findings = (findings_in(self.REFUSED, resolved_at=mended.received_at),)
        post = Post((self.REFUSED, mended), findings=findings)
        assert line(post, "waste", "2024-Q2", at(2024, 7, 12, 8)).open_findings == 1  # as known then
        row = line(post, "waste", "2024-Q2", at(2024, 7, 20))
        assert (row.open_findings, row.status, row.usable) == (0, "on_time", 1)
        assert debts(post, "waste", "2024-Q2", at(2024, 7, 20)) == []

    def test_our_own_defect_is_not_urged(self) -> None:
        post = Post((self.REFUSED,), findings=(findings_in(self.REFUSED, is_ours=True),))
        assert line(post, "waste", "2024-Q2", at(2024, 8, 1)).open_findings == 1
        assert debts(post, "waste", "2024-Q2", at(2024, 8, 1)) == []

    def test_open_warnings_are_counted_and_not_urged(self) -> None:
        good = sent("waste", "2024-Q2", at(2024, 7, 8, 8))
        post = Post((good,), findings=(findings_in(good, 3, is_error=False),))
        assert line(post, "waste", "2024-Q2", at(2024, 8, 1)).open_findings == 3
        assert debts(post, "waste", "2024-Q2", at(2024, 8, 1)) == []

    def test_final_figures_that_went_back_are_not_answered_for_by_an_estimate(self) -> None:
        estimate = sent("waste", "2024-Q2", at(2024, 6, 20, 8), ESTIMATE)
        final = sent("waste", "2024-Q2", at(2024, 7, 8, 8))
        row = line(Post((estimate, final), {final.file: "tổng không khớp"}), "waste", "2024-Q2", at(2024, 7, 12))
        assert (row.status, row.usable) == ("returned", 0)

    def test_one_form_of_two_that_went_back_leaves_the_report_unusable(self) -> None:
        jobs = sent("employment", "2024-Q4", at(2025, 1, 10, 8), FINAL, file="employment/2024-Q4/a.xlsx")
        labour = sent("employment_labour", "2024-Q4", at(2025, 1, 10, 8), FINAL, file="employment/2024-Q4/b.xlsx")
        both = line(Post((jobs, labour)), "employment", "2024-Q4", at(2025, 2, 1))
        assert (both.status, both.vintages) == ("on_time", 2)
        assert (
            line(Post((jobs, labour), {labour.file: "thiếu dòng"}), "employment", "2024-Q4", at(2025, 2, 1)).usable == 0
        )

    def test_a_form_that_could_not_be_read_beside_one_that_could_leaves_the_report_unusable(self) -> None:
        about = {"file": "employment/2024-Q4/a.xlsx"}
        jobs = sent("employment", "2024-Q4", at(2025, 1, 10, 8), FINAL, **about)
        labour = replace(sent("employment_labour", "2024-Q4", at(2025, 1, 10, 8), FINAL, **about), obs_status=None)
        post = Post((jobs, labour), findings=(findings_in(labour),))
        row = line(post, "employment", "2024-Q4", at(2025, 2, 1))
        assert (row.status, row.usable, row.vintages, row.refused_files) == ("returned", 0, 1, 1)
        [debt] = debts(post, "employment", "2024-Q4", at(2025, 2, 1))
        assert debt.what == "correction_missing"

    def test_a_refused_file_before_the_quarters_end_held_no_final_figures(self) -> None:
        early = sent("waste", "2024-Q2", at(2024, 6, 20, 8), None)
        row = line(Post((early,), findings=(findings_in(early),)), "waste", "2024-Q2", at(2024, 7, 20))
        assert (row.status, row.received, row.estimate_on_time) == ("returned", 0, 1)
        [debt] = debts(Post((early,)), "waste", "2024-Q2", at(2024, 7, 20))
        assert debt.what == "final_missing"


class TestWithdrawn:
    def test_a_withdrawn_report_is_not_received_and_says_so(self) -> None:
        gone = sent("waste", "2024-Q2", at(2024, 7, 8, 8), withdrawn_at=at(2024, 7, 8, 8))
        row = line(Post((gone,), findings=(findings_in(gone),)), "waste", "2024-Q2", at(2024, 8, 1))
        assert (row.status, row.received, row.vintages, row.open_findings) == ("withdrawn", 0, 0, 0)
        assert row.status_vi == "đã rút lại"
        [debt] = debts(Post((gone,)), "waste", "2024-Q2", at(2024, 8, 1))
        assert (debt.what, debt.since) == ("report_missing", DUE + timedelta(days=1))

    def test_a_withdrawal_takes_back_what_came_before_it(self) -> None:
        files = (
            sent("waste", "2024-Q2", at(2024, 7, 8, 8)),
            sent("waste", "2024-Q2", at(2024, 7, 9, 8), withdrawn_at=at(2024, 7, 9, 8)),
        )
        assert line(Post(files), "waste", "2024-Q2", at(2024, 7, 8, 9)).status == "on_time"
        assert line(Post(files), "waste", "2024-Q2", at(2024, 8, 1)).status == "withdrawn"

    def test_what_comes_after_a_withdrawal_counts(self) -> None:
        files = (
            sent("waste", "2024-Q2", at(2024, 7, 8, 8), withdrawn_at=at(2024, 7, 8, 8)),
            sent("waste", "2024-Q2", at(2024, 7, 15, 8)),
        )
        row = line(Post(files), "waste", "2024-Q2", at(2024, 8, 1))
        assert (row.status, row.days_late, row.vintages) == ("late", 5, 1)


class TestWhoSentIt:
    SHARED = replace(
        PLACE,
        offices=(
            Office(office="mot", name_vi="Phòng Một", feeds=("waste",), days_to_send=10),
            Office(office="hai", name_vi="Phòng Hai", feeds=("waste",), days_to_send=20),
        ),
    )

    def _lines(self, *filed: Filed) -> dict[str, ScoreLine]:
        what = owed(CATALOGUE, self.SHARED, FORMS, RESOLUTIONS)
        return by_office(scored(Post(filed), at(2024, 8, 1), self.SHARED, what), "waste", "2024-Q2")

    def test_each_office_has_its_own_due_day(self) -> None:
        lines = self._lines()
        assert (lines["mot"].final_due, lines["hai"].final_due) == (date(2024, 7, 10), date(2024, 7, 20))

    def test_a_file_counts_for_the_office_that_sent_it(self) -> None:
        lines = self._lines(sent("waste", "2024-Q2", at(2024, 7, 8, 8), sender="hai"))
        assert (lines["mot"].status, lines["hai"].status) == ("missing", "on_time")

    @pytest.mark.parametrize("sender", [None, "tckh"])
    def test_a_file_of_nobody_who_owes_it_counts_for_all_who_do(self, sender: str | None) -> None:
        lines = self._lines(sent("waste", "2024-Q2", at(2024, 7, 15, 8), sender=sender))
        assert (lines["mot"].status, lines["hai"].status) == ("late", "on_time")

    def test_the_crops_in_the_rangers_workbook_are_the_economic_offices_report(self) -> None:
        about = {"sender": "kiemlam", "file": "forestry/2023-Q4/rung.xlsx"}
        files = (
            sent("forestry", "2023-Q4", at(2024, 2, 7, 10), FINAL, **about),
            sent("forestry_crops", "2023-Q4", at(2024, 2, 7, 10), FINAL, **about),
        )
        found = {feed: line(Post(files), feed, "2023-Q4", at(2024, 3, 1)) for feed in ("forestry", "crops")}
        assert (found["forestry"].status, found["crops"].status) == ("on_time", "late")
        assert (found["forestry"].vintages, found["crops"].vintages) == (1, 1)

    def test_a_file_that_cannot_be_read_counts_by_its_folder(self) -> None:
        crops = sent("crops", "2024-Q4", at(2025, 1, 9, 8), None)
        statuses = {
            feed: line(Post((crops,)), feed, "2024-Q4", at(2025, 3, 1)).status for feed in ("crops", "forestry")
        }
        assert statuses == {"crops": "returned", "forestry": "missing"}


class TestRates:
    FILED = (
        sent("waste", "2024-Q1", at(2024, 4, 8, 8)),
        sent("waste", "2024-Q2", at(2024, 7, 20, 8)),
        sent("waste", "2024-Q3", at(2024, 9, 20, 8), ESTIMATE),
    )

    @pytest.mark.parametrize(
        ("when", "evaluated_at", "reporting", "on_time"),
        [
            ("2024-Q1", at(2024, 4, 10), None, None),  # nothing is expected yet
            ("2024-Q1", at(2024, 5, 1), 100, 100),
            ("2024-Q2", at(2024, 7, 15), 50, 50),
            ("2024-Q2", at(2024, 8, 1), 100, 50),
            ("2024-Q3", at(2024, 10, 5), 100, 50),  # Q3 is not expected yet
            ("2024-Q3", at(2024, 11, 1), 2 * 100 / Decimal(3), 100 / Decimal(3)),
            ("2024-Q4", at(2025, 2, 1), 50, 25),
        ],
    )
    def test_rates_run_from_the_years_first_quarter_over_expected_reports(
        self, when: str, evaluated_at: datetime, reporting: Decimal | int | None, on_time: Decimal | int | None
    ) -> None:
        found = line(Post(self.FILED), "waste", when, evaluated_at)
        rates = (found.reporting_rate_pct, found.on_time_rate_pct)
        wanted = (reporting, on_time)
        assert [rate if rate is None else round(rate, 9) for rate in rates] == [
            rate if rate is None else round(Decimal(rate), 9) for rate in wanted
        ]

    def test_a_year_begins_anew(self) -> None:
        found = line(Post(self.FILED), "waste", "2025-Q1", at(2025, 5, 1))
        assert found.reporting_rate_pct == 0


class TestUrging:
    def test_a_missing_report_names_the_targets_it_blinds(self) -> None:
        [row] = debts(Post(), "waste", "2024-Q2", at(2024, 7, 13))
        assert (row.what, row.what_vi) == ("report_missing", "chưa báo cáo")
        assert (row.since, row.days_overdue) == (date(2024, 7, 11), 3)
        assert (row.office, row.targets, row.blinds) == ("tnmt", "solid_waste", "solid_waste")
        assert row.blinds_vi == "chỉ tiêu 6: Tỷ lệ chất thải rắn đô thị được thu gom, xử lý"

    def test_a_line_that_has_a_figure_all_the_same_is_not_blind(self) -> None:
        estimate = sent("budget_revenue", "2024-Q2", at(2024, 6, 20, 8), ESTIMATE)
        post = Post((estimate,), figures=frozenset({("budget_revenue", quarter("2024-Q2"))}))
        [row] = debts(post, "budget_revenue", "2024-Q2", at(2024, 7, 20))
        assert (row.what, row.targets, row.blinds) == ("final_missing", "budget_revenue", None)
        assert row.blinds_vi is None

    @pytest.mark.parametrize(
        ("feed", "when", "blinds"),
        [
            ("employment", "2024-Q2", "jobs"),  # the labour force is counted once a year
            ("employment", "2024-Q4", "jobs, trained_labour"),
            ("population", "2024-Q1", "natural_increase"),  # a year's births add up from every quarter
            ("water", "2024-Q4", "hygienic_water, clean_water"),
            ("crops", "2024-Q4", "green_cover"),
            ("forestry", "2024-Q4", "green_cover"),
            ("poverty", "2024-Q4", "poverty_reduction"),
            ("budget_spending", "2024-Q3", "development_spending"),
            ("fisheries_cases", "2024-Q2", FLEET_TABLE),
        ],
    )
    def test_what_a_report_blinds_when_it_is_missing(self, feed: str, when: str, blinds: str) -> None:
        [row] = debts(Post(), feed, when, at(2025, 3, 1))
        assert row.blinds == blinds
        assert row.blinds_vi

    def test_sub_lines_are_named_by_themselves(self) -> None:
        [row] = debts(Post(), "water", "2024-Q4", at(2025, 3, 1))
        assert row.blinds_vi is not None
        assert row.blinds_vi.endswith("chỉ tiêu 5a: tỷ lệ hộ dân sử dụng nước sạch")

    def test_an_estimate_is_urged_until_the_report_itself_is_due(self) -> None:
        assert debts(Post(), "waste", "2024-Q2", at(2024, 6, 24)) == []
        [row] = debts(Post(), "waste", "2024-Q2", at(2024, 7, 10))
        assert (row.what, row.since) == ("estimate_missing", date(2024, 6, 25))
        [row] = debts(Post(), "waste", "2024-Q2", at(2024, 7, 11))
        assert (row.what, row.since) == ("report_missing", date(2024, 7, 11))

    def test_reports_of_this_and_the_last_year_are_urged_and_older_ones_are_not(self) -> None:
        assert debts(Post(), "waste", "2023-Q1", at(2024, 12, 31))
        assert debts(Post(), "waste", "2023-Q1", at(2025, 1, 1)) == []
        assert line(Post(), "waste", "2023-Q1", at(2025, 1, 1)).status == "missing"

    def test_the_longest_overdue_leads(self) -> None:
        since = [row.since for row in scored(Post(), at(2024, 11, 1)).overdue]
        assert since == sorted(since)
        assert len(since) > 20


SENDERS = st.sampled_from([None, "tnmt", "tckh"])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2025, 6, 30))  # noqa: DTZ001 - local, as all times here


@st.composite
def posts(draw: st.DrawFn) -> Post:
    """Files of two feeds of 2024, read, sent back, refused or withdrawn, with findings."""
    filed: list[Filed] = []
    for number in range(draw(st.integers(0, 6))):
        form = draw(st.sampled_from(["waste", "employment", "employment_labour"]))
        status = draw(st.sampled_from([ESTIMATE, PRELIMINARY, FINAL, None]))
        folder = "waste" if form == "waste" else "employment"
        when = draw(st.sampled_from(["2024-Q1", "2024-Q2", "2024-Q4"]))
        filed.append(
            sent(
                form if status is not None else folder,
                when,
                draw(MOMENTS),
                status,
                sender=draw(SENDERS),
                file=f"{folder}/{when}/{number}.xlsx",
                withdrawn_at=draw(st.none() | MOMENTS) if status is not None else None,
                rows_accepted=draw(st.integers(0, 9)),
            )
        )
    problems = {one.file: "sai tổng" for one in filed if draw(st.booleans())}
    resolved = st.none() | MOMENTS
    findings = [
        findings_in(one, draw(st.integers(1, 5)), resolved_at=draw(resolved)) for one in filed if draw(st.booleans())
    ]
    return Post(tuple(filed), problems, tuple(findings))


def keys(lines: Iterable[ScoreLine | OverdueLine]) -> list[tuple[str, str, str]]:
    return [(line.quarter, line.feed, line.office) for line in lines]


class TestAlways:
    @given(posts(), MOMENTS)
    def test_the_columns_agree_with_each_other(self, post: Post, now: datetime) -> None:
        card = scored(post, now)
        assert len(set(keys(card.lines))) == len(card.lines)
        for row in card.lines:
            assert row.expected == int(row.final_due < now.date())
            assert (row.final_received_at is not None) == bool(row.received)
            assert (row.on_time == 1) == (row.days_late == 0)
            assert (row.on_time is None) == (row.days_late is None)
            assert (row.on_time or 0) <= row.received
            assert (row.first_received_at is not None) == (row.vintages > 0)
            assert (row.status in {"on_time", "late"}) == bool(row.received and row.usable)
            assert row.status not in {"missing", "not_due", "withdrawn"} or row.vintages == 0
            assert row.evaluated_at == now

    @given(posts(), MOMENTS)
    def test_rates_are_the_sums_of_the_expected_lines(self, post: Post, now: datetime) -> None:
        lines = scored(post, now).lines
        for row in lines:
            year = [other for other in _of_same_duty(lines, row) if other.quarter <= row.quarter and other.expected]
            if not year:
                assert (row.reporting_rate_pct, row.on_time_rate_pct) == (None, None)
                continue
            assert row.reporting_rate_pct == Decimal(sum(other.received for other in year)) / len(year) * 100
            assert row.on_time_rate_pct == Decimal(sum(other.on_time or 0 for other in year)) / len(year) * 100
            assert 0 <= row.on_time_rate_pct <= row.reporting_rate_pct <= 100

    @given(posts(), MOMENTS)
    def test_whoever_has_not_reported_is_urged_and_nobody_else_for_that(self, post: Post, now: datetime) -> None:
        card = scored(post, now)
        owing = {
            key
            for key, row in zip(keys(card.lines), card.lines, strict=True)
            if row.expected and not row.received and int(row.quarter[:4]) >= now.year - 1
        }
        missing = {"report_missing", "final_missing"}
        assert {key for key, row in zip(keys(card.overdue), card.overdue, strict=True) if row.what in missing} == owing
        assert len(set(keys(card.overdue))) == len(card.overdue)
        assert all(row.since <= now.date() and row.days_overdue >= 1 for row in card.overdue)

    @given(posts(), MOMENTS)
    def test_what_came_later_is_not_known(self, post: Post, now: datetime) -> None:
        before = replace(
            post,
            filed=tuple(one for one in post.filed if one.received_at <= now),
            findings=tuple(one for one in post.findings if one.received_at <= now),
        )
        assert scored(post, now) == scored(before, now)

    @given(posts(), MOMENTS, st.randoms())
    def test_the_order_of_what_came_does_not_matter(self, post: Post, now: datetime, random: Any) -> None:  # noqa: ANN401
        filed, findings = list(post.filed), list(post.findings)
        random.shuffle(filed)
        random.shuffle(findings)
        assert scored(replace(post, filed=tuple(filed), findings=tuple(findings)), now) == scored(post, now)


def _of_same_duty(lines: Sequence[ScoreLine], row: ScoreLine) -> list[ScoreLine]:
    """The lines of the same office and feed in the same year."""
    return [
        other
        for other in lines
        if (other.feed, other.office, other.quarter[:4]) == (row.feed, row.office, row.quarter[:4])
    ]
