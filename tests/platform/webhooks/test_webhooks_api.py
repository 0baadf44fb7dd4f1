"""Webhooks over HTTP: how they stand, their log, sending again, secrets, starting again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from dougong_platform.webhooks.handlers import forget, give_up_abandoned
from reading import Client

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Hooked


@pytest.fixture
def api(hooked: Hooked, tmp_path: Path) -> Client:
    app = create_app(Settings(home=tmp_path, secret="test"), hooked.reading.database, faces=False)
    return Client(app.test_client(), hooked.reading.token(hooked.reading.ann))


def test_webhooks_tell_how_they_stand(hooked: Hooked, api: Client) -> None:
    hooked.listener.statuses = [200, 500]
    hooked.send(number=1)
    hooked.send(number=2)
    hooked.work()
    status, body = api.get("/api/v1/webhooks")
    assert status == 200
    found = {one["name"]: one for one in body["webhooks"]}
    assert set(found) == {"called", "inactive", "far", "readers", "company", "left"}
    called = found["called"]
    assert (called["delivered"], called["waiting"], called["dead"], called["failures"]) == (1, 1, 0, 1)
    assert called["secret_at"] is not None
    assert not found["inactive"]["active"]


def test_deliveries_are_listed_page_by_page_and_by_state(hooked: Hooked, api: Client) -> None:
    ids = [hooked.send(number=number) for number in range(3)] + [hooked.send("inactive")]
    hooked.work()
    _, first = api.get("/api/v1/webhooks/deliveries", limit=3)
    _, second = api.get("/api/v1/webhooks/deliveries", limit=3, before=first["next"])
    assert [one["id"] for one in first["deliveries"] + second["deliveries"]] == sorted(ids, reverse=True)
    assert second["next"] is None
    _, dead = api.get("/api/v1/webhooks/deliveries", state="dead")
    assert [one["id"] for one in dead["deliveries"]] == [ids[3]]
    _, called = api.get("/api/v1/webhooks/deliveries", webhook="called")
    assert len(called["deliveries"]) == 3
    one = api.get(f"/api/v1/webhooks/deliveries/{ids[0]}")[1]
    assert (one["payload"], one["status"], one["answer"]) == ({"number": 0}, 200, "answer 1")
    assert api.get("/api/v1/webhooks/deliveries", state="lost")[0] == 400
    assert api.get("/api/v1/webhooks/deliveries/nonsense")[0] == 404


def test_a_dead_call_is_sent_again_under_its_id(hooked: Hooked, api: Client) -> None:
    hooked.listener.statuses = [410, 200]
    id = hooked.send(a=1)
    hooked.work()
    assert api.post("/api/v1/webhooks/called/start")[0] == 204
    assert api.post("/api/v1/webhooks/called/start")[0] == 404
    status, body = api.post(f"/api/v1/webhooks/deliveries/{id}/again")
    assert (status, body["state"], body["attempts"]) == (200, "waiting", 0)
    hooked.work()
    assert hooked.delivery(id)["state"] == "delivered"
    assert [one.headers["dougong-id"] for one in hooked.listener.asked] == [id, id]
    actions = [row[0] for row in hooked.reading.run("select action from _audit where target = 'called' order by seq")]
    assert actions[-3:] == ["webhook.stopped", "webhook.started", "webhook.sent_again"]


def test_a_call_that_waits_is_tried_at_once(hooked: Hooked, api: Client) -> None:
    hooked.listener.statuses = [500, 200]
    id = hooked.send(a=1)
    hooked.work()
    assert api.post(f"/api/v1/webhooks/deliveries/{id}/again")[0] == 200
    hooked.work()
    assert hooked.delivery(id)["state"] == "delivered"
    assert len(hooked.listener.asked) == 2


def test_a_secret_is_shown_once(hooked: Hooked, api: Client) -> None:
    status, body = api.post("/api/v1/webhooks/called/secret", {})
    assert status == 200
    assert body["secret"].startswith("whsec_")
    assert api.post("/api/v1/webhooks/called/secret", {"overlap_hours": 48})[1]["secret"] != body["secret"]
    found = {one["name"]: one for one in api.get("/api/v1/webhooks")[1]["webhooks"]}
    assert found["called"]["previous_until"] is not None
    assert body["secret"] not in str(
        hooked.reading.run("select * from _webhook") + hooked.reading.run("select details from _audit")
    )
    assert api.post("/api/v1/webhooks/there_is_none/secret", {})[0] == 404
    assert api.post("/api/v1/webhooks/called/secret", {"overlap_hours": -1})[0] == 422


def test_it_takes_the_right_to_shape_webhooks(hooked: Hooked, api: Client) -> None:
    bob = Client(api.http, hooked.reading.token(hooked.reading.bob))
    for path in ("/api/v1/webhooks", "/api/v1/webhooks/deliveries"):
        assert bob.get(path)[0] == 403
    assert bob.post("/api/v1/webhooks/called/secret", {})[0] == 403


def test_a_call_whose_job_is_gone_is_given_up_and_can_be_sent_again(hooked: Hooked, api: Client) -> None:
    id = hooked.send(a=1)
    hooked.reading.run("delete from _outbox returning 1")
    give_up_abandoned(hooked.reading.database, hooked.reading.tenant)
    assert hooked.delivery(id)["state"] == "waiting"  # not at once: a worker may be at it
    hooked.reading.run("update _webhook_delivery set next_at = now() - interval '2 hours' returning 1")
    give_up_abandoned(hooked.reading.database, hooked.reading.tenant)
    assert "deleted" in hooked.delivery(id)["problem"]["en"]
    assert api.post(f"/api/v1/webhooks/deliveries/{id}/again")[0] == 200
    hooked.work()
    assert hooked.delivery(id)["state"] == "delivered"


def test_old_deliveries_are_forgotten(hooked: Hooked, api: Client) -> None:
    kept, gone = hooked.send(a=1), hooked.send(a=2)
    hooked.work()
    hooked.reading.run(
        "update _webhook_delivery set at = now() - interval '31 days' where id = %s::uuid returning 1", [gone]
    )
    forget(hooked.reading.database, hooked.reading.tenant)
    assert [one["id"] for one in api.get("/api/v1/webhooks/deliveries")[1]["deliveries"]] == [kept]
