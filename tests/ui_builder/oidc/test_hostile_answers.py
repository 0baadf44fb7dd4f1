"""Whatever a browser brings back from a provider that lies, nothing of it fails and all of it is told."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from coming_in import HTML, START, come_back, depart, told
from dougong_platform.http.engine import Engine
from dougong_tenants import oidc
from hostile_provider import CLIENT, Hostile
from shelving import Shelving


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=y", ""],
)
def test_nobody_is_led_to_another_site(visitor: FlaskClient, lying: Hostile, wanted: str) -> None:
    answer = come_back(visitor, state=depart(visitor, lying, wanted), code="c")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "evil" not in str(answer.headers)


def test_another_browser_cannot_end_a_journey(visitor: FlaskClient, screens: Engine, lying: Hostile) -> None:
    state = depart(visitor, lying)
    assert told(come_back(screens.test_client(), state=state, code="c")) == "oidc_journey_lost"
    assert told(come_back(visitor, state="x" * 43, code="c")) == "oidc_journey_lost"
    assert told(come_back(visitor)) == "oidc_journey_lost"
    assert come_back(visitor, state=state, code="c").status_code == 303


def test_forged_answers_are_told_and_noted(visitor: FlaskClient, lying: Hostile, shelving: Shelving) -> None:
    for claims, code in (
        ({"aud": "else"}, "id_token_refused"),
        ({"exp": 1_000_000_300, "iat": 1_000_000_000}, "clocks_differ"),
        ({"email_verified": False}, "email_not_verified"),
        ({"email": "nobody@library.test", "sub": "2"}, "person_unknown"),
    ):
        lying.claims = claims
        assert told(come_back(visitor, state=depart(visitor, lying), code="c")) == code
    _, rows = shelving.database.read(
        shelving.tenant,
        "select details->>'reason' from _audit where action = 'sign_in.failed' order by seq desc limit 4",
    )
    assert [row[0] for row in reversed(rows)] == [
        "id_token_refused",
        "clocks_differ",
        "email_not_verified",
        "person_unknown",
    ]


def test_whoever_comes_back_wrong_again_and_again_has_to_wait(visitor: FlaskClient, lying: Hostile) -> None:
    lying.claims = {"aud": "else"}
    for _ in range(60):
        state = depart(visitor, lying)
        answer = visitor.get(
            f"{START}/callback",
            query_string={"state": state, "code": "c"},
            headers=HTML,
            environ_base={"REMOTE_ADDR": "192.0.2.77"},
        )
        if answer.status_code == 429:
            break
    assert told(answer) == "sign_in_throttled"
    assert int(answer.headers["Retry-After"]) > 0
    asked = len(lying.asked)
    assert asked <= 41
    lying.claims = {}
    assert come_back(visitor, state=depart(visitor, lying), code="c").status_code == 303  # from elsewhere


def test_a_provider_that_refuses_or_is_away_is_a_page_in_both_languages(
    visitor: FlaskClient, lying: Hostile, shelving: Shelving
) -> None:
    assert told(come_back(visitor, state=depart(visitor, lying), error="access_denied")) == "provider_refused"
    values = {"issuer": "http://127.0.0.1:9", "client_id": CLIENT}
    oidc.save_provider(shelving.database, shelving.tenant, "company", values)
    for language, words in (("en", "there is no connection"), ("zh-CN", "无法建立连接")):
        answer = visitor.get(START, headers={"Accept": "text/html", "Accept-Language": language})
        assert told(answer) == "provider_unreachable"
        assert words in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/oidc/library/nothing",
        "/sign-in/oidc/nowhere/company",
        "/sign-in/oidc/li%00brary/com%00pany/callback?state=x",
        "/sign-in/oidc/library/company/callback?state=%00&code=%00",
        "/sign-in/oidc/library/company/callback?" + urlencode({"state": "测试", "code": "x" * 5000}),
    ],
)
def test_addresses_that_lead_nowhere_are_told(visitor: FlaskClient, lying: Hostile, path: str) -> None:
    assert told(visitor.get(path, headers=HTML)) in ("no_such_provider", "oidc_journey_lost")
