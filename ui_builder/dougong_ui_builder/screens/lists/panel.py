"""A panel of the list: a fragment for the popover, or a page of its own where there is no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template

from dougong_ui_builder.page import is_fragment

if TYPE_CHECKING:
    from dougong_ui_builder.screens.lists.state import ListState


def answer(template: str, state: ListState, **context: Any) -> str:
    """The template alone for htmx and islands, else inside the page's shell."""
    if is_fragment():
        return render_template(template, state=state, **context)
    return render_template("lists/panel_page.html", template=template, state=state, **context)
