"""Thousands of random flows, taken through random decisions: the machine comes to what the words of the documentation
say, after each step (tests/support/approval_oracle.py)."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
import pytest

from approval_oracle import Oracle, Person, Visit
from approval_trees import Node, Trees, flat
from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.expressions import Checked
from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode, TimeLimit
from dougong_metadata.model.compile import compile_model
from dougong_platform.approvals.machine import (
    Machine,
    add_before,
    approve,
    hand_on,
    last_visit,
    refuse,
    resubmitted,
    send_back,
    start,
)
from dougong_platform.approvals.state import RETURNED, Approval, Found, Search, Step, Task, Text

FLOWS = int(os.environ.get("DOUGONG_TEST_FLOWS", "600"))
STEPS = 30
PEOPLE = [f"u{number}" for number in range(8)]
SUBMITTER = PEOPLE[0]
CONDITIONS = [f"f{number}" for number in range(6)]
BOOK = Document(
    "object",
    "book",
    {"name_field": "title", "fields": {"title": {"type": "text"}, **{f: {"type": "boolean"} for f in CONDITIONS}}},
)
WHY: Text = {"en": "because", "zh": "因为"}


class Drawn:
    """The world of a drawn flow: which conditions hold, and whom the rules of each node find."""

    now = "2026-03-02T08:00:00Z"

    def __init__(self, facts: Mapping[str, bool], found: Mapping[str, tuple[str, Sequence[str]]], own: bool) -> None:
        self.facts, self.found, self.own, self._ids = facts, found, own, 0

    def holds(self, condition: Checked) -> bool:
        return self.facts[condition.text]

    def saw(self, condition: Checked) -> Mapping[str, Any]:
        return {condition.text: self.facts[condition.text]}

    def search(self, approval: Approval, node: ApprovalNode) -> Search:
        outcome, users = self.found[node.name]
        return Search(outcome, tuple(Found(user, WHY) for user in users), why=WHY, own=self.own and SUBMITTER in users)

    def administrators(self) -> Search:
        raise AssertionError("nothing fails here")

    def copied(self, approval: Approval, node: ApprovalNode) -> Sequence[str]:
        return PEOPLE[:2]

    def deadline(self, limit: TimeLimit) -> tuple[str | None, str | None]:
        return None, None

    def act(self, approval: Approval, node: ApprovalNode) -> Text | None:
        return None

    def new_id(self) -> str:
        self._ids += 1
        return f"t{self._ids}"


def approve_node(chance: random.Random) -> Node:
    node: Node = {"by": [{"user": "somebody@example.test"}], "need": chance.choice(["any", "all", "sequence", "all"])}
    if chance.random() < 0.25:
        node |= {"need": "count", "count": chance.randint(1, 4), "by": [{"permission_set": "administrator"}]}
    return node | {"same": chance.choice(["ask", "once", "consecutive"])}


def draw_flow(chance: random.Random) -> tuple[list[Node], ApprovalModel]:
    """Nodes, as they are said and compiled; drawn again where a branch would never be taken."""
    while True:
        nodes = Trees(chance, CONDITIONS, approve_node).nodes()
        try:
            model = compile_model([BOOK, Document("approval", "drawn", {"object": "book", "nodes": nodes})])
        except InvalidDocuments as refused:
            if {problem.code for problem in refused.problems} - {"never_holds", "unreachable"}:
                raise
        else:
            return nodes, model.approvals["drawn"]


def draw_search(chance: random.Random) -> tuple[str, list[str]]:
    outcome = chance.choice(["ask"] * 9 + ["skip", "refuse"])
    return outcome, chance.sample(PEOPLE, chance.randint(1, 4)) if outcome == "ask" else []


def stored(approval: Approval) -> Approval:
    """What the tables would give back."""
    said = orjson.loads(orjson.dumps(asdict(approval)))
    steps, tasks = [Step(**one) for one in said.pop("steps")], [Task(**one) for one in said.pop("tasks")]
    return Approval(**said, steps=steps, tasks=sorted(tasks, key=lambda t: (t.step, t.position, t.id)))


class Play:
    """One flow, taken through by the machine and by the oracle; `trail` is told where they disagree."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.nodes, self.flow = draw_flow(self.chance)
        facts = {one: self.chance.random() < 0.5 for one in CONDITIONS}
        found = {one["name"]: draw_search(self.chance) for one in flat(self.nodes) if one["kind"] == "approve"}
        own = self.chance.random() < 0.5
        self.world = Drawn(facts, found, own)
        self.oracle = Oracle(self.nodes, facts, found, SUBMITTER if own else None)
        self.approval = Approval("a", "drawn", 1, "book", "r", "A book", SUBMITTER)
        self.trail: list[str] = [str(facts), str(found)]
        start(self.machine())

    def machine(self) -> Machine:
        self.approval = stored(self.approval)
        return Machine(self.approval, self.flow, self.world, SUBMITTER)

    def check(self) -> None:
        open_ones = [t for t in self.approval.tasks if t.kind == "decide" and t.is_open]
        asked = sorted((self.approval.step(task.step).node, task.user) for task in open_ones)
        state = {"running": "pending"}.get(self.approval.state, self.approval.state)
        assert (state, asked) == (self.oracle.state, self.oracle.asked), self.trail
        check_shape(self.approval)

    def task_of(self, visit: Visit, person: Person) -> Task:
        (found,) = [
            task
            for task in self.approval.tasks
            if task.is_open and task.user == person.user and self.approval.step(task.step).node == visit.node["name"]
        ]
        return found

    def go_on(self) -> None:
        """Somebody does something."""
        machine, chance = self.machine(), self.chance
        if self.approval.state == RETURNED:
            self.trail.append("resubmitted")
            resubmitted(machine)
            self.oracle.resubmit()
            return
        visit, person = chance.choice(self.oracle.open)
        task = self.task_of(visit, person)
        free = [one for one in PEOPLE if one not in {p.user for v in visit.people for p in v.all()}]
        others = ["before", "transfer"] if free else []
        what = chance.choice(["approve"] * 8 + ["reject", "return", "return", *others])
        self.trail.append(f"{visit.node['name']} {person.user} {what}")
        match what:
            case "approve":
                after = chance.sample(free, 1) if free and chance.random() < 0.2 else []
                approve(machine, task, after=after)
                self.oracle.approve(person, after)
            case "reject":
                refuse(machine, task)
                self.oracle.reject(person)
            case "before":
                users = chance.sample(free, min(len(free), chance.randint(1, 2)))
                add_before(machine, task, users, task.user)
                self.oracle.add_before(person, users)
            case "transfer":
                hand_on(machine, task, free[0], task.user)
                self.oracle.transfer(person, free[0])
            case "return":
                self.give_back(machine, visit, task)

    def give_back(self, machine: Machine, visit: Visit, task: Task) -> None:
        step = self.approval.step(task.step)
        nodes = [name for name, node in self.flow.nodes.items() if node.kind == "approve"]
        earlier = [name for name in nodes if last_visit(machine, name, step) is not None]
        assert sorted(earlier) == sorted(self.oracle.targets(visit)), self.trail
        target = self.chance.choice([None, *earlier])
        back = self.chance.random() < 0.5
        self.trail[-1] += f" to {target}{' and back' if back else ''}"
        send_back(machine, step, task, target or "submitter", back=back)
        self.oracle.give_back(target, back=back)


def check_shape(approval: Approval) -> None:
    """What holds of every approval, whatever its flow."""
    live = approval.state == "running"
    for step in approval.steps:
        closed = [t for t in approval.tasks_of(step) if t.kind != "cc" and t.state in ("open", "waiting")]
        assert step.is_open or not closed, f"somebody is asked at a step that is over: {step.node}"
        assert not (step.is_open and approval.state in ("approved", "rejected")), "something runs after the end"
        assert step.within is None or not step.is_open or approval.step(step.within).is_open
    assert not live or any(t.is_open and t.kind == "decide" for t in approval.tasks), "nobody is waited for"
    ids = [task.id for task in approval.tasks]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("part", range(5))
def test_every_flow_comes_to_what_its_words_say(part: int) -> None:
    ended = 0
    for seed in range(part, FLOWS, 5):
        play = Play(seed)
        play.check()
        for _ in range(STEPS):
            if play.approval.state not in ("running", "returned"):
                ended += 1
                break
            play.go_on()
            play.check()
    assert ended > FLOWS / 10, "most flows come to an end"
