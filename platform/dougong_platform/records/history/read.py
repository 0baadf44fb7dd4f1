"""A record's history as its reader may see it. Called by the API, the timeline and audit."""

from __future__ import annotations

from typing import Any

from dougong_platform.access.share_entries import KEY, told
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query import get
from dougong_platform.query.visible import followers
from dougong_platform.records.history import ticks

MOST = 500
_NAMES = ("seq", "at", "version", "op", "actor", "actor.name", "cause", "cause_ref", "changes", "subject.name")
_READ = f"""
select h.seq, h.at, h.version, h.op, h.actor, u.name, h.cause, h.cause_ref, h.changes, coalesce(p.name, d.name, t.name)
  from _history h left join "user" u on u.id = h.actor
  left join lateral (select coalesce(h.changes #>> '{{{KEY},1,subject}}', h.changes #>> '{{{KEY},0,subject}}')::uuid)
    as s (subject) on h.op in ('share', 'unshare')
  left join "user" p on p.id = s.subject left join department d on d.id = s.subject left join team t on t.id = s.subject
 where h.record = %(record)s::uuid and h.object = %(object)s
   and (h.op <> 'update' or h.changes ?| %(readable)s::text[])
   and (h.op not in ('tick', 'untick') or h.changes #>> '{{{ticks.KEY},field}}' = any(%(readable)s::text[]))
   and (%(before)s::bigint is null or h.seq < %(before)s::bigint) order by h.seq desc limit %(limit)s
"""  # updates of hidden fields alone are left out here, so that a page short of entries is the last


def timeline(
    caller: Caller, object: str, id: str, *, limit: int = 50, before: int | None = None
) -> list[dict[str, Any]]:
    """{seq, at, version, op, actor, actor.name, cause, cause_ref, changes: {field: [old, new]}}, newest first.

    Entries of op share and unshare have `share` {"before", "after"}, each {id, subject, access, role, relations,
    expires_at, note} or None, and `subject.name`; those of op tick and untick `tick` {pipeline, stage, item}.
    `before` is the seq of the page's last entry. Fields that the caller may not read do not appear, nor do updates of
    such fields alone. Raises NotFound where the record, deleted or not, may not be seen.
    """
    id = _readable(caller, object, id)
    readable = caller.rights.fields(object)
    entry, rows = caller.database.read(
        caller.tenant,
        _READ,
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
    relations = {f"{link.object}.{link.name}" for link in followers(caller.rights, object)}
    for one in found:
        share, name = told(one["op"], one["changes"], relations), one.pop("subject.name")
        if share is not None:
            one |= {"share": share, "subject.name": name}
        if (ticked := ticks.told(one["op"], one["changes"])) is not None:
            one["tick"] = ticked
        one["changes"] = {name: pair for name, pair in one["changes"].items() if name in readable}
    return found


def _readable(caller: Caller, object: str, id: str) -> str:
    try:
        return str(get(caller, object, id, ["id"])["id"])
    except NotFound:
        return str(get(caller, object, id, ["id"], deleted=True)["id"])
