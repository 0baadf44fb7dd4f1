"""What a tenant demands of those who sign in: the policy, and the networks they may come from."""

from dougong_tenants.security.addresses import AddressList, parsed
from dougong_tenants.security.policy import SECOND_FACTOR, SecurityPolicy

__all__ = ["SECOND_FACTOR", "AddressList", "SecurityPolicy", "parsed"]
