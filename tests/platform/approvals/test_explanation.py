"""Why an approval went as it did: rules in words, people, branches with the values of then; nothing that is kept from
the reader."""

from __future__ import annotations

import pytest

from all_said import all_said
from approving import Approving
from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_platform import records
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.reading.explanation import Explanation, StepExplained, explanation
from dougong_platform.approvals.reading.shown_steps import KEPT_BACK
from dougong_platform.errors import NotFound
from dougong_platform.releases.publish import publish


def sent(company: Approving, flow: str, who: str = "dan", **values: str) -> str:
    id = company.purchase(who, **({"total": "100"} | values))
    (answer,) = submit(company.caller(who), flow, "purchase", [id])
    assert answer.approval is not None, answer.problem
    return answer.approval


def step(found: Explanation, node: str) -> StepExplained:
    return next(one for one in found.steps if one.shown.node == node)


def test_the_rule_and_why_it_is_him(approving: Approving) -> None:
    one = sent(approving, "simple")
    found = step(explanation(approving.caller("dan"), one), "supervisor")
    assert list(found.rules) == ["the submitter's manager"]
    assert [task.why for task in found.shown.tasks] == ["Manager of Dan"]
    zh = step(explanation(approving.caller("dan", "zh"), one), "supervisor")
    assert (zh.shown.label, list(zh.rules)) == ("主管", ["提交人的直属上级"])


def test_the_branch_with_the_values_of_then(approving: Approving) -> None:
    one = sent(approving, "by_amount", total="20000")
    decide(approving.caller("bea"), one, "approve")
    (record,) = approving.rows("select record::text from _approval where id = %s::uuid", [one])[0]
    decide(approving.caller("cat"), one, "approve")
    records.update(approving.caller("dan"), "purchase", [{"id": record, "total": "7"}])
    told = explanation(approving.admin, one)
    found = step(told, "by_size")
    assert [(way.label, way.condition, way.taken) for way in found.ways] == [
        ("Up to 5000", "Total ≤ 5000", False),
        ("Up to 50000", "Total ≤ 50,000", True),
        ("Larger", "otherwise", False),
    ]
    assert [(seen.path, seen.label, seen.value) for seen in found.saw] == [("total", "Total", "20000.00")]
    assert told.entry == "Total > 0"


def test_who_need_not_be_asked_again_and_why(approving: Approving) -> None:
    one = sent(approving, "by_amount", total="90000")
    decide(approving.caller("bea"), one, "approve")
    found = step(explanation(approving.admin, one), "line")
    bea = next(task for task in found.shown.tasks if task.user.id == approving.people["bea"])
    assert found.automatic == {bea.id: "Approved before in this approval, and so is not asked again"}
    assert found.need == "one after the other"


def test_who_was_replaced_is_noted(approving: Approving) -> None:
    one = sent(approving, "experts", who="cat")
    decide(approving.caller("eve"), one, "approve")
    decide(approving.caller("fay"), one, "approve")
    found = step(explanation(approving.admin, one), "director")
    assert list(found.notes) == ["Cat submitted it; Ann is asked instead"]
    parallel = step(explanation(approving.admin, one), "both")
    assert parallel.need == "all branches must approve"
    assert [(way.name, way.condition, way.taken) for way in parallel.ways] == [
        ("law", "always", True),
        ("money", "always", True),
    ]


def test_nothing_of_a_closed_field_is_told(approving: Approving) -> None:
    documents = dict(approving.admin.model.documents)
    made = documents["approval", "experts"].json()
    made["nodes"][0]["branches"][1]["if"] = "cost > 10"
    documents["approval", "experts"] = Document.of(made)
    publish(approving.database, approving.tenant, model=compile_model(list(documents.values())))
    one = sent(approving, "experts", cost="6500")
    open_told = step(explanation(approving.admin, one), "both")
    assert [(seen.path, seen.value) for seen in open_told.saw] == [("cost", "6500.00")]
    assert "6500" in all_said(explanation(approving.admin, one))
    for who in ("fay", "eve"):  # closed by his permission set; hidden at her node
        found = step(explanation(approving.caller(who), one), "both")
        assert list(found.saw) == []
        assert [way.condition for way in found.ways] == ["always", KEPT_BACK["en"]]
        assert "6500" not in all_said(explanation(approving.caller(who), one))


def test_a_long_text_is_kept_by_its_beginning(approving: Approving) -> None:
    documents = dict(approving.admin.model.documents)
    made = documents["approval", "by_amount"].json()
    made["nodes"][1]["branches"][1]["if"] = 'CONTAINS(note, "dear")'
    documents["approval", "by_amount"] = Document.of(made)
    purchase = documents["object", "purchase"].json()
    purchase["fields"]["note"]["max_length"] = 4_000
    documents["object", "purchase"] = Document.of(purchase)
    publish(approving.database, approving.tenant, model=compile_model(list(documents.values())))
    one = sent(approving, "by_amount", total="90000", note="x" * 3_000)
    decide(approving.caller("bea"), one, "approve")
    found = step(explanation(approving.admin, one), "by_size")
    assert {seen.path: len(seen.value) for seen in found.saw} == {"total": 8, "note": 500}


def test_whoever_does_not_see_it_is_told_nothing(approving: Approving) -> None:
    one = sent(approving, "simple")
    with pytest.raises(NotFound):
        explanation(approving.caller("gus"), one)
