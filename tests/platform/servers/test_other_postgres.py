"""DATABASE_URL: the same product on a PostgreSQL of the machine, here the oldest one that we support, 15."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dougong_platform.jobs import put, waiting
from dougong_platform.servers.embedded import Addresses, embedded
from dougong_platform.servers.home import Home
from dougong_platform.servers.postgres import Postgres
from dougong_platform.servers.prepare import has_tenants, open_database, prepare
from dougong_platform.settings import Settings
from dougong_platform.storage.engine_tables import upgrade_on
from dougong_tenants.tenancy import NewTenant, create

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("1[5-7]/bin/postgres"))


@pytest.fixture
def machine_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    """The machine's own PostgreSQL, supervised by the same code with other binaries."""
    if not INSTALLED:
        pytest.skip("no PostgreSQL 15 to 17 on this machine; on Debian 12: apt-get install postgresql-15")
    monkeypatch.setenv("DOUGONG_POSTGRES_BIN", str(INSTALLED[0].parent))
    server = Postgres(Home.open(tmp_path / "machine"), durable=False)
    server.start()
    yield server
    server.stop()


def test_a_tenant_lives_on_the_machines_postgres(
    machine_postgres: Postgres, servers: Addresses, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home", database_url=machine_postgres.url(), redis_url=servers.redis_url)
    with embedded(settings) as filled:
        assert not (tmp_path / "home" / "postgres").exists()
        prepare(filled)
        assert not has_tenants(filled)
        database = open_database(filled)
        try:
            tenant = create(database, NewTenant("shop"), lambda connection, _: upgrade_on(connection) and None)
            with database.transaction(tenant) as tx:
                put(tx, "shelf_moved", {})
                assert waiting(tx)[0] == 1
        finally:
            database.close()
        prepare(filled)  # a second start changes nothing
        assert has_tenants(filled)
    with psycopg.connect(machine_postgres.url()) as connection:
        assert connection.info.server_version // 10000 == int(INSTALLED[0].parts[4])
