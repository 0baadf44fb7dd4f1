"""When subscriptions are sent, and how often: due times, downtime, mail servers that refuse, owners who leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from dougong_platform import own_documents
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers, watchers
from dougong_platform.reports.subscriptions import keeping
from dougong_platform.reports.subscriptions.clock import follow_owners, forget, send_due
from dougong_platform.reports.subscriptions.stored import iso
from dougong_tenants import people
from dougong_tenants.alarms import REPORTS, due_alarms
from kept_reports import BODY, Kept
from post_office import PostOffice
from sent_reports import fresh, look, make_due, subscribe, to, told

load_handlers()


@pytest.fixture(autouse=True)
def quiet(kept: Kept) -> Iterator[None]:
    yield from fresh(kept)


def test_every_due_time_is_answered_once_and_several_missed_by_one_mail(kept: Kept, post_office: PostOffice) -> None:
    made = subscribe(kept)
    first = dt.datetime.fromisoformat(str(made.next_at))
    assert look(kept, iso(first - dt.timedelta(seconds=1))[:-1]) == 0
    assert look(kept, iso(first)[:-1]) == 1
    assert look(kept, iso(first)[:-1]) == 0
    assert len(post_office.mails) == 1
    after_a_week = first + dt.timedelta(days=7, hours=3)
    assert look(kept, iso(after_a_week)[:-1]) == 1
    assert len(post_office.mails) == 2
    now = keeping.find(kept.caller("bob"), made.id)
    assert now.due == iso(first + dt.timedelta(days=7))
    assert now.next_at == iso(first + dt.timedelta(days=8))


def test_the_clock_is_set_to_the_next_due_time_and_sleeps_without_one(kept: Kept) -> None:
    database, tenant = kept.reading.database, kept.reading.tenant
    send_due(database, tenant)
    assert due_alarms(database, kind=REPORTS) == []
    made = subscribe(kept)
    ((at,),) = database.read_control("select at from dougong.alarm where kind = 'reports'", {})
    assert at == made.next_at
    keeping.change(kept.caller("bob"), made.id, {"active": False})
    send_due(database, tenant)
    ((at,),) = database.read_control("select at::text from dougong.alarm where kind = 'reports'", {})
    assert at == "infinity"
    again = keeping.change(kept.caller("bob"), made.id, {"active": True})
    assert again.next_at == made.next_at
    make_due(kept)
    with database.transaction(tenant) as tx, tx.control() as control:
        control.execute("update dougong.alarm set at = now() where kind = 'reports'")
    assert due_alarms(database, kind=REPORTS) == [tenant.name]


def test_an_owner_who_moves_to_another_zone_moves_its_hour(kept: Kept) -> None:
    made = subscribe(kept)
    people.update_user(kept.reading.database, kept.reading.tenant, kept["bob"], {"timezone": "America/New_York"})
    follow_owners(kept.reading.database, kept.reading.tenant)
    assert look(kept) == 0
    now = keeping.find(kept.caller("bob"), made.id)
    assert now.zone == "America/New_York"
    assert str(now.next_at)[11:16] in ("12:00", "13:00")
    people.update_user(kept.reading.database, kept.reading.tenant, kept["bob"], {"timezone": None})


def test_the_workers_watch_finds_the_tenant_when_it_is_time_and_rests_otherwise(
    kept: Kept, post_office: PostOffice
) -> None:
    database, tenant = kept.reading.database, kept.reading.tenant
    watcher = watchers()["dougong_platform.reports.subscriptions.handlers.look"]
    subscribe(kept)
    watcher.run(database, tenant)
    assert watcher.find(database) == []
    make_due(kept)
    with database.transaction(tenant) as tx, tx.control() as control:
        control.execute("update dougong.alarm set at = now() where kind = 'reports'")
    assert watcher.find(database) == [tenant.name]
    watcher.run(database, tenant)
    watcher.run(database, tenant)
    relay(database, tenant)
    assert len(post_office.mails) == 1
    assert watcher.find(database) == []


def test_what_is_gone_for_good_takes_its_subscriptions_along(kept: Kept) -> None:
    mine = own_documents.create(kept.caller("bob"), "report", "Mine", BODY)
    gone, stays = subscribe(kept, key=mine.id), subscribe(kept)
    own_documents.remove(kept.caller("bob"), mine.id)
    forget(kept.reading.database, kept.reading.tenant)
    assert len(keeping.list_for(kept.caller("bob"))) == 2
    kept.reading.run("delete from _own_document returning 1")
    forget(kept.reading.database, kept.reading.tenant)
    assert [one.id for one in keeping.list_for(kept.caller("bob"))] == [stays.id]
    assert gone.id != stays.id


def test_a_mail_that_is_tried_again_is_the_same_mail(kept: Kept, post_office: PostOffice) -> None:
    post_office.answers["dan@library.test"] = "451 later"
    made = subscribe(kept, recipients=to(kept, "bob", "dan"))
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    assert len(post_office.to("bob@library.test")) == 1
    post_office.answers.clear()
    kept.reading.run("update _outbox set due = now() returning 1")
    relay(kept.reading.database, kept.reading.tenant)
    assert len(post_office.to("bob@library.test")) == len(post_office.to("dan@library.test")) == 1
    assert len({mail["Message-ID"] for mail in post_office.mails}) == 2
    assert len(told(kept, "dan")) == 1


def test_a_refused_mail_is_given_up_and_told_on_the_subscriptions_page(kept: Kept, post_office: PostOffice) -> None:
    post_office.answers["dan@library.test"] = "550 unknown"
    made = subscribe(kept, recipients=to(kept, "dan"))
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    error = keeping.find(kept.caller("bob"), made.id).last_error
    assert error is not None
    assert "Dan" in error["en"]
    assert "550" in error["en"]


def test_when_its_owner_has_left_nothing_is_sent_until_somebody_takes_it_over(
    kept: Kept, post_office: PostOffice
) -> None:
    made = subscribe(kept, who="dan", recipients=to(kept, "dan", "bob"))
    people.deactivate_user(kept.reading.database, kept.reading.tenant, kept["dan"])
    make_due(kept)
    look(kept)
    assert post_office.mails == []
    ((active, error),) = kept.reading.run("select active, last_error from _report_subscription")
    assert not active
    assert "left" in error["en"]
    assert made.active


def test_the_inbox_tells_it_once_also_without_a_mail_server(kept: Kept) -> None:
    subscribe(kept)
    make_due(kept)
    look(kept)
    look(kept)
    assert told(kept, "bob") == [("Books by genre is ready", None)]
    ((page,),) = kept.reading.run("select page from _notification")
    assert page == "/reports/by_genre"
