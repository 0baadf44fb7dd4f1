"""Guards for forms that people use before they are signed in, when there is no session to derive a CSRF token from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from dougong_platform.errors import CsrfFailed


def require_same_origin() -> None:
    """Raise CsrfFailed when the browser says that another site's page sends this form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        raise CsrfFailed
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        raise CsrfFailed


def local_path(path: str | None) -> str:
    """`path` if it leads to a page of ours, else the home page: no redirect to another site."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or any(c in path for c in "\r\n\t\\"):
        return "/"
    return path[:2000]
