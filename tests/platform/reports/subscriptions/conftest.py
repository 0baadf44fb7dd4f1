"""`kept`: the tenant of a module's tests; `client_as(name)`: an HTTP client of one of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from kept_reports import Kept, make_kept
from reading import Client


@pytest.fixture(scope="module")
def kept(module_database_url: str) -> Iterator[Kept]:
    made = make_kept(module_database_url)
    yield made
    made.reading.database.close()


@pytest.fixture(scope="module")
def client_as(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Client]:
    reading = kept.reading
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=reading.database.dsn, secret="test", rate_limit=0
    )
    app = create_app(settings, reading.database, faces=False)

    def make(name: str, *scopes: str) -> Client:
        return Client(app.test_client(), reading.token(kept[name], *(scopes or ("read", "write"))))

    return make
