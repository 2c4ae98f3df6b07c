"""Warnings about figures that are possible and not likely: beside last year, the earlier version, the sum of the units.

What is compared and how it is said; how much is too much stands in the catalogue's ``plausibility.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from lagi_pipeline.catalogue.indicators import ObsStatus, catalogue
from lagi_pipeline.catalogue.plausibility import LastYear, PreviousVintage, SumOfUnits, plausibility
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.base import Emit, FeedForm, History, Key, SeriesCheck, SeriesFinding, beside, keyed, keyed_once
from lagi_pipeline.intake.form import Form, UnitRows
from lagi_pipeline.vietnamese.numbers import exact, format_number

FAR_FROM_LAST_YEAR = "far_from_last_year"
CHANGED_SINCE_VERSION = "changed_since_version"
GONE_SINCE_VERSION = "gone_since_version"
SHARE_OF_UNITS = "share_of_units"
TOWN_BESIDE_UNITS = "town_beside_units"

_NOISE = 1e-9
_NAMED = 5
"""As many rows of the earlier version are named; the others are counted."""


def compared(form: Form, emit: Emit | None, *series: SeriesCheck, key: Key) -> FeedForm:
    """A form with its own series checks and the catalogue's comparisons; ``key`` says which row is the same one."""
    checks = [*series, keeps_to_last_year(form, key), keeps_to_version(form, key), keeps_rows_of_version(form, key)]
    if isinstance(form.rows, UnitRows):
        checks.append(keeps_shares(form))
        if form.rows.town_total_alone:
            checks.append(town_is_its_units(form))
    return FeedForm(form, emit, tuple(checks))


def keeps_to_last_year(form: Form, key: Key) -> SeriesCheck:
    """Warn where a figure is far from that of the same row in the same quarter of last year.

    Where last year's is missing, 0 or negative, nothing is said.
    """

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        last_year = history.of(quarter.a_year_earlier)
        if last_year is None:
            return
        for rule in plausibility().of(form.code, LastYear):
            for column in rule.columns:
                both = beside(current, last_year, key, column)
                both = both[(both["then"] > 0) & _counts(both, rule, current[column], last_year[column])]
                ratio = both["now"] / both["then"]
                for index, row in both[(ratio < rule.low) | (ratio > rule.high)].iterrows():
                    reason = (
                        f"{_said(form, column, row['now'])} bằng {_percent(row['now'] / row['then'])} cùng kỳ năm trước"
                        f" ({_figure(row['then'])}), mức thường thấy {_percent(rule.low)} đến {_percent(rule.high)}:"
                        " kiểm tra lại"
                    )
                    yield SeriesFinding(int(str(index)), column, FAR_FROM_LAST_YEAR, reason)

    return check


def _counts(both: pd.DataFrame, rule: LastYear, now: pd.Series[Any], then: pd.Series[Any]) -> pd.Series[bool]:
    """The pairs that are not too small to be compared; ``now`` and ``then`` are the whole columns."""
    large = pd.Series(data=True, index=both.index)
    if rule.share_at_least is not None:
        share = rule.share_at_least
        large &= (both["now"] >= share * float(now.max())) | (both["then"] >= share * float(then.max()))
    if rule.at_least is not None:
        large &= both[["now", "then"]].max(axis=1) >= rule.at_least
    return large


def keeps_to_version(form: Form, key: Key) -> SeriesCheck:
    """Warn where a figure is another one than in the earlier version of the quarter, or is left blank now."""

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        del quarter  # the version before is of the same one
        before = history.previous
        if before is None or before.empty:
            return
        status = ObsStatus(before["obs_status"].iloc[0])
        version = _version(before)
        for rule in plausibility().of(form.code, PreviousVintage):
            most = rule.max_change[status]
            for column in rule.columns:
                both = beside(current, before, key, column)
                moved = (both["now"] - both["then"]).abs()
                for index, row in both[moved > both["then"].abs() * (most + _NOISE)].iterrows():
                    reason = (
                        f"{_said(form, column, row['now'])}, {version} là {_figure(row['then'])}"
                        f"{_change(row['now'], row['then'])}: hãy xác nhận số mới"
                    )
                    yield SeriesFinding(int(str(index)), column, CHANGED_SINCE_VERSION, reason)
                yield from _blanked(form, column, _now_blank(current, before, key, column), version)

    return check


def _now_blank(current: pd.DataFrame, before: pd.DataFrame, key: Key, column: str) -> pd.Series[Any]:
    """What the earlier version gave where the new one has the row without a figure."""
    blank = keyed(current[current[column].isna()], key)
    given = keyed_once(before, key, column)
    return blank["series_key"].map(given.set_index("series_key")[column]).dropna()


def _blanked(form: Form, column: str, given: pd.Series[Any], version: str) -> Iterator[SeriesFinding]:
    """One finding for a column, at its first cell: a column that is left out is one question."""
    if given.empty:
        return
    others = f" (và {len(given) - 1} dòng khác)" if len(given) > 1 else ""
    title = form.column(column).title_vi
    reason = f"«{title}» để trống, {version} là {_figure(given.iloc[0])}{others}: bỏ hay thiếu?"
    yield SeriesFinding(int(str(given.index[0])), column, CHANGED_SINCE_VERSION, reason)


def keeps_rows_of_version(form: Form, key: Key) -> SeriesCheck:
    """Warn once, at the first row's name, where rows of the earlier version of the quarter are not there any more.

    Two versions without a row in common (the town alone, and its units) are not compared by row.
    """

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        del quarter
        before = history.previous
        if before is None or current.empty:
            return
        known = keyed(before, key, form.label).dropna(subset=["series_key"])
        stays = known["series_key"].isin(keyed(current, key)["series_key"])
        gone = known.loc[~stays, form.label].dropna().tolist()
        if not gone or not stays.any():
            return
        names = ", ".join(f"«{name}»" for name in gone[:_NAMED])
        more = f" và {len(gone) - _NAMED} dòng khác" if len(gone) > _NAMED else ""
        reason = f"{_version(before)} có dòng {names}{more}, bản này không có hoặc bị trả lại: bỏ hay thiếu?"
        yield SeriesFinding(int(str(current.index[0])), form.label, GONE_SINCE_VERSION, reason)

    return check


def keeps_shares(form: Form) -> SeriesCheck:
    """Warn where a unit's share in the sum of the units is another one than in the same quarter of last year.

    The sum is that of the units which have the figure in both years.
    """

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        last_year = history.of(quarter.a_year_earlier)
        if last_year is None:
            return
        for rule in plausibility().of(form.code, SumOfUnits):
            for column in rule.columns:
                both = pd.DataFrame({"now": _by_unit(current, column), "then": _by_unit(last_year, column)}).dropna()
                if len(both) < 2 or not (both.sum() > 0).all():  # noqa: PLR2004 - a unit alone has no share
                    continue
                shares = both / both.sum()
                moved = (shares["now"] - shares["then"]).abs() > rule.max_share_change
                for unit, row in both.join(shares.add_suffix("_share"))[moved].iterrows():
                    index = current.index[current["unit_code"] == unit][0]
                    reason = (
                        f"{_said(form, column, row['now'])} chiếm {_percent(row['now_share'])} tổng các đơn vị, cùng kỳ"
                        f" năm trước {_figure(row['then'])} chiếm {_percent(row['then_share'])}: kiểm tra lại"
                    )
                    yield SeriesFinding(int(str(index)), column, SHARE_OF_UNITS, reason)

    return check


def town_is_its_units(form: Form) -> SeriesCheck:
    """Warn where the town's figure, given alone, is not the units' sum in the other version of the quarter."""

    def check(current: pd.DataFrame, history: History, quarter: Quarter) -> Iterator[SeriesFinding]:
        del quarter
        before = history.previous
        if before is None or current.empty or set(current["unit_code"]) & set(before["unit_code"]):
            return
        is_town_now = len(current) == 1
        if is_town_now == (len(before) == 1):
            return
        units = len(before if is_town_now else current)
        for rule in plausibility().of(form.code, SumOfUnits):
            for column in rule.columns if rule.max_difference is not None else ():
                # A unit without the figure is a gap, and the sum no town's.
                now, then = (float(frame[column].astype("float64").sum(skipna=False)) for frame in (current, before))
                whole = then if is_town_now else now
                if abs(now - then) > whole * (rule.max_difference or 0):
                    said, version = _said(form, column, now), _version(before)
                    reason = (
                        f"{said} của toàn địa bàn, {units} đơn vị ở {version} cộng lại {_figure(then)}"
                        if is_town_now
                        else f"{said} của {units} đơn vị cộng lại, {version} ghi toàn địa bàn {_figure(then)}"
                    )
                    reason += f"{_change(now, then)}: kiểm tra lại"
                    yield SeriesFinding(int(str(current.index[0])), column, TOWN_BESIDE_UNITS, reason)

    return check


def _by_unit(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Each unit's sum over its rows (blocks); none where one of them lacks the figure."""
    figures = frame[column].astype("float64").groupby(frame["unit_code"])
    return figures.sum()[figures.count() == figures.size()]


def _version(before: pd.DataFrame) -> str:
    """What the earlier version is called: what its figures were said to be, and when it came."""
    first = before.iloc[0]
    status = catalogue().words["obs_status"][str(first["obs_status"])]
    return f"bản trước (số {status}, nhận {first['received_at']:%d/%m/%Y})"


def _said(form: Form, column: str, value: float) -> str:
    """A figure with its column's title and unit."""
    about = form.column(column)
    return f"«{about.title_vi}» {_figure(value)} {about.unit}"


def _figure(value: float) -> str:
    return format_number(exact(value))


def _percent(share: float) -> str:
    """A share as a percentage of at most one decimal."""
    return f"{format_number(share * 100, 1).removesuffix(',0')} %"


def _change(now: float, then: float) -> str:
    """By how much the new figure is more or less; nothing where the old one is 0."""
    if not then:
        return ""
    word = "tăng" if now > then else "giảm"
    return f" ({word} {_percent(abs(now - then) / abs(then))})"
