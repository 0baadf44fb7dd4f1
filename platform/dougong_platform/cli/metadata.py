"""`dougong metadata`: a tenant's metadata as files — export, plan, publish; releases and restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dougong_platform.cli.opened import opened_database
from dougong_platform.cli.packs import pack
from dougong_platform.terminal import locale, say

if TYPE_CHECKING:
    from dougong_platform.releases.plan import Plan

_STAGE = click.option(
    "--stage",
    "stages",
    multiple=True,
    metavar="PIPELINE.OLD=NEW",
    help="Where the records go of a stage that is taken away; may be given several times.",
)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def metadata() -> None:
    """A tenant's metadata as files."""


metadata.add_command(pack)


@metadata.command()
@click.option("--tenant", "name", required=True)
@click.option("--draft", is_flag=True, help="With the changes that are not published yet.")
@click.argument("folder", type=_FOLDER)
def export(name: str, draft: bool, folder: Path) -> None:
    """Write every document to FOLDER, one file each; files of documents that are gone are removed."""
    from dougong_platform.releases.export import export_folder
    from dougong_tenants import tenancy

    with opened_database() as database:
        paths = export_folder(database, tenancy.get(database, name), folder, draft=draft)
    say(f"{len(paths)} documents in {folder}.", f"{folder} 中有 {len(paths)} 个文档。")


@metadata.command()
@click.option("--tenant", "name", required=True)
@_STAGE
@click.argument("folder", type=_FOLDER)
def plan(name: str, stages: tuple[str, ...], folder: Path) -> None:
    """Show what publishing FOLDER would do, and to how many records. Changes nothing."""
    from dougong_platform.releases.export import folder_model
    from dougong_platform.releases.plan import plan_model
    from dougong_tenants import tenancy

    with opened_database() as database:
        show(plan_model(database, tenancy.get(database, name), folder_model(folder), stages=_moves(stages)))


@metadata.command()
@click.option("--tenant", "name", required=True)
@click.option("--note", default="", help="What this release is about.")
@click.option("--base", type=int, help="Publish only if this is still the current release.")
@_STAGE
@click.argument("folder", type=_FOLDER)
def publish(name: str, note: str, base: int | None, stages: tuple[str, ...], folder: Path) -> None:
    """Make FOLDER's documents the tenant's metadata."""
    from dougong_platform.releases.export import folder_model
    from dougong_platform.releases.publish import publish as publish_model
    from dougong_tenants import tenancy

    with opened_database() as database:
        release = publish_model(
            database,
            tenancy.get(database, name),
            model=folder_model(folder),
            note=note,
            base=base,
            stages=_moves(stages),
        )
    say(f"Release {release.number} is in force.", f"版本 {release.number} 已生效。")


@metadata.command()
@click.option("--tenant", "name", required=True)
def releases(name: str) -> None:
    """Show the releases, the newest first."""
    from dougong_platform.releases.listing import list_releases
    from dougong_tenants import tenancy

    with opened_database() as database:
        for row in list_releases(database, tenancy.get(database, name)):
            click.echo(f"{row['number']}\t{row['at']}\t{row['note']}")


@metadata.command()
@click.option("--tenant", "name", required=True)
@_STAGE
@click.argument("number", type=int)
def restore(name: str, stages: tuple[str, ...], number: int) -> None:
    """Publish release NUMBER again."""
    from dougong_platform.releases.restore import restore as restore_release
    from dougong_tenants import tenancy

    with opened_database() as database:
        release = restore_release(database, tenancy.get(database, name), number, stages=_moves(stages))
    say(f"Release {release.number} is in force.", f"版本 {release.number} 已生效。")


@metadata.command()
@click.option("--tenant", "name", required=True)
def resume(name: str) -> None:
    """Finish a publish that was killed half-way."""
    from dougong_platform.releases.publish import resume as resume_publish
    from dougong_tenants import tenancy

    with opened_database() as database:
        release = resume_publish(database, tenancy.get(database, name))
    if release is None:
        say("Nothing was left to do.", "没有未完成的发布。")
    else:
        say(f"Release {release.number} is in force.", f"版本 {release.number} 已生效。")


def show(planned: Plan) -> None:
    """Print a plan, one line per step; ends with status 1 if it cannot be published."""
    language = locale()
    for problem in planned.problems:
        click.echo(f"! {problem}", err=True)
    for step in planned.steps:
        click.echo(f"{'!' if step.impact.refused else '-'} {step.text(language)}")
    if not planned.steps and not planned.problems:
        say("Nothing changes.", "没有变化。")
    if not planned.publishable:
        raise SystemExit(1)


def _moves(given: tuple[str, ...]) -> dict[str, str]:
    """`pipeline.old=new` as a mapping. UsageError for what is not of this form."""
    moves = {}
    for text in given:
        place, equals, new = text.partition("=")
        if not equals or "." not in place or not new:
            raise click.UsageError(f"--stage {text}: PIPELINE.OLD=NEW")
        moves[place] = new
    return moves
