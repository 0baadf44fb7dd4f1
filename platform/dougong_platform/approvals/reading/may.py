"""What somebody may do now with an approval: what its page offers. The actions themselves decide anew, under the
approval's lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ALLOWED, ApprovalNode
from dougong_platform.approvals.machine import last_visit
from dougong_platform.approvals.moves.asking import URGE_EVERY
from dougong_platform.approvals.moves.governing import may_recall
from dougong_platform.approvals.running.changing import LIVE, Case
from dougong_platform.approvals.sight.seeing import Sight
from dougong_platform.approvals.state import RETURNED, RUNNING, Approval, now_text

ACTIONS = (
    "approve",
    "reject",
    "return",
    "transfer",
    "add",
    "consult",
    "opine",
    "comment",
    "urge",
    "recall",
    "resubmit",
    "reassign",
    "jump",
    "end",
)
_NAMED = {"refuse": "reject"}  # where the flow's word is another


def may_now(case: Case, sight: Sight, now: dt.datetime) -> frozenset[str]:
    """Some of ACTIONS."""
    return frozenset(_may(case, sight, now))


def may_without_flow(case: Case, sight: Sight) -> frozenset[str]:
    """Where the version it runs under is broken: it can only be ended, or taken back. The case's flow is blank."""
    live = case.approval.state in LIVE
    recall = {"recall"} if live and sight.submitted and may_recall(case) else set[str]()
    return frozenset(recall | ({"end"} if live and sight.administers else set[str]()))


def _may(case: Case, sight: Sight, now: dt.datetime) -> Iterator[str]:
    approval = case.approval
    yield "comment"
    if approval.state == RUNNING:
        node = answered(case, sight)
        if node is not None:
            yield "approve"
            yield from (_NAMED.get(one, one) for one in allowed_at(node) - {"return"})
            if return_targets(case, sight):
                yield "return"
        if sight.open_tasks("consult"):
            yield "opine"
        asked = any(task.is_open and task.kind == "decide" for task in approval.tasks)
        if asked and (sight.submitted or sight.administers) and urge_again_at(approval, now) is None:
            yield "urge"
        if sight.administers and any(t.state in ("open", "waiting") and t.kind != "cc" for t in approval.tasks):
            yield "reassign"
    if sight.submitted and approval.state in LIVE and may_recall(case):
        yield "recall"
    if sight.submitted and approval.state == RETURNED:
        yield "resubmit"
    if sight.administers and approval.state in LIVE:
        yield from ("jump", "end")


def allowed_at(node: ApprovalNode) -> frozenset[str]:
    """What an approver may do there besides approving. Where actions failed, administrators may do all of it."""
    return node.allow if node.kind == "approve" else frozenset(ALLOWED)


def answered(case: Case, sight: Sight) -> ApprovalNode | None:
    """The node at which the caller is asked to decide now; the first, where there are several."""
    tasks = sight.open_tasks("decide") if case.approval.state == RUNNING else []
    return case.node(case.step_of(tasks[0])) if tasks else None


def return_targets(case: Case, sight: Sight) -> list[tuple[str, Label]]:
    """(node, label) of where the caller may return it to, "submitter" first, then earlier nodes in the flow's order."""
    node = answered(case, sight)
    if node is None or "return" not in allowed_at(node):
        return []
    step = case.step_of(sight.open_tasks("decide")[0])
    found = [("submitter", Label("Submitter", "提交人"))] if case.approval.submitter is not None else []
    for one in case.flow.nodes.values():
        visit = last_visit(case.machine, one.name, step) if one.kind == "approve" and one.name != node.name else None
        if visit is not None and visit.state in ("approved", "interrupted"):
            found.append((one.name, one.label))
    return found


def urge_again_at(approval: Approval, now: dt.datetime) -> str | None:
    """When people may be reminded again; None where they may be now."""
    last = approval.urged_at
    again = dt.datetime.fromisoformat(last) + URGE_EVERY if last is not None else None
    return now_text(again) if again is not None and again > now else None
