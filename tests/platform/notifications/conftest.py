"""`client_as(name)`: an HTTP client of one of the people of `sharing`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from colleagues import clients
from reading import Client
from sharing import Sharing


@pytest.fixture(scope="module")
def client_as(sharing: Sharing, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Client]:
    return clients(sharing, tmp_path_factory.mktemp("home"))
