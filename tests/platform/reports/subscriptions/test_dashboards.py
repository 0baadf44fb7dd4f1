"""Dashboards that are sent: the numbers of their widgets, each under its receiver's access."""

from __future__ import annotations

import io
from email.message import EmailMessage
from typing import Any

import openpyxl
import pytest

from dougong_platform import own_documents
from dougong_platform.errors import BadRequest, NotFound, RecordsInvalid
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.own_documents.sharing import share
from dougong_platform.reports.subscriptions import keeping
from kept_reports import Kept
from post_office import PostOffice

load_handlers()
BODY: dict[str, Any] = {
    "widgets": {
        "all": {"type": "number", "object": "book", "value": "COUNT()", "label": "How many", "at": [0, 0, 3, 3]},
        "worth": {"type": "number", "report": "by_genre", "value": "total", "at": [3, 0, 3, 3]},
        "drawn": {"type": "chart", "report": "by_genre", "at": [0, 3, 6, 6]},
        "rows": {"type": "table", "report": "by_genre", "label": "In rows", "at": [6, 3, 6, 6]},
        "words": {"type": "text", "text": {"en": "Hello", "zh": "你好"}, "at": [6, 0, 3, 3]},
    }
}


@pytest.fixture(autouse=True)
def quiet(kept: Kept) -> None:
    for table in ("_outbox", "_notification", "_report_subscription", "_own_document", "_search", "book"):
        kept.reading.run(f"delete from {table} returning 1")
    kept.make("bob", title="Bob's novel", genre="novel", price="10.50")
    kept.make("dan", title="Dan's manual", genre="manual", price="7.00")


def send(kept: Kept, key: str, *names: str, **given: Any) -> None:
    recipients = [{"kind": "user", "id": kept[name]} for name in names]
    made = keeping.create(
        kept.caller("bob"), "dashboard", key, {"cadence": "daily", "hour": 8, "recipients": recipients, **given}
    )
    keeping.send_now(kept.caller("bob"), made.id)
    relay(kept.reading.database, kept.reading.tenant)


def test_each_sees_his_own_numbers_of_every_widget(kept: Kept, post_office: PostOffice) -> None:
    mine = own_documents.create(kept.caller("bob"), "dashboard", "My books", BODY)
    share(kept.caller("bob"), mine.id, [{"kind": "user", "id": kept["dan"]}])
    send(kept, mine.id, "bob", "dan", "cat")
    (ours,), (his,) = post_office.to("bob@library.test"), post_office.to("dan@library.test")
    assert not post_office.to("cat@library.test")
    for mail, own, other in ((ours, "Novel", "Manual"), (his, "Manual", "Novel")):
        part = mail.get_body(("html",))
        assert part is not None
        said = str(part.get_content())
        assert mail["Subject"] == "My books"
        assert "How many" in said
        assert "In rows" in said
        assert own in said
        assert other not in said
        assert "Hello" not in said
        assert f"https://crm.test/dashboards/{mine.id}" in said


def test_a_widget_that_fails_says_so_and_the_others_are_sent(kept: Kept, post_office: PostOffice) -> None:
    mine = own_documents.create(kept.caller("bob"), "dashboard", "My books", BODY)
    share(kept.caller("bob"), mine.id, [{"kind": "user", "id": kept["dan"]}])
    other = {
        **BODY["widgets"],
        "closed": {"type": "table", "report": "for_keepers", "label": "Closed to him", "at": [0, 9, 6, 6]},
    }
    own_documents.change(kept.caller("bob"), mine.id, 1, body={"widgets": other})
    send(kept, mine.id, "dan")
    (mail,) = post_office.mails
    part = mail.get_body(("plain",))
    assert part is not None
    said = str(part.get_content())
    assert "Closed to him" in said
    assert "In rows" in said
    assert "Manual" in said


def test_it_is_sent_only_if_any_widget_shows_something(kept: Kept, post_office: PostOffice) -> None:
    mine = own_documents.create(kept.caller("bob"), "dashboard", "My books", BODY)
    share(kept.caller("bob"), mine.id, [{"kind": "everybody"}])
    send(kept, mine.id, "bob", "cat", only_if={"rows": True})
    assert [str(mail["To"].addresses[0].username) for mail in post_office.mails] == ["bob"]
    with pytest.raises(BadRequest):
        send(kept, mine.id, "bob", only_if={"value": "x", "is": "above", "than": "1"})
    with pytest.raises(NotFound):
        send(kept, "by_genre", "bob")


LISTED: dict[str, Any] = {
    "filters": {"period": "all", "owner": True},
    "widgets": {
        "all": {"type": "number", "object": "book", "value": "COUNT()", "label": "How many", "at": [0, 0, 3, 3]},
        "board": {"type": "leaderboard", "report": "by_genre", "value": "total", "at": [3, 0, 3, 3]},
        "rows": {"type": "table", "report": "by_genre", "at": [6, 0, 3, 3]},
        "books": {
            "type": "list",
            "object": "book",
            "columns": ["price", "owner"],
            "sort": ["title"],
            "label": "A very long name of a list [of books]: more than a sheet takes",
            "at": [0, 3, 6, 6],
        },
        "waiting": {"type": "approvals", "at": [6, 3, 6, 6]},
    },
}


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_one_workbook_has_a_sheet_for_all_numbers_and_one_for_each_widget_with_rows(
    kept: Kept, post_office: PostOffice
) -> None:
    for number in range(14):
        kept.make("bob", title=f"=Copy {number:02}", genre="novel", price="1000.50")
    mine = own_documents.create(kept.caller("bob"), "dashboard", "My books", LISTED)
    share(kept.caller("bob"), mine.id, [{"kind": "everybody"}])
    send(kept, mine.id, "bob", "dan")
    (ours,), (his,) = post_office.to("bob@library.test"), post_office.to("dan@library.test")
    book = book_of(ours)
    assert book.sheetnames == [
        "Numbers",
        "Books by genre",
        "Books by genre (2)",
        "A very long name of a list  of",
    ]
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert [cell.value for cell in book["Numbers"][2]][:2] == ["How many", 15]
    rows = list(book[book.sheetnames[3]].iter_rows(values_only=True))
    assert rows[0] == ("Title", "Price", "Owner")
    assert ("'=Copy 00", 1000.5, "Bob") in rows
    assert len(rows) == 16
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    said = html_of(ours)
    assert "=Copy 00" in said
    assert "&#39;=Copy" not in said
    assert "¥1,000.50" in said
    assert "The first 10 of 15 rows." in said
    assert "Waiting for your approval" in said
    assert book_of(his).sheetnames == ["Numbers", "Books by genre", "Books by genre (2)"], "he may not export"
    assert "Dan&#39;s manual" in html_of(his)
    assert "=Copy" not in html_of(his)
    noted = kept.reading.run("select actor::text, target from _audit where action = 'export.made' order by seq")
    assert (kept["bob"], "book") in noted


def test_what_is_set_is_said_in_the_mail_and_opened_by_its_link(kept: Kept, post_office: PostOffice) -> None:
    mine = own_documents.create(kept.caller("bob"), "dashboard", "My books", LISTED)
    send(kept, mine.id, "bob", filters={"period": "this_month", "owner": kept["dan"]})
    (mail,) = post_office.mails
    assert "Period: This month · Owner: Dan" in html_of(mail)
    assert f"https://crm.test/dashboards/{mine.id}?period=this_month&amp;owner={kept['dan']}" in html_of(mail)
    with pytest.raises(RecordsInvalid):
        send(kept, mine.id, "bob", filters={"where": "price > 1"})


def test_a_share_changes_by_points_as_on_the_screen(kept: Kept, post_office: PostOffice) -> None:
    for bought, genre in (("2023-05-05", "novel"), ("2023-06-06", "manual"), ("2024-05-05", "novel")):
        kept.make("bob", genre=genre, bought=bought)
    share_of = {"object": "book", "value": 'COUNT(genre = "novel") / COUNT()', "format": "percent", "period": "bought"}
    body = {"widgets": {"novels": {"type": "number", "label": "Novels", "at": [0, 0, 3, 3], **share_of}}}
    mine = own_documents.create(kept.caller("bob"), "dashboard", "Shares", body)
    send(kept, mine.id, "bob", filters={"period": "2024-01-01..2024-12-31", "compare": "year_ago"})
    (mail,) = post_office.mails
    assert "+50 points" in html_of(mail)
    assert "+100%" not in html_of(mail)


def book_of(mail: EmailMessage) -> openpyxl.Workbook:
    (file,) = [part for part in mail.iter_attachments() if str(part.get_filename()).endswith(".xlsx")]
    return openpyxl.load_workbook(io.BytesIO(file.get_content()))
