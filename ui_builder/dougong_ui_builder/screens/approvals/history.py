"""The course of an approval: its history in sentences, those who are asked now, and what is ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dougong_metadata.model.approval_words import join_words, need_words, rule_words
from dougong_tenants.organisation import organisation_of
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.mentions import mentions_marked
from dougong_ui_builder.said_values import said
from dougong_ui_builder.screens.approvals.course import ICONS, Line, Person
from dougong_ui_builder.screens.approvals.said import copy_said, left_said, length_said, text_of, verdict_said
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode, Approvers
    from dougong_platform.approvals.reading.shown_steps import EventShown, StepShown, TaskShown
    from dougong_platform.approvals.running.route import RouteStep
    from dougong_ui_builder.screens.approvals.one import One

# What the steps show already, or what goes without saying.
_UNSAID = frozenset({"asked", "joined", "node_approved", "node_rejected", "branch"})
_MARKS = {
    "submitted": ("send", "good"),
    "resubmitted": ("send", "good"),
    "approved": ("check", "good"),
    "rejected": ("x", "bad"),
    "returned": ("arrow-back-up", "warn"),
    "transferred": ("user-share", ""),
    "added": ("user-plus", ""),
    "consulted": ("message-question", ""),
    "opined": ("message-2", "accent"),
    "commented": ("message-2", "accent"),
    "urged": ("bell-ringing", ""),
    "reminded": ("bell-ringing", "warn"),
    "recalled": ("arrow-back-up", ""),
    "reassigned": ("user-share", "warn"),
    "jumped": ("arrow-guide", "warn"),
    "ended": ("ban", "warn"),
    "copied": ("mail", ""),
    "acted": ("bolt", ""),
    "action_failed": ("alert-triangle", "bad"),
    "not_moved": ("alert-triangle", "bad"),
    "skipped": ("circle-minus", ""),
    "moved_version": ("versions", ""),
    "ended_approved": ("circle-check", "good"),
    "ended_rejected": ("circle-x", "bad"),
    "ended_recalled": ("circle-minus", ""),
    "ended_ended": ("circle-minus", ""),
}
_OF_NODE = frozenset({"approved", "rejected"})


def past_lines(one: One) -> Iterator[Line]:
    """What happened, in order."""
    tasks = {task.id: task for step in one.progress.steps for task in step.tasks}
    depths = {step.number: step.depth for step in one.progress.steps}
    for event in one.progress.events:
        if event.action not in _UNSAID:
            yield _event(one, event, tasks.get(event.task or ""), depths.get(event.step or 0, 0))


def _event(one: One, event: EventShown, task: TaskShown | None, depth: int) -> Line:
    icon, tone = _MARKS.get(event.action, ("point", ""))
    who, text = _divided(event)
    if event.action in _OF_NODE and event.node_label:
        text = gettext("%(node)s: %(said)s", node=event.node_label, said=text)
    answered = task is not None and task.closed_at is not None and event.action in ("approved", "rejected", "opined")
    return Line(
        icon,
        text,
        who=who,
        tone=tone,
        at=event.at,
        took=gettext("took %(time)s", time=length_said(task.seconds or 0)) if answered and who and task else "",
        text="" if event.action == "submitted" and event.comment == one.note else mentions_marked(event.comment or ""),
        files=one.files_of(event.files),
        why=event.reason or "",
        depth=depth,
        changes=_changes(one, event),
    )


def _divided(event: EventShown) -> tuple[str, str]:
    """(who, for whom; what he did) of a sentence that begins with a name."""
    name = event.actor.name if event.actor is not None else None
    behalf = event.behalf.name if event.behalf is not None else None
    for start in (f"{name}, for {behalf},", f"{name}（代{behalf}）", name):
        if start and event.text.startswith(start):
            return start.rstrip(","), event.text[len(start) :].lstrip()
    return "", event.text


def _changes(one: One, event: EventShown) -> list[tuple[str, str, str]]:
    fields = (
        one.caller.model.objects[one.progress.object].fields if one.progress.object in one.caller.model.objects else {}
    )
    return [
        (label_text(fields[name]), "", said(fields[name], value, {}, one.record))
        for name, value in event.changed.items()
        if name in fields
    ]


def now_lines(one: One) -> Iterator[Line]:
    """Who is asked now, with the time that is left."""
    for step in one.open_steps:
        people = [task for task in step.tasks if task.kind != "cc" and task.state not in ("transferred", "cancelled")]
        own = any(task.answerable for task in people)
        single = people[0] if len(people) == 1 else None
        left, over = left_said(step.due_at) if step.due_at else ("", False)
        then = _then(one, step) if left else ""
        who = (gettext("You") if single.answerable and not one.behalf else single.user.name or "—") if single else ""
        what = gettext("%(node)s: to be decided", node=step.label)
        yield Line(
            "hourglass",
            what,
            state="now",
            who=who,
            tone="warn",
            people=[_person(task) for task in people] if single is None else (),
            why=" · ".join(
                part for part in (_needed(one, step, people), "" if own or single is None else single.why or "") if part
            ),
            left=gettext("%(first)s; %(second)s", first=left, second=then) if then else left,
            left_tone="bad" if over else "warn",
            depth=step.depth,
        )


def _person(task: TaskShown) -> Person:
    state, _ = verdict_said(task.state)
    if task.kind == "consult" and task.state == "open":
        state = gettext("opinion asked for")
    return Person(task.user.name or "—", task.why or "", state)


def _needed(one: One, step: StepShown, people: Sequence[TaskShown]) -> str:
    deciding = [task for task in people if task.kind == "decide"]
    if len(deciding) < 2:
        return ""
    node = _node(one, step.node)
    return need_words(node, current_locale()) if node is not None else ""


def _then(one: One, step: StepShown) -> str:
    """What happens when the time is up."""
    node = _node(one, step.node)
    if node is None or node.limit is None:
        return ""
    limit = node.limit
    if limit.then == "transfer":
        flow = one.definition()
        named = gettext(", ").join(_called(one, rule, flow) for rule in limit.to)
        return gettext("then it goes to %(name)s", name=named)
    return {
        "escalate": gettext("then it goes to the manager above"),
        "approve": gettext("then it counts as approved"),
        "reject": gettext("then it counts as rejected"),
    }.get(limit.then, "")


def _called(one: One, rule: Approvers, flow: ApprovalModel | None) -> str:
    """Who a rule asks; somebody who is named by his address, by his name."""
    if rule.kind == "user":
        people = organisation_of(one.caller.database, one.caller.tenant, one.caller.stamp).people.values()
        return next((person.name for person in people if person.email == rule.value), rule.value)
    return rule_words(rule, current_locale(), one.caller.model, flow.object if flow is not None else None)


def _node(one: One, name: str) -> ApprovalNode | None:
    flow: ApprovalModel | None = one.definition()
    return flow.nodes.get(name) if flow is not None else None


def ahead_lines(one: One) -> Iterator[Line]:
    """What is still to come if everybody approves."""
    for step in one.progress.ahead:
        yield _coming(one, step)


def _coming(one: One, step: RouteStep) -> Line:
    label = label_text(step.label)
    names: Any = one.progress.names
    people = [Person(names.get(found.user) or "—", text_of(found.why)) for found in step.people]
    single = people[0] if len(people) == 1 and step.kind == "approve" else None
    node = _node(one, step.node)
    why = text_of(step.why)
    if step.kind == "branch" and step.branch is not None:
        label = gettext("%(node)s: %(branch)s", node=label, branch=label_text(step.branch))
    elif step.kind == "cc":
        named = gettext(", ").join(person.name for person in people)
        label = f"{copy_said(label)} {named}".strip()
        people = []
    elif step.kind == "parallel" and node is not None:
        why = why or join_words(node, current_locale())
    elif len(people) > 1 and node is not None:
        why = why or need_words(node, current_locale())
    skipped = step.state == "skipped"
    return Line(
        "circle-minus" if skipped else ICONS.get(step.kind, "circle"),
        label,
        state="ahead",
        who=single.name if single else "",
        people=() if single else people,
        why=why or (single.why if single else ""),
        depth=step.depth,
    )
