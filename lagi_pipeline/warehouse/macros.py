"""The table macros of the published file: questions that analysts ask with a parameter.

They filter and join what is stored, and compute nothing. DuckDB puts what is asked in place of a parameter's name, even
a column of the asker's query: beside a table it would be taken for that table's column. So every macro of this module
that has a parameter named like a column binds its parameters first, in a subquery of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from lagi_pipeline.warehouse.database import literal, quoted
from lagi_pipeline.warehouse.tables import (
    ATTAINMENT_HISTORY,
    OBSERVATION_HISTORY,
    UNIT_ATTAINMENT,
    YEAR_VERDICT_HISTORY,
    Table,
)
from lagi_pipeline.warehouse.views import LINE_ORDER, line_columns


@dataclass(frozen=True)
class Macro:
    """A table macro of the published file: its name, its parameters in a row, its query and what it answers."""

    name: str
    parameters: str
    sql: str
    comment: str


_TRACE = Macro(
    name="trace",
    parameters="indicator_code, quarter, unit_code := NULL",
    sql="""
        SELECT
            cell.position, cell.role, cell.role_vi, cell.plan_source, cell.name_vi, cell.source_unit_vi,
            cell.file, cell.sha256, cell.sheet, cell.cell, cell.entry, cell.text, cell.printed_value, cell.printed_unit,
            cell.scale, cell.value, cell.unit, cell.factor, cell.multiplier, cell.measure, cell.form, cell.period,
            cell.as_of, cell.received_at, cell.obs_status, cell.note_vi, line.value AS figure, line.derivation_vi,
            CASE WHEN cell.role = 'target' THEN held.target_is_illustrative ELSE seen.is_illustrative END
                AS is_illustrative
        FROM (SELECT indicator_code AS code, quarter AS of_quarter, unit_code AS of_unit) AS asked
        JOIN mart.trace AS cell
            ON cell.indicator_code = asked.code AND cell.quarter = asked.of_quarter
            AND (cell.unit_code = asked.of_unit OR (asked.of_unit IS NULL AND cell.is_town))
        LEFT JOIN mart.trace_line AS line
            ON line.indicator_code = cell.indicator_code AND line.quarter = cell.quarter
            AND line.unit_code = cell.unit_code
        LEFT JOIN core.observation AS seen
            ON seen.indicator_code = cell.indicator_code AND seen.quarter = cell.quarter
            AND seen.unit_code = cell.unit_code
        LEFT JOIN mart.attainment AS held
            ON held.indicator_code = cell.indicator_code AND held.quarter = cell.quarter
            AND held.plan_source = cell.plan_source
        ORDER BY cell.position
    """,
    comment="Số liệu từ đâu ra — The cells behind a figure, with its derivation: trace('green_cover', '2024-Q4');"
    " of a ward: trace('clean_water', '2024-Q4', unit_code := '23231')",
)


def macros(timezone: str) -> tuple[Macro, ...]:
    """Every macro of the published file.

    Args:
        timezone: The place's, in which all times of the tables are.
    """
    histories = (
        ("attainment", ATTAINMENT_HISTORY),
        ("observation", OBSERVATION_HISTORY),
        ("year_verdict", YEAR_VERDICT_HISTORY),
    )
    as_of = (
        Macro(f"{name}_as_of", "ts", _as_of(table, timezone), _as_known(f"{table.schema}.{name}"))
        for name, table in histories
    )
    return (*as_of, _TRACE, *_of_a_quarter())


def _of_a_quarter() -> Iterator[Macro]:
    """The leading lines of a quarter, those of them that are behind, and the wards on a line."""
    columns = ", ".join(f"{column.sql} AS {quoted(column.name)}" for column in line_columns())
    lines = (
        f"SELECT {columns} FROM (SELECT quarter AS of_quarter) AS asked JOIN mart.attainment AS t"  # noqa: S608 - the models' names
        f" ON t.is_leading AND t.quarter = {_known('mart.attainment', of_quarter='quarter')}"
    )
    yield Macro(
        "quarter_report",
        "quarter",
        f"{lines} ORDER BY {LINE_ORDER}",
        "Các chỉ tiêu của một quý — The view targets for another quarter: quarter_report('2024-Q3')",
    )
    yield Macro(
        "behind",
        "quarter",
        f"{lines} WHERE (t.pace_status = 'behind' OR t.result_status = 'not_met') ORDER BY {LINE_ORDER}",
        "Chỉ tiêu chậm tiến độ hoặc không đạt — The lines of a quarter that are behind their pace, or missed; gap is by"
        " how much, in unit: behind('2024-Q2')",
    )
    wards = ", ".join(f"t.{quoted(column.name)}" for column in UNIT_ATTAINMENT.columns)
    yield Macro(
        "ward_ranking",
        "indicator_code, quarter",
        f"SELECT {wards} FROM (SELECT indicator_code AS code, quarter AS of_quarter) AS asked"  # noqa: S608 - the models' names
        " JOIN mart.attainment_by_unit AS t"
        " ON (t.indicator_code, t.quarter) ="
        f" {_known('mart.attainment_by_unit', code='indicator_code', of_quarter='quarter')}"
        " ORDER BY t.gap, t.actual, t.unit_code",
        "Xếp các phường, xã theo một chỉ tiêu, thấp nhất trước — The wards on a line, the furthest below the town's"
        " target first (flows, which have no target by ward: the smallest first); those without a figure last:"
        " ward_ranking('clean_water', '2024-Q4')",
    )


def _known(table: str, **columns: str) -> str:
    """What is asked, where one row of the table has it all: else it is refused, for no rows would read as none behind.

    ``columns``: by the name under which it is asked, the column that must have it. Asking for null is refused too.
    """
    asked = f"({', '.join(f'asked.{name}' for name in columns)})"
    known = f"({', '.join(f'known.{column}' for column in columns.values())})"
    said = " || ' × ' || ".join(f"coalesce('«' || asked.{name} || '»', 'NULL')" for name in columns)
    return (
        f"CASE WHEN {asked} IN (SELECT {known} FROM {table} AS known) THEN {asked}"  # noqa: S608 - our own names
        f" ELSE error('{table} has no {' × '.join(columns.values())} ' || {said}) END"
    )


def create_macros(connection: duckdb.DuckDBPyConnection, offered: tuple[Macro, ...]) -> None:
    """Make the macros with their comments in the connection's database, whose tables are there."""
    for macro in offered:
        connection.execute(f"CREATE MACRO main.{macro.name}({macro.parameters}) AS TABLE {macro.sql}")
        connection.execute(f"COMMENT ON MACRO TABLE main.{macro.name} IS {literal(macro.comment)}")


def macros_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    """The table macros that the database in use holds, with their comments."""
    found = connection.execute(
        "SELECT function_name, comment FROM duckdb_functions()"
        " WHERE function_type = 'table_macro' AND NOT internal AND database_name = current_database()"
    ).fetchall()
    return dict(found)


def _as_known(table: str) -> str:
    return f"{table} như đã biết tại thời điểm ts — {table} as known at ts; a DATE is the end of that day"


_END_OF_DAY = "CAST(CAST(ts AS DATE) AS TIMESTAMP) + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND"
_A_DAY = r"\s*\d{4}-\d{1,2}-\d{1,2}\s*"
_A_LOCAL_TIME = r"\s*\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*"
_A_TIME_WITH_OFFSET = r"\s*\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}:\d{2}(\.\d+)?\s*(Z|[+-]\d{2}(:?\d{2})?)\s*"


def _moment(timezone: str) -> str:
    """The local moment that ``ts`` means, whatever its type.

    A DATE is the end of its day. A TIMESTAMPTZ, or a text with an offset, is turned into the place's time: CAST would
    take the session's. A text of any other form is refused, for DuckDB would read some of them as another day.
    """
    in_place = f"timezone('{timezone}', CAST(ts AS TIMESTAMPTZ))"
    text = "CAST(ts AS VARCHAR)"
    return f"""CASE typeof(ts)
        WHEN 'DATE' THEN {_END_OF_DAY}
        WHEN 'TIMESTAMP WITH TIME ZONE' THEN {in_place}
        WHEN 'VARCHAR' THEN CASE
            WHEN regexp_full_match({text}, '{_A_DAY}') THEN {_END_OF_DAY}
            WHEN regexp_full_match({text}, '{_A_LOCAL_TIME}') THEN CAST(ts AS TIMESTAMP)
            WHEN regexp_full_match({text}, '{_A_TIME_WITH_OFFSET}') THEN {in_place}
            ELSE error('«' || {text} || '»: 2023-12-08, 2023-12-08 17:00:00, 2023-12-08 17:00:00+07:00?')
        END
        ELSE CAST(ts AS TIMESTAMP)
    END"""


def _as_of(table: Table, timezone: str) -> str:
    """The states of a history that stood at ``ts``."""
    moment = _moment(timezone)
    return (
        f"SELECT * FROM {table.full_name}"  # noqa: S608 - a model's name
        f" WHERE known_from <= ({moment}) AND (known_to IS NULL OR known_to > ({moment}))"
    )
