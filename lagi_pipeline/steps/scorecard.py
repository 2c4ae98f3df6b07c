"""The scorecard of the feeds: its evidence out of the working database, its two tables into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

from lagi_pipeline.catalogue.indicators import ObsStatus
from lagi_pipeline.catalogue.place import load_resolutions
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.catalogue.tasks import years_with_tasks
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.indicators.scorecard import Filed, Findings, Owed, Received, Scorecard, owed, scorecard
from lagi_pipeline.indicators.vintages import answering
from lagi_pipeline.intake.findings import Severity
from lagi_pipeline.steps.compute import Situation, as_frame, read_evidence, record
from lagi_pipeline.steps.ingest import READER_DEFECT
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import replace_all, rows_of

_READ = """
SELECT feed, form, quarter, file, sha256, received_at, obs_status, sender, withdrawn_at, restored_at,
       rows_accepted, rows_rejected, warnings
FROM core.vintage
"""
_SAID = """
WITH said AS (
    SELECT feed, quarter, sha256, min(sender) AS sender, min(withdrawn_at) AS withdrawn_at,
        min(restored_at) AS restored_at
    FROM core.vintage GROUP BY ALL
)
"""
"""What a file said of itself, where any form of it was read."""
_UNREAD = f"""
{_SAID}
SELECT DISTINCT feed, form, quarter, file, sha256, received_at, sender, withdrawn_at, restored_at
FROM quarantine.rejected_file AS refused LEFT JOIN said USING (feed, quarter, sha256)
WHERE NOT EXISTS (
    SELECT 1 FROM core.vintage AS read
    WHERE (read.feed, read.quarter, read.sha256) = (refused.feed, refused.quarter, refused.sha256)
        AND read.form = coalesce(refused.form, read.form)
)
"""  # noqa: S608 - our own names
_FINDINGS = f"""
{_SAID}
, found AS (
    SELECT feed, form, quarter, file, sha256, received_at, resolved_at, rule, severity = $error AS is_error,
        false AS of_file
    FROM quarantine.rejected_row
    UNION ALL BY NAME
    SELECT feed, form, quarter, file, sha256, received_at, resolved_at, rule, true AS is_error, true AS of_file
    FROM quarantine.rejected_file
)
SELECT * EXCLUDE (rule), rule = $ours AS is_ours, count(*) AS count
FROM found LEFT JOIN said USING (feed, quarter, sha256) GROUP BY ALL
"""  # noqa: S608 - our own names


def compute_scorecard(connection: duckdb.DuckDBPyConnection, situation: Situation, evaluated_at: datetime) -> Scorecard:
    """Who reported what and who owes what, as known at a moment; nothing is written.

    Which lines have a figure is read from ``core.observation``, which must be evaluated at the same moment.

    Raises:
        CatalogueError: a targets file says nonsense; the message names file and entry.
    """
    received = Received(
        filed=tuple(_filed(connection)),
        findings=tuple(_findings(connection)),
        selection=answering(read_evidence(connection), evaluated_at),
        with_figure=_with_figure(connection, situation.place.file.code),
    )
    return scorecard(situation.catalogue, situation.place, what_is_owed(situation), received, evaluated_at)


def what_is_owed(situation: Situation) -> Owed:
    """What the place's offices owe, and from when on.

    Raises:
        CatalogueError: a targets file says nonsense.
    """
    forms = {feed.code: {form.form.code: form.form.title_vi for form in feed.forms} for feed in FEEDS.values()}
    resolutions = load_resolutions(situation.raw_dir, situation.catalogue)
    return owed(situation.catalogue, situation.place, forms, resolutions, years_with_tasks(situation.raw_dir))


def write_scorecard(connection: duckdb.DuckDBPyConnection, computed: Scorecard) -> None:
    """Write ``mart.feed_scorecard`` and ``mart.overdue``."""
    lines, overdue = [record(line) for line in computed.lines], [record(line) for line in computed.overdue]
    replace_all(connection, tables.SCORECARD, as_frame(lines, tables.SCORECARD))
    replace_all(connection, tables.OVERDUE, as_frame(overdue, tables.OVERDUE))


def _filed(connection: duckdb.DuckDBPyConnection) -> Iterator[Filed]:
    """Every form of every file that was read, and what could not be."""
    for row in rows_of(connection, _READ):
        yield Filed(**row | {"quarter": Quarter.parse(row["quarter"]), "obs_status": ObsStatus(row["obs_status"])})
    for row in rows_of(connection, _UNREAD):
        yield Filed(**row | {"quarter": Quarter.parse(row["quarter"]), "obs_status": None})


def _findings(connection: duckdb.DuckDBPyConnection) -> Iterator[Findings]:
    """The findings of quarantine, counted by file and kind."""
    for row in rows_of(connection, _FINDINGS, {"error": str(Severity.ERROR), "ours": READER_DEFECT}):
        yield Findings(**row | {"quarter": Quarter.parse(row["quarter"])})


def _with_figure(connection: duckdb.DuckDBPyConnection, town: str) -> frozenset[tuple[str, Quarter]]:
    """The town's lines that have a figure of their own quarter; a survey carried over is not one."""
    sql = (
        "SELECT indicator_code, quarter FROM core.observation WHERE unit_code = ? AND value IS NOT NULL AND NOT carried"
    )
    return frozenset((code, Quarter.parse(quarter)) for code, quarter in connection.execute(sql, [town]).fetchall())
