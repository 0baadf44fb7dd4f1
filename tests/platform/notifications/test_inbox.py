"""The inbox: what is in it for whom, how it is counted and marked, and what one wants to be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong_platform.errors import BadCursor, NotFound, RecordsInvalid
from dougong_platform.notifications import notify
from dougong_platform.notifications.inbox import entries, mark, mark_all, take_back, unread
from dougong_platform.notifications.preferences import keep_preferences, preferences
from dougong_platform.notifications.texts import BLANK
from dougong_platform.query import get
from reading import Client
from sharing import Sharing


@pytest.fixture(autouse=True)
def empty(sharing: Sharing) -> None:
    for table in ("_outbox", "_notification", "_notification_preference", "_notification_times"):
        sharing.reading.run(f"delete from {table} returning 1")


def tell(sharing: Sharing, *names: str, title: Any = "It is due", **more: Any) -> list[str]:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        return notify(tx, tenant=sharing.reading.tenant, users=[sharing[name] for name in names], title=title, **more)


def titles(sharing: Sharing, name: str, **asked: Any) -> list[str]:
    return [one.title for one in entries(sharing.caller(name), **asked).entries]


def test_everybody_sees_his_own_newest_first_page_by_page(sharing: Sharing) -> None:
    for n in range(5):
        tell(sharing, "bob", title=f"News {n}")
    tell(sharing, "cat", title="Not for bob")
    bob = sharing.caller("bob")
    first = entries(bob, limit=3)
    assert [one.title for one in first.entries] == ["News 4", "News 3", "News 2"]
    second = entries(bob, limit=3, cursor=first.next)
    assert ([one.title for one in second.entries], second.next) == (["News 1", "News 0"], None)
    with pytest.raises(BadCursor):
        entries(bob, only_unread=True, cursor=first.next)


def test_marking_counts_and_can_be_taken_back(sharing: Sharing) -> None:
    made = [tell(sharing, "bob", title=f"News {n}", topic="mention" if n else "share")[0] for n in range(3)]
    bob, before = sharing.caller("bob"), unread(sharing.caller("bob"))
    assert (before.unread, before.latest) == (3, made[2])
    assert mark(bob, [made[2], "no id"]) == 1
    assert mark(bob, [made[2]]) == 0
    assert unread(bob).mark != before.mark
    assert titles(sharing, "bob", only_unread=True) == ["News 1", "News 0"]
    assert titles(sharing, "bob", topic="share") == ["News 0"]
    changed, moment = mark_all(bob)
    assert (changed, unread(bob).unread) == (2, 0)
    assert take_back(bob, moment) == 2
    assert titles(sharing, "bob", only_unread=True) == ["News 1", "News 0"]
    assert mark(bob, [made[2]], read=False) == 1


def test_marking_all_leaves_what_came_after_the_page_was_made(sharing: Sharing) -> None:
    [seen] = tell(sharing, "bob", title="Seen")
    tell(sharing, "bob", title="Just now")
    mark_all(sharing.caller("bob"), until=seen)
    assert titles(sharing, "bob", only_unread=True) == ["Just now"]


def test_nobody_marks_what_is_somebody_elses(sharing: Sharing) -> None:
    [id] = tell(sharing, "cat")
    for work in (lambda bob: mark(bob, [id]), lambda bob: mark_all(bob, until=id), lambda bob: mark(bob, ["no id"])):
        with pytest.raises(NotFound):
            work(sharing.caller("bob"))
    _, moment = mark_all(sharing.caller("cat"))
    assert take_back(sharing.caller("bob"), moment) == 0
    assert unread(sharing.caller("cat")).unread == 0


def test_many_are_counted_up_to_a_hundred(sharing: Sharing) -> None:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        for _ in range(120):
            notify(tx, tenant=sharing.reading.tenant, users=[sharing["bob"]], title="It is due")
    assert unread(sharing.caller("bob")).unread == 100


def test_a_record_one_may_not_read_is_told_of_without_its_content_as_long_as_one_may_not(sharing: Sharing) -> None:
    book = sharing.make(title="Secret memoirs")
    tell(sharing, "bob", "dan", object="book", record=book, title="Secret memoirs is due", body="Page 12")
    assert titles(sharing, "bob") == ["Secret memoirs is due"]
    [closed] = entries(sharing.caller("dan")).entries
    assert closed.withheld
    assert (closed.body, closed.object, closed.record, closed.path) == ("", None, None, None)
    assert "Secret" not in closed.title
    sharing.reading.run("update book set owner = %s where id = %s returning 1", [sharing["dan"], book])
    assert titles(sharing, "dan") == ["Secret memoirs is due"]  # his now
    assert "Secret" not in titles(sharing, "bob")[0]  # and no longer bob's


def test_a_field_one_may_not_read_is_blanked_in_the_text(sharing: Sharing) -> None:
    book = sharing.make(owner="dan")
    pieces = [
        "Price: ",
        {"text": "12.50", "reads": ["book.title"]},
        ", room ",
        {"text": "Attic", "reads": ["fine.label"], "beyond": ["fine"]},
        ", loan ",
        {"text": "L7", "reads": ["loan.label"], "beyond": ["loan"]},
        ", shelf ",
        {"text": "North", "reads": ["shelf.name"], "beyond": ["shelf"]},
    ]
    tell(sharing, "dan", "ann", object="book", record=book, title={"en": pieces, "zh": pieces})
    assert titles(sharing, "ann") == ["Price: 12.50, room Attic, loan L7, shelf North"]
    # dan reads his own loans only, and no fines at all: what lies beyond his records is not his to know
    assert titles(sharing, "dan") == [f"Price: 12.50, room {BLANK}, loan {BLANK}, shelf North"]


def test_an_object_that_is_gone_hides_what_was_said_of_it(sharing: Sharing) -> None:
    tell(sharing, "bob", object="no_such", record=sharing["bob"], title="Old news")
    [one] = entries(sharing.caller("bob")).entries
    assert one.withheld


def test_preferences_are_the_topics_own_until_somebody_chooses(sharing: Sharing) -> None:
    bob = sharing.caller("bob")
    before = preferences(bob).json()
    assert before["topics"]["mention"] == {"inbox": True, "email": "now", "robot": True}
    assert (before["quiet"], before["digest_at"], before["mail"]) == (None, "08:30", False)
    kept = keep_preferences(
        bob,
        {
            "topics": {"mention": {"email": "digest"}},
            "quiet": {"from": "22:00", "to": "07:30"},
            "digest_at": "18:15",
        },
    ).json()
    assert kept["topics"]["mention"] == {"inbox": True, "email": "digest", "robot": True}
    assert (kept["quiet"], kept["digest_at"]) == ({"from": "22:00", "to": "07:30"}, "18:15")
    assert keep_preferences(bob, {"quiet": None}).json()["quiet"] is None
    assert preferences(bob).json()["digest_at"] == "18:15"
    assert preferences(sharing.caller("cat")).json()["topics"] == before["topics"]


def test_a_wrong_preference_is_named_and_nothing_is_kept(sharing: Sharing) -> None:
    given = {
        "topics": {"gossip": {}, "share": {"email": "hourly"}},
        "quiet": {"from": "25:00", "to": "x"},
        "digest_at": "",
    }
    with pytest.raises(RecordsInvalid) as caught:
        keep_preferences(sharing.caller("bob"), given)
    assert [error.field for error in caught.value.errors] == [
        "topics.gossip",
        "topics.share.email",
        "quiet.from",
        "quiet.to",
        "digest_at",
    ]
    assert sharing.reading.run("select count(*) from _notification_times") == [(0,)]


def test_the_api_lists_marks_and_chooses(sharing: Sharing, client_as: Callable[..., Client]) -> None:
    book = sharing.make()
    [id] = tell(sharing, "bob", object="book", record=book, actor=sharing["cat"], topic="mention")
    client = client_as("bob")
    status, found = client.get("/api/v1/notifications", unread="true", topic="mention")
    assert status == 200
    assert found["unread"] == 1
    [one] = found["notifications"]
    assert (one["id"], one["object"], one["record"], one["actor.name"]) == (id, "book", book, "Cat")
    assert client.post("/api/v1/notifications/read", {"ids": [id]}) == (200, {"changed": 1})
    assert client.post("/api/v1/notifications/read", {"ids": [id], "read": False}) == (200, {"changed": 1})
    _, marked = client.post("/api/v1/notifications/read", {"all": True})
    assert marked["changed"] == 1
    again = {"read": False, "moment": marked["moment"]}
    assert client.post("/api/v1/notifications/read", again) == (200, {"changed": 1})
    assert client.post("/api/v1/notifications/read", {})[0] == 400
    assert client.get("/api/v1/notifications", topic="gossip")[0] == 400
    path = "/api/v1/me/notification-preferences"
    kept = client.open(path, method="PUT", json={"quiet": {"from": "22:00", "to": "07:00"}})
    assert (kept.status_code, kept.json["quiet"]) == (200, {"from": "22:00", "to": "07:00"})
    assert client.get(path) == (200, kept.json)
    assert client.open(path, method="PUT", json={"digest_at": "noon"}).status_code == 422


def test_telling_opens_nothing(sharing: Sharing) -> None:
    book = sharing.make()
    tell(sharing, "dan", object="book", record=book)
    with pytest.raises(NotFound):
        get(sharing.caller("dan"), "book", book)
