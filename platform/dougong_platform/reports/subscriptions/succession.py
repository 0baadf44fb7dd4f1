"""Somebody's subscriptions go to his successor, and come back. Called by hand-overs, within their transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_platform.records.arrays import array_text
from dougong_platform.reports.subscriptions.words import OWNER_LEFT
from dougong_tenants import Tenant, TenantTransaction
from dougong_tenants.alarms import REPORTS, hold_alarm, set_alarm

_KEPT = """
select s.id, coalesce(d.label, s.key) from _report_subscription s left join _own_document d on d.id::text = s.key
 where s.owner = %(user)s::uuid and s.removed_at is null order by 2, 1
"""
# Due anew by the successor's clock. What was stopped because its owner had left goes on.
_GIVE = """
update _report_subscription set owner = %(to)s::uuid, next_at = null,
       active = active or coalesce(last_error ->> 'en' = %(left)s, false),
       last_error = nullif(last_error, case when last_error ->> 'en' = %(left)s then last_error end)
 where owner = %(user)s::uuid and removed_at is null returning id
"""
_BACK = """
update _report_subscription set owner = %(user)s::uuid, next_at = null
 where id = any(%(ids)s::uuid[]) and owner = %(to)s::uuid returning id
"""


def kept_by(tx: TenantTransaction, user: str) -> list[tuple[str, str]]:
    """(id, what is sent) of somebody's subscriptions."""
    return [(id, label) for id, label in tx.rows(_KEPT, {"user": user})]


def give(tx: TenantTransaction, tenant: Tenant, user: str, to: str) -> list[dict[str, str]]:
    """All of somebody's subscriptions become another's; [{"id", "to"}] for `take_back`."""
    found = tx.rows(_GIVE, {"user": user, "to": to, "left": OWNER_LEFT.en})
    _wake(tx, tenant, bool(found))
    return [{"id": id, "to": to} for (id,) in found]


def take_back(tx: TenantTransaction, tenant: Tenant, given: Sequence[Mapping[str, Any]], user: str) -> None:
    """Give back what still belongs to whom it was given."""
    found = []
    for to in {one["to"] for one in given}:
        ids = [one["id"] for one in given if one["to"] == to]
        found += tx.rows(_BACK, {"user": user, "to": to, "ids": array_text(ids)})
    _wake(tx, tenant, bool(found))


def _wake(tx: TenantTransaction, tenant: Tenant, needed: bool) -> None:
    if needed:
        hold_alarm(tx, tenant, REPORTS)
        set_alarm(tx, tenant, "now", REPORTS)
