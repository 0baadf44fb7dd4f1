"""How long a tenant keeps its audit log, and the deletion of what is older. Called by the engine's API and sweep."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dougong_tenants.audit.writing import note
from dougong_tenants.connection import Database
from dougong_tenants.errors import PolicyInvalid
from dougong_tenants.tenant import Tenant

DEFAULT_DAYS, FEWEST_DAYS, MOST_DAYS = 730, 30, 36_500
_BATCH = 5000
_DUE = "select exists (select from _audit where at < now() - make_interval(days => %s))"
# One worker is enough; the lock ends with the connection.
_ALONE = "select pg_try_advisory_lock(hashtextextended('dougong audit ' || current_schema(), 0))"
_DELETE = "delete from _audit where seq = any(array(select seq from _audit where at < %s order by seq limit %s))"


@dataclass(frozen=True, slots=True)
class Retention:
    """`days` None = for ever. `changed_at` is ISO 8601 text, None where nobody has chosen yet."""

    days: int | None = DEFAULT_DAYS
    changed_at: str | None = None
    changed_by: str | None = None


def retention(database: Database, tenant: Tenant) -> Retention:
    """What holds for this tenant."""
    _, rows = database.read(tenant, "select days, changed_at, changed_by from _audit_policy", custom_plan=False)
    return Retention(*rows[0]) if rows else Retention()


def set_retention(database: Database, tenant: Tenant, days: int | None, *, by: str | None = None) -> None:
    """Choose for how many days entries are kept, None = for ever. Raises PolicyInvalid."""
    if days is not None and not FEWEST_DAYS <= days <= MOST_DAYS:
        raise PolicyInvalid(
            "days",
            f"Entries are kept for {FEWEST_DAYS} to {MOST_DAYS} days, or for ever.",
            f"保留天数须为 {FEWEST_DAYS} 至 {MOST_DAYS}，或永久保留。",
        )
    with database.transaction(tenant) as tx:
        tx.execute("lock table _audit_policy in share row exclusive mode")
        rows = tx.rows("select days from _audit_policy")
        before = rows[0][0] if rows else DEFAULT_DAYS
        tx.execute(
            "insert into _audit_policy (days, changed_by) values (%(days)s, %(by)s::uuid) on conflict (one)"
            " do update set days = excluded.days, changed_by = excluded.changed_by, changed_at = now()",
            {"days": days, "by": by},
        )
        if before != days:
            about = {"changes": {"days": [before, days]}}
            note(tx, "policy.changed", actor=by, target_kind="policy", target="audit", details=about)


def purge(database: Database, tenant: Tenant, *, batch: int = _BATCH) -> int:
    """Delete what the policy no longer keeps, as the schema's owner, in batches; how many entries went.

    The purge is itself an entry, written together with the first batch.
    """
    days = retention(database, tenant).days
    if days is None or not database.read(tenant, _DUE, (days,), custom_plan=False)[1][0][0]:
        return 0
    gone = 0
    with database.owner(tenant) as connection:
        if not connection.execute(_ALONE).fetchall()[0][0]:
            return 0
        before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
        ((count,),) = connection.execute("select count(*) from _audit where at < %s", [before]).fetchall()
        while gone < count:
            with connection.transaction():
                if not gone:
                    about = {"entries": count, "before": before.isoformat(timespec="seconds"), "days": days}
                    note(connection, "audit.purged", target_kind="policy", target="audit", details=about)
                deleted = connection.execute(_DELETE, [before, batch]).rowcount
            if not deleted:
                break
            gone += deleted
    return gone
