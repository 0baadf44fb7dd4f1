"""What somebody keeps as his own, reports and dashboards and what he has sent, as a part of a hand-over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_platform.own_documents import succession as documents
from dougong_platform.reports.subscriptions import succession as subscriptions
from dougong_tenants import Tenant, TenantTransaction


def documents_of(tx: TenantTransaction, user: str) -> tuple[tuple[str, str], ...]:
    """(id, name) of each."""
    return (*documents.kept_by(tx, user), *subscriptions.kept_by(tx, user))


def give(tx: TenantTransaction, tenant: Tenant, user: str, to: str) -> dict[str, list[dict[str, str]]]:
    """Give all of it to a successor: {"documents", "subscriptions"} for `take_back`."""
    return {
        "documents": documents.give(tx, user, to),
        "subscriptions": subscriptions.give(tx, tenant, user, to),
    }


def take_back(tx: TenantTransaction, tenant: Tenant, moved: Mapping[str, Any], user: str) -> None:
    """Give back what nobody has changed since."""
    documents.take_back(tx, moved.get("documents", ()), user)
    subscriptions.take_back(tx, tenant, moved.get("subscriptions", ()), user)
