"""`furnished`: a drawn company in its tenant, once per world and module, with those who ask questions in it.

DOUGONG_TEST_WORLDS says which seeds are drawn: 1-4, or others such as 17-22.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from access_oracle import Oracle
from dougong_platform.http.caller import Caller
from dougong_tenants import Database
from organisation_store import Furnished, furnish
from organisation_worlds import draw

FIRST, _, LAST = os.environ.get("DOUGONG_TEST_WORLDS", "1-4").partition("-")
ASKING = 7  # people of a world that ask


@dataclass
class Asker:
    """Somebody with the caller that the engine makes of him and what the oracle knows of him."""

    caller: Caller
    oracle: Oracle

    def __str__(self) -> str:
        world, me = self.oracle.world, self.oracle.me
        return f"world {world.seed}, {world.people[me].name} with {', '.join(self.oracle.sets) or 'no set'}"


@dataclass
class Company:
    """A furnished world and its askers, among them assistants and people with grants that ended."""

    made: Furnished
    askers: list[Asker]


@pytest.fixture(scope="module")
def company_database(make_database: Callable[..., str]) -> Iterator[Database]:
    """One database for all worlds of a module."""
    database = Database(make_database(), pool_size=4, secret="test")
    database.install()
    yield database
    database.close()


@pytest.fixture(scope="module", params=range(int(FIRST), int(LAST or FIRST) + 1))
def company(request: Any, company_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A world in a tenant of its own."""
    made = furnish(company_database, draw(request.param), tmp_path_factory.mktemp("files"))
    world = made.world
    acting = {a.assistant for a in world.assistants}
    people = [p.id for p in world.people.values() if p.kind == "person" and p.active]
    oracles = [Oracle(world, id) for id in sorted(people, key=lambda id: (id not in acting, id))]
    idle = [o for o in oracles if not o.sets][:1]
    chosen = ([o for o in oracles if o.sets] + idle)[: ASKING - 1] + idle
    return Company(made, [Asker(made.acting(o.me), o) for o in dict.fromkeys(chosen)])
