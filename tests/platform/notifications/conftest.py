"""`sharing`: the tenant of a module's tests; `client_as(name)`: an HTTP client of one of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from reading import Client
from sharing import Sharing, make_sharing


@pytest.fixture(scope="module")
def sharing(module_database_url: str) -> Iterator[Sharing]:
    made = make_sharing(module_database_url)
    yield made
    made.reading.database.close()


@pytest.fixture(scope="module")
def client_as(sharing: Sharing, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Client]:
    reading = sharing.reading
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=reading.database.dsn, secret="test", rate_limit=0
    )
    app = create_app(settings, reading.database, faces=False)

    def make(name: str, *scopes: str) -> Client:
        return Client(app.test_client(), reading.token(sharing[name], *(scopes or ("read", "write"))))

    return make
