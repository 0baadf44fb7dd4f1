"""The queues of a tenant with the team that works each, and how many records they own; for the API and the screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import UUID

from dougong_platform.http.caller import Caller
from dougong_platform.storage import compile_statement
from dougong_platform.storage.tables import tables

_QUEUES = """
select q.id, q.version, q.name, q.active, t.id, t.name,
       (select count(*) from team_member m join "user" u on u.id = m."user" and u.deleted_at is null and u.active
         where m.team = t.id and m.deleted_at is null)
  from "user" q left join team t on t.id = q.team and t.deleted_at is null
 where q.kind = 'queue' and q.deleted_at is null order by not q.active, sort_key(q.name), q.id
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """`members`: how many active people work it."""

    id: str
    version: int
    name: str
    active: bool
    team: str | None
    team_name: str | None
    members: int


def queues(caller: Caller) -> list[Queue]:
    """All, those in use first, by name. Raises CallerOutdated."""
    entry, rows = caller.database.read(caller.tenant, _QUEUES, custom_plan=False)
    caller.verify(entry)
    return [Queue(*row) for row in rows]


def owned(caller: Caller, queue: str) -> dict[str, int]:
    """{object: how many records the queue owns}, the most first; without objects of which it owns none."""
    made = tables(caller.model, caller.release.catalogue)
    names = [name for name, found in caller.model.objects.items() if not found.system]
    if not names:
        return {}
    owner = bindparam("queue", type_=UUID(as_uuid=False))
    counts: list[Select[Any, Any]] = [
        select(literal_column(f"'{name}'").label("object"), func.count().label("n"))
        .select_from(made[name])
        .where(made[name].c.owner == owner, made[name].c.deleted_at.is_(None))
        for name in names
    ]
    statement = compile_statement(union_all(*counts))
    _, rows = caller.database.read(
        caller.tenant, statement.for_tenant(caller.tenant.schema, caller.release.number), {"queue": queue}
    )
    return {name: int(n) for name, n in sorted(rows, key=lambda row: -int(row[1])) if int(n)}
