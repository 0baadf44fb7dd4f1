"""A tenant's people as approvals look them up: by e-mail, permission set, team and department. Used by `approvers`.

Built once for an organisation and kept for as long as no grant begins or ends, so that ten thousand searches in a row
look into dictionaries.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from threading import Lock

from dougong_tenants import ADMINISTRATOR
from dougong_tenants.organisation import Organisation

_KEPT = 16


class Directory:
    """Answers hold for moments from `now` until the next grant begins or ends. Lists are in the order of names."""

    def __init__(self, organisation: Organisation, now: dt.datetime) -> None:
        self.organisation = organisation
        self.since = now
        self.until = organisation.next_change(now)
        self._holders: dict[str, tuple[str, ...]] = {}

    def is_active(self, user: str) -> bool:
        """Whether it is a person who can be asked."""
        person = self.organisation.people.get(user)
        return person is not None and person.active and person.kind == "person"

    def name(self, user: str | None) -> str | None:
        """What he is called; None for somebody who was deleted."""
        person = self.organisation.people.get(user or "")
        return None if person is None else person.name

    def by_email(self, email: str) -> str | None:
        """The user with that address, an active one first."""
        return self._by_email.get(email.strip().lower())

    def holders(self, permission_set: str) -> tuple[str, ...]:
        """The active people who hold it."""
        if permission_set not in self._holders:
            self._holders[permission_set] = self._find_holders(permission_set)
        return self._holders[permission_set]

    def holds(self, user: str, permission_set: str) -> bool:
        """Whether he is active and holds it."""
        return user in self.holders(permission_set)

    @property
    def administrators(self) -> tuple[str, ...]:
        return self.holders(ADMINISTRATOR)

    def in_team(self, team: str) -> tuple[str, ...]:
        """The active members of a team (id)."""
        return self._sorted(self.organisation.members.get(team, ()))

    def in_department(self, department: str) -> tuple[str, ...]:
        """The active people in a department (id), not in those below."""
        return self._sorted(self._inside.get(department, ()))

    def of_queue(self, user: str) -> tuple[str, ...] | None:
        """Whom a queue stands for; None if it is none."""
        person = self.organisation.people.get(user)
        if person is None or person.kind != "queue":
            return None
        return self.in_team(person.team) if person.team else ()

    def named_teams(self, name: str) -> tuple[str, ...]:
        """The active members of the teams called so."""
        found = [id for id, called in self.organisation.teams.items() if called == name]
        return self._sorted({user for team in found for user in self.organisation.members.get(team, ())})

    def named_departments(self, name: str) -> tuple[str, ...]:
        """The active people in the departments called so."""
        found = [one.id for one in self.organisation.departments.values() if one.name == name]
        return self._sorted({user for department in found for user in self._inside.get(department, ())})

    def next_manager(self, user: str, *, but: Iterable[str] = ()) -> str | None:
        """The next active one above him who is not one of `but`."""
        passed = set(but)
        above = self.organisation.line_above(user)
        return next((one for one in above if self.is_active(one) and one not in passed), None)

    def _find_holders(self, permission_set: str) -> tuple[str, ...]:
        organisation = self.organisation
        grants = [g for g in organisation.grants if g.permission_set == permission_set and g.holds(self.since)]
        found = {grant.user for grant in grants if grant.user is not None}
        titles = {grant.title for grant in grants if grant.title is not None}
        own = {grant.department for grant in grants if grant.department is not None}
        below = {grant.department for grant in grants if grant.department is not None and grant.below}
        departments = own | {
            d for d in organisation.departments if below.intersection(organisation.departments_above(d))
        }
        for department in departments:
            found.update(self._inside.get(department, ()))
        if titles:
            found.update(one.id for one in organisation.people.values() if one.title in titles)
        return self._sorted(found)

    def _sorted(self, users: Iterable[str]) -> tuple[str, ...]:
        order = self._order
        return tuple(sorted((user for user in users if user in order), key=order.__getitem__))

    @cached_property
    def _order(self) -> dict[str, int]:
        """The places of the active people in the order of their names."""
        active = [one for one in self.organisation.people.values() if one.active and one.kind == "person"]
        return {one.id: place for place, one in enumerate(sorted(active, key=lambda one: (one.name, one.id)))}

    @cached_property
    def _by_email(self) -> dict[str, str]:
        people = sorted(self.organisation.people.values(), key=lambda one: (one.active, one.id))
        return {one.email.lower(): one.id for one in people if one.email}

    @cached_property
    def _inside(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for user in self.organisation.people:
            for department in self.organisation.departments_of(user):
                found.setdefault(department, []).append(user)
        return found


_MADE: OrderedDict[int, Directory] = OrderedDict()
_LOCK = Lock()


def directory_of(organisation: Organisation, now: dt.datetime) -> Directory:
    """The organisation's directory at a moment."""
    key = id(organisation)
    with _LOCK:
        kept = _MADE.get(key)
        if kept is not None and kept.organisation is organisation and _covers(kept, now):
            _MADE.move_to_end(key)
            return kept
    made = Directory(organisation, now)
    with _LOCK:
        _MADE[key] = made
        _MADE.move_to_end(key)
        while len(_MADE) > _KEPT:
            _MADE.popitem(last=False)
    return made


def _covers(directory: Directory, now: dt.datetime) -> bool:
    return directory.since <= now and (directory.until is None or now < directory.until)
