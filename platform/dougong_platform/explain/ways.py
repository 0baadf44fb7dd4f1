"""The ways by which somebody reaches a record, each with what it allows.

Found from the record's facts, his rights and the organisation, by the rules that `access.predicate` writes as SQL; a
property test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from dougong_platform.access.predicate import is_open
from dougong_platform.access.rights import ACTIONS, Action, Rights, reaches
from dougong_platform.access.scopes import ALL
from dougong_platform.explain.facts import Facts, Shared
from dougong_tenants.organisation import Organisation, Reach

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that was looked at. `grants`: the actions it allows, none where it leads nowhere.

    Kinds: permission_set (scope all), default_access, owner, assistant, queue, scope, rule, share, team. `data` names
    what decides by ids and api names.
    """

    kind: str
    grants: frozenset[str]
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose access is judged, at one moment."""

    id: str
    rights: Rights
    reach: Reach
    organisation: Organisation
    now: dt.datetime


def ways_of(person: Person, facts: Facts) -> Iterator[Way]:
    """Everything that could open this record to him, in the order in which people think of it."""
    object, rights = facts.object, person.rights
    held = {action: scopes for action in ACTIONS if (scopes := _narrower(rights, object.name, action))}
    some = frozenset(action for action in ACTIONS if rights.scopes(object.name, action))
    everything = frozenset(action for action in some if rights.scopes(object.name, action) == ALL)
    if everything:
        yield Way("permission_set", everything, {"scope": "all", "sets": _sets(rights, object.name, everything, "all")})
    opened = frozenset(action for action in held if is_open(object, action))
    yield Way("default_access", opened, {"value": object.default_access})
    yield from _by_owner(person, facts, held)
    shareable = some & {"read", "update"}
    for rule in rights.model.sharing.get(object.name, ()):
        reached = reaches(rule, person.reach, frozenset(rights.names))
        fits = any(rule is one for one in facts.rules)
        if reached or fits:
            grants = _of_access(rule.access) & shareable if reached and fits and not rights.is_admin else NOBODY
            yield Way("rule", grants, {"name": rule.name, "access": rule.access, "reaches": reached, "fits": fits})
    for share in facts.shares:
        yield from _by_share(person, share, shareable)


def _by_owner(person: Person, facts: Facts, held: dict[Any, frozenset[str]]) -> Iterator[Way]:
    owner, reach = facts.owner, person.reach
    actions = frozenset(held)
    if owner == person.id:
        yield Way("owner", actions)
        return
    if owner in reach.identities:
        yield Way("assistant", actions, {"for": owner})
        yield from (way for way in _by_scope(person, facts, held, _unassisted(person, str(owner))) if way.grants)
        return
    if owner in reach.own:
        known = person.organisation.people.get(str(owner))
        yield Way("queue", actions, {"queue": owner, "team": known.team if known else None})
        return
    yield Way("owner", NOBODY, {"owner": owner})
    yield from _by_scope(person, facts, held, reach)


def _by_scope(person: Person, facts: Facts, held: dict[Any, frozenset[str]], reach: Reach) -> Iterator[Way]:
    for scope in sorted({one for scopes in held.values() for one in scopes} - {"own"}):
        inside = facts.owner in reach.owners(scope)
        granted = frozenset(action for action, scopes in held.items() if scope in scopes)
        data = {
            "scope": scope.partition(":")[0],
            "sets": _sets_of_scope(person.rights, facts.object.name, granted, scope),
        }
        yield Way("scope", granted if inside else NOBODY, data | {"owner": facts.owner})


def _unassisted(person: Person, owner: str) -> Reach:
    """Whose records were his if he did not act for `owner`, who may also work under him or beside him."""
    known = person.organisation
    left = tuple(one for one in known.assistants if (one.user, one.assistant) != (owner, person.id))
    return replace(known, assistants=left).reach(person.id, person.now)


def _by_share(person: Person, share: Shared, allowed: frozenset[str]) -> Iterator[Way]:
    if share.subject not in person.reach.subjects:
        return
    grants = _of_access(share.access) & allowed if share.holds(person.now) else NOBODY
    data = {
        "id": share.id,
        "subject": share.subject,
        "access": share.access,
        "by": share.by,
        "expires_at": share.expires_at.isoformat() if share.expires_at else None,
    }
    data |= {"role": share.role} if share.role else {}
    data |= {"relation": share.relation, "object": share.object, "record": share.record} if share.relation else {}
    yield Way("team" if share.role else "share", grants, data)


def _of_access(access: str) -> frozenset[str]:
    return frozenset({"read", "update"}) if access == "edit" else frozenset({"read"})


def _narrower(rights: Rights, object: str, action: Action) -> frozenset[str]:
    """Every scope that some set grants beside "all": each is a way of its own, also where another one holds it."""
    if rights.is_admin:
        return NOBODY
    given = ((name, rights.scope_of(name, object, action)) for name in rights.granted_by(object, action))
    return frozenset(f"{scope}:{name}" if scope == "departments" else scope for name, scope in given) - ALL


def _sets(rights: Rights, object: str, actions: frozenset[str], scope: str) -> list[str]:
    return sorted({name for action in actions for name in rights.granted_by(object, action, scope)})


def _sets_of_scope(rights: Rights, object: str, actions: frozenset[str], scope: str) -> list[str]:
    word, _, named = scope.partition(":")
    return [named] if named else _sets(rights, object, actions, word)
