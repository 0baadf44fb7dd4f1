"""The executors of actions by name: those of this folder, those in the `executors.py` of nouns that stand above
automations, and those of installed packages (entry points of group `dougong.action_executors`)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from types import MappingProxyType

from dougong_metadata.model.flow_types import ActionModel
from dougong_metadata.problems import unknown
from dougong_platform.automations.running import Running

ENTRY_POINTS = "dougong.action_executors"
# (the run, the action, its number in the automation, the records) - within the run's transaction
Executor = Callable[[Running, ActionModel, int, Sequence[str]], None]

_executors: dict[str, Executor] = {}


def executes(action: str) -> Callable[[Executor], Executor]:
    """Register the executor of an action. Raises ValueError when there is one already."""

    def register(run: Executor) -> Executor:
        if action in _executors and _executors[action] is not run:
            raise ValueError(f"The action “{action}” has an executor already: {_executors[action].__module__}.")
        _executors[action] = run
        return run

    return register


@cache
def executors() -> Mapping[str, Executor]:
    """Every executor by the name of its action."""
    package = importlib.import_module("dougong_platform.automations.actions")
    for found in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{found.name}")
    import dougong_platform

    for noun in pkgutil.iter_modules(dougong_platform.__path__, "dougong_platform."):
        if noun.ispkg and find_spec(f"{noun.name}.executors") is not None:
            importlib.import_module(f"{noun.name}.executors")
    for entry in entry_points(group=ENTRY_POINTS):
        entry.load()
    return MappingProxyType(_executors)


def executor(action: str) -> Executor:
    """The executor of an action. Raises UnknownName for one that only belongs to a save, or that nobody does."""
    try:
        return executors()[action]
    except KeyError:
        raise unknown(action, "an action that the engine does", "可执行的动作", executors()) from None
