"""Who may change whom, and hand out which permission sets; asked by the API and by the screens before they act."""

from __future__ import annotations

from collections.abc import Iterable

from dougong_platform.errors import FieldError, NotAllowed, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import held_sets
from dougong_tenants import ADMINISTRATOR


def require_authority(caller: Caller, user: str) -> tuple[str, ...]:
    """The permission sets that the user holds. Raises NotAllowed, NotFound: only an administrator changes one."""
    held = held_sets(caller, user)
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
    found = caller.model.permission_sets.get(name)
    return name != ADMINISTRATOR and (found is None or found.system <= caller.rights.system)


def _unknown(name: str, locale: str) -> str:
    return f"没有权限集「{name[:60]}」。" if locale.startswith("zh") else f"“{name[:60]}” is not a permission set."
