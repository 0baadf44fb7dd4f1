"""Who may change whom, and hand out which permission sets; asked by the API and by the screens before they act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from dougong_platform.errors import FieldError, NotAllowed, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import coming_sets, ended, organisation_for
from dougong_platform.query.single import addressed
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.organisation import Organisation


def changeable(caller: Caller, id: str) -> str:
    """The id in an address, of a user whom the caller may change. Raises NotFound, NotAllowed."""
    user = addressed(id)
    require_authority(caller, user)
    return user


def require_authority(caller: Caller, user: str) -> tuple[str, ...]:
    """The permission sets that the user holds or will hold. Raises NotAllowed, NotFound: only an administrator changes
    one."""
    held = coming_sets(caller, user)
    if not caller.rights.is_admin and ADMINISTRATOR in held:
        raise NotAllowed
    return held


def check_sets(caller: Caller, wanted: Iterable[str], held: Iterable[str]) -> None:
    """Sets must exist; nobody hands out or takes away system rights that he does not hold himself.

    Raises RecordsInvalid, NotAllowed.
    """
    wanted, held = set(wanted), set(held)
    known = caller.model.permission_sets
    errors = [
        FieldError("permission_sets", "unknown_name", _unknown(name, caller.locale))
        for name in sorted(wanted)
        if name not in known and name != ADMINISTRATOR and name not in held
    ]
    if errors:
        raise RecordsInvalid(errors)
    if not all(may_grant(caller, name) for name in wanted ^ held):
        raise NotAllowed


def may_grant(caller: Caller, name: str) -> bool:
    """Whether the caller may give this permission set to somebody, or take it away."""
    if caller.rights.is_admin:
        return True
    if name == ADMINISTRATOR:
        return False
    found = caller.model.permission_sets.get(name)
    return found is None or (
        found.system <= caller.rights.system and all(caller.rights.may_shape(kind) for kind in found.kinds)
    )


def check_place(caller: Caller, changes: Mapping[str, Any], user: str | None = None) -> None:
    """A new department, title or further departments may bring and end only sets that the caller may grant.

    `changes`: those of `department`, `title` and `further_departments` that change; `user`: None for one who is about
    to be created. Raises NotAllowed.
    """
    if caller.rights.is_admin or not {"department", "title", "further_departments"} & set(changes):
        return
    known = organisation_for(caller)
    person = known.people.get(user or "")
    first, title = (person.department, person.title) if person is not None else (None, None)
    further = known.further.get(user or "", ())
    before = _brought(known, {*further, first}, title)
    after = _brought(
        known,
        {*changes.get("further_departments", further), changes.get("department", first)},
        changes.get("title", title),
    )
    _all_may_be_granted(caller, before ^ after)


def check_move(caller: Caller, department: str, parent: str | None) -> None:
    """Moving a department may bring and end, for the people in it, only sets that the caller may grant.

    Raises NotAllowed.
    """
    if caller.rights.is_admin:
        return
    known = organisation_for(caller)
    before = _brought(known, {*known.departments_above(department)}, None, from_above=True)
    above = {parent, *known.departments_above(parent)} if parent is not None else set()
    _all_may_be_granted(caller, before ^ _brought(known, above, None, from_above=True))


def _brought(
    known: Organisation, departments: Iterable[str | None], title: str | None, *, from_above: bool = False
) -> set[str]:
    """The sets that reach whoever is in these departments and holds this position, now or by a grant to come."""
    now = dt.datetime.now(dt.UTC)
    own = {one for one in departments if one is not None}
    above = own.union(*(known.departments_above(one) for one in own)) if own else own
    reached = [
        grant
        for grant in known.grants
        if grant.user is None
        and (
            (grant.department in above if grant.below else grant.department in own and not from_above)
            or (grant.title is not None and grant.title == title)
        )
    ]
    return {grant.permission_set for grant in reached if not ended(grant, now)}


def _all_may_be_granted(caller: Caller, names: Iterable[str]) -> None:
    if not all(may_grant(caller, name) for name in names):
        raise NotAllowed


def _unknown(name: str, locale: str) -> str:
    return f"没有权限集「{name[:60]}」。" if locale.startswith("zh") else f"“{name[:60]}” is not a permission set."
