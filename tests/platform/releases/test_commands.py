"""`dougong tenant` and `dougong metadata`, as somebody types them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from changing import SHELF, TEXT, an_object
from dougong_metadata.documents import Document
from dougong_metadata.folders import write_folder
from dougong_platform.cli import main
from dougong_tenants import Database, tenancy

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("tenant create …")`: the command's result."""
    for name, value in {
        "DATABASE_URL": database.dsn,
        "REDIS_URL": redis_url,
        "DOUGONG_HOME": str(tmp_path / "home"),
        "DOUGONG_SECRET": "the suite's secret",
        "LC_ALL": "C",
    }.items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str, fails: bool = False) -> Result:
        result = CliRunner().invoke(main, arguments)
        assert (result.exit_code != 0) is fails, result.output
        return result

    return invoke


def test_a_tenant_is_made_and_its_metadata_exported_planned_published_and_restored(run: Run, tmp_path: Path) -> None:
    run("tenant", "create", "acme", "--admin-email", "a@acme.test", "--admin-password", "Sommer-Regen-42")
    assert "acme\tactive\t1" in run("tenant", "list").output
    folder = tmp_path / "metadata"
    write_folder(folder, [an_object("shelf", SHELF)])
    plan = run("metadata", "plan", "--tenant", "acme", str(folder))
    assert "Add the object" in plan.output
    run("metadata", "publish", "--tenant", "acme", "--note", "shelves", str(folder))
    assert "Nothing changes" in run("metadata", "plan", "--tenant", "acme", str(folder)).output
    write_folder(folder, [an_object("shelf", {**SHELF, "room": TEXT})])
    run("metadata", "publish", "--tenant", "acme", "--base", "2", str(folder))
    again = tmp_path / "again"
    run("metadata", "export", "--tenant", "acme", str(again))
    assert (again / "objects" / "shelf.yaml").read_text() == (folder / "objects" / "shelf.yaml").read_text()
    run("metadata", "restore", "--tenant", "acme", "2")
    listed = run("metadata", "releases", "--tenant", "acme").output
    assert [line.split("\t")[0] for line in listed.splitlines()] == ["4", "3", "2", "1"]
    assert "Nothing was left" in run("metadata", "resume", "--tenant", "acme").output


def test_a_pack_is_installed_and_upgraded_keeping_what_the_tenant_made_of_it(run: Run, tmp_path: Path) -> None:
    def written(version: str, length: int) -> str:
        folder = tmp_path / version
        write_folder(folder, [an_object("shelf", {"name": {"type": "text", "max_length": length}})])
        (folder / "pack.yaml").write_text(f"name: library\nversion: {version}\n", encoding="utf-8")
        return str(folder)

    run("tenant", "create", "packed")
    first, second = written("1.0.0", 40), written("1.1.0", 60)
    assert "not installed" in run("metadata", "pack", "upgrade", "--tenant", "packed", first, fails=True).output
    assert "+ object shelf" in run("metadata", "pack", "install", "--tenant", "packed", "--publish", first).output
    mine = tmp_path / "mine"
    write_folder(mine, [an_object("shelf", {"name": {"type": "text", "max_length": 50}})])
    run("metadata", "publish", "--tenant", "packed", str(mine))
    said = run("metadata", "pack", "upgrade", "--tenant", "packed", "--publish", second).output
    assert "! object shelf fields.name.max_length: 50 / 60" in said
    assert "library\t-\t1.1.0" in run("metadata", "pack", "list", "--tenant", "packed").output


def test_problems_are_told_with_file_and_line(run: Run, tmp_path: Path) -> None:
    run("tenant", "create", "wrong")
    folder = tmp_path / "metadata"
    write_folder(folder, [an_object("shelf", {"name": {"type": "text", "lenght": 3}})])
    result = run("metadata", "plan", "--tenant", "wrong", str(folder), fails=True)
    assert "objects/shelf.yaml:" in result.output
    assert "lenght" in result.output


def test_a_tenant_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    assert "nobody" in run("metadata", "export", "--tenant", "nobody", str(tmp_path), fails=True).output


def test_a_dropped_tenant_is_gone(run: Run) -> None:
    run("tenant", "create", "short")
    run("tenant", "suspend", "short")
    run("tenant", "resume", "short")
    run("tenant", "drop", "short", "--yes")
    assert "short" not in run("tenant", "list").output


def test_records_of_a_removed_stage_are_sent_on_by_an_option(run: Run, database: Database, tmp_path: Path) -> None:
    def written(values: list[str]) -> Path:
        stage = {"type": "picklist", "values": values}
        book = an_object("book", {"title": TEXT, "stage": stage})
        body = {"object": "book", "field": "stage", "stages": {value: {} for value in values}}
        write_folder(tmp_path / "stages", [book, Document("pipeline", "sale", body)])
        return tmp_path / "stages"

    run("tenant", "create", "staged")
    run("metadata", "publish", "--tenant", "staged", str(written(["draft", "review"])))
    with database.owner(tenancy.get(database, "staged")) as connection:
        connection.execute("insert into book (id, stage) values (gen_random_uuid(), 'review')")
    folder = str(written(["draft"]))
    assert "Say where the records at" in run("metadata", "plan", "--tenant", "staged", folder, fails=True).output
    assert "sale.review" not in run("metadata", "publish", "--tenant", "staged", folder, fails=True).output
    run("metadata", "plan", "--tenant", "staged", "--stage", "sale.review", folder, fails=True)
    said = ("--stage", "sale.review=draft")
    assert "Move the records at" in run("metadata", "plan", "--tenant", "staged", *said, folder).output
    run("metadata", "publish", "--tenant", "staged", *said, folder)
    assert "✓ Records stay at the stage" in run("check", "--tenant", "staged", "--repair", "stays", fails=True).output
    run("metadata", "restore", "--tenant", "staged", "2")
