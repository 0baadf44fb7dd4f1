"""The draft: what administrators have changed and not yet published."""

from __future__ import annotations

import pytest

from changing import BOOK, SHELF, TEXT, Changing, an_object, changing
from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_platform.errors import DraftChanged, NotFound, PublishConflict
from dougong_platform.releases import draft
from dougong_platform.releases.publish import publish
from dougong_platform.releases.restore import restore
from dougong_tenants import Database, new_id

WITH_ROOM = an_object("shelf", {**SHELF, "room": TEXT})
WITH_CODE = an_object("shelf", {**SHELF, "code": TEXT})


@pytest.fixture
def it(database: Database) -> Changing:
    return changing(database)


def entries(it: Changing) -> list[tuple[str, str, str | None]]:
    with it.database.transaction(it.tenant, read_only=True) as tx:
        return [(e.name, str(e.json()["change"]), e.by) for e in draft.entries(tx)]


def put(it: Changing, document: Document, seen: str | None = None, by: str | None = None) -> None:
    expected = {} if seen is None else {document.key: seen}
    draft.put(it.database, it.tenant, [document], by=by, expected=expected)


def hash_now(it: Changing, name: str = "shelf") -> str:
    return draft.get(it.database, it.tenant, "object", name)[0].hash


def test_it_says_who_changed_what(it: Changing) -> None:
    somebody = str(new_id())
    put(it, WITH_ROOM, by=somebody)
    put(it, an_object("room", {"name": TEXT}))
    draft.delete(it.database, it.tenant, [("object", "book")])
    assert entries(it) == [("book", "delete", None), ("room", "add", None), ("shelf", "change", somebody)]


def test_a_document_put_back_as_it_was_is_no_change(it: Changing) -> None:
    put(it, WITH_ROOM)
    put(it, an_object("shelf", SHELF))
    assert entries(it) == []


def test_it_may_hold_what_does_not_compile_but_is_then_not_published(it: Changing) -> None:
    put(it, an_object("book", {**BOOK, "shelf": {"type": "lookup", "to": "shelv"}}))
    with pytest.raises(InvalidDocuments) as invalid:
        publish(it.database, it.tenant)
    assert "shelf" in invalid.value.problems[0].en
    assert it.number() == 1


def test_two_who_change_one_document_do_not_overwrite_one_another(it: Changing) -> None:
    seen = hash_now(it)
    put(it, WITH_ROOM, seen)
    with pytest.raises(DraftChanged):
        put(it, WITH_CODE, seen)
    put(it, WITH_CODE, WITH_ROOM.hash)
    assert hash_now(it) == WITH_CODE.hash


def test_a_document_that_should_be_new_must_not_be_there(it: Changing) -> None:
    with pytest.raises(DraftChanged):
        put(it, WITH_ROOM, draft.GONE)
    put(it, an_object("room", {"name": TEXT}), draft.GONE)


def test_what_does_not_exist_is_neither_found_nor_deleted(it: Changing) -> None:
    with pytest.raises(NotFound):
        draft.get(it.database, it.tenant, "object", "nothing")
    with pytest.raises(NotFound):
        draft.delete(it.database, it.tenant, [("object", "nothing")])


def test_discarding_one_change_keeps_the_others(it: Changing) -> None:
    put(it, WITH_ROOM)
    put(it, an_object("room", {"name": TEXT}))
    assert draft.discard(it.database, it.tenant, [("object", "shelf")]) == 1
    assert [name for name, *_ in entries(it)] == ["room"]
    assert draft.discard(it.database, it.tenant) == 1


def test_publishing_empties_it(it: Changing) -> None:
    put(it, WITH_ROOM)
    release = publish(it.database, it.tenant, note="rooms")
    assert (release.number, entries(it)) == (2, [])
    assert "room" in release.model.objects["shelf"].fields


def test_a_publish_names_the_draft_that_was_planned(it: Changing) -> None:
    put(it, WITH_ROOM)
    with it.database.transaction(it.tenant, read_only=True) as tx:
        planned = draft.hash_of(draft.entries(tx))
    put(it, WITH_CODE)
    with pytest.raises(PublishConflict):
        publish(it.database, it.tenant, draft_hash=planned)
    assert it.number() == 1


def test_restoring_leaves_the_draft_alone(it: Changing) -> None:
    it.publish(WITH_CODE)
    put(it, WITH_ROOM)
    restore(it.database, it.tenant, 1)
    assert [name for name, *_ in entries(it)] == ["shelf"]
