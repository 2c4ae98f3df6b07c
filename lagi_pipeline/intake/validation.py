"""A reading through its pandera model: which rows stand, and why the others do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Self

import pandas as pd
import pandera.pandas as pa

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.form import RULES, FeedRow, Form, Listing, Rule
from lagi_pipeline.intake.table import Reading
from lagi_pipeline.vietnamese.numbers import format_number

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_COLUMN_REASONS = {
    "not_nullable": "thiếu giá trị",
    "greater_than_or_equal_to": "số âm hoặc nhỏ hơn mức thấp nhất ({argument})",
    "less_than_or_equal_to": "lớn hơn mức cao nhất ({argument})",
    "greater_than": "phải lớn hơn {argument}",
    "isin": "không có trong danh mục: {argument}",
    "str_matches": "không đúng dạng {argument}",
}


class ContractError(Exception):
    """The reader gave the model a frame of another shape: our own defect, not the sender's."""


class _Steps(dict[str, Decimal]):
    """Rounding steps by column. pandas copies a frame's attributes deeply at every operation; these never change."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def validate(reading: Reading, quarter: Quarter) -> pd.DataFrame:
    """Check a reading's rows by its form's model; findings go to the reading, accepted rows come back.

    Returns:
        The accepted rows with the model's own columns but those of ``FeedRow`` that the file's envelope fills.

    Raises:
        ContractError: a column is missing, of another type, or not the model's.
    """
    schema = own_schema(reading.form.model)
    frame = reading.accepted()[list(schema.columns)]
    frame.attrs |= {"steps": _Steps(reading.steps), "quarter": quarter, "rejected_keys": _rejected_keys(reading)}
    _report(reading, _failures(schema, frame))
    return reading.accepted()[list(schema.columns)]


def says_nothing(reading: Reading, rows: pd.DataFrame) -> str | None:
    """Why a form says nothing, in Vietnamese; None where it says something.

    A list says something by any row, or in words where it may honestly be empty; another form by any figure. A blank
    form that was sent in must neither answer for its quarter nor mend what was sent before.

    Args:
        reading: The reading.
        rows: Its accepted rows.
    """
    form = reading.form
    figures = [column.name for column in form.columns if column.unit]
    if isinstance(form.rows, Listing):
        if len(rows) or reading.says_none:
            return None
    elif bool(rows[figures].notna().to_numpy().any()):
        return None
    said = "không dòng nào có số liệu được nhận" if reading.rejected_rows else "biểu không có số liệu"
    hint = "; nếu trong kỳ không có vụ nào thì ghi rõ «không phát sinh» dưới tiêu đề cột" if _may_be_empty(form) else ""
    return f"trang «{reading.sheet}»: {said}{hint}"


def _may_be_empty(form: Form) -> bool:
    return isinstance(form.rows, Listing) and form.rows.may_be_empty


def _rejected_keys(reading: Reading) -> frozenset[str]:
    """The keys of a keyed listing's rows that were rejected already: a rule over several rows misses them."""
    rows = reading.form.rows
    if not isinstance(rows, Listing) or rows.key_column is None:
        return frozenset()
    rejected = reading.frame.index.isin(list(reading.rejected_rows))
    return frozenset(reading.frame.loc[rejected, rows.key_column].dropna().astype(str))


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """The failure cases, out of reach of the exception: its text may hold what stood in the cells."""
    try:
        schema.validate(frame, lazy=True, inplace=True)  # nothing is coerced: a copy would only take memory
    except pa.errors.SchemaErrors as errors:
        cases: pd.DataFrame = errors.failure_cases
        return cases
    return pd.DataFrame(columns=["column", "check", "failure_case", "index"])


@cache
def own_schema(model: type[FeedRow]) -> pa.DataFrameSchema:
    """A model's schema without what the file's envelope brings (file, quarter, times), and without who people are."""
    schema = model.to_schema()
    envelope = [name for name in FeedRow.to_schema().columns if name not in {"sheet", "row"}]
    personal = [name for name, column in schema.columns.items() if (column.metadata or {}).get("personal")]
    return schema.remove_columns(envelope + personal)


def _report(reading: Reading, cases: pd.DataFrame) -> None:
    """Put the failure cases at their cells, a rule or a column's check at a time."""
    own_defects = cases[cases["index"].isna()]
    if len(own_defects):
        raise ContractError(f"{reading.form.code}: {own_defects[['column', 'check']].to_dict('records')}")
    of_rules = cases["check"].isin(list(RULES))
    # A rule's failure comes as a case for each column of the row.
    for code, failed in cases[of_rules].drop_duplicates(["check", "index"]).groupby("check", sort=False):
        _report_rule(reading, RULES[str(code)], failed["index"].tolist())
    columns = cases[~of_rules].drop_duplicates(["check", "column", "index"])
    for key, of_check in columns.groupby(["column", "check"], sort=False):
        column, code = map(str, key)
        _report_column(reading, column, code, of_check)


def _report_rule(reading: Reading, rule: Rule, indices: Sequence[int]) -> None:
    at = next((name for name in rule.on if name in reading.letters), None)
    reading.reject_all(indices, at, rule.code, _filled(rule, reading, indices), rule.severity)


def _report_column(reading: Reading, column: str, code: str, failed: pd.DataFrame) -> None:
    name, _, argument = code.partition("(")
    if name not in _COLUMN_REASONS:
        raise ContractError(f"{reading.form.code}.{column}: no words for the check {code!r}")
    reason = _COLUMN_REASONS[name].format(argument=_spoken(argument.removesuffix(")")))
    known = {c.name: c for c in reading.form.columns}
    title = known[column].title_vi if column in known else column
    hidden = reading.form.names_people or (column in known and known[column].personal)
    reasons = [
        f"cột «{title}»: {reason}" + ("" if hidden or pd.isna(case) else f", thấy «{show(case)}»")
        for case in failed["failure_case"]
    ]
    reading.reject_all(failed["index"].tolist(), column if column in known else None, name, reasons)


def _spoken(argument: str) -> str:
    """What a check compares with, without the marks of a Python list."""
    return argument.strip("[]").replace("'", "")


def _filled(rule: Rule, reading: Reading, indices: Sequence[int]) -> list[str]:
    """A rule's reason for each of some rows, filled with what stands in them."""
    rows = reading.frame.loc[list(indices)]
    names = list(dict.fromkeys(_PLACEHOLDER.findall(rule.reason)))
    spoken = [[_said(cell) for cell in rows[name]] for name in names]
    reasons = [rule.reason.format(**dict(zip(names, said, strict=True))) for said in zip(*spoken, strict=True)]
    reasons = reasons or [rule.reason] * len(rows)
    if _is_percent(reading, rule.on[0]):
        fractions = rows[rule.on[0]].abs().between(0, 1, inclusive="right").tolist()
        reasons = [
            f"{reason}; 0,64 không phải 64 %: hãy ghi 64" if fraction else reason
            for reason, fraction in zip(reasons, fractions, strict=True)
        ]
    return reasons


def _is_percent(reading: Reading, column: str) -> bool:
    return any(known.name == column and known.unit == "%" for known in reading.form.columns)


def _said(cell: Any) -> str:  # noqa: ANN401 - a cell of a frame
    if pd.isna(cell):
        return "(trống)"
    if isinstance(cell, pd.Timestamp):
        return show(cell.date())
    return cell if isinstance(cell, str) else format_number(float(cell))
