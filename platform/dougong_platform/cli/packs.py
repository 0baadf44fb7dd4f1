"""`dougong metadata pack`: the packs of a tenant — listed, installed, and upgraded keeping what the tenant changed."""

from __future__ import annotations

import click

from dougong_platform.cli.opened import opened_database
from dougong_platform.terminal import say

_TENANT = click.option("--tenant", required=True)
_PUBLISH = click.option("--publish", "at_once", is_flag=True, help="Publish the draft afterwards.")


@click.group()
def pack() -> None:
    """The packs of a tenant."""


@pack.command("list")
@_TENANT
def listed(tenant: str) -> None:
    """Show the shipped packs: name, version, and which version the tenant has."""
    from dougong_metadata.packs import pack_names
    from dougong_platform.releases import packs
    from dougong_tenants import tenancy

    with opened_database() as database, database.transaction(tenancy.get(database, tenant), read_only=True) as tx:
        installed = packs.installed(tx)
    for name in sorted({*pack_names(), *installed}):
        version = packs.find_pack(name).version if name in pack_names() else "-"
        click.echo(f"{name}\t{version}\t{installed.get(name, '-')}")


@pack.command()
@_TENANT
@_PUBLISH
@click.argument("name")
def install(tenant: str, at_once: bool, name: str) -> None:
    """Put the pack NAME (or a folder that holds a pack) into the draft."""
    put(tenant, name, at_once)


@pack.command()
@_TENANT
@_PUBLISH
@click.argument("name")
def upgrade(tenant: str, at_once: bool, name: str) -> None:
    """Merge a newer version of the pack NAME into the draft; what the tenant changed stays."""
    put(tenant, name, at_once, upgrading=True)


def put(tenant_name: str, name: str, at_once: bool, *, upgrading: bool = False) -> None:
    """Install or upgrade, and tell what that does to the draft; conflicts are listed, the tenant's side is kept."""
    from dougong_platform.releases import packs
    from dougong_platform.releases.publish import publish
    from dougong_tenants import tenancy

    with opened_database() as database:
        tenant = tenancy.get(database, tenant_name)
        found = packs.find_pack(name)
        with database.transaction(tenant, read_only=True) as tx:
            there = packs.installed(tx).get(found.name)
        if upgrading and there is None:
            raise click.ClickException(f"{found.name} is not installed. / {found.name} 尚未安装。")
        merged = packs.put_in_draft(database, tenant, found)
        for mark, keys in (("+", merged.added), ("~", merged.changed), ("-", merged.removed)):
            for kind, document in keys:
                click.echo(f"{mark} {kind} {document}")
        for one in merged.conflicts:
            click.echo(f"! {one.kind} {one.name} {one.path}: {one.mine!r} / {one.theirs!r}", err=True)
        if merged.conflicts:
            say(
                "Both sides changed the places marked with !; the tenant's value was kept.",
                "标有 ! 之处双方均有改动，已保留租户的值。",
            )
        if not at_once:
            say(f"{found.name} {found.version} is in the draft.", f"{found.name} {found.version} 已放入草稿。")
            return
        release = publish(database, tenant)
    say(f"Release {release.number} is in force.", f"版本 {release.number} 已生效。")
