"""Approvals over HTTP: what is answered, to whom, and how it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from approval_rows import clear
from approving import DOCUMENTS, Approving, client_of, make_approving
from dougong_platform.http.engine import Engine
from dougong_tenants.people import create_user
from reading import Client

NOBODY = "01a20475-20a2-78d7-818f-ccec7a630482"


@pytest.fixture(scope="module")
def clients(approving: Approving, approving_app: Engine) -> dict[str, Client]:
    return {who: client_of(approving_app, approving, who) for who in approving.people}


KEEPER = """
---
kind: permission_set
name: keeper
label: {en: Keeper of people, zh: 人事}
system: [people]
objects: {supplier: {read: all}}
"""


@pytest.fixture(scope="module")
def approving(module_database_url: str) -> Iterator[Approving]:
    """The company, and pia, who keeps its people."""
    made = make_approving(module_database_url, DOCUMENTS + KEEPER)
    given = {"name": "Pia", "email": "pia@approving.test"}
    made.people["pia"] = create_user(made.database, made.tenant, given, permission_sets=["keeper"]).id
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def empty(approving: Approving) -> Iterator[None]:
    yield
    clear(approving)


@pytest.fixture
def sent(approving: Approving, clients: dict[str, Client]) -> Callable[..., str]:
    """A purchase of dan's, submitted by him; the approval."""

    def make(flow: str = "simple", **values: Any) -> str:
        id = approving.purchase(**({"total": "9000", "cost": "10"} | values))
        body = {"flow": flow, "object": "purchase", "id": id}
        status, answer = clients["dan"].post("/api/v1/approvals", body)
        assert (status, answer["state"], answer["record"], answer["problem"]) == (201, "running", id, None)
        return str(answer["approval"])

    return make


def test_from_submitting_to_the_end(clients: dict[str, Client], sent: Callable[..., str]) -> None:
    one = sent("by_amount")
    status, box = clients["bea"].get("/api/v1/approvals")
    assert (status, box["counts"]) == (200, {"todo": 1, "submitted": 0, "cc": 0})
    (row,) = box["approvals"]
    assert (row["approval"], row["flow.label"], row["node.label"]) == (one, "Purchase by amount", "Supervisor")
    status, shown = clients["bea"].get(f"/api/v1/approvals/{one}")
    assert status == 200
    assert "approve" in shown["may"]
    assert [field["name"] for field in shown["fields"]] == ["supplier", "total", "discount"]
    assert shown["ahead"][0]["why"] == "Total ≤ 50,000"
    assert shown["ahead"][1]["people"][0]["name"] == "Cat"
    body = {"verdict": "approve", "comment": "Fine.", "values": {"discount": "0.1"}}
    status, after = clients["bea"].post(f"/api/v1/approvals/{one}/decision", body)
    assert (status, after["state"], after["id"]) == (200, "running", one)
    status, after = clients["cat"].post(f"/api/v1/approvals/{one}/decision", {"verdict": "approve"})
    assert (status, after["state"]) == (200, "approved")
    done = clients["bea"].get("/api/v1/approvals", box="done")[1]["approvals"]
    assert [(row["verdict"], row["state"]) for row in done] == [("approved", "approved")]
    status, shown = clients["dan"].get(f"/api/v1/approvals/{one}")
    assert [(event["actor"] or {}).get("name") for event in shown["events"] if event["actor"]] == ["Dan", "Bea", "Cat"]
    assert shown["events"][2]["where"] == "over the API"
    (mine,) = clients["dan"].get("/api/v1/approvals", box="submitted")[1]["approvals"]
    assert mine["title"] == "Paper"


def test_the_answer_speaks_the_callers_language(clients: dict[str, Client], sent: Callable[..., str]) -> None:
    one = sent()
    answer = clients["bea"].open(f"/api/v1/approvals/{one}", headers={"Accept-Language": "zh"}).get_json()
    assert (answer["flow.label"], answer["steps"][0]["label"]) == ("简单采购", "主管")
    assert answer["steps"][0]["tasks"][0]["why"] == "Dan的上级"
    assert answer["events"][0]["text"] == "Dan提交"


def test_many_records_are_submitted_each_for_itself(approving: Approving, clients: dict[str, Client]) -> None:
    good, bad = approving.purchase(total="5"), approving.purchase()
    body = {"flow": "by_amount", "object": "purchase", "ids": [good, bad, NOBODY, "nothing"]}
    status, answer = clients["dan"].post("/api/v1/approvals", body)
    assert status == 201
    found = [(one["record"], (one["problem"] or {}).get("code")) for one in answer["submitted"]]
    assert found == [(good, None), (bad, "not_submitted"), (NOBODY, "not_found"), ("nothing", "not_found")]


def test_many_are_decided_each_for_itself(clients: dict[str, Client], sent: Callable[..., str]) -> None:
    first, second, theirs = sent(), sent(title="Ink"), sent("experts")
    body = {"ids": [first, second, theirs, NOBODY], "verdict": "approve"}
    status, answer = clients["bea"].post("/api/v1/approvals/decisions", body)
    assert status == 200
    codes = [(one["approval"], (one["problem"] or {}).get("code")) for one in answer["decided"]]
    assert codes == [(first, None), (second, None), (theirs, "not_found"), (NOBODY, "not_found")]
    again = clients["bea"].post("/api/v1/approvals/decisions", {"ids": [first], "verdict": "reject"})[1]["decided"]
    assert (again[0]["problem"]["code"], again[0]["problem"]["status"]) == ("already_done", 409)
    assert "Bea approved" in again[0]["problem"]["detail"]


def test_the_way_ahead_is_told_before_submitting(approving: Approving, clients: dict[str, Client]) -> None:
    record = approving.purchase(total="60000", cost="5")
    body = {"flow": "by_amount", "object": "purchase", "id": record}
    status, answer = clients["dan"].post("/api/v1/approvals/route", body)
    assert status == 200
    assert [(step["node"], [one["name"] for one in step["people"]]) for step in answer["route"]] == [
        ("supervisor", ["Bea"]),
        ("by_size", []),
        ("line", ["Bea", "Cat", "Ann"]),
    ]
    assert [one["automatic"] for one in answer["route"][2]["people"]] == [True, False, False]
    assert clients["dan"].get("/api/v1/approvals", box="submitted")[1]["approvals"] == []
    assert clients["eve"].post("/api/v1/approvals/route", body)[0] in (403, 404)
    assert clients["dan"].post("/api/v1/approvals/route", {**body, "id": NOBODY})[0] == 404
    assert clients["dan"].post("/api/v1/approvals/route", {**body, "flow": "other"})[0] == 404


def test_a_record_tells_its_approvals_and_the_flows_there_are(
    approving: Approving, clients: dict[str, Client], sent: Callable[..., str]
) -> None:
    one = sent()
    record = clients["dan"].get(f"/api/v1/approvals/{one}")[1]["record"]
    status, found = clients["dan"].get(f"/api/v1/records/purchase/{record}/approvals")
    assert (status, [row["approval"] for row in found["approvals"]]) == (200, [one])
    assert {flow["flow"]: flow["may"] for flow in found["flows"]} == {
        "simple": False, "by_amount": True, "experts": True,
    }  # fmt: skip
    assert found["flows"][-1]["why_not"] == "It is in approval already."
    assert clients["dan"].get(f"/api/v1/records/purchase/{NOBODY}/approvals")[0] == 404
    assert clients["eve"].get(f"/api/v1/records/purchase/{record}/approvals")[0] == 403
    other = approving.purchase("cat")
    assert clients["dan"].get(f"/api/v1/records/purchase/{other}/approvals")[0] == 404


def test_everything_that_people_do_has_its_address(
    approving: Approving, clients: dict[str, Client], sent: Callable[..., str]
) -> None:
    one, people = sent("by_amount"), approving.people

    def moved(who: str, what: str, **body: Any) -> Any:
        status, answer = clients[who].post(f"/api/v1/approvals/{one}/{what}", body)
        assert status == 200, answer
        return answer["state"]

    assert moved("bea", "consultations", users=[people["fay"]], question="Dear?") == "running"
    moved("fay", "opinion", text="No.")
    moved("dan", "comments", text="Thanks.", mentions=[people["bea"]])
    moved("dan", "urge")
    moved("bea", "signers", users=[people["eve"]], comment="Law?")
    moved("eve", "decision", verdict="approve")
    assert moved("bea", "decision", verdict="return", comment="Less.") == "returned"
    assert moved("dan", "resubmission", note="Less it is.") == "running"
    moved("bea", "transfer", to=people["cat"])
    task = clients["ann"].get(f"/api/v1/approvals/{one}")[1]["steps"][-1]["tasks"][-1]["id"]
    moved("ann", "reassignment", task=task, to=people["bea"], reason="cat is away")
    moved("ann", "jump", node="director", reason="quicker")
    assert moved("dan", "recall", reason="no need") == "recalled"
    status, refused = clients["ann"].post(f"/api/v1/approvals/{one}/end", {"outcome": "ended", "reason": "x"})
    assert (status, refused["code"]) == (409, "not_now")
    other = sent()
    status, ended = clients["ann"].post(f"/api/v1/approvals/{other}/end", {"outcome": "rejected", "reason": "x"})
    assert (status, ended["state"]) == (200, "rejected")


def test_refusals_say_which_kind_they_are(clients: dict[str, Client], sent: Callable[..., str]) -> None:
    one = sent("by_amount")
    decision = f"/api/v1/approvals/{one}/decision"
    approve = {"verdict": "approve"}

    def refused(who: str, path: str, body: Any) -> tuple[int, str]:
        status, answer = clients[who].post(path, body)
        return status, answer["code"]

    assert refused("gus", decision, approve) == (404, "not_found")
    assert refused("dan", decision, approve) == (403, "not_asked")
    assert refused("bea", decision, {"verdict": "reject"}) == (422, "records_invalid")
    assert refused("bea", decision, {"verdict": "maybe"}) == (422, "records_invalid")
    assert refused("bea", decision, {"verdict": "approve", "values": {"total": "1"}}) == (422, "records_invalid")
    assert refused("bea", decision, {"verdict": "return", "comment": "x", "to": "director"}) == (409, "not_now")
    assert refused("bea", decision, {**approve, "colour": "red"}) == (422, "records_invalid")
    assert refused("bea", f"/api/v1/approvals/{NOBODY}/decision", approve) == (404, "not_found")
    assert refused("bea", "/api/v1/approvals/nothing/decision", approve) == (404, "not_found")
    assert refused("bea", f"/api/v1/approvals/{one}/jump", {"node": "director", "reason": "x"}) == (403, "not_allowed")
    assert refused("bea", f"/api/v1/approvals/{one}/recall", {}) == (404, "not_found")
    assert refused("bea", f"/api/v1/approvals/{one}/urge", None) == (403, "not_allowed")
    assert clients["bea"].post(decision, approve)[0] == 200
    assert refused("bea", decision, approve) == (409, "already_done")
    body = {"flow": "by_amount", "object": "purchase"}
    assert refused("dan", "/api/v1/approvals", body) == (400, "bad_request")
    assert refused("dan", "/api/v1/approvals", {**body, "id": NOBODY}) == (404, "not_found")
    assert refused("dan", "/api/v1/approvals", {**body, "id": NOBODY, "flow": "none"}) == (404, "not_found")
    record = clients["dan"].get(f"/api/v1/approvals/{one}")[1]["record"]
    assert refused("dan", "/api/v1/approvals", {**body, "id": record}) == (422, "not_submitted")
    assert clients["dan"].get("/api/v1/approvals", box="none")[0] == 400
    assert clients["dan"].get("/api/v1/approvals", bx="todo")[0] == 400
    assert clients["dan"].get("/api/v1/approvals", cursor="zz")[0] == 400


def test_a_look_changes_nothing(approving: Approving, clients: dict[str, Client], sent: Callable[..., str]) -> None:
    one = sent("experts")
    for who in ("eve", "fay"):
        clients[who].post(f"/api/v1/approvals/{one}/decision", {"verdict": "approve"})
    clients["cat"].post(f"/api/v1/approvals/{one}/decision", {"verdict": "approve"})

    def state() -> Any:
        return [approving.rows(f"select * from {table} order by 1, 2") for table in
                ("_approval", "_approval_step", "_approval_task", "_approval_event")]  # fmt: skip

    before = state()
    for path in (f"approvals/{one}", "approvals", "approvals?box=cc", "approvals/counts", "approvals/delegations"):
        assert clients["gus"].open(f"/api/v1/{path}").status_code == 200
    for action in ("decision", "urge", "recall", "end", "seen"):
        assert clients["ann"].get(f"/api/v1/approvals/{one}/{action}")[0] in (404, 405)
    assert state() == before
    assert clients["gus"].get("/api/v1/approvals/counts")[1]["cc"] == 1
    assert clients["gus"].post(f"/api/v1/approvals/{one}/seen") == (200, {"changed": True})
    assert clients["gus"].post(f"/api/v1/approvals/{one}/seen") == (200, {"changed": False})
    assert clients["gus"].get("/api/v1/approvals/counts")[1]["cc"] == 0


def test_a_key_makes_a_repetition_harmless(
    approving: Approving, clients: dict[str, Client], sent: Callable[..., str]
) -> None:
    one, bea = sent(), clients["bea"]

    def say(key: str, text: str) -> tuple[int, Any]:
        answer = bea.open(f"/api/v1/approvals/{one}/comments", method="POST", json={"text": text},
                          headers={"Idempotency-Key": key})  # fmt: skip
        return answer.status_code, answer.get_json()

    first = say("k1", "Hello.")
    assert (first[0], say("k1", "Hello.")) == (200, first)
    assert say("k1", "Bye.")[1]["code"] == "idempotency_mismatch"
    assert say("k2", "")[0] == 400
    assert say("k2", "Now.")[0] == 200, "what was refused leaves its key free"
    said = [event["comment"] for event in bea.get(f"/api/v1/approvals/{one}")[1]["events"] if event["comment"]]
    assert said == ["Hello.", "Now."]
    approving.run("update _idempotency set status = null where key = 'k1'")  # as if it had been cut off
    assert say("k1", "Hello.")[1]["code"] == "under_way"


def test_files_of_an_approval_are_fetched_below_it(clients: dict[str, Client], sent: Callable[..., str]) -> None:
    one = sent()
    up = clients["bea"].open("/api/v1/files?name=plan.txt", method="POST", data=b"words")
    file = up.get_json()["id"]
    body = {"text": "See.", "files": [file]}
    assert clients["bea"].post(f"/api/v1/approvals/{one}/comments", body)[0] == 200
    got = clients["dan"].open(f"/api/v1/approvals/{one}/files/{file}")
    assert (got.status_code, got.data) == (200, b"words")
    assert "attachment" in got.headers["Content-Disposition"]
    assert clients["dan"].open(f"/api/v1/files/{file}").status_code == 404
    assert clients["eve"].open(f"/api/v1/approvals/{one}/files/{file}").status_code == 404
    assert clients["dan"].open(f"/api/v1/approvals/{one}/files/{NOBODY}").status_code == 404
    shown = clients["dan"].get(f"/api/v1/approvals/{one}")[1]
    assert [(f["id"], f["name"]) for f in shown["files"]] == [(file, "plan.txt")]


def test_delegations_are_made_and_ended(
    approving: Approving, clients: dict[str, Client], sent: Callable[..., str]
) -> None:
    one, people = sent(), approving.people
    status, made = clients["bea"].post("/api/v1/approvals/delegations", {"delegate": people["eve"]})
    assert (status, made["delegate.name"], made["state"], made["flows"]) == (201, "Eve", "now", [])
    (row,) = clients["eve"].get("/api/v1/approvals")[1]["approvals"]
    assert (row["approval"], row["behalf"]) == (one, "Bea")
    (theirs,) = clients["eve"].get("/api/v1/approvals/delegations")[1]["delegations"]
    assert (theirs["id"], theirs["may_end"]) == (made["id"], False)
    assert clients["eve"].get("/api/v1/approvals/delegations", everybody="true")[0] == 403
    assert len(clients["ann"].get("/api/v1/approvals/delegations", everybody="true")[1]["delegations"]) == 1
    assert clients["eve"].post(f"/api/v1/approvals/delegations/{made['id']}", method="DELETE")[0] == 404
    assert clients["bea"].post(f"/api/v1/approvals/delegations/{made['id']}", method="DELETE")[0] == 204
    assert clients["eve"].get("/api/v1/approvals")[1]["approvals"] == []
    wrong = {"delegate": people["bea"], "ends_at": "2020-01-01T00:00:00Z", "flows": ["none"]}
    status, refused = clients["bea"].post("/api/v1/approvals/delegations", wrong)
    assert (status, {error["field"] for error in refused["errors"]}) == (422, {"delegate", "ends_at", "flows"})


def test_a_token_that_only_reads_moves_nothing(
    approving: Approving, approving_app: Engine, sent: Callable[..., str]
) -> None:
    one = sent()
    reader = client_of(approving_app, approving, "bea", "read")
    assert reader.get(f"/api/v1/approvals/{one}")[0] == 200
    record = approving.purchase(total="5")
    body = {"flow": "by_amount", "object": "purchase", "id": record}
    assert reader.post("/api/v1/approvals/route", body)[0] == 200
    for path in (f"approvals/{one}/decision", "approvals/decisions", f"approvals/{one}/seen", "approvals"):
        assert reader.post(f"/api/v1/{path}", {})[0] == 403


def test_an_administrator_intervenes_with_a_token_that_is_good_for_it(
    approving: Approving, approving_app: Engine, sent: Callable[..., str]
) -> None:
    one = sent()
    writer = client_of(approving_app, approving, "pia", "read", "write")
    assert writer.get(f"/api/v1/approvals/{one}")[0] == 404
    end = {"outcome": "ended", "reason": "x"}
    assert writer.post(f"/api/v1/approvals/{one}/end", end)[0] == 403
    assert writer.get("/api/v1/approvals/delegations", everybody="true")[0] == 403
    keeper = client_of(approving_app, approving, "pia", "read", "write", "people")
    assert keeper.get(f"/api/v1/approvals/{one}")[1]["may"] == ["comment", "end", "jump", "reassign", "urge"]
    assert keeper.post(f"/api/v1/approvals/{one}/end", end)[0] == 200


def test_another_company_finds_nothing(clients: dict[str, Client]) -> None:
    for path in ("", "/files/" + NOBODY):
        assert clients["ann"].get(f"/api/v1/approvals/{NOBODY}{path}")[0] == 404
