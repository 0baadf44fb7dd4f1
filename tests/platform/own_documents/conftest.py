"""`client_as(name)`: an HTTP client of one of the people of `kept`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from colleagues import clients
from kept_reports import Kept
from reading import Client


@pytest.fixture(scope="module")
def client_as(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Client]:
    return clients(kept, tmp_path_factory.mktemp("home"))
