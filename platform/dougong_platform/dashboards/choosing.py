"""Home: the dashboard that somebody has chosen, else the first one made for his permission sets."""

from __future__ import annotations

from contextlib import suppress

from dougong_platform.dashboards.errors import DashboardBroken
from dougong_platform.dashboards.finding import Found, documents, find, meets
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller

_CHOSEN = 'select dashboard from _home_choice where "user" = %(user)s::uuid'
_ANYTHING = "select 1 from _history limit 1"
_CHOOSE = """
insert into _home_choice ("user", dashboard) values (%(user)s::uuid, %(dashboard)s)
on conflict ("user") do update set dashboard = excluded.dashboard, updated_at = now()
"""


def home_of(caller: Caller) -> Found | None:
    """The caller's home: what he chose while he may see it, else the one made for his permission sets with the lowest
    position, None where none is. Raises CallerOutdated."""
    entry, rows = caller.database.read(caller.tenant, _CHOSEN, {"user": caller.user}, custom_plan=False)
    caller.verify(entry)
    if rows:
        with suppress(NotFound, DashboardBroken):
            return find(caller, rows[0][0])
    return usual_home(caller)


def usual_home(caller: Caller) -> Found | None:
    """The home of whoever has chosen none."""
    return next(iter(homes_of(caller)), None)


def homes_of(caller: Caller) -> list[Found]:
    """The dashboards made for the caller's permission sets, in their order: those between which he may choose."""
    return [one for one in documents(caller) if meets(caller, one.dashboard)]


def is_empty(caller: Caller) -> bool:
    """Whether nobody has written a record yet: there is nothing to be counted. Raises CallerOutdated."""
    entry, rows = caller.database.read(caller.tenant, _ANYTHING, {}, custom_plan=False)
    caller.verify(entry)
    return not rows


def choose(caller: Caller, key: str | None) -> None:
    """Make a dashboard the caller's home; None: the one of his permission sets again. Raises NotFound."""
    if key is not None:
        find(caller, key)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        if key is None:
            tx.execute('delete from _home_choice where "user" = %(user)s::uuid', {"user": caller.user})
        else:
            tx.execute(_CHOOSE, {"user": caller.user, "dashboard": key})
