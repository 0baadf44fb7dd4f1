"""Questions to the workshop of `hard_tenant` over HTTP, and what lies behind their answers' numbers.

Fixture: `hard` (module; ann administers, bob sees his own).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hard_tenant import Hard, make_hard
from reading import Client

QUERY, RUN = "/api/v1/query", "/api/v1/reports/run"
_KEYS: dict[str, str] = {}


@pytest.fixture(scope="module")
def hard(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hard]:
    made = make_hard(module_database_url, tmp_path_factory.mktemp("hard"))
    yield made
    made.reading.database.close()


def ask(client: Client, **query: Any) -> tuple[int, Any]:
    return client.post(QUERY, {"from": "machine", **query})


def run(client: Client, asked: Any = None, /, **body: Any) -> tuple[int, Any]:
    return client.post(RUN, {"report": {"object": "machine", "values": {"n": "COUNT()"}, **body}, **(asked or {})})


def seen(client: Client, *fields: str, of: str = "machine") -> list[dict[str, Any]]:
    status, answer = client.get(f"/api/v1/records/{of}", fields=",".join(("id", *fields)), limit=1000)
    assert status == 200, answer
    found: list[dict[str, Any]] = answer["records"]
    return found


def behind(client: Client, body: dict[str, Any], row: list[Any], column: Any = (), value: str = "n") -> tuple[int, Any]:
    """(status, how many records) behind a cell, counted by the list of records as well."""
    made = {"object": "machine", "values": {"n": "COUNT()"}, **body}
    key = kept(client, made)
    status, found = client.post(f"/api/v1/reports/{key}/records", {"row": row, "column": list(column), "value": value})
    if status != 200:
        return status, found
    listed = client.get(f"/api/v1/records/{found['object']}", filter=found["filter"], limit=1000, count="true")[1]
    assert listed["count"] == len(listed["records"]) == found["count"], found["filter"]
    return status, found["count"]


def kept(client: Client, body: dict[str, Any]) -> str:
    text = f"{client.headers} {body!r}"
    if text not in _KEYS:
        for key in _KEYS.values():  # a person keeps so many and no more
            client.open(f"/api/v1/own-documents/{key}", method="DELETE")
        _KEYS.clear()
        status, made = client.post("/api/v1/own-documents", {"kind": "report", "label": "r", "body": body})
        assert status in (200, 201), made
        _KEYS[text] = made["id"]
    return _KEYS[text]
