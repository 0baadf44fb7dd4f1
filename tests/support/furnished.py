"""A library with a bit of everything: records of all objects, history, comments, files, views, people, a retired field.
Used by the tests of checks and backups, which copy its database."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform import records
from dougong_platform.comments import conversation
from dougong_platform.files import attachment
from dougong_platform.files.store import FileStore
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.people.acting import acting_as
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.releases.publish import publish
from dougong_platform.saved_views import keeping
from dougong_tenants import Database, Tenant
from dougong_tenants.people import (
    add_assistant,
    create_department,
    create_queue,
    create_team,
    create_user,
    get_user,
    grant,
    set_further_departments,
    set_members,
)
from dougong_tenants.tenancy import get
from library import DOCUMENTS

PASSWORD = "correct horse battery staple"
UPLOAD = 10_000_000  # bytes


def furnish(url: str, home: Path) -> tuple[Database, Tenant]:
    """The tenant `library`, two releases old; its bytes are under `home`."""
    database = Database(url, pool_size=3, secret="test")
    database.install()
    documents = read_documents(DOCUMENTS)
    provision(
        database,
        "library",
        documents=[_with_shade(d) if d.name == "book" and d.kind == "object" else d for d in documents],
        administrator=FirstAdministrator("ann@library.test", PASSWORD, "Ann"),
    )
    tenant = get(database, "library")
    ann = get_user(database, tenant, "ann@library.test")
    _records(database, tenant, ann, home)
    publish(database, tenant, model=compile_model(documents))  # the shade is retired, its values are kept
    tenant = get(database, "library")
    _people(database, tenant, ann)
    load_handlers()
    relay(database, tenant)
    return database, tenant


def _with_shade(document: Document) -> Document:
    fields = {**document.body["fields"], "shade": {"type": "text", "default": '"green"'}}
    return Document(document.kind, document.name, {**document.body, "fields": fields})


def _records(database: Database, tenant: Tenant, ann: str, home: Path) -> None:
    caller = acting_as(database, tenant, ann, cause="user")
    store = FileStore(home)
    cover = attachment.upload(caller, store, io.BytesIO(_picture()), "cover.png", UPLOAD)
    shelves = records.create(caller, "shelf", [{"name": "旧书架", "code": "old"}, {"name": "New shelf", "code": "new"}])
    first, second = (one.id for one in shelves.records)
    books = records.create(
        caller,
        "book",
        [
            {
                "title": "红楼梦",
                "shelf": first,
                "genre": "a",
                "tags": ["p", "q"],
                "cover": [cover["id"]],
                "price": "12.50",
            },
            {
                "title": "Back \\ slash",
                "note": "Tab\tand\nline \\N",
                "shelf": second,
                "isbn": "1",
                "extra": {"a": [1, None]},
            },
            *({"title": f"Volume {n}", "series": "s", "volume": n, "at": "2026-01-02T03:04:05Z"} for n in range(40)),
        ],
    )
    ids = [str(one.id) for one in books.records]
    records.create(caller, "page", [{"book": id, "text": f"Page of {id}", "position": 1} for id in ids[:5]])
    records.create(caller, "loan", [{"label": "Lent", "book": ids[0]}])
    records.update(caller, "book", [{"id": ids[0], "note": "一部长篇小说", "price": "13.00", "next": ids[1]}])
    records.delete(caller, "book", ids[3:6])
    records.restore(caller, "book", ids[5:6])
    records.purge(caller, "book", ids[4:5])
    conversation.add(caller, "book", ids[0], "看完了")
    keeping.create(caller, "book", {"name": "Dear", "columns": ["title", "price"], "filter": "price > 10"})
    attachment.upload(caller, store, io.BytesIO(b"plain words"), "words.txt", UPLOAD, ("book", ids[1]))


def _people(database: Database, tenant: Tenant, ann: str) -> None:
    department = create_department(database, tenant, {"name": "Reading room", "head": ann})
    bob = create_user(
        database,
        tenant,
        {"name": "Bob", "email": "bob@library.test", "department": department, "manager": ann},
        password=PASSWORD,
        permission_sets=["reader"],
    )
    team = create_team(database, tenant, "Readers")
    set_members(database, tenant, team, {bob.id: "guest"})
    cellar = create_department(database, tenant, {"name": "Cellar"})
    set_further_departments(database, tenant, bob.id, [cellar])
    grant(database, tenant, "reader", department=cellar, departments=[department])
    grant(database, tenant, "reader", title="Clerk", until_at=datetime(2099, 1, 1, tzinfo=UTC))
    add_assistant(database, tenant, ann, bob.id)
    create_queue(database, tenant, "Returned", team=team)


def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(made, "PNG")
    return made.getvalue()
