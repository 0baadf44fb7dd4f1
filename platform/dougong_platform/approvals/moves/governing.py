"""Recalling and resubmitting one's own, and what administrators do where an approval is stuck: reassign, jump, end."""

from __future__ import annotations

from dougong_platform.approvals.errors import NotNow
from dougong_platform.approvals.machine import enter_at, finish, hand_on, resubmitted
from dougong_platform.approvals.moves.deciding import checked_text
from dougong_platform.approvals.moves.eligible import look_up, refusal, rows_of, unfit
from dougong_platform.approvals.moves.who import active_user, require_administrator, signer
from dougong_platform.approvals.running.changing import LIVE, Case, change
from dougong_platform.approvals.state import DECIDED, RETURNED, RUNNING, Approval
from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.caller import Caller
from dougong_tenants import audit

ENDINGS = ("approved", "rejected", "ended")


def recall(caller: Caller, approval: str, reason: str | None = None) -> Approval:
    """The submitter takes it back, as far as the flow lets him."""
    text = checked_text(reason)

    def work(case: Case) -> Approval:
        _own(case)
        case.require(*LIVE)
        if not may_recall(case):
            raise NotNow(en="It cannot be recalled any more.", zh="已有人处理，不能撤回。")
        case.machine.note("recalled", actor=caller.user, comment=text)
        finish(case.machine, "recalled")
        return case.approval

    return change(caller, approval, work, ending=True)


def may_recall(case: Case) -> bool:
    """By the flow's policy. What was returned to him he may always withdraw."""
    if case.flow.recall == "never":
        return case.approval.state == RETURNED
    decided = any(t.state in DECIDED and t.automatic is None and t.kind == "decide" for t in case.approval.tasks)
    return case.flow.recall == "any_time" or not decided or case.approval.state == RETURNED


def resubmit(caller: Caller, approval: str, note: str | None = None) -> Approval:
    """The submitter sends in again what was returned to him: it goes to whoever returned it, or from the start."""
    text = checked_text(note)

    def work(case: Case) -> Approval:
        _own(case)
        case.require(RETURNED)
        rows = {row.id: row for row in rows_of(caller, case.tx, case.flow, [case.approval.record], "")}
        if not rows:
            raise refusal("gone")
        look_up(caller, case.tx, case.flow, rows, case.approval.submitter)
        problem = unfit(case.flow, rows[case.approval.record])
        if problem is not None:
            raise problem
        case.approval.record_version = rows[case.approval.record].version
        case.machine.note("resubmitted", actor=caller.user, comment=text)
        resubmitted(case.machine)
        return case.approval

    return change(caller, approval, work)


def reassign(caller: Caller, approval: str, task: str, to: str, reason: str) -> Approval:
    """An administrator has somebody else asked."""
    text = _reason(reason)

    def work(case: Case) -> Approval:
        require_administrator(case)
        case.require(RUNNING)
        found = case.approval.task(task)
        if found is None or found.state not in ("open", "waiting") or found.kind == "cc":
            raise NotNow(en="Nobody is asked there any more.", zh="该任务已处理。")
        step = case.step_of(found)
        user = signer(case, step, to) if found.kind == "decide" else active_user(case, to)
        case.machine.note("reassigned", step, found, actor=caller.user, users=[user], comment=text)
        hand_on(case.machine, found, user, caller.user)
        _audit(case, "approval.reassigned", text)
        return case.approval

    return change(caller, approval, work)


def jump(caller: Caller, approval: str, node: str, reason: str) -> Approval:
    """An administrator moves it to a node of the outermost list; what was open is left."""
    text = _reason(reason)

    def work(case: Case) -> Approval:
        require_administrator(case)
        case.require(*LIVE)
        found = case.flow.nodes.get(node)
        if found is None or any(case.flow.nodes[of].kind == "parallel" for of, _ in case.flow.around(node)):
            raise NotNow(
                en="It can be moved to a node outside of parallel branches only.", zh="只能转到并行分支之外的节点。"
            )
        case.machine.note("jumped", actor=caller.user, to=node, comment=text)
        enter_at(case.machine, node)
        _audit(case, "approval.jumped", text)
        return case.approval

    return change(caller, approval, work)


def end(caller: Caller, approval: str, outcome: str, reason: str) -> Approval:
    """An administrator ends it as approved, rejected or without an outcome (ended)."""
    text = _reason(reason)
    if outcome not in ENDINGS:
        raise BadRequest(en="An outcome is approved, rejected or ended.", zh="结果须为 approved、rejected 或 ended。")

    def work(case: Case) -> Approval:
        require_administrator(case)
        case.require(*LIVE)
        if outcome == "approved" and caller.user == case.approval.submitter:
            raise NotNow(en="Nobody decides what he submitted himself.", zh="提交人不能审批自己的申请。")
        case.machine.note("ended", actor=caller.user, outcome=outcome, comment=text)
        finish(case.machine, outcome)
        _audit(case, "approval.ended", text)
        return case.approval

    return change(caller, approval, work, ending=True)


def _own(case: Case) -> None:
    if case.caller.user != case.approval.submitter:
        raise NotFound


def _reason(text: str | None) -> str:
    said = checked_text(text)
    if said is None:
        raise BadRequest(en="Say why.", zh="请填写原因。")
    return said


def _audit(case: Case, action: str, reason: str) -> None:
    details = {"reason": reason, "flow": case.flow.label.en, "record": case.approval.record}
    audit.note(
        case.tx, action, target_kind="approval", target=case.approval.id, label=case.approval.title, details=details
    )
