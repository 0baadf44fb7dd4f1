"""`dougong demo`: the demo tenant of a pack, with its people and generated records. `dougong up` runs it once."""

from __future__ import annotations

import time

import click

from dougong_platform.cli.opened import opened_database
from dougong_platform.terminal import say


@click.command()
@click.option("--pack", default="sales", show_default=True, help="A pack that has a demo.yaml.")
@click.option("--tenant", help="The tenant's name; the pack's own unless given.")
def demo(pack: str, tenant: str | None) -> None:
    """Make a tenant with generated people and records, and print its logins."""
    from dougong_metadata.packs import load_pack
    from dougong_platform.demo.load import read_plan
    from dougong_platform.demo.make import make_demo
    from dougong_platform.demo.organise import PASSWORD

    started = time.monotonic()
    plan = read_plan(load_pack(pack).folder)
    name = tenant or plan["tenant"]["name"]
    with opened_database() as database:
        count = make_demo(database, pack, name, plan)
    seconds = time.monotonic() - started
    say(
        f"Demo tenant “{name}”: {count:,} generated records in {seconds:.1f} s. Everybody's password: {PASSWORD}",
        f"示例租户「{name}」：{count:,} 条生成的记录，用时 {seconds:.1f} 秒。登录密码均为：{PASSWORD}",
    )
    for person in plan["organisation"]["people"]:
        if person.get("login"):
            click.echo(f"  {person['email']:<22} {person['name']}  {person['title']}")
