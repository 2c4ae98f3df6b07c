"""The views of the published file: plain names for those who do not know the pipeline.

They choose, order and rename what is stored, and compute nothing. Each view has a Vietnamese twin of the same rows and
columns, whose column names are the models' Vietnamese titles in letters that every keyboard has: ``chi_tieu_nam``.
Comments are the models' own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import duckdb

from lagi_pipeline.catalogue.indicators import catalogue
from lagi_pipeline.warehouse import tables
from lagi_pipeline.warehouse.database import literal, quoted
from lagi_pipeline.warehouse.tables import Table, feed_tables


def plain_name(title_vi: str) -> str:
    """A Vietnamese title as a column's name: ``% chỉ tiêu`` is ``phan_tram_chi_tieu``."""
    spelt = title_vi.lower().replace("%", " phan tram ").replace("đ", "d")
    letters = "".join(c for c in unicodedata.normalize("NFD", spelt) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


@dataclass(frozen=True)
class ViewColumn:
    """A column of a view: its name, what it selects, its type, and what it means in both languages."""

    name: str
    sql: str
    title_vi: str
    about_en: str
    comment: str
    sql_type: str
    nullable: bool = True
    unit: str | None = None

    @property
    def name_vi(self) -> str:
        """Its name in the Vietnamese twin."""
        return plain_name(self.title_vi)


@dataclass(frozen=True)
class View:
    """A view: its names in both languages, what it holds, its columns, where they come from and their order."""

    name: str
    name_vi: str
    about_vi: str
    about_en: str
    columns: tuple[ViewColumn, ...]
    source: str
    order: str
    key: tuple[str, ...] = ()

    @property
    def comment(self) -> str:
        """What it holds, in both languages."""
        return f"{self.about_vi} — {self.about_en}"

    @property
    def select(self) -> str:
        """The query behind it, with the English names."""
        return self._select({column.name: column.name for column in self.columns})

    def named(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """The view and its twin: the name, the query, and the comments of its columns."""
        yield self.name, self.select, {column.name: column.comment for column in self.columns}
        vietnamese = {column.name: column.name_vi for column in self.columns}
        yield (
            self.name_vi,
            self._select(vietnamese),
            {column.name_vi: f"{column.comment} [{column.name}]" for column in self.columns},
        )

    def _select(self, names: Mapping[str, str]) -> str:
        listed = ", ".join(f"{column.sql} AS {quoted(names[column.name])}" for column in self.columns)
        return f"SELECT {listed} FROM {self.source} ORDER BY {self.order}"  # noqa: S608 - our own names


def columns_of(table: Table, *names: str) -> tuple[ViewColumn, ...]:
    """Columns of a table, whose alias is ``t``, as they are; all of them where none is named."""
    by_name = {column.name: column for column in table.columns}
    return tuple(
        ViewColumn(
            name=column.name,
            sql=f"t.{quoted(column.name)}",
            title_vi=column.title_vi,
            about_en=column.description_en,
            comment=column.comment,
            sql_type=column.sql_type,
            nullable=column.nullable,
            unit=column.unit if column.unit != "index" else None,
        )
        for column in (by_name[name] for name in names or by_name)
    )


def _told(name: str, title_vi: str, about_en: str, sql: str) -> ViewColumn:
    """A column of words that no table has."""
    return ViewColumn(name, sql, title_vi, about_en, f"{title_vi} — {about_en}", "VARCHAR")


_MARKED = ViewColumn(
    "is_illustrative",
    "coalesce(f.actual_is_illustrative OR a.actual_is_illustrative OR a.target_is_illustrative, false)",
    "Số liệu minh họa",
    "Whether the line rested on illustrative sample data when it was reported, or does now",
    "Số liệu minh họa — Whether the line rested on illustrative sample data when it was reported, or does now",
    "BOOLEAN",
    nullable=False,
)
_SINCE_REPORT = """mart.revision_since_report AS t
LEFT JOIN core.issued_figure AS f ON (f.quarter, f.number, f.indicator_code, f.plan_source)
    = (t.quarter, t.number, t.indicator_code, t.plan_source)
LEFT JOIN mart.attainment AS a ON (a.quarter, a.indicator_code, a.plan_source)
    = (t.quarter, t.indicator_code, t.plan_source)"""


def _words(kind: str, column: str) -> str:
    """The Vietnamese word for the code in a column."""
    listed = " ".join(f"WHEN {literal(code)} THEN {literal(said)}" for code, said in catalogue().words[kind].items())
    return f"CASE {column} {listed} END"


LINE_ORDER = "TRY_CAST(regexp_extract(t.ordinal, '^[0-9]+') AS INTEGER), t.ordinal, t.indicator_code"
"""The order of the resolution: 5, 5a, 6, 10."""
_NEWEST = (
    "(SELECT max(o.quarter) FROM core.observation AS o WHERE o.value IS NOT NULL AND NOT o.carried"
    " AND o.indicator_code IN (SELECT a.indicator_code FROM mart.attainment AS a))"
)
"""The newest quarter for which anything was reported; a survey carried over from an earlier one does not count."""


@cache
def line_columns() -> tuple[ViewColumn, ...]:
    """The columns of a line against the plan that leads it: those of ``mart.attainment``, and two words beside."""
    said = (
        _told("plan_vi", "Kế hoạch", "plan_source in Vietnamese", _words("plan_source", "t.plan_source")),
        _told(
            "obs_status_vi", "Số ước, sơ bộ, chính thức", "obs_status in words", _words("obs_status", "t.obs_status")
        ),
    )
    kept = [column.name for column in tables.ATTAINMENT.columns if column.name != "is_leading"]
    return (*columns_of(tables.ATTAINMENT, *kept), *said)


def _line_views() -> Iterator[View]:
    yield View(
        "targets",
        "chi_tieu",
        "Từng chỉ tiêu đang ở đâu: quý mới nhất có số liệu, theo kế hoạch chính",
        "Where each target stands: the newest quarter with figures, by the plan that leads the line; figures are in"
        " unit, null is no figure",
        line_columns(),
        f"mart.attainment AS t WHERE t.is_leading AND t.quarter = {_NEWEST}",
        LINE_ORDER,
        ("quarter", "indicator_code"),
    )
    yield View(
        "target_series",
        "chi_tieu_theo_quy",
        "Từng chỉ tiêu qua các quý, theo kế hoạch chính",
        "The same for every quarter: a row for each line and quarter",
        line_columns(),
        "mart.attainment AS t WHERE t.is_leading",
        f"{LINE_ORDER}, t.quarter",
        ("quarter", "indicator_code"),
    )
    yield View(
        "targets_by_plan",
        "chi_tieu_theo_ke_hoach",
        "Cùng một số liệu so với nghị quyết, HĐND giao, tỉnh giao",
        "The same figure against each of the three plans, side by side",
        columns_of(tables.BY_PLAN),
        "mart.attainment_by_plan AS t",
        f"t.quarter, {LINE_ORDER}",
        tables.BY_PLAN.key,
    )
    yield View(
        "year_results",
        "ket_qua_nam",
        "Kết luận từng năm: bao nhiêu chỉ tiêu vượt, đạt, không đạt",
        "How many main lines are exceeded, met, missed, undecided; plan_source leading is what is reported",
        columns_of(tables.YEAR_VERDICT),
        "mart.year_verdict AS t",
        "t.year, t.plan_source",
        tables.YEAR_VERDICT.key,
    )
    yield View(
        "by_ward",
        "theo_phuong_xa",
        "Từng phường, xã: số liệu và chênh lệch so với chỉ tiêu của thị xã",
        "Each phường and xã on the lines that are reported by unit; a null is no figure: count before you sum",
        columns_of(tables.UNIT_ATTAINMENT),
        "mart.attainment_by_unit AS t",
        "t.quarter, t.indicator_code, t.unit_code",
        tables.UNIT_ATTAINMENT.key,
    )


def _work_views() -> Iterator[View]:
    lengths = [length.code for length in catalogue().fleet.length_classes]
    yield View(
        "fleet",
        "doi_tau",
        "Đội tàu và chống khai thác IUU, theo nhóm chiều dài",
        "Fleet and compliance with IUU rules by length class; class all is the whole fleet: never add it to the others",
        columns_of(tables.FLEET),
        "mart.iuu_compliance AS t",
        f"t.quarter, t.length_class = 'all', list_position({lengths}, t.length_class) NULLS LAST",
        tables.FLEET.key,
    )
    yield View(
        "tasks",
        "nhiem_vu",
        "Tiến độ từng nhiệm vụ của nghị quyết",
        "How far each task of the resolution is, by quarter",
        columns_of(tables.TASK_PROGRESS),
        "mart.task_progress AS t",
        "t.quarter, t.group_number, t.position",
        tables.TASK_PROGRESS.key,
    )
    yield View(
        "also_followed",
        "theo_doi_them",
        "Chỉ tiêu theo dõi, hạn chế cần khắc phục, kế hoạch đã ban hành",
        "What the resolution also asks to be followed, beside the ten targets",
        columns_of(tables.REGISTER),
        "mart.resolution_register AS t",
        "t.year, t.register, t.position",
        tables.REGISTER.key,
    )
    yield View(
        "reports_received",
        "tinh_hinh_bao_cao",
        "Từng báo cáo phải nộp: đã nộp chưa, đúng hạn không",
        "Every report that an office owes, by quarter: received, on time, usable, what is still open",
        columns_of(tables.SCORECARD),
        "mart.feed_scorecard AS t",
        "t.quarter, t.office_name_vi, t.feed",
        tables.SCORECARD.key,
    )
    yield View(
        "overdue_reports",
        "bao_cao_qua_han",
        "Danh sách đôn đốc: ai còn nợ gì, từ ngày nào",
        "Who owes which report, since when, and which targets have no figure for it; the longest overdue first",
        columns_of(tables.OVERDUE),
        "mart.overdue AS t",
        "t.since, t.office, t.feed, t.quarter",
        tables.OVERDUE.key,
    )
    yield View(
        "what_changed",
        "thay_doi",
        "Thay đổi so với báo cáo gần nhất của từng quý, và vì sao",
        "What differs from the newest report issued for a quarter, then and now, and why; empty where none was issued",
        (*columns_of(tables.REVISION), _MARKED),
        _SINCE_REPORT,
        f"t.quarter, {LINE_ORDER}, t.plan_source, t.aspect",
        tables.REVISION.key,
    )


_SENT_BACK = """(
    SELECT feed, form, quarter, file, sha256, sheet, "row", cell, severity, reason, received_at, resolved_at,
        resolved_by
    FROM quarantine.rejected_row
    UNION ALL BY NAME
    SELECT feed, form, quarter, file, sha256, sheet, cell, 'file' AS severity, reason, received_at, resolved_at,
        resolved_by
    FROM quarantine.rejected_file
) AS t
LEFT JOIN (
    SELECT v.feed, v.quarter, v.sha256, min(v.sender) AS sender FROM core.vintage AS v GROUP BY ALL
) AS said ON (said.feed, said.quarter, said.sha256) = (t.feed, t.quarter, t.sha256)
LEFT JOIN (SELECT DISTINCT s.office, s.office_name_vi FROM mart.feed_scorecard AS s) AS o ON o.office = said.sender"""


def _sent_back_view() -> View:
    severity = (
        "CASE t.severity WHEN 'file' THEN 'trả lại cả tệp' WHEN 'error' THEN 'trả lại dòng' WHEN 'warning' THEN"
        " 'cảnh báo, vẫn nhận' END"
    )
    return View(
        "sent_back",
        "tra_lai",
        "Những gì đã trả lại hoặc cảnh báo, và vì sao",
        "What went back to the offices or was questioned, down to the cell, and why",
        (
            *columns_of(tables.REJECTED_ROW, "quarter", "feed"),
            _told("office_name_vi", "Cơ quan gửi", "Office that sent it; null where none is named", "o.office_name_vi"),
            _told("severity", "Mã mức độ", "file (refused whole), error (row rejected), warning (kept)", "t.severity"),
            _told("severity_vi", "Mức độ", "The same in Vietnamese", severity),
            *columns_of(tables.REJECTED_ROW, "file", "sheet", "row", "cell"),
            *columns_of(tables.REJECTED_ROW, "reason", "received_at", "resolved_at", "resolved_by"),
        ),
        _SENT_BACK,
        "t.quarter, t.feed, t.file, t.sheet, t.row, t.cell, t.reason",
    )


def _rows_behind(form: str, indicator: str) -> str:
    """The rows of a form in the file and sheet on which the published figure of a line rests."""
    return (
        f"feeds.{form} AS t SEMI JOIN ("  # noqa: S608 - our own names
        "SELECT c.quarter, c.sha256, c.sheet FROM mart.trace AS c"
        f" WHERE c.is_town AND c.role = 'sum' AND c.indicator_code = {literal(indicator)} AND c.form = {literal(form)}"
        " AND c.period = c.quarter) AS used"
        " ON (used.quarter, used.sha256, used.sheet) = (t.quarter, t.sha256, t.sheet)"
    )


_RESTS_ON = "the version that the published figure of {} rests on; none for a quarter whose figure was set by hand"


def _budget_view(name: str, name_vi: str, about_vi: str, form: str, indicator: str) -> View:
    shown = (
        "quarter", "path", "item", "ordinal", "content", "actual", "plan", "plan_province", "plan_council",
        "year_estimate", "percent_of_last_year", "obs_status", "as_of", "file", "sheet", "row", "is_sample",
    )  # fmt: skip
    return View(
        name,
        name_vi,
        about_vi,
        "Rows of the budget form as reported, cumulative from 1 January, in tỷ đồng: a row contains those whose path"
        f" begins with its own, so never add all up; {_RESTS_ON.format(indicator)}",
        columns_of(feed_tables()[form], *shown),
        _rows_behind(form, indicator),
        "t.quarter, t.row",
        ("quarter", "row"),
    )


def _form_views() -> Iterator[View]:
    yield _budget_view(
        "budget_by_item", "thu_ngan_sach", "Thu ngân sách theo từng khoản, sắc thuế", "budget_revenue", "budget_revenue"
    )
    yield _budget_view(
        "spending_by_item", "chi_ngan_sach", "Chi ngân sách theo từng khoản", "budget_spending", "development_spending"
    )
    shown = (
        "quarter", "item", "ordinal", "goods", "quantity_unit", "quantity_quarter", "value_quarter", "quantity_ytd",
        "value_ytd", "percent_of_last_year", "obs_status", "as_of", "file", "sheet", "row", "is_sample",
    )  # fmt: skip
    yield View(
        "exports_by_good",
        "xuat_khau",
        "Xuất khẩu theo mặt hàng: lượng và trị giá",
        "Exports by good, values in triệu USD, quantities in quantity_unit; the row item = total is the sum;"
        f" {_RESTS_ON.format('export_turnover')}",
        columns_of(feed_tables()["exports"], *shown),
        _rows_behind("exports", "export_turnover"),
        "t.quarter, t.row",
        ("quarter", "row"),
    )


def _guide(views: tuple[View, ...]) -> View:
    listed = ", ".join(
        f"({at}, {literal(view.name)}, {literal(view.name_vi)}, {literal(view.about_vi)}, {literal(view.about_en)})"
        for at, view in enumerate(views, start=1)
    )
    return View(
        "guide",
        "huong_dan",
        "Bắt đầu từ đây: trong tệp này có gì",
        "Start here: the views of this file, with their Vietnamese twins",
        (
            _told("view_name", "Tên tiếng Anh", "SELECT * FROM it", "t.view_name"),
            _told("view_name_vi", "Tên tiếng Việt", "The same rows with Vietnamese column names", "t.view_name_vi"),
            _told("about_vi", "Nội dung", "What it holds, in Vietnamese", "t.about_vi"),
            _told("about_en", "Nội dung tiếng Anh", "What it holds, in English", "t.about_en"),
        ),
        f"(VALUES {listed}) AS t(position, view_name, view_name_vi, about_vi, about_en)",
        "t.position",
        ("view_name",),
    )


@cache
def views() -> tuple[View, ...]:
    """Every view of the published file, the guide to the others first."""
    made = (*_line_views(), *_work_views(), _sent_back_view(), *_form_views())
    return (_guide(made), *made)


def create_views(connection: duckdb.DuckDBPyConnection, offered: tuple[View, ...]) -> None:
    """Make the views and their twins with all comments in the connection's database, whose tables are there."""
    for view in offered:
        for name, select, comments in view.named():
            connection.execute(f"CREATE VIEW main.{name} AS {select}")
            connection.execute(f"COMMENT ON VIEW main.{name} IS {literal(view.comment)}")
            for column, comment in comments.items():
                connection.execute(f"COMMENT ON COLUMN main.{name}.{quoted(column)} IS {literal(comment)}")


def views_of(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str | None]]:
    """The comments on the columns of each view that the database in use holds; its own under the empty name.

    Raises:
        duckdb.Error: a view cannot be opened.
    """
    found: dict[str, dict[str, str | None]] = {}
    listed = connection.execute(
        "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal AND database_name = current_database()"
    ).fetchall()
    for name, comment in listed:
        connection.execute(f"SELECT * FROM main.{quoted(name)} LIMIT 0")  # noqa: S608 - as the database names it
        columns = connection.execute(
            "SELECT column_name, comment FROM duckdb_columns()"
            " WHERE database_name = current_database() AND schema_name = 'main' AND table_name = ?",
            [name],
        ).fetchall()
        found[name] = {"": comment, **dict(columns)}
    return found


def comments_of(offered: tuple[View, ...]) -> dict[str, dict[str, str | None]]:
    """What ``views_of`` must find where these were made."""
    return {name: {"": view.comment, **comments} for view in offered for name, _, comments in view.named()}
