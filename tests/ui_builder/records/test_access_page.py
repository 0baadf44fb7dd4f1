"""Who can see a record and why, on a page; and looking on as somebody else, who can then change nothing."""

from __future__ import annotations

from flask.testing import FlaskClient

from catalogue_room import csrf
from dougong_platform.records import create
from dougong_tenants import people
from dougong_tenants.organisation import organisation_of
from reading import Reading

HTML = {"Accept": "text/html"}


def make(room: Reading, owner: str) -> str:
    return str(create(room.admin, "book", [{"title": "Red Chamber", "owner": owner}]).records[0].id)


def test_the_page_says_what_decides_and_what_was_looked_at(room: Reading, ann: FlaskClient) -> None:
    id = make(room, room.bob)
    mine = ann.get(f"/o/book/{id}/access", headers=HTML).text
    assert "Decided by: administrator" in mine
    bobs = ann.get(f"/o/book/{id}/access?user={room.bob}", headers=HTML).text
    assert "Decided by: Owner: this person" in bobs
    assert "Preview as Bob" in bobs
    cats = ann.get(f"/o/book/{id}/access", query_string={"user:text": "Cat"}, headers=HTML).text
    assert "Cannot see it" in cats
    assert "Owner: Bob, somebody else" in cats
    assert "Nobody is called" in ann.get(f"/o/book/{id}/access", query_string={"user:text": "Zoe"}, headers=HTML).text
    drawer = ann.get(f"/o/book/{id}/access", headers=HTML | {"HX-Request": "true"}).text
    assert 'id="drawer-title"' in drawer
    assert "<html" not in drawer
    named = ann.get(f"/o/book/{id}/audience", headers=HTML).text
    assert "2 people can see it" in named


def test_who_may_not_ask_about_others_is_told_of_himself(room: Reading, bob: FlaskClient) -> None:
    id = make(room, room.bob)
    page = bob.get(f"/o/book/{id}/access?user={room.cat}", headers=HTML)
    assert page.status_code == 200
    assert "Owner: this person" in page.text
    assert "As whom" not in page.text
    assert bob.get(f"/o/book/{id}/audience", headers=HTML).status_code == 403
    assert bob.get(f"/o/book/{make(room, room.cat)}/access", headers=HTML).status_code == 404
    sent = bob.post("/preview", data={"csrf_token": csrf(bob), "user": room.cat}, headers=HTML)
    assert sent.status_code == 403


def test_an_administrator_looks_on_with_the_eyes_of_another_and_changes_nothing(
    room: Reading, ann: FlaskClient
) -> None:
    mine, bobs = make(room, room.ann), make(room, room.bob)
    token = csrf(ann)
    started = ann.post("/preview", data={"csrf_token": token, "user": room.bob, "next": "/o/book"}, headers=HTML)
    assert (started.status_code, started.headers["Location"]) == (303, "/o/book")
    page = ann.get(f"/o/book/{bobs}", headers=HTML)
    assert "You look on as Bob" in page.text
    assert ann.get(f"/o/book/{mine}", headers=HTML).status_code == 404
    assert ann.get("/api/v1/me").json["user"]["id"] == room.bob
    for path, data in (
        (f"/o/book/{bobs}/delete", {}),
        (f"/o/book/{bobs}/comments", {"text": "x"}),
        ("/preview", {"user": room.cat}),
        ("/preferences", {"locale": "zh"}),
    ):
        answer = ann.post(path, data={"csrf_token": token, **data}, headers=HTML)
        assert answer.status_code in (303, 403), path
    changed = ann.patch(f"/api/v1/records/book/{bobs}", json={"title": "no"}, headers={"X-CSRF-Token": token})
    assert (changed.status_code, changed.json["code"]) == (403, "only_previewing")
    assert ann.get(f"/api/v1/records/book/{bobs}").json["title"] == "Red Chamber"
    assert organisation_of(room.database, room.tenant).people[room.bob].locale is None
    asked = ann.post(
        "/api/v1/query", json={"from": "book", "aggregates": {"n": "COUNT()"}}, headers={"X-CSRF-Token": token}
    )
    assert asked.status_code == 200
    ended = ann.post("/preview/end", data={"csrf_token": token, "next": "/"}, headers=HTML)
    assert ended.status_code == 303
    assert ann.get(f"/o/book/{mine}", headers=HTML).status_code == 200
    assert ann.get("/api/v1/me").json["user"]["id"] == room.ann
    noted = room.run("select action, actor, target from _audit where action like 'preview.%%' order by seq")
    assert noted == [("preview.started", room.ann, room.bob), ("preview.ended", room.ann, room.bob)]


def test_a_preview_ends_with_the_right_to_it(room: Reading, ann: FlaskClient) -> None:
    token = csrf(ann)
    ann.post("/preview", data={"csrf_token": token, "user": room.bob}, headers=HTML)
    assert ann.get("/api/v1/me").json["user"]["id"] == room.bob
    people.set_permission_sets(room.database, room.tenant, room.cat, ["administrator"])
    people.set_permission_sets(room.database, room.tenant, room.ann, ["reader"])
    try:
        assert ann.get("/api/v1/me").json["user"]["id"] == room.ann
    finally:
        people.set_permission_sets(room.database, room.tenant, room.ann, ["administrator"])
        people.set_permission_sets(room.database, room.tenant, room.cat, ["reader"])
        ann.post("/preview/end", data={"csrf_token": token}, headers=HTML)
