"""What the draft would change for people is what has changed for them once it is published."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong_metadata.documents import read_documents
from dougong_platform import records
from dougong_platform.explain.effects import effects
from dougong_platform.people.acting import acting_as
from dougong_platform.query.listing import list_records
from dougong_platform.releases import draft
from dougong_platform.releases.publish import publish
from dougong_tenants import people
from reading import Reading, make_reading

BOOK = """
kind: object
name: book
name_field: title
default_access: private
fields: {title: {type: text}, genre: {type: picklist, values: [a, b]}}
---
kind: object
name: page
name_field: title
fields: {book: {type: detail, to: book}, title: {type: text}}
---
kind: object
name: shelf
name_field: title
fields: {title: {type: text}}
"""
BOOK_ALONE = BOOK.split("---", maxsplit=1)[0]
SETS = """
---
kind: permission_set
name: reader
objects: {book: {create: true, read: own, update: own}, page: {create: true, read: all}, shelf: {read: all}}
---
kind: permission_set
name: chief
objects: {book: {read: all}, shelf: {read: all}}
"""
AFTER = """
kind: permission_set
name: reader
objects: {book: {create: true, read: own_below, update: own}, page: {create: true, read: all}, shelf: {read: all}}
---
kind: permission_set
name: chief
objects: {book: {read: own}, shelf: {read: all}}
---
kind: sharing
name: a_books
object: book
when: genre = "a"
with: {users: [cat@library.test]}
access: edit
"""


@pytest.fixture
def office(database_url: str) -> Iterator[Reading]:
    made = make_reading(database_url, BOOK + SETS)
    yield made
    made.database.close()


def counts(office: Reading, user: str) -> dict[str, int]:
    caller = acting_as(office.database, office.tenant, user, cause="user")
    return {
        name: len(list_records(caller, name, limit=1000).records) if caller.rights.may(name, "read") else 0
        for name in ("book", "page", "shelf")
    }


def test_the_counts_are_those_of_before_and_after(office: Reading) -> None:
    database, tenant = office.database, office.tenant
    people.set_permission_sets(database, tenant, office.cat, ["chief"])
    people.update_user(database, tenant, office.bob, {"manager": office.cat})
    for number in range(30):
        owner = (office.ann, office.bob, office.cat)[number % 3]
        row = {"title": str(number), "genre": "ab"[number % 2], "owner": owner}
        book = records.create(office.admin, "book", [row]).records[0].id
        records.create(office.admin, "page", [{"book": book, "title": "p"}])
    before = {user: counts(office, user) for user in (office.bob, office.cat)}
    draft.put(database, tenant, read_documents(AFTER))
    told = effects(office.admin)
    publish(database, tenant)
    after = {user: counts(office, user) for user in (office.bob, office.cat)}
    assert told["uncounted"] == []
    said = {(row["user"], row["object"]): row["read"] for row in told["rows"]}
    for user in (office.bob, office.cat):
        for name in ("book", "page", "shelf"):
            gained, lost = said.get((user, name), [0, 0])
            assert after[user][name] - before[user][name] == gained - lost, (user, name)
    assert said[office.cat, "book"] == [0, 10]  # 30 before; his own ten and the fifteen of genre a, less five in both
    changed = {(row["user"], row["object"]): row["update"] for row in told["rows"]}
    assert changed[office.cat, "book"] == [0, 0]


def test_a_rule_over_a_field_that_is_new_is_said_to_be_uncounted(office: Reading) -> None:
    documents = BOOK_ALONE.replace("title: {type: text},", "title: {type: text}, fresh: {type: text},")
    rule = 'kind: sharing\nname: fresh\nobject: book\nwhen: fresh = "x"\nwith: {everyone: true}\n'
    draft.put(office.database, office.tenant, read_documents(f"{documents}\n---\n{rule}"))
    told = effects(office.admin)
    assert {(one["user"], one["object"]) for one in told["uncounted"]} >= {(office.bob, "book")}
    assert told["rows"] == []


def test_what_one_does_not_see_is_no_record_that_one_might_change(office: Reading) -> None:
    records.create(office.admin, "book", [{"title": "x", "owner": office.ann}])
    blind = "kind: permission_set\nname: reader\nobjects: {book: {create: true, read: own, update: all}}\n"
    draft.put(office.database, office.tenant, read_documents(blind))
    assert not any(row["update"] != [0, 0] for row in effects(office.admin)["rows"])


def test_a_draft_that_touches_no_access_changes_nothing(office: Reading) -> None:
    documents = BOOK_ALONE.replace("name_field: title", "name_field: title\nlabel: Tome")
    draft.put(office.database, office.tenant, read_documents(documents))
    assert effects(office.admin) == {"rows": [], "uncounted": []}
