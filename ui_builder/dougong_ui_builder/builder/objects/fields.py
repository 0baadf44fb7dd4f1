"""Adding, changing, ordering and retiring fields: writes the object's document into the draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request

from dougong_metadata.documents import Document
from dougong_metadata.field_types.registry import offered
from dougong_metadata.kinds.json_schema import field_type_schema
from dougong_metadata.problems import Problem
from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.draft_view import problems_with
from dougong_ui_builder.builder.forms import act, read_body, tree_of
from dougong_ui_builder.builder.formulas.rollup import take_rollup, tidy_rollup
from dougong_ui_builder.builder.frame import problem_links
from dougong_ui_builder.builder.objects.page_of import ObjectPage, object_page
from dougong_ui_builder.builder.objects.routes import blueprint
from dougong_ui_builder.builder.objects.views import fields_page, inspect, inspect_new
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]


@blueprint.post("/<name>/fields")
@page("metadata", "object")
def add_field(caller: Caller, name: str) -> Answer:
    """A new field at the end; into the object's layouts too unless told otherwise."""
    made = object_page(caller, name)
    kind = request.form.get("@type", "")
    if kind not in offered():
        raise NotFound
    tree, schema = _sent(kind), field_type_schema(kind)
    typed = request.form.get("@name", "").strip()
    if _asks_again(tree):
        return fields_page(
            made, inspect_new(made, kind, read_body(schema, tree, {"type": kind}, keep=True), name=typed)
        )
    body = tidy_rollup(read_body(schema, tree, {"type": kind}))
    field = typed or free_name(body.get("label"), made.object.fields.keys(), kind)
    if field in made.object.fields:
        problem = Problem("given_twice", f"“{field}” exists already.", f"「{field}」已存在。", path=f"fields.{field}")
        shown = inspect_new(made, kind, body, [problem], typed)
        return fields_page(made, shown), 422
    problems = _write(made, {**made.document.json()["fields"], field: body}, _layouts_with(made, field))
    if problems:
        shown = inspect_new(made, kind, read_body(schema, tree, {"type": kind}, keep=True), problems, field)
        shown.others = tuple(problem_links([p for p in problems if not p.path.startswith(f"fields.{field}")]))
        return fields_page(made, shown), 422
    toasts.say(gettext("Field added in the draft"))
    more = request.form.get("@do") == "more"
    return redirect_to(f"/builder/objects/{name}?" + ("add=" if more else f"field={field}"))


@blueprint.post("/<name>/fields/<field>")
@page("metadata", "object")
def change_field(caller: Caller, name: str, field: str) -> Answer:
    """Save the inspector's form; another type keeps what both types know."""
    made = object_page(caller, name)
    old = dict(_fields(made).get(field) or {})
    if not old:
        raise NotFound
    kind = str(old.get("type"))
    wanted = request.form.get("@type", kind)
    tree, schema = _sent(kind), field_type_schema(kind)
    words = made.object.fields[field]
    if _asks_again(tree):
        return fields_page(made, inspect(made, words, [], read_body(schema, tree, old, keep=True)))
    body = tidy_rollup(read_body(schema, tree, old))
    if wanted != kind and wanted in offered():
        known = field_type_schema(wanted)["properties"]
        body = {"type": wanted, **{key: value for key, value in body.items() if key in known and key != "type"}}
    problems = _write(made, {**_fields(made), field: body})
    if problems:
        shown = inspect(made, words, problems, body if wanted != kind else read_body(schema, tree, old, keep=True))
        shown.others = tuple(problem_links([p for p in problems if not p.path.startswith(f"fields.{field}")]))
        return fields_page(made, shown), 422
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"/builder/objects/{name}?field={field}")


@blueprint.post("/<name>/fields/<field>/retire")
@page("metadata", "object")
def retire_field(caller: Caller, name: str, field: str) -> Answer:
    """Take the field out of the object and of its layouts, list views and rights; its data is kept."""
    made = object_page(caller, name)
    fields = _fields(made)
    if fields.pop(field, None) is None:
        raise NotFound
    others = [cleared for d in made.view.documents.values() if (cleared := without_field(d, name, field)) is not None]
    problems = _write(made, fields, others)
    if problems:
        shown = inspect(made, made.object.fields[field], [])
        shown.others = tuple(problem_links(problems))
        return fields_page(made, shown), 422
    toasts.say(gettext("Field retired in the draft; its data is kept"))
    return redirect_to(f"/builder/objects/{name}")


@blueprint.post("/<name>/fields/<field>/restore")
@page("metadata", "object")
def restore_field(caller: Caller, name: str, field: str) -> Response:
    """Put a field that the draft retires back, as it was released."""
    made = object_page(caller, name)
    released = made.view.released("object", name)
    before = released.json()["fields"] if released else {}
    if field not in before:
        raise NotFound
    order = [*before, *(key for key in _fields(made) if key not in before)]
    fields = {**_fields(made), field: before[field]}
    _write(made, {key: fields[key] for key in order if key in fields})
    return redirect_to(f"/builder/objects/{name}?field={field}")


@blueprint.post("/<name>/order")
@page("metadata", "object")
def order_fields(caller: Caller, name: str) -> Response:
    """The fields in another order: {"ids": [name, …]}, or a form's `move` "up title" without JavaScript."""
    made = object_page(caller, name)
    fields = _fields(made)
    given = request.get_json(silent=True)
    ids = list(given["ids"]) if isinstance(given, dict) and isinstance(given.get("ids"), list) else None
    if ids is None:
        ids = _moved(list(fields), request.form.get("move", ""))
    if not all(isinstance(one, str) for one in ids):
        raise BadRequest(en="Names are expected.", zh="需要字段名。")
    wanted = [one for one in dict.fromkeys(ids) if one in fields]
    _write(made, {key: fields[key] for key in [*wanted, *(k for k in fields if k not in wanted)]})
    if given is not None:
        return jsonify({"ids": wanted})
    return redirect_to(f"/builder/objects/{name}?field={request.form.get('move', '').rpartition(' ')[2]}")


def _sent(kind: str) -> dict[str, Any]:
    tree = tree_of(request.form)
    if kind == "rollup":
        take_rollup(tree, request.form)
    return tree


def _asks_again(tree: dict[str, Any]) -> bool:
    """Whether the form is to be shown once more, changed by the button that was pressed."""
    asked = request.form.get("@do", "")
    return act(tree, asked) or asked == "again"


def _moved(names: list[str], move: str) -> list[str]:
    way, _, field = move.partition(" ")
    if field in names:
        at = names.index(field)
        to = max(0, min(len(names) - 1, at + (1 if way == "down" else -1)))
        names.insert(to, names.pop(at))
    return names


def _fields(made: ObjectPage) -> dict[str, Any]:
    return dict(made.document.json().get("fields") or {})


def _write(made: ObjectPage, fields: Mapping[str, Any], others: list[Document] | None = None) -> list[Problem]:
    """Save the object with these fields and the other documents; the problems that hinder it."""
    body = {**made.document.json(), "fields": dict(fields)}
    document = make("object", made.name, {k: v for k, v in body.items() if k not in ("kind", "name")})
    if isinstance(document, tuple):
        return list(document)
    before = {(p.kind, p.name, p.path, p.code) for p in made.view.problems}
    found = own_problems(made.view, document) if not others else problems_with(made.view, document, *others)
    problems = [p for p in found if (p.kind, p.name, p.path, p.code) not in before]
    if not problems:
        save(made.caller, [document, *(others or [])])
    return problems


def _layouts_with(made: ObjectPage, field: str) -> list[Document]:
    """The object's layouts with the field at the end of their first section, if the form asks for it."""
    if not request.form.get("@in_layouts"):
        return []
    changed = []
    for layout in made.attached("layout"):
        body = {k: v for k, v in layout.json().items() if k not in ("kind", "name")}
        if body.get("sections") and isinstance(body["sections"][0].get("fields"), list):
            body["sections"][0]["fields"].append(field)
            changed.append(Document("layout", layout.name, body))
    return changed


def without_field(document: Document, object: str, field: str) -> Document | None:
    """A layout, list view or permission set that no longer mentions the field; None where it did not."""
    body = {k: v for k, v in document.json().items() if k not in ("kind", "name")}
    if document.kind == "permission_set":
        left = {k: v for k, v in (body.get("fields") or {}).items() if k != f"{object}.{field}"}
        return (
            Document(document.kind, document.name, {**body, "fields": left}) if left != body.get("fields", {}) else None
        )
    if document.kind not in ("layout", "list_view"):
        return None
    before = document.text
    if body.get("object") == object:
        _clear(body, ("highlights", "quick", "columns", "totals", "sort"), field)
        for section in body.get("sections") or []:
            _clear(section, ("fields",), field)
        if body.get("path") == field:
            del body["path"]
    for related in body.get("related") or []:
        if related.get("object") == object:
            _clear(related, ("columns",), field)
    made = Document(document.kind, document.name, body)
    return made if made.text != before else None


def _clear(body: dict[str, Any], keys: tuple[str, ...], field: str) -> None:
    for key in keys:
        if isinstance(body.get(key), list):
            body[key] = [one for one in body[key] if str(one).lstrip("-").split(".")[0] != field]
