"""What goes wrong around approvals: people in circles, departments without heads, nobody there, five hundred there, no
working hours, and whatever else somebody may send. Each is answered cleanly, and nothing is ever stuck unsaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from approving import DOCUMENTS, Approving, client_of, make_approving
from dougong_metadata.documents import Document
from dougong_metadata.errors import Fault
from dougong_metadata.model.compile import compile_model
from dougong_platform.app import create_app
from dougong_platform.approvals.clock.limits import answer_due
from dougong_platform.approvals.errors import NotAsked, NotNow
from dougong_platform.approvals.moves import asking, governing
from dougong_platform.approvals.moves.deciding import LONGEST, decide, decide_all
from dougong_platform.approvals.moves.submit import LONGEST_NOTE, submit
from dougong_platform.approvals.people.delegations import create as delegate
from dougong_platform.approvals.running.route import preview
from dougong_platform.approvals.running.store import load
from dougong_platform.approvals.state import Approval
from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.releases.publish import publish
from dougong_platform.settings import Settings
from dougong_tenants.people import activate_user, create_user, deactivate_user, update_department
from reading import Client

MANY = 500
NOBODY = "01a20475-20a2-78d7-818f-ccec7a630482"
FLOWS = """
---
kind: permission_set
name: voter
---
kind: calendar
name: seldom
weekdays: [1]
hours: ["09:00-09:01"]
---
kind: approval
name: line
object: purchase
nodes:
  - {name: all_above, kind: approve, by: [{managers: {levels: 9}}], need: sequence}
---
kind: approval
name: head
object: purchase
nodes:
  - {name: head, kind: approve, by: [{department_head: 0}], nobody: administrator}
---
kind: approval
name: head_or_pass
object: purchase
nodes:
  - {name: head, kind: approve, by: [{department_head: 0}], nobody: skip}
on: {approved: [{create: {object: supplier, values: {name: '"At once " & title'}}}]}
---
kind: approval
name: head_or_not
object: purchase
nodes:
  - {name: head, kind: approve, by: [{department_head: 0}], nobody: refuse}
---
kind: approval
name: everybody
object: purchase
nodes:
  - {name: voters, kind: approve, by: [{permission_set: voter}], need: all}
---
kind: approval
name: one_by_one
object: purchase
nodes:
  - {name: voters, kind: approve, by: [{permission_set: voter}], need: sequence}
---
kind: approval
name: no_time
object: purchase
nodes:
  - {name: late, kind: approve, by: [{manager: 1}], limit: {hours: 100, calendar: seldom, remind: 50, then: reject}}
---
kind: approval
name: chosen
object: purchase
nodes:
  - {name: picked, kind: approve, by: [{choice: {permission_set: lawyer}}]}
  - {name: careful, kind: approve, by: [{user: bea@approving.test}], own: manager, edit: [note]}
"""


@pytest.fixture(scope="module")
def company(make_database: Callable[..., str]) -> Iterator[Approving]:
    made = make_approving(make_database(), DOCUMENTS + FLOWS)
    yield made
    made.database.close()


def sent(company: Approving, flow: str, who: str = "dan", **more: Any) -> str:
    id = company.purchase(who, total="100", title=more.pop("title", "Paper"))
    (answer,) = submit(company.caller(who), flow, "purchase", [id], **more)
    assert answer.approval is not None, answer.problem
    return answer.approval


def now(company: Approving, id: str) -> Approval:
    with company.database.transaction(company.tenant) as tx:
        return load(tx, id).approval


def asked(company: Approving, id: str) -> set[str]:
    names = {user: who for who, user in company.people.items()}
    return {names[t.user] for t in now(company, id).tasks if t.is_open and t.kind == "decide"}


def test_managers_in_a_circle_are_asked_once_each(company: Approving) -> None:
    people = company.people
    bea, cat = people["bea"], people["cat"]
    company.run('update "user" set manager = %s::uuid where id = %s::uuid', [bea, cat])  # bea → cat → bea
    company.change("gus", title="A change that everybody sees")
    one = sent(company, "line")
    assert asked(company, one) == {"bea"}
    decide(company.caller("bea"), one, "approve")
    assert decide(company.caller("cat"), one, "approve").state == "approved"
    company.run('update "user" set manager = %s::uuid where id = %s::uuid', [people["ann"], cat])
    company.change("gus", title="Another")


def test_a_department_without_a_head_is_as_the_node_says(company: Approving) -> None:
    update_department(company.database, company.tenant, company.departments["buying"], {"head": None})
    one = sent(company, "head")
    assert asked(company, one) == {"ann"}
    (task,) = now(company, one).tasks
    assert task.why is not None
    assert "nobody else was found" in task.why["en"]
    passed = sent(company, "head_or_pass", title="Passed")
    assert now(company, passed).state == "approved"
    refused = sent(company, "head_or_not")
    assert now(company, refused).state == "rejected"
    assert [step.why is not None for step in now(company, refused).steps] == [True]
    update_department(company.database, company.tenant, company.departments["buying"], {"head": company.people["bea"]})


def test_what_is_approved_at_once_has_its_actions_too(company: Approving) -> None:
    update_department(company.database, company.tenant, company.departments["buying"], {"head": None})
    sent(company, "head_or_pass", title="Quick")
    company.relay()
    assert company.rows("select count(*) from supplier where name = 'At once Quick'") == [(1,)]
    told = company.rows(
        "select count(*) from _notification n join _approval a on a.record = n.record where a.title = 'Quick'"
        ' and n."user" = %s',
        [company.people["dan"]],
    )
    assert told == [(1,)]
    update_department(company.database, company.tenant, company.departments["buying"], {"head": company.people["bea"]})


def test_with_everybody_gone_the_administrator_is_asked(company: Approving) -> None:
    one = sent(company, "line")
    gone = [who for who in company.people if who not in ("ann", "dan")]
    for who in gone:
        deactivate_user(company.database, company.tenant, company.people[who])
    try:
        answer_due(company.database, company.tenant)
        assert asked(company, one) == {"ann"}
        two = sent(company, "experts")
        assert asked(company, two) == {"ann"}
        assert decide(company.admin, one, "approve").state == "approved"
    finally:
        for who in gone:
            activate_user(company.database, company.tenant, company.people[who])


def test_a_limit_over_a_calendar_with_hardly_any_hours_never_comes(company: Approving) -> None:
    """A calendar without any is refused at the publish; here a hundred hours take more than a century."""
    one = sent(company, "no_time")
    (step,) = now(company, one).steps
    assert (step.due_at, step.remind_at) == (None, None)
    answer_due(company.database, company.tenant)
    assert asked(company, one) == {"bea"}
    assert decide(company.caller("bea"), one, "approve").state == "approved"


def test_five_hundred_people_at_one_node(company: Approving) -> None:
    """All of them agree, or one after the other; a preview knows them too."""
    voters = []
    for number in range(MANY):
        values = {"name": f"Voter {number:03}", "email": f"voter{number}@approving.test"}
        voters.append(create_user(company.database, company.tenant, values, permission_sets=["voter"]).id)
    (step,) = preview(company.caller("dan"), "everybody", "purchase", company.purchase("dan"))
    assert len(step.people) == MANY
    one, two = sent(company, "everybody"), sent(company, "one_by_one")
    company.people["voter"] = voters[0]
    first = company.caller("voter")
    for number, voter in enumerate(voters):
        state = "running" if number < MANY - 1 else "approved"
        caller = replace(first, user=voter)  # all have what the first one has
        assert decide(caller, one, "approve").state == state
        if number < 20:
            assert decide(caller, two, "approve").state == "running"
    (turn,) = [task.user for task in now(company, two).tasks if task.is_open]
    assert turn == voters[20]
    assert governing.end(company.admin, two, "ended", "That will do.").state == "ended"


BAD_TEXTS = ("a\x00b", "half \ud800 of a pair", "x" * (LONGEST + 1))


@pytest.mark.parametrize("text", BAD_TEXTS, ids=["NUL", "surrogate", "huge"])
def test_what_no_text_may_hold_is_refused_and_nothing_is_done(company: Approving, text: str) -> None:
    one, bea, dan = sent(company, "simple"), company.caller("bea"), company.caller("dan")
    gus, before = company.people["gus"], now(company, one)
    moves: list[Callable[[], Any]] = [
        partial(decide, bea, one, "approve", comment=text),
        partial(decide, bea, one, "return", to=text),
        partial(asking.transfer, bea, one, gus, text),
        partial(asking.transfer, bea, one, text),
        partial(asking.add_before, bea, one, [text]),
        partial(asking.add_before, bea, one, [gus], text),
        partial(asking.consult, bea, one, [gus], text),
        partial(asking.opine, bea, one, text),
        partial(asking.comment, dan, one, text),
        partial(asking.comment, dan, one, "Look", [text]),
        partial(asking.comment, dan, one, "Look", [], [text]),
        partial(decide, bea, one, "approve", files=[text]),
        partial(decide, bea, one, "approve", add_after=[text]),
        partial(decide, bea, one, "approve", values={text: "1"}),
        partial(governing.recall, dan, one, text),
        partial(governing.reassign, company.admin, one, before.tasks[0].id, gus, text),
        partial(governing.reassign, company.admin, one, text, gus, "Away."),
        partial(governing.jump, company.admin, one, text, "Quick."),
        partial(governing.end, company.admin, one, "approved", text),
    ]
    for move in moves:
        with pytest.raises(Fault) as refused:
            move()
        assert refused.value.status < 500, move
    assert now(company, one) == before
    id = company.purchase("dan")
    long = text if len(text) > LONGEST_NOTE or len(text) < 100 else text * 2
    for more in ({"note": long}, {"choices": {"picked": [text]}}, {"stage": {"pipeline": text, "stage": text}}):
        with pytest.raises(Fault) as said:
            (answer,) = submit(dan, "chosen", "purchase", [id], **more)
            raise answer.problem or AssertionError(more)
        assert said.value.status < 500
    assert company.rows("select 1 from _approval where record = %s::uuid", [id]) == []


@pytest.mark.parametrize("id", [NOBODY, "", "x", "\x00", "a\ud800", "1" * 10_000], ids=str.__len__)
def test_an_approval_that_is_not_there_is_not_found(company: Approving, id: str) -> None:
    caller = company.admin
    moves: list[Callable[[], Any]] = [
        partial(decide, caller, id, "approve"),
        partial(asking.transfer, caller, id, company.people["gus"]),
        partial(asking.comment, caller, id, "Hello?"),
        partial(asking.urge, caller, id),
        partial(governing.recall, caller, id),
        partial(governing.resubmit, caller, id),
        partial(governing.end, caller, id, "ended", "Why not."),
        partial(governing.jump, caller, id, "x", "Why not."),
    ]
    for move in moves:
        with pytest.raises(NotFound):
            move()
    ((_, problem),) = decide_all(caller, [id], "approve")
    assert isinstance(problem, NotFound)
    (answer,) = submit(caller, "simple", "purchase", [id])
    assert isinstance(answer.problem, NotFound)


def test_another_company_s_approvals_records_and_people_are_not_found(
    company: Approving, make_database: Callable[..., str]
) -> None:
    other = make_approving(company.database.dsn, DOCUMENTS, name="neighbour")
    theirs = sent(other, "simple")
    record = other.rows("select record from _approval where id = %s::uuid", [theirs])[0][0]
    try:
        for who in ("ann", "bea", "dan"):
            with pytest.raises(NotFound):
                decide(company.caller(who), theirs, "approve")
        (answer,) = submit(company.caller("dan"), "simple", "purchase", [record])
        assert isinstance(answer.problem, NotFound)
        one = sent(company, "simple")
        with pytest.raises(NotNow):
            asking.transfer(company.caller("bea"), one, other.people["gus"])
        with pytest.raises(NotNow):
            asking.add_before(company.caller("bea"), one, [other.people["gus"]])
        with pytest.raises(Fault):
            delegate(company.caller("bea"), delegate=other.people["gus"])
        assert asked(company, one) == {"bea"}
        assert now(other, theirs).turn == 1
    finally:
        other.database.close()


def test_the_submitter_is_not_slipped_in_behind(company: Approving) -> None:
    """Neither as a signer before or behind, nor by a transfer, nor by an administrator."""
    one, dan = sent(company, "simple"), company.people["dan"]
    bea = company.caller("bea")
    (task,) = now(company, one).tasks
    for move in (
        partial(asking.add_before, bea, one, [dan]),
        partial(decide, bea, one, "approve", add_after=[dan]),
        partial(asking.transfer, bea, one, dan),
        partial(governing.reassign, company.admin, one, task.id, dan, "He knows."),
    ):
        with pytest.raises(NotNow, match="submitted"):
            move()
    delegate(bea, delegate=dan)
    with pytest.raises(NotAsked):
        decide(company.caller("dan"), one, "approve")
    company.run("delete from _approval_delegation")
    assert asked(company, one) == {"bea"}


def test_returned_to_the_very_person_who_returned_it(company: Approving) -> None:
    """Somebody to whom it was handed on returns it: from the submitter it comes back to him, not to whom he stands for;
    a signer's word is waited for again."""
    one = sent(company, "simple")
    asking.transfer(company.caller("bea"), one, company.people["gus"])
    decide(company.caller("gus"), one, "return", back=True)
    governing.resubmit(company.caller("dan"), one)
    assert asked(company, one) == {"gus"}
    asking.add_before(company.caller("gus"), one, [company.people["eve"]])
    decide(company.caller("eve"), one, "return", back=True)
    governing.resubmit(company.caller("dan"), one)
    assert asked(company, one) == {"eve"}
    decide(company.caller("eve"), one, "approve")
    assert asked(company, one) == {"gus"}
    assert decide(company.caller("gus"), one, "approve").state == "approved"


def test_nobody_is_sent_forward_by_a_return(company: Approving) -> None:
    """Sent back to the submitter it begins anew: nodes that were reached before are no way around those between."""
    one = sent(company, "by_amount")
    company.run(
        "update purchase set total = 20000 where id = (select record from _approval where id = %s::uuid)", [one]
    )
    decide(company.caller("bea"), one, "approve")
    decide(company.caller("cat"), one, "return")
    governing.resubmit(company.caller("dan"), one)
    assert asked(company, one) == {"bea"}
    for node in ("director", "supervisor"):
        with pytest.raises(NotNow):
            decide(company.caller("bea"), one, "return", comment="Forward.", to=node)


def test_a_flow_that_is_gone_can_still_be_ended_and_recalled(company: Approving) -> None:
    first, second = sent(company, "simple"), sent(company, "simple")
    kept = [d for key, d in company.admin.model.documents.items() if key != ("approval", "simple")]
    made = [Document.of(d.json()) for d in kept if not d.body.get("system")]
    publish(company.database, company.tenant, model=compile_model(made))
    assert decide(company.caller("bea"), first, "approve").state == "approved"  # by the version that it began with
    assert governing.recall(company.caller("dan"), second).state == "recalled"
    with pytest.raises(NotFound):
        submit(company.caller("dan"), "simple", "purchase", [company.purchase("dan")])


@pytest.fixture(scope="module")
def client(company: Approving, tmp_path_factory: pytest.TempPathFactory) -> Client:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=company.database.dsn, secret="test", rate_limit=0)
    return client_of(create_app(settings, company.database, faces=False), company, "bea")


@pytest.mark.parametrize("text", BAD_TEXTS, ids=["NUL", "surrogate", "huge"])
def test_over_http_too(company: Approving, client: Client, text: str) -> None:
    one = sent(company, "head")
    bodies: dict[str, dict[str, Any]] = {
        "decision": {"verdict": "approve", "comment": text},
        "transfer": {"to": text},
        "signers": {"users": [text]},
        "consultations": {"users": [company.people["gus"]], "question": text},
        "opinion": {"text": text},
        "comments": {"text": text},
        "recall": {"reason": text},
        "jump": {"node": text, "reason": text},
        "end": {"outcome": "approved", "reason": text},
    }
    for path, body in bodies.items():
        status, answer = client.post(f"/api/v1/approvals/{one}/{path}", body)
        assert 400 <= status < 500, (path, status, answer)
    assert now(company, one).turn == 1


def test_a_verdict_that_is_none(company: Approving) -> None:
    one = sent(company, "head")
    with pytest.raises(BadRequest):
        decide(company.caller("bea"), one, "perhaps")
