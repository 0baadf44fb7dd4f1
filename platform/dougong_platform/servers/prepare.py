"""What happens between "the database answers" and "the web server starts": control schema, tenants' engine tables."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from dougong_platform.settings import Settings

if TYPE_CHECKING:
    from dougong_tenants import Database


def open_database(settings: Settings) -> Database:
    """The Database of these settings, its control schema installed. The caller closes it."""
    from dougong_tenants import Database

    assert settings.database_url is not None
    database = Database(settings.database_url, settings.pool_size, secret=settings.secret or "")
    database.install()
    return database


def prepare(settings: Settings) -> None:
    """Bring the control schema and every tenant's engine tables up to this version. Repeating it changes nothing."""
    from dougong_platform.storage.engine_tables import upgrade
    from dougong_tenants.tenancy.directory import all_tenants

    database = open_database(settings)
    try:
        for tenant in all_tenants(database):
            upgrade(database, tenant)
    finally:
        database.close()


def has_tenants(settings: Settings) -> bool:
    """Whether anybody has made a tenant here yet."""
    from dougong_tenants.tenancy.directory import all_tenants

    database = open_database(settings)
    try:
        return bool(all_tenants(database))
    finally:
        database.close()


def demo_command() -> list[str] | None:
    """The command that makes the demo tenant and prints its logins."""
    if find_spec("dougong_platform.cli.demo") is None:
        return None
    return [sys.executable, "-m", "dougong_platform.cli", "demo"]
