"""Whether every live record stays where it is: one open stay, at the stage that its field says."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_platform.integrity.finding import Finding
from dougong_platform.integrity.snapshot import Snapshot
from dougong_platform.releases.stays import staged_fields


def stays(snapshot: Snapshot) -> Iterator[Finding]:
    """Fields with a pipeline. While the stays of a field's first pipeline are being opened, they are not looked at."""
    if snapshot.publishing:
        return
    known = {o.name for o in snapshot.own_objects}
    for field in staged_fields(snapshot.release).values():
        if field.object not in known:
            continue
        table = snapshot.table(field.object)
        yield from snapshot.count(
            field.key,
            "has records whose stay is not the stage they are at",
            "停留记录与当前阶段不一致",
            f"select t.id as example from {table} t where {field.wrong('t').replace('%', '%%')}",
            {},
        )
        yield from snapshot.count(
            field.key,
            "has stays of records that do not exist",
            "停留记录指向不存在的记录",
            "select s.record as example from _stay s where s.object = %(object)s and s.field = %(field)s"
            f" and not exists (select from {table} t where t.id = s.record)",
            {"object": field.object, "field": field.field},
        )
