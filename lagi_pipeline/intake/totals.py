"""What a form's rules say of its printed totals, which are no rows of data: a total prints its percentages too."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from lagi_pipeline.intake.form import RULES, Form
from lagi_pipeline.intake.keys import Rejection
from lagi_pipeline.vietnamese.numbers import format_number


def odd_totals(totals: pd.DataFrame, form: Form, steps: Mapping[str, Decimal]) -> list[Rejection]:
    """Where a printed total breaks a rule that its parts cannot vouch for, as (index, column, rule, reason).

    A total that adds up keeps every rule over figures that are added up, where its parts do; what is left are rules
    over a figure of its own: a percentage.

    Args:
        totals: The printed totals with the form's typed columns, in the table's units.
        form: The form.
        steps: The step that each column was rounded to.
    """
    if totals.empty:
        return []
    additive = {column.name: column.additive for column in form.columns if column.unit}
    frame = totals.copy()
    frame.attrs["steps"] = dict(steps)
    found: list[Rejection] = []
    for check in form.schema.checks:
        rule = RULES.get(str(check.name))
        if rule is None or not all(name in additive for name in rule.on) or all(additive[name] for name in rule.on):
            continue
        for index, row in frame[~check(frame).check_output].iterrows():
            figures = {name: _said(row[name]) for name in additive}
            found.append((int(str(index)), rule.on[0], rule.code, f"dòng tổng: {rule.reason.format(**figures)}"))
    return found


def _said(figure: Any) -> str:  # noqa: ANN401 - a cell of a frame
    return "(trống)" if pd.isna(figure) else format_number(float(figure))
