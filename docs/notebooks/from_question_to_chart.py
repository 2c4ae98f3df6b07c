"""From a question to a chart, over the published file: will the year's revenue be reached, and which tax carries it?

A marimo notebook, which is a plain Python file: it is reviewed, linted and run by a test like any other, it cannot be
saved with stale results, and its cells run in the order in which they depend on each other. Open it with
``marimo edit docs/notebooks/from_question_to_chart.py``, run it with ``python``; ``LAGI_DATABASE`` or ``--database``
names another file. It only reads.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Từ câu hỏi đến biểu đồ")


@app.cell
def _():
    import os
    from pathlib import Path

    import duckdb
    import marimo as mo
    from matplotlib.figure import Figure

    return Figure, Path, duckdb, mo, os


@app.cell
def _(Path, duckdb, mo, os):
    beside = Path(__file__).resolve().parents[2] / "data" / "warehouse" / "lagi.duckdb"
    database = Path(mo.cli_args().get("database") or os.environ.get("LAGI_DATABASE") or beside)
    if not database.exists():
        raise FileNotFoundError(f"nothing has been published yet: {database} is not there; run `make run`")
    town = duckdb.connect(database, read_only=True)
    views = {name for (name,) in town.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    if not {"target_series", "budget_by_item"} <= views:
        raise RuntimeError(f"{database} was published by an earlier version, without views; run `make run`")
    has_the_year = town.execute("SELECT 1 FROM budget_by_item WHERE quarter = '2024-Q4' LIMIT 1").fetchone()
    if not has_the_year:
        raise RuntimeError(
            f"{database} has no revenue of 2024-Q4, which this notebook shows; put its year into the cells"
        )
    return (town,)


@app.cell
def _(mo):
    mo.md("""
    # Thu ngân sách năm 2024 có đạt không?

    Bắt đầu từ `SELECT * FROM guide`: trong tệp có những bảng nào. Câu hỏi này cần `target_series`: mỗi chỉ tiêu, mỗi
    quý một dòng. Con số nào không có thì để trống, không phải số 0.
    """)


@app.cell
def _(town):
    revenue = town.sql("""
        SELECT quarter, actual, expected, target, forecast, forecast_low, forecast_high, unit, status_vi, pace_vi,
               target_is_illustrative OR actual_is_illustrative AS illustrative
        FROM target_series
        WHERE indicator_code = 'budget_revenue' AND year = 2024
    """).df()
    revenue
    return (revenue,)


@app.cell
def _():
    def vietnamese(value, decimals=1):
        """A number as the committee reads it: 1.234,5; no figure is "…"."""
        if value != value:  # noqa: PLR0124 - only a missing figure differs from itself
            return "…"
        return f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")

    def labelled(quarter):
        """``2024-Q3`` as ``Quý III``."""
        return f"Quý {['I', 'II', 'III', 'IV'][int(quarter[-1]) - 1]}"

    return labelled, vietnamese


@app.cell
def _(Figure, labelled, revenue, vietnamese):
    def draw_year(rows):
        """The year to date against what was expected, the forecast with its interval, and the target."""
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        quarters = [labelled(quarter) for quarter in rows["quarter"]]
        bars = axes.bar(quarters, rows["actual"], width=0.5, color="#2a6f97", label="Thực hiện (lũy kế)")
        figures = [vietnamese(value) for value in rows["actual"]]
        axes.bar_label(bars, figures, label_type="center", color="white", weight="bold")
        axes.plot(quarters, rows["expected"], "o", color="#e07a1f", label="Mức lẽ ra phải đạt")
        low, high = rows["forecast"] - rows["forecast_low"], rows["forecast_high"] - rows["forecast"]
        places = [place + 0.34 for place in range(len(rows))]
        axes.errorbar(
            places, rows["forecast"], yerr=[low, high], fmt="D", markersize=4, capsize=3, color="#6a4c93",
            label="Dự báo cả năm (hệ thống), khoảng 80%",
        )  # fmt: skip
        target = rows["target"].iloc[-1]
        axes.axhline(target, color="#b02a37", linestyle="--", label=f"Chỉ tiêu năm: {vietnamese(target, 0)}")
        axes.set(ylabel=rows["unit"].iloc[0], ylim=(0, axes.get_ylim()[1] * 1.05))
        axes.set_title("Tổng thu ngân sách nhà nước năm 2024", loc="left", weight="bold")
        axes.yaxis.set_major_formatter(lambda value, _: vietnamese(value, 0))
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
        mark(figure, illustrative=rows["illustrative"].any())
        return figure

    def mark(figure, *, illustrative):
        """Say on the chart itself that its figures are made up."""
        if illustrative:
            figure.text(0.99, 0.99, "Số liệu minh họa", ha="right", va="top", color="#b02a37", style="italic")

    year_chart = draw_year(revenue)
    year_chart
    return mark, year_chart


@app.cell
def _(mo):
    mo.md("""
    # Sắc thuế nào tăng, sắc thuế nào giảm?

    `budget_by_item` có từng khoản của biểu 94. Một dòng đã gồm các dòng con của nó, nên chỉ lấy một bậc: `A.I.1` đến
    `A.I.10`. Hai năm được ghép theo mã khoản (`item`), không theo số thứ tự trong biểu.
    """)


@app.cell
def _(town):
    taxes = town.sql(r"""
        WITH parts AS (SELECT * FROM budget_by_item WHERE regexp_full_match(path, 'A\.I\.[0-9]+')),
        now AS (SELECT * FROM parts WHERE quarter = '2024-Q4'),
        before AS (SELECT * FROM parts WHERE quarter = '2023-Q4')
        SELECT coalesce(now.content, before.content) AS khoan_thu, now.actual AS nam_nay, before.actual AS nam_truoc,
               now.actual - before.actual AS tang_giam,
               coalesce(now.is_sample, false) OR coalesce(before.is_sample, false) AS minh_hoa
        FROM now FULL JOIN before ON before.item = now.item
        ORDER BY tang_giam NULLS FIRST
    """).df()
    taxes
    return (taxes,)


@app.cell
def _(Figure, mark, taxes, vietnamese):
    def draw_taxes(rows):
        """By how much each item grew or fell on last year, the largest rise on top."""
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        colours = ["#2a6f97" if change >= 0 else "#b02a37" for change in rows["tang_giam"]]
        bars = axes.barh(rows["khoan_thu"], rows["tang_giam"], color=colours)
        axes.bar_label(bars, [vietnamese(change, 2) for change in rows["tang_giam"]], padding=3)
        axes.set(xlabel="tỷ đồng")
        axes.margins(x=0.12)
        figure.suptitle("Thu nội địa năm 2024: tăng, giảm so với năm 2023", x=0.01, ha="left", weight="bold")
        axes.xaxis.set_major_formatter(lambda value, _: vietnamese(value))
        axes.spines[["top", "right"]].set_visible(False)
        mark(figure, illustrative=rows["minh_hoa"].any())
        return figure

    tax_chart = draw_taxes(taxes)
    tax_chart
    return (tax_chart,)


@app.cell
def _(labelled, mo, revenue, vietnamese):
    last = revenue.iloc[-1]
    until = labelled(last["quarter"]).replace("Q", "q")
    answer = (
        f"Đến hết {until} thu được {vietnamese(last['actual'], 2)} {last['unit']},"
        f" chỉ tiêu {vietnamese(last['target'], 2)}: {last['status_vi']}."
        + (" (số liệu minh họa)" if last["illustrative"] else "")
    )
    mo.md(f"**Trả lời.** {answer}")
    return (answer,)


if __name__ == "__main__":
    app.run()
