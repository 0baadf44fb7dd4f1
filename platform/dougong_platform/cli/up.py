"""`dougong up`: everything at once, until Ctrl-C or SIGTERM."""

from __future__ import annotations

from dataclasses import replace

import click

from dougong_platform.cli.opened import read_settings


@click.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 unless DOUGONG_HOST says otherwise.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; 8000 unless DOUGONG_PORT says otherwise.")
@click.option("--no-demo", is_flag=True, help="Do not make the demo tenant at the first start.")
def up(host: str | None, port: int | None, no_demo: bool) -> None:
    """Start PostgreSQL, Redis, the web server and the job worker; print the address and the logins."""
    from dougong_platform.servers.supervisor import Supervisor

    settings = read_settings()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    Supervisor(settings, demo=not no_demo).run()
