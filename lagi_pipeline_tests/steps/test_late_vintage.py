"""A vintage that comes late and is older than the newest is taken in, and today's answer stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from lagi_pipeline_tests.running import (
    book,
    contents,
    line,
    published,
    query,
    raised,
    reevaluate,
    run,
    send,
    working,
)

QUARTER = "2024-Q3"
JOBS = "jobs"
WARD = "Phường Phước Hội"
NEWEST = ("2024-09-30", "2024-10-11T08:30:00+07:00")  # as_of and received_at of the sample that answers


def _send_another(data_dir: Path, as_of: str, received_at: str) -> str:
    """File the quarter's employment once more beside the first, with other figures; its path below ``data/raw``."""
    made = raised(book("employment", QUARTER), 100, "CG", WARD, "Tổng cộng")
    path = send(data_dir, replace(made, file_name="gui-muon.xlsx"), as_of=as_of, received_at=received_at)
    return path.relative_to(data_dir / "raw").as_posix()


def _attainment(data_dir: Path) -> dict[str, list[str]]:
    """Everything published of today's attainment, of all quarters, without the moment of the evaluation."""
    today = ("mart.attainment", "mart.attainment_by_unit")
    with published(data_dir) as connection:
        return {name: rows for name, rows in contents(connection).items() if name in today}


@pytest.mark.parametrize(
    ("as_of", "received_at"),
    [
        ("2024-09-14", "2024-09-20T08:00:00+07:00"),
        ("2024-09-14", "2025-01-20T08:00:00+07:00"),  # sent after the newest, and says that it is older
        (NEWEST[0], "2024-10-05T08:00:00+07:00"),
        ("2024-09-29", NEWEST[1]),
    ],
    ids=["earlier in both", "older figures sent later", "same day, received earlier", "a day older, received together"],
)
def test_an_older_vintage_is_kept_and_changes_no_answer(village_copy: Path, as_of: str, received_at: str) -> None:
    before = _attainment(village_copy)
    assert any(QUARTER in row for rows in before.values() for row in rows)
    name = _send_another(village_copy, as_of, received_at)
    assert run(village_copy, QUARTER, QUARTER).success
    assert _attainment(village_copy) == before
    with working(village_copy) as connection:
        vintages = query(connection, "SELECT * FROM core.vintage WHERE form = 'employment' AND quarter = ?", QUARTER)
        measures = query(
            connection,
            "SELECT count(*) AS n FROM core.measure WHERE sha256 IN (SELECT sha256 FROM core.vintage WHERE file = ?)",
            name,
        )
    [late] = [vintage for vintage in vintages if vintage["file"] == name]
    assert len(vintages) == 2
    assert (str(late["as_of"])[:10], late["problem"]) == (as_of, None)
    assert late["rows_accepted"] > 0
    assert measures[0]["n"] > 0


def test_the_same_file_as_the_newest_vintage_changes_the_answer(village_copy: Path) -> None:
    """Else the test above would show nothing."""
    before = _attainment(village_copy)
    _send_another(village_copy, NEWEST[0], "2024-10-15T08:00:00+07:00")
    assert run(village_copy, QUARTER, QUARTER).success
    assert _attainment(village_copy) != before


def test_an_older_vintage_answers_for_the_time_before_the_newest_came(village_copy: Path) -> None:
    before_the_newest = datetime.fromisoformat("2024-10-01T08:00")
    reevaluate(village_copy, before_the_newest)
    assert line(village_copy, QUARTER, JOBS)["actual"] is None
    _send_another(village_copy, "2024-09-14", "2024-09-20T08:00:00+07:00")
    assert run(village_copy, QUARTER, QUARTER, evaluated_at=before_the_newest).success
    assert line(village_copy, QUARTER, JOBS)["actual"] is not None
