"""The asking browser's own session, for pages that have changed something of it."""

from __future__ import annotations

from flask import request

from dougong_platform.http.endpoint import engine
from dougong_platform.http.gate import SESSION_COOKIE


def forget_myself() -> None:
    """This process forgets what it remembers of the asking browser, so that the next page shows what has changed."""
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        engine().gate.forget(secret)
