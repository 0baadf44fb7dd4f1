"""Automations over HTTP: what there is and how it goes, runs, doing failed ones again, try-out, and who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.settings import Settings
from reading import Client, Reading, make_reading
from workshop import OBJECTS

DOCUMENTS = f"""{OBJECTS}
---
kind: automation
name: cheaper
object: book
label: {{en: Cheaper, zh: 降价}}
on: {{updated: [pages]}}
do:
  - update: {{set: {{price: 100 - pages}}}}
---
kind: automation
name: asleep
object: book
active: false
on: created
do:
  - update: {{set: {{note: '"made"'}}}}
---
kind: automation
name: bell
on: {{incoming: true}}
do:
  - create: {{object: task, values: {{subject: '"x"'}}}}
---
kind: permission_set
name: reader
kinds: [automation]
objects: {{shelf: {{read: all}}}}
"""


@pytest.fixture(scope="module")
def tenant(make_database: Callable[..., str]) -> Iterator[Reading]:
    load_handlers()
    made = make_reading(make_database(), DOCUMENTS, "workshop")
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client_of(tenant: Reading, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Client]:
    home = tmp_path_factory.mktemp("home")
    app = create_app(
        Settings(home=home, database_url=tenant.database.dsn, secret="test", rate_limit=0),
        tenant.database,
        faces=False,
    )
    return lambda user, *scopes: Client(app.test_client(), tenant.token(user, *scopes))


def fail(tenant: Reading, client: Client) -> dict[str, Any]:
    """A run that the validation refused."""
    (book,) = records.create(tenant.admin, "book", [{"title": "Dear", "price": 3}]).records
    records.update(tenant.admin, "book", [{"id": book.id, "pages": 300}])
    relay(tenant.database, tenant.tenant)
    _, found = client.get("/api/v1/automations/cheaper/runs", record=book.id)
    (run,) = found["runs"]
    assert found["next"] is None
    return dict(run)


def test_automations_are_listed_with_how_they_go(tenant: Reading, client_of: Callable[..., Client]) -> None:
    client = client_of(tenant.ann)
    fail(tenant, client)
    status, found = client.get("/api/v1/automations")
    assert status == 200
    by_name = {one["name"]: one for one in found["automations"]}
    assert by_name.keys() == {"cheaper", "asleep", "bell"}
    assert by_name["cheaper"]["label"] == {"en": "Cheaper", "zh": "降价"}
    assert by_name["cheaper"]["counts"]["failed"] >= 1
    assert by_name["cheaper"]["last_run_at"] is not None
    assert (by_name["asleep"]["active"], by_name["asleep"]["trigger"], by_name["asleep"]["actions"]) == (
        False,
        "created",
        ["update"],
    )


def test_a_failed_run_is_done_again_once(tenant: Reading, client_of: Callable[..., Client]) -> None:
    client = client_of(tenant.ann)
    run = fail(tenant, client)
    assert (run["state"], run["error"]["code"]) == ("failed", "records_invalid")
    records.update(tenant.admin, "book", [{"id": run["record"], "pages": 40}])
    relay(tenant.database, tenant.tenant)
    path = f"/api/v1/automations/cheaper/runs/{run['id']}"
    status, started = client.post(f"{path}/again")
    assert status == 202
    assert client.post(f"{path}/again")[0] == 409
    relay(tenant.database, tenant.tenant)
    _, second = client.get(f"/api/v1/automations/cheaper/runs/{started['run']}")
    assert (second["state"], second["repeats"], second["actor"]) == ("done", run["id"], tenant.ann)
    assert client.get(path)[1]["repeated"] == started["run"]
    assert client.get(f"/api/v1/automations/bell/runs/{run['id']}")[0] == 404


def test_who_shapes_automations_sees_runs_but_not_records_that_are_not_his(
    tenant: Reading, client_of: Callable[..., Client]
) -> None:
    run = fail(tenant, client_of(tenant.ann))
    shaper = client_of(tenant.bob)
    status, seen = shaper.get(f"/api/v1/automations/cheaper/runs/{run['id']}")
    assert status == 200
    assert (seen["visible"], seen["label"], seen["saw"]) == (False, None, {})
    assert client_of(tenant.bob, "read", "write").get("/api/v1/automations")[0] == 403


def test_a_try_out_over_http_writes_nothing(tenant: Reading, client_of: Callable[..., Client]) -> None:
    client = client_of(tenant.ann)
    (book,) = records.create(tenant.admin, "book", [{"title": "Tried", "price": 3}]).records
    now = dt.datetime.now(dt.UTC)
    period = {"from": (now - dt.timedelta(hours=1)).isoformat(), "to": (now + dt.timedelta(hours=1)).isoformat()}
    status, found = client.post("/api/v1/automations/try", {"name": "asleep", **period})
    assert status == 200, found
    (mine,) = [one for one in found["fired"] if one["record"] == book.id]
    assert (mine["label"], mine["actions"][0]["values"]) == ("Tried", {"note": "made"})
    relay(tenant.database, tenant.tenant)
    assert tenant.run("select note from book where title = 'Tried'") == [(None,)]
    document = {"name": "new", "object": "book", "on": "saved", "if": "pric > 1", "do": [{"assign": "owner"}]}
    status, refused = client.post("/api/v1/automations/try", {"document": document, **period})
    assert (status, refused["code"]) == (422, "metadata_invalid")
    assert client.post("/api/v1/automations/try", {"name": "asleep", "document": document, **period})[0] == 400
    bob = client_of(tenant.bob).post("/api/v1/automations/try", {"name": "asleep", **period})
    assert {one["label"] for one in bob[1]["fired"]} == {None}


def test_a_new_address_is_shown_once(tenant: Reading, client_of: Callable[..., Client]) -> None:
    client = client_of(tenant.ann)
    status, address = client.post("/api/v1/automations/bell/address")
    assert status == 201
    assert address["path"].startswith("/api/v1/hooks/workshop/")
    assert client.post("/api/v1/automations/cheaper/address")[0] == 404
    kept = tenant.run("select token, secret from _hook")[0]
    assert address["path"].rsplit("/", 1)[1] not in kept
    assert address["secret"] not in kept
    assert client.post(address["path"], {})[0] == 202
    assert tenant.run("select action from _audit where action = 'hook.renewed'") == [("hook.renewed",)]
