"""The illustrative figures of 2022-2024, sector by sector, and the few defects put in on purpose (see README.md)."""

from __future__ import annotations

from lagi_pipeline.catalogue.quarter import Quarter

QUARTERS = tuple(Quarter(year, number) for year in (2023, 2024) for number in (1, 2, 3, 4))
YEARS = (2023, 2024)
LAST = 4
