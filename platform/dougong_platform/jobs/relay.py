"""Takes a tenant's due outbox rows and gives them to their handlers. Called by the worker's task, and by tests.

Several relays may work on one tenant: SKIP LOCKED gives each row to one of them.
"""

from __future__ import annotations

from typing import Any

import structlog

from dougong_metadata.errors import Fault
from dougong_platform.jobs.topics import EVENTS, GivenUp, Handler, Later, Work, handlers
from dougong_tenants import Database, Tenant, TenantTransaction, audit

BATCH = 20
_LONGEST_PAUSE = 3600  # seconds between two attempts
_TIMEOUT = 600_000  # milliseconds of one statement of a handler

_log = structlog.get_logger(__name__)

_TAKE = (
    "select id, topic, payload, at, attempts from _outbox where not dead and due <= now()"
    " order by due, id limit %(batch)s for update skip locked"
)
_FAILED = (
    "update _outbox set attempts = attempts + 1, failed = %(failed)s, dead = attempts + 1 >= %(allowed)s,"
    " due = now() + make_interval(secs => least(%(longest)s, power(2, attempts + 1))) where id = %(id)s"
)
_LEASE = "update _outbox set attempts = attempts + 1, due = now() + make_interval(secs => %(lease)s) where id = %(id)s"
_LATER = (
    "update _outbox set attempts = attempts - 1, due = now() + make_interval(secs => %(seconds)s) where id = %(id)s"
)
_SHARE = "insert into _outbox (at, topic, payload) select at, %(topic)s, payload from _outbox where id = %(id)s"
_DONE = "delete from _outbox where id = %(id)s"


def relay(database: Database, tenant: Tenant, *, rounds: int = 50) -> int:
    """Work off what is due, at most `rounds` batches; the number of rows that left the outbox."""
    with audit.under(via="job"):
        return _relay(database, tenant, rounds)


def _relay(database: Database, tenant: Tenant, rounds: int) -> int:
    done = 0
    for _ in range(rounds):
        outside: list[tuple[Work, Handler]] = []
        with database.transaction(tenant, statement_timeout=_TIMEOUT) as tx:
            rows = tx.rows(_TAKE, {"batch": BATCH})
            for row in rows:
                done += _dispatch(database, tenant, tx, row, outside)
        for work, handler in outside:
            done += _run_outside(work, handler)
        if not rows:
            break
    return done


def _dispatch(
    database: Database, tenant: Tenant, tx: TenantTransaction, row: tuple[Any, ...], outside: list[tuple[Work, Handler]]
) -> bool:
    """Run a row's handler within `tx`, or put it aside for later; True if the row left the outbox."""
    identifier, topic, payload, at, attempts = row
    known = handlers(topic)
    if len(known) > 1:
        for name in known:
            tx.execute(_SHARE, {"topic": f"{topic}>{name}", "id": identifier})
        tx.execute(_DONE, {"id": identifier})
        return False
    if not known:
        if topic in EVENTS:
            tx.execute(_DONE, {"id": identifier})
            return True
        _failed(tx, identifier, f"Nothing handles “{topic}”.", 8)
        return False
    handler = next(iter(known.values()))
    if attempts >= handler.attempts:  # its last attempt outside was cut off before it could say how it went
        _failed(tx, identifier, "The worker ended during the last attempt.", handler.attempts)
        return False
    work = Work(database, tenant, None if handler.outside else tx, identifier, topic, payload, at, attempts + 1)
    if handler.outside:
        tx.execute(_LEASE, {"id": identifier, "lease": handler.lease})
        outside.append((work, handler))
        return False
    return _run_inside(tx, work, handler)


def _run_inside(tx: TenantTransaction, work: Work, handler: Handler) -> bool:
    """Effect and deletion commit together; a failure undoes the effect alone."""
    tx.execute("savepoint work")
    try:
        handler.run(work)
        tx.execute(_DONE, {"id": work.id})
        tx.execute("release savepoint work")
        return True
    except Exception as problem:  # whatever a handler raises is noted and tried again
        if tx.connection.closed:
            raise
        tx.execute("rollback to savepoint work")
        _log_failure(work, problem)
        _failed(tx, work.id, _text(problem), handler.attempts)
        return False


def _run_outside(work: Work, handler: Handler) -> bool:
    """At least once: the row is deleted after the effect. If we die between the two, the lease runs out."""
    try:
        handler.run(work)
    except Later as wish:
        with work.database.transaction(work.tenant) as tx:
            tx.execute(_LATER, {"id": work.id, "seconds": wish.seconds})
        return False
    except Exception as problem:  # noqa: BLE001 - whatever a handler raises is noted and tried again
        _log_failure(work, problem)
        with work.database.transaction(work.tenant) as tx:
            tx.execute("update _outbox set attempts = attempts - 1 where id = %(id)s", {"id": work.id})
            _failed(tx, work.id, _text(problem), 0 if isinstance(problem, GivenUp) else handler.attempts)
        return False
    with work.database.transaction(work.tenant) as tx:
        tx.execute(_DONE, {"id": work.id})
    return True


def _failed(tx: TenantTransaction, identifier: int, text: str, allowed: int) -> None:
    values = {"id": identifier, "failed": text[:2000], "allowed": allowed, "longest": _LONGEST_PAUSE}
    tx.execute(_FAILED, values)


def _text(problem: Exception) -> str:
    if isinstance(problem, Fault):
        return f"{problem.code}: {problem.message('en')}"
    if isinstance(problem, GivenUp):
        return str(problem)
    return f"{type(problem).__name__}: {problem}"


def _log_failure(work: Work, problem: Exception) -> None:
    _log.warning(
        "job_failed", tenant=work.tenant.name, topic=work.topic, id=work.id, attempt=work.attempt, exc_info=problem
    )
