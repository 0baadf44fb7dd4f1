"""A tenant with nothing but the engine's own tables, per module."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dougong_platform.storage.engine_tables import upgrade_on
from dougong_tenants import Database, Tenant
from dougong_tenants.tenancy import NewTenant, create


@pytest.fixture(scope="module")
def database(make_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(make_database(), 4)
    database.install()
    yield database
    database.close()


@pytest.fixture(scope="module")
def bare(database: Database) -> Tenant:
    return create(database, NewTenant("bare"), lambda connection, tenant: upgrade_on(connection) and None)


@pytest.fixture
def tenant(database: Database, bare: Tenant) -> Tenant:
    """The module's tenant with an empty outbox and an empty table `effect`."""
    with database.owner(bare) as owner:
        owner.execute("create table if not exists effect (note text)")
    with database.transaction(bare) as tx:
        tx.execute("delete from _outbox")
        tx.execute("delete from effect")
    return bare
