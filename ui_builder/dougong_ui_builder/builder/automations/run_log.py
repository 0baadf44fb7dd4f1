"""The log of runs: the list of an automation's (or of all), one run's page, doing a failed one again; the addresses of
automations that are called from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request

from dougong_metadata.documents import Document
from dougong_platform.automations import hooks, reading
from dougong_platform.automations.errors import NotRepeatable
from dougong_platform.automations.runs import STATES
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.automations.frame import draw_automation
from dougong_ui_builder.builder.automations.routes import blueprint
from dougong_ui_builder.builder.automations.run_words import run_words
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import draw
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.site_address import site
from dougong_ui_builder.words import gettext, lazy_gettext

PER_PAGE = 50
WORDS = {
    "done": (lazy_gettext("Done"), "good"),
    "failed": (lazy_gettext("Failed"), "bad"),
    "cut": (lazy_gettext("Cut off"), "warn"),
    "skipped": (lazy_gettext("Passed over"), "mute"),
}
_ID_OF_A_MOMENT = 0x7000_8000_0000_0000_0000  # what follows the milliseconds of the smallest id of a moment


@blueprint.get("/runs")
@page("metadata", "automation")
def show_all_runs(caller: Caller) -> str:
    """Of all automations; the filters are those of one automation's log."""
    view = read_draft(caller)
    return draw(caller, view, "automations/all_runs.html", **_listed(caller, None))


@blueprint.get("/<name>/runs")
@page("metadata", "automation")
def show_runs(caller: Caller, name: str) -> str:
    """?state=, ?record=, ?since= and ?until= (days) narrow them; ?before= goes on."""
    view = read_draft(caller)
    document = _document(view, name)
    return draw_automation(caller, view, document, "runs", "automations/runs.html", name=name, **_listed(caller, name))


@blueprint.get("/<name>/runs/<uuid:id>")
@page("metadata", "automation")
def show_run(caller: Caller, name: str, id: UUID) -> str:
    """What it saw, decided and did."""
    view = read_draft(caller)
    one = reading.run(caller, str(id), name)
    same = [] if one["record"] is None else reading.runs(caller, automation=name, record=one["record"], limit=6)
    return draw_automation(
        caller,
        view,
        _document(view, name),
        "runs",
        "automations/run.html",
        name=name,
        run=one,
        said=run_words(caller, view, one),
        states=WORDS,
        others=[other for other in same if other["id"] != one["id"]][:5],
    )


@blueprint.post("/<name>/runs/<uuid:id>/again")
@page("metadata", "automation")
def run_again(caller: Caller, name: str, id: UUID) -> Response:
    """Do a failed run once more, in one's own name."""
    try:
        reading.again(caller, str(id), name)
    except NotRepeatable as fault:
        toasts.say(fault.message(caller.locale), tone="bad")
    else:
        toasts.say(gettext("It is being done again; the new run shows in the log in a moment."))
    return redirect_to(f"/builder/automations/{name}/runs")


@blueprint.post("/<name>/address")
@page("metadata", "automation")
def renew_address(caller: Caller, name: str) -> str:
    """A new address and secret, shown this once."""
    made = hooks.renew(caller, name)
    view = read_draft(caller)
    url = site() + made.path
    return draw_automation(
        caller, view, _document(view, name), "flow", "automations/address.html", name=name, url=url, secret=made.secret
    )


def _document(view: DraftView, name: str) -> Document | None:
    """One that is gone has its log all the same."""
    return view.documents.get(("automation", name)) or view.released("automation", name)


def _listed(caller: Caller, name: str | None) -> dict[str, Any]:
    given = request.args
    state = given.get("state", "") if given.get("state") in STATES else ""
    since, until = _moment(caller, given.get("since")), _moment(caller, given.get("until"), end=True)
    record = _uuid(given.get("record"))
    before = _uuid(given.get("before")) or (_first_id(until) if until is not None else None)
    found = reading.runs(caller, automation=name, record=record, state=state or None, limit=PER_PAGE + 1, before=before)
    shown = [one for one in found[:PER_PAGE] if since is None or _at(one) >= since]
    more = len(found) > PER_PAGE and len(shown) == PER_PAGE
    return {
        "runs": shown,
        "next": shown[-1]["id"] if more else None,
        "state": state,
        "record": record or "",
        "since": given.get("since", ""),
        "until": given.get("until", ""),
        "states": WORDS,
        "filtered": bool(state or record or since or until),
    }


def _at(run: Mapping[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(run["at"])


def _moment(caller: Caller, text: str | None, *, end: bool = False) -> dt.datetime | None:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    day += dt.timedelta(days=1) if end else dt.timedelta()
    return dt.datetime.combine(day, dt.time(), ZoneInfo(caller.tenant.timezone))


def _first_id(moment: dt.datetime) -> str:
    """The smallest id that is made at a moment or later: ids of runs are in the order of time."""
    return str(UUID(int=(round(moment.timestamp() * 1000) << 80) | _ID_OF_A_MOMENT))


def _uuid(text: str | None) -> str | None:
    try:
        return str(UUID(text or ""))
    except ValueError:
        return None
