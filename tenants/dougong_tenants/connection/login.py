"""The role as which the application logs in: name, password and connection string. Used by Database and setup."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dougong_tenants.connection.json_values import SETTINGS

DEFAULT_DATABASE = "dougong"
LOGIN = "dougong_app"


def database_name(dsn: str) -> str:
    """The database that a DSN names; as libpq does, the user's name stands in for an absent one."""
    given = conninfo_to_dict(dsn)
    return str(given.get("dbname") or given.get("user") or "postgres")


def login_role(dsn: str) -> str:
    """`dougong_app`; with the database's name behind it when that is another than `dougong`.

    Roles belong to the whole server: two Dougong databases on one must not share a login.
    """
    name = database_name(dsn)
    return LOGIN if name == DEFAULT_DATABASE else f"{LOGIN}_{name}"[:63]


def login_password(dsn: str, secret: str) -> str:
    """Derived, so that it is stored nowhere but in PostgreSQL (hashed): HMAC-SHA256 of the role under the secret.

    Without a secret the DSN's own password is the key.
    """
    key = secret or str(conninfo_to_dict(dsn).get("password") or "")
    return hmac.new(key.encode(), f"login {login_role(dsn)}".encode(), hashlib.sha256).hexdigest()


def with_settings(dsn: str, application: str, settings: Mapping[str, str] = SETTINGS) -> str:
    """The DSN with what every connection of ours sets."""
    given = conninfo_to_dict(dsn)
    options = " ".join(f"-c {name}={value}" for name, value in settings.items() if name != "client_encoding")
    return make_conninfo(
        "",
        **{
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            **given,
            "options": f"{given.get('options') or ''} {options}".strip(),
            "application_name": application,
            "client_encoding": "UTF8",
        },
    )


def login_dsn(dsn: str, secret: str) -> str:
    """The connection string of the application's login, made from the administrator's."""
    return make_conninfo(dsn, user=login_role(dsn), password=login_password(dsn, secret))
