"""Signing in to the API, its errors in the caller's language, and requests that mean harm."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dougong_platform.app import create_app
from dougong_platform.http.csrf import csrf_token
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.settings import Settings
from dougong_tenants import people, sign_in, tokens
from reading import PASSWORD, Client, Reading

Clients = Callable[..., Client]
PROBLEM = {"type", "title", "status", "detail", "code", "errors", "request_id"}


def test_without_a_token_the_answer_is_401_and_says_how(client_of: Clients) -> None:
    answer = client_of(None).open("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert set(answer.get_json()) == PROBLEM


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer nonsense",
        "Bearer dg_nonsense",
        "Bearer " + "x" * 5000,
        "bearer \udcff",
        "Bearer dg_\x01",
    ],
)
def test_a_false_token_is_401(client_of: Clients, header: str) -> None:
    answer = client_of(None).open("/api/v1/me", environ_overrides={"HTTP_AUTHORIZATION": header})
    assert answer.status_code == 401


def test_errors_speak_the_callers_language(client: Client) -> None:
    for accepted, word in (
        ("zh-CN,zh;q=0.9", "没有"),
        ("en", "not"),
        ("fr;q=1, zh;q=0.2", "没有"),
        ("garbage;;q=x", "not"),
    ):
        answer = client.open("/api/v1/records/book?filter=nope%3D1", headers={"Accept-Language": accepted}).get_json()
        assert word in answer["detail"]
        assert (answer["position"], answer["length"]) == (0, 4)


def test_answers_carry_an_id_and_security_headers(client: Client) -> None:
    answer = client.open("/api/v1/me", headers={"X-Request-Id": "my-own-id-1"})
    assert answer.headers["X-Request-Id"] == "my-own-id-1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.open("/api/v1/me", headers={"X-Request-Id": "a\tb"}).headers["X-Request-Id"] != "a\tb"


def test_a_revoked_token_stops_at_once_although_it_is_remembered(client_of: Clients, reading: Reading) -> None:
    client = client_of(reading.bob)
    assert client.get("/api/v1/me")[0] == 200
    for token in tokens.list_tokens(reading.database, reading.tenant, reading.bob):
        tokens.revoke(reading.database, reading.tenant, token.id)
    assert client.get("/api/v1/me")[0] == 401
    assert client.get("/api/v1/records/book")[0] == 401


def test_rights_that_change_count_at_the_next_request(client_of: Clients, reading: Reading) -> None:
    client = client_of(reading.cat)
    assert client.get("/api/v1/records/vault")[0] == 403
    people.set_permission_sets(reading.database, reading.tenant, reading.cat, ["reader", "administrator"])
    assert client.get("/api/v1/records/vault")[0] == 200
    people.set_permission_sets(reading.database, reading.tenant, reading.cat, ["reader"])
    assert client.get("/api/v1/records/vault")[0] == 403


def test_a_token_reaches_no_further_than_its_scopes(client_of: Clients, reading: Reading) -> None:
    reads, writes, people_only = (client_of(reading.ann, scope) for scope in ("read", "write", "people"))
    assert reads.get("/api/v1/records/book")[0] == 200
    assert reads.post("/api/v1/query", {"from": "book", "aggregates": {"n": "COUNT()"}})[0] == 200
    assert writes.get("/api/v1/records/book")[0] == 403
    assert reads.post("/api/v1/users", {"name": "x", "email": "x@x.test"})[0] == 403
    assert people_only.post("/api/v1/departments", {"name": "North"})[0] == 201


def test_a_session_must_name_its_csrf_token_to_change_anything(app: Engine, reading: Reading) -> None:
    session = sign_in.sign_in(reading.database, "ann@library.test", PASSWORD, tenant=reading.name).session
    assert session is not None
    http = app.test_client()
    http.set_cookie(SESSION_COOKIE, session)
    assert http.get("/api/v1/me").status_code == 200
    body = {"name": "South"}
    assert http.post("/api/v1/departments", json=body).get_json()["code"] == "csrf_failed"
    assert http.post("/api/v1/departments", json=body, headers={"X-CSRF-Token": "0" * 64}).status_code == 403
    assert http.post("/api/v1/departments", json=body, headers={"X-CSRF-Token": csrf_token(session)}).status_code == 201
    sign_in.sign_out(reading.database, session)
    assert http.get("/api/v1/me").status_code == 401


HOSTILE_QUERIES = [
    b"filter=" + b"(" * 10_000,
    b"filter=%ff%fe",
    b"filter=%ED%A0%80",
    b"filter=title%3D%22%ED%A0%80%22",
    b"filter=%00",
    b"filter=" + b"a" * 70_000,
    b"sort=%00",
    b"fields=%00",
    b"fields=" + b"title," * 300,
    b"cursor=%00",
    b"cursor=AAAA",
    b"limit=x",
    b"limit=99999999999999999999",
    b"limit=-5",
    "limit=٣".encode(),
    b"count=maybe",
    b"filer=1",
    b"limit=1&limit=2",
    b"filter=1;drop table book",
    b"fields=';drop table book",
    b"sort=(select 1)",
    b"sort=--",
    b"&".join(b"a%d=1" % n for n in range(500)),
    b"fields=title%0d%0aX:1",
    b"cursor=%ff",
    b"fields[]=x",
    b"limit=1e3",
]


@pytest.mark.parametrize("query", HOSTILE_QUERIES, ids=lambda query: query[:30].decode("latin1"))
def test_a_hostile_query_string_is_400(client: Client, query: bytes) -> None:
    answer = client.open("/api/v1/records/book", query_string=query.decode("latin1"))
    assert answer.status_code == 400, answer.get_json()
    assert set(answer.get_json()) >= PROBLEM


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/records/nope",
        "/api/v1/records/book/nope",
        "/api/v1/records/book/00000000-0000-0000-0000-000000000000",
        "/api/v1/records/%00",
        "/api/v1/records/book%27--",
        "/api/v1/records/%ff",
        "/api/v1/records/book/%00",
        "/api/v1/nope",
        "/api/v1/records/_search",
        "/api/v1/records/_history",
        "/api/v1/records/pg_class",
        "/api/v1/objects/%00",
        "//",
        "/%2e%2e/etc",
        "/api/v1/records/book/{00000000-0000-0000-0000-00000000000}",
        "/api/v1/records/user_permission_set",
    ],
)
def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    answer = client.open(path)
    assert answer.status_code == 404
    assert answer.get_json()["code"] in ("not_found", "unknown_name")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"from": NaN}', 400),
        (b'{"from": "\\ud800"}', 400),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"a":' * 200 + b"1" + b"}" * 200, 400),
        (b'{"from": "\xff"}', 400),
        (b" " * 300_000 + b"{}", 413),
        (b'{"from": "book", "from": 1}', 400),
        (b'{"from":"\\u0000","group_by":["x"]}', 404),
    ],
)
def test_a_hostile_body_is_refused(client: Client, body: bytes, status: int) -> None:
    answer = client.open("/api/v1/query", method="POST", data=body, content_type="application/json")
    assert answer.status_code == status, answer.get_json()


def test_a_body_that_is_no_json_is_415(client: Client) -> None:
    assert client.open("/api/v1/query", method="POST", data=b"a=1", content_type="text/plain").status_code == 415


def test_a_method_that_is_not_offered_is_405_and_says_which_are(client: Client) -> None:
    answer = client.open("/api/v1/query", method="PUT")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_unexpected_failure_is_500_with_an_id_and_without_a_trace(
    app: Engine, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: Any) -> Any:
        password = "local value"[::-1]  # a trace shows the line, so the line must not hold the value
        raise RuntimeError(f"secret detail of {len(password)} letters")

    monkeypatch.setitem(app.view_functions, "explain.me", fail)
    answer = client.open("/api/v1/me")
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]
    logged = capsys.readouterr().out
    assert "RuntimeError: secret detail" in logged
    assert answer.headers["X-Request-Id"] in logged
    assert "local value"[::-1] not in logged


def test_limits_are_told_in_headers_and_end_in_429(reading: Reading, tmp_path: Any, redis_url: str) -> None:
    settings = Settings(home=tmp_path, database_url=reading.database.dsn, redis_url=redis_url, rate_limit=5)
    limited = Client(create_app(settings, reading.database, faces=False).test_client(), reading.token(reading.ann))
    first = limited.open("/api/v1/me")
    assert first.headers["RateLimit-Limit"] == "5"
    assert int(first.headers["RateLimit-Remaining"]) == 4
    assert 0 < int(first.headers["RateLimit-Reset"]) <= 60
    answers = (limited.open("/api/v1/me") for _ in range(1000))  # with every minute five more are free
    last = next(answer for answer in answers if answer.status_code != 200)
    assert last.status_code == 429
    assert 0 < int(last.headers["Retry-After"]) <= 60
    assert last.get_json()["code"] == "rate_limited"
    assert last.headers["RateLimit-Remaining"] == "0"


def test_without_redis_limits_still_count_and_requests_still_answer(reading: Reading, tmp_path: Any) -> None:
    settings = Settings(
        home=tmp_path, database_url=reading.database.dsn, redis_url="redis://127.0.0.1:1/0", rate_limit=1000
    )
    client = Client(create_app(settings, reading.database, faces=False).test_client(), reading.token(reading.ann))
    assert client.get("/api/v1/me")[0] == 200


def test_many_threads_are_served_together(app: Engine, reading: Reading) -> None:
    token = reading.token(reading.ann)
    statuses: list[int] = []

    def ask() -> None:
        client = Client(app.test_client(), token)
        statuses.extend(client.get("/api/v1/records/book", limit=5)[0] for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 120


def test_health_readiness_and_metrics_need_no_token(client_of: Clients) -> None:
    nobody = client_of(None)
    assert nobody.get("/healthz") == (200, {"status": "ok"})
    assert nobody.get("/readyz") == (200, {"status": "ready"})
    assert "dougong_request_seconds_bucket" in nobody.open("/metrics").get_data(as_text=True)


def test_a_person_who_is_locked_out_is_out_at_once_by_token_and_by_session(
    app: Engine, client_of: Clients, reading: Reading
) -> None:
    email = "dora@library.test"
    dora = people.create_user(
        reading.database,
        reading.tenant,
        {"name": "Dora", "email": email},
        password=PASSWORD,
        permission_sets=["reader"],
    ).id
    program, http = client_of(dora), app.test_client()
    session = sign_in.sign_in(reading.database, email, PASSWORD, tenant=reading.name).session
    assert session is not None
    http.set_cookie(SESSION_COOKIE, session)
    assert program.get("/api/v1/me")[0] == http.get("/api/v1/me").status_code == 200
    assert client_of(reading.ann).post(f"/api/v1/users/{dora}/deactivate")[0] in (200, 204)
    assert program.get("/api/v1/me")[0] == 401
    assert program.post("/api/v1/records/book", {"title": "Too late"})[0] == 401
    assert http.get("/api/v1/me").status_code == 401


def test_signing_in_never_takes_over_a_session_that_was_there_before(app: Engine, reading: Reading) -> None:
    """A planted cookie must not become somebody's session."""
    found = [
        sign_in.sign_in(reading.database, "ann@library.test", PASSWORD, tenant=reading.name).session for _ in range(2)
    ]
    assert None not in found
    assert found[0] != found[1]
    http = app.test_client()
    http.set_cookie(SESSION_COOKIE, "planted-by-somebody-else")
    assert http.get("/api/v1/me").status_code == 401


def test_what_was_given_away_is_written_and_only_its_id_told(
    client_of: Callable[..., Client], reading: Reading
) -> None:
    clerk = client_of(reading.bob)
    status, made = clerk.post("/api/v1/records/book?fields=title", {"title": "Given away", "owner": reading.ann})
    assert (status, made.keys()) == (201, {"id", "version"})
    own = clerk.post("/api/v1/records/book?fields=title", {"title": "Mine"})[1]
    assert own["title"] == "Mine"
    path = f"/api/v1/records/book/{own['id']}?fields=title"
    assert clerk.post(path, {"owner": reading.ann}, method="PATCH") == (200, {"id": own["id"], "version": 2})
    assert client_of(reading.ann).get(f"/api/v1/records/book/{own['id']}")[1]["owner"] == reading.ann


def test_a_field_that_cannot_be_answered_is_refused_before_anything_is_written(
    client_of: Callable[..., Client], reading: Reading
) -> None:
    clerk = client_of(reading.bob)
    before = clerk.get("/api/v1/records/book", count=True)[1]["count"]
    assert clerk.post("/api/v1/records/book?fields=cost", {"title": "Half"})[0] == 400
    assert clerk.get("/api/v1/records/book", count=True)[1]["count"] == before
