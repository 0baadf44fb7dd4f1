"""The library with dashboards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import cockpit
from shelving import Shelving, make_shelving


@pytest.fixture(scope="module")
def shelving(module_database_url: str) -> Iterator[Shelving]:
    made = make_shelving(module_database_url, cockpit.DOCUMENTS)
    yield made
    made.database.close()
