"""A record's history as its reader may see it. Called by the API, the timeline and audit."""

from __future__ import annotations

from typing import Any

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query import get

MOST = 500
_NAMES = ("seq", "at", "version", "op", "actor", "actor.name", "cause", "cause_ref", "changes")


def timeline(
    caller: Caller, object: str, id: str, *, limit: int = 50, before: int | None = None
) -> list[dict[str, Any]]:
    """{seq, at, version, op, actor, actor.name, cause, cause_ref, changes: {field: [old, new]}}, newest first.

    `before` is the seq of the page's last entry. Fields that the caller may not read do not appear, nor do updates of
    such fields alone. Raises NotFound where the record, deleted or not, may not be seen.
    """
    id = _readable(caller, object, id)
    readable = caller.rights.fields(object)
    entry, rows = caller.database.read(
        caller.tenant,
        "select h.seq, h.at, h.version, h.op, h.actor, u.name, h.cause, h.cause_ref, h.changes from _history h"
        ' left join "user" u on u.id = h.actor where h.record = %(record)s::uuid and h.object = %(object)s'
        " and (h.op <> 'update' or h.changes ?| %(readable)s::text[])"  # so that a page short of entries is the last
        " and (%(before)s::bigint is null or h.seq < %(before)s::bigint) order by h.seq desc limit %(limit)s",
        {
            "record": id,
            "object": object,
            "readable": "{" + ",".join(readable) + "}",
            "before": before,
            "limit": max(1, min(limit, MOST)),
        },
    )
    caller.verify(entry)
    found = [dict(zip(_NAMES, row, strict=True)) for row in rows]
    for one in found:
        one["changes"] = {name: pair for name, pair in one["changes"].items() if name in readable}
    return found


def _readable(caller: Caller, object: str, id: str) -> str:
    try:
        return str(get(caller, object, id, ["id"])["id"])
    except NotFound:
        return str(get(caller, object, id, ["id"], deleted=True)["id"])
