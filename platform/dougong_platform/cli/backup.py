"""`dougong backup` and `dougong restore`: one tenant as one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from dougong_platform.cli.opened import opened_settings
from dougong_platform.terminal import say


@click.command()
@click.option("--tenant", "name", required=True, help="The tenant's name.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(name: str, file: Path) -> None:
    """Write the tenant to FILE: metadata with all releases, people, records, history, comments, files, views.

    Others go on working; publishing has to wait. Sessions and API tokens are not in it.
    """
    from dougong_platform.backups import save
    from dougong_platform.servers.prepare import open_database
    from dougong_tenants import audit, tenancy

    with opened_settings() as settings:
        database = open_database(settings)
        try:
            tenant = tenancy.get(database, name)
            saved = save(database, tenant, settings.home, file)
            details = {"rows": saved.rows, "files": saved.files}
            audit.note_apart(database, tenant, "backup.made", label=file.name, details=details)
        finally:
            database.close()
    size = f"{saved.size / 1024 / 1024:.1f} MB"
    say(
        f"{file}: {saved.rows:,} rows, {saved.files:,} files, {size}.",
        f"{file}：{saved.rows:,} 行，{saved.files:,} 个文件，{size}。",
    )
    if saved.missing:
        say(
            f"{len(saved.missing)} files had lost their bytes before: {', '.join(saved.missing[:3])}",
            f"有 {len(saved.missing)} 个文件的内容此前已丢失：{'、'.join(saved.missing[:3])}",
            error=True,
        )


@click.command()
@click.option("--tenant", "name", required=True, help="The name of the tenant that was backed up.")
@click.option("--as", "new_name", help="The name under which it comes back; its own unless given.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(name: str, new_name: str | None, file: Path) -> None:
    """Bring a tenant back from FILE, whole or not at all. An existing tenant of that name must hold no records."""
    from dougong_platform.backups import restore as bring_back
    from dougong_platform.servers.prepare import open_database
    from dougong_tenants import audit

    with opened_settings() as settings:
        database = open_database(settings)
        try:
            done = bring_back(database, settings.home, file, name, new_name)
            details = {"rows": done.rows, "files": done.files, "made_at": done.made_at, "name": name}
            audit.note_apart(database, done.tenant, "backup.restored", label=file.name, details=details)
        finally:
            database.close()
    say(
        f"Tenant {done.tenant.name} is there as of {done.made_at}: {done.rows:,} records, {done.files:,} files.",
        f"租户 {done.tenant.name} 已恢复到 {done.made_at}：{done.rows:,} 条记录，{done.files:,} 个文件。",
    )
