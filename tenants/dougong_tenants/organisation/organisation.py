"""Everybody of a tenant at once: who reports to whom, departments, teams, queues, assistants, grants.

Loaded once per process and stamp, because each change of people raises the stamp: moving a department takes effect with
the next request, without a job that rebuilds anything. Read when somebody's credentials are looked up, by explanations
and by the pages about people.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from dougong_tenants.connection import Database
from dougong_tenants.connection.transaction import TenantTransaction
from dougong_tenants.organisation.reach import Reach
from dougong_tenants.tenant import Tenant

_KEPT = 200  # tenants, per database

_LOAD = """
select
 (select coalesce(jsonb_agg(jsonb_build_array(u.id, u.name, u.email, u.title, u.department, u.manager, u.active,
    u.kind, u.team, u.locale, u.timezone)), '[]') from "user" u where u.deleted_at is null),
 (select coalesce(jsonb_agg(jsonb_build_array(d.id, d.name, d.parent, d.head)), '[]')
    from department d where d.deleted_at is null),
 (select coalesce(jsonb_agg(jsonb_build_array(m."user", m.department)), '[]') from _user_department m),
 (select coalesce(jsonb_agg(jsonb_build_array(t.id, t.name)), '[]') from team t where t.deleted_at is null),
 (select coalesce(jsonb_agg(jsonb_build_array(m.team, m."user", m.role)), '[]')
    from team_member m where m.deleted_at is null),
 (select coalesce(jsonb_agg(jsonb_build_array(a."user", a.assistant, a.from_at, a.until_at)), '[]') from _assistant a),
 (select coalesce(jsonb_agg(jsonb_build_array(s.permission_set, s."user", null, false, null, s.departments, s.from_at,
    s.until_at)), '[]') from user_permission_set s),
 (select coalesce(jsonb_agg(jsonb_build_array(s.permission_set, null, s.department, s.below, s.title, s.departments,
    s.from_at, s.until_at)), '[]') from _permission_set_assignment s)
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A user. `kind` is person or queue; `team` is whose members work a queue; `title` is his position in words."""

    id: str
    name: str
    email: str | None
    title: str | None
    department: str | None
    manager: str | None
    active: bool
    kind: str
    team: str | None
    locale: str | None
    timezone: str | None


@dataclass(frozen=True, slots=True)
class Department:
    id: str
    name: str
    parent: str | None
    head: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission set for one user, or for a department (with those below), or for a position; while it lasts."""

    permission_set: str
    user: str | None
    department: str | None
    below: bool
    title: str | None
    departments: tuple[str, ...]  # that the scope `departments` means
    from_at: dt.datetime | None
    until_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        """Whether it has begun and not ended."""
        return _lasts(self.from_at, self.until_at, now)


@dataclass(frozen=True, slots=True)
class ActsFor:
    """`assistant` acts for `user`, while it lasts."""

    user: str
    assistant: str
    from_at: dt.datetime | None
    until_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        """Whether it has begun and not ended."""
        return _lasts(self.from_at, self.until_at, now)


@dataclass(frozen=True)
class Organisation:
    """Immutable. Ids are texts; `members` are a team's with their roles; deleted people are absent."""

    stamp: int
    people: Mapping[str, Person]
    departments: Mapping[str, Department]
    teams: Mapping[str, str]  # id -> name
    members: Mapping[str, Mapping[str, str | None]]  # team -> user -> role
    further: Mapping[str, tuple[str, ...]]  # user -> departments beside his own one
    assistants: tuple[ActsFor, ...]
    grants: tuple[Grant, ...]
    _reports: Mapping[str, tuple[str, ...]] = field(repr=False)
    _inside: Mapping[str, tuple[str, ...]] = field(repr=False)  # department -> people in it
    _below: Mapping[str, tuple[str, ...]] = field(repr=False)  # department -> departments right below
    _teams_of: Mapping[str, tuple[str, ...]] = field(repr=False)
    _queues_of: Mapping[str, tuple[str, ...]] = field(repr=False)  # team -> queues
    _granted: Mapping[str, tuple[Grant, ...]] = field(repr=False)  # to users by id

    def departments_of(self, user: str) -> tuple[str, ...]:
        """The ids of the departments somebody is in, his own one first."""
        person = self.people.get(user)
        first = (person.department,) if person is not None and person.department else ()
        return (*first, *(d for d in self.further.get(user, ()) if d not in first))

    def line_above(self, user: str) -> Iterator[str]:
        """His manager, that one's manager, and so on."""
        return _climb(user, lambda one: self.people[one].manager if one in self.people else None)

    def departments_above(self, department: str) -> Iterator[str]:
        """The department it belongs to, the one above that, and so on."""
        return _climb(department, lambda one: self.departments[one].parent if one in self.departments else None)

    def acts_for(self, user: str, now: dt.datetime) -> frozenset[str]:
        """Those for whom he acts now; somebody who has left is acted for still: his records are there."""
        return frozenset(a.user for a in self.assistants if a.assistant == user and a.holds(now))

    def grants_of(self, user: str, now: dt.datetime) -> tuple[Grant, ...]:
        """The grants that reach somebody now: his own, those of his departments and of his position."""
        person = self.people.get(user)
        if person is None:
            return ()
        own = set(self.departments_of(user))
        above = own.union(*(self.departments_above(one) for one in own)) if own else own
        found = [grant for grant in self._granted.get(user, ()) if grant.holds(now)]
        for grant in self._granted.get("", ()):
            reached = grant.department in (above if grant.below else own) or (
                grant.title is not None and grant.title == person.title
            )
            if reached and grant.holds(now):
                found.append(grant)
        return tuple(found)

    def permission_sets(self, user: str, now: dt.datetime) -> tuple[str, ...]:
        """The names of the sets that somebody holds now, each once."""
        return tuple(sorted({grant.permission_set for grant in self.grants_of(user, now)}))

    def next_change(self, now: dt.datetime) -> dt.datetime | None:
        """When the next grant or assistance begins or ends by itself; None if none will."""
        bounds = [b for grant in self.grants for b in (grant.from_at, grant.until_at)]
        bounds += [b for one in self.assistants for b in (one.from_at, one.until_at)]
        return min((b for b in bounds if b is not None and b > now), default=None)

    def reach(self, user: str, now: dt.datetime) -> Reach:
        """Whose records are his, at this moment."""
        identities = frozenset({user}) | self.acts_for(user, now)
        teams = {team for one in identities for team in self._teams_of.get(one, ())}
        own = identities.union(queue for team in teams for queue in self._queues_of.get(team, ()))
        departments = {department for one in identities for department in self.departments_of(one)}
        above = departments.union(*(self.departments_above(one) for one in departments)) if departments else set()
        inside = self._people_in(departments)
        known = self.people
        return Reach(
            user,
            identities,
            own,
            own.union(_descend(identities, self._reports)),
            own | inside,
            own | inside | self._people_in(_descend(departments, self._below)),
            identities | teams | above,
            self._chosen(user, now),
            frozenset(known[one].email or "" for one in identities if one in known),
            frozenset(self.departments[one].name for one in departments if one in self.departments),
            frozenset(self.departments[one].name for one in above if one in self.departments),
            frozenset(self.teams[one] for one in teams if one in self.teams),
        )

    def _chosen(self, user: str, now: dt.datetime) -> dict[str, frozenset[str]]:
        chosen: dict[str, frozenset[str]] = {}
        for grant in self.grants_of(user, now):
            if grant.departments:
                below = _descend(grant.departments, self._below).union(grant.departments)
                chosen[grant.permission_set] = chosen.get(grant.permission_set, frozenset()) | self._people_in(below)
        return chosen

    def _people_in(self, departments: Iterable[str]) -> frozenset[str]:
        return frozenset(user for department in departments for user in self._inside.get(department, ()))


_LOADED: WeakKeyDictionary[Database, OrderedDict[str, Organisation]] = WeakKeyDictionary()
_LOCK = Lock()


def organisation_of(database: Database, tenant: Tenant, stamp: int | None = None) -> Organisation:
    """The tenant's organisation; what is remembered is given where its stamp is still `stamp` (None: read afresh).

    Its `stamp` may be newer than the one asked for.
    """
    found = _remembered(database, tenant, stamp)
    if found is not None:
        return found
    entry, rows = database.read(tenant, _LOAD, custom_plan=False)
    return _remember(database, tenant, _organisation(entry.stamp, rows[0]))


def organisation_in(tx: TenantTransaction, database: Database, tenant: Tenant) -> Organisation:
    """The same for whoever is in a transaction: it is read over that connection, so that nobody who holds one waits
    for a second. Where people were changed since it began, it is remembered only until the next transaction."""
    found = _remembered(database, tenant, tx.entry.stamp)
    return found or _remember(database, tenant, _organisation(tx.entry.stamp, tx.rows(_LOAD)[0]))


def _remembered(database: Database, tenant: Tenant, stamp: int | None) -> Organisation | None:
    with _LOCK:
        kept = _LOADED.setdefault(database, OrderedDict())
        found = kept.get(tenant.id)
        if found is None or found.stamp != stamp:
            return None
        kept.move_to_end(tenant.id)
        return found


def _remember(database: Database, tenant: Tenant, made: Organisation) -> Organisation:
    with _LOCK:
        kept = _LOADED.setdefault(database, OrderedDict())
        if tenant.id not in kept or kept[tenant.id].stamp <= made.stamp:
            kept[tenant.id] = made
            kept.move_to_end(tenant.id)
            while len(kept) > _KEPT:
                kept.popitem(last=False)
    return made


def _organisation(stamp: int, row: tuple[Any, ...]) -> Organisation:
    people, departments, further, teams, members, assistants, granted, assigned = row
    known = {one[0]: Person(*one) for one in people}
    living = {team for team, _ in teams}
    tree = {one[0]: Department(*one) for one in departments}
    by_team: dict[str, dict[str, str | None]] = {}
    for team, user, role in members:
        by_team.setdefault(team, {})[user] = role
    beside = _grouped((user, department) for user, department in further)
    grants = tuple(
        Grant(name, user, department, below, title, tuple(chosen or ()), _moment(since), _moment(until))
        for name, user, department, below, title, chosen, since, until in (*granted, *assigned)
    )
    return Organisation(
        stamp=stamp,
        people=known,
        departments=tree,
        teams=dict(map(tuple, teams)),
        members=by_team,
        further=beside,
        assistants=tuple(ActsFor(a, b, _moment(since), _moment(until)) for a, b, since, until in assistants),
        grants=grants,
        _reports=_grouped((p.manager, p.id) for p in known.values() if p.manager),
        _inside=_grouped(
            [(p.department, p.id) for p in known.values() if p.department]
            + [(department, user) for user, several in beside.items() for department in several]
        ),
        _below=_grouped((d.parent, d.id) for d in tree.values() if d.parent),
        _teams_of=_grouped((user, team) for team, inside in by_team.items() for user in inside if team in living),
        _queues_of=_grouped((p.team, p.id) for p in known.values() if p.kind == "queue" and p.team),
        _granted=_grouped((grant.user or "", grant) for grant in grants),
    )


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, tuple[Any, ...]]:
    found: dict[Any, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def _descend(start: Iterable[str], below: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Everything under `start`, without it unless a circle leads back."""
    found: set[str] = set()
    stack = list(start)
    while stack:
        for one in below.get(stack.pop(), ()):
            if one not in found:
                found.add(one)
                stack.append(one)
    return frozenset(found)


def _climb(start: str, above: Callable[[str], str | None]) -> Iterator[str]:
    seen = {start}
    at = above(start)
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        at = above(at)


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _lasts(since: dt.datetime | None, until: dt.datetime | None, now: dt.datetime) -> bool:
    return (since is None or since <= now) and (until is None or now < until)
