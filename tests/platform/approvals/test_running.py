"""Approvals as people run them: submitted, decided, sent back, signed by more, recalled, moved by administrators."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from approving import Approving
from dougong_metadata.errors import Fault
from dougong_platform import records
from dougong_platform.access import rights_for
from dougong_platform.approvals.errors import AlreadyDone, NotAsked, NotNow
from dougong_platform.approvals.moves import asking, deciding, governing
from dougong_platform.approvals.moves.deciding import decide, decide_all
from dougong_platform.approvals.moves.eligible import offers
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.running.route import preview
from dougong_platform.approvals.state import Approval
from dougong_platform.errors import NotFound, RecordsInvalid


def sent(company: Approving, flow: str, who: str = "dan", **values: Any) -> str:
    """A purchase of somebody's, submitted by him; the approval."""
    id = company.purchase(who, **({"total": "100"} | values))
    (answer,) = submit(company.caller(who), flow, "purchase", [id])
    assert answer.problem is None, answer.problem
    assert answer.approval is not None
    return answer.approval


def open_for(company: Approving, approval: Approval) -> set[str]:
    """The first names of those who are asked now."""
    names = {id: who for who, id in company.people.items()}
    return {names[t.user] for t in approval.tasks if t.is_open and t.kind == "decide"}


def record_of(company: Approving, approval: str) -> str:
    return str(company.rows("select record from _approval where id = %s::uuid", [approval])[0][0])


def test_one_s_manager_approves(approving: Approving) -> None:
    one = sent(approving, "simple")
    done = decide(approving.caller("bea"), one, "approve", comment="Fine.")
    assert done.state == "approved"
    actions = [
        row[0]
        for row in approving.rows("select action from _approval_event where approval = %s::uuid order by id", [one])
    ]
    assert actions == ["submitted", "asked", "approved", "node_approved", "ended_approved"]


def test_a_rejection_ends_it_and_opens_the_record(approving: Approving) -> None:
    one = sent(approving, "simple")
    record = record_of(approving, one)
    with pytest.raises(RecordsInvalid) as refused:
        records.update(approving.caller("dan"), "purchase", [{"id": record, "total": "5"}])
    assert [error.code for error in refused.value.errors] == ["in_approval"]
    records.update(approving.caller("dan"), "purchase", [{"id": record, "note": "open all the same"}])
    with pytest.raises(RecordsInvalid) as kept:
        records.delete(approving.caller("dan"), "purchase", [record])
    assert [error.code for error in kept.value.errors] == ["in_approval"]
    assert decide(approving.caller("bea"), one, "reject", comment="No.").state == "rejected"
    records.update(approving.caller("dan"), "purchase", [{"id": record, "total": "5"}])


def test_the_amount_chooses_the_branch(approving: Approving) -> None:
    for total, people in (("100", ["bea"]), ("20000", ["bea", "cat"]), ("90000", ["bea", "cat", "ann"])):
        one = sent(approving, "by_amount", total=total)
        asked = []
        state = "running"
        while state == "running":
            loaded = approving.rows(
                "select t.\"user\" from _approval_task t where approval = %s::uuid and state = 'open'", [one]
            )
            (who,) = [name for name, id in approving.people.items() if id == loaded[0][0]]
            asked.append(who)
            state = decide(approving.caller(who), one, "approve").state
        assert (asked, state) == (people, "approved")


def test_the_way_is_shown_before_anybody_is_asked(approving: Approving) -> None:
    id = approving.purchase("dan", total="90000")
    steps = preview(approving.caller("dan"), "by_amount", "purchase", id)
    assert [(step.node, len(step.people)) for step in steps] == [("supervisor", 1), ("by_size", 0), ("line", 3)]
    assert steps[1].branch is not None
    assert steps[1].branch.en == "Larger"
    assert approving.rows("select 1 from _approval where record = %s::uuid", [id]) == []


def test_both_branches_of_a_parallel_have_to_agree(approving: Approving) -> None:
    one = sent(approving, "experts")
    first = decide(approving.caller("eve"), one, "approve")
    assert (first.state, open_for(approving, first)) == ("running", {"fay"})
    second = decide(approving.caller("fay"), one, "approve")
    assert open_for(approving, second) == {"cat"}
    last = decide(approving.caller("cat"), one, "approve")
    assert last.state == "approved"
    assert [t.user for t in last.tasks if t.kind == "cc"] == [approving.people["gus"]]


def test_one_branch_refuses_and_the_other_is_asked_no_more(approving: Approving) -> None:
    one = sent(approving, "experts")
    assert decide(approving.caller("fay"), one, "reject").state == "rejected"
    with pytest.raises(AlreadyDone, match="Fay rejected"):
        decide(approving.caller("eve"), one, "approve")


def test_whoever_is_not_asked_does_not_decide(approving: Approving) -> None:
    one = sent(approving, "simple")
    with pytest.raises(NotFound):
        decide(approving.caller("gus"), one, "approve")
    with pytest.raises(NotAsked):
        decide(approving.caller("dan"), one, "approve")


def test_it_goes_back_to_the_submitter_and_straight_to_whoever_returned_it(approving: Approving) -> None:
    one = sent(approving, "experts")
    decide(approving.caller("eve"), one, "approve")
    back = decide(approving.caller("fay"), one, "return", comment="Which account?", back=True)
    assert back.state == "returned"
    record = record_of(approving, one)
    records.update(approving.caller("dan"), "purchase", [{"id": record, "total": "120"}])
    again = governing.resubmit(approving.caller("dan"), one, "Changed.")
    assert (again.state, open_for(approving, again)) == ("running", {"fay"})
    decide(approving.caller("fay"), one, "approve")
    assert decide(approving.caller("cat"), one, "approve").state == "approved"


def test_returned_without_more_it_begins_anew(approving: Approving) -> None:
    one = sent(approving, "experts")
    decide(approving.caller("eve"), one, "approve")
    decide(approving.caller("fay"), one, "return")
    again = governing.resubmit(approving.caller("dan"), one)
    assert open_for(approving, again) == {"eve", "fay"}


def test_it_goes_back_to_an_earlier_node_and_returns(approving: Approving) -> None:
    one = sent(approving, "by_amount", total="20000")
    decide(approving.caller("bea"), one, "approve")
    sent_back = decide(approving.caller("cat"), one, "return", to="supervisor", back=True)
    assert open_for(approving, sent_back) == {"bea"}
    returned = decide(approving.caller("bea"), one, "approve")
    assert open_for(approving, returned) == {"cat"}
    with pytest.raises(NotNow):
        decide(approving.caller("cat"), one, "return", to="line")


def test_signers_before_and_behind(approving: Approving) -> None:
    one = sent(approving, "simple")
    added = asking.add_before(approving.caller("bea"), one, [approving.people["eve"]])
    assert open_for(approving, added) == {"eve"}
    with pytest.raises(NotNow, match="Others"):
        decide(approving.caller("bea"), one, "approve")
    assert open_for(approving, decide(approving.caller("eve"), one, "approve")) == {"bea"}
    behind = decide(approving.caller("bea"), one, "approve", add_after=[approving.people["fay"]])
    assert (behind.state, open_for(approving, behind)) == ("running", {"fay"})
    assert decide(approving.caller("fay"), one, "approve").state == "approved"


def test_handed_on_it_is_somebody_else_s(approving: Approving) -> None:
    one = sent(approving, "simple")
    asking.transfer(approving.caller("bea"), one, approving.people["gus"], "You know him.")
    with pytest.raises((AlreadyDone, NotAsked)):
        decide(approving.caller("bea"), one, "approve")
    with pytest.raises(NotNow):
        asking.transfer(approving.caller("gus"), one, approving.people["dan"])
    assert decide(approving.caller("gus"), one, "approve").state == "approved"


def test_an_opinion_decides_nothing(approving: Approving) -> None:
    one = sent(approving, "simple")
    asking.consult(approving.caller("bea"), one, [approving.people["eve"]], "Is that all right?")
    said = asking.opine(approving.caller("eve"), one, "It is.")
    assert (said.state, open_for(approving, said)) == ("running", {"bea"})
    with pytest.raises(Fault):
        decide(approving.caller("eve"), one, "approve")


def test_urged_once_an_hour(approving: Approving) -> None:
    one = sent(approving, "simple")
    asking.urge(approving.caller("dan"), one)
    with pytest.raises(NotNow, match="again in"):
        asking.urge(approving.caller("dan"), one)
    approving.run("update _approval set urged_at = now() - interval '61 minutes' where id = %s::uuid", [one])
    asking.urge(approving.caller("dan"), one)


def test_recalled_as_far_as_the_flow_lets_him(approving: Approving) -> None:
    one = sent(approving, "simple")
    assert governing.recall(approving.caller("dan"), one, "A mistake.").state == "recalled"
    with pytest.raises(AlreadyDone, match="Dan recalled"):
        decide(approving.caller("bea"), one, "approve")
    decided = sent(approving, "experts")
    decide(approving.caller("eve"), decided, "approve")
    with pytest.raises(NotNow):
        governing.recall(approving.caller("dan"), decided)
    at_any_time = sent(approving, "by_amount", total="20000")
    decide(approving.caller("bea"), at_any_time, "approve")
    assert governing.recall(approving.caller("dan"), at_any_time).state == "recalled"


def test_administrators_reassign_jump_and_end_with_a_reason(approving: Approving) -> None:
    one = sent(approving, "by_amount", total="20000")
    (task,) = approving.rows("select id from _approval_task where approval = %s::uuid", [one])
    with pytest.raises(Fault):
        governing.reassign(approving.caller("dan"), one, task[0], approving.people["gus"], "away")
    moved = governing.reassign(approving.admin, one, task[0], approving.people["gus"], "Bea is away.")
    assert open_for(approving, moved) == {"gus"}
    assert open_for(approving, governing.jump(approving.admin, one, "director", "In a hurry.")) == {"cat"}
    with pytest.raises(Fault):
        governing.end(approving.admin, one, "approved", " ")
    assert governing.end(approving.admin, one, "approved", "Said so on the phone.").state == "approved"


def test_the_approver_changes_what_his_node_opens_and_nothing_else(approving: Approving) -> None:
    one = sent(approving, "by_amount", total="100", discount="0.3")
    with pytest.raises(RecordsInvalid):
        decide(approving.caller("bea"), one, "approve", values={"total": "1"})
    decide(approving.caller("bea"), one, "approve", values={"discount": "0.1"})
    record = record_of(approving, one)
    assert approving.rows("select discount, total from purchase where id = %s::uuid", [record]) == [
        ("0.1000", "100.00")
    ]
    (cause,) = approving.rows(
        "select cause, cause_ref from _history where record = %s::uuid and op = 'update'", [record]
    )
    assert tuple(cause) == ("approval", one)


def test_an_approver_does_not_overwrite_what_is_closed_to_him(approving: Approving) -> None:
    one = sent(approving, "by_amount", total="100", discount="0.3")
    bea = approving.caller("bea")
    fields = {**bea.model.permission_sets["chief"].fields, "purchase.discount": "none"}
    sets = {**bea.model.permission_sets, "chief": replace(bea.model.permission_sets["chief"], fields=fields)}
    closed = rights_for(replace(bea.model, hash="closed", permission_sets=sets), ("chief",), False)
    with pytest.raises(RecordsInvalid):
        decide(replace(bea, rights=closed), one, "approve", values={"discount": "0.1"})
    assert decide(bea, one, "approve", values={"discount": "0.1"}).state == "approved"


def test_an_administrator_does_not_approve_his_own_by_ending_it(approving: Approving) -> None:
    one = sent(approving, "experts", "ann")
    with pytest.raises(NotNow, match="submitted himself"):
        governing.end(approving.admin, one, "approved", "In a hurry.")
    assert governing.end(approving.admin, one, "ended", "Not needed.").state == "ended"


def test_a_record_is_submitted_once_and_only_where_it_fits(approving: Approving) -> None:
    id = approving.purchase("dan")
    assert [(o.flow, o.may) for o in offers(approving.caller("dan"), "purchase", id)] == [
        ("by_amount", False),
        ("experts", True),
        ("simple", True),
    ]
    answers = submit(approving.caller("dan"), "simple", "purchase", [id, id])
    assert len({answer.approval for answer in answers}) == 1
    (again,) = submit(approving.caller("dan"), "simple", "purchase", [id])
    assert again.problem is not None
    assert again.problem.code == "not_submitted"
    (not_his,) = submit(approving.caller("gus"), "simple", "purchase", [id])
    assert isinstance(not_his.problem, NotFound)


def test_many_are_submitted_and_approved_at_once(approving: Approving) -> None:
    ids = [approving.purchase("dan", title=f"Paper {n}", total="10") for n in range(20)]
    answers = submit(approving.caller("dan"), "simple", "purchase", ids)
    assert all(answer.state == "running" for answer in answers)
    done = decide_all(approving.caller("bea"), [str(answer.approval) for answer in answers], "approve")
    assert all(problem is None for _, problem in done)
    (again,) = decide_all(approving.caller("bea"), [str(answers[0].approval)], "approve")
    assert isinstance(again[1], AlreadyDone)
    assert deciding.MOST_AT_ONCE == 200
