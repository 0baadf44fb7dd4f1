"""The statements over rows of the outbox that a relay runs: take, delete, lease, move, fail. Used by relay.py alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from dougong_platform.jobs.topics import LANES, LONGEST_PAUSE
from dougong_tenants import TenantTransaction


class Row(NamedTuple):
    """What a relay knows of a row; `due` is ISO 8601 text."""

    id: int
    topic: str
    payload: dict[str, Any]
    at: str
    attempts: int
    due: str


def take(tx: TenantTransaction, lane: str | None, batch: int, after: tuple[str, int] | None) -> list[Row]:
    """Lock and read what is due, oldest first; `after` the row a former take of this relay ended with.

    Lane and number stand in the text: a generic plan that does not know the limit sorts the whole table. The place of
    the last take spares the index what that take's rows have left behind until it is vacuumed.
    """
    assert lane is None or lane in LANES
    of_lane = "" if lane is None else f" and lane = '{lane}'"
    place = "" if after is None else " and (due, id) > (%(due)s::timestamptz, %(id)s)"
    return [
        Row(*row)
        for row in tx.rows(
            "select id, topic, payload, at, attempts, due from _outbox where not dead and due <= now()"
            f"{of_lane}{place} order by due, id limit {batch:d}"
            " for update skip locked",
            None if after is None else {"due": after[0], "id": after[1]},
        )
    ]


def is_due(tx: TenantTransaction, lane: str) -> bool:
    """Whether a lane has due rows."""
    assert lane in LANES
    sql = f"select exists (select from _outbox where lane = '{lane}' and not dead and due <= now())"
    return bool(tx.rows(sql)[0][0])


def share(tx: TenantTransaction, ids: Sequence[int], topic: str) -> None:
    """A row of `topic` with what each of these says."""
    tx.execute(
        "insert into _outbox (at, topic, payload) select at, %(topic)s, payload from _outbox"
        " where id = any(%(ids)s::bigint[]) order by id",
        {"ids": list(ids), "topic": topic},
    )


def delete(tx: TenantTransaction, ids: Sequence[int]) -> None:
    """What is done goes."""
    if ids:
        tx.execute("delete from _outbox where id = any(%(ids)s::bigint[])", {"ids": list(ids)})


def lease(tx: TenantTransaction, leases: Sequence[tuple[int, int]]) -> None:
    """Count an attempt for each (id, seconds) and keep others away for so long."""
    if leases:
        tx.execute(
            "update _outbox o set attempts = attempts + 1, due = now() + make_interval(secs => l.seconds)"
            " from unnest(%(ids)s::bigint[], %(seconds)s::float8[]) l (id, seconds) where o.id = l.id",
            {"ids": [one for one, _ in leases], "seconds": [float(seconds) for _, seconds in leases]},
        )


def move(tx: TenantTransaction, ids: Sequence[int], lane: str) -> None:
    """Let them wait in another lane."""
    tx.execute("update _outbox set lane = %(lane)s where id = any(%(ids)s::bigint[])", {"ids": list(ids), "lane": lane})


def failed(
    tx: TenantTransaction, identifier: int, text: str, pauses: Sequence[float], *, counted: bool = False
) -> None:
    """Note a failure; dead after the last attempt. `counted`: the lease counted this attempt already."""
    tx.execute(
        "update _outbox set attempts = n.attempts, failed = %(failed)s, dead = n.attempts > %(allowed)s, due = now() +"
        " make_interval(secs => coalesce((%(pauses)s::float8[])[least(n.attempts, %(allowed)s)], %(longest)s))"
        " from (select id, attempts + %(step)s as attempts from _outbox where id = %(id)s) n where _outbox.id = n.id",
        {
            "id": identifier,
            "failed": text[:2000].replace("\x00", ""),
            "pauses": [float(pause) for pause in pauses],
            "allowed": len(pauses),
            "longest": LONGEST_PAUSE,
            "step": 0 if counted else 1,
        },
    )


def postpone(tx: TenantTransaction, identifier: int, seconds: float, *, counted: bool = False) -> None:
    """Due later. `counted`: the lease counted an attempt that was none."""
    tx.execute(
        "update _outbox set due = now() + make_interval(secs => %(seconds)s), attempts = attempts - %(step)s"
        " where id = %(id)s",
        {"id": identifier, "seconds": float(seconds), "step": 1 if counted else 0},
    )
