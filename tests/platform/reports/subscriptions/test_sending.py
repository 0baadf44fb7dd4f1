"""Subscriptions through a real SMTP server: who gets which letter, in which words, when, and how often."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dougong_platform import own_documents
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers, watchers
from dougong_platform.own_documents.sharing import share
from dougong_platform.reports.subscriptions import keeping, links, of_reports
from dougong_platform.reports.subscriptions.clock import follow_owners, forget, send_due
from dougong_platform.reports.subscriptions.stored import Subscription, iso
from dougong_tenants import people
from dougong_tenants.alarms import REPORTS, due_alarms
from kept_reports import BODY, Kept
from post_office import PostOffice

load_handlers()
DAILY = {"cadence": "daily", "hour": 8}


@pytest.fixture(autouse=True)
def quiet(kept: Kept) -> Iterator[None]:
    for table in ("_outbox", "_notification", "_report_subscription", "_own_document", "_search", "book"):
        kept.reading.run(f"delete from {table} returning 1")
    kept.make("bob", title="Bob's novel", genre="novel", price="10.50")
    kept.make("bob", title="Bob's manual", genre="manual", price="4.00")
    kept.make("dan", title="Dan's novel", genre="novel", price="7.00")
    kept.reading.run("delete from _outbox returning 1")
    yield
    for name in ("dan", "fay"):
        people.activate_user(kept.reading.database, kept.reading.tenant, kept[name])
    people.set_permission_sets(kept.reading.database, kept.reading.tenant, kept["dan"], ["reader"])


def to(kept: Kept, *names: str) -> list[dict[str, str]]:
    return [{"kind": "user", "id": kept[name]} for name in names]


def subscribe(kept: Kept, who: str = "bob", key: str = "by_genre", **given: Any) -> Subscription:
    return keeping.create(kept.caller(who), "report", key, {**DAILY, **given})


def look(kept: Kept, now: str | None = None) -> int:
    """The clock's look, then whatever the outbox holds."""
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC) if now else None
    sent = send_due(kept.reading.database, kept.reading.tenant, now=moment)
    relay(kept.reading.database, kept.reading.tenant)
    return sent


def make_due(kept: Kept, at: str = "now() - interval '1 minute'") -> None:
    kept.reading.run(f"update _report_subscription set next_at = {at} returning 1")


def told(kept: Kept, who: str) -> list[tuple[str, str]]:
    return kept.reading.run(
        "select title ->> 'en', body ->> 'en' from _notification where \"user\" = %s order by id", [kept[who]]
    )


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def sheet_of(mail: EmailMessage) -> list[tuple[Any, ...]]:
    (file,) = [part for part in mail.iter_attachments() if (part.get_filename() or "").endswith(".xlsx")]
    book = openpyxl.load_workbook(io.BytesIO(file.get_content()))
    return [tuple(cell for cell in row) for row in book.active.iter_rows(values_only=True)]


def test_each_gets_it_under_his_own_access_in_his_own_language(kept: Kept, post_office: PostOffice) -> None:
    people.update_user(kept.reading.database, kept.reading.tenant, kept["dan"], {"locale": "zh"})
    subscribe(kept, recipients=to(kept, "bob", "dan"))
    make_due(kept)
    assert look(kept) == 1
    (mine,), (his,) = post_office.to("bob@library.test"), post_office.to("dan@library.test")
    assert (mine["Subject"], his["Subject"]) == ("Books by genre", "各类书籍")
    assert "14.50" in html_of(mine)
    assert "Novel" in html_of(mine)
    assert "小说" in html_of(his)
    assert "7" in text_of(his)
    assert "14.5" not in html_of(his)
    assert "Manual" not in html_of(his) + text_of(his)
    assert [row[0] for row in sheet_of(mine)] == ["Genre", "Novel", "Manual", "Total"]
    assert [row[0] for row in sheet_of(his)] == ["类别", "小说", "合计"]
    assert "https://crm.test/reports/by_genre" in html_of(his)
    people.update_user(kept.reading.database, kept.reading.tenant, kept["dan"], {"locale": "en"})


def test_a_permission_set_stands_for_those_who_hold_it_then(kept: Kept, post_office: PostOffice) -> None:
    subscribe(kept, recipients=[{"kind": "permission_set", "id": "reader"}, *to(kept, "dan")])
    people.set_permission_sets(kept.reading.database, kept.reading.tenant, kept["eve"], ["keeper"])
    make_due(kept)
    look(kept)
    assert sorted(str(mail["To"]) for mail in post_office.mails) == [
        "Dan <dan@library.test>",
        "Fay <fay@library.test>",
    ]
    people.set_permission_sets(kept.reading.database, kept.reading.tenant, kept["eve"], ["reader"])


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


def test_whoever_may_not_see_it_or_left_gets_nothing_and_the_owner_is_told_once(
    kept: Kept, post_office: PostOffice
) -> None:
    mine = own_documents.create(kept.caller("bob"), "report", "Mine", BODY)
    share(kept.caller("bob"), mine.id, [{"kind": "user", "id": kept["dan"]}])
    made = subscribe(kept, key=mine.id, recipients=to(kept, "bob", "cat", "dan", "fay"))
    kept.reading.run("delete from _notification returning 1")
    people.deactivate_user(kept.reading.database, kept.reading.tenant, kept["fay"])
    for _ in range(2):
        make_due(kept)
        look(kept)
    assert len(post_office.to("dan@library.test")) == 2
    assert not post_office.to("cat@library.test") + post_office.to("fay@library.test")
    said = [one for one in told(kept, "bob") if "not sent" in one[0]]
    assert said == [
        ("“Mine” is not sent to Fay", "They have left."),
        ("“Mine” is not sent to Cat", "They may not see it."),
    ]
    assert not told(kept, "cat")
    share(kept.caller("bob"), mine.id, [{"kind": "everybody"}])
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    assert len(post_office.to("cat@library.test")) == 1
    share(kept.caller("bob"), mine.id, [{"kind": "user", "id": kept["dan"]}])
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    assert [one[0] for one in told(kept, "bob") if "Cat" in one[0]] == ["“Mine” is not sent to Cat"] * 2


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


def test_a_report_that_fits_no_more_is_told_to_its_owner_and_mended(kept: Kept, post_office: PostOffice) -> None:
    mine = own_documents.create(kept.caller("bob"), "report", "Mine", BODY)
    made = subscribe(kept, key=mine.id)
    kept.reading.run("delete from _notification returning 1")
    kept.reading.run('update _own_document set body = body::jsonb || \'{"rows": ["era"]}\' returning 1')
    for _ in range(2):
        keeping.send_now(kept.caller("bob"), made.id)
        look(kept)
    assert post_office.mails == []
    assert [title for title, _ in told(kept, "bob")] == ["“Mine” is not sent to Bob"]
    assert keeping.find(kept.caller("bob"), made.id).last_error is not None
    own_documents.change(kept.caller("bob"), mine.id, 1, body=BODY)
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    assert len(post_office.mails) == 1
    assert keeping.find(kept.caller("bob"), made.id).last_error is None


def test_it_is_sent_only_if_there_are_rows_or_a_value_asks_for_it(kept: Kept, post_office: PostOffice) -> None:
    """Decided for each receiver by what he sees: cat has no books."""
    for only_if, names in (
        ({"rows": True}, {"bob", "dan"}),
        ({"value": "total", "is": "above", "than": "10"}, {"bob"}),
        ({"value": "total", "is": "below", "than": "10"}, {"cat", "dan"}),
        ({"value": "n", "is": "below", "than": "1"}, {"cat"}),
        (None, {"bob", "cat", "dan"}),
    ):
        made = subscribe(kept, recipients=to(kept, "bob", "cat", "dan"), only_if=only_if)
        keeping.send_now(kept.caller("bob"), made.id)
        look(kept)
        assert {str(mail["To"].addresses[0].username) for mail in post_office.mails} == names, only_if
        post_office.sent.clear()


def test_filters_apply_to_everybody(kept: Kept, post_office: PostOffice) -> None:
    made = subscribe(kept, recipients=to(kept, "bob", "dan"), filters={"where": 'genre = "manual"'})
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    assert "Manual" in html_of(post_office.to("bob@library.test")[0])
    assert "Novel" not in html_of(post_office.to("bob@library.test")[0])
    assert "There is nothing to show." in text_of(post_office.to("dan@library.test")[0])


def test_whoever_unsubscribes_gets_it_no_more_and_nobody_else_can_do_it_for_him(
    kept: Kept, post_office: PostOffice
) -> None:
    database, tenant = kept.reading.database, kept.reading.tenant
    made = subscribe(kept, recipients=to(kept, "bob", "dan"))
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    (mail,) = post_office.to("dan@library.test")
    address = mail["List-Unsubscribe"][1:-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address.startswith("https://crm.test/reports/unsubscribe/")
    assert address in html_of(mail)
    assert address in text_of(mail)
    found = links.read(database, address.rpartition("/")[2])
    assert found == links.Link(tenant.id, made.id, kept["dan"])
    for wrong in (address.rpartition("/")[2][:-2] + "AA", "", "1.x", "x" * 2_000):
        assert links.read(database, wrong) is None
    keeping.leave(database, tenant, made.id, kept["dan"])
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    assert len(post_office.to("dan@library.test")) == 1
    assert len(post_office.to("bob@library.test")) == 2
    keeping.leave(database, tenant, made.id, kept["dan"], back=True)
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    assert len(post_office.to("dan@library.test")) == 2


def test_the_inbox_tells_it_once_also_without_a_mail_server(kept: Kept) -> None:
    subscribe(kept)
    make_due(kept)
    look(kept)
    look(kept)
    assert told(kept, "bob") == [("Books by genre is ready", None)]
    ((page,),) = kept.reading.run("select page from _notification")
    assert page == "/reports/by_genre"


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


def test_words_of_records_are_text_in_a_mail(kept: Kept, post_office: PostOffice) -> None:
    kept.make("bob", title="<script>alert(1)</script>", genre="novel")
    mine = own_documents.create(
        kept.caller("bob"), "report", "<b>Mine</b>", {"object": "book", "type": "list", "fields": ["title", "price"]}
    )
    made = subscribe(kept, key=mine.id)
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    (mail,) = post_office.mails
    assert "<script>" not in html_of(mail)
    assert "&lt;script&gt;" in html_of(mail)
    assert "<b>Mine" not in html_of(mail)
    assert ("<script>alert(1)</script>", None) in [row[:2] for row in sheet_of(mail)]


def test_rows_of_records_are_attached_only_for_those_who_may_export(kept: Kept, post_office: PostOffice) -> None:
    body = {"object": "book", "type": "list", "fields": ["title", "price"]}
    mine = own_documents.create(kept.caller("bob"), "report", "List", body)
    share(kept.caller("bob"), mine.id, [{"kind": "everybody"}])
    made = subscribe(kept, key=mine.id, recipients=to(kept, "bob", "dan"))
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    assert len(sheet_of(post_office.to("bob@library.test")[0])) == 3
    (his,) = post_office.to("dan@library.test")
    assert "Dan&#39;s novel" in html_of(his)
    assert not list(his.iter_attachments())


def test_an_owner_who_moves_to_another_zone_moves_its_hour(kept: Kept) -> None:
    made = subscribe(kept)
    people.update_user(kept.reading.database, kept.reading.tenant, kept["bob"], {"timezone": "America/New_York"})
    follow_owners(kept.reading.database, kept.reading.tenant)
    assert look(kept) == 0
    now = keeping.find(kept.caller("bob"), made.id)
    assert now.zone == "America/New_York"
    assert str(now.next_at)[11:16] in ("12:00", "13:00")
    people.update_user(kept.reading.database, kept.reading.tenant, kept["bob"], {"timezone": None})


def test_the_chart_stands_in_the_mail_as_a_picture_with_its_words(kept: Kept, post_office: PostOffice) -> None:
    made = subscribe(kept)
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    (mail,) = post_office.mails
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<chart0>"
    assert picture.get_content().startswith(b"\x89PNG")
    said = html_of(mail)
    assert "src='cid:chart0'" in said
    assert "alt='" in said
    keep_letter(mail)


def keep_letter(mail: EmailMessage) -> None:
    """For those who want to look at it: DOUGONG_PICTURES names a folder."""
    folder = os.environ.get("DOUGONG_PICTURES")
    if folder:
        (Path(folder) / "letter.eml").write_bytes(bytes(mail))


def test_files_beyond_what_a_mail_carries_are_left_out_and_said(
    kept: Kept, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"object": "book", "type": "list", "fields": ["title"]}
    mine = own_documents.create(kept.caller("bob"), "report", "List", body)
    made = subscribe(kept, key=mine.id)
    monkeypatch.setattr(of_reports, "MOST_ATTACHED", 1)
    keeping.send_now(kept.caller("bob"), made.id)
    look(kept)
    (mail,) = post_office.mails
    assert not list(mail.iter_attachments())
    assert "Too large to be attached" in text_of(mail)


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
