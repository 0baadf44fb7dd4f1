"""The releases of a tenant as the builder and the command line list them, and what one publish is doing."""

from __future__ import annotations

from typing import Any

from dougong_platform.releases.release import Reads
from dougong_tenants import Database, Tenant

_RELEASE = ("number", "at", "by", "note", "restored", "documents")


def list_releases(
    database: Database, tenant: Tenant, limit: int = 100, before: int | None = None
) -> list[dict[str, Any]]:
    """[{number, at, by, by_name, note, restored, current, documents: count}], the newest first."""
    with database.transaction(tenant, read_only=True) as tx:
        rows = tx.execute(
            "select r.number, r.at, r.by, r.note, r.restored, (select count(*) from _release_document d"
            ' where d.release = r.number), u.name from _release r left join "user" u on u.id = r.by'
            " where %(before)s::int is null or r.number < %(before)s::int order by r.number desc limit %(limit)s",
            {"before": before, "limit": limit},
        ).fetchall()
        current = tx.entry.release
    return [{**dict(zip(_RELEASE, row, strict=False)), "by_name": row[6], "current": row[0] == current} for row in rows]


def changed_documents(tx: Reads, older: int, newer: int) -> list[dict[str, str]]:
    """[{kind, name, change: add|change|delete}] between two releases."""
    rows = tx.execute(
        "select coalesce(a.kind, b.kind), coalesce(a.name, b.name),"
        " case when a.hash is null then 'add' when b.hash is null then 'delete' else 'change' end"
        " from (select * from _release_document where release = %s) a full join"
        " (select * from _release_document where release = %s) b on a.kind = b.kind and a.name = b.name"
        " where a.hash is distinct from b.hash order by 1, 2",
        [older, newer],
    ).fetchall()
    return [{"kind": kind, "name": name, "change": change} for kind, name, change in rows]


def last_publish(database: Database, tenant: Tenant) -> dict[str, Any] | None:
    """{target, state, done: finished steps, error, started, ended} of the publish that began last."""
    _, rows = database.read(
        tenant,
        "select target, state, (select count(*) from jsonb_each(done) d where d.value = 'true'),"
        " error, started, ended from _publish order by started desc limit 1",
    )
    if not rows:
        return None
    return dict(zip(("target", "state", "done", "error", "started", "ended"), rows[0], strict=True))
