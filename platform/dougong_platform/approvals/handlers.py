"""The worker's part of approvals: telling people, and doing what an outcome brings with it. Loaded by jobs."""

from __future__ import annotations

from dougong_metadata.model.flow_types import AutomationModel
from dougong_platform.approvals.clock.limits import answer_due, wake_for
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.machine import finish
from dougong_platform.approvals.running import acting
from dougong_platform.approvals.running.changing import Case, change_in
from dougong_platform.approvals.running.store import TOPIC, load
from dougong_platform.approvals.running.versions import flow_of
from dougong_platform.approvals.state import Approval
from dougong_platform.approvals.telling.tell import events_of, tell
from dougong_platform.automations.firing import enqueue
from dougong_platform.errors import NotFound
from dougong_platform.jobs import Work, handles, watches
from dougong_platform.records.statement import quoted
from dougong_platform.releases.release import Release, load_on
from dougong_platform.storage.statements import place
from dougong_tenants import Database, Tenant
from dougong_tenants.alarms import due_alarms

_OF_GONE = """
select a.id from "§"._approval a join "§".{table} t on t.id = a.record
 where a.object = %(object)s and a.state in ('running', 'returned') and t.deleted_at is not null order by a.id
"""
GONE = {"en": "The record was deleted.", "zh": "记录已被删除。"}


@handles(TOPIC)
def tell_people(work: Work) -> None:
    """Those who are asked now, and those who waited for the outcome."""
    release = load_on(work.transaction, work.tenant, work.transaction.entry.release)
    tell(work.transaction, work.tenant, release, work.payload, work.at)


@handles(TOPIC)
def follow(work: Work) -> None:
    """The actions of nodes and outcomes, and the automations that wait for one: with the row's end, exactly once."""
    tx, payload = work.transaction, work.payload
    release = load_on(tx, work.tenant, tx.entry.release)
    try:
        approval = load(tx, payload["approval"]).approval
    except NotFound:
        return
    _actions(work, release, approval)
    for event in events_of(payload):
        _automations(work, release, approval, event)


@handles("records")
def end_with_the_record(work: Work) -> None:
    """Nobody is asked about a record that was deleted: what is running on it ends, and says why."""
    object = work.payload["object"]
    if work.payload.get("op") != "delete":
        return
    tx, tenant = work.transaction, work.tenant
    release = load_on(tx, tenant, tx.entry.release)
    if object not in release.model.objects:
        return
    text = _OF_GONE.format(table=quoted(release.catalogue.table(object)))
    for (id,) in tx.rows(place(text, tenant.schema, release.number), {"object": object}):
        caller = acting.nobody(work.database, tenant, release)

        def end(case: Case) -> None:
            if case.approval.is_live:
                finish(case.machine, "ended", reason=GONE)

        change_in(caller, tx, id, end, actor=None, via="engine", ending=True)


@handles(TOPIC)
def arm(work: Work) -> None:
    """The clock is looked at when the first time limit is up."""
    wake_for(work.transaction, work.tenant, work.payload["approval"])


@watches(every=15, find=due_alarms)
def keep_limits(database: Database, tenant: Tenant) -> None:
    """A tenant in which time limits are up. Sent twice, it finds nothing the second time."""
    if due_alarms(database, name=tenant.name):
        answer_due(database, tenant)


def _actions(work: Work, release: Release, approval: Approval) -> None:
    tx, payload = work.transaction, work.payload
    try:
        flow = flow_of(tx, release, approval.flow, approval.version)
    except FlowBroken:
        return  # what it would do reads what is not there; `dougong check` lists it
    wanted: list[AutomationModel | None] = []
    for node, event in payload.get("nodes", ()):
        known = flow.nodes.get(node)
        wanted.append(known.on.get(event) if known is not None else None)
    wanted += [flow.on.get(event) for event in events_of(payload)]
    caller = acting.follower(work.database, work.tenant, release, approval)
    for automation in wanted:
        if automation is not None:
            acting.run(caller, tx, automation, approval, approval.submitter)


def _automations(work: Work, release: Release, approval: Approval, event: str) -> None:
    for automation in release.model.automations.values():
        trigger = automation.trigger
        if trigger.kind == "approval" and (trigger.approval, trigger.outcome) == (approval.flow, event):
            enqueue(
                work.transaction,
                automation.name,
                approval.object,
                [approval.record],
                op="approval",
                actor=approval.submitter,
                cause=acting.CAUSE,
                cause_ref=approval.id,
            )
