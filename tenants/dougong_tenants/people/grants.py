"""Permission sets granted: to a user, to whoever is in a department (and below), or to whoever holds a position; for
good or from one moment until another. Called by the engine's API over people and by the screens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dougong_tenants.audit import note
from dougong_tenants.connection import Database, TenantTransaction
from dougong_tenants.errors import NoSuchPerson, PersonInvalid
from dougong_tenants.identifiers import new_id
from dougong_tenants.people.checks import check_exists, check_id, check_period, check_text
from dougong_tenants.people.direct_sets import an_administrator_stays
from dougong_tenants.people.noting import values_of
from dougong_tenants.people.rows import people_transaction, person_there, there
from dougong_tenants.tenant import Tenant

_LIST = """
select * from (
    select s.id, s.permission_set, s."user", u.name as user_name, null::uuid as department, null as department_name,
           false as below, null as title, s.departments, s.from_at, s.until_at, s.created_at, s.created_by
      from user_permission_set s join "user" u on u.id = s."user" and u.deleted_at is null
    union all
    select s.id, s.permission_set, null, null, s.department, d.name, s.below, s.title, s.departments, s.from_at,
           s.until_at, s.created_at, s.created_by
      from _permission_set_assignment s left join department d on d.id = s.department) g
 where (%(id)s::uuid is null or id = %(id)s::uuid)
   and (%(user)s::uuid is null or "user" = %(user)s::uuid)
   and (%(department)s::uuid is null or department = %(department)s::uuid)
   and (%(title)s::text is null or title = %(title)s)
   and (%(permission_set)s::text is null or permission_set = %(permission_set)s)
 order by permission_set, user_name, department_name, title, id
"""
_TO_USER = """
insert into user_permission_set (id, "user", permission_set, departments, from_at, until_at, created_by)
values (%(id)s, %(user)s, %(permission_set)s, %(departments)s::uuid[], %(from_at)s, %(until_at)s, %(by)s::uuid)
on conflict ("user", permission_set) do update
   set departments = excluded.departments, from_at = excluded.from_at, until_at = excluded.until_at
returning id
"""
_CHANGE = """
update _permission_set_assignment
   set below = %(below)s, departments = %(departments)s::uuid[], from_at = %(from_at)s, until_at = %(until_at)s
 where permission_set = %(permission_set)s and department is not distinct from %(department)s::uuid
   and title is not distinct from %(title)s returning id
"""
_ASSIGN = """
insert into _permission_set_assignment
       (id, permission_set, department, below, title, departments, from_at, until_at, created_by)
values (%(id)s, %(permission_set)s, %(department)s::uuid, %(below)s, %(title)s, %(departments)s::uuid[], %(from_at)s,
       %(until_at)s, %(by)s::uuid) returning id
"""


@dataclass(frozen=True, slots=True)
class GivenSet:
    """A grant as it is stored: to `user`, or to `department` (with those `below`), or to the position `title`.

    `departments`: whose records its scope `departments` means. Moments are ISO 8601 text. One that has ended stays
    listed until it is revoked.
    """

    id: str
    permission_set: str
    user: str | None
    user_name: str | None
    department: str | None
    department_name: str | None
    below: bool
    title: str | None
    departments: tuple[str, ...]
    from_at: str | None
    until_at: str | None
    created_at: str | None
    created_by: str | None


def grant(
    database: Database,
    tenant: Tenant,
    permission_set: str,
    *,
    user: str | None = None,
    department: str | None = None,
    below: bool = True,
    title: str | None = None,
    departments: Iterable[str] = (),
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    by: str | None = None,
) -> str:
    """Grant a set to exactly one of `user`, `department` (`below`: with those below it) and `title`; the grant's id.

    A second grant of the same set to the same one replaces dates and departments. Whether there is such a set is the
    caller's to know. Raises PersonInvalid, NoSuchPerson, LastAdministrator.
    """
    check_period(from_at, until_at)
    values = {
        "id": new_id(),
        "permission_set": check_text("permission_set", permission_set, 60, required=True),
        "user": check_id("user", user),
        "department": check_id("department", department),
        "below": below,
        "title": check_text("title", title),
        "departments": [check_id("departments", one) for one in dict.fromkeys(departments)] or None,
        "from_at": from_at,
        "until_at": until_at,
        "by": by,
    }
    if sum(values[key] is not None for key in ("user", "department", "title")) != 1:
        raise PersonInvalid(
            "user",
            "Name one of user, department and title.",
            "请在用户、部门与职位中指定其一（user、department、title）。",
        )
    with people_transaction(database, tenant) as tx:
        _check_links(tx, values)
        before = _of_same(tx, values)
        if values["user"] is not None:
            with an_administrator_stays(tx):
                ((made,),) = tx.rows(_TO_USER, values)
        else:
            ((made,),) = tx.rows(_CHANGE, values) or tx.rows(_ASSIGN, values)
        _note(tx, "permission_set.granted", _one(tx, str(made)), by, before)
    return str(made)


def revoke(database: Database, tenant: Tenant, id: str, *, by: str | None = None) -> None:
    """End a grant at once. Raises NoSuchPerson, LastAdministrator."""
    with people_transaction(database, tenant) as tx:
        _revoke(tx, _one(tx, id), by)


def revoke_from_department(tx: TenantTransaction, department: str, by: str | None) -> None:
    """What was granted to a department ends with it."""
    for found in _rows(tx, department=department):
        _revoke(tx, found, by)


def list_grants(
    database: Database,
    tenant: Tenant,
    *,
    id: str | None = None,
    user: str | None = None,
    department: str | None = None,
    title: str | None = None,
    permission_set: str | None = None,
) -> list[GivenSet]:
    """All grants, or those of one user, department, position or set; by set, then by name."""
    asked = {"id": id, "user": user, "department": department, "title": title, "permission_set": permission_set}
    _, rows = database.read(tenant, _LIST, asked, custom_plan=False)
    return [_given(row) for row in rows]


def get_grant(database: Database, tenant: Tenant, id: str) -> GivenSet:
    """One grant. Raises NoSuchPerson."""
    found = list_grants(database, tenant, id=check_id("id", id))
    if not found:
        raise NoSuchPerson(what="grant")
    return found[0]


def _revoke(tx: TenantTransaction, found: GivenSet, by: str | None) -> None:
    with an_administrator_stays(tx):
        tx.execute("delete from user_permission_set where id = %s::uuid", (found.id,))
        tx.execute("delete from _permission_set_assignment where id = %s::uuid", (found.id,))
    _note(tx, "permission_set.revoked", found, by)


def _check_links(tx: TenantTransaction, values: dict[str, Any]) -> None:
    if values["user"] is not None:
        person_there(tx, values["user"])
    if values["department"] is not None:
        there(tx, "department", values["department"])
    for one in values["departments"] or ():
        check_exists(tx, "departments", "department", one)


def _of_same(tx: TenantTransaction, values: dict[str, Any]) -> GivenSet | None:
    """The grant of the same set to the same one, which is about to be changed."""
    keys = ("user", "department", "title", "permission_set")
    found = _rows(tx, **{key: values[key] for key in keys})
    return found[0] if found else None


def _one(tx: TenantTransaction, id: str) -> GivenSet:
    found = _rows(tx, id=check_id("id", id))
    if not found:
        raise NoSuchPerson(what="grant")
    return found[0]


def _rows(tx: TenantTransaction, **asked: str | None) -> list[GivenSet]:
    nothing = dict.fromkeys(("id", "user", "department", "title", "permission_set"))
    return [_given(row) for row in tx.rows(_LIST, {**nothing, **asked})]


def _given(row: tuple[Any, ...]) -> GivenSet:
    return GivenSet(*(*row[:8], tuple(row[8] or ()), *row[9:]))


def _note(tx: TenantTransaction, action: str, one: GivenSet, by: str | None, before: GivenSet | None = None) -> None:
    kind = "user" if one.user else "department" if one.department else "position"
    details: dict[str, Any] = {"permission_sets": [one.permission_set]}
    if kind == "department":
        details["below"] = one.below
    if before is None:
        details |= {key: value for key, value in _terms(tx, one).items() if value}
    else:
        old, new = _terms(tx, before), _terms(tx, one)
        details["changes"] = {key: [old[key], new[key]] for key in new if old[key] != new[key]}
    about = {"target": one.user or one.department or one.title, "label": one.user_name or one.department_name}
    note(tx, action, actor=by, target_kind=kind, details=details, **about | {"label": about["label"] or one.title})


def _terms(tx: TenantTransaction, one: GivenSet) -> dict[str, Any]:
    names = [values_of(tx, "department", department, ()).get("name") for department in one.departments]
    return {"from_at": one.from_at, "until_at": one.until_at, "departments": names}
