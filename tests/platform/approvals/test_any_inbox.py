"""Any inbox: random approvals, tasks and delegations, and for everybody each box page by page against what its words
say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from approval_rows import add_rows, clear
from approving import Approving
from dougong_platform.approvals.reading.inbox import counts, inbox
from dougong_platform.approvals.reading.inbox_statements import BOXES, CLOSED

FLOWS = ("simple", "by_amount", "experts")
TASK_STATES = ("open", "open", "open", "waiting", "cancelled", "seen", *CLOSED)
_ADD = """
insert into _approval (id, flow, version, object, record, title, submitter, submitted_at, state)
select id, flow, 1, 'purchase', gen_random_uuid(), title, submitter, submitted_at, state
  from jsonb_to_recordset(%(approvals)s::jsonb)
       as r (id uuid, flow text, title text, submitter uuid, submitted_at timestamptz, state text)
"""
_STEPS = """
insert into _approval_step (approval, number, node, kind, state)
select id, 1, 'supervisor', 'approve', 'open' from _approval a
 where not exists (select 1 from _approval_step s where s.approval = a.id)
"""
_TASKS = """
insert into _approval_task
       (id, approval, step, "user", kind, state, automatic, decided_by, opened_at, closed_at, seen_at)
select id, approval, 1, "user", kind, state, automatic, decided_by, opened_at, closed_at, seen_at
  from jsonb_to_recordset(%(tasks)s::jsonb)
       as r (id uuid, approval uuid, "user" uuid, kind text, state text, automatic text, decided_by uuid,
             opened_at timestamptz, closed_at timestamptz, seen_at timestamptz)
"""
_DELEGATIONS = """
insert into _approval_delegation (id, "user", delegate, flows, starts_at, ends_at)
select gen_random_uuid(), "user", delegate, array(select jsonb_array_elements_text(flows)),
       now() + starts * interval '1 hour', now() + ends * interval '1 hour'
  from jsonb_to_recordset(%(delegations)s::jsonb) as r ("user" uuid, delegate uuid, flows jsonb, starts int, ends int)
"""
Row = dict[str, Any]


@dataclass
class World:
    """What stands in the tables."""

    approvals: dict[str, Row]
    tasks: list[Row]
    delegations: list[Row]


@pytest.fixture(autouse=True)
def empty(approving: Approving) -> Iterator[None]:
    yield
    clear(approving)


def draw(company: Approving, seed: int) -> World:
    """Few people and moments, so that much coincides."""
    chance = random.Random(seed)
    people = [company.people[who] for who in ("bea", "cat", "dan", "eve")]

    def id() -> str:
        digits = f"{chance.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def moment() -> str:
        return f"2026-01-01T00:00:{chance.randrange(20):02}Z"

    approvals = [
        {
            "id": id(),
            "flow": chance.choice(FLOWS),
            "title": chance.choice(("Paper", "Ink", "100% _wool_")),
            "submitter": chance.choice([*people, None]),
            "submitted_at": moment(),
            "state": chance.choice(("running", "running", "returned", "approved", "rejected")),
        }
        for _ in range(40)
    ]
    tasks = []
    for _ in range(120):
        state, kind = chance.choice(TASK_STATES), chance.choice(("decide", "decide", "consult", "cc"))
        if kind == "cc":
            state = chance.choice(("open", "seen"))
        tasks.append(
            {
                "id": id(),
                "approval": chance.choice(approvals)["id"],
                "user": chance.choice(people),
                "kind": kind,
                "state": state,
                "automatic": chance.choice((None, None, None, "same")) if state == "approved" else None,
                "decided_by": chance.choice((None, None, *people)) if state in CLOSED else None,
                "opened_at": moment(),
                "closed_at": moment() if state in CLOSED else None,
                "seen_at": moment() if state == "seen" else None,
            }
        )
    delegations = []
    for _ in range(chance.randrange(8)):
        starts = chance.choice((-5, -5, 3))
        delegations.append(
            {
                "user": chance.choice(people),
                "delegate": chance.choice(people),
                "flows": chance.sample(FLOWS, chance.choice((0, 0, 1, 2))),
                "starts": starts,
                "ends": chance.choice((None, -2, 7)),
            }
        )
    return World({one["id"]: one for one in approvals}, tasks, delegations)


def keep(company: Approving, world: World) -> None:
    for flow in FLOWS:
        add_rows(company, "gus", 1, flow=flow, submitter="gus")  # its versions
    company.run("delete from _approval")
    company.run(_ADD, {"approvals": orjson.dumps(list(world.approvals.values())).decode()})
    company.run(_STEPS)
    company.run(_TASKS, {"tasks": orjson.dumps(world.tasks).decode()})
    company.run(_DELEGATIONS, {"delegations": orjson.dumps(world.delegations).decode()})


def acts_for(world: World, me: str, task: Row) -> bool:
    approval = world.approvals[task["approval"]]
    if approval["submitter"] == me or task["user"] == me:
        return False
    return any(
        one["delegate"] == me
        and one["user"] == task["user"]
        and one["starts"] <= 0
        and (one["ends"] is None or one["ends"] > 0)
        and (not one["flows"] or approval["flow"] in one["flows"])
        for one in world.delegations
    )


def expected(world: World, me: str, box: str) -> list[str]:
    """The ids of the tasks (of the approvals, in the box submitted) in the order of the box."""
    if box == "submitted":
        mine = [one for one in world.approvals.values() if one["submitter"] == me]
        return in_order(mine, "submitted_at")
    if box == "cc":
        return in_order([one for one in world.tasks if one["user"] == me and one["kind"] == "cc"], "opened_at")
    if box == "todo":
        found = [
            one
            for one in world.tasks
            if one["state"] == "open"
            and one["kind"] != "cc"
            and world.approvals[one["approval"]]["state"] == "running"
            and (one["user"] == me or acts_for(world, me, one))
        ]
        return in_order(found, "opened_at")
    done = [one for one in world.tasks if one["state"] in CLOSED and (his(one, me) or his_doing(one, me))]
    return in_order(done, "closed_at")


def his(task: Row, me: str) -> bool:
    """What he was asked and what was answered: by himself, or by somebody for him; nobody took it away from him."""
    taken_away = task["state"] == "transferred" and task["decided_by"] not in (None, me)
    return task["user"] == me and task["automatic"] is None and not taken_away


def his_doing(task: Row, me: str) -> bool:
    return bool(task["user"] != me and task["decided_by"] == me)


def in_order(rows: list[Row], moment: str) -> list[str]:
    first = sorted(rows, key=lambda one: one["id"])
    return [one["id"] for one in sorted(first, key=lambda one: one[moment], reverse=True)]


@pytest.mark.parametrize("seed", range(6))
def test_every_box_holds_what_its_words_say_page_by_page(approving: Approving, seed: int) -> None:
    world = draw(approving, seed)
    keep(approving, world)
    for who in ("bea", "cat", "dan", "eve", "gus"):
        caller, me = approving.caller(who), approving.people[who]
        for box in BOXES:
            wanted = expected(world, me, box)
            assert paged(caller, box, 1 + seed) == wanted, (who, box)
            of_flow = [id for id in wanted if approval_of(world, id)["flow"] == "simple"]
            assert paged(caller, box, 3, flow="simple") == of_flow, (who, box)
            of_words = [id for id in wanted if approval_of(world, id)["title"] == "100% _wool_"]
            assert paged(caller, box, 2, search="% _W") == of_words, (who, box)
        live = [one for one in world.approvals.values() if one["submitter"] == me]
        assert counts(caller) == {
            "todo": len(expected(world, me, "todo")),
            "submitted": sum(one["state"] in ("running", "returned") for one in live),
            "cc": sum(one["user"] == me and one["kind"] == "cc" and one["seen_at"] is None for one in world.tasks),
        }


def approval_of(world: World, id: str) -> Row:
    if id in world.approvals:
        return world.approvals[id]
    return world.approvals[next(one["approval"] for one in world.tasks if one["id"] == id)]


def paged(caller: Any, box: str, limit: int, **more: Any) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = inbox(caller, box, limit=limit, cursor=cursor, **more)
        assert len(page.rows) <= limit
        found += [str(row.task or row.approval) for row in page.rows]
        cursor = page.next
        if cursor is None:
            return found
