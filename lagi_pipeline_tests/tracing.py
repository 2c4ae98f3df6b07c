"""Figures worked out again from ``mart.trace`` alone, and the cells that it names looked up by other readers."""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import xlrd
import yaml
from python_calamine import CalamineWorkbook

from lagi_pipeline_tests.running import Rows, ask

_ADDRESS = re.compile(r"([A-Z]+)(\d+)")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")


def weighted(rows: Iterable[dict[str, Any]], role: str) -> float:
    return sum(row["value"] * row["factor"] for row in rows if row["role"] == role)


def rate(rows: Rows, which: str = "") -> float:
    multipliers = {row["multiplier"] for row in rows if row["role"] == f"{which}numerator"}
    [multiplier] = multipliers
    return multiplier * weighted(rows, f"{which}numerator") / weighted(rows, f"{which}denominator")


def figure(rows: Rows) -> float:
    """What the rows of one figure make: a sum, a rate, or the fall of a rate since last year's end."""
    roles = {row["role"] for row in rows}
    if "sum" in roles:
        return weighted(rows, "sum")
    if "baseline" in roles:
        return weighted(rows, "baseline") - rate(rows)
    if "last_year_numerator" in roles:
        return rate(rows, "last_year_") - rate(rows)
    return rate(rows)


def traces(data_dir: Path) -> dict[tuple[str, str, str], Rows]:
    """The rows of every figure by indicator, unit and quarter."""
    found: dict[tuple[str, str, str], Rows] = {}
    for row in ask(data_dir, "FROM mart.trace ORDER BY ALL"):
        found.setdefault((row["indicator_code"], row["unit_code"], row["quarter"]), []).append(row)
    return found


def same(one: float | None, other: float) -> bool:
    return one is not None and math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


def attainment_that_does_not_trace(data_dir: Path, town: str = "594") -> tuple[int, list[str]]:
    """How many figures ``mart.attainment`` shows, and those that its trace does not make again."""
    by_figure = traces(data_dir)
    seen, wrong = 0, []
    lines = ask(data_dir, "FROM mart.attainment ORDER BY ALL")
    for line in lines:
        code, quarter = line["indicator_code"], line["quarter"]
        rows = by_figure[code, town, quarter]
        targets = [
            row["value"] for row in rows if row["role"] == "target" and row["plan_source"] == line["plan_source"]
        ]
        again: dict[str, float] = {"target": targets[0]} if len(targets) == 1 else {}
        if line["actual"] is not None:
            again["actual"] = figure(rows)
        if line["numerator"] is not None:
            again |= {"numerator": weighted(rows, "numerator"), "denominator": weighted(rows, "denominator")}
        if line["attainment_pct"] is not None:
            again["attainment_pct"] = again["actual"] / again["target"] * 100
        if line["actual_quarter"] is not None:
            before = by_figure[code, town, f"{quarter[:-1]}{int(quarter[-1]) - 1}"] if quarter[-1] != "1" else []
            again["actual_quarter"] = again["actual"] - (figure(before) if before else 0)
        shown = ("target", "actual", "numerator", "denominator", "attainment_pct", "actual_quarter")
        for name in shown:
            if line[name] is not None:
                seen += 1
                if name not in again or not same(line[name], again[name]):
                    wrong.append(
                        f"{code} {quarter} {line['plan_source']} {name}: {line[name]}, traced {again.get(name)}"
                    )
    return seen, wrong


def observations_that_do_not_trace(data_dir: Path) -> tuple[int, list[str]]:
    """The same of ``core.observation``: wards and companions. A line of the town may show less than was observed."""
    by_figure = traces(data_dir)
    lines = {(line["indicator_code"], line["quarter"]): line for line in ask(data_dir, "FROM mart.attainment")}
    seen, wrong = 0, []
    for one in ask(data_dir, "FROM core.observation WHERE value IS NOT NULL"):
        line = lines.get((one["indicator_code"], one["quarter"])) if one["unit_code"] == "594" else None
        if line is not None and line["actual"] is None:
            continue
        seen += 1
        rows = by_figure.get((one["indicator_code"], one["unit_code"], one["quarter"]), [])
        if not rows or not same(one["value"], figure(rows)):
            wrong.append(f"{one['indicator_code']} {one['unit_code']} {one['quarter']}")
    return seen, wrong


def cells_that_say_otherwise(data_dir: Path) -> tuple[int, list[str]]:
    """How many cells and entries the trace names, and those where its file says something else."""
    named = ask(
        data_dir,
        "SELECT DISTINCT file, sha256, sheet, cell, role = 'baseline' AS is_baseline, indicator_code, plan_source,"
        " measure, text, printed_value, scale, value FROM mart.trace WHERE cell IS NOT NULL OR measure IS NULL"
        " ORDER BY ALL",
    )
    wrong = [f"{row}: {said}" for row in named if (said := _differs(data_dir, row)) is not None]
    return len(named), wrong


def _differs(data_dir: Path, row: dict[str, Any]) -> str | None:
    if not same(row["value"], row["printed_value"] * row["scale"]):
        return "printed value and scale are not the value"
    if row["measure"] is None:
        return _entry_differs(data_dir / "raw" / row["file"], row)
    path = next((data_dir / "warehouse" / "vault").glob(f"{row['sha256']}.*"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
        return "the vault holds another file"
    stood = _cell(path, row["sheet"], row["cell"])
    if isinstance(stood, int | float):
        return None if same(float(row["text"]), stood) and same(row["printed_value"], stood) else f"holds {stood}"
    if row["text"] not in str(stood):
        return f"holds «{stood}»"
    return None if same(row["printed_value"], _number(row["text"])) else f"«{row['text']}» is another number"


def _entry_differs(path: Path, row: dict[str, Any]) -> str | None:
    if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
        return "another file"
    key = "baseline" if row["is_baseline"] else "value"
    said = [
        entry[key]
        for entry in yaml.safe_load(path.read_text("utf-8"))["targets"]
        if entry["code"] == row["indicator_code"] and entry["plan_source"] == row["plan_source"]
    ]
    return None if len(said) == 1 and same(row["value"], float(said[0])) else f"says {said}"


def _number(text: str) -> float:
    """A number as an office types it: ``1.234,5``, ``18.537 ha``; a dash is 0 where it stands for a figure."""
    digits = re.match(r"[\d.,]+|[-–]", text.strip())
    assert digits is not None, text
    if not digits[0][0].isdigit():
        return 0.0
    said = digits[0]
    return float(said.replace(".", "").replace(",", ".") if "," in said or _GROUPED.fullmatch(said) else said)


def _cell(path: Path, sheet: str, address: str) -> object:
    place = _ADDRESS.fullmatch(address)
    assert place is not None, address
    column = 0
    for letter in place[1]:
        column = column * 26 + ord(letter) - 64
    return _sheet(path, sheet)[int(place[2]) - 1][column - 1]


@cache
def _sheet(path: Path, name: str) -> list[list[Any]]:
    match path.suffix:
        case ".xlsx":
            return [[*row] for row in openpyxl.load_workbook(path, data_only=True)[name].iter_rows(values_only=True)]
        case ".xls":
            page = xlrd.open_workbook(str(path)).sheet_by_name(name)
            return [page.row_values(row) for row in range(page.nrows)]
        case ".ods":
            found = CalamineWorkbook.from_path(path).get_sheet_by_name(name)
            return found.to_python(skip_empty_area=False)
        case _:
            text = path.read_text("utf-8-sig")
            return list(csv.reader(text.splitlines(), delimiter=";" if text.count(";") > text.count(",") else ","))
