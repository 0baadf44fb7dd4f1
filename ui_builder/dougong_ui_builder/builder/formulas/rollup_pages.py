"""The parts of a roll-up's editor that follow what is chosen in it."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request

from dougong_metadata.kinds.json_schema import field_type_schema
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.forms import read_body, tree_of
from dougong_ui_builder.builder.formulas.rollup import editor, take_rollup
from dougong_ui_builder.builder.formulas.routes import blueprint
from dougong_ui_builder.builder.layouts.words import known_field
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.page import page


@blueprint.post("/objects/<name>/rollup-choices")
@page("metadata", "object")
def show_choices(caller: Caller, name: str) -> str:
    """The fragment with the fields that go with what was chosen."""
    return render_template("formulas/rollup_choices.html", rollup=_editor(caller, name), by=request.form.get("b/by"))


@blueprint.post("/objects/<name>/rollup-said")
@page("metadata", "object")
def show_sentence(caller: Caller, name: str) -> str:
    """The fragment with the sentence."""
    return render_template("formulas/rollup_said.html", rollup=_editor(caller, name))


@blueprint.get("/rollup-fields")
@page("metadata", "object")
def show_fields(caller: Caller) -> Response:
    """What a roll-up's condition may speak of: the own fields of ?object= ("order_line" or "order_line.order")."""
    words = Vocabulary(read_draft(caller), caller.locale)
    found = words.objects.get(request.args.get("object", "").partition(".")[0])
    return jsonify(condition_fields(words, found.name) if found else [])


def condition_fields(words: Vocabulary, object: str) -> list[dict[str, object]]:
    """The own fields of the records that are rolled up, as the condition builder knows them."""
    found = words.objects.get(object)
    hidden = ("id", "deleted_at", "deleted_by", "version")
    return [known_field(words, field) for field in found.fields.values() if field.name not in hidden] if found else []


def _editor(caller: Caller, name: str) -> dict[str, object]:
    words = Vocabulary(read_draft(caller), caller.locale)
    if name not in words.objects:
        raise NotFound
    tree = tree_of(request.form)
    take_rollup(tree, request.form)
    body = read_body(field_type_schema("rollup"), tree, {"type": "rollup"}, keep=True)
    return editor(words, name, body, request.form.get("@rollup"))
