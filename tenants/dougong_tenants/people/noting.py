"""Tells the audit log what changed about people, with the values before and after. Used by this folder's actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dougong_tenants.audit import note
from dougong_tenants.connection import TenantTransaction
from dougong_tenants.connection.transaction import quoted

Values = dict[str, Any]


def values_of(tx: TenantTransaction, table: str, identifier: str, columns: Iterable[str]) -> Values:
    """The row's present values of these columns and its `name`; empty if there is no such row."""
    names = list(dict.fromkeys(("name", *columns)))
    rows = tx.rows(
        f"select {', '.join(map(quoted, names))} from {quoted(table)} where id = %s::uuid",  # ours
        (identifier,),
    )
    return dict(zip(names, rows[0], strict=True)) if rows else {}


def note_change(
    tx: TenantTransaction,
    action: str,
    table: str,
    identifier: str,
    before: Values,
    after: Mapping[str, Any],
    by: str | None,
) -> None:
    """An entry with what differs; none if nothing does. `before` is what `values_of` gave for the keys of `after`."""
    changes = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    if changes:
        label = after.get("name") or before.get("name")
        note(tx, action, actor=by, target_kind=table, target=identifier, label=label, details={"changes": changes})


def note_sets(tx: TenantTransaction, user: str, before: Iterable[str], after: Iterable[str], by: str | None) -> None:
    """Entries for the permission sets given and taken away, each with all that he had before and has now."""
    old, new = sorted(set(before)), sorted(set(after))
    label = values_of(tx, "user", user, ()).get("name")
    for action, names in (
        ("permission_set.granted", [name for name in new if name not in old]),
        ("permission_set.revoked", [name for name in old if name not in new]),
    ):
        if names:
            details = {"permission_sets": names, "changes": {"permission_sets": [old, new]}}
            note(tx, action, actor=by, target_kind="user", target=user, label=label, details=details)
