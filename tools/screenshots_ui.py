"""Screenshots of the Dagster UI for the pages of docs: ``python -m tools.screenshots_ui http://127.0.0.1:3000``.

Of a running ``make dev`` on whose data all quarters have been run once. Needs chromium (``CHROMIUM``, else the one in
the path) and Playwright, which is among the development dependencies.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.browser import chromium

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
_SETTLED_MS = 5000
"""The UI fetches as it draws; nothing in it says that it is done."""
_WIDTH = 1280


def _nothing(page: Page) -> None:
    """Take the page as it opens."""
    del page


def _show_table(page: Page) -> None:
    """Open the quarter's table."""
    page.get_by_text("[Show Markdown]").first.click()


def _fit_graph(page: Page) -> None:
    """Hide the list beside the graph, and fit the graph into the window."""
    page.get_by_text("Hide navigation").click()
    page.keyboard.press("0")


@dataclass(frozen=True)
class Shot:
    """A picture: its file's name, the page, its height, and what is done on the page before."""

    name: str
    path: str
    height: int = 800
    prepare: Callable[[Page], None] = _nothing


SHOTS = (
    Shot("asset-graph", "/asset-groups", 1040, _fit_graph),
    Shot("ui-asset", "/assets/feeds/water", 900),
    Shot("ui-quarter", "/assets/mart/attainment?view=partitions&partition=2024-07-01", 900, _show_table),
    Shot("ui-check", "/assets/feeds/waste?view=checks&checkDetail=no_report_is_overdue", 900),
    Shot("ui-schedule", "/locations/lagi_pipeline/schedules/final_schedule", 520),
)


def _take(browser: Browser, base: str, shot: Shot) -> Path:
    page = browser.new_page(viewport={"width": _WIDTH, "height": shot.height})
    page.goto(base + shot.path)
    page.wait_for_timeout(_SETTLED_MS)
    shot.prepare(page)
    page.wait_for_timeout(_SETTLED_MS // 2)
    path = IMAGES / f"{shot.name}.png"
    page.screenshot(path=path)
    page.close()
    return path


def main(base: str) -> None:
    """Take all pictures from the UI at ``base``, and say how big they are."""
    with chromium() as browser:
        for shot in SHOTS:
            path = _take(browser, base.rstrip("/"), shot)
            print(f"{path.name}  {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(sys.argv[1])
