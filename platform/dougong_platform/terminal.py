"""The language of the terminal: Chinese where the environment says so, else English."""

from __future__ import annotations

import os

import click


def locale() -> str:
    """ "zh" or "en", from LC_ALL, LC_MESSAGES or LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(en: str, zh: str, *, error: bool = False) -> None:
    """Print one line in the terminal's language."""
    click.echo(zh if locale() == "zh" else en, err=error)
