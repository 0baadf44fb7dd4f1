"""`face`: an engine with the screens hung on and nothing behind it; `visitor`: its client; two languages to ask in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings
from dougong_ui_builder.face import register
from reading import Reading


@pytest.fixture(scope="session")
def face() -> Engine:
    engine = Engine("dougong_platform")
    engine.testing = True
    register(engine)
    return engine


@pytest.fixture
def visitor(face: Engine) -> FlaskClient:
    return face.test_client()


@pytest.fixture
def english(face: Engine) -> Iterator[None]:
    with face.test_request_context(headers={"Accept-Language": "en"}):
        yield


@pytest.fixture
def chinese(face: Engine, request: pytest.FixtureRequest) -> Iterator[None]:
    """The language of a module's tests, but for those that ask for `english`."""
    if "english" in request.fixturenames:
        yield
        return
    with face.test_request_context(headers={"Accept-Language": "zh-CN,zh;q=0.9"}):
        yield


@pytest.fixture(scope="module")
def app(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The application over `reading` with its screens, in place of the API alone."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, reading.database)
