"""The inbox of approvals and the page of one: the same page, with the list at the left and the open one at the right.
On a phone it shows the one or the other. And several decided at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request

from dougong_platform.approvals.moves import deciding
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.said_faults import fault_said
from dougong_ui_builder.screens.approvals import asks
from dougong_ui_builder.screens.approvals.listing import Row, empty_of, flows_of, place_of, rows_of, tabs_of
from dougong_ui_builder.screens.approvals.routes import BASE, ONE, Listed, blueprint, listed
from dougong_ui_builder.screens.approvals.shown import Shown, one_of
from dougong_ui_builder.shell import PAGES, PageLink
from dougong_ui_builder.words import gettext, lazy_gettext, ngettext

PAGES["approvals"] = PageLink(BASE, lazy_gettext("Approvals"), "checkup-list")


@blueprint.get(BASE)
@page()
def show_inbox(caller: Caller) -> str:
    """A box, its first approval open beside it; `cursor` for the rows that follow, which alone are sent then."""
    shown, cursor = listed(), request.args.get("cursor") or None
    found = rows_of(caller, shown, cursor)
    if cursor and is_fragment():
        return render_template("approvals/more.html", page=found, one=None)
    one = _first(caller, found.rows)
    return _page(caller, shown, one, found, single=False)


@blueprint.get(ONE)
@page()
def show_one(caller: Caller, id: UUID) -> str:
    """An approval, with the list that it was opened from."""
    shown = listed()
    one = one_of(caller, str(id), see=True)
    return _page(caller, shown, one, rows_of(caller, shown), single=True)


@blueprint.post(f"{BASE}/decisions")
@page()
def decide_several(caller: Caller) -> Any:
    """The selected ones: asked for first (422, nothing is done), then done; those that stay are named."""
    ids = list(dict.fromkeys(request.form.getlist("id")))[: deciding.MOST_AT_ONCE]
    verdict = "reject" if request.form.get("verdict") == "reject" else "approve"
    shown = listed()
    if not ids:
        toasts.say(gettext("No approval is selected."), tone="bad")
        return redirect_to(shown.url())
    if "asked" not in request.form:
        return _ask_several(caller, ids, verdict, shown), 422
    answers = deciding.decide_all(caller, ids, verdict, request.form.get("comment", "").strip() or None)
    refused = [fault for _, fault in answers if fault is not None]
    done = len(answers) - len(refused)
    said = (
        ngettext("%(num)d approval approved", "%(num)d approvals approved", done)
        if verdict == "approve"
        else ngettext("%(num)d approval rejected", "%(num)d approvals rejected", done)
    )
    if refused:
        why = " ".join(dict.fromkeys(fault_said(fault) for fault in refused))
        left = ngettext("%(num)d stays: %(why)s", "%(num)d stay: %(why)s", len(refused), why=why)
        toasts.say(f"{said}. {left}" if done else left, tone="bad")
    else:
        toasts.say(said)
    return redirect_to(shown.url())


def _ask_several(caller: Caller, ids: list[str], verdict: str, shown: Listed) -> str:
    known = {row.id: row for row in rows_of(caller, shown).rows}
    rows = [known[id] for id in ids if id in known]
    ask = asks.several(rows, verdict)
    carried = [*shown.carried, ("verdict", verdict), ("asked", "1"), *(("id", row.id) for row in rows)]
    return render_template(
        "approvals/ask.html",
        ask=ask,
        about="",
        action=f"{BASE}/decisions",
        back=shown.url(),
        carried=carried,
        typed={},
        given={},
        record={},
        displays={},
        wrong={},
        general=(),
        chosen_people=[],
        fragment=is_fragment(),
    )


def _first(caller: Caller, rows: list[Row]) -> Shown | None:
    """What is open when nothing was chosen. Its being shown beside the list is no reading of it."""
    for row in rows[:1]:
        try:
            return one_of(caller, row.id)
        except NotFound:
            return None
    return None


def _page(caller: Caller, shown: Listed, one: Shown | None, found: Any, *, single: bool) -> str:
    place = place_of(found.rows, one.id if one is not None else None)
    if one is not None:
        one.then = place.then
        one.carried = shown.carried
    return render_template(
        "approvals/inbox.html",
        list=shown,
        tabs=tabs_of(caller, shown),
        page=found,
        flows=flows_of(caller),
        empty=empty_of(shown),
        one=one,
        place=place,
        single=single,
    )
