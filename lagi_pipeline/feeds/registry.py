"""The feeds there are, a line each; the catalogue's ``feeds.yaml`` says the rest about them."""

from __future__ import annotations

from lagi_pipeline.feeds import budget, economy, environment, fisheries, land, people, tasks
from lagi_pipeline.feeds.base import Feed

FEEDS: dict[str, Feed] = {
    feed.code: feed
    for feed in (
        budget.REVENUE,
        budget.SPENDING,
        economy.INDUSTRY,
        economy.EXPORTS,
        fisheries.VESSELS,
        fisheries.CASES,
        fisheries.LANDINGS,
        land.FORESTRY,
        environment.WATER,
        environment.WASTE,
        people.POPULATION,
        people.EMPLOYMENT,
        people.POVERTY,
        tasks.TASKS,
    )
}
