"""Signing in at a real provider without JavaScript: who comes in, who does not, and what a thief of a code gets."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient

import identity_provider as provider_program
from coming_in import BACK, HTML, START, come_back, prove, told
from dougong_platform.http.engine import Engine
from dougong_tenants import oidc
from dougong_tenants.people import find_user
from identity_provider import IdentityProvider
from shelving import Shelving


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
