"""What a command that needs data wraps itself in: settings with servers behind them, and the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from dougong_platform.servers.embedded import embedded
from dougong_platform.settings import Settings

if TYPE_CHECKING:
    from dougong_tenants import Database


@contextmanager
def opened_settings() -> Iterator[Settings]:
    """Settings whose servers answer: found running in DOUGONG_HOME, or started for as long as the command lasts."""
    with embedded(read_settings()) as settings:
        yield settings


@contextmanager
def opened_database() -> Iterator[Database]:
    """The database behind those settings, its control schema installed."""
    from dougong_platform.servers.prepare import open_database

    with opened_settings() as settings:
        database = open_database(settings)
        try:
            yield database
        finally:
            database.close()


def read_settings() -> Settings:
    """The environment's settings; a wrong variable becomes a usage error that names it."""
    try:
        return Settings.from_environment()
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
