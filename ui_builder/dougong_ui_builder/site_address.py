"""This site's own address as people's browsers see it, for links and redirects that leave the page. Used by screens
and builder.
"""

from __future__ import annotations

from flask import request

from dougong_platform.http.endpoint import engine


def redirect_uri(tenant: str, provider: str) -> str:
    """Where the provider sends people back to; it has to be registered there."""
    return f"{site()}/sign-in/oidc/{tenant}/{provider}/callback"


def site() -> str:
    """This site's own address, as people's browsers see it."""
    secure = engine().dougong.secure_cookies or request.is_secure  # a proxy in front may have ended TLS
    return f"{'https' if secure else 'http'}://{request.host}"
