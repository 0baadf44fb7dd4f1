"""What goes wrong on the way: whoever can be served is served, and the owner is told once, with what to do."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong_platform import hand_overs, own_documents
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.own_documents.sharing import share
from dougong_platform.reports.grouped import running
from dougong_platform.reports.subscriptions import keeping
from dougong_platform.reports.subscriptions.clock import send_due
from dougong_platform.reports.subscriptions.handlers import ATTEMPTS
from dougong_tenants import people, tenancy
from dougong_tenants.alarms import REPORTS, due_alarms
from dougong_tenants.errors import TenantSuspended
from kept_reports import BODY, Kept
from post_office import PASSWORD, USER, PostOffice
from sent_reports import fresh, look, make_due, subscribe, text_of, to, told

CHILD = Path(__file__).parents[3] / "support" / "relay_child.py"
load_handlers()


@pytest.fixture(autouse=True)
def quiet(kept: Kept) -> Iterator[None]:
    yield from fresh(kept)


def everybodys(kept: Kept, body: dict[str, Any] = BODY) -> str:
    """A report of bob's that all may open."""
    mine = own_documents.create(kept.caller("bob"), "report", "Mine", body)
    share(kept.caller("bob"), mine.id, [{"kind": "everybody"}])
    kept.reading.run("delete from _notification returning 1")
    return mine.id


def again(kept: Kept) -> None:
    """What was put off is due now."""
    kept.reading.run("update _outbox set due = now() where not dead returning 1")
    relay(kept.reading.database, kept.reading.tenant)


def test_a_report_that_was_removed_is_told_in_one_message_and_sent_again_when_it_is_back(
    kept: Kept, post_office: PostOffice
) -> None:
    key = everybodys(kept)
    made = subscribe(kept, key=key, recipients=to(kept, "bob", "cat", "dan", "eve", "fay"))
    own_documents.remove(kept.caller("bob"), key)
    for _ in range(2):
        make_due(kept)
        look(kept)
    assert post_office.mails == []
    assert told(kept, "bob") == [
        (
            "“Mine” is not sent to Bob, Cat, Dan and 2 more",
            "It was removed: bring it back, or remove the subscription.",
        )
    ]
    own_documents.restore(kept.caller("bob"), key)
    assert keeping.find(kept.caller("bob"), made.id).last_error is not None
    make_due(kept)
    look(kept)
    assert len(post_office.mails) == 5
    now = keeping.find(kept.caller("bob"), made.id)
    assert (now.last_error, now.told) == (None, {})


def test_many_who_may_not_see_it_are_one_message(kept: Kept, post_office: PostOffice) -> None:
    made = subscribe(kept, key="for_keepers", recipients=[{"kind": "permission_set", "id": "reader"}])
    for _ in range(2):
        make_due(kept)
        look(kept)
    assert post_office.mails == []
    assert [title for title, _ in told(kept, "bob")] == ["“Keepers” is not sent to Dan"]
    assert set(keeping.find(kept.caller("bob"), made.id).told) == {kept["dan"], kept["eve"], kept["fay"]}


def test_a_field_that_one_receiver_may_not_know_hinders_him_alone(kept: Kept, post_office: PostOffice) -> None:
    body = {"object": "book", "rows": ["genre"], "values": {"n": "COUNT()", "spent": "SUM(cost)"}}
    key = everybodys(kept, body)
    subscribe(kept, key=key, recipients=to(kept, "bob", "dan"))
    make_due(kept)
    look(kept)
    assert [str(mail["To"].addresses[0].username) for mail in post_office.mails] == ["bob"]
    assert [title for title, _ in told(kept, "bob") if "not sent" in title] == ["“Mine” is not sent to Dan"]


def test_a_field_that_is_gone_is_one_message_for_all(kept: Kept, post_office: PostOffice) -> None:
    key = everybodys(kept)
    made = subscribe(kept, key=key, recipients=to(kept, "bob", "cat", "dan"))
    kept.reading.run('update _own_document set body = body::jsonb || \'{"rows": ["era"]}\' returning 1')
    make_due(kept)
    look(kept)
    assert post_office.mails == []
    assert told(kept, "bob") == [
        ("“Mine” is not sent to Bob, Cat, Dan", "It cannot be worked out: change it, or what is asked of it.")
    ]
    error = keeping.find(kept.caller("bob"), made.id).last_error
    assert error is not None
    assert "era" in error["en"]


def test_a_report_that_takes_too_long_is_tried_three_times_and_told_once(
    kept: Kept, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subscribe(kept)
    _be_slow(kept)
    monkeypatch.setattr(running, "MOST_SECONDS", 0.005)
    for _ in range(2):
        keeping.send_now(kept.caller("bob"), made.id)
        for _ in range(3):
            again(kept)
    assert post_office.mails == []
    assert told(kept, "bob") == [
        ("“Books by genre” is not sent to Bob", "It takes too long: choose a shorter period, or fewer groups.")
    ]
    assert kept.reading.run("select 1 from _outbox where topic = 'report_mail'") == []
    monkeypatch.undo()
    keeping.send_now(kept.caller("bob"), made.id)
    again(kept)
    assert len(post_office.mails) == 1


def _be_slow(kept: Kept) -> None:
    """So many books that 5 ms are not enough for them."""
    kept.reading.run(
        "insert into book (id, title, genre, price, owner, created_by, updated_by)"
        " select gen_random_uuid(), 'Copy', genre, price, owner, created_by, updated_by"
        " from book, generate_series(1, 20000) returning 1"
    )


def test_one_address_that_is_refused_hinders_nobody_else_and_is_told_once(kept: Kept, post_office: PostOffice) -> None:
    post_office.answers["dan@library.test"] = "550 unknown"
    made = subscribe(kept, recipients=to(kept, "bob", "dan", "fay"))
    for _ in range(2):
        make_due(kept)
        look(kept)
    assert len(post_office.to("bob@library.test")) == len(post_office.to("fay@library.test")) == 2
    said = [one for one in told(kept, "bob") if "not sent" in one[0]]
    advice = "The mail server refuses the mail: have the address corrected, or take them out."
    assert said == [("“Books by genre” is not sent to Dan", advice)]
    post_office.answers.clear()
    make_due(kept)
    look(kept)
    assert len(post_office.to("dan@library.test")) == 1
    assert keeping.find(kept.caller("bob"), made.id).told == {}


def test_a_mail_server_that_stays_away_is_told_after_the_last_attempt(kept: Kept, post_office: PostOffice) -> None:
    post_office.answers["dan@library.test"] = "451 later"
    made = subscribe(kept, recipients=to(kept, "dan"))
    make_due(kept)
    look(kept)
    assert [one for one in told(kept, "bob") if "not sent" in one[0]] == []
    kept.reading.run("update _outbox set attempts = %s where topic = 'report_mail' returning 1", [ATTEMPTS - 1])
    again(kept)
    ((title, body),) = told(kept, "bob")
    assert title == "“Books by genre” is not sent to Dan"
    assert "ask your administrator" in body
    error = keeping.find(kept.caller("bob"), made.id).last_error
    assert error is not None
    assert "could not be sent to Dan" in error["en"]
    assert kept.reading.run("select dead from _outbox where topic = 'report_mail'") == [(True,)]


def test_a_worker_killed_between_two_receivers_repeats_at_most_the_mail_it_was_at(
    kept: Kept, post_office: PostOffice
) -> None:
    """Killed while the second of three is handed over: the first got one, the second one or the same once more, the
    third one."""
    address = f"smtp://{USER}:{PASSWORD.replace('/', '%2F')}@127.0.0.1:{post_office.port}"
    settings = {"DOUGONG_SMTP_URL": address, "DOUGONG_MAIL_FROM": "crm@dougong.test"}
    subscribe(kept, recipients=to(kept, "bob", "dan", "fay"))
    make_due(kept)
    send_due(kept.reading.database, kept.reading.tenant)
    with subprocess.Popen(
        [sys.executable, str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **settings},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{kept.reading.database.dsn} {kept.reading.tenant.name}\n")
        process.stdin.flush()
        pid = int(process.stdout.readline())
        deadline = time.monotonic() + 60
        while len(post_office.mails) < 2:
            assert time.monotonic() < deadline, kept.reading.run("select topic, failed, due from _outbox")
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
        process.kill()
    first, second = (str(mail["To"]) for mail in post_office.mails[:2])
    while kept.reading.run("select 1 from _outbox where topic like 'report%%' limit 1"):
        assert time.monotonic() < deadline
        again(kept)
    by_name = {str(mail["To"]): [str(m["Message-ID"]) for m in post_office.mails if m["To"] == mail["To"]]
               for mail in post_office.mails}  # fmt: skip
    assert len(by_name) == 3
    assert all(len(set(ids)) == 1 for ids in by_name.values()), "a second copy has the Message-ID of the first"
    assert [len(ids) for name, ids in by_name.items() if name not in (first, second)] == [1]
    assert len(by_name[first]) == 1
    assert len(by_name[second]) <= 2


def test_a_suspended_company_sends_nothing_and_one_mail_for_all_it_missed(kept: Kept, post_office: PostOffice) -> None:
    database, tenant = kept.reading.database, kept.reading.tenant
    made = subscribe(kept)
    make_due(kept, "now() - interval '3 days'")
    tenancy.suspend(database, tenant.name)
    try:
        assert due_alarms(database, kind=REPORTS) == []
        with pytest.raises(TenantSuspended):
            send_due(database, tenancy.get(database, tenant.name))
    finally:
        tenancy.resume(database, tenant.name)
    assert post_office.mails == []
    look(kept)
    assert len(post_office.mails) == 1
    assert "Novel" in text_of(post_office.mails[0])
    next_at = dt.datetime.fromisoformat(str(keeping.find(kept.caller("bob"), made.id).next_at))
    assert next_at > dt.datetime.now(dt.UTC)


def test_who_can_do_something_is_told_once_that_an_owner_has_left_and_receivers_are_not(kept: Kept) -> None:
    one = subscribe(kept, who="dan", recipients=to(kept, "dan", "bob"))
    subscribe(kept, who="dan", hour=9)
    people.deactivate_user(kept.reading.database, kept.reading.tenant, kept["dan"])
    kept.reading.run(
        "update _report_subscription set next_at = now() - interval '1 minute' where id = %s returning 1", [one.id]
    )
    look(kept)
    why = "Dan, who had it sent, has left: hand it over, or remove it."
    more = " The same goes for 1 more, which stop when they are due."
    said = [("“Books by genre” is not sent any more", f"{why}{more}")]
    assert told(kept, "ann") == said
    make_due(kept)
    look(kept)
    look(kept)
    assert told(kept, "ann") == said
    assert told(kept, "bob") == told(kept, "dan") == []
    ((page,),) = kept.reading.run("select page from _notification")
    assert page == f"/builder/people/subscriptions?owner={kept['dan']}"
    assert [shown.json()["owner.active"] for shown in keeping.list_for(kept.caller("bob"))] == [False]


@pytest.mark.parametrize(("key", "told_is"), [("by_genre", "cat"), ("own", "ann")])
def test_who_took_over_the_work_is_told_if_he_may_see_it(kept: Kept, key: str, told_is: str) -> None:
    dan, ann = kept.caller("dan"), kept.caller("ann")
    mine = own_documents.create(dan, "report", "Dan's own", {"object": "book", "values": {"n": "COUNT()"}})
    subscribe(kept, who="dan", key=mine.id if key == "own" else key)
    people.deactivate_user(kept.reading.database, kept.reading.tenant, kept["dan"])
    hand_overs.start(ann, hand_overs.Plan(kept["dan"], (kept["cat"],)))
    relay(kept.reading.database, kept.reading.tenant)
    kept.reading.run("delete from _notification returning 1")
    make_due(kept)
    look(kept)
    assert [len(told(kept, name)) for name in ("ann", "cat")] == [int(told_is == "ann"), int(told_is == "cat")]
    assert told(kept, told_is)[0][0].endswith("is not sent any more")
    kept.reading.run("delete from _hand_over_batch returning 1")
    kept.reading.run("delete from _hand_over returning 1")
