"""The list at the left of the inbox: its tabs with counts, its rows in words, and what stands before and after one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

from dougong_platform.approvals.reading.inbox import InboxRow, counts, inbox
from dougong_ui_builder.approval_states import state_said
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.approvals.routes import BASE, Listed
from dougong_ui_builder.screens.approvals.said import due_said, verdict_said
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

ROWS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `href` opens it beside the list, `url` is its own address; `may_decide`: it may be chosen to be decided
    with others; `chosen`: it is, since a page came back."""

    id: str
    href: str
    url: str
    title: str
    who: str
    about: str
    state: str = ""
    due: str = ""
    due_at: str | None = None
    since: str | None = None
    tone: str = ""
    unseen: bool = False
    may_decide: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class RowPage:
    """`more`: the address of the rows that follow."""

    rows: list[Row]
    more: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an approval stands in the list: its number, how many there are, the addresses and id of its neighbours."""

    at: int = 0
    total: int = 0
    before: str | None = None
    after: str | None = None
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty box says, and where it takes one."""

    title: str
    text: str
    icon: str = "inbox"
    href: str = ""
    button: str = ""


def rows_of(caller: Caller, shown: Listed, cursor: str | None = None) -> RowPage:
    """A page of the box."""
    found = inbox(caller, shown.box, limit=ROWS, cursor=cursor, flow=shown.flow or None, search=shown.search or None)
    chosen = frozenset(request.form.getlist("id"))
    rows: dict[str, Row] = {}
    for one in found.rows:  # asked twice at one approval: one line
        rows.setdefault(one.approval, _row(shown, one, chosen))
    more = shown.url(cursor=found.next) if found.next else None
    return RowPage(list(rows.values()), more)


def _row(shown: Listed, one: InboxRow, chosen: frozenset[str]) -> Row:
    state, tone = ("", "")
    due, due_tone = due_said(one.due_at) if shown.box == "todo" else ("", "")
    if shown.box in ("submitted", "cc"):
        state, tone = state_said(one.state)
    elif shown.box == "done":
        state, tone = verdict_said(one.verdict or "")
    if shown.box == "submitted" and one.state == "running" and one.due_at:
        about = gettext("waits for %(node)s", node=one.node_label)
    else:
        about = one.node_label
    submitter = one.submitter_name or gettext("The system")
    parts = [one.flow_label, "" if shown.box == "submitted" else submitter, about]
    parts += [gettext("for %(name)s", name=one.behalf)] if one.behalf else []
    parts += [gettext("your opinion is asked")] if one.kind == "consult" and shown.box == "todo" else []
    return Row(
        one.approval,
        shown.url(one.approval, choose=None),
        f"{BASE}/{one.approval}",
        one.title,
        submitter,
        " · ".join(part for part in parts if part),
        state,
        due,
        one.due_at,
        one.opened_at or one.submitted_at,
        tone or due_tone,
        unseen=shown.box == "cc" and one.seen_at is None,
        may_decide=shown.box == "todo" and one.kind == "decide",
        chosen=one.approval in chosen,
    )


def place_of(rows: Sequence[Row], id: str | None) -> Place:
    """Of one approval among the rows that are listed."""
    at = next((i for i, row in enumerate(rows) if row.id == id), None)
    if at is None:
        first = rows[0] if rows else None
        return Place(after=first.href if first else None, then=first.id if first else None)
    before, after = rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None
    left = after or before
    return Place(
        at + 1, len(rows), before.href if before else None, after.href if after else None, left.id if left else None
    )


def tabs_of(caller: Caller, shown: Listed) -> list[dict[str, Any]]:
    """The boxes with what is open in them."""
    found = counts(caller)
    names = {
        "todo": gettext("For me to decide"),
        "submitted": gettext("Submitted by me"),
        "cc": gettext("Copies"),
        "done": gettext("Decided"),
    }
    return [
        {
            "text": text,
            "href": BASE if box == "todo" else f"{BASE}?box={box}",
            "current": box == shown.box,
            "count": found.get(box) or None,
        }
        for box, text in names.items()
    ]


def flows_of(caller: Caller) -> list[tuple[str, str]]:
    """The kinds of approvals, to narrow the list to one."""
    return sorted(((flow.name, label_text(flow)) for flow in caller.model.approvals.values()), key=lambda pair: pair[1])


def empty_of(shown: Listed) -> Empty:
    """What to say where a box has nothing in it."""
    if shown.box == "todo":
        return Empty(
            gettext("Everything is decided"),
            gettext("What waits for your decision appears here, and you are told of it."),
            "circle-check",
            f"{BASE}?box=done",
            gettext("See what you decided"),
        )
    if shown.box == "submitted":
        text = gettext("Open a record and choose “Submit for approval”; here you follow how far it is.")
        return Empty(gettext("You have submitted nothing yet"), text, "send")
    if shown.box == "cc":
        return Empty(gettext("No copies yet"), gettext("Approvals that you are told of appear here."), "mail")
    text = gettext("What you approve, reject, return or hand on is listed here.")
    return Empty(gettext("You have decided nothing yet"), text, "history", BASE, gettext("See what waits for you"))
