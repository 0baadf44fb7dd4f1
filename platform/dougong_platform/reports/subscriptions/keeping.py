"""Subscriptions: set up, changed, paused, ended, sent now; and left by those who get them. Called by the API and the
screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dougong_platform.errors import NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import put, ring
from dougong_platform.query.single import uuid_text
from dougong_platform.reports.subscriptions import of_reports
from dougong_platform.reports.subscriptions.checking import MOST, checked, refusal
from dougong_platform.reports.subscriptions.clock import TOPIC
from dougong_platform.reports.subscriptions.schedule import Schedule
from dougong_platform.reports.subscriptions.sources import source_of
from dougong_platform.reports.subscriptions.stored import (
    SET,
    USER,
    Recipient,
    Subscription,
    insert,
    read,
    read_one,
    update,
)
from dougong_tenants import Database, Tenant, TenantTransaction, audit, json_parameter, new_id

__all__ = ["change", "create", "find", "leave", "list_for", "of_reports", "remove", "send_now"]
_CONCERNS = (
    "(s.owner = %(user)s::uuid or s.recipients @> %(me)s::jsonb or exists (select from"
    " jsonb_array_elements(s.recipients) r where (r ->> 'kind') || ':' || (r ->> 'id') = any(%(sets)s::text[])))"
    " and (%(kind)s::text is null or s.kind = %(kind)s) and (%(key)s::text is null or s.key = %(key)s)"
    " order by s.owner <> %(user)s::uuid, s.created_at, s.id limit 500"
)
_NOW = "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"


def create(caller: Caller, kind: str, key: str, given: Mapping[str, Any]) -> Subscription:
    """Have something sent: {recipients, cadence, hour, weekday, day, filters, only_if}; to oneself unless others are
    named. It is tried out once. Raises NotFound for what the caller may not see, RecordsInvalid, BadRequest."""
    source_of(kind).label(caller, key)
    blank = Subscription(str(new_id()), kind, key, caller.user, (), Schedule("daily", 8), {}, None)
    made = checked(caller, blank, {"recipients": [{"kind": USER, "id": caller.user}], **given})
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        ((count,),) = tx.rows(
            "select count(*) from _report_subscription where owner = %(user)s::uuid", {"user": caller.user}
        )
        if count >= MOST:
            raise RecordsInvalid([refusal(caller, None, "too_many")])
        made = _timed(tx, replace(made, zone=caller.timezone))
        _note(caller, tx, made, None)
        insert(tx, caller.tenant, made)
    return find(caller, made.id)


def change(caller: Caller, id: str, given: Mapping[str, Any]) -> Subscription:
    """Change what is given, `active` too (paused ones have no due time). Raises NotFound and as `create`."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        before = _own(caller, tx, id)
    made = checked(caller, before, given)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        now = _own(caller, tx, id, lock=True)
        named = {one.id for one in made.recipients if one not in now.recipients}
        made = replace(
            made,
            gone=tuple(user for user in now.gone if user not in named),
            told={user: why for user, why in now.told.items() if user not in named},
            last_error=None,
            zone=now.zone,
            next_at=now.next_at,
        )
        again = made.active and (made.schedule != now.schedule or not now.active or now.next_at is None)
        made = _timed(tx, made) if again else replace(made, next_at=made.next_at if made.active else None)
        _note(caller, tx, made, now)
        update(tx, caller.tenant, made)
    return find(caller, made.id)


def remove(caller: Caller, id: str) -> Subscription:
    """End one's own. Raises NotFound."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = _own(caller, tx, id, lock=True)
        tx.execute("delete from _report_subscription where id = %(id)s::uuid", {"id": found.id})
        audit.note(tx, "report_subscription.removed", actor=caller.user, **_about(found))
    return found


def send_now(caller: Caller, id: str) -> None:
    """Send one's own at once, to all who get it, paused or not; its due times stay. Raises NotFound."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = _own(caller, tx, id, lock=True)
        put(tx, TOPIC, {"subscription": found.id, "due": f"by hand {new_id()}", "by": caller.user})
    ring(caller.tenant.name)


def find(caller: Caller, id: str) -> Subscription:
    """One's own. Raises NotFound."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        return _own(caller, tx, id)


def list_for(caller: Caller, kind: str | None = None, key: str | None = None) -> list[Subscription]:
    """One's own and those by which one gets something, of one report or dashboard or of all."""
    names = [f"{SET}:{name}" for name in caller.rights.names]
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        return read(
            tx,
            caller.tenant,
            _CONCERNS,
            {
                "user": caller.user,
                "me": json_parameter([{"kind": USER, "id": caller.user}]),
                "sets": "{" + ",".join(names) + "}",
                "kind": kind,
                "key": key,
            },
        )


def leave(database: Database, tenant: Tenant, id: str, user: str, *, back: bool = False) -> Subscription | None:
    """Somebody gets it no more (or, `back`, again); the subscription, None where there is none."""
    known = uuid_text(id)
    with database.transaction(tenant) as tx:
        found = read_one(tx, tenant, known, lock=True) if known else None
        if found is None:
            return None
        gone = tuple(one for one in found.gone if one != user) + (() if back else (user,))
        tx.execute(
            "update _report_subscription set gone = %(gone)s::jsonb where id = %(id)s::uuid",
            {"id": found.id, "gone": json_parameter(list(gone))},
        )
    return replace(found, gone=gone)


def _own(caller: Caller, tx: TenantTransaction, id: str, *, lock: bool = False) -> Subscription:
    known = uuid_text(id)
    found = read_one(tx, caller.tenant, known, lock=lock) if known else None
    if found is None or found.owner != caller.user:
        raise NotFound
    return found


def _timed(tx: TenantTransaction, one: Subscription) -> Subscription:
    """With its next due time by the database's clock."""
    now = dt.datetime.fromisoformat(tx.rows(_NOW)[0][0])
    return replace(one, next_at=one.following(now) if one.active else None)


def _note(caller: Caller, tx: TenantTransaction, made: Subscription, before: Subscription | None) -> None:
    """Who has what sent to whom is noted as soon as anybody else gets it, or did."""
    alone = (Recipient(USER, caller.user),)
    if (before is None or before.recipients == made.recipients) and (before is not None or made.recipients == alone):
        return

    def said(one: Subscription | None) -> str | None:
        return None if one is None else ", ".join(f"{r.kind} {r.id}" for r in one.recipients)

    audit.note(
        tx,
        "report_subscription.kept",
        actor=caller.user,
        **_about(made),
        details={"changes": {"recipients": [said(before), said(made)]}},
    )


def _about(one: Subscription) -> dict[str, Any]:
    return {"target_kind": one.kind if uuid_text(one.key) is None else f"own_{one.kind}", "target": one.key}
