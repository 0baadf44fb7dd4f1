"""`dougong records import`: the same import as the wizard's, run by the command itself with a progress bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dougong_platform.imports.store import Import


@click.group()
def records() -> None:
    """Read and write records in bulk."""


@records.command("import")
@click.option("--tenant", required=True, help="The tenant's name.")
@click.option("--object", "object_name", required=True, help="The object that the rows become.")
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YAML: columns, key, defaults."
)
@click.option("--key", help="A unique field: rows whose key exists update that record.")
@click.option("--user", help="E-mail of the user who imports; an administrator by default.")
@click.option("--sheet", help="The sheet of a spreadsheet; the first by default.")
@click.option("--encoding", help="The encoding of a text file; found out by default.")
@click.option("--trial", is_flag=True, help="Try all rows and keep nothing.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(
    tenant: str,
    object_name: str,
    mapping: Path | None,
    key: str | None,
    user: str | None,
    sheet: str | None,
    encoding: str | None,
    trial: bool,
    file: Path,
) -> None:
    """Import FILE (CSV, XLSX, XLS, ODS). Columns without a mapping are matched by their headers."""
    from dougong_platform.cli.opened import opened_settings
    from dougong_platform.imports.command import import_now
    from dougong_platform.servers.prepare import open_database

    with opened_settings() as settings:
        database = open_database(settings)
        try:
            job, problems = import_now(
                database,
                settings.home,
                tenant,
                object_name,
                file,
                mapping=mapping,
                key=key,
                user=user,
                options={"sheet": sheet, "encoding": encoding},
                trial=trial,
                progress=_bar(),
            )
        finally:
            database.close()
    click.echo(f"{job.created} created, {job.updated} updated, {job.unchanged} unchanged, {job.failed} failed")
    for problem in problems:
        click.echo(f"  {problem['count']} × {problem['field'] or 'record'}: {problem['message']}", err=True)
    if job.state == "failed":
        raise click.ClickException(str((job.problem or {}).get("en")))
    if job.failed:
        raise SystemExit(2)


def _bar() -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    progress = Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), transient=True)
    task = progress.add_task("rows", total=None)

    def show(job: Import) -> None:
        progress.start()
        progress.update(task, total=job.total, completed=job.done)
        if job.total is not None and job.done >= job.total:
            progress.stop()

    return show
