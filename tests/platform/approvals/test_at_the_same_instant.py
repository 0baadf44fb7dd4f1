"""What people do at the same instant has exactly one outcome, and whoever was slower is told who was faster and with
what. Real threads over connections of their own, many rounds."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from approving import DOCUMENTS, Approving, make_approving
from dougong_metadata.documents import Document
from dougong_metadata.errors import Fault
from dougong_metadata.model.compile import compile_model
from dougong_platform import records
from dougong_platform.approvals.errors import AlreadyDone, FlowBroken, NotAsked, NotNow, NotSubmitted
from dougong_platform.approvals.moves.asking import add_before, transfer
from dougong_platform.approvals.moves.deciding import decide, decide_all
from dougong_platform.approvals.moves.governing import end, recall, resubmit
from dougong_platform.approvals.moves.submit import Submitted, submit
from dougong_platform.approvals.people.delegations import create as delegate
from dougong_platform.errors import RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.releases.publish import publish
from racing import again, faults, in_processes, together

ROUNDS = 50
FLOWS = """
---
kind: approval
name: one_of_two
object: purchase
nodes:
  - {name: either, kind: approve, by: [{user: eve@approving.test}, {user: fay@approving.test}], need: any}
---
kind: approval
name: both_of_two
object: purchase
nodes:
  - {name: both, kind: approve, by: [{user: eve@approving.test}, {user: fay@approving.test}], need: all}
---
kind: approval
name: two_of_three
object: purchase
nodes:
  - name: some
    kind: approve
    by: [{user: eve@approving.test}, {user: fay@approving.test}, {user: gus@approving.test}]
    need: count
    count: 2
---
kind: approval
name: side_by_side
object: purchase
nodes:
  - name: sides
    kind: parallel
    branches:
      - {name: law, nodes: [{name: lawyer, kind: approve, by: [{user: eve@approving.test}]}]}
      - {name: money, nodes: [{name: cashier, kind: approve, by: [{user: fay@approving.test}]}]}
  - {name: last, kind: approve, by: [{user: gus@approving.test}]}
"""


@pytest.fixture(scope="module")
def company(module_database_url: str) -> Iterator[Approving]:
    made = make_approving(module_database_url, DOCUMENTS + FLOWS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def people(company: Approving) -> dict[str, Caller]:
    return {who: company.caller(who) for who in company.people}


@pytest.fixture
def rounds(company: Approving, people: dict[str, Caller]) -> Callable[[str], list[str]]:
    """As many approvals of a flow as there are rounds."""

    def make(flow: str, count: int = ROUNDS) -> list[str]:
        rows = [{"title": f"{flow} {number}", "total": "100"} for number in range(count)]
        ids = [str(one.id) for one in records.create(people["dan"], "purchase", rows).records]
        answers = submit(people["dan"], flow, "purchase", ids)
        assert all(answer.problem is None for answer in answers)
        return [str(answer.approval) for answer in answers]

    return make


def submit_one(caller: Caller, flow: str, id: str) -> Submitted:
    return submit(caller, flow, "purchase", [id])[0]


def outcome(company: Approving, approval: str) -> tuple[str, int, int]:
    """Its state, its ends in the history, and its rows in the outbox beyond one for each turn."""
    ((state, turn),) = company.rows("select state, turn from _approval where id = %s::uuid", [approval])
    ends = company.rows(
        "select count(*) from _approval_event where approval = %s::uuid and action like 'ended\\_%%'", [approval]
    )
    told = "select count(*) from _outbox where topic = 'approval' and payload->>'approval' = %s"
    rows = company.rows(told, [approval])
    return str(state), int(ends[0][0]), int(rows[0][0]) - int(turn)


def test_of_two_who_decide_one_does_and_the_other_is_told_who(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    won: Counter[str] = Counter()
    for number, one in enumerate(rounds("one_of_two")):
        verdicts = {"eve": "approve", "fay": "approve" if number % 2 else "reject"}
        answers = together(*(partial(decide, people[who], one, verdict) for who, verdict in verdicts.items()))
        (told,) = faults(answers)
        faster = "fay" if answers[0] is told else "eve"
        assert isinstance(told, AlreadyDone)
        words = {"approve": "approved", "reject": "rejected"}
        assert told.message("en").startswith(f"{faster.title()} {words[verdicts[faster]]}")
        assert outcome(company, one) == (words[verdicts[faster]], 1, 0)
        won[faster] += 1
    print(f"\n{dict(won)}")


def test_both_of_two_agree_and_both_count(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    for one in rounds("both_of_two"):
        answers = together(*(partial(decide, people[who], one, "approve") for who in ("eve", "fay")))
        assert sorted(answer.state for answer in answers) == ["approved", "running"]
        assert outcome(company, one) == ("approved", 1, 0)


def test_of_three_two_are_enough(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    for one in rounds("two_of_three"):
        answers = together(*(partial(decide, people[who], one, "approve") for who in ("eve", "fay", "gus")))
        (told,) = faults(answers)
        assert isinstance(told, AlreadyDone)
        assert outcome(company, one) == ("approved", 1, 0)


def test_an_approval_and_a_recall(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    for one in rounds("one_of_two"):
        approved, recalled = together(
            partial(decide, people["eve"], one, "approve"), partial(recall, people["dan"], one)
        )
        if isinstance(approved, Fault):
            assert isinstance(approved, AlreadyDone)
            assert approved.message("en").startswith("Dan recalled it")
            assert outcome(company, one) == ("recalled", 1, 0)
        else:
            assert isinstance(recalled, NotNow)
            assert recalled.message("en") == "It was approved already."
            assert outcome(company, one) == ("approved", 1, 0)


def test_agreed_on_one_side_and_refused_on_the_other(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    for one in rounds("side_by_side"):
        law, money = together(
            partial(decide, people["eve"], one, "approve"), partial(decide, people["fay"], one, "reject")
        )
        assert money.state == "rejected"
        assert isinstance(law, AlreadyDone) or law.state == "running"
        assert outcome(company, one) == ("rejected", 1, 0)


def test_handed_on_twice_it_is_one_person_s(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    for one in rounds("simple"):
        answers = together(*(partial(transfer, people["bea"], one, company.people[who]) for who in ("eve", "gus")))
        (told,) = faults(answers)
        assert isinstance(told, AlreadyDone)
        assert told.message("en").startswith("Bea handed it on")
        open_ones = company.rows(
            "select \"user\" from _approval_task where approval = %s::uuid and state = 'open'", [one]
        )
        assert len(open_ones) == 1
        assert outcome(company, one) == ("running", 0, 0)


def test_somebody_and_his_delegate(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    delegate(people["bea"], delegate=company.people["gus"], flows=["simple"])
    for one in rounds("simple", 20):
        answers = together(*(partial(decide, people[who], one, "approve") for who in ("bea", "gus")))
        (told,) = faults(answers)
        assert isinstance(told, AlreadyDone)
        assert told.message("en").startswith("Gus approved" if answers[0] is told else "Bea approved")
        assert outcome(company, one) == ("approved", 1, 0)


def test_signers_are_added_while_somebody_else_decides(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    for one in rounds("one_of_two"):
        added, decided = together(
            partial(add_before, people["eve"], one, [company.people["gus"]]),
            partial(decide, people["fay"], one, "approve"),
        )
        assert decided.state == "approved"
        assert isinstance(added, AlreadyDone) or added.state == "running"
        assert outcome(company, one) == ("approved", 1, 0)


def test_submitted_twice_it_runs_once(company: Approving, people: dict[str, Caller]) -> None:
    rows = [{"title": f"Twice {number}", "total": "100"} for number in range(ROUNDS)]
    ids = [str(one.id) for one in records.create(people["dan"], "purchase", rows).records]
    for id in ids:
        answers = together(*(partial(submit_one, people["dan"], "simple", id) for _ in range(2)))
        problems = [answer.problem for answer in answers if answer.problem is not None]
        assert [type(problem) for problem in problems] == [NotSubmitted]
        assert problems[0].data["reason"] == "running"
        assert company.rows("select count(*) from _approval where record = %s::uuid", [id]) == [(1,)]


def test_many_submitted_at_once_from_both_ends(company: Approving, people: dict[str, Caller]) -> None:
    for _ in range(5):
        rows = [{"title": f"Crowd {number}", "total": "100"} for number in range(40)]
        ids = [str(one.id) for one in records.create(people["dan"], "purchase", rows).records]
        answers = together(
            partial(submit, people["dan"], "simple", "purchase", ids),
            partial(submit, people["dan"], "simple", "purchase", ids[::-1]),
        )
        made = [one.record for answer in answers for one in answer if one.problem is None]
        assert sorted(made) == sorted(ids)


def test_a_change_of_the_record_is_seen_by_the_flow_or_refused(company: Approving, people: dict[str, Caller]) -> None:
    seen: Counter[str] = Counter()
    rows = [{"title": f"Changing {number}", "total": "100"} for number in range(ROUNDS)]
    ids = [str(one.id) for one in records.create(people["dan"], "purchase", rows).records]
    for id in ids:
        changed, answer = together(
            partial(records.update, people["dan"], "purchase", [{"id": id, "total": "0"}]),
            partial(submit_one, people["dan"], "by_amount", id),
        )
        ((total,),) = company.rows("select total from purchase where id = %s::uuid", [id])
        if answer.problem is not None:  # its total was 0 already, for which the flow is not
            assert answer.problem.data["reason"] == "entry"
            assert not isinstance(changed, Fault)
            seen["changed first"] += 1
        else:
            assert isinstance(changed, RecordsInvalid)
            assert [error.code for error in changed.errors] == ["in_approval"]
            assert total == "100.00"
            seen["submitted first"] += 1
    print(f"\n{dict(seen)}")


def test_two_who_approve_many_at_once_never_wait_for_each_other_in_a_circle(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    ids = rounds("one_of_two")
    answers = together(
        partial(decide_all, people["eve"], ids, "approve"), partial(decide_all, people["fay"], ids[::-1], "approve")
    )
    told = [problem for answer in answers for _, problem in answer if problem is not None]
    assert len(told) == len(ids)
    assert all(isinstance(one, AlreadyDone) for one in told)
    assert all(outcome(company, one) == ("approved", 1, 0) for one in ids)


def test_of_two_processes_one_decides_each(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    ids = rounds("one_of_two", 2 * ROUNDS)
    told = in_processes(company, {"eve": ids, "fay": ids})
    for one in ids:
        answers = {who: told[who][one] for who in told}
        (faster,) = [who for who, answer in answers.items() if answer is None]
        (slower,) = set(answers) - {faster}
        assert str(answers[slower]).startswith(f"{faster.title()} approved")
        assert outcome(company, one) == ("approved", 1, 0)


def test_resubmitted_and_ended_by_an_administrator(
    company: Approving, people: dict[str, Caller], rounds: Callable[..., list[str]]
) -> None:
    for one in rounds("simple", 20):
        decide(people["bea"], one, "return")
        again_, ended = together(
            partial(resubmit, people["dan"], one), partial(end, people["ann"], one, "rejected", "Enough.")
        )
        assert isinstance(again_, NotNow) or again_.state == "running"
        assert ended.state == "rejected"
        assert outcome(company, one) == ("rejected", 1, 0)


def released(company: Approving, total: str, *, reviewed: bool) -> None:
    """Another version of the flow, and the field that the other version reads, or not."""
    admin = company.admin
    documents = {
        key: document.json() for key, document in admin.model.documents.items() if not document.body.get("system")
    }
    fields = documents["object", "purchase"]["fields"]
    fields.pop("checked", None)
    flow: dict[str, Any] = {
        "kind": "approval",
        "name": "moving",
        "object": "purchase",
        "nodes": [
            {"name": "first", "kind": "approve", "label": total, "by": [{"user": "eve@approving.test"}]},
            {
                "name": "which",
                "kind": "branch",
                "branches": [
                    {"name": "one", "if": "checked" if reviewed else f"total > {total}", "nodes": []},
                    {"name": "other", "nodes": []},
                ],
            },
            {"name": "second", "kind": "approve", "by": [{"user": "fay@approving.test"}]},
        ],
    }
    if reviewed:
        fields["checked"] = {"type": "boolean"}
    documents["approval", "moving"] = flow
    publish(company.database, company.tenant, model=compile_model([Document.of(one) for one in documents.values()]))


def test_decisions_while_the_flow_is_published_anew(company: Approving) -> None:
    """What runs goes on by its own version, or says that this no longer fits; nothing is half done."""
    released(company, "1", reviewed=True)
    sent = []
    for number in range(40):
        id = company.purchase("dan", title=f"Moving {number}", total="10")
        (answer,) = submit(company.caller("dan"), "moving", "purchase", [id])
        sent.append(str(answer.approval))
    done = threading.Event()
    answers: dict[str, Any] = {}

    def decide_each() -> None:
        for one in itertools.takewhile(lambda _: not done.is_set(), sent[:20]):
            answers[one] = attempted(company, one)

    def publish_both() -> None:
        released(company, "2", reviewed=True)
        released(company, "3", reviewed=False)  # the field goes that the versions before read
        done.set()

    together(decide_each, publish_both)
    for one in sent:
        found = answers.get(one) or attempted(company, one)
        ((state, turn),) = company.rows("select state, turn from _approval where id = %s::uuid", [one])
        assert (state, turn) == ("running", 1 if isinstance(found, Fault) else 2)
        assert not isinstance(found, Fault) or isinstance(found, FlowBroken)
    assert any(isinstance(attempted(company, one), FlowBroken) for one in sent[20:])
    stuck = sent[-1]
    assert again(lambda: end(company.admin, stuck, "rejected", "Its flow is gone.")).state == "rejected"
    assert again(lambda: recall(company.caller("dan"), sent[-2])).state == "recalled"


def attempted(company: Approving, one: str) -> Any:
    """The answer to eve, or why not."""
    try:
        return again(lambda: decide(company.caller("eve"), one, "approve"))
    except (FlowBroken, NotAsked) as fault:
        return fault
