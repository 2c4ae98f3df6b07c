"""What a form is: its columns, told once by a pandera model, and how its rows are keyed.

A model's fields are made by ``text``, ``figure``, ``count`` and ``day``: they carry the header labels by which the
column is found, its unit and whether it names a person. From the same model come reading, validation and table.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import pandas as pd
import pandera.pandas as pa

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.vietnamese.text import label_key

_MOST_DECIMALS = 6
_LAST_QUARTER = 4
_BETWEEN_WORDS = re.compile(r"[\W_]+")


class CellKind(StrEnum):
    """What a cell of a column is read as."""

    TEXT = "text"
    FIGURE = "figure"
    COUNT = "count"
    DAY = "day"


class Covers(StrEnum):
    """What the figures of a form cover, and so which titles it may have."""

    YTD = "ytd"
    """From 1 January: a bare "QUÝ II" is refused, it may be a stand-alone quarter."""
    QUARTER = "quarter"
    """The quarter alone: a bare "6 THÁNG" is refused."""
    EITHER = "either"
    """Both kinds of column, or a state at the period's end."""


@dataclass(frozen=True)
class Column:
    """A column of a form, as its model's field describes it.

    ``labels`` are header paths, outermost first, joined by ``" / "``; all but the last need only stand somewhere above.
    The first of them heads the column in the blank form.
    ``unit`` is the unit of the table that the figure is brought to; ``prose`` whether a text tells a story, in which
    people may be named; ``words`` what a
    text may be, none where it is free; ``shape`` what its codes look like (register numbers), where it holds codes;
    ``compares`` whether its percentages compare with a whole (last year's, the plan), so that a column of nothing but
    fractions cannot be meant; ``share`` whether each of them is a part of one whole, so that one of a fraction is
    doubtful by itself; ``year_estimate`` whether it holds what the office expects of the whole year, which a
    form gives within the year only: in a fourth quarter the year is the period.
    """

    name: str
    title_vi: str
    labels: tuple[str, ...]
    kind: CellKind
    unit: str | None
    required: bool
    additive: bool
    personal: bool
    prose: bool
    words: tuple[str, ...]
    shape: re.Pattern[str] | None
    compares: bool
    share: bool = False
    year_estimate: bool = False

    def word(self, text: str) -> str:
        """The one of its words that a text is, however it is cased and punctuated; else the text as it stands."""
        return self._by_key.get(_word_key(text), text)

    def has_word(self, text: str) -> bool:
        """Whether a text is one of its words."""
        return _word_key(text) in self._by_key

    @functools.cached_property
    def _by_key(self) -> dict[str, str]:
        return {_word_key(word): word for word in self.words}

    def is_asked_in(self, quarter: Quarter | None) -> bool:
        """Whether a form of that quarter can have it; where the quarter is not known, only what every quarter has."""
        return not self.year_estimate or (quarter is not None and quarter.number < _LAST_QUARTER)


def _word_key(text: str) -> str:
    """``Đang thực hiện - quá hạn.`` and ``đang thực hiện (quá hạn)`` are one."""
    return " ".join(_BETWEEN_WORDS.split(label_key(text))).strip()


def _column(vi: str, labels: tuple[str, ...], kind: CellKind, checks: dict[str, Any], **about: Any) -> Any:  # noqa: ANN401 - what pa.Field gives
    """A field; ``checks`` are pandera's own, with ``en`` for what the column is in English."""
    description = checks.pop("en", None)
    words = tuple(checks.get("isin", ()))
    return pa.Field(
        title=vi,
        description=description,
        nullable=checks.pop("nullable", True),
        metadata={"labels": labels or (vi,), "kind": kind, "words": words, **about},
        **checks,
    )


def text(
    vi: str,
    *labels: str,
    required: bool = True,
    personal: bool = False,
    prose: bool = False,
    shape: re.Pattern[str] | None = None,
    **checks: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """A column of text, in NFC; ``personal`` text is never kept.

    Where ``isin`` lists the words that it may be, it is read as one of them, however it is cased and punctuated.

    ``prose`` is kept with what names a person in it masked, in every form.
    """
    about = {"required": required, "personal": personal, "prose": prose, "shape": shape}
    return _column(vi, labels, CellKind.TEXT, checks, **about)


def figure(vi: str, *labels: str, unit: str, required: bool = True, additive: bool = True, **checks: Any) -> Any:  # noqa: ANN401
    """A column of numbers, brought to ``unit``; ``additive`` ones are reconciled with printed totals."""
    return _column(vi, labels, CellKind.FIGURE, checks, unit=unit, required=required, additive=additive)


def year_estimate(*labels: str, unit: str, kind: CellKind = CellKind.FIGURE, **checks: Any) -> Any:  # noqa: ANN401
    """The optional column of what the office expects of the whole year ("ước cả năm"), figures or counts."""
    checks |= {"en": "Office's own estimate of the whole year, given in Q1 to Q3"}
    if kind is CellKind.COUNT:
        checks.setdefault("ge", 0)
    about = {"unit": unit, "required": False, "additive": True, "year_estimate": True}
    return _column("Ước cả năm", labels, kind, checks, **about)


def count(vi: str, *labels: str, unit: str, required: bool = True, additive: bool = True, **checks: Any) -> Any:  # noqa: ANN401
    """A column of whole numbers, never negative."""
    checks.setdefault("ge", 0)
    return _column(vi, labels, CellKind.COUNT, checks, unit=unit, required=required, additive=additive)


def percent(
    vi: str,
    *labels: str,
    required: bool = False,
    compares: bool = False,
    share: bool = False,
    **checks: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """A column of printed percentages: checked against the figures, never added up.

    ``compares`` and ``share`` are as in ``Column``.
    """
    about = {"unit": "%", "required": required, "additive": False, "compares": compares, "share": share}
    return _column(vi, labels or (vi,), CellKind.FIGURE, checks, **about)


def day(vi: str, *labels: str, required: bool = True, **checks: Any) -> Any:  # noqa: ANN401
    """A column of dates."""
    return _column(vi, labels, CellKind.DAY, checks, required=required, sql="DATE")


def given(
    vi: str,
    en: str,
    sql: str | None = None,
    *,
    unit: str | None = None,
    nullable: bool = False,
    **checks: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """A column that the pipeline fills, not the sender; ``unit`` where its title names none."""
    return pa.Field(title=vi, description=en, nullable=nullable, metadata={"sql": sql, "unit": unit}, **checks)


@dataclass(frozen=True)
class UnitNames:
    """A derived column: the code of the reporting unit that another column names."""

    label: str


@dataclass(frozen=True)
class TaskNames:
    """A derived column: the code of the task of the year's resolution that a code and a label name."""

    code: str
    label: str


Derivation = Callable[[pd.DataFrame], "pd.Series[Any]"] | UnitNames | TaskNames


def derived(vi: str, en: str, by: Derivation, *, nullable: bool = False) -> Any:  # noqa: ANN401
    """A column computed from the columns read."""
    return pa.Field(title=vi, description=en, nullable=nullable, metadata={"derived": by})


class FeedRow(pa.DataFrameModel):
    """What every accepted row carries beside its form's own columns."""

    quarter: str = given("Quý", "Quarter of the folder, 2024-Q3")
    file: str = given("Tệp", "File below data/raw")
    sha256: str = given("Mã băm tệp", "SHA-256 of the file's bytes")
    sheet: str = given("Trang tính", "Sheet")
    row: int = given("Dòng", "Row number as the sender sees it", "INTEGER")
    cells: str = given("Ô số liệu", "Addresses of the row's figures, a JSON object from column to cell", "JSON")
    printed: str = given(
        "Số liệu như trong ô",
        "What stood in the cells of the figures that measures are made of, a JSON object from column to"
        " [text, unit it is printed in, what one of it is in the table's unit]",
        "JSON",
        nullable=True,
    )
    as_of: pd.Timestamp = given("Số liệu đến ngày", "Day the figures are of", "DATE")
    received_at: pd.Timestamp = given("Nhận lúc", "When the file was received (local time)", "TIMESTAMP")
    obs_status: str = given("Loại số liệu", "estimate, preliminary or final", isin=["estimate", "preliminary", "final"])
    is_sample: bool = given("Số liệu minh họa", "Whether the file is illustrative sample data")

    class Config:
        """A table has what its model names, and nothing else."""

        strict = True


PROVENANCE = tuple(FeedRow.to_schema().columns)


class Missing(StrEnum):
    """What becomes of a rule in a row where some of its operands are missing."""

    SKIP_IF_ANY = "skip_if_any"
    """The rule is skipped where any operand is missing: nothing can be said with a gap (a gap is no zero)."""
    SKIP_IF_ALL = "skip_if_all"
    """The rule is skipped only where all operands are missing: the check says what those that are there tell."""
    NEVER_SKIP = "never_skip"
    """The rule is asked in every row: the check says what a missing operand means."""


@dataclass(frozen=True)
class Rule:
    """A check across the columns of a row: its code, its reason in Vietnamese, and what it does to the row.

    ``on`` are its operands; ``missing`` says where it is skipped for want of them.
    """

    code: str
    reason: str
    on: tuple[str, ...]
    missing: Missing
    severity: Severity

    def skips(self, frame: pd.DataFrame) -> pd.Series[bool]:
        """The rows in which it is skipped."""
        lacking = frame[list(self.on)].isna()
        if self.missing is Missing.SKIP_IF_ANY:
            return lacking.any(axis=1)
        if self.missing is Missing.SKIP_IF_ALL:
            return lacking.all(axis=1)
        return pd.Series(data=False, index=frame.index)


RULES: dict[str, Rule] = {}
Check = TypeVar("Check", bound=Callable[..., Any])


def rule(
    code: str, reason: str, *, on: tuple[str, ...], missing: Missing, severity: Severity = Severity.ERROR
) -> Callable[[Check], Any]:
    """Make a method of a model a row rule.

    The method takes the frame and returns a boolean series, True where the rule holds; an answer that is missing (a
    comparison with a missing figure) is False. Where operands in ``on`` are missing, ``missing`` says whether the rule
    is skipped, whatever the method returns there. ``reason`` is filled with the row's values; the finding is put at
    the first of ``on``.

    Raises:
        ValueError: the code is taken.
    """
    if code in RULES:
        raise ValueError(f"two rules are called {code!r}")
    made = RULES[code] = Rule(code, reason, on, missing, severity)

    def decorate(check: Check) -> Any:  # noqa: ANN401 - what pandera's decorator gives
        @functools.wraps(check)
        def evaluate(cls: type[pa.DataFrameModel], frame: pd.DataFrame) -> pd.Series[bool]:
            holds: pd.Series[bool] = check(cls, frame).fillna(value=False).astype(bool) | made.skips(frame)
            return holds

        return pa.dataframe_check(evaluate, name=code, description=reason)

    return decorate


def agrees(frame: pd.DataFrame, percent: str, numerator: str, denominator: str) -> pd.Series[bool]:
    """Whether a printed percentage is numerator / denominator × 100 within the rounding of all three.

    How finely the figures were printed comes with the frame (``attrs["steps"]``); percentages are often typed beside
    computed ones, so each is taken as it stands: 99,6 is anything from 99,55 to 99,65. A denominator of 0 has no
    percentage.
    """
    half = {name: float(frame.attrs["steps"][name]) / 2 for name in (numerator, denominator)}
    below = frame[denominator].astype("float64").where(frame[denominator] != 0)
    exact_percent = frame[numerator].astype("float64") / below * 100
    tolerance = (
        _half_steps(frame[percent])
        + (100 * half[numerator] + exact_percent.abs() * half[denominator]) / below.abs()
        + 1e-9
    )
    agree: pd.Series[bool] = (frame[percent] - exact_percent).abs() <= tolerance
    return agree | exact_percent.isna()


def _half_steps(figures: pd.Series[Any]) -> pd.Series[Any]:
    """Half the step each figure was rounded to, by its own decimals, six at most."""
    halves = pd.Series(0.5 * 10.0**-_MOST_DECIMALS, index=figures.index)
    for decimals in reversed(range(_MOST_DECIMALS)):
        is_round = (figures.round(decimals) - figures).abs() <= figures.abs() * 1e-14
        halves = halves.mask(is_round, 0.5 * 10.0**-decimals)
    return halves


@dataclass(frozen=True)
class Item:
    """A row of an outline that has a code: its labels, and the item it must stand under (None: anywhere)."""

    code: str
    labels: tuple[str, ...]
    under: str | None = None
    key: bool = False
    """Whether an indicator reads it: if it is rejected or missing, the file gives no figure."""


@dataclass(frozen=True)
class UsualRow:
    """A row that the blank form prints: its marker and its label, and ``beside`` them what other columns hold.

    Without a label it is left to the office: a row for what the form does not name.
    """

    marker: str = ""
    label: str = ""
    beside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outline:
    """Rows keyed by their place in an outline (A, I, 1, -); a parent is the sum of its direct children given."""

    items: tuple[Item, ...]
    total: str | None = None
    """The code of the item that is the unnumbered total of the top rows, where the form has one."""
    usual: tuple[UsualRow, ...] = ()
    """The rows of the blank form, in their order."""


@dataclass(frozen=True)
class UnitRows:
    """A row per reporting unit of the place, with totals and blocks (I phường, II xã)."""

    town_total_alone: bool = False
    """Whether a total without any unit's row is accepted as the town's figure."""
    blocks: tuple[str, ...] = ()
    """Labels of blocks beside phường and xã, such as ``thành thị``."""


@dataclass(frozen=True)
class Listing:
    """A record a row; rows that say they are totals are passed over where they add up.

    ``keys`` are the values of ``key_column`` whose rows an indicator reads. ``nested`` listings hold wholes beside
    their parts, so that a total is not the sum of the rows. ``months`` is the column whose texts name a month of the
    quarter. A list that ``may_be_empty`` may honestly have no row, if it says so in words. The blank form prints the
    ``usual`` rows and leaves ``blank_rows`` more to be filled.
    """

    key_column: str | None = None
    keys: tuple[str, ...] = ()
    nested: bool = False
    months: str | None = None
    may_be_empty: bool = False
    usual: tuple[UsualRow, ...] = ()
    blank_rows: int = 200


@dataclass(frozen=True)
class Line:
    """A figure in a line of its own outside the table ("Diện tích tự nhiên: 18.537 ha"), read as a row.

    ``code`` goes into the column ``into``, the figure into the column ``column``.
    """

    code: str
    labels: tuple[str, ...]
    column: str
    into: str


@dataclass(frozen=True)
class Form:
    """One office form: its model, the column that names the row, how rows are keyed, and what the title must say."""

    code: str
    title_vi: str
    model: type[FeedRow]
    label: str
    rows: Outline | UnitRows | Listing
    covers: Covers
    ordinal: str | None = None
    """The column of STT, where outlines are read by it."""
    unit_line: str | None = None
    """The dimension whose unit must be stated by the table or its columns ("money"); None where it is fixed."""
    required: bool = True
    """Whether every file of the feed in a due quarter must hold it."""
    key_figures: tuple[str, ...] = ()
    """The figures that an indicator reads from a key row: without them the row gives no figure."""
    lines: tuple[Line, ...] = ()
    basis: bool = False
    """Whether a price-basis line ("Giá so sánh 2010") is kept."""
    about_people: bool = False
    """Whether its rows are about people though no column names them (offenders, poor households)."""
    zero_dash: bool = False
    """Whether "-" is zero in this form (Biểu 1 only)."""
    yearly: bool = False
    """Whether it is owed in Q4 alone though its feed is owed every quarter."""
    folder: str | None = None
    """The folder of data/raw in which its office sends it, where that is not its feed's own."""
    sheet_vi: str | None = None
    """The name of the blank form's sheet, where its feed's name will not do."""
    usual_unit: str | None = None
    """The unit in which offices state the figures of ``unit_line``, where that is not the table's."""
    unasked: tuple[str, ...] = ()
    """Columns that other forms have in the place of better ones; the blank form has them not."""

    @functools.cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the sender fills."""
        return tuple(
            Column(
                name=name,
                title_vi=column.title or name,
                labels=column.metadata["labels"],
                kind=column.metadata["kind"],
                unit=column.metadata.get("unit"),
                required=column.metadata.get("required", True),
                additive=column.metadata.get("additive", False),
                personal=column.metadata.get("personal", False),
                prose=column.metadata.get("prose", False),
                words=column.metadata.get("words", ()),
                shape=column.metadata.get("shape"),
                compares=column.metadata.get("compares", False),
                share=column.metadata.get("share", False),
                year_estimate=column.metadata.get("year_estimate", False),
            )
            for name, column in self.schema.columns.items()
            if column.metadata and "labels" in column.metadata
        )

    @functools.cached_property
    def derivations(self) -> dict[str, Derivation]:
        """The columns computed from others, by name."""
        return {
            name: column.metadata["derived"]
            for name, column in self.schema.columns.items()
            if column.metadata and "derived" in column.metadata
        }

    @functools.cached_property
    def schema(self) -> pa.DataFrameSchema:
        """The model's schema."""
        return self.model.to_schema()

    @property
    def names_tasks(self) -> bool:
        """Whether its rows are tasks of the year's resolution."""
        return any(isinstance(by, TaskNames) for by in self.derivations.values())

    @property
    def names_people(self) -> bool:
        """Whether it lists people, or a column names them: what stands where it should not may be a name."""
        return self.about_people or any(column.personal for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)
