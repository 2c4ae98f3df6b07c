"""The published tables as files: CSV and Parquet, with a Frictionless ``datapackage.json`` that describes them.

For those who do not open the database: Excel, R, a portal. Read from the published file alone, and dated by its own
evaluation, so that the same file gives the same exports. The package describes the CSV files; the Parquet file of each
resource (its ``parquet``) has the same rows and columns.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.catalogue.place import PlaceFile
from lagi_pipeline.reporting.leftovers import leftovers, remove
from lagi_pipeline.reporting.published import open_published
from lagi_pipeline.vietnamese.units import lookup
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import literal, quoted, rows_of
from lagi_pipeline.warehouse.tables import Table
from lagi_pipeline.warehouse.views import ViewColumn, columns_of, views

FOLDER = "exports"
PACKAGE = "datapackage.json"
_BOM = b"\xef\xbb\xbf"
"""Excel takes a CSV file for UTF-8 only where this stands first; other programs pass over it."""
_TYPES = {
    "VARCHAR": "string",
    "JSON": "object",
    "DOUBLE": "number",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
_NOT_EXPORTED = {"guide", "targets", "target_series"}
"""Views whose rows are all in ``attainment``."""
_TABLES = {
    tables.ATTAINMENT: "Kết quả thực hiện từng chỉ tiêu, theo quý và kế hoạch",
    tables.ATTAINMENT_HISTORY: "Từng kết quả như đã biết qua các thời điểm",
    tables.UNIT_SERIES: "Số liệu phường, xã qua các lần sắp xếp đơn vị",
    tables.TRACE: "Các ô số liệu đứng sau từng con số",
    tables.TRACE_LINE: "Cách tính từng con số",
    tables.TARGET: "Chỉ tiêu năm theo từng kế hoạch",
    tables.OBSERVATION: "Số liệu từng chỉ tiêu, của thị xã và phường, xã",
    tables.MEASURE: "Số liệu đã báo cáo, mọi phiên bản",
    tables.VINTAGE: "Các phiên bản biểu đã nhận",
    tables.ISSUED_REPORT: "Các báo cáo đã phát hành",
    tables.ISSUED_FIGURE: "Số liệu trong các báo cáo đã phát hành",
}
_REFERENCES = {
    "attainment": (("quarter", "indicator_code"), "targets_by_plan"),
    "trace": (("indicator_code", "unit_code", "quarter"), "trace_line"),
    "measure": (("form", "quarter", "sha256"), "vintage"),
    "issued_figure": (("quarter", "number"), "issued_report"),
    "what_changed": (("quarter", "number"), "issued_report"),
}
"""By resource: columns that point at a row of another one, under the same names there."""
_BRACKET = re.compile(r"\((?P<said>[^()]+)\)$")
_LICENCE = {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"}
"""Of the illustrative workbooks, as of everything in the repository; an office's own figures have none of ours."""


@dataclass(frozen=True)
class Resource:
    """What is exported under one name: its titles, its columns and key, and the query that gives its rows in order."""

    name: str
    title_vi: str
    title_en: str
    columns: tuple[ViewColumn, ...]
    key: tuple[str, ...]
    select: str

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The key, where no part of it may be null: a primary key may not."""
        nullable = {column.name for column in self.columns if column.nullable}
        return self.key if nullable.isdisjoint(self.key) else ()


@dataclass(frozen=True)
class Exports:
    """What was written: the folder, and the rows and the bytes (CSV and Parquet) of each resource."""

    folder: Path
    rows: dict[str, int]
    csv_bytes: dict[str, int]
    parquet_bytes: dict[str, int]

    @property
    def files(self) -> int:
        """The number of files, the package's own included."""
        return len(self.csv_bytes) + len(self.parquet_bytes) + 1


@cache
def resources() -> tuple[Resource, ...]:
    """Everything that is exported: the views, then the tables behind them that analysts ask for."""
    of_views = (
        Resource(view.name, view.about_vi, view.about_en, view.columns, view.key, view.select)
        for view in views()
        if view.name not in _NOT_EXPORTED
    )
    return (*of_views, *(_of_table(table, title_vi) for table, title_vi in _TABLES.items()))


def _of_table(table: Table, title_vi: str) -> Resource:
    columns = columns_of(table)
    if table is tables.OBSERVATION:
        columns += (_unit_of_indicator(),)
    listed = ", ".join(f"{column.sql} AS {quoted(column.name)}" for column in columns)
    order = ", ".join(f"t.{quoted(name)}" for name in table.key)
    select = f"SELECT {listed} FROM {table.full_name} AS t ORDER BY {order}"  # noqa: S608 - a model's names
    return Resource(table.name, title_vi, table.comment, columns, table.key, select)


def _unit_of_indicator() -> ViewColumn:
    """The unit of a row's figure, which depends on its indicator; the table leaves it to the catalogue."""
    units = " ".join(f"WHEN {literal(one.code)} THEN {literal(one.unit)}" for one in catalogue().indicators)
    title_vi, about_en = "Đơn vị tính", "Unit of measure of value"
    sql = f"CASE t.indicator_code {units} END"
    return ViewColumn("unit", sql, title_vi, about_en, f"{title_vi} — {about_en}", "VARCHAR", nullable=False)


def write_exports(published: Path, folder: Path, place: PlaceFile) -> Exports:
    """Write every resource as CSV and Parquet with the package into a fresh folder, and put it in place of the last.

    A reader sees the last exports or these, never half of either: between the two there is none for a moment.

    Args:
        published: The published file.
        folder: Where the exports stand; replaced whole.
        place: Whose figures these are, and in which zone their times are.

    Raises:
        FileNotFoundError: nothing has been published yet.
        OSError: the folder cannot be written; the last exports stay.
    """
    _tidy(folder)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.fresh")
    try:
        with open_published(published) as connection:
            written = _write(connection, fresh, place)
        _put_in_place(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Exports(folder, written.rows, written.csv_bytes, written.parquet_bytes)


def _tidy(folder: Path) -> None:
    """Take away what a process that was killed left beside the folder; where it left none, the last exports come back.

    What a process that lives is at work on stays.
    """
    left = leftovers(folder.parent, folder.name, ours=True)
    last = [path for path in left if path.suffix == ".last"]
    if last and not folder.exists():
        max(last, key=lambda path: path.stat().st_mtime).rename(folder)
    remove(left)


def _put_in_place(fresh: Path, folder: Path) -> None:
    """Rename the fresh folder to its name; the last one goes, or comes back where that fails.

    Another process may have put its own in place meanwhile: that one stays.
    """
    last = folder.with_name(f".{folder.name}.{os.getpid()}.last")
    if folder.exists():
        folder.rename(last)
    try:
        fresh.rename(folder)
    except OSError:
        if last.exists() and not folder.exists():
            last.rename(folder)
        raise
    finally:
        shutil.rmtree(last, ignore_errors=True)


def _write(connection: duckdb.DuckDBPyConnection, fresh: Path, place: PlaceFile) -> Exports:
    made = Exports(fresh, {}, {}, {})
    described = []
    for kind in ("csv", "parquet"):
        (fresh / kind).mkdir(parents=True)
    for resource in resources():
        csv, parquet = fresh / _path(resource, "csv"), fresh / _path(resource, "parquet")
        made.rows[resource.name] = _copy(connection, resource.select, parquet, "FORMAT parquet, COMPRESSION zstd")
        _write_csv(connection, resource, csv)
        made.csv_bytes[resource.name] = csv.stat().st_size
        made.parquet_bytes[resource.name] = parquet.stat().st_size
        described.append(_described(resource, csv, made.rows[resource.name]))
    about = _package(connection, place) | {"resources": described}
    (fresh / PACKAGE).write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return made


def _path(resource: Resource, kind: str) -> str:
    return f"{kind}/{resource.name}.{kind}"


def _copy(connection: duckdb.DuckDBPyConnection, select: str, path: Path, options: str) -> int:
    copied = connection.execute(f"COPY ({select}) TO {literal(str(path))} ({options})").fetchone()
    return int(copied[0]) if copied else 0


def _write_csv(connection: duckdb.DuckDBPyConnection, resource: Resource, path: Path) -> None:
    """UTF-8 with a byte order mark, commas, decimal points, ISO dates and times; no figure is an empty cell."""
    shown = ", ".join(_as_text(column) for column in resource.columns)
    bare = path.with_suffix(".bare")
    _copy(connection, f"SELECT {shown} FROM ({resource.select})", bare, "FORMAT csv, HEADER")  # noqa: S608 - our names
    with path.open("wb") as marked, bare.open("rb") as stream:
        marked.write(_BOM)
        shutil.copyfileobj(stream, marked)
    bare.unlink()


def _as_text(column: ViewColumn) -> str:
    name = quoted(column.name)
    return f"replace(CAST({name} AS VARCHAR), ' ', 'T') AS {name}" if column.sql_type == "TIMESTAMP" else name


def _described(resource: Resource, csv: Path, rows: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in resource.columns], "missingValues": [""]}
    if resource.primary_key:
        schema["primaryKey"] = list(resource.primary_key)
    if resource.name in _REFERENCES:
        names, other = _REFERENCES[resource.name]
        schema["foreignKeys"] = [{"fields": list(names), "reference": {"resource": other, "fields": list(names)}}]
    return {
        "name": resource.name,
        "profile": "tabular-data-resource",
        "path": _path(resource, "csv"),
        "parquet": _path(resource, "parquet"),
        "title": resource.title_vi,
        "title_en": resource.title_en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": csv.stat().st_size,
        "hash": f"sha256:{hashlib.sha256(csv.read_bytes()).hexdigest()}",
        "rows": rows,
        "schema": schema,
    }


def _field(column: ViewColumn) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.sql_type],
        "title": column.title_vi,
        "title_en": column.name.replace("_", " "),
        "description": column.about_en,
    }
    if unit := column.unit or _unit_in_title(column):
        field["unit"] = unit
    if not column.nullable:
        field["constraints"] = {"required": True}
    return field


def _unit_in_title(column: ViewColumn) -> str | None:
    """The unit that the title of a figure names: ``Tiền phạt (đồng)``, ``Tỷ lệ nộp (%)``, ``% đăng ký``."""
    if _TYPES[column.sql_type] not in {"number", "integer"}:
        return None
    if column.title_vi.startswith("% "):
        return "%"
    bracket = _BRACKET.search(column.title_vi)
    unit = lookup(bracket["said"]) if bracket else None
    return unit.label if unit else None


def _package(connection: duckdb.DuckDBPyConnection, place: PlaceFile) -> dict[str, Any]:
    """What the package says of itself: whose figures, as of when, from what, and whether they are illustrative."""
    [(evaluated_at,)] = connection.execute("SELECT max(evaluated_at) FROM core.observation").fetchall()
    documents = rows_of(connection, "SELECT DISTINCT document FROM core.target ORDER BY document", [])
    [(files, samples)] = connection.execute("SELECT count(*), count(*) FILTER (is_sample) FROM core.vintage").fetchall()
    about: dict[str, Any] = {
        "name": f"chi-tieu-{place.code}",
        "profile": "tabular-data-package",
        "title": f"Kết quả thực hiện chỉ tiêu, {place.name_vi}",
        "title_en": f"Attainment of the targets of {place.name_en}",
        "description": "Figures are in the unit named beside them or in the field's unit; an empty cell is no figure,"
        " never zero. Times are local, of the zone " + place.timezone + ".",
        **_moment(evaluated_at, place.timezone),
        "illustrative": samples > 0,
        "sources": [
            *({"title": row["document"]} for row in documents),
            {"title": f"Biểu báo cáo của các cơ quan: {files} phiên bản, trong đó {samples} là số liệu minh họa"},
        ],
    }
    if samples and samples == files:
        about["licenses"] = [_LICENCE]
    return about


def _moment(evaluated_at: datetime | None, timezone: str) -> dict[str, str]:
    """The evaluation as version and day of making: no clock is read. Nothing where nothing was evaluated."""
    if evaluated_at is None:
        return {}
    return {
        "version": evaluated_at.isoformat(timespec="seconds"),
        "created": evaluated_at.replace(tzinfo=ZoneInfo(timezone)).isoformat(timespec="seconds"),
    }
