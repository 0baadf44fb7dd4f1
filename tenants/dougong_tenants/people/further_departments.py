"""The departments somebody belongs to beside his own one. Called by the engine's API over people and by the screens."""

from __future__ import annotations

from collections.abc import Iterable

from dougong_tenants.connection import Database
from dougong_tenants.people.checks import check_exists, check_id
from dougong_tenants.people.noting import note_change, values_of
from dougong_tenants.people.rows import people_transaction, person_there
from dougong_tenants.tenant import Tenant


def set_further_departments(
    database: Database, tenant: Tenant, user: str, departments: Iterable[str], *, by: str | None = None
) -> None:
    """Make these the departments he is in beside his own, which is left out. Raises PersonInvalid, NoSuchPerson."""
    wanted = {id for one in departments if (id := check_id("departments", one)) is not None}
    with people_transaction(database, tenant) as tx:
        person_there(tx, user)
        before = values_of(tx, "user", user, ("department",))
        wanted.discard(before["department"])
        for one in sorted(wanted):
            check_exists(tx, "departments", "department", one)
        rows = tx.rows('select department from _user_department where "user" = %s::uuid order by 1', (user,))
        tx.execute('delete from _user_department where "user" = %s::uuid', (user,))
        tx.execute(
            'insert into _user_department ("user", department) select %s::uuid, unnest(%s::uuid[])',
            (user, sorted(wanted)),
        )
        held = {"name": before["name"], "further_departments": [one for (one,) in rows]}
        note_change(tx, "people.user_changed", "user", user, held, {"further_departments": sorted(wanted)}, by)
