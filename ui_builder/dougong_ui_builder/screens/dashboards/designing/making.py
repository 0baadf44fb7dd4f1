"""/dashboards/new: an empty dashboard or a copy of another, one's own or, for those who shape the metadata, a document
of the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request

from dougong_platform import dashboards, own_documents
from dougong_platform.errors import NotFound
from dougong_platform.own_documents.bodies import DASHBOARD
from dougong_platform.query.single import uuid_text
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.dashboards.designing.working import Refused, create, create_document, plain
from dougong_ui_builder.screens.dashboards.routes import blueprint
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

Answer = str | Response | tuple[str, int]
_NOT_COPIED = frozenset({"kind", "name", "label", "for", "only", "view_as", "beside_as", "position"})


@blueprint.get("/dashboards/new")
@page()
def ask(caller: Caller) -> str:
    """?from= begins with a copy of another."""
    return _form(caller, request.args.get("from", ""))


@blueprint.post("/dashboards/new")
@page()
def make(caller: Caller) -> Answer:
    """Makes it and opens its designer."""
    source = request.form.get("from", "")
    label = request.form.get("label", "").strip()
    body = _copied(caller, source) if source else {"widgets": {}}
    try:
        if request.form.get("where") == "draft":
            name = free_name(label, caller.model.dashboards, DASHBOARD)
            create_document(caller, name, {"label": {"en": label, "zh": label} if label else name, **body})
            return redirect_to(f"/dashboards/{name}/edit")
        return redirect_to(f"/dashboards/{create(caller, label, body)}/edit")
    except Refused as refused:
        return _form(caller, source, label, [text for _, text in refused.problems]), 422


def _form(caller: Caller, source: str, label: str | None = None, problems: list[str] | None = None) -> str:
    title = dashboards.find(caller, source).dashboard.label.text(caller.locale) if source else ""
    return render_template(
        "dashboards/design/new.html",
        source=source,
        title=title,
        label_=gettext("%(name)s (copy)", name=title) if label is None and title else label or "",
        problems=problems or [],
        may_draft=caller.holds("metadata", DASHBOARD),
    )


def _copied(caller: Caller, source: str) -> dict[str, Any]:
    """The body of another, without what says for whom it is. Raises NotFound."""
    if uuid_text(source) is not None:
        found = plain(own_documents.find(caller, source, DASHBOARD).body)
    else:
        dashboards.find(caller, source)
        document = caller.model.documents.get((DASHBOARD, source))
        if document is None:
            raise NotFound
        found = plain(document.json())
    return {key: value for key, value in found.items() if key not in _NOT_COPIED}
