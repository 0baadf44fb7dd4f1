"""Group robots against a real HTTP server that checks signatures as the makers do."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.notifications import notify
from dougong_platform.notifications.robot_formats import Said, failure_of, request_for
from dougong_platform.notifications.robots import PURPOSE
from dougong_tenants import new_id
from dougong_tenants.secrets import seal
from listening import Listener
from sharing import Sharing

load_handlers()


@pytest.fixture(autouse=True)
def quiet(sharing: Sharing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUGONG_PRIVATE_ADDRESSES", "127.0.0.1")
    for table in ("_outbox", "_notification", "_robot", "_notification_preference", "_notification_times"):
        sharing.reading.run(f"delete from {table} returning 1")


def robot(sharing: Sharing, listener: Listener, kind: str = "wecom", **more: Any) -> str:
    values = {"team": None, "topics": [], "reader": "ann", "secret": None, "url": listener.url, **more}
    database, id = sharing.reading.database, str(new_id())
    secret = seal(database, PURPOSE, values["secret"]) if values["secret"] else None
    sharing.reading.run(
        "insert into _robot (id, name, kind, address, secret, host, team, topics, reader, locale)"
        " values (%s, 'Group', %s, %s, %s, 'localhost', %s, %s, %s, 'en') returning 1",
        [
            id,
            kind,
            seal(database, PURPOSE, values["url"]),
            secret,
            sharing[values["team"]] if values["team"] else None,
            "{" + ",".join(values["topics"]) + "}",
            sharing[values["reader"]],
        ],
    )
    return id


def tell(sharing: Sharing, *names: str, **more: Any) -> list[str]:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        users = [sharing[name] for name in names]
        return notify(tx, tenant=sharing.reading.tenant, users=users, **{"title": {"en": "It is due"}, **more})


def work(sharing: Sharing) -> None:
    relay(sharing.reading.database, sharing.reading.tenant)


def said(listener: Listener) -> list[str]:
    return [json.loads(one.body)["markdown"]["content"] for one in listener.asked]


def answering(body: Any) -> Any:
    def answer(request: BaseHTTPRequestHandler) -> None:
        text = json.dumps(body).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    return answer


TAKEN = {"errcode": 0, "errmsg": "ok"}


def state(sharing: Sharing, id: str) -> tuple[Any, ...]:
    return sharing.reading.run("select told_at is not null, problem from _robot where id = %s", [id])[0]


def test_a_group_hears_once_what_several_of_its_people_are_told(sharing: Sharing, listener: Listener) -> None:
    listener.answering = answering(TAKEN)
    id = robot(sharing, listener)
    tell(sharing, "bob", "cat", body={"en": "Shelf 3"})
    work(sharing)
    [text] = said(listener)
    assert text.startswith("**It is due**\nShelf 3\nFor Bob, Cat\n[Open](")
    assert state(sharing, id) == (True, None)


def test_a_teams_robot_speaks_of_its_members_alone(sharing: Sharing, listener: Listener) -> None:
    listener.answering = answering(TAKEN)
    robot(sharing, listener, team="press")
    tell(sharing, "bob")
    tell(sharing, "bob", "fay")
    work(sharing)
    assert ["For Fay" in text for text in said(listener)] == [True]


def test_a_robot_speaks_of_its_topics_and_not_of_whoever_wants_none(sharing: Sharing, listener: Listener) -> None:
    listener.answering = answering(TAKEN)
    robot(sharing, listener, topics=["mention"])
    sharing.reading.run(
        "insert into _notification_preference values (%s, 'mention', true, 'off', false) returning 1", [sharing["cat"]]
    )
    tell(sharing, "bob")
    tell(sharing, "cat", topic="mention")
    tell(sharing, "bob", topic="mention")
    work(sharing)
    assert len(said(listener)) == 1


def test_the_group_is_told_what_its_reader_may_read(sharing: Sharing, listener: Listener) -> None:
    listener.answering = answering(TAKEN)
    book = sharing.make(title="Secret memoirs")
    robot(sharing, listener, reader="dan")
    tell(sharing, "bob", object="book", record=book, title={"en": "Secret memoirs is due"})
    work(sharing)
    [text] = said(listener)
    assert "Secret" not in text
    assert book not in text
    assert "may not see" in text


def test_dingtalk_is_signed_in_the_address_and_feishu_in_the_body(sharing: Sharing, listener: Listener) -> None:
    def check(request: BaseHTTPRequestHandler) -> None:
        asked = listener.asked[-1]
        body = json.loads(asked.body)
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        if "sign" in query:  # DingTalk: the secret is the key
            words = f"{query['timestamp']}\nSEC1".encode()
            good = query["sign"] == base64.b64encode(hmac.new(b"SEC1", words, hashlib.sha256).digest()).decode()
            assert len(query["timestamp"]) == 13
            assert query["access_token"] == "x"
            answering({"errcode": 0 if good else 310000, "errmsg": "sign not match"})(request)
            return
        key = f"{body['timestamp']}\nSEC2".encode()  # Feishu: timestamp and secret are the key, nothing is the message
        good = body["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
        answering({"code": 0 if good else 19021, "msg": "sign match fail"})(request)

    listener.answering = check
    ids = [
        robot(sharing, listener, "dingtalk", secret="SEC1", url=listener.url + "?access_token=x"),
        robot(sharing, listener, "feishu", secret="SEC2"),
    ]
    wrong = robot(sharing, listener, "feishu", secret="another")
    tell(sharing, "bob", body={"en": "Shelf 3"})
    work(sharing)
    assert [state(sharing, id) for id in ids] == [(True, None)] * 2
    assert state(sharing, wrong) == (False, "19021 sign match fail")
    bodies = [json.loads(one.body) for one in listener.asked]
    assert {"markdown", "post"} == {body.get("msgtype") or body["msg_type"] for body in bodies}


def test_an_answer_of_200_with_an_error_in_it_is_a_failure_and_is_tried_again(
    sharing: Sharing, listener: Listener
) -> None:
    listener.answering = answering({"errcode": 93000, "errmsg": "invalid webhook url"})
    id = robot(sharing, listener)
    tell(sharing, "bob")
    work(sharing)
    assert state(sharing, id) == (False, "93000 invalid webhook url")
    assert sharing.reading.run("select attempts, dead, due > now() from _outbox") == [(1, False, True)]
    listener.answering = answering(TAKEN)
    sharing.reading.run("update _outbox set due = now() returning 1")
    work(sharing)
    assert state(sharing, id) == (True, None)
    assert len(listener.asked) == 2


def test_a_group_hears_at_most_twenty_messages_a_minute_and_the_others_later(
    sharing: Sharing, listener: Listener
) -> None:
    listener.answering = answering(TAKEN)
    id = robot(sharing, listener)
    for _ in range(23):
        tell(sharing, "bob")
    work(sharing)
    assert len(listener.asked) == 20
    left = sharing.reading.run("select attempts, extract(epoch from due - now()) between 1 and 61 from _outbox")
    assert left == [(0, True)] * 3
    sharing.reading.run(
        "update _robot set spoken = array(select t - interval '1 minute' from unnest(spoken) t)"
        " where id = %s returning 1",
        [id],
    )
    sharing.reading.run("update _outbox set due = now() returning 1")
    work(sharing)
    assert len(listener.asked) == 23


def test_a_private_address_is_never_asked_and_given_up_at_once(
    sharing: Sharing, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOUGONG_PRIVATE_ADDRESSES")
    id = robot(sharing, listener)
    tell(sharing, "bob")
    work(sharing)
    assert listener.asked == []
    assert sharing.reading.run("select dead from _outbox") == [(True,)]
    assert "private network" in state(sharing, id)[1]


def test_the_address_of_a_robot_is_sealed_and_in_no_failure(sharing: Sharing, listener: Listener) -> None:
    listener.statuses = [500]
    robot(sharing, listener, url=listener.url + "?key=hush")
    tell(sharing, "bob")
    work(sharing)
    kept = sharing.reading.run("select r::text || o::text from _robot r, _outbox o")
    assert "hush" not in str(kept)


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_words_of_people_are_no_links_and_call_nobody(kind: str) -> None:
    evil = "# Free [books](http://evil.test) <@all> **now**\n> quote"
    _, body = request_for(kind, "https://x.test", None, Said(evil, evil, "https://crm.test/o/book/1"), 0.0)
    text = json.loads(body)["markdown"]["content" if kind == "wecom" else "text"]
    assert "](http://evil" not in text
    assert "<@all>" not in text
    assert "\n#" not in text
    assert "\n>" not in text
    assert "[打开](https://crm.test/o/book/1)" in text


def test_long_texts_are_cut_to_what_a_maker_takes_at_whole_characters() -> None:
    _, body = request_for("wecom", "https://x.test", None, Said("题" * 3000), 0.0)
    text = json.loads(body)["markdown"]["content"]
    assert len(text.encode()) <= 4096
    assert text.endswith("…")
    assert "\ufffd" not in text


@pytest.mark.parametrize(
    ("status", "text", "failed"),
    [
        (200, '{"errcode":0,"errmsg":"ok"}', False),
        (200, '{"code":0,"msg":"success","data":{}}', False),
        (200, '{"StatusCode":0,"StatusMessage":"success"}', False),
        (200, '{"errcode":45009,"errmsg":"api freq out of limit"}', True),
        (200, '{"code":11232,"msg":"frequency limited"}', True),
        (500, '{"errcode":0}', True),
        (200, "<html>proxy</html>", True),
        (200, "[]", True),
        (404, "", True),
    ],
)
def test_only_an_answer_that_says_so_means_taken(status: int, text: str, failed: bool) -> None:
    assert (failure_of(status, text) is not None) == failed


def test_a_group_hears_of_whoever_has_quiet_hours_when_they_are_over(sharing: Sharing, listener: Listener) -> None:
    listener.answering = answering(TAKEN)
    robot(sharing, listener)
    here = dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))
    sharing.reading.run(
        "insert into _notification_times values (%s, %s, %s) returning 1",
        [sharing["cat"], (here - dt.timedelta(hours=1)).time(), (here + dt.timedelta(hours=2)).time()],
    )
    tell(sharing, "bob", "cat")
    work(sharing)
    assert ["For Bob" in text and "Cat" not in text for text in said(listener)] == [True]
    assert sharing.reading.run("select due > now() + interval '1 hour' from _outbox") == [(True,)]
    sharing.reading.run("update _outbox set due = now() returning 1")
    work(sharing)
    assert "For Cat" in said(listener)[1]
