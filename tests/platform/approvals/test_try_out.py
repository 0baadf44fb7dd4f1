"""Flows tried on what was submitted before: the way that each record would take, beside the one it took."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from approving import Approving
from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_platform import records
from dougong_platform.approvals.moves.asking import transfer
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.governing import end, resubmit
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.try_out import Line, Tried, edge_counts, try_out
from dougong_platform.errors import NotAllowed, NotFound

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def sent(company: Approving, flow: str, who: str = "dan", **values: Any) -> tuple[str, str]:
    """(record, approval) of a purchase that was submitted."""
    id = company.purchase(who, **({"total": "100"} | values))
    (answer,) = submit(company.caller(who), flow, "purchase", [id])
    assert answer.approval is not None, answer.problem
    return id, answer.approval


def tried(company: Approving, flow: str, **more: Any) -> Tried:
    now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    return try_out(company.admin, flow, since=more.pop("since", LONG_AGO), until=now, **more)


def of(found: Tried, approval: str) -> Line:
    return next(line for line in found.lines if line.approval == approval)


def body(company: Approving, flow: str) -> dict[str, Any]:
    return company.admin.model.documents["approval", flow].json()


def raised(company: Approving, limit: str) -> dict[str, Any]:
    """The flow by amount with another limit of its first branch."""
    made = body(company, "by_amount")
    made["nodes"][1]["branches"][0]["if"] = f"total <= {limit}"
    return made


def approve(company: Approving, approval: str, *people: str) -> None:
    for who in people:
        decide(company.caller(who), approval, "approve")


def test_the_flow_in_force_takes_the_way_that_was_taken(approving: Approving) -> None:
    _, small = sent(approving, "by_amount", total="100")
    _, middle = sent(approving, "by_amount", total="20000")
    approve(approving, small, "bea")
    approve(approving, middle, "bea", "cat")
    found = tried(approving, "by_amount")
    for one, nodes in ((small, ["supervisor", "by_size"]), (middle, ["supervisor", "by_size", "director"])):
        line = of(found, one)
        assert [visit.node for visit in line.would] == nodes
        assert [visit.node for visit in line.did or ()] == nodes
        assert (line.change, line.ends, line.state) == ("same", "approved", "approved")
    assert [visit.people for visit in of(found, middle).would] == [
        (approving.people["bea"],),
        (),
        (approving.people["cat"],),
    ]


def test_values_are_those_of_the_submission(approving: Approving) -> None:
    record, approval = sent(approving, "by_amount", total="20000")
    approve(approving, approval, "bea", "cat")
    records.update(approving.caller("dan"), "purchase", [{"id": record, "total": "70"}])
    line = of(tried(approving, "by_amount"), approval)
    assert [visit.node for visit in line.would] == ["supervisor", "by_size", "director"]
    assert line.change == "same"


def test_a_draft_says_how_many_would_go_elsewhere(approving: Approving) -> None:
    start = dt.datetime.now(dt.UTC)
    ones = [sent(approving, "by_amount", total=total)[1] for total in ("100", "20000", "21000", "90000")]
    approve(approving, ones[1], "bea", "cat")
    found = tried(approving, "by_amount", document=raised(approving, "20500"), since=start)
    assert [of(found, one).change for one in ones] == ["same", "way", "same", "same"]
    assert found.changes == {"way": 1, "people": 0, "refused": 0, "same": 3}
    edges = edge_counts(found)
    assert (edges["supervisor", None], edges["by_size", "small"], edges["by_size", "middle"]) == (4, 2, 1)
    assert (edges["director", None], edges["by_size", "large"], edges["line", None]) == (1, 1, 1)
    did = {(one.node, one.branch): one.did for one in found.shares}
    assert (did["supervisor", None], did["by_size", "middle"], did["director", None]) == (4, 1, 1)


def test_other_people_are_a_change_of_people(approving: Approving) -> None:
    _, approval = sent(approving, "simple")
    made = body(approving, "simple")
    made["nodes"][0]["by"] = [{"manager": 2}]
    line = of(tried(approving, "simple", document=made), approval)
    assert (line.change, line.would[0].people) == ("people", (approving.people["cat"],))


def test_what_could_not_be_submitted_any_more_is_told(approving: Approving) -> None:
    _, approval = sent(approving, "by_amount", total="100")
    line = of(tried(approving, "by_amount", document=body(approving, "by_amount") | {"entry": "total > 500"}), approval)
    assert (line.change, line.refusal, line.would) == ("refused", "entry", ())


def test_what_an_administrator_ended_is_compared_as_far_as_it_came(approving: Approving) -> None:
    _, approval = sent(approving, "by_amount", total="90000")
    end(approving.admin, approval, "approved", "Agreed by telephone.")
    line = of(tried(approving, "by_amount"), approval)
    assert (line.state, line.change, [v.node for v in line.did or ()]) == ("approved", "same", ["supervisor"])


def test_after_a_return_only_the_first_way_counts(approving: Approving) -> None:
    _, approval = sent(approving, "by_amount", total="20000")
    approve(approving, approval, "bea")
    decide(approving.caller("cat"), approval, "return", comment="Too much.")
    line = of(tried(approving, "by_amount"), approval)
    assert [v.node for v in line.did or ()] == ["supervisor", "by_size", "director"]
    assert line.change == "same"


def test_what_was_changed_before_it_was_sent_in_again_does_not_count(approving: Approving) -> None:
    record, approval = sent(approving, "by_amount", total="20000")
    approve(approving, approval, "bea")
    decide(approving.caller("cat"), approval, "return", comment="Too much.")
    records.update(approving.caller("dan"), "purchase", [{"id": record, "total": "100"}])
    resubmit(approving.caller("dan"), approval, "Less now.")
    approve(approving, approval, "bea")
    line = of(tried(approving, "by_amount"), approval)
    assert [v.node for v in line.would] == ["supervisor", "by_size", "director"]
    assert (line.change, line.state) == ("same", "approved")


def test_whatever_ran_to_its_end_takes_the_same_way_again(approving: Approving) -> None:
    dice = random.Random(5)
    names = {id: who for who, id in approving.people.items()}
    ran = []
    for _ in range(12):
        flow = dice.choice(["by_amount", "experts", "simple"])
        record, approval = sent(approving, flow, dice.choice(["dan", "bea"]), total=str(dice.randrange(1, 99_999)))
        state = "running"
        while state == "running":
            found = approving.rows(
                "select \"user\" from _approval_task where approval = %s::uuid and state = 'open'", [approval]
            )
            verdict = "approve" if dice.random() < 0.9 else "reject"
            state = decide(approving.caller(names[dice.choice(found)[0]]), approval, verdict, comment="So.").state
        records.update(approving.caller("bea"), "purchase", [{"id": record, "total": "1"}])
        ran.append((flow, approval))
    for flow, approval in ran:
        assert of(tried(approving, flow), approval).change == "same"


def test_whoever_took_over_was_not_the_one_first_asked(approving: Approving) -> None:
    _, approval = sent(approving, "simple")
    transfer(approving.caller("bea"), approval, approving.people["eve"], "Please.")
    line = of(tried(approving, "simple"), approval)
    assert (line.did or ())[0].people == (approving.people["bea"],)
    assert line.change == "same"


def test_all_saved_records_that_meet_the_condition_can_be_tried(approving: Approving) -> None:
    start = dt.datetime.now(dt.UTC)
    good, small = approving.purchase("dan", total="60000"), approving.purchase("dan", total="0")
    other = approving.purchase("bea", total="3")
    found = tried(approving, "by_amount", over="saved", since=start)
    lines = {line.record: line for line in found.lines}
    assert set(lines) == {good, other}
    assert small not in lines
    assert [v.node for v in lines[good].would] == ["supervisor", "by_size", "line"]
    assert (lines[good].did, lines[good].change, lines[good].approval) == (None, None, None)
    assert lines[other].submitter == approving.people["bea"]
    assert lines[other].would[0].people == (approving.people["cat"],)


def test_a_version_is_tried_as_it_was(approving: Approving) -> None:
    _, approval = sent(approving, "simple")
    assert of(tried(approving, "simple", version=1), approval).change == "same"
    with pytest.raises(NotFound):
        tried(approving, "simple", version=99)


def test_nothing_is_written(approving: Approving) -> None:
    sent(approving, "experts")

    def state() -> list[tuple[Any, ...]]:
        tables = ("_approval", "_approval_step", "_approval_task", "_approval_event", "_outbox", "_history", "purchase")
        return [approving.rows(f"select count(*), max(xmin::text::bigint) from {table}")[0] for table in tables]

    before = state()
    tried(approving, "experts")
    tried(approving, "experts", over="saved")
    assert state() == before


def test_only_who_shapes_flows_tries_them(approving: Approving) -> None:
    with pytest.raises(NotAllowed):
        try_out(approving.caller("bea"), "simple", since=LONG_AGO, until=dt.datetime.now(dt.UTC))
    with pytest.raises(NotFound):
        tried(approving, "no_such_flow")
    with pytest.raises(InvalidDocuments):
        tried(approving, "simple", document=body(approving, "simple") | {"entry": "no_such_field > 1"})


def test_a_draft_need_not_be_of_a_flow_in_force(approving: Approving) -> None:
    made = Document.of({"kind": "approval", **body(approving, "simple"), "name": "brand_new"}).json()
    found = tried(approving, "brand_new", document=made, over="saved")
    assert found.lines
    assert all([v.node for v in line.would] == ["supervisor"] for line in found.lines)
