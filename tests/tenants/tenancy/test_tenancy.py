"""A tenant is created whole or not at all, suspended, resumed, and dropped without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from dougong_metadata.errors import Fault
from dougong_metadata.label import Label
from dougong_tenants import Database, Tenant, people, tenancy
from dougong_tenants.errors import NoSuchTenant, TenantNameInvalid, TenantNameTaken


def traces(database: Database, name: str) -> list[str]:
    """Everything in the server that carries the tenant's name."""
    with database.administrator() as connection:
        return [
            row[0]
            for row in connection.execute(
                "select nspname::text from pg_namespace where nspname = %(schema)s union all"
                " select rolname::text from pg_roles where rolname like %(role)s union all"
                " select name from dougong.tenant where name = %(name)s",
                {"schema": f"t_{name}", "role": f"t\\_{name}\\_%", "name": name},
            ).fetchall()
        ]


def test_a_tenant_is_found_as_it_was_created(database: Database) -> None:
    made = tenancy.create(
        database,
        tenancy.NewTenant(
            "harbour", Label("Harbour Ltd", "港湾公司"), locale="en", timezone="Europe/Berlin", currency="EUR"
        ),
    )
    assert tenancy.get(database, "harbour") == made
    assert (made.label.zh, made.locale, made.timezone, made.currency, made.status, made.release) == (
        "港湾公司",
        "en",
        "Europe/Berlin",
        "EUR",
        "active",
        0,
    )
    changed = tenancy.describe(database, "harbour", currency="USD")
    assert (changed.currency, changed.label.en, changed.stamp) == ("USD", "Harbour Ltd", made.stamp + 1)
    assert made.name in [t.name for t in tenancy.all_tenants(database)]
    assert tenancy.find(database, "nobody\0") is None
    with pytest.raises(NoSuchTenant):
        tenancy.get(database, "nobody")


@pytest.mark.parametrize("name", ["", "A", "1a", "a-b", "a b", "a_", "_a", "a" * 41, "ä", 'a"; drop schema x', "a\n"])
def test_a_name_that_could_not_be_a_schema_is_refused(database: Database, name: str) -> None:
    with pytest.raises(TenantNameInvalid):
        tenancy.create(database, tenancy.NewTenant(name))


@pytest.mark.parametrize("name", ["public", "dougong", "postgres", "pg_catalog", "user", "b" * 40])
def test_any_other_name_is_safe(database: Database, name: str) -> None:
    tenant = tenancy.create(database, tenancy.NewTenant(name))
    assert database.read(tenant, "select current_user")[1] == [(tenant.role,)]
    tenancy.drop(database, name)
    assert tenancy.find(database, name) is None


def test_two_creations_of_one_name_give_one_tenant(database: Database) -> None:
    def attempt(_: int) -> str:
        try:
            tenancy.create(database, tenancy.NewTenant("twin"))
        except TenantNameTaken:
            return "taken"
        return "made"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(attempt, range(4))) == ["made", "taken", "taken", "taken"]
    assert database.read(tenancy.get(database, "twin"), "select 1")[1] == [(1,)]


def test_a_creation_whose_preparation_fails_leaves_nothing(database: Database) -> None:
    def fail(connection: psycopg.Connection[Any], tenant: Tenant) -> None:
        connection.execute("create table _thing (a integer)")
        connection.execute("create function f() returns integer language sql as 'select 1'")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tenancy.create(database, tenancy.NewTenant("half"), fail)
    assert traces(database, "half") == []


def test_a_killed_creation_leaves_nothing(database: Database) -> None:
    code = (
        "import sys, time\n"
        "from dougong_tenants import Database, tenancy\n"
        "def wait(connection, tenant):\n"
        "    connection.execute('create table _thing (a integer)')\n"
        "    print('inside', flush=True)\n"
        "    time.sleep(60)\n"
        "tenancy.create(Database(sys.argv[1], 1, secret=sys.argv[2]), tenancy.NewTenant('killed'), wait)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, database.dsn, database.secret], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"inside\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 60  # the server notices the closed connection
    while traces(database, "killed") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert traces(database, "killed") == []
    assert tenancy.create(database, tenancy.NewTenant("killed")).name == "killed"


def test_a_dropped_tenant_leaves_nothing_and_its_name_is_free_again(database: Database) -> None:
    tenant = tenancy.create(database, tenancy.NewTenant("brief"))
    other = tenancy.create(database, tenancy.NewTenant("staying"))
    people.create_user(database, tenant, {"name": "A", "email": "only@brief.test"})
    for one in (tenant, other):
        people.create_user(database, one, {"name": "B", "email": "both@brief.test"})
    assert len(traces(database, "brief")) == 4
    tenancy.drop(database, "brief")
    assert traces(database, "brief") == []
    assert database.read_control("select email from dougong.person where email like '%@brief.test'") == [
        ("both@brief.test",)
    ]
    tenancy.create(database, tenancy.NewTenant("brief"))


def test_dropping_waits_for_running_transactions_only_so_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dougong_tenants.tenancy.lifecycle._PATIENCE", 0.2)
    tenant = tenancy.create(database, tenancy.NewTenant("busy"))

    def stay() -> str:
        try:
            with database.transaction(tenant) as tx:
                tx.execute("insert into team (id, name) values (gen_random_uuid(), 'x')")
                tx.execute("select pg_sleep(30)")
        except (Fault, psycopg.Error) as error:
            return type(error).__name__
        return "went on"

    with ThreadPoolExecutor(1) as threads:
        staying = threads.submit(stay)
        time.sleep(0.2)
        tenancy.drop(database, "busy")
        assert staying.result(10) != "went on"
    assert traces(database, "busy") == []


def test_creating_a_tenant_takes_a_fraction_of_a_second(database: Database, make_tenant: Callable[[], Tenant]) -> None:
    began = time.monotonic()
    for _ in range(3):
        make_tenant()
    assert time.monotonic() - began < 15


def test_the_release_is_recorded_within_the_owners_transaction(database: Database, tenant: Tenant) -> None:
    with database.owner(tenant) as connection, connection.transaction():
        tenancy.record_release(connection, tenant, 7)
        assert connection.execute("select current_user, current_schema()").fetchone() == (tenant.owner, tenant.schema)
    assert database.read(tenant, "select 1")[0].release == 7
