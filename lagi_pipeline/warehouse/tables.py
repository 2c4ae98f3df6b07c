"""The tables of ``core``, ``mart`` and ``quarantine`` as pandera models, and every table there is.

A model is the one source of its table: types, nullability, comments, Dagster's column schema and the data dictionary
are made from it, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import pandas as pd
import pandera.pandas as pa

from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.intake.form import given

_QUARTER = given("Quý", "Quarter, 2024-Q3")
_EVALUATED_AT = given("Đánh giá lúc", "Moment as of which the row was evaluated (local time)", "TIMESTAMP")
_DIRECTION = given("Chiều", "What the target asks: at_least, at_most, range, exact or yes_no (1 có, 0 không)")
_AS_OF = given("Số liệu đến ngày", "Day the figures are of", "DATE", nullable=True)
_OBS_STATUS = given(
    "Loại số liệu",
    "estimate (ước), preliminary (sơ bộ) or final (chính thức): the weakest of the inputs",
    nullable=True,
)
_RESOLVED_AT = given(
    "Đã khắc phục lúc", "When the corrected file that resolved it was received (local time)", "TIMESTAMP", nullable=True
)
_RESOLVED_BY = given("Khắc phục bởi tệp", "The corrected file, below data/raw", nullable=True)
_REASON = given("Lý do, ghi chú", "Why there is no figure, or what to know about it", nullable=True)

_CELL = given("Ô", "Address of the cell", nullable=True)
_CELL_TEXT = given(
    "Nội dung ô", "What stood in the cell; a number as it is stored, with a decimal point", nullable=True
)
_PRINTED_VALUE = "The number that stood there, before any conversion"
_PRINTED_UNIT = "Unit in which the file prints it"
_SCALE = "What one of the printed unit is in the unit of the value"


class VintageRow(pa.DataFrameModel):
    """One version of one form for one quarter: what one file said. The newest usable one answers."""

    feed: str = given("Nguồn số liệu", "Feed")
    form: str = given("Biểu", "Form; its rows are in feeds.<form>")
    quarter: str = _QUARTER
    file: str = given("Tệp", "File below data/raw")
    sha256: str = given("Mã băm tệp", "SHA-256 of the file's bytes; the file is kept in the vault under it")
    as_of: pd.Timestamp = given("Số liệu đến ngày", "Day the figures are of", "DATE")
    received_at: pd.Timestamp = given(
        "Nhận lúc", "When it was received (local time); it is known from then on", "TIMESTAMP"
    )
    obs_status: str = given("Loại số liệu", "estimate, preliminary or final")
    is_sample: bool = given("Số liệu minh họa", "Whether the file is illustrative sample data")
    withdrawn: bool = given("Đã rút lại", "Whether the sender withdrew it, as last read")
    withdrawn_at: pd.Timestamp = given(
        "Rút lại lúc", "When it was withdrawn (local time); it answers nothing from then on", "TIMESTAMP", nullable=True
    )
    restored_at: pd.Timestamp = given(
        "Khôi phục lúc", "When the withdrawal was taken back; it counts again from then on", "TIMESTAMP", nullable=True
    )
    problem: str = given("Lý do trả lại", "Why it may not answer although it was read", nullable=True)
    sender: str = given("Cơ quan gửi", "Office that sent it, by its code", nullable=True)
    document_no: str = given("Số văn bản", "Document it came with", nullable=True)
    sheet: str = given("Trang tính", "Sheet it was read from")
    title: str = given("Tiêu đề", "Period as the title states it", nullable=True)
    rows_read: int = given("Số dòng đọc", "Non-blank rows of the form's part of the sheet")
    rows_accepted: int = given("Số dòng nhận", "Rows accepted into feeds.<form>")
    rows_rejected: int = given("Số dòng trả lại", "Rows rejected, with their reasons in quarantine.rejected_row")
    rows_other: int = given(
        "Số dòng khác", "Rows recognised as no data: titles, headers, totals that reconcile, signatures"
    )
    warnings: int = given("Số cảnh báo", "Findings that accept their row")
    content_sha256: str = given("Mã băm nội dung", "Digest of the accepted rows: equal where two files say the same")
    reader_version: str = given("Phiên bản bộ đọc", "Version of the reader that read it")


class MeasureRow(pa.DataFrameModel):
    """A reported figure in the unit of the catalogue, with its cell; every vintage's."""

    feed: str = given("Nguồn số liệu", "Feed")
    form: str = given("Biểu", "Form")
    quarter: str = _QUARTER
    measure: str = given("Đại lượng", "Measure of the catalogue")
    name_vi: str = given("Tên", "Vietnamese name of the measure")
    unit: str = given("Đơn vị tính", "Unit of measure")
    unit_code: str = given("Mã đơn vị", "Reporting unit; the place's own code for a town figure")
    value: float = given("Giá trị", "Figure")
    basis: str = given("Giá", "Price basis, where the measure has one", nullable=True)
    row: int = given("Dòng", "Row in the sheet", "INTEGER")
    cell: str = given("Ô", "Address of the figure", nullable=True)
    sheet: str = given("Trang tính", "Sheet")
    file: str = given("Tệp", "File below data/raw")
    sha256: str = given("Mã băm tệp", "SHA-256 of the file")
    as_of: pd.Timestamp = given("Số liệu đến ngày", "Day the figures are of", "DATE")
    received_at: pd.Timestamp = given(
        "Nhận lúc", "When the file was received; the figure is known from then on", "TIMESTAMP"
    )
    obs_status: str = given("Loại số liệu", "estimate, preliminary or final")
    is_sample: bool = given("Số liệu minh họa", "Whether it is illustrative sample data")


class MeasureCellRow(pa.DataFrameModel):
    """A cell that a reported figure is the sum of, as it stood; one for most, several where a unit has several rows."""

    feed: str = given("Nguồn số liệu", "Feed")
    form: str = given("Biểu", "Form")
    quarter: str = _QUARTER
    sha256: str = given("Mã băm tệp", "SHA-256 of the file")
    measure: str = given("Đại lượng", "Measure of the catalogue")
    unit_code: str = given("Mã đơn vị", "Reporting unit; the place's own code for a town figure")
    position: int = given("Thứ tự", "Order of the cell in its figure, from 1", "INTEGER")
    sheet: str = given("Trang tính", "Sheet")
    row: int = given("Dòng", "Row in the sheet", "INTEGER")
    cell: str = _CELL
    text: str = _CELL_TEXT
    printed_value: float = given("Số trong ô", _PRINTED_VALUE)
    printed_unit: str = given("Đơn vị trong tệp", _PRINTED_UNIT)
    scale: float = given("Hệ số quy đổi", _SCALE)
    value: float = given("Giá trị", "printed_value x scale, in the unit")
    unit: str = given("Đơn vị tính", "Unit of measure")


class RejectedUnitRow(pa.DataFrameModel):
    """A reporting unit whose row was rejected in a vintage, so that it has no figure there."""

    feed: str = given("Nguồn số liệu", "Feed")
    form: str = given("Biểu", "Form")
    quarter: str = _QUARTER
    sha256: str = given("Mã băm tệp", "SHA-256 of the file")
    unit_code: str = given("Mã đơn vị", "Reporting unit")
    reason: str = given("Lý do", "Why, in Vietnamese")


class FirstSeenRow(pa.DataFrameModel):
    """When the pipeline first saw a file's content, its withdrawal or its restoration: what counts if none is said."""

    feed: str = given("Nguồn số liệu", "Feed")
    quarter: str = _QUARTER
    sha256: str = given("Mã băm tệp", "SHA-256 of the file")
    event: str = given("Sự việc", "content, withdrawn or restored", isin=["content", "withdrawn", "restored"])
    seen_at: pd.Timestamp = given("Thấy lần đầu", "When (local time)", "TIMESTAMP")


class OverrideRow(pa.DataFrameModel):
    """A figure or result that an office set by hand: an entry of a file of data/raw/overrides; every version's."""

    file: str = given("Tệp", "File below data/raw")
    sha256: str = given("Mã băm tệp", "SHA-256 of the file; it is kept in the vault under it")
    entry: str = given("Mục", "Entry of the file, figures[1]")
    office: str = given("Cơ quan", "Office that set it, by its code")
    office_name_vi: str = given("Tên cơ quan", "Vietnamese name of the office")
    reason: str = given("Lý do", "Why, as the office gives it; what names a person is masked")
    document_no: str = given("Số văn bản", "Document by which it was set")
    received_at: pd.Timestamp = given(
        "Nhận lúc", "When this version was received (local time); it is known from then on", "TIMESTAMP"
    )
    withdrawn_at: pd.Timestamp = given(
        "Rút lại lúc", "From when on it is withdrawn (local time)", "TIMESTAMP", nullable=True
    )
    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    quarter: str = _QUARTER
    plan_source: str = given(
        "Nguồn kế hoạch", "Plan whose result it sets; null for that of every plan, and for a figure", nullable=True
    )
    value: float = given("Giá trị", "The town's figure that it sets, in the indicator's unit", nullable=True)
    result: str = given("Mã kết quả", "Result that it sets: exceeded, met or not_met", nullable=True)
    is_sample: bool = given("Minh họa", "Whether it is illustrative")
    is_whole: bool = given(
        "Nhận cả tệp", "Whether every entry of the file was accepted: only then does it replace the earlier version"
    )


class TargetRow(pa.DataFrameModel):
    """A target of a year by the plan that set it; every version of one that was changed."""

    year: int = given("Năm", "Year", "INTEGER")
    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    plan_source: str = given("Nguồn kế hoạch", "party_resolution, council or province")
    value: float = given("Chỉ tiêu", "Target, in the indicator's unit; the lower bound of a range")
    upper: float = given("Chỉ tiêu (mức trên)", "Upper bound of a range", nullable=True)
    unit: str = given("Đơn vị tính", "Unit of measure")
    direction: str = _DIRECTION
    known_from: pd.Timestamp = given(
        "Có hiệu lực từ ngày", "Day from which it stands; null is from the beginning", "DATE", nullable=True
    )
    stands: bool = given("Đang có hiệu lực", "Whether it is the version that stood when evaluated")
    baseline: float = given("Mức gốc", "Figure at the end of last year, where the plan gives it", nullable=True)
    clause: str = given("Căn cứ", "Clause of the resolution, or the cell of the form")
    document: str = given("Văn bản", "Document")
    is_illustrative: bool = given("Minh họa", "Whether the figure is not a published one")


class ObservationRow(pa.DataFrameModel):
    """An indicator's figure for a unit and quarter, as known when it was evaluated; null value means no figure."""

    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    unit_code: str = given("Mã đơn vị", "Reporting unit; the place's own code for the town")
    quarter: str = _QUARTER
    value: float = given(
        "Giá trị", "Unrounded; year to date for flows, per cent for rates, points for changes", nullable=True
    )
    numerator: float = given("Tử số", "Numerator", nullable=True)
    denominator: float = given("Mẫu số", "Denominator", nullable=True)
    obs_status: str = _OBS_STATUS
    as_of: pd.Timestamp = _AS_OF
    is_illustrative: bool = given("Minh họa", "Whether any input is illustrative sample data")
    basis: str = given("Giá", "Price basis", nullable=True)
    reason: str = _REASON
    returned: bool = given("Đã trả lại", "Whether the figure is missing because it was sent back for correction")
    carried: bool = given("Lấy kỳ trước", "Whether it is the last survey's figure")
    override_vi: str = given("Điều chỉnh", "Document by which an office set the figure by hand", nullable=True)
    evaluated_at: pd.Timestamp = _EVALUATED_AT


class AttainmentRow(pa.DataFrameModel):
    """Where each target stands: a row for every target, plan and quarter."""

    quarter: str = _QUARTER
    year: int = given("Năm", "Year of the target", "INTEGER")
    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    ordinal: str = given("TT", "Number of the line in the resolution (5a is a sub-line)", nullable=True)
    name_vi: str = given("Chỉ tiêu", "Vietnamese name")
    name_en: str = given("Tên tiếng Anh", "English name")
    unit: str = given("Đơn vị tính", "Unit of measure of target, actual and gap")
    direction: str = _DIRECTION
    plan_source: str = given("Nguồn kế hoạch", "party_resolution, council or province")
    is_leading: bool = given("Kế hoạch chính", "Whether this plan leads where a line has several")
    target: float = given("Chỉ tiêu năm", "Target of the year; the lower bound of a range")
    target_upper: float = given("Chỉ tiêu năm (mức trên)", "Upper bound of a range", nullable=True)
    actual: float = given(
        "Thực hiện", "Year to date for flows, the rate otherwise; unrounded; null is no figure", nullable=True
    )
    actual_quarter: float = given(
        "Thực hiện quý", "Flows: this quarter alone; null if the quarter before is missing", nullable=True
    )
    numerator: float = given("Tử số", "Numerator of a rate", nullable=True)
    denominator: float = given("Mẫu số", "Denominator of a rate", nullable=True)
    attainment_pct: float = given(
        "% chỉ tiêu",
        "actual / target x 100 where more is better; null for at most, exact, yes_no and a target of 0",
        nullable=True,
    )
    gap: float = given(
        "Chênh lệch",
        "Compared figure against the target, in the unit; 0 or more exactly when the target is reached",
        nullable=True,
    )
    result_status: str = given("Mã kết quả", "exceeded, met, not_met, in_progress, not_due or no_data")
    status_vi: str = given("Kết quả", "The status in Vietnamese; tells not reported from returned for correction")
    pace_status: str = given("Mã tiến độ", "ahead, on_pace or behind; pace_basis says by what", nullable=True)
    pace_vi: str = given("Tiến độ", "The pace in Vietnamese", nullable=True)
    expected_pct: float = given(
        "% lẽ ra phải đạt", "Share of the year expected by the quarter, 0 to 100", nullable=True
    )
    expected: float = given("Mức lẽ ra phải đạt", "Figure expected by the quarter's end, in the unit", nullable=True)
    pace_basis: str = given("Cơ sở tiến độ", "By what pace is judged, and what is expected rests on", nullable=True)
    forecast: float = given("Dự báo cả năm (hệ thống)", "Forecast of the year's figure; no office's own", nullable=True)
    forecast_low: float = given("Dự báo, cận dưới", "Lower end of the forecast's 80 % interval", nullable=True)
    forecast_high: float = given("Dự báo, cận trên", "Upper end of the forecast's 80 % interval", nullable=True)
    probability_pct: float = given("Xác suất đạt (%)", "Probability that the target is met", nullable=True)
    forecast_method: str = given("Phương pháp dự báo", "How it was forecast (docs/method.md)", nullable=True)
    history_years: int = given("Số năm lịch sử", "Complete earlier years of the place behind it", nullable=True)
    year_estimate: float = given(
        "Ước cả năm (cơ quan)", "The office's own estimate of the whole year, as last reported", nullable=True
    )
    estimate_status: str = given(
        "Mã ước cả năm", "exceeded, met or not_met by the office's own estimate", nullable=True
    )
    estimate_status_vi: str = given("Kết quả ước cả năm", "The same in Vietnamese", nullable=True)
    forecast_status: str = given(
        "Mã dự báo", "exceeded, met or not_met by the forecast; null where it is too close to call", nullable=True
    )
    forecast_status_vi: str = given("Kết quả dự báo", "The same in Vietnamese", nullable=True)
    yoy_index_pct: float = given(
        "% so cùng kỳ", "Flows: actual against the same quarter last year, 80.9 is a fall of 19.1 %", nullable=True
    )
    yoy_change_pct: float = given("Tăng, giảm so cùng kỳ", "Flows: index - 100; rates: change in points", nullable=True)
    obs_status: str = _OBS_STATUS
    as_of: pd.Timestamp = _AS_OF
    evaluated_at: pd.Timestamp = _EVALUATED_AT
    reason: str = _REASON
    override_vi: str = given(
        "Điều chỉnh", "Document by which an office set the figure or the result by hand", nullable=True
    )
    sources: str = given("Tệp số liệu", "Files that the figure rests on, below data/raw", nullable=True)
    target_is_illustrative: bool = given("Chỉ tiêu minh họa", "Whether the target is not a published figure")
    actual_is_illustrative: bool = given("Số liệu minh họa", "Whether the actual rests on illustrative sample data")


class ByPlanRow(pa.DataFrameModel):
    """The same figure against each plan side by side: a row for every line and quarter; null is no target there."""

    quarter: str = _QUARTER
    year: int = given("Năm", "Year of the targets", "INTEGER")
    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    ordinal: str = given("TT", "Number of the line in the resolution", nullable=True)
    name_vi: str = given("Chỉ tiêu", "Vietnamese name")
    name_en: str = given("Tên tiếng Anh", "English name")
    unit: str = given("Đơn vị tính", "Unit of measure of targets, actual and gaps")
    actual: float = given("Thực hiện", "As in mart.attainment; null is no figure", nullable=True)
    obs_status: str = _OBS_STATUS
    as_of: pd.Timestamp = _AS_OF
    leading_plan: str = given("Mã kế hoạch chính", "Plan that leads this line")
    leading_plan_vi: str = given("Kế hoạch chính", "The same in Vietnamese")
    party_resolution_target: float = given("Nghị quyết cấp ủy", "Target; the lower bound of a range", nullable=True)
    party_resolution_target_upper: float = given("Nghị quyết cấp ủy, mức trên", "Upper bound", nullable=True)
    party_resolution_attainment_pct: float = given("% Nghị quyết cấp ủy", "As in mart.attainment", nullable=True)
    party_resolution_gap: float = given("Chênh lệch so với Nghị quyết", "As in mart.attainment", nullable=True)
    party_resolution_result_status: str = given("Mã kết quả theo Nghị quyết", "As in mart.attainment", nullable=True)
    party_resolution_status_vi: str = given("Kết quả theo Nghị quyết", "The same in Vietnamese", nullable=True)
    council_target: float = given("HĐND giao", "Target; the lower bound of a range", nullable=True)
    council_target_upper: float = given("HĐND giao, mức trên", "Upper bound", nullable=True)
    council_attainment_pct: float = given("% HĐND giao", "As in mart.attainment", nullable=True)
    council_gap: float = given("Chênh lệch so với HĐND giao", "As in mart.attainment", nullable=True)
    council_result_status: str = given("Mã kết quả theo HĐND giao", "As in mart.attainment", nullable=True)
    council_status_vi: str = given("Kết quả theo HĐND giao", "The same in Vietnamese", nullable=True)
    province_target: float = given("Tỉnh giao", "Target; the lower bound of a range", nullable=True)
    province_target_upper: float = given("Tỉnh giao, mức trên", "Upper bound", nullable=True)
    province_attainment_pct: float = given("% tỉnh giao", "As in mart.attainment", nullable=True)
    province_gap: float = given("Chênh lệch so với tỉnh giao", "As in mart.attainment", nullable=True)
    province_result_status: str = given("Mã kết quả theo tỉnh giao", "As in mart.attainment", nullable=True)
    province_status_vi: str = given("Kết quả theo tỉnh giao", "The same in Vietnamese", nullable=True)
    evaluated_at: pd.Timestamp = _EVALUATED_AT
    is_illustrative: bool = given("Minh họa", "Whether the actual or any of the targets is not a published figure")


_OF_OPEN = "of the open lines"


class YearVerdictRow(pa.DataFrameModel):
    """The year's verdict: how many main lines are exceeded, met, missed, undecided, by year and plan."""

    year: int = given("Năm", "Year", "INTEGER")
    plan_source: str = given(
        "Nguồn kế hoạch", "leading (each line by the plan that leads it), party_resolution, council or province"
    )
    plan_source_vi: str = given("Kế hoạch", "The same in Vietnamese")
    quarter: str = given("Đến quý", "Newest quarter of the year that had begun")
    main_lines: int = given("Số chỉ tiêu chính", "Main lines of the year, whichever plan has them")
    with_target: int = given("Số chỉ tiêu có trong kế hoạch", "Main lines that this plan sets a target for")
    exceeded: int = given("Vượt", "Main lines exceeded")
    met: int = given("Đạt", "Main lines met")
    missed: int = given("Không đạt", "Main lines missed")
    undecided: int = given("Chưa kết luận", "Main lines without a verdict yet; with the three before: with_target")
    headline_vi: str = given("Kết luận", "The count in a sentence, with the sub-lines that miss")
    missed_vi: str = given("Các chỉ tiêu không đạt", "Main lines missed, by number and name", nullable=True)
    undecided_vi: str = given("Các chỉ tiêu chưa kết luận", "Main lines without a verdict yet", nullable=True)
    sub_lines_met_vi: str = given("Chỉ tiêu thành phần đạt, vượt", "Sub-lines met or exceeded", nullable=True)
    sub_lines_missed_vi: str = given("Chỉ tiêu thành phần không đạt", "Sub-lines missed", nullable=True)
    sub_lines_undecided_vi: str = given("Chỉ tiêu thành phần chưa kết luận", "Sub-lines undecided", nullable=True)
    open_lines: int = given(
        "Số chỉ tiêu chưa khép lại",
        "Main lines without a verdict on figures of the whole year: the base of the next counts",
    )
    estimate_exceeded: int = given("Ước vượt (cơ quan)", f"By the office's own estimate of the year, {_OF_OPEN}")
    estimate_met: int = given("Ước đạt (cơ quan)", f"By the office's own estimate of the year, {_OF_OPEN}")
    estimate_missed: int = given("Ước không đạt (cơ quan)", f"By the office's own estimate of the year, {_OF_OPEN}")
    estimate_unknown: int = given("Chưa có ước cả năm", f"No office estimated the year, {_OF_OPEN}")
    estimate_vi: str = given("Ước cả năm (cơ quan)", "Open lines with the offices' own estimates", nullable=True)
    forecast_exceeded: int = given("Ước vượt (dự báo)", f"By the forecast, {_OF_OPEN}")
    forecast_met: int = given("Ước đạt (dự báo)", f"By the forecast, {_OF_OPEN}")
    forecast_missed: int = given("Ước không đạt (dự báo)", f"By the forecast, {_OF_OPEN}")
    forecast_unknown: int = given("Dự báo chưa rõ", f"Nothing is forecast, or it is too close to call, {_OF_OPEN}")
    forecast_vi: str = given("Dự báo cả năm (hệ thống)", "Open lines with what is forecast of them", nullable=True)
    part_gates_whole: bool = given(
        "Thành phần không đạt thì chỉ tiêu không đạt", "Whether a missed part made its whole missed (place.yaml)"
    )
    is_illustrative: bool = given("Minh họa", "Whether any line rests on a figure that is not a published one")
    evaluated_at: pd.Timestamp = _EVALUATED_AT


_KNOWN_FROM = given("Biết từ lúc", "From when it stood so (local time): a file came, a day passed", "TIMESTAMP")
_KNOWN_TO = given(
    "Biết đến lúc", "Until just before when (local time); null where it stood so at the last evaluation", "TIMESTAMP",
    nullable=True,
)  # fmt: skip


class ObservationHistoryRow(ObservationRow):
    """Every state of each observation, and when it was known: core.observation as of any moment."""

    known_from: pd.Timestamp = _KNOWN_FROM
    known_to: pd.Timestamp = _KNOWN_TO

    @classmethod
    def to_schema(cls) -> pa.DataFrameSchema:
        """The columns of ``core.observation``, with the time in which they stood in place of their evaluation's."""
        return super().to_schema().remove_columns(["evaluated_at"])


class AttainmentHistoryRow(AttainmentRow):
    """Every state of each line, and when it was known: mart.attainment as of any moment."""

    known_from: pd.Timestamp = _KNOWN_FROM
    known_to: pd.Timestamp = _KNOWN_TO

    @classmethod
    def to_schema(cls) -> pa.DataFrameSchema:
        """The columns of ``mart.attainment``, with the time in which they stood in place of their evaluation's."""
        return super().to_schema().remove_columns(["evaluated_at"])


class YearVerdictHistoryRow(YearVerdictRow):
    """Every state of each year's verdict, and when it was known: mart.year_verdict as of any moment."""

    known_from: pd.Timestamp = _KNOWN_FROM
    known_to: pd.Timestamp = _KNOWN_TO

    @classmethod
    def to_schema(cls) -> pa.DataFrameSchema:
        """The columns of ``mart.year_verdict``, with the time in which they stood in place of their evaluation's."""
        return super().to_schema().remove_columns(["evaluated_at"])


class UnitAttainmentRow(pa.DataFrameModel):
    """Where each phường and xã stands on the lines that are reported by unit."""

    quarter: str = _QUARTER
    year: int = given("Năm", "Year", "INTEGER")
    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    name_vi: str = given("Chỉ tiêu", "Vietnamese name")
    name_en: str = given("Tên tiếng Anh", "English name")
    unit: str = given("Đơn vị tính", "Unit of measure")
    unit_code: str = given("Mã đơn vị", "Reporting unit")
    unit_valid_from: pd.Timestamp = given("Có từ ngày", "Day the unit came into being: codes get reused", "DATE")
    unit_name_vi: str = given("Phường, xã", "Name of the unit")
    urban: bool = given("Đô thị", "Whether it is a phường")
    actual: float = given("Thực hiện", "Year to date for flows, the rate otherwise; null is no figure", nullable=True)
    numerator: float = given("Tử số", "Numerator of a rate", nullable=True)
    denominator: float = given("Mẫu số", "Denominator of a rate", nullable=True)
    town_target: float = given(
        "Chỉ tiêu toàn địa bàn", "The town's target by the leading plan, for rates", nullable=True
    )
    town_target_upper: float = given(
        "Chỉ tiêu toàn địa bàn (mức trên)", "Upper bound, where the town's target is a range", nullable=True
    )
    gap: float = given("Chênh lệch", "Against the town's target", nullable=True)
    share_of_town_pct: float = given("% toàn địa bàn", "Share of the sum over all units, for flows", nullable=True)
    obs_status: str = _OBS_STATUS
    as_of: pd.Timestamp = _AS_OF
    evaluated_at: pd.Timestamp = _EVALUATED_AT
    reason: str = _REASON
    actual_is_illustrative: bool = given("Số liệu minh họa", "Whether it rests on illustrative sample data")


class UnitSeriesTableRow(pa.DataFrameModel):
    """Series by unit across mergers: by the units of each quarter (then), and by today's throughout (today)."""

    quarter: str = _QUARTER
    year: int = given("Năm", "Year", "INTEGER")
    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    name_vi: str = given("Chỉ tiêu", "Vietnamese name")
    unit: str = given("Đơn vị tính", "Unit of measure")
    units_as_of: str = given(
        "Theo đơn vị",
        "then (units of the quarter's last day) or today (those of the evaluation day); never add the two up",
        isin=["then", "today"],
    )
    unit_code: str = given("Mã đơn vị", "Reporting unit shown")
    unit_valid_from: pd.Timestamp = given("Có từ ngày", "Day the unit shown came into being: codes get reused", "DATE")
    unit_name_vi: str = given("Phường, xã", "Name of the unit shown")
    kind: str = given("Loại đơn vị", "phường, xã or thị trấn: of the unit shown")
    urban: bool = given("Đô thị", "Whether the unit shown is urban; urban lines count what was urban at the time")
    actual: float = given("Thực hiện", "Year to date for flows, the rate otherwise; null is no figure", nullable=True)
    numerator: float = given("Tử số", "Sum of the numerators of a rate", nullable=True)
    denominator: float = given("Mẫu số", "Sum of the denominators of a rate", nullable=True)
    formed_of: str = given(
        "Cộng từ các đơn vị",
        "Former units whose rows the figure rests on, as code and name of that time; null where the unit's alone",
        nullable=True,
    )
    status: str = given("Mã cách lập", "reported, combined (from former units), carried, no_data or returned")
    status_vi: str = given("Cách lập", "The status in Vietnamese")
    obs_status: str = _OBS_STATUS
    as_of: pd.Timestamp = _AS_OF
    evaluated_at: pd.Timestamp = _EVALUATED_AT
    reason: str = _REASON
    is_illustrative: bool = given("Số liệu minh họa", "Whether it rests on illustrative sample data")


class TraceRow(pa.DataFrameModel):
    """The cells behind every figure of the indicators, and the targets it is held against: a row for each cell.

    A sum is the sum of value x factor over its rows; a rate is multiplier x the numerator's sum / the denominator's; a
    change is that of last year's end (or the baseline) less that of now.
    """

    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    unit_code: str = given("Mã đơn vị", "Reporting unit of the figure; the place's own code for the town")
    is_town: bool = given("Toàn địa bàn", "Whether the figure is the town's")
    quarter: str = _QUARTER
    position: int = given("Thứ tự", "Order of the row within its figure, from 1", "INTEGER")
    role: str = given(
        "Mã vai trò",
        "sum, numerator, denominator, last_year_numerator, last_year_denominator, baseline, target, target_upper,"
        " override (a figure set by hand) or result (a result set by hand)",
    )
    role_vi: str = given("Vai trò", "The role in Vietnamese")
    plan_source: str = given("Nguồn kế hoạch", "Plan that a target or baseline is of", nullable=True)
    measure: str = given("Đại lượng", "Measure of the catalogue; null for an entry of a targets file", nullable=True)
    name_vi: str = given("Tên", "Vietnamese name of what stands there")
    source_unit_code: str = given("Mã đơn vị báo cáo", "Unit that the cell is about")
    source_unit_vi: str = given("Đơn vị báo cáo", "Its name at the time")
    file: str = given("Tệp", "File below data/raw")
    sha256: str = given("Mã băm tệp", "SHA-256 of the file; workbooks are kept in the vault under it")
    sheet: str = given("Trang tính", "Sheet; null for an entry of a targets file", nullable=True)
    cell: str = _CELL
    entry: str = given("Căn cứ", "Clause of the resolution that the targets file names for its entry", nullable=True)
    text: str = _CELL_TEXT
    printed_value: float = given("Số trong ô", f"{_PRINTED_VALUE}; null for a result", nullable=True)
    printed_unit: str = given("Đơn vị trong tệp", _PRINTED_UNIT, nullable=True)
    scale: float = given("Hệ số quy đổi", _SCALE, nullable=True)
    value: float = given("Giá trị", "printed_value x scale, in the unit", nullable=True)
    unit: str = given("Đơn vị tính", "Unit of the value", nullable=True)
    factor: float = given("Hệ số", "What the value is multiplied by in its sum: -1 is subtracted, 0.5 is of a mean")
    multiplier: float = given("Hệ số tỷ lệ", "What a numerator is multiplied by: 100, x 4/q for a rate over the year")
    form: str = given("Biểu", "Form", nullable=True)
    period: str = given("Kỳ của số liệu", "Quarter that the file reports on")
    as_of: pd.Timestamp = _AS_OF
    received_at: pd.Timestamp = given("Nhận lúc", "When the file was received (local time)", "TIMESTAMP", nullable=True)
    obs_status: str = given("Loại số liệu", "estimate, preliminary or final", nullable=True)
    note_vi: str = given("Ghi chú", "What to know of the row: a line that the form leaves out", nullable=True)


class TraceLineRow(pa.DataFrameModel):
    """How every figure was made of its cells, in one line of Vietnamese."""

    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    unit_code: str = given("Mã đơn vị", "Reporting unit; the place's own code for the town")
    quarter: str = _QUARTER
    name_vi: str = given("Chỉ tiêu", "Vietnamese name")
    value: float = given("Giá trị", "The figure; null where its parts make none", nullable=True)
    unit: str = given("Đơn vị tính", "Unit of measure")
    derivation_vi: str = given("Cách tính", "Cells, numbers and the result")


class ColumnLineageRow(pa.DataFrameModel):
    """From which columns each column comes, from the feeds to mart.attainment."""

    table_name: str = given("Bảng", "Table")
    column_name: str = given("Cột", "Column")
    from_table: str = given("Từ bảng", "Table it comes from; null where the pipeline itself sets it", nullable=True)
    from_column: str = given("Từ cột", "Column it comes from", nullable=True)
    how: str = given("Cách lấy", "What becomes of it on the way")


class FleetRow(pa.DataFrameModel):
    """The fleet and the fight against IUU fishing, by quarter and length class; class 'all' is the whole fleet."""

    quarter: str = _QUARTER
    length_class: str = given(
        "Nhóm chiều dài",
        "under_6, 6_to_12, 12_to_15, 15_to_24, 24_and_over, all; unknown for cases of vessels not in the list",
    )
    length_class_vi: str = given("Tên nhóm", "The class in Vietnamese")
    vessels: int = given(
        "Số tàu", "Vessels, without those sold or struck off: the denominator of what follows", nullable=True
    )
    registered: int = given("Đã đăng ký", "with a register number", nullable=True)
    licensed: int = given("Có giấy phép còn hạn", "with a licence valid on the quarter's last day", nullable=True)
    inspected: int = given("Còn hạn đăng kiểm", "with an inspection valid on the quarter's last day", nullable=True)
    three_no: int = given("Tàu 3 không", "not registered, not inspected, not licensed", nullable=True)
    vms_required: int = given(
        "Phải lắp TBGSHT",
        "must have a monitoring device on the quarter's last day: denominator of vms_fitted",
        nullable=True,
    )
    vms_fitted: int = given("Đã lắp TBGSHT", "of which fitted", nullable=True)
    vms_missing_laid_up: int = given("Chưa lắp, nằm bờ", "of those not fitted, laid up", nullable=True)
    vms_missing_laid_up_registers: str = given("Tàu chưa lắp, nằm bờ", "their register numbers", nullable=True)
    registered_pct: float = given("% đăng ký", "registered / vessels x 100", nullable=True)
    licensed_pct: float = given("% giấy phép", "licensed / vessels x 100", nullable=True)
    inspected_pct: float = given("% đăng kiểm", "inspected / vessels x 100", nullable=True)
    vms_pct: float = given("% TBGSHT", "vms_fitted / vms_required x 100", nullable=True)
    cases: int = given("Số vụ vi phạm", "Violations dealt with in the quarter", nullable=True)
    fines_vnd: float = given("Tiền phạt (đồng)", "Fines of the quarter", nullable=True)
    landed_t: float = given("Sản lượng qua cảng (tấn)", "Landed in the quarter, for the whole town", nullable=True)
    monitored_t: float = given("Sản lượng được giám sát (tấn)", "of which monitored", nullable=True)
    monitored_pct: float = given("% giám sát", "monitored_t / landed_t x 100", nullable=True)
    as_of: pd.Timestamp = _AS_OF
    evaluated_at: pd.Timestamp = _EVALUATED_AT
    reason: str = _REASON
    is_illustrative: bool = given("Số liệu minh họa", "Whether any input is illustrative sample data")


_OWED_FEED = given("Báo cáo", "What is owed, as offices.csv names it: a feed, or an extra folder of one (crops)")
_FEED_NAME = given("Tên báo cáo", "Its Vietnamese name")
_OFFICE = given("Cơ quan", "Office that owes it")
_OFFICE_NAME = given("Tên cơ quan", "Vietnamese name of the office")


class ScorecardRow(pa.DataFrameModel):
    """Who reported what and when: a row for each report that an office owes, by quarter, as known when evaluated."""

    quarter: str = _QUARTER
    feed: str = _OWED_FEED
    feed_name_vi: str = _FEED_NAME
    office: str = _OFFICE
    office_name_vi: str = _OFFICE_NAME
    estimate_due: pd.Timestamp = given(
        "Hạn gửi số ước",
        "Last day for estimates: the cut-off in the quarter's last month plus the days to send; null for yearly feeds",
        "DATE",
        nullable=True,
    )
    final_due: pd.Timestamp = given(
        "Hạn gửi", "Last day for preliminary and final figures: the quarter's last day plus the days to send", "DATE"
    )
    expected: int = given("Phải nộp", "1 once the last day has passed, else 0; the sum is the denominator of the rates")
    received: int = given(
        "Đã nộp",
        "1 if preliminary or final figures were received, usable or sent back; an estimate alone is not the report",
    )
    usable: int = given(
        "Dùng được", "1 if something answers: a version of every form received, not an estimate once more was received"
    )
    first_received_at: pd.Timestamp = given(
        "Nhận lần đầu lúc", "First version of any kind (local time)", "TIMESTAMP", nullable=True
    )
    estimate_received_at: pd.Timestamp = given("Nhận số ước lúc", "First estimate", "TIMESTAMP", nullable=True)
    final_received_at: pd.Timestamp = given(
        "Nhận số thực hiện lúc", "First preliminary or final figures", "TIMESTAMP", nullable=True
    )
    on_time: int = given("Đúng hạn", "1 if these came by final_due, 0 if not, null while they still may", nullable=True)
    estimate_on_time: int = given(
        "Số ước đúng hạn",
        "1 if any figures came by estimate_due, 0 if not, null while they still may and for yearly feeds",
        nullable=True,
    )
    days_late: int = given(
        "Số ngày chậm", "Days from final_due to the receipt, or to the evaluation; 0 on time", nullable=True
    )
    vintages: int = given("Số lần gửi", "Versions received, without those withdrawn")
    rows_accepted: int = given("Số dòng nhận", "Rows accepted, over all these versions")
    rows_rejected: int = given("Số dòng trả lại", "Rows rejected, over all these versions")
    warnings: int = given("Số cảnh báo", "Findings that accept their row, over all these versions")
    refused_files: int = given("Số tệp trả lại", "Files that could not be read or may not answer")
    open_findings: int = given("Số lỗi còn mở", "Errors and warnings in quarantine that no corrected file resolved yet")
    status: str = given("Mã tình trạng", "not_due, missing, withdrawn, estimate_only, returned, late or on_time")
    status_vi: str = given("Tình trạng", "The status in Vietnamese")
    reporting_rate_pct: float = given(
        "Tỷ lệ nộp (%)",
        "DHIS2's reporting rate, year to date for the office and feed: received / expected x 100 over expected reports",
        nullable=True,
    )
    on_time_rate_pct: float = given(
        "Tỷ lệ đúng hạn (%)",
        "DHIS2's on-time rate, year to date for the office and feed: on time / expected x 100",
        nullable=True,
    )
    evaluated_at: pd.Timestamp = _EVALUATED_AT


class OverdueRow(pa.DataFrameModel):
    """The urging list: the reports of this year and the last that are overdue, and the targets without a figure."""

    quarter: str = _QUARTER
    office: str = _OFFICE
    office_name_vi: str = _OFFICE_NAME
    feed: str = _OWED_FEED
    feed_name_vi: str = _FEED_NAME
    what: str = given(
        "Mã việc",
        "report_missing, final_missing (only an estimate came), correction_missing (sent back) or estimate_missing",
    )
    what_vi: str = given("Còn nợ", "What is owed, in Vietnamese")
    since: pd.Timestamp = given("Quá hạn từ ngày", "First day on which it was overdue", "DATE")
    days_overdue: int = given("Số ngày quá hạn", "Days past the due day when evaluated")
    targets: str = given("Mã chỉ tiêu liên quan", "Lines that rest on the report in that quarter", nullable=True)
    targets_vi: str = given("Chỉ tiêu liên quan", "Their numbers and names", nullable=True)
    blinds: str = given("Mã chỉ tiêu chưa có số", "Those of them that have no figure for the quarter", nullable=True)
    blinds_vi: str = given("Chỉ tiêu chưa có số", "Their numbers and names", nullable=True)
    sent_back_files: str = given("Tệp chờ chỉnh sửa", "Files that were sent back, below data/raw", nullable=True)
    evaluated_at: pd.Timestamp = _EVALUATED_AT


class TaskProgressRow(pa.DataFrameModel):
    """How far each task of the resolution is: a row for every task and quarter, as reported; null is not reported."""

    quarter: str = _QUARTER
    year: int = given("Năm", "Year of the resolution", "INTEGER")
    task_code: str = given("Mã nhiệm vụ", "Task of tasks.yaml")
    group_number: int = given("Nhóm", "Group of the resolution's section II.C, 1 to 8", "INTEGER")
    group_vi: str = given("Tên nhóm", "Group in short words")
    group_en: str = given("Tên nhóm (tiếng Anh)", "The same in English")
    position: int = given("TT", "Order of the task within its group, from 1", "INTEGER")
    task_vi: str = given("Nhiệm vụ", "Task in short words")
    task_en: str = given("Nhiệm vụ (tiếng Anh)", "The same in English")
    basis_vi: str = given("Căn cứ", "Basis document: number and day", nullable=True)
    clause: str = given("Điều khoản", "Clause of the resolution")
    lead_office: str = given("Mã cơ quan chủ trì", "Lead office by its code, where tasks.yaml names it", nullable=True)
    lead_office_vi: str = given(
        "Cơ quan chủ trì",
        "Its name, with (*) where it is an assumption of the sample data; else as reported",
        nullable=True,
    )
    partners_vi: str = given("Cơ quan phối hợp", "Offices that take part", nullable=True)
    due: pd.Timestamp = given(
        "Thời hạn", "Last day on which it is in time: that of tasks.yaml, else as reported", "DATE", nullable=True
    )
    status: str = given(
        "Mã trạng thái", "not_started, in_progress, in_progress_overdue, done_on_time, done_late or no_data"
    )
    status_vi: str = given("Trạng thái", "The status in Vietnamese; tells not reported from returned for correction")
    completion_pct: float = given("Tỷ lệ hoàn thành", "Share done as reported, 0 to 100", unit="%", nullable=True)
    difficulties_vi: str = given("Khó khăn", "As the office says; what names a person is masked", nullable=True)
    proposals_vi: str = given("Kiến nghị", "As the office says; what names a person is masked", nullable=True)
    evidence_vi: str = given("Minh chứng", "Document or result that shows it", nullable=True)
    indicator_codes: str = given("Mã chỉ tiêu", "Lines that the task rests on, separated by ;", nullable=True)
    followed_in: str = given("Bảng theo dõi", "Table that follows it, where no line does", nullable=True)
    obs_status: str = _OBS_STATUS
    as_of: pd.Timestamp = _AS_OF
    sources: str = given("Tệp số liệu", "Files it rests on, below data/raw", nullable=True)
    reason: str = _REASON
    evaluated_at: pd.Timestamp = _EVALUATED_AT
    is_illustrative: bool = given("Số liệu minh họa", "Whether it rests on illustrative sample data")


class RegisterRow(pa.DataFrameModel):
    """What the resolution also asks to be followed: aims beside the ten, weaknesses, implementation plans issued."""

    year: int = given("Năm", "Year of the resolution", "INTEGER")
    register: str = given("Sổ theo dõi", "followed_aim, weakness or implementation_plan")
    position: int = given("TT", "Order in the register, from 1", "INTEGER")
    text_vi: str = given("Nội dung", "What is followed, in short words")
    text_en: str = given("Nội dung (tiếng Anh)", "The same in English")
    body_vi: str = given("Cơ quan", "Body that answers for it", nullable=True)
    document_no: str = given("Số văn bản", "Document that was issued", nullable=True)
    document_date: pd.Timestamp = given("Ngày văn bản", "Day of the document", "DATE", nullable=True)
    status: str = given("Mã tình trạng", "no_data, in_progress, done")
    status_vi: str = given("Tình trạng", "The status in Vietnamese")
    indicator_code: str = given("Mã chỉ tiêu", "Line that follows it, where there is one", nullable=True)
    note_vi: str = given("Ghi chú", "Note", nullable=True)
    clause: str = given("Điều khoản", "Clause of the resolution")
    is_illustrative: bool = given("Minh họa", "Whether its status is illustrative")


_REPORT_NUMBER = given("Lần báo cáo", "1 for the first report issued for the quarter, 2 for the second", "INTEGER")
_ISSUED_AT = given("Phát hành lúc", "When the report was issued (local time)", "TIMESTAMP")
_FROZEN_AT = given(
    "Số liệu báo cáo tại", "Moment as of which the reported figures were known and judged (local time)", "TIMESTAMP"
)


class IssuedReportRow(pa.DataFrameModel):
    """A quarterly report as issued: who froze which figures, when, and by which resolution."""

    quarter: str = _QUARTER
    number: int = _REPORT_NUMBER
    file: str = given("Tệp", "File below data/warehouse that holds it; nothing overwrites it")
    office: str = given("Cơ quan", "Office that issued it, by its code")
    office_name_vi: str = given("Tên cơ quan", "Vietnamese name of the office")
    document_no: str = given("Số báo cáo", "Number of the report, where it was given", nullable=True)
    resolution: str = given("Nghị quyết", "Documents whose targets it reports on")
    frozen_at: pd.Timestamp = _FROZEN_AT
    issued_at: pd.Timestamp = _ISSUED_AT
    figures: int = given("Số dòng", "Lines, over all plans")
    sha256: str = given("Mã băm", "SHA-256 of what it says; the file is used only where it fits")


class IssuedFigureRow(pa.DataFrameModel):
    """A line of a report as it was issued: a row for every target and plan."""

    quarter: str = _QUARTER
    number: int = _REPORT_NUMBER
    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    ordinal: str = given("TT", "Number of the line in the resolution", nullable=True)
    name_vi: str = given("Chỉ tiêu", "Vietnamese name")
    unit: str = given("Đơn vị tính", "Unit of measure")
    plan_source: str = given("Nguồn kế hoạch", "party_resolution, council or province")
    direction: str = _DIRECTION
    target: float = given("Chỉ tiêu năm", "Target as reported; the lower bound of a range")
    target_upper: float = given("Chỉ tiêu năm (mức trên)", "Upper bound of a range", nullable=True)
    actual: float = given("Thực hiện", "Figure as reported; null is no figure", nullable=True)
    attainment_pct: float = given("% chỉ tiêu", "As reported", nullable=True)
    result_status: str = given("Mã kết quả", "Status as reported")
    status_vi: str = given("Kết quả", "The status in Vietnamese")
    reason: str = _REASON
    override_vi: str = given("Điều chỉnh", "Document by which figure or result was set by hand", nullable=True)
    sources: str = given("Tệp số liệu", "Files that the figure rested on", nullable=True)
    actual_is_illustrative: bool = given("Số liệu minh họa", "Whether it rested on illustrative sample data")
    evidence: str = given(
        "Căn cứ", "A JSON object: the version of each file behind the figure, and what set it by hand", "JSON"
    )


class RevisionRow(pa.DataFrameModel):
    """What has changed since a quarter's newest report: a row for each line and aspect that now differs."""

    quarter: str = _QUARTER
    number: int = _REPORT_NUMBER
    indicator_code: str = given("Mã chỉ tiêu", "Indicator")
    ordinal: str = given("TT", "Number of the line in the resolution", nullable=True)
    name_vi: str = given("Chỉ tiêu", "Vietnamese name")
    unit: str = given("Đơn vị tính", "Unit of measure of the figures and the change")
    plan_source: str = given("Nguồn kế hoạch", "party_resolution, council or province")
    aspect: str = given("Mã nội dung", "What differs: actual, target, target_upper or result")
    aspect_vi: str = given("Nội dung thay đổi", "The same in Vietnamese")
    figure_then: float = given(
        "Số đã báo cáo", "The figure then: the target for targets, else the actual; null is none", nullable=True
    )
    figure_now: float = given("Số hiện nay", "The same figure now", nullable=True)
    change: float = given("Chênh lệch", "figure_now - figure_then; null where either is missing", nullable=True)
    status_then: str = given("Mã kết quả đã báo cáo", "result_status then; null for a line added since", nullable=True)
    status_now: str = given("Mã kết quả hiện nay", "result_status now; null for a line that is gone", nullable=True)
    status_vi_then: str = given("Kết quả đã báo cáo", "The status then, in Vietnamese", nullable=True)
    status_vi_now: str = given("Kết quả hiện nay", "The status now, in Vietnamese", nullable=True)
    why_vi: str = given("Vì sao", "Which files, plan, document or day made the difference, in Vietnamese")
    issued_at: pd.Timestamp = _ISSUED_AT
    office: str = given("Cơ quan", "Office that issued the report")
    frozen_at: pd.Timestamp = _FROZEN_AT
    evaluated_at: pd.Timestamp = _EVALUATED_AT


class RejectedRow(pa.DataFrameModel):
    """A finding at a cell: an error rejects its row, a warning accepts it. What names a person is masked."""

    feed: str = given("Nguồn số liệu", "Feed")
    form: str = given("Biểu", "Form")
    quarter: str = _QUARTER
    file: str = given("Tệp", "File below data/raw")
    sha256: str = given("Mã băm tệp", "SHA-256 of the file")
    sheet: str = given("Trang tính", "Sheet")
    row: int = given("Dòng", "Row as the sender sees it", "INTEGER")
    cell: str = given("Ô", "Address", nullable=True)
    column: str = given("Cột", "Column of the form", nullable=True)
    value: str = given("Giá trị", "What stands there", nullable=True)
    rule: str = given("Quy tắc", "Code of the rule")
    reason: str = given("Lý do", "Why, in Vietnamese")
    severity: str = given("Mức độ", "error or warning", isin=["error", "warning"])
    raw_row: str = given("Dòng gốc", "The row as it stood, a JSON object from column to text", "JSON")
    received_at: pd.Timestamp = given("Nhận lúc", "When the file was received", "TIMESTAMP")
    resolved_at: pd.Timestamp = _RESOLVED_AT
    resolved_by: str = _RESOLVED_BY


class RejectedFile(pa.DataFrameModel):
    """A reason for which a file could not be read as its form, or may not answer: a row for each reason."""

    feed: str = given("Nguồn số liệu", "Feed")
    form: str = given("Biểu", "Form that it keeps from being read; null where the file does not tell", nullable=True)
    quarter: str = _QUARTER
    file: str = given("Tệp", "File below data/raw")
    sha256: str = given("Mã băm tệp", "SHA-256 of the file")
    sheet: str = given("Trang tính", "Sheet", nullable=True)
    cell: str = given("Ô", "Address", nullable=True)
    rule: str = given("Quy tắc", "Code of the rule")
    reason: str = given("Lý do", "Why, in Vietnamese")
    received_at: pd.Timestamp = given("Nhận lúc", "When the file was received", "TIMESTAMP")
    resolved_at: pd.Timestamp = _RESOLVED_AT
    resolved_by: str = _RESOLVED_BY


class StrayFile(pa.DataFrameModel):
    """Something in a feed's folder that is not read, or a file that was read and is gone; named, with the reason."""

    feed: str = given("Nguồn số liệu", "Feed")
    quarter: str = _QUARTER
    file: str = given("Tệp", "Name below data/raw")
    reason: str = given("Lý do", "Why it is not read, or that it is gone, in Vietnamese")


class ColumnInfo:
    """A column of a table: name, SQL type, whether it may be null, and what it means in both languages."""

    def __init__(self, name: str, column: pa.Column) -> None:
        """Read it off a model's column."""
        self.name = name
        self.sql_type = (column.metadata or {}).get("sql") or _sql_type(str(column.dtype))
        self.nullable = column.nullable
        self.title_vi = column.title or name
        self.unit: str | None = (column.metadata or {}).get("unit")
        self.description_en = column.description or ""

    @property
    def comment(self) -> str:
        """``Tổng số hộ (hộ) — Households``."""
        unit = f" ({self.unit})" if self.unit and self.unit != "index" else ""
        return f"{self.title_vi}{unit} — {self.description_en}" if self.description_en else f"{self.title_vi}{unit}"


def _sql_type(dtype: str) -> str:
    kinds = {"int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN", "str": "VARCHAR", "datetime": "TIMESTAMP"}
    return next(sql for kind, sql in kinds.items() if dtype.lower().startswith(kind))


@dataclass(frozen=True)
class Table:
    """A table of the warehouse: where it is, its model, its key, and whether analysts get it."""

    schema: str
    name: str
    model: type[pa.DataFrameModel]
    key: tuple[str, ...]
    published: bool = True

    @property
    def full_name(self) -> str:
        """``mart.attainment``."""
        return f"{self.schema}.{self.name}"

    @property
    def comment(self) -> str:
        """What the table holds: the first sentence of its model."""
        return (self.model.__doc__ or self.full_name).strip().split("\n")[0]

    @cached_property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """Its columns in order; those that name people are in no table."""
        schema = self.model.to_schema()
        return tuple(
            ColumnInfo(name, column)
            for name, column in schema.columns.items()
            if not (column.metadata or {}).get("personal")
        )

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """The model's columns that name people."""
        return tuple(n for n, c in self.model.to_schema().columns.items() if (c.metadata or {}).get("personal"))


VINTAGE = Table("core", "vintage", VintageRow, ("form", "quarter", "sha256"))
MEASURE = Table("core", "measure", MeasureRow, ("form", "quarter", "sha256", "measure", "unit_code"))
MEASURE_CELL = Table(
    "core", "measure_cell", MeasureCellRow, ("form", "quarter", "sha256", "measure", "unit_code", "position")
)
REJECTED_UNIT = Table("core", "rejected_unit", RejectedUnitRow, ("form", "quarter", "sha256", "unit_code"))
FIRST_SEEN = Table("core", "first_seen", FirstSeenRow, ("feed", "quarter", "sha256", "event"), published=False)
OVERRIDE = Table("core", "override", OverrideRow, ("file", "sha256", "received_at", "entry"))
TARGET = Table("core", "target", TargetRow, ("year", "indicator_code", "plan_source", "known_from"))
OBSERVATION = Table("core", "observation", ObservationRow, ("indicator_code", "unit_code", "quarter"))
ATTAINMENT = Table("mart", "attainment", AttainmentRow, ("quarter", "indicator_code", "plan_source"))
BY_PLAN = Table("mart", "attainment_by_plan", ByPlanRow, ("quarter", "indicator_code"))
YEAR_VERDICT = Table("mart", "year_verdict", YearVerdictRow, ("year", "plan_source"))
ATTAINMENT_HISTORY = Table(
    "mart", "attainment_history", AttainmentHistoryRow, ("quarter", "indicator_code", "plan_source", "known_from")
)
OBSERVATION_HISTORY = Table(
    "core", "observation_history", ObservationHistoryRow, ("indicator_code", "unit_code", "quarter", "known_from")
)
YEAR_VERDICT_HISTORY = Table(
    "mart", "year_verdict_history", YearVerdictHistoryRow, ("year", "plan_source", "known_from")
)
UNIT_ATTAINMENT = Table("mart", "attainment_by_unit", UnitAttainmentRow, ("quarter", "indicator_code", "unit_code"))
UNIT_SERIES = Table(
    "mart", "unit_series", UnitSeriesTableRow, ("quarter", "indicator_code", "units_as_of", "unit_code")
)
TRACE = Table("mart", "trace", TraceRow, ("indicator_code", "quarter", "unit_code", "position"))
TRACE_LINE = Table("mart", "trace_line", TraceLineRow, ("indicator_code", "quarter", "unit_code"))
COLUMN_LINEAGE = Table("core", "column_lineage", ColumnLineageRow, ())
FLEET = Table("mart", "iuu_compliance", FleetRow, ("quarter", "length_class"))
SCORECARD = Table("mart", "feed_scorecard", ScorecardRow, ("quarter", "feed", "office"))
ISSUED_REPORT = Table("core", "issued_report", IssuedReportRow, ("quarter", "number"))
ISSUED_FIGURE = Table("core", "issued_figure", IssuedFigureRow, ("quarter", "number", "indicator_code", "plan_source"))
REVISION = Table("mart", "revision_since_report", RevisionRow, ("quarter", "indicator_code", "plan_source", "aspect"))
TASK_PROGRESS = Table("mart", "task_progress", TaskProgressRow, ("quarter", "task_code"))
REGISTER = Table("mart", "resolution_register", RegisterRow, ("year", "register", "position"))
OVERDUE = Table("mart", "overdue", OverdueRow, ("quarter", "feed", "office"))
REJECTED_ROW = Table("quarantine", "rejected_row", RejectedRow, ())
REJECTED_FILE = Table("quarantine", "rejected_file", RejectedFile, ())
STRAY_FILE = Table("quarantine", "stray_file", StrayFile, ("feed", "quarter", "file"))


@cache
def feed_tables() -> dict[str, Table]:
    """The table of accepted rows of each form, by the form's code."""
    return {
        form.form.code: Table("feeds", form.form.code, form.form.model, ("quarter", "sha256", "sheet", "row"))
        for feed in FEEDS.values()
        for form in feed.forms
    }


def all_tables() -> Iterator[Table]:
    """Every table, marts first."""
    yield from (ATTAINMENT, ATTAINMENT_HISTORY, BY_PLAN, YEAR_VERDICT, YEAR_VERDICT_HISTORY)
    yield from (UNIT_ATTAINMENT, UNIT_SERIES)
    yield from (TRACE, TRACE_LINE, FLEET, SCORECARD, OVERDUE, REVISION, TASK_PROGRESS, REGISTER)
    yield from (TARGET, OBSERVATION, OBSERVATION_HISTORY, MEASURE, MEASURE_CELL, VINTAGE, REJECTED_UNIT, FIRST_SEEN)
    yield from (OVERRIDE, ISSUED_REPORT, ISSUED_FIGURE, COLUMN_LINEAGE)
    yield from feed_tables().values()
    yield from (REJECTED_ROW, REJECTED_FILE, STRAY_FILE)
