"""The gate: what must hold of the tables before they are published. It fails for our own error alone.

A missing or refused file blocks nothing: its line has no figure and says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb
import pandas as pd
import pandera.pandas as pa

from lagi_pipeline.intake.table import MASK
from lagi_pipeline.steps import compute as computing
from lagi_pipeline.steps.compute import Situation, compute, record
from lagi_pipeline.steps.plans import by_plan_frame, year_verdict_frame
from lagi_pipeline.steps.revisions import compute_revisions
from lagi_pipeline.steps.scorecard import compute_scorecard
from lagi_pipeline.steps.tasks import compute_tasks, task_frames
from lagi_pipeline.steps.trace import compute_trace, trace_frames
from lagi_pipeline.vietnamese.people import LONG_NUMBER, has_number_of_no_figure, has_personal_number
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.tables import Table, all_tables, feed_tables

_SHOWN = 5
_FETCHED = 10_000
_OUR_OWN = frozenset(
    {"quarter", "file", "sources", "sha256", "content_sha256", "cells", "printed", "resolved_by", "cell", "document_no"}
)
"""Columns of text that hold no words of a cell, or (``printed``) only what was read as a figure."""


class GateError(RuntimeError):
    """Publishing is blocked; the message names every rule that failed and what it found."""


@dataclass(frozen=True)
class Verdict:
    """What a rule found: nothing, or what is wrong."""

    rule: str
    description: str
    table: str
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failures


Rule = Callable[[duckdb.DuckDBPyConnection, Situation], Iterator[str]]


def row_arithmetic(connection: duckdb.DuckDBPyConnection, situation: Situation) -> Iterator[str]:
    """Rows read = accepted + rejected + recognised non-data, and the accepted rows are in their table."""
    del situation
    for form, quarter, file, read, accepted, rejected, other in connection.execute(
        "SELECT form, quarter, file, rows_read, rows_accepted, rows_rejected, rows_other FROM core.vintage"
        " WHERE rows_read <> rows_accepted + rows_rejected + rows_other ORDER BY ALL"
    ).fetchall():
        yield f"{form} {quarter} {file}: {read} rows read, {accepted} + {rejected} + {other} accounted for"
    for form, table in feed_tables().items():
        for quarter, file, said, there in connection.execute(
            f"""
            SELECT quarter, vintage.file, rows_accepted, count(accepted.row) AS there
            FROM core.vintage AS vintage LEFT JOIN {table.full_name} AS accepted USING (quarter, sha256)
            WHERE vintage.form = ? GROUP BY quarter, vintage.file, sha256, rows_accepted HAVING there <> rows_accepted
            """,  # noqa: S608 - a model's name
            [form],
        ).fetchall():
            yield f"{form} {quarter} {file}: {said} rows accepted, {there} in {table.full_name}"


def unique_keys(connection: duckdb.DuckDBPyConnection, situation: Situation) -> Iterator[str]:
    """No key stands twice in any table."""
    del situation
    for table in all_tables():
        if not table.key:
            continue
        key = ", ".join(table.key)
        for row in connection.execute(
            f"SELECT {key}, count(*) FROM {table.full_name}"  # noqa: S608 - a model's names
            f" GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT {_SHOWN}"
        ).fetchall():
            yield f"{table.full_name}: {dict(zip(table.key, row, strict=False))} stands {row[-1]} times"


def complete_lines(connection: duckdb.DuckDBPyConnection, situation: Situation) -> Iterator[str]:
    """Every target that stood has a line for every quarter of its year that had begun at the evaluation."""
    del situation
    for code, source, quarter in connection.execute(
        """
        WITH wanted AS (
            SELECT indicator_code, plan_source, year || '-Q' || number AS quarter,
                   make_date(year, 3 * number - 2, 1) AS starts
            FROM core.target, range(1, 5) AS numbers(number)
            WHERE stands
        )
        SELECT indicator_code, plan_source, quarter FROM wanted
        WHERE starts <= (SELECT max(evaluated_at) FROM core.observation)
        EXCEPT SELECT indicator_code, plan_source, quarter FROM mart.attainment ORDER BY ALL
        """
    ).fetchall():
        yield f"no line for {code} against {source} in {quarter}"


def reproducible(connection: duckdb.DuckDBPyConnection, situation: Situation) -> Iterator[str]:
    """Observations, marts and history are what the pure functions make of the stored evidence, at the stored moment."""
    moment = computing.stored_moment(connection)
    if moment is None:
        yield "core.observation has not been computed"
        return
    figures = compute(connection, situation, moment)
    reported = compute_scorecard(connection, situation, moment)
    computed: dict[Table, pd.DataFrame] = {
        tables.OBSERVATION: computing.observation_frame(figures, moment),
        tables.ATTAINMENT: computing.as_frame([record(row) for row in figures.attainment], tables.ATTAINMENT),
        tables.BY_PLAN: by_plan_frame(situation, figures.attainment),
        tables.YEAR_VERDICT: year_verdict_frame(situation, figures.attainment),
        tables.UNIT_ATTAINMENT: computing.as_frame([record(row) for row in figures.by_unit], tables.UNIT_ATTAINMENT),
        tables.UNIT_SERIES: computing.as_frame([record(row) for row in figures.unit_series], tables.UNIT_SERIES),
        tables.FLEET: computing.as_frame(
            [record(line) for line in computing.compute_fleet(connection, situation, moment)], tables.FLEET
        ),
        tables.SCORECARD: computing.as_frame([record(line) for line in reported.lines], tables.SCORECARD),
        tables.REVISION: computing.as_frame(
            [record(row) for row in compute_revisions(connection, situation, figures, moment)], tables.REVISION
        ),
        tables.OVERDUE: computing.as_frame([record(line) for line in reported.overdue], tables.OVERDUE),
    }
    computed |= task_frames(compute_tasks(connection, situation, moment))
    computed |= computing.history_frames(computing.compute_history(connection, situation, moment))
    measures = [
        found
        for table, expected in computing.measure_frames(connection, situation).items()
        for found in _differences(connection, table, expected)
    ]
    yield from measures
    if not measures:  # cells that are not those of the accepted rows lead nowhere
        computed |= trace_frames(compute_trace(connection, situation, figures, moment))
    for table, expected in computed.items():
        yield from _differences(connection, table, expected)


def _differences(connection: duckdb.DuckDBPyConnection, table: Table, expected: pd.DataFrame) -> Iterator[str]:
    casts = ", ".join(f'CAST("{c.name}" AS {c.sql_type}) AS "{c.name}"' for c in table.columns)
    stored, computed = f"FROM {table.full_name}", f"SELECT {casts} FROM expected_rows"  # noqa: S608 - a model's names
    connection.register("expected_rows", expected)
    try:
        for relation, (left, right) in {
            "stored, not computed": (stored, computed),
            "computed, not stored": (computed, stored),
        }.items():
            rows = connection.execute(f"({left}) EXCEPT ALL ({right}) LIMIT {_SHOWN}").fetchall()
            names = [column.name for column in table.columns]
            for row in rows:
                key = {name: value for name, value in zip(names, row, strict=True) if name in table.key}
                yield f"{table.full_name} {relation}: {key}"
    finally:
        connection.unregister("expected_rows")


def traced(connection: duckdb.DuckDBPyConnection, situation: Situation) -> Iterator[str]:
    """Every figure and every target of mart.attainment has its cells or its entry in mart.trace."""
    town = situation.place.file.code
    for code, quarter, plan in connection.execute(
        """
        SELECT indicator_code, quarter, plan_source FROM mart.attainment AS shown
        WHERE (actual IS NOT NULL OR numerator IS NOT NULL) AND NOT EXISTS (
            FROM mart.trace AS cell
            WHERE cell.indicator_code = shown.indicator_code AND cell.quarter = shown.quarter
                AND cell.unit_code = $town AND cell.role <> 'target'
        ) OR NOT EXISTS (
            FROM mart.trace AS cell
            WHERE cell.indicator_code = shown.indicator_code AND cell.quarter = shown.quarter
                AND cell.unit_code = $town AND cell.role = 'target' AND cell.plan_source = shown.plan_source
        ) ORDER BY ALL
        """,
        {"town": town},
    ).fetchall():
        yield f"no trace of {code} in {quarter} ({plan})"


def no_personal_data(connection: duckdb.DuckDBPyConnection, situation: Situation) -> Iterator[str]:
    """No table has a column that names people or a text with a person's number; quarantined rows have theirs masked."""
    del situation
    personal = {name for table in feed_tables().values() for name in table.personal_columns}
    for schema, table, column in connection.execute(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns"
        " WHERE table_catalog = current_database() ORDER BY ALL"
    ).fetchall():
        if column in personal:
            yield f"{schema}.{table} has the column {column}"
    titles = {form: _personal_titles(table.model) for form, table in feed_tables().items()}
    for form, file, row, raw in connection.execute(
        "SELECT form, file, row, raw_row FROM quarantine.rejected_row"
    ).fetchall():
        for title, value in json.loads(raw).items():
            if title in titles.get(form, ()) and value != MASK:
                yield f"quarantine.rejected_row {file} row {row}: «{title}» is not masked"
    told = (tables.VINTAGE, tables.REJECTED_UNIT, tables.REJECTED_ROW, tables.REJECTED_FILE, tables.OVERRIDE)
    for table in (*feed_tables().values(), *told, tables.TASK_PROGRESS, tables.REGISTER):
        yield from _numbers_of_people(connection, table)


def _numbers_of_people(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """The columns of a table in which an identity card's or a telephone's number stands; never the number itself."""
    for column in table.columns:
        if column.sql_type not in {"VARCHAR", "JSON"} or column.name in _OUR_OWN:
            continue
        # What stood in a row may be a figure in đồng, which no rule tells from an identity card of nine digits.
        stands = has_number_of_no_figure if column.name in {"value", "raw_row"} else has_personal_number
        told = "AND rule <> 'same_stamp'" if table is tables.REJECTED_FILE else ""  # it lists files by name
        found = connection.execute(
            f'SELECT DISTINCT "{column.name}"::VARCHAR FROM {table.full_name}'  # noqa: S608 - a model's names
            f' WHERE regexp_matches("{column.name}"::VARCHAR, ?) {told}',
            [LONG_NUMBER],
        )
        while rows := found.fetchmany(_FETCHED):
            if count := sum(stands(text) for (text,) in rows):
                yield f"{table.full_name}: {count} values of {column.name} hold a long number"


def _personal_titles(model: type[pa.DataFrameModel]) -> set[str]:
    columns = model.to_schema().columns.items()
    return {column.title or name for name, column in columns if (column.metadata or {}).get("personal")}


RULES: dict[str, tuple[str, Rule]] = {
    "row_arithmetic": ("mart.attainment", row_arithmetic),
    "unique_keys": ("mart.attainment", unique_keys),
    "complete_lines": ("mart.attainment", complete_lines),
    "reproducible": ("mart.attainment", reproducible),
    "traced": ("mart.attainment", traced),
    "no_personal_data": ("mart.attainment", no_personal_data),
}
"""Each rule with the table it is shown at."""


def examine(connection: duckdb.DuckDBPyConnection, situation: Situation) -> list[Verdict]:
    """Try every rule of the gate."""
    return [
        Verdict(name, (rule.__doc__ or name).strip(), table, tuple(rule(connection, situation)))
        for name, (table, rule) in RULES.items()
    ]


def require(verdicts: list[Verdict]) -> None:
    """Let nothing pass that fails a rule.

    Raises:
        GateError: naming each rule that failed, with what it found first.
    """
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if failed:
        lines = [
            f"{v.rule}: {'; '.join(v.failures[:_SHOWN])}{' …' if len(v.failures) > _SHOWN else ''}" for v in failed
        ]
        raise GateError(
            "publishing is blocked, the published file stays as it was\n"
            + "\n".join(lines)
            + "\nWhat each rule means and what to do: docs/operations.md, Publishing is blocked"
        )
