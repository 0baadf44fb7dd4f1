"""The releases of a tenant as the builder and the command line list them, and what one publish is doing."""

from __future__ import annotations

from typing import Any

from dougong_platform.releases.release import Reads
from dougong_tenants import Database, Tenant

_PUBLISH = (
    "base",
    "target",
    "state",
    "done",
    "steps",
    "rows_done",
    "rows",
    "note",
    "by",
    "started",
    "ended",
    "error",
)
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


def last_publish(database: Database, tenant: Tenant, locale: str = "en") -> dict[str, Any] | None:
    """Of the publish that began last: {base, target, state: preparing|switched|done|failed, done and steps (how many
    steps), rows_done and rows (written one by one; rows is an estimate), note, by, started, ended, error}.

    `steps` and `rows` are null until somebody works on it. error: {code, message, data}, null unless it failed.
    """
    _, rows = database.read(
        tenant,
        "select base, target, state, (select count(*) from jsonb_each(done) d where d.value = 'true'), steps,"
        " case when state in ('switched', 'done') then rows else rows_done end, rows, note, by, started, ended, error"
        " from _publish order by started desc limit 1",
    )
    if not rows:
        return None
    found = dict(zip(_PUBLISH, rows[0], strict=True))
    error = found["error"]
    if error is not None:
        data = error.get("data") or {}
        found["error"] = {"code": error.get("code"), "message": data.get(locale[:2], data.get("en")), "data": data}
    return found
