"""Users, departments and teams as those see them who look after people; called by the screens. Needs no field rights:
whoever calls has asked for the system right `people`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import held_sets, organisation_for
from dougong_platform.query.single import uuid_text

PAGE = 50

_USERS = """
with recursive below(id) as (
    select id from department where id = %(department)s::uuid
    union select d.id from department d join below on d.parent = below.id where d.deleted_at is null)
select u.id, u.name, u.email, u.title, u.active, d.name, u.manager, m.name,
       count(*) over ()
  from "user" u left join department d on d.id = u.department left join "user" m on m.id = u.manager
 where u.deleted_at is null and u.kind = 'person' and (%(active)s::boolean is null or u.active = %(active)s)
   and (%(department)s::uuid is null or u.department in (select id from below) or u.id in (
        select f."user" from _user_department f where f.department in (select id from below)))
   and (%(words)s = '' or position(lower(%(words)s) in
        lower(concat_ws(' ', u.name, u.email, u.phone, u.title))) > 0)
 order by not u.active, sort_key(u.name), u.id limit %(limit)s offset %(offset)s
"""
_USER = """
select u.id, u.version, u.name, u.email, u.phone, u.title, u.department, d.name, u.manager, m.name, u.active, u.locale,
       u.timezone, u.created_at,
       array(select f.department from _user_department f join department d on d.id = f.department
              where f."user" = u.id and d.deleted_at is null order by d.position, d.name),
       (select count(*) from "user" r where r.manager = u.id and r.active and r.deleted_at is null)
  from "user" u left join department d on d.id = u.department left join "user" m on m.id = u.manager
 where u.id = %(user)s::uuid and u.deleted_at is null and u.kind = 'person'
"""
_USER_KEYS = (
    *("id", "version", "name", "email", "phone", "title", "department", "department_name", "manager", "manager_name"),
    *("active", "locale", "timezone", "created_at", "further_departments", "reports"),
)
_DEPARTMENTS = """
select d.id, d.version, d.name, d.parent, d.head, h.name, d.active,
       (select count(*) from "user" u where u.active and u.deleted_at is null and (u.department = d.id or exists (
               select from _user_department f where f."user" = u.id and f.department = d.id)))
  from department d left join "user" h on h.id = d.head
 where d.deleted_at is null order by d.position, d.name, d.id
"""
_TEAMS = """
select t.id, t.version, t.name, coalesce((
       select jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name, 'title', u.title, 'active', u.active,
                                           'role', m.role) order by sort_key(u.name), u.id)
         from team_member m join "user" u on u.id = m."user" and u.deleted_at is null
        where m.team = t.id and m.deleted_at is null), '[]')
  from team t where t.deleted_at is null order by sort_key(t.name), t.id
"""


@dataclass(frozen=True, slots=True)
class UserLine:
    """`permission_sets`: all that reach him now, directly, by department or by position."""

    id: str
    name: str
    email: str
    title: str | None
    active: bool
    department: str | None
    manager: str | None
    manager_name: str | None
    permission_sets: list[str]


@dataclass(frozen=True, slots=True)
class Department:
    """`people`: active users directly in it, also beside their own one; `depth`: 0 at the top; `below`: ids of its
    children, in order."""

    id: str
    version: int
    name: str
    parent: str | None
    head: str | None
    head_name: str | None
    active: bool
    people: int
    depth: int
    below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """`members`: mappings of id, name, title, active and role, by name."""

    id: str
    version: int
    name: str
    members: list[dict[str, Any]]


def users(
    caller: Caller, words: str = "", department: str | None = None, active: bool | None = None, offset: int = 0
) -> tuple[list[UserLine], int]:
    """A page of users by name, the active first, and how many there are in all.

    `words` are looked for in name, e-mail, phone and title; `department` counts with all below it.
    """
    given = {
        "words": words.encode("utf-8", "replace").decode().replace("\0", "").strip()[:200],
        "department": department and uuid_text(department),
        "active": active,
        "limit": PAGE,
        "offset": max(0, min(offset, 1_000_000)),
    }
    rows = _read(caller, _USERS, given)
    known = organisation_for(caller) if rows else None
    now = dt.datetime.now(dt.UTC)
    lines = [UserLine(*(*row[:-1], list(known.permission_sets(row[0], now)))) for row in rows if known is not None]
    return lines, int(rows[0][-1]) if rows else 0


def one_user(caller: Caller, user: str) -> dict[str, Any]:
    """All of a user, with the names behind links, "permission_sets" (all that reach him now), "further_departments"
    (ids) and "reports" (how many he manages). No queue.

    Raises NotFound.
    """
    id = uuid_text(user)
    rows = _read(caller, _USER, {"user": id}) if id else []
    if not rows:
        raise NotFound
    found = dict(zip(_USER_KEYS, rows[0], strict=True))
    return found | {"permission_sets": list(held_sets(caller, found["id"]))}


def user_names(caller: Caller) -> dict[str, str]:
    """{user id: name} of all users, those who left too."""
    return dict(_read(caller, 'select id, name from "user" where deleted_at is null'))


def departments(caller: Caller) -> list[Department]:
    """The tree, each department before those below it. One whose parent is gone stands at the top."""
    rows = {row[0]: row for row in _read(caller, _DEPARTMENTS)}
    below: dict[str | None, list[str]] = {}
    for id, row in rows.items():
        below.setdefault(row[3] if row[3] in rows else None, []).append(id)
    found: list[Department] = []
    waiting = [(id, 0) for id in reversed(below.get(None, []))]
    while waiting:
        id, depth = waiting.pop()
        children = below.get(id, [])
        found.append(Department(*(*rows[id], depth, tuple(children))))
        waiting.extend((child, depth + 1) for child in reversed(children))
    return found


def teams(caller: Caller) -> list[Team]:
    """All teams with their members."""
    return [Team(*row) for row in _read(caller, _TEAMS)]


def _read(caller: Caller, sql: str, params: dict[str, Any] | None = None) -> list[Any]:
    entry, rows = caller.database.read(caller.tenant, sql, params)
    caller.verify(entry)
    return rows
