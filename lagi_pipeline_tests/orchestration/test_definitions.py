"""The code location as the server loads it: assets, partitions, checks, and what is read at import."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.definitions.backfill_policy import BackfillPolicyType
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import instance_for_test
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget

from lagi_pipeline.catalogue.alerts import alert_words
from lagi_pipeline.catalogue.quarter import Quarter
from lagi_pipeline.feeds.registry import FEEDS
from lagi_pipeline.orchestration.alerts import CHECK_SENSOR, RUN_SENSOR
from lagi_pipeline.orchestration.assets import FORM_CHECK, OVERDUE_CHECK
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.descriptions import GROUPS
from lagi_pipeline.orchestration.settings import Settings, key_of, load_settings, quarter_of
from lagi_pipeline.steps import gate
from lagi_pipeline_tests.running import RAW, ROOT, make_data_dir

VIETNAMESE = re.compile("[ăâđêôơưáàảãạếềểễệốồổỗộớờởỡợứừửữựíìỉĩịúùủũụéèẻẽẹấầẩẫậắằẳẵặóòỏõọýỳỷỹỵ]", re.IGNORECASE)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs(RAW.parent)


@pytest.fixture(scope="module")
def specs(defs: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_the_server_loads_the_code_location(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAGI_DATA_DIR", str(RAW.parent))
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name="lagi_pipeline.definitions")
    origin = InProcessCodeLocationOrigin(target, location_name="lagi_pipeline")
    with (
        instance_for_test(temp_dir=str(tmp_path)) as instance,
        WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget(origin)) as workspace,
    ):
        [entry] = workspace.create_request_context().get_code_location_entries().values()
        assert entry.load_error is None
        assert entry.code_location is not None
        [repository] = entry.code_location.get_repositories().values()
        assert {job.name for job in repository.get_all_jobs()} >= {"quarterly_attainment", "preliminary", "final"}
        assert len(repository.get_schedules()) == 4
        assert {sensor.name for sensor in repository.get_sensors()} == {
            "raw_files",
            "report_after_publishing",
            RUN_SENSOR,
            CHECK_SENSOR,
        }


def test_the_command_that_validates_definitions_is_content(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").touch()
    environment = os.environ | {
        "LAGI_DATA_DIR": str(RAW.parent),
        "DAGSTER_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-w", str(ROOT / "workspace.yaml")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Validation successful" in done.stderr + done.stdout


def test_there_is_an_asset_for_each_feed_and_what_is_made_of_them(specs: dict[str, dg.AssetSpec]) -> None:
    made = {f"feeds/{feed}" for feed in FEEDS} | {
        "core/measure",
        "core/observation",
        "mart/attainment",
        "mart/iuu_compliance",
        "mart/task_progress",
        "mart/feed_scorecard",
        "mart/year_verdict",
        "mart/revision_since_report",
        "core/override",
        "issued/report",
        "returned/slips",
    }
    raw = {f"raw/{feed}" for feed in FEEDS} | {"raw/resolution", "raw/overrides"}
    reports = {"reports/quarterly_report", "reports/page"}
    assert set(specs) == made | raw | reports | {"published/lagi", "published/exports"}


def test_every_asset_says_what_it_is(specs: dict[str, dg.AssetSpec]) -> None:
    for key, spec in specs.items():
        assert spec.description, key
        assert spec.group_name not in {None, "default"}, key
        assert spec.owners, key
        assert spec.kinds, key
        assert spec.tags.get("layer"), key


def test_every_asset_is_described_in_both_languages(specs: dict[str, dg.AssetSpec]) -> None:
    """Vietnamese first, as the Office calls it, then English in brackets or after it."""
    for key, spec in specs.items():
        first = str(spec.description).partition(":")[0]
        assert VIETNAMESE.search(first), key
        assert re.search(r"\([A-Za-z' ]{4,}\)", first), key


def test_every_feed_says_who_sends_it_and_where_its_rows_are_counted(specs: dict[str, dg.AssetSpec]) -> None:
    assert "Phòng Quản lý đô thị" in str(specs["feeds/water"].description)
    assert "Phòng Quản lý đô thị" in str(specs["raw/water"].description)
    for feed in FEEDS:
        assert "tab Partitions" in str(specs[f"feeds/{feed}"].description)


def test_every_group_is_told_of_in_the_engineers_page(specs: dict[str, dg.AssetSpec]) -> None:
    groups = {str(spec.group_name) for spec in specs.values()}
    assert groups <= set(GROUPS)
    page = (ROOT / "docs" / "engineers.md").read_text("utf-8")
    for group in groups:
        assert f"| `{group}` | {GROUPS[group]} |" in page


def test_every_check_says_what_holds_and_what_to_do_when_it_does_not(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    page = (ROOT / "docs" / "engineers.md").read_text("utf-8")
    for key in graph.asset_check_keys:
        assert key.name in alert_words().checks, f"{key.name} needs its words in catalogue/alerts.yaml"
        words = alert_words().of_check(key.name)
        what, _, to_do = str(graph.get_check_spec(key).description).partition("\n\n")
        assert len(what.split()) >= 5, key
        assert what.endswith("."), key
        assert "Built-in" not in what
        assert words.do_vi in to_do
        assert words.do_en in to_do
        assert f"\n## {words.more.replace('-', ' ').capitalize()}\n" in page, words.more


def test_no_words_are_kept_for_a_check_that_is_gone(defs: dg.Definitions) -> None:
    names = {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    assert set(alert_words().checks) == names


def test_jobs_schedules_and_sensors_say_what_they_do_in_both_languages(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    jobs = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    described = [*jobs, *repository.schedule_defs, *repository.sensor_defs]
    assert len(described) == 7 + 4 + 4
    for one in described:
        assert VIETNAMESE.search(str(one.description)), one.name
        assert len(str(one.description)) > 60, one.name


def test_every_asset_that_is_made_has_its_table_columns_and_version(specs: dict[str, dg.AssetSpec]) -> None:
    for key, spec in specs.items():
        if key.startswith("raw/"):
            continue
        assert spec.code_version, key
        if key.startswith(("returned/", "reports/", "published/exports")):  # files, no table
            continue
        assert spec.metadata["dagster/column_schema"].columns, key
        assert all(column.description and column.type for column in spec.metadata["dagster/column_schema"].columns), key
        if key != "published/lagi":
            assert "." in spec.metadata["dagster/table_name"], key


def test_no_column_that_names_people_is_shown(specs: dict[str, dg.AssetSpec]) -> None:
    names = {column.name for column in specs["feeds/fisheries_vessels"].metadata["dagster/column_schema"].columns}
    assert "register" in names
    assert "owner" not in names


def test_assets_stand_in_the_group_of_their_sector(specs: dict[str, dg.AssetSpec]) -> None:
    assert {specs[f"{layer}/water"].group_name for layer in ("raw", "feeds")} == {"environment"}
    assert len({spec.group_name for spec in specs.values()}) >= 10


def test_what_is_made_of_what(specs: dict[str, dg.AssetSpec]) -> None:
    upstream = {key: {dep.asset_key.to_user_string() for dep in spec.deps} for key, spec in specs.items()}
    assert upstream["feeds/water"] == {"raw/water"}
    assert upstream["core/measure"] == {f"feeds/{feed}" for feed in FEEDS}
    assert upstream["core/observation"] == {"core/measure", "raw/resolution", "core/override"}
    assert upstream["core/override"] == {"core/measure", "raw/resolution", "raw/overrides"}
    assert upstream["mart/revision_since_report"] == {"core/observation", "issued/report"}
    assert upstream["published/lagi"] == {
        "mart/attainment",
        "mart/iuu_compliance",
        "mart/task_progress",
        "mart/feed_scorecard",
        "mart/revision_since_report",
        "mart/year_verdict",
    }
    assert upstream["reports/quarterly_report"] == upstream["reports/page"] == {"published/lagi"}
    assert upstream["mart/task_progress"] == {"feeds/tasks", "raw/resolution"}
    assert upstream["feeds/tasks"] == {"raw/tasks", "raw/resolution"}
    assert upstream["mart/feed_scorecard"] == {f"feeds/{feed}" for feed in FEEDS} | {"core/observation"}


def test_everything_that_is_made_is_backfilled_in_single_runs(defs: dg.Definitions) -> None:
    policies = {
        key.to_user_string(): definition.backfill_policy
        for definition in defs.resolve_asset_graph().assets_defs
        for key in definition.keys
        if definition.is_executable
    }
    assert "published/lagi" in policies
    assert all(p is not None and p.policy_type is BackfillPolicyType.SINGLE_RUN for p in policies.values())


def test_the_gate_rules_block_and_hang_on_what_publishing_reads(defs: dg.Definitions) -> None:
    specs = [check for checks in defs.asset_checks or [] for check in checks.check_specs]
    blocking = {spec.name: spec.asset_key.to_user_string() for spec in specs if spec.blocking}
    assert blocking == dict.fromkeys(gate.RULES, "mart/attainment")


def test_every_feed_has_checks_that_do_not_block(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for feed in FEEDS:
        keys = [key for key in graph.asset_check_keys if key.asset_key == dg.AssetKey(["feeds", feed])]
        assert {key.name for key in keys} == {FORM_CHECK, OVERDUE_CHECK}
        assert not any(graph.get_check_spec(key).blocking for key in keys)


def test_runs_stay_in_one_process(defs: dg.Definitions) -> None:
    assert defs.resolve_job_def("quarterly_attainment").executor_def.name == "in_process"


def _settings(tmp_path: Path, first: str, zone: str = "Asia/Ho_Chi_Minh") -> Settings:
    data_dir = make_data_dir(tmp_path / "data")
    path = data_dir / "raw" / "place" / "place.yaml"
    text = path.read_text("utf-8").replace("first_quarter: 2022-Q4", f"first_quarter: {first}")
    path.write_text(text.replace("Asia/Ho_Chi_Minh", zone), "utf-8")
    return load_settings(data_dir)


@pytest.mark.parametrize("first", ["2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3", "2019-Q4"])
@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "UTC", "America/New_York"])
def test_partitions_begin_at_the_places_first_quarter(tmp_path: Path, first: str, zone: str) -> None:
    """A misaligned start silently begins a quarter later."""
    partitions = _settings(tmp_path, first, zone).partitions
    quarter = Quarter.parse(first)
    assert partitions.get_first_partition_key() == key_of(quarter)
    window = partitions.time_window_for_partition_key(key_of(quarter))
    assert (window.start.date(), window.end.date()) == (quarter.start, quarter.next.start)
    assert window.start == datetime(quarter.year, quarter.start.month, 1, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2024-09-30T23:59", "2024-Q3"),
        ("2024-10-01T00:01", "2024-Q4"),
        ("2024-12-15T08:00", "2024-Q4"),
        ("2025-01-01T00:30", "2025-Q1"),
    ],
)
def test_the_unfinished_quarter_has_a_partition(tmp_path: Path, now: str, last: str) -> None:
    partitions = _settings(tmp_path, "2022-Q4").partitions
    with partition_loading_context(effective_dt=datetime.fromisoformat(now).replace(tzinfo=ZONE)):
        key = partitions.get_last_partition_key()
    assert key is not None
    assert quarter_of(key) == Quarter.parse(last)


def test_a_key_is_the_first_day_of_its_quarter() -> None:
    for number in range(1, 5):
        assert quarter_of(key_of(Quarter(2024, number))) == Quarter(2024, number)
    assert key_of(Quarter(2024, 3)) == "2024-07-01"


def test_loading_reads_nothing_but_the_catalogue_and_the_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data_dir = make_data_dir(tmp_path / "data", "water")
    opened: list[Path] = []
    original: Callable[..., Any] = io.open

    def noting(file: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever open takes
        if isinstance(file, str | os.PathLike):
            opened.append(Path(file))
        return original(file, *rest, **named)

    monkeypatch.setattr(io, "open", noting)
    monkeypatch.setattr("builtins.open", noting)
    build_defs(data_dir).resolve_job_def("quarterly_attainment")
    mine = {path.relative_to(data_dir).as_posix() for path in opened if path.is_relative_to(data_dir)}
    assert mine == {"raw/place/place.yaml", "raw/place/units.csv", "raw/place/offices.csv"}
    assert not (data_dir / "warehouse").exists()


def test_settings_take_the_folder_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data_dir = make_data_dir(tmp_path / "elsewhere")
    monkeypatch.setenv("LAGI_DATA_DIR", str(data_dir))
    assert load_settings().raw_dir == data_dir / "raw"
    monkeypatch.delenv("LAGI_DATA_DIR")
    monkeypatch.chdir(ROOT)
    assert load_settings().data_dir == ROOT / "data"


def test_no_button_issues_a_report(specs: dict[str, dg.AssetSpec]) -> None:
    """To materialise everything needs no configuration, and freezes nothing."""
    defs = build_defs(RAW.parent)
    graph = defs.resolve_asset_graph()
    assert dg.AssetKey(["issued", "report"]) not in graph.executable_asset_keys
    assert specs["issued/report"].partitions_def is not None
    assert defs.resolve_job_def("issue_report").partitions_def is not None
