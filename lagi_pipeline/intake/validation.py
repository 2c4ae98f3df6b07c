"""A reading through its pandera model: which rows stand, and why the others do not."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.intake.cells import show
from lagi_pipeline.intake.form import RULES, FeedRow
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


def validate(reading: Reading, quarter: Quarter) -> pd.DataFrame:
    """Check a reading's rows by its form's model; findings go to the reading, accepted rows come back.

    Returns:
        The accepted rows with the model's own columns but those of ``FeedRow`` that the file's envelope fills.

    Raises:
        ContractError: a column is missing, of another type, or not the model's.
    """
    schema = own_schema(reading.form.model)
    frame = reading.accepted()[list(schema.columns)].copy()
    frame.attrs |= {"steps": reading.steps, "quarter": quarter}
    _report(reading, _failures(schema, frame))
    return reading.accepted()[list(schema.columns)]


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """The failure cases, out of reach of the exception: its text may hold what stood in the cells."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases: pd.DataFrame = errors.failure_cases
        return cases
    return pd.DataFrame(columns=["column", "check", "failure_case", "index"])


@cache
def own_schema(model: type[FeedRow]) -> pa.DataFrameSchema:
    """A model's schema without what the file's envelope brings (file, quarter, times), and without who people are."""
    schema = model.to_schema()
    envelope = [name for name in FeedRow.to_schema().columns if name not in {"sheet", "row", "cells"}]
    personal = [name for name, column in schema.columns.items() if (column.metadata or {}).get("personal")]
    return schema.remove_columns(envelope + personal)


def _report(reading: Reading, cases: pd.DataFrame) -> None:
    own_defects = cases[cases["index"].isna()]
    if len(own_defects):
        raise ContractError(f"{reading.form.code}: {own_defects[['column', 'check']].to_dict('records')}")
    seen: set[tuple[str, Any, str]] = set()
    for column, check, case, index in zip(
        cases["column"], cases["check"], cases["failure_case"], cases["index"], strict=True
    ):
        code = str(check)
        if code in RULES:
            if (code, index, "") not in seen:
                seen.add((code, index, ""))
                rule = RULES[code]
                column_at = next((name for name in rule.on if name in reading.letters), None)
                reading.reject(index, column_at, code, _filled(rule.reason, reading, index), rule.severity)
        elif (code, index, column) not in seen:
            seen.add((code, index, column))
            _report_column(reading, index, column, code, case)


def _report_column(reading: Reading, index: Any, column: str, code: str, case: Any) -> None:  # noqa: ANN401 - pandera's
    name, _, argument = code.partition("(")
    if name not in _COLUMN_REASONS:
        raise ContractError(f"{reading.form.code}.{column}: no words for the check {code!r}")
    reason = _COLUMN_REASONS[name].format(argument=_spoken(argument.removesuffix(")")))
    known = {c.name: c for c in reading.form.columns}
    title = known[column].title_vi if column in known else column
    hidden = pd.isna(case) or reading.form.names_people or (column in known and known[column].personal)
    shown = "" if hidden else f", thấy «{show(case)}»"
    reading.reject(index, column if column in known else None, name, f"cột «{title}»: {reason}{shown}")


def _spoken(argument: str) -> str:
    """What a check compares with, without the marks of a Python list."""
    return argument.strip("[]").replace("'", "")


def _filled(reason: str, reading: Reading, index: Any) -> str:  # noqa: ANN401 - an index label
    row = reading.frame.loc[index]

    def value(found: re.Match[str]) -> str:
        cell = row[found[1]]
        if pd.isna(cell):
            return "(trống)"
        if isinstance(cell, pd.Timestamp):
            return show(cell.date())
        return cell if isinstance(cell, str) else format_number(float(cell))

    return _PLACEHOLDER.sub(value, reason)
