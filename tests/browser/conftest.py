"""Addresses of applications for browser tests, and the way in. The browser itself is in tests/support/browsing.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

import entering
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings
from dougong_ui_builder.face import register
from reading import Reading


@pytest.fixture(scope="module")
def app(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The application over `reading` with its screens, in place of the API alone."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, reading.database)


@pytest.fixture
def enter(address: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """`enter(path, who="ann", width=1280, locale="en", theme="light")`: a page of somebody of the module's library."""

    def at(path: str, who: str = "ann", **more: Any) -> Page:
        return entering.enter(open_page, address, path, who, **more)

    return at


@pytest.fixture(scope="module")
def gallery(serve: Callable[[Any], str]) -> str:
    """The component gallery's address; there is no database behind it."""
    engine = Engine("dougong_platform")
    engine.testing = True
    register(engine)
    return serve(engine) + "/ui/gallery"
