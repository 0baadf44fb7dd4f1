"""The layout designer's page, its savings, and the preview that is filled in to try it."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from dougong_metadata.documents import Document
from dougong_metadata.errors import Fault
from dougong_metadata.kinds.layout import LayoutKeys
from dougong_platform.errors import BadRequest, DraftChanged
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.frame import draw
from dougong_ui_builder.builder.layouts.words import designer_words
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.page import page, redirect_to

blueprint = Blueprint("builder_layouts", __name__, url_prefix="/builder/layouts")
KEYS = frozenset(LayoutKeys().fields)


@blueprint.get("/<name>")
@page("metadata", "layout")
def design(caller: Caller, name: str) -> str | Response:
    """The designer. Without JavaScript it leads to the form made from the schema."""
    view = read_draft(caller)
    document = view.document("layout", name)
    object = str(document.body.get("object", ""))
    words = Vocabulary(view, caller.locale)
    if object not in words.objects:  # nothing to arrange yet; the form says what is wrong
        return redirect_to(f"/builder/layouts/{name}/form")
    known = designer_words(words, object, _sample(caller, object))
    return draw(
        caller,
        view,
        "builder/layout.html",
        document=document,
        object=words.objects[object],
        mark=view.mark("layout", name),
        data=_script(
            known | {"document": document.json(), "hash": document.hash, "url": f"/builder/layouts/{name}/save"}
        ),
    )


@blueprint.post("/<name>/save")
@page("metadata", "layout")
def save_design(caller: Caller, name: str) -> Response | tuple[Response, int]:
    """{document, hash} → {hash, changes, problems: [{path, text}]}; 409 with what is there if somebody was faster.

    A layout with problems is kept all the same, as half a thought; the plan names them.
    """
    view = read_draft(caller)
    present = view.document("layout", name)
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(body := given.get("document"), dict):
        raise BadRequest(en="A layout is expected.", zh="需要布局文档。")
    made = make("layout", name, {key: value for key, value in body.items() if key in KEYS})
    if isinstance(made, tuple):
        return jsonify({"detail": made[0].message(caller.locale)}), 422
    try:
        save(caller, [made], {made.key: str(given.get("hash", present.hash))})
    except DraftChanged as fault:
        return jsonify({"detail": fault.message(caller.locale), "document": present.json(), "hash": present.hash}), 409
    return jsonify(_saved(caller, made))


def _script(data: dict[str, Any]) -> str:
    """JSON for inside a <script>, its keys in their order: the order of a document's keys is content."""
    text = json.dumps(data, ensure_ascii=False)
    return text.replace("<", "\\u003c")


def _saved(caller: Caller, document: Document) -> dict[str, Any]:
    view = read_draft(caller)
    problems = [p for p in own_problems(view, document) if (p.kind, p.name) == document.key]
    return {
        "hash": document.hash,
        "changes": view.changes,
        "problems": [{"path": p.path, "text": p.message(caller.locale)} for p in problems],
    }


def _sample(caller: Caller, object: str) -> dict[str, Any]:
    """A recent record, so that the canvas shows what people will see; {} without one."""
    if object not in caller.model.objects:
        return {}
    try:
        found = list_records(caller, object, limit=1, sort=("-created_at",)).records
    except Fault:
        return {}
    return dict(found[0]) if found else {}
