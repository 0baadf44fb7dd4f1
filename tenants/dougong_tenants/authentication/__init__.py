"""Authentication: from the secret that a request carries to the Principal it proves."""

from dougong_tenants.authentication.proof import authenticate_session, authenticate_token
from dougong_tenants.authentication.remembered import Authentication

__all__ = ["Authentication", "authenticate_session", "authenticate_token"]
