"""Takes a hand-over back: from history, but not the records whose owner somebody changed since. Called by the steps
and the worker; safe to repeat after an interruption."""

from __future__ import annotations

from typing import Any

from dougong_metadata.errors import Fault
from dougong_platform.errors import CallerOutdated, Conflict
from dougong_platform.hand_overs import kept, store
from dougong_platform.hand_overs.run import again, audited, lock, mover
from dougong_platform.hand_overs.turns import receiver
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.records import undo, update
from dougong_tenants import Database, Tenant, TenantTransaction, audit
from dougong_tenants.people import take_back


class _Over(Exception):
    """Ends a transaction in which there is nothing left to do."""


def work_undo(database: Database, tenant: Tenant, identifier: str) -> None:
    """Give the records and the people's parts back."""
    with database.transaction(tenant, read_only=True) as tx:
        job = store.read(tx, identifier)
    if job.state != "undoing":
        return
    by = str(job.counts.get("undone_by") or job.created_by)
    left: list[dict[str, Any]] = []

    def records() -> bool:
        nonlocal left
        caller = mover(database, tenant, job, by, cause="undo")
        left = _from_history(caller, job, lambda: _touch(database, tenant, identifier))
        return True

    try:
        again(records)
        while again(lambda: _unremembered(database, tenant, job, by)):
            ring(tenant.name)
    except (CallerOutdated, Conflict):
        raise  # busy: the outbox or the sweep tries again
    except Fault as fault:
        _stop(database, tenant, identifier, fault)
        return
    _finish(database, tenant, job, by, left)


def _from_history(caller: Caller, job: store.HandOver, touch: Any) -> list[dict[str, Any]]:
    """The records that stayed as they are. Puts back the owners that history remembers."""
    result = undo(caller, job.id, fields=("owner",), progress=lambda _: touch())
    stayed = [one for one in result.records if not one.ok and one.id is not None]
    objects = _objects_of(caller, job, [one.id for one in stayed if one.id is not None])
    return [
        {
            "object": objects.get(str(one.id), ""),
            "record": one.id,
            "code": one.errors[0].code,
            "message": None
            if one.errors[0].code == "changed_since"
            else " ".join(error.message for error in one.errors),
        }
        for one in stayed
    ]


def _objects_of(caller: Caller, job: store.HandOver, records: list[str]) -> dict[str, str]:
    if not records:
        return {}
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        rows = tx.rows(
            "select record, object from (select unnest(records) as record, object from _hand_over_batch"
            " where hand_over = %(id)s::uuid) r where record = any(%(records)s::uuid[])",
            {"id": job.id, "records": "{" + ",".join(records) + "}"},
        )
    return dict(rows)


def _unremembered(database: Database, tenant: Tenant, job: store.HandOver, by: str) -> bool:
    """A batch of an object without history: what is still its receiver's goes back. Whether there was one to do."""
    caller = mover(database, tenant, job, by, cause="undo")
    silent = [name for name, one in caller.model.objects.items() if not one.history]
    with database.transaction(tenant, statement_timeout=300_000) as tx:
        store.read(tx, job.id, lock=True)
        batch = store.next_batch(tx, job.id, "done", silent)
        if batch is None:
            return False
        left = _give_back(caller, tx, job, batch)
        store.leave(tx, job.id, "undo", left)
        store.close(tx, job.id, batch.number, "undone")
    return True


def _give_back(caller: Caller, tx: TenantTransaction, job: store.HandOver, batch: store.Batch) -> list[dict[str, Any]]:
    kept = {
        row[0]
        for row in tx.rows(
            "select record from _hand_over_left where hand_over = %(id)s::uuid and phase = 'run'"
            " and object = %(object)s and record = any(%(records)s::uuid[])",
            {"id": job.id, "object": batch.object, "records": "{" + ",".join(batch.records) + "}"},
        )
    }
    to: dict[str, list[str]] = {}
    for i, id in enumerate(batch.records):
        if id not in kept:
            to.setdefault(receiver(batch.receivers, batch.place + i), []).append(id)
    back = sorted(id for user, ids in to.items() for id in lock(caller, tx, batch.object, ids, user))
    rows = [{"id": id, "owner": job.from_user} for id in back]
    result = update(caller, batch.object, rows, atomic=False, tx=tx).records if rows else []
    left = [
        {"object": batch.object, "record": id, "code": "changed_since", "message": None}
        for ids in to.values()
        for id in ids
        if id not in set(back)
    ]
    for one in result:
        if not one.ok:
            said = " ".join(error.message for error in one.errors)
            left.append(
                {"object": batch.object, "record": back[one.index], "code": one.errors[0].code, "message": said}
            )
    return left


def _finish(database: Database, tenant: Tenant, job: store.HandOver, by: str, left: list[dict[str, Any]]) -> None:
    def note(tx: TenantTransaction, back: dict[str, Any]) -> None:
        now = store.read(tx, job.id, lock=True)
        if now.state != "undoing":
            raise _Over
        kept.take_back(tx, tenant, job.moved or {}, job.from_user)
        store.leave(tx, job.id, "undo", left)
        stayed = len(store.left_of(tx, job.id, "undo", limit=1_000_000))
        undone = int(now.counts.get("moved", 0)) - stayed
        counts = {"undone": undone, "left": stayed, "people_left": back.get("left", [])}
        store.change(tx, job.id, state="undone", undone_at=True, counts=counts)
        told = audited(now, by)
        audit.note(tx, "hand_over.undone", **{**told, "details": {**told["details"], "undone": undone, "left": stayed}})

    try:
        if job.moved:
            take_back(database, tenant, job.from_user, job.moved, by=by, note=note)
        else:
            with database.transaction(tenant) as tx:
                note(tx, {})
    except _Over:
        pass


def _touch(database: Database, tenant: Tenant, identifier: str) -> None:
    with database.transaction(tenant) as tx:
        store.change(tx, identifier)
    ring(tenant.name)


def _stop(database: Database, tenant: Tenant, identifier: str, fault: Fault) -> None:
    """What was taken back stays taken back; it can be tried again."""
    with database.transaction(tenant) as tx:
        if store.read(tx, identifier, lock=True).state == "undoing":
            problem = {"code": fault.code, "en": fault.message("en"), "zh": fault.message("zh")}
            store.change(tx, identifier, state="failed", problem=problem)
