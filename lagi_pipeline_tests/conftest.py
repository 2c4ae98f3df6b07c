"""Shared fixtures: a closed world, data folders, and one run of the main job over all sample data."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lagi_pipeline_tests.running import RAW, Outcome, copied, make_data_dir, run

FEEDS = tuple(sorted(path.name for path in RAW.iterdir() if path.name not in {"place", "resolution"}))


@pytest.fixture(scope="session", autouse=True)
def _closed_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No settings of the machine, DuckDB and Dagster at home in a temporary folder, and no network but the loopback."""
    home = tmp_path_factory.mktemp("home")
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as the system takes it
        host = address[0] if isinstance(address, tuple) else address
        if self.family in {socket.AF_INET, socket.AF_INET6} and host not in {"127.0.0.1", "::1", "localhost"}:
            raise OSError(f"a test wants to reach {host}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("DAGSTER_HOME", str(home))
        patch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")
        patch.delenv("LAGI_DATA_DIR", raising=False)
        patch.setattr(socket.socket, "connect", only_loopback)
        yield


@dataclass(frozen=True)
class Town:
    """A data folder and the run that filled its warehouse."""

    data_dir: Path
    outcome: Outcome


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """All sample data, read, computed and published once; not to be changed."""
    data_dir = make_data_dir(tmp_path_factory.mktemp("town"), *FEEDS)
    outcome = run(data_dir)
    assert outcome.success, outcome.failed_steps
    return Town(data_dir, outcome)


@pytest.fixture
def town_copy(town: Town, tmp_path: Path) -> Path:
    """The town's data folder with its warehouse, to be changed freely."""
    return copied(town.data_dir, tmp_path / "town")


@pytest.fixture
def data_dir(tmp_path: Path) -> Callable[..., Path]:
    """Makes a data folder with the town's place and the sample files named: ``data_dir("waste/2024-Q1")``."""

    def make(*samples: str) -> Path:
        return make_data_dir(tmp_path / "data", *samples)

    return make


VILLAGE = ("employment", "water", "fisheries_vessels/2024-Q3")


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Few of the sample files, read, computed and published once: quick to run again. Not to be changed."""
    data_dir = make_data_dir(tmp_path_factory.mktemp("village"), *VILLAGE)
    outcome = run(data_dir, "2023-Q1", "2024-Q4")
    assert outcome.success, outcome.failed_steps
    return Town(data_dir, outcome)


@pytest.fixture
def village_copy(village: Town, tmp_path: Path) -> Path:
    """The village's data folder with its warehouse, to be changed freely."""
    return copied(village.data_dir, tmp_path / "village")
