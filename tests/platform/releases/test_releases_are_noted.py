"""Every change of the metadata stands in the audit log: drafts as they are written, a release with all it changes."""

from __future__ import annotations

from typing import Any

import pytest

from changing import BOOK, SHELF, TEXT, Changing, an_object, changing
from dougong_metadata.documents import Document
from dougong_platform.errors import PublishRefused
from dougong_platform.releases import draft
from dougong_platform.releases.publish import publish
from dougong_platform.releases.restore import restore
from dougong_tenants import Database, new_id

SOMEBODY = new_id()
WITH_ROOM = an_object("shelf", {**SHELF, "room": TEXT})
ROOM_ADDED = {"fields.room": [None, {"type": "text"}]}


@pytest.fixture
def it(database: Database) -> Changing:
    return changing(database)


def entries(it: Changing) -> list[tuple[Any, ...]]:
    """All but that of the first release: action, actor, target_kind, target, details."""
    return it.run("select action, actor, target_kind, target, details from _audit where target <> '1' order by seq")


def test_the_first_release_is_noted_with_its_documents(it: Changing) -> None:
    ((action, target, details),) = it.run("select action, target, details from _audit")
    assert (action, target) == ("metadata.published", "1")
    assert details == {
        "documents": [{"kind": "object", "name": name, "change": "add"} for name in ("book", "shelf")],
    }


def test_a_draft_is_noted_as_it_is_written(it: Changing) -> None:
    draft.put(it.database, it.tenant, [WITH_ROOM], by=SOMEBODY)
    draft.put(it.database, it.tenant, [WITH_ROOM], by=SOMEBODY)
    draft.delete(it.database, it.tenant, [("object", "book")], by=SOMEBODY)
    one = {"kind": "object", "name": "shelf", "change": "change", "changes": ROOM_ADDED}
    two = {"kind": "object", "name": "book", "change": "delete"}
    assert entries(it) == [
        ("metadata.draft_changed", SOMEBODY, "object", "shelf", {"documents": [one]}),
        ("metadata.draft_changed", SOMEBODY, "object", "book", {"documents": [two]}),
    ]


def test_many_documents_written_at_once_are_one_entry(it: Changing) -> None:
    rooms = [an_object(f"room_{number:03}", {"name": TEXT}) for number in range(203)]
    draft.put(it.database, it.tenant, rooms)
    ((details,),) = it.run("select details from _audit where action = 'metadata.draft_changed' and target is null")
    assert (len(details["documents"]), details["more"]) == (200, 3)


def test_a_discarded_draft_is_noted_with_what_was_lost(it: Changing) -> None:
    draft.put(it.database, it.tenant, [WITH_ROOM])
    assert draft.discard(it.database, it.tenant, by=SOMEBODY) == 1
    assert draft.discard(it.database, it.tenant, by=SOMEBODY) == 0
    action, actor, _, target, details = entries(it)[-1]
    assert (action, actor, target) == ("metadata.draft_discarded", SOMEBODY, "shelf")
    assert details["documents"][0]["changes"] == {"fields.room": [{"type": "text"}, None]}


def test_a_release_is_noted_with_what_it_changes_and_a_restored_one_with_what_it_restores(it: Changing) -> None:
    draft.put(it.database, it.tenant, [WITH_ROOM])
    publish(it.database, it.tenant, by=SOMEBODY, note="Rooms")
    restore(it.database, it.tenant, 1, by=SOMEBODY)
    published, restored = (row for row in entries(it) if row[2] == "release")
    one = {"kind": "object", "name": "shelf", "change": "change"}
    assert published == (
        "metadata.published",
        SOMEBODY,
        "release",
        "2",
        {"note": "Rooms", "documents": [one | {"changes": ROOM_ADDED}]},
    )
    lost = {"fields.room": [{"type": "text"}, None]}
    about = {"restored": 1, "documents": [one | {"changes": lost}]}
    assert restored == ("metadata.restored", SOMEBODY, "release", "3", about)


def test_a_document_that_grants_has_an_entry_of_its_own_in_each_release_that_changes_it(it: Changing) -> None:
    objects = an_object("shelf", SHELF), an_object("book", BOOK)
    for read in ("own", "all"):
        reader = Document("permission_set", "reader", {"objects": {"book": {"read": read}}})
        it.publish(*objects, reader, by=SOMEBODY)
    it.publish(*objects, by=SOMEBODY)
    found = [row for row in entries(it) if row[0] == "permission_set.changed"]
    assert {row[1:4] for row in found} == {(SOMEBODY, "permission_set", "reader")}
    assert [(d["release"], d["documents"][0]["change"]) for *_, d in found] == [
        (2, "add"),
        (3, "change"),
        (4, "delete"),
    ]
    assert found[1][-1]["documents"][0]["changes"] == {"objects.book.read": ["own", "all"]}


def test_a_refused_publish_is_no_release_and_not_noted(it: Changing) -> None:
    it.add("book", 1, price="'dear'")
    with pytest.raises(PublishRefused):
        it.books({**BOOK, "price": {"type": "integer"}})
    assert entries(it) == []


def test_long_values_and_many_paths_are_cut_and_counted(it: Changing) -> None:
    many = {f"field_{number:02}": TEXT for number in range(45)}
    it.books({**BOOK, **many, "note": {"type": "text", "help": "long " * 100}})
    ((details,),) = it.run("select details from _audit where target = '2'")
    (book,) = details["documents"]
    assert (len(book["changes"]), book["more"]) == (40, 6)
    it.books({**BOOK, "note": {"type": "text", "help": "long " * 100}})
    ((text,),) = it.run("select details::text from _audit where target = '3'")
    assert "long " * 60 not in text


def test_a_release_of_many_changes_says_of_which_documents_and_counts_the_rest(it: Changing) -> None:
    def rooms(length: int) -> list[Document]:
        text = {"type": "text", "max_length": length}
        fields = {"name": TEXT, **{f"field_{number:02}": text for number in range(30)}}
        return [an_object(f"room_{number:02}", fields) for number in range(20)]

    draft.put(it.database, it.tenant, rooms(10))
    draft.put(it.database, it.tenant, rooms(11))
    ((details,),) = it.run(
        "select details from _audit where action = 'metadata.draft_changed' order by seq desc limit 1"
    )
    assert len(details["documents"]) == 20
    told = sum(len(one["changes"]) for one in details["documents"])
    assert (told, told + sum(one.get("more", 0) for one in details["documents"])) == (400, 600)
