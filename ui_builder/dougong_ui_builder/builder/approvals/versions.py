"""The versions of a flow: since when, what runs under each, and moving what fits to the one in force."""

from __future__ import annotations

from flask import Response, request

from dougong_platform.approvals.versions.moving import fits, move_version, versions_of
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.approvals.page_of import KIND, flow_page
from dougong_ui_builder.builder.approvals.routes import blueprint
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext, ngettext


@blueprint.get("/<name>/versions")
@page("metadata", KIND)
def show_versions(caller: Caller, name: str) -> str:
    """The newest first, and below what runs under others than the one in force."""
    made = flow_page(caller, name)
    try:
        versions = versions_of(caller, name)
    except NotFound:
        versions = []
    others = fits(caller, name) if name in caller.model.approvals else []
    return made.draw(
        "approval_flows/versions.html",
        "versions",
        versions=versions,
        others=others,
        fitting=sum(one.misfit is None for one in others),
        released=name in caller.model.approvals,
    )


@blueprint.post("/<name>/versions")
@page("metadata", KIND)
def move(caller: Caller, name: str) -> Response:
    """Move those that were chosen (`ids`), or all that fit (`all`)."""
    ids = None if request.form.get("all") else request.form.getlist("ids")
    answered = move_version(caller, name, ids)
    moved = sum(fault is None for _, fault in answered)
    if moved:
        toasts.say(ngettext("%(num)d approval moved", "%(num)d approvals moved", moved))
    refused = [fault for _, fault in answered if fault is not None]
    if ids and refused:
        toasts.say(refused[0].message(caller.locale), tone="bad")
    elif not answered:
        toasts.say(gettext("Choose what is to be moved."), tone="bad")
    return redirect_to(f"/builder/approvals/{name}/versions")
