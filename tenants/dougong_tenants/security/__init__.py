"""What a tenant demands of those who sign in: the policy, and the networks they may come from."""

from dougong_tenants.security.addresses import ANYWHERE, AddressList, parsed
from dougong_tenants.security.keeping import (
    LIMITS,
    enrolled_people,
    open_to_all_addresses,
    policy_of_tenant,
    policy_values,
    save_policy,
)
from dougong_tenants.security.moving import bring_back_policy
from dougong_tenants.security.new_password import rules_of_person, rules_of_tenant
from dougong_tenants.security.policy import SECOND_FACTOR, SecurityPolicy

__all__ = [
    "ANYWHERE",
    "LIMITS",
    "SECOND_FACTOR",
    "AddressList",
    "SecurityPolicy",
    "bring_back_policy",
    "enrolled_people",
    "open_to_all_addresses",
    "parsed",
    "policy_of_tenant",
    "policy_values",
    "rules_of_person",
    "rules_of_tenant",
    "save_policy",
]
