"""The shares of one record, its team first, and the roles in use. Called by the API and the record page."""

from __future__ import annotations

from typing import Any

from dougong_platform.http.caller import Caller
from dougong_platform.query import get
from dougong_platform.query.allowed import allowed_actions
from dougong_platform.shares.changing import may_change
from dougong_platform.shares.giving import shareable
from dougong_platform.shares.relations import known
from dougong_platform.shares.terms import Terms, until

_LIST = """
select s.id, s.subject, coalesce(u.name, d.name, t.name),
       case when u.id is not null then 'user' when d.id is not null then 'department' else 'team' end,
       s.access, s.role, s.relations, s.expires_at, s.note, s.created_at, s.created_by, m.name
  from _share s left join "user" u on u.id = s.subject left join department d on d.id = s.subject
  left join team t on t.id = s.subject left join "user" m on m.id = s.created_by
 where s.record = %(record)s::uuid and s.object = %(object)s
 order by s.role is null, s.created_at, s.id
"""
_NAMES = (
    "id", "subject", "subject.name", "kind", "access", "role", "relations", "expires_at", "note", "created_at",
    "created_by", "created_by.name",
)  # fmt: skip
_ROLES = """
select role from _share where object = %(object)s and role is not null
 group by role order by count(*) desc, role limit 20
"""


def list_shares(caller: Caller, object: str, record: str) -> list[dict[str, Any]]:
    """{id, subject, subject.name, kind (user, department, team), access, role, relations, until, expires_at, active,
    note, created_at, created_by, created_by.name, may_change}; what has expired is listed for 30 days, not `active`.

    Raises NotFound where the caller may not see the record, BadRequest for details.
    """
    shareable(caller, object)
    get(caller, object, record, ["id"])
    return shares_of(caller, object, record, editable="update" in allowed_actions(caller, object, record))


def shares_of(caller: Caller, object: str, record: str, *, editable: bool) -> list[dict[str, Any]]:
    """The same of a record that the caller is known to see, and to be able to change or not."""
    entry, rows = caller.database.read(caller.tenant, _LIST, {"record": record, "object": object})
    caller.verify(entry)
    return [_shown(caller, object, dict(zip(_NAMES, row, strict=True)), editable=editable) for row in rows]


def roles_in_use(caller: Caller, object: str) -> list[str]:
    """The roles that shares of the object's records have, the most frequent first."""
    entry, rows = caller.database.read(caller.tenant, _ROLES, {"object": object})
    caller.verify(entry)
    return [row[0] for row in rows]


def _shown(caller: Caller, object: str, one: dict[str, Any], *, editable: bool) -> dict[str, Any]:
    return one | {
        "relations": known(caller, object, one["relations"]),
        "until": until(one["expires_at"], caller.timezone),
        "active": not Terms(expires_at=one["expires_at"]).is_over(),
        "may_change": may_change(caller, object, one["created_by"], editable=editable),
    }
