"""Dashboards that are sent: the numbers of their widgets, each under its receiver's access."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_platform import own_documents
from dougong_platform.errors import BadRequest, NotFound
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
