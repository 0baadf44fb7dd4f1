"""Roll-ups are what their records come to: every one is worked out again and compared, in the bin and out of it."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_platform.integrity.finding import Finding
from dougong_platform.integrity.snapshot import Snapshot
from dougong_platform.storage.rollups import counted


def rollups(snapshot: Snapshot) -> Iterator[Finding]:
    """One finding per field that is wrong somewhere. Means are rounded where they are kept, so they are compared so."""
    known = {o.name for o in snapshot.own_objects}
    for object in snapshot.own_objects:
        for field in object.rollups:
            assert field.rollup is not None
            if field.rollup.object not in known or (object.name, field.name) in _coming(snapshot):
                continue
            value = counted(snapshot.release.model, snapshot.release.catalogue, field, "t").replace('"§".', "")
            yield from snapshot.count(
                f"{object.name}.{field.name}",
                "is not what the records come to",
                "与明细记录的汇总不一致",
                f"select t.id as example from {snapshot.table(object.name)} t"
                f" where {snapshot.column(field)} is distinct from {value}",
                {},
            )


def _coming(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """Roll-ups that a publish under way has still to go over once more."""
    if not snapshot.publishing:
        return frozenset()
    return frozenset((o.name, f.name) for o in snapshot.own_objects for f in o.rollups)
