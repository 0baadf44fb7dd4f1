"""The tree of departments: created, renamed, moved by dragging, keys or menu, given a head, deactivated, deleted."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.people.authority import check_move
from dougong_platform.people.directory import Department, departments
from dougong_tenants import people
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.form_values import number, options_of, person
from dougong_ui_builder.builder.people.frame import Errors, draw, errors_of
from dougong_ui_builder.builder.people.granting import grant_posted, line, renamed, set_options, typed_grant
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]
BASE = "/builder/people/departments"


@blueprint.get("/people/departments")
@page("people")
def show_departments(caller: Caller) -> str:
    """?id= opens one beside the tree, ?under= or ?new=1 an empty form."""
    return _page(caller)


@blueprint.post("/people/departments")
@page("people")
def create_department(caller: Caller) -> Answer:
    """Under `parent`, at the end."""
    confirm(caller)
    tree = departments(caller)
    parent = request.form.get("parent") or None
    errors: Errors = {}
    values = {
        "name": request.form.get("name", ""),
        "parent": parent,
        "head": person(caller, "head", errors),
        "position": sum(one.parent == parent for one in tree),
    }
    if not errors:
        try:
            made = people.create_department(caller.database, caller.tenant, values, by=caller.user)
            toasts.say(gettext("%(name)s was created", name=values["name"]))
            return redirect_to(f"{BASE}?id={made}")
        except Fault as fault:
            errors = _errors(fault)
    return _page(caller, typed=values, errors=errors), 422


@blueprint.post("/people/departments/<id>")
@page("people")
def change_department(caller: Caller, id: str) -> Answer:
    """Name, head, parent and whether it is in use."""
    one = _one(departments(caller), id)
    errors: Errors = {}
    values: dict[str, Any] = {
        "name": request.form.get("name", ""),
        "parent": request.form.get("parent") or None,
        "head": person(caller, "head", errors),
        "active": "true" in request.form.getlist("active"),
    }
    if values["parent"] != one.parent:
        check_move(caller, one.id, values["parent"])
    if not errors:
        try:
            people.update_department(
                caller.database, caller.tenant, one.id, values, by=caller.user, version=number("version")
            )
            toasts.say(gettext("%(name)s was saved", name=values["name"]))
            return redirect_to(f"{BASE}?id={one.id}")
        except Fault as fault:
            errors = _errors(fault)
    return _page(caller, one.id, typed=values, errors=errors), 422


@blueprint.post("/people/departments/<id>/move")
@page("people")
def move_department(caller: Caller, id: str) -> Response:
    """To child number `index` of `parent`, or by `step`: up, down, in (under the one above), out."""
    tree = departments(caller)
    one = _one(tree, id)
    parent, index = place(tree, one, request.form.get("step", ""))
    if "parent" in request.form:
        parent, index = request.form["parent"] or None, number("index") or 0
    before = place(tree, one, "")
    if (parent, index) != before:
        check_move(caller, one.id, parent)
        people.place_department(caller.database, caller.tenant, one.id, parent, index, by=caller.user)
        undo = f"{BASE}/{one.id}/move-back/{before[0] or 'top'}/{before[1]}"
        toasts.say(gettext("%(name)s was moved", name=one.name), undo=undo)
    return redirect_to(_back(one.id))


@blueprint.post("/people/departments/<id>/move-back/<parent>/<int:index>")
@page("people")
def move_back(caller: Caller, id: str, parent: str, index: int) -> Response:
    """What undo posts to."""
    one = _one(departments(caller), id)
    above = None if parent == "top" else parent
    check_move(caller, one.id, above)
    people.place_department(caller.database, caller.tenant, one.id, above, min(index, 100_000), by=caller.user)
    toasts.say(gettext("%(name)s was moved", name=one.name))
    return redirect_to(_back(one.id))


@blueprint.post("/people/departments/<id>/grants")
@page("people")
def grant_to_department(caller: Caller, id: str) -> Answer:
    """A set for whoever is in it, and below if so ticked."""
    confirm(caller)
    one = _one(departments(caller), id)
    errors: Errors = {}
    try:
        if grant_posted(caller, errors, department=one.id, below="true" in request.form.getlist("below")):
            return redirect_to(f"{BASE}?id={one.id}#grants")
    except Fault as fault:
        errors = renamed(_errors(fault))
    return _page(caller, one.id, errors=errors), 422


@blueprint.post("/people/departments/<id>/delete")
@page("people")
def delete_department(caller: Caller, id: str) -> Answer:
    """Only an empty one."""
    one = _one(departments(caller), id)
    try:
        people.delete_department(caller.database, caller.tenant, one.id, by=caller.user)
    except Fault as fault:
        return _page(caller, one.id, errors={"": [s for many in _errors(fault).values() for s in many]}), 422
    toasts.say(gettext("%(name)s was deleted", name=one.name))
    return redirect_to(BASE)


def place(tree: list[Department], one: Department, step: str) -> tuple[str | None, int]:
    """(parent, index) of a department after a step; as it is where the step leads nowhere."""
    by_id = {other.id: other for other in tree}
    parent = one.parent if one.parent in by_id else None
    siblings = [other.id for other in tree if (other.parent if other.parent in by_id else None) == parent]
    index = siblings.index(one.id)
    if step == "up":
        return parent, max(0, index - 1)
    if step == "down":
        return parent, min(len(siblings) - 1, index + 1)
    if step == "in" and index > 0:
        return siblings[index - 1], len(by_id[siblings[index - 1]].below)
    if step == "out" and parent is not None:
        above = by_id[parent].parent
        above = above if above in by_id else None
        uncles = [other.id for other in tree if (other.parent if other.parent in by_id else None) == above]
        return above, uncles.index(parent) + 1
    return parent, index


def _back(id: str) -> str:
    return f"{BASE}?id={request.form['id']}" if request.form.get("id") else f"{BASE}#d-{id}"


def _one(tree: list[Department], id: str) -> Department:
    found = next((one for one in tree if one.id == id), None)
    if found is None:
        raise NotFound
    return found


def _errors(fault: Fault) -> Errors:
    if fault.status not in (409, 422):
        raise fault
    return errors_of(fault)


def _page(
    caller: Caller, id: str | None = None, *, typed: dict[str, Any] | None = None, errors: Errors | None = None
) -> str:
    tree = departments(caller)
    wanted = id or request.args.get("id")
    opened = next((one for one in tree if one.id == wanted), None)
    new = opened is None and (typed is not None or "new" in request.args or not tree)
    values: dict[str, Any] = {"parent": request.args.get("under")} if new else {}
    if opened is not None:
        values = {name: getattr(opened, name) for name in ("name", "parent", "head", "head_name", "active", "version")}
    if typed is not None:
        values |= {**typed, "head_name": request.form.get("head:text", "")}
    by_id = {one.id: one for one in tree}
    return draw(
        caller,
        "people/departments.html",
        "departments",
        tree=[one for one in tree if one.depth == 0],
        by_id=by_id,
        count=len(tree),
        opened=opened,
        new=new,
        values=values,
        errors=errors or {},
        options=options_of(tree, keep=values.get("parent"), without=opened.id if opened else None),
        **(_granted(caller, opened, tree) if opened else {}),
    )


def _granted(caller: Caller, one: Department, tree: list[Department]) -> dict[str, Any]:
    """The sets granted to a department, those that reach it from above, and the form's choices."""
    names = {other.id: other.name for other in tree}
    parents = {other.id: other.parent for other in tree}
    above: list[str] = []
    at = one.parent
    while at is not None and at in parents and at not in above:
        above.append(at)
        at = parents[at]
    found = people.list_grants(caller.database, caller.tenant)
    return {
        "grants": [line(caller, given, names) for given in found if given.department == one.id],
        "from_above": [line(caller, given, names) for given in found if given.department in above and given.below],
        "set_options": set_options(caller),
        "all_departments": options_of(tree),
        "grant_form": typed_grant(),
    }
