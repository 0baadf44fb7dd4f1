"""The other parts of an object: settings, record types, keys and indexes by its schema; its documents; its uses."""

from __future__ import annotations

from flask import Response, request

from dougong_metadata.kinds import by_folder, registered
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.problems import Problem
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.reports.uses import used_by_people
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.automations.listing import rows_of
from dougong_ui_builder.builder.documents.lists import last_changes, line
from dougong_ui_builder.builder.documents.views import places_of
from dougong_ui_builder.builder.forms import Form, act, read_body, tree_of
from dougong_ui_builder.builder.frame import problem_links
from dougong_ui_builder.builder.objects.page_of import ATTACHED, ObjectPage, object_page
from dougong_ui_builder.builder.objects.routes import blueprint
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

PARTS = {
    "details": ("label", "plural", "icon", "name_field", "default_access", "history", "description"),
    "types": ("record_types",),
    "keys": ("unique_keys", "indexes"),
}


@blueprint.get("/<name>/<any(details, types, keys, validations, pipelines, automations, layouts, list_views):part>")
@page("metadata", "object")
def show_part(caller: Caller, name: str, part: str) -> str:
    """A tab of the object."""
    made = object_page(caller, name)
    if part in PARTS:
        problems = [p for p in made.view.problems if (p.kind, p.name) == made.document.key]
        return _form_page(made, part, made.document.json(), [p for p in problems if _in(p, part)])
    kind = by_folder().get(part)
    if kind is None or kind.name not in ATTACHED:
        raise NotFound
    if kind.name == "automation":
        return made.draw("builder/object_automations.html", part, kind=kind, rows=rows_of(caller, made.view, name))
    changed = last_changes(caller, kind.name)
    lines = [line(made.view, document, changed) for document in made.attached(kind.name)]
    return made.draw("builder/object_documents.html", part, kind=kind, lines=lines)


@blueprint.get("/<name>/uses")
@page("metadata", "object")
def show_uses(caller: Caller, name: str) -> str:
    """Every place that refers to the object."""
    made = object_page(caller, name)
    places = places_of(made.view, "object", name)
    return made.draw("builder/object_uses.html", "uses", places=places, own=used_by_people(caller, "object", name))


@blueprint.post("/<name>/<any(details, types, keys):part>")
@page("metadata", "object")
def change_part(caller: Caller, name: str, part: str) -> str | Response | tuple[str, int]:
    """Save one tab's keys; the others stay as they are."""
    made = object_page(caller, name)
    if part not in PARTS:
        raise NotFound
    old, schema = made.document.json(), kind_schema(registered()["object"])
    tree = {key: value for key, value in tree_of(request.form).items() if key in PARTS[part]}
    if act(tree, request.form.get("@do", "")):
        return _form_page(made, part, read_body(schema, tree, old, keep=True), [])
    body = {k: v for k, v in read_body(schema, tree, old).items() if k not in ("kind", "name")}
    document = make("object", name, body)
    problems = list(document) if isinstance(document, tuple) else own_problems(made.view, document)
    if isinstance(document, tuple) or problems:
        return _form_page(made, part, read_body(schema, tree, old, keep=True), problems), 422
    save(caller, [document], {document.key: request.form.get("@seen", made.document.hash)})
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"/builder/objects/{name}/{part}")


def _in(problem: Problem, part: str) -> bool:
    return problem.path.split(".")[0].split("[")[0] in PARTS[part]


def _form_page(made: ObjectPage, part: str, body: dict[str, object], problems: list[Problem]) -> str:
    mine = [p for p in problems if (p.kind, p.name) == made.document.key or not p.name]
    others = problem_links([p for p in problems if p not in mine])
    form = Form(kind_schema(registered()["object"]), body, made.words, mine, object=made.name, keys=PARTS[part])
    seen = request.form.get("@seen") or made.document.hash
    return made.draw("builder/object_part.html", part, form=form, others=others, seen=seen)
