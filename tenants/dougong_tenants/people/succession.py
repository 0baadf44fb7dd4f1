"""Gives what hangs on a person to a successor: the people below him, the departments he heads, his places in teams.

Called by the engine's hand-overs, which keep what `succeed` answers and give it to `take_back` to undo it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dougong_tenants.connection import Database, TenantTransaction
from dougong_tenants.errors import CircularLine
from dougong_tenants.people.checks import check_line
from dougong_tenants.people.rows import insert, people_transaction, there, update
from dougong_tenants.tenant import Tenant

PARTS = ("reports", "departments", "teams")
_REPORTS = 'select id, name from "user" where manager = %(user)s::uuid and deleted_at is null order by name, id'
_DEPARTMENTS = "select id, name from department where head = %(user)s::uuid and deleted_at is null order by name, id"
_TEAMS = (
    "select t.id, t.name from team_member m join team t on t.id = m.team and t.deleted_at is null"
    ' where m."user" = %(user)s::uuid and m.deleted_at is null order by t.name, t.id'
)
# What was done, as JSON: {part: [{"id", …}]} and "left": [{"part", "id", "code"}] of what could not be done.
Done = dict[str, list[dict[str, Any]]]
Note = Callable[[TenantTransaction, Done], None]


@dataclass(frozen=True, slots=True)
class Charges:
    """What hangs on a user, as (id, name): `reports` are the users whose manager he is."""

    reports: list[tuple[str, str]]
    departments: list[tuple[str, str]]
    teams: list[tuple[str, str]]


def charges_of(tx: TenantTransaction, user: str) -> Charges:
    """What hangs on a user now, by name."""
    found = (tx.rows(sql, {"user": user}) for sql in (_REPORTS, _DEPARTMENTS, _TEAMS))
    return Charges(*([(row[0], row[1]) for row in rows] for rows in found))


def succeed(
    database: Database,
    tenant: Tenant,
    user: str,
    successor: str,
    parts: Mapping[str, bool],
    *,
    by: str | None,
    note: Note,
) -> None:
    """Give the chosen parts (reports, departments, teams) to `successor`, in one transaction with what `note` writes.

    A report who succeeds takes the place in the line: his manager is the user's own. Who cannot be put under the
    successor, because the successor stands below him, stays and is told in "left". Raises NoSuchPerson.
    """
    with people_transaction(database, tenant) as tx:
        there(tx, "user", user)
        there(tx, "user", successor)
        charges = charges_of(tx, user)
        done: Done = {"reports": [], "departments": [], "teams": [], "left": []}
        if parts.get("reports"):
            _give_reports(tx, user, successor, charges, by, done)
        if parts.get("departments"):
            for id, _ in charges.departments:
                update(tx, "department", id, {"head": successor}, by)
                done["departments"].append({"id": id, "to": successor})
        if parts.get("teams"):
            for id, _ in charges.teams:
                _replace_member(tx, id, user, successor, by, done)
        note(tx, done)


def take_back(
    database: Database, tenant: Tenant, user: str, done: Mapping[str, Any], *, by: str | None, note: Note
) -> None:
    """Give back to `user` what `succeed` gave away, where nobody changed it since; the rest is in "left"."""
    with people_transaction(database, tenant) as tx:
        back: Done = {"reports": [], "departments": [], "teams": [], "left": []}
        # in the opposite order: the first given was the successor's own place in the line
        for one in reversed(done.get("reports", [])):
            _give_back(tx, "user", "manager", "reports", one, user, by, back)
        for one in done.get("departments", []):
            _give_back(tx, "department", "head", "departments", one, user, by, back)
        for one in done.get("teams", []):
            _come_back(tx, one, user, by, back)
        note(tx, back)


def _give_reports(
    tx: TenantTransaction, user: str, successor: str, charges: Charges, by: str | None, done: Done
) -> None:
    reports = [id for id, _ in charges.reports]
    if successor in reports:  # first, so that the others can stand below him
        reports.remove(successor)
        above = tx.rows('select manager from "user" where id = %s::uuid', (user,))[0][0]
        update(tx, "user", successor, {"manager": above}, by)
        done["reports"].append({"id": successor, "to": above})
    for id in reports:
        try:
            check_line(tx, "user", "manager", id, successor)
        except CircularLine:
            done["left"].append({"part": "reports", "id": id, "code": CircularLine.code})
            continue
        update(tx, "user", id, {"manager": successor}, by)
        done["reports"].append({"id": id, "to": successor})


def _replace_member(tx: TenantTransaction, team: str, user: str, successor: str, by: str | None, done: Done) -> None:
    values = {"team": team, "user": user, "successor": successor}
    ((role,),) = tx.rows(
        'delete from team_member where team = %(team)s::uuid and "user" = %(user)s::uuid and deleted_at is null'
        " returning role",
        values,
    )
    there_already = tx.rows(
        'select 1 from team_member where team = %(team)s::uuid and "user" = %(successor)s::uuid and deleted_at is null',
        values,
    )
    if not there_already:
        insert(tx, "team_member", {"team": team, "user": successor, "role": role}, by)
    done["teams"].append({"id": team, "to": successor, "role": role, "joined": not there_already})


def _give_back(
    tx: TenantTransaction,
    table: str,
    link: str,
    part: str,
    one: Mapping[str, Any],
    user: str,
    by: str | None,
    back: Done,
) -> None:
    id = one["id"]
    same = tx.rows(
        f'select 1 from "{table}" where id = %(id)s::uuid and {link} is not distinct from %(to)s::uuid'  # names of ours
        " and deleted_at is null",
        {"id": id, "to": one["to"]},
    )
    code = None if same else "changed_since"
    if same and table == "user":
        try:
            check_line(tx, table, link, id, user)
        except CircularLine:
            code = CircularLine.code
    if code is not None:
        back["left"].append({"part": part, "id": id, "code": code})
        return
    update(tx, table, id, {link: user}, by)
    back[part].append({"id": id})


def _come_back(tx: TenantTransaction, one: Mapping[str, Any], user: str, by: str | None, back: Done) -> None:
    team = {"team": one["id"], "user": user, "to": one["to"]}
    there_now = {
        row[0]
        for row in tx.rows(
            'select m."user" from team_member m join team t on t.id = m.team and t.deleted_at is null'
            ' where m.team = %(team)s::uuid and m."user" in (%(user)s::uuid, %(to)s::uuid) and m.deleted_at is null',
            team,
        )
    }
    if user in there_now or one["to"] not in there_now:
        back["left"].append({"part": "teams", "id": one["id"], "code": "changed_since"})
        return
    if one["joined"]:
        tx.execute('delete from team_member where team = %(team)s::uuid and "user" = %(to)s::uuid', team)
    insert(tx, "team_member", {"team": one["id"], "user": user, "role": one["role"]}, by)
    back["teams"].append({"id": one["id"]})
