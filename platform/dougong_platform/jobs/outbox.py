"""Writing to the outbox, and looking at what failed. Writers call `put` inside their transaction, `ring` after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dougong_tenants import TenantTransaction, json_parameter


def put(tx: TenantTransaction, topic: str, payload: dict[str, Any], *, delay: float = 0) -> int:
    """Note work that follows from this transaction's commit, not before `delay` seconds; its id."""
    rows = tx.rows(
        "insert into _outbox (topic, payload, due) values (%(topic)s, %(payload)s::jsonb,"
        " now() + make_interval(secs => %(delay)s)) returning id",
        {"topic": topic, "payload": payload, "delay": delay},
    )
    return int(rows[0][0])


def put_all(tx: TenantTransaction, topic: str, payloads: Sequence[dict[str, Any]]) -> None:
    """As `put` for each of `payloads`, without delay, in one statement."""
    if payloads:
        tx.execute(
            "insert into _outbox (topic, payload)"
            " select %(topic)s, value from jsonb_array_elements(%(payloads)s::jsonb)",
            {"topic": topic, "payloads": json_parameter(list(payloads))},
        )


def dead_letters(tx: TenantTransaction, limit: int = 100) -> list[dict[str, Any]]:
    """What was given up, newest first: id, at, topic, payload, attempts, failed (the last error's text)."""
    names = ("id", "at", "topic", "payload", "attempts", "failed")
    rows = tx.rows(
        "select id, at, topic, payload, attempts, failed from _outbox where dead order by id desc limit %(limit)s",
        {"limit": limit},
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def run_again(tx: TenantTransaction, identifier: int) -> bool:
    """Give a dead letter all its attempts back; False if there is none of this id. Ring afterwards."""
    rows = tx.rows(
        "update _outbox set dead = false, attempts = 0, failed = null, due = now()"
        " where id = %(id)s and dead returning id",
        {"id": identifier},
    )
    return bool(rows)


def waiting(tx: TenantTransaction) -> tuple[int, float]:
    """How many rows are due, and for how many seconds the oldest has been."""
    rows = tx.rows(
        "select count(*), coalesce(extract(epoch from now() - min(due)), 0)::float8 from _outbox"
        " where not dead and due <= now()"
    )
    return int(rows[0][0]), float(rows[0][1])
