"""What a sharing rule would open now: how many records, to how many people, and which of its names mean nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check
from dougong_metadata.label import Label
from dougong_metadata.model.types import SharingRule
from dougong_platform.access.conditions import condition
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import holders
from dougong_platform.storage import compile_statement
from dougong_platform.storage.tables import tables
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.errors import StatementTooSlow
from dougong_tenants.organisation import Organisation
from dougong_ui_builder.builder.draft_view import DraftView
from dougong_ui_builder.words import gettext

MOST = 10_000  # records counted
SLOWEST = 3_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Opened:
    """`records`: None where it cannot be counted; `more`: there are more than were counted; `personal`: which records
    depends on who looks; `people`: active ones reached; `warnings`: sentences."""

    records: int | None
    more: bool
    personal: bool
    people: int
    warnings: tuple[str, ...]


def opened(caller: Caller, view: DraftView, known: Organisation, body: Mapping[str, Any]) -> Opened:
    """Of the release in force, with the people of this moment."""
    given = body.get("with")
    said = given if isinstance(given, Mapping) else {}
    personal = "$user" in str(body.get("when") or "")
    count = None if personal else _count(caller, view, body)
    people = _reached(known, said)
    warnings = _warnings(caller, view, known, said)
    if not warnings and any(said.values()) and not people:
        warnings.append(gettext("At the moment it reaches nobody."))
    return Opened(
        None if count is None else min(count, MOST), (count or 0) > MOST, personal, len(people), tuple(warnings)
    )


def _count(caller: Caller, view: DraftView, body: Mapping[str, Any]) -> int | None:
    model, object = caller.model, str(body.get("object", ""))
    if object not in model.objects:
        return None
    when: Checked | None = None
    text = str(body.get("when") or "").strip()
    if text:
        compiled = view.model or view.base.model
        if object not in compiled.objects:
            return None
        try:
            when = check(text, Scope.of(compiled, object, "condition"))
        except ExpressionError:
            return None
        if not all(of in model.objects and name in model.objects[of].fields for of, name in when.fields):
            return None
    made = tables(model, caller.release.catalogue)
    row = made[object].alias("t")
    rule = SharingRule("counted", object, Label("", ""), when, "read")
    fitting = (
        select(row.c.id).where(row.c.deleted_at.is_(None), condition(made, model, rule, row)).limit(MOST + 1).subquery()
    )
    statement = compile_statement(select(func.count()).select_from(fitting))
    params = {**statement.params, **caller.environment}
    sql = statement.for_tenant(caller.tenant.schema, caller.release.number)
    try:
        _, rows = caller.database.read(caller.tenant, sql, params, statement_timeout=SLOWEST)
    except StatementTooSlow:
        return None
    return int(rows[0][0])


def _reached(known: Organisation, said: Mapping[str, Any]) -> set[str]:
    """The active people whom a rule is made out to, as `access.rights.reaches` decides."""
    active = {id for id, one in known.people.items() if one.active and one.kind == "person"}
    if said.get("everyone"):
        return active
    now = datetime.now(UTC)
    sets = {id for name in _names(said, "permission_sets") for id in holders(known, name).everybody}
    emails, teams = _names(said, "users"), _names(said, "teams")
    departments, below = _names(said, "departments"), _names(said, "departments_below")
    inside = {user for id, name in known.teams.items() if name in teams for user in known.members.get(id, {})}
    own = {id for id, one in known.departments.items() if one.name in departments}
    above = {id for id, one in known.departments.items() if one.name in below}
    found = set()
    for id in active:
        mine = {id, *known.acts_for(id, now)}
        places = {place for one in mine for place in known.departments_of(one)}
        if (
            id in sets
            or mine & inside
            or any(known.people[one].email in emails for one in mine if one in known.people)
            or places & own
            or (above and any({place, *known.departments_above(place)} & above for place in places))
        ):
            found.add(id)
    return found


def _warnings(caller: Caller, view: DraftView, known: Organisation, said: Mapping[str, Any]) -> list[str]:
    departments = [one.name for one in known.departments.values()]
    emails = {one.email: one.active for one in known.people.values() if one.email}
    sets = {name for kind, name in view.documents if kind == "permission_set"} | {ADMINISTRATOR}
    found = []
    for name in sorted(_names(said, "departments") | _names(said, "departments_below")):
        count = departments.count(name)
        if not count:
            found.append(gettext("No department is called “%(name)s”: was it renamed or deleted?", name=name))
        elif count > 1:
            found.append(gettext("%(count)s departments are called “%(name)s”: all are meant.", count=count, name=name))
    found += [
        gettext("No team is called “%(name)s”: was it renamed or deleted?", name=name)
        for name in sorted(_names(said, "teams") - set(known.teams.values()))
    ]
    for name in sorted(_names(said, "users")):
        if name not in emails:
            found.append(gettext("Nobody has the e-mail “%(name)s”.", name=name))
        elif not emails[name]:
            found.append(gettext("“%(name)s” is deactivated.", name=name))
    return found + [
        gettext("There is no permission set “%(name)s”.", name=name)
        for name in sorted(_names(said, "permission_sets") - sets)
    ]


def _names(said: Mapping[str, Any], key: str) -> set[str]:
    given = said.get(key)
    return {str(name) for name in given} if isinstance(given, (list, tuple)) else set()
