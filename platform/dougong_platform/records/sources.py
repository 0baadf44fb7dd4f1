"""Parts that the insert and the update statement share: the rows that came in, and the event that goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_platform.records.arrays import array_text, flags_text
from dougong_platform.records.load import Batch
from dougong_platform.records.shape import Shape
from dougong_platform.records.statement import literal, quoted
from dougong_platform.search import document

SEARCH_COLUMNS = ("_title", "_text", "_words")
_ARRAYS = frozenset({"text[]", "uuid[]"})  # rows of different lengths cannot be one PostgreSQL array: cast row by row
EVENT_IDS = 100  # an event of more records names none: its reader takes them from history by transaction


def given_rows(shape: Shape, first: Sequence[str]) -> str:
    """`given as (…)`: row number `_i`, `id`, the given fields in their types, flags and search words."""
    sources, names, columns = ["%(ids)s::uuid[]"], ["id"], [f"u.{name}" for name in first]
    for name in shape.given:
        pg_type = shape.object.fields[name].type.pg_type
        element = "text" if pg_type in _ARRAYS else pg_type
        sources.append(f"%(f_{name})s::{element}[]")
        columns.append(f"u.{quoted(name)}" + (f"::{pg_type} as {quoted(name)}" if pg_type in _ARRAYS else ""))
        names.append(quoted(name))
        if name in shape.mixed:
            sources.append(f"%(g_{name})s::boolean[]")
            names.append(quoted(f"_gave_{name}"))
            columns.append(f"u.{names[-1]}")
    extra = [*(["_flawed"] if shape.flawed else []), *(SEARCH_COLUMNS if shape.documents else ())]
    sources += [f"%({name})s::{'boolean' if name == '_flawed' else 'text'}[]" for name in extra]
    columns += [f"u.{name}" for name in extra]
    return (
        f"given as (select {', '.join(columns)} from unnest({', '.join(sources)}) with ordinality"
        f" as u({', '.join([*names, *extra, '_i'])}))"
    )


def parameters(shape: Shape, batch: Batch, ids: Sequence[str]) -> dict[str, Any]:
    """The arrays that `given_rows` takes."""
    values: dict[str, Any] = {"ids": array_text(ids)}
    for name, wires in batch.wires.items():
        values[f"f_{name}"] = array_text(wires)
        if name in shape.mixed:
            values[f"g_{name}"] = flags_text(batch.gave[name])
    if shape.flawed:
        values["_flawed"] = flags_text([index in batch.errors for index in range(batch.count)])
    return values


def documents(batch: Batch, known: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Search words of every row from canonical values by field, as the arrays that `given_rows` takes."""
    names = list(known)
    made = (
        [document(batch.object, dict(zip(names, values, strict=True))) for values in zip(*known.values(), strict=True)]
        if names
        else [("", "", "")] * batch.count
    )
    return document_arrays(made)


def document_arrays(made: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """Documents as the parameters _title, _text, _words."""
    return {name: array_text([one[place] for one in made]) for place, name in enumerate(SEARCH_COLUMNS)}


def attached_files(shape: Shape) -> list[str]:
    """`attached_n as (…)` per given file field: loose files become the record's."""
    parts = []
    for number, name in enumerate(n for n in shape.given if shape.object.fields[n].type.pg_type == "uuid[]"):
        sets = f"object = {literal(shape.object.name)}, record = n.id, field = {literal(name)}"
        parts.append(
            f'attached_{number} as (update "§"._file x set {sets} from good n'
            f" where x.record is null and x.id = any(n.{quoted(name)}))"
        )
    return parts


def outbox(shape: Shape, op: str) -> str:
    """`told as (…)`: one event for the whole batch, if anything was written."""
    most = EVENT_IDS if shape.object.history else 2_000_000
    ids = f"case when count(*) <= {most} then jsonb_agg(n.id order by n._i) end"
    payload = (
        f"jsonb_build_object('object', {literal(shape.object.name)}, 'op', {literal(op)}, 'count', count(*),"
        f" 'xid', pg_current_xact_id()::text, 'actor', %(env_user)s, 'cause', %(cause)s::text,"
        f" 'cause_ref', %(cause_ref)s::text, 'ids', {ids})"
    )
    return (
        f"told as (insert into \"§\"._outbox (topic, payload) select 'records', {payload} from good n"
        " having count(*) > 0)"
    )
