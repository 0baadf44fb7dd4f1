"""A library whose screens are tested: books on shelves, list views, a home page; Ann administers, Bob is a reader.

Fixtures: `shelving` (module: the tenant, with 130 books), `person(name)` (a signed-in browser without JavaScript).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.http.csrf import csrf_token
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.settings import Settings
from reading import PASSWORD, Reading, make_reading

BOOKS = 130
DOCUMENTS = """
kind: object
name: shelf
label: {en: Shelf, zh: 书架}
plural: {en: Shelves, zh: 书架}
name_field: name
default_access: read
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true}
  room: {type: text, label: {en: Room, zh: 房间}}
  keeper: {type: user, label: {en: Keeper, zh: 管理员}}
---
kind: object
name: book
label: {en: Book, zh: 图书}
plural: {en: Books, zh: 图书}
icon: book
name_field: title
fields:
  title: {type: text, label: {en: Title, zh: 书名}, required: true, max_length: 200, searchable: true}
  shelf: {type: lookup, to: shelf, label: {en: Shelf, zh: 书架}}
  state:
    type: picklist
    label: {en: State, zh: 状态}
    values:
      - {value: open, label: {en: Open, zh: 待办}, colour: info}
      - {value: late, label: {en: Late, zh: 逾期}, colour: bad}
      - {value: done, label: {en: Done, zh: 完成}, colour: good}
  tags: {type: multi_picklist, label: {en: Tags, zh: 标签}, values: [rare, signed, old]}
  price: {type: currency, label: {en: Price, zh: 价格}, min: 0}
  discount: {type: percent, label: {en: Discount, zh: 折扣}}
  pages: {type: integer, label: {en: Pages, zh: 页数}}
  due: {type: date, label: {en: Due, zh: 到期日}}
  read_at: {type: datetime, label: {en: Last read, zh: 最近阅读}}
  in_print: {type: boolean, label: {en: In print, zh: 在印}}
  note: {type: long_text, label: {en: Note, zh: 备注}, searchable: true}
  code: {type: text, label: {en: Code, zh: 编号}, unique: true}
  cost: {type: decimal, label: {en: Cost, zh: 成本}}
---
kind: list_view
name: book_all
object: book
label: {en: All, zh: 全部}
position: 1
columns: [title, shelf, state, price, due, owner, pages]
sort: [title]
totals: [price]
---
kind: list_view
name: book_open
object: book
label: {en: Open ones, zh: 待办}
position: 2
columns: [title, state, price]
filter: 'state in ("open", "late") and price >= 50'
sort: [-price]
---
kind: list_view
name: book_mine
object: book
label: {en: Mine, zh: 我的}
position: 3
columns: [title, state, due]
filter: 'owner = $user and state != "done"'
sort: [due]
---
kind: app
name: library
label: {en: Library, zh: 图书馆}
groups:
  - items: [{page: home}, {object: book}, {object: shelf}]
home:
  numbers:
    - {label: {en: Worth, zh: 总值}, object: book, aggregate: SUM(price), filter: 'state = "open"', format: money}
    - {label: {en: Books, zh: 册数}, object: book, aggregate: COUNT()}
    - {label: {en: Hidden cost, zh: 成本}, object: book, aggregate: SUM(cost)}
  lists:
    - label: {en: To do, zh: 待办}
      object: book
      list_view: book_mine
      columns: [shelf, state]
      when: due
      done: {field: state, value: done}
    - {label: {en: Dear ones, zh: 高价}, object: book, list_view: book_open, columns: [state, price], limit: 3}
---
kind: permission_set
name: reader
label: Reader
objects:
  book: {create: true, read: own, update: own, delete: own, export: true}
  shelf: {read: all}
fields: {book.cost: none, book.pages: read}
---
kind: permission_set
name: keeper
label: Keeper of people
system: [people]
"""


@dataclass
class Shelving(Reading):
    """The tenant; `books` are the ids of Ann's books, number 0 first; `shelves` those of the shelves."""

    books: list[str]
    shelves: list[str]


def make_shelving(url: str, documents: str = DOCUMENTS) -> Shelving:
    """Books 000 to 129: every second open, each fifth late; prices 0 to 129; due days around 2026-01-01."""
    made = make_reading(url, documents)
    rooms = (("North", "1"), ("South", "2"), ("东北岸", "3"))
    shelves = records.create(made.admin, "shelf", [{"name": name, "room": room} for name, room in rooms])
    shelf_ids = [str(one.id) for one in shelves.records]
    books = records.create(made.admin, "book", [_book(n, shelf_ids) for n in range(BOOKS)])
    return Shelving(
        made.database, made.name, made.ann, made.bob, made.cat, [str(one.id) for one in books.records], shelf_ids
    )


def _book(n: int, shelves: list[str]) -> dict[str, Any]:
    return {
        "title": f"Book {n:03}",
        "shelf": shelves[n % 3],
        "state": "late" if n % 5 == 0 else ("open", "done")[n % 2],
        "price": str(n),
        "discount": "0.25" if n % 4 == 0 else None,
        "pages": n * 10,
        "tags": ["rare"] if n < 3 else [],
        "due": f"2026-01-{n % 28 + 1:02}",
        "read_at": f"2026-01-{n % 28 + 1:02}T12:00:00Z",
        "in_print": n % 2 == 0,
        "note": "关于洁净室的一本书" if n == 7 else None,
        "code": f"C{n}",
    }


@pytest.fixture(scope="module")
def shelving(module_database_url: str) -> Iterator[Shelving]:
    made = make_shelving(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def screens(shelving: Shelving, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The application with its screens."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=shelving.database.dsn, secret="test", rate_limit=0
    )
    return create_app(settings, shelving.database)


class Person:
    """A browser without JavaScript in which somebody is signed in. `island=True` asks as htmx does."""

    def __init__(self, http: FlaskClient, name: str) -> None:
        self.http = http
        answer = http.post("/sign-in", data={"email": f"{name}@library.test", "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    def get(self, path: str, /, *, island: bool = False, **query: Any) -> TestResponse:
        return self.http.get(path, query_string=query or None, headers=self._headers(island))

    def post(self, path: str, /, *, island: Any = False, **form: Any) -> TestResponse:
        cookie = self.http.get_cookie(SESSION_COOKIE)
        assert cookie is not None
        return self.http.post(
            path, data={"csrf_token": csrf_token(cookie.value), **form}, headers=self._headers(island)
        )

    @staticmethod
    def _headers(island: bool) -> dict[str, str]:
        return {"Accept": "text/html", "Accept-Language": "en"} | ({"HX-Request": "true"} if island else {})


@pytest.fixture(scope="module")
def person(screens: Engine) -> Callable[[str], Person]:
    return lambda name: Person(screens.test_client(), name)


@pytest.fixture(scope="module")
def ann(person: Callable[[str], Person]) -> Person:
    return person("ann")


@pytest.fixture(scope="module")
def bob(person: Callable[[str], Person]) -> Person:
    return person("bob")


def titles(page: str) -> list[str]:
    """The books' names in the rows of a list, in order."""
    return re.findall(r'<a href="/o/book/[^"]+">(.*?)</a>', page)


def said(answer: TestResponse, http: FlaskClient) -> str:
    """The short message that the following page shows."""
    page = http.get("/more", headers={"Accept": "text/html"}).text
    found = re.search(r'<div class="dg-toast".*?<span>(.*?)</span>', page, re.DOTALL)
    return found[1] if found else ""
