"""The change feed: every committed change exactly once, in each record's order, read from history.

Transactions commit in another order than their history rows are numbered, so a page is not "everything behind number
n": it is a window between two snapshots of the database, read by number inside. A row belongs to the window when the
later snapshot sees its transaction and the earlier one did not; an open transaction delays nobody, and a late
commit falls into the next window. The cursor carries both snapshots and the place between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from dougong_platform.access.predicate import predicate
from dougong_platform.access.share_entries import subject_of, told
from dougong_platform.errors import BadCursor, BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.cursor import decode, encode
from dougong_platform.query.fields import require_readable
from dougong_platform.query.visible import followers
from dougong_platform.storage import Statement, compile_statement, tables
from dougong_tenants.organisation import alone

MOST = 1000
_Row = tuple[Any, ...]

# The lower bound on xid lets the index skip what the earlier snapshot saw for certain.
_WINDOW = """
select seq, at, object, record, version, actor, cause, cause_ref, op, changes from "§"._history
 where object = any(%(objects)s::text[]) and seq > %(seq)s::bigint and op not in ('tick', 'untick')
   and pg_visible_in_snapshot(xid, %(until)s::pg_snapshot)
   and (%(since)s::text is null
        or (xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
            and not pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)))
 order by seq limit %(limit)s::int
"""
# The epoch differs after a restore (a new schema) and after a move (another server): transaction ids start anew there.
_NOW = """
select pg_current_snapshot()::text,
       (select n.oid::text from pg_namespace n where n.nspname = %(schema)s)
       || '.' || (select system_identifier from pg_control_system())
"""
_visible: Remembered[Statement] = Remembered(500)


def changes_since(caller: Caller, object: str | None, cursor: str | None, limit: int = 500) -> dict[str, Any]:
    """{"changes": [{seq, at, object, id, version, by, cause, cause_ref, op, changes}], "cursor", "more"}.

    `op` is create, update, delete, restore, purge, share, unshare (these two with `share`, as in the record's history),
    or gone: this change may have ended the caller's access, and he sees the record no longer, nor what came with it:
    its details, and records that a share of it was extended to. Other changes of what he does not see are left out.
    Without a cursor the feed starts with the oldest history. Raises BadCursor, BadRequest, UnknownName, NotAllowed.
    """
    if not 1 <= limit <= MOST:
        raise BadRequest(en=f"The limit must be from 1 to {MOST}.", zh=f"limit 须在 1 到 {MOST} 之间。")
    objects = _objects(caller, object)
    question = ("changes", caller.tenant.id, object)
    given = decode(question, cursor) if cursor else None
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        now, epoch = tx.rows(_NOW, {"schema": caller.tenant.schema})[0]
        since, until, seq = _place(given, now, epoch)
        rows = _window(tx, caller, objects, since, until, seq, limit)
        more = len(rows) > limit
        rows = rows[:limit]
        seen = _seen(tx, caller, rows)
    if more:
        following = [epoch, since, until, rows[-1][0]]
    else:  # this window is read: the next one starts where it ended
        following, more = [epoch, until, None, 0], until != now
    entries = (_entry(caller, row, row[3] in seen.get(row[2], ())) for row in rows)
    shown = [entry for entry in entries if entry is not None]
    return {"changes": shown, "cursor": encode(question, following), "more": more}


def _place(given: list[Any] | None, now: str, epoch: str) -> tuple[str | None, str, int]:
    """(since, until, seq) of the page to read. A cursor of another database (restored, moved) is refused."""
    if given is None:
        return None, now, 0
    if len(given) != 4 or given[0] != epoch:
        raise BadCursor
    return given[1], given[2] or now, int(given[3])


def _window(
    tx: Any, caller: Caller, objects: list[str], since: str | None, until: str, seq: int, limit: int
) -> list[_Row]:
    sql = _WINDOW.replace('"§"', '"' + caller.tenant.schema.replace('"', '""') + '"')
    params = {"objects": objects, "since": since, "until": until, "seq": seq, "limit": limit + 1}
    try:
        return list(tx.rows(sql, params))
    except psycopg.DataError:
        raise BadCursor from None


def _objects(caller: Caller, object: str | None) -> list[str]:
    if object is not None:
        require_readable(caller.rights, object)
        return [object]
    return [
        o.name for o in caller.model.objects.values() if not o.system and caller.rights.object(o.name).read != "none"
    ]


def _seen(tx: Any, caller: Caller, rows: Iterable[_Row]) -> dict[str, set[str]]:
    """The records of a page, by object, that the caller may see now; those in the recycle bin too."""
    by_object: dict[str, set[str]] = {}
    for row in rows:
        by_object.setdefault(row[2], set()).add(row[3])
    seen = {}
    for object, ids in by_object.items():
        statement = _visible_statement(caller, object)
        found = tx.rows(
            statement.for_tenant(caller.tenant.schema, caller.release.number),
            caller.environment | {"ids": "{" + ",".join(ids) + "}"},
        )
        seen[object] = {row[0] for row in found}
    return seen


def _visible_statement(caller: Caller, object: str) -> Statement:
    release = caller.release

    def make() -> Statement:
        made = tables(release.model, release.catalogue)
        row = made[object].alias("t")
        ids = bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=False)))
        found = select(row.c.id).where(row.c.id == any_(ids))
        allowed = predicate(made, caller.rights, object, "read", row)
        return compile_statement(found if allowed is None else found.where(allowed))

    return _visible.get((release.model.hash, release.catalogue.key, caller.rights.shape, object), make)


def _entry(caller: Caller, row: _Row, visible: bool) -> dict[str, Any] | None:
    seq, at, object, record, version, actor, cause, cause_ref, op, changed = row
    entry: dict[str, Any] = {"seq": seq, "at": at, "object": object, "id": record, "version": version}
    if op == "purge":  # nothing is left by which access could be judged
        return entry | {"op": "purge"}
    if not visible:
        return entry | {"op": "gone"} if _ended_access(caller, object, op, changed or {}) else None
    relations = [f"{link.object}.{link.name}" for link in followers(caller.rights, object)]
    if (share := told(op, changed or {}, relations)) is not None:
        return entry | {"op": op, "by": actor, "cause": cause, "cause_ref": cause_ref, "changes": {}, "share": share}
    readable = {name: values for name, values in (changed or {}).items() if caller.rights.field(object, name) != "none"}
    return entry | {"op": op, "by": actor, "cause": cause, "cause_ref": cause_ref, "changes": readable}


def _ended_access(caller: Caller, object: str, op: str, changed: dict[str, Any]) -> bool:
    """Whether this may be what took the record from the caller."""
    if op == "unshare":
        return subject_of(changed) in (caller.reach or alone(caller.user)).subjects
    return op == "update" and not _bears_access(caller, object).isdisjoint(changed)


def _bears_access(caller: Caller, object: str) -> set[str]:
    """The fields that decide who sees a record: owner and parent, links that shares are extended along, and what the
    sharing rules that reach the caller ask of it."""
    model = caller.model.objects[object]
    bearing = {"owner", *(field.name for field in model.fields.values() if field.follows_shares)}
    if model.parent is not None:
        bearing.add(model.parent.name)
    for rule in caller.rights.rules.get(object, ()):
        if rule.when is not None:
            bearing.update(name for of, name in rule.when.fields if of == object)
    return bearing
