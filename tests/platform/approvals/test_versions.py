"""Versions of flows: what runs keeps the one it began with; what fits may be moved to the present one, and the
rest says why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from approving import DOCUMENTS, Approving, make_approving
from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_platform.approvals.errors import NotNow
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.governing import resubmit
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.versions.moving import fits, move_version, versions_of
from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.releases.plan import Plan, plan_model
from dougong_platform.releases.publish import publish

Body = dict[str, Any]


@pytest.fixture
def company(database_url: str) -> Iterator[Approving]:
    made = make_approving(database_url, DOCUMENTS)
    yield made
    made.database.close()


def sent(company: Approving, flow: str, total: str = "100") -> str:
    id = company.purchase("dan", total=total)
    (answer,) = submit(company.caller("dan"), flow, "purchase", [id])
    assert answer.approval is not None, answer.problem
    return answer.approval


def body(company: Approving, flow: str) -> Body:
    return company.admin.model.documents["approval", flow].json()


def model_with(company: Approving, *documents: Body, without: tuple[tuple[str, str], ...] = ()) -> Any:
    made = {document.key: document for document in map(Document.of, documents)}
    kept = {k: d for k, d in company.admin.model.documents.items() if k not in without}
    return compile_model(list((kept | made).values()))


def released(company: Approving, *documents: Body, without: tuple[tuple[str, str], ...] = ()) -> None:
    publish(company.database, company.tenant, model=model_with(company, *documents, without=without))


def without_director(company: Approving) -> Body:
    made = body(company, "by_amount")
    made["nodes"][1]["branches"] = [
        {"name": "small", "if": "total <= 5000", "nodes": []},
        {"name": "large", "nodes": []},
    ]
    return made


def test_what_runs_keeps_its_version(company: Approving) -> None:
    old = sent(company, "by_amount", "20000")
    released(company, without_director(company))
    new = sent(company, "by_amount", "20000")
    assert decide(company.caller("bea"), old, "approve").state == "running"
    assert decide(company.caller("bea"), new, "approve").state == "approved"
    assert decide(company.caller("cat"), old, "approve").state == "approved"


def test_versions_are_listed_with_what_runs_under_them(company: Approving) -> None:
    assert versions_of(company.admin, "by_amount") == []
    done = sent(company, "by_amount")
    decide(company.caller("bea"), done, "approve")
    sent(company, "by_amount")
    released(company, without_director(company))
    (only,) = versions_of(company.admin, "by_amount")
    assert (only.number, only.running, only.finished, only.current, only.broken) == (1, 1, 1, False, None)
    sent(company, "by_amount")
    assert [(v.number, v.running, v.current) for v in versions_of(company.admin, "by_amount")] == [
        (2, 1, True),
        (1, 1, False),
    ]


def test_what_waits_where_both_versions_ask_goes_on_under_the_new_one(company: Approving) -> None:
    first, stuck = sent(company, "by_amount", "20000"), sent(company, "by_amount", "20000")
    decide(company.caller("bea"), stuck, "approve")
    released(company, without_director(company))
    found = {fit.approval: fit.misfit for fit in fits(company.admin, "by_amount")}
    assert found[first] is None
    assert "“Director”" in (found[stuck] or {})["en"]
    assert "「总监」" in (found[stuck] or {})["zh"]
    answers = dict(move_version(company.admin, "by_amount"))
    assert answers[first] is None
    assert isinstance(answers[stuck], NotNow)
    rows = dict(company.rows("select id::text, version from _approval"))
    assert rows == {first: 2, stuck: 1}
    asked = company.rows("select \"user\" from _approval_task where approval = %s::uuid and state = 'open'", [first])
    assert asked == [(company.people["bea"],)]
    assert decide(company.caller("bea"), first, "approve").state == "approved"
    assert decide(company.caller("cat"), stuck, "approve").state == "approved"


def test_moving_is_told_in_the_history_and_in_the_audit_log(company: Approving) -> None:
    one = sent(company, "by_amount")
    released(company, without_director(company))
    assert move_version(company.admin, "by_amount", [one]) == [(one, None)]
    (event,) = company.rows("select actor, data from _approval_event where action = 'moved_version'")
    assert event == (company.people["ann"], {"version": 2, "before": 1})
    audited = company.rows("select target from _audit where action = 'approval.moved_version'")
    assert [str(row[0]) for row in audited] == [one]
    ((_, refusal),) = move_version(company.admin, "by_amount", [one])
    assert isinstance(refusal, NotNow)


def test_another_branch_around_the_node_does_not_fit(company: Approving) -> None:
    one = sent(company, "experts")
    made = body(company, "experts")
    law = made["nodes"][0]["branches"][0]
    law["name"] = "paragraphs"
    released(company, made)
    (fit,) = fits(company.admin, "experts")
    assert fit.approval == one
    assert fit.misfit is not None
    same = sent(company, "experts")
    decide(company.caller("eve"), same, "approve")
    assert [f.approval for f in fits(company.admin, "experts")] == [one]


def test_another_node_further_on_does_not_hinder(company: Approving) -> None:
    one = sent(company, "experts")
    made = body(company, "experts")
    made["nodes"][1]["by"] = [{"user": "gus@approving.test"}]
    released(company, made)
    assert move_version(company.admin, "experts", [one]) == [(one, None)]
    decide(company.caller("eve"), one, "approve")
    decide(company.caller("fay"), one, "approve")
    assert decide(company.caller("gus"), one, "approve").state == "approved"


def test_what_is_to_come_back_has_to_be_there(company: Approving) -> None:
    one = sent(company, "by_amount", "20000")
    decide(company.caller("bea"), one, "approve")
    decide(company.caller("cat"), one, "return", comment="Why?", back=True)
    released(company, without_director(company))
    (fit,) = fits(company.admin, "by_amount")
    assert fit.state == "returned"
    assert "come back to “Director”" in (fit.misfit or {})["en"]


def test_what_is_to_come_back_by_way_of_another_has_to_be_there_too(company: Approving) -> None:
    one = sent(company, "by_amount", "20000")
    decide(company.caller("bea"), one, "approve")
    decide(company.caller("cat"), one, "return", comment="Why?", to="supervisor", back=True)
    decide(company.caller("bea"), one, "return", comment="Why, indeed?", back=True)
    released(company, without_director(company))
    (fit,) = fits(company.admin, "by_amount")
    assert "come back to “Director”" in (fit.misfit or {})["en"]
    resubmit(company.caller("dan"), one)
    assert decide(company.caller("bea"), one, "approve").state == "running"  # straight back to the director
    assert decide(company.caller("cat"), one, "approve").state == "approved"


def test_a_broken_version_is_mended_by_moving(company: Approving) -> None:
    one = sent(company, "by_amount")
    made = body(company, "by_amount")
    made.pop("entry")
    made["shown"] = ["supplier"]
    for node in made["nodes"]:
        node.pop("hide", None)
        node.pop("edit", None)
    made["nodes"] = made["nodes"][:1]
    purchase = company.admin.model.documents["object", "purchase"].json()
    purchase["fields"].pop("discount")
    layout = company.admin.model.documents["layout", "purchase_standard"].json()
    layout["sections"][0]["fields"].remove("discount")
    documents = (made, purchase, layout)
    found = plan_model(company.database, company.tenant, model_with(company, *documents))
    assert "1 running approval cannot go on" in said(found, "approval_reads")
    released(company, *documents)
    (old,) = versions_of(company.admin, "by_amount")
    assert old.broken is not None
    (fit,) = fits(company.admin, "by_amount")
    assert fit.misfit is None or "kept fields" in fit.misfit["en"]
    assert move_version(company.admin, "by_amount", [one]) == [(one, None)]
    assert decide(company.caller("bea"), one, "approve").state == "approved"


def said(found: Plan, action: str) -> str:
    return " ".join(
        f"{step.says.en} {step.impact.note.en if step.impact.note else ''}"
        for step in found.steps
        if step.action == action
    )


def test_the_plan_says_how_many_keep_their_version_and_how_many_fit(company: Approving) -> None:
    sent(company, "by_amount", "20000")
    stuck = sent(company, "by_amount", "20000")
    decide(company.caller("bea"), stuck, "approve")
    model = model_with(company, without_director(company))
    assert "2 running keep version 1; 1 of them fits the new version" in said(
        plan_model(company.database, company.tenant, model), "keep_version"
    )
    gone = model_with(company, without=(("approval", "by_amount"),))
    assert "2 running keep version 1" in said(plan_model(company.database, company.tenant, gone), "keep_version")
    other = model_with(company, body(company, "simple") | {"label": "Another label"})
    assert said(plan_model(company.database, company.tenant, other), "keep_version") == ""


def test_only_administrators_move(company: Approving) -> None:
    one = sent(company, "simple")
    for work in (
        lambda: versions_of(company.caller("cat"), "simple"),
        lambda: fits(company.caller("cat"), "simple"),
        lambda: move_version(company.caller("cat"), "simple", [one]),
    ):
        with pytest.raises(NotAllowed):
            work()
    with pytest.raises(NotFound):
        versions_of(company.admin, "no_such_flow")
    other = sent(company, "experts")
    ((_, fault),) = move_version(company.admin, "simple", [other])
    assert isinstance(fault, NotFound)
