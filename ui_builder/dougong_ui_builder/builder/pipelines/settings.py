"""What a pipeline is called, which field and record types it is for, and the field that tells since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from dougong_metadata.kinds import registered
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.forms import Form, act, read_body, tree_of
from dougong_ui_builder.builder.frame import problem_links
from dougong_ui_builder.builder.pipelines.page_of import PipelinePage, pipeline_page
from dougong_ui_builder.builder.pipelines.routes import blueprint
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

KEYS = ("label", "object", "field", "record_types", "since")


@blueprint.get("/<name>/settings")
@page("metadata", "pipeline")
def show_settings(caller: Caller, name: str) -> str:
    """The form of the keys that are no stages."""
    made = pipeline_page(caller, name)
    return _settings_page(made, made.document.json(), made.problems())


@blueprint.post("/<name>/settings")
@page("metadata", "pipeline")
def change_settings(caller: Caller, name: str) -> str | Response | tuple[str, int]:
    """Save them; the stages stay as they are."""
    made = pipeline_page(caller, name)
    old, schema = made.document.json(), kind_schema(registered()["pipeline"])
    tree = {key: value for key, value in tree_of(request.form).items() if key in KEYS}
    if act(tree, request.form.get("@do", "")):
        return _settings_page(made, read_body(schema, tree, old, keep=True), [])
    body = {k: v for k, v in read_body(schema, tree, old).items() if k not in ("kind", "name")}
    document = make("pipeline", name, body)
    problems = list(document) if isinstance(document, tuple) else own_problems(made.view, document)
    if isinstance(document, tuple) or (problems and request.form.get("@do") != "keep"):
        return _settings_page(made, read_body(schema, tree, old, keep=True), problems), 422
    save(caller, [document], {document.key: request.form.get("@seen", made.document.hash)})
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"{made.url}/settings")


def _settings_page(made: PipelinePage, body: Mapping[str, Any], problems: Sequence[Problem]) -> str:
    mine = [p for p in problems if p.path.split(".")[0].split("[")[0] in KEYS]
    others = problem_links([p for p in problems if p not in mine])
    form = Form(kind_schema(registered()["pipeline"]), body, made.words, mine, keys=KEYS)
    seen = request.form.get("@seen") or made.document.hash
    return made.draw("pipelines/settings.html", "settings", form=form, others=others, seen=seen)
