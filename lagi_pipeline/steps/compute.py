"""From what was received to what is published: measures, targets, observations, attainment, the fleet.

All quarters are computed in every run: a corrected Q1 changes Q2 to Q4, next year's baseline and its pace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from lagi_pipeline.catalogue.indicators import Catalogue, ObsStatus, PlanSource
from lagi_pipeline.catalogue.leading import check_leading_plans
from lagi_pipeline.catalogue.place import Place, Resolution, load_resolutions
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.fisheries import GONE, LAID_UP
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.indicators.attainment import attain_by_unit
from lagi_pipeline.indicators.evaluation import evaluate
from lagi_pipeline.indicators.fleet import (
    CASES,
    LANDINGS,
    VESSELS,
    Case,
    FleetLine,
    FleetReports,
    Landings,
    Vessel,
    fleet_lines,
)
from lagi_pipeline.indicators.history import History, Known, history
from lagi_pipeline.indicators.model import (
    Attainment,
    Evidence,
    MeasureValue,
    Observation,
    Override,
    Refusal,
    RejectedUnit,
    UnitAttainment,
    Vintage,
)
from lagi_pipeline.indicators.plans import PlanDifference, with_printed_plans
from lagi_pipeline.indicators.unit_series import UnitSeriesRow, unit_series
from lagi_pipeline.indicators.vintages import Selection, answering
from lagi_pipeline.intake.findings import NO_ROWS, TOO_MANY_REJECTED
from lagi_pipeline.steps.cells import cell_rows
from lagi_pipeline.steps.remembered import LastAnswer
from lagi_pipeline.vietnamese.numbers import exact
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import replace_all, rows_of

_VALUES = "SELECT form, quarter, sha256, measure, unit_code, value, basis FROM core.measure"
# A version that was read and may not answer says so itself; only what was never read stands in the quarantine alone.
_REFUSALS = f"""
    SELECT feed, quarter, file, received_at, string_agg(reason, '; ' ORDER BY reason) AS reason
    FROM quarantine.rejected_file WHERE rule NOT IN ('{TOO_MANY_REJECTED}', '{NO_ROWS}') GROUP BY ALL
"""  # noqa: S608 - our own code


@dataclass(frozen=True)
class Situation:
    """What a computation depends on beside the warehouse: the catalogue, the place and where its targets lie."""

    catalogue: Catalogue
    place: Place
    raw_dir: Path


@dataclass(frozen=True)
class Figures:
    """Everything computed as of a moment."""

    resolutions: list[Resolution]
    plan_differences: list[PlanDifference]
    observations: list[Observation]
    attainment: list[Attainment]
    by_unit: list[UnitAttainment]
    unit_series: list[UnitSeriesRow]


def rebuild_measures(connection: duckdb.DuckDBPyConnection, situation: Situation) -> int:
    """Make ``core.measure`` and ``core.measure_cell`` anew from the accepted rows of every form and vintage.

    Returns:
        The number of measures.
    """
    frames = measure_frames(connection, situation)
    written = {table: replace_all(connection, table, frame) for table, frame in frames.items()}
    return written[tables.MEASURE]


def measure_frames(connection: duckdb.DuckDBPyConnection, situation: Situation) -> dict[tables.Table, pd.DataFrame]:
    """The rows of ``core.measure`` and of ``core.measure_cell``, as the accepted rows say."""
    place_code, measures = situation.place.file.code, situation.catalogue.measures
    written: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    for feed in FEEDS.values():
        for form in feed.forms:
            if form.emit is None:
                continue
            table = tables.feed_tables()[form.form.code]
            rows = connection.table(table.full_name).df()
            for _, version in rows.groupby(["quarter", "sha256"], sort=True):
                first = version.iloc[0]
                about = {
                    c: first[c]
                    for c in ("quarter", "file", "sha256", "sheet", "as_of", "received_at", "obs_status", "is_sample")
                }
                for reported in form.emit(version, place_code):
                    measure = measures[reported.measure]
                    cells.extend(cell_rows(about, measure, reported))
                    written.append(
                        about
                        | {
                            "feed": feed.code,
                            "form": form.form.code,
                            "measure": measure.code,
                            "name_vi": measure.name_vi,
                            "unit": measure.unit,
                            "unit_code": reported.unit_code,
                            "value": float(reported.value),
                            "basis": first.get("basis") if measure.rebased else None,
                            "row": reported.row,
                            "cell": reported.cell,
                        }
                    )
    return {
        tables.MEASURE: as_frame(written, tables.MEASURE),
        tables.MEASURE_CELL: as_frame(cells, tables.MEASURE_CELL),
    }


def read_evidence(connection: duckdb.DuckDBPyConnection) -> Evidence:
    """Everything that was ever received, as the pure functions take it."""
    vintages = tuple(
        Vintage(
            feed=row["feed"],
            form=row["form"],
            quarter=Quarter.parse(row["quarter"]),
            file=row["file"],
            sha256=row["sha256"],
            as_of=row["as_of"],
            received_at=row["received_at"],
            obs_status=ObsStatus(row["obs_status"]),
            is_sample=row["is_sample"],
            problem=row["problem"],
            withdrawn_at=row["withdrawn_at"],
            restored_at=row["restored_at"],
        )
        for row in rows_of(connection, "SELECT * FROM core.vintage")
    )
    values = tuple(
        MeasureValue(
            form=row["form"],
            quarter=Quarter.parse(row["quarter"]),
            sha256=row["sha256"],
            measure=row["measure"],
            unit_code=row["unit_code"],
            value=exact(row["value"]),
            basis=row["basis"],
        )
        for row in rows_of(
            connection, "SELECT form, quarter, sha256, measure, unit_code, value, basis FROM core.measure"
        )
    )
    rejected = tuple(
        RejectedUnit(row["form"], Quarter.parse(row["quarter"]), row["sha256"], row["unit_code"], row["reason"])
        for row in rows_of(connection, "SELECT * FROM core.rejected_unit")
    )
    refusals = tuple(
        Refusal(row["feed"], Quarter.parse(row["quarter"]), row["file"], row["received_at"], row["reason"])
        for row in rows_of(connection, _REFUSALS)
    )
    return Evidence(vintages, values, rejected, refusals, read_overrides(connection))


def read_overrides(connection: duckdb.DuckDBPyConnection) -> tuple[Override, ...]:
    """Everything that was ever set by hand."""
    return tuple(
        Override(
            **row
            | {
                "quarter": Quarter.parse(row["quarter"]),
                "plan_source": None if row["plan_source"] is None else PlanSource(row["plan_source"]),
                "value": _decimal(row["value"]),
            }
        )
        for row in rows_of(connection, "SELECT * FROM core.override")
    )


def compute(connection: duckdb.DuckDBPyConnection, situation: Situation, evaluated_at: datetime) -> Figures:
    """Compute every figure as known and evaluated at a moment; nothing is written.

    Raises:
        CatalogueError: a targets file says nonsense, or the place a leading plan that no target has; the message names
            file and entry.
    """
    catalogue, place = situation.catalogue, situation.place
    evidence = read_evidence(connection)
    stated = load_resolutions(situation.raw_dir, catalogue)
    check_leading_plans(place, stated, situation.raw_dir)
    return _FIGURES(catalogue, place, stated, evidence, evaluated_at)


def _figures(
    catalogue: Catalogue, place: Place, stated: Sequence[Resolution], evidence: Evidence, evaluated_at: datetime
) -> Figures:
    known = evaluate(catalogue, place, stated, evidence, evaluated_at)
    return Figures(
        resolutions=known.resolutions,
        plan_differences=known.plan_differences,
        observations=list(known.observations.values()),
        attainment=known.attainment,
        by_unit=attain_by_unit(catalogue, place, known.resolutions, known.observations, evaluated_at),
        unit_series=unit_series(catalogue, place, evidence, known.observations, known.resolutions, evaluated_at),
    )


_FIGURES = LastAnswer(_figures)
_HISTORY = LastAnswer(history)


def compute_history(connection: duckdb.DuckDBPyConnection, situation: Situation, evaluated_at: datetime) -> History:
    """Compute every state of every figure up to a moment; nothing is written.

    Raises:
        CatalogueError: a targets file says nonsense; the message names file and entry.
    """
    stated = load_resolutions(situation.raw_dir, situation.catalogue)
    return _HISTORY(situation.catalogue, situation.place, stated, read_evidence(connection), evaluated_at)


def compute_fleet(
    connection: duckdb.DuckDBPyConnection, situation: Situation, evaluated_at: datetime
) -> list[FleetLine]:
    """Compute the fleet's lines for every quarter that has a list, as known at a moment; nothing is written."""
    selection = answering(read_evidence(connection), evaluated_at)
    return [
        line
        for quarter in sorted(_fleet_quarters(selection))
        for line in fleet_lines(
            situation.catalogue.fleet, quarter, _fleet(connection, selection, quarter), evaluated_at
        )
    ]


def plan_differences(connection: duckdb.DuckDBPyConnection, situation: Situation) -> list[PlanDifference]:
    """The plans that the forms print otherwise than targets.yaml, as known when the tables were evaluated."""
    moment = stored_moment(connection)
    if moment is None:
        return []
    stated = load_resolutions(situation.raw_dir, situation.catalogue)
    evidence = read_evidence(connection)
    return with_printed_plans(situation.catalogue, situation.place, stated, evidence, moment)[1]


def _fleet_quarters(selection: Selection) -> set[Quarter]:
    forms = ("fisheries_vessels", "fisheries_cases", "fisheries_landings")
    return {quarter for form in forms for quarter in selection.answered_quarters(form)}


def _fleet(connection: duckdb.DuckDBPyConnection, selection: Selection, quarter: Quarter) -> FleetReports:
    """What answers for the fleet in a quarter."""
    found = {
        form: selection.answer(form, quarter).vintage
        for form in ("fisheries_vessels", "fisheries_cases", "fisheries_landings")
    }

    def rows(form: str) -> list[dict[str, Any]] | None:
        vintage = found[form]
        if vintage is None:
            return None
        table = tables.feed_tables()[form].full_name
        sql = f"SELECT * FROM {table} WHERE quarter = ? AND sha256 = ? ORDER BY row"  # noqa: S608 - a model's name
        return list(rows_of(connection, sql, [str(quarter), vintage.sha256]))

    vessels, cases, landings = rows("fisheries_vessels"), rows("fisheries_cases"), rows("fisheries_landings")
    answers = [vintage for vintage in found.values() if vintage is not None]
    return FleetReports(
        vessels=None if vessels is None else [_vessel(row) for row in vessels],
        cases=None if cases is None else [Case(row["register"], _decimal(row["fine_vnd"])) for row in cases],
        landings=None
        if landings is None
        else Landings(
            landed_t=sum((exact(row["landed_t"]) for row in landings), Decimal(0)),
            monitored_t=sum((exact(row["monitored_t"]) for row in landings), Decimal(0)),
        ),
        as_of=max(vintage.as_of for vintage in answers),
        is_illustrative=any(vintage.is_sample for vintage in answers),
        rejected_rows=_rejected_rows(connection, found),
    )


def _rejected_rows(connection: duckdb.DuckDBPyConnection, found: Mapping[str, Vintage | None]) -> dict[str, int]:
    """How many rows of each list that answers were sent back, by the list's Vietnamese name."""
    names = {"fisheries_vessels": VESSELS, "fisheries_cases": CASES, "fisheries_landings": LANDINGS}
    rejected: dict[str, int] = {}
    for form, vintage in found.items():
        if vintage is not None:
            sql = "SELECT rows_rejected FROM core.vintage WHERE form = ? AND quarter = ? AND sha256 = ?"
            row = connection.execute(sql, [form, str(vintage.quarter), vintage.sha256]).fetchone()
            rejected[names[form]] = row[0] if row else 0
    return rejected


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else exact(value)


def _vessel(row: dict[str, Any]) -> Vessel:
    return Vessel(
        register=row["register"],
        length_m=exact(row["length_m"]),
        is_licensed=row["licence_no"] is not None,
        licence_until=row["licence_until"],
        inspection_until=row["inspection_until"],
        vms_since=row["vms_since"],
        is_laid_up=row["state"] == LAID_UP,
        is_gone=row["state"] in GONE,
    )


def write_observations(connection: duckdb.DuckDBPyConnection, figures: Figures, evaluated_at: datetime) -> None:
    """Write ``core.target`` and ``core.observation``."""
    targets = [
        {
            "year": resolution.year,
            "indicator_code": target.code,
            "plan_source": str(target.plan_source),
            "value": target.value,
            "upper": target.upper,
            "unit": target.unit,
            "direction": str(target.direction),
            "known_from": target.known_from,
            "stands": target in standing,
            "baseline": target.baseline,
            "clause": target.clause,
            "document": target.document or resolution.document,
            "is_illustrative": target.illustrative,
        }
        for resolution in figures.resolutions
        for standing in [resolution.standing_on(evaluated_at.date()).targets]
        for target in resolution.targets
    ]
    replace_all(connection, tables.TARGET, as_frame(targets, tables.TARGET))
    replace_all(connection, tables.OBSERVATION, observation_frame(figures, evaluated_at))


def observation_frame(figures: Figures, evaluated_at: datetime) -> pd.DataFrame:
    """The rows of ``core.observation``."""
    rows = [record(observation) | {"evaluated_at": evaluated_at} for observation in figures.observations]
    return as_frame(rows, tables.OBSERVATION)


def write_attainment(connection: duckdb.DuckDBPyConnection, figures: Figures) -> None:
    """Write ``mart.attainment``, ``mart.attainment_by_unit`` and ``mart.unit_series``."""
    replace_all(connection, tables.ATTAINMENT, as_frame([record(row) for row in figures.attainment], tables.ATTAINMENT))
    by_unit = [record(row) for row in figures.by_unit]
    replace_all(connection, tables.UNIT_ATTAINMENT, as_frame(by_unit, tables.UNIT_ATTAINMENT))
    series = [record(row) for row in figures.unit_series]
    replace_all(connection, tables.UNIT_SERIES, as_frame(series, tables.UNIT_SERIES))


def write_history(connection: duckdb.DuckDBPyConnection, computed: History) -> int:
    """Write the tables of the history; the number of their rows."""
    return sum(replace_all(connection, table, frame) for table, frame in history_frames(computed).items())


def history_frames(computed: History) -> dict[tables.Table, pd.DataFrame]:
    """The rows of the tables of the history."""
    return {
        tables.ATTAINMENT_HISTORY: _states_frame(computed.attainment, tables.ATTAINMENT_HISTORY),
        tables.OBSERVATION_HISTORY: _states_frame(computed.observations, tables.OBSERVATION_HISTORY),
        tables.YEAR_VERDICT_HISTORY: _states_frame(computed.verdicts, tables.YEAR_VERDICT_HISTORY),
    }


def _states_frame(states: Sequence[Known[Any]], table: tables.Table) -> pd.DataFrame:
    rows = [record(state.row) | {"known_from": state.known_from, "known_to": state.known_to} for state in states]
    return as_frame(rows, table)


def write_fleet(connection: duckdb.DuckDBPyConnection, lines: Sequence[FleetLine]) -> None:
    """Write ``mart.iuu_compliance``."""
    replace_all(connection, tables.FLEET, as_frame([record(line) for line in lines], tables.FLEET))


def record(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the row dataclasses
    """A row dataclass as a mapping, without copying its values."""
    return {column.name: getattr(row, column.name) for column in fields(row)}


def as_frame(rows: list[dict[str, Any]], table: tables.Table) -> pd.DataFrame:
    """Rows as a frame of the table's columns, with Decimals as doubles and codes as text.

    Raises:
        KeyError: a row lacks a column of the table.
    """
    return pd.DataFrame(
        {c.name: pd.Series([plain(row[c.name]) for row in rows], dtype=_dtype(c.sql_type)) for c in table.columns}
    )


def _dtype(sql_type: str) -> str:
    return {"DOUBLE": "float64", "BIGINT": "Int64", "INTEGER": "Int64", "BOOLEAN": "bool", "VARCHAR": "str"}.get(
        sql_type, "object"
    )


def plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """A value as DuckDB takes it: a Decimal as the double it means, a code or quarter as text, others as they are."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, PlanSource | ObsStatus | Quarter) or (isinstance(value, str) and type(value) is not str):
        return str(value)
    return value


def stored_moment(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """The moment at which the stored attainment was evaluated; None where there is none yet."""
    found = connection.execute("SELECT max(evaluated_at) FROM core.observation").fetchone()
    moment: datetime | None = found[0] if found else None
    return moment
