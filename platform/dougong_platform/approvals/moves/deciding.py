"""Decisions: approve, reject, return, one by one or many at once. Exactly one of two who decide at the same moment
does; the other is told who was faster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.errors import Fault
from dougong_metadata.model.approval_types import ApprovalNode
from dougong_platform.approvals.errors import NotAsked, NotNow
from dougong_platform.approvals.machine import approve, last_visit, refuse, send_back
from dougong_platform.approvals.moves.attached import bind
from dougong_platform.approvals.moves.who import Asked, asked, signer
from dougong_platform.approvals.running import acting
from dougong_platform.approvals.running.changing import Case, change
from dougong_platform.approvals.sight.labels import closed
from dougong_platform.approvals.state import RUNNING, Approval, Step
from dougong_platform.errors import BadRequest, CallerOutdated, FieldError, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.records.action import act
from dougong_platform.records.change import update_in
from dougong_platform.records.messages import error
from dougong_tenants.given_text import storable

VERDICTS = ("approve", "reject", "return")
MOST_AT_ONCE = 200
LONGEST = 10_000
MOST_SIGNERS = 50
_NEEDS = {"reject": "refuse", "return": "return"}


def decide(
    caller: Caller,
    approval: str,
    verdict: str,
    *,
    comment: str | None = None,
    to: str | None = None,
    back: bool = False,
    values: Mapping[str, Any] | None = None,
    files: Sequence[str] = (),
    add_after: Sequence[str] = (),
    task: str | None = None,
) -> Approval:
    """Decide what the caller is asked, or a principal of his; the approval afterwards.

    return goes to `to`: "submitter" (when absent) or an earlier node; with `back` it comes straight back here. `values`
    change fields that the node lets him change. `add_after`: who else has to agree, behind him. Raises NotFound,
    NotAsked, AlreadyDone, NotNow, RecordsInvalid, BadRequest.
    """
    if verdict not in VERDICTS:
        raise BadRequest(en="A verdict is approve, reject or return.", zh="决定须为 approve、reject 或 return。")
    text = checked_text(comment)

    def work(case: Case) -> Approval:
        found = asked(case, task=task)
        step = case.step_of(found.task)
        node = case.node(step)
        _check(case, node, verdict, text, to, step)
        changed = _write(case, node, values) if values else {}
        found.task.comment = text
        found.task.decided_by = caller.user if found.behalf is not None else None
        bound = bind(case.tx, caller, case.approval.id, files)
        said = {"comment": text, "files": bound or None, "changed": changed or None}
        _move(case, found, step, verdict, to, said, back=back, add_after=add_after)
        return case.approval

    return change(caller, approval, work)


def decide_all(
    caller: Caller, ids: Sequence[str], verdict: str, comment: str | None = None
) -> list[tuple[str, Fault | None]]:
    """Approve or reject many, each for itself; what was wrong with each. Raises BadRequest for too many."""
    if len(ids) > MOST_AT_ONCE:
        raise BadRequest(en=f"At most {MOST_AT_ONCE} at once.", zh=f"一次最多处理 {MOST_AT_ONCE} 件。")
    if verdict not in ("approve", "reject"):
        raise BadRequest(en="Many are approved or rejected together.", zh="批量处理仅支持同意或拒绝。")
    answers: list[tuple[str, Fault | None]] = []
    for id in dict.fromkeys(ids):
        try:
            decide(caller, id, verdict, comment=comment)
        except CallerOutdated as fault:
            if all(problem is not None for _, problem in answers):
                raise  # nothing was done yet: it is repeated as a whole
            answers.append((id, fault))
        except Fault as fault:
            answers.append((id, fault))
        else:
            answers.append((id, None))
    return answers


def checked_text(text: str | None, longest: int = LONGEST) -> str | None:
    """A comment, None where it is blank. Raises BadRequest for one that is too long or holds what no text may."""
    said = (text or "").strip()
    if len(said) > longest:
        raise BadRequest(en=f"At most {longest:,} characters.", zh=f"最多 {longest:,} 字。")
    if said != storable(said):
        raise BadRequest(en="It holds characters that no text may hold.", zh="含有文本中不允许的字符。")
    return said or None


def _move(
    case: Case,
    found: Asked,
    step: Step,
    verdict: str,
    to: str | None,
    said: Mapping[str, Any],
    *,
    back: bool,
    add_after: Sequence[str],
) -> None:
    machine, task, user = case.machine, found.task, case.caller.user
    if verdict == "approve":
        signers = [signer(case, step, one) for one in dict.fromkeys(add_after)]
        if signers and "add" not in case.node(step).allow:
            raise NotNow(en="No signers can be added here.", zh="此节点不允许加签。")
        machine.note("approved", step, task, actor=user, behalf=found.behalf, added=signers or None, **said)
        approve(machine, task, after=signers)
    elif verdict == "reject":
        machine.note("rejected", step, task, actor=user, behalf=found.behalf, **said)
        refuse(machine, task)
    else:
        target = to or "submitter"
        machine.note("returned", step, task, actor=user, behalf=found.behalf, to=target, back=back or None, **said)
        send_back(machine, step, task, target, back=back)


def _check(case: Case, node: ApprovalNode, verdict: str, comment: str | None, to: str | None, step: Step) -> None:
    needed = _NEEDS.get(verdict)
    if needed is not None and node.kind == "approve" and needed not in node.allow:
        raise NotNow(en="The flow does not allow this here.", zh="此节点不允许该操作。")
    asks = node.comment == "required" or (node.comment == "on_refusal" and verdict != "approve")
    if asks and comment is None:
        said = "请填写意见。" if case.caller.locale.startswith("zh") else "Say why."
        raise RecordsInvalid([FieldError("comment", "required", said)])
    if verdict == "return" and to not in (None, "submitter"):
        target = case.flow.nodes.get(str(to))
        if target is None or target.kind != "approve" or last_visit(case.machine, target.name, step) is None:
            raise NotNow(en="It can be returned to an earlier approver only.", zh="只能退回到已审批过的节点。")
    if verdict == "return" and to in (None, "submitter") and case.approval.submitter is None:
        raise NotNow(en="Nobody submitted this: it came by itself.", zh="此审批由系统自动提交，没有提交人。")


def _write(case: Case, node: ApprovalNode, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change the fields that the node opens to its approvers; not those that his sets close to this one: he does not
    see what he would overwrite."""
    locale, object = case.caller.locale, case.approval.object
    if case.approval.state != RUNNING:
        raise NotAsked
    unknown = [n for n in values if n not in node.edit or n in node.hide or closed(case.caller.rights, object, n)]
    if unknown:
        raise RecordsInvalid([error("unknown_field", locale, 0, name=name, hint_en="", hint_zh="") for name in unknown])
    model = case.caller.model.objects[object]
    acting_caller = acting.writer(case.caller, case.approval, case.caller.user)
    row = {"id": case.approval.record, **values}
    act(acting_caller, lambda w: update_in(w, model, [row], atomic=True), case.tx)
    case.live.look_again()
    return dict(values)
