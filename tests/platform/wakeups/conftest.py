"""A library whose books fall due: `waiting(documents)` makes a tenant of its own, whose clock is what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from clockwork import Waiting, make_waiting
from dougong_tenants import Database


@pytest.fixture(scope="module")
def database(make_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(make_database(), 6, secret="test")
    database.install()
    yield database
    database.close()


@pytest.fixture
def waiting(database: Database) -> Callable[..., Waiting]:
    """`waiting(automations, timezone="Asia/Shanghai")`: a fresh tenant."""
    return lambda *automations, **more: make_waiting(database, *automations, **more)
