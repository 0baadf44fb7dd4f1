"""`face`: an engine with the screens hung on and nothing behind it; `visitor`: its client; two languages to ask in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from dougong_platform.http.engine import Engine
from dougong_ui_builder.face import register


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
