"""The way of a record through a flow: the one that it would take, by the machine run ahead, and the one it took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dougong_metadata.model.approval_types import ApprovalModel, TimeLimit
from dougong_platform.approvals.running.route import run_ahead
from dougong_platform.approvals.running.world import Known
from dougong_platform.approvals.state import Approval
from dougong_platform.approvals.try_out.past import Then
from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction

_STEPS = """
select s.approval, s.node, s.kind, s.state, s.branches, s.number from _approval_step s
 where s.approval = any(%(ids)s::uuid[]) order by s.approval, s.number
"""
_TASKS = """
select t.approval, t.step, t."user", t.state, t.position, t.opened_at, t.closed_at from _approval_task t
 where t.approval = any(%(ids)s::uuid[]) and t.kind <> 'consult' and t.place = 'base' and t.given_by is null
 order by t.approval, t.step, t.position, t.opened_at, t.id
"""
_ENDS = """
select a.id, a.state, a.state = 'approved' and not exists (
         select from _approval_event e where e.approval = a.id and e.action in ('ended', 'jumped'))
  from _approval a where a.id = any(%(ids)s::uuid[])
"""
_BACK = ("returned", "interrupted")


@dataclass(frozen=True, slots=True)
class Visit:
    """One node on the way: who is asked there (or gets a copy), and which branches are entered."""

    node: str
    kind: str
    state: str
    people: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()


Way = tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an approval. `way`: its nodes, each once, up to where it was first sent back; `whole`: it went to
    the end by itself."""

    state: str
    whole: bool
    way: Way


class Past(Known):
    """The record of a try-out: nobody is waited for."""

    def deadline(self, limit: TimeLimit) -> tuple[str | None, str | None]:
        return None, None


def would_take(flow: ApprovalModel, then: Then, world: Past) -> tuple[str, Way]:
    """(how it ends if everybody approves, the way)."""
    approval = Approval("", flow.name, 0, flow.object, then.record, "", then.submitter, choices=then.choices)
    ended = run_ahead(flow, approval, world).approval
    people: dict[int, list[str]] = {}
    for task in ended.tasks:
        people.setdefault(task.step, []).append(task.user)
    steps = ended.steps
    visits = (Visit(s.node, s.kind, s.state, tuple(people.get(s.number, ())), tuple(s.branches)) for s in steps)
    return ended.state, _each_once(visits)


def taken(tx: TenantTransaction, ids: Sequence[str]) -> dict[str, Taken]:
    """What became of these approvals."""
    values = {"ids": array_text(ids)}
    steps, tasks, ends = tx.together((_STEPS, values), (_TASKS, values), (_ENDS, values))
    people = {key: _first_asked(list(rows)) for key, rows in groupby(tasks.rows, lambda row: (row[0], row[1]))}
    ways = {id: list(rows) for id, rows in groupby(steps.rows, lambda row: str(row[0]))}
    return {id: _taken(state, whole, ways.get(id, []), people) for id, state, whole in ends.rows}


def _taken(
    state: str, whole: bool, rows: Sequence[tuple[Any, ...]], people: dict[tuple[str, int], tuple[str, ...]]
) -> Taken:
    visits = []
    for approval, node, kind, how, branches, number in rows:
        visits.append(Visit(node, kind, how, people.get((approval, number), ()), tuple(branches)))
        if how in _BACK:
            return Taken(state, False, _each_once(visits))
    return Taken(state, whole, _each_once(visits))


def _first_asked(rows: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    """Without those who were asked later in somebody's place."""
    given = [(row[4], row[6]) for row in rows if row[3] == "transferred" and row[6] is not None]
    return tuple(row[2] for row in rows if not any(row[4] == place and row[5] >= closed for place, closed in given))


def _each_once(visits: Iterable[Visit]) -> Way:
    found: dict[str, Visit] = {}
    for one in visits:
        found.setdefault(one.node, one)
    return tuple(found.values())
