"""Requests that carry an Idempotency-Key and move approvals: the same request again has no second effect.

Other than with records the answer is not kept in the transaction of the work, but right behind it. A request that was
cut off between the two is never done again by itself: its key is refused until it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Request, Response

from dougong_platform.approvals.errors import UnderWay
from dougong_platform.http.caller import Caller
from dougong_platform.http.json import answer
from dougong_platform.records.idempotency import claim, digest, keep

_FREE = "delete from _idempotency where actor = %(actor)s::uuid and key = %(key)s and status is null"


def once(caller: Caller, request: Request, work: Callable[[], tuple[int, Any]]) -> Response:
    """The answer of `work` (status, JSON), or that of the first time. Raises what `work` raises: then the key is free
    again; IdempotencyMismatch, UnderWay."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        status, value = work()
        return answer(value, status)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        known = claim(tx, caller, key, digest(request.method, request.full_path, request.get_data()))
    if known is not None:
        if known[0] is None:
            raise UnderWay
        return answer(known[1], known[0])
    try:
        status, value = work()
    except BaseException:
        with caller.database.transaction(caller.tenant) as tx:
            tx.execute(_FREE, {"actor": caller.user, "key": key})
        raise
    with caller.database.transaction(caller.tenant) as tx:
        keep(tx, caller, key, status, value)
    return answer(value, status)
