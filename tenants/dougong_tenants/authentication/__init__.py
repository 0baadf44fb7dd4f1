"""Authentication: from the secret that a request carries to the Principal it proves."""

from dougong_tenants.authentication.proof import authenticate_session, authenticate_token

__all__ = ["authenticate_session", "authenticate_token"]
