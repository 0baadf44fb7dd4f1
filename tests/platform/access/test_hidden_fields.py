"""What a person may not read exists nowhere: everything that one may ask is asked, and searched for hidden words."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.query.cursor import encode
from dougong_platform.settings import Settings
from dougong_tenants import people, sign_in
from reading import PASSWORD, Client, Reading, make_reading

# Every name and every value that begins with "zz" is hidden from the clerk, by the rights on the field or the object.
DOCUMENTS = """
kind: object
name: ledger
label: {en: Ledger, zh: 账册}
name_field: title
record_types:
  plain: {label: Plain, default: true, picklists: {zzkind: [zza]}}
  rich: {label: Rich, picklists: {zzkind: [zza, zzb], shade: [dark]}}
unique_keys: {pair: [zzcode, title]}
indexes: {by_margin: [zzmargin, title]}
fields:
  title: {type: text, required: true, searchable: true}
  memo: {type: text, searchable: true}
  shade: {type: picklist, values: [{value: dark, parents: [zza]}, light], controlled_by: zzkind}
  reason: {type: text, required_when: 'zzkind = "zzb"', visible_when: 'ISBLANK(zzmargin) or zzmargin < 100'}
  badge: {type: lookup, to: badge}
  plan: {type: lookup, to: zzplan}
  zzmargin: {type: decimal, scale: 2, help: zzhelp, min: 0, label: {en: zzMargin, zh: zz利润}}
  zzcode: {type: text, unique: true, searchable: true, label: zzCode}
  zzkind: {type: picklist, values: [zza, zzb], label: zzKind}
  zznote: {type: text, required_when: 'memo = "needs"', label: zzNote}
  zzlink: {type: lookup, to: badge, label: zzLink}
  zzfiles: {type: file, label: zzFiles}
---
kind: object
name: badge
name_field: zzname
fields:
  colour: {type: text, searchable: true}
  zzname: {type: text, searchable: true, label: zzName}
---
kind: object
name: zzplan
label: zzPlan
name_field: name
fields:
  name: {type: text, searchable: true}
  ledger: {type: lookup, to: ledger}
---
kind: object
name: line
name_field: text
fields:
  ledger: {type: detail, to: ledger}
  text: {type: text}
  zzcost: {type: decimal, label: zzCost}
---
kind: validation
name: zz_margin_rule
object: ledger
when: memo = "bad"
must: zzmargin > 1000
field: zzmargin
message: {en: That cannot be., zh: 不行。}
---
kind: layout
name: ledger
object: ledger
highlights: [title, zzmargin]
path: zzkind
sections:
  - {name: main, fields: [title, zzmargin, zzcode, memo, badge, reason, shade]}
  - {name: zzsection, label: zzSection, visible_when: 'zzmargin > 1', fields: [zzkind, zzlink, zzfiles]}
related:
  - {object: zzplan, field: ledger, columns: [name]}
  - {object: line, field: ledger, columns: [text, zzcost], sort: -zzcost}
quick: [title, zzmargin]
---
kind: list_view
name: ledger_all
object: ledger
columns: [title, zzmargin, badge, memo]
totals: [zzmargin]
---
kind: list_view
name: zzview
label: zzView
object: ledger
columns: [title]
filter: zzmargin > 5
sort: [-zzmargin]
position: 2
---
kind: app
name: books
label: Books
groups: [{label: All, items: [{object: ledger}, {object: zzplan}, {object: badge}, {object: line}]}]
---
kind: permission_set
name: reader
label: Reader
objects:
  ledger: {create: true, read: all, update: all, delete: all, import: true, export: true}
  badge: {create: true, read: all, update: all, delete: all, import: true, export: true}
  line: {create: true, read: all, update: all, delete: all}
fields:
  ledger.zzmargin: none
  ledger.zzcode: none
  ledger.zzkind: none
  ledger.zznote: none
  ledger.zzlink: none
  ledger.zzfiles: none
  badge.zzname: none
  line.zzcost: none
"""
SECRET = re.compile(r"zz[a-z_]+", re.IGNORECASE)
CURSOR = re.compile(r'("(?:cursor|next)":")([\w-]+)"')


@pytest.fixture(scope="module")
def office(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def whole(office: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The API with the screens."""
    return application(office, tmp_path_factory.mktemp("home"), faces=True)


@pytest.fixture(scope="module")
def api(office: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return application(office, tmp_path_factory.mktemp("home"), faces=False)


def application(office: Reading, home: Path, *, faces: bool) -> Engine:
    settings = Settings(home=home, database_url=office.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, office.database, faces=faces)


@pytest.fixture(scope="module")
def boss(api: Engine, office: Reading) -> Client:
    return Client(api.test_client(), office.token(office.ann))


@pytest.fixture(scope="module")
def clerk(api: Engine, office: Reading) -> Client:
    return Client(api.test_client(), office.token(office.bob))


@pytest.fixture(scope="module")
def ids(boss: Client) -> dict[str, str]:
    """A ledger with everything filled in, changed twice in hidden fields alone, and what belongs to it."""
    badge = made(boss, "badge", zzname="zzowl", colour="brown")
    plan = made(boss, "zzplan", name="zzsecretplan")
    ledger = made(
        boss,
        "ledger",
        title="First",
        memo="plain",
        badge=badge,
        plan=plan,
        zzmargin="77.70",
        zzcode="zzc0de",
        zzkind="zzb",
        reason="because",
        zzlink=badge,
        zznote="zzremark",
        record_type="rich",
    )
    line = made(boss, "line", ledger=ledger, text="one", zzcost="5")
    for value in ("78", "79", "80"):
        assert boss.post(f"/api/v1/records/ledger/{ledger}", {"zzmargin": value}, method="PATCH")[0] == 200
    assert boss.post(f"/api/v1/records/zzplan/{plan}", {"ledger": ledger}, method="PATCH")[0] == 200
    shared = {
        "object": "ledger",
        "name": "Shared",
        "columns": ["title", "zzmargin"],
        "sort": ["-zzmargin"],
        "totals": ["zzmargin"],
        "shared": True,
    }
    for view in (shared, {**shared, "name": "Filtered", "filter": 'zzcode = "zzc0de"'}):
        assert boss.post("/api/v1/saved-views", view)[0] == 201
    return {"ledger": ledger, "badge": badge, "zzplan": plan, "line": line}


def made(client: Client, object: str, **values: Any) -> str:
    status, answer = client.post(f"/api/v1/records/{object}", values)
    assert status == 201, answer
    return str(answer["id"])


def leaks(text: str, *asked: str) -> list[str]:
    """The hidden words in an answer, but for those that the question itself held. A cursor is read for what it holds:
    in its encoded form any three letters may stand by chance."""
    told = CURSOR.sub(lambda found: found[1] + contents(found[2]) + '"', text)
    return sorted({found for found in SECRET.findall(told) if not any(found in one for one in asked)})


def contents(cursor: str) -> str:
    """What a cursor says behind its mark."""
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return raw[9:].decode()


def test_a_hidden_word_in_a_cursor_is_found() -> None:
    told = f'{{"next":"{encode(("list",), ["zzowl", "x"])}"}}'
    assert leaks(told) == ["zzowl"]
    assert leaks('{"next":"' + base64.urlsafe_b64encode(b"\xcf3zzmarks[1]").decode().rstrip("=") + '"}') == []


def test_no_endpoint_tells_a_hidden_name_or_value(clerk: Client, ids: dict[str, str]) -> None:
    paths = [
        "me", "objects", "objects/ledger", "objects/badge", "objects/line", "openapi.json", "changes",
        "changes?object=ledger", "search?q=zz", "search?q=zzowl", "search?q=zzc0de", "search?q=first", "search?q=brown",
        "search?q=brown&objects=badge", "saved-views?object=ledger", "imports",
    ]  # fmt: skip
    for object, id in ids.items():
        if object != "zzplan":
            paths += [
                f"records/{object}",
                f"records/{object}?count=true&deleted=true",
                f"records/{object}/export",
                f"records/{object}/{id}",
                f"records/{object}/{id}/history",
                f"records/{object}/{id}/access",
                f"records/{object}/{id}/files",
                f"records/{object}/{id}/comments",
            ]
    found = {}
    for path in paths:
        answer = clerk.open(f"/api/v1/{path}")
        if answer.status_code == 403 and "export" in path:
            continue
        assert answer.status_code == 200, (path, answer.text)
        told = leaks(answer.text, path)
        if told:
            found[path] = told
    assert not found


def test_no_refusal_tells_a_hidden_name_or_value(clerk: Client, ids: dict[str, str]) -> None:
    near = ("zzmargi", "zzcod", "badge.zznam", "zzlin.colour", "zzpla")
    asked: list[tuple[str, str, Any]] = [
        ("GET", f"/api/v1/records/ledger?{part}={name}", None) for name in near for part in ("fields", "sort", "filter")
    ]
    asked += [("GET", f"/api/v1/records/{name}", None) for name in ("zzpla", "zzplan")]
    asked += [
        ("POST", "/api/v1/query", {"from": "ledger", "group_by": [name], "aggregates": {"n": f"SUM({name})"}})
        for name in near
    ]
    asked += [("POST", "/api/v1/query", {"from": "ledger", "aggregates": {"n": f"SUM({name})"}}) for name in near]
    asked += [
        ("POST", "/api/v1/records/ledger", body)
        for body in (
            {"title": "x", "zzmargi": 1}, {"title": "x", "memo": "bad"}, {"title": "x", "memo": "needs"},
            {"title": "x", "shade": "dark"}, {"title": "x", "record_type": "nope"}, {"title": "x", "badge": "nope"},
            {"title": "x", "badge": {"zznam": "zzow"}}, {"title": "x", "plan": {"name": "zzsecretpla"}},
            {"title": "x", "record_type": "rich", "shade": "light"},
        )
    ]  # fmt: skip
    asked += [("PUT", f"/api/v1/records/ledger/by/{name}/x", {"title": "x"}) for name in ("zzcod", "zzcode", "title")]
    found = {}
    for method, path, body in asked:
        answer = clerk.open(path, method=method, json=body)
        assert answer.status_code < 500, (path, body, answer.text)
        told = leaks(answer.text, path, repr(body))
        if told:
            found[method, path, str(body)] = (told, answer.text)
    assert not found


def test_a_record_whose_name_one_may_not_read_is_not_found_by_it(
    clerk: Client, boss: Client, ids: dict[str, str]
) -> None:
    assert [f["id"] for f in boss.get("/api/v1/search", q="zzowl")[1]["found"]] == [ids["badge"]]
    assert clerk.get("/api/v1/search", q="zzowl")[1]["found"] == []


def test_a_history_of_hidden_changes_goes_on_to_its_beginning(clerk: Client, ids: dict[str, str]) -> None:
    before, seen = None, []
    for _ in range(10):
        query = {"limit": 1} | ({"before": before} if before else {})
        page = clerk.get(f"/api/v1/records/ledger/{ids['ledger']}/history", **query)[1]
        seen += [entry["op"] for entry in page["history"]]
        before = page["next"]
        if before is None:
            break
    assert seen == ["create"]


def test_no_screen_tells_a_hidden_name_or_value(whole: Engine, office: Reading, ids: dict[str, str]) -> None:
    session = sign_in.sign_in(office.database, "bob@library.test", PASSWORD, tenant=office.name).session
    assert session is not None
    browser = whole.test_client()
    browser.set_cookie(SESSION_COOKIE, session)
    paths = [
        "/",
        "/more",
        "/search?q=brown",
        "/bin",
        "/imports",
        "/import/ledger",
        "/o/ledger?q=First",
        "/ui/jump?q=ledger",
        "/ui/lookup/badge?q=b",
    ]
    for object, id in ids.items():
        if object != "zzplan":
            paths += [
                f"/o/{object}",
                f"/o/{object}/new",
                f"/o/{object}/{id}",
                f"/o/{object}/{id}/edit",
                *(f"/o/{object}/list/{p}" for p in ("filter", "columns", "sort", "save", "figures", "view")),
            ]
    found = {}
    for path in paths:
        answer = browser.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
        if answer.status_code == 404:
            continue  # a screen that is not there yet
        told = leaks(answer.text.replace(sign_in.csrf_token(session), ""), path)
        if told or answer.status_code != 200:
            found[path] = answer.status_code, told
    assert not found


def test_rights_on_a_field_count_at_the_next_request(clerk: Client, office: Reading, ids: dict[str, str]) -> None:
    people.set_permission_sets(office.database, office.tenant, office.bob, [])
    assert clerk.get(f"/api/v1/records/ledger/{ids['ledger']}")[0] == 403
    people.set_permission_sets(office.database, office.tenant, office.bob, ["reader"])
    assert "zzmargin" not in clerk.get(f"/api/v1/records/ledger/{ids['ledger']}")[1]
