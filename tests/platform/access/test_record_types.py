"""Record types that a permission set names are those one may create and choose; what a record is already, it stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong_platform.app import create_app
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.settings import Settings
from dougong_tenants import sign_in
from reading import PASSWORD, Client, Reading, make_reading

DOCUMENTS = """
kind: object
name: machine
name_field: name
record_types: {plain: {label: Plain, default: true}, special: {label: Special}, secret: {label: Secret}}
fields: {name: {type: text, required: true}}
---
kind: permission_set
name: reader
label: Reader
objects: {machine: {create: true, read: all, update: all, record_types: [special]}}
---
kind: permission_set
name: looker
label: Looker
objects: {machine: {read: all}}
"""


@pytest.fixture(scope="module")
def workshop(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def whole(workshop: Reading, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=workshop.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, workshop.database, faces=True)


@pytest.fixture(scope="module")
def clerk(whole: Any, workshop: Reading) -> Client:
    return Client(whole.test_client(), workshop.token(workshop.bob))


@pytest.fixture(scope="module")
def boss(whole: Any, workshop: Reading) -> Client:
    return Client(whole.test_client(), workshop.token(workshop.ann))


def refusal(answer: tuple[int, Any]) -> list[tuple[str, str]]:
    status, body = answer
    assert status == 422, answer
    return [(error["field"], error["code"]) for error in body["errors"]]


def test_only_the_named_types_can_be_created(clerk: Client) -> None:
    path = "/api/v1/records/machine"
    assert clerk.post(path, {"name": "a", "record_type": "special"})[0] == 201
    assert refusal(clerk.post(path, {"name": "a", "record_type": "secret"})) == [
        ("record_type", "record_type_not_allowed")
    ]
    status, made = clerk.post(f"{path}?fields=record_type", {"name": "a"})
    assert (status, made["record_type"]) == (201, "special")


def test_a_record_keeps_a_type_that_one_may_not_choose(clerk: Client, boss: Client) -> None:
    path = "/api/v1/records/machine"
    id = boss.post(path, {"name": "s", "record_type": "secret"})[1]["id"]
    assert clerk.post(f"{path}/{id}", {"name": "t", "record_type": "secret"}, method="PATCH")[0] == 200
    refused = clerk.post(f"{path}/{id}", {"record_type": "plain"}, method="PATCH")
    assert refusal(refused) == [("record_type", "record_type_not_allowed")]
    refused = clerk.post(f"{path}/{id}", {"record_type": None}, method="PATCH")
    assert refusal(refused) == [("record_type", "record_type_not_allowed")]
    assert clerk.post(f"{path}/{id}", {"record_type": "special"}, method="PATCH")[0] == 200


def test_a_set_that_only_reads_narrows_nothing(workshop: Reading) -> None:
    assert workshop.caller(workshop.bob, "reader", "looker").rights.record_types("machine") == {"special"}
    assert workshop.admin.rights.record_types("machine") is None
    assert workshop.admin.rights.first_record_type("machine") == "plain"


@pytest.mark.parametrize(("email", "offered"), [("ann", ["Plain", "Special", "Secret"]), ("bob", [])])
def test_the_form_offers_what_may_be_chosen(whole: Any, workshop: Reading, email: str, offered: list[str]) -> None:
    session = sign_in.sign_in(workshop.database, f"{email}@library.test", PASSWORD, tenant=workshop.name).session
    assert session is not None
    browser = whole.test_client()
    browser.set_cookie(SESSION_COOKIE, session)
    english = {"Accept": "text/html", "Accept-Language": "en"}
    page = browser.get("/o/machine/new?record_type=secret", headers=english).text
    assert [name for name in ("Plain", "Special", "Secret") if name in page] == offered
    if email == "bob":  # there is one alone: nothing to choose
        assert 'name="record_type" value="special"' in page
    sent = {
        "name": "made",
        "record_type": "special",
        "csrf_token": sign_in.csrf_token(session),
        "attempt": "11111111-1111-4111-8111-111111111111",
    }
    answer = browser.post("/o/machine/new", data=sent, headers=english)
    assert answer.status_code in (302, 303), answer.text[:2000]
