"""Named actions on teams: people of any department who work together, each in a role."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import errors

from dougong_tenants.connection import Database
from dougong_tenants.errors import PersonInvalid
from dougong_tenants.people.checks import check_exists, check_text
from dougong_tenants.people.rows import insert, mark_deleted, people_transaction, there, update
from dougong_tenants.tenant import Tenant


def create_team(database: Database, tenant: Tenant, name: str, *, by: str | None = None) -> str:
    """Create a team; its id. Raises PersonInvalid (also for a name that is taken)."""
    try:
        with people_transaction(database, tenant) as tx:
            return insert(tx, "team", {"name": check_text("name", name, required=True)}, by)
    except errors.UniqueViolation as taken:
        raise _taken() from taken


def rename_team(database: Database, tenant: Tenant, team: str, name: str, *, by: str | None = None) -> int:
    """Give a team another name; its new version."""
    try:
        with people_transaction(database, tenant) as tx:
            return update(tx, "team", team, {"name": check_text("name", name, required=True)}, by)
    except errors.UniqueViolation as taken:
        raise _taken() from taken


def delete_team(database: Database, tenant: Tenant, team: str, *, by: str | None = None) -> None:
    """Delete a team and its memberships."""
    with people_transaction(database, tenant) as tx:
        mark_deleted(tx, "team", team, by)
        tx.execute("delete from team_member where team = %s::uuid", (team,))


def set_members(
    database: Database, tenant: Tenant, team: str, members: Mapping[str, str | None], *, by: str | None = None
) -> None:
    """Make these the team's members: {user id: role or None}. Raises PersonInvalid, NoSuchPerson."""
    with people_transaction(database, tenant) as tx:
        there(tx, "team", team)
        tx.execute("delete from team_member where team = %s::uuid", (team,))
        for user, role in members.items():
            check_exists(tx, "user", "user", user)
            insert(tx, "team_member", {"team": team, "user": user, "role": check_text("role", role, 60)}, by)


def _taken() -> PersonInvalid:
    return PersonInvalid("name", "There is already a team of this name.", "已有同名团队。")
