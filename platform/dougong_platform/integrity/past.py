"""Whether history leads to the present: versions, values and deletions as its entries tell them.

An entry binds only what it can know: values since their field has its present column (a change of type converts
without an entry), records since their object keeps history.
"""

from __future__ import annotations

from collections.abc import Iterator

from dougong_metadata.documents import Document
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.integrity.snapshot import EXAMPLES, Snapshot
from dougong_platform.records.canonical import json_text
from dougong_platform.records.statement import literal

_BEGINNING = "-infinity"
_WRONG = """
with past as materialized (
  select distinct on (h.record, c.key) h.record, c.key, h.at, c.value -> 1 as value
    from _history h cross join lateral jsonb_each(h.changes) c
   where h.object = %(object)s order by h.record, c.key, h.seq desc),
born as materialized (select distinct record from _history where object = %(object)s and op = 'create'),
wrong as (
  select v.field, t.id from {table} t cross join lateral (values {present}) v (field, value, since)
    left join past h on h.record = t.id and h.key = v.field left join born b on b.record = t.id
   where case when h.record is not null then h.at >= v.since and h.value is distinct from coalesce(v.value, 'null')
              else b.record is not null and v.value is not null and t.created_at >= v.since end)
select field, id, n from (
  select field, id::text, count(*) over (partition by field) as n,
         row_number() over (partition by field order by id) as place from wrong) x
 where place <= %(examples)s order by field, place
"""
_NOT_TOLD = frozenset(
    {"id", "created_at", "created_by", "updated_at", "updated_by", "version", "deleted_at", "deleted_by"}
)


def history(snapshot: Snapshot) -> Iterator[Finding]:
    """All objects that keep history."""
    released = dict(snapshot.rows("select number, at::text from _release where number > 1"))
    for object in snapshot.own_objects:
        since = _kept_since(snapshot, object, released)
        if since is not None:
            yield from _versions(snapshot, object, since)
            yield from _ends(snapshot, object, since)
            yield from _values(snapshot, object, released)


def _kept_since(snapshot: Snapshot, object: ObjectModel, released: dict[int, str]) -> str | None:
    """From when on every change of the object has an entry; None if changes have none now."""
    since: int | None = None
    for number, body in snapshot.rows(
        "select r.release, d.body from _release_document r join _document d using (hash)"
        " where r.kind = 'object' and r.name = %(name)s order by r.release desc",
        {"name": object.name},
    ):
        if not Document.stored("object", object.name, body).body.get("history", True):
            break
        since = number
    return None if since is None else released.get(since, _BEGINNING)


def _versions(snapshot: Snapshot, object: ObjectModel, since: str) -> Iterator[Finding]:
    yield from snapshot.count(
        object.name,
        "has records whose version is not the last one of their history",
        "记录版本与历史的最后版本不一致",
        f"select t.id as example from {snapshot.table(object.name)} t left join (select record, max(version) as version"
        " from _history where object = %(object)s group by record) h on h.record = t.id"
        " where t.updated_at >= %(since)s::timestamptz and h.version is distinct from t.version",
        {"object": object.name, "since": since},
    )


def _ends(snapshot: Snapshot, object: ObjectModel, since: str) -> Iterator[Finding]:
    """Deleted, live or gone: as the last entry that speaks of it."""
    last = (
        "select distinct on (record) record, op, at from _history where object = %(object)s"
        " and op in ('create', 'delete', 'restore', 'purge')"
        " order by record, seq desc"
    )
    table = snapshot.table(object.name)
    params = {"object": object.name, "since": since}
    yield from snapshot.count(
        object.name,
        "has records that are deleted where history says live, or the reverse",
        "记录的删除状态与历史不一致",
        f"select t.id as example from {table} t join ({last}) h on h.record = t.id"
        " where h.at >= %(since)s::timestamptz"
        " and (t.deleted_at is null) is distinct from (h.op in ('create', 'restore'))",
        params,
    )
    yield from snapshot.count(
        object.name,
        "has history of records that are gone without having been purged",
        "历史中的记录未经清除却已不存在",
        f"select h.record as example from ({last}) h where h.op <> 'purge' and h.at >= %(since)s::timestamptz"
        f" and not exists (select from {table} t where t.id = h.record)",
        params,
    )


def _values(snapshot: Snapshot, object: ObjectModel, released: dict[int, str]) -> Iterator[Finding]:
    """The newest entry of every field holds the value that stands in the record."""
    known = snapshot.rows(
        "select field, physical, since from _column where object = %(object)s and state = 'live'",
        {"object": object.name},
    )
    places = {(field, physical): since for field, physical, since in known}
    told = [f for f in object.fields.values() if f.name not in _NOT_TOLD and f.is_stored and f.rollup is None]
    statement = _WRONG.format(
        table=snapshot.table(object.name), present=", ".join(_present(snapshot, f, released, places) for f in told)
    )
    wrong: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for field, id, count in snapshot.rows(statement, {"object": object.name, "examples": EXAMPLES}):
        wrong.setdefault(field, []).append(id)
        counts[field] = count
    for field, ids in wrong.items():
        subject = f"{object.name}.{field}"
        yield finding(subject, "is not what history says it became", "当前值与历史记录不一致", counts[field], *ids)


def _present(
    snapshot: Snapshot, field: FieldModel, released: dict[int, str], places: dict[tuple[str, str], int]
) -> str:
    """(name, present value as jsonb, the moment since which its column is the field's) as a row of VALUES."""
    physical = snapshot.release.catalogue.column(field.object, field.name)
    since = _BEGINNING if field.system else released.get(places.get((field.name, physical), 1), _BEGINNING)
    value = json_text(snapshot.column(field), field.type.pg_type)
    return f"({literal(field.name)}, ({value})::jsonb, {literal(since)}::timestamptz)"
