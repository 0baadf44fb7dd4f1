"""Whether a record may be submitted to a flow, by whom, and why not. Called before submitting and while doing so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.errors import Fault
from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.errors import NotSubmitted
from dougong_platform.approvals.facts import Facts, Roles, facts_of, roles_of
from dougong_platform.approvals.people.approvers import choosable
from dougong_platform.approvals.people.copies import copied_to
from dougong_platform.approvals.running.route import run_ahead
from dougong_platform.approvals.running.world import Known
from dougong_platform.approvals.state import Approval
from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query.allowed import allowed_on
from dougong_platform.query.single import uuid_text
from dougong_platform.records.arrays import array_text
from dougong_platform.records.statement import quoted
from dougong_platform.storage.statements import place
from dougong_tenants import TenantTransaction
from dougong_tenants.organisation import organisation_in

Allowed = Mapping[str, frozenset[str]]  # by record: what the caller may do with it
RUNNING_ONES = """
select record from _approval
 where record = any(%(ids)s::uuid[]) and flow = %(flow)s and state in ('running', 'returned')
"""
REFUSALS = {
    "running": ("It is in approval already.", "该记录正在审批中。"),
    "entry": ("The record does not meet the flow's condition: {condition}", "该记录不满足此流程的条件：{condition}"),
    "record_type": ("The flow is not for this type of record.", "该流程不适用于此记录类型。"),
    "submitter": ("You may not submit records for this approval.", "您无权提交此审批。"),
    "gone": ("The record is not there any more.", "该记录已不存在。"),
    "inactive": ("The flow is switched off.", "该流程已停用。"),
    "object": ("The flow is about other records.", "该流程不适用于此对象。"),
    "choose": (
        "Choose who approves at “{node}”: {least} to {most} people.",
        "请为「{node}」选择审批人：{least} 至 {most} 人。",
    ),
    "not_choosable": ("Somebody chosen at “{node}” is not on the list.", "为「{node}」选择的人不在可选范围内。"),
    "stage": ("No stage of that name asks for this approval.", "没有需要此审批的该阶段。"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A flow that a record could be submitted to; `why_not` says why it cannot now."""

    flow: str
    label: Label
    may: bool
    why_not: Label | None = None


@dataclass(slots=True)
class Row:
    """A record that is to be submitted, as it was locked."""

    id: str
    version: int
    record_type: str | None
    name: str
    facts: Facts = field(default_factory=dict)
    roles: Roles = field(default_factory=dict)


def refusal(reason: str, **data: Any) -> NotSubmitted:
    """Why a record is not submitted."""
    en, zh = REFUSALS[reason]
    said = {f"{k}_{at}": v.text(at) if isinstance(v, Label) else v for k, v in data.items() for at in ("en", "zh")}
    english = {k: said[f"{k}_en"] for k in data}
    chinese = {k: said[f"{k}_zh"] for k in data}
    return NotSubmitted(en=en.format(**english), zh=zh.format(**chinese), reason=reason)


def offers(caller: Caller, object: str, id: str) -> list[Offer]:
    """The active flows of the object, with what stands in the way for this record. The caller sees the record; raises
    NotFound otherwise."""
    record = uuid_text(id)
    allowed = allowed_on(caller, object, [id])
    if record is None or record not in allowed:
        raise NotFound
    flows = caller.model.objects[object].approvals
    if not flows:
        return []
    found = []
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        for flow in flows:
            rows = {row.id: row for row in rows_of(caller, tx, flow, [record], "")}
            look_up(caller, tx, flow, rows, caller.user)
            problem = standing(caller, tx, flow, rows[record], allowed) if record in rows else NotFound()
            why = Label(problem.message("en"), problem.message("zh")) if problem is not None else None
            found.append(Offer(flow.name, flow.label, problem is None, why))
    return found


def standing(caller: Caller, tx: TenantTransaction, flow: ApprovalModel, row: Row, allowed: Allowed) -> Fault | None:
    """As `_problem`, before anybody was chosen."""
    if tx.rows(RUNNING_ONES, {"ids": array_text([row.id]), "flow": flow.name}):
        return refusal("running")
    return unfit(flow, row) or _not_his(caller, tx, flow, row, caller.user, allowed)


def problem_of(
    caller: Caller,
    tx: TenantTransaction,
    flow: ApprovalModel,
    row: Row,
    submitter: str | None,
    choices: Mapping[str, Sequence[str]],
    allowed: Allowed | None,
) -> Fault | None:
    """Why this record is not submitted; None if nothing is in the way."""
    return (
        unfit(flow, row)
        or (_not_his(caller, tx, flow, row, submitter, allowed) if allowed is not None else None)
        or _unchosen(caller, tx, flow, row, submitter, choices, asks=allowed is not None)
    )


def unfit(flow: ApprovalModel, row: Row) -> Fault | None:
    """Why the flow is not for this record, as far as its own values say."""
    if flow.record_types and row.record_type not in flow.record_types:
        return refusal("record_type")
    if flow.entry is not None and row.facts.get(flow.entry) is not True:
        return refusal("entry", condition=flow.entry.text)
    return None


def _not_his(
    caller: Caller,
    tx: TenantTransaction,
    flow: ApprovalModel,
    row: Row,
    submitter: str | None,
    allowed: Allowed,
) -> Fault | None:
    may = allowed.get(row.id, frozenset())
    if not flow.submitters:
        return None if ("delete" if flow.deletes else "update") in may else NotAllowed()
    world = _world(caller, tx, row)
    named = copied_to(
        world.organisation, world.moment, caller.model, flow.object, flow.submitters, row.facts, row.roles
    )
    return None if submitter in named else refusal("submitter")


def _unchosen(
    caller: Caller,
    tx: TenantTransaction,
    flow: ApprovalModel,
    row: Row,
    submitter: str | None,
    choices: Mapping[str, Sequence[str]],
    *,
    asks: bool,
) -> Fault | None:
    """Whom the submitter has to name on the way that this record will take. Nobody is asked who names nobody: a node
    without people does what it says for that."""
    nodes = {n.name: n for n in flow.nodes.values() if any(rule.kind == "choice" for rule in n.by)}
    if not nodes or not asks:
        return None
    world = _world(caller, tx, row)
    approval = Approval("", flow.name, 0, flow.object, row.id, "", submitter, choices=choices)
    visited = {step.node for step in run_ahead(flow, approval, world).approval.steps}
    for name, node in nodes.items():
        if name not in visited:
            continue
        rules = [rule for rule in node.by if rule.kind == "choice"]
        chosen = list(dict.fromkeys(choices.get(name, ())))
        offered = {user for rule in rules for user in choosable(world.organisation, world.moment, rule)}
        least, most = sum(rule.least for rule in rules), sum(rule.most for rule in rules)
        if not least <= len(chosen) <= most:
            return refusal("choose", node=node.label, least=least, most=most)
        if not set(chosen) <= offered:
            return refusal("not_choosable", node=node.label)
    return None


def _world(caller: Caller, tx: TenantTransaction, row: Row) -> Known:
    organisation = organisation_in(tx, caller.database, caller.tenant)
    return Known(caller.model, caller.tenant, organisation, dt.datetime.now(dt.UTC), row.facts, row.roles)


def rows_of(caller: Caller, tx: TenantTransaction, flow: ApprovalModel, ids: Sequence[str], more: str) -> list[Row]:
    model, names = caller.model.objects[flow.object], caller.release.catalogue
    name = quoted(names.column(flow.object, model.name_field))
    text = (
        f'select id, version, record_type, {name}::text from "§".{quoted(names.table(flow.object))}'
        f" where id = any(%(ids)s::uuid[]) and deleted_at is null {more}"
    )
    rows = tx.rows(place(text, caller.tenant.schema, caller.release.number), {"ids": array_text(list(ids))})
    return [Row(row[0], row[1], row[2], row[3] or "") for row in rows]


def look_up(
    caller: Caller, tx: TenantTransaction, flow: ApprovalModel, rows: Mapping[str, Row], submitter: str | None
) -> None:
    facts = facts_of(caller, flow, list(rows), tx, submitter) if rows else {}
    roles = roles_of(flow, list(rows), tx) if rows else {}
    for id, row in rows.items():
        row.facts, row.roles = facts.get(id, {}), roles.get(id, {})
