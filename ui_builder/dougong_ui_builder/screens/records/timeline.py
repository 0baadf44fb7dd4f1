"""What people said about a record and what was changed, newest first; and the composer that adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, render_template, request
from markupsafe import Markup

from dougong_platform import comments
from dougong_platform.errors import RecordsInvalid
from dougong_platform.files.attachment import upload
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import engine
from dougong_platform.records.history.read import timeline as history
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.mentions import mentions_marked
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.said_values import names_in_changes, said
from dougong_ui_builder.screens.record_values.reading import Found, read
from dougong_ui_builder.screens.record_values.storing import store
from dougong_ui_builder.screens.records import shares_said
from dougong_ui_builder.screens.records.caused import CausedBy, automations_of
from dougong_ui_builder.screens.records.routes import PAGE, address, blueprint
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import ObjectModel

ENTRIES = 12
KINDS = ("all", "comments", "changes")
_QUIET = frozenset({"updated_at", "updated_by", "created_at", "created_by", "version"})
_ICONS = {"create": "plus", "update": "pencil", "delete": "trash", "restore": "arrow-back-up", "purge": "trash-off"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline. `text` for what was said; `changes` are (label, before, after)."""

    kind: str
    icon: str
    who: str
    what: str
    at: str
    text: Markup | None = None
    changes: tuple[tuple[str, str, str], ...] = ()
    comment: str | None = None  # its id, if the caller may take it back
    tone: str = ""
    caused: CausedBy | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """`more`: the query of the next page, None at the end."""

    entries: list[Entry]
    kind: str
    more: str | None


def timeline_of(caller: Caller, found: Found, query: Mapping[str, str]) -> Timeline:
    """A page of the timeline; `query`: kind, and the marks `h` and `c` of the page before."""
    kind = query.get("timeline", "all") if query.get("timeline") in KINDS else "all"
    h, c = query.get("h", ""), query.get("c", "")
    changes = (
        []
        if kind == "comments" or h == "-"
        else history(caller, found.object.name, found.id, limit=ENTRIES + 1, before=int(h) if h.isdecimal() else None)
    )
    notes = (
        []
        if kind == "changes" or c == "-" or found.deleted
        else comments.list_comments(caller, found.object.name, found.id, limit=ENTRIES + 1, before=c or None)
    )
    names = names_in_changes(caller, found.object, [one["changes"] for one in changes])
    caused = automations_of(caller, found.id, changes)
    merged = sorted(
        [(one["at"], "h", one) for one in changes] + [(one["at"], "c", one) for one in notes],
        key=lambda item: (item[0], item[1]),
        reverse=True,
    )
    shown = merged[:ENTRIES]
    entries = [
        _comment(caller, one) if mark == "c" else change_entry(found.object, one, names, found.record, caused)
        for _, mark, one in shown
    ]
    more = None
    if len(merged) > ENTRIES:
        last_h = next((str(one["seq"]) for _, mark, one in reversed(shown) if mark == "h"), h)
        last_c = next((str(one["id"]) for _, mark, one in reversed(shown) if mark == "c"), c)
        more = urlencode({"timeline": kind, "h": last_h, "c": last_c})
    return Timeline([e for e in entries if e.kind == "comment" or e.what], kind, more)


def change_entry(
    object: ObjectModel,
    one: Mapping[str, Any],
    names: Mapping[str, str | None],
    record: Mapping[str, Any],
    caused: Mapping[str, CausedBy] | None = None,
) -> Entry:
    """A write of the record, or of its shares, as an entry."""
    if "share" in one:
        who, what = shares_said.words(object.name, one)
        return Entry("change", shares_said.ICONS[one["op"]], who, what, one["at"])
    if "tick" in one:
        return Entry("change", *_ticked(object, one))
    changes = _told(object, one, names, record) if one["op"] == "update" else ()
    by = (caused or {}).get(str(one["cause_ref"])) if one["cause"] == "automation" else None
    what = {
        "create": gettext("created this record"),
        "delete": gettext("deleted this record"),
        "restore": gettext("restored this record"),
        "purge": gettext("removed this record for good"),
    }.get(one["op"], ngettext("changed %(num)d field", "changed %(num)d fields", len(changes)) if changes else "")
    causes = {
        "import": gettext("by an import"),
        "hand_over": gettext("in a hand-over"),
        "publish": gettext("by publishing, as its stage went"),
        "approval": gettext("in an approval"),
    }
    cause = gettext("by an automation:") if by else causes.get(one["cause"])
    if cause and what:
        what += f" · {cause}"
    return Entry(
        "change",
        _ICONS.get(one["op"], "pencil"),
        one["actor.name"] or gettext("The system"),
        what,
        one["at"],
        changes=changes,
        tone="good" if one["op"] == "create" else "",
        caused=by,
    )


def _told(
    object: ObjectModel, one: Mapping[str, Any], names: Mapping[str, str | None], record: Mapping[str, Any]
) -> tuple[tuple[str, str, str], ...]:
    """(label, before, after) of each field that a write changed."""
    return tuple(
        (
            label_text(object.fields[name]),
            said(object.fields[name], pair[0], names, record),
            said(object.fields[name], pair[1], names, record),
        )
        for name, pair in one["changes"].items()
        if name in object.fields and name not in _QUIET
    )


def _ticked(object: ObjectModel, one: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """(icon, who, what, when) of an item of a checklist that was ticked, or not any more."""
    told = one["tick"]
    pipeline = next((p for p in object.pipelines if p.name == told["pipeline"]), None)
    stage = pipeline.stages.get(told["stage"]) if pipeline is not None else None
    item = next((i for i in stage.checklist if i.name == told["item"]), None) if stage is not None else None
    name = label_text(item) if item is not None else told["item"]
    ticked = one["op"] == "tick"
    what = gettext("ticked “%(item)s”", item=name) if ticked else gettext("took back the tick of “%(item)s”", item=name)
    return "circle-check" if ticked else "circle-dashed", one["actor.name"] or gettext("The system"), what, one["at"]


def _comment(caller: Caller, one: Mapping[str, Any]) -> Entry:
    own = one["author"] == caller.user or caller.rights.is_admin
    what = gettext("commented") + (" · " + gettext("edited") if one["edited"] else "")
    return Entry(
        "comment",
        "message-2",
        one["author.name"] or gettext("The system"),
        what,
        one["at"],
        text=mentions_marked(one["text"]),
        comment=one["id"] if own else None,
        tone="accent",
    )


@blueprint.get(f"{PAGE}/timeline")
@page()
def more(caller: Caller, object: str, id: UUID) -> str:
    """Further entries, as a fragment."""
    found = read(caller, object, str(id))
    return render_template("records/entries.html", found=found, line=timeline_of(caller, found, request.args))


@blueprint.post(f"{PAGE}/comments")
@page()
def say(caller: Caller, object: str, id: UUID) -> Response:
    """Add what was written, and the files with it."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    given: Sequence[Any] = [f for f in request.files.getlist("file") if f.filename]
    try:
        for file in given:
            file.stream.seek(0)  # a view may run twice
            upload(caller, store(), file.stream, file.filename, engine().dougong.upload_limit, (object, str(id)))
        if text or not given:
            comments.add(caller, object, str(id), text)
    except RecordsInvalid as refused:
        toasts.say(" ".join(e.message for e in refused.errors), tone="bad")
    return redirect_to(address(object, id) + "#timeline")


@blueprint.post(f"{PAGE}/comments/<uuid:comment>/remove")
@page()
def take_back(caller: Caller, object: str, id: UUID, comment: UUID) -> Response:
    """Remove a comment of one's own."""
    comments.remove(caller, object, str(id), str(comment))
    toasts.say(gettext("The comment was removed."))
    return redirect_to(address(object, id) + "#timeline")
