"""From the builder's list of reports to the report builder, which stands among the screens: everybody makes reports."""

from __future__ import annotations

from flask import Blueprint, Response

from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.page import page, redirect_to

blueprint = Blueprint("builder_reports", __name__, url_prefix="/builder/reports")


@blueprint.get("/<name>")
@page("metadata", "report")
def design(caller: Caller, name: str) -> Response:
    """The report builder over it; the form where its object is not released yet, so that nothing can be counted."""
    document = read_draft(caller).document("report", name)
    released = str(document.body.get("object", "")) in caller.model.objects
    return redirect_to(f"/reports/{name}/edit" if released else f"/builder/reports/{name}/form")
