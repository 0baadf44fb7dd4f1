"""The metadata endpoints: the draft's documents, plan, publish, releases."""

from __future__ import annotations

from typing import Any

import pytest

from reading import Client, Reading

Clients = Any
SHELF = "/api/v1/metadata/object/rack"


@pytest.fixture
def clean(client: Client) -> Client:
    """An administrator's client; the draft is empty."""
    assert client.open("/api/v1/metadata/draft", method="DELETE").status_code == 204
    return client


def put(client: Client, path: str, body: Any, **headers: str) -> tuple[int, Any, str | None]:
    answer = client.open(path, method="PUT", json=body, headers=headers)
    return answer.status_code, answer.get_json(), answer.headers.get("ETag")


def rack(**fields: Any) -> dict[str, Any]:
    return {"name_field": "name", "fields": {"name": {"type": "text"}, **fields}}


def publish(client: Client, **more: Any) -> tuple[int, Any]:
    _, plan = client.get("/api/v1/metadata/plan")
    return client.post("/api/v1/metadata/publish", {"base": plan["base"], "draft_hash": plan["draft_hash"], **more})


def test_an_administrator_adds_an_object_and_uses_it_at_once(clean: Client) -> None:
    status, written, etag = put(clean, SHELF, rack(room={"type": "integer"}))
    assert (status, written["draft"], etag) == (200, True, f'"{written["hash"]}"')
    status, plan = clean.get("/api/v1/metadata/plan")
    assert (status, plan["publishable"]) == (200, True)
    assert [step["action"] for step in plan["steps"]][:1] == ["add_table"]
    status, published = publish(clean, note="racks")
    assert status == 200
    status, made = clean.post("/api/v1/records/rack", {"name": "north", "room": 7})
    assert status in (200, 201), made
    status, found = clean.get("/api/v1/records/rack", fields="name,room")
    assert found["records"][0]["room"] == 7
    releases = clean.get("/api/v1/metadata/releases")[1]["releases"]
    assert (releases[0]["number"], releases[0]["note"], releases[0]["current"]) == (published["release"], "racks", True)
    number = published["release"]
    assert clean.get(f"/api/v1/metadata/releases/{number}")[1]["changes"] == [
        {"kind": "object", "name": "rack", "change": "add"}
    ]
    status, restored = clean.post(f"/api/v1/metadata/releases/{number - 1}/restore", {})
    assert (status, restored["release"]) == (200, number + 1)
    assert clean.get("/api/v1/records/rack")[0] == 404
    assert {r["object"] for r in clean.get("/api/v1/metadata/retired")[1]["retired"]} == {"rack"}
    assert clean.open("/api/v1/metadata/retired/rack", method="DELETE").status_code == 204
    assert clean.get("/api/v1/metadata/retired")[1]["retired"] == []


def test_a_problem_is_named_by_document_path_and_nearest_name(clean: Client) -> None:
    put(clean, SHELF, rack(other={"type": "lookup", "to": "racks"}))
    _, plan = clean.get("/api/v1/metadata/plan")
    (problem,) = plan["problems"]
    assert (problem["kind"], problem["name"], problem["path"], problem["hint"]) == (
        "object",
        "rack",
        "fields.other.to",
        "rack",
    )
    status, answer = publish(clean)
    assert (status, answer["errors"][0]["hint"]) == (422, "rack")


def test_if_match_guards_against_overwriting_somebody_elses_change(clean: Client) -> None:
    _, _, etag = put(clean, SHELF, rack())
    assert put(clean, SHELF, rack(a={"type": "text"}), **{"If-Match": etag or ""})[0] == 200
    status, answer, _ = put(clean, SHELF, rack(b={"type": "text"}), **{"If-Match": etag or ""})
    assert (status, answer["code"]) == (409, "draft_changed")
    assert put(clean, SHELF, rack(), **{"If-None-Match": "*"})[0] == 409
    assert clean.open(SHELF, method="DELETE", headers={"If-Match": '"x"'}).status_code == 409


def test_a_publish_of_another_plan_is_told_to_plan_again(clean: Client) -> None:
    put(clean, SHELF, rack())
    status, answer = clean.post("/api/v1/metadata/publish", {"base": 9999})
    assert (status, answer["code"]) == (409, "publish_conflict")
    status, answer = clean.post("/api/v1/metadata/publish", {"base": 1, "draft_hash": "0"})
    assert status == 409


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/metadata/object/nothing", None, 404),
        ("GET", "/api/v1/metadata/nonsense/book", None, 404),
        ("GET", "/api/v1/metadata/nonsense", None, 404),
        ("PUT", "/api/v1/metadata/nonsense/book", {}, 404),
        ("PUT", "/api/v1/metadata/object/book", [], 400),
        ("PUT", "/api/v1/metadata/object/book", {"kind": "layout"}, 400),
        ("PUT", "/api/v1/metadata/object/book", {"label": "a\u0000b"}, 422),
        ("DELETE", "/api/v1/metadata/object/nothing", None, 404),
        ("DELETE", "/api/v1/metadata/draft/object/book", None, 404),
        ("POST", "/api/v1/metadata/publish", {}, 422),
        ("POST", "/api/v1/metadata/publish", {"base": "x"}, 422),
        ("POST", "/api/v1/metadata/releases/99/restore", {}, 404),
        ("GET", "/api/v1/metadata/releases/99", None, 404),
        ("GET", "/api/v1/metadata/plan?restore=99", None, 404),
        ("DELETE", "/api/v1/metadata/retired/book", None, 404),
        ("POST", "/api/v1/metadata/packs", {"name": "nothing"}, 404),
    ],
)
def test_wrong_requests_are_answered_plainly(clean: Client, method: str, path: str, body: Any, status: int) -> None:
    answer = clean.open(path, method=method, json=body)
    assert answer.status_code == status, answer.get_json()
    assert answer.get_json()["code"]


def test_lists_kinds_documents_and_packs(clean: Client) -> None:
    described = clean.get("/api/v1/metadata/kinds")[1]
    kinds = described["kinds"]
    assert all(kind["schema"]["properties"]["kind"] == {"const": kind["name"]} for kind in kinds)
    assert "currency" in {field_type["name"] for field_type in described["field_types"]}
    assert {"object", "layout", "permission_set"} <= {kind["name"] for kind in kinds}
    objects = clean.get("/api/v1/metadata/object")[1]["documents"]
    assert "book" in {document["name"] for document in objects}
    assert clean.get("/api/v1/metadata/packs")[1]["packs"]


def test_a_pack_goes_into_the_draft(clean: Client) -> None:
    name = clean.get("/api/v1/metadata/packs")[1]["packs"][0]["name"]
    status, merged = clean.post("/api/v1/metadata/packs", {"name": name})
    assert (status, bool(merged["added"])) == (200, True)
    assert clean.get("/api/v1/metadata/draft")[1]["changes"]


@pytest.mark.parametrize("path", ["plan", "draft", "releases", "object", "object/book", "kinds", "retired", "publish"])
def test_metadata_needs_its_right(client_of: Clients, reading: Reading, path: str) -> None:
    status, answer = client_of(reading.bob).get(f"/api/v1/metadata/{path}")
    assert (status, answer["code"]) == (403, "not_allowed")


def test_where_the_records_of_a_removed_stage_go_is_said_and_planned(clean: Client) -> None:
    def staged(values: list[str]) -> None:
        stage = {"type": "picklist", "values": values}
        body = {"object": "parcel", "field": "stage", "stages": {value: {} for value in values}}
        assert put(clean, "/api/v1/metadata/object/parcel", rack(stage=stage))[0] == 200
        assert put(clean, "/api/v1/metadata/pipeline/way", body)[0] == 200

    staged(["packed", "sent"])
    assert publish(clean)[0] == 200
    _, made = clean.post("/api/v1/records/parcel", {"name": "p", "stage": "sent"})
    staged(["packed"])
    status, refused = publish(clean)
    assert (status, [(e["field"], e["code"]) for e in refused["errors"]]) == (422, [("way.sent", "stage")])
    path = "/api/v1/metadata/draft/stages"
    assert clean.open(path, method="PATCH", json={"stages": {"nowhere": "packed"}}).status_code == 422
    nobody = clean.open(path, method="PATCH", json={"stages": {"wy.sent": "packed"}})
    assert (nobody.status_code, nobody.get_json()["hint"]) == (404, "way")
    said = clean.open(path, method="PATCH", json={"stages": {"way.sent": "packed"}})
    assert (said.status_code, said.get_json()) == (200, {"stages": {"way.sent": "packed"}})
    assert clean.get("/api/v1/metadata/draft")[1]["stages"] == {"way.sent": "packed"}
    step = next(s for s in clean.get("/api/v1/metadata/plan")[1]["steps"] if s["action"] == "move_stage")
    assert (step["name"], step["chosen"], step["choices"]) == (
        "way.sent",
        "packed",
        [{"value": "packed", "label": "Packed"}],
    )
    assert publish(clean)[0] == 200
    assert clean.get(f"/api/v1/records/parcel/{made['id']}")[1]["stage"] == "packed"
    number = clean.get("/api/v1/metadata/releases")[1]["releases"][0]["number"]
    restored = {"stages": {"way.packed": "sent"}}
    assert clean.post(f"/api/v1/metadata/releases/{number - 1}/restore", restored)[0] == 200
