"""Shares over HTTP: what is answered, and that what one may not see or do is refused without a trace of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reading import Client
from sharing import Sharing

Make = Callable[..., Client]


def test_share_list_change_and_withdraw(sharing: Sharing, client_as: Make) -> None:
    book, bob = sharing.make(), client_as("bob")
    place = f"/api/v1/records/book/{book}/shares"
    assert bob.get(place) == (
        200,
        {"shares": [], "relations": [{"name": "loan.book", "label": {"en": "Loans", "zh": "借阅"}}]},
    )
    status, made = bob.post(place, {"subject": sharing["dan"], "until": "2990-06-30", "relations": ["loan.book"]})
    assert status == 201
    assert (made["subject.name"], made["kind"], made["access"], made["until"]) == ("Dan", "user", "read", "2990-06-30")
    assert (made["created_by.name"], made["active"], made["may_change"]) == ("Bob", True, True)
    assert bob.post(place, {"subject": sharing["dan"], "access": "edit"})[0] == 200
    status, changed = bob.post(f"{place}/{made['id']}", {"until": None, "role": "Editor"}, method="PATCH")
    assert (status, changed["until"], changed["role"], changed["access"]) == (200, None, "Editor", "edit")
    assert bob.post(f"{place}/{made['id']}", method="DELETE")[0] == 204
    assert bob.get(place)[1]["shares"] == []


def test_many_at_once(sharing: Sharing, client_as: Make) -> None:
    bob, own, hidden = client_as("bob"), sharing.make(), sharing.make(owner="ann")
    body = {"ids": [own, hidden], "subject": sharing["press"]}
    status, problem = bob.post("/api/v1/records/book/shares", body)
    assert (status, [(e["index"], e["code"]) for e in problem["errors"]]) == (422, [(1, "not_found")])
    status, told = bob.post("/api/v1/records/book/shares?atomic=false", body)
    assert status == 200
    assert [(one["changed"], bool(one["share"]), len(one["errors"])) for one in told["records"]] == [
        (True, True, 0),
        (False, False, 1),
    ]


def test_hidden_unknown_and_foreign_ids_are_all_not_found(sharing: Sharing, client_as: Make) -> None:
    hidden, own, bob = sharing.make(owner="ann"), sharing.make(), client_as("bob")
    for id in (hidden, "00000000-0000-7000-8000-000000000000", "nonsense", "%00", "../x"):
        place = f"/api/v1/records/book/{id}/shares"
        assert bob.get(place)[0] == 404
        assert bob.post(place, {"subject": sharing["dan"]})[0] == 404
        assert bob.post(f"{place}/{own}", {"note": "x"}, method="PATCH")[0] == 404
        assert bob.post(f"{place}/{own}", method="DELETE")[0] == 404
        assert bob.post(f"/api/v1/records/book/{own}/shares/{id}", method="DELETE")[0] == 404
    assert bob.get(f"/api/v1/records/nonsense/{own}/shares")[0] == 404
    assert "fine" not in str(bob.get(f"/api/v1/records/fin/{own}/shares"))  # no hint at what he may not know
    assert bob.get(f"/api/v1/records/chapter/{own}/shares")[0] == 400


def test_the_right_share_and_the_scope_write_are_needed(sharing: Sharing, client_as: Make) -> None:
    own = sharing.make(owner="dan")
    place = f"/api/v1/records/book/{own}/shares"
    assert client_as("dan").post(place, {"subject": sharing["bob"]})[0] == 403
    assert client_as("dan").post("/api/v1/records/book/shares", {"ids": [own], "subject": sharing["bob"]})[0] == 403
    assert client_as("bob", "read").post(f"/api/v1/records/book/{sharing.make()}/shares", {})[0] == 403
    assert client_as("dan").get("/api/v1/records/fine/x/shares")[0] == 403


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["subject"]),
        ({"subject": "x", "access": "own"}, ["access"]),
        ({"subject": "x", "until": "soon", "relations": "all", "colour": 1}, ["colour", "relations", "until"]),
        ({"subject": ["x"]}, ["subject"]),
        ({"subject": "a\x00b"}, ["subject"]),
        ({"subject": "x"}, ["subject"]),
    ],
)
def test_a_wrong_body_names_its_fields(
    sharing: Sharing, client_as: Make, body: dict[str, object], fields: list[str]
) -> None:
    status, problem = client_as("bob").post(f"/api/v1/records/book/{sharing.make()}/shares", body)
    assert status == 422
    assert sorted({error["field"].partition(".")[0] for error in problem["errors"]}) == fields
