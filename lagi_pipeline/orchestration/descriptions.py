"""What stands at assets, checks and schedules in the UI: what it is in both languages, whose it is, what to do."""

from __future__ import annotations

from lagi_pipeline.catalogue.alerts import alert_words
from lagi_pipeline.catalogue.indicators import Cadence, FeedEntry
from lagi_pipeline.catalogue.place import Place

_CADENCE_VI = {Cadence.QUARTER: "hằng quý", Cadence.YEAR: "hằng năm, trong thư mục quý IV"}
_CADENCE_EN = {Cadence.QUARTER: "every quarter", Cadence.YEAR: "yearly, in the folder of Q4"}
_SEEN = (
    "A changed or new file is seen by the sensor raw_files, which asks for a run of its quarter; a quarter's version"
    " is the digest of its files."
)
_COUNTED = (
    "How many rows came in and were refused: tab Partitions, a quarter (2024-07-01 is 2024-Q3). What went back and why:"
    " tab Checks, rows_follow_the_form. Which office still owes a report: no_report_is_overdue."
)
GROUPS = {
    "budget": "thu, chi ngân sách: revenue and spending of the budget (targets 1, 2)",
    "industry": "công nghiệp: industrial output (3)",
    "trade": "xuất khẩu: exports (4)",
    "environment": "nước sinh hoạt, chất thải rắn: water and solid waste (5, 5a, 6)",
    "forestry": "rừng và cây lâu năm: green cover (7)",
    "population": "dân số: births and deaths (8)",
    "labour": "lao động, việc làm: jobs and trained labour (9, 9a)",
    "poverty": "rà soát hộ nghèo: the yearly review of poor households (10)",
    "fisheries": "tàu cá, vi phạm, sản lượng qua cảng: fleet, violations, landings (IUU)",
    "tasks": "nhiệm vụ của nghị quyết: reports on the resolution's tasks (II.C)",
    "core": "đại lượng, quan sát, chỉ tiêu: every reported figure, what is made of them, and what they are held"
    " against",
    "mart": "kết quả để tra cứu: what people query",
    "issued": "báo cáo đã phát hành: reports frozen as issued",
    "returned": "phiếu trả lại: what goes back to the offices",
    "published": "tệp công bố, bản xuất: what analysts open",
    "reports": "báo cáo quý, trang chỉ tiêu: what the committee reads",
}
"""The groups in the order in which the data passes them; Dagster has no place for this, docs/engineers.md has."""


def folder_description(entry: FeedEntry, place: Place) -> str:
    """Of a folder of ``data/raw``."""
    folders = ", ".join(f"data/raw/{folder}/<quarter>" for folder in entry.folders)
    said = [
        f"{entry.name_vi} ({entry.name_en}): the files as sent, in {folders}. Form: {entry.source}.",
        *_sent(entry, place),
        _SEEN,
    ]
    return "\n\n".join(said)


def feed_description(entry: FeedEntry, place: Place, names: str) -> str:
    """Of a feed's accepted rows, in the tables ``names``."""
    what = f"{entry.name_vi} ({entry.name_en}): accepted rows in {names}; the rest in quarantine with reasons."
    return "\n\n".join([f"{what} Form: {entry.source}.", *_sent(entry, place), _COUNTED])


def _sent(entry: FeedEntry, place: Place) -> tuple[str, str]:
    names = [office.name_vi for folder in entry.folders for office in place.offices_owing(folder)]
    offices = "; ".join(dict.fromkeys(names)) or "chưa giao cơ quan nào"
    return (
        f"Cơ quan gửi: {offices}; {_CADENCE_VI[entry.cadence]}.",
        f"Sent {_CADENCE_EN[entry.cadence]} by the owners of this asset.",
    )


def check_description(name: str, what: str) -> str:
    """Of a check: ``what`` holds when it passes; then what to do when it does not."""
    words = alert_words().of_check(name)
    return f"{what}\n\nWhen it fails: {words.do_en}.\n\nKhi không đạt: {words.do_vi}.\n\nMore: {words.guide}."
