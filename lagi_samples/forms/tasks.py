"""The report on the tasks of the resolution: a heading for each group, a row for each task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_samples.office import Frame, both_periods, flat_header, framed
from lagi_samples.sheet import Sheet, Value


@dataclass(frozen=True)
class TaskRow:
    """What is reported of a task; ``percent`` None leaves the cell blank."""

    code: str
    label: str
    lead: str
    due: str
    state: str
    percent: int | None
    partners: str | None = None
    difficulties: str | None = None
    proposals: str | None = None
    evidence: str | None = None

    @property
    def cells(self) -> list[Value]:
        """The row."""
        told = [self.code, self.label, self.lead, self.partners, self.due, self.state, self.percent]
        return [*told, self.difficulties, self.proposals, self.evidence]


def tasks(quarter: Quarter, groups: Mapping[str, Sequence[TaskRow]], dated: date) -> Sheet:
    """The tasks as they stand at the quarter's end.

    Args:
        quarter: its quarter.
        groups: the rows by the heading of their group.
        dated: day under the letterhead.
    """
    frame = Frame(
        office="vpubnd",
        title=("TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ THEO NGHỊ QUYẾT", both_periods(quarter)),
        dated=dated,
    )
    header = flat_header(
        "Mã nhiệm vụ",
        "Nhiệm vụ",
        "Cơ quan chủ trì",
        "Cơ quan phối hợp",
        "Thời hạn",
        "Trạng thái",
        "Tỷ lệ hoàn thành (%)",
        "Khó khăn",
        "Kiến nghị",
        "Minh chứng",
    )
    body: list[list[Value]] = []
    for heading, rows in groups.items():
        body.append([heading])
        body += [row.cells for row in rows]
    return framed("Nhiệm vụ", frame, header, body, [10, 44, 28, 28, 14, 24, 12, 34, 34, 34])
