"""Why somebody may read, update or delete a record, or not: the grant that decides, by the predicate's rules."""

from __future__ import annotations

from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.access.predicate import is_open
from dougong_platform.access.rights import Action, Rights, rights_for
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import get, uuid_text
from dougong_tenants import ADMINISTRATOR

_ACTIONS: tuple[Action, ...] = ("read", "update", "delete")
_USER = """
select u.name, u.active,
       coalesce(array_agg(s.permission_set) filter (where s.permission_set is not null), array[]::text[])
  from "user" u left join user_permission_set s on s."user" = u.id
 where u.id = %(user)s::uuid and u.deleted_at is null group by u.id
"""
Reasons = list[dict[str, Any]]


def explain_access(caller: Caller, object: str, id: str, user: str | None = None) -> dict[str, Any]:
    """{"object", "id", "user", "read"|"update"|"delete": {"allowed", "because": [{"kind", …}]}}.

    Kinds: administrator, permission_set (scope all), owner, default_access, parent (with what decides there), and for a
    refusal no_grant, not_owner, inactive. Without `user` for the caller himself; for others the system right `people`
    is needed. Raises NotFound for a record that the caller may not see.
    """
    record = get(caller, object, id)
    if user is None or user == caller.user:
        user, rights, active = caller.user, caller.rights, True
    else:
        caller.require("people")
        rights, active = _rights_of(caller, user)
    explained: dict[str, Any] = {"object": object, "id": record["id"], "user": user}
    for action in _ACTIONS:
        allowed, because = _decide(caller, rights, caller.model.objects[object], record["id"], action, user)
        if not active:
            allowed, because = False, [{"kind": "inactive"}]
        explained[action] = {"allowed": allowed, "because": because}
    return explained


def _rights_of(caller: Caller, user: str) -> tuple[Rights, bool]:
    known = uuid_text(user)
    if known is None:
        raise NotFound
    entry, rows = caller.database.read(caller.tenant, _USER, {"user": known}, custom_plan=False)
    caller.verify(entry)
    if not rows:
        raise NotFound
    _, active, sets = rows[0]
    return rights_for(caller.model, sets, ADMINISTRATOR in sets), bool(active)


def _decide(
    caller: Caller, rights: Rights, object: ObjectModel, id: str, action: Action, user: str
) -> tuple[bool, Reasons]:
    if rights.is_admin:
        return True, [{"kind": "administrator"}]
    granted = str(getattr(rights.object(object.name), action))
    sets = (
        [{"kind": "permission_set", "name": name, "scope": granted} for name in rights.granted_by(object.name, action)]
        if granted != "none"
        else []
    )
    if granted == "none":
        return False, [{"kind": "no_grant"}]
    if object.system:
        return True, [{"kind": "default_access", "value": "read"}]
    if object.parent is not None and object.parent.to is not None:
        return _through_parent(caller, rights, object, id, action, user, sets)
    if granted == "all":
        return True, list(sets)
    if is_open(object, action):
        return True, [{"kind": "default_access", "value": object.default_access}]
    owner = _seen_by_engine(caller, object.name, id, "owner")
    if owner == user:
        return True, [{"kind": "owner"}, *sets]
    return False, [{"kind": "not_owner", "owner": owner}]


def _through_parent(
    caller: Caller, rights: Rights, object: ObjectModel, id: str, action: Action, user: str, sets: Reasons
) -> tuple[bool, Reasons]:
    parent_field = object.parent
    assert parent_field is not None
    assert parent_field.to is not None
    parent = _seen_by_engine(caller, object.name, id, parent_field.name)
    if parent is None:
        return False, [{"kind": "parent", "object": parent_field.to, "id": None}]
    above = caller.model.objects[parent_field.to]
    allowed, because = _decide(caller, rights, above, parent, "read" if action == "read" else "update", user)
    return allowed, [{"kind": "parent", "object": above.name, "id": parent, "because": because}, *sets]


def _seen_by_engine(caller: Caller, object: str, id: str, field: str) -> str | None:
    """One column without access: the explanation must name what decides even where the user does not see it."""
    everything = rights_for(caller.model, (), True)
    engine = Caller(
        caller.database, caller.tenant, caller.release, caller.user, everything, caller.locale, caller.timezone
    )
    try:
        value = get(engine, object, id, [field])[field]
    except NotFound:
        return None
    return None if value is None else str(value)
