"""`dougong jobs`: what waits and what failed, of all tenants; and running it again."""

from __future__ import annotations

import click

from dougong_platform.cli.opened import opened_database
from dougong_platform.terminal import locale, say


@click.group()
def jobs() -> None:
    """Background work: what waits, what was given up."""


@jobs.command(name="list")
def list_all() -> None:
    """Show all tenants: rows due, seconds of the oldest, failing, dead."""
    from dougong_platform.jobs import board
    from dougong_tenants.tenancy import all_tenants

    with opened_database() as database:
        click.echo("tenant\tdue\toldest_s\tfailing\tdead")
        for tenant in all_tenants(database, active=True):
            with database.transaction(tenant, read_only=True) as tx:
                counts = board.topics(tx)
            oldest = max((one.oldest for one in counts), default=0.0)
            figures = [sum(getattr(one, name) for one in counts) for name in ("due", "failing", "dead")]
            click.echo(f"{tenant.name}\t{figures[0]}\t{oldest:.0f}\t{figures[1]}\t{figures[2]}")


@jobs.command()
@click.option("--tenant", "name", required=True, help="The tenant.")
@click.option("--state", default="dead", type=click.Choice(["dead", "failing", "waiting"]), show_default=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
def show(name: str, state: str, limit: int) -> None:
    """Show a tenant's jobs, the newest first: id, time, topic, attempts, error, content."""
    from dougong_platform.jobs import board
    from dougong_platform.jobs.wording import summary
    from dougong_platform.releases.release import current
    from dougong_tenants.tenancy import get

    with opened_database() as database:
        tenant = get(database, name)
        with database.transaction(tenant, read_only=True) as tx:
            found = board.jobs(tx, state=state, limit=limit)
        model = current(database, tenant).model
    for one in found:
        about = summary(one.kind, one.payload, model, locale())
        failed = (one.failed or "").replace("\n", " ")
        click.echo(f"{one.id}\t{one.at}\t{one.kind}\t{one.attempts}\t{failed}\t{about}")


@jobs.command()
@click.argument("ids", nargs=-1, type=click.IntRange(1))
@click.option("--tenant", "name", required=True, help="The tenant.")
@click.option("--all", "everything", is_flag=True, help="All that were given up.")
def again(ids: tuple[int, ...], name: str, everything: bool) -> None:
    """Run failed jobs again, by their IDS or all."""
    from dougong_platform.jobs import acting
    from dougong_tenants.tenancy import get

    if everything == bool(ids):
        raise click.UsageError("Name jobs by their ids, or --all.")
    with opened_database() as database:
        tenant = get(database, name)
        for one in ids:
            acting.run_again(database, tenant, one)
        count = acting.run_all_again(database, tenant) if everything else len(ids)
    say(f"{count} jobs are tried again.", f"已重新安排 {count} 个任务。")
