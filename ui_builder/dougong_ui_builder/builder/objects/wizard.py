"""A new object that people can use right after publishing: with its layout, list view, navigation and rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.field_types.registry import offered
from dougong_metadata.keys import NAME
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.draft_view import DraftView, problems_with, read_draft
from dougong_ui_builder.builder.frame import draw, problem_links
from dougong_ui_builder.builder.objects.access import with_right
from dougong_ui_builder.builder.objects.routes import blueprint
from dougong_ui_builder.builder.objects.views import type_label
from dougong_ui_builder.builder.saving import save
from dougong_ui_builder.builder.vocabulary import Vocabulary, label_of
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

ROWS = 4  # empty rows for fields at first
MOST_ROWS = 60
LEVELS: Mapping[str, dict[str, Any]] = {
    "": {},
    "read": {"read": "all"},
    "own": {"create": True, "read": "own", "update": "own", "delete": "own"},
    "all": {"create": True, "read": "all", "update": "all", "delete": "all", "import": True, "export": True},
}
# What a type cannot do without; the administrator changes it in the inspector.
NEEDED: Mapping[str, dict[str, Any]] = {
    "picklist": {"values": [{"value": "a", "label": {"en": "First", "zh": "选项一"}}]},
    "multi_picklist": {"values": [{"value": "a", "label": {"en": "First", "zh": "选项一"}}]},
    "auto_number": {"format": "{YYYY}-{0000}"},
}


@dataclass
class Wanted:
    """What the form says. `fields`: (type, label, required, to) per filled row."""

    label: dict[str, str]
    name: str
    icon: str
    name_label: dict[str, str]
    rows: list[tuple[str, dict[str, str], bool, str]]
    place: str  # "app/index of its group", or "" for nowhere
    levels: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> list[tuple[str, dict[str, str], bool, str]]:
        return [row for row in self.rows if row[1]]


@blueprint.get("/new")
@page("metadata", "object")
def new_object(caller: Caller) -> str:
    """The empty form, ready for a private object that every permission set with all rights may use."""
    view = read_draft(caller)
    wanted = Wanted({}, "", "box", {"en": "Name", "zh": "名称"}, [("text", {}, False, "")] * ROWS, "")
    places = _places(view, caller.locale)
    wanted.place = places[0][0] if places else ""
    for document in view.of_kind("permission_set"):
        wanted.levels[document.name] = "all" if "*" in (document.body.get("objects") or {}) else ""
    return _page(caller, view, wanted)


@blueprint.post("/new")
@page("metadata", "object")
def create_object(caller: Caller) -> str | Response | tuple[str, int]:
    """Write all documents into the draft together, or none."""
    view = read_draft(caller)
    wanted = read_wanted(request.form, view)
    action = request.form.get("@do", "")
    if action == "rows":
        wanted.rows += [("text", {}, False, "")] * 3
        return _page(caller, view, wanted)
    taken = {name for kind, name in view.documents if kind == "object"} | {"user", "department", "team"}
    errors = _errors(wanted, taken)
    if errors:
        return _page(caller, view, wanted, errors), 422
    wanted.name = wanted.name or free_name(wanted.label, taken, "object")
    try:
        made = documents_of(view, wanted)
        problems = problems_with(view, *made)
    except InvalidDocuments as fault:
        made, problems = [], list(fault.problems)
    mine = {document.key for document in made}
    hindering = [p for p in problems if not made or (p.kind, p.name) in mine]
    if hindering:
        return _page(caller, view, wanted, {}, hindering), 422
    save(caller, made)
    toasts.say(gettext("The object is in the draft. Add fields, then publish."))
    return redirect_to(f"/builder/objects/{wanted.name}")


def read_wanted(form: MultiDict[str, str], view: DraftView) -> Wanted:
    """From the posted form."""
    rows = []
    for index in range(MOST_ROWS):
        if f"field/{index}/type" in form:
            kind = form[f"field/{index}/type"]
            to = form.get(f"field/{index}/to", "")
            label = _pair(form, f"field/{index}")
            rows.append((kind if kind in offered() else "text", label, f"field/{index}/required" in form, to))
    levels = {d.name: form.get(f"level/{d.name}", "") for d in view.of_kind("permission_set")}
    return Wanted(
        _pair(form, "label"),
        form.get("name", "").strip(),
        form.get("icon", "").strip() or "box",
        _pair(form, "name_label") or {"en": "Name", "zh": "名称"},
        rows,
        form.get("place", ""),
        {name: level for name, level in levels.items() if level in LEVELS},
    )


def documents_of(view: DraftView, wanted: Wanted) -> list[Document]:
    """The object, its layout and list view, the app with it in its navigation, the permission sets with their lines."""
    name, fields = wanted.name, _fields(wanted)
    names = list(fields)
    head: dict[str, Any] = {"label": wanted.label, "icon": wanted.icon, "name_field": "name", "fields": fields}
    section = {"name": "basics", "label": {"en": "Basics", "zh": "基本信息"}, "columns": 2, "fields": names}
    all_label = {"en": f"All {wanted.label.get('en', '')}".strip(), "zh": f"全部{wanted.label.get('zh', '')}"}
    made = [
        Document("object", name, head),
        Document(
            "layout",
            _name(f"{name}_standard"),
            {
                "object": name,
                "label": {"en": "Standard", "zh": "标准"},
                "highlights": names[1:4],
                "sections": [section],
            },
        ),
        Document(
            "list_view",
            _name(f"{name}_all"),
            {
                "object": name,
                "label": all_label,
                "columns": names[:6],
                "sort": ["-created_at"],
            },
        ),
    ]
    app = _app_with(view, wanted)
    for set_name, level in wanted.levels.items():
        document = view.documents[("permission_set", set_name)]
        if level != ("all" if "*" in (document.body.get("objects") or {}) else ""):
            made.append(with_right(document, name, LEVELS[level]))
    return [*made, *([app] if app is not None else [])]


def _fields(wanted: Wanted) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": {"type": "text", "label": wanted.name_label, "required": True, "max_length": 200, "searchable": True}
    }
    for kind, label, required, to in wanted.fields:
        body: dict[str, Any] = {"type": kind, "label": label, **NEEDED.get(kind, {})}
        if kind in ("lookup", "detail"):
            body["to"] = to
        if required:
            body["required"] = True
        fields[free_name(label, fields, kind)] = body
    return fields


def _app_with(view: DraftView, wanted: Wanted) -> Document | None:
    app, _, group = wanted.place.partition("/")
    document = view.documents.get(("app", app))
    if document is None or not group.isdigit():
        return None
    body = {k: v for k, v in document.json().items() if k not in ("kind", "name")}
    if int(group) < len(body.get("groups") or []):
        body["groups"][int(group)].setdefault("items", []).append({"object": wanted.name})
    return Document("app", app, body)


def _errors(wanted: Wanted, taken: set[str]) -> dict[str, str]:
    errors = {}
    if not wanted.label:
        errors["label"] = gettext("Give it a label in at least one language.")
    if wanted.name in taken:
        errors["name"] = gettext("An object of this name exists already.")
    elif wanted.name and not NAME.match(wanted.name):
        errors["name"] = gettext("Lower-case letters, digits and _ after a first letter.")
    return errors


def _pair(form: MultiDict[str, str], name: str) -> dict[str, str]:
    return {k: text for k in ("en", "zh") if (text := form.get(f"{name}/{k}", "").strip())}


def _name(text: str) -> str:
    return text if len(text) <= 40 else text[:40].rstrip("_")


def _places(view: DraftView, locale: str) -> list[tuple[str, str]]:
    """Groups of the apps' navigation that an object can be put into."""
    return [
        (f"{app.name}/{index}", f"{label_of(app.body, app.name).text(locale)} › {label_of(group, '—').text(locale)}")
        for app in view.of_kind("app")
        for index, group in enumerate(app.body.get("groups") or ())
        if group.get("label") or len(app.body["groups"]) == 1
    ]


def _page(
    caller: Caller,
    view: DraftView,
    wanted: Wanted,
    errors: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
) -> str:
    words = Vocabulary(view, caller.locale)
    return draw(
        caller,
        view,
        "builder/new_object.html",
        wanted=wanted,
        errors=errors or {},
        others=problem_links(problems or []),
        places=_places(view, caller.locale),
        types=[(name, type_label(name)) for name in offered()],
        objects=words.options("object", None),
        sets=view.of_kind("permission_set"),
    )
