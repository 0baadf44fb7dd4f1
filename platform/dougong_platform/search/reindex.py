"""Makes search entries anew for objects whose searched fields a release has changed; records keep their own up to date.

The worker does it after a publish, batch by batch, each row locked while its entry is written.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from dougong_metadata.model.types import ObjectModel
from dougong_platform.releases.release import Release, load
from dougong_platform.search.words import document, searched_fields
from dougong_platform.storage import compile_statement, tables
from dougong_tenants import Database, Tenant

BATCH = 1_000
_FIRST = "00000000-0000-0000-0000-000000000000"
_WRITE = """
insert into _search (record, object, title, text, words)
select record, %(object)s, title, text, words::tsvector
  from unnest(%(records)s::uuid[], %(titles)s::text[], %(texts)s::text[], %(words)s::text[])
       t (record, title, text, words)
    on conflict (record) do update set object = excluded.object, title = excluded.title, text = excluded.text,
       words = excluded.words
"""


def reindex(database: Database, tenant: Tenant, base: int, number: int) -> list[str]:
    """Bring the entries from release `base` to `number`; the objects that were gone through. Safe to repeat."""
    old, new = load(database, tenant, base), load(database, tenant, number)
    gone = sorted(set(old.model.objects) - set(new.model.objects))
    if gone:
        with database.transaction(tenant) as tx:
            tx.execute("delete from _search where object = any(%s::text[])", [gone])
    due = [
        name
        for name, object in new.model.objects.items()
        if not object.system and _searched(old.model.objects.get(name)) != _searched(object)
    ]
    for name in due:
        reindex_object(database, tenant, new, name)
    return due


def _searched(object: ObjectModel | None) -> Any:
    """What the entries of an object depend on."""
    if object is None:
        return None
    return object.name_field, [
        (f.name, f.type.name, [(v.value, v.label) for v in f.picklist.values.values()] if f.picklist else None)
        for f in searched_fields(object)
    ]


def reindex_object(database: Database, tenant: Tenant, release: Release, name: str) -> None:
    """Make the entries of one object's live records anew, batch by batch."""
    object = release.model.objects[name]
    table = tables(release.model, release.catalogue)[name]
    fields = [f.name for f in searched_fields(object)]
    statement = compile_statement(
        select(table.c.id, *(table.c[field] for field in fields))
        .where(table.c.deleted_at.is_(None), table.c.id > bindparam("after"))
        .order_by(table.c.id)
        .limit(BATCH)
        .with_for_update(key_share=True)
    )
    text = statement.for_tenant(tenant.schema, release.number)
    after = _FIRST
    while True:
        with database.transaction(tenant) as tx:
            rows = tx.rows(text, {**statement.params, "after": after})
            if not rows:
                return
            made = [document(object, dict(zip(fields, row[1:], strict=True))) for row in rows]
            titles, texts, words = (list(part) for part in zip(*made, strict=True))
            ids = [row[0] for row in rows]
            tx.execute(_WRITE, {"object": name, "records": ids, "titles": titles, "texts": texts, "words": words})
        after = ids[-1]
