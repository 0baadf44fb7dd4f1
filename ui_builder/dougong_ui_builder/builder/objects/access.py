"""Who may do what with an object's records: its line of every permission set, edited together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from dougong_metadata.documents import Document
from dougong_metadata.kinds.permission_set import SCOPES
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.objects.page_of import ObjectPage, object_page
from dougong_ui_builder.builder.objects.routes import blueprint
from dougong_ui_builder.builder.saving import save
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

SCOPED = ("read", "update", "delete")
FLAGS = ("create", "import", "export")
SHOWN = frozenset({*SCOPED, *FLAGS})  # the table's columns; what else a line says stays as it is


@blueprint.get("/<name>/access")
@page("metadata", "object")
def show_access(caller: Caller, name: str) -> str:
    """A table: permission sets by actions."""
    made = object_page(caller, name)
    scopes = [(value, zh if current_locale() == "zh" else en) for value, (en, zh) in SCOPES.items()]
    sets = [(d, right, "*" in (d.body.get("objects") or {})) for d, right in _rights(made)]
    return made.draw("builder/object_access.html", "access", sets=sets, scopes=scopes)


@blueprint.post("/<name>/access")
@page("metadata", "object")
def change_access(caller: Caller, name: str) -> Response:
    """Write the changed lines into their permission sets."""
    made = object_page(caller, name)
    changed = []
    for document, before in _rights(made):
        right = posted_right(document.name)
        shown = _plain(before if before is not None else (document.body.get("objects") or {}).get("*") or {})
        if right is None or right == {key: value for key, value in shown.items() if key in SHOWN}:
            continue  # as it was shown; a set without a line of its own keeps following its line for all objects
        changed.append(with_right(document, name, {**{k: v for k, v in shown.items() if k not in SHOWN}, **right}))
    save(caller, changed)
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"/builder/objects/{name}/access")


def posted_right(name: str) -> dict[str, Any] | None:
    """What the table's row of a permission set says, None where it is not in the form."""
    if f"{name}/read" not in request.form:
        return None
    right: dict[str, Any] = {}
    for key in ("create", *SCOPED, "import", "export"):
        given = request.form.get(f"{name}/{key}", "")
        if key in FLAGS and given == "true":
            right[key] = True
        elif key in SCOPED and given in SCOPES and given != "none":
            right[key] = given
    return right


def with_right(document: Document, object: str, right: dict[str, Any]) -> Document:
    """A permission set with another line for the object; without a line where nothing is granted."""
    body = {k: v for k, v in document.json().items() if k not in ("kind", "name")}
    objects = dict(body.get("objects") or {})
    if right or "*" in objects:
        objects[object] = right
    else:
        objects.pop(object, None)
    return Document(document.kind, document.name, {**body, "objects": objects})


def _plain(right: Mapping[str, Any]) -> dict[str, Any]:
    """What a line grants, without what it says is not granted."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in right.items()
        if value not in (False, "none", [], ())
    }


def _rights(made: ObjectPage) -> list[tuple[Document, dict[str, Any] | None]]:
    found = []
    for document in made.view.of_kind("permission_set"):
        objects = document.body.get("objects") or {}
        right = objects.get(made.name)
        found.append((document, dict(right) if right is not None else None))
    return found
