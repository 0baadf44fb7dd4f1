"""An administrator of one company walks every address of the application, of the API and of the screens, with what is
another company's in every place where an id can stand: no answer holds a byte of it, none of it changes, and nothing of
it arrives in his own company. An address that the walk cannot fill fails it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse

from dougong_metadata.documents import read_documents
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.settings import Settings
from dougong_tenants.people import create_user, get_user
from hostile_street import Street, furnish, hook
from hostile_words import (
    BODIES,
    FLOWS,
    FORM,
    FORMS,
    IDS,
    INTRUDERS,
    MARK,
    METHODS,
    NAMES,
    OUTSIDE,
    OWN,
    PLACES,
    SIGNS,
    SILENT,
)
from reading import DOCUMENTS, PASSWORD, Client, Reading, make_reading


@pytest.fixture(scope="module")
def street(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    load_handlers()
    here = make_reading(module_database_url, DOCUMENTS + FLOWS)
    database = here.database
    tenant = provision(
        database,
        "wombat",
        documents=read_documents(DOCUMENTS + FLOWS),
        locale="en",
        administrator=FirstAdministrator("zoltan@wombat.test", PASSWORD, "Zoltan"),
    )
    zoltan = get_user(database, tenant, "zoltan@wombat.test")
    quentin = create_user(database, tenant, {"name": "Quentin", "email": "quentin@wombat.test"}, password=PASSWORD).id
    there = Reading(database, "wombat", zoltan, quentin, zoltan)
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=database.dsn, secret="test", rate_limit=0)
    app = create_app(settings, database, faces=True)
    things = furnish(Client(app.test_client(), there.token(zoltan)), there)
    things |= {"mine": here.ann, "clerk": here.bob, "here": here.name, "my_hook": hook(here)}
    owner = Client(app.test_client(), here.token(here.ann))
    things["my_book"] = owner.post("/api/v1/records/book", {"title": "Mine"})[1]["id"]
    agreed = owner.post("/api/v1/records/book", {"title": "Agreed"})[1]["id"]
    submitted = owner.post("/api/v1/approvals", {"flow": "agreeing", "object": "book", "id": agreed})[1]
    things["my_approval"] = submitted["approval"]
    yield Street(app, here, there, things)
    database.close()


def thing(street: Street, named: Any) -> Any:
    """A value of BODIES or FORM with ids in place of what it names."""
    if isinstance(named, str):
        return named.strip("'") if named.startswith("'") else street.things[named]
    if isinstance(named, list):
        return [thing(street, one) for one in named]
    if isinstance(named, dict):
        return {name: thing(street, one) for name, one in named.items()}
    return named


def longest(table: dict[str, str], rule: str) -> str:
    """The entry of the longest beginning that fits an address."""
    fits = [beginning for beginning in table if rule.startswith(beginning)]
    assert fits, f"The walk does not know what an id or a name in {rule} is: name it in this test."
    return table[max(fits, key=len)]


def fillings(street: Street, rule: Rule) -> Iterator[dict[str, str]]:
    """Values for the parts of an address: all the other company's; where several ids stand, also below one's own
    record; where none stands, an object that only the other company has."""
    found: dict[str, str] = {}
    for name in rule.arguments:
        if name == "object":
            found[name] = "book" if rule.arguments & {"id", "value"} else "wombat_thing"
        elif name == "id":
            found[name] = street.things[longest(IDS, rule.rule)]
        elif name == "name":
            found[name] = longest(NAMES, rule.rule)
        else:
            assert name in PLACES, f"The walk does not know what <{name}> in {rule.rule} is: name it in this test."
            found[name] = thing(street, PLACES[name])
    yield found
    if "tenant" in found:  # one's own address for calls, called as the other company's
        yield {"tenant": street.there.name, "token": street.things["my_hook"]}
    if {"name", "id"} <= found.keys() and found["id"] == street.things["run"]:
        yield found | {"name": "bell"}
    below = rule.arguments & {"comment", "share", "file"}
    if "id" in found and below and found["id"] == street.things["book"]:
        yield found | {"id": street.things["my_book"]}
    if found.get("id") == street.things["approval"] and "file" in below:
        for file in ("file", "approval_file"):
            yield {"id": street.things["my_approval"], "file": street.things[file]}


def rule_of(text: str) -> Rule:
    """A rule as an application would bind it."""
    rule = Rule(text, endpoint="gadgets")
    Map([rule])
    return rule


def names_the_other(rule: Rule) -> bool:
    """Whether any part of an address can say something of the other company's."""
    return bool(rule.arguments - {"kind", "folder", "part", "tab", "index"})


def routes(app: Engine) -> list[tuple[Rule, str]]:
    return sorted(
        (
            (rule, method)
            for rule in app.url_map.iter_rules()
            for method in METHODS
            if method in (rule.methods or ()) and not rule.rule.startswith(OUTSIDE)
        ),
        key=lambda found: (found[0].rule, found[1]),
    )


def walk(street: Street) -> Iterator[tuple[str, str, Rule, Any, TestResponse]]:
    """Every answer: (method, address, rule, what was sent, answer)."""
    adapter = street.app.url_map.bind("localhost")
    for rule, method in routes(street.app):
        for values in fillings(street, rule):
            path = adapter.build(rule.endpoint, values, method=method)
            if rule.rule.startswith("/api/"):
                view = street.app.view_functions[rule.endpoint]
                described = getattr(view, "description", None)
                bodies: list[Any] = [None]
                if described is not None and described.body is not None:
                    assert rule.endpoint in BODIES, f"The walk has no body for {rule.endpoint}: name one in this test."
                    bodies = BODIES[rule.endpoint]
                for body in bodies:
                    sent = thing(street, body)
                    more = {} if sent is None else {"json": sent}
                    yield method, path, rule, sent, street.api().open(path, method=method, **more)
                continue
            browser, token = street.screens()
            headers = {"Accept": "text/html", "Accept-Language": "en"}
            if method == "GET":
                yield method, path, rule, None, browser.get(path, headers=headers)
                continue
            form = thing(street, FORM | FORMS.get(rule.endpoint, {}))
            answer = browser.open(path, method=method, data={**form, **chosen(), "csrf_token": token}, headers=headers)
            yield method, path, rule, form, answer


def text_of(answer: TestResponse) -> str:
    """The whole of an answer; of an archive, what its files hold."""
    data = answer.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    return data.decode("utf-8", "replace")


def chosen() -> dict[str, Any]:
    """A file in a form."""
    return {"file": (io.BytesIO(b"words"), "words.txt")}


def leaks(answer: TestResponse, *asked: Any) -> list[str]:
    """Signs of the other company in an answer, whose head counts too, but for what the question itself held."""
    told = f"{answer.headers}{text_of(answer)}"
    for value in sorted(texts(asked), key=len, reverse=True):
        told = told.replace(value, "")
    return sorted({found.group().lower() for found in SIGNS.finditer(told)})


def texts(asked: Any) -> set[str]:
    """All texts of what was asked."""
    if isinstance(asked, str):
        return {asked, quote(asked, safe="")} - {""}
    if isinstance(asked, dict):
        return set().union(*map(texts, asked.values()))
    return set().union(*map(texts, asked)) if isinstance(asked, list | tuple) else set()


def contents(reading: Reading) -> dict[str, list[str]]:
    """Every row of a company's schema as text, by table; what changes by itself (who was seen when) is left out."""
    schema = reading.tenant.schema
    tables = reading.run(
        "select table_name from information_schema.tables where table_schema = %s order by 1", [schema]
    )
    return {name: sorted(str(row[0]) for row in reading.run(f'select t::text from "{name}" t')) for (name,) in tables}


def test_every_address_answers_nothing_of_another_company(street: Street) -> None:
    before = contents(street.there)
    wrong, walked = [], 0
    for method, path, rule, sent, answer in walk(street):
        walked += 1
        allowed = {400, 403, 404}
        if rule.rule.startswith("/api/") and sent is not None and rule.endpoint not in OWN:
            allowed |= {409, 415, 422}
        elif not names_the_other(rule) or rule.endpoint in SILENT:
            allowed |= {200, 201, 204, 302, 303, 409, 413, 415, 422}
        told = leaks(answer, path.split("/"), sent)
        if answer.status_code not in allowed or told:
            wrong.append((method, path, sent if rule.rule.startswith("/api/") else "", answer.status_code, told))
    assert not wrong, "\n".join(map(str, wrong))
    assert walked > 300
    assert contents(street.there) == before


def test_nothing_of_another_company_arrives_in_ones_own(street: Street) -> None:
    theirs = {name: id for name, id in street.things.items() if name not in INTRUDERS}
    rows = contents(street.here)
    for table in ("_audit", "_idempotency"):  # where it is written down what somebody tried
        rows.pop(table, None)
    found = {
        (table, name) for table, lines in rows.items() for line in lines for name, id in theirs.items() if id in line
    }
    assert not found
    told = {(table, line) for table, lines in rows.items() for line in lines if SIGNS.search(line)}
    assert not told


def test_the_cursors_keys_and_paths_of_another_company_open_nothing(street: Street) -> None:
    intruder = street.api()
    owner = Client(street.app.test_client(), street.there.token(street.there.ann))
    for path, cursor in (("changes", "cursor"), ("records/book", "page")):
        status, answer = intruder.get(f"/api/v1/{path}", cursor=street.things[cursor])
        assert (status, answer["code"]) == (400, "bad_cursor")
    key = {"Idempotency-Key": "the same key"}
    first = owner.post("/api/v1/records/book", {"title": f"{MARK} keyed"}, headers=key)
    second = intruder.post("/api/v1/records/book", {"title": "Keyed"}, headers=key)
    assert (first[0], second[0]) == (201, 201)
    assert first[1]["id"] != second[1]["id"]
    before = intruder.open("/api/v1/records/book", method="POST", json={"title": "Keyed"}, headers=key)
    assert before.get_json()["id"] == second[1]["id"]
    file, schema = street.things["file"], street.there.tenant.schema
    for path in (
        f"files/..%2f{schema}%2f{file}",
        f"files/%2e%2e/{file}",
        f"files/..%2f..%2f{schema}%2f{file[-2:]}%2f{file}",
    ):
        assert intruder.open(f"/api/v1/{path}").status_code in (400, 404), path


def test_ones_own_approval_reaches_nobody_of_another_company(street: Street) -> None:
    own, theirs = f"/api/v1/approvals/{street.things['my_approval']}", street.things["user"]
    for path, body in (
        ("transfer", {"to": theirs}),
        ("signers", {"users": [theirs]}),
        ("consultations", {"users": [theirs]}),
        ("decision", {"verdict": "approve", "add_after": [theirs]}),
        ("decision", {"verdict": "approve", "files": [street.things["approval_file"]]}),
        ("decision", {"verdict": "approve", "task": street.things["task"]}),
        ("comments", {"text": "Hello.", "mentions": [theirs]}),
        ("comments", {"text": "Hello.", "files": [street.things["file"]]}),
        ("reassignment", {"task": street.things["task"], "to": street.things["mine"], "reason": "x"}),
    ):
        status, answer = street.api().post(f"{own}/{path}", body)
        assert status in (403, 404, 409, 422), (path, body, answer)
    status, answer = street.api().post(
        "/api/v1/approvals/decisions", {"ids": [street.things["approval"]], "verdict": "reject"}
    )
    assert [one["problem"]["code"] for one in answer["decided"]] == ["not_found"]


@pytest.mark.parametrize("fragment", ["preview-formula", "rollup-choices", "rollup-said"])
def test_a_preview_in_ones_own_builder_works_with_ones_own_records(street: Street, fragment: str) -> None:
    browser, token = street.screens()
    for formula in ("title", 'IF(shelf = "{shelf}", title, "")', 'IF(id = "{book}", "x", owner.name)'):
        form = {"b/formula": formula.format(**street.things), "b/of": "wombat_thing.size", "@rollup": "wombat_thing"}
        path = f"/builder/objects/book/{fragment}"
        answer = browser.post(path, data={**thing(street, FORM), **form, "csrf_token": token})
        assert answer.status_code == 200, answer.text
        assert not leaks(answer, form)


@pytest.mark.parametrize(
    "path",
    [
        "changes", "search?q=wombat", "records/book", "records/user", "records/team", "records/department", "imports",
        "tokens", "saved-views?object=book", "grants", "assistants", "hand-overs", "queues", "audit", "audit/export",
        "metadata/draft", "metadata/picklist", "metadata/object", "metadata/releases", "objects", "oidc-providers",
        "automations", "automation-runs", "automation-runs?record={book}", "automation-runs?cursor={run}", "jobs",
        "automations/bell/runs?record={book}", "jobs?before={failed_job}", "mail-sender", "notifications", "robots",
        "webhooks", "webhooks/deliveries", "webhooks/deliveries?before={delivery}",
        "webhooks/deliveries?webhook=wombats",
        "records/book/{my_book}/stages", "boards/book", 'boards/book?filter=shelf = "{shelf}"',
        "approvals", "approvals?box=submitted", "approvals?box=done", "approvals?search=wombat", "approvals/counts",
        "approvals/{my_approval}", "approvals/delegations?everybody=true", "records/book/{my_book}/approvals",
        "openapi.json", "sessions", "records/book/export", "hand-overs?user={user}", "assistants?user={user}",
        "grants?user={user}", "audit?actor={user}", "audit?target={book}", "records/book/{my_book}/access?user={user}",
        "records/book/{my_book}/audience", 'records/book?filter=shelf = "{shelf}"', 'records/book?filter=id = "{book}"',
    ],
)  # fmt: skip
def test_no_question_finds_what_is_another_companys(street: Street, path: str) -> None:
    asked = path.format(**street.things)
    answer = street.api().open(f"/api/v1/{asked}")
    assert answer.status_code in (200, 400, 404), answer.text
    assert not leaks(answer, "wombat" if "q=" in path else "")
    ids = [id for name, id in street.things.items() if name not in INTRUDERS and id not in asked]
    assert not [id for id in ids if id in text_of(answer)]


def test_the_walk_notices_a_new_address_that_it_cannot_fill(street: Street) -> None:
    with pytest.raises(AssertionError, match="does not know what <gadget>"):
        list(fillings(street, rule_of("/api/v1/gadgets/<gadget>")))
    with pytest.raises(AssertionError, match="does not know what an id"):
        list(fillings(street, rule_of("/api/v1/gadgets/<id>")))
