"""Takes back everything one action did (an import, a bulk change), record by record, from history.

A record that was changed again since is left as it is and reported. Called by imports, bulk edits and hand-overs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.errors import FieldError
from dougong_platform.http.caller import Caller
from dougong_platform.records.action import Writing, act
from dougong_platform.records.arrays import array_text
from dougong_platform.records.bin import restore_in
from dougong_platform.records.change import update_in
from dougong_platform.records.messages import error
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.remove import delete_in
from dougong_tenants import TenantTransaction

MOST_AT_ONCE = 5_000
# Per record: what the action did first, the version it left, the version now (the newest in history).
_TOUCHED = """
select h.object, h.record, (array_agg(h.op order by h.seq))[1], max(h.version),
       (select max(n.version) from _history n where n.record = h.record),
       (array_agg(h.op order by h.seq desc))[1]
from _history h
where h.cause_ref = %(ref)s and h.record > %(after)s::uuid
group by h.object, h.record order by h.record limit %(limit)s
"""
# As above for some fields only: the version counts as changed (0, 1) if anybody else touched one of them, or if the
# record was deleted.
_TOUCHED_FIELDS = """
select h.object, h.record, 'update', 0,
       case when exists (select from _history n where n.record = h.record and n.seq > min(h.seq)
                            and n.cause_ref is distinct from %(ref)s and n.changes ?| %(fields)s::text[])
              or (select n.op from _history n where n.record = h.record
                     and n.op not in ('share', 'unshare', 'tick', 'untick')
                   order by n.seq desc limit 1) in ('delete', 'purge') then 1 else 0 end,
       'update'
from _history h
where h.cause_ref = %(ref)s and h.record > %(after)s::uuid and h.op = 'update' and h.changes ?| %(fields)s::text[]
group by h.object, h.record order by h.record limit %(limit)s
"""
_CHANGES = """
select record, changes from _history
where cause_ref = %(ref)s and record = any(%(records)s::uuid[]) and op = 'update' order by seq desc
"""
_FIRST = "00000000-0000-0000-0000-000000000000"


def undo(
    caller: Caller,
    cause_ref: str,
    *,
    fields: Collection[str] = (),
    tx: TenantTransaction | None = None,
    progress: Callable[[int], None] | None = None,
) -> WriteResult:
    """Delete what the action created, put back what it changed, restore what it deleted.

    With `fields`, of what it changed only these are put back, and what others did to the record's other fields since
    is no hindrance and stays.

    Works in transactions of 5,000 records each, so it can be repeated after an interruption: what was taken back
    already counts as changed since. The undo's own history carries the caller's cause. The result lists every record
    touched; `changed_since` and refusals of the write path are errors of their record.
    """
    outcomes: list[Outcome] = []
    after = _FIRST
    while True:
        start = after

        def work(writing: Writing) -> list[tuple[Any, ...]]:
            asked = {"ref": cause_ref, "after": start, "limit": MOST_AT_ONCE}  # noqa: B023  # run before the next turn
            if fields:
                rows = writing.tx.rows(_TOUCHED_FIELDS, {**asked, "fields": array_text(list(fields))})
            else:
                rows = writing.tx.rows(_TOUCHED, asked)
            writing.after(("*",))  # what only warns was passed over when it was done
            outcomes.extend(_take_back(writing, cause_ref, rows, fields))
            return rows

        rows = act(caller, work, tx)
        if progress is not None:
            progress(len(outcomes))
        if len(rows) < MOST_AT_ONCE:
            return WriteResult([replace(o, index=index) for index, o in enumerate(outcomes)])
        after = rows[-1][1]


def _take_back(writing: Writing, ref: str, rows: Sequence[tuple[Any, ...]], fields: Collection[str]) -> list[Outcome]:
    found: list[Outcome] = []
    todo: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for object, record, first, left, now, last in rows:
        if object not in writing.caller.model.objects or left != now or last == "purge":
            found.append(_refused(writing.caller, record, "changed_since"))
        elif first == "create" and last != "delete":
            todo[object, "delete"].append((record, left))
        elif first == "delete" or (last == "delete" and first == "update"):
            todo[object, "restore"].append((record, left))
        elif last == "update":
            todo[object, "update"].append((record, left))
    for (object, what), records in todo.items():
        model = writing.caller.model.objects[object]
        ids = [id for id, _ in records]
        if what == "delete":
            result = delete_in(writing, model, ids, atomic=False)
        elif what == "restore":
            result = restore_in(writing, model, ids, atomic=False)
        else:
            result = _put_back(writing, model, ref, ids, fields)
        found.extend(replace(o, id=id) for o, id in zip(result.records, ids, strict=True))
    return found


def _put_back(
    writing: Writing, object: ObjectModel, ref: str, ids: Sequence[str], fields: Collection[str]
) -> WriteResult:
    """The values before the action's first change of each field; fields that no longer exist are left out."""
    known = object.fields.keys() & set(fields) if fields else object.fields.keys()
    before: dict[str, dict[str, Any]] = {id: {} for id in ids}
    rows = writing.tx.rows(_CHANGES, {"ref": ref, "records": "{" + ",".join(ids) + "}"})
    for record, changes in rows:  # newest first, so the oldest value stays
        before[record].update({name: pair[0] for name, pair in changes.items() if name in known})
    return update_in(writing, object, [{**before[id], "id": id} for id in ids], atomic=False, trusted=True)


def _refused(caller: Caller, record: str, code: str) -> Outcome:
    wrong: FieldError = error(code, caller.locale, None)
    return Outcome(0, record, errors=[wrong])
