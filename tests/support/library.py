"""A small library as a tenant: shelves, books that stand on them, pages that belong to books. Used by the tests of the
write path; `make_library` makes the tenant, `as_user` a caller in it."""

from __future__ import annotations

from typing import Any

from dougong_metadata.documents import read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform.access import rights_for
from dougong_platform.http.caller import Caller
from dougong_platform.records.ids import new_id
from dougong_platform.releases import first
from dougong_platform.releases.release import load
from dougong_tenants import Database, Tenant
from dougong_tenants.tenancy.creation import NewTenant
from dougong_tenants.tenancy.creation import create as create_tenant

DOCUMENTS = """
kind: object
name: shelf
default_access: read
name_field: name
fields:
  name: {type: text, required: true, searchable: true}
  code: {type: text, unique: true, max_length: 40}
  room: {type: text}
---
kind: object
name: book
default_access: read
name_field: title
record_types:
  novel: {label: Novel, default: true}
  manual: {label: Manual, picklists: {genre: [b, c]}}
unique_keys:
  series_volume: [series, volume]
fields:
  title: {type: text, label: {en: Title, zh: 书名}, required: true, max_length: 200, searchable: true}
  isbn: {type: external_key}
  series: {type: text, max_length: 100}
  volume: {type: integer}
  price: {type: decimal, scale: 2}
  pages: {type: integer, min: 0}
  due: {type: date, default: TODAY() + 30}
  at: {type: datetime}
  shelf: {type: lookup, to: shelf, on_delete: block}
  next: {type: lookup, to: book, on_delete: clear}
  genre: {type: picklist, values: [a, b, c]}
  subgenre: {type: picklist, controlled_by: genre, values: [{value: x, parents: [a]}, {value: y, parents: [b]}, z]}
  tags: {type: multi_picklist, values: [p, q, r]}
  note: {type: long_text, searchable: true}
  number: {type: auto_number, format: "B-{YYYY}-{0000}"}
  in_print: {type: boolean, default: "true"}
  extra: {type: json}
  cover: {type: image, max_files: 2}
  papers: {type: file, accept: [.pdf, text/*], max_size: 1000}
  editor: {type: user}
  reason: {type: text, required_when: 'genre = "c"', visible_when: in_print}
  secret: {type: text, read_only: true}
---
kind: object
name: page
name_field: text
fields:
  book: {type: detail, to: book}
  text: {type: text}
  position: {type: integer}
---
kind: object
name: loan
default_access: private
name_field: label
history: false
fields:
  label: {type: text}
  book: {type: lookup, to: book, on_delete: cascade}
---
kind: validation
name: price_not_negative
object: book
when: not ISBLANK(price)
must: price >= 0
field: price
message: {en: The price cannot be negative., zh: 价格不能为负。}
---
kind: validation
name: shelf_open
object: book
when: not ISBLANK(shelf.room)
must: shelf.room != "closed"
message: {en: That room is closed., zh: 该房间已关闭。}
---
kind: validation
name: price_falls_slowly
object: book
when: changed(price) and not ISBLANK(prior(price))
must: price >= prior(price) - 5
message: {en: Too cheap., zh: 降价过多。}
---
kind: permission_set
name: reader
label: Reader
objects:
  book: {create: true, read: all, update: own, delete: own}
  shelf: {read: all}
  page: {create: true, read: all, update: all, delete: all}
  loan: {create: true, read: own, update: own, delete: own}
fields: {book.note: none, book.pages: read}
"""


def make_library(url: str, name: str = "library", documents: str = DOCUMENTS) -> tuple[Database, Tenant]:
    """A database with one tenant whose first release holds `documents`."""
    database = Database(url, pool_size=6, secret="test")
    database.install()
    model = compile_model(read_documents(documents))
    tenant = create_tenant(database, NewTenant(name), lambda connection, made: first.make(connection, made, model))
    return database, tenant


def add_user(database: Database, tenant: Tenant, name: str) -> str:
    """A user of the tenant, without sign-in; his id."""
    id = new_id()
    with database.transaction(tenant) as tx:
        tx.execute('insert into "user" (id, name, email) values (%s, %s, %s)', [id, name, f"{name}@library.test"])
    return id


def as_user(database: Database, tenant: Tenant, user: str, *sets: str, **more: Any) -> Caller:
    """A caller: an administrator, or with the permission sets given."""
    release = load(database, tenant, tenant.release)
    rights = rights_for(release.model, sets, not sets)
    return Caller(database, tenant, release, user, rights, "en", "Asia/Shanghai", **more)
