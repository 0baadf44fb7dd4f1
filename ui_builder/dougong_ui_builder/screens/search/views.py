"""The search page, and the palette's fragment of records and actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request

from dougong_metadata.errors import UnknownName
from dougong_platform.errors import NotAllowed
from dougong_platform.search.query import find
from dougong_platform.search.words import question
from dougong_ui_builder.page import page
from dougong_ui_builder.screens.search.marking import marked

if TYPE_CHECKING:
    from dougong_metadata.model.types import ObjectModel
    from dougong_platform.http.caller import Caller

blueprint = Blueprint("search_page", __name__)

SHOWN = 60  # of all objects together
IN_PALETTE = 8
LONGEST = 200  # characters of a question


@dataclass(slots=True)
class Hits:
    """What was found of one object."""

    object: ObjectModel
    found: list[dict[str, Any]] = field(default_factory=list)


@blueprint.get("/search")
@page()
def search(caller: Caller) -> str:
    """Grouped by object, the object of the best hit first; `object` narrows to one."""
    text, only = _asked(), request.args.get("object", "")
    found: list[dict[str, Any]] = []
    if text:
        try:
            found = find(caller, text, [only] if only else None, SHOWN)
        except (UnknownName, NotAllowed):
            only, found = "", find(caller, text, None, SHOWN)
    groups: dict[str, Hits] = {}
    for hit in found:
        groups.setdefault(hit["object"], Hits(caller.model.objects[hit["object"]])).found.append(hit)
    return render_template(
        "search/search.html",
        text=text,
        only=only,
        groups=list(groups.values()),
        total=len(found),
        full=len(found) == SHOWN,
        runs=question(text)[1],
        marked=marked,
    )


@blueprint.get("/ui/jump")
@blueprint.get("/ui/search")
@page()
def options(caller: Caller) -> str:
    """Options for the palette: records, then creating one by that name, then the search page."""
    text = _asked()
    found = find(caller, text, None, IN_PALETTE) if text else []
    objects = list(dict.fromkeys(hit["object"] for hit in found))
    first = next(
        (name for name in objects if caller.rights.may(name, "create") and caller.model.objects[name].parent is None),
        None,
    )
    return render_template(
        "search/options.html",
        text=text,
        found=found,
        objects=caller.model.objects,
        create=caller.model.objects[first] if first else None,
        runs=question(text)[1],
        marked=marked,
    )


def _asked() -> str:
    return request.args.get("q", "").replace("\0", "").strip()[:LONGEST]
