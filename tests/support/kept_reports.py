"""A tenant for the tests of what people keep, share and have sent: books with prices, and an organisation around them.

ann administers; bob and cat are keepers and see their own books and those of nobody else; dan, eve and fay read books
of their own and may not know what one cost. eve sits in a department below `north`, fay is of the team `press`.
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
name: book
label: {en: Book, zh: 书}
plural: {en: Books, zh: 书籍}
name_field: title
fields:
  title: {type: text, label: {en: Title, zh: 书名}, required: true, searchable: true}
  genre:
    type: picklist
    label: {en: Genre, zh: 类别}
    values: [{value: novel, label: {en: Novel, zh: 小说}}, {value: manual, label: {en: Manual, zh: 手册}}]
  price: {type: currency, label: {en: Price, zh: 价格}, scale: 2}
  cost: {type: decimal, label: {en: Cost, zh: 成本}, scale: 2}
  bought: {type: date, label: {en: Bought, zh: 购入日期}}
---
kind: object
name: vault
name_field: name
fields:
  name: {type: text}
---
kind: report
name: by_genre
label: {en: Books by genre, zh: 各类书籍}
object: book
rows: [genre]
values:
  n: {value: COUNT(), label: {en: Books, zh: 数量}}
  total: {value: SUM(price), label: {en: Worth, zh: 金额}}
chart: {type: bar, values: [total]}
---
kind: report
name: for_keepers
label: {en: Keepers, zh: 管理员}
object: book
for: [keeper]
values: {n: COUNT()}
---
kind: permission_set
name: keeper
label: {en: Keeper, zh: 管理员}
objects:
  book: {create: true, read: own, update: own, delete: own, share: true, export: true}
  vault: {create: true, read: own}
---
kind: permission_set
name: reader
label: {en: Reader, zh: 读者}
objects:
  book: {create: true, read: own, update: own, delete: own}
fields: {book.cost: none}
"""
BODY: dict[str, Any] = {"object": "book", "rows": ["genre"], "values": {"n": "COUNT()", "total": "SUM(price)"}}


@dataclass
class Kept(Colleagues):
    """The tenant and, by name, everybody and everything in it."""

    def make(self, owner: str = "bob", **values: Any) -> str:
        """A book of somebody's."""
        row = {"title": "Red Chamber", "owner": self[owner], **values}
        return str(create(self.reading.admin, "book", [row]).records[0].id)


def make_kept(url: str) -> Kept:
    """The tenant, in an empty database."""
    reading = make_reading(url, DOCUMENTS)
    return Kept(reading, ids_of_colleagues(reading))


@pytest.fixture(scope="module")
def kept(module_database_url: str) -> Iterator[Kept]:
    """The tenant of a module's tests."""
    made = make_kept(module_database_url)
    yield made
    made.reading.database.close()
