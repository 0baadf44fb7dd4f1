"""Fragments that islands ask for while somebody types: suggestions of a link field, and records in the jump palette."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from dougong_platform.http.caller import Caller
from dougong_platform.search import find
from dougong_ui_builder.page import page
from dougong_ui_builder.suggestions import suggestions

blueprint = Blueprint("suggestions", __name__)

JUMPS = 12


@blueprint.get("/ui/lookup/<object>")
@page()
def lookup(caller: Caller, object: str) -> str:
    """Options for dg-lookup: ?q= words."""
    words = request.args.get("q", "")
    model = caller.model.object(object)
    return render_template(
        "parts/suggestions.html",
        found=suggestions(caller, object, words),
        words=words.strip(),
        object=model,
        may_create=caller.rights.may(object, "create") and caller.rights.field(object, model.name_field) == "edit",
    )


@blueprint.get("/ui/jump")
@page()
def jump(caller: Caller) -> str:
    """Records for dg-palette: ?q= words, over everything the caller may read."""
    words = request.args.get("q", "").strip()[:200]
    found = find(caller, words, limit=JUMPS) if words else []
    objects = {one["object"]: caller.model.objects[one["object"]] for one in found}
    return render_template("parts/jump.html", found=found, objects=objects)
