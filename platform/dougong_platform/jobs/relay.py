"""Takes a tenant's due outbox rows and gives them to their handlers. Called by the worker's tasks, and by tests.

Several relays may work on one tenant: SKIP LOCKED gives each row to one of them. A relay works for a slice of time and
then lets other tenants have their turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

import structlog

from dougong_metadata.errors import Fault
from dougong_platform.jobs import rows as outbox_rows
from dougong_platform.jobs.rows import Row
from dougong_platform.jobs.topics import EVENTS, NOW, OUTSIDE, GivenUp, Handler, Later, Missed, Work, handlers
from dougong_tenants import Database, Tenant, TenantTransaction, audit

# Rows of one transaction. Rows for outside would be leased together, and their leases run while others are called.
BATCH = {NOW: 50, OUTSIDE: 1}
_TIMEOUT = 600_000  # milliseconds of one statement of a handler
_UNKNOWN_ATTEMPTS = 8

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Worked:
    """What a slice did: `count` rows left the outbox; `more`: others are due; `moved`: lanes that got rows."""

    count: int = 0
    more: bool = False
    moved: set[str] = field(default_factory=set)


def relay(database: Database, tenant: Tenant, *, rounds: int = 50) -> int:
    """Work off what is due in all lanes, at most `rounds` batches; the number of rows that left the outbox."""
    return Slice(database, tenant, None).work(rounds=rounds).count


class Slice:
    """One relay's turn with one tenant: in one lane, or (None) in all of them, running everything itself."""

    def __init__(self, database: Database, tenant: Tenant, lane: str | None) -> None:
        self._database, self._tenant, self._lane = database, tenant, lane
        self._batch = BATCH.get(lane or NOW, 1)
        self._worked = Worked()
        self._until = float("inf")

    def work(self, *, seconds: float = float("inf"), rounds: int = 1_000_000) -> Worked:
        """Batch after batch until nothing is due or the time is over."""
        self._until = time.monotonic() + seconds
        after: tuple[str, int] | None = None
        with audit.under(via="job"):
            for _ in range(rounds):
                last, after = self._round(after)
                if last:
                    break
                if self._is_over:
                    self._worked.more = True
                    break
        return self._worked

    @property
    def _is_over(self) -> bool:
        return time.monotonic() >= self._until

    def _round(self, after: tuple[str, int] | None) -> tuple[bool, tuple[str, int] | None]:
        """One batch; whether it was the last for now, and the place of its last row."""
        with self._database.transaction(self._tenant, statement_timeout=_TIMEOUT) as tx:
            found = outbox_rows.take(tx, self._lane, self._batch, after)
            batch = _Batch(self._database, self._tenant, tx, self._lane)
            for topic, rows in groupby(found, key=lambda row: row.topic):
                batch.dispatch(topic, list(rows), lambda: self._is_over)
            batch.settle()
        self._worked.count += batch.count
        self._worked.moved |= batch.moved
        self._worked.more |= batch.left
        for work, handler in batch.outside:
            self._worked.count += run_outside(work, handler)
        full = len(found) == self._batch or batch.shared or self._lane is None
        return batch.left or not (found and full), ((found[-1].due, found[-1].id) if found else None)


class _Batch:
    """The rows of one transaction: those for the database are run in it, the others are put aside."""

    def __init__(self, database: Database, tenant: Tenant, tx: TenantTransaction, lane: str | None) -> None:
        self._database, self._tenant, self._tx, self._lane = database, tenant, tx, lane
        self._done: list[int] = []
        self._leased: list[tuple[int, int]] = []
        self._moving: dict[str, list[int]] = {}
        self.outside: list[tuple[Work, Handler]] = []
        self.count = 0
        self.left = self.shared = False  # rows for which there was no time; rows that were shared out

    @property
    def moved(self) -> set[str]:
        """Lanes that rows were moved to."""
        return set(self._moving)

    def dispatch(self, topic: str, rows: list[Row], is_over: Callable[[], bool]) -> None:
        """Give rows of one topic to their handlers. What there is no time for stays as it is."""
        known = handlers(topic)
        if len(known) > 1:
            self._share(topic, rows, known)
            return
        handler = next(iter(known.values()), None)
        if handler is None:
            self._unknown(topic, rows)
        elif self._lane is not None and handler.lane != self._lane:
            self._moving.setdefault(handler.lane, []).extend(row.id for row in rows)
        elif handler.outside:
            for row in rows:
                self._lease(row, handler)
        elif handler.many:
            self._run(rows, handler)
        else:
            for row in rows:
                if is_over() and (self.count or self._done):
                    self.left = True
                    return
                self._run([row], handler)

    def settle(self) -> None:
        """Delete what is done, lease and move the rest: one statement each, with the effects or not at all."""
        outbox_rows.delete(self._tx, self._done)
        outbox_rows.lease(self._tx, self._leased)
        for lane, ids in self._moving.items():
            outbox_rows.move(self._tx, ids, lane)

    def _share(self, topic: str, rows: list[Row], known: Mapping[str, Handler]) -> None:
        """Run each handler; one that fails or works elsewhere gets rows of its own, so that the others are done."""
        for name, handler in known.items():
            left = rows
            if handler.lane == NOW:
                parts = [rows] if handler.many else [[row] for row in rows]
                left = [row for part in parts if self._attempt(part, handler) is not None for row in part]
            if left:
                outbox_rows.share(self._tx, [row.id for row in left], f"{topic}>{name}")
                self.shared = True
        self._done += [row.id for row in rows]
        self.count += len(rows)

    def _unknown(self, topic: str, rows: list[Row]) -> None:
        for row in rows:
            if topic in EVENTS:
                self._done.append(row.id)
                self.count += 1
            else:
                pauses = [2.0**n for n in range(1, _UNKNOWN_ATTEMPTS)]
                outbox_rows.failed(self._tx, row.id, f"Nothing handles “{topic}”.", pauses)

    def _lease(self, row: Row, handler: Handler) -> None:
        if row.attempts >= handler.attempts:  # its last attempt outside was cut off before it could say how it went
            outbox_rows.failed(self._tx, row.id, "The worker ended during the last attempt.", handler.pauses)
            return
        self._leased.append((row.id, handler.lease))
        self.outside.append((self._work(row, None), handler))

    def _work(self, row: Row, tx: TenantTransaction | None) -> Work:
        attempt = row.attempts + 1
        return Work(self._database, self._tenant, tx, row.id, row.topic, row.payload, row.at, attempt)

    def _run(self, rows: list[Row], handler: Handler) -> None:
        """Effect and deletion commit together; a failure undoes the effect alone. Of many, each is then tried alone."""
        problem = self._attempt(rows, handler)
        if problem is None:
            self._done += [row.id for row in rows]
            self.count += len(rows)
        elif len(rows) > 1:
            for row in rows:
                self._run([row], handler)
        elif isinstance(problem, Later):
            outbox_rows.postpone(self._tx, rows[0].id, problem.seconds)
        else:
            _log_failure(self._work(rows[0], None), problem)
            outbox_rows.failed(self._tx, rows[0].id, told(problem), _pauses(problem, handler))

    def _attempt(self, rows: list[Row], handler: Handler) -> Exception | None:
        """What went wrong, with all effects undone; None if nothing did."""
        works = [self._work(row, self._tx) for row in rows]
        self._tx.execute("savepoint work")
        try:
            handler.run(works if handler.many else works[0])
            self._tx.execute("release savepoint work")
        except Exception as problem:  # whatever a handler raises is noted and tried again
            if self._tx.connection.closed:
                raise
            self._tx.together(("rollback to savepoint work", None), ("release savepoint work", None))
            return problem
        return None


def run_outside(work: Work, handler: Handler) -> bool:
    """At least once: the row is deleted after the effect. If we die between the two, the lease runs out."""
    try:
        handler.run(work)
    except Later as wish:
        with work.database.transaction(work.tenant) as tx:
            outbox_rows.postpone(tx, work.id, wish.seconds, counted=True)
        return False
    except Exception as problem:  # noqa: BLE001 - whatever a handler raises is noted and tried again
        _log_failure(work, problem)
        with work.database.transaction(work.tenant) as tx:
            outbox_rows.failed(tx, work.id, told(problem), _pauses(problem, handler), counted=True)
        return False
    with work.database.transaction(work.tenant) as tx:
        outbox_rows.delete(tx, [work.id])
    return True


def told(problem: Exception) -> str:
    """An exception as a dead letter shows it."""
    if isinstance(problem, Fault):
        return f"{problem.code}: {problem.message('en')}"
    if isinstance(problem, GivenUp | Missed):
        return str(problem)
    return f"{type(problem).__name__}: {problem}"


def _pauses(problem: Exception, handler: Handler) -> tuple[float, ...]:
    return () if isinstance(problem, GivenUp) else handler.pauses


def _log_failure(work: Work, problem: Exception) -> None:
    about = {"tenant": work.tenant.name, "topic": work.topic, "id": work.id, "attempt": work.attempt}
    if isinstance(problem, GivenUp | Missed):
        _log.info("job_failed", **about, problem=str(problem))
    else:
        _log.warning("job_failed", **about, exc_info=problem)
