"""The installation's mail server, as the operator's settings name it; None where there is none: then mails are not even
queued. Asked by whoever queues mails, and by what sends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from dougong_platform.settings import Settings

Security = Literal["none", "starttls", "tls"]
_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "tls": 465}
_SCHEMES: dict[str, Security] = {"smtp": "none", "smtps": "tls", "smtp+starttls": "starttls"}


@dataclass(frozen=True, slots=True)
class MailServer:
    """`sender` is the address in every envelope, and in From where a company has none of its own; `site` is what
    links begin with."""

    host: str
    port: int
    user: str | None
    password: str | None
    security: Security
    sender: str
    site: str


def mail_server_of(settings: Settings) -> MailServer | None:
    """None without DOUGONG_SMTP_URL. Raises ValueError for an address of another form."""
    if not settings.smtp_url:
        return None
    parts = urlsplit(settings.smtp_url)
    security = _SCHEMES.get(parts.scheme)
    if security is None or not parts.hostname:
        raise ValueError("DOUGONG_SMTP_URL must be smtp://, smtp+starttls:// or smtps://[user:password@]host[:port].")
    if security == "none" and (parts.port == _PORTS["starttls"] or "starttls" in parts.query):
        security = "starttls"
    return MailServer(
        parts.hostname,
        parts.port or _PORTS[security],
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        security,
        settings.mail_from or f"dougong@{parts.hostname}",
        settings.site,
    )


@dataclass(frozen=True, slots=True)
class _Composed:
    server: MailServer | None
    site: str


_composed: _Composed | None = None


def hang_mail_server(settings: Settings) -> None:
    """Set the process's mail server and the site's address; called where the web application is composed."""
    global _composed  # noqa: PLW0603 - one per process by its nature, set once at the start
    _composed = _Composed(mail_server_of(settings), settings.site)


def mail_server() -> MailServer | None:
    """The installation's, None where it has none. A worker finds it in its environment."""
    return _present().server


def site() -> str:
    """This site's own address for links that leave it, without a slash at its end."""
    return _present().site


def _present() -> _Composed:
    if _composed is None:
        hang_mail_server(Settings.from_environment())
    assert _composed is not None
    return _composed
