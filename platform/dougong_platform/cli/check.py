"""`dougong check`: every invariant of a tenant, one line each, and what was found wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dougong_platform.cli.opened import opened_settings
from dougong_platform.terminal import locale, say

if TYPE_CHECKING:
    from dougong_platform.integrity import Finding


@click.command()
@click.option("--tenant", "name", required=True, help="The tenant's name.")
@click.option(
    "--repair",
    type=click.Choice(["search", "stays", "rollups", "indexes"]),
    help="First make these anew from the records and the release.",
)
def check(name: str, repair: str | None) -> None:
    """Look at rows, history, search, files and tables of one moment; ends with status 2 if something is wrong."""
    import dougong_platform.approvals.versions.stuck  # noqa: F401 - its check stands among the others once it is imported
    from dougong_platform import integrity
    from dougong_platform.servers.prepare import open_database
    from dougong_tenants import tenancy

    wrong = 0
    with opened_settings() as settings:
        database = open_database(settings)
        try:
            tenant = tenancy.get(database, name)
            if repair == "search":
                integrity.repair_search(database, tenant)
                say("Search entries were made anew.", "搜索条目已重建。")
            elif repair == "rollups":
                integrity.repair_rollups(database, tenant)
                say("Roll-ups were worked out again.", "汇总字段已重新计算。")
            elif repair == "stays":
                integrity.repair_stays(database, tenant)
                say("Stays at stages were mended.", "阶段停留记录已修复。")
            elif repair == "indexes":
                integrity.repair_indexes(database, tenant)
                say("Indexes are those of the release.", "索引已与版本一致。")
            for one, found in integrity.check(database, tenant, settings.home):
                _show(integrity.CHECKS[one][0].text(locale()), found)
                wrong += len(found)
        finally:
            database.close()
    if wrong:
        say(f"{wrong} things are wrong.", f"发现 {wrong} 处问题。", error=True)
        raise SystemExit(2)
    say("All is well.", "一切正常。")


def _show(holds: str, found: list[Finding]) -> None:
    click.echo(f"{'✗' if found else '✓'} {holds}")
    for one in found:
        examples = f"  {', '.join(one.examples)}{' …' if one.count > len(one.examples) else ''}" if one.examples else ""
        click.echo(f"    {one.count:>8,}  {one.subject} {one.text.text(locale())}{examples}")
