"""What the environment says about this installation; read once by the command line and by the web server."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting has its heading in docs/operations.md.

    `database_url` and `redis_url` are None where the embedded servers are to be used and have not been found yet.
    `secret` signs cookies and cursors: from DOUGONG_SECRET, else generated once and kept in the home.
    """

    home: Path
    database_url: str | None = None
    redis_url: str | None = None
    secret: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    job_workers: int = 2
    pool_size: int = 8
    postgres_port: int | None = None
    secure_cookies: bool = False
    upload_limit: int = 25 * _MEGABYTE  # bytes of one file
    request_limit: int = 64 * _MEGABYTE  # bytes of one request's body
    rate_limit: int = 600  # requests a minute and token
    log_level: str = "info"
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For counts
    smtp_url: str | None = None  # the mail server; None = no mails are sent
    mail_from: str | None = None  # the address in every envelope
    site_url: str | None = None  # this site as people's browsers reach it
    private_addresses: tuple[str, ...] = ()  # private networks that tenants' webhooks and robots may reach
    outgoing_ports: tuple[int, ...] = (443, 8443)  # ports that they may reach elsewhere

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Raises ValueError that names the variable whose value is not of its kind."""
        env = os.environ if environment is None else environment
        cores = os.cpu_count() or 2
        return cls(
            home=Path(env.get("DOUGONG_HOME") or "~/.local/share/dougong").expanduser(),
            database_url=env.get("DATABASE_URL") or None,
            redis_url=env.get("REDIS_URL") or None,
            secret=env.get("DOUGONG_SECRET") or None,
            host=env.get("DOUGONG_HOST") or "127.0.0.1",
            port=_whole(env, "DOUGONG_PORT", 8000),
            web_workers=_whole(env, "DOUGONG_WEB_WORKERS", min(4, max(2, cores))),
            job_workers=_whole(env, "DOUGONG_JOB_WORKERS", min(4, max(2, cores))),
            pool_size=_whole(env, "DOUGONG_POOL_SIZE", min(16, 2 * cores + 4)),
            postgres_port=_whole(env, "DOUGONG_POSTGRES_PORT", 0) or None,
            secure_cookies=env.get("DOUGONG_SECURE_COOKIES", "").lower() in ("1", "true", "yes"),
            upload_limit=_whole(env, "DOUGONG_UPLOAD_LIMIT", 25 * _MEGABYTE),
            request_limit=_whole(env, "DOUGONG_REQUEST_LIMIT", 64 * _MEGABYTE),
            rate_limit=_whole(env, "DOUGONG_RATE_LIMIT", 600),
            log_level=env.get("DOUGONG_LOG_LEVEL") or "info",
            trusted_proxies=_networks(env, "DOUGONG_TRUSTED_PROXIES"),
            smtp_url=env.get("DOUGONG_SMTP_URL") or None,
            mail_from=env.get("DOUGONG_MAIL_FROM") or None,
            site_url=env.get("DOUGONG_SITE_URL") or None,
            private_addresses=_networks(env, "DOUGONG_PRIVATE_ADDRESSES"),
            outgoing_ports=_ports(env, "DOUGONG_OUTGOING_PORTS", (443, 8443)),
        )

    def as_environment(self) -> dict[str, str]:
        """The variables that give a child process these very settings."""
        values = {
            "DOUGONG_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "DOUGONG_SECRET": self.secret,
            "DOUGONG_HOST": self.host,
            "DOUGONG_PORT": str(self.port),
            "DOUGONG_WEB_WORKERS": str(self.web_workers),
            "DOUGONG_JOB_WORKERS": str(self.job_workers),
            "DOUGONG_POOL_SIZE": str(self.pool_size),
            "DOUGONG_POSTGRES_PORT": str(self.postgres_port) if self.postgres_port else None,
            "DOUGONG_SECURE_COOKIES": "1" if self.secure_cookies else "0",
            "DOUGONG_UPLOAD_LIMIT": str(self.upload_limit),
            "DOUGONG_REQUEST_LIMIT": str(self.request_limit),
            "DOUGONG_RATE_LIMIT": str(self.rate_limit),
            "DOUGONG_LOG_LEVEL": self.log_level,
            "DOUGONG_TRUSTED_PROXIES": ",".join(self.trusted_proxies),
            "DOUGONG_SMTP_URL": self.smtp_url,
            "DOUGONG_MAIL_FROM": self.mail_from,
            "DOUGONG_SITE_URL": self.site_url,
            "DOUGONG_PRIVATE_ADDRESSES": ",".join(self.private_addresses),
            "DOUGONG_OUTGOING_PORTS": ",".join(map(str, self.outgoing_ports)),
        }
        return {name: value for name, value in values.items() if value is not None}

    @property
    def address(self) -> str:
        """Where the web server answers, for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def site(self) -> str:
        """The address that links in mails and chats begin with, without a slash at its end."""
        return (self.site_url or self.address).rstrip("/")


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{name} must be a whole number, not {text!r}.") from None


def _networks(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Addresses and networks, separated by commas."""
    try:
        return tuple(
            str(ipaddress.ip_network(one.strip(), strict=False)) for one in env.get(name, "").split(",") if one.strip()
        )
    except ValueError as error:
        raise ValueError(f"{name} must hold networks such as 10.0.0.0/8, separated by commas: {error}.") from None


def _ports(env: Mapping[str, str], name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    """Numbers of ports, separated by commas."""
    try:
        found = tuple(int(one) for one in env.get(name, "").split(",") if one.strip())
    except ValueError:
        found = (0,)
    if any(not 0 < one < 65536 for one in found):
        raise ValueError(f"{name} must hold numbers of ports, separated by commas, not {env.get(name)!r}.")
    return found or default
