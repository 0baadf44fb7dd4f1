"""What stands in a tenant's outbox, for people: counts by topic, what failed and why. Read by the API, the page and the
command line; `acting` changes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_platform.jobs.topics import NOW
from dougong_tenants import TenantTransaction

STATES = ("dead", "failing", "waiting")  # given up · failed, and tried again · not tried yet
MOST_COUNTED = 100_000
_COLUMNS = "id, topic, payload, at, due, attempts, failed, dead, lane"
_IN_STATE = {"dead": "dead", "failing": "not dead and failed is not null", "waiting": "not dead and failed is null"}
_TOPICS = f"""
select split_part(topic, '>', 1), count(*) filter (where not dead and failed is null and due <= now()),
       count(*) filter (where not dead and failed is null and due > now()),
       count(*) filter (where not dead and failed is not null), count(*) filter (where dead),
       coalesce(extract(epoch from now() - min(due) filter (where not dead and due <= now())), 0)::float8
  from (select * from _outbox limit {MOST_COUNTED}) o group by 1 order by 1
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the outbox."""

    id: int
    topic: str
    payload: dict[str, Any]
    at: str
    due: str
    attempts: int
    failed: str | None
    dead: bool
    lane: str = NOW

    @property
    def state(self) -> str:
        """One of STATES."""
        return "dead" if self.dead else "failing" if self.failed is not None else "waiting"

    @property
    def kind(self) -> str:
        """The topic without the handler whose share it is."""
        return self.topic.partition(">")[0]


@dataclass(frozen=True, slots=True)
class Topic:
    """How many rows of a topic are due, come later, failed and are tried again, or were given up; `oldest`: for how
    many seconds the first has been due."""

    topic: str
    due: int
    later: int
    failing: int
    dead: int
    oldest: float


def topics(tx: TenantTransaction) -> list[Topic]:
    """By topic, counted among at most 100,000 rows."""
    return [Topic(*row) for row in tx.rows(_TOPICS)]


def jobs(
    tx: TenantTransaction,
    *,
    state: str | None = None,
    topic: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Job]:
    """The newest first; `before` an id."""
    conditions = [_IN_STATE[state]] if state else ["true"]
    if topic:
        conditions.append("split_part(topic, '>', 1) = %(topic)s")
    if before is not None:
        conditions.append("id < %(before)s")
    rows = tx.rows(
        f"select {_COLUMNS} from _outbox where {' and '.join(conditions)} order by id desc limit %(limit)s",
        {"topic": topic, "before": before, "limit": limit},
    )
    return [Job(*row) for row in rows]


def job(tx: TenantTransaction, identifier: int, *, lock: bool = False) -> Job | None:
    """One row. Locked, no relay takes it; None also where a relay is at it."""
    rows = tx.rows(
        f"select {_COLUMNS} from _outbox where id = %(id)s" + (" for update skip locked" if lock else ""),
        {"id": identifier},
    )
    return Job(*rows[0]) if rows else None
