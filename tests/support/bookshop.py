"""A shop of books with two lists under each (pages and loans), shelves above, foreign prices and moments: what reports
are held against plain Python on. `make_bookshop` makes it; `seen` gives a reader's records as dictionaries."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from dougong_platform import records
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_tenants import Database, Tenant
from library import add_user, as_user, make_library

DOCUMENTS = """
kind: object
name: shelf
default_access: read
name_field: name
fields:
  name: {type: text, required: true}
  region: {type: picklist, values: [{value: north, label: {en: North, zh: 北}}, south]}
---
kind: object
name: book
name_field: title
fields:
  title: {type: text, required: true}
  shelf: {type: lookup, to: shelf, on_delete: clear}
  genre: {type: picklist, values: [poem, novel, atlas]}
  word: {type: text}
  currency: {type: picklist, values: [CNY, USD]}
  rate: {type: decimal, scale: 4}
  price: {type: currency, scale: 2, currency_field: currency, rate_field: rate}
  pages: {type: integer}
  weight: {type: decimal, scale: 3}
  sold_at: {type: datetime}
  bought: {type: date}
  done: {type: boolean}
---
kind: object
name: page
name_field: name
fields:
  book: {type: detail, to: book}
  name: {type: text}
  words: {type: integer}
---
kind: object
name: loan
name_field: name
fields:
  book: {type: lookup, to: book, on_delete: clear}
  name: {type: text}
  days: {type: integer}
  at: {type: date}
---
kind: permission_set
name: clerk
label: Clerk
objects:
  shelf: {read: all}
  book: {read: own}
  page: {read: all}
  loan: {read: own}
"""
ZONE = "Asia/Shanghai"
_FIELDS = {
    "book": [
        *("id", "title", "shelf", "shelf.region", "genre", "word", "currency", "rate", "price"),
        *("pages", "weight", "sold_at", "bought", "done", "owner"),
    ],
    "page": ["id", "book", "words"],
    "loan": ["id", "book", "days", "at", "owner"],
    "shelf": ["id", "name", "region"],
}


@dataclass
class Bookshop:
    database: Database
    tenant: Tenant
    people: tuple[str, ...]

    @property
    def admin(self) -> Caller:
        return as_user(self.database, self.tenant, self.people[0])

    @property
    def clerk(self) -> Caller:
        """Sees the books and loans that are his own, and pages of these books."""
        return as_user(self.database, self.tenant, self.people[1], "clerk")


def make_bookshop(url: str, name: str = "bookshop", books: int = 70, seed: int = 7, more: str = "") -> Bookshop:
    """The shop with its records, the same for the same seed; `more` documents beside its own."""
    database, tenant = make_library(url, name, DOCUMENTS + (f"---\n{more}" if more else ""))
    shop = Bookshop(database, tenant, tuple(add_user(database, tenant, one) for one in ("ann", "bob", "cai")))
    fill(shop, random.Random(seed), books)
    return shop


def fill(shop: Bookshop, chance: random.Random, books: int) -> None:
    """Records of all objects, with blanks, deleted ones, and books without pages or loans."""
    admin = shop.admin
    shelves = _made(
        admin,
        "shelf",
        [{"name": n, "region": r} for n, r in zip("ABCD", ("north", "south", None, "north"), strict=True)],
    )
    rows = [_book(shop, chance, n, shelves) for n in range(books)]
    made = _made(admin, "book", rows)
    _made(
        admin,
        "page",
        [
            {"book": one, "words": _maybe(chance, chance.randint(0, 90))}
            for one in made
            for _ in range(chance.randint(0, 3))
        ],
    )
    loans = [
        {
            "book": _maybe(chance, one),
            "days": chance.randint(1, 40),
            "at": _day(chance),
            "owner": chance.choice(shop.people),
        }
        for one in made
        for _ in range(chance.randint(0, 3))
    ]
    made_loans = _made(admin, "loan", loans)
    records.delete(admin, "book", made[:3])
    records.delete(admin, "loan", made_loans[:2])
    records.delete(admin, "shelf", shelves[3:])


def _book(shop: Bookshop, chance: random.Random, n: int, shelves: list[str]) -> dict[str, Any]:
    foreign = chance.random() < 0.3
    return {
        "title": f"t{n}",
        "shelf": _maybe(chance, chance.choice(shelves)),
        "genre": _maybe(chance, chance.choice(["poem", "novel", "atlas"])),
        "word": _maybe(chance, chance.choice(["阿", "北", "Zebra", "apple", 'a"b\\c', "春天"])),
        "currency": "USD" if foreign else chance.choice(["CNY", None]),
        "rate": _maybe(chance, "7.1") if foreign else None,
        "price": _maybe(chance, f"{chance.randint(0, 9900) / 100:.2f}"),
        "pages": _maybe(chance, chance.randint(-2, 9)),
        "weight": _maybe(chance, f"{chance.randint(0, 9000) / 1000:.3f}"),
        "sold_at": _maybe(chance, f"{_day(chance)}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00Z"),
        "bought": _maybe(chance, _day(chance)),
        "done": _maybe(chance, chance.random() < 0.5),
        "owner": chance.choice(shop.people),
    }


def _made(caller: Caller, object: str, rows: list[dict[str, Any]]) -> list[str]:
    return [str(one.id) for one in records.create(caller, object, rows).records]


def _maybe(chance: random.Random, value: Any) -> Any:
    return None if chance.random() < 0.12 else value


def _day(chance: random.Random) -> str:
    return f"{chance.choice((2024, 2025, 2026))}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def seen(caller: Caller, object: str) -> list[dict[str, Any]]:
    """The records that the reader sees."""
    return list_records(caller, object, fields=_FIELDS[object], limit=1000).records
