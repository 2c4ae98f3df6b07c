"""The tasks of the resolution (II.C): how far each is, as one office gathers it each quarter for all of them.

A task is told by its code, or by its label where no code is given; which tasks there are is the place's to say
(``tasks.yaml``). What the office writes of difficulties, proposals and evidence is kept in its own words, with what
names a person masked. How a task stands in the end is judged in ``indicators/tasks``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import Feed, FeedForm, History, SeriesFinding, falls
from lagi_pipeline.feeds.plausibility import keeps_rows_of_version
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.intake.form import Covers, FeedRow, Form, Listing, Missing, TaskNames, derived, percent, rule, text
from lagi_pipeline.vietnamese.text import label_key

NOT_STARTED = "chưa triển khai"
UNDER_WAY = "đang thực hiện"
UNDER_WAY_IN_TIME = "đang thực hiện (trong hạn)"
UNDER_WAY_OVERDUE = "đang thực hiện (quá hạn)"
DONE_ON_TIME = "hoàn thành (đúng hạn)"
DONE_LATE = "hoàn thành (quá hạn)"
STATES = (NOT_STARTED, UNDER_WAY, UNDER_WAY_IN_TIME, UNDER_WAY_OVERDUE, DONE_ON_TIME, DONE_LATE)
"""What a report may say of a task. Done without saying whether in time is none of them: only the office knows."""
DONE = (DONE_ON_TIME, DONE_LATE)
_WHOLE = 100
_CODE = re.compile(r"[A-Za-z]\d+-\d{2}")
_BEFORE = r"(?:(?:trước|đến|hết|trong|xong|chậm nhất|chậm nhất là|đến hết)\s+)?(?:ngày\s+)?"
_DAY = re.compile(rf"{_BEFORE}(\d{{1,2}})[/.-](\d{{1,2}})(?:[/.-](\d{{4}}|\d{{2}}))?")
_SPOKEN_DAY = re.compile(rf"{_BEFORE}(\d{{1,2}})\s+tháng\s+(\d{{1,2}})(?:\s*(?:/|-|,?\s*năm)\s*(\d{{4}}))?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(rf"{_BEFORE}(?:tháng\s+(\d{{1,2}})(?:\s*(?:/|-|năm)\s*(\d{{4}}))?|(\d{{1,2}})\s*[/-]\s*(\d{{4}}))")
_QUARTER = re.compile(rf"{_BEFORE}quý\s+(iv|i{{1,3}}|[1-4])(?:\s*(?:/|-|năm)\s*(\d{{4}}))?")
_YEAR = re.compile(rf"{_BEFORE}(?:cả |cuối )?năm(?:\s+(\d{{4}}))?")
_ALWAYS = re.compile(r"(?:làm\s+)?(?:thường xuyên|liên tục)|(?:hằng|hàng) (?:ngày|tuần|tháng|quý|năm)")
_CENTURY = 99
_NONE = "-"
_MOST_YEARS_AWAY = 20
"""Work that ends further away than that has a slip of the pen for its year."""
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def read_due(stated: str, year: int) -> date | None:
    """The last day of what an office writes as *Thời hạn*; None where the work has no end (*thường xuyên*).

    A day, a month, a quarter or a year; the year is that of the report where it is not written.

    Raises:
        ValueError: it is none of these, or in a year that cannot be meant.
    """
    due = _read_due(stated, year)
    if due is not None and abs(due.year - year) > _MOST_YEARS_AWAY:
        raise ValueError(stated)
    return due


def _read_due(stated: str, year: int) -> date | None:
    key = label_key(stated)
    if key == _NONE or _ALWAYS.fullmatch(key):
        return None
    if found := _DAY.fullmatch(key) or _SPOKEN_DAY.fullmatch(key):
        of_year = int(found[3] or year)
        return date(of_year if of_year > _CENTURY else 2000 + of_year, int(found[2]), int(found[1]))
    if found := _ISO_DAY.fullmatch(key):
        return date(*map(int, found.groups()))
    if found := _MONTH.fullmatch(key):
        month, of_year = int(found[1] or found[3]), int(found[2] or found[4] or year)
        if not 0 < month <= 12:  # noqa: PLR2004 - the months
            raise ValueError(stated)
        return date(of_year, month, monthrange(of_year, month)[1])
    if found := _QUARTER.fullmatch(key):
        return Quarter(int(found[2] or year), int(_ROMAN.get(found[1], found[1]))).end
    if found := _YEAR.fullmatch(key):
        return date(int(found[1] or year), 12, 31)
    raise ValueError(stated)


def is_passed(due: date | None, day: date) -> bool:
    """Whether a due day is past on a day: on the due day itself the work is still in time."""
    return due is not None and due < day


def _is_read_in(stated: str, quarter: Quarter) -> bool:
    try:
        read_due(stated, quarter.year)
    except ValueError:
        return False
    return True


def _each(frame: pd.DataFrame, holds: Callable[[str, Quarter], bool], *, if_none: bool) -> pd.Series[bool]:
    """Whether something holds of each row's due day as written; ``if_none`` where none is."""
    quarter: Quarter = frame.attrs["quarter"]
    found = [if_none if pd.isna(stated) else holds(str(stated), quarter) for stated in frame["due_text"]]
    return pd.Series(found, index=frame.index, dtype="bool")


class TaskRow(FeedRow):
    """A task of the resolution as reported for a quarter. What names a person in its words is masked."""

    task_code: str = derived(
        "Mã nhiệm vụ (danh mục)", "Task of tasks.yaml", TaskNames("code_text", "label_text"), nullable=True
    )
    code_text: str = text("Mã nhiệm vụ", "Mã nhiệm vụ", "Mã NV", "Mã", shape=_CODE, required=False, en="As printed")
    label_text: str = text(
        "Nhiệm vụ", "Nhiệm vụ", "Tên nhiệm vụ", "Nội dung nhiệm vụ", "Nội dung công việc", prose=True, en="As printed"
    )
    lead: str = text("Cơ quan chủ trì", "Cơ quan chủ trì", "Đơn vị chủ trì", "Chủ trì", prose=True, en="Lead office")
    partners: str = text(
        "Cơ quan phối hợp",
        "Cơ quan phối hợp",
        "Đơn vị phối hợp",
        "Phối hợp",
        prose=True,
        required=False,
        en="Offices that take part",
    )
    due_text: str = text(
        "Thời hạn", "Thời hạn", "Thời hạn hoàn thành", "Hạn hoàn thành", prose=True, en="Day, month, quarter or year"
    )
    state: str = text("Trạng thái", "Trạng thái", "Tình trạng", isin=list(STATES), nullable=False, en="How it stands")
    completion_pct: float = percent(
        "Tỷ lệ hoàn thành",
        "Tỷ lệ hoàn thành",
        "Tỷ lệ hoàn thành (%)",
        "Mức độ hoàn thành",
        "% hoàn thành",
        required=True,
        compares=True,
        share=True,
        ge=0,
        le=_WHOLE,
        en="Share done",
    )
    difficulties: str = text(
        "Khó khăn", "Khó khăn", "Khó khăn, vướng mắc", prose=True, required=False, en="Difficulties, in its own words"
    )
    proposals: str = text(
        "Kiến nghị", "Kiến nghị", "Kiến nghị, đề xuất", prose=True, required=False, en="Proposals, in its own words"
    )
    evidence: str = text(
        "Minh chứng", "Minh chứng", "Tài liệu minh chứng", prose=True, required=False, en="What shows the result"
    )

    @rule(
        "task_known",
        "không rõ là nhiệm vụ nào: mã «{code_text}», tên «{label_text}»; ghi mã, hoặc tên đúng như danh mục của năm",
        on=("label_text", "code_text"),
        missing=Missing.NEVER_SKIP,
    )
    def _task_known(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["task_code"].notna()

    @rule(
        "task_once",
        "nhiệm vụ {task_code} có nhiều dòng",
        on=("label_text", "task_code"),
        missing=Missing.NEVER_SKIP,
    )
    def _task_once(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["task_code"].isna() | ~frame["task_code"].duplicated(keep=False)

    @rule(
        "task_due",
        "không rõ thời hạn «{due_text}»: ghi ngày (31/12/2024), tháng, quý, năm, hoặc thường xuyên",
        on=("due_text",),
        missing=Missing.SKIP_IF_ANY,
    )
    def _task_due(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _each(frame, _is_read_in, if_none=True)

    @rule(
        "task_done",
        "trạng thái «{state}» mà tỷ lệ hoàn thành {completion_pct} %: hoàn thành là 100 %, chưa xong thì dưới 100 %",
        on=("completion_pct", "state"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _task_done(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        agrees: pd.Series[bool] = frame["state"].isin(DONE) == (frame["completion_pct"] == _WHOLE)
        return agrees | ~frame["state"].isin(STATES)

    @rule(
        "task_not_started",
        "chưa triển khai mà tỷ lệ hoàn thành {completion_pct} %",
        on=("completion_pct", "state"),
        missing=Missing.SKIP_IF_ANY,
    )
    def _task_not_started(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return (frame["state"] != NOT_STARTED) | (frame["completion_pct"] == 0)

    @rule(
        "task_in_time",
        "trạng thái «{state}» không khớp thời hạn «{due_text}», tính đến hết quý",
        on=("state", "due_text"),
        missing=Missing.SKIP_IF_ANY,
        severity=Severity.WARNING,
    )
    def _task_in_time(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        has_passed = _each(frame, _has_passed, if_none=False)
        unread = ~_each(frame, _is_read_in, if_none=True)
        late = frame["state"].isin([UNDER_WAY_OVERDUE, DONE_LATE])
        return unread | ~((frame["state"] == UNDER_WAY_IN_TIME) & has_passed) & ~(late & ~has_passed)


def _keeps_its_word(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
    """Warn where a due day is another than in the quarter before, or what was overdue then is done in time now."""
    before = history.of(quarter.previous)
    if before is None or quarter.number == 1:  # codes are of one year's list
        return
    then = before.dropna(subset=["task_code"]).drop_duplicates("task_code").set_index("task_code")
    for index, row in current[current["task_code"].isin(then.index)].iterrows():
        earlier = then.loc[row["task_code"]]
        was, due = _due_of(earlier, quarter.previous), _due_of(row, quarter)
        if was is not None and due is not None and was != due:
            reason = f"thời hạn kỳ trước {_as_day(was)}, kỳ này {_as_day(due)}: có văn bản gia hạn không?"
            yield SeriesFinding(int(str(index)), "due_text", "task_due_moved", reason)
        is_under_way = earlier["state"] in {UNDER_WAY, UNDER_WAY_IN_TIME, UNDER_WAY_OVERDUE}
        was_late = earlier["state"] == UNDER_WAY_OVERDUE or (is_under_way and is_passed(was, quarter.previous.end))
        if was_late and row["state"] == DONE_ON_TIME:
            reason = "kỳ trước đang quá hạn, kỳ này ghi hoàn thành đúng hạn"
            yield SeriesFinding(int(str(index)), "state", "task_was_overdue", reason)


def _due_of(row: pd.Series[Any], quarter: Quarter) -> date | None:
    stated = row["due_text"]
    return None if pd.isna(stated) or not _is_read_in(str(stated), quarter) else read_due(str(stated), quarter.year)


def _as_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _has_passed(stated: str, quarter: Quarter) -> bool:
    return _is_read_in(stated, quarter) and is_passed(read_due(stated, quarter.year), quarter.end)


_FORM = Form(
    code="tasks",
    title_vi="Tiến độ thực hiện nhiệm vụ theo nghị quyết",
    model=TaskRow,
    label="label_text",
    rows=Listing(blank_rows=0),
    covers=Covers.EITHER,
)
TASKS = Feed(
    "tasks",
    (
        FeedForm(
            _FORM,
            series=(
                falls("task_code", "completion_pct", "Tỷ lệ hoàn thành"),
                keeps_rows_of_version(_FORM, "task_code"),
                _keeps_its_word,
            ),
        ),
    ),
)
