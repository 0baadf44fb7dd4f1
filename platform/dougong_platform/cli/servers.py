"""`dougong servers`: where the embedded servers answer, and a psql prompt on them."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from dougong_platform.cli.opened import opened_settings


@click.group()
def servers() -> None:
    """The embedded PostgreSQL and Redis of DOUGONG_HOME."""


@servers.command()
def show() -> None:
    """Print DATABASE_URL and REDIS_URL with their passwords, ready to be exported."""
    with opened_settings() as settings:
        click.echo(f"DATABASE_URL={settings.database_url}")
        click.echo(f"REDIS_URL={settings.redis_url}")


@servers.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open psql on the database as its superuser; further arguments go to psql."""
    from dougong_platform.servers.binaries import postgres_folder

    with opened_settings() as settings:
        assert settings.database_url is not None
        program = postgres_folder() / "psql"
        done = subprocess.run([str(program), settings.database_url, *arguments], env=os.environ, check=False)
    sys.exit(done.returncode)
