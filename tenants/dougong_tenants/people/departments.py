"""Named actions on departments: a tree of them, each with a head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_tenants.audit import note
from dougong_tenants.connection import Database, TenantTransaction
from dougong_tenants.errors import PersonInvalid
from dougong_tenants.people.checks import check_exists, check_id, check_line, check_person, check_text
from dougong_tenants.people.grants import revoke_from_department
from dougong_tenants.people.noting import note_change, values_of
from dougong_tenants.people.rows import insert, mark_deleted, people_transaction, there, update
from dougong_tenants.tenant import Tenant


def create_department(database: Database, tenant: Tenant, values: Mapping[str, Any], *, by: str | None = None) -> str:
    """Create one from field values (`name` at least; parent, head, position, active); its id. Raises PersonInvalid."""
    checked = _check({"name": None, **values})
    with people_transaction(database, tenant) as tx:
        _check_links(tx, checked)
        made = insert(tx, "department", checked, by)
        about = {"label": checked["name"], "details": checked}
        note(tx, "people.department_created", actor=by, target_kind="department", target=made, **about)
        return made


def update_department(
    database: Database,
    tenant: Tenant,
    department: str,
    changes: Mapping[str, Any],
    *,
    by: str | None = None,
    version: int | None = None,
) -> int:
    """Change fields; a new `parent` moves it with all below. Raises PersonInvalid, CircularLine, NoSuchPerson."""
    checked = _check(changes)
    with people_transaction(database, tenant) as tx:
        _check_links(tx, checked)
        check_line(tx, "department", "parent", department, checked.get("parent"))
        before = values_of(tx, "department", department, checked)
        changed = update(tx, "department", department, checked, by, version)
        note_change(tx, "people.department_changed", "department", department, before, checked, by)
        return changed


def place_department(
    database: Database, tenant: Tenant, department: str, parent: str | None, index: int, *, by: str | None = None
) -> None:
    """Put it, with all below, under `parent` (None = at the top) as the child number `index`, counted from 0.

    Raises PersonInvalid, CircularLine, NoSuchPerson.
    """
    above = check_id("parent", parent)
    with people_transaction(database, tenant) as tx:
        there(tx, "department", department)
        check_exists(tx, "parent", "department", above)
        check_line(tx, "department", "parent", department, above)
        rows = tx.rows(
            "select id, position, parent from department where deleted_at is null and (id = %(id)s::uuid"
            " or parent is not distinct from %(parent)s::uuid) order by position, name, id",
            {"id": department, "parent": above},
        )
        present = values_of(tx, "department", department, ("parent",))
        note_change(tx, "people.department_changed", "department", department, present, {"parent": above}, by)
        order = [row for row in rows if row[0] != department]
        order[max(0, index) : max(0, index)] = [row for row in rows if row[0] == department]
        for position, (id, before, under) in enumerate(order):
            if position != before or under != above:
                update(tx, "department", id, {"position": position, "parent": above}, by)


def delete_department(database: Database, tenant: Tenant, department: str, *, by: str | None = None) -> None:
    """Delete an empty one; what was granted to it ends. Raises PersonInvalid while somebody is in it, NoSuchPerson."""
    with people_transaction(database, tenant) as tx:
        held = tx.rows(
            'select 1 from "user" where department = %(id)s::uuid and deleted_at is null union all'
            " select 1 from department where parent = %(id)s::uuid and deleted_at is null union all"
            ' select 1 from _user_department f join "user" u on u.id = f."user" and u.deleted_at is null'
            " where f.department = %(id)s::uuid limit 1",
            {"id": department},
        )
        if held:
            raise PersonInvalid("department", "There are people or departments in it.", "部门内还有人员或下级部门。")
        mark_deleted(tx, "department", department, by)
        revoke_from_department(tx, department, by)
        label = values_of(tx, "department", department, ()).get("name")
        note(tx, "people.department_deleted", actor=by, target_kind="department", target=department, label=label)


def _check(values: Mapping[str, Any]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        match name:
            case "name":
                checked[name] = check_text(name, value, required=True)
            case "parent" | "head":
                checked[name] = check_id(name, value)
            case "position" if isinstance(value, int) and abs(value) < 2**31:
                checked[name] = value
            case "active" if isinstance(value, bool):
                checked[name] = value
            case _:
                raise PersonInvalid(name, "A department cannot have this.", "部门没有此字段或其值不正确。")
    return checked


def _check_links(tx: TenantTransaction, checked: Mapping[str, Any]) -> None:
    check_exists(tx, "parent", "department", checked.get("parent"))
    check_person(tx, "head", checked.get("head"))
