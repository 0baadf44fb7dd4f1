"""A tenant for the tests of reads and of HTTP: shelves, books, chapters, two readers and an administrator.

Fixtures: `reading` (module), `app`, `client` (the administrator's), `client_of(user)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dougong_metadata.documents import read_documents
from dougong_platform.access import rights_for
from dougong_platform.app import create_app
from dougong_platform.http.caller import Caller
from dougong_platform.http.engine import Engine
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.releases.release import current
from dougong_platform.settings import Settings
from dougong_tenants import Database, Tenant
from dougong_tenants.people import create_user, get_user
from dougong_tenants.tenancy import get as get_tenant
from dougong_tenants.tokens import issue

PASSWORD = "correct horse battery staple"

DOCUMENTS = """
kind: object
name: shelf
label: {en: Shelf, zh: 书架}
name_field: name
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true, max_length: 200}
  room: {type: text, max_length: 200}
  combination: {type: text}
---
kind: object
name: vault
name_field: name
fields:
  name: {type: text, searchable: true}
---
kind: object
name: book
label: {en: Book, zh: 书}
plural: {en: Books, zh: 书籍}
name_field: title
fields:
  title: {type: text, label: {en: Title, zh: 书名}, required: true, max_length: 200, searchable: true, index: true}
  shelf: {type: lookup, to: shelf, label: {en: Shelf, zh: 书架}}
  vault: {type: lookup, to: vault}
  genre:
    type: picklist
    label: {en: Genre, zh: 类别}
    values: [{value: novel, label: {en: Novel, zh: 小说}}, {value: manual, label: {en: Manual, zh: 手册}}]
  tags: {type: multi_picklist, values: [rare, signed, old]}
  price: {type: currency, label: {en: Price, zh: 价格}, scale: 2, index: true}
  discount: {type: percent}
  pages: {type: integer}
  bought: {type: date, index: true}
  read_at: {type: datetime}
  in_print: {type: boolean}
  summary: {type: long_text, searchable: true}
  cost: {type: decimal, scale: 2}
  place: {type: address}
  extra: {type: json}
  score: {type: rating}
---
kind: object
name: chapter
name_field: title
fields:
  book: {type: detail, to: book}
  title: {type: text}
---
kind: permission_set
name: reader
label: Reader
objects:
  book: {create: true, read: own, update: own, delete: own, export: true}
  shelf: {read: all}
  chapter: {create: true, read: all, update: all, delete: all}
fields: {book.cost: none, shelf.combination: none, book.summary: read}
---
kind: permission_set
name: librarian
label: Librarian
system: [people]
objects:
  book: {create: true, read: all, update: all, delete: all, import: true, export: true}
  shelf: {create: true, read: all, update: all, delete: all}
"""


@dataclass
class Reading:
    """The tenant and its people: ann administers, bob and cat are readers."""

    database: Database
    name: str
    ann: str
    bob: str
    cat: str

    @property
    def tenant(self) -> Tenant:
        return get_tenant(self.database, self.name)

    def caller(self, user: str, *sets: str, locale: str = "en") -> Caller:
        """A caller with the permission sets given, an administrator without."""
        release = current(self.database, self.tenant)
        rights = rights_for(release.model, sets, not sets)
        return Caller(self.database, self.tenant, release, user, rights, locale, "Asia/Shanghai")

    @property
    def admin(self) -> Caller:
        return self.caller(self.ann)

    @property
    def reader(self) -> Caller:
        return self.caller(self.bob, "reader")

    def token(self, user: str, *scopes: str) -> str:
        return issue(
            self.database,
            self.tenant,
            user,
            name="test",
            scopes=scopes or ("read", "write", "metadata", "people", "tokens", "jobs", "audit"),
        ).token

    def run(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        with self.database.transaction(self.tenant) as tx:
            return tx.rows(sql, params)


class Client:
    """HTTP with a bearer token; answers are (status, JSON)."""

    def __init__(self, http: FlaskClient, token: str | None) -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def open(self, path: str, **more: Any) -> TestResponse:
        more["headers"] = {**self.headers, **more.get("headers", {})}
        return self.http.open(path, **more)

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        answer = self.open(path, query_string=query)
        return answer.status_code, answer.get_json()

    def post(self, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        answer = self.open(path, method=more.pop("method", "POST"), json=body, **more)
        return answer.status_code, answer.get_json(silent=True)


def make_reading(url: str, documents: str = DOCUMENTS, name: str = "library") -> Reading:
    """A database with the tenant `name`; the administrator signs in as ann@library.test."""
    database = Database(url, pool_size=6, secret="test")
    database.install()
    tenant = provision(
        database,
        name,
        documents=read_documents(documents),
        locale="en",
        administrator=FirstAdministrator("ann@library.test", PASSWORD, "Ann"),
    )
    users = {
        who: create_user(
            database,
            tenant,
            {"name": who.title(), "email": f"{who}@library.test"},
            password=PASSWORD,
            permission_sets=["reader"],
        ).id
        for who in ("bob", "cat")
    }
    return Reading(database, name, get_user(database, tenant, "ann@library.test"), users["bob"], users["cat"])


@pytest.fixture(scope="module")
def reading(module_database_url: str) -> Iterator[Reading]:
    """The tenant, shared by a module's tests."""
    made = make_reading(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def app(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The API over `reading`, without rate limits."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=reading.database.dsn, secret="test", rate_limit=0
    )
    return create_app(settings, reading.database, faces=False)


@pytest.fixture(scope="module")
def client_of(app: Engine, reading: Reading) -> Callable[..., Client]:
    """`client_of(user, *scopes)`: a client with a fresh token; `client_of(None)` has none."""

    def make(user: str | None, *scopes: str) -> Client:
        return Client(app.test_client(), reading.token(user, *scopes) if user else None)

    return make


@pytest.fixture(scope="module")
def client(client_of: Callable[..., Client], reading: Reading) -> Client:
    """The administrator's."""
    return client_of(reading.ann)
