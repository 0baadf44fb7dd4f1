"""The statements that build the wall around the control schema and between tenants; run by `install`.

PostgreSQL gives PUBLIC more than a tenant's role may have; what is taken here is taken for this database only.
"""

from __future__ import annotations

from dougong_tenants.connection.transaction import quoted

# Whoever may set a role's name by a function could leave his role inside any expression.
SETTING = "pg_catalog.set_config(text, text, boolean)"
# Large objects belong to no schema: a tenant could fill them, out of everybody's sight.
LARGE_OBJECTS = (
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
    "lo_put(oid, bigint, bytea)",
    "lowrite(integer, bytea)",
)
# Functions and DO blocks could SET ROLE; only owners of a tenant's schema write functions.
LANGUAGES = ("plpgsql", "sql")


def builders_role(login: str) -> str:
    """The group of all owner roles of this database: it may write functions."""
    return f"{login[:54]}_builders"


def memberships(role: str, owner: str, login: str, server_version: int) -> list[str]:
    """The login may become a tenant's role without having its rights before; the owner may write functions."""
    how = " with inherit false, set true" if server_version >= 160000 else ""  # before 16 the login's NOINHERIT says so
    return [f"grant {quoted(role)} to {quoted(login)}{how}", f"grant {quoted(builders_role(login))} to {quoted(owner)}"]


def wall(database: str, login: str) -> list[str]:
    """All statements; each may be run again without harm."""
    app, builders = quoted(login), quoted(builders_role(login))
    return [
        f"revoke all on database {quoted(database)} from public",
        f"grant connect on database {quoted(database)} to {app}",
        "revoke all on schema public from public",
        f"revoke execute on function {SETTING} from public",
        f"grant execute on function {SETTING} to {app}",
        *(f"revoke execute on function pg_catalog.{function} from public" for function in LARGE_OBJECTS),
        *(f"revoke usage on language {language} from public" for language in LANGUAGES),
        *(f"grant usage on language {language} to {builders}" for language in LANGUAGES),
        "revoke all on schema dougong from public",
        f"grant usage on schema dougong to {app}",
        f"grant select, insert, update, delete on all tables in schema dougong to {app}",
    ]
