"""The reports that were issued, from the files that keep them into ``core``, and what has changed since into ``mart``.

How a report is issued is ``sign_off``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.indicators.sign_off import (
    FigureEvidence,
    IssuedFigure,
    IssuedReport,
    IssuedReportError,
    Revision,
    parse,
    revisions,
)
from lagi_pipeline.indicators.sign_off import Situation as Evaluated
from lagi_pipeline.steps.compute import Figures, Situation, as_frame, compute, record, stored_moment
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import Warehouse, replace_all, rows_of

PATTERN = "[0-9][0-9][0-9][0-9]-Q[1-4]-*.json"


@dataclass
class KeptReports:
    """The reports that are as they were issued, and the files that are not, each with what is wrong with it."""

    reports: list[IssuedReport] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def read_kept(folder: Path, place: str) -> KeptReports:
    """Read every report that was issued; a file that is not as it was issued is named, and the others go on."""
    kept = KeptReports()
    for path in sorted(folder.glob(PATTERN)):
        try:
            kept.reports.append(parse(path.read_text("utf-8"), path.name, place))
        except (IssuedReportError, UnicodeDecodeError, OSError) as error:
            said = error if isinstance(error, IssuedReportError) else f"it cannot be read ({type(error).__name__})"
            kept.wrong.append(f"{folder.name}/{path.name} is not used: {said}; put the copy of the backup in its place")
    return kept


def load_reports(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, place: str) -> KeptReports:
    """Make ``core.issued_report`` and ``core.issued_figure`` anew from the files that keep the reports."""
    kept = read_kept(warehouse.issued, place)
    reports = [
        {
            "quarter": report.quarter,
            "number": report.number,
            "file": f"{warehouse.issued.name}/{report.name}",
            "office": report.office,
            "office_name_vi": report.office_name_vi,
            "document_no": report.document_no,
            "resolution": report.resolution,
            "frozen_at": report.frozen_at,
            "issued_at": report.issued_at,
            "figures": len(report.figures),
            "sha256": report.sha256,
        }
        for report in kept.reports
    ]
    figures = [_figure_row(report, figure) for report in kept.reports for figure in report.figures]
    replace_all(connection, tables.ISSUED_REPORT, as_frame(reports, tables.ISSUED_REPORT))
    replace_all(connection, tables.ISSUED_FIGURE, as_frame(figures, tables.ISSUED_FIGURE))
    return kept


def _figure_row(report: IssuedReport, figure: IssuedFigure) -> dict[str, Any]:
    """The columns of ``core.issued_figure``; a report of an earlier version may lack some of them."""
    evidence = json.dumps(figure.evidence.model_dump(mode="json"), ensure_ascii=False)
    row = {column.name: figure.row.get(column.name) for column in tables.ISSUED_FIGURE.columns}
    return row | {"quarter": report.quarter, "number": report.number, "evidence": evidence}


def compute_revisions(
    connection: duckdb.DuckDBPyConnection, situation: Situation, figures: Figures, moment: datetime
) -> list[Revision]:
    """What has changed since each quarter's newest report, as evaluated at a moment; nothing is written."""
    evaluated = Evaluated(
        catalogue=situation.catalogue,
        place=situation.place,
        resolutions=[resolution.standing_on(moment.date()) for resolution in figures.resolutions],
        attainment=figures.attainment,
        observations={(o.indicator_code, o.unit_code, o.quarter): o for o in figures.observations},
        evaluated_at=moment,
    )
    return revisions(_loaded(connection, situation.place.file.code), evaluated)


def _loaded(connection: duckdb.DuckDBPyConnection, place: str) -> list[IssuedReport]:
    """The reports as ``core`` holds them."""
    figures: dict[tuple[str, int], list[IssuedFigure]] = {}
    for row in rows_of(connection, "SELECT * FROM core.issued_figure ORDER BY rowid"):
        evidence = FigureEvidence.model_validate_json(row.pop("evidence"))
        figures.setdefault((row["quarter"], row["number"]), []).append(IssuedFigure(row, evidence))
    return [
        IssuedReport(
            place=place,
            quarter=Quarter.parse(row["quarter"]),
            number=row["number"],
            office=row["office"],
            office_name_vi=row["office_name_vi"],
            document_no=row["document_no"],
            resolution=row["resolution"],
            frozen_at=row["frozen_at"],
            issued_at=row["issued_at"],
            figures=tuple(figures.get((row["quarter"], row["number"]), [])),
        )
        for row in rows_of(connection, "SELECT * FROM core.issued_report")
    ]


def write_revisions(connection: duckdb.DuckDBPyConnection, situation: Situation) -> int:
    """Write ``mart.revision_since_report`` as of the moment at which the stored figures were evaluated.

    Returns:
        The number of rows.
    """
    moment = stored_moment(connection)
    found: Sequence[Revision] = ()
    if moment is not None:
        found = compute_revisions(connection, situation, compute(connection, situation, moment), moment)
    return replace_all(connection, tables.REVISION, as_frame([record(row) for row in found], tables.REVISION))
