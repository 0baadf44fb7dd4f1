"""Statistics, versions, try-outs and explanations over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from approving import Approving, client_of
from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.http.engine import Engine
from dougong_platform.releases.publish import publish
from reading import Client

FLOW = "/api/v1/approval-flows/by_amount"


@pytest.fixture
def ann(approving: Approving, approving_app: Engine) -> Client:
    return client_of(approving_app, approving, "ann")


def sent(company: Approving, total: str) -> str:
    (answer,) = submit(company.caller("dan"), "by_amount", "purchase", [company.purchase("dan", total=total)])
    assert answer.approval is not None
    return answer.approval


def period(**more: Any) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    return {"from": (now - dt.timedelta(days=1)).isoformat(), "to": (now + dt.timedelta(minutes=1)).isoformat(), **more}


def test_how_it_goes(approving: Approving, ann: Client) -> None:
    one = sent(approving, "20000")
    decide(approving.caller("bea"), one, "approve")
    status, said = ann.get(f"{FLOW}/statistics")
    assert status == 200
    assert (said["flow"], said["object"], said["running"] >= 1) == ("by_amount", "purchase", True)
    assert len(said["days"]) == 31
    node = next(node for node in said["nodes"] if node["node"] == "supervisor")
    status, behind = ann.get(f"{FLOW}/approvals", figure="node", value="supervisor")
    assert status == 200
    assert len(behind["approvals"]) == node["decided"]
    assert one in [row["approval"] for row in behind["approvals"]]
    assert ann.get(f"{FLOW}/approvals", figure="nothing")[0] == 400
    assert ann.get(f"{FLOW}/statistics", to="yesterday")[0] == 400
    assert ann.get("/api/v1/approval-flows/nothing/statistics")[0] == 404


def test_only_who_may_know(approving: Approving, approving_app: Engine) -> None:
    dan, cat = client_of(approving_app, approving, "dan"), client_of(approving_app, approving, "cat")
    for path in ("statistics", "approvals", "versions"):
        assert dan.get(f"{FLOW}/{path}")[0] == 403
    assert cat.get(f"{FLOW}/statistics")[0] == 200
    assert cat.get(f"{FLOW}/versions")[0] == 403
    assert dan.post(f"{FLOW}/try-out", period())[0] == 403
    assert dan.post(f"{FLOW}/try-out", period(draft=True))[0] == 403
    assert dan.post(f"{FLOW}/versions/move", {})[0] == 403
    plain = client_of(approving_app, approving, "ann", "read", "write")  # a token that is good for less
    assert plain.post(f"{FLOW}/try-out", period())[0] == 403


def test_a_document_is_tried_out(approving: Approving, ann: Client) -> None:
    one = sent(approving, "20000")
    decide(approving.caller("bea"), one, "approve")
    document = approving.admin.model.documents["approval", "by_amount"].json()
    document["nodes"][1]["branches"][0]["if"] = "total <= 30000"
    status, said = ann.post(f"{FLOW}/try-out", period(document=document))
    assert status == 200, said
    assert said["changes"]["way"] >= 1
    line = next(line for line in said["lines"] if line["approval"] == one)
    assert [visit["node"] for visit in line["would"]] == ["supervisor", "by_size"]
    assert [visit["node"] for visit in line["did"]] == ["supervisor", "by_size", "director"]
    assert (line["change"], line["name"]) == ("way", "Paper")
    small = next(share for share in said["shares"] if (share["node"], share["branch"]) == ("by_size", "small"))
    assert small["would"] > small["did"]
    status, only = ann.post(f"{FLOW}/try-out", period(document=document, change="same", limit=1))
    assert {line["change"] for line in only["lines"]} <= {"same"}
    assert ann.post(f"{FLOW}/try-out", period(document=document, version=1))[0] == 400
    assert ann.post(f"{FLOW}/try-out", period(over="everything"))[0] == 422
    assert ann.post(f"{FLOW}/try-out", {"from": period()["to"], "to": period()["from"]})[0] == 400
    assert ann.post(f"{FLOW}/try-out", period(draft=True))[0] == 200


def test_versions_are_listed_and_moved(approving: Approving, ann: Client) -> None:
    one = sent(approving, "20000")
    documents = dict(approving.admin.model.documents)
    body = documents["approval", "by_amount"].json() | {"description": "Another one"}
    documents["approval", "by_amount"] = Document.of(body)
    publish(approving.database, approving.tenant, model=compile_model(list(documents.values())))
    status, said = ann.get(f"{FLOW}/versions")
    assert status == 200
    assert [version["current"] for version in said["versions"]] == [False]
    assert next(fit["misfit"] for fit in said["others"] if fit["approval"] == one) is None
    status, moved = ann.post(f"{FLOW}/versions/move", {"ids": [one]})
    assert (status, moved) == (200, {"moved": [{"approval": one, "problem": None}]})
    status, again = ann.post(f"{FLOW}/versions/move", {"ids": [one]})
    assert again["moved"][0]["problem"]["code"] == "not_now"


def test_an_approval_is_explained(approving: Approving, ann: Client, approving_app: Engine) -> None:
    one = sent(approving, "20000")
    decide(approving.caller("bea"), one, "approve")
    status, said = ann.get(f"/api/v1/approvals/{one}/explanation")
    assert status == 200
    first, second, third = said["steps"]
    assert (first["rules"], first["tasks"][0]["why"]) == (["the submitter's manager"], "Manager of Dan")
    assert second["branch.label"] == "Up to 50000"
    assert second["saw"] == [{"path": "total", "label": "Total", "value": "20000.00"}]
    assert third["node"] == "director"
    assert client_of(approving_app, approving, "gus").get(f"/api/v1/approvals/{one}/explanation")[0] == 404
