"""Who holds a permission set, by which way; it is granted and taken back here too."""

from __future__ import annotations

from typing import Any

from dougong_metadata.errors import Fault
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.people.authority import may_grant
from dougong_platform.people.directory import departments
from dougong_platform.people.held_sets import holders, organisation_for
from dougong_tenants import ADMINISTRATOR, people
from dougong_ui_builder.builder.people.editing import Answer
from dougong_ui_builder.builder.people.form_values import options_of
from dougong_ui_builder.builder.people.frame import Errors, draw, errors_of
from dougong_ui_builder.builder.people.granting import grant_posted, line, renamed, typed_grant
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.builder.people.sentences import sentences, set_label
from dougong_ui_builder.page import page, redirect_to

WAYS = ("user", "department", "position")


@blueprint.get("/permission_sets/<name>/holders")
@page("people")
def show_holders(caller: Caller, name: str) -> str:
    """Of the release in force: a set that is only in the draft is nobody's yet."""
    return _page(caller, name, {})


@blueprint.post("/permission_sets/<name>/holders")
@page("people")
def grant_set(caller: Caller, name: str) -> Answer:
    """To a user, a department or a position."""
    confirm(caller)
    errors: Errors = {}
    try:
        if grant_posted(caller, errors):
            return redirect_to(f"/builder/permission_sets/{name}/holders")
    except Fault as fault:
        if fault.status not in (409, 422):
            raise
        errors = renamed(errors_of(fault))
    return _page(caller, name, errors), 422


def _page(caller: Caller, name: str, errors: Errors) -> str:
    tree = departments(caller)
    names = {one.id: one.name for one in tree}
    grants = [
        line(caller, one, names) for one in people.list_grants(caller.database, caller.tenant, permission_set=name)
    ]
    there = name in caller.model.permission_sets or name == ADMINISTRATOR
    if not there and not grants:  # of a set that is gone, what is left of it can be taken back
        raise NotFound
    known = organisation_for(caller)
    titles = {one.title for one in known.people.values() if one.title and one.active}
    context: dict[str, Any] = {
        "name": name,
        "title": set_label(caller.model, name),
        "said": sentences(caller.model, name),
        "held": holders(known, name),
        "grants": {way: [one for one in grants if one.kind == way] for way in WAYS},
        "locked": not may_grant(caller, name),
        "all_departments": options_of(tree),
        "titles": sorted(titles),
        "grant_form": typed_grant(),
        "errors": errors,
        "there": there,
        "may_design": "metadata" in caller.rights.system and there and name != ADMINISTRATOR,
    }
    return draw(caller, "permission_sets/holders.html", "", **context)
