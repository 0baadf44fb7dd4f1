"""Incoming calls over HTTP: an address with a secret, a record by its key, once for each id, and what is refused."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.automations.hooks import renew
from dougong_platform.settings import Settings
from dougong_tenants.errors import Fault
from workshop import Workshop, make_workshop

AUTOMATIONS = """
kind: automation
name: catalogue
object: book
on: {incoming: true, key: isbn, map: {isbn: book.isbn, title: book.title, price: prices.0.amount}}
if: price > 5
do:
  - create: {object: task, values: {subject: '"Look at " & title', book: id}}
---
kind: automation
name: signed_call
object: shelf
on: {incoming: true, signed: true, map: {name: name}}
do: []
---
kind: automation
name: bell
on: {incoming: true}
do:
  - create: {object: task, values: {subject: '"Somebody rang"'}}
"""


@dataclass
class Called:
    workshop: Workshop
    client: FlaskClient

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.post(path, data=raw, headers=given, content_type="application/json")
        return response.status_code, response.get_json()


@pytest.fixture(scope="module")
def called(make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    workshop = make_workshop(make_database(), AUTOMATIONS)
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=workshop.database.dsn, secret="test", rate_limit=0)
    yield Called(workshop, create_app(settings, workshop.database, faces=False).test_client())
    workshop.database.close()


def test_a_call_creates_and_then_changes_the_record_of_its_key(called: Called) -> None:
    path = renew(called.workshop.admin, "catalogue").path
    status, answer = called.post(path, {"book": {"isbn": "1", "title": "One"}, "prices": [{"amount": 4}]})
    assert status == 202
    called.workshop.work()
    assert called.workshop.rows("select title, price from book where isbn = '1'") == [("One", "4.00")]
    (run,) = called.workshop.runs("catalogue")
    assert (run["id"], run["state"], run["did"][0]["action"]) == (answer["run"], "skipped", "create")
    called.post(path, {"book": {"isbn": "1"}, "prices": [{"amount": 9}]})
    called.workshop.work()
    assert called.workshop.rows("select title, price from book where isbn = '1'") == [("One", "9.00")]
    assert called.workshop.runs("catalogue")[1]["did"][0]["action"] == "update"
    assert called.workshop.rows("select subject from task") == [("Look at One",)]


def test_the_same_id_is_taken_once(called: Called) -> None:
    path = renew(called.workshop.admin, "bell").path
    first = called.post(path, {}, Idempotency_Key="ring-1")
    assert called.post(path, {}, Idempotency_Key="ring-1") == first
    assert called.post(path, {}, Idempotency_Key="ring-2") != first
    called.workshop.work()
    assert called.workshop.rows("select count(*) from task where subject = 'Somebody rang'") == [(2,)]


def test_a_renewed_address_replaces_the_old_one(called: Called) -> None:
    old = renew(called.workshop.admin, "bell").path
    new = renew(called.workshop.admin, "bell").path
    assert called.post(old, {})[0] == 404
    assert called.post(new, {})[0] == 202
    assert called.post("/api/v1/hooks/nobody/xyz", {})[0] == 404
    called.workshop.work()


def test_a_signed_call_needs_its_signature(called: Called) -> None:
    address = renew(called.workshop.admin, "signed_call")
    body = b'{"name": "Signed"}'
    signature = hmac.new(address.secret.encode(), body, hashlib.sha256).hexdigest()
    assert called.post(address.path, body)[0] == 401
    assert called.post(address.path, body, X_Signature_256="sha256=00")[0] == 401
    assert called.post(address.path, body, X_Hub_Signature_256=f"sha256={signature}")[0] == 202
    called.workshop.work()
    assert called.workshop.rows("select name from shelf") == [("Signed",)]


def test_what_cannot_be_taken_is_refused(called: Called) -> None:
    path = renew(called.workshop.admin, "catalogue").path
    assert called.post(path, {"book": {"title": "No key"}})[0] == 400
    assert called.post(path, b"{")[0] == 400
    assert called.post(path, b'"' + b"x" * 300_000 + b'"')[0] == 400


def test_a_record_that_the_rules_refuse_is_a_failed_run_that_can_be_done_again(called: Called) -> None:
    from dougong_platform.automations import reading

    path = renew(called.workshop.admin, "catalogue").path
    _, answer = called.post(path, {"book": {"isbn": "9", "title": "Nine"}, "prices": [{"amount": -1}]})
    called.workshop.work()
    run = reading.run(called.workshop.admin, answer["run"])
    assert (run["state"], run["error"]["code"], run["record"]) == ("failed", "records_invalid", None)
    second = reading.again(called.workshop.admin, answer["run"])
    with pytest.raises(Fault):
        reading.again(called.workshop.admin, answer["run"])
    called.workshop.work()
    assert reading.run(called.workshop.admin, second)["repeats"] == answer["run"]
    assert records.create(called.workshop.admin, "shelf", [{"name": "still works"}]).written == 1
