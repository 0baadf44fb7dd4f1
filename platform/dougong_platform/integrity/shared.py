"""Whether every share is of a record that is there, and with somebody who is known."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_platform.integrity.finding import Finding
from dougong_platform.integrity.snapshot import Snapshot


def shares(snapshot: Snapshot) -> Iterator[Finding]:
    """Deleted records keep their shares, purged ones do not; those of removed objects wait with their data."""
    for object in snapshot.own_objects:
        yield from snapshot.count(
            object.name,
            "has shares of records that do not exist",
            "存在指向不存在记录的共享",
            "select s.record as example from _share s where s.object = %(object)s"
            f" and not exists (select from {snapshot.table(object.name)} t where t.id = s.record)",
            {"object": object.name},
        )
    yield from snapshot.count(
        "_share",
        "is made out to nobody known",
        "共享对象不存在",
        'select s.id as example from _share s where not exists (select from "user" u where u.id = s.subject)'
        " and not exists (select from department d where d.id = s.subject)"
        " and not exists (select from team t where t.id = s.subject)",
    )
