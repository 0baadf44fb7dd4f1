"""What happens by itself around approvals: automatic submission, actions of nodes and outcomes, automations that wait
for an outcome, gates of stages, and deleting by approval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from approving import OBJECTS, Approving, make_approving
from dougong_platform import records
from dougong_platform.approvals.moves import governing
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.errors import RecordsInvalid
from dougong_platform.pipelines.gate import gates

MORE = """
---
kind: approval
name: new_ones
object: purchase
entry: total > 1000
submit: {created: true, crosses: {total: 50000}}
nodes:
  - name: supervisor
    kind: approve
    by: [{manager: 1}]
    on:
      approved: [{update: {set: {note: '"the supervisor agreed"'}}}]
  - {name: mark, kind: action, do: [{update: {set: {stage: '"asked"'}}}]}
  - name: after_that
    kind: branch
    branches:
      - name: marked
        if: stage = "asked"
        nodes: [{name: director, kind: approve, by: [{user: cat@approving.test}]}]
      - {name: other, nodes: []}
on:
  approved: [{update: {set: {reviewer: '$user.id'}}}]
---
kind: object
name: purchase_line
name_field: what
fields:
  purchase: {type: detail, to: purchase}
  what: {type: text, required: true}
---
kind: approval
name: ordering
object: purchase
label: {en: Ordering, zh: 下单}
submit: {gate: true}
lapses: [total, margin]
nodes: [{name: director, kind: approve, by: [{user: cat@approving.test}]}]
---
kind: approval
name: scrapping
object: purchase
deletes: true
nodes: [{name: director, kind: approve, by: [{user: cat@approving.test}]}]
---
kind: pipeline
name: buying
object: purchase
field: stage
skip: true
stages:
  draft: {}
  asked: {}
  ordered: {approval: ordering}
  void: {outcome: lost}
---
kind: validation
name: unmarkable
object: purchase
must: not (title = "Unmarkable" and stage = "asked")
message: {en: It cannot be marked., zh: 不能标记。}
---
kind: automation
name: thanks
object: purchase
on: {approval: ordering, outcome: approved}
do: [{update: {set: {note: '"thank you"'}}}]
"""


@pytest.fixture(scope="module")
def company(module_database_url: str) -> Iterator[Approving]:
    made = make_approving(module_database_url, OBJECTS + MORE.replace("$user.id", "owner"), "byitself")
    yield made
    made.database.close()


def running(company: Approving, record: str, flow: str) -> list[tuple[Any, ...]]:
    return company.rows("select id, state from _approval where record = %s::uuid and flow = %s", [record, flow])


def value(company: Approving, record: str, field: str) -> Any:
    return company.rows(f"select {field} from purchase where id = %s::uuid", [record])[0][0]


def test_a_new_record_that_fits_is_submitted_by_itself_and_others_are_not(company: Approving) -> None:
    fits, small = company.purchase("dan", total="2000"), company.purchase("dan", total="10")
    company.relay()
    assert [state for _, state in running(company, fits, "new_ones")] == ["running"]
    assert running(company, small, "new_ones") == []
    assert company.rows("select submitter from _approval where record = %s::uuid", [fits]) == [(company.people["dan"],)]


def test_a_save_that_takes_the_amount_above_the_limit_submits(company: Approving) -> None:
    id = company.purchase("dan", total="900")
    records.update(company.caller("dan"), "purchase", [{"id": id, "total": "50000"}])
    company.relay()
    assert running(company, id, "new_ones") == []
    records.update(company.caller("dan"), "purchase", [{"id": id, "total": "50001"}])
    company.relay()
    assert len(running(company, id, "new_ones")) == 1
    decide(company.caller("bea"), running(company, id, "new_ones")[0][0], "reject")
    records.update(company.caller("dan"), "purchase", [{"id": id, "total": "60000"}])
    company.relay()
    assert len(running(company, id, "new_ones")) == 1  # it was above before


def test_actions_run_where_the_tree_says_and_the_way_goes_by_what_they_wrote(company: Approving) -> None:
    id = company.purchase("dan", total="3000")
    company.relay()
    ((one, _),) = running(company, id, "new_ones")
    after = decide(company.caller("bea"), one, "approve")
    assert [step.node for step in after.steps] == ["supervisor", "mark", "after_that", "director"]
    assert value(company, id, "stage") == "asked"
    company.relay()
    assert value(company, id, "note") == "the supervisor agreed"
    assert decide(company.caller("cat"), one, "approve").state == "approved"
    assert value(company, id, "reviewer") is None
    company.relay()
    assert value(company, id, "reviewer") == company.people["dan"]


def test_an_action_that_fails_asks_an_administrator(company: Approving) -> None:
    id = company.purchase("dan", "Unmarkable", total="3000")
    company.relay()
    ((one, _),) = running(company, id, "new_ones")
    after = decide(company.caller("bea"), one, "approve")
    assert (after.state, after.steps[-1].node) == ("running", "mark")
    assert [t.user for t in after.tasks if t.is_open] == [company.people["ann"]]
    assert value(company, id, "stage") == "draft"
    gone_on = decide(company.caller("ann"), one, "approve", comment="Marked by hand.")
    assert gone_on.state == "approved"


def test_a_gate_opens_by_the_approval_and_the_record_enters_the_stage(company: Approving) -> None:
    id = company.purchase("dan")
    with pytest.raises(RecordsInvalid) as shut:
        records.update(company.caller("dan"), "purchase", [{"id": id, "stage": "ordered"}])
    assert [e.code for e in shut.value.errors] == ["stage_approval"]
    stage = {"pipeline": "buying", "stage": "ordered", "move": True}
    (answer,) = submit(company.caller("dan"), "ordering", "purchase", [id], stage=stage)
    decide(company.caller("cat"), str(answer.approval), "approve")
    assert value(company, id, "stage") == "ordered"
    company.relay()
    assert value(company, id, "note") == "thank you"


def test_a_new_submission_shuts_the_gate_that_an_earlier_one_opened(company: Approving) -> None:
    id = company.purchase("dan")
    (first,) = submit(company.caller("dan"), "ordering", "purchase", [id])
    decide(company.caller("cat"), str(first.approval), "approve")
    (second,) = submit(company.caller("dan"), "ordering", "purchase", [id])
    governing.recall(company.caller("dan"), str(second.approval))
    with pytest.raises(RecordsInvalid) as shut:
        records.update(company.caller("dan"), "purchase", [{"id": id, "stage": "ordered"}])
    assert [e.code for e in shut.value.errors] == ["stage_approval"]


def test_the_gate_shuts_when_what_was_approved_changes_and_opens_when_it_is_as_before(company: Approving) -> None:
    id = company.purchase("dan", total="500", cost="100")
    (answer,) = submit(company.caller("dan"), "ordering", "purchase", [id])
    decide(company.caller("cat"), str(answer.approval), "approve")
    with pytest.raises(RecordsInvalid) as at_once:
        records.update(company.caller("dan"), "purchase", [{"id": id, "total": "900", "stage": "ordered"}])
    assert [e.code for e in at_once.value.errors] == ["stage_approval"]
    records.update(company.caller("dan"), "purchase", [{"id": id, "cost": "10"}])  # which a formula reads
    with pytest.raises(RecordsInvalid) as shut:
        records.update(company.caller("dan"), "purchase", [{"id": id, "stage": "ordered"}])
    assert [e.code for e in shut.value.errors] == ["stage_approval"]
    pipeline = company.caller("dan").model.pipelines["buying"]
    assert not gates(company.caller("dan"), pipeline, id)["ordered"].open
    records.update(company.caller("dan"), "purchase", [{"id": id, "cost": "100"}])
    assert gates(company.caller("dan"), pipeline, id)["ordered"].open
    records.update(company.caller("dan"), "purchase", [{"id": id, "stage": "ordered"}])


def test_records_are_deleted_by_the_approval_that_is_for_it(company: Approving) -> None:
    id = company.purchase("dan")
    with pytest.raises(RecordsInvalid) as kept:
        records.delete(company.caller("dan"), "purchase", [id])
    assert [e.code for e in kept.value.errors] == ["delete_by_approval"]
    (answer,) = submit(company.caller("dan"), "scrapping", "purchase", [id])
    decide(company.caller("cat"), str(answer.approval), "approve")
    assert value(company, id, "deleted_at") is not None


def test_what_runs_on_a_record_that_is_deleted_ends_and_says_why(company: Approving) -> None:
    id = company.purchase("dan", total="3000")
    company.relay()
    records.delete(company.caller("ann", cause="automation"), "purchase", [id])
    company.relay()
    assert running(company, id, "new_ones")[0][1] == "ended"
    ((data,),) = company.rows(
        "select e.data from _approval_event e join _approval a on a.id = e.approval"
        " where a.record = %s::uuid and e.action = 'ended_ended'",
        [id],
    )
    assert data["reason"]["en"] == "The record was deleted."
    records.purge(company.admin, "purchase", [id])
    assert running(company, id, "new_ones") == []


def test_details_are_locked_with_their_record(company: Approving) -> None:
    one, other = company.purchase("dan"), company.purchase("dan")
    dan = replace(company.caller("dan"), rights=company.admin.rights)
    (line,) = records.create(dan, "purchase_line", [{"purchase": one, "what": "Paper"}]).records
    (loose,) = records.create(dan, "purchase_line", [{"purchase": other, "what": "Ink"}]).records
    (answer,) = submit(company.caller("dan"), "ordering", "purchase", [one])

    def refused(write: Any) -> list[str]:
        with pytest.raises(RecordsInvalid) as kept:
            write()
        return [error.code for error in kept.value.errors]

    said = ["parent_in_approval"]
    assert refused(lambda: records.create(dan, "purchase_line", [{"purchase": one, "what": "More"}])) == said
    assert refused(lambda: records.update(dan, "purchase_line", [{"id": line.id, "what": "Less"}])) == said
    assert refused(lambda: records.update(dan, "purchase_line", [{"id": line.id, "purchase": other}])) == said
    assert refused(lambda: records.update(dan, "purchase_line", [{"id": loose.id, "purchase": one}])) == said
    assert refused(lambda: records.delete(dan, "purchase_line", [str(line.id)])) == said
    records.update(dan, "purchase_line", [{"id": loose.id, "what": "Blue ink"}])
    records.update(replace(dan, cause="automation"), "purchase_line", [{"id": line.id, "what": "By a rule"}])
    governing.recall(company.caller("dan"), str(answer.approval))
    records.delete(dan, "purchase_line", [str(line.id)])
