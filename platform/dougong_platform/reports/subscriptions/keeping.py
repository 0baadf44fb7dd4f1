"""Subscriptions: set up, changed, paused, ended, sent now, and the last of it taken back; and left by those who get
them. Called by the API and the screens. Who manages people looks after everybody's: lists, pauses and ends them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dougong_metadata.label import Label
from dougong_platform.errors import BadRequest, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import put, ring
from dougong_platform.query.single import uuid_text
from dougong_platform.reports.subscriptions import of_reports
from dougong_platform.reports.subscriptions.audience import stopped
from dougong_platform.reports.subscriptions.checking import MOST, checked, refusal
from dougong_platform.reports.subscriptions.clock import TOPIC
from dougong_platform.reports.subscriptions.schedule import Schedule
from dougong_platform.reports.subscriptions.sources import label_in, source_of
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

__all__ = [
    "change",
    "create",
    "find",
    "labels",
    "leave",
    "list_all",
    "list_for",
    "of_reports",
    "remove",
    "send_now",
    "undo",
]
_OF = "(%(kind)s::text is null or s.kind = %(kind)s) and (%(key)s::text is null or s.key = %(key)s)"
_CONCERNS = (
    "(s.owner = %(user)s::uuid or s.recipients @> %(me)s::jsonb or exists (select from"
    " jsonb_array_elements(s.recipients) r where (r ->> 'kind') || ':' || (r ->> 'id') = any(%(sets)s::text[])))"
    f" and {_OF} order by s.owner <> %(user)s::uuid, s.created_at, s.id limit 500"
)
_EVERYBODYS = _OF + " order by coalesce(o.active, false), o.name, s.created_at, s.id limit 2000"
_PUT_AWAY = "update _report_subscription set removed_at = now(), before = %(before)s::jsonb where id = %(id)s::uuid"
_COUNT = "select count(*) from _report_subscription where owner = %(user)s::uuid and removed_at is null"
_NOW = "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"


def create(caller: Caller, kind: str, key: str, given: Mapping[str, Any]) -> Subscription:
    """Have something sent: {recipients, cadence, hour, weekday, day, filters, only_if}; to oneself unless others are
    named. It is tried out once. Raises NotFound for what the caller may not see, RecordsInvalid, BadRequest."""
    source_of(kind).label(caller, key)
    blank = Subscription(str(new_id()), kind, key, caller.user, (), Schedule("daily", 8), {}, None)
    made = checked(caller, blank, {"recipients": [{"kind": USER, "id": caller.user}], **given})
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        _require_room(caller, tx, caller.user)
        made = _timed(tx, replace(made, zone=caller.timezone))
        _note(caller, tx, made, None)
        insert(tx, caller.tenant, made)
    return find(caller, made.id)


def change(caller: Caller, id: str, given: Mapping[str, Any]) -> Subscription:
    """Change what is given, `active` too (paused ones have no due time); of somebody else's, `active` alone. Raises
    NotFound, NotAllowed and as `create`."""
    before = find(caller, id)
    if before.owner != caller.user and given.keys() != {"active"}:
        raise NotAllowed
    made = checked(caller, before, given)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        now = _one(caller, tx, id, lock=True)
        named = {one.id for one in made.recipients if one not in now.recipients}
        gone = tuple(user for user in now.gone if user not in named)
        _write(caller, tx, replace(now.chosen(made.choices), gone=gone, before=_kept(caller, now, gone)), now)
        if now.owner != caller.user and now.active and not made.active:
            audit.note(tx, "report_subscription.stopped", actor=caller.user, **_about(now))
            stopped(tx, caller, now)
    ring(caller.tenant.name)
    return find(caller, made.id)


def remove(caller: Caller, id: str) -> Subscription:
    """End it; `undo` brings it back. Raises NotFound."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = _one(caller, tx, id, lock=True)
        before = _kept(caller, found, found.gone)
        tx.execute(_PUT_AWAY, {"id": found.id, "before": json_parameter(before)})
        audit.note(tx, "report_subscription.removed", actor=caller.user, **_about(found))
        if found.owner != caller.user:
            stopped(tx, caller, found)
    ring(caller.tenant.name)
    return found


def undo(caller: Caller, id: str) -> Subscription:
    """Take the last change back, or the removal: its own, or whatever was done to one's own. Raises NotFound,
    BadRequest where there is nothing to take back, RecordsInvalid."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        known = uuid_text(id)
        put_away = read_one(tx, caller.tenant, known, lock=True, removed=True) if known else None
        now = _allowed(caller, put_away or _one(caller, tx, id, lock=True))
        before = now.before
        if before is None or caller.user not in (now.owner, before["by"]):
            raise BadRequest(en="This cannot be taken back any more.", zh="此操作已无法撤销。")
        if put_away is not None:
            _require_room(caller, tx, now.owner)
        made = replace(now.chosen(before), gone=tuple(dict.fromkeys((*now.gone, *before["gone"]))), before=None)
        _write(caller, tx, made, now, again=put_away is not None)
    return find(caller, now.id)


def send_now(caller: Caller, id: str) -> None:
    """Send one's own at once, to all who get it, paused or not; its due times stay. Raises NotFound."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = _one(caller, tx, id, lock=True)
        if found.owner != caller.user:
            raise NotAllowed
        put(tx, TOPIC, {"subscription": found.id, "due": f"by hand {new_id()}", "by": caller.user})
    ring(caller.tenant.name)


def find(caller: Caller, id: str) -> Subscription:
    """One's own, or anybody's for who manages people. Raises NotFound."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        return _one(caller, tx, id)


def list_all(caller: Caller, kind: str | None = None, key: str | None = None) -> list[Subscription]:
    """Everybody's, first those whose owners have left. Raises NotAllowed."""
    if not manages(caller):
        raise NotAllowed
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        return read(tx, caller.tenant, _EVERYBODYS, {"kind": kind, "key": key})


def labels(caller: Caller, found: Sequence[Subscription]) -> dict[str, Label]:
    """{id: what is sent}, whoever may see it."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        return {one.id: label_in(tx, caller.model, one.kind, one.key) for one in found}


def manages(caller: Caller) -> bool:
    """Whether the caller looks after what others have sent."""
    return caller.holds("people")


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


def _one(caller: Caller, tx: TenantTransaction, id: str, *, lock: bool = False) -> Subscription:
    known = uuid_text(id)
    return _allowed(caller, read_one(tx, caller.tenant, known, lock=lock) if known else None)


def _allowed(caller: Caller, found: Subscription | None) -> Subscription:
    if found is None or (found.owner != caller.user and not manages(caller)):
        raise NotFound
    return found


def _kept(caller: Caller, now: Subscription, gone: Sequence[str]) -> dict[str, Any]:
    """What `undo` brings back: the choices, and those who had unsubscribed but are named again."""
    return {**now.choices, "gone": [user for user in now.gone if user not in gone], "by": caller.user}


def _write(
    caller: Caller, tx: TenantTransaction, made: Subscription, now: Subscription, *, again: bool = False
) -> None:
    """Write it with its next due time: a new one where that follows from what is changed, or `again`."""
    named = {one.id for one in made.recipients if one not in now.recipients}
    made = replace(made, told={user: why for user, why in now.told.items() if user not in named}, last_error=None)
    if again or made.schedule != now.schedule or not now.active or now.next_at is None:
        made = _timed(tx, made)
    _note(caller, tx, made, now)
    update(tx, caller.tenant, made if made.active else replace(made, next_at=None))


def _require_room(caller: Caller, tx: TenantTransaction, owner: str) -> None:
    ((count,),) = tx.rows(_COUNT, {"user": owner})
    if count >= MOST:
        raise RecordsInvalid([refusal(caller, None, "too_many")])


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
