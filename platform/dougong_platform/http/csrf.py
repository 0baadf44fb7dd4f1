"""Protects requests that carry the session cookie and change something: the form or script must know the token.

The token is derived from the session's secret, which a foreign page cannot read; nothing is stored.
"""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest

from flask import Request

from dougong_platform.errors import CsrfFailed

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token(session_secret: str) -> str:
    """The token that a form of this session sends in field `csrf_token` or header X-CSRF-Token."""
    return blake2b(b"csrf", key=session_secret.encode()[:64], digest_size=24).hexdigest()


def check_csrf(request: Request, session_secret: str) -> None:
    """Raise CsrfFailed unless the request is safe or names the session's token."""
    if request.method in SAFE:
        return
    given = request.headers.get(HEADER)
    if given is None and request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given = request.form.get(FIELD)
    if given is None or not compare_digest(given.encode("utf-8", "replace"), csrf_token(session_secret).encode()):
        raise CsrfFailed
