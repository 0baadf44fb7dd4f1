"""Protects requests that carry the session cookie and change something: the form or script must know the token.

The token is derived from the session's secret, which a foreign page cannot read; nothing is stored.
"""

from __future__ import annotations

from flask import Request

from dougong_platform.errors import CsrfFailed
from dougong_tenants.sign_in import csrf_fits, csrf_token

__all__ = ["FIELD", "HEADER", "SAFE", "check_csrf", "csrf_token"]

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def check_csrf(request: Request, session_secret: str) -> None:
    """Raise CsrfFailed unless the request is safe or names the session's token (`csrf_token(secret)`)."""
    if request.method in SAFE:
        return
    given = request.headers.get(HEADER)
    if given is None and request.mimetype in _FORMS:
        given = request.form.get(FIELD)
    if given is None or not csrf_fits(session_secret, given):
        raise CsrfFailed
