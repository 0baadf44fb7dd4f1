"""The permission sets that somebody holds himself and for good; those with an end, and those that reach him through a
department or a position, are grants (see `grants`). Called by the actions on users and by the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from dougong_tenants.connection import Database, TenantTransaction
from dougong_tenants.errors import LastAdministrator
from dougong_tenants.people.checks import check_text
from dougong_tenants.people.noting import note_sets
from dougong_tenants.people.rows import people_transaction, person_there
from dougong_tenants.principal import ADMINISTRATOR
from dougong_tenants.tenant import Tenant

PERMANENT = "until_at is null and (from_at is null or from_at <= now())"


def set_permission_sets(
    database: Database, tenant: Tenant, user: str, names: Iterable[str], *, by: str | None = None
) -> None:
    """Replace the sets that the user holds himself without an end; a name that he holds for a time is his for good.

    What he holds for a time otherwise stays as it is. Raises LastAdministrator, NoSuchPerson.
    """
    wanted = set(names)
    with people_transaction(database, tenant) as tx:
        person_there(tx, user)
        held = permanent_sets(tx, user)
        with an_administrator_stays(tx):
            tx.execute(
                f'delete from user_permission_set where "user" = %s::uuid and {PERMANENT}'  # words of ours
                " and permission_set <> all(%s::text[])",
                (user, sorted(wanted)),
            )
            write_sets(tx, user, wanted, by)
        note_sets(tx, user, held, wanted, by)


def permanent_sets(tx: TenantTransaction, user: str) -> tuple[str, ...]:
    """The names of the sets that the user holds himself without an end, sorted."""
    rows = tx.rows(
        f'select permission_set from user_permission_set where "user" = %s::uuid and {PERMANENT} order by 1', (user,)
    )
    return tuple(name for (name,) in rows)


def write_sets(tx: TenantTransaction, user: str, names: Iterable[str], by: str | None) -> None:
    """Give these sets for good; one that is held already keeps its departments."""
    tx.execute(
        'insert into user_permission_set ("user", permission_set, created_by)'
        " select distinct %s::uuid, name, %s::uuid from unnest(%s::text[]) name"
        ' on conflict ("user", permission_set) do update set from_at = null, until_at = null',
        (user, by, [check_text("permission_sets", name, 60) for name in names]),
    )


@contextmanager
def an_administrator_stays(tx: TenantTransaction) -> Iterator[None]:
    """A tenant that has an active administrator without an end keeps one."""
    before = _administrators(tx)
    yield
    if before and not _administrators(tx):
        raise LastAdministrator


def _administrators(tx: TenantTransaction) -> int:
    ((count,),) = tx.rows(
        'select count(*) from "user" u join user_permission_set s on s."user" = u.id'
        " where u.active and u.deleted_at is null and u.kind = 'person' and s.permission_set = %s"
        f" and {PERMANENT}",
        (ADMINISTRATOR,),
    )
    return int(count)
