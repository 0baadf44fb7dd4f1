"""The OpenAPI document is valid, tells each user what he may use, and describes every endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from dougong_platform.http.engine import Engine
from reading import Client, Reading


@pytest.fixture(scope="module")
def document(client: Client) -> Any:
    status, found = client.get("/api/v1/openapi.json")
    assert status == 200
    return found


def references(value: Any) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_it_is_valid_openapi(document: Any) -> None:
    schemathesis.openapi.from_dict(document).config  # noqa: B018  # loads and resolves
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.Draft202012Validator({"$id": f"urn:x:{name}", **schema, "components": document["components"]})
    for reference in references(document):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    identifiers = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(identifiers) == len(set(identifiers))


def test_every_endpoint_of_the_api_has_its_description(app: Engine, document: Any) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            assert hasattr(app.view_functions[rule.endpoint], "description"), rule


def test_a_user_finds_only_what_he_may_use(client_of: Callable[..., Client], reading: Reading, document: Any) -> None:
    assert "/api/v1/records/vault" in document["paths"]
    assert "cost" in document["components"]["schemas"]["book"]["properties"]
    _, mine = client_of(reading.bob).get("/api/v1/openapi.json")
    assert "/api/v1/records/vault" not in mine["paths"]
    assert "/api/v1/users" not in mine["paths"]
    assert "post" not in mine["paths"]["/api/v1/records/shelf"]
    assert "cost" not in mine["components"]["schemas"]["book"]["properties"]
    assert "summary" in mine["components"]["schemas"]["book"]["properties"]
    assert "summary" not in mine["components"]["schemas"]["book.new"]["properties"]


def test_records_are_described_by_their_fields(document: Any) -> None:
    fields = document["components"]["schemas"]["book"]["properties"]
    assert fields["price"]["type"] == ["string", "null"]
    assert fields["bought"]["format"] == "date"
    written = document["components"]["schemas"]["book.new"]
    assert written["required"] == ["title"]
    assert written["properties"]["genre"]["enum"] == ["novel", "manual", None]
    assert written["properties"]["title"]["maxLength"] == 200
    assert written["additionalProperties"] is False
