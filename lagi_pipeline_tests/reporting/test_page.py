"""The page: what it holds is right and cannot break out, and it works in a browser, on paper and without script."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.settings import load_settings
from lagi_pipeline.reporting.content import NoReportError, read_report
from lagi_pipeline.reporting.content.model import Line
from lagi_pipeline.reporting.page import html_page
from lagi_pipeline.reporting.page.charts import Bullet, Scale, bullet
from lagi_pipeline.reporting.page.palette import DARK, LIGHT, MARK_ON, TEXT_ON
from lagi_pipeline.reporting.page.sealing import embedded_json
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import CATALOGUE, SETTLED, ask, copied, query

MARK = "Số liệu minh họa, không phải số liệu chính thức"
CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)")


def made(data_dir: Path, opened: str | None = None) -> str:
    found = load_settings(data_dir)
    with duckdb.connect(found.warehouse.published, read_only=True) as connection:
        return html_page(connection, found.catalogue, found.place, Quarter.parse(opened) if opened else None)


@pytest.fixture(scope="module")
def html(town: Town) -> str:
    return made(town.data_dir, "2024-Q3")


class Parts(HTMLParser):
    """Every element of a page with its attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


# --- what it holds


def test_the_page_asks_the_network_for_nothing(html: str):
    assert not re.search(r"https?://|@import|url\(", html)
    for tag, attributes in Parts(html).elements:
        assert tag not in {"img", "iframe", "object", "embed", "base", "audio", "video"}
        assert not any(name.startswith("on") or name == "style" for name in attributes), (tag, attributes)
        for name in ("src", "href", "action", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,"))


def test_the_policy_lets_nothing_run_but_the_page_s_own_script(html: str):
    policy = next(a["content"] for t, a in Parts(html).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert len([tag for tag, _ in Parts(html).elements if tag == "script"]) == 2  # the data and the script


def test_every_line_of_every_quarter_is_there_with_its_detail(html: str, town: Town):
    elements = Parts(html).elements
    details = {attributes["id"] for _, attributes in elements if attributes.get("class") == "detail"}
    leading = ask(town.data_dir, "SELECT quarter, indicator_code FROM mart.attainment WHERE is_leading")
    assert details == {f"{row['quarter']}/{row['indicator_code']}" for row in leading}
    assert [a["data-line"] for _, a in elements if "data-line" in a][:12] == [
        "budget_revenue", "development_spending", "industrial_output", "export_turnover", "hygienic_water",
        "clean_water", "solid_waste", "green_cover", "natural_increase", "jobs", "trained_labour", "poverty_reduction",
    ]  # fmt: skip


def test_no_two_elements_of_the_page_carry_the_same_id(html: str):
    ids = [attributes["id"] for _, attributes in Parts(html).elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_page_speaks_composed_vietnamese_and_shows_no_codes(html: str):
    assert unicodedata.is_normalized("NFC", html)
    body = re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.DOTALL)
    shown = " ".join(Parts(body).text)
    for code in ("party_resolution", "in_progress", "on_pace", "not_due", "None", "preliminary", "at_least"):
        assert code not in shown


def test_a_line_without_a_figure_says_why_and_has_no_bar(html: str):
    line = re.search(r'<div class="line" data-line="solid_waste">.*?</div>\s*</li>', html, re.DOTALL)
    assert line is not None
    assert "Thiếu quý II: Phòng Tài nguyên và Môi trường chưa báo cáo" in line[0]
    assert '<svg class="bullet' not in line[0]


def test_the_page_opens_with_the_newest_reported_quarter_and_refuses_one_that_is_not_there(town: Town):
    assert "<title>Quý IV năm 2024" in made(town.data_dir)
    with pytest.raises(NoReportError, match="2031-Q1"):
        made(town.data_dir, "2031-Q1")


def test_without_any_line_there_is_no_page(town_copy: Path):
    with duckdb.connect(town_copy / "warehouse" / "lagi.duckdb") as connection:
        connection.execute("DELETE FROM mart.attainment")
    with pytest.raises(NoReportError, match="run the pipeline"):
        made(town_copy)


# --- what tries to break it

EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
LONG = "Ủy ban " + "N" * 300
DECOMPOSED = unicodedata.normalize("NFD", "phường Phước Lộc")
JOINS_A_TAG = "\u0338đầu dòng"
"""NFC makes one sign of ">" and the mark at its head."""
TASK = {
    "quarter": "2024-Q3",
    "year": 2024,
    "task_code": "thu",
    "group_number": 9,
    "group_vi": "Nhóm thử",
    "position": 1,
    "task_vi": EVIL,
    "status": "in_progress_overdue",
    "status_vi": "đang thực hiện, quá hạn",
    "completion_pct": 40.0,
    "indicator_codes": "jobs;industrial_output",
    "evaluated_at": SETTLED,
    "is_illustrative": True,
}
A_RANGE = """
    UPDATE mart.attainment SET direction = 'range', target_upper = 250 WHERE indicator_code = 'budget_revenue'
"""
AN_EXACT_FIGURE = "UPDATE mart.attainment SET direction = 'exact' WHERE indicator_code = 'export_turnover'"
A_YES_OR_NO = """
    UPDATE mart.attainment
    SET direction = 'yes_no', unit = 'có/không', target = 1, actual = 1, attainment_pct = NULL
    WHERE indicator_code = 'green_cover'
"""


@pytest.fixture(scope="module")
def hostile(town: Town, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a published file whose texts are an attack, very long, or decomposed."""
    folder = copied(town.data_dir, tmp_path_factory.mktemp("hostile") / "town")
    with duckdb.connect(folder / "warehouse" / "lagi.duckdb") as connection:
        for sql, *texts in (
            ("UPDATE mart.attainment SET name_vi = ? WHERE indicator_code = 'jobs'", EVIL),
            ("UPDATE mart.attainment SET reason = ? WHERE indicator_code = 'solid_waste'", EVIL),
            ("UPDATE mart.attainment_by_unit SET unit_name_vi = ? WHERE unit_code = '23231'", EVIL),
            ("UPDATE mart.attainment_by_unit SET unit_name_vi = ? WHERE unit_code = '23232'", DECOMPOSED),
            ("UPDATE mart.overdue SET office_name_vi = ?, what_vi = ?", LONG, JOINS_A_TAG),
            ("UPDATE mart.trace SET text = ?, sheet = ?, file = ?, source_unit_vi = ?", EVIL, EVIL, EVIL, LONG),
            (A_RANGE,),
            (AN_EXACT_FIGURE,),
            (A_YES_OR_NO,),
        ):
            connection.execute(sql, texts)
        add(connection, "task_progress", TASK)
    return made(folder, "2024-Q3")


def add(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    """Insert a row; what has to be there and is not given is a text that says nothing."""
    needed = query(
        connection,
        "SELECT column_name FROM information_schema.columns WHERE table_name = ? AND is_nullable = 'NO'",
        table,
    )
    whole = {column["column_name"]: "-" for column in needed} | row
    marks = ", ".join("?" * len(whole))
    connection.execute(f"INSERT INTO mart.{table} ({', '.join(whole)}) VALUES ({marks})", list(whole.values()))


def test_what_stands_in_the_files_stays_text(hostile: str, html: str):
    parts = Parts(hostile)
    tags = [tag for tag, _ in parts.elements]
    assert tags.count("script") == 2
    assert "img" not in tags
    assert EVIL in " ".join(parts.text)
    assert not any(name.startswith("on") for _, attributes in parts.elements for name in attributes)
    assert "phường Phước Lộc" in hostile
    assert DECOMPOSED not in hostile
    assert f">{JOINS_A_TAG}" in hostile  # the tag before it is whole
    assert len(hostile) < 2 * len(html)


@given(st.text())
def test_embedded_data_survives_its_element_whatever_it_says(text: str):
    written = embedded_json({"said": f"</script>{text}<!--"})
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == {"said": f"</script>{text}<!--"}


@pytest.mark.parametrize(
    ("code", "target", "marks"),
    [("budget_revenue", "191,00 – 250,00", 2), ("export_turnover", "= 185,00", 1), ("green_cover", "có", 0)],
)
def test_targets_of_every_direction_are_shown(hostile: str, code: str, target: str, marks: int):
    closing = hostile[hostile.index('<section class="quarter" id="2024-Q4"') :]
    begins = closing.index(f'<div class="line" data-line="{code}"')
    shown = closing[begins : closing.index('<div class="line"', begins + 1)]
    assert f'<b class="wanted">{target}</b>' in shown
    assert shown.count('<line class="target"') == marks
    if code == "green_cover":
        assert '<strong class="actual">có<span class="star">(*)</span></strong>' in shown
        assert "có/không" not in shown


def test_a_quarter_without_data_and_targets_without_history_still_make_a_page(town_copy: Path):
    with duckdb.connect(town_copy / "warehouse" / "lagi.duckdb") as connection:
        connection.execute("UPDATE mart.attainment SET actual = NULL, reason = NULL, obs_status = NULL, as_of = NULL")
        for table in ("attainment_history", "attainment_by_unit", "trace", "trace_line", "iuu_compliance", "overdue"):
            connection.execute(f"DELETE FROM mart.{table}")
        connection.execute("DELETE FROM core.observation")
    page = made(town_copy, "2024-Q3")
    lines = [attributes for _, attributes in Parts(page).elements if "data-line" in attributes]
    assert len(lines) == 96
    assert page.count('<p class="why">') == 96
    assert '<svg class="bullet' not in page
    assert "chưa có số liệu" in page


# --- its charts


def line(**changes: Any) -> Line:  # noqa: ANN401 - of many kinds
    """A line that is under way, changed as told."""
    given_fields: dict[str, Any] = dict.fromkeys(Line.__dataclass_fields__)
    given_fields |= {"code": "jobs", "ordinal": "9", "name_vi": "Giải quyết việc làm", "unit": "người", "decimals": 0}
    given_fields |= {"direction": "at_least", "target": 100.0, "result_status": "in_progress", "is_illustrative": False}
    given_fields |= {"status_vi": "đang thực hiện"}
    return Line(**given_fields | changes)


FIGURES = st.floats(-1e9, 1e12, allow_nan=False)


@given(st.lists(FIGURES | st.none()), FIGURES)
def test_a_scale_holds_every_figure_in_order_and_a_bar_begins_at_nought(figures: list[float | None], one: float):
    scale = Scale.holding([*figures, one])
    there = sorted(figure for figure in [*figures, one, 0.0] if figure is not None)
    places = [scale.at(figure) for figure in there]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    bar = scale.span(0, one)
    assert scale.at(0) in {bar.start, round(bar.start + bar.size, 2)}


@given(st.lists(FIGURES, min_size=1))
def test_a_scale_around_figures_holds_them_all_inside(figures: list[float]):
    scale = Scale.around(figures)
    assert all(0 < scale.at(figure) < 100 for figure in figures)


@pytest.mark.parametrize(
    ("direction", "upper", "is_reached"),
    [
        ("at_least", None, lambda chart: chart.reached.start == chart.target),
        ("at_most", None, lambda chart: chart.reached.start == 0 and chart.reached.size == chart.target),
        ("range", 120.0, lambda chart: chart.reached.start == chart.target < chart.target_upper),
        ("exact", None, lambda chart: chart.reached is None),
    ],
)
def test_a_bullet_shows_where_its_target_is_reached(
    direction: str, upper: float | None, is_reached: Callable[[Bullet], bool]
):
    chart = bullet(line(actual=80.0, direction=direction, target_upper=upper))
    assert chart is not None
    assert is_reached(chart)
    assert chart.bar.start == 0


@pytest.mark.parametrize("changes", [{"actual": None}, {"actual": 1.0, "direction": "yes_no", "target": 1.0}])
def test_there_is_no_bar_without_an_amount(changes: dict[str, Any]):
    assert bullet(line(**changes)) is None


# --- its colours


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_contrast_of_the_palette_is_aa(palette: dict[str, str]):
    for pairs, least in ((TEXT_ON, 4.5), (MARK_ON, 3.0)):
        for front, ground in pairs:
            dark, light = sorted((luminance(palette[front]), luminance(palette[ground])))
            contrast = (light + 0.05) / (dark + 0.05)
            assert contrast >= least, (front, ground, round(contrast, 2))


# --- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(html: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "trang.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """The page, opened; it says nothing to the console and asks for nothing but its file, whatever a test does."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: told.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(address)
    yield page
    page.close()
    assert told == []


def pick(page: Page, quarter: str) -> None:
    page.locator(f'.picker input[value="{quarter}"]').check()


def printed(value: float | None, decimals: int, ending: str = "") -> str | None:
    """A figure as an official prints it, made here by other means than the page's."""
    if value is None:
        return None
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", " ").replace(".", ",").replace(" ", ".") + ending


AS_SHOWN = """elements => elements.map(line => {
    const text = query => { const found = line.querySelector(query); return found ? found.textContent : null };
    return {code: line.dataset.line, actual: text('.actual'), target: text('.wanted'), share: text('.share'),
            status: text('.verdict .mark'), pace: text('.verdict .mark + .mark'), why: text('.why'),
            chart: line.querySelector('.bullet')?.getAttribute('aria-label') ?? null};
})"""


@needs_chromium
def test_every_figure_shown_is_that_of_the_published_attainment(opened: Page, town: Town):
    attainment = ask(town.data_dir, "SELECT * FROM mart.attainment WHERE is_leading")
    quarters = sorted({row["quarter"] for row in attainment})
    assert len(quarters) == 8
    seen = 0
    for quarter in quarters:
        pick(opened, quarter)
        shown = {found["code"]: found for found in opened.locator("#stage .line").evaluate_all(AS_SHOWN)}
        for row in (row for row in attainment if row["quarter"] == quarter):
            decimals = CATALOGUE.indicator(row["indicator_code"]).decimals
            star = "(*)" if row["actual_is_illustrative"] else ""
            target = printed(row["target"], decimals, "(*)" if row["target_is_illustrative"] else "")
            found = shown.pop(row["indicator_code"])
            actual = printed(row["actual"], decimals, star)
            assert found["actual"] == actual
            assert found["target"] == ("≤ " if row["direction"] == "at_most" else "") + str(target)
            assert found["share"] == (None if actual is None else printed(row["attainment_pct"], 1, "%"))
            assert (found["status"], found["pace"]) == (row["status_vi"], row["pace_vi"])
            if actual is None:
                assert found["chart"] is None
                assert found["why"].lower() == row["reason"].lower().replace(" %", "%")
            else:
                assert actual in found["chart"]
                for name in ("expected", "forecast", "forecast_low", "forecast_high"):
                    assert (printed(row[name], decimals) or "") in found["chart"]
                assert ("dự báo" in found["chart"]) == (row["forecast"] not in {None, row["actual"]})
            seen += 1
        assert shown == {}
    assert seen == 96


@needs_chromium
def test_a_line_opens_by_keyboard_and_closes_by_escape_with_the_focus_where_it_was(opened: Page):
    link = opened.locator("#stage .line a").first
    link.focus()
    opened.keyboard.press("Enter")
    expect(opened.locator("dialog")).to_have_attribute("open", "")
    expect(opened.get_by_role("dialog", name="Tổng thu ngân sách nhà nước")).to_be_visible()
    expect(opened.locator("#close")).to_be_focused()
    assert opened.url.endswith("#2024-Q3/budget_revenue")
    opened.keyboard.press("Escape")
    expect(opened.locator("dialog")).not_to_be_visible()
    expect(link).to_be_focused()
    assert "/budget_revenue" not in opened.url


@needs_chromium
def test_arrow_keys_pick_a_quarter_and_it_is_announced(opened: Page):
    opened.locator('.picker input[value="2024-Q3"]').focus()
    opened.keyboard.press("ArrowRight")
    expect(opened.locator("#stage h2")).to_have_text("Quý IV năm 2024")
    expect(opened.get_by_role("status")).to_contain_text("Quý IV năm 2024: ")
    expect(opened.locator('.picker input[value="2024-Q4"]')).to_be_focused()
    assert opened.title().startswith("Quý IV năm 2024")
    assert opened.url.endswith("#2024-Q4")


@needs_chromium
def test_the_back_button_goes_the_way_back(opened: Page):
    pick(opened, "2023-Q4")
    opened.locator('#stage [data-line="clean_water"] a').click()
    expect(opened.get_by_role("dialog")).to_contain_text("93,40(*) %")
    opened.go_back()
    expect(opened.locator("dialog")).not_to_be_visible()
    expect(opened.locator("#stage h2")).to_have_text("Quý IV năm 2023")
    opened.go_back()
    expect(opened.locator("#stage h2")).to_have_text("Quý III năm 2024")


@needs_chromium
def test_an_address_leads_to_the_line_and_closing_it_to_its_quarter(opened: Page, address: str):
    opened.goto(f"{address}#2024-Q1/solid_waste")
    opened.reload()
    expect(opened.get_by_role("dialog")).to_contain_text("Tỷ lệ chất thải rắn đô thị")
    expect(opened.locator("#stage h2")).to_have_text("Quý I năm 2024")
    opened.locator("#close").click()
    expect(opened.locator("dialog")).not_to_be_visible()
    assert opened.url.endswith("#2024-Q1")


@needs_chromium
@pytest.mark.parametrize("hash_", ["#2031-Q1", "#constructor/x", "#2024-Q3/nothing", "#%E0%A4%A", '#2024-Q3/"]'])
def test_an_address_that_leads_nowhere_opens_the_quarter(opened: Page, address: str, hash_: str):
    opened.goto(address + hash_)
    opened.reload()
    expect(opened.locator("#stage h2")).to_have_text("Quý III năm 2024")
    expect(opened.locator("dialog")).not_to_be_visible()


@needs_chromium
def test_a_detail_tells_series_states_units_plans_and_cells_as_published(opened: Page, town: Town):
    opened.evaluate("location.hash = '#2024-Q3/jobs'")
    detail = opened.get_by_role("dialog")
    units = ask(
        town.data_dir,
        "SELECT unit_name_vi, actual FROM mart.attainment_by_unit WHERE quarter = '2024-Q3' AND indicator_code = 'jobs'"
        " ORDER BY actual DESC",
    )
    expect(detail.locator(".units tbody th")).to_have_text([row["unit_name_vi"] for row in units])
    expect(detail.locator(".units td b")).to_have_text([f"{row['actual']:.0f}(*)" for row in units])
    cells = ask(
        town.data_dir,
        "SELECT cell FROM trace('jobs', '2024-Q3') WHERE role NOT LIKE 'target%'",
    )
    assert detail.locator(".file td").count() == len(cells) == 27
    assert detail.locator(".series circle.this-year").count() == 4
    opened.evaluate("location.hash = '#2024-Q2/export_turnover'")
    expect(detail.locator(".states li")).to_have_count(3)
    expect(detail.locator(".states li").first).to_contain_text("từ 16/07/2024 10:30 84,90(*) triệu USD, số sơ bộ")
    opened.evaluate("location.hash = '#2024-Q3/budget_revenue'")
    expect(detail.locator("tbody th", has_text="Tỉnh giao")).to_be_visible()
    expect(detail.locator(".file summary")).to_contain_text("thu-ngan-sach-2024-Q3.xlsx, trang “94-CK”")


@needs_chromium
def test_the_button_turns_the_page_dark_and_paper_stays_light(opened: Page):
    ground = "getComputedStyle(document.body).backgroundColor"
    paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    assert opened.evaluate(paper) == LIGHT["paper"]
    light = opened.evaluate(ground)
    opened.get_by_role("button", name="Nền tối").click()
    assert opened.evaluate(paper) == DARK["paper"]
    assert opened.evaluate(ground) != light
    opened.emulate_media(media="print")
    assert opened.evaluate(paper) == LIGHT["paper"]
    opened.emulate_media(media="screen", color_scheme="dark")
    opened.reload()
    assert opened.evaluate(paper) == DARK["paper"]
    expect(opened.get_by_role("button", name="Nền tối")).to_have_attribute("aria-pressed", "true")


@needs_chromium
@pytest.mark.parametrize("width", [360, 768, 820, 1600, 1920])
def test_nothing_runs_out_of_the_window(opened: Page, width: int):
    opened.set_viewport_size({"width": width, "height": 800})
    beyond = "document.documentElement.scrollWidth - innerWidth"
    assert opened.evaluate(beyond) <= 0
    opened.evaluate("location.hash = '#2024-Q4/natural_increase'")
    expect(opened.locator("dialog")).to_be_visible()
    assert (
        opened.evaluate("document.querySelector('dialog').scrollWidth - document.querySelector('dialog').clientWidth")
        <= 0
    )


@needs_chromium
def test_a_hostile_page_is_still_a_page(browser: Browser, hostile: str, tmp_path: Path):
    path = tmp_path / "trang.html"
    path.write_text(hostile, encoding="utf-8")
    page = browser.new_page(viewport={"width": 360, "height": 800})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.goto(f"{path.as_uri()}#2024-Q3/jobs")
    expect(page.get_by_role("dialog").locator("h3")).to_have_text(EVIL)
    page.get_by_role("dialog").locator("a", has_text="alert(1)").click()
    expect(page.locator("dialog")).not_to_be_visible()
    task = page.locator('[id="2024-Q3/nv-thu"]')  # its group unfolds
    expect(task).to_be_focused()
    expect(task).to_contain_text("hoàn thành 40%(*)")
    expect(task.locator(".mark")).to_have_text("đang thực hiện, quá hạn")
    expect(page.locator(".group summary").last).to_have_text("9. Nhóm thử 1 đang thực hiện, quá hạn")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    task.get_by_role("link", name="Chỉ tiêu 3").click()
    expect(page.get_by_role("dialog", name="Giá trị sản xuất công nghiệp")).to_be_visible()
    page.close()
    assert told == []


@needs_chromium
def test_without_script_the_opened_quarter_is_there_with_its_details(browser: Browser, address: str):
    page = browser.new_page(java_script_enabled=False)
    page.goto(address)
    expect(page.locator("#stage h2")).to_be_visible()
    expect(page.locator(".line")).to_have_count(12)
    expect(page.locator(".detail").first).to_be_visible()
    expect(page.locator(".picker")).not_to_be_visible()
    expect(page.locator(".notice")).to_contain_text("chỉ xem được quý III/2024")
    page.close()


@needs_chromium
def test_it_prints_every_target_of_the_quarter_with_the_mark_on_every_page(opened: Page):
    def pages_of(pdf: bytes) -> list[str]:
        with pypdfium2.PdfDocument(pdf) as document:
            return [unicodedata.normalize("NFC", page.get_textpage().get_text_bounded()) for page in document]

    pages = pages_of(opened.pdf(prefer_css_page_size=True))
    assert all(MARK in page for page in pages)
    assert all(f"Trang {number}/{len(pages)}" in page for number, page in enumerate(pages, 1))
    for figure in ("139,90", "47,00", "1.327,0", "134,20", "99,62", "93,40", "0,68", "1.950"):
        assert figure in pages[0]
    assert "Quý III năm 2024" in pages[0]
    assert "Đóng" not in "".join(pages)
    opened.evaluate("location.hash = '#2024-Q3/export_turnover'")
    expect(opened.locator("dialog")).to_be_visible()
    with_detail = pages_of(opened.pdf(prefer_css_page_size=True))
    assert len(with_detail) > len(pages)
    assert "Số liệu lấy từ đâu" in with_detail[-1]
    assert all(MARK in page for page in with_detail)


def test_page_and_report_print_the_same(html: str, town: Town):
    found = load_settings(town.data_dir)
    with duckdb.connect(found.warehouse.published, read_only=True) as connection:
        report = read_report(connection, Quarter(2024, 3), found.catalogue)
    text = Parts(html).text
    for row in report.targets.rows:
        for cell in row[3:10]:
            if cell.value is not None:
                assert any(cell.text.removesuffix("(*)") in part for part in text), cell


# --- what the published file may hold


@pytest.fixture(scope="module")
def spoiled(town: Town, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = copied(town.data_dir, tmp_path_factory.mktemp("spoiled") / "town")
    with duckdb.connect(folder / "warehouse" / "lagi.duckdb") as connection:
        connection.execute("UPDATE mart.attainment SET gap = -0.0001 WHERE quarter = '2023-Q1'")
        connection.execute("UPDATE mart.year_verdict SET part_gates_whole = true")
        connection.execute("UPDATE mart.task_progress SET task_vi = 'Đường\u202e ven\u0001 biển'")
    return made(folder, "2023-Q1")


def test_the_page_of_any_quarter_lists_the_debts_of_every_quarter(spoiled: str, town: Town):
    [listed] = re.findall(r'<section class="card" id="no-bao-cao".*?</section>', spoiled, re.DOTALL)
    owed = ask(town.data_dir, "SELECT quarter FROM mart.overdue")
    assert len(re.findall("<tr>", listed)) == 1 + len(owed)
    assert {Quarter.parse(row["quarter"]).label_vi for row in owed} <= set(re.findall(r"quý [IV]+/\d{4}", listed))


def test_no_text_turns_the_page_or_hides_in_it(spoiled: str):
    assert not re.search("[\x01-\x08\u202a-\u202e]", spoiled)
    assert "ven" in spoiled


def test_what_is_lacking_is_never_printed_as_nothing(spoiled: str):
    assert "chưa đến 0,01 tỷ đồng" in spoiled
    assert not re.search(r"Còn thiếu</dt>\s*<dd>0,00", spoiled)


def test_the_page_counts_a_whole_as_its_missed_part_leaves_it(spoiled: str):
    quarter = re.search(r'id="2024-Q4".*?</ul>', spoiled, re.DOTALL)
    assert quarter is not None
    assert re.search(r"<b>1</b>[^\n]*không đạt", quarter[0])
