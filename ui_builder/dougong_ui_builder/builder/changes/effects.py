"""What the draft would change for people: the card beside the plan."""

from __future__ import annotations

from typing import Any

from flask import render_template

from dougong_metadata.errors import InvalidDocuments
from dougong_platform.explain.effects import effects
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.changes.routes import blueprint
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page

SHOWN = 12  # people of an object
CAUSES = frozenset({"permission_set", "sharing", "object"})  # kinds that decide who reaches what


@blueprint.get("/changes/effects")
@page("metadata")
def show_effects(caller: Caller) -> str:
    """Loaded after the page: counting takes a moment."""
    try:
        told = effects(caller)
    except InvalidDocuments:
        return ""  # the plan tells what is wrong
    objects: dict[str, list[dict[str, Any]]] = {}
    for row in told["rows"]:
        objects.setdefault(row["object"], []).append(row)
    return render_template(
        "builder/effects.html",
        objects=[(label_text(caller.model.objects[name].plural), rows) for name, rows in objects.items()],
        uncounted=len({(one["user"], one["object"]) for one in told["uncounted"]}),
        shown=SHOWN,
    )
