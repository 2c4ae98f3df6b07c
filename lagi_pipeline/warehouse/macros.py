"""The table macros of the published file: questions with parameters. They only filter; what they show is stored.

A macro's parameters hide columns of the same name: in its SQL every column is written with the alias of its table.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Macro:
    """A table macro: its name, its parameters as SQL, its query, and what it answers in both languages."""

    name: str
    parameters: str
    sql: str
    comment: str


TRACE = Macro(
    name="trace",
    parameters="indicator_code, quarter, unit_code := NULL",
    sql="""
        SELECT
            cell.position, cell.role, cell.role_vi, cell.plan_source, cell.name_vi, cell.source_unit_vi,
            cell.file, cell.sha256, cell.sheet, cell.cell, cell.entry, cell.text, cell.printed_value, cell.printed_unit,
            cell.scale, cell.value, cell.unit, cell.factor, cell.multiplier, cell.measure, cell.form, cell.period,
            cell.as_of, cell.received_at, cell.obs_status, cell.note_vi, line.value AS figure, line.derivation_vi
        FROM mart.trace AS cell
        LEFT JOIN mart.trace_line AS line
            ON line.indicator_code = cell.indicator_code AND line.quarter = cell.quarter
            AND line.unit_code = cell.unit_code
        WHERE cell.indicator_code = indicator_code AND cell.quarter = quarter
            AND (cell.unit_code = unit_code OR (unit_code IS NULL AND cell.is_town))
        ORDER BY cell.position
    """,
    comment="Số liệu từ đâu ra — The cells behind a figure, with its derivation: trace('green_cover', '2024-Q4');"
    " of a ward: trace('clean_water', '2024-Q4', unit_code := '23231')",
)

MACROS: tuple[Macro, ...] = (TRACE,)


def create_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every macro in the main schema of the database in use, with its comment; the tables must be there."""
    for macro in MACROS:
        comment = macro.comment.replace("'", "''")
        connection.execute(f"CREATE MACRO main.{macro.name}({macro.parameters}) AS TABLE {macro.sql}")
        connection.execute(f"COMMENT ON MACRO TABLE main.{macro.name} IS '{comment}'")


def macros_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    """The table macros that the database in use holds, with their comments."""
    found = connection.execute(
        "SELECT function_name, comment FROM duckdb_functions()"
        " WHERE function_type = 'table_macro' AND NOT internal AND database_name = current_database()"
    ).fetchall()
    return dict(found)
