"""`room`: the tenant of a module's tests; `ann` (administrator) and `bob` (a reader): their browsers' clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from catalogue_room import app_over, make_room, signed_in
from dougong_platform.http.engine import Engine
from reading import Reading


@pytest.fixture(scope="module")
def room(module_database_url: str) -> Iterator[Reading]:
    made = make_room(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def app(room: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return app_over(room, tmp_path_factory.mktemp("home"))


@pytest.fixture
def ann(app: Engine) -> FlaskClient:
    return signed_in(app)


@pytest.fixture
def bob(app: Engine) -> FlaskClient:
    return signed_in(app, "bob")
