"""What people do about jobs that failed: run them again, one or all, or delete them, noted in the audit log.

Called by the API, the page and the command line.
"""

from __future__ import annotations

from dougong_platform.errors import NotFound
from dougong_platform.jobs import board
from dougong_platform.jobs.queue import ring
from dougong_platform.jobs.wording import label_of
from dougong_tenants import Database, Tenant, TenantTransaction, audit

LONGEST_ID = 2**63 - 1
_AGAIN = """
update _outbox set dead = false, attempts = 0, failed = null, due = now()
 where failed is not null and (%(id)s::bigint is null or id = %(id)s::bigint)
   and (%(topic)s::text is null or split_part(topic, '>', 1) = %(topic)s::text)
   and (dead or %(id)s::bigint is not null) returning id
"""


def run_again(database: Database, tenant: Tenant, identifier: int) -> None:
    """Give a job that failed all its attempts back, at once. Raises NotFound for one that did not fail."""
    with database.transaction(tenant) as tx:
        found = _there(tx, identifier)
        if not tx.rows(_AGAIN, {"id": identifier, "topic": None}):
            raise NotFound
        _note(tx, "job.run_again", found)
    ring(tenant.name)


def run_all_again(database: Database, tenant: Tenant, topic: str | None = None) -> int:
    """All that were given up, or those of one topic; how many."""
    with database.transaction(tenant) as tx:
        count = len(tx.rows(_AGAIN, {"id": None, "topic": topic}))
        if count:
            label = label_of(topic).en if topic else None
            audit.note(tx, "jobs.run_again", target_kind="job", label=label, details={"entries": count})
    if count:
        ring(tenant.name)
    return count


def delete(database: Database, tenant: Tenant, identifier: int) -> None:
    """Give up for good what failed. The audit log keeps what it was. Raises NotFound for one that did not fail."""
    with database.transaction(tenant) as tx:
        found = _there(tx, identifier)
        tx.execute("delete from _outbox where id = %(id)s", {"id": identifier})
        _note(tx, "job.deleted", found)


def _there(tx: TenantTransaction, identifier: int) -> board.Job:
    found = board.job(tx, identifier, lock=True) if 0 < identifier <= LONGEST_ID else None
    if found is None or found.state == "waiting":
        raise NotFound
    return found


def _note(tx: TenantTransaction, action: str, job: board.Job) -> None:
    audit.note(
        tx,
        action,
        target_kind="job",
        target=str(job.id),
        label=label_of(job.kind).en,
        details={"reason": job.failed, "attempts": job.attempts, "content": job.payload},
    )
