"""What follows from an approval: the actions of its nodes and outcomes, the stage that it opens, the record that it
lets go. The actions are those of automations, done by the same executors and kept in the same log of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from psycopg import DataError, IntegrityError

from dougong_metadata.errors import Fault
from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode
from dougong_metadata.model.flow_types import AutomationModel, PipelineModel, StageModel
from dougong_metadata.model.types import Model
from dougong_platform.approvals.state import Approval, Text
from dougong_platform.automations.execute import execute, explained
from dougong_platform.automations.firing import Firing
from dougong_platform.automations.running import engine
from dougong_platform.errors import CallerOutdated, Conflict
from dougong_platform.evaluation import evaluate
from dougong_platform.http.caller import Caller
from dougong_platform.records.action import act
from dougong_platform.records.arrays import array_text
from dougong_platform.records.change import update_in
from dougong_platform.records.remove import delete_in
from dougong_platform.releases.release import Release
from dougong_tenants import Database, Tenant, TenantTransaction, json_parameter, new_id

CAUSE = "approval"
_WRONG = "select error from _automation_run where batch = %(batch)s::uuid and state in ('failed', 'cut') limit 1"
_OPEN_GATE = """
insert into _stage_pass (object, record, pipeline, stage, reference, seen)
values (%(object)s, %(record)s::uuid, %(pipeline)s, %(stage)s, %(approval)s, %(seen)s::jsonb)
on conflict (record, pipeline, stage)
do update set granted_at = now(), reference = excluded.reference, seen = excluded.seen
"""
_SHUT_GATE = """
delete from _stage_pass where record = any(%(records)s::uuid[]) and pipeline = %(pipeline)s and stage = %(stage)s
"""


def writer(caller: Caller, approval: Approval, actor: str | None) -> Caller:
    """The company itself, in the name of `actor`, for writes that belong to the approval."""
    made = engine(caller.database, caller.tenant, caller.release, actor=actor, batch=approval.id, chain=())
    return replace(made, cause=CAUSE, locale=caller.locale, timezone=caller.timezone)


def follower(database: Database, tenant: Tenant, release: Release, approval: Approval) -> Caller:
    """The company itself, for what follows from an approval."""
    made = engine(database, tenant, release, actor=approval.submitter, batch=approval.id, chain=())
    return replace(made, cause=CAUSE)


def nobody(database: Database, tenant: Tenant, release: Release) -> Caller:
    """The company itself, where nobody acts."""
    return engine(database, tenant, release, actor=None, batch=None, chain=())


def company(caller: Caller) -> Caller:
    """The company itself, for looking things up."""
    return nobody(caller.database, caller.tenant, caller.release)


def run(
    caller: Caller, tx: TenantTransaction, automation: AutomationModel, approval: Approval, actor: str | None
) -> Text | None:
    """Do an automation's actions for the record, in this transaction; what went wrong, if it did: then nothing was
    done. What may pass is raised."""
    batch = new_id()
    firing = Firing(
        automation.name,
        approval.object,
        (approval.record,),
        None,
        "approval",
        actor=actor,
        cause=CAUSE,
        cause_ref=approval.id,
        batch=batch,
    )
    execute(caller.database, caller.tenant, tx, firing, automation=automation)
    rows = tx.rows(_WRONG, {"batch": batch})
    return {"en": rows[0][0]["en"], "zh": rows[0][0]["zh"]} if rows else None


def at_node(caller: Caller, tx: TenantTransaction, approval: Approval, node: ApprovalNode) -> Text | None:
    """The actions of an action node."""
    automation = node.on.get("do")
    return run(caller, tx, automation, approval, approval.submitter) if automation is not None else None


def gates_of(model: Model, flow: str, object: str) -> list[tuple[PipelineModel, StageModel]]:
    """The stages whose gates ask for this flow."""
    pipelines = model.objects[object].pipelines if object in model.objects else ()
    return [(p, stage) for p in pipelines for stage in p.stages.values() if stage.approval == flow]


def close_gates(tx: TenantTransaction, model: Model, flow: ApprovalModel, records: Sequence[str]) -> None:
    """What earlier approvals opened is shut while the next ones run."""
    for pipeline, stage in gates_of(model, flow.name, flow.object):
        said = {"records": array_text(list(records)), "pipeline": pipeline.name, "stage": stage.value}
        tx.execute(_SHUT_GATE, said)


def open_gates(caller: Caller, tx: TenantTransaction, approval: Approval) -> None:
    """The record may enter the stages that ask for this flow, as long as what was approved stays as it is."""
    gates = gates_of(caller.model, approval.flow, approval.object)
    if not gates:
        return
    said: dict[str, Any] = {"object": approval.object, "record": approval.record, "approval": approval.id}
    flow = caller.model.approvals.get(approval.flow)
    names = flow.lapses if flow is not None else ()
    found = evaluate(company(caller), approval.object, [(name,) for name in names], [approval.record], tx)
    seen = dict(zip(names, found.get(approval.record, ()), strict=False))
    said["seen"] = json_parameter(seen) if seen else None
    for pipeline, stage in gates:
        tx.execute(_OPEN_GATE, {**said, "pipeline": pipeline.name, "stage": stage.value})


def approved(caller: Caller, tx: TenantTransaction, approval: Approval) -> Text | None:
    """Opens the gates, moves the record into the stage it was submitted for, deletes it where that was asked for; what
    went wrong with the record, if it did."""
    open_gates(caller, tx, approval)
    acting = writer(caller, approval, approval.submitter)
    model = caller.model.objects.get(approval.object)
    if model is None:
        return None
    try:
        if approval.deletes:
            act(acting, lambda w: delete_in(w, model, [approval.record], atomic=True), tx)
        elif approval.stage and approval.stage.get("move"):
            pipeline = caller.model.pipelines[approval.stage["pipeline"]]
            row = {"id": approval.record, pipeline.field: approval.stage["stage"]}
            act(acting, lambda w: update_in(w, model, [row], atomic=True, trusted=True), tx)
    except (CallerOutdated, Conflict):
        raise
    except (Fault, DataError, IntegrityError, KeyError) as problem:
        said: Any = explained(problem)
        first = (said.get("errors") or [{}])[0].get("message")
        return {"en": first or said["en"], "zh": first or said["zh"]}
    return None


def open_fields(flow: ApprovalModel) -> list[str] | None:
    """The fields that people may change while it runs; None where it locks nothing."""
    return list(flow.open) if flow.lock else None
