"""The pages of one permission set: objects by actions, fields, apps and system rights."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_metadata.kinds import registered
from dougong_metadata.kinds.permission_set import SYSTEM_RIGHTS
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.permission_sets import fields, matrix
from dougong_ui_builder.builder.permission_sets.page_of import Answer, SetPage, set_page
from dougong_ui_builder.builder.permission_sets.routes import blueprint
from dougong_ui_builder.builder.vocabulary import label_of
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to

BASE = "/builder/permission_sets"
NOT_DELEGABLE = frozenset({"permission_set", "sharing"})  # who shapes these gives himself every right


@blueprint.get("/<name>")
@page("metadata")
def show_objects(caller: Caller, name: str) -> str:
    """A table: objects by actions."""
    made = set_page(caller, name)
    return _objects_page(made, made.body)


@blueprint.post("/<name>")
@page("metadata")
def change_objects(caller: Caller, name: str) -> Answer:
    """Save the table; the button "as all others" takes an object's line away."""
    made = set_page(caller, name)
    objects = matrix.posted_objects(made)
    action, _, object = request.form.get("@do", "").partition(" ")
    if action == "as-others":
        objects = matrix.without({"objects": objects}, object)
    body = {**made.body, "objects": objects}
    problems = made.save(body)
    return _back(made, "", problems) or (_objects_page(made, body, problems), 422)


@blueprint.get("/<name>/fields")
@page("metadata")
def show_fields(caller: Caller, name: str) -> str:
    """?object= chooses whose."""
    made = set_page(caller, name)
    return _fields_page(made, made.body, request.args.get("object", ""))


@blueprint.post("/<name>/fields")
@page("metadata")
def change_fields(caller: Caller, name: str) -> Answer:
    """Save the levels of one object's fields."""
    made = set_page(caller, name)
    object = request.form.get("object", "")
    one = made.words.objects.get(object)
    body = made.body
    if one is not None:
        body["fields"] = fields.posted_fields(made, one)
    problems = made.save(body)
    return _back(made, f"/fields?object={object}", problems) or (_fields_page(made, body, object, problems), 422)


@blueprint.get("/<name>/settings")
@page("metadata")
def show_settings(caller: Caller, name: str) -> str:
    """Its name, apps, system rights and kinds of metadata."""
    made = set_page(caller, name)
    return _settings_page(made, made.body)


@blueprint.post("/<name>/settings")
@page("metadata")
def change_settings(caller: Caller, name: str) -> Answer:
    """All of them together."""
    made = set_page(caller, name)
    body = {**made.body, **posted_settings()}
    problems = made.save(body)
    return _back(made, "/settings", problems) or (_settings_page(made, body, problems), 422)


def posted_settings() -> dict[str, Any]:
    """label, apps, system, kinds of the form."""
    label = {key: text for key in ("en", "zh") if (text := request.form.get(f"label/{key}", "").strip())}
    apps, known = request.form.getlist("apps"), request.form.getlist("@apps")
    return {
        "label": label,
        "apps": [] if set(apps) == set(known) else apps,
        "system": [one for one in request.form.getlist("system") if one in SYSTEM_RIGHTS],
        "kinds": [one for one in request.form.getlist("kinds") if one in registered()],
    }


def _back(made: SetPage, to: str, problems: list[Problem]) -> Response | None:
    return None if problems else redirect_to(f"{BASE}/{made.name}{to}")


def _objects_page(made: SetPage, body: dict[str, Any], problems: list[Problem] | None = None) -> str:
    lines = matrix.lines(made, body)
    return made.draw("permission_sets/objects.html", "objects", problems, lines=lines, scopes=matrix.scope_options())


def _fields_page(made: SetPage, body: dict[str, Any], object: str, problems: list[Problem] | None = None) -> str:
    granted = [one for one in made.objects if fields.usual(body, one.name) != "none"]
    chosen = next((one for one in made.objects if one.name == object), granted[0] if granted else None)
    locale = current_locale()
    options = []
    for one in made.objects:
        count = fields.narrowed(body, one.name)
        options.append((one.name, one.label.text(locale) + (f" · {count}" if count else "")))
    return made.draw(
        "permission_sets/fields.html",
        "fields",
        problems,
        chosen=chosen,
        options=options,
        lines=fields.lines(body, chosen) if chosen else [],
        usual=fields.usual(body, chosen.name) if chosen else "none",
    )


def _settings_page(made: SetPage, body: dict[str, Any], problems: list[Problem] | None = None) -> str:
    zh = current_locale() == "zh"
    label = body.get("label")
    apps = [(d.name, label_of(d.body, d.name).text(current_locale())) for d in made.view.of_kind("app")]
    kinds = [
        (kind.name, kind.plural[current_locale()]) for kind in registered().values() if kind.name not in NOT_DELEGABLE
    ]
    return made.draw(
        "permission_sets/settings.html",
        "settings",
        problems,
        label={"en": label, "zh": ""} if isinstance(label, str) else label or {},
        apps=apps,
        chosen_apps=body.get("apps") or [name for name, _ in apps],
        system=[(name, words[zh]) for name, words in SYSTEM_RIGHTS.items()],
        chosen_system=body.get("system") or (),
        kinds=kinds,
        chosen_kinds=body.get("kinds") or (),
    )
