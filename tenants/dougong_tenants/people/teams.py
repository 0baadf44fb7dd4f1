"""Named actions on teams: people of any department who work together, each in a role."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import errors

from dougong_tenants.audit import note
from dougong_tenants.connection import Database, TenantTransaction
from dougong_tenants.errors import PersonInvalid
from dougong_tenants.people.checks import check_person, check_text
from dougong_tenants.people.noting import note_change, values_of
from dougong_tenants.people.rows import insert, mark_deleted, people_transaction, there, update
from dougong_tenants.tenant import Tenant


def create_team(database: Database, tenant: Tenant, name: str, *, by: str | None = None) -> str:
    """Create a team; its id. Raises PersonInvalid (also for a name that is taken)."""
    try:
        with people_transaction(database, tenant) as tx:
            checked = check_text("name", name, required=True)
            made = insert(tx, "team", {"name": checked}, by)
            note(tx, "people.team_created", actor=by, target_kind="team", target=made, label=checked)
            return made
    except errors.UniqueViolation as taken:
        raise _taken() from taken


def rename_team(database: Database, tenant: Tenant, team: str, name: str, *, by: str | None = None) -> int:
    """Give a team another name; its new version."""
    try:
        with people_transaction(database, tenant) as tx:
            checked = {"name": check_text("name", name, required=True)}
            before = values_of(tx, "team", team, checked)
            version = update(tx, "team", team, checked, by)
            note_change(tx, "people.team_changed", "team", team, before, checked, by)
            return version
    except errors.UniqueViolation as taken:
        raise _taken() from taken


def delete_team(database: Database, tenant: Tenant, team: str, *, by: str | None = None) -> None:
    """Delete a team and its memberships."""
    with people_transaction(database, tenant) as tx:
        mark_deleted(tx, "team", team, by)
        tx.execute("delete from team_member where team = %s::uuid", (team,))
        label = values_of(tx, "team", team, ()).get("name")
        note(tx, "people.team_deleted", actor=by, target_kind="team", target=team, label=label)


def set_members(
    database: Database, tenant: Tenant, team: str, members: Mapping[str, str | None], *, by: str | None = None
) -> None:
    """Make these the team's members: {user id: role or None}. Raises PersonInvalid, NoSuchPerson."""
    with people_transaction(database, tenant) as tx:
        there(tx, "team", team)
        before = values_of(tx, "team", team, ()) | {"members": _members(tx, team)}
        tx.execute("delete from team_member where team = %s::uuid", (team,))
        for user, role in members.items():
            check_person(tx, "user", user)
            insert(tx, "team_member", {"team": team, "user": user, "role": check_text("role", role, 60)}, by)
        note_change(tx, "people.team_changed", "team", team, before, {"members": _members(tx, team)}, by)


def _members(tx: TenantTransaction, team: str) -> list[str]:
    """The ids of its users, sorted; with a role after a space."""
    rows = tx.rows("""select concat_ws(' ', "user", role) from team_member where team = %s::uuid order by 1""", (team,))
    return [member for (member,) in rows]


def _taken() -> PersonInvalid:
    return PersonInvalid("name", "There is already a team of this name.", "已有同名团队。")
