"""The demo company of the sales pack, as `dougong demo` makes it: made once per run and copied for each module.

Fixture `demo` (module): a Company.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from dougong_metadata.packs import load_pack
from dougong_platform.demo.load import read_plan
from dougong_platform.demo.make import make_demo
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_tenants import Database, Tenant
from dougong_tenants.people import get_user
from dougong_tenants.tenancy import get

SECRET = "the suite's secret"


@dataclass(frozen=True)
class Company:
    """Its database and tenant; people are called by the first part of their address ("rep")."""

    database: Database
    tenant: Tenant

    def user(self, who: str) -> str:
        """Somebody's id."""
        return get_user(self.database, self.tenant, f"{who}@demo.test")

    def caller(self, who: str) -> Caller:
        """Somebody, with the rights he has at this moment."""
        return acting_as(self.database, self.tenant, self.user(who), cause="user")


@pytest.fixture(scope="session")
def demo_template(make_database: Callable[..., str]) -> str:
    """The name of a database that holds the company and nothing else."""
    name = f"t_demo_{uuid.uuid4().hex[:8]}"
    database = Database(make_database(name=name), 4, secret=SECRET)
    database.install()
    make_demo(database, "sales", "demo", read_plan(load_pack("sales").folder))
    database.close()
    return name


@pytest.fixture(scope="module")
def demo(demo_template: str, make_database: Callable[..., str]) -> Iterator[Company]:
    """A copy of its own for each module."""
    database = Database(make_database(demo_template), 4, secret=SECRET)
    database.install()
    yield Company(database, get(database, "demo"))
    database.close()
