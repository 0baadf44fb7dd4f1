"""`handing`: a library whose people hand their records over to one another. For the tests of hand-overs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from dougong_platform.hand_overs import HandOver, Plan, read, start, undo
from dougong_platform.hand_overs.run import work
from dougong_platform.hand_overs.store import left_of
from dougong_platform.hand_overs.undoing import work_undo
from dougong_platform.http.caller import Caller
from dougong_platform.records import create
from dougong_tenants import Database, Tenant
from dougong_tenants.people import create_user
from library import DOCUMENTS, as_user, make_library

KEEPER = """
---
kind: permission_set
name: keeper
label: Keeper of people
system: [people]
objects:
  loan: {read: own}
"""


@dataclass
class Handing:
    """Ann administers; `people` are users without records, by name."""

    database: Database
    tenant: Tenant
    url: str
    ann: str
    people: dict[str, str] = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        return as_user(self.database, self.tenant, self.ann)

    def user(self, name: str, *sets: str) -> str:
        """A user of this name, made when first asked for."""
        if name not in self.people:
            self.people[name] = create_user(
                self.database,
                self.tenant,
                {"name": name, "email": f"{name}@library.test"},
                permission_sets=sets or ["reader"],
            ).id
        return self.people[name]

    def books(self, owner: str, count: int, prefix: str = "Book") -> list[str]:
        """Ids of new books of this owner."""
        rows = [{"title": f"{prefix} {n:05}", "owner": owner, "price": f"{n}.00"} for n in range(count)]
        return [str(one.id) for one in create(self.caller, "book", rows).records]

    def rows(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        with self.database.transaction(self.tenant) as tx:
            return tx.rows(sql, params)

    def owners(self, ids: Sequence[str], object: str = "book") -> list[str]:
        """The owners of these records, in their order."""
        found = dict(
            self.rows(f'select id, owner from "{object}" where id = any(%s::uuid[])', ["{" + ",".join(ids) + "}"])
        )
        return [found[id] for id in ids]

    def run(self, plan: Plan) -> HandOver:
        """Started and, if it was left to the worker, worked off."""
        made = start(self.caller, plan)
        work(self.database, self.tenant, made.id)
        return self.read(made.id)

    def read(self, identifier: str) -> HandOver:
        """As it is now."""
        return read(self.caller, identifier)

    def take_back(self, identifier: str) -> HandOver:
        """Undone, also by the worker."""
        undo(self.caller, identifier)
        work_undo(self.database, self.tenant, identifier)
        return read(self.caller, identifier)

    def left(self, identifier: str, phase: str = "run") -> dict[str, str]:
        """{record: code}."""
        with self.database.transaction(self.tenant) as tx:
            return {one["record"]: one["code"] for one in left_of(tx, identifier, phase)}


def make_handing(url: str) -> Handing:
    database, tenant = make_library(url, documents=DOCUMENTS + KEEPER)
    ann = create_user(database, tenant, {"name": "Ann", "email": "ann@library.test"}, permission_sets=["administrator"])
    return Handing(database, tenant, url, ann.id)


@pytest.fixture(scope="module")
def handing(make_database: Callable[..., str]) -> Iterator[Handing]:
    made = make_handing(make_database())
    yield made
    made.database.close()
