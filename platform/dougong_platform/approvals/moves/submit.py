"""Submitting records for approval: one or a thousand, by people, or by what happens by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dougong_metadata.errors import Fault
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.machine import start
from dougong_platform.approvals.moves.deciding import checked_text
from dougong_platform.approvals.moves.eligible import RUNNING_ONES, Allowed, Row, look_up, problem_of, refusal, rows_of
from dougong_platform.approvals.running import acting
from dougong_platform.approvals.running.changing import Case, case_of, guard, settle, via_of
from dougong_platform.approvals.running.route import flow_named
from dougong_platform.approvals.running.store import Loaded
from dougong_platform.approvals.running.versions import number_of
from dougong_platform.approvals.state import Approval, now_text
from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.query.allowed import allowed_on
from dougong_platform.query.single import uuid_text
from dougong_platform.records.arrays import array_text
from dougong_platform.texts.render import plain, render
from dougong_tenants import TenantTransaction, new_id

MOST = 1_000
LONGEST_NOTE = 4_000
_LOCKED = "order by id for no key update"  # whoever is changing one is waited for; who comes later finds it in approval


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of one record: the approval and its state, or the problem."""

    record: str
    approval: str | None = None
    state: str | None = None
    problem: Fault | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is submitted. `submitter` None: the engine, for nobody. `choices`: the people named, by node. `stage`:
    {"pipeline", "stage", "move"} for whose gate it is. `allowed`: what the submitter may do with the records; None
    where nobody's rights are asked."""

    flow: ApprovalModel
    submitter: str | None
    note: str | None = None
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stage: Mapping[str, Any] | None = None
    allowed: Allowed | None = None


def submit(
    caller: Caller,
    flow: str,
    object: str,
    ids: Sequence[str],
    *,
    note: str | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
    stage: Mapping[str, Any] | None = None,
) -> list[Submitted]:
    """Submit up to 1,000 records; what became of each, in order. `choices` and `stage` as in `Order`.

    Raises NotFound for an unknown flow, NotSubmitted for one of another object or that is switched off, BadRequest.
    """
    model = flow_named(caller, flow)
    if len(ids) > MOST:
        raise BadRequest(en=f"At most {MOST:,} records at once.", zh=f"一次最多提交 {MOST:,} 条记录。")
    said = checked_text(note, LONGEST_NOTE)
    if model.object != object:
        raise refusal("object")
    if not model.active:
        raise refusal("inactive")
    if stage is not None:
        _check_stage(caller, model, stage)
    order = Order(model, caller.user, said, _chosen(model, choices or {}), stage, allowed_on(caller, object, ids))
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = submit_in(caller, tx, order, ids)
    ring(caller.tenant.name)
    return found


def submit_in(caller: Caller, tx: TenantTransaction, order: Order, ids: Sequence[str]) -> list[Submitted]:
    """As `submit`, inside a transaction. Ring after its commit."""
    guard(caller, tx)
    flow, allowed = order.flow, order.allowed
    wanted = {id: uuid_text(id) for id in ids}
    rows = {row.id: row for row in rows_of(caller, tx, flow, [one for one in wanted.values() if one], _LOCKED)}
    if allowed is not None:
        rows = {id: row for id, row in rows.items() if "read" in allowed.get(id, ())}
    look_up(caller, tx, flow, rows, order.submitter)
    running = {row[0] for row in tx.rows(RUNNING_ONES, {"ids": array_text(list(rows)), "flow": flow.name})}
    problems = {given: _problem(caller, tx, order, rows.get(id or ""), running) for given, id in wanted.items()}
    good = {id: rows[id] for given, id in wanted.items() if problems[given] is None and id is not None}
    cases = _begin(caller, tx, order, list(good.values()))
    acting.close_gates(tx, caller.model, flow, list(good))
    for case in cases:
        case.event = "submitted"
        start(case.machine)
    settle(cases, via_of(caller))
    made = {case.approval.record: case.approval for case in cases}
    return [_answer(given, made.get(wanted[given] or ""), problems[given]) for given in ids]


def _problem(caller: Caller, tx: TenantTransaction, order: Order, row: Row | None, running: set[str]) -> Fault | None:
    if row is None:
        return NotFound()
    if row.id in running:
        return refusal("running")
    return problem_of(caller, tx, order.flow, row, order.submitter, order.choices, order.allowed)


def _answer(given: str, approval: Approval | None, problem: Fault | None) -> Submitted:
    if approval is None or problem is not None:
        return Submitted(given, problem=problem)
    return Submitted(given, approval.id, approval.state)


def _begin(caller: Caller, tx: TenantTransaction, order: Order, rows: Sequence[Row]) -> list[Case]:
    """New approvals, one for each record, that have not moved yet."""
    if not rows:
        return []
    flow, moment = order.flow, now_text(dt.datetime.now(dt.UTC))
    titles = _titles(caller, tx, flow, rows)
    blank = Approval(
        "",
        flow.name,
        number_of(tx, caller.release, flow),
        flow.object,
        "",
        "",
        order.submitter,
        submitted_at=moment,
        note=order.note,
        choices={node: list(users) for node, users in order.choices.items()},
        stage=dict(order.stage) if order.stage is not None else None,
        open=acting.open_fields(flow),
        deletes=flow.deletes,
    )
    cases = []
    for row in rows:
        approval = replace(
            blank, id=new_id(), record=row.id, title=titles[row.id], record_version=row.version, steps=[], tasks=[]
        )
        loaded = Loaded(approval, None)
        cases.append(case_of(caller, tx, loaded, flow, order.submitter, facts=row.facts, roles=row.roles))
    return cases


def _chosen(flow: ApprovalModel, choices: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Ids of people, by nodes that there are. Raises NotSubmitted for what is no id."""
    found: dict[str, list[str]] = {}
    for name, users in choices.items():
        node = flow.nodes.get(name)
        if node is None:
            continue
        ids = [uuid_text(user) for user in users]
        found[name] = [id for id in ids if id is not None]
        if len(found[name]) < len(ids):
            raise refusal("not_choosable", node=node.label)
    return found


def _check_stage(caller: Caller, flow: ApprovalModel, stage: Mapping[str, Any]) -> None:
    gates = acting.gates_of(caller.model, flow.name, flow.object)
    if not any(p.name == stage.get("pipeline") and s.value == stage.get("stage") for p, s in gates):
        raise refusal("stage")


def _titles(caller: Caller, tx: TenantTransaction, flow: ApprovalModel, rows: Sequence[Row]) -> dict[str, str]:
    """What the approvals are called: as the flow says, else as the records are."""
    if flow.title is None:
        return {row.id: row.name for row in rows}
    locale = "zh" if caller.tenant.locale.startswith("zh") else "en"
    texts = render(acting.company(caller), flow.title, flow.object, [row.id for row in rows], tx)
    return {row.id: plain(text[locale])[:500] for row, text in zip(rows, texts, strict=True)}
