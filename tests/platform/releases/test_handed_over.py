"""Publishes that are left to the worker, what those who watch them see, and keys that bind before they are in force."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from changing import TEXT, Changing, an_object, changing
from dougong_metadata.model.compile import compile_model
from dougong_platform.errors import Fault, PublishConflict, RecordsInvalid
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.people.acting import acting_as
from dougong_platform.records import create, update
from dougong_platform.releases.listing import last_publish
from dougong_platform.releases.publish import publish_or_hand_over
from dougong_platform.storage import ddl
from dougong_tenants import Database
from dougong_tenants.people import create_user
from reading import Client

NUMBER = {"title": TEXT, "price": {"type": "integer"}}
UNIQUE = {"title": TEXT, "price": {"type": "text", "unique": True}}


@pytest.fixture(scope="module")
def it(database: Database) -> Changing:
    return changing(database)


def books(it: Changing, fields: Any, **more: Any) -> Any:
    model = compile_model([an_object("shelf", {"name": TEXT}), an_object("book", fields)])
    return publish_or_hand_over(it.database, it.tenant, model=model, **more)


def test_a_small_publish_is_done_at_once_and_a_large_one_by_the_worker(database: Database) -> None:
    load_handlers()
    it = changing(database)
    it.add("book", 10, price="g::text")
    assert books(it, {"title": TEXT, "price": TEXT, "note": TEXT}).number == 2
    assert books(it, NUMBER, background=True) is None
    waiting = last_publish(it.database, it.tenant)
    assert waiting is not None
    assert (waiting["target"], waiting["state"], waiting["done"], waiting["steps"]) == (3, "preparing", 0, None)
    relay(it.database, it.tenant)
    done = last_publish(it.database, it.tenant)
    assert done is not None
    assert (done["state"], done["error"], it.number()) == ("done", None, 3)
    assert done["done"] == done["steps"] > 3
    assert it.run("select count(*) from _outbox where topic = 'publish'") == [(0,)]


def test_what_the_data_refuses_is_told_by_the_progress_in_either_language(database: Database) -> None:
    load_handlers()
    it = changing(database)
    it.add("book", price="'no number'")
    assert books(it, NUMBER, background=True) is None
    relay(it.database, it.tenant)
    for locale, part in (("en", "1 records"), ("zh-CN", "1 条记录")):
        failed = last_publish(it.database, it.tenant, locale)
        assert failed is not None
        assert (failed["state"], failed["error"]["code"]) == ("failed", "publish_refused")
        assert part in failed["error"]["message"]
    assert it.number() == 1


def test_what_is_wrong_with_the_plan_is_told_at_once(it: Changing) -> None:
    with pytest.raises(PublishConflict):
        books(it, NUMBER, background=True, base=0)


def test_over_http_a_publish_in_the_background_is_202_with_the_address_of_its_progress(client: Client) -> None:
    rack = {"name_field": "name", "fields": {"name": {"type": "text"}}}
    assert client.open("/api/v1/metadata/object/crate", method="PUT", json=rack).status_code == 200
    plan = client.get("/api/v1/metadata/plan")[1]
    body = {"base": plan["base"], "draft_hash": plan["draft_hash"], "background": True}
    answer = client.open("/api/v1/metadata/publish", method="POST", json=body)
    assert answer.status_code == 202
    where = answer.headers["Location"]
    assert answer.get_json()["state"] == "preparing"
    assert client.get(where)[1]["target"] == plan["base"] + 1
    again = client.post("/api/v1/metadata/publish", {**body, "background": False})
    assert again[0] == 409, "the next publish ends the one that waits, and has to be planned anew"
    assert client.get(where)[1]["state"] == "done"


def test_a_write_that_only_a_coming_key_forbids_is_told_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    it = changing(database)
    user = create_user(
        it.database, it.tenant, {"name": "A", "email": "key@example.test"}, permission_sets=["administrator"]
    )
    ids = it.add("book", 5, title="'t' || g", price="'p' || g")
    caller = acting_as(it.database, it.tenant, str(user.id), cause="test")
    ready, go = threading.Event(), threading.Event()
    build = ddl.build_index

    def built_and_held(connection: ddl.Owner, index: Any) -> None:
        build(connection, index)
        if index.unique:
            ready.set()
            go.wait(30)

    monkeypatch.setattr(ddl, "build_index", built_and_held)
    publishing = threading.Thread(target=lambda: books(it, UNIQUE))
    publishing.start()
    assert ready.wait(30)
    refused: list[Fault] = []
    began = time.monotonic()
    for attempt in (
        lambda: create(caller, "book", [{"title": "x", "price": "p1"}]),
        lambda: update(caller, "book", [{"id": ids[1], "price": "p1"}]),
        lambda: create(caller, "book", [{"title": "x", "price": "p1"}], atomic=False),
    ):
        with pytest.raises(RecordsInvalid) as invalid:
            attempt()
        refused.append(invalid.value)
    assert time.monotonic() - began < 20  # nobody waited for the index, which is held for thirty seconds
    assert create(caller, "book", [{"title": "x", "price": "another"}]).records[0].id
    go.set()
    publishing.join(30)
    assert it.number() == 2
    for fault in refused:
        (error,) = fault.errors
        assert (fault.status, error.field, error.code) == (422, "price", "not_unique_soon")
    assert it.run("select count(*) from book where price = 'p1'") == [(1,)]
