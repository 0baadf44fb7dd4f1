"""A journey to a provider and back belongs to one browser, counts once, and fails in words whatever is answered."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from werkzeug import Request, Response

from dougong_tenants import Database, Tenant, oidc
from dougong_tenants.oidc.errors import (
    DomainRefused,
    IdTokenRefused,
    JourneyLost,
    OidcFault,
    ProviderRefused,
    ProviderUnfit,
    ProviderUnreachable,
)
from dougong_tenants.secrets import seal
from hostile_provider import BACK, CLIENT, SECRET, Hostile, Way


def test_what_is_asked_and_what_comes_back(way: Way) -> None:
    answer = way.go("/books")
    assert way.departure is not None
    address = urlsplit(way.departure.address)
    sent = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{way.hostile.issuer}/authorize"
    assert (sent["response_type"], sent["client_id"], sent["redirect_uri"]) == ("code", CLIENT, BACK)
    assert sent["scope"] == "openid profile email"
    assert sent["code_challenge_method"] == "S256"
    for secret in (sent["state"], sent["nonce"]):
        assert secret not in way.departure.value  # the cookie is sealed
    arrival = way.arrive(answer)
    asked = {name: values[0] for name, values in way.hostile.asked[0].items()}
    assert create_s256_code_challenge(asked["code_verifier"]) == sent["code_challenge"]
    assert len(asked["code_verifier"]) >= 43
    assert (asked["grant_type"], asked["code"], asked["redirect_uri"]) == ("authorization_code", "a-code", BACK)
    basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    assert way.hostile.authorizations == [f"Basic {basic}"]
    assert arrival.claims == oidc.Claims(way.hostile.issuer, "subject-1", "ann@library.test", "Ann of the provider")
    assert (arrival.wanted, arrival.user) == ("/books", None)


def test_two_journeys_have_nothing_in_common(way: Way) -> None:
    first, one = way.go(), way.departure
    second, two = way.go(), way.departure
    assert one is not None
    assert two is not None
    assert first["state"] != second["state"]
    assert one.name != two.name
    with pytest.raises(JourneyLost):
        oidc.arrive(way.database, way.provider, first, two.value)
    way.hostile.nonce = parse_qs(urlsplit(one.address).query)["nonce"][0]
    assert oidc.arrive(way.database, way.provider, first, one.value).wanted == "/books"


@pytest.mark.parametrize("state", ["", "x", "\ud800", "a" * 5000])
def test_a_state_that_this_browser_was_not_given_leads_nowhere(way: Way, state: str) -> None:
    answer = way.go()
    with pytest.raises(JourneyLost):
        way.arrive({**answer, "state": state})
    with pytest.raises(JourneyLost):
        oidc.arrive(way.database, way.provider, answer, None)
    assert way.hostile.asked == []  # nobody was asked for anything


def test_a_cookie_that_we_did_not_seal_for_this_leads_nowhere(way: Way, database: Database, tenant: Tenant) -> None:
    answer = way.go()
    assert way.departure is not None
    value = way.departure.value
    packed = json.dumps({"state": answer["state"], "nonce": "n", "verifier": "v", "provider": way.provider.id})
    stranger = Database(database.dsn, 1, secret="another installation's")
    for cookie in (
        value[:-2],
        value + "A",
        "1.",
        packed,
        seal(stranger, "oidc journey", packed),
        seal(database, "x", packed),
    ):
        with pytest.raises(JourneyLost):
            oidc.arrive(database, way.provider, answer, cookie)
    other = oidc.save_provider(database, tenant, "other", {"issuer": way.hostile.issuer, "client_id": CLIENT})
    with pytest.raises(JourneyLost):  # begun at one provider, ended at another
        oidc.arrive(database, other, answer, value)


def test_an_answer_counts_once_and_for_ten_minutes(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = way.go()
    way.arrive(answer)
    with pytest.raises(JourneyLost):
        way.arrive(answer)
    assert len(way.hostile.asked) == 1
    answer = way.go()
    late = time.time() + oidc.SECONDS + 1
    with monkeypatch.context() as clock:
        clock.setattr(time, "time", lambda: late)
        with pytest.raises(JourneyLost):
            way.arrive(answer)


def test_only_the_domains_that_are_allowed_come_in(way: Way, database: Database, tenant: Tenant) -> None:
    values = {"issuer": way.hostile.issuer, "client_id": CLIENT, "domains": ["@Library.test", "second.test"]}
    way.provider = oidc.save_provider(database, tenant, "company", values)
    for email in ("ann@LIBRARY.test", "ann@second.test"):
        way.hostile.claims = {"email": email}
        assert way.arrive().claims.email == email.lower()
    for email in ("ann@elsewhere.test", "ann@sub.library.test", "ann@xlibrary.test", "ann@library.test.evil.test"):
        way.hostile.claims = {"email": email}
        with pytest.raises(DomainRefused):
            way.arrive()


def test_email_and_name_may_come_from_userinfo_but_only_of_the_same_person(way: Way) -> None:
    way.hostile.claims = {"email": None, "email_verified": None, "name": None}
    told = {"sub": "subject-1", "email": "ann@library.test", "email_verified": "true", "name": "Ann"}
    way.hostile.userinfo = told
    assert way.arrive().claims.name == "Ann"
    way.hostile.userinfo = {**told, "sub": "another"}
    with pytest.raises(IdTokenRefused):
        way.arrive()


def test_what_the_provider_refuses_is_said_with_its_code(way: Way) -> None:
    for given, reason in (
        ({"error": "access_denied"}, "access_denied"),
        ({"error": "<script>"}, "invalid_response"),
        ({}, "invalid_response"),
    ):
        answer = way.go()
        with pytest.raises(ProviderRefused) as refused:
            way.arrive({"state": answer["state"], **given})
        assert refused.value.data["reason"] == reason

    def refuse(_: Request) -> Response:
        return Response('{"error": "invalid_grant"}', 400, content_type="application/json")

    way.hostile.paths["/token"] = refuse
    with pytest.raises(ProviderRefused) as refused:
        way.arrive()
    assert refused.value.data["reason"] == "invalid_grant"


def test_an_answer_of_another_provider_is_not_taken_for_this_ones(way: Way) -> None:
    """The mix-up attack, RFC 9207."""
    answer = way.go()
    with pytest.raises(IdTokenRefused):
        way.arrive({**answer, "iss": "https://elsewhere.example"})
    answer = way.go()
    assert way.arrive({**answer, "iss": way.hostile.issuer}).wanted == "/books"


@pytest.mark.parametrize(
    "answer",
    [
        Response("<html>", 200),
        Response("[]", 200, content_type="application/json"),
        Response("", 302, {"Location": "http://127.0.0.1:1/"}),
        Response("", 500),
        Response("x" * 600_000, 200),
        Response("[" * 100_000, 200, content_type="application/json"),
        Response("{}", 200, content_type="application/json"),
        Response('{"id_token": 7, "access_token": {}}', 200, content_type="application/json"),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"])
def test_whatever_a_provider_answers_is_a_fault_of_ours_to_tell(way: Way, path: str, answer: Response) -> None:
    way.hostile.paths[path] = lambda _: answer
    way.hostile.claims = {"email": None} if path == "/userinfo" else {}
    with pytest.raises(OidcFault) as fault:
        way.arrive()
    assert fault.value.status < 500
    assert fault.value.message("en") != fault.value.message("zh")


def test_a_provider_that_is_slow_or_away_is_given_up(
    way: Way, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dougong_tenants.oidc import asking
    from dougong_tenants.oidc.discovery import forget_all

    monkeypatch.setattr(asking, "READ", 0.3)
    monkeypatch.setattr(asking, "WHOLE", 0.6)

    def drip() -> Any:
        for _ in range(600):
            time.sleep(0.1)
            yield b" "

    def silent(_: Request) -> Response:
        visits.append("silent")
        time.sleep(1)
        return Response("{}")

    def dripping(_: Request) -> Response:
        visits.append("dripping")
        return Response(drip())

    for answer in (silent, dripping):
        forget_all()
        visits: list[str] = []
        hostile.paths["/.well-known/openid-configuration"] = answer
        begun = time.monotonic()
        with pytest.raises(ProviderUnreachable):
            way.go()
        assert time.monotonic() - begun < 20  # the drips would take a minute
        with pytest.raises(ProviderUnreachable):  # remembered: the next visitor does not wait
            way.go()
        while not visits and time.monotonic() - begun < 60:  # a busy provider may notice after he has left
            time.sleep(0.01)
        assert len(visits) == 1


def test_a_document_that_leads_elsewhere_or_offers_too_little_is_refused(way: Way) -> None:
    from dougong_tenants.oidc.discovery import forget_all

    for document in (
        {"issuer": "https://elsewhere.example"},
        {"issuer": 7},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": "gopher://127.0.0.1/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"response_types_supported": ["id_token"]},
        {"code_challenge_methods_supported": ["plain"]},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    ):
        forget_all()
        way.hostile.document = document
        with pytest.raises(ProviderUnfit):
            way.go()
