"""Trying a flow out on what was submitted before: how many would go another way, by node, and record by record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from dougong_metadata.errors import Fault, InvalidDocuments
from dougong_platform.approvals.sight.labels import FlowLabels, labels_of, labels_of_flow
from dougong_platform.approvals.try_out import Line, Share, Tried, Visit, Way, edge_counts, try_out
from dougong_platform.approvals.versions.moving import versions_of
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query import display_names
from dougong_ui_builder.builder.approvals.page_of import KIND, FlowPage, flow_page
from dougong_ui_builder.builder.approvals.periods import Period, period_of
from dougong_ui_builder.builder.approvals.routes import blueprint
from dougong_ui_builder.page import page
from dougong_ui_builder.words import gettext

SHOWN = 100
DEEPEST = 4  # how far a row moves in
PASSED = frozenset({"branch", "parallel", "cc", "action"})  # nodes that are said only where they differ


@dataclass(frozen=True, slots=True)
class Stop:
    """A node on a way as the table shows it; `new`: the other way does not pass it, or asks others there."""

    text: str
    people: tuple[str, ...]
    new: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One record."""

    line: Line
    name: str | None
    submitter: str
    would: tuple[Stop, ...]
    did: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Passing:
    """A node, or below it a branch, with how many would pass it and did; `deep`: in how many branches it stands."""

    share: Share
    text: str
    url: str
    deep: int


@blueprint.get("/<name>/try-out")
@page("metadata", KIND)
def try_flow(caller: Caller, name: str) -> str:
    """?since= and ?until= (days) ask; ?what= is draft, current or the number of a version, ?over= saved takes all
    records saved, ?change= and ?node= (with ?branch=) choose among the lines."""
    made, days = flow_page(caller, name), period_of(caller)
    tried, wrong = _tried(made, days) if days.asked else (None, "")
    lines = [line for line in tried.lines if _chosen(line)] if tried is not None else []
    return made.draw(
        "approval_flows/try_out.html",
        "try-out",
        days=days,
        tried=tried,
        wrong=wrong,
        what=_what(),
        whats=_whats(made),
        over=request.args.get("over", ""),
        found=len(lines),
        rows=_rows(made, tried, lines[:SHOWN]) if tried is not None else [],
        passing=_passing(made, tried) if tried is not None else [],
        notices=[one[caller.locale[:2]] for one in tried.notices] if tried is not None else [],
        asked={**days.query, "what": _what(), "over": request.args.get("over", "")},
        change=request.args.get("change", ""),
        at=_node_said(made, tried),
    )


def shares_of(made: FlowPage) -> dict[tuple[str, str], str]:
    """What stands on the designer's edges: how many of the period's records would enter each branch. Asked for by
    ?since= and ?until=; nothing without them, and nothing where the draft cannot be tried."""
    days = period_of(made.caller)
    tried = _tried(made, days)[0] if days.asked else None
    if tried is None or not tried.lines:
        return {}
    counts, whole = edge_counts(tried), len(tried.lines)
    return {
        (node, branch): gettext("%(num)s of %(whole)s", num=f"{many:,}", whole=f"{whole:,}")
        for (node, branch), many in counts.items()
        if branch is not None
    }


def _tried(made: FlowPage, days: Period) -> tuple[Tried | None, str]:
    """The answer, or why there is none."""
    caller, what = made.caller, _what()
    over = "saved" if request.args.get("over") == "saved" else "submitted"
    document: Mapping[str, Any] | None = made.document.json() if what == "draft" else None
    version = int(what) if what.isdigit() and len(what) < 9 else None
    try:
        tried = try_out(
            caller, made.name, document=document, version=version, since=days.start, until=days.end, over=over
        )
    except InvalidDocuments as fault:
        found = fault.problems[0].message(caller.locale) if fault.problems else ""
        return None, gettext("It can be tried once it is right and what it uses is published.") + f" {found}"
    except NotFound:
        return None, gettext("It is not in force yet: try the draft.")
    except Fault as fault:
        return None, fault.message(caller.locale)
    return tried, ""


def _what() -> str:
    given = request.args.get("what", "draft")
    return given if given == "current" or given.isdigit() else "draft"


def _whats(made: FlowPage) -> list[tuple[str, str]]:
    found = [("draft", gettext("The draft"))]
    if made.name in made.caller.model.approvals:
        found.append(("current", gettext("In force now")))
    try:
        versions = versions_of(made.caller, made.name)
    except NotFound:
        versions = []
    return found + [(str(v.number), gettext("Version %(number)s", number=v.number)) for v in versions if not v.broken]


def _chosen(line: Line) -> bool:
    change, node, branch = (request.args.get(one) for one in ("change", "node", "branch"))
    if change and line.change != change:
        return False
    if not node:
        return True
    return any(v.node == node and (not branch or branch in v.branches) for v in (*line.would, *(line.did or ())))


def _labels(made: FlowPage, tried: Tried) -> list[FlowLabels]:
    """Of the flow that was tried, then of the versions that ran."""
    found = [labels_of_flow(made.caller.model, tried.flow)]
    try:
        versions = versions_of(made.caller, made.name)
    except NotFound:
        return found
    known = labels_of(made.caller, {(made.name, one.number, None) for one in versions})
    return found + [known[made.name, one.number] for one in versions]


def _node_text(made: FlowPage, labels: Sequence[FlowLabels], name: str) -> str:
    known = next((one.nodes[name] for one in labels if name in one.nodes), labels[0].node(name))
    return known.text(made.caller.locale)


def _branch_text(made: FlowPage, tried: Tried, node: str, branch: str) -> str:
    known = tried.flow.nodes.get(node)
    found = next((one.label for one in known.branches if one.name == branch), None) if known is not None else None
    return found.text(made.caller.locale) if found is not None else branch


def _rows(made: FlowPage, tried: Tried, lines: Sequence[Line]) -> list[Row]:
    names = display_names(made.caller, tried.flow.object, {line.record for line in lines})
    people = {id: person.name for id, person in made.organisation.people.items()}
    labels = _labels(made, tried)

    def stops(way: Way, other: Way | None) -> tuple[Stop, ...]:
        theirs = {visit.node: visit for visit in other} if other is not None else None
        return tuple(
            Stop(text, tuple(people.get(user, "—") for user in visit.people), new)
            for visit in way
            for text, new in [(_said(made, tried, labels, visit), theirs is not None and _new(visit, theirs))]
            if new or visit.kind not in PASSED or visit.branches
        )

    return [
        Row(
            line,
            names.get(line.record),
            people.get(line.submitter or "", ""),
            stops(line.would, line.did),
            stops(line.did or (), line.would if line.refusal is None else None),
        )
        for line in lines
    ]


def _new(visit: Visit, theirs: Mapping[str, Visit]) -> bool:
    other = theirs.get(visit.node)
    if other is None or set(other.branches) != set(visit.branches):
        return True
    return visit.kind == "approve" and set(other.people) != set(visit.people)


def _said(made: FlowPage, tried: Tried, labels: Sequence[FlowLabels], visit: Visit) -> str:
    text = _node_text(made, labels, visit.node)
    if not visit.branches:
        return text
    ways = gettext(", ").join(_branch_text(made, tried, visit.node, one) for one in visit.branches)
    return f"{text}{gettext(': ')}{ways}"


def _passing(made: FlowPage, tried: Tried) -> list[Passing]:
    labels = _labels(made, tried)
    found = []
    for share in tried.shares:
        if share.branch is None:
            text = _node_text(made, labels, share.node)
        else:
            text = _branch_text(made, tried, share.node, share.branch)
        deep = len(tried.flow.around(share.node)) if share.node in tried.flow.nodes else 0
        url = f"&node={share.node}" + (f"&branch={share.branch}" if share.branch else "")
        found.append(Passing(share, text, url, min(DEEPEST, deep + (share.branch is not None))))
    return found


def _node_said(made: FlowPage, tried: Tried | None) -> str:
    node, branch = request.args.get("node", ""), request.args.get("branch", "")
    if tried is None or not node:
        return ""
    text = _node_text(made, _labels(made, tried), node)
    return f"{text}{gettext(': ')}{_branch_text(made, tried, node, branch)}" if branch else text
