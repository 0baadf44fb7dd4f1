"""What reaches a user beside the boxes of his page: grants for a time, by department, by position; assistants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import request

from dougong_platform.http.caller import Caller
from dougong_platform.people.directory import departments
from dougong_platform.people.grants.giving import state
from dougong_platform.people.held_sets import ended, organisation_for, permanent_sets
from dougong_tenants import people
from dougong_tenants.organisation import Grant, Organisation
from dougong_ui_builder.builder.people.form_values import options_of
from dougong_ui_builder.builder.people.granting import (
    GrantLine,
    chosen_scope,
    first_day,
    last_day,
    line,
    set_options,
    typed_grant,
)
from dougong_ui_builder.builder.people.sentences import set_label
from dougong_ui_builder.formats import day


@dataclass(frozen=True, slots=True)
class Inherited:
    """A set that reaches him through `through` (a department's or position's name), looked after at `url`."""

    name: str
    label: str
    kind: str  # department | position
    through: str
    url: str
    until: str
    coming: str


def what_reaches(caller: Caller, user: dict[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    """The template's words for the cards of grants, further departments and assistants."""
    known = organisation_for(caller)
    tree = departments(caller)
    names = {one.id: one.name for one in tree}
    direct = people.list_grants(caller.database, caller.tenant, user=user["id"])
    permanent = set(permanent_sets(caller, user["id"], known))
    shown = [
        line(caller, one, names)
        for one in direct
        if one.permission_set not in permanent or one.departments or chosen_scope(caller, one.permission_set)
    ]
    return {
        "direct": permanent,
        "grants": shown,
        "needs_departments": {one.id for one in shown if not one.departments and chosen_scope(caller, one.name)},
        "inherited": _inherited(caller, known, user),
        "grant_form": (typed_grant() if errors else {}) or _edited(direct),
        "set_options": set_options(caller),
        "all_departments": options_of(tree),
        "further_options": [one for one in options_of(tree, keep=None) if one[0] != user["department"]],
        "assistants": _assistances(caller, user["id"]),
    }


def _inherited(caller: Caller, known: Organisation, user: dict[str, Any]) -> list[Inherited]:
    now = datetime.now(UTC)
    mine = known.departments_of(user["id"])
    above = {one: (one, *known.departments_above(one)) for one in mine}
    found = []
    for grant in known.grants:
        if grant.user is not None or ended(grant, now):
            continue
        reached = any(grant.department in (above[one] if grant.below else (one,)) for one in mine)
        if reached or (grant.title is not None and grant.title == user["title"]):
            found.append(_shown(caller, known, grant, now))
    return sorted(found, key=lambda one: (one.label, one.through))


def _shown(caller: Caller, known: Organisation, grant: Grant, now: datetime) -> Inherited:
    department = known.departments.get(grant.department or "")
    return Inherited(
        grant.permission_set,
        set_label(caller.model, grant.permission_set),
        "department" if grant.department else "position",
        department.name if department else grant.title or "",
        f"/builder/people/departments?id={grant.department}"
        if grant.department
        else f"/builder/permission_sets/{grant.permission_set}/holders",
        day(last_day(grant.until_at.isoformat())) if grant.until_at else "",
        day(grant.from_at.isoformat()) if grant.from_at and grant.from_at > now else "",
    )


def _edited(grants: list[people.GivenSet]) -> dict[str, Any]:
    """The grant that ?grant= names, to be changed."""
    one = next((one for one in grants if one.id == request.args.get("grant")), None)
    if one is None:
        return {}
    return {
        "permission_set": one.permission_set,
        "from": first_day(one.from_at) or "",
        "until": last_day(one.until_at) or "",
        "departments": list(one.departments),
    }


def _assistances(caller: Caller, user: str) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "helps": one.assistant == user,
            "other": one.user if one.assistant == user else one.assistant,
            "name": one.user_name if one.assistant == user else one.assistant_name,
            "from": first_day(one.from_at) or "",
            "until": last_day(one.until_at) or "",
            "since": day(one.from_at) if one.from_at else "",
            "ends": day(last_day(one.until_at)) if one.until_at else "",
            "state": state(one.from_at, one.until_at),
        }
        for one in people.list_assistants(caller.database, caller.tenant, user=user)
    ]


__all__ = ["GrantLine", "Inherited", "what_reaches"]
