"""Those whom a comment names, and those with whom something is shared, are told."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_platform import shares
from dougong_platform.comments import conversation
from dougong_platform.comments.mentions import mentioned
from dougong_platform.errors import RecordsInvalid
from dougong_platform.notifications.inbox import entries
from sharing import Sharing


@pytest.fixture(autouse=True)
def empty(sharing: Sharing) -> None:
    for table in ("_outbox", "_notification"):
        sharing.reading.run(f"delete from {table} returning 1")


def told(sharing: Sharing, name: str) -> list[str]:
    return [one.title for one in entries(sharing.caller(name)).entries]


def comment(sharing: Sharing, book: str, text: str, who: str = "bob") -> dict[str, Any]:
    return conversation.add(sharing.caller(who), "book", book, text)


def test_whoever_is_named_in_a_comment_is_told_and_who_writes_it_is_not(sharing: Sharing) -> None:
    book = sharing.make(title="Red Chamber")
    shares.share(sharing.caller("bob"), "book", [book], {"subject": sharing["dan"]})
    sharing.reading.run("delete from _notification returning 1")
    comment(sharing, book, "@dan, @Bob: please look. Mail me at bob@Dan.test")
    [one] = entries(sharing.caller("dan")).entries
    assert (one.title, one.topic, one.actor) == ("Bob mentioned you on “Red Chamber”", "mention", sharing["bob"])
    assert one.body.startswith("@dan, @Bob")
    assert (one.object, one.record) == ("book", book)
    assert told(sharing, "bob") == []


def test_whoever_may_not_see_the_record_hears_that_he_was_named_and_nothing_else(sharing: Sharing) -> None:
    book = sharing.make(title="Secret memoirs")
    comment(sharing, book, "@Dan see page 12")
    [one] = entries(sharing.caller("dan")).entries
    assert one.withheld
    assert (one.body, one.record) == ("", None)
    assert one.title == "You were mentioned on a record that you may not see. Ask for access."


def test_a_comment_that_is_changed_tells_only_whom_it_names_anew(sharing: Sharing) -> None:
    book = sharing.make()
    made = comment(sharing, book, "@Dan look")
    conversation.edit(sharing.caller("bob"), "book", book, str(made["id"]), "@Dan and @Cat look")
    assert (len(told(sharing, "dan")), len(told(sharing, "cat"))) == (1, 1)


def test_a_comment_that_is_refused_tells_nobody(sharing: Sharing) -> None:
    book = sharing.make()
    with pytest.raises(RecordsInvalid):
        comment(sharing, book, "@Dan " + "x" * 10_001)
    assert told(sharing, "dan") == []


PEOPLE = [("1", "Anna"), ("2", "Anna Lee"), ("3", "王力"), ("4", "王力宏"), ("5", "Anna")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Anna hi", ["1", "5"]),
        ("@anna lee, hi", ["2"]),
        ("@Annabel", []),
        ("@王力，请看", ["3"]),
        ("@王力宏看一下", ["4"]),
        ("请@王力宏看", ["4"]),
        ("（@王力宏）和 @王力", ["4", "3"]),
        ("mail@anna", []),
        ("@ Anna", []),
        ("@Anna @Anna", ["1", "5"]),
    ],
)
def test_the_longest_name_that_stands_there_is_meant(text: str, expected: list[str]) -> None:
    assert mentioned(text, PEOPLE) == expected


def test_sharing_tells_a_person_and_the_members_of_a_team_once_an_action(sharing: Sharing) -> None:
    books = [sharing.make(title=f"Book {n}") for n in range(3)]
    bob = sharing.caller("bob")
    shares.share(bob, "book", [books[0]], {"subject": sharing["dan"], "note": "For tomorrow"})
    [one] = entries(sharing.caller("dan")).entries
    assert (one.title, one.body, one.record) == ("Bob shared “Book 0” with you", "For tomorrow", books[0])
    shares.share(bob, "book", books, {"subject": sharing["press"]})
    [one] = entries(sharing.caller("fay")).entries
    assert (one.title, one.object, one.record) == ("Bob shared 3 records with you: Books", "book", None)


def test_sharing_with_a_department_or_again_tells_nobody(sharing: Sharing) -> None:
    book, bob = sharing.make(), sharing.caller("bob")
    shares.share(bob, "book", [book], {"subject": sharing["north"]})
    assert told(sharing, "eve") == []
    shares.share(bob, "book", [book], {"subject": sharing["dan"]})
    shares.share(bob, "book", [book], {"subject": sharing["dan"], "access": "edit"})
    assert len(told(sharing, "dan")) == 1


def test_a_share_that_is_withdrawn_takes_what_was_said_of_the_record_with_it(sharing: Sharing) -> None:
    book, bob = sharing.make(title="Secret memoirs"), sharing.caller("bob")
    given = shares.share(bob, "book", [book], {"subject": sharing["dan"]})
    assert told(sharing, "dan") == ["Bob shared “Secret memoirs” with you"]
    shares.take_back(bob, "book", given.ref)
    assert "Secret" not in told(sharing, "dan")[0]
