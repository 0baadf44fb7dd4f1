"""Who may do what with a running approval: whose task somebody has, his own or a principal's, and why he has none."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.label import Label
from dougong_platform.approvals.errors import AlreadyDone, NotAsked, NotNow
from dougong_platform.approvals.people.delegations import may_act_for, principals
from dougong_platform.approvals.running.changing import Case
from dougong_platform.approvals.sight import seeing as sight
from dougong_platform.approvals.state import RUNNING, Step, Task
from dougong_platform.errors import NotAllowed, NotFound

_WORDS = {
    "approved": Label("approved", "已同意"),
    "rejected": Label("rejected", "已拒绝"),
    "returned": Label("returned", "已退回"),
}
_NAME = 'select name from "user" where id = %(user)s::uuid'
_LAST = """
select e.action, coalesce(u.name, ''), to_char(e.at at time zone %(zone)s, 'YYYY-MM-DD HH24:MI')
  from _approval_event e left join "user" u on u.id = e.actor
 where e.approval = %(approval)s::uuid and e.actor is not null
   and e.action in ('approved', 'rejected', 'returned', 'recalled', 'ended', 'jumped', 'transferred', 'reassigned')
   and (%(step)s::int is null or e.step = %(step)s)
 order by e.id desc limit 1
"""
_ACTIONS = {
    **_WORDS,
    "recalled": Label("recalled it", "撤回了审批"),
    "ended": Label("ended it", "终止了审批"),
    "jumped": Label("moved it to another node", "将其转到了其他节点"),
    "transferred": Label("handed it on", "转交了该任务"),
    "reassigned": Label("handed it on", "转交了该任务"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An open task that the caller may answer; `behalf` is the principal, where it is not his own."""

    task: Task
    behalf: str | None


def asked(case: Case, *, kind: str = "decide", task: str | None = None) -> Asked:
    """The caller's open task of this kind (`task`: that one). Raises AlreadyDone, NotNow, NotAsked or NotFound, with
    who was faster or who comes first."""
    user = case.caller.user
    open_ones = [t for t in case.approval.tasks if t.kind == kind and t.is_open and task in (None, t.id)]
    own = next((t for t in open_ones if t.user == user), None)
    if own is not None and case.approval.state == RUNNING:
        return Asked(own, None)
    approval = case.approval
    rows = principals(case.tx, user) if open_ones else []
    for one in open_ones:
        may = may_act_for(rows, one.user, approval.flow, submitter=approval.submitter, delegate=user)
        if may and approval.state == RUNNING:
            return Asked(one, one.user)
    _refuse(case, kind)
    raise NotAsked


def _refuse(case: Case, kind: str) -> None:
    """Say why the caller has no open task, as far as he may know of the approval at all."""
    user, approval = case.caller.user, case.approval
    rows = principals(case.tx, user)

    def concerns(task: Task) -> bool:
        acts = may_act_for(rows, task.user, approval.flow, submitter=approval.submitter, delegate=user)
        return user in (task.user, task.decided_by) or acts

    mine = [t for t in approval.tasks if t.kind == kind and concerns(t)]
    if not mine and user != approval.submitter and not is_administrator(case):
        raise NotFound
    if not mine:
        case.require(RUNNING)
        raise NotAsked
    if approval.state == RUNNING and any(t.state == "waiting" for t in mine):
        raise NotNow(en="Others are asked first.", zh="需先由其他人处理。")
    raise already(case, max(t.step for t in mine) if approval.state == RUNNING else None)


def already(case: Case, step: int | None = None) -> AlreadyDone:
    """Who was faster, and with what: at that step, or at the end."""
    values = {"approval": case.approval.id, "zone": case.caller.timezone, "step": step}
    rows = case.tx.rows(_LAST, values)
    if not rows and step is not None:
        return already(case)  # it was left because of something elsewhere
    if not rows:
        return AlreadyDone(en="It was decided already.", zh="已处理。")
    action, name, at = rows[0]
    said = _ACTIONS[action]
    return AlreadyDone(en=f"{name} {said.en} at {at}.", zh=f"{name} 于 {at} {said.zh}。")


def is_administrator(case: Case) -> bool:
    """Whether the caller may intervene."""
    return sight.is_administrator(case.caller)


def require_administrator(case: Case) -> None:
    """Raise NotAllowed for anybody else."""
    if not is_administrator(case):
        raise NotAllowed


def active_user(case: Case, user: str) -> str:
    """The id of somebody who can be asked. Raises NotNow."""
    person = case.live.organisation.people.get(user)
    if person is None or not person.active or person.kind != "person":
        raise NotNow(en="Choose somebody who is active.", zh="请选择在职的人员。")
    return person.id


def signer(case: Case, step: Step, user: str) -> str:
    """The id of somebody active who is not asked at this step already, and who does not decide what he submitted
    himself unless the node lets him. Raises NotNow."""
    who = active_user(case, user)
    if any(t.user == who and t.counts and t.state in ("open", "waiting") for t in case.approval.tasks_of(step)):
        raise NotNow(en="He is asked here already.", zh="该人员已在此节点中。")
    if who == case.approval.submitter and case.node(step).own != "ask":
        raise NotNow(en="Nobody decides what he submitted himself.", zh="提交人不能审批自己的申请。")
    return who


def name_of(case: Case, user: str) -> str:
    """What somebody is called."""
    person = case.live.organisation.people.get(user)
    return person.name if person is not None else ""
