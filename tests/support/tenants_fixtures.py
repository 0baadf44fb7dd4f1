"""`database`: an installed database per module. `make_tenant`, `tenant`: tenants in it without engine tables."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from dougong_tenants import Database, Tenant, tenancy

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def database(module_database_url: str) -> Iterator[Database]:
    database = Database(module_database_url, 4, secret="the suite's secret")
    database.install()
    yield database
    database.close()


@pytest.fixture
def make_tenant(database: Database) -> Callable[..., Tenant]:
    """`make_tenant(name=None, **NewTenant's fields)`."""

    def make(name: str | None = None, **more: str) -> Tenant:
        return tenancy.create(database, tenancy.NewTenant(name or f"company_{next(_numbers)}", **more))  # type: ignore[arg-type]  # texts only

    return make


@pytest.fixture
def tenant(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant()
