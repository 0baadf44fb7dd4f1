"""Subscriptions through a real SMTP server: who gets which letter, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong_platform import own_documents
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.own_documents.sharing import share
from dougong_platform.reports.subscriptions import keeping, links, of_reports
from dougong_platform.reports.subscriptions.asked_words import said
from dougong_tenants import people
from kept_reports import BODY, Kept
from post_office import PostOffice
from sent_reports import fresh, html_of, keep_letter, look, make_due, sheet_of, subscribe, text_of, to, told

load_handlers()


@pytest.fixture(autouse=True)
def quiet(kept: Kept) -> Iterator[None]:
    yield from fresh(kept)


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
        ("“Mine” is not sent to Fay", "They have left: take them out."),
        ("“Mine” is not sent to Cat", "They may not see it: share it with them, or take them out."),
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


def test_an_order_by_one_column_and_by_a_change_is_asked_and_said_as_it_is(kept: Kept) -> None:
    text = '-total@change@["a, b","c"],genre'
    one = subscribe(kept, filters={"sort": text, "compare": "year_ago"})
    assert one.asked.sort == ('-total@change@["a, b","c"]', "genre")
    words = said(kept.caller("bob"), one.filters, kept.caller("bob").model.reports["by_genre"])
    assert "Sorted by: Worth · change · one column, descending, Genre" in words


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
