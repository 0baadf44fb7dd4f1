"""Changes records: lock and read the old rows in id order, check versions and rights, then one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.model.types import ObjectModel
from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.records import refusals
from dougong_platform.records.action import Writing, act
from dougong_platform.records.arrays import array_text
from dougong_platform.records.create import index_documents, writable
from dougong_platform.records.following import finish
from dougong_platform.records.keys import resolve
from dougong_platform.records.load import Batch, Row, is_uuid, load
from dougong_platform.records.messages import error
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.remembered import cached
from dougong_platform.records.shape import Shape, shape_of
from dougong_platform.records.sources import documents, parameters
from dougong_platform.records.update import LockPlan, UpdatePlan, lock_plan, searches_late, update_plan
from dougong_platform.search import document
from dougong_platform.search.words import searched_fields
from dougong_tenants import TenantTransaction

NO_ID = "00000000-0000-0000-0000-000000000000"
Locked = Mapping[str, tuple[Any, ...]]  # id -> (id, version, may read, may act, values …)


def update(
    caller: Caller,
    object: str,
    rows: Sequence[Row],
    *,
    atomic: bool = True,
    tx: TenantTransaction | None = None,
    confirmed: Collection[str] = (),
) -> WriteResult:
    """Change up to 10,000 records; each row has its `id`, the fields to change and, to be safe, the `version` it saw.

    A row that changes nothing writes nothing and keeps its version. Raises as `create` does; for a single row also
    NotFound and StaleVersion.
    """
    model = writable(caller, object, rows)
    if not caller.rights.may(object, "update"):
        raise NotAllowed
    return act(caller, lambda writing: update_in(writing.after(confirmed), model, rows, atomic=atomic), tx)


def update_in(
    writing: Writing,
    object: ObjectModel,
    rows: Sequence[Any],
    *,
    atomic: bool,
    trusted: bool = False,
    loaded: Collection[str] = (),
) -> WriteResult:
    """`update` inside a running action."""
    if not rows:
        return WriteResult([])
    writing.alone = len(rows) == 1
    apart = ("id", "version")
    batch = load(writing.caller, object, rows, apart=apart, creating=False, trusted=trusted, loaded=loaded)
    ids = row_ids(writing.caller, batch, rows)
    resolve(writing, batch)
    late = searches_late(object, tuple(batch.wires))
    searched = not late and any(f.name in batch.wires for f in searched_fields(object))
    first = shape_of(writing.caller, batch, documents=searched)
    lock: LockPlan = cached(("lock", first.key), lambda: lock_plan(first))
    locked: dict[str, tuple[Any, ...]] = {row[0]: row for row in writing.run(lock.statement, {"ids": array_text(ids)})}
    may_act(writing.caller, batch, ids, locked)
    _check_versions(writing.caller, batch, rows, ids, locked)
    if not batch.wires or all(_hidden(batch, index) for index in range(batch.count)):
        return refusals.answer(batch, _outcomes(ids, locked, ()), atomic=atomic)
    shape = shape_of(writing.caller, batch, documents=searched)
    values = parameters(shape, batch, ids) | {"atomic": atomic}
    if searched:
        values |= _documents(batch, ids, locked, lock)
    return _write(writing, batch, shape, ids, locked, values)


def _write(
    writing: Writing, batch: Batch, shape: Shape, ids: Sequence[str], locked: Locked, values: Mapping[str, Any]
) -> WriteResult:
    plan: UpdatePlan = cached(("update", shape.key), lambda: update_plan(shape))
    answered = writing.run(plan.statement, values)
    refusals.note(writing, batch, ids, plan.checks, ((row[0], row[2]) for row in answered if row[2]))
    if (plan.returns or plan.links) and not (values["atomic"] and batch.errors):
        _finish(writing, batch, ids, plan, [row for row in answered if row[1] and row[0] - 1 not in batch.errors])
    return refusals.answer(batch, _outcomes(ids, locked, answered), atomic=bool(values["atomic"]))


def _finish(
    writing: Writing, batch: Batch, ids: Sequence[str], plan: UpdatePlan, written: Sequence[tuple[Any, ...]]
) -> None:
    """Search words that need what the write set by itself, and roll-ups that need a look at all their records."""
    names = [f.name for f in plan.returns]
    if names and written:
        made = [document(batch.object, dict(zip(names, row[3:], strict=False))) for row in written]
        index_documents(writing, batch.object, [ids[row[0] - 1] for row in written], made)
    finish(writing, batch.object, plan.links, (row[3 + len(names) :] for row in written), plan.touched)


def _outcomes(ids: Sequence[str], locked: Locked, answered: Sequence[tuple[Any, ...]]) -> list[Outcome]:
    changed = {row[0] - 1 for row in answered if row[1]}
    return [
        Outcome(
            index,
            id if id != NO_ID else None,
            locked[id][1] + (index in changed) if id in locked else None,
            changed=index in changed,
        )
        for index, id in enumerate(ids)
    ]


def row_ids(caller: Caller, batch: Batch, rows: Sequence[Any]) -> list[str]:
    """Each row's id; rows without one that can exist are refused, as are repetitions."""
    ids: list[str] = []
    seen: set[str] = set()
    for index, row in enumerate(rows):
        id = row.get("id") if isinstance(row, Mapping) else None
        id = id.strip().lower() if isinstance(id, str) and len(id) < 60 else ""
        if not is_uuid(id):
            if not batch.refused_at(index, None):
                batch.refuse(index, error("not_found", caller.locale, index))
            id = NO_ID
        elif id in seen:
            batch.refuse(index, error("given_twice", caller.locale, index))
            id = NO_ID
        seen.add(id)
        ids.append(id)
    return ids


def may_act(caller: Caller, batch: Batch, ids: Sequence[str], locked: Locked) -> None:
    """Refuse rows that are not there, may not be seen, or may not be changed. Nothing else is told about those."""
    for index, id in enumerate(ids):
        if id == NO_ID:
            continue
        row = locked.get(id)
        if row is None or not row[2]:
            batch.errors[index] = [error("not_found", caller.locale, index)]
        elif not row[3]:
            batch.errors[index] = [error("not_allowed", caller.locale, index)]


def _check_versions(caller: Caller, batch: Batch, rows: Sequence[Any], ids: Sequence[str], locked: Locked) -> None:
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping) or row.get("version") is None or ids[index] not in locked:
            continue
        version = row["version"]
        if isinstance(version, bool) or not isinstance(version, int):
            batch.refuse(index, error("version_invalid", caller.locale, index))
        elif version != locked[ids[index]][1] and not _hidden(batch, index):
            batch.refuse(index, error("stale_version", caller.locale, index))


def _hidden(batch: Batch, index: int) -> bool:
    """Whether no more is to be said of this row than it already was."""
    return any(e.code in refusals.HIDING for e in batch.errors.get(index, ()))


def _documents(batch: Batch, ids: Sequence[str], locked: Locked, lock: LockPlan) -> dict[str, str]:
    """Search words from what the rows give and, for the rest, from what was read with the lock."""
    place = {f.name: 4 + number for number, f in enumerate(lock.returns)}
    known: dict[str, list[Any]] = {}
    for field in searched_fields(batch.object):
        given, gave = batch.values.get(field.name), batch.gave.get(field.name)
        if given is not None and gave is None:
            known[field.name] = given
        else:
            old = [locked[id][place[field.name]] if id in locked else None for id in ids]
            known[field.name] = (
                old
                if given is None or gave is None
                else [new if was_given else before for new, before, was_given in zip(given, old, gave, strict=True)]
            )
    return documents(batch, known)


def clean_id(value: object) -> str | None:
    """An id as lower-case text, or None for what cannot be one."""
    try:
        clean(value)
    except FieldValueError:
        return None
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if is_uuid(text) else None
