"""An administrator of one company with the ids of another's records, files, comments, views, imports, tokens, drafts:
to him none of them exists, in whatever place of a request they stand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from dougong_metadata.documents import read_documents
from dougong_platform.app import create_app
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.settings import Settings
from dougong_tenants.people import get_user
from reading import DOCUMENTS, PASSWORD, Client, Reading, make_reading

SECRET = "Neighbour"


@pytest.fixture(scope="module")
def pair(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Client, Any]]:
    """Administrators of two companies with the same metadata: (intruder, owner, the owner's company)."""
    here = make_reading(module_database_url)
    email = "zoe@neighbour.test"
    tenant = provision(
        here.database,
        "neighbour",
        documents=read_documents(DOCUMENTS),
        locale="en",
        administrator=FirstAdministrator(email, PASSWORD, "Zoe"),
    )
    zoe = get_user(here.database, tenant, email)
    there = Reading(here.database, "neighbour", zoe, zoe, zoe)
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=here.database.dsn, secret="test", rate_limit=0
    )
    app = create_app(settings, here.database, faces=False)
    yield Client(app.test_client(), here.token(here.ann)), Client(app.test_client(), there.token(zoe)), there
    here.database.close()


@pytest.fixture(scope="module")
def theirs(pair: tuple[Client, Client, Any]) -> dict[str, str]:
    """One of everything of the neighbour's."""
    _, owner, there = pair

    def post(path: str, body: Any, key: str = "id") -> str:
        status, answer = owner.post(f"/api/v1/{path}", body)
        assert status == 201, (path, answer)
        return str(answer[key])

    shelf = post("records/shelf", {"name": f"{SECRET} shelf"})
    book = post("records/book", {"title": f"{SECRET} book", "shelf": shelf})
    file = owner.open("/api/v1/files?name=a.txt", method="POST", data=SECRET.encode()).get_json()["id"]
    attached = owner.open(f"/api/v1/records/book/{book}/files?name=b.txt", method="POST", data=SECRET.encode())
    upload = owner.open(
        "/api/v1/imports",
        method="POST",
        data={"object": "book", "file": (io.BytesIO(b"title\nNeighbour import\n"), "neighbour.csv")},
    )
    assert upload.status_code == 201, upload.text
    draft = {"kind": "picklist", "name": "neighbours", "values": ["x"]}
    assert owner.post("/api/v1/metadata/picklist/neighbours", draft, method="PUT")[0] in (200, 201)
    return {
        "shelf": shelf,
        "book": book,
        "file": file,
        "attached": attached.get_json()["id"],
        "comment": post(f"records/book/{book}/comments", {"text": SECRET}),
        "view": post("saved-views", {"object": "book", "name": SECRET, "columns": ["title"], "shared": True}),
        "import": str(upload.get_json()["id"]),
        "token": post("tokens", {"name": SECRET, "scopes": ["read"]}),
        "user": there.ann,
        "department": post("departments", {"name": SECRET}),
        "team": post("teams", {"name": SECRET}),
    }


def test_what_belongs_to_another_company_is_not_there(pair: tuple[Client, Client, Any], theirs: dict[str, str]) -> None:
    intruder, owner, _ = pair
    book, of = f"records/book/{theirs['book']}", theirs
    mine = intruder.post("/api/v1/records/book", {"title": "Mine"})[1]["id"]
    asked: list[tuple[str, str, Any]] = [
        *(("GET", path, None) for path in (
            book, f"{book}?deleted=true", f"{book}/history", f"{book}/access", f"{book}/files", f"{book}/comments",
            f"records/book/{mine}/access?user={of['user']}", f"files/{of['file']}", f"files/{of['attached']}",
            f"files/{of['attached']}/thumbnail", f"imports/{of['import']}", f"imports/{of['import']}/errors",
            f"imports/{of['import']}/errors.csv", f"imports/{of['import']}/values", f"records/user/{of['user']}",
            f"users/{of['user']}/permission-sets", "metadata/picklist/neighbours",
        )),
        *(("DELETE", path, None) for path in (
            book, f"{book}?purge=true", f"{book}/comments/{of['comment']}", f"files/{of['file']}",
            f"records/book/{mine}/comments/{of['comment']}", f"files/{of['attached']}", f"saved-views/{of['view']}",
            f"tokens/{of['token']}", f"departments/{of['department']}", f"teams/{of['team']}",
            "metadata/draft/picklist/neighbours",
        )),
        ("PATCH", book, {"title": "Stolen"}),
        ("POST", f"{book}/restore", None),
        ("POST", f"{book}/comments", {"text": "hello"}),
        ("PATCH", f"{book}/comments/{of['comment']}", {"text": "hello"}),
        ("PATCH", f"records/book/{mine}/comments/{of['comment']}", {"text": "hello"}),
        ("PATCH", f"saved-views/{of['view']}", {"name": "Stolen"}),
        ("PATCH", f"imports/{of['import']}", {"mapping": {}}),
        ("POST", f"imports/{of['import']}/check", None),
        ("POST", f"imports/{of['import']}/start", None),
        ("POST", f"imports/{of['import']}/undo", None),
        ("PATCH", f"users/{of['user']}", {"name": "Stolen"}),
        ("PUT", f"users/{of['user']}/permission-sets", {"permission_sets": []}),
        ("PUT", f"users/{of['user']}/password", {"password": "a new long pass phrase"}),
        ("POST", f"users/{of['user']}/deactivate", None),
        ("PATCH", f"departments/{of['department']}", {"name": "Stolen"}),
        ("PATCH", f"teams/{of['team']}", {"name": "Stolen"}),
    ]  # fmt: skip
    wrong = []
    for method, path, body in asked:
        answer = (
            intruder.open(f"/api/v1/{path}", method=method, json=body)
            if body is not None
            else intruder.open(f"/api/v1/{path}", method=method)
        )
        if answer.status_code not in (404, 405) or SECRET in answer.text:
            wrong.append((method, path, answer.status_code, answer.text[:200]))
    assert not wrong
    assert owner.get(f"/api/v1/{book}")[1]["title"] == f"{SECRET} book"
    assert owner.get(f"/api/v1/{book}/comments")[1]["comments"][0]["text"] == SECRET


def test_another_companys_ids_cannot_be_linked(pair: tuple[Client, Client, Any], theirs: dict[str, str]) -> None:
    intruder, _, _ = pair
    of = theirs
    refused: list[tuple[str, str, Any]] = [
        ("POST", "records/book", {"title": "x", "shelf": of["shelf"]}),
        ("POST", "records/book", {"title": "x", "owner": of["user"]}),
        ("POST", "records/chapter", {"title": "x", "book": of["book"]}),
        ("POST", "users", {"name": "N", "email": "n@library.test", "manager": of["user"]}),
        ("POST", "users", {"name": "N", "email": "n@library.test", "department": of["department"]}),
        ("POST", "departments", {"name": "N", "parent": of["department"]}),
        ("POST", "departments", {"name": "N", "head": of["user"]}),
        ("POST", "tokens", {"name": "N", "scopes": ["read"], "user": of["user"]}),
    ]
    wrong = []
    for method, path, body in refused:
        answer = intruder.open(f"/api/v1/{path}", method=method, json=body)
        if answer.status_code not in (404, 422):
            wrong.append((path, body, answer.status_code, answer.text[:200]))
    assert not wrong


def test_lists_searches_and_feeds_hold_nothing_of_another_company(
    pair: tuple[Client, Client, Any], theirs: dict[str, str]
) -> None:
    intruder, owner, _ = pair
    for path in (
        "records/book", "records/user", "records/team", "search?q=neighbour", "changes", "imports", "tokens",
        "saved-views?object=book", "metadata/draft", "metadata/picklist", "openapi.json", "sessions",
    ):  # fmt: skip
        text = intruder.open(f"/api/v1/{path}").text
        assert SECRET.lower() not in text.lower(), path
        assert not [id for id in theirs.values() if id in text], path
    cursor = owner.get("/api/v1/changes")[1]["cursor"]
    assert intruder.get("/api/v1/changes", cursor=cursor)[1]["code"] == "bad_cursor"


def test_files_lie_apart_for_each_company(pair: tuple[Client, Client, Any], theirs: dict[str, str]) -> None:
    intruder, _, there = pair
    for path in (f"files/..%2f{there.tenant.schema}%2f{theirs['file']}", f"files/%2e%2e/{theirs['file']}"):
        assert intruder.open(f"/api/v1/{path}").status_code in (400, 404)
