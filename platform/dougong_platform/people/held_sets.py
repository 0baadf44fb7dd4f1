"""Which permission sets a user holds; asked before somebody else changes him."""

from __future__ import annotations

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller

_SETS = """
select s.permission_set from "user" u left join user_permission_set s on s."user" = u.id
 where u.id = %(user)s::uuid and u.deleted_at is null order by 1
"""


def held_sets(caller: Caller, user: str) -> tuple[str, ...]:
    """The permission sets of a user of the caller's tenant. Raises NotFound."""
    entry, rows = caller.database.read(caller.tenant, _SETS, {"user": user}, custom_plan=False)
    caller.verify(entry)
    if not rows:
        raise NotFound
    return tuple(row[0] for row in rows if row[0] is not None)
