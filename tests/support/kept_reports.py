"""A tenant for the tests of what people keep, share and have sent: books with prices, and an organisation around them.

ann administers; bob and cat are keepers and see their own books and those of nobody else; dan, eve and fay read books
of their own and may not know what one cost. eve sits in a department below `north`, fay is of the team `press`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.records import create
from dougong_tenants import people
from reading import PASSWORD, Reading, make_reading

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
PEOPLE = {"dan": "reader", "eve": "reader", "fay": "reader"}
BODY: dict[str, Any] = {"object": "book", "rows": ["genre"], "values": {"n": "COUNT()", "total": "SUM(price)"}}


@dataclass
class Kept:
    """The tenant and, by name, everybody and everything in it."""

    reading: Reading
    ids: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    def caller(self, name: str) -> Caller:
        """What somebody is at this moment."""
        return acting_as(self.reading.database, self.reading.tenant, self.ids[name], cause="user")

    def make(self, owner: str = "bob", **values: Any) -> str:
        """A book of somebody's."""
        row = {"title": "Red Chamber", "owner": self[owner], **values}
        return str(create(self.reading.admin, "book", [row]).records[0].id)


def make_kept(url: str) -> Kept:
    """The tenant, in an empty database."""
    reading = make_reading(url, DOCUMENTS)
    database, tenant = reading.database, reading.tenant
    ids = {"ann": reading.ann, "bob": reading.bob, "cat": reading.cat}
    for name, held in PEOPLE.items():
        given = {"name": name.title(), "email": f"{name}@library.test"}
        ids[name] = people.create_user(database, tenant, given, password=PASSWORD, permission_sets=[held]).id
    for name in ("bob", "cat"):
        people.set_permission_sets(database, tenant, ids[name], ["keeper"])
    ids["north"] = people.create_department(database, tenant, {"name": "North"})
    ids["east"] = people.create_department(database, tenant, {"name": "North-east", "parent": ids["north"]})
    people.update_user(database, tenant, ids["eve"], {"department": ids["east"]})
    ids["press"] = people.create_team(database, tenant, "Press")
    people.set_members(database, tenant, ids["press"], {ids["fay"]: None})
    ids["inbox"] = people.create_queue(database, tenant, "Inbox", team=ids["press"])
    return Kept(reading, ids)
