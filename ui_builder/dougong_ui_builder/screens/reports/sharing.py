"""Sharing one's own report or dashboard: a drawer (a page of its own without JavaScript) in which people, departments,
teams, permission sets or everybody get it to read or to edit, each step with its undo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, make_response, render_template, request

from dougong_platform import own_documents, shares
from dougong_platform.errors import NotAllowed, NotFound, RecordsInvalid
from dougong_platform.own_documents.sharing import Shared, share, shared_with
from dougong_ui_builder import toasts
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.screens.reports.of_both import of_both
from dougong_ui_builder.screens.reports.routes import blueprint
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller
    from dougong_platform.own_documents import OwnDocument

EVERYBODY = "everybody"
LONGEST_BEFORE = 20_000  # characters of a list that an undo brings back
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody who can be chosen. `value` is what the form sends: "user:<id>", "permission_set:<name>" …"""

    value: str
    kind: str
    name: str
    about: str = ""


@dataclass(slots=True)
class Posted:
    """What was typed, and the sentences about it."""

    value: str = ""
    text: str = ""
    access: str = "read"
    errors: list[str] = field(default_factory=list)


@blueprint.get("/ui/report-subjects")
@page()
def report_subjects(caller: Caller) -> str:
    """Options for dg-lookup: whoever fits ?q=."""
    return render_template("reports/share_subjects.html", found=offers(caller, request.args.get("q", "")))


def show_sharing(caller: Caller, key: str, *, kind: str) -> str:
    """With whom it is shared, and the form that adds somebody."""
    return _draw(caller, own_documents.find(caller, key, kind))


def change_sharing(caller: Caller, key: str, *, kind: str) -> Response:
    """Add, change, take out, or bring back the list that was."""
    document = own_documents.find(caller, key, kind)
    if not document.is_own:
        raise NotAllowed
    before = entries(caller, document)
    posted = Posted(
        request.form.get("subject", ""),
        request.form.get("subject:text", "").strip(),
        request.form.get("access", "read"),
    )
    wanted, said = _wanted(caller, before, posted)
    if not posted.errors:
        try:
            document = share(caller, document.id, wanted)
        except RecordsInvalid as refused:
            posted.errors = list(dict.fromkeys(error.message for error in refused.errors))
    if posted.errors:
        return make_response(_draw(caller, document, posted=posted), 422)
    undo = None if request.form.get("do") == "undo" else orjson.dumps(before).decode()
    if not is_fragment():
        toasts.say(said)
        return redirect_to(f"{document.path}/share")
    return make_response(_draw(caller, document, said=said, undo=undo))


def entries(caller: Caller, document: OwnDocument) -> list[dict[str, Any]]:
    """With whom it is shared, as `share` takes it."""
    return [{"kind": one.kind, "id": one.key or None, "access": one.access} for one in shared_with(caller, document)]


def offers(caller: Caller, words: str) -> list[Offer]:
    """Whoever can be chosen and fits the words: people, departments, teams, permission sets, everybody."""
    wanted = words.strip().casefold()
    found = [Offer(f"{one.kind}:{one.id}", one.kind, one.name, one.about) for one in shares.matching(caller, words)]
    sets = (
        Offer(f"permission_set:{one.name}", "permission_set", one.label.text(caller.locale))
        for one in caller.model.permission_sets.values()
    )
    found += [one for one in sets if wanted in one.name.casefold()][:_SHOWN]
    everybody = Offer(f"{EVERYBODY}:", EVERYBODY, gettext("Everybody"))
    return [*found, everybody] if wanted in everybody.name.casefold() else found


def _wanted(caller: Caller, before: list[dict[str, Any]], posted: Posted) -> tuple[list[dict[str, Any]], str]:
    """(the list from now on, what to say about it)."""
    do = request.form.get("do", "add")
    if do == "undo":
        return _read_before(request.form.get("before", ""), posted), gettext("Taken back")
    chosen = _chosen(caller, posted)
    if chosen is None:
        return before, ""
    name = chosen.name or "—"
    kind, _, id = chosen.value.partition(":")
    others = [one for one in before if (one["kind"], one["id"] or "") != (kind, id)]
    if do == "remove":
        return others, gettext("No longer shared with %(name)s", name=name)
    said = gettext("Shared with %(name)s", name=name)
    if len(others) < len(before):
        said = gettext("The share with %(name)s was changed", name=name)
    return [*others, {"kind": kind, "id": id or None, "access": posted.access}], said


def _chosen(caller: Caller, posted: Posted) -> Offer | None:
    """Who is meant: chosen from the suggestions, or the only one of exactly this name."""
    if posted.value:
        return Offer(posted.value, posted.value.partition(":")[0], posted.text)
    if not posted.text:
        posted.errors.append(gettext("Choose a person, a department or a team."))
        return None
    exact = [one for one in offers(caller, posted.text) if one.name.casefold() == posted.text.casefold()]
    if len(exact) == 1:
        return exact[0]
    subject = shares.the_one_called(caller, posted.text)
    if subject is not None:
        return Offer(f"{subject.kind}:{subject.id}", subject.kind, subject.name)
    posted.errors.append(
        gettext("Nobody and nothing is called exactly “%(name)s”. Choose from the suggestions.", name=posted.text)
    )
    return None


def _read_before(text: str, posted: Posted) -> list[dict[str, Any]]:
    try:
        given = orjson.loads(text) if len(text) <= LONGEST_BEFORE else []
        return [{"kind": str(one["kind"]), "id": one["id"], "access": str(one["access"])} for one in given]
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        posted.errors.append(gettext("This cannot be taken back any more."))
        return []


def _draw(
    caller: Caller,
    document: OwnDocument,
    *,
    posted: Posted | None = None,
    said: str | None = None,
    undo: str | None = None,
) -> str:
    shared: list[Shared] = shared_with(caller, document) if document.is_own else []
    if not document.is_own and not document.editable:
        raise NotFound
    part = request.method == "POST"
    name = "page" if not is_fragment() else "body" if part else "drawer"
    return render_template(
        f"reports/share_{name}.html",
        document=document,
        shared=shared,
        posted=posted or Posted(),
        said=said,
        undo=undo,
        here=f"{document.path}/share",
        heading="h2" if name == "page" else "h3",
    )


of_both("/share", "sharing", show_sharing)
of_both("/share", "changed_sharing", change_sharing, "POST")
