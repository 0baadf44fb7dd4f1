"""Saving what a list shows as a view of one's own, or of everybody; renaming and deleting such a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform import saved_views
from dougong_platform.errors import BadFilter, NotFound, RecordsInvalid
from dougong_platform.saved_views.keeping import may_share
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.lists.panel import answer
from dougong_ui_builder.screens.lists.routes import blueprint
from dougong_ui_builder.screens.lists.state import ListState, state_of
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller


def may_change(caller: Caller, state: ListState) -> bool:
    """Whether the list's view is a saved one that the caller may change."""
    saved = state.view.saved
    return saved is not None and (saved.owner == caller.user or may_share(caller))


@blueprint.get("/o/<object>/list/save")
@page()
def ask_name(caller: Caller, object: str) -> str:
    """The form with a name; one's own view may also be brought up to date."""
    return _asked(caller, state_of(caller, object))


@blueprint.post("/o/<object>/list/save")
@page()
def save(caller: Caller, object: str) -> Response | str:
    """`do`: new (with `name`, `shared`) or update."""
    state = state_of(caller, object)
    shown = {"columns": list(state.columns), "filter": state.filter or None, "sort": list(state.sort)}
    try:
        if request.form.get("do") == "update" and state.view.saved is not None:
            kept = saved_views.change(caller, state.view.key, shown)
        else:
            kept = saved_views.create(
                caller,
                object,
                shown
                | {
                    "name": request.form.get("name", ""),
                    "totals": list(state.view.totals),
                    "shared": request.form.get("shared") == "true",
                },
            )
    except (RecordsInvalid, BadFilter) as fault:
        return _asked(caller, state, _sentence(fault, caller))
    say(gettext("View “%(name)s” saved", name=kept.name))
    return redirect_to(state.url(view=kept.id))


@blueprint.get("/o/<object>/list/view")
@page()
def ask_change(caller: Caller, object: str) -> str:
    """The form of a saved view: its name, who sees it, deletion."""
    state = state_of(caller, object)
    if not may_change(caller, state):
        raise NotFound
    return answer("lists/view.html", state, may_share=may_share(caller), error=None)


@blueprint.post("/o/<object>/list/view")
@page()
def change_view(caller: Caller, object: str) -> Response | str:
    """`do`: rename (with `name`, `shared`) or delete."""
    state = state_of(caller, object)
    if not may_change(caller, state):
        raise NotFound
    if request.form.get("do") == "delete":
        gone = saved_views.remove(caller, state.view.key)
        say(gettext("View “%(name)s” deleted", name=gone.name))
        return redirect_to(f"/o/{object}")
    given = {"name": request.form.get("name", "")}
    try:
        kept = saved_views.change(
            caller,
            state.view.key,
            given | ({"shared": request.form.get("shared") == "true"} if may_share(caller) else {}),
        )
    except RecordsInvalid as fault:
        return answer("lists/view.html", state, may_share=may_share(caller), error=_sentence(fault, caller))
    say(gettext("View “%(name)s” saved", name=kept.name))
    return redirect_to(state.url(view=kept.id))


def _asked(caller: Caller, state: ListState, error: str | None = None) -> str:
    return answer(
        "lists/save.html", state, may_share=may_share(caller), may_change=may_change(caller, state), error=error
    )


def _sentence(fault: Fault, caller: Caller) -> str:
    if isinstance(fault, RecordsInvalid):
        return " ".join(error.message for error in fault.errors)
    return fault.message(caller.locale)
