"""Answers of requests that carried an Idempotency-Key: the same request again gets the same answer and has no effect.

Kept per user for a day. `claim` and `keep` run in the transaction of the write itself, so a key whose write was
rolled back is free again, and of two at once one waits for the other.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from dougong_platform.errors import BadRequest, IdempotencyMismatch
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import sweeps
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.connection import json_parameter

LONGEST_KEY = 255
KEPT = "1 day"


def digest(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same one."""
    whole = b"\0".join([method.encode(), path.encode("utf-8", "surrogateescape"), body])
    return blake2b(whole, digest_size=16).digest()


def claim(tx: TenantTransaction, caller: Caller, key: str, body: bytes) -> tuple[int, Any] | None:
    """None: the key is ours, go on and `keep` the answer. Else (status, answer) of the first time.

    Waits while another transaction holds the same key. Raises IdempotencyMismatch if it came with another body.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise BadRequest(
            en="The Idempotency-Key has to be 1 to 255 printable characters.",
            zh="Idempotency-Key 应为 1 至 255 个可打印字符。",
        )
    names = {"key": key, "actor": caller.user, "digest": body}
    if tx.rows(
        "insert into _idempotency (key, actor, digest) values (%(key)s, %(actor)s::uuid, %(digest)s)"
        " on conflict do nothing returning true",
        names,
    ):
        return None
    rows = tx.rows(
        "select digest = %(digest)s, status, answer from _idempotency where actor = %(actor)s::uuid and key = %(key)s",
        names,
    )
    if not rows:
        return claim(tx, caller, key, body)  # swept away between the two statements
    same, status, answer = rows[0]
    if not same:
        raise IdempotencyMismatch
    return status, answer


def keep(tx: TenantTransaction, caller: Caller, key: str, status: int, answer: Any) -> None:
    """Remember what this key's request was answered."""
    tx.execute(
        "update _idempotency set status = %(status)s, answer = %(answer)s where actor = %(actor)s::uuid"
        " and key = %(key)s",
        {"key": key, "actor": caller.user, "status": status, "answer": json_parameter(answer)},
    )


@sweeps(every=3600)
def forget(database: Database, tenant: Tenant) -> None:
    """Drop answers older than a day."""
    with database.transaction(tenant) as tx:
        tx.execute(f"delete from _idempotency where at < now() - interval '{KEPT}'")
