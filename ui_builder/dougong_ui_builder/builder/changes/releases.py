"""Older releases: compared with the one in force, and brought back after a plan."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.describe import describe_change
from dougong_platform.errors import NotFound, PublishConflict, PublishRefused
from dougong_platform.http.caller import Caller
from dougong_platform.releases.listing import list_releases
from dougong_platform.releases.plan import plan_model
from dougong_platform.releases.restore import restore, target
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.changes.difference import yaml_difference
from dougong_ui_builder.builder.changes.publishing import LONGEST_NOTE, plan_card, refusal, said_stages
from dougong_ui_builder.builder.changes.routes import blueprint
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.frame import draw
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext


@blueprint.get("/releases/<int:number>")
@page("metadata")
def compare(caller: Caller, number: int) -> str:
    """What bringing the release back would change, in words, as YAML and as a plan."""
    view = read_draft(caller)
    if not 0 < number <= view.release:
        raise NotFound
    old, new = view.base.model.documents, target(caller.database, caller.tenant, number).documents
    keys = [key for key in sorted({**old, **new}) if old.get(key) != new.get(key)]
    changes = [
        (key, describe_change(old.get(key), new.get(key)), yaml_difference(old.get(key), new.get(key))) for key in keys
    ]
    about = next(one for one in list_releases(caller.database, caller.tenant, limit=1, before=number + 1))
    return draw(caller, view, "builder/release.html", number=number, about=about, changes=changes, new=new, old=old)


@blueprint.get("/releases/<int:number>/plan")
@page("metadata")
def plan_restore(caller: Caller, number: int) -> str:
    """The plan of bringing a release back."""
    model = target(caller.database, caller.tenant, number)
    return plan_card(plan_model(caller.database, caller.tenant, model), caller, [], number)


@blueprint.post("/releases/<int:number>/restore")
@page("metadata")
def restore_release(caller: Caller, number: int) -> Response:
    """Publish the older release's documents under a new number; the draft stays."""
    given = request.form
    note = given.get("note", "").strip()[:LONGEST_NOTE]
    try:
        base = given.get("base", type=int)
        about: dict[str, Any] = {"base": base, "by": caller.user, "note": note, "stages": said_stages()}
        made = restore(caller.database, caller.tenant, number, **about)
    except (PublishConflict, PublishRefused, InvalidDocuments) as fault:
        toasts.say(refusal(fault, caller.locale), tone="bad")
        return redirect_to(f"/builder/releases/{number}")
    text = gettext("Release #%(old)s is back as #%(number)s", old=number, number=made.number)
    toasts.say(text)
    return redirect_to("/builder/changes")
