"""What somebody keeps goes to his successor, and comes back. Called by hand-overs, within their transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction

_KEPT = """
select id, label from _own_document where owner = %(user)s::uuid and deleted_at is null order by sort_key(label), id
"""
# With whom it was shared stays; the successor needs no share of his own.
_GIVE = """
update _own_document set owner = %(to)s::uuid, shared = shared - %(to)s::text
 where owner = %(user)s::uuid and deleted_at is null returning id
"""
_BACK = """
update _own_document set owner = %(user)s::uuid where id = any(%(ids)s::uuid[]) and owner = %(to)s::uuid returning id
"""


def kept_by(tx: TenantTransaction, user: str) -> list[tuple[str, str]]:
    """(id, label) of somebody's own reports and dashboards."""
    return [(id, label) for id, label in tx.rows(_KEPT, {"user": user})]


def give(tx: TenantTransaction, user: str, to: str) -> list[dict[str, str]]:
    """All of somebody's own documents become another's; [{"id", "to"}] for `take_back`."""
    return [{"id": id, "to": to} for (id,) in tx.rows(_GIVE, {"user": user, "to": to})]


def take_back(tx: TenantTransaction, given: Sequence[Mapping[str, Any]], user: str) -> None:
    """Give back what still belongs to whom it was given."""
    for to in {one["to"] for one in given}:
        ids = [one["id"] for one in given if one["to"] == to]
        tx.rows(_BACK, {"user": user, "to": to, "ids": array_text(ids)})
