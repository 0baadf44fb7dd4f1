"""The actions there are: those of this folder, and those that installed packages add by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dougong_metadata.actions.base import Action
from dougong_metadata.problems import unknown
from dougong_metadata.registering import Registry, collected

ENTRY_POINTS = "dougong.actions"


@cache
def registered() -> Mapping[str, Action]:
    """Every action by name, built-in ones first."""
    return collected(Registry("action"), "dougong_metadata.actions", Action, ENTRY_POINTS)


def action_named(name: str) -> Action:
    """The action called `name`. Raises UnknownName with the nearest."""
    try:
        return registered()[name]
    except KeyError:
        raise unknown(name, "an action", "动作", registered()) from None
