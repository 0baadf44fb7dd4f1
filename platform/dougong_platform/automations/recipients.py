"""Who is told by an automation: users and addresses for each of its records, found for all of them at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dougong_metadata.model.flow_types import Recipient
from dougong_platform.automations.running import Running
from dougong_platform.records.arrays import array_text
from dougong_tenants.organisation import Organisation, organisation_in

_ROLE = """
select record, subject from _share
 where object = %(object)s and record = any(%(ids)s::uuid[]) and role = %(role)s
   and (expires_at is null or expires_at > now()) order by created_at, id
"""


@dataclass(slots=True)
class Told:
    """Ids of active users and further e-mail addresses, each once, in the order in which they are named."""

    users: dict[str, None] = field(default_factory=dict)
    addresses: dict[str, None] = field(default_factory=dict)


def resolve(running: Running, recipients: Sequence[Recipient], ids: Sequence[str]) -> dict[str, Told]:
    """Whom each record's text goes to."""
    organisation = organisation_in(running.tx, running.caller.database, running.caller.tenant)
    told = {id: Told() for id in ids}
    for one in recipients:
        for id, found in _found(running, organisation, one, ids).items():
            if one.kind == "email":
                told[id].addresses.update(dict.fromkeys(found))
            else:
                told[id].users.update(dict.fromkeys(u for u in found if _is_active(organisation, u)))
    return told


def _found(running: Running, organisation: Organisation, one: Recipient, ids: Sequence[str]) -> dict[str, list[str]]:
    if one.kind == "role":
        return _in_role(running, organisation, one.value, ids)
    if one.kind == "field" or (one.kind in ("department_head", "email") and _is_path(running, one.value)):
        values = running.ask([tuple(one.value.split("."))], ids)
        return {id: _behind(organisation, one.kind, found[0]) for id, found in values.items()}
    everybody = list(_of_company(organisation, one))
    return dict.fromkeys(ids, everybody)


def _is_path(running: Running, value: str) -> bool:
    model = running.caller.model.objects.get(running.automation.object or "")
    return model is not None and value.partition(".")[0] in model.fields


def _behind(organisation: Organisation, kind: str, value: object) -> list[str]:
    """Whom the value at the end of a path means."""
    if not isinstance(value, str) or not value:
        return []
    if kind != "department_head":
        return [value]
    person = organisation.people.get(value)
    department = person.department if person is not None else value
    known = organisation.departments.get(department or "")
    return [known.head] if known is not None and known.head else []


def _of_company(organisation: Organisation, one: Recipient) -> Iterable[str]:
    """Whom a name means, whatever the record."""
    if one.kind == "email":
        return [one.value]
    people = organisation.people
    if one.kind == "user":
        return [p.id for p in people.values() if (p.email or "").lower() == one.value.lower()]
    if one.kind == "permission_set":
        now = dt.datetime.now(dt.UTC)
        return [p for p in people if one.value in organisation.permission_sets(p, now)]
    if one.kind == "team":
        teams = [id for id, name in organisation.teams.items() if name == one.value]
        return [user for team in teams for user in organisation.members.get(team, ())]
    departments = [d for d in organisation.departments.values() if d.name == one.value]
    if one.kind == "department_head":
        return [d.head for d in departments if d.head]
    wanted = {d.id for d in departments}
    return [p for p in people if wanted.intersection(organisation.departments_of(p))]


def _in_role(running: Running, organisation: Organisation, role: str, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    values = {"object": running.automation.object, "ids": array_text(ids), "role": role}
    for record, subject in running.tx.rows(_ROLE, values):
        users = organisation.members.get(subject)
        if users is None:
            inside = subject in organisation.departments
            users = (
                {p: None for p in organisation.people if subject in organisation.departments_of(p)}
                if inside
                else {subject: None}
            )
        found.setdefault(record, []).extend(users)
    return found


def _is_active(organisation: Organisation, user: str) -> bool:
    person = organisation.people.get(user)
    return person is not None and person.active
