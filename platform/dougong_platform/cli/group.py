"""The group that imports a command when it is asked for, and prints a fault as the one sentence that it is."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from dougong_platform.cli.registry import COMMANDS


class LateGroup(click.Group):
    """Lists commands from the registry without importing them: `dougong --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A mistyped command is answered with the nearest right one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            ctx.fail(f"There is no command “{args[0]}”.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Faults of the one error tree end the program with status 1 and their sentence, not with a traceback."""
        from dougong_tenants import audit  # not for `dougong --help`

        try:
            with audit.under(via="cli"):
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as problem:
            from dougong_metadata.errors import Fault
            from dougong_platform.terminal import locale

            if not isinstance(problem, Fault):
                raise
            click.echo(problem.message(locale()), err=True)
            for more in getattr(problem, "problems", ()):
                click.echo(f"  {more}", err=True)
            sys.exit(1)


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="dougong")
def main() -> None:
    """A CRM made of metadata. The servers' data, files and secrets live in DOUGONG_HOME."""
