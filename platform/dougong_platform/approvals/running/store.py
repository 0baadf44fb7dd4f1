"""Approvals in the tenant's tables: loaded under a lock, saved with their history and what follows, each in one round
trip. Called by whoever moves an approval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_platform.approvals.machine import Happened, Machine
from dougong_platform.approvals.state import Approval, Step, Task
from dougong_platform.errors import NotFound
from dougong_platform.query.single import uuid_text
from dougong_tenants import TenantTransaction, json_parameter
from dougong_tenants.audit import circumstances

TOPIC = "approval"
_APPROVAL = (
    "id",
    "flow",
    "version",
    "object",
    "record",
    "title",
    "submitter",
    "submitted_at",
    "note",
    "state",
    "ended_at",
    "choices",
    "stage",
    "resume",
    "open",
    "deletes",
    "record_version",
    "turn",
    "urged_at",
)
_STEP = (
    "number",
    "node",
    "kind",
    "within",
    "branch",
    "state",
    "why",
    "resume",
    "asked_again",
    "branches",
    "entered_at",
    "left_at",
    "remind_at",
    "due_at",
)
_TASK = (
    "id",
    "step",
    "user",
    "kind",
    "state",
    "place",
    "parent",
    "position",
    "why",
    "automatic",
    "comment",
    "decided_by",
    "given_by",
    "opened_at",
    "closed_at",
    "seen_at",
)
_EVENT = ("action", "step", "node", "task", "actor", "behalf", "data")


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


_LOAD = f"select {_names(_APPROVAL)} from _approval where id = any(%(ids)s::uuid[]) order by id"
_STEPS = f"select approval, {_names(_STEP)} from _approval_step where approval = any(%(ids)s::uuid[]) order by number"
_TASKS = (
    f"select approval, {_names(_TASK)} from _approval_task where approval = any(%(ids)s::uuid[])"
    " order by approval, step, position, opened_at, id"
)


def _upsert(table: str, columns: Sequence[str], types: str, key: tuple[str, ...]) -> str:
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in key)
    return (
        f"insert into {table} (approval, {_names(columns)}) select approval, {_names(columns)}"
        f" from jsonb_to_recordset(%(rows)s::jsonb) as r (approval uuid, {types})"
        f" on conflict ({', '.join(key)}) do update set {sets}"
    )


_SAVE_APPROVALS = f"""
insert into _approval ({_names(_APPROVAL)}) select {_names(_APPROVAL)} from jsonb_to_recordset(%(rows)s::jsonb) as r (
  id uuid, flow text, version integer, object text, record uuid, title text, submitter uuid, submitted_at timestamptz,
  note text, state text, ended_at timestamptz, choices jsonb, stage jsonb, resume jsonb, open jsonb, deletes boolean,
  record_version integer, turn integer, urged_at timestamptz)
on conflict (id) do update set {", ".join(f'"{n}" = excluded."{n}"' for n in _APPROVAL if n != "id")}
"""
_SAVE_STEPS = _upsert(
    "_approval_step",
    _STEP,
    "number integer, node text, kind text, within integer, branch text, state text, why jsonb, resume jsonb,"
    " asked_again jsonb, branches jsonb, entered_at timestamptz, left_at timestamptz, remind_at timestamptz,"
    " due_at timestamptz",
    ("approval", "number"),
)
_SAVE_TASKS = _upsert(
    "_approval_task",
    _TASK,
    'id uuid, step integer, "user" uuid, kind text, state text, place text, parent uuid, position integer, why jsonb,'
    " automatic text, comment text, decided_by uuid, given_by uuid, opened_at timestamptz, closed_at timestamptz,"
    " seen_at timestamptz",
    ("id",),
)
_NOTE = """
insert into _approval_event (approval, actor, behalf, action, step, node, task, via, address, data)
select approval, actor, behalf, action, step, node, task, via, address, data
  from jsonb_to_recordset(%(rows)s::jsonb) as r (
    approval uuid, actor uuid, behalf uuid, action text, step integer, node text, task uuid, via text, address text,
    data jsonb)
"""
_TELL = "insert into _outbox (topic, payload) select %(topic)s, value from jsonb_array_elements(%(rows)s::jsonb)"


@dataclass(slots=True)
class Loaded:
    """An approval, and how it was when it was loaded (None: it is new)."""

    approval: Approval
    before: Approval | None


def load(tx: TenantTransaction, id: str, *, lock: bool = False) -> Loaded:
    """One approval. `lock`: nobody else moves it until the transaction ends. Raises NotFound."""
    found = load_all(tx, [id], lock=lock)
    if not found:
        raise NotFound
    return found[0]


def load_all(tx: TenantTransaction, ids: Sequence[str], *, lock: bool = False) -> list[Loaded]:
    """Those that are there, by id; they are locked in that order."""
    wanted = [one for one in map(uuid_text, ids) if one is not None]
    values = {"ids": "{" + ",".join(wanted) + "}"}
    if not wanted:
        return []
    text = f"{_LOAD} for update" if lock else _LOAD
    approvals, steps, tasks = tx.together((text, values), (_STEPS, values), (_TASKS, values))
    found = {row[0]: Approval(**dict(zip(_APPROVAL, row, strict=True))) for row in approvals.rows}
    for row in steps.rows:
        if row[0] in found:
            found[row[0]].steps.append(Step(**dict(zip(_STEP, row[1:], strict=True))))
    for row in tasks.rows:
        if row[0] in found:
            found[row[0]].tasks.append(Task(**dict(zip(_TASK, row[1:], strict=True))))
    return [Loaded(one, one.copied()) for one in found.values()]


@dataclass(slots=True)
class Moved:
    """An approval that was moved: what is to be saved."""

    loaded: Loaded
    machine: Machine
    event: str | None = None  # what people are told of the whole: submitted, approved …

    @property
    def approval(self) -> Approval:
        return self.loaded.approval


def save(tx: TenantTransaction, moved: Sequence[Moved], via: str | None) -> None:
    """Save what changed, the history of it, and one outbox row for each approval."""
    approvals, steps, tasks, events, told = [], [], [], [], []
    for one in moved:
        approval, before = one.approval, one.loaded.before
        if before is not None:
            approval.turn += 1
        fresh = _changed(approval.tasks, {t.id: t for t in before.tasks} if before else {}, lambda t: t.id)
        approvals.append({name: getattr(approval, name) for name in _APPROVAL})
        steps += _rows(
            approval, _changed(approval.steps, dict(enumerate(before.steps, 1)) if before else {}, _number), _STEP
        )
        tasks += _rows(approval, fresh, _TASK)
        events += [_event(approval, happened, via) for happened in one.machine.happened]
        told.append(_told(one, before))
    parts = (
        (_SAVE_APPROVALS, approvals),
        (_SAVE_STEPS, steps),
        (_SAVE_TASKS, tasks),
        (_NOTE, events),
        (_TELL, told),
    )
    tx.together(*((text, {"rows": json_parameter(rows), "topic": TOPIC}) for text, rows in parts if rows))


def _number(step: Step) -> int:
    return step.number


def _changed(now: Iterable[Any], before: dict[Any, Any], key: Any) -> list[Any]:
    return [one for one in now if before.get(key(one)) != one]


def _rows(approval: Approval, parts: Iterable[Any], columns: Sequence[str]) -> list[dict[str, Any]]:
    return [{"approval": approval.id, **{name: getattr(part, name) for name in columns}} for part in parts]


def _event(approval: Approval, happened: Happened, via: str | None) -> dict[str, Any]:
    said = {name: getattr(happened, name) for name in _EVENT}
    address = circumstances().ip if happened.actor is not None else None
    return said | {"approval": approval.id, "via": happened.via or via, "address": address}


def _told(one: Moved, before: Approval | None) -> dict[str, Any]:
    known = {task.id for task in before.tasks} if before is not None else set()
    opened = {task.id for task in before.tasks if task.is_open} if before is not None else set()
    fresh = [t.id for t in one.approval.tasks if t.is_open and (t.id not in known or t.id not in opened)]
    return {
        "approval": one.approval.id,
        "turn": one.approval.turn,
        "tasks": fresh,
        "event": one.event or one.machine.outcome,
        "outcome": one.machine.outcome,  # with "submitted", where it came to its end at once
        "nodes": one.machine.done,
    }
