"""Signing in at a provider without JavaScript, a real one and one that lies: nothing of it fails, all of it is told."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import identity_provider as provider_program
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_tenants import oidc
from dougong_tenants.people import create_user, find_user
from hostile_provider import CLIENT, Hostile
from identity_provider import IdentityProvider
from shelving import Person, Shelving

HTML = {"Accept": "text/html", "Accept-Language": "en"}
START = "/sign-in/oidc/library/company"
BACK = f"http://localhost{START}/callback"


@pytest.fixture
def visitor(screens: Engine) -> FlaskClient:
    return screens.test_client()


@pytest.fixture
def lying(shelving: Shelving, hostile: Hostile) -> Iterator[Hostile]:
    """The company's provider is the hostile one."""
    values = {"issuer": hostile.issuer, "client_id": CLIENT, "client_secret": "hush"}
    oidc.save_provider(shelving.database, shelving.tenant, "company", values)
    yield hostile
    oidc.remove_provider(shelving.database, shelving.tenant, "company")


@pytest.fixture
def real(shelving: Shelving, identity_provider: IdentityProvider) -> Iterator[IdentityProvider]:
    """The company's provider is the real one."""
    identity_provider.add_client(BACK)
    values = {
        "issuer": identity_provider.issuer,
        "client_id": provider_program.CLIENT,
        "client_secret": provider_program.SECRET,
        "domains": ["library.test"],
        "label": {"en": "House of identities", "zh": "身份之家"},
    }
    oidc.save_provider(shelving.database, shelving.tenant, "company", values)
    yield identity_provider
    oidc.remove_provider(shelving.database, shelving.tenant, "company")


def depart(visitor: FlaskClient, lying: Hostile, wanted: str = "/more") -> str:
    """To the lying provider; the state."""
    answer = visitor.get(START, query_string={"next": wanted}, headers=HTML)
    assert answer.status_code == 303, answer.text
    sent = parse_qs(urlsplit(answer.location).query)
    lying.nonce = sent["nonce"][0]
    return sent["state"][0]


def come_back(visitor: FlaskClient, **query: str) -> TestResponse:
    return visitor.get(f"{START}/callback", query_string=query, headers=HTML)


def told(answer: TestResponse) -> str:
    """The code of the failure that the page tells."""
    assert 400 <= answer.status_code < 500, answer.status_code
    assert SESSION_COOKIE not in str(answer.headers.getlist("Set-Cookie"))
    found = re.search(r'data-code="(\w+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


def prove(address: str, name: str) -> str:
    """What a browser does at the real provider: name, password, consent; the address it is sent back to."""
    browser = requests.Session()
    answer = browser.get(address, timeout=10)
    for _ in range(6):
        fields = dict(re.findall(r'<input[^>]*name="(csrf_token)"[^>]*value="([^"]*)"', answer.text))
        if 'name="password"' in answer.text:
            given = {"password": provider_program.PASSWORD}
        elif 'name="login"' in answer.text:
            given = {"login": name}
        else:
            given = {"answer": "accept"}
        action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
        target = urljoin(answer.url, html.unescape(action[1])) if action and given.get("answer") else answer.url
        answer = browser.post(target, {**fields, **given}, timeout=10, allow_redirects=False)
        while answer.is_redirect:
            location = urljoin(answer.url, answer.headers["Location"])
            if location.startswith(BACK):
                return location
            answer = browser.get(location, timeout=10, allow_redirects=False)
    raise AssertionError(f"the provider did not send us back: {answer.text[:2000]}")


def test_a_person_comes_in_through_a_real_provider(
    visitor: FlaskClient, real: IdentityProvider, shelving: Shelving
) -> None:
    page = visitor.get("/sign-in?next=/settings", headers=HTML).text
    link = re.search(r'<a class="dg-btn dg-way[^"]*" href="([^"]+)"', page)
    assert link is not None
    assert "House of identities" in page
    answer = visitor.get(html.unescape(link[1]), headers=HTML)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("dougong_oidc_"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/sign-in/oidc" in cookie
    assert "Max-Age=600" in cookie
    back = prove(answer.location, "bob")
    answer = visitor.get(back, headers=HTML)
    assert (answer.status_code, answer.location) == (303, "/settings")
    assert 'value="Bob"' in visitor.get("/settings", headers=HTML).text
    again = visitor.get(back, headers=HTML)  # the address from the browser's history
    assert told(again) == "oidc_journey_lost"


def test_a_code_is_worth_nothing_without_its_verifier_or_a_second_time(
    visitor: FlaskClient, real: IdentityProvider
) -> None:
    back = prove(visitor.get(START, headers=HTML).location, "wen")
    code = parse_qs(urlsplit(back).query)["code"][0]
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    login = (provider_program.CLIENT, provider_program.SECRET)
    refused = requests.post(f"{real.issuer}/oauth/token", asked, auth=login, timeout=10)  # a thief of the code
    assert refused.status_code == 400
    assert "error" in refused.json()
    refused = requests.post(f"{real.issuer}/oauth/token", {**asked, "code_verifier": "x" * 43}, auth=login, timeout=10)
    assert refused.status_code == 400
    answer = visitor.get(back, headers=HTML)  # it reaches the one it was meant for, who is not known here
    assert told(answer) == "person_unknown"


def test_a_code_of_another_journey_is_refused_by_the_real_provider(
    screens: Engine, visitor: FlaskClient, real: IdentityProvider
) -> None:
    """A stolen answer: the attacker's code put into the victim's journey, or the other way round."""
    theirs = prove(screens.test_client().get(START, headers=HTML).location, "bob")
    mine = parse_qs(urlsplit(visitor.get(START, headers=HTML).location).query)["state"][0]
    stolen = parse_qs(urlsplit(theirs).query)
    answer = come_back(visitor, code=stolen["code"][0], state=mine, iss=stolen["iss"][0])
    assert told(answer) == "provider_refused"
    assert told(visitor.get(theirs, headers=HTML)) == "oidc_journey_lost"


@pytest.mark.parametrize(
    ("name", "code"), [("yun", "email_not_verified"), ("xia", "domain_refused"), ("zoe", "person_unknown")]
)
def test_whom_the_real_provider_knows_but_we_do_not_let_in(
    visitor: FlaskClient, real: IdentityProvider, name: str, code: str
) -> None:
    back = prove(visitor.get(START, headers=HTML).location, name)
    assert told(visitor.get(back, headers=HTML)) == code


def test_the_unknown_are_created_and_come_in(visitor: FlaskClient, real: IdentityProvider, shelving: Shelving) -> None:
    found = oidc.get_provider(shelving.database, shelving.tenant, "company")
    values = {name: value for name, value in found.json().items() if name not in ("name", "has_secret")}
    oidc.save_provider(
        shelving.database, shelving.tenant, "company", {**values, "create_users": True, "permission_set": "reader"}
    )
    answer = visitor.get(prove(visitor.get(START, headers=HTML).location, "wen"), headers=HTML)
    assert answer.status_code == 303, answer.text
    assert 'value="Wen Provided"' in visitor.get("/settings", headers=HTML).text
    assert find_user(shelving.database, shelving.tenant, "wen@library.test") is not None


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


def test_an_identity_is_linked_only_by_the_one_who_asked(
    lying: Hostile, shelving: Shelving, person: Callable[[str], Person]
) -> None:
    cat, ann = person("cat"), person("ann")
    lying.claims = {"email": "private@home.test", "sub": "cats"}
    page = cat.post("/settings/identities/company/link")
    address = re.search(r'href="([^"]+/authorize[^"]+)"', page.text)
    assert address is not None
    sent = parse_qs(urlsplit(html.unescape(address[1])).query)
    lying.nonce = sent["nonce"][0]
    for cookie in cat.http._cookies.values():  # the journey's cookie in somebody else's browser
        if cookie.key.startswith("dougong_oidc_"):
            ann.http.set_cookie(cookie.key, cookie.value, path=cookie.path)
    assert told(come_back(ann.http, state=sent["state"][0], code="c")) == "oidc_journey_lost"
    page = cat.post("/settings/identities/company/link")
    address = re.search(r'href="([^"]+/authorize[^"]+)"', page.text)
    assert address is not None
    sent = parse_qs(urlsplit(html.unescape(address[1])).query)
    lying.nonce = sent["nonce"][0]
    answer = come_back(cat.http, state=sent["state"][0], code="c")
    assert answer.location == "/settings/security#identities"
    assert "private@home.test" in cat.get("/settings/security").text
    (linked,) = oidc.identities_of(shelving.database, shelving.tenant, shelving.cat)
    assert ann.post(f"/settings/identities/{linked.id}/unlink").status_code == 404
    assert cat.post(f"/settings/identities/{linked.id}/unlink").status_code == 303


def test_a_token_links_nothing(lying: Hostile, shelving: Shelving, screens: Engine) -> None:
    token = shelving.token(shelving.ann, "read", "write", "people")
    headers = {**HTML, "Authorization": f"Bearer {token}"}
    program = screens.test_client()
    assert program.post("/settings/identities/company/link", headers=headers).status_code == 404
    assert program.post("/settings/identities/x/unlink", headers=headers).status_code == 404


def test_only_administrators_open_the_builders_pages(
    ann: Person, bob: Person, lying: Hostile, shelving: Shelving
) -> None:
    create_user(
        shelving.database,
        shelving.tenant,
        {"name": "Kay", "email": "kay@library.test"},
        password="correct horse battery staple",
        permission_sets=["keeper"],
    )
    kay = Person(bob.http.application.test_client(), "kay")
    assert "Company sign-in" not in kay.get("/builder/people").text
    for who in (bob, kay):
        assert who.get("/builder/oidc").status_code == 403
        assert who.get("/builder/oidc/company").status_code == 403
        assert who.post("/builder/oidc/company/remove").status_code == 403
        assert who.post("/builder/oidc/try", issuer=lying.issuer).status_code == 403
    assert "Company sign-in" in ann.get("/builder/people").text
    assert ann.post("/builder/oidc/new", name="company", issuer=lying.issuer, client_id="x").status_code == 422
    answer = ann.post("/builder/oidc/company", issuer="http://elsewhere.example", client_id="x")
    assert answer.status_code == 422
    assert "must begin with https" in answer.text
    shown = ann.get("/builder/oidc/company").text
    assert "hush" not in shown
    tried = ann.post("/builder/oidc/company/try", issuer="https://", client_id="x")
    assert 'data-tone="bad"' in tried.text
