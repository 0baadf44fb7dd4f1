"""What the person is told, where and when: topic by channel, quiet hours, the hour of the digest."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_platform.errors import RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.notifications.preferences import keep_preferences, preferences
from dougong_platform.notifications.topics import TOPICS
from dougong_ui_builder import toasts
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.settings.routes import blueprint, draw
from dougong_ui_builder.words import gettext

PAGE = "/settings/notifications"


@blueprint.get(PAGE)
@page()
def show_notifications(caller: Caller) -> str:
    """The form."""
    return _page(caller)


@blueprint.post(PAGE)
@page()
def keep_notifications(caller: Caller) -> Response | tuple[str, int]:
    """Keeps it whole, or comes back with what is wrong and everything typed."""
    given = _posted()
    try:
        keep_preferences(caller, given)
    except RecordsInvalid as refused:
        errors: dict[str, list[str]] = {}
        for error in refused.errors:
            errors.setdefault(error.field or "", []).append(error.message)
        return _page(caller, given, errors), 422
    toasts.say(gettext("Saved"))
    return redirect_to(PAGE)


def _posted() -> dict[str, Any]:
    form = request.form
    topics = {}
    for name in TOPICS:
        chosen: dict[str, Any] = {"inbox": form.get(f"{name}.inbox") == "true"}
        if f"{name}.email" in form:  # without a mail server nothing is asked, and what was chosen stays
            chosen["email"] = form[f"{name}.email"]
        if form.get("robots"):
            chosen["robot"] = form.get(f"{name}.robot") == "true"
        topics[name] = chosen
    quiet = {"from": form.get("quiet_from", ""), "to": form.get("quiet_to", "")}
    return {
        "topics": topics,
        "quiet": quiet if form.get("quiet") == "true" else None,
        **({"digest_at": form["digest_at"]} if "digest_at" in form else {}),
    }


def _page(caller: Caller, given: dict[str, Any] | None = None, errors: dict[str, list[str]] | None = None) -> str:
    kept = preferences(caller)
    values = kept.json() | (given or {})
    for name, chosen in kept.json()["topics"].items():
        values["topics"][name] = chosen | values["topics"].get(name, {})
    return draw(
        "settings/notifications.html",
        "notifications",
        choices=[choice.topic for choice in kept.choices],
        values=values,
        kept=kept,
        errors=errors or {},
    )
