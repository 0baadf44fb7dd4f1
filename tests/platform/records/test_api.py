"""Writing over HTTP: shapes, optimistic locking, idempotency, files, and requests that mean harm."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from reading import Client, Reading

BOOKS = "/api/v1/records/book"


def made(client: Client, **values: Any) -> dict[str, Any]:
    status, body = client.post(BOOKS, {"title": "x", **values})
    assert status == 201, body
    return dict(body)


def test_a_record_is_created_read_changed_deleted_and_restored(client: Client) -> None:
    answer = client.open(f"{BOOKS}?fields=title,price", method="POST", json={"title": "Ulysses", "price": "12.5"})
    body = answer.get_json()
    assert answer.status_code == 201
    assert body == {"id": body["id"], "version": 1, "title": "Ulysses", "price": "12.50"}
    one = answer.headers["Location"]
    assert answer.headers["ETag"] == '"1"'
    assert client.post(one, {"title": "Changed"}, method="PATCH", headers={"If-Match": '"1"'}) == (
        200,
        {"id": body["id"], "version": 2},
    )
    status, refused = client.post(one, {"title": "Late"}, method="PATCH", headers={"If-Match": '"1"'})
    assert (status, refused["code"], refused["current"]["title"]) == (409, "stale_version", "Changed")
    assert client.post(one, method="DELETE", headers={"If-Match": '"1"'})[0] == 409
    assert client.post(one, method="DELETE")[0] == 204
    assert client.get(one)[0] == 404
    assert client.post(f"{one}/restore")[1]["version"] == 4
    ops = [entry["op"] for entry in client.get(f"{one}/history")[1]["history"]]
    assert ops == ["restore", "delete", "update", "create"]
    assert client.post(f"{one}?purge=true", method="DELETE")[0] == 404
    client.post(one, method="DELETE")
    assert client.post(f"{one}?purge=true", method="DELETE")[0] == 204


def test_batches_answer_row_by_row(client: Client) -> None:
    status, body = client.post(f"{BOOKS}?atomic=false", {"records": [{"title": "a"}, {"titel": "b"}]})
    assert (status, body["written"]) == (201, 1)
    assert {(e["field"], e["code"], e["index"]) for e in body["records"][1]["errors"]} >= {
        ("titel", "unknown_field", 1)
    }
    status, problem = client.post(BOOKS, {"records": [{"title": "a"}, {"titel": "b"}]})
    assert (status, problem["code"]) == (422, "records_invalid")
    ids = [made(client)["id"] for _ in range(2)]
    rows = [{"id": id, "title": "many"} for id in ids]
    assert client.post(BOOKS, {"records": rows}, method="PATCH")[1]["written"] == 2
    assert client.post(BOOKS, {"records": rows}, method="DELETE")[1]["written"] == 2


def test_an_idempotency_key_makes_repetition_harmless(client: Client) -> None:
    headers = {"Idempotency-Key": "order 66"}
    first = client.post(BOOKS, {"title": "once"}, headers=headers)
    assert client.post(BOOKS, {"title": "once"}, headers=headers) == first
    status, body = client.post(BOOKS, {"title": "other"}, headers=headers)
    assert (status, body["code"]) == (422, "idempotency_mismatch")
    count = client.get(BOOKS, filter='title = "once"', count="true")[1]["count"]
    assert count == 1
    assert client.post(BOOKS, {"title": None}, headers={"Idempotency-Key": "k"})[0] == 422
    assert client.post(BOOKS, {"title": "k"}, headers={"Idempotency-Key": "k"})[0] == 201
    assert client.post(BOOKS, {"title": "k"}, headers={"Idempotency-Key": "x" * 300})[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        [],
        1,
        "x",
        {"records": {}},
        {"records": [1, None, []]},
        {"title": {"a": [[[]]]}},
        {"title": 10**30},
        {"": 1},
        {"title": "x", "id": "mine"},
        {"title": "x", "version": 7},
        {"title": "x", "deleted_at": None},
        {"title": "\u0000"},
        {"title": "x", "shelf": {"a": 1, "b": 2}},
        {"title": "x", "shelf": {"name": {"deep": []}}},
        {"title": "x" * 3_000_000},
        {"title": "x", "extra": {"k": "\u0000"}},
        {"title": "x", "place": 5},
        {"title": "x", "price": "1e400"},
        {"title": "x", "price": "NaN"},
        {"title": "x", "owner": "00000000-0000-0000-0000-000000000000"},
        {"title": "%(id)s"},
        {"title": "x", "pages": 1e300},
        {"title": "x", "bought": "0000-00-00"},
        {"title": "x", "read_at": "9999-12-31T23:59:59-23:00"},
    ],
)
def test_no_body_breaks_the_server(client: Client, body: Any) -> None:
    one = f"{BOOKS}/{made(client)['id']}"
    for path, method in (
        (BOOKS, "POST"),
        (f"{BOOKS}?atomic=false", "POST"),
        (BOOKS, "PATCH"),
        (BOOKS, "DELETE"),
        (one, "PATCH"),
        (f"{BOOKS}/by/title/x", "PUT"),
    ):
        assert client.post(path, body, method=method)[0] < 500


@pytest.mark.parametrize(
    "path",
    [
        "book/nonsense",
        "book/%00",
        "nope/1",
        "user/1",
        "book/01a20000-0000-7000-8000-000000000000",
        "book/by/title/x",
        "book/by/nope/x",
        "book/by/title/%F0%9F",
    ],
)
def test_what_is_not_there_is_not_an_accident(client: Client, path: str) -> None:
    for method, body in (("PATCH", {"title": "x"}), ("DELETE", None), ("PUT", {"title": "x"})):
        assert client.post(f"/api/v1/records/{path}", body, method=method)[0] in (400, 403, 404, 405)
    assert client.post(f"/api/v1/records/{path}/restore")[0] in (400, 403, 404, 405)
    assert client.get(f"/api/v1/records/{path}/history")[0] in (400, 403, 404, 405)


def test_readers_neither_see_nor_change_what_is_not_theirs(
    client: Client, client_of: Callable[..., Client], reading: Reading
) -> None:
    reader = client_of(reading.bob, "read", "write")
    theirs = f"{BOOKS}/{made(client, cost='5')['id']}"
    assert reader.post(theirs, {"title": "y"}, method="PATCH")[0] == 404
    assert reader.post(theirs, method="DELETE")[0] == 404
    assert reader.get(f"{theirs}/history")[0] == 404
    status, body = reader.post(BOOKS, {"title": "x", "cost": "5"})
    assert (status, body["errors"][0]["code"]) == (422, "unknown_field")
    status, body = reader.post(BOOKS, {"title": "x", "summary": "5"})
    assert (status, body["errors"][0]["code"]) == (422, "not_editable")


def test_comments_and_files_hang_on_records(client: Client) -> None:
    one = f"{BOOKS}/{made(client)['id']}"
    status, said = client.post(f"{one}/comments", {"text": "Nice"})
    assert status == 201
    assert client.post(f"{one}/comments/{said['id']}", {"text": "Nicer"}, method="PATCH")[1]["text"] == "Nicer"
    assert [c["text"] for c in client.get(f"{one}/comments")[1]["comments"]] == ["Nicer"]
    assert client.post(f"{one}/comments/{said['id']}", method="DELETE")[0] == 204
    assert client.post(f"{one}/comments", {"text": ""})[0] == 422
    answer = client.open(f"{one}/files", method="POST", data={"file": (io.BytesIO(b"<b>hi</b>"), 'evil".html')})
    file = answer.get_json()
    assert (answer.status_code, file["media_type"]) == (201, "text/plain")
    sent = client.open(f"/api/v1/files/{file['id']}")
    assert sent.data == b"<b>hi</b>"
    assert sent.headers["Content-Disposition"].startswith("attachment;")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.mimetype == "text/plain"
    assert client.get(f"/api/v1/files/{file['id']}/thumbnail")[0] == 404
    assert [f["id"] for f in client.get(f"{one}/files")[1]["files"]] == [file["id"]]
    raw = client.open("/api/v1/files?name=a.txt", method="POST", data=b"raw", content_type="application/octet-stream")
    assert (raw.status_code, raw.get_json()["name"]) == (201, "a.txt")
    assert client.post(f"/api/v1/files/{file['id']}", method="DELETE")[0] == 204
    assert client.open("/api/v1/files", method="POST", data={"other": (io.BytesIO(b"x"), "a")}).status_code == 400
    huge = client.open(
        "/api/v1/files", method="POST", data=b"x" * (26 * 1024 * 1024), content_type="application/octet-stream"
    )
    assert huge.status_code == 413
