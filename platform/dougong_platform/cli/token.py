"""`dougong token`: API tokens from the command line, for integrations and first steps."""

from __future__ import annotations

import datetime as dt

import click

from dougong_platform.cli.opened import opened_database

_SCOPES = ("read", "write", "metadata", "people", "tokens", "jobs", "audit")


@click.group()
def token() -> None:
    """Issue, list and revoke API tokens."""


@token.command()
@click.option("--tenant", required=True, help="The tenant's name.")
@click.option("--user", required=True, help="The e-mail of the user as whom the token acts.")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(_SCOPES), help="Several are allowed; all by default."
)
@click.option("--days", type=click.IntRange(1, 3650), help="Ends after so many days; otherwise when it is revoked.")
def issue(tenant: str, user: str, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Print a new token. It is shown this once and stored hashed."""
    from dougong_tenants import people, tenancy, tokens

    expires = None if days is None else dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    with opened_database() as database:
        found = tenancy.get(database, tenant)
        made = tokens.issue(
            database,
            found,
            people.get_user(database, found, user),
            name=name,
            scopes=scopes or _SCOPES,
            expires_at=expires,
        )
    click.echo(made.token)


@token.command("list")
@click.option("--tenant", required=True, help="The tenant's name.")
def list_tokens(tenant: str) -> None:
    """Print the tenant's tokens: id, first characters, scopes, last use, name."""
    from dougong_tenants import tenancy, tokens

    with opened_database() as database:
        for found in tokens.list_tokens(database, tenancy.get(database, tenant)):
            state = "revoked" if found.revoked_at else f"until {found.expires_at or 'revoked'}"
            click.echo(f"{found.id}  {found.prefix}…  {state}  {','.join(found.scopes)}  {found.name}")


@token.command()
@click.option("--tenant", required=True, help="The tenant's name.")
@click.argument("id")
def revoke(tenant: str, id: str) -> None:
    """Revoke a token by its ID; it stops working at once."""
    from dougong_tenants import tenancy, tokens

    with opened_database() as database:
        if not tokens.revoke(database, tenancy.get(database, tenant), id):
            raise click.ClickException("There is no such token, or it was revoked before.")
    click.echo("Revoked.")
