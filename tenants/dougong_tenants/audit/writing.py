"""Writes entries of the audit log: `note` within the transaction of the thing itself, `note_apart` where there is none.

An action is dotted words, subject first (`token.issued`). Details are any JSON; by convention `changes` holds
{name: [before, after]}, which is shown as before → after; all else is shown as it is. No secret belongs here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from dougong_tenants.audit.circumstances import circumstances
from dougong_tenants.connection import Database
from dougong_tenants.given_text import storable
from dougong_tenants.tenant import Tenant

_INSERT = (
    "insert into _audit (actor, action, target_kind, target, label, details, ip, via)"
    " values (%s::uuid, %s, %s, %s, %s, %s::jsonb, %s, %s)"
)
_LONGEST = 300  # characters of a label


class Executes(Protocol):
    """A TenantTransaction, or a connection of the schema's owner. Not within `tx.control()`: there is no log there."""

    def execute(self, sql: str, params: Any = ..., /) -> Any: ...


def note(
    tx: Executes,
    action: str,
    *,
    actor: str | None = None,
    target_kind: str | None = None,
    target: str | None = None,
    label: str | None = None,
    details: Mapping[str, Any] | None = None,
    ip: str | None = None,
    via: str | None = None,
) -> None:
    """Add an entry that stands if the transaction does.

    `actor` (a user's id), `ip` and `via` are those of the present request, unless given. `target_kind` and `target`
    say what was acted upon: ("user", id), ("object", name), ("token", id), ("release", number); `label` is what it was
    called.
    """
    present = circumstances()
    values = (
        actor or present.actor,
        action,
        target_kind,
        None if target is None else storable(str(target)),
        None if label is None else storable(label)[:_LONGEST],
        _fit(dict(details or {})),
        ip or present.ip,
        via or present.via,
    )
    tx.execute(_INSERT, values)


def note_apart(
    database: Database,
    tenant: Tenant,
    action: str,
    *,
    actor: str | None = None,
    target_kind: str | None = None,
    target: str | None = None,
    label: str | None = None,
    details: Mapping[str, Any] | None = None,
    ip: str | None = None,
    via: str | None = None,
) -> None:
    """As `note`, in a transaction of its own: for what was refused or only read. Raises what `transaction` raises."""
    with database.transaction(tenant) as tx:
        note(
            tx,
            action,
            actor=actor,
            target_kind=target_kind,
            target=target,
            label=label,
            details=details,
            ip=ip,
            via=via,
        )


def _fit(value: Any) -> Any:
    """JSON that PostgreSQL takes: no NUL and no half surrogate in any text."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _fit(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_fit(one) for one in value]
    return value
