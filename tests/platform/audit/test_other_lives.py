"""The log goes with its tenant: into a backup and out of it, and to tenants made before there was one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from dougong_platform.backups import restore, save
from dougong_platform.cli import main
from dougong_platform.storage import engine_tables
from dougong_tenants import Database, Tenant, audit, tenancy
from dougong_tenants.audit.retention import retention, set_retention
from furnished import furnish


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def database(make_database: Callable[..., str], home: Path) -> Iterator[Database]:
    made, tenant = furnish(make_database(), home)
    set_retention(made, tenant, 90)
    yield made
    made.close()


def log(database: Database, tenant: Tenant) -> list[tuple[Any, ...]]:
    _, rows = database.read(tenant, "select seq, at, actor, action, target, details, via from _audit order by seq")
    return rows


def refuses_to_forget(database: Database, tenant: Tenant) -> bool:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction(tenant) as tx:
        tx.execute("delete from _audit")
    return True


def test_a_restored_tenant_has_the_log_and_goes_on_with_it(database: Database, home: Path, tmp_path: Path) -> None:
    original = tenancy.get(database, "library")
    save(database, original, home, tmp_path / "file")
    copy = restore(database, home, tmp_path / "file", "library", "branch").tenant
    before = log(database, copy)
    assert before == log(database, original)
    assert len(before) > 5
    assert retention(database, copy).days == 90
    audit.note_apart(database, copy, "shelf.moved")
    assert log(database, copy)[-1][0] > before[-1][0]
    assert refuses_to_forget(database, copy)


def test_a_tenant_made_before_there_was_a_log_gets_one(database: Database) -> None:
    tenant = tenancy.get(database, "library")
    with database.owner(tenant) as connection:
        connection.execute("drop table _audit, _audit_policy")
        connection.execute("delete from _engine where noun = 'audit'")
    assert engine_tables.upgrade(database, tenant) > 0
    audit.note_apart(database, tenant, "shelf.moved")
    assert [row[3] for row in log(database, tenant)] == ["shelf.moved"]
    assert refuses_to_forget(database, tenant)
    assert retention(database, tenant).days == 730


def test_what_the_command_line_does_is_noted_as_its_doing(
    database: Database, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.dsn)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("DOUGONG_SECRET", "test")
    monkeypatch.setenv("DOUGONG_HOME", str(home))
    path = str(tmp_path / "library.backup")
    for command in (
        ["token", "issue", "--tenant", "library", "--user", "ann@library.test", "--name", "nightly"],
        ["backup", "--tenant", "library", path],
        ["restore", "--tenant", "library", "--as", "second", path],
    ):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
    said = [(action, via) for _, _, _, action, _, _, via in log(database, tenancy.get(database, "library"))]
    assert said[-2:] == [("token.issued", "cli"), ("backup.made", "cli")]
    second = log(database, tenancy.get(database, "second"))
    assert (second[-1][3], second[-1][5]["name"]) == ("backup.restored", "library")
