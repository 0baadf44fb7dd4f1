"""A tenant's name, and the schema and roles derived from it. Used by creation."""

from __future__ import annotations

import hashlib
import re

from dougong_tenants.errors import TenantNameInvalid

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def check_name(name: str) -> str:
    """`name` itself; raises TenantNameInvalid."""
    if not _NAME.fullmatch(name) or name.endswith("_"):
        raise TenantNameInvalid(name=name[:80])
    return name


def schema_of(name: str) -> str:
    """The prefix keeps a tenant called `public` or `dougong` away from those schemas."""
    return f"t_{name}"


def role_of(name: str, database: str) -> str:
    """At most 51 bytes, so that `_owner` fits behind it. Roles are the whole server's: the database is hashed in."""
    return f"t_{name}_{hashlib.sha256(database.encode()).hexdigest()[:8]}"
