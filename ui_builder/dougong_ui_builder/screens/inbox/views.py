"""The inbox page with its actions, and the count of unread notifications that open pages ask for by themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from dougong_platform.http.caller import Caller
from dougong_platform.http.json import answer
from dougong_platform.notifications import inbox
from dougong_platform.notifications.topics import TOPICS, topic_named
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.shell import PAGES, PageLink
from dougong_ui_builder.words import gettext, lazy_gettext, ngettext

blueprint = Blueprint("inbox", __name__)
BASE = "/inbox"
ROWS = 30

PAGES["inbox"] = PageLink(BASE, lazy_gettext("Inbox"), "bell")


@blueprint.get(BASE)
@page()
def show(caller: Caller) -> str:
    """All, the unread ones, or one topic; `cursor` for the rows that follow, which alone are sent then."""
    only_unread, topic = request.args.get("show") == "unread", _topic()
    cursor = request.args.get("cursor") or None
    found = inbox.entries(caller, only_unread=only_unread, topic=topic, limit=ROWS, cursor=cursor)
    more = f"{_address(only_unread, topic)}{'&' if only_unread or topic else '?'}{urlencode({'cursor': found.next})}"
    context: dict[str, Any] = {
        "entries": found.entries,
        "more": more if found.next else None,
        "topic_named": topic_named,
        "topic": topic,
        "only_unread": only_unread,
    }
    if cursor and is_fragment():
        return render_template("inbox/more.html", **context)
    count = inbox.unread(caller)
    tabs = _tabs(only_unread, topic, count.unread)
    return render_template("inbox/inbox.html", tabs=tabs, count=count, counted=inbox.COUNTED, **context)


@blueprint.get(f"{BASE}/unread")
@page(idle=True)
def show_count(caller: Caller) -> Response:
    """{"unread", "latest"}; 304 as long as nothing has changed. Asked by <dg-bell> on every page."""
    count = inbox.unread(caller)
    if request.if_none_match.contains(count.mark):
        found = Response(status=304)
    else:
        found = answer({"unread": count.unread, "latest": count.latest})
    found.set_etag(count.mark)
    found.headers["Cache-Control"] = "private, no-cache"
    return found


@blueprint.post(f"{BASE}/read")
@page()
def mark(caller: Caller) -> Response | str:
    """Marks the notifications named by `id` read, or unread with `read` 0; a fragment may ask for its row anew."""
    ids = request.form.getlist("id")[:1000]
    inbox.mark(caller, ids, read=request.form.get("read") != "0")
    if is_fragment() and request.form.get("row"):
        found = inbox.one(caller, ids[0]) if ids else None
        return render_template("inbox/row.html", one=found, topic_named=topic_named) if found else ""
    return Response(status=204) if is_fragment() else redirect_to(_back())


@blueprint.post(f"{BASE}/read-all")
@page()
def mark_all(caller: Caller) -> Response:
    """Everything up to the newest that the page showed (`until`), of one topic or of all."""
    changed, moment = inbox.mark_all(caller, topic=_topic(), until=request.form.get("until"))
    if changed:
        said = ngettext("%(num)d notification marked as read", "%(num)d notifications marked as read", changed)
        toasts.say(said, undo=f"{BASE}/undo?{urlencode({'moment': moment})}")
    return redirect_to(_back())


@blueprint.post(f"{BASE}/undo")
@page()
def undo(caller: Caller) -> Response:
    """Makes what was marked at one moment unread again."""
    inbox.take_back(caller, request.args.get("moment", ""))
    return redirect_to(BASE)


def _topic() -> str | None:
    wanted = request.values.get("topic")
    return wanted if wanted in TOPICS else None


def _back() -> str:
    return _address(request.form.get("show") == "unread", _topic())


def _address(only_unread: bool, topic: str | None) -> str:
    asked = ({"show": "unread"} if only_unread else {}) | ({"topic": topic} if topic else {})
    return f"{BASE}?{urlencode(asked)}" if asked else BASE


def _tabs(only_unread: bool, topic: str | None, unread: int) -> list[dict[str, Any]]:
    tabs: list[dict[str, Any]] = [
        {"text": gettext("All"), "href": BASE, "current": not only_unread and topic is None},
        {"text": gettext("Unread"), "href": f"{BASE}?show=unread", "current": only_unread, "count": unread or None},
    ]
    tabs += [
        {
            "text": label_text(one),
            "href": f"{BASE}?topic={one.name}",
            "current": topic == one.name and not only_unread,
            "icon": one.icon,
        }
        for one in TOPICS.values()
    ]
    return tabs
