"""The exports: as other programs read them, the same figures as the published file, put in place whole."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner
from frictionless import Package

from lagi_pipeline import cli
from lagi_pipeline.orchestration.build import build_defs
from lagi_pipeline.orchestration.exports import EXPORTS
from lagi_pipeline.orchestration.schedules import MAIN_JOB, PHASES
from lagi_pipeline.reporting import exports
from lagi_pipeline.reporting.exports import PACKAGE, Exports, resources, write_exports
from lagi_pipeline_tests.conftest import Town
from lagi_pipeline_tests.running import RAW, ask, settings_of

NAMES = [resource.name for resource in resources()]


def export(data_dir: Path, folder: Path) -> Exports:
    settings = settings_of(data_dir)
    return write_exports(settings.warehouse.published, folder, settings.place.file)


@pytest.fixture(scope="module")
def made(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """The town's exports; not to be changed."""
    return export(town.data_dir, tmp_path_factory.mktemp("exports") / "exports")


@pytest.fixture
def copy(made: Exports, tmp_path: Path) -> Path:
    """The same folder, to be changed."""
    return shutil.copytree(made.folder, tmp_path / "copy")


def package(folder: Path) -> dict[str, Any]:
    described: dict[str, Any] = json.loads((folder / PACKAGE).read_text("utf-8"))
    return described


def rows_of_csv(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_package_is_valid_and_names_every_file(made: Exports) -> None:
    report = Package(str(made.folder / PACKAGE)).validate()
    assert report.valid, report.flatten(["name", "fieldName", "rowNumber", "type", "message"])[:5]
    assert [task.name for task in report.tasks] == NAMES
    there = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}
    described = {resource[kind] for resource in package(made.folder)["resources"] for kind in ("path", "parquet")}
    assert there == described | {PACKAGE}
    assert made.files == len(there)


def _spoil(folder: Path, name: str, change: Callable[[str], str]) -> set[str]:
    """The kinds of error that Frictionless finds once a CSV file is changed, whose digest it is not told."""
    path = folder / "csv" / f"{name}.csv"
    text = path.read_text("utf-8-sig")
    assert change(text) != text
    path.write_text(change(text), "utf-8-sig")
    described = package(folder)
    for resource in described["resources"]:
        del resource["hash"], resource["bytes"]
    (folder / PACKAGE).write_text(json.dumps(described), "utf-8")
    report = Package(str(folder / PACKAGE)).validate()
    return {error for (error,) in report.flatten(["type"])}


def test_the_schema_would_notice_a_wrong_type(copy: Path) -> None:
    assert "type-error" in _spoil(copy, "attainment", lambda text: text.replace(",203.4,", ",«203,4»,"))


def test_the_schema_would_notice_a_row_that_stands_twice(copy: Path) -> None:
    assert "primary-key" in _spoil(copy, "trace_line", lambda text: text + text.splitlines()[-1] + "\n")


def test_the_schema_would_notice_a_row_that_points_at_nothing(copy: Path) -> None:
    assert "foreign-key" in _spoil(
        copy, "attainment", lambda text: text.replace("2024-Q3,2024,jobs", "2031-Q3,2024,jobs")
    )


def test_every_parquet_file_holds_the_rows_of_the_published_file(town: Town, made: Exports) -> None:
    with duckdb.connect() as reader:
        reader.execute(f"ATTACH '{town.data_dir / 'warehouse' / 'lagi.duckdb'}' AS town (READ_ONLY); USE town")
        for resource in resources():
            there = f"(SELECT * FROM read_parquet('{made.folder}/parquet/{resource.name}.parquet'))"
            stored = f"({resource.select})"
            [(rows,)] = reader.execute(f"SELECT count(*) FROM {there}").fetchall()
            assert rows == made.rows[resource.name]
            for one, other in ((there, stored), (stored, there)):
                assert reader.execute(f"SELECT * FROM {one} EXCEPT ALL SELECT * FROM {other}").fetchall() == []


def test_every_csv_file_reads_back_as_its_parquet_file(made: Exports) -> None:
    with duckdb.connect() as reader:
        for resource in resources():
            parquet = f"read_parquet('{made.folder}/parquet/{resource.name}.parquet')"
            types = {row[0]: row[1] for row in reader.execute(f"DESCRIBE SELECT * FROM {parquet}").fetchall()}
            text = f"read_csv('{made.folder}/csv/{resource.name}.csv', all_varchar = true, header = true)"
            cast = ", ".join(f'CAST("{name}" AS {sql_type}) AS "{name}"' for name, sql_type in types.items())
            read = reader.execute(f"SELECT {cast} FROM {text} EXCEPT ALL SELECT * FROM {parquet}").fetchall()
            assert read == [], resource.name
            assert len(rows_of_csv(made.folder, resource.name)) == made.rows[resource.name]


def test_the_figures_in_a_csv_file_are_those_of_the_mart_unrounded(town: Town, made: Exports) -> None:
    stored = ask(town.data_dir, "SELECT * FROM mart.attainment ORDER BY quarter, indicator_code, plan_source")
    shown = rows_of_csv(made.folder, "attainment")
    assert len(shown) == len(stored) == 124
    for there, row in zip(shown, stored, strict=True):
        assert list(there) == list(row)
        for name in ("target", "actual", "attainment_pct", "gap"):
            assert (float(there[name]) if there[name] else None) == row[name]
    none = next(row for row in shown if row["quarter"] == "2024-Q3" and row["indicator_code"] == "solid_waste")
    assert none["actual"] == ""
    assert "chưa báo cáo" in none["reason"]


def test_excel_takes_every_csv_file_for_utf_8(made: Exports) -> None:
    for name in NAMES:
        data = (made.folder / "csv" / f"{name}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf"), name
        assert not data[3:].startswith(b"\xef\xbb\xbf"), name
        assert data.decode("utf-8-sig").splitlines()[0].split(",")[0].isidentifier(), name


def test_fields_say_their_meaning_in_both_languages_and_their_unit(made: Exports) -> None:
    described = {resource["name"]: resource for resource in package(made.folder)["resources"]}
    for resource in described.values():
        assert resource["title"]
        assert resource["title_en"]
        assert all(field["title"] and field["title_en"] for field in resource["schema"]["fields"])
    fields = {field["name"]: field for field in described["budget_by_item"]["schema"]["fields"]}
    assert fields["actual"] == {
        "name": "actual",
        "type": "number",
        "title": "Thực hiện",
        "title_en": "actual",
        "description": "Cumulative from 1 January",
        "unit": "tỷ đồng",
    }
    assert described["attainment"]["schema"]["primaryKey"] == ["quarter", "indicator_code", "plan_source"]
    assert "primaryKey" not in described["target"]["schema"]  # a plan that stands from the beginning has no first day


def test_what_is_measured_names_its_unit(made: Exports) -> None:
    described = {resource["name"]: resource["schema"]["fields"] for resource in package(made.folder)["resources"]}
    units = {(name, field["name"]): field.get("unit") for name, fields in described.items() for field in fields}
    shares = {key: unit for key, unit in units.items() if key[1].endswith("_pct") and key[1] != "yoy_change_pct"}
    assert len(shares) > 10
    assert set(shares.values()) == {"%"}
    fleet = [units["fleet", name] for name in ("fines_vnd", "landed_t", "monitored_t", "vessels")]
    assert fleet == ["đồng", "tấn", "tấn", None]
    figures = rows_of_csv(made.folder, "observation")
    assert {row["unit"] for row in figures if row["indicator_code"] == "jobs"} == {"người"}
    assert all(row["unit"] for row in figures)


def test_what_a_killed_process_left_is_cleared_and_the_last_exports_come_back(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = 2**22 + 1  # above every process number that Linux gives
    for name in (f".exports.{gone}.fresh", f".exports.{gone}.last", ".exports.1.last"):
        (tmp_path / name).mkdir()
        (tmp_path / name / PACKAGE).write_text(name, "utf-8")

    def fails(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(exports, "_described", fails)
    with pytest.raises(OSError, match="no space left"):
        export(town.data_dir, tmp_path / "exports")
    assert (tmp_path / "exports" / PACKAGE).read_text("utf-8") == f".exports.{gone}.last"
    assert {path.name for path in tmp_path.iterdir()} == {"exports", ".exports.1.last"}


def test_the_package_is_dated_by_the_evaluation_and_says_what_is_illustrative(made: Exports) -> None:
    about = package(made.folder)
    assert about["version"] == "2025-03-01T08:00:00"
    assert about["created"] == "2025-03-01T08:00:00+07:00"
    assert about["illustrative"] is True
    assert [licence["name"] for licence in about["licenses"]] == ["MIT"]
    assert "Nghị quyết ngày 08/12/2023" in str(about["sources"])


def test_where_a_file_is_an_offices_own_no_licence_is_given(town: Town, tmp_path: Path) -> None:
    settings = settings_of(town.data_dir)
    own = Path(shutil.copy(settings.warehouse.published, tmp_path / "own.duckdb"))
    with duckdb.connect(own) as connection:
        connection.execute("UPDATE core.vintage SET is_sample = false WHERE form = 'water' AND quarter = '2024-Q4'")
    about = package(write_exports(own, tmp_path / "exports", settings.place.file).folder)
    assert about["illustrative"] is True
    assert "licenses" not in about


def test_the_same_published_file_gives_the_same_bytes_and_replaces_what_was_there(
    town: Town, made: Exports, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "old.csv").write_text("old", "utf-8")
    again = export(town.data_dir, folder)
    assert not (folder / "old.csv").exists()
    for path in made.folder.rglob("*"):
        if path.is_file():
            assert (again.folder / path.relative_to(made.folder)).read_bytes() == path.read_bytes(), path.name
    assert [path.name for path in tmp_path.iterdir()] == ["exports"]


@pytest.mark.parametrize("step", ["_described", "_put_in_place"])
def test_an_error_on_the_way_leaves_the_last_exports(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / PACKAGE).write_text("{}", "utf-8")

    def fails(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(exports, step, fails)
    with pytest.raises(OSError, match="no space left"):
        export(town.data_dir, folder)
    assert (folder / PACKAGE).read_text("utf-8") == "{}"
    assert [path.name for path in tmp_path.iterdir()] == ["exports"]


def test_a_folder_that_cannot_be_renamed_brings_the_last_one_back(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / PACKAGE).write_text("{}", "utf-8")
    with pytest.raises(FileNotFoundError):
        exports._put_in_place(tmp_path / "never written", folder)
    assert (folder / PACKAGE).read_text("utf-8") == "{}"


def test_before_anything_is_published_the_command_says_so(data_dir: Callable[..., Path]) -> None:
    folder = data_dir()
    result = CliRunner().invoke(cli.main, ["--data-dir", str(folder), "export"])
    assert result.exit_code == cli.FAILED
    assert "nothing has been published yet" in result.stderr
    assert not (folder / "warehouse").exists()


def test_the_command_writes_beside_the_published_file_and_the_asset_tells_of_it(town_copy: Path) -> None:
    result = CliRunner().invoke(cli.main, ["--data-dir", str(town_copy), "export"])
    assert result.exit_code == 0, result.output
    folder = town_copy / "warehouse" / "exports"
    before = (folder / PACKAGE).read_bytes()
    shutil.rmtree(folder)
    defs = build_defs(town_copy)
    [asset] = [one for one in defs.assets or () if isinstance(one, dg.AssetsDefinition) and one.key == EXPORTS]
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([asset], instance=instance, resources=defs.resources, partition_key="2024-10-01")
    [made] = done.asset_materializations_for_node("published__exports")
    assert (folder / PACKAGE).read_bytes() == before
    assert made.metadata["files"].value == 2 * len(NAMES) + 1
    assert made.metadata["dagster/row_count"].value == sum(r["rows"] for r in package(folder)["resources"])
    assert "| attainment | 124 |" in str(made.metadata["resources"].value)


def test_no_run_of_the_main_job_or_a_phase_makes_the_exports() -> None:
    defs = build_defs(RAW.parent)
    for name in (MAIN_JOB, *(phase.name for phase in PHASES)):
        selected = defs.resolve_job_def(name).asset_layer.selected_asset_keys
        assert EXPORTS not in selected
        assert dg.AssetKey(["published", "lagi"]) in selected
