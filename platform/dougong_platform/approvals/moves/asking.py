"""What people do with an approval besides deciding: hand on, ask others to sign or for their opinion, comment, urge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dougong_platform.approvals.errors import NotNow
from dougong_platform.approvals.machine import add_before as signers_before
from dougong_platform.approvals.machine import hand_on
from dougong_platform.approvals.moves.attached import bind
from dougong_platform.approvals.moves.deciding import MOST_SIGNERS, checked_text
from dougong_platform.approvals.moves.who import Asked, active_user, asked, is_administrator, signer
from dougong_platform.approvals.running.changing import Case, change
from dougong_platform.approvals.sight.seeing import require_sight
from dougong_platform.approvals.state import RUNNING, Approval, now_text
from dougong_platform.errors import BadRequest, NotAllowed, NotFound
from dougong_platform.http.caller import Caller

URGE_EVERY = dt.timedelta(hours=1)


def transfer(caller: Caller, approval: str, to: str, comment: str | None = None) -> Approval:
    """Somebody else is asked in the caller's place. Raises NotNow for one who cannot be."""
    text = checked_text(comment)

    def work(case: Case) -> Approval:
        found = asked(case)
        _allow(case, found, "transfer")
        step, user = case.step_of(found.task), signer(case, case.step_of(found.task), to)
        found.task.comment = text
        case.machine.note(
            "transferred", step, found.task, actor=caller.user, behalf=found.behalf, users=[user], comment=text
        )
        hand_on(case.machine, found.task, user, caller.user)
        return case.approval

    return change(caller, approval, work)


def add_before(caller: Caller, approval: str, users: Sequence[str], comment: str | None = None) -> Approval:
    """Others have to agree before the caller is asked again."""
    text = checked_text(comment)

    def work(case: Case) -> Approval:
        found = asked(case)
        _allow(case, found, "add")
        step = case.step_of(found.task)
        signers = [signer(case, step, one) for one in _some(users)]
        case.machine.note(
            "added", step, found.task, actor=caller.user, behalf=found.behalf, users=signers, comment=text
        )
        signers_before(case.machine, found.task, signers, caller.user)
        return case.approval

    return change(caller, approval, work)


def consult(caller: Caller, approval: str, users: Sequence[str], question: str | None = None) -> Approval:
    """Ask for opinions, which decide nothing."""
    text = checked_text(question)

    def work(case: Case) -> Approval:
        found = asked(case)
        _allow(case, found, "consult")
        step = case.step_of(found.task)
        people = [active_user(case, one) for one in _some(users) if one != caller.user]
        open_ones = {t.user for t in case.approval.tasks_of(step) if t.kind == "consult" and t.is_open}
        fresh = [one for one in people if one not in open_ones]
        for one in fresh:
            case.machine.new_task(step, one, kind="consult", parent=found.task.id, given_by=caller.user)
        case.machine.note(
            "consulted", step, found.task, actor=caller.user, behalf=found.behalf, users=fresh, comment=text
        )
        return case.approval

    return change(caller, approval, work)


def opine(caller: Caller, approval: str, text: str) -> Approval:
    """Give the opinion that the caller was asked for."""
    said = checked_text(text)
    if said is None:
        raise BadRequest(en="Write your opinion.", zh="请填写意见。")

    def work(case: Case) -> Approval:
        found = asked(case, kind="consult")
        step = case.step_of(found.task)
        found.task.state, found.task.closed_at = "given", case.live.now
        found.task.comment = said
        found.task.decided_by = caller.user if found.behalf is not None else None
        case.machine.note("opined", step, found.task, actor=caller.user, behalf=found.behalf, comment=said)
        return case.approval

    return change(caller, approval, work)


def comment(
    caller: Caller, approval: str, text: str, mentions: Sequence[str] = (), files: Sequence[str] = ()
) -> Approval:
    """Say something to everybody who takes part; also after the end. Whoever may see the approval may."""
    said = checked_text(text)
    if said is None and not files:
        raise BadRequest(en="Write something.", zh="请填写内容。")
    require_sight(caller, approval)

    def work(case: Case) -> Approval:
        bound = bind(case.tx, caller, case.approval.id, files)
        people = [active_user(case, one) for one in dict.fromkeys(mentions)][:MOST_SIGNERS]
        case.machine.note("commented", actor=caller.user, comment=said, mentions=people or None, files=bound or None)
        return case.approval

    return change(caller, approval, work)


def urge(caller: Caller, approval: str) -> Approval:
    """Remind those who are asked now; once an hour. The submitter, or an administrator."""

    def work(case: Case) -> Approval:
        if caller.user != case.approval.submitter and not is_administrator(case):
            if not any(caller.user in (t.user, t.decided_by) for t in case.approval.tasks):
                raise NotFound
            raise NotAllowed
        case.require(RUNNING)
        last = case.approval.urged_at
        now = case.live.moment
        if last is not None and now - dt.datetime.fromisoformat(last) < URGE_EVERY:
            left = URGE_EVERY - (now - dt.datetime.fromisoformat(last))
            minutes = -(-int(left.total_seconds()) // 60)
            raise NotNow(
                en=f"Everybody was reminded already; again in {minutes} minutes.",
                zh=f"刚刚已催办，{minutes} 分钟后可再次催办。",
                again_at=now_text(now + left),
            )
        case.approval.urged_at = case.live.now
        users = [t.user for t in case.approval.tasks if t.is_open and t.kind == "decide"]
        case.machine.note("urged", actor=caller.user, users=users)
        case.event = "urged"
        return case.approval

    return change(caller, approval, work)


def _allow(case: Case, found: Asked, what: str) -> None:
    node = case.node(case.step_of(found.task))
    if node.kind == "approve" and what not in node.allow:
        raise NotNow(en="The flow does not allow this here.", zh="此节点不允许该操作。")


def _some(users: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(users))
    if not wanted:
        raise BadRequest(en="Choose somebody.", zh="请选择人员。")
    if len(wanted) > MOST_SIGNERS:
        raise BadRequest(en=f"At most {MOST_SIGNERS} people.", zh=f"最多 {MOST_SIGNERS} 人。")
    return wanted
