"""A call of a webhook: signed, repeated until it is taken, given up after a day, and seen by people all the while."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from dougong_platform.jobs import NOW, Later
from dougong_platform.jobs.relay import Slice
from dougong_platform.webhooks.delivery import PAUSES, attempt
from dougong_platform.webhooks.secret import renew

if TYPE_CHECKING:
    from conftest import Hooked


def test_a_call_says_what_happened_under_a_stable_id(hooked: Hooked) -> None:
    id = hooked.send(title="红楼梦", price="12.50")
    hooked.work()
    (asked,) = hooked.listener.asked
    said = json.loads(asked.body)
    assert (asked.method, asked.path) == ("POST", "/hook")
    assert said == {
        "id": id,
        "event": "book.noticed",
        "at": said["at"],
        "tenant": "library",
        "data": {"title": "红楼梦", "price": "12.50"},
    }
    assert (asked.headers["dougong-id"], asked.headers["dougong-event"]) == (id, "book.noticed")
    assert asked.headers["content-type"] == "application/json"
    found = hooked.delivery(id)
    assert (found["state"], found["status"], found["answer"], found["attempts"]) == ("delivered", 200, "answer 1", 1)


def clock(hooked: Hooked) -> str:
    """The database's."""
    ((now,),) = hooked.reading.run("select clock_timestamp()")
    return str(now)


def busy(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer that asks to be called again in two minutes."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Retry-After", "120")
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def test_a_call_is_signed_with_its_time_and_body(hooked: Hooked) -> None:
    with hooked.reading.database.transaction(hooked.reading.tenant) as tx:
        secret = renew(tx, hooked.reading.database, "called")
    hooked.send(a=1)
    hooked.work()
    (asked,) = hooked.listener.asked
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", asked.headers["dougong-signature"])
    assert found is not None
    assert abs(time.time() - int(found[1])) < 60
    expected = hmac.new(secret.encode(), found[1].encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    assert found[2] == expected


def test_a_renewed_secret_signs_beside_the_old_one_for_a_while(hooked: Hooked) -> None:
    reading = hooked.reading
    with reading.database.transaction(reading.tenant) as tx:
        old = renew(tx, reading.database, "called")
        new = renew(tx, reading.database, "called", 24)
    hooked.send(a=1)
    hooked.work()

    def expected(secret: str) -> str:
        asked = hooked.listener.asked[-1]
        moment = re.findall(r"t=(\d+)", asked.headers["dougong-signature"])[0]
        return hmac.new(secret.encode(), moment.encode() + b"." + asked.body, hashlib.sha256).hexdigest()

    assert re.findall(r"v1=(\w+)", hooked.listener.asked[-1].headers["dougong-signature"]) == [
        expected(new),
        expected(old),
    ]
    reading.run("update _webhook set previous_until = now() - interval '1 second' returning 1")
    hooked.send(a=2)
    hooked.work()
    assert re.findall(r"v1=(\w+)", hooked.listener.asked[-1].headers["dougong-signature"]) == [expected(new)]
    stored = reading.run("select secret, previous from _webhook")[0]
    assert not any(text in str(stored) for text in (old, new))


def test_what_a_rolled_back_transaction_sent_is_never_called(hooked: Hooked) -> None:
    from dougong_platform.webhooks import send

    with pytest.raises(RuntimeError), hooked.reading.database.transaction(hooked.reading.tenant) as tx:
        send(tx, hooked.reading.tenant, "called", "book.noticed", {})
        raise RuntimeError
    hooked.work()
    assert hooked.listener.asked == []


@pytest.mark.parametrize("status", [500, 404, 302, 429])
def test_a_call_that_is_not_taken_is_repeated_with_the_same_id_and_body(hooked: Hooked, status: int) -> None:
    hooked.listener.statuses = [status, 204]
    id = hooked.send(a=1)
    hooked.work()
    found = hooked.delivery(id)
    assert (found["state"], found["status"], found["attempts"]) == ("waiting", status, 1)
    assert str(status) in found["problem"]["en"]
    assert found["next_at"] is not None
    hooked.work()
    assert len(hooked.listener.asked) == 1  # not before its time
    hooked.let_pass()
    hooked.work()
    assert hooked.delivery(id)["state"] == "delivered"
    first, second = hooked.listener.asked
    assert first.body == second.body
    assert (first.headers["dougong-attempt"], second.headers["dougong-attempt"]) == ("1", "2")


def test_pauses_grow_to_about_a_day_in_all_and_then_it_is_dead_and_seen(hooked: Hooked) -> None:
    assert 20 * 3600 < sum(PAUSES) < 30 * 3600
    assert list(PAUSES) == sorted(PAUSES)
    hooked.listener.statuses = [500]
    id = hooked.send(a=1)
    for number in range(len(PAUSES) + 1):
        assert hooked.delivery(id)["attempts"] == number
        hooked.let_pass()
        before = clock(hooked)
        hooked.work()
        if number < len(PAUSES):
            failed = f"due - interval '{PAUSES[number]} s' between '{before}' and clock_timestamp()"
            assert hooked.reading.run(f"select {failed} from _outbox") == [(True,)]
    found = hooked.delivery(id)
    assert (found["state"], found["attempts"], found["next_at"]) == ("dead", len(PAUSES) + 1, None)
    assert hooked.reading.run("select count(*) from _outbox") == [(0,)]


def test_a_worker_that_was_killed_in_the_midst_of_a_call_leaves_it_to_another(hooked: Hooked) -> None:
    """The lease counts attempts of the outbox, the log only those that ended: kills do not use a delivery up."""
    id = hooked.send(a=1)
    hooked.reading.run("update _outbox set attempts = 12 returning 1")
    hooked.work()
    assert hooked.delivery(id)["state"] == "delivered"


def test_410_gone_stops_the_webhook(hooked: Hooked) -> None:
    hooked.listener.statuses = [410, 200]
    first, second = hooked.send(a=1), hooked.send(a=2)
    hooked.work()
    assert len(hooked.listener.asked) == 1
    assert hooked.delivery(first)["state"] == "dead"
    assert "410" in hooked.delivery(second)["problem"]["en"]
    assert hooked.reading.run("select count(*) from _audit where action = 'webhook.stopped'") == [(1,)]


def test_a_failing_receiver_is_left_alone_by_its_other_calls_without_using_them_up(hooked: Hooked) -> None:
    hooked.listener.answering = busy(503)  # without a word of its own it is left alone for two seconds only
    ids = [hooked.send(number=number) for number in range(6)]
    hooked.work()
    assert len(hooked.listener.asked) == 1
    assert sorted(hooked.delivery(id)["attempts"] for id in ids) == [0, 0, 0, 0, 0, 1]
    assert hooked.reading.run("select count(*) from _outbox where due <= now()") == [(0,)]
    hooked.listener.answering = None
    hooked.let_pass()
    hooked.work()
    assert {hooked.delivery(id)["state"] for id in ids} == {"delivered"}
    assert hooked.reading.run("select failures, paused_until from _webhook") == [(0, None)]


def test_a_receiver_may_say_when_to_come_again(hooked: Hooked) -> None:
    hooked.listener.answering = busy(429)
    hooked.send(a=1)
    before = clock(hooked)
    hooked.work()
    said = f"paused_until - interval '120 s' between '{before}' and clock_timestamp()"
    assert hooked.reading.run(f"select {said} from _webhook") == [(True,)]


@pytest.mark.parametrize("name", ["inactive", "there_is_none"])
def test_a_webhook_that_is_not_active_leaves_a_dead_delivery(hooked: Hooked, name: str) -> None:
    id = hooked.send(name)
    hooked.work()
    found = hooked.delivery(id)
    assert (found["state"], found["attempts"]) == ("dead", 0)
    assert name in found["problem"]["zh"]
    assert hooked.listener.asked == []


def test_a_private_address_is_not_called_unless_allowed(hooked: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOUGONG_PRIVATE_ADDRESSES")
    for name in ("called", "far"):
        id = hooked.send(name)
        hooked.work()
        found = hooked.delivery(id)
        assert (found["state"], found["status"]) == ("dead", None)
        assert "private network" in found["problem"]["en"]
    assert hooked.listener.asked == []


def test_an_answer_is_kept_in_part_and_as_text(hooked: Hooked) -> None:
    def odd(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b"\x00\xff" + "好".encode() * 5_000)

    hooked.listener.answering = odd
    id = hooked.send(a=1)
    hooked.work()
    answer = hooked.delivery(id)["answer"]
    assert len(answer) < 2_001
    assert answer.endswith("好")


def test_a_secret_of_another_installation_is_told_and_can_be_renewed(hooked: Hooked) -> None:
    hooked.reading.run("insert into _webhook (webhook, secret) values ('called', '1.nonsense') returning 1")
    id = hooked.send(a=1)
    hooked.work()
    assert "another installation" in hooked.delivery(id)["problem"]["en"]
    assert hooked.listener.asked == []


def test_calls_that_wait_for_a_receiver_are_put_off_together(hooked: Hooked) -> None:
    for number in range(40):
        hooked.send(number=number)
    hooked.reading.run(
        "insert into _webhook (webhook, paused_until) values ('called', now() + interval '100 seconds') returning 1"
    )
    reading = hooked.reading
    Slice(reading.database, reading.tenant, NOW).work()
    with reading.database.transaction(reading.tenant) as tx:
        (first,) = tx.rows("select payload ->> 'delivery' from _outbox where lane = 'outside' order by id limit 1")
    with pytest.raises(Later):
        attempt(reading.database, reading.tenant, first[0])
    assert reading.run("select count(*) from _outbox where due > now() + interval '90 seconds'") == [(40,)]
    assert hooked.listener.asked == []
