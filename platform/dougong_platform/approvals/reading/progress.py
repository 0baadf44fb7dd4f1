"""How an approval stands, for one reader: its steps with the people asked, its history in sentences, what is still
ahead, the record's fields as he may see them, and what he may do now. Called by the API and the approval's page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.machine import Machine
from dougong_platform.approvals.moves.attached import FileShown, files_of
from dougong_platform.approvals.people.delegations import Principal, principals
from dougong_platform.approvals.reading.may import answered, may_now, may_without_flow, return_targets, urge_again_at
from dougong_platform.approvals.reading.shown_fields import ShownField, shown_fields
from dougong_platform.approvals.reading.shown_steps import EventShown, PersonShown, StepShown, Teller
from dougong_platform.approvals.running.changing import LIVE, Case
from dougong_platform.approvals.running.route import RouteStep, known_world, route_step, run_ahead
from dougong_platform.approvals.running.store import Loaded, load
from dougong_platform.approvals.running.versions import flow_of
from dougong_platform.approvals.running.world import Known
from dougong_platform.approvals.sight.labels import FlowLabels, labels_of, labels_of_flow
from dougong_platform.approvals.sight.seeing import Knowing, Sight, knowing, sight_of
from dougong_platform.approvals.state import Approval
from dougong_platform.files.attachment import describe
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import addressed
from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction
from dougong_tenants.organisation import Organisation, organisation_of

_EVENTS = """
select id, at, actor, behalf, action, step, node, task, via, data from _approval_event
 where approval = %(approval)s::uuid order by id limit 5000
"""
_FILE_TYPES = frozenset({"file", "image", "signature"})
_NAMES = 'select id, name from "user" where id = any(%(users)s::uuid[])'


@dataclass(frozen=True, slots=True)
class Progress:
    """Texts are in the reader's language. `title` is the flow's label where he may not know what it says; `ahead`: what
    is still to come if everybody approves; `tasks`: the ids of the tasks that wait for him, his own first, each with
    the name of whose it is where that is not himself; `editable`: fields he may change as he decides; `comment`:
    whether that takes a comment (optional, on_refusal, required); `return_targets`: (node, label); `may`: some of
    may.ACTIONS. `readable`: he may open the record. `broken`: why the flow's version cannot go on. `files` by id."""

    id: str
    flow: str
    flow_label: str
    version: int
    turn: int
    object: str
    record: str
    title: str
    submitter: PersonShown | None
    submitted_at: str | None
    note: str | None
    state: str
    ended_at: str | None
    urged_at: str | None
    urge_again_at: str | None
    steps: tuple[StepShown, ...]
    events: tuple[EventShown, ...]
    ahead: tuple[RouteStep, ...]
    names: Mapping[str, str]
    fields: tuple[ShownField, ...]
    editable: tuple[str, ...]
    files: Mapping[str, FileShown]
    tasks: tuple[tuple[str, str | None], ...]
    comment: str
    may: frozenset[str]
    return_targets: tuple[tuple[str, str], ...]
    readable: bool
    broken: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What one transaction read."""

    tx: TenantTransaction
    approval: Approval
    organisation: Organisation
    acting: list[Principal]
    events: list[tuple[Any, ...]]
    files: Mapping[str, FileShown]
    names: Mapping[str, str]
    flow: ApprovalModel | None
    broken: FlowBroken | None
    world: Known | None


def progress(caller: Caller, id: str) -> Progress:
    """Raises NotFound, also where the caller does not see it (see `sight`)."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        found = _read(caller, tx, addressed(id))
    approval, flow, now = found.approval, found.flow, dt.datetime.now(dt.UTC)
    sight = sight_of(caller, approval, found.acting)
    labels = _labels(caller, approval, flow)
    known = knowing(sight, flow, approval) if flow is not None else None
    teller = Teller(sight, approval, labels, found.names, now, flow, known)
    case = _case(caller, found, now)
    node = answered(case, sight) if flow is not None else None
    edit = frozenset(node.edit) if node is not None else frozenset()
    fields = shown_fields(caller, flow, approval, sight, known, edit) if flow is not None and known is not None else []
    ahead = _ahead(found, teller, now) if flow is not None else ()
    return Progress(
        id=approval.id,
        flow=approval.flow,
        flow_label=labels.label.text(caller.locale),
        version=approval.version,
        turn=approval.turn,
        object=approval.object,
        record=approval.record,
        title=_title(caller, approval, labels, known),
        submitter=teller.person(approval.submitter),
        submitted_at=approval.submitted_at,
        note=approval.note,
        state=approval.state,
        ended_at=approval.ended_at,
        urged_at=approval.urged_at,
        urge_again_at=urge_again_at(approval, now),
        steps=tuple(teller.step(step) for step in approval.steps),
        events=tuple(teller.event(row) for row in found.events),
        ahead=ahead,
        names={**_called(found.organisation, ahead), **found.names},
        fields=tuple(fields),
        editable=tuple(one.name for one in fields if one.editable),
        files={**found.files, **_in_fields(caller, fields)},
        tasks=tuple(_answerable(caller, sight, approval, found.names)),
        comment=node.comment if node is not None else "optional",
        may=may_now(case, sight, now) if flow is not None else may_without_flow(case, sight),
        return_targets=tuple((name, label.text(caller.locale)) for name, label in return_targets(case, sight))
        if flow is not None
        else (),
        readable=sight.reads,
        broken=found.broken.message(caller.locale) if found.broken is not None else None,
    )


def _read(caller: Caller, tx: TenantTransaction, id: str) -> _Found:
    approval = load(tx, id).approval
    flow, broken, world = None, None, None
    try:
        flow = flow_of(tx, caller.release, approval.flow, approval.version)
    except FlowBroken as fault:
        broken = fault
    if flow is not None and approval.state in LIVE:
        world = known_world(caller, tx, flow, approval.record, approval.submitter)
    events = tx.rows(_EVENTS, {"approval": approval.id})
    return _Found(
        tx,
        approval,
        organisation_of(caller.database, caller.tenant, tx.entry.stamp),
        principals(tx, caller.user),
        events,
        files_of(tx, approval.id),
        dict(tx.rows(_NAMES, {"users": array_text(sorted(_people(approval, events)))})),
        flow,
        broken,
        world,
    )


def _people(approval: Approval, events: Sequence[Sequence[Any]]) -> set[str]:
    """The ids of everybody who has to do with it."""
    found = {approval.submitter}
    for task in approval.tasks:
        found |= {task.user, task.decided_by, task.given_by}
    for event in events:
        data = event[9]
        found |= {event[2], event[3], *data.get("users", ()), *data.get("mentions", ()), *data.get("added", ())}
    return {user for user in found if user is not None}


def _case(caller: Caller, found: _Found, now: dt.datetime) -> Case:
    """As the actions see it, but not to be moved; with a blank flow where the version is broken."""
    of = found.approval
    flow = found.flow or ApprovalModel(of.flow, of.object, Label.of(None, of.flow), "", {}, None)
    world = found.world or Known(caller.model, caller.tenant, found.organisation, now, {}, {})
    machine = Machine(found.approval, flow, world, caller.user)
    return Case(caller, found.tx, Loaded(found.approval, None), flow, machine, caller.user)


def _labels(caller: Caller, approval: Approval, flow: ApprovalModel | None) -> FlowLabels:
    if flow is not None:
        return labels_of_flow(caller.model, flow)
    return labels_of(caller, [(approval.flow, approval.version, None)])[approval.flow, approval.version]


def _title(caller: Caller, approval: Approval, labels: FlowLabels, known: Knowing | None) -> str:
    shown = labels.title(caller.rights, approval.object, approval.title)
    if shown is None or (known is not None and not known.may_know(labels.title_reads or ())):
        return labels.label.text(caller.locale)
    return shown


def _ahead(found: _Found, teller: Teller, now: dt.datetime) -> tuple[RouteStep, ...]:
    """What comes if everybody approves. Deadlines are not known before people are asked."""
    if found.flow is None or found.world is None:
        return ()
    machine = run_ahead(found.flow, found.approval, found.world)
    coming = machine.approval.steps[len(found.approval.steps) :]
    routes = (route_step(found.flow, machine.approval, step, found.world) for step in coming)
    return tuple(replace(teller.route(one), due_at=None) for one in routes)


def _in_fields(caller: Caller, fields: Sequence[ShownField]) -> dict[str, FileShown]:
    """The files that stand in the record's fields."""
    ids = [id for one in fields if one.field.type.name in _FILE_TYPES for id in one.value or ()]
    found = describe(caller, ids) if ids else {}
    return {id: FileShown(id, f["name"], f["media_type"], f["size"], f["thumbnail"]) for id, f in found.items()}


def _called(organisation: Organisation, route: Sequence[RouteStep]) -> dict[str, str]:
    """The names of the people on the way, by id."""
    known = organisation.people
    return {one.user: known[one.user].name for step in route for one in step.people if one.user in known}


def _answerable(
    caller: Caller, sight: Sight, approval: Approval, names: Mapping[str, str]
) -> Iterator[tuple[str, str | None]]:
    if approval.state == "running":
        for task in (*sight.open_tasks("decide"), *sight.open_tasks("consult")):
            yield task.id, None if task.user == caller.user else names.get(task.user)
