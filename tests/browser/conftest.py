"""Addresses of applications for browser tests. The browser itself is in tests/support/browsing.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong_platform.http.engine import Engine
from dougong_ui_builder.face import register


@pytest.fixture(scope="module")
def gallery(serve: Callable[[Any], str]) -> str:
    """The component gallery's address; there is no database behind it."""
    engine = Engine("dougong_platform")
    engine.testing = True
    register(engine)
    return serve(engine) + "/ui/gallery"
