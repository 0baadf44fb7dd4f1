"""Random flows, random people, random actions through the real functions on real tables: the promises that hold of
every approval hold after each step (tests/support/approval_promises.py).

DOUGONG_TEST_SEED draws other flows than those of every run.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from any_flows import documents
from approval_promises import Looked, frozen, same
from approving import PEOPLE, Approving, make_approving
from dougong_metadata.documents import Document
from dougong_metadata.errors import Fault
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_platform import records
from dougong_platform.approvals.clock.limits import answer_due
from dougong_platform.approvals.moves import asking, governing
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.people import delegations
from dougong_platform.approvals.running.store import load
from dougong_platform.approvals.state import Approval, Task
from dougong_platform.http.caller import Caller
from dougong_platform.releases.publish import publish
from dougong_tenants.people import activate_user, deactivate_user

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("DOUGONG_TEST_SEED", "5"))
FLOWS = 40
EXAMPLES = int(os.environ.get("DOUGONG_TEST_EXAMPLES", "50"))
OTHERS = tuple(PEOPLE)  # everybody but the one administrator who stays
CHANCE = st.integers(0, 2**32).map(random.Random)


@pytest.fixture(scope="module")
def company(make_database: Callable[..., str]) -> Iterator[Approving]:
    made = make_approving(make_database(), documents(SEED, FLOWS))
    yield made
    made.database.close()


class Company(RuleBasedStateMachine):
    """Purchases that go through approvals; `company` is set by the test."""

    company: Approving
    seen: Counter[str]
    published: Model | None = None  # what was in force before something else was published

    def __init__(self) -> None:
        super().__init__()
        for table in ("_approval_delegation", "_approval", "_approval_version", "_outbox", "supplier"):
            self.company.run(f"delete from {table}")
        for who in set(PEOPLE) - set(self.active()):
            activate_user(self.company.database, self.company.tenant, self.company.people[who])
        for who, (_, manager, _) in PEOPLE.items():
            self.manage(who, manager)
        self.company.change("gus", title="Back")  # from here on everybody sees it
        if type(self).published:
            publish(self.company.database, self.company.tenant, model=type(self).published)
            type(self).published = None
        self.names = {id: who for who, id in self.company.people.items()}
        self.sent: list[str] = []
        self.over: dict[str, Any] = {}
        self.touched: set[str] = set()

    # Who, and on what

    def caller(self, who: str) -> Caller:
        return self.company.caller(who)

    def active(self) -> list[str]:
        rows = self.company.rows("select id from \"user\" where active and kind = 'person'")
        there = {id for (id,) in rows}
        return sorted(who for who, id in self.company.people.items() if id in there)

    def manage(self, who: str, manager: str | None) -> None:
        """Straight into the table: what people may not do, an import by hand may have done."""
        people = self.company.people
        values = [people[manager] if manager else None, people[who]]
        self.company.run('update "user" set manager = %s::uuid where id = %s::uuid', values)

    def loaded(self, id: str) -> Approval:
        with self.company.database.transaction(self.company.tenant) as tx:
            return load(tx, id).approval

    def some(self, chance: random.Random, *states: str) -> Approval | None:
        """An approval, of these states where there is one."""
        found = [self.loaded(id) for id in self.sent]
        wanted = [one for one in found if one.state in states] or found
        return chance.choice(wanted) if wanted else None

    def asked(self, chance: random.Random, kind: str = "decide") -> tuple[Approval, str] | None:
        """A running approval, and mostly one of those who are asked there."""
        approval = self.some(chance, "running")
        if approval is None:
            return None
        users = [t.user for t in approval.tasks if t.is_open and t.kind == kind]
        anybody = not users or chance.random() < 0.1
        who = chance.choice(self.active()) if anybody else self.names[chance.choice(users)]
        return (approval, who) if who in self.active() else None

    def may_decide(self, approval: Approval, who: str) -> bool:
        """By the words: somebody asked, or a delegate of somebody asked, for this flow and now; not the submitter for
        another."""
        user = self.company.people[who]
        asked = {t.user for t in approval.tasks if t.is_open and t.kind == "decide"}
        for_whom = self.company.rows(
            'select "user", flows from _approval_delegation where delegate = %s and starts_at <= now()'
            " and (ends_at is null or ends_at > now())",
            [user],
        )
        acts = {one for one, flows in for_whom if not flows or approval.flow in flows}
        may = user in asked or (bool(asked & acts) and approval.submitter != user)
        return may and approval.state == "running"

    def done(self, approval: Approval, work: Callable[[], Approval]) -> Approval | None:
        """What came of it, held to what is stored; None where it was refused."""
        self.touched.add(approval.id)
        before, refused = frozen(approval), None
        try:
            after = work()
        except Fault as fault:
            refused = fault
        if refused is not None:
            assert refused.status < 500, refused
            assert frozen(self.loaded(approval.id)) == before, "what is refused changes nothing"
            return None
        assert same(after, self.loaded(approval.id)), "what is stored is what was moved"
        return after

    # What people do

    @initialize(chance=CHANCE)
    def first(self, chance: random.Random) -> None:
        for _ in range(2):
            self.send(chance)

    @rule(chance=CHANCE)
    def send(self, chance: random.Random) -> None:
        if sum(self.loaded(id).is_live for id in self.sent) >= 3:
            return
        who = chance.choice([one for one in ("dan", "bea", "cat") if one in self.active()] or ["ann"])
        values = {
            "total": chance.choice(["10", "100"]),
            "cost": chance.choice(["10", "100"]),
            "discount": chance.choice(["0.1", "0.9"]),
            "reviewer": chance.choice([None, *self.company.people.values()]),
        }
        id = self.company.purchase(who, title=f"Paper {chance.random()}", **values)
        (answer,) = submit(self.caller(who), f"f{chance.randrange(FLOWS)}", "purchase", [id])
        assert answer.problem is None, answer.problem
        self.sent.append(str(answer.approval))
        self.touched.add(str(answer.approval))

    @rule(chance=CHANCE)
    def agree(self, chance: random.Random) -> None:
        self.answer(chance, "approve")

    @rule(chance=CHANCE, times=st.integers(2, 4))
    def agree_again_and_again(self, chance: random.Random, times: int) -> None:
        for _ in range(times):
            self.answer(chance, "approve")
            self.every_promise_is_kept()

    @rule(chance=CHANCE)
    def refuse(self, chance: random.Random) -> None:
        self.answer(chance, "reject")

    @rule(chance=CHANCE)
    def give_back(self, chance: random.Random) -> None:
        self.answer(chance, "return")

    def answer(self, chance: random.Random, verdict: str) -> None:
        found = self.asked(chance)
        if found is None:
            return
        approval, who = found
        more: dict[str, Any] = {"comment": "Because."}
        if verdict == "return":
            more |= {"to": chance.choice([None, *{s.node for s in approval.steps}]), "back": chance.random() < 0.5}
        elif verdict == "approve" and chance.random() < 0.2:
            more["add_after"] = [chance.choice(list(self.company.people.values()))]
        elif verdict == "approve" and chance.random() < 0.1:
            more["values"] = {"note": "changed"}
        may = self.may_decide(approval, who)
        after = self.done(approval, lambda: decide(self.caller(who), approval.id, verdict, **more))
        assert may or after is None, "somebody decided who is not asked"
        if verdict == "approve" and may and len(more) == 1:
            assert after is not None, "whoever is asked may agree"

    @rule(chance=CHANCE, what=st.sampled_from(["transfer", "before", "consult"]))
    def ask_others(self, chance: random.Random, what: str) -> None:
        found = self.asked(chance)
        if found is None:
            return
        (approval, who), users = found, list(self.company.people.values())
        may = self.may_decide(approval, who)
        some = chance.sample(users, chance.randint(1, 2))
        works: dict[str, Callable[[], Approval]] = {
            "transfer": lambda: asking.transfer(self.caller(who), approval.id, some[0]),
            "before": lambda: asking.add_before(self.caller(who), approval.id, some),
            "consult": lambda: asking.consult(self.caller(who), approval.id, some, "Well?"),
        }
        after = self.done(approval, works[what])
        assert may or after is None, "somebody handed on who is not asked"

    @rule(chance=CHANCE)
    def say(self, chance: random.Random) -> None:
        found = self.asked(chance, "consult")
        if found is not None:
            approval, who = found
            self.done(approval, lambda: asking.opine(self.caller(who), approval.id, "It is well."))
            self.done(self.loaded(approval.id), lambda: asking.comment(self.caller("ann"), approval.id, "So it is."))

    @rule(chance=CHANCE)
    def take_back(self, chance: random.Random) -> None:
        approval = self.some(chance, "running", "returned")
        if approval is None:
            return
        who = self.names[str(approval.submitter)]
        if chance.random() < 0.3:
            self.done(approval, lambda: asking.urge(self.caller(who), approval.id))
        elif chance.random() < 0.3:
            self.done(approval, lambda: governing.recall(self.caller(who), approval.id))

    @rule(chance=CHANCE)
    def send_again(self, chance: random.Random) -> None:
        approval = self.some(chance, "returned")
        if approval is not None and approval.state == "returned":
            who = self.names[str(approval.submitter)]
            if chance.random() < 0.5:
                row = {"id": approval.record, "total": chance.choice(["10", "100"])}
                records.update(self.caller("ann"), "purchase", [row])
            assert self.done(approval, lambda: governing.resubmit(self.caller(who), approval.id)) is not None

    @rule(chance=CHANCE, what=st.sampled_from(["reassign", "reassign", "jump", "end"]))
    def intervene(self, chance: random.Random, what: str) -> None:
        approval = self.some(chance, "running")
        if approval is None or (what == "end" and chance.random() < 0.5):
            return
        open_ones: list[Task] = [t for t in approval.tasks if t.state in ("open", "waiting") and t.kind != "cc"]
        to = chance.choice(list(self.company.people.values()))
        node = chance.choice([step.node for step in approval.steps] or ["n1"])
        task, ending = (chance.choice(open_ones).id if open_ones else ""), chance.choice(governing.ENDINGS)
        works: dict[str, Callable[[], Approval]] = {
            "reassign": lambda: governing.reassign(self.company.admin, approval.id, task, to, "Away."),
            "jump": lambda: governing.jump(self.company.admin, approval.id, node, "In a hurry."),
            "end": lambda: governing.end(self.company.admin, approval.id, ending, "Enough."),
        }
        self.done(approval, works[what])

    # What happens around them

    @rule(chance=CHANCE)
    def delegate(self, chance: random.Random) -> None:
        who, to = chance.sample(list(self.company.people), 2)
        flows = [f"f{chance.randrange(FLOWS)}"] if chance.random() < 0.3 else []
        if who in self.active() and to in self.active():
            made = delegations.create(self.caller(who), delegate=self.company.people[to], flows=flows)
            if chance.random() < 0.3:
                delegations.end(self.caller(who), made.id)

    @rule(chance=CHANCE)
    def leave_or_come(self, chance: random.Random) -> None:
        found = self.asked(chance)
        who = found[1] if found is not None and found[1] in OTHERS and chance.random() < 0.7 else chance.choice(OTHERS)
        change = deactivate_user if who in self.active() else activate_user
        change(self.company.database, self.company.tenant, self.company.people[who])
        if chance.random() < 0.5:
            self.time_goes_by(chance)

    @rule(chance=CHANCE)
    def get_another_manager(self, chance: random.Random) -> None:
        who, manager = chance.sample(OTHERS, 2)  # circles are welcome
        self.manage(who, manager)
        self.company.change(who, title=f"{chance.random()}")

    @rule(chance=CHANCE)
    def change_the_record(self, chance: random.Random) -> None:
        approval = self.some(chance, "running")
        if approval is not None:
            field, value = chance.choice([("total", "10"), ("total", "100"), ("cost", "100"), ("discount", "0.9")])
            self.company.run(f'update purchase set "{field}" = %s where id = %s::uuid', [value, approval.record])

    @rule(chance=CHANCE)
    def time_goes_by(self, chance: random.Random) -> None:
        approval = self.some(chance, "running")
        if approval is not None and chance.random() < 0.5:
            due = "due_at = now() - interval '1 minute', remind_at = null"
            self.company.run(
                f"update _approval_step set {due} where approval = %s::uuid and state = 'open' and due_at is not null",
                [approval.id],
            )
        answer_due(self.company.database, self.company.tenant)
        self.touched.update(self.sent)
        for id in self.sent:
            self.somebody_can_go_on(self.loaded(id))

    def somebody_can_go_on(self, approval: Approval) -> None:
        """Where it runs somebody active is asked, or somebody active decides for one who is."""
        if approval.state == "running":
            waits = [(self.names.get(t.user), t.state, t.place) for t in approval.tasks if t.kind == "decide"]
            there = self.active()
            assert any(self.may_decide(approval, who) for who in there), (
                "it waits for nobody who is there",
                waits,
                there,
            )

    @rule(chance=CHANCE)
    def publish_another_version(self, chance: random.Random) -> None:
        approval = self.some(chance, "running")
        if approval is None or type(self).published or chance.random() < 0.7:
            return
        type(self).published = self.company.admin.model
        known = {k: d.json() for k, d in self.company.admin.model.documents.items() if not d.body.get("system")}
        other = known["approval", f"f{chance.randrange(FLOWS)}"]
        known["approval", approval.flow] = {**other, "name": approval.flow}
        model = compile_model([Document.of(one) for one in known.values()])
        publish(self.company.database, self.company.tenant, model=model)

    # What always holds

    @invariant()
    def every_promise_is_kept(self) -> None:
        for id in self.touched:
            looked = Looked(self.company, id)
            looked.check()
            if not looked.approval.is_live:
                now = frozen(looked.approval)
                assert self.over.setdefault(id, now) == now, "nothing changes once it is over"
        self.touched.clear()

    def teardown(self) -> None:
        """The worker does what waits: each approval that was approved has its action, and has it once."""
        self.seen.update(action for (action,) in self.company.rows("select action from _approval_event"))
        self.company.relay()
        assert self.company.rows("select count(*) from _outbox where dead") == [(0,)]
        approved = [one.title for one in map(self.loaded, self.sent) if one.state == "approved"]
        made = [name for (name,) in self.company.rows("select name from supplier")]
        assert sorted(made) == sorted(approved)


def test_random_flows_keep_their_promises(company: Approving) -> None:
    class Here(Company):
        pass

    Here.company, Here.seen = company, Counter()
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    print(f"\n{dict(Here.seen)}")
    assert {"approved", "rejected", "returned", "ended_approved"} <= set(Here.seen), "it came to nothing"
