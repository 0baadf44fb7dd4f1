"""An approval's course as entries of a timeline: what happened, what is going on, what is ahead. Made from a route's
steps here, and from history in `shown`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from dougong_metadata.model.approval_words import join_words, limit_words, need_words
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.screens.approvals.said import copy_said, text_of
from dougong_ui_builder.screens.record_values.layout import in_words
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode, Approvers
    from dougong_platform.approvals.running.route import RouteStep
    from dougong_platform.http.caller import Caller

ICONS = {
    "approve": "user-check",
    "branch": "git-branch",
    "parallel": "git-fork",
    "cc": "mail",
    "action": "bolt",
    "end": "flag",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in an entry; `said` is what he did, or that he need not be asked."""

    name: str
    why: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `state`: past, now, ahead or passed (left out). `left`: how much time is left; `took`: how long
    it was. `choices`: the rules by which the submitter names people at this `node`."""

    icon: str
    what: str
    state: str = "past"
    who: str = ""
    tone: str = ""
    at: str | None = None
    took: str = ""
    text: Markup | str = ""
    files: Sequence[Mapping[str, Any]] = ()
    people: Sequence[Person] = ()
    why: str = ""
    left: str = ""
    left_tone: str = ""
    depth: int = 0
    changes: Sequence[tuple[str, str, str]] = ()
    node: str = ""
    choices: Sequence[Approvers] = ()


def route_lines(
    caller: Caller, flow: ApprovalModel | None, steps: Sequence[RouteStep], names: Mapping[str, str]
) -> list[Line]:
    """A route's steps; `names` of people by id."""
    return [_line(caller, flow, step, names) for step in steps]


def _line(caller: Caller, flow: ApprovalModel | None, step: RouteStep, names: Mapping[str, str]) -> Line:
    node = flow.nodes.get(step.node) if flow is not None else None
    automatic = frozenset(step.automatic)
    people = [
        Person(
            names.get(one.user) or gettext("(no longer visible)"),
            text_of(one.why),
            gettext("counts as approved") if one.user in automatic else "",
        )
        for one in step.people
    ]
    skipped = step.state == "skipped"
    what = label_text(step.label)
    if step.kind == "branch" and step.branch is not None:
        what = gettext("%(node)s: %(branch)s", node=what, branch=label_text(step.branch))
    elif step.kind == "cc":
        what = copy_said(what)
    return Line(
        "circle-minus" if skipped else ICONS.get(step.kind, "circle"),
        what,
        state="passed" if skipped else "ahead",
        people=people,
        why=_why(caller, flow, node, step, len(people)),
        depth=step.depth,
        node=step.node,
        choices=step.choices,
    )


def _why(caller: Caller, flow: ApprovalModel | None, node: ApprovalNode | None, step: RouteStep, number: int) -> str:
    """What a step's small print says: the branch's condition, who suffices, the limit of time, why nobody is asked."""
    if node is None or flow is None:
        return text_of(step.why)
    locale = current_locale()
    if step.kind == "branch":
        return _condition(caller, flow, node, (step.why or {}).get("branch"))
    if step.kind == "parallel":
        return join_words(node, locale)
    parts = [text_of(step.why)] if step.why else []
    if step.kind == "approve" and number > 1:
        parts.append(need_words(node, locale))
    if step.kind == "approve" and number == 1 and step.people:
        parts.append(text_of(step.people[0].why))
    if node.limit is not None and step.state != "skipped":
        parts.append(limit_words(node.limit, locale, caller.model, flow.object))
    return " · ".join(part for part in parts if part)


def _condition(caller: Caller, flow: ApprovalModel, node: ApprovalNode, branch: str | None) -> str:
    """Why this branch of a node: its condition in words, as far as the reader may know what it speaks of."""
    found = next((one for one in node.branches if one.name == branch), None)
    if found is None or found.condition is None:
        return ""
    return in_words(caller, caller.model.objects[flow.object], found.condition) or ""
