"""Entries for what happens in the control schema: sessions, tokens and passwords belong to a tenant's log too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dougong_tenants.audit.writing import note, note_apart
from dougong_tenants.connection import ControlTransaction, Database
from dougong_tenants.given_text import storable
from dougong_tenants.tenant import COLUMNS, Tenant, tenant_of


class Noting:
    """Called like `note`, but without the transaction: the entries are written when the control schema is left."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, action: str, **about: Any) -> None:
        """An entry of the log of the tenant that was entered; `about` as for `note`."""
        self.entries.append((action, about))


@contextmanager
def noting(database: Database, tenant: Tenant) -> Iterator[tuple[ControlTransaction, Noting]]:
    """The control schema and the tenant's log in one transaction. Raises TenantSuspended, like every way in."""
    noted = Noting()
    with database.transaction(tenant) as tx:
        with tx.control() as control:
            yield control, noted
        for action, about in noted.entries:
            note(tx, action, **about)


def note_for_person(
    database: Database,
    person: str | None,
    action: str,
    *,
    tenant: str | None = None,
    but: str | None = None,
    himself: bool = False,
    **about: Any,
) -> None:
    """An entry about a person in each open tenant to which he belongs, or only in `tenant` (a name), without `but`.

    The target is the user that he is there. `himself`: he is the actor too. Nobody (None) has no log.
    """
    rows = database.read_control(
        f"select m.user_id, {COLUMNS} from dougong.membership m join dougong.tenant t on t.id = m.tenant"  # constant
        " where m.person = %(person)s::uuid and t.status = 'active'"
        " and (%(tenant)s::text is null or t.name = %(tenant)s) and t.name is distinct from %(but)s order by t.name",
        {"person": person, "tenant": None if tenant is None else storable(tenant), "but": but},
    )
    for user, *row in rows:
        actor = {"actor": user} if himself else {}
        note_apart(database, tenant_of(tuple(row)), action, target_kind="user", target=user, **actor, **about)
