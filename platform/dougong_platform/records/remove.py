"""Deletes records by marking them, with their details; a lookup with on_delete: block stands in the way.

Links stay as they are and come back with a restore; clear and cascade act when the record is purged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.errors import FieldError, NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.records import refusals
from dougong_platform.records.action import Writing, act
from dougong_platform.records.approval_checks import held_details, held_records
from dougong_platform.records.arrays import array_text
from dougong_platform.records.change import NO_ID, may_act, row_ids
from dougong_platform.records.create import writable
from dougong_platform.records.following import Following, Link, finish
from dougong_platform.records.leaving import Leaving, blocked, gather
from dougong_platform.records.load import Batch
from dougong_platform.records.messages import error, sentence
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.remembered import cached
from dougong_platform.records.shape import Shape, shape_of
from dougong_platform.records.sources import outbox
from dougong_platform.records.statement import Statement, literal, quoted
from dougong_platform.records.update import LockPlan, lock_plan
from dougong_tenants import TenantTransaction


def delete(
    caller: Caller,
    object: str,
    ids: Sequence[str],
    *,
    atomic: bool = True,
    versions: Sequence[int | None] = (),
    tx: TenantTransaction | None = None,
) -> WriteResult:
    """Move up to 10,000 records and their details to the recycle bin. `versions`, if given, as for `update`."""
    model = writable(caller, object, ids)
    if not caller.rights.may(object, "delete"):
        raise NotAllowed
    return act(caller, lambda writing: delete_in(writing, model, ids, atomic=atomic, versions=versions), tx)


def delete_in(
    writing: Writing, object: ObjectModel, ids: Sequence[str], *, atomic: bool, versions: Sequence[int | None] = ()
) -> WriteResult:
    """`delete` inside a running action."""
    if not ids:
        return WriteResult([])
    batch, ids, locked = lock(writing, object, ids, deleted=False)
    for index, version in enumerate(versions):
        if version is not None and index not in batch.errors and locked[ids[index]][1] != version:
            batch.refuse(index, error("stale_version", writing.caller.locale, index))
    _refuse_held(writing, batch, ids)
    wanted = {id: index for index, id in enumerate(ids) if index not in batch.errors}
    leaving = gather(writing, object, list(wanted), "t.deleted_at is null")
    while hindered := blocked(writing, leaving, live_only=True):
        refuse_blocked(writing.caller, batch, hindered, wanted)
        leaving = leaving.without(hindered)
        if atomic:
            break
    outcomes = [
        Outcome(index, id, locked[id.lower()][1] + 1 if id.lower() in locked else None) for index, id in enumerate(ids)
    ]
    if not (atomic and batch.errors):
        mark(writing, leaving)
    return refusals.answer(batch, outcomes, atomic=atomic)


def _refuse_held(writing: Writing, batch: Batch, ids: Sequence[str]) -> None:
    """Refuse those that are in approval, or that only an approval deletes."""
    object = batch.object
    _refuse_held_details(writing, batch, ids)
    if not object.approvals:
        return
    statement = cached(("held", writing.caller.model.hash, object.name), partial(held_records, object))
    places = {id: index for index, id in enumerate(ids)}
    for id, code in writing.run(statement, {"ids": array_text([id for id in ids if id != NO_ID])}):
        if places[id] not in batch.errors:
            said = "locked_in_approval" if code == "in_approval" else code
            text = sentence(said, writing.caller.locale)
            batch.refuse(places[id], FieldError(None, code, text, places[id]))


def _refuse_held_details(writing: Writing, batch: Batch, ids: Sequence[str]) -> None:
    """Refuse those whose parent is in approval."""
    object, release = batch.object, writing.caller.release
    link = object.parent
    parent = release.model.objects.get(str(link.to)) if link is not None else None
    if link is None or parent is None or not parent.approvals:
        return
    names = release.catalogue
    statement = held_details(names.table(object.name), names.column(object.name, link.name))
    label = parent.label.text(writing.caller.locale)
    for (id,) in writing.run(statement, {"ids": array_text([id for id in ids if id != NO_ID])}):
        at = next(index for index, one in enumerate(ids) if one == id)
        if at not in batch.errors:
            batch.refuse(at, error("parent_in_approval", writing.caller.locale, at, object=label))


def lock(
    writing: Writing, object: ObjectModel, ids: Sequence[str], *, deleted: bool
) -> tuple[Batch, list[str], dict[str, tuple[Any, ...]]]:
    """Lock rows that shall leave or come back; (batch with its refusals, ids as they are stored, rows by id)."""
    batch = Batch(object, len(ids))
    known = row_ids(writing.caller, batch, [{"id": id} for id in ids])
    shape = shape_of(writing.caller, Batch(object, 2), documents=False)
    plan: LockPlan = cached(
        ("lock to leave", deleted, shape.key),
        lambda: lock_plan(shape, action="delete", deleted=deleted, exclusive=True),
    )
    locked = {row[0]: row for row in writing.run(plan.statement, {"ids": array_text([i for i in known if i != NO_ID])})}
    may_act(writing.caller, batch, known, locked)
    return batch, known, locked


def refuse_blocked(
    caller: Caller, batch: Batch, hindered: Mapping[str, tuple[FieldModel, int]], wanted: Mapping[str, int]
) -> None:
    """One error per record that others still point to."""
    for root, (link, count) in hindered.items():
        at = wanted[root]
        if count == 0:
            text = sentence("in_use_hidden", caller.locale)
            batch.refuse(at, FieldError(None, "in_use", text, at))
            continue
        plural = caller.model.objects[link.object].plural.text(caller.locale)
        batch.refuse(at, error("in_use", caller.locale, at, count=count, object=plural))


def mark(writing: Writing, leaving: Leaving) -> None:
    """Mark everything that leaves; the parents' and the details' marks carry the same moment."""
    for object, roots in leaving.levels:
        if roots:
            shape = shape_of(writing.caller, Batch(object, 2), documents=False)
            cached(("mark", shape.key), partial(_mark, shape)).run(writing, object, list(roots))


def _mark(shape: Shape) -> Marking:
    return marking(
        shape,
        "deleted_at = now(), deleted_by = %(env_user)s",
        "delete",
        'forgotten as (delete from "§"._search s using good n where s.record = n.id)',
    )


@dataclass(frozen=True, slots=True)
class Marking:
    """Returns (id, then the values of `links`) of every marked row."""

    statement: Statement
    links: tuple[Link, ...]

    def run(self, writing: Writing, object: ObjectModel, ids: Sequence[str]) -> None:
        """Mark these records, and see to the roll-ups that count them."""
        marked = writing.run(self.statement, {"ids": array_text(list(ids))})
        finish(writing, object, self.links, (row[1:] for row in marked), tuple(object.fields))


def marking(shape: Shape, sets: str, op: str, *more: str) -> Marking:
    """Set or clear the mark, with history, event and what follows."""
    object = shape.object
    table = f'"§".{quoted(shape.catalogue.table(object.name))}'
    good = (
        f"good as (update {table} w set {sets}, version = w.version + 1"
        " where w.id = any(%(ids)s::uuid[]) returning w.id, w.version, w.id as _i)"
    )
    row = NewRow(shape.model, shape.catalogue, object.name, "n", kept=lambda name: True)
    following = Following(shape, row, op, (), version="n._version", source="gone")
    parts = [good, *more]
    if following.parts or following.links:
        columns = [
            f"o.{quoted(shape.catalogue.column(object.name, name))} as {quoted(name)}"
            for name in row.used
            if name != "id"
        ]
        listed = ", ".join(["g.id", "g.version as _version", "row_number() over (order by g.id) as _i", *columns])
        parts += [f"gone as (select {listed} from good g join {table} o on o.id = g.id)", *following.parts]
    if object.history:
        parts.append(
            'remembered as (insert into "§"._history (object, record, version, actor, cause, cause_ref, op,'
            f" changes) select {literal(object.name)}, n.id, n.version, %(env_user)s, %(cause)s,"
            f" %(cause_ref)s, {literal(op)}, '{{}}' from good n)"
        )
    parts.append(outbox(shape, op))
    text = f"with {', '.join(parts)} select n.id{following.columns} from {'gone' if following.links else 'good'} n"
    return Marking(Statement(text), following.links)
