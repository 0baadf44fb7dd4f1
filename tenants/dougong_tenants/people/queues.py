"""Queues: owners of records that are nobody's yet. A queue is a user row of its own kind, worked by the members of a
team, without an e-mail and without a way in. Called by the engine's API over people and by the screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_tenants.audit import note
from dougong_tenants.connection import Database, TenantTransaction
from dougong_tenants.errors import NoSuchPerson, PersonInvalid
from dougong_tenants.people.checks import check_exists, check_id, check_text
from dougong_tenants.people.noting import note_change, values_of
from dougong_tenants.people.rows import insert, people_transaction, update
from dougong_tenants.tenant import Tenant


def create_queue(
    database: Database, tenant: Tenant, name: str, *, team: str | None = None, by: str | None = None
) -> str:
    """Create a queue that `team` works; its id. Raises PersonInvalid (also for a name that is taken)."""
    checked = _check({"name": name, "team": team})
    with people_transaction(database, tenant) as tx:
        _check_rows(tx, checked)
        made = insert(tx, "user", {**checked, "kind": "queue"}, by)
        about = {"label": checked["name"], "details": checked}
        note(tx, "people.queue_created", actor=by, target_kind="user", target=made, **about)
    return made


def update_queue(
    database: Database,
    tenant: Tenant,
    queue: str,
    changes: Mapping[str, Any],
    *,
    by: str | None = None,
    version: int | None = None,
) -> int:
    """Change `name`, `team` or `active`; the new version. A queue that is not in use keeps its records, and its team
    works them on; it is no longer offered. Raises PersonInvalid, NoSuchPerson, PersonStale."""
    checked = _check(changes)
    with people_transaction(database, tenant) as tx:
        _there(tx, queue)
        _check_rows(tx, checked, queue)
        before = values_of(tx, "user", queue, checked)
        changed = update(tx, "user", queue, checked, by, version)
        action = "people.queue_changed"
        if checked.get("active", before.get("active")) != before.get("active"):
            action = "people.queue_activated" if checked["active"] else "people.queue_deactivated"
        note_change(tx, action, "user", queue, before, checked, by)
    return changed


def _check(values: Mapping[str, Any]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        match name:
            case "name":
                checked[name] = check_text(name, value, required=True)
            case "team":
                checked[name] = check_id(name, value)
            case "active" if isinstance(value, bool):
                checked[name] = value
            case _:
                raise PersonInvalid(name, "A queue cannot have this.", "队列没有此字段或其值不正确。")
    return checked


def _check_rows(tx: TenantTransaction, checked: Mapping[str, Any], queue: str | None = None) -> None:
    check_exists(tx, "team", "team", checked.get("team"))
    if "name" in checked and tx.rows(
        """select 1 from "user" where kind = 'queue' and name = %(name)s and deleted_at is null"""
        " and id is distinct from %(queue)s::uuid",
        {"name": checked["name"], "queue": queue},
    ):
        raise PersonInvalid("name", "There is already a queue of this name.", "已有同名队列。")


def _there(tx: TenantTransaction, queue: str) -> None:
    if not tx.rows("""select 1 from "user" where id = %s::uuid and kind = 'queue' and deleted_at is null""", (queue,)):
        raise NoSuchPerson(what="queue")
