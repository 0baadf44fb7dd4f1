"""The recycle bin: what was deleted comes back with its details, or goes for good under each lookup's rule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dougong_metadata.model.types import ObjectModel
from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.records import refusals
from dougong_platform.records.action import Writing, act
from dougong_platform.records.arrays import array_text
from dougong_platform.records.check import Check
from dougong_platform.records.checks import Checks
from dougong_platform.records.create import index_documents, writable
from dougong_platform.records.leaving import Leaving, gather
from dougong_platform.records.load import Batch
from dougong_platform.records.messages import error
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.remembered import cached
from dougong_platform.records.remove import lock, marking
from dougong_platform.records.shape import Shape, shape_of
from dougong_platform.records.statement import Statement, quoted
from dougong_platform.search import document
from dougong_platform.search.words import searched_fields
from dougong_tenants import TenantTransaction

# A detail comes back with its parent if it left with it: the same moment, which is that of one transaction.
_TOGETHER = (
    "t.deleted_at is not null and (t.deleted_at, t.deleted_by) in"
    " (select p.deleted_at, p.deleted_by from {} p where p.id = any(%(ids)s::uuid[]))"
)


def restore(
    caller: Caller, object: str, ids: Sequence[str], *, atomic: bool = True, tx: TenantTransaction | None = None
) -> WriteResult:
    """Bring up to 10,000 deleted records back, with the details deleted in the same action.

    A record whose unique key is taken meanwhile, or whose parent is deleted, is refused.
    """
    model = writable(caller, object, ids)
    if not caller.rights.may(object, "delete"):
        raise NotAllowed
    return act(caller, lambda writing: restore_in(writing, model, ids, atomic=atomic), tx)


def restore_in(writing: Writing, object: ObjectModel, ids: Sequence[str], *, atomic: bool) -> WriteResult:
    """`restore` inside a running action."""
    if not ids:
        return WriteResult([])
    caller = writing.caller
    batch, ids, locked = lock(writing, object, ids, deleted=True)
    wanted = {id: index for index, id in enumerate(ids) if index not in batch.errors}
    if object.parent is not None:
        _refuse_orphans(writing, batch, wanted)
    table = f'"§".{quoted(caller.release.catalogue.table(object.name))}'
    leaving = gather(writing, object, list(wanted), _TOGETHER.format(table))
    taken = _taken(writing, leaving)
    for root, (model, check) in taken.items():
        batch.refuse(wanted[root], refusals.not_unique(caller, model, wanted[root], check))
    outcomes = [Outcome(index, id, locked[id][1] + 1 if id in locked else None) for index, id in enumerate(ids)]
    if not (atomic and batch.errors):
        _unmark(writing, leaving.without([id for id, index in wanted.items() if index in batch.errors]))
    return refusals.answer(batch, outcomes, atomic=atomic)


def _refuse_orphans(writing: Writing, batch: Batch, wanted: dict[str, int]) -> None:
    object, names = batch.object, writing.caller.release.catalogue
    assert object.parent is not None
    parents = f'"§".{quoted(names.table(str(object.parent.to)))}'
    rows = writing.run(
        Statement(
            f'select t.id from "§".{quoted(names.table(object.name))} t join {parents} p'
            f" on p.id = t.{quoted(names.column(object.name, object.parent.name))}"
            " where t.id = any(%(ids)s::uuid[]) and p.deleted_at is not null"
        ),
        {"ids": array_text(list(wanted))},
    )
    for (id,) in rows:
        batch.refuse(wanted[id], error("parent_deleted", writing.caller.locale, wanted.pop(id)))


def _taken(writing: Writing, leaving: Leaving) -> dict[str, tuple[ObjectModel, Check]]:
    """Root id -> the unique key that a live record (or another one coming back) has."""
    found: dict[str, tuple[ObjectModel, Check]] = {}
    for object, roots in leaving.levels:
        shape = shape_of(writing.caller, Batch(object, 2), documents=False)
        statement, checks = cached(("taken", shape.key), partial(_keys_statement, shape))
        if statement is None or not roots:
            continue
        for id, numbers in writing.run(statement, {"ids": array_text(list(roots))}):
            if numbers:
                found.setdefault(roots[id], (object, checks[numbers[0]]))
    return found


def _keys_statement(shape: Shape) -> tuple[Statement | None, tuple[Check, ...]]:
    names, object = shape.catalogue, shape.object
    row = NewRow(shape.model, names, object.name, "n")
    checks = Checks(shape, row, lambda name: "true", creating=False, keys_only=True)
    if not checks.found:
        return None, ()
    columns = [f"t.{quoted(names.column(object.name, name))} as {quoted(name)}" for name in row.used]
    return Statement(
        f"with n as (select row_number() over (order by t.id) as _i, t.id, {', '.join(columns)}"
        f' from "§".{quoted(names.table(object.name))} t where t.id = any(%(ids)s::uuid[]))'
        f" select n.id, {checks.array} from n"
    ), tuple(checks.found)


def _unmark(writing: Writing, coming: Leaving) -> None:
    for object, roots in coming.levels:
        if not roots:
            continue
        shape = shape_of(writing.caller, Batch(object, 2), documents=False)
        unmark = partial(marking, shape, "deleted_at = null, deleted_by = null", "restore")
        cached(("unmark", shape.key), unmark).run(writing, object, list(roots))
        index_again(writing, object, list(roots))


def index_again(writing: Writing, object: ObjectModel, ids: Sequence[str]) -> None:
    """Write the search rows of these records from what is stored."""
    names = writing.caller.release.catalogue
    fields = searched_fields(object)
    columns = "".join(f", t.{quoted(names.column(object.name, f.name))}" for f in fields)
    rows = writing.run(
        Statement(
            f'select t.id{columns} from "§".{quoted(names.table(object.name))} t where t.id = any(%(ids)s::uuid[])'
        ),
        {"ids": array_text(ids)},
    )
    made = [document(object, {f.name: value for f, value in zip(fields, row[1:], strict=True)}) for row in rows]
    index_documents(writing, object, [row[0] for row in rows], made)
