"""A tenant's sign-in security policy: read wherever somebody comes in, changed by who looks after people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from dougong_tenants.passwords.rules import PasswordRules
from dougong_tenants.security.addresses import AddressList, address_list

SecondFactorRule = Literal["off", "optional", "required"]
SECOND_FACTOR: tuple[SecondFactorRule, ...] = ("off", "optional", "required")

# Of an alias `p`, which is all null where a tenant has never set a policy.
COLUMNS = (
    "p.password_length, p.password_kinds, p.password_history, p.password_days, p.second_factor, p.second_factor_sets,"
    " p.trust_provider, p.idle_minutes, p.longest_hours, p.addresses"
)
WIDTH = 10  # of COLUMNS


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """`second_factor_sets`: who must have one, if it is required; empty = everybody. `trust_provider`: signing in at an
    identity provider counts as both steps. `addresses`: networks to come from; empty = anywhere.
    """

    password: PasswordRules = field(default_factory=PasswordRules)
    second_factor: SecondFactorRule = "optional"
    second_factor_sets: tuple[str, ...] = ()
    trust_provider: bool = False
    idle_minutes: int = 12 * 60
    longest_hours: int = 14 * 24
    addresses: tuple[str, ...] = ()

    @property
    def allowed(self) -> AddressList:
        """From where requests may come."""
        return address_list(self.addresses)

    def requires_second_factor(self, permission_sets: Iterable[str]) -> bool:
        """Whether somebody who holds these sets must sign in with two steps."""
        if self.second_factor != "required":
            return False
        return not self.second_factor_sets or not set(self.second_factor_sets).isdisjoint(permission_sets)


def policy_of(row: tuple[Any, ...]) -> SecurityPolicy:
    """A row of COLUMNS as a policy."""
    length, kinds, history, days, factor, sets, trust, idle, longest, addresses = row
    if length is None:
        return SecurityPolicy()
    rules = PasswordRules(length, kinds, history, days)
    return SecurityPolicy(rules, factor, tuple(sets), trust, idle, longest, tuple(addresses))
