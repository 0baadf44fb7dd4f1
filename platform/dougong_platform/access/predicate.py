"""Which rows a user may read, update or delete, as one SQL predicate; carried by every read and every write.

Each way to a record is one entry of `_WAYS`: the predicate is their disjunction. Departments, manager lines, teams
and shares join the list as further ways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, false, or_, select
from sqlalchemy.dialects.postgresql import UUID

from dougong_metadata.model.types import ObjectModel
from dougong_platform.access.rights import Action, Rights
from dougong_platform.storage.tables import Tables

USER = bindparam("env_user", type_=UUID(as_uuid=False))
Way = Callable[[ObjectModel, FromClause], ColumnElement[bool]]


def predicate(
    tables: Tables, rights: Rights, object: str, action: Action, row: FromClause
) -> ColumnElement[bool] | None:
    """The condition under which `action` is allowed on `row` (a table or alias of `object`); None = on every row.

    The user is the bound parameter `env_user`.
    """
    model = rights.model.objects.get(object)
    if model is None:
        return false()
    scope = effective_scope(rights, model, action)
    if scope == "none":
        return false()
    if model.parent is not None and model.parent.to is not None:
        return _through_parent(tables, rights, model.parent.to, action, row.c[model.parent.name])
    if scope == "all":
        return None
    ways = [way(model, row) for way in _WAYS]
    return ways[0] if len(ways) == 1 else or_(*ways)


def effective_scope(rights: Rights, object: ObjectModel, action: Action) -> str:
    """none, own or all: what permission sets grant, widened by the object's default access.

    Rows owned by a parent are as open as their parent; their own scope says only whether at all.
    """
    granted = str(getattr(rights.object(object.name), action))
    if granted == "own" and (
        (action == "read" and object.default_access in ("read", "write"))
        or (action == "update" and object.default_access == "write")
    ):
        return "all"
    return granted


def _through_parent(
    tables: Tables, rights: Rights, parent: str, action: Action, link: ColumnElement[Any]
) -> ColumnElement[bool] | None:
    """To change or delete a detail is to change its parent."""
    above = tables[parent].alias()
    inner = predicate(tables, rights, parent, "read" if action == "read" else "update", above)
    return None if inner is None else link.in_(select(above.c.id).where(inner))


def _owned(_: ObjectModel, row: FromClause) -> ColumnElement[bool]:
    return row.c.owner == USER


_WAYS: tuple[Way, ...] = (_owned,)
