"""Who acts for whom: an assistant reaches the records of the one he acts for as his own; two people may act for each
other. Called by the engine's API over people and by the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dougong_tenants.audit import note
from dougong_tenants.connection import Database, TenantTransaction
from dougong_tenants.errors import NoSuchPerson, PersonInvalid
from dougong_tenants.identifiers import new_id
from dougong_tenants.people.checks import check_id, check_period, check_person
from dougong_tenants.people.rows import people_transaction, person_there
from dougong_tenants.tenant import Tenant

_LIST = """
select a.id, a."user", u.name, a.assistant, b.name, a.from_at, a.until_at, a.created_at, a.created_by
  from _assistant a join "user" u on u.id = a."user" and u.deleted_at is null
  join "user" b on b.id = a.assistant and b.deleted_at is null
 where (%(id)s::uuid is null or a.id = %(id)s::uuid)
   and (%(user)s::uuid is null or %(user)s::uuid in (a."user", a.assistant))
 order by u.name, b.name, a.id
"""


@dataclass(frozen=True, slots=True)
class Assistance:
    """`assistant` acts for `user`, while it lasts. Moments are ISO 8601 text."""

    id: str
    user: str
    user_name: str
    assistant: str
    assistant_name: str
    from_at: str | None
    until_at: str | None
    created_at: str
    created_by: str | None


def add_assistant(
    database: Database,
    tenant: Tenant,
    user: str,
    assistant: str,
    *,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    by: str | None = None,
) -> str:
    """Let `assistant` act for `user`; the assistance's id. Raises PersonInvalid, NoSuchPerson."""
    check_period(from_at, until_at)
    acting, served = check_id("assistant", assistant), check_id("user", user)
    if acting is None or served is None:
        raise PersonInvalid("user" if served is None else "assistant", "This is required.", "此项必填。")
    if acting == served:
        raise PersonInvalid("assistant", "Nobody acts for himself.", "不能做自己的助理。")
    with people_transaction(database, tenant) as tx:
        person_there(tx, served)
        check_person(tx, "assistant", acting)
        made = tx.rows(
            'insert into _assistant (id, "user", assistant, from_at, until_at, created_by)'
            ' values (%s, %s, %s, %s, %s, %s) on conflict ("user", assistant) do nothing returning id',
            (new_id(), served, acting, from_at, until_at, by),
        )
        if not made:
            raise PersonInvalid("assistant", "He acts for this person already.", "已经是该人员的助理。")
        one = _one(tx, str(made[0][0]))
        _note(tx, "people.assistant_added", one, by, {"from_at": one.from_at, "until_at": one.until_at})
    return one.id


def change_assistant(
    database: Database,
    tenant: Tenant,
    id: str,
    *,
    from_at: datetime | None,
    until_at: datetime | None,
    by: str | None = None,
) -> None:
    """Give an assistance other dates (None: without). Raises PersonInvalid, NoSuchPerson."""
    check_period(from_at, until_at)
    with people_transaction(database, tenant) as tx:
        before = _one(tx, id)
        tx.execute(
            "update _assistant set from_at = %s, until_at = %s where id = %s::uuid", (from_at, until_at, before.id)
        )
        after = _one(tx, id)
        changes = {
            key: [getattr(before, key), getattr(after, key)]
            for key in ("from_at", "until_at")
            if getattr(before, key) != getattr(after, key)
        }
        if changes:
            _note(tx, "people.assistant_changed", after, by, {"changes": changes})


def remove_assistant(database: Database, tenant: Tenant, id: str, *, by: str | None = None) -> None:
    """He acts for that person no longer, at once. Raises NoSuchPerson."""
    with people_transaction(database, tenant) as tx:
        one = _one(tx, id)
        tx.execute("delete from _assistant where id = %s::uuid", (one.id,))
        _note(tx, "people.assistant_removed", one, by, {})


def list_assistants(
    database: Database, tenant: Tenant, *, user: str | None = None, id: str | None = None
) -> list[Assistance]:
    """All, or those in which `user` acts or is acted for; by name."""
    _, rows = database.read(tenant, _LIST, {"user": user, "id": id}, custom_plan=False)
    return [Assistance(*row) for row in rows]


def get_assistant(database: Database, tenant: Tenant, id: str) -> Assistance:
    """One. Raises NoSuchPerson."""
    found = list_assistants(database, tenant, id=check_id("id", id))
    if not found:
        raise NoSuchPerson(what="assistant")
    return found[0]


def _one(tx: TenantTransaction, id: str) -> Assistance:
    rows = tx.rows(_LIST, {"id": check_id("id", id), "user": None})
    if not rows:
        raise NoSuchPerson(what="assistant")
    return Assistance(*rows[0])


def _note(tx: TenantTransaction, action: str, one: Assistance, by: str | None, more: dict[str, object]) -> None:
    details = {"assistant": one.assistant, "assistant_name": one.assistant_name}
    details |= {key: value for key, value in more.items() if value}  # type: ignore[misc]  # texts, or the changes
    note(tx, action, actor=by, target_kind="user", target=one.user, label=one.user_name, details=details)
