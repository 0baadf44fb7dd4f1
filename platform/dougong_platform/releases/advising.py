"""What nouns above have to say about a publish. A noun registers it in a file called `advice.py`; the plan asks all.

@advises
def tell(database: Database, tenant: Tenant, base: Release, model: Model) -> Iterable[PlannedStep]: …
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import dougong_platform
from dougong_metadata.model.types import Model
from dougong_platform.releases.planned_step import PlannedStep
from dougong_platform.releases.release import Release
from dougong_tenants import Database, Tenant

Advice = Callable[[Database, Tenant, Release, Model], Iterable[PlannedStep]]
_known: list[Advice] = []


def advises(work: Advice) -> Advice:
    """Register what has something to say; its steps refuse nothing by being there."""
    _known.append(work)
    return work


def advice(database: Database, tenant: Tenant, base: Release, model: Model) -> list[PlannedStep]:
    """What publishing `model` in place of `base` means for what runs."""
    for noun in iter_modules(dougong_platform.__path__, f"{dougong_platform.__name__}."):
        if noun.ispkg and find_spec(f"{noun.name}.advice") is not None:
            import_module(f"{noun.name}.advice")
    return [step for work in _known for step in work(database, tenant, base, model)]
