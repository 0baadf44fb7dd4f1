"""Robots and the sender of mails over HTTP: for administrators alone; secrets go in and never out; all is audited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from dougong_platform.app import create_app
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.settings import Settings
from dougong_tenants.sign_in import sign_in
from listening import Listener
from post_office import PostOffice
from reading import PASSWORD, Client
from sharing import Sharing

ADDRESS = "https://oapi.dingtalk.com/robot/send?access_token=hush"


@pytest.fixture(autouse=True)
def empty(sharing: Sharing) -> None:
    sharing.reading.run("delete from _robot returning 1")


@pytest.fixture
def ann(client_as: Callable[..., Client]) -> Client:
    return client_as("ann", "read", "write", "people")


def robot(sharing: Sharing, **more: Any) -> dict[str, Any]:
    return {
        "name": "Press team",
        "kind": "dingtalk",
        "address": ADDRESS,
        "secret": "SEC-quiet",
        "team": sharing["press"],
        "topics": ["mention"],
        "reader": sharing["bob"],
        **more,
    }


def put(client: Client, path: str, body: Any) -> tuple[int, Any]:
    answer = client.open(path, method="PUT", json=body)
    return answer.status_code, answer.json


def audited(sharing: Sharing) -> list[tuple[str, str]]:
    return [
        (action, str(details))
        for action, details in sharing.reading.run("select action, details::text from _audit order by at desc limit 3")
    ]


def test_a_robot_is_added_changed_and_removed_and_its_secrets_never_come_out(sharing: Sharing, ann: Client) -> None:
    status, made = ann.post("/api/v1/robots", robot(sharing))
    assert status == 201
    assert (made["host"], made["has_secret"], made["team_name"], made["reader_name"]) == (
        "oapi.dingtalk.com",
        True,
        "Press",
        "Bob",
    )
    given = {
        name: value for name, value in robot(sharing, name="Newsroom").items() if name not in ("address", "secret")
    }
    status, changed = put(ann, f"/api/v1/robots/{made['id']}", given)
    assert (status, changed["name"], changed["has_secret"]) == (200, "Newsroom", True)  # what is absent stays
    status, changed = put(ann, f"/api/v1/robots/{made['id']}", given | {"secret": None})
    assert (status, changed["has_secret"]) == (200, False)
    status, listed = ann.get("/api/v1/robots")
    assert [one["name"] for one in listed["robots"]] == ["Newsroom"]
    told = audited(sharing)
    assert {action for action, _ in told} == {"robot.kept"}
    assert not [word for word in ("hush", "quiet") if word in str([made, changed, listed, told])]
    assert ann.open(f"/api/v1/robots/{made['id']}", method="DELETE").status_code == 204
    assert audited(sharing)[0][0] == "robot.removed"
    assert put(ann, f"/api/v1/robots/{made['id']}", given)[0] == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "icq"}, "kind"),
        ({"address": "ftp://x.test/"}, "address"),
        ({"address": "https://user:pass@x.test/"}, "address"),
        ({"address": ""}, "address"),
        ({"topics": ["gossip"]}, "topics"),
        ({"team": "01234567-89ab-7def-8123-456789abcdef"}, "team"),
        ({"reader": "nobody"}, "reader"),
        ({"locale": "fr"}, "locale"),
    ],
)
def test_what_is_wrong_with_a_robot_is_named(sharing: Sharing, ann: Client, wrong: dict[str, Any], field: str) -> None:
    status, problem = ann.post("/api/v1/robots", robot(sharing, **wrong))
    assert (status, [error["field"] for error in problem["errors"]]) == (422, [field])


def test_trying_a_robot_says_why_it_did_not_arrive(
    sharing: Sharing, ann: Client, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, made = ann.post("/api/v1/robots", robot(sharing, address=listener.url))
    path = f"/api/v1/robots/{made['id']}/try"
    status, tried = ann.post(path)
    assert (status, listener.asked) == (200, [])
    assert "private network" in tried["problem"]
    monkeypatch.setenv("DOUGONG_PRIVATE_ADDRESSES", "127.0.0.1")
    assert ann.post(path)[1]["problem"].startswith("200 answer 1")  # an answer, but no robot's


def test_nobody_but_administrators_comes_near(sharing: Sharing, client_as: Callable[..., Client]) -> None:
    for client in (client_as("bob"), client_as("ann")):  # a reader; an administrator's token without the scope
        assert client.get("/api/v1/robots")[0] == 403
        assert client.post("/api/v1/robots", robot(sharing))[0] == 403
        assert client.get("/api/v1/mail-sender")[0] == 403
        assert put(client, "/api/v1/mail-sender", {"name": "x"})[0] == 403


def test_the_sender_is_kept_noted_and_tried(sharing: Sharing, ann: Client, post_office: PostOffice) -> None:
    assert ann.get("/api/v1/mail-sender")[1]["name"] == "Library"
    given = {"name": "图书馆", "address": "desk@library.test", "reply_to": None}
    assert put(ann, "/api/v1/mail-sender", given) == (200, given)
    assert audited(sharing)[0][0] == "mail_sender.changed"
    status, problem = put(ann, "/api/v1/mail-sender", {"address": "no address", "reply_to": "a@b@c"})
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["address", "reply_to"])
    assert ann.post("/api/v1/mail-sender/try") == (200, {"problem": None})
    assert post_office.mails[0]["From"] == "图书馆 <desk@library.test>"
    post_office.answers["ann@library.test"] = "550 unknown"
    assert ann.post("/api/v1/mail-sender/try") == (200, {"problem": "550 unknown"})
    put(ann, "/api/v1/mail-sender", {})


def test_a_page_that_asks_for_its_count_keeps_no_session_from_ending(sharing: Sharing, tmp_path: Any) -> None:
    database = sharing.reading.database
    app = create_app(Settings(home=tmp_path, database_url=database.dsn, secret="test", rate_limit=0), database)
    secret = sign_in(database, "bob@library.test", PASSWORD).session or ""

    def seen() -> dt.datetime:
        rows = database.read_control("select last_seen_at from dougong.session order by created_at desc limit 1", ())
        return dt.datetime.fromisoformat(rows[0][0])

    def age() -> None:
        with database.control() as tx:
            tx.execute("update dougong.session set last_seen_at = now() - interval '5 minutes'")

    client = app.test_client()
    client.set_cookie(SESSION_COOKIE, secret)
    age()
    before = seen()
    assert client.get("/inbox/unread").status_code == 200
    assert client.get("/inbox/unread").status_code == 200
    assert seen() == before
    assert client.get("/inbox").status_code == 200  # somebody is there
    assert seen() > before
