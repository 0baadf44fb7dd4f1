"""The control schema: made once whoever starts first, and again under another name after a copy."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from dougong_tenants import Database, tenancy
from dougong_tenants.connection.control.tables import MIGRATIONS
from dougong_tenants.errors import WallNotBuilt


def test_processes_that_start_together_install_once(database_url: str) -> None:
    databases = [Database(database_url, 1, secret="s") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(Database.install, databases))
    numbers = databases[0].read_control("select number from dougong.migration where number < 1000000 order by number")
    assert numbers == [(n,) for n in range(1, len(MIGRATIONS) + 1)]
    for database in databases:
        database.close()


def test_a_copy_of_a_database_lets_its_own_login_into_the_tenants(make_database: Callable[..., str]) -> None:
    url = make_database()
    original = Database(url, 1, secret="s")
    original.install()
    tenant = tenancy.create(original, tenancy.NewTenant("copied"))
    original.close()
    copy = Database(make_database(url.rpartition("/")[2].partition("?")[0]), 1, secret="s")
    copy.install()
    assert copy.login_role != original.login_role
    found = tenancy.get(copy, "copied")
    assert copy.read(found, "select count(*) from team")[1] == [(0,)]
    tenancy.drop(copy, "copied")
    assert original.read(tenant, "select count(*) from team")[1] == [(0,)]
    tenancy.create(copy, tenancy.NewTenant("copied"))
    copy.close()
    original.close()


def test_a_changed_secret_gives_the_login_a_new_password(database_url: str) -> None:
    for secret in ("one", "two"):
        database = Database(database_url, 1, secret=secret)
        database.install()
        assert database.read_control("select current_user") == [(database.login_role,)]
        database.close()


def test_a_login_that_may_not_build_the_wall_is_told_so(database: Database, make_database: Callable[..., str]) -> None:
    with database.administrator() as connection:
        connection.execute("drop role if exists weakling")
        connection.execute("create role weakling login password 'weak'")
    url = make_database()
    weak = Database(psycopg.conninfo.make_conninfo(url, user="weakling", password="weak"), 1, secret="s")
    try:
        with pytest.raises(WallNotBuilt):
            weak.install()
    finally:
        weak.close()
        with database.administrator() as connection:
            connection.execute("drop role weakling")
