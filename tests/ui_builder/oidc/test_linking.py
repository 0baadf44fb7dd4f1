"""Identities are linked by the person himself, and providers set up by administrators only."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from coming_in import HTML, come_back, told
from dougong_platform.http.engine import Engine
from dougong_tenants import oidc
from dougong_tenants.people import create_user
from hostile_provider import Hostile
from shelving import Person, Shelving


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
