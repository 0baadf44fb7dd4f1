"""API tokens: issued (shown once, stored hashed), listed and revoked."""

from dougong_tenants.principal import SCOPES
from dougong_tenants.tokens.issuing import IssuedToken, TokenInfo, issue, list_tokens, revoke

__all__ = ["SCOPES", "IssuedToken", "TokenInfo", "issue", "list_tokens", "revoke"]
