"""Creates records: rows in, one statement, one outcome per row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.errors import BadRequest, NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.records import refusals
from dougong_platform.records.action import Writing, act
from dougong_platform.records.following import finish
from dougong_platform.records.ids import new_ids
from dougong_platform.records.insert import InsertPlan, insert_plan
from dougong_platform.records.keys import resolve
from dougong_platform.records.load import Batch, Row, load
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.remembered import cached
from dougong_platform.records.shape import known_here, shape_of
from dougong_platform.records.sources import document_arrays, documents, parameters
from dougong_platform.records.statement import Statement
from dougong_platform.search import document
from dougong_platform.search.words import searched_fields
from dougong_tenants import TenantTransaction

MOST_ROWS = 10_000
_LATE_SEARCH = Statement(
    'insert into "§"._search (record, object, title, text, words) select id, %(object)s, title, text, words::tsvector'
    " from unnest(%(ids)s::uuid[], %(_title)s::text[], %(_text)s::text[], %(_words)s::text[])"
    " as u(id, title, text, words) on conflict (record) do update"
    " set title = excluded.title, text = excluded.text, words = excluded.words"
)


def create(
    caller: Caller,
    object: str,
    rows: Sequence[Row],
    *,
    atomic: bool = True,
    tx: TenantTransaction | None = None,
    loaded: Collection[str] = (),
    confirmed: Collection[str] = (),
) -> WriteResult:
    """Create up to 10,000 records. Lookups are ids or {"field of the target": value}; `loaded` fields are canonical.
    `confirmed` names the warning validations that whoever saves has seen ("*" = all).

    Atomic batches raise RecordsInvalid with every error and write nothing; others report errors per row. Also raises
    NotAllowed, UnknownName, ReleaseChanged, Conflict.
    """
    model = writable(caller, object, rows)
    if not caller.rights.may(object, "create"):
        raise NotAllowed
    return act(
        caller, lambda writing: create_in(writing.after(confirmed), model, rows, atomic=atomic, loaded=loaded), tx
    )


def writable(caller: Caller, object: str, rows: Sequence[Any]) -> ObjectModel:
    """The object, if it can be written at all and the batch is not too large."""
    model = caller.model.object(object)
    if model.system:
        raise NotAllowed
    if len(rows) > MOST_ROWS:
        raise BadRequest(en=f"At most {MOST_ROWS} records at a time.", zh=f"一次最多 {MOST_ROWS} 条记录。")
    return model


def create_in(
    writing: Writing,
    object: ObjectModel,
    rows: Sequence[Row],
    *,
    atomic: bool,
    apart: Sequence[str] = (),
    trusted: bool = False,
    loaded: Collection[str] = (),
) -> WriteResult:
    """`create` inside a running action."""
    if not rows:
        return WriteResult([])
    writing.alone = len(rows) == 1
    batch = load(writing.caller, object, rows, apart=apart, creating=True, trusted=trusted, loaded=loaded)
    resolve(writing, batch)
    return insert(writing, batch, atomic=atomic)


def insert(writing: Writing, batch: Batch, *, atomic: bool) -> WriteResult:
    """Write a loaded batch."""
    ids = new_ids(batch.count)
    with_documents = known_here(batch)
    shape = shape_of(writing.caller, batch, documents=with_documents)
    plan: InsertPlan = cached(("insert", shape.key), lambda: insert_plan(shape))
    values = parameters(shape, batch, ids)
    values["atomic"] = atomic
    if with_documents:
        searched = [f.name for f in searched_fields(batch.object)]
        nothing: list[Any] = [None] * batch.count
        values |= documents(batch, {name: batch.values.get(name, nothing) for name in searched})
    answered = writing.run(plan.statement, values)
    refusals.note(writing, batch, ids, plan.checks, ((row[0], row[1]) for row in answered if row[1]))
    if (plan.returns or plan.links) and not (atomic and batch.errors):
        written = [row for row in answered if row[0] - 1 not in batch.errors]
        _search_later(writing, batch, ids, plan, written)
        finish(
            writing,
            batch.object,
            plan.links,
            (row[2 + len(plan.returns) :] for row in written),
            tuple(batch.object.fields),
        )
    outcomes = [Outcome(index, id, 1, created=True) for index, id in enumerate(ids)]
    for index in batch.errors:
        outcomes[index].id = None
    return refusals.answer(batch, outcomes, atomic=atomic)


def _search_later(writing: Writing, batch: Batch, ids: Sequence[str], plan: InsertPlan, written: list[Any]) -> None:
    """Search words that need defaults or numbers: a second statement for the rows that were written."""
    names = [f.name for f in plan.returns]
    made = [document(batch.object, dict(zip(names, row[2:], strict=False))) for row in written]
    if names and written:
        index_documents(writing, batch.object, [ids[row[0] - 1] for row in written], made)


def index_documents(
    writing: Writing, object: ObjectModel, ids: Sequence[str], made: Sequence[tuple[str, str, str]]
) -> None:
    """Write the search rows of these records."""
    writing.run(_LATE_SEARCH, {"object": object.name, "ids": "{" + ",".join(ids) + "}", **document_arrays(made)})
