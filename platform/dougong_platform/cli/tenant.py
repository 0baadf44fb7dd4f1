"""`dougong tenant`: create, list, suspend, resume, rescue and drop tenants."""

from __future__ import annotations

import click

from dougong_platform.cli.opened import opened_database, opened_settings
from dougong_platform.terminal import say


@click.group()
def tenant() -> None:
    """Companies and their data."""


@tenant.command()
@click.argument("name")
@click.option("--label", help="The company's name as people read it; NAME unless given.")
@click.option("--pack", "packs", multiple=True, help="A pack to start with, by name or folder; repeatable.")
@click.option("--admin-email", help="E-mail of the first administrator.")
@click.option("--admin-password", help="His password; asked for if --admin-email is given without it.")
@click.option("--admin-name", default="", help="His name; the part before the @ unless given.")
@click.option("--locale", default="zh", type=click.Choice(["zh", "en"]), show_default=True)
@click.option("--timezone", default="Asia/Shanghai", show_default=True)
@click.option("--currency", default="CNY", show_default=True)
def create(
    name: str,
    label: str | None,
    packs: tuple[str, ...],
    admin_email: str | None,
    admin_password: str | None,
    admin_name: str,
    locale: str,
    timezone: str,
    currency: str,
) -> None:
    """Create the tenant NAME (a-z, 0-9 and _) with its packs and its first administrator."""
    from dougong_metadata.label import Label
    from dougong_platform.releases.provision import FirstAdministrator, provision

    if admin_email and not admin_password:
        admin_password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    administrator = FirstAdministrator(admin_email, admin_password, admin_name) if admin_email else None
    with opened_database() as database:
        made = provision(
            database,
            name,
            label=Label.of(label, name) if label else None,
            pack_names=packs,
            administrator=administrator,
            locale=locale,
            timezone=timezone,
            currency=currency,
        )
    say(f"Tenant {made.name} is there, release {made.release}.", f"租户 {made.name} 已创建，版本 {made.release}。")


@tenant.command(name="list")
def list_all() -> None:
    """Show all tenants: name, status, release, label."""
    from dougong_tenants.tenancy import all_tenants

    with opened_database() as database:
        for one in all_tenants(database):
            click.echo(f"{one.name}\t{one.status}\t{one.release}\t{one.label.en}")


@tenant.command()
@click.argument("name")
def suspend(name: str) -> None:
    """Let nobody in until `resume`; the data stays."""
    from dougong_tenants import tenancy

    with opened_database() as database:
        tenancy.suspend(database, name)


@tenant.command()
@click.argument("name")
def resume(name: str) -> None:
    """Open a suspended tenant again."""
    from dougong_tenants import tenancy

    with opened_database() as database:
        tenancy.resume(database, name)


@tenant.command()
@click.argument("name")
@click.option("--any-address", is_flag=True, help="Let requests in from anywhere again: empties the IP allow-list.")
@click.option("--second-factor", "email", help="E-mail of a user whose second factor is reset.")
def rescue(name: str, any_address: bool, email: str | None) -> None:
    """Open the door again for a company that has locked itself out. Noted in its audit log."""
    from dougong_tenants import people, tenancy
    from dougong_tenants.security import open_to_all_addresses
    from dougong_tenants.sign_in import own_second_factor

    if not any_address and not email:
        raise click.UsageError("Say what to open: --any-address or --second-factor EMAIL.")
    with opened_database() as database:
        found = tenancy.get(database, name)
        if any_address:
            open_to_all_addresses(database, found)
            say(f"{name} lets requests in from anywhere.", f"{name} 现在接受来自任何地址的访问。")
        if email:
            reset = own_second_factor.reset(database, found, people.get_user(database, found, email), by_operator=True)
            done = (f"{email} has no second factor now.", f"{email} 的两步验证已重置。")
            none = (f"{email} had no second factor.", f"{email} 没有开启两步验证。")
            say(*(done if reset else none))


@tenant.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(name: str, yes: bool) -> None:
    """Remove the tenant with all its data, for ever."""
    from dougong_platform.files.store import FileStore
    from dougong_platform.servers.prepare import open_database
    from dougong_tenants import tenancy

    if not yes:
        click.confirm(f"Remove {name} with all its data?", abort=True)
    with opened_settings() as settings:
        database = open_database(settings)
        try:
            schema = tenancy.get(database, name).schema
            tenancy.drop(database, name)
        finally:
            database.close()
        FileStore(settings.home).forget(schema)
