"""Sharing a record from its page: a drawer (a page of its own without JavaScript) in which shares are given, changed
and withdrawn, each with its undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from flask import Response, make_response, render_template, request

from dougong_platform import shares
from dougong_platform.errors import NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.formats import today
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.posted_share import Posted, by_field, read_share
from dougong_ui_builder.screens.record_values.reading import Found, may, read
from dougong_ui_builder.screens.records import shares_said
from dougong_ui_builder.screens.records.routes import PAGE, address, blueprint
from dougong_ui_builder.screens.records.shares_shown import is_shared_singly, shown
from dougong_ui_builder.words import gettext, ngettext

CHANGED = "dg:record-changed"  # tells the page behind the drawer


@blueprint.get("/ui/subjects")
@page()
def subjects(caller: Caller) -> str:
    """Options for dg-lookup: people, departments and teams that fit ?q=."""
    words = request.args.get("q", "")
    return render_template("records/share_subjects.html", found=shares.matching(caller, words))


@blueprint.get(f"{PAGE}/shares")
@page()
def show_shares(caller: Caller, object: str, id: UUID) -> str:
    """Who has access by a share, and the form that gives one; ?role=1 opens what makes a member of the team."""
    found = _found(caller, object, id)
    given = request.args.get("done")
    return _draw(caller, found, undo=given if given and len(given) == 36 else None, whole_page=not is_fragment())


@blueprint.post(f"{PAGE}/shares")
@page()
def add_share(caller: Caller, object: str, id: UUID) -> Response:
    """Share with whom the form names."""
    found = _found(caller, object, id)
    posted = read_share(caller, new=True)
    if not posted.errors:
        try:
            result = shares.share(caller, object, [str(id)], posted.given)
        except RecordsInvalid as refused:
            posted.errors = by_field(refused.errors)
        else:
            if not result.records[0].changed:
                return _done(caller, found, gettext("%(name)s has this access already.", name=posted.name), None)
            return _done(caller, found, gettext("Shared with %(name)s", name=posted.name), result.ref)
    return make_response(_draw(caller, found, posted=posted, whole_page=not is_fragment()), 422)


@blueprint.post(f"{PAGE}/shares/<uuid:share>")
@page()
def change_share(caller: Caller, object: str, id: UUID, share: UUID) -> Response:
    """Save what one share says."""
    found = _found(caller, object, id)
    posted, was = read_share(caller, new=False), _entry(caller, found, str(share))
    name = was["subject.name"] or "—"
    if posted.given["until"] is not None and posted.typed["until"] == was["until"]:
        del posted.given["until"]  # as it was: the day of another zone, or long over
    if not posted.errors:
        try:
            ref = shares.change(caller, object, str(id), str(share), posted.given)
        except RecordsInvalid as refused:
            posted.errors = by_field(refused.errors)
        else:
            return _done(caller, found, gettext("The share with %(name)s was changed", name=name), ref)
    return make_response(_draw(caller, found, changed=(str(share), posted), whole_page=not is_fragment()), 422)


@blueprint.post(f"{PAGE}/shares/<uuid:share>/remove")
@page()
def withdraw_share(caller: Caller, object: str, id: UUID, share: UUID) -> Response:
    """End one share."""
    found = _found(caller, object, id)
    name = _entry(caller, found, str(share))["subject.name"] or "—"
    ref = shares.withdraw(caller, object, str(id), str(share))
    return _done(caller, found, gettext("No longer shared with %(name)s", name=name), ref)


@blueprint.post(f"{PAGE}/shares/undo/<ref>")
@page()
def undo_share(caller: Caller, object: str, id: UUID, ref: str) -> Response:
    """Take back one's own action on this record's shares."""
    found = _found(caller, object, id)
    done, left = shares.take_back(caller, object, ref)
    return _done(caller, found, gettext("Taken back") if done or not left else gettext("It was changed since."), None)


@blueprint.post("/o/<object>/shares/undo/<ref>")
@page()
def undo_shares(caller: Caller, object: str, ref: str) -> Response:
    """Take back the sharing of many records, as far as nobody changed it since."""
    done, left = shares.take_back(caller, object, ref)
    if left:
        said = ngettext("%(num)d share was changed since and stays", "%(num)d shares were changed since and stay", left)
        toasts.say(said, tone="bad")
    else:
        toasts.say(ngettext("Taken back: %(num)d record", "Taken back: %(num)d records", done))
    if request.headers.get("X-CSRF-Token"):
        return Response(status=204)  # an island asked and loads the page again, which then shows what was said
    return redirect_to(f"/o/{object}")


def _found(caller: Caller, object: str, id: UUID) -> Found:
    found = read(caller, object, str(id))
    if not is_shared_singly(found):
        raise NotFound
    return found


def _entry(caller: Caller, found: Found, share: str) -> dict[str, Any]:
    for one in shares.list_shares(caller, found.object.name, found.id):
        if one["id"] == share:
            return one
    raise NotFound


def _done(caller: Caller, found: Found, said: str, ref: str | None) -> Response:
    """The drawer again with what was done and its undo; the page behind it hears of the change."""
    object, id = found.object.name, found.id
    try:
        read(caller, object, id)
    except (NotFound, NotAllowed):  # his own share it was: the record is his to see no more
        toasts.say(said)
        return redirect_to(f"/o/{object}")
    if not is_fragment():
        toasts.say(said)
        return redirect_to(address(object, id, "shares") + (f"?done={ref}" if ref else ""))
    response = make_response(_draw(caller, found, said=said, undo=ref, whole_page=False))
    response.headers["HX-Trigger"] = orjson.dumps({CHANGED: None}).decode()
    return response


def _draw(caller: Caller, found: Found, *, whole_page: bool, **state: Any) -> str:
    """The drawer's content; inside the page's shell where there is no JavaScript."""
    changed: tuple[str, Posted] | None = state.pop("changed", None)
    context = {
        "found": found,
        "object": found.object,
        "here": address(found.object.name, found.id),
        "sharing": shown(caller, found, editable=may(caller, found, "update"), whole=True),
        "posted": state.pop("posted", None) or Posted(),
        "changed_id": changed[0] if changed else None,
        "changed": changed[1] if changed else None,
        "today": today().isoformat(),
        "along": shares_said.along,
        "access_said": shares_said.access_said,
        "said": None,
        "undo": None,
        "team": bool(request.args.get("role")),
        **state,
    }
    part = request.method == "POST" and not whole_page
    template = "records/share_page.html" if whole_page else f"records/share_{'body' if part else 'drawer'}.html"
    return render_template(template, **context)
