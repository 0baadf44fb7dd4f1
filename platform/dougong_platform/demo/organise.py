"""Makes the people of a demo tenant from a pack's `demo/organisation.yaml`: departments and their heads, managers,
teams, queues, assistants, and permission sets by position, department or person. Called by `load`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dougong_tenants import Database, Tenant
from dougong_tenants.people import (
    add_assistant,
    create_department,
    create_queue,
    create_team,
    create_user,
    find_user,
    grant,
    set_further_departments,
    set_members,
    set_permission_sets,
    update_department,
    update_user,
)

PASSWORD = "dougong-demo"  # noqa: S105 - of every demo person who may sign in, printed beside the addresses


@dataclass
class People:
    """Ids by what the file calls them: users by e-mail, departments and teams by key, owners to draw by group."""

    users: dict[str, str] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)

    def add(self, id: str, groups: Mapping[str, int]) -> None:
        """Let `id` be drawn from each group as often as its weight says."""
        for group, weight in groups.items():
            self.groups.setdefault(group, []).extend([id] * weight)

    def subject(self, given: Mapping[str, str]) -> str:
        """The id of {user: e-mail}, {department: key} or {team: key}."""
        ((kind, name),) = given.items()
        known = {"user": self.users, "department": self.departments, "team": self.teams}
        return known[kind][name]


def organise(database: Database, tenant: Tenant, plan: Mapping[str, Any]) -> People:
    """Make everybody of the plan; the administrator made with the tenant is taken over."""
    made = People()
    for position, one in enumerate(plan["departments"]):
        values = {"name": one["name"], "parent": made.departments.get(one.get("parent", "")), "position": position}
        made.departments[one["key"]] = create_department(database, tenant, values)
    managers = dict(_managers(plan))
    for one in plan["people"]:
        made.users[one["email"]] = _person(database, tenant, one, made, managers.get(one["email"]))
        made.add(made.users[one["email"]], one.get("groups", {}))
    _appoint(database, tenant, plan, made, managers)
    _teams(database, tenant, plan, made)
    for one in plan.get("assistants", ()):
        served, assistant = made.users[one["of"]], made.users[one["assistant"]]
        add_assistant(database, tenant, served, assistant, until_at=until(one))
    _grants(database, tenant, plan, made)
    return made


def _appoint(
    database: Database, tenant: Tenant, plan: Mapping[str, Any], made: People, managers: Mapping[str, str]
) -> None:
    """Heads of departments, and managers who stand further down in the file than whom they manage."""
    emails = [one["email"] for one in plan["people"]]
    for one in plan["people"]:
        user, manager = made.users[one["email"]], managers.get(one["email"])
        if one.get("head"):
            update_department(database, tenant, made.departments[one["department"]], {"head": user})
        if manager is not None and emails.index(manager) > emails.index(one["email"]):
            update_user(database, tenant, user, {"manager": made.users[manager]})


def until(one: Mapping[str, Any]) -> datetime | None:
    """The moment `days` from now, None for what lasts."""
    return datetime.now(UTC) + timedelta(days=one["days"]) if "days" in one else None


def _managers(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(e-mail, manager's e-mail): the one named, or the head of the department or of the nearest one above."""
    heads = {one["department"]: one["email"] for one in plan["people"] if one.get("head")}
    parents = {one["key"]: one.get("parent") for one in plan["departments"]}
    for one in plan["people"]:
        if "manager" in one:
            yield one["email"], one["manager"]
            continue
        department: str | None = one["department"]
        while department is not None:
            head = heads.get(department)
            if head is not None and head != one["email"]:
                yield one["email"], head
                break
            department = parents[department]


def _person(database: Database, tenant: Tenant, one: Mapping[str, Any], made: People, manager: str | None) -> str:
    values = {name: one[name] for name in ("name", "title", "locale") if name in one}
    values |= {"department": made.departments[one["department"]], "manager": made.users.get(manager or "")}
    sets: Sequence[str] = one.get("sets", ())
    user = find_user(database, tenant, one["email"])
    if user is not None:
        update_user(database, tenant, user, values)
        set_permission_sets(database, tenant, user, sets)
    else:
        password = PASSWORD if one.get("login") else None
        given = {**values, "email": one["email"]}
        user = create_user(database, tenant, given, password=password, permission_sets=sets).id
    if "further" in one:
        set_further_departments(database, tenant, user, [made.departments[key] for key in one["further"]])
    return user


def _teams(database: Database, tenant: Tenant, plan: Mapping[str, Any], made: People) -> None:
    for one in plan.get("teams", ()):
        made.teams[one["key"]] = team = create_team(database, tenant, one["name"])
        set_members(database, tenant, team, {made.users[email]: role for email, role in one["members"].items()})
    for one in plan.get("queues", ()):
        made.add(create_queue(database, tenant, one["name"], team=made.teams[one["team"]]), one.get("groups", {}))


def _grants(database: Database, tenant: Tenant, plan: Mapping[str, Any], made: People) -> None:
    for one in plan.get("grants", ()):
        grant(
            database,
            tenant,
            one["set"],
            user=made.users[one["user"]] if "user" in one else None,
            department=made.departments[one["department"]] if "department" in one else None,
            title=one.get("title"),
            until_at=until(one),
        )
