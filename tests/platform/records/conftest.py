"""A library tenant per module, and callers in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dougong_platform.http.caller import Caller
from dougong_tenants import Database, Tenant
from library import add_user, as_user, make_library


@dataclass
class Library:
    database: Database
    tenant: Tenant
    ann: str
    bob: str

    @property
    def admin(self) -> Caller:
        return as_user(self.database, self.tenant, self.ann)

    @property
    def reader(self) -> Caller:
        return as_user(self.database, self.tenant, self.bob, "reader")

    def rows(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        with self.database.transaction(self.tenant) as tx:
            return tx.rows(sql, params)

    def row(self, object: str, id: str) -> dict[str, Any]:
        """Every column of a record, deleted or not."""
        with self.database.transaction(self.tenant) as tx:
            result = tx.execute(f'select * from "{object}" where id = %s', [id])
            found = result.fetchone()
            assert found is not None
            return dict(zip(result.columns, found, strict=True))

    def history(self, id: str) -> list[tuple[Any, ...]]:
        return self.rows("select version, op, changes from _history where record = %s order by seq", [id])


@pytest.fixture(scope="module")
def library(make_database: Callable[..., str]) -> Iterator[Library]:
    database, tenant = make_library(make_database())
    yield Library(database, tenant, add_user(database, tenant, "ann"), add_user(database, tenant, "bob"))
    database.close()
