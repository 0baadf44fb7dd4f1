"""Passwords: which are accepted, and how they are hashed and verified."""

from dougong_tenants.passwords.hashing import hash_password, outdated, verify_password
from dougong_tenants.passwords.policy import check_password
from dougong_tenants.passwords.rules import PasswordRules, strictest

__all__ = ["PasswordRules", "check_password", "hash_password", "outdated", "strictest", "verify_password"]
