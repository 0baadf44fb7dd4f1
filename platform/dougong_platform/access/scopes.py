"""Scopes: whose records a permission set means. Several sets may grant scopes of which none holds the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dougong_tenants.organisation import Reach

# From narrow to wide, for showing one word where several are granted; only some hold each other (see `_HOLDS`).
SCOPES: tuple[str, ...] = ("none", "own", "own_below", "department", "department_below", "departments", "all")
ALL = frozenset({"all"})
_HOLDS = {
    "own_below": frozenset({"own"}),
    "department": frozenset({"own"}),
    "department_below": frozenset({"own", "department"}),
    "departments": frozenset({"own"}),
}


def widest(scopes: Iterable[str]) -> str:
    """The one word that stands for several scopes."""
    return max((one.partition(":")[0] for one in scopes), key=SCOPES.index, default="none")


def together(scopes: Iterable[str]) -> frozenset[str]:
    """What several scopes grant together: () for none, ALL, or those that no other one holds.

    `departments` is given as departments:SET, because each set names its own.
    """
    found = frozenset(scopes) - {"none"}
    if "all" in found:
        return ALL
    held = frozenset().union(*(_HOLDS.get(one.partition(":")[0], frozenset()) for one in found))
    return found - held


def parameter_of(scopes: frozenset[str]) -> str:
    """The name of the statement parameter that holds the owners of these scopes."""
    return "env_owners_" + "__".join(sorted(one.replace(":", "_of_") for one in scopes))


def owners_text(reach: Reach, scopes: frozenset[str]) -> str:
    """The owners of these scopes as a PostgreSQL array."""
    return array_text(frozenset().union(*(reach.owners(one) for one in scopes)))


def array_text(ids: Iterable[str]) -> str:
    """Ids as the text of a uuid[], in order, so that equal sets are equal texts."""
    return "{" + ",".join(sorted(ids)) + "}"


def parameters(reach: Reach, lists: Iterable[frozenset[str]]) -> Mapping[str, str]:
    """The owner lists that a user's statements may ask for, `env_subjects` and `env_identities`."""
    own = {"env_subjects": array_text(reach.subjects), "env_identities": array_text(reach.identities)}
    return own | {parameter_of(scopes): owners_text(reach, scopes) for scopes in lists}
