"""The head that all pages of one automation share: its name, its parts, whether it can be published."""

from __future__ import annotations

from typing import Any

from dougong_metadata.documents import Document
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.documents.lists import last_changes, line
from dougong_ui_builder.builder.draft_view import DraftView
from dougong_ui_builder.builder.frame import document_label, draw
from dougong_ui_builder.words import gettext


def draw_automation(
    caller: Caller, view: DraftView, document: Document | None, tab: str, template: str, **context: Any
) -> str:
    """A page of an automation; `tab` is flow, try or runs."""
    tabs: list[dict[str, Any]] = []
    if document is not None:
        base = f"/builder/automations/{document.name}"
        parts = (
            ("flow", gettext("Steps"), base),
            ("try", gettext("Try it out"), base + "/try"),
            ("runs", gettext("Run log"), base + "/runs"),
        )
        tabs = [{"text": text, "href": href, "current": key == tab, "count": None} for key, text, href in parts]
    return draw(
        caller,
        view,
        template,
        document=document,
        title=document_label(document) if document else gettext("New automation"),
        line=line(view, document, last_changes(caller, "automation", document.name)) if document else None,
        faulty=sum((p.kind, p.name) == document.key for p in view.problems) if document else 0,
        tabs=tabs,
        **context,
    )
