"""Trying an automation out on the past: which records would have fired, when, and what would have been written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from dougong_metadata.errors import Fault, InvalidDocuments
from dougong_platform.automations.try_out import Fired, Tried, try_out
from dougong_platform.http.caller import Caller
from dougong_platform.query import display_names
from dougong_ui_builder.builder.automations import sentence
from dougong_ui_builder.builder.automations.frame import draw_automation
from dougong_ui_builder.builder.automations.routes import blueprint
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page
from dougong_ui_builder.said_values import names_in_changes, said
from dougong_ui_builder.words import gettext

PERIODS = (7, 30, 90)  # days
USUAL = 30
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One firing as the table shows it: `done` are sentences about what would have been done."""

    fired: Fired
    who: str
    done: tuple[str, ...]


@blueprint.get("/<name>/try")
@page("metadata", "automation")
def try_automation(caller: Caller, name: str) -> str:
    """?since= and ?until= (days) ask; without them nothing is worked out yet."""
    view = read_draft(caller)
    document = view.document("automation", name)
    since, until, asked = period(caller)
    tried: Tried | None = None
    wrong = ""
    if asked:
        try:
            tried = try_out(caller, document=document.json(), since=_start(caller, since), until=_end(caller, until))
        except InvalidDocuments as fault:
            found = fault.problems[0].message(caller.locale) if fault.problems else ""
            wrong = gettext("It can be tried once it is right and what it uses is published.") + f" {found}"
        except Fault as fault:
            wrong = fault.message(caller.locale)
    words = Vocabulary(view, caller.locale)
    today = dt.datetime.now(ZoneInfo(caller.tenant.timezone)).date()
    return draw_automation(
        caller,
        view,
        document,
        "try",
        "automations/try.html",
        tried=tried,
        lines=lines_of(caller, tried) if tried else [],
        wrong=wrong,
        since=since,
        until=until,
        periods=[(days, (today - dt.timedelta(days=days)).isoformat(), today.isoformat()) for days in PERIODS],
        object=tried.object if tried else document.body.get("object"),
        when=sentence.when(words, document.body),
        condition=sentence.condition(words, document.body),
        notice=tried.notice.get(caller.locale[:2]) if tried and tried.notice else None,
    )


def period(caller: Caller) -> tuple[str, str, bool]:
    """(first day, last day, whether they were asked for); the last month by default."""
    today = dt.datetime.now(ZoneInfo(caller.tenant.timezone)).date()
    since, until = _day(request.args.get("since")), _day(request.args.get("until"))
    asked = since is not None
    since = since or today - dt.timedelta(days=USUAL)
    return since.isoformat(), max(until or today, since).isoformat(), asked


def lines_of(caller: Caller, tried: Tried) -> list[Line]:
    """The firings with names for all links in them."""
    given = [action for one in tried.fired for action in one.actions or () if action.get("values")]
    names: dict[str, str | None] = {}
    for object in {str(action["object"]) for action in given}:
        if object in caller.model.objects:
            changes = [
                {n: [(a.get("before") or {}).get(n), v] for n, v in a["values"].items()}
                for a in given
                if a["object"] == object
            ]
            names |= names_in_changes(caller, caller.model.objects[object], changes)
    people = display_names(caller, "user", {one.actor for one in tried.fired if one.actor})
    return [
        Line(one, people.get(one.actor or "") or "", tuple(_done(caller, a, tried, names) for a in one.actions or ()))
        for one in tried.fired
    ]


def _done(caller: Caller, action: Mapping[str, Any], tried: Tried, names: Mapping[str, str | None]) -> str:
    """ "Genre → Novel", or the text that would have been sent."""
    if action.get("text"):
        return gettext("“%(text)s”", text=action["text"].get(caller.locale[:2]) or action["text"].get("en", ""))
    object = str(action.get("object") or tried.object or "")
    fields = caller.model.objects[object].fields if object in caller.model.objects else {}
    pairs = []
    for name, value in (action.get("values") or {}).items():
        field = fields.get(name)
        shown = (said(field, value, names) if field is not None else str(value)) or "—"
        label = label_text(field) if field is not None else name
        before = action.get("before") or {}
        if name in before and field is not None:
            pairs.append(f"{label}{gettext(': ')}{said(field, before[name], names) or '—'} → {shown}")
        else:
            pairs.append(f"{label} → {shown}")
    text = gettext(", ").join(pairs)
    other = object != tried.object and object in caller.model.objects
    return f"{label_text(caller.model.objects[object])}: {text}" if other and text else text or str(action["action"])


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def _start(caller: Caller, day: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), ZoneInfo(caller.tenant.timezone))


def _end(caller: Caller, day: str) -> dt.datetime:
    following = dt.date.fromisoformat(day) + dt.timedelta(days=1)
    return dt.datetime.combine(following, dt.time(), ZoneInfo(caller.tenant.timezone))
