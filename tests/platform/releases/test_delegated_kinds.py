"""Who may shape some kinds of documents shapes and publishes those, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong_metadata.documents import read_documents
from dougong_metadata.model.compile import problems_of
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.settings import Settings
from dougong_tenants import sign_in
from reading import PASSWORD, Client, Reading, make_reading

DOCUMENTS = """
kind: object
name: book
name_field: title
fields: {title: {type: text}, genre: {type: picklist, picklist: genre}}
---
kind: picklist
name: genre
values: [a, b]
---
kind: permission_set
name: reader
kinds: [picklist, list_view]
objects: {book: {create: true, read: all, update: all}}
"""


@pytest.fixture(scope="module")
def office(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def whole(office: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=office.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, office.database)


@pytest.fixture
def bob(whole: Engine, office: Reading) -> Client:
    return Client(whole.test_client(), office.token(office.bob))


@pytest.fixture
def ann(whole: Engine, office: Reading) -> Client:
    return Client(whole.test_client(), office.token(office.ann))


def put(client: Client, kind: str, name: str, **body: Any) -> int:
    return client.open(f"/api/v1/metadata/{kind}/{name}", method="PUT", json=body).status_code


def publish(client: Client) -> Any:
    planned = client.get("/api/v1/metadata/plan")[1]
    named = {name: planned[name] for name in ("base", "draft_hash")}
    return client.open("/api/v1/metadata/publish", method="POST", json=named)


def test_a_delegate_changes_and_publishes_his_kinds(office: Reading, bob: Client, ann: Client) -> None:
    assert put(bob, "picklist", "genre", values=["a", "b", "c"]) == 200
    assert bob.open("/api/v1/metadata/picklist/genre").status_code == 200
    assert [one["name"] for one in bob.get("/api/v1/metadata/draft")[1]["changes"]] == ["genre"]
    assert bob.get("/api/v1/metadata/plan")[1]["publishable"] is True
    assert publish(bob).status_code == 200
    assert "c" in office.admin.model.picklists["genre"].values


def test_nothing_else_is_open_to_him(bob: Client) -> None:
    for method, path in (
        ("GET", "object/book"), ("PUT", "object/book"), ("DELETE", "object/book"), ("GET", "object"),
        ("PUT", "permission_set/reader"), ("GET", "permission_set/reader"), ("DELETE", "draft"), ("GET", "releases"),
        ("POST", "releases/1/restore"), ("GET", "packs"), ("GET", "retired"), ("DELETE", "draft/object/book"),
    ):  # fmt: skip
        answer = bob.open(f"/api/v1/metadata/{path}", method=method, json={} if method in ("PUT", "POST") else None)
        assert answer.status_code == 403, (method, path, answer.text)


def test_what_others_prepare_beside_him_is_neither_seen_nor_published(ann: Client, bob: Client) -> None:
    assert put(ann, "validation", "named", object="book", must="not ISBLANK(title)", message="Give it a name.") == 200
    assert put(bob, "picklist", "genre", values=["a", "b", "c", "d"]) == 200
    assert [one["kind"] for one in bob.get("/api/v1/metadata/draft")[1]["changes"]] == ["picklist"]
    refused = publish(bob)
    assert (refused.status_code, refused.json["code"]) == (403, "draft_of_others")
    assert "validations" in refused.json["detail"]
    assert publish(ann).status_code == 200


def test_the_builder_shows_him_his_kinds(whole: Engine, office: Reading) -> None:
    session = sign_in.sign_in(office.database, "bob@library.test", PASSWORD, tenant=office.name).session
    assert session is not None
    browser = whole.test_client()
    browser.set_cookie(SESSION_COOKIE, session)
    headers = {"Accept": "text/html"}
    for path, status in (
        ("/builder", 200), ("/builder/picklists", 200), ("/builder/picklists/genre", 200), ("/builder/changes", 200),
        ("/builder/list_views", 200), ("/builder/objects", 403), ("/builder/objects/book", 403),
        ("/builder/people", 403),
        ("/builder/permission_sets", 403), ("/builder/permission_sets/reader", 403), ("/builder/layouts", 403),
        ("/builder/validations/named", 403), ("/builder/changes/export", 403),
    ):  # fmt: skip
        assert browser.get(path, headers=headers).status_code == status, path
    page = browser.get("/builder", headers=headers).text
    assert "/builder/picklists" in page
    assert "/builder/objects" not in page


@pytest.mark.parametrize("kind", ["permission_set", "sharing"])
def test_what_grants_rights_cannot_be_left_to_a_delegate(kind: str) -> None:
    (problem,) = problems_of(read_documents(f"kind: permission_set\nname: x\nkinds: [{kind}]\n"))
    assert problem.code == "not_delegable"
