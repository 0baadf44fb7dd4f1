"""Works off a hand-over's batches, each in one transaction with its done-mark. Called by the steps and the worker.

One worker at a time holds the hand-over's row; another waits for it and finds the batch done. Killed anywhere, the
batch in work is rolled back and done again by whoever comes next, and no record is moved twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from psycopg import errors

from dougong_metadata.errors import Fault
from dougong_platform.access import rights_for
from dougong_platform.errors import CallerOutdated, Conflict
from dougong_platform.hand_overs import kept, store
from dougong_platform.hand_overs.plan import SUCCEEDED
from dougong_platform.hand_overs.turns import receiver
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.people.acting import acting_as
from dougong_platform.records import update
from dougong_platform.records.statement import quoted
from dougong_tenants import ADMINISTRATOR, Database, Tenant, TenantTransaction, audit
from dougong_tenants.people import succeed
from dougong_tenants.sign_in import end_other_sessions
from dougong_tenants.tokens import list_tokens, revoke

CAUSE = "hand_over"
_ATTEMPTS = 5
_log = structlog.get_logger(__name__)
Left = list[dict[str, Any]]


class _Over(Exception):
    """Ends a transaction in which there is nothing left to do."""


def work(
    database: Database, tenant: Tenant, identifier: str, progress: Callable[[store.HandOver], None] | None = None
) -> None:
    """Do batches until none is left, then the people's parts; safe to repeat and to run twice at once."""
    try:
        while again(lambda: _batch(database, tenant, identifier, progress)):
            ring(tenant.name)  # for the events that the batch left in the outbox
        _finish(database, tenant, identifier)
    except (CallerOutdated, Conflict):
        raise  # busy: the outbox or the sweep tries again
    except Fault as fault:
        _fail(database, tenant, identifier, fault)


def again(step: Callable[[], bool]) -> bool:
    """The step's answer; repeated if a release was published in between or a race was lost."""
    for attempt in range(_ATTEMPTS):
        try:
            return step()
        except (CallerOutdated, Conflict):
            if attempt + 1 == _ATTEMPTS:
                raise
        except errors.DeadlockDetected as race:
            if attempt + 1 == _ATTEMPTS:
                raise Conflict from race
    raise AssertionError("the loop returns or raises")


def mover(database: Database, tenant: Tenant, job: store.HandOver, by: str, cause: str = CAUSE) -> Caller:
    """Who writes: the person in whose name it is done, with all rights on records, for `people` is what was asked."""
    caller = acting_as(database, tenant, by, cause=cause, cause_ref=job.id)
    return replace(caller, rights=rights_for(caller.model, (ADMINISTRATOR,), True))


def _batch(
    database: Database, tenant: Tenant, identifier: str, progress: Callable[[store.HandOver], None] | None
) -> bool:
    """Whether there was one to do."""
    with database.transaction(tenant, read_only=True) as tx:
        job = store.read(tx, identifier)
    if job.state not in ("planned", "running"):
        return False
    caller = mover(database, tenant, job, job.created_by)
    with database.transaction(tenant, statement_timeout=300_000) as tx:
        job = store.read(tx, identifier, lock=True)
        batch = store.next_batch(tx, identifier) if job.state in ("planned", "running") else None
        if batch is None:
            return False
        left, refused = _move(caller, tx, job, batch)
        store.leave(tx, identifier, "run", left)
        store.close(
            tx,
            identifier,
            batch.number,
            moved=len(batch.records) - len(left),
            passed=len(left) - refused,
            refused=refused,
        )
        if job.state == "planned":
            store.change(tx, identifier, state="running")
        after = store.read(tx, identifier)
    if progress is not None:
        progress(after)
    return True


def _move(caller: Caller, tx: TenantTransaction, job: store.HandOver, batch: store.Batch) -> tuple[Left, int]:
    """(what stayed, how many of those the write path refused)."""
    if batch.object not in caller.model.objects:
        caller.verify(tx.entry)
        return [_left(batch.object, id, "object_gone") for id in batch.records], 0
    place = {id: batch.place + i for i, id in enumerate(batch.records)}
    ids = lock(caller, tx, batch.object, batch.records, job.from_user)
    left = _passed(caller, tx, batch, set(ids))
    rows = [{"id": id, "owner": receiver(batch.receivers, place[id])} for id in ids]
    if not rows:
        return left, 0
    result = update(caller, batch.object, rows, atomic=False, tx=tx)
    refused = [
        _left(batch.object, ids[one.index], one.errors[0].code, " ".join(e.message for e in one.errors))
        for one in result.records
        if not one.ok
    ]
    return left + refused, len(refused)


def lock(caller: Caller, tx: TenantTransaction, object: str, records: Sequence[str], owner: str) -> list[str]:
    """Those of the records that are live and this owner's, locked in the order of ids as every write does."""
    names = caller.release.catalogue
    rows = tx.rows(
        f"select id from {quoted(names.table(object))} where id = any(%(ids)s::uuid[]) and deleted_at is null"
        f" and {quoted(names.column(object, 'owner'))} = %(owner)s::uuid order by id for no key update",
        {"ids": "{" + ",".join(records) + "}", "owner": owner},
    )
    return [row[0] for row in rows]


def _passed(caller: Caller, tx: TenantTransaction, batch: store.Batch, going: set[str]) -> Left:
    """The records that somebody deleted or gave away after they were written down."""
    others = [id for id in batch.records if id not in going]
    if not others:
        return []
    rows = tx.rows(
        f"select id, deleted_at is not null from {quoted(caller.release.catalogue.table(batch.object))}"
        " where id = any(%(ids)s::uuid[])",
        {"ids": "{" + ",".join(others) + "}"},
    )
    deleted: dict[str, bool] = dict(rows)
    codes = {True: "in_bin", False: "new_owner", None: "gone"}
    return [_left(batch.object, id, codes[deleted.get(id)]) for id in others]


def _left(object: str, record: str, code: str, message: str | None = None) -> dict[str, Any]:
    return {"object": object, "record": record, "code": code, "message": message}


def _finish(database: Database, tenant: Tenant, identifier: str) -> None:
    """The people's parts, once no batch is left, in one transaction with the state done."""
    with database.transaction(tenant, read_only=True) as tx:
        job = store.read(tx, identifier)
    if job.state not in ("planned", "running"):
        return
    _end_access(database, tenant, job)

    def note(tx: TenantTransaction, moved: dict[str, Any]) -> None:
        now = store.read(tx, identifier, lock=True)
        if now.state not in ("planned", "running") or store.next_batch(tx, identifier) is not None:
            raise _Over
        if job.people.get("documents"):
            moved = {**moved, **kept.give(tx, tenant, job.from_user, job.people["successor"])}
        store.change(tx, identifier, state="done", moved=moved, finished_at=True)
        audit.note(tx, "hand_over.done", **audited(now, now.created_by))

    try:
        parts = {part: bool(job.people.get(part)) for part in SUCCEEDED}
        if any(parts.values()):
            succeed(database, tenant, job.from_user, job.people["successor"], parts, by=job.created_by, note=note)
        else:
            with database.transaction(tenant) as tx:
                note(tx, {})
    except _Over:
        pass


def _end_access(database: Database, tenant: Tenant, job: store.HandOver) -> None:
    """Tokens and sign-ins do not go to anybody: they end. Ending them twice does no harm."""
    if job.people.get("tokens"):
        for token in list_tokens(database, tenant, job.from_user):
            if token.revoked_at is None:
                revoke(database, tenant, token.id, user=job.from_user)
    if job.people.get("sessions"):
        end_other_sessions(database, tenant, job.from_user)


def audited(job: store.HandOver, by: str) -> dict[str, Any]:
    """What the audit log says of it."""
    counts = {name: job.counts[name] for name in ("moved", "passed", "refused") if name in job.counts}
    return {
        "actor": by,
        "target_kind": "user",
        "target": job.from_user,
        "label": job.from_name,
        "details": {"hand_over": job.id, "to": job.to_users, "records": job.total, **counts},
    }


def _fail(database: Database, tenant: Tenant, identifier: str, fault: Fault) -> None:
    """What was moved stays and can be undone; a new hand-over takes the rest."""
    _log.warning("hand_over_failed", tenant=tenant.name, id=identifier, code=fault.code)
    with database.transaction(tenant) as tx:
        job = store.read(tx, identifier, lock=True)
        if job.state in ("planned", "running"):
            problem = {"code": fault.code, "en": fault.message("en"), "zh": fault.message("zh")}
            store.change(tx, identifier, state="failed", problem=problem, finished_at=True)
