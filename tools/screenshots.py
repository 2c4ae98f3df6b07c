"""The pictures of the documentation, made anew from a data folder: ``python -m tools.screenshots page --data-dir DIR``.

A picture is a line of ``SHOTS``: what is opened, in which window, and how it is brought to what it shows. The files are
reduced to few colours, for they lie in the repository.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page

from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.orchestration.settings import load_settings
from lagi_pipeline.reporting.page import html_page
from lagi_pipeline.reporting.published import open_published
from tools.browser import chromium

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
_COLOURS = 256
_QUARTER = Quarter(2024, 3)


@dataclass(frozen=True)
class Shot:
    """A picture: its file, the window in CSS pixels, the scheme, the address within what is opened, what is done."""

    name: str
    width: int
    height: int
    address: str = ""
    scheme: Literal["light", "dark"] = "light"
    scale: float = 1
    act: Callable[[Page], None] | None = None


def _to_the_lines(page: Page) -> None:
    page.locator("#stage .targets").evaluate("targets => targets.scrollIntoView()")


PAGE = (
    Shot("page-phone", 360, 780, scale=2, act=_to_the_lines),
    Shot("page-desk", 1280, 1000),
    Shot("page-wall", 1920, 1080, scheme="dark"),
    Shot("page-detail", 1280, 1000, address="#2024-Q3/budget_revenue"),
)


@contextmanager
def the_page(data_dir: Path) -> Iterator[str]:
    """The address of the page of a data folder, written aside."""
    settings = load_settings(data_dir)
    with open_published(settings.warehouse.published) as connection:
        html = html_page(connection, settings.catalogue, settings.place, _QUARTER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        yield path.as_uri()


SHOTS = {"page": (the_page, PAGE)}


def main() -> None:
    """Take the pictures of one kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(SHOTS))
    parser.add_argument("--data-dir", type=Path, required=True, help="a data folder that was run and published")
    parser.add_argument("--to", type=Path, default=IMAGES, help="the folder for the pictures")
    options = parser.parse_args()
    opened, shots = SHOTS[options.what]
    options.to.mkdir(parents=True, exist_ok=True)
    with opened(options.data_dir) as address, chromium() as browser:
        for shot in shots:
            path = options.to / f"{shot.name}.png"
            path.write_bytes(small(taken(browser, address, shot)))
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def taken(browser: Browser, address: str, shot: Shot) -> bytes:
    """A picture as the browser takes it."""
    with browser.new_page(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.scale,
        color_scheme=shot.scheme,
        reduced_motion="reduce",
        locale="vi-VN",
    ) as page:
        page.goto(address + shot.address)
        if shot.act is not None:
            shot.act(page)
        return page.screenshot()


def small(picture: bytes) -> bytes:
    """The same picture in few colours."""
    with Image.open(BytesIO(picture)) as image, BytesIO() as written:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        return written.getvalue()


if __name__ == "__main__":
    main()
