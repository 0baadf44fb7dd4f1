"""A tenant for the tests of shares: books with loans that follow their shares, and an organisation around them.

ann administers; bob and cat keep books of their own and may share them; dan, eve and fay may not. eve sits in a
department below `north`, fay is of the team `press`, which works the queue `inbox`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from colleagues import Colleagues, ids_of_colleagues
from dougong_platform.records import create
from reading import make_reading

DOCUMENTS = """
kind: object
name: shelf
label: {en: Shelf, zh: 书架}
plural: {en: Shelves, zh: 书架}
default_access: read
name_field: name
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true}
---
kind: object
name: book
label: {en: Book, zh: 书}
plural: {en: Books, zh: 书籍}
name_field: title
fields:
  title: {type: text, label: {en: Title, zh: 书名}, required: true, searchable: true}
  genre: {type: picklist, label: {en: Genre, zh: 类别}, values: [novel, manual]}
  shelf: {type: lookup, to: shelf, label: {en: Shelf, zh: 书架}}
---
kind: object
name: chapter
label: {en: Chapter, zh: 章节}
plural: {en: Chapters, zh: 章节}
name_field: title
fields:
  book: {type: detail, to: book}
  title: {type: text}
---
kind: object
name: loan
label: {en: Loan, zh: 借阅}
plural: {en: Loans, zh: 借阅}
name_field: label
history: false
fields:
  book: {type: lookup, to: book, follows_shares: true, label: {en: Book, zh: 书}}
  label: {type: text, label: {en: Label, zh: 标签}}
---
kind: object
name: review
label: {en: Review, zh: 书评}
plural: {en: Reviews, zh: 书评}
name_field: label
fields:
  book: {type: lookup, to: book, label: {en: Book, zh: 书}}
  label: {type: text}
---
kind: object
name: fine
name_field: label
fields:
  book: {type: lookup, to: book, follows_shares: true}
  label: {type: text}
---
kind: sharing
name: manuals_for_dan
object: book
when: genre = "manual"
with: {users: [dan@library.test]}
---
kind: permission_set
name: keeper
label: {en: Keeper, zh: 管理员}
objects:
  book: {create: true, read: own, update: own, delete: own, share: true, export: true}
  chapter: {create: true, read: all, update: all, delete: all}
  loan: {create: true, read: own, update: own}
  review: {create: true, read: own, update: own}
  shelf: {create: true, read: all, update: own, share: true}
---
kind: permission_set
name: reader
label: {en: Reader, zh: 读者}
objects:
  book: {create: true, read: own, update: own, delete: own}
  chapter: {read: all}
  loan: {read: own}
  shelf: {read: all}
"""


@dataclass
class Sharing(Colleagues):
    """The tenant and, by name, everybody and everything in it."""

    def make(self, object: str = "book", owner: str = "bob", **values: Any) -> str:
        """A record of somebody's."""
        named = {"book": "title", "shelf": "name"}.get(object, "label")
        row = {named: "Red Chamber", "owner": self[owner], **values}
        return str(create(self.reading.admin, object, [row]).records[0].id)

    def expire(self, record: str) -> None:
        """Let the clock pass the end of a record's shares."""
        self.reading.run(
            "update _share set expires_at = now() - interval '1 second' where record = %s returning 1", [record]
        )


def make_sharing(url: str) -> Sharing:
    """The tenant, in an empty database."""
    reading = make_reading(url, DOCUMENTS)
    return Sharing(reading, ids_of_colleagues(reading))


@pytest.fixture(scope="module")
def sharing(module_database_url: str) -> Iterator[Sharing]:
    """The tenant of a module's tests."""
    made = make_sharing(module_database_url)
    yield made
    made.reading.database.close()
