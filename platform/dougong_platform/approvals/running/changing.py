"""The envelope of everything that moves a running approval: its lock, its version, the machine over the live record,
and what is saved with it in one transaction. Called by deciding, asking, governing, and by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode
from dougong_platform.approvals.errors import FlowBroken, NotNow
from dougong_platform.approvals.facts import Facts, Roles
from dougong_platform.approvals.machine import Machine
from dougong_platform.approvals.running import acting
from dougong_platform.approvals.running.store import Loaded, Moved, load, save
from dougong_platform.approvals.running.versions import flow_of
from dougong_platform.approvals.running.world import Live
from dougong_platform.approvals.state import RETURNED, RUNNING, Approval, Step, Task
from dougong_platform.errors import ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.releases.locks import WRITER_LOCK
from dougong_tenants import TenantTransaction

Answer = TypeVar("Answer")

_STATES = {
    "approved": ("It was approved already.", "该审批已通过。"),
    "rejected": ("It was rejected already.", "该审批已被拒绝。"),
    "recalled": ("It was recalled by whoever submitted it.", "提交人已撤回该审批。"),
    "ended": ("An administrator ended it.", "管理员已终止该审批。"),
    "returned": ("It was returned to whoever submitted it.", "该审批已退回给提交人。"),
    "running": ("It is running.", "该审批正在进行。"),
}


@dataclass(slots=True)
class Case:
    """One approval that is being moved, under its lock. `actor`: who moves it, None for the clock."""

    caller: Caller
    tx: TenantTransaction
    loaded: Loaded
    flow: ApprovalModel
    machine: Machine
    actor: str | None
    event: str | None = None

    @property
    def approval(self) -> Approval:
        return self.loaded.approval

    @property
    def live(self) -> Live:
        assert isinstance(self.machine.world, Live)
        return self.machine.world

    def node(self, step: Step) -> ApprovalNode:
        """The node of a step."""
        return self.flow.nodes[step.node]

    def step_of(self, task: Task) -> Step:
        """Where somebody is asked."""
        return self.approval.step(task.step)

    def require(self, *states: str) -> None:
        """Raise NotNow, with what it is instead, unless it is in one of these states."""
        if self.approval.state not in states:
            en, zh = _STATES[self.approval.state]
            raise NotNow(en=en, zh=zh, state=self.approval.state)


def change(caller: Caller, id: str, work: Callable[[Case], Answer], *, ending: bool = False) -> Answer:
    """Lock the approval, let `work` move it, and save what came of it. Raises NotFound, FlowBroken (unless `work` is
    only `ending` it) and what `work` raises: then nothing is done."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        answer = change_in(caller, tx, id, work, actor=caller.user, ending=ending)
    ring(caller.tenant.name)
    return answer


def change_in(
    caller: Caller,
    tx: TenantTransaction,
    id: str,
    work: Callable[[Case], Answer],
    *,
    actor: str | None,
    via: str | None = None,
    ending: bool = False,
) -> Answer:
    """As `change`, inside a transaction. Ring after its commit."""
    guard(caller, tx)
    loaded = load(tx, id, lock=True)
    approval = loaded.approval
    try:
        flow = flow_of(tx, caller.release, approval.flow, approval.version)
    except FlowBroken:
        if not ending:
            raise
        flow = ApprovalModel(approval.flow, approval.object, Label.of(None, approval.flow), "", {}, None)
    case = case_of(caller, tx, loaded, flow, actor)
    answer = work(case)
    settle([case], via or via_of(caller))
    return answer


def guard(caller: Caller, tx: TenantTransaction) -> None:
    """A publish waits for us, and we for it. Raises ReleaseChanged."""
    answers = tx.together((WRITER_LOCK, None), ("select max(number) from _release", None))
    number = answers[1].fetchone()
    if number is None or number[0] != caller.release.number:
        raise ReleaseChanged


def case_of(
    caller: Caller,
    tx: TenantTransaction,
    loaded: Loaded,
    flow: ApprovalModel,
    actor: str | None,
    *,
    facts: Facts | None = None,
    roles: Roles | None = None,
) -> Case:
    """A case over the live record; `facts` and `roles` where they were looked up already."""
    approval = loaded.approval

    def act(of: Approval, node: ApprovalNode) -> dict[str, str] | None:
        found = acting.at_node(caller, tx, of, node)
        return dict(found) if found is not None else None

    world = Live(caller, tx, flow, approval, dt.datetime.now(dt.UTC), act, facts=facts, roles=roles)
    return Case(caller, tx, loaded, flow, Machine(approval, flow, world, actor), actor)


def settle(cases: list[Case], via: str | None) -> None:
    """What an outcome brings with it at once, then everything is saved. All cases are of one transaction."""
    moved = []
    for case in cases:
        if case.machine.outcome == "approved":
            wrong = acting.approved(case.caller, case.tx, case.approval)
            if wrong is not None:
                case.machine.note("not_moved", reason=wrong)
        moved.append(Moved(case.loaded, case.machine, case.event))
    if moved:
        save(cases[0].tx, moved, via)


def via_of(caller: Caller) -> str | None:
    """From where somebody acts: page, api (with a token), or what the engine does by itself."""
    if caller.principal is None:
        return caller.cause
    return "api" if caller.principal.via == "token" else "page"


LIVE = (RUNNING, RETURNED)
