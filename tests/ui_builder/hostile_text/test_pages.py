"""Markup that people or administrators type comes out as text on every page; headers and cookies guard the rest."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.settings import Settings
from dougong_tenants import people, sign_in
from reading import PASSWORD, Reading, make_reading

EVIL = """'\"><img src=x onerror=alert(1)>{{99999999*99999999}}</script>"""
LABEL = EVIL.replace("'", "''")
DOCUMENTS = f"""
kind: object
name: note
label: '{LABEL}'
plural: '{LABEL}'
name_field: title
fields:
  title: {{type: text, label: '{LABEL}', help: '{LABEL}', searchable: true, required: true}}
  body: {{type: long_text, searchable: true}}
  rich: {{type: rich_text}}
  stage: {{type: picklist, values: [{{value: a, label: '{LABEL}'}}, b]}}
  near: {{type: lookup, to: note, label: '{LABEL}'}}
  papers: {{type: file, label: '{LABEL}'}}
  place: {{type: address}}
  extra: {{type: json}}
---
kind: layout
name: note
object: note
highlights: [title, stage]
path: stage
sections: [{{name: main, label: '{LABEL}', fields: [title, body, rich, stage, near, papers, place, extra]}}]
related: [{{object: note, field: near, columns: [title, stage], label: '{LABEL}'}}]
---
kind: list_view
name: notes
label: '{LABEL}'
object: note
columns: [title, stage, near, body, rich, place]
---
kind: app
name: desk
label: '{LABEL}'
groups: [{{label: '{LABEL}', items: [{{object: note}}, {{url: /more, label: '{LABEL}'}}]}}]
---
kind: permission_set
name: reader
label: '{LABEL}'
objects: {{note: {{create: true, read: all, update: all, delete: all, import: true, export: true}}}}
---
kind: sharing
name: open_ones
label: '{LABEL}'
object: note
when: stage = "a"
with: {{departments_below: ['{LABEL}'], teams: ['{LABEL}'], users: ['{LABEL}']}}
"""
TAG = re.compile(
    r"<img[^>]*onerror|<script>alert|onmouseover=|<[^>]*=[\"']?\s*javascript:|9999999800000001", re.IGNORECASE
)


@pytest.fixture(scope="module")
def desk(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def pages(desk: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=desk.database.dsn,
        secret="test",
        rate_limit=0,
        secure_cookies=True,
    )
    return create_app(settings, desk.database)


@pytest.fixture(scope="module")
def ann(pages: Engine, desk: Reading) -> FlaskClient:
    session = sign_in.sign_in(desk.database, "ann@library.test", PASSWORD, tenant=desk.name).session
    assert session is not None
    client = pages.test_client()
    client.set_cookie(SESSION_COOKIE, session)
    return client


@pytest.fixture(scope="module")
def note(desk: Reading) -> str:
    rich = f"<p>ok</p><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a><script>alert(1)</script>{EVIL}"
    row = {
        "title": EVIL,
        "body": EVIL,
        "rich": rich,
        "stage": "a",
        "place": {"city": EVIL[:40]},
        "extra": {EVIL: EVIL},
    }
    id = str(records.create(desk.admin, "note", [row]).records[0].id)
    records.create(desk.admin, "note", [row | {"near": id}])
    # as of a column that was plain text before its field became rich text
    desk.run("update note set rich = %s where near is not null returning 1", [rich])
    return id


def test_typed_markup_is_text_on_every_page(ann: FlaskClient, note: str, desk: Reading) -> None:
    api = desk.token(desk.ann)
    other = desk.run("select id from note where near is not null")[0][0]
    for text in (EVIL, f"@{EVIL}"):
        sent = ann.post(
            f"/api/v1/records/note/{note}/comments", json={"text": text}, headers={"Authorization": f"Bearer {api}"}
        )
        assert sent.status_code == 201
    paths = ["/", "/more", "/bin", "/imports", "/import/note", "/search?q=img", "/o/note", "/o/note?view=notes",
             "/o/note/new", f"/o/note/{note}", f"/o/note/{other}", f"/o/note/{note}/edit", f"/o/note/{other}/edit",
             f"/o/note/{other}/related/note.near", "/ui/jump?q=img", "/ui/lookup/note?q=img",
             "/sign-in?next=/%22%3E%3Cimg src=x onerror=alert(1)%3E", "/o/note?filter=%3Cimg src=x onerror=alert(1)%3E",
             "/search?q=%3Cimg src=x onerror=alert(1)%3E", "/o/%3Cimg src=x onerror=alert(1)%3E", "/builder",
             *(f"/o/note/list/{part}" for part in ("filter", "columns", "sort", "save", "view")),
             *(f"/builder/{folder}" for folder in ("objects", "layouts", "list_views", "apps", "permission_sets")),
             "/builder/objects/note", "/builder/layouts/note", "/builder/list_views/notes", "/builder/apps/desk",
             "/builder/permission_sets/reader", "/builder/objects/note/yaml"]  # fmt: skip
    wrong = {}
    for path in paths:
        answer = ann.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
        found = [answer.text[max(0, one.start() - 40) : one.end()] for one in TAG.finditer(answer.text)]
        if found or answer.status_code >= 500:
            wrong[path] = answer.status_code, found, answer.text[-400:] if answer.status_code >= 500 else ""
        if answer.mimetype == "text/html":
            policy = answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, path
            assert "script-src" not in policy, path
            assert "default-src 'self'" in policy, path
            assert not re.search(r"<script(?![^>]*(?:src=|application/json))|\son[a-z]+=[\"']", answer.text), path
    assert not wrong


def test_what_people_departments_and_queues_are_called_is_text_where_sets_are_granted(
    ann: FlaskClient, desk: Reading
) -> None:
    database, tenant = desk.database, desk.tenant
    department = people.create_department(database, tenant, {"name": EVIL})
    user = people.create_user(database, tenant, {"name": EVIL, "email": "evil@library.test", "title": EVIL}).id
    people.set_further_departments(database, tenant, user, [department])
    team = people.create_team(database, tenant, EVIL)
    queue = people.create_queue(database, tenant, EVIL, team=team)
    people.add_assistant(database, tenant, user, desk.bob)
    for aim in ({"department": department}, {"title": EVIL}, {"user": user}):
        people.grant(database, tenant, "reader", departments=[department], **aim)
    sets = "/builder/permission_sets"
    for path in (
        *(f"/builder/people/{user}", f"/builder/people/departments?id={department}"),
        *(f"/builder/people/queues?id={queue}", "/builder/sharing/open_ones", f"{sets}/reader/holders"),
        *(f"{sets}/reader/fields", f"{sets}/reader/settings", f"{sets}/new?copy=reader"),
        *(f"{sets}/compare?a=reader&b=administrator&all=true", f"{sets}/compare?a=%3Cimg src=x onerror=alert(1)%3E"),
    ):
        answer = ann.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
        assert answer.status_code == 200, path
        assert not TAG.findall(answer.text), path


def test_the_session_cookie_is_for_this_site_and_no_script(pages: Engine) -> None:
    answer = pages.test_client().post("/sign-in", data={"email": "ann@library.test", "password": PASSWORD})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(SESSION_COOKIE))
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "wanted", ["//evil.test", "/\\evil.test", "https://evil.test", "/\t/evil.test", "javascript:alert(1)", "/\r\nX: y"]
)
def test_signing_in_leads_to_pages_of_ours_only(pages: Engine, wanted: str) -> None:
    http = pages.test_client()
    form = {"email": "ann@library.test", "password": PASSWORD, "next": wanted}
    assert http.post("/sign-in", data=form).location == "/"


@pytest.mark.parametrize(
    ("name", "content", "shown_as"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain"),
        ("a.html", b"<script>alert(1)</script>", "text/plain"),
        ("a.js", b"alert(1)", "text/plain"),
        ("a.xml", b"<?xml version='1.0'?><x/>", "text/plain"),
        ('x"\r\nSet-Cookie: a=b;.txt', b"text", "text/plain"),
        ("../../etc/passwd", b"text", "text/plain"),
        ("照片\u202egnp.exe.txt", b"text", "text/plain"),
    ],
)
def test_an_uploaded_file_runs_nowhere_and_breaks_no_header(
    ann: FlaskClient, desk: Reading, name: str, content: bytes, shown_as: str
) -> None:
    headers = {"Authorization": f"Bearer {desk.token(desk.ann)}"}
    sent = ann.post("/api/v1/files", data={"file": (io.BytesIO(content), name)}, headers=headers)
    assert sent.status_code == 201, sent.text
    answer = ann.get(f"/api/v1/files/{sent.get_json()['id']}", headers=headers)
    assert answer.status_code == 200
    assert answer.mimetype == shown_as
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert not set("\r\n\u202e/\\") & set(html.unescape(sent.get_json()["name"]))
