"""The switch: one short transaction after which the new release is in force. Writers wait for it, readers do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dougong_platform.errors import PublishRefused
from dougong_platform.releases.fills import Fill, count_refused
from dougong_platform.releases.locks import SWITCH_LOCK
from dougong_platform.releases.noting import note_release, release_changes
from dougong_platform.releases.publication import Publication
from dougong_platform.releases.release import Release
from dougong_platform.storage.ddl import Owner, patiently
from dougong_tenants import Tenant
from dougong_tenants.tenancy import record_release


def switch(
    connection: Owner,
    tenant: Tenant,
    publication: Publication,
    target: Release,
    fills: Sequence[Fill],
    finish: Callable[[Owner], None],
) -> None:
    """Make the target the tenant's release. PublishRefused for values that came in meanwhile and do not convert.

    `finish` is done within the switch, while nobody writes: it has to be quick, and may refuse too.
    """

    changes = release_changes(connection, publication.base, publication.target)  # before anybody waits

    def once(inside: Owner) -> None:
        inside.execute(SWITCH_LOCK)
        for fill in fills:
            count = count_refused(inside, fill, publication.id, marked_only=True)
            if count:
                raise PublishRefused.values(fill.object, fill.field, count)
        finish(inside)
        record(inside, tenant, publication, target)
        note_release(inside, publication, changes)
        inside.execute(
            "update _publish set state = 'switched', done = done || '{\"switch\": true}' where id = %s",
            [publication.id],
        )

    patiently(connection, once)
    publication.state = "switched"


def record(connection: Owner, tenant: Tenant, publication: Publication, target: Release) -> None:
    """Within a transaction: the release's row, its columns live and the others retired, the published drafts gone."""
    number = publication.target
    connection.execute(
        "insert into _release (number, by, note, model_hash, catalogue, restored)"
        " select target, by, note, model_hash, catalogue, restored from _publish where id = %s",
        [publication.id],
    )
    retire(connection, target)
    connection.execute(
        "delete from _draft d where exists (select from _release_document r where r.release = %(n)s and r.kind = d.kind"
        " and r.name = d.name and r.hash = d.hash) or (d.body is null and not exists (select from _release_document r"
        " where r.release = %(n)s and r.kind = d.kind and r.name = d.name))",
        {"n": number},
    )
    connection.execute("delete from _draft_stage where not exists (select from _draft)")
    if publication.pack:
        _record_packs(connection, publication, number)
    if publication.base:
        connection.execute(
            "insert into _outbox (topic, payload)"
            " values ('release', jsonb_build_object('base', %s::int, 'number', %s::int))",
            [publication.base, number],
        )
    record_release(connection, tenant, number)


def retire(connection: Owner, target: Release) -> None:
    """Bring `_column` in step: what the target uses is live, what it does not is retired."""
    live = [(o.name, "", target.catalogue.table(o.name)) for o in target.model.objects.values() if not o.system]
    live += [
        (o.name, f.name, target.catalogue.column(o.name, f.name))
        for o in target.model.objects.values()
        if not o.system
        for f in o.stored_fields
    ]
    columns = [list(part) for part in zip(*live, strict=True)] or [[], [], []]
    connection.execute(
        "with live as (select * from unnest(%s::text[], %s::text[], %s::text[]) as t (object, field, physical))"
        " update _column c set state = case when l.object is not null then 'live'"
        " when c.field = '' and c.object in (select object from live) then 'replaced' else 'retired' end,"
        " retired = case when l.object is null then coalesce(c.retired, %s) end,"
        " retired_at = case when l.object is null then coalesce(c.retired_at, now()) end"
        " from _column k left join live l using (object, field, physical)"
        " where c.object = k.object and c.field = k.field and c.physical = k.physical"
        " and (c.state = 'live') is distinct from (l.object is not null)",
        [*columns, target.number],
    )


def _record_packs(connection: Owner, publication: Publication, number: int) -> None:
    for pack in (publication.pack or {}).get("packs", ()):
        name, documents = pack["name"], pack["documents"]
        connection.execute(
            "insert into _pack (name, version, label, release) values (%s, %s, %s::jsonb, %s)"
            " on conflict (name) do update set version = excluded.version, label = excluded.label,"
            " release = excluded.release, at = now()",
            [name, pack["version"], pack.get("label"), number],
        )
        connection.execute("delete from _pack_document where pack = %s", [name])
        connection.execute("delete from _pack_pending where name = %s", [name])
        connection.cursor().executemany(
            "insert into _pack_document (pack, kind, name, hash) values (%s, %s, %s, %s)",
            [(name, kind, document, hash) for kind, document, hash in documents],
        )
