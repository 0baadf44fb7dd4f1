"""Why somebody may read, update or delete a record, or not: the grants that decide, and all that was looked at."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from dougong_platform.access.rights import ACTIONS, Action, rights_for
from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.explain.facts import facts_of
from dougong_platform.explain.judged import Judged
from dougong_platform.explain.ways import Person, Way, ways_of
from dougong_platform.explain.words import Words
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import get, uuid_text
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.organisation import Organisation, organisation_of

Reasons = list[dict[str, Any]]


def explain_access(caller: Caller, object: str, id: str, user: str | None = None) -> dict[str, Any]:
    """{"object", "id", "user", "read"|"update"|"delete": {"allowed", "because": [grant]}, "checked", "fields"}.

    A grant has a `kind`: administrator, permission_set (scope all), default_access, owner, assistant, queue, scope,
    rule, share, team, parent (with what decides there); for a refusal no_grant, not_owner, inactive. To take every
    grant of an allowed action away is to take the action away. `checked` lists all that was looked at in order, each
    with the actions it grants and a sentence in both languages; `fields` groups fields by level and the sets that say
    so. Without `user` for the caller himself; for others see `may_explain`. Raises NotFound for a record that the
    caller may not see.
    """
    found = judge(caller, object, id, user)
    words = Words(caller, found.person.organisation)
    return {
        "object": object,
        "id": found.facts.id,
        "user": found.person.id,
        **{action: {"allowed": found.allowed(action), "because": because(found, action)} for action in ACTIONS},
        "checked": [
            {"kind": way.kind, "grants": sorted(way.grants), **way.data, "sentence": words.of(found, way)}
            for way in _all_ways(found)
        ],
        "fields": fields_of(caller, found),
    }


def judge(caller: Caller, object: str, id: str, user: str | None = None) -> Judged:
    """The person's ways to a record that the caller sees. Raises NotFound, NotAllowed."""
    record = seen(caller, object, id)
    if user is not None and user != caller.user and not may_explain(caller, object):
        raise NotAllowed
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    known = caller.user if user is None else uuid_text(user)
    if known is None or known not in organisation.people:
        raise NotFound
    return judged(caller, organisation, known, object, record, mine=known == caller.user)


def may_explain(caller: Caller, object: str) -> bool:
    """Whether the caller may ask about others: whoever keeps the people or reads the audit, or shares such records."""
    return bool({"people", "audit"} & caller.rights.system) or caller.rights.object(object).share


def judged(
    caller: Caller, organisation: Organisation, user: str, object: str, record: str, *, mine: bool = False
) -> Judged:
    """The same of a record that is known to be there, whoever may see it. `mine`: by the caller's own rights."""
    now = dt.datetime.now(dt.UTC)
    person = organisation.people[user]
    reach, sets = organisation.reach(user, now), organisation.permission_sets(user, now)
    rights = rights_for(caller.model, sets, ADMINISTRATOR in sets, reach)
    if mine:
        rights, reach = caller.rights, caller.reach or reach
    judging = Person(user, rights, reach, organisation, now)
    return _judged(caller, judging, person.active, person.timezone or caller.tenant.timezone, object, record)


def _judged(caller: Caller, person: Person, active: bool, timezone: str, object: str, record: str) -> Judged:
    facts = facts_of(caller, object, record, person.reach, timezone)
    if facts is None:
        raise NotFound
    above = None
    if facts.object.parent is not None:
        parent = facts.object.parent.to
        if parent is not None and facts.parent is not None:
            above = _judged(caller, person, active, timezone, parent, facts.parent)
        return Judged(facts, person, active, (), above)
    if facts.object.system:
        return Judged(facts, person, active, (Way("default_access", frozenset({"read"}), {"value": "read"}),))
    return Judged(facts, person, active, tuple(ways_of(person, facts)))


def because(found: Judged, action: Action) -> Reasons:
    """The grants that decide; for a refusal, why none does."""
    rights, object = found.person.rights, found.facts.object
    if not found.active:
        return [{"kind": "inactive"}]
    if rights.is_admin:
        return [{"kind": "administrator"}]
    sets: Reasons = [
        {"kind": "permission_set", "name": name, "scope": rights.scope_of(name, object.name, action)}
        for name in rights.granted_by(object.name, action)
    ]
    if not rights.scopes(object.name, action):
        return [{"kind": "no_grant"}]
    if action != "read" and not found.allowed("read"):
        return because(found, "read")
    if object.parent is not None:
        above = found.above
        inner = [] if above is None else because(above, "read" if action == "read" else "update")
        parent = {"kind": "parent", "object": object.parent.to, "id": found.facts.parent, "because": inner}
        return [parent, *sets] if found.allowed(action) else [parent]
    grants = [{"kind": way.kind, **way.data} for way in found.ways if action in way.grants]
    if not grants:
        return [{"kind": "not_owner", "owner": found.facts.owner}]
    decided_by_all = grants[0] if grants[0]["kind"] == "permission_set" else None
    if decided_by_all is not None:
        return [*(one for one in sets if one["scope"] == "all"), *grants[1:]]
    return [*grants, *(one for one in sets if found.facts.owner is not None)]


def fields_of(caller: Caller, found: Judged) -> list[dict[str, Any]]:
    """[{"level", "fields", "sets": [[set, level], …]}]: fields of one level by the same sets, hidden ones first.

    Fields that the caller may not know himself are left out.
    """
    rights, object = found.person.rights, found.facts.object
    groups: dict[tuple[Any, ...], list[str]] = {}
    changing = found.allowed("update")
    for name, field in object.fields.items():
        if caller.rights.field(object.name, name) == "none" and not caller.rights.masked(object.name, name):
            continue
        if field.system and name != "owner":
            continue
        level = "mask" if rights.masked(object.name, name) else str(rights.field(object.name, name))
        if level == "edit" and (not changing or field.read_only or field.type.computed):
            level = "read"
        groups.setdefault((level, rights.field_granted_by(object.name, name)), []).append(name)
    order = ("none", "mask", "read", "edit")
    return [
        {"level": level, "fields": names, "sets": [list(one) for one in sets]}
        for (level, sets), names in sorted(groups.items(), key=lambda one: order.index(one[0][0]))
    ]


def _all_ways(found: Judged) -> tuple[Way, ...]:
    if found.above is None:
        return found.ways
    allowed = frozenset(action for action in ACTIONS if found.allowed(action))
    data = {"object": found.above.facts.object.name, "record": found.above.facts.id}
    inner = (replace(way, data=way.data | {"of": data["object"]}) for way in _all_ways(found.above))
    return (Way("parent", allowed, data), *inner)


def seen(caller: Caller, object: str, id: str) -> str:
    """The id of a record that the caller sees, in the recycle bin too. Raises NotFound."""
    try:
        return str(get(caller, object, id, ["id"])["id"])
    except NotFound:
        return str(get(caller, object, id, ["id"], deleted=True)["id"])
